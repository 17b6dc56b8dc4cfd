//! The scenarios of the workspace, asked over HTTP: the same answers. The client knows the pool from the events that it
//! was answered with alone, and the two must come to the same digest.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use cistern_api::{
    Access, Options as Api, Server, serve,
    wire::{self, Names},
};
use cistern_engine::{
    Engine, command::Command, entry::Entry, event::Event, ids::AccountId, invariants, rejection::Rejection,
    state::State, valuation::Summary,
};
use cistern_node::{HandClock, Node, Options, Stamped};
use cistern_sim::scenario::{self, Target};
use cistern_units::{Ratio, Time, Value, parse_decimal};
use serde_json::{Value as Json, json};

/// A pool behind a server, and what a client knows of it.
struct OverHttp {
    server: Option<Server>,
    node: Option<Node>,
    mirror: State,
    names: Names,
}

impl OverHttp {
    fn new() -> Self {
        let clock = Arc::new(HandClock::new(Time::milliseconds(0)));
        let (node, _) = Node::open(Options::memory(), clock).unwrap();
        let api = Api { access: Access::Development, ..Api::loopback(0) };
        let server = serve(api, node.clone()).unwrap();
        Self { server: Some(server), node: Some(node), mirror: State::default(), names: Names::default() }
    }

    fn address(&self) -> SocketAddr {
        self.server.as_ref().unwrap().address()
    }

    fn ask(&self, path: &str, body: Option<&Json>) -> (u16, Json) {
        let url = format!("http://{}{path}", self.address());
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = match body {
            None => agent.get(&url).call().unwrap(),
            Some(body) => agent.post(&url).content_type("application/json").send(body.to_string()).unwrap(),
        };
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().unwrap();
        (status, serde_json::from_str(&text).unwrap())
    }

    /// A command that is ordered without the server, and told by the JSON of its events all the same.
    fn inside(&mut self, entry: &Entry) -> Result<Vec<Event>, Rejection> {
        let stamped = Stamped::at(entry.command.clone(), entry.time);
        let applied = self.node.as_ref().unwrap().submit(stamped).unwrap();
        let events = applied.outcome.clone()?;
        let told = events.iter().map(|event| serde_json::to_value(wire::Event::encode(event, &self.names)));
        let told: Vec<Json> = told.collect::<Result<_, _>>().unwrap();
        Ok(self.follow(entry.time, &told.into()))
    }

    /// Takes in what a command did, event by event: what is listed by one has its name in the next.
    fn follow(&mut self, time: Time, told: &Json) -> Vec<Event> {
        let mut events = Vec::new();
        for told in told.as_array().unwrap() {
            let told = wire::Event::read(told).unwrap();
            events.push(told.decode(&self.names).unwrap());
            self.names.learn(&told).unwrap();
        }
        self.mirror.replay(time, &events).unwrap();
        events
    }
}

impl Drop for OverHttp {
    fn drop(&mut self) {
        drop(self.server.take());
        self.node.take().unwrap().close().unwrap();
    }
}

impl Target for OverHttp {
    fn apply(&mut self, entry: &Entry) -> Result<Vec<Event>, Rejection> {
        // A scenario writes who signed, not the signature: behind the door that checks it, everything is the same.
        if matches!(entry.command, Command::Signed { .. }) {
            return self.inside(entry);
        }
        let names = Names::of(&self.mirror.config);
        let action = wire::Command::encode(&entry.command, &names);
        let (status, answer) =
            self.ask("/v1/tx", Some(&json!({"action": action, "at": entry.time.as_milliseconds()})));
        if status == 422 {
            let mut refused = wire::Rejection::read(&answer["error"]).unwrap();
            // Where in the log the refusal stands is no part of the rule.
            refused.details.retain(|name, _| name != "height" && name != "tx_id");
            return Err(refused.decode(&entry.command, &names).unwrap());
        }
        assert_eq!(status, 200, "{answer}");
        Ok(self.follow(entry.time, &answer["events"]))
    }

    fn state(&self) -> &State {
        &self.mirror
    }

    fn summary(&mut self, account: AccountId) -> Result<Summary, Rejection> {
        let (status, answer) = self.ask(&format!("/v1/accounts/{}", account.0), None);
        if status == 404 || status == 422 {
            let refused = wire::Rejection::read(&answer["error"]).unwrap();
            return Err(refused
                .decode(&Command::Settle { account }, &Names::of(&self.mirror.config))
                .unwrap());
        }
        assert_eq!(status, 200, "{answer}");
        let value =
            |name: &str| Value::new(parse_decimal(answer[name].as_str().unwrap(), Value::PLACES).unwrap());
        let health = answer["health"].as_str().map(|text| parse_decimal(text, Ratio::PLACES).unwrap());
        Ok(Summary {
            equity: value("equity"),
            collateral_value: value("collateral_value"),
            debts: value("debts_value"),
            unsettled: value("unsettled_pnl"),
            initial_margin: value("initial_margin"),
            maintenance_margin: value("maintenance_margin"),
            free_collateral: value("free_collateral"),
            withdrawable: value("withdrawable"),
            health: health.map(|raw| Ratio::new(u64::try_from(raw).unwrap())),
        })
    }

    fn check(&self) -> Result<(), String> {
        invariants::check(&self.mirror).map_err(|violation| violation.to_string())
    }

    /// The server's state is the one that the client has from events alone.
    fn recount(&mut self) -> Result<(), String> {
        Engine::with_state(self.mirror.clone()).recount().map_err(|violation| violation.to_string())?;
        let (_, status) = self.ask("/v1/status?digest=true", None);
        let digest: String = self.mirror.digest().iter().map(|byte| format!("{byte:02x}")).collect();
        let served = status["state_digest"].as_str().unwrap_or_default().trim_start_matches("0x");
        if served == digest {
            Ok(())
        } else {
            Err(format!("the server is at {served}, the client at {digest}"))
        }
    }
}

#[test]
fn the_scenarios_have_the_same_answers_over_http() {
    let mut wrong = Vec::new();
    let files = files();
    assert!(files.len() > 50);
    for path in files {
        if let Err(error) = scenario::run_file(&path, &mut OverHttp::new()) {
            wrong.push(error.to_string());
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Every scenario of the workspace.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "txt") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
