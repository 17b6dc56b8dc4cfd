//! The blocking client, and that every answer can be read back as its type.

use std::collections::BTreeMap;

use cistern_api::{
    AccountLine, AccountStatus, Asset, Client, ClientError, FeedPrice, Market, Page, PoolEvent, PoolMoment,
    PoolRisk, RiskParams, SimulateRequest, TxBatch, TxRequest, TxStatus,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::world::{ALICE, World};

fn client(world: &World) -> Client {
    Client::new(&format!("http://{}/", world.server.address()))
}

/// Read as its type and written again, an answer is the same.
#[track_caller]
fn comes_back<T: Serialize + DeserializeOwned>(client: &Client, path: &str) {
    let plain = client.json(path).expect(path);
    let typed: T = serde_json::from_str(&plain.to_string()).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert_eq!(serde_json::to_value(&typed).expect("JSON"), plain, "{path}");
}

#[test]
fn every_answer_comes_back_as_its_type() {
    let world = World::populated();
    let client = client(&world);
    comes_back::<Page<Asset>>(&client, "/v1/assets");
    comes_back::<Page<Market>>(&client, "/v1/markets");
    comes_back::<Page<FeedPrice>>(&client, "/v1/oracle/prices");
    comes_back::<PoolRisk>(&client, "/v1/risk/pool");
    comes_back::<RiskParams>(&client, "/v1/risk/params");
    comes_back::<Page<PoolMoment>>(&client, "/v1/risk/pool/history");
    comes_back::<Page<AccountLine>>(&client, "/v1/accounts");
    comes_back::<cistern_api::AccountSummary>(&client, "/v1/accounts/2");
    comes_back::<Page<PoolEvent>>(&client, "/v1/history");
}

#[test]
fn a_client_asks_and_commands() {
    let world = World::populated();
    let client = client(&world);
    assert_eq!(client.status().expect("a status").height, world.node.head().height);
    assert_eq!(client.account("2").expect("an account").status, AccountStatus::Healthy);
    let action = json!({"type": "deposit", "account": ALICE, "asset": "USDC", "amount": "3"});
    let request = TxRequest { action, client_id: Some("one".to_owned()), at: None };
    let done = client.tx(&request).expect("it happens");
    assert_eq!((done.status, done.height), (TxStatus::Accepted, world.node.head().height));
    let batch: TxBatch = client.post("/v1/tx/batch", &json!({"transactions": [request]})).expect("a batch");
    assert_eq!(batch.items[0].height, Some(done.height));
    let asked = SimulateRequest {
        account: json!(ALICE),
        actions: Vec::new(),
        price_shocks: BTreeMap::from([("ETH".to_owned(), "-0.1".to_owned())]),
    };
    let simulated = client.simulate(&asked).expect("a simulation");
    assert_ne!(Some(&simulated.before), simulated.after.as_ref());
}

#[test]
fn a_client_hears_why_it_is_refused() {
    let world = World::populated();
    let asked = client(&world).account("99");
    assert!(
        matches!(&asked, Err(ClientError::Refused(error)) if error.code.as_str() == "ACCOUNT_NOT_FOUND"),
        "{asked:?}"
    );
    let address = world.server.address();
    world.server.stop();
    let nobody = Client::new(&format!("http://{address}")).json("/v1/status");
    assert!(matches!(&nobody, Err(ClientError::Unreachable { .. })), "{nobody:?}");
    let _: Result<Value, ClientError> = nobody;
}
