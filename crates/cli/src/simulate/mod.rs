//! `cistern simulate`: what commands and other prices would make of an account.

mod show;

use std::collections::BTreeMap;

use cistern_api::SimulateRequest;
use clap::Args;
use serde_json::Value;

use crate::{
    exit::Exit,
    remote::{Remote, failed},
};

/// Says what commands and other prices would make of an account; nothing happens.
///
/// First the actions happen, in their order, then the prices move. Exit code 1: an action would be refused, or the account could
/// not be valued, or there is no node; 2: what was written cannot be used.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  cistern simulate 17 --shock ETH=-0.2 --shock BTC=-0.15
  cistern simulate 17 --action '{\"type\":\"withdraw\",\"account\":17,\"asset\":\"USDC\",\"amount\":\"100\"}' --json")]
pub(crate) struct Simulate {
    /// Its number, or 0x and the 40 digits of its owner, with :1 for a sub-account.
    account: String,
    /// By how much the price of a factor moves, as a part of it: ETH=-0.2 is a fall by a fifth.
    #[arg(long = "shock", value_name = "FACTOR=CHANGE", value_parser = shock, allow_hyphen_values = true)]
    shocks: Vec<(String, String)>,
    /// A command as the API takes it.
    #[arg(long = "action", value_name = "JSON", value_parser = action)]
    actions: Vec<Value>,
    #[command(flatten)]
    remote: Remote,
}

fn shock(text: &str) -> Result<(String, String), String> {
    let (factor, change) = text.split_once('=').ok_or("write it like ETH=-0.2")?;
    let is_number = change.parse::<f64>().is_ok_and(f64::is_finite);
    if factor.is_empty() || !is_number {
        return Err("write it like ETH=-0.2".to_owned());
    }
    Ok((factor.to_owned(), change.to_owned()))
}

fn action(text: &str) -> Result<Value, String> {
    let like = r#"write it like {"type":"withdraw","account":17,"asset":"USDC","amount":"100"}"#;
    let action: Value = serde_json::from_str(text).map_err(|error| format!("{error}; {like}"))?;
    if action.is_object() { Ok(action) } else { Err(like.to_owned()) }
}

impl Simulate {
    pub(crate) fn run(&self) -> Exit {
        let mut price_shocks = BTreeMap::new();
        for (factor, change) in &self.shocks {
            if price_shocks.insert(factor.clone(), change.clone()).is_some() {
                eprintln!("error: --shock {factor} is there twice; one move of a factor is meant");
                return Exit::Unusable;
            }
        }
        let account = Value::String(self.account.clone());
        let asked = SimulateRequest { account, actions: self.actions.clone(), price_shocks };
        match self.remote.client().simulate(&asked) {
            Ok(simulated) => {
                let is_whole = simulated.refused.is_none() && simulated.after.is_some();
                let exit = if is_whole { Exit::Done } else { Exit::Refused };
                self.remote.tell(&simulated, show::table_of, exit)
            }
            Err(error) => failed(&error),
        }
    }
}
