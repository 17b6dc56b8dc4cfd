//! Methods: the operations of the API by their ids.

use std::{net::IpAddr, pin::Pin, time::Duration, time::Instant};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    errors::{Code, Failure},
    limits::weight,
    replay,
    shared::{App, Shared},
    ws::frame::{INVALID_PARAMS, METHOD_NOT_FOUND, Trouble, Written, written},
};

/// Who calls.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) app: App,
    pub(super) peer: IpAddr,
    /// Id of the request that opened the socket, for errors.
    pub(super) id: String,
}

/// A result that is still to come.
pub(super) type Pending = Pin<Box<dyn Future<Output = Written> + Send>>;

/// The params as their type.
pub(super) fn read<T: DeserializeOwned>(params: Value) -> Result<T, Trouble> {
    serde_json::from_value(params).map_err(|error| Trouble::new(INVALID_PARAMS, error.to_string()))
}

/// The account, as it stands in a path, and the other params.
fn split(mut params: Value) -> Result<(String, Value), Trouble> {
    let account = params.as_object_mut().and_then(|fields| fields.shift_remove("account"));
    let account = account.ok_or_else(|| Failure::invalid("account", "missing: write its number"))?;
    Ok((account.as_str().map_or_else(|| account.to_string(), str::to_owned), params))
}

impl Caller {
    /// Takes the price of a method out of the client's bucket, as its endpoint would.
    pub(super) fn pay(&self, method: &str) -> Result<(), Trouble> {
        let path = match method {
            "accounts" => "/v1/accounts",
            "tx_batch" => "/v1/tx/batch",
            "evidence" => "/v1/evidence",
            "history" | "account_history" | "liquidations" => "/v1/liquidations/history",
            "simulate" | "account" | "candidates" => "/v1/simulate",
            _ => "",
        };
        match self.app.limiter.take(self.peer, weight(path), Instant::now()).wait {
            None => Ok(()),
            Some(wait) => Err(Failure::new(
                Code::RATE_LIMITED,
                format!("too many calls; send the next one in {wait} s"),
            )
            .with("wait_s", wait)
            .retry_after(Duration::from_secs(u64::from(wait)))
            .into()),
        }
    }

    /// Begins a method. Commands are handed to the node at once, so that they keep their order.
    pub(super) fn begin(&self, method: &str, params: Value) -> Pending {
        let begun = self.pay(method).and_then(|()| self.begin_paid(method, params));
        begun.unwrap_or_else(|trouble| Box::pin(std::future::ready(Err(trouble))))
    }

    fn begin_paid(&self, method: &str, params: Value) -> Result<Pending, Trouble> {
        let app = self.app.clone();
        let id = self.id.clone();
        Ok(match method {
            "ping" => Box::pin(std::future::ready(written(&pong(&app)))),
            "status" => self.look(read(params)?, |app, query| Ok(app.status(query))),
            "assets" => self.look(nothing(params)?, |app, ()| Ok(app.assets())),
            "markets" => self.look(nothing(params)?, |app, ()| Ok(app.markets())),
            "prices" => self.look(nothing(params)?, |app, ()| Ok(app.prices())),
            "pool" => self.look(nothing(params)?, |app, ()| Ok(app.pool())),
            "params" => self.look(nothing(params)?, |app, ()| Ok(app.params())),
            "pool_history" => self.look(read(params)?, |app, query| app.pool_history(&query)),
            "accounts" => self.look(read(params)?, |app, query| app.accounts(&query)),
            "account" => {
                let (account, rest) = split(params)?;
                nothing(rest)?;
                self.look(account, |app, account| app.account(&account))
            }
            "agents" => {
                let (account, rest) = split(params)?;
                nothing(rest)?;
                self.look(account, |app, account| app.agents(&account))
            }
            "signing" => self.look(nothing(params)?, |app, ()| Ok(app.signing())),
            "to_sign" => self.look(read(params)?, |app, asked| app.to_sign(&asked)),
            "evidence" => {
                let sent = app.send_evidence(read(params)?)?;
                Box::pin(async move { written(&app.outcome(sent).await?) })
            }
            "account_history" => {
                let (account, rest) = split(params)?;
                self.look((account, read(rest)?), |app, (account, query)| {
                    app.account_history(&account, &query)
                })
            }
            "history" => self.look(read(params)?, |app, query| app.history(&query)),
            "liquidations" => self.look(read(params)?, |app, query| app.liquidations(&query)),
            "candidates" => self.look(read(params)?, |app, query| app.candidates(&query)),
            "simulate" => self.look((read(params)?, id), |app, (asked, id)| app.simulate(&asked, &id)),
            "tx" => {
                let sent = app.send(&read(params)?)?;
                Box::pin(async move { written(&app.outcome(sent).await?) })
            }
            "tx_batch" => {
                let sent = app.send_batch(&read(params)?)?;
                Box::pin(async move { written(&app.outcomes(sent, &id).await) })
            }
            "replay" => self.look(nothing(params)?, |app, ()| replay::read(app)),
            "change_replay" => self.look(read(params)?, replay::change),
            _ => {
                let message =
                    format!("no method is called {method}; they are the operation ids of /v1/openapi.json");
                return Err(Trouble::new(METHOD_NOT_FOUND, message));
            }
        })
    }

    /// A look at the pool, off the reactor.
    fn look<P: Send + 'static, R: Serialize + Send + 'static>(
        &self,
        params: P,
        look: fn(&Shared, P) -> Result<R, Failure>,
    ) -> Pending {
        let app = self.app.clone();
        Box::pin(async move {
            let shared = app.clone();
            written(&app.work(move || look(&shared, params)).await?)
        })
    }
}

/// No params.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn nothing(params: Value) -> Result<(), Trouble> {
    read::<Nothing>(params).map(|_| ())
}

fn pong(app: &App) -> Value {
    let head = app.node.head();
    json!({"height": head.height, "seq": head.seq, "time": head.time.as_milliseconds()})
}
