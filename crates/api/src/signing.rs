//! What is signed: the typed data of a command, as wallets want it.

use std::collections::BTreeMap;

use axum::extract::State;
use cistern_node::typed::{self, Field, Form, TYPES};
use cistern_units::Time;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    answer::{Reply, answers},
    errors::Failure,
    extract::Json,
    failures::{Reads, Writes},
    shared::{App, Shared},
    wire::{self, text::hex},
};

/// Type of the domain, and what it is called in typed data.
const DOMAIN: (&str, &str) = ("EIP712Domain", "string name,string version,uint256 chainId,bytes32 salt");

/// One field of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TypedField {
    /// What it is called.
    pub name: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: String,
}

/// What signatures of a pool's commands are bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SigningDomain {
    /// The application.
    pub name: String,
    /// Version of its messages.
    pub version: String,
    /// Chain that the wallet must be on.
    pub chain_id: u64,
    /// The pool's id.
    #[schema(pattern = "^0x[0-9a-f]{64}$")]
    pub salt: String,
}

type Types = BTreeMap<String, Vec<TypedField>>;

/// How commands of this pool are signed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Signing {
    /// Number of the last entry.
    pub height: u64,
    /// Number of the last event.
    pub seq: u64,
    /// Time of the last entry, in milliseconds: nonces and deadlines are of this clock.
    pub time: u64,
    /// What signatures are bound to.
    pub domain: SigningDomain,
    /// The types of all commands.
    pub types: Types,
}

/// A command that somebody wants to sign.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SigningRequest {
    /// What is asked.
    #[schema(value_type = wire::Command)]
    pub action: Value,
    /// The signer's time, in milliseconds; it counts once.
    pub nonce: u64,
    /// Last moment at which the signature counts, in milliseconds.
    pub deadline: u64,
}

/// Typed data as `eth_signTypedData_v4` takes it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TypedData {
    /// The domain's type and the command's.
    pub types: Types,
    /// Name of the command's type.
    pub primary_type: String,
    /// What the signature is bound to.
    pub domain: SigningDomain,
    /// The command's fields; numbers are text, so that none is cut.
    pub message: Map<String, Value>,
}

/// What is to be signed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ToSign {
    /// Number of the last entry.
    pub height: u64,
    /// Number of the last event.
    pub seq: u64,
    /// Time of the last entry, in milliseconds.
    pub time: u64,
    /// For a wallet.
    pub typed_data: TypedData,
    /// Hash of it: what a key signs, and the id of the transaction.
    pub digest: String,
}

answers!(Signing, ToSign);

/// A type's name and its fields: `Name(kind field,…)`.
fn parts(encoded: &str) -> (&str, &str) {
    encoded.trim_end_matches(')').split_once('(').unwrap_or((encoded, ""))
}

fn fields(list: &str) -> Vec<TypedField> {
    let named = list.split(',').filter_map(|field| field.split_once(' '));
    named.map(|(kind, name)| TypedField { name: name.to_owned(), kind: kind.to_owned() }).collect()
}

fn types<'a>(all: impl Iterator<Item = &'a str>) -> Types {
    let domain = (DOMAIN.0.to_owned(), fields(DOMAIN.1));
    let all = all.map(parts).map(|(name, list)| (name.to_owned(), fields(list)));
    [domain].into_iter().chain(all).collect()
}

impl SigningDomain {
    fn of(domain: &cistern_attest::typed::Domain<'_>) -> Self {
        Self {
            name: domain.name.to_owned(),
            version: domain.version.to_owned(),
            chain_id: domain.chain_id,
            salt: hex(&domain.salt.unwrap_or_default()),
        }
    }
}

impl TypedData {
    fn of(form: &Form, domain: SigningDomain) -> Self {
        let primary = form.primary();
        let (name, list) = parts(primary);
        let values = form.fields().iter().map(|field| match field {
            Field::Address(address) => Value::from(address.to_string()),
            Field::Unsigned(number) => Value::from(number.to_string()),
            Field::Signed(number) => Value::from(number.to_string()),
            Field::Text(text) => Value::from(text.as_str()),
            Field::Bytes(bytes) => Value::from(hex(bytes)),
            // Libraries of wallets read a number of 256 bits from its bytes.
            Field::Wide(bytes) => Value::from(hex(bytes)),
        });
        let names = fields(list).into_iter().map(|field| field.name);
        Self {
            types: types([primary].into_iter()),
            primary_type: name.to_owned(),
            domain,
            message: names.zip(values).collect(),
        }
    }
}

/// All types as text, in the form that is checked in; the salt stands for the pool's id.
#[must_use]
pub fn typed_data() -> String {
    let domain = SigningDomain::of(&typed::domain(typed::CHAIN_ID, [0; 32]));
    let all = serde_json::json!({"domain": domain, "types": types(TYPES.iter().copied())});
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text.push('\n');
    text
}

impl Shared {
    pub(crate) fn signing(&self) -> Signing {
        let head = self.node.head();
        Signing {
            height: head.height,
            seq: head.seq,
            time: head.time.as_milliseconds(),
            domain: SigningDomain::of(&self.node.domain()),
            types: types(TYPES.iter().copied()),
        }
    }

    /// # Errors
    /// [`Failure`] for what cannot be read or signed.
    pub(crate) fn to_sign(&self, request: &SigningRequest) -> Result<ToSign, Failure> {
        let command = self.command(&request.action).map_err(|fault| Failure::from(fault.within("action")))?;
        let (nonce, deadline) = (Time::milliseconds(request.nonce), Time::milliseconds(request.deadline));
        let form = Form::of(&command, nonce, deadline).ok_or_else(|| {
            Failure::invalid("action", "no signature makes this right; prices come as evidence")
        })?;
        let (head, domain) = (self.node.head(), self.node.domain());
        Ok(ToSign {
            height: head.height,
            seq: head.seq,
            time: head.time.as_milliseconds(),
            typed_data: TypedData::of(&form, SigningDomain::of(&domain)),
            digest: hex(&form.digest(&domain.separator())),
        })
    }
}

/// How commands of this pool are signed: the domain, and the type of each command.
#[utoipa::path(get, path = "/v1/signing", operation_id = "signing", tag = "commands",
    responses((status = 200, description = "Domain and types.", body = Signing), Reads))]
pub(crate) async fn of_http(State(app): State<App>) -> Result<Reply<Signing>, Failure> {
    Ok(Reply(app.signing()))
}

/// A command as typed data, to be signed; nothing happens. Who does not trust the node computes the same by itself.
#[utoipa::path(post, path = "/v1/signing", operation_id = "to_sign", tag = "commands",
    request_body = SigningRequest,
    responses((status = 200, description = "What is to be signed.", body = ToSign), Writes))]
pub(crate) async fn to_sign_http(
    State(app): State<App>,
    Json(request): Json<SigningRequest>,
) -> Result<Reply<ToSign>, Failure> {
    let shared = app.clone();
    app.work(move || shared.to_sign(&request).map(Reply)).await
}
