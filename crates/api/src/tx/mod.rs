//! Commands: the one way in.

pub(crate) mod evidence;
mod remembered;

use std::sync::Arc;

use axum::{Extension, extract::State};
use cistern_engine::{command::Command, event::Event};
use cistern_node::{Applied, Stamped, SubmitError, Unsigned};
use cistern_units::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;
use utoipa::ToSchema;

pub(crate) use remembered::Remembered;

use crate::{
    answer::{Reply, answers},
    errors::{ErrorDetail, Failure},
    extract::Json,
    failures::Writes,
    layers::RequestId,
    options::Access,
    shared::{App, Shared},
    wire::{self, Names, text::hex},
};

/// Longest id that a client may give a command.
const CLIENT_ID_MAX: usize = 64;
/// Commands of one batch.
const BATCH_MAX: usize = 1_000;
/// Latest time that a command may be given: the end of the year 9999.
const TIME_MAX: u64 = 253_402_300_799_999;

/// A command and what the client says about it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TxRequest {
    /// What is asked.
    #[schema(value_type = wire::Command)]
    pub action: Value,
    /// The client's own id: the same id with the same action is the same command, and gets the same answer. A signed command
    /// is known by what was signed, and its id only comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 64, pattern = "^[!-~]{1,64}$")]
    pub client_id: Option<String>,
    /// In development only: the time of the entry, in milliseconds; moved up to the last entry's where it is earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, maximum = 253_402_300_799_999_u64)]
    pub at: Option<u64>,
}

/// Commands, in order; each is accepted or refused by itself.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TxBatchRequest {
    /// The commands.
    #[schema(min_items = 1, max_items = 1000)]
    pub transactions: Vec<TxRequest>,
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TxStatus {
    /// It happened, and is durable.
    Accepted,
    /// It would have broken a rule, or could not be ordered: nothing happened.
    Refused,
}

/// A command that happened, and is durable.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TxAccepted {
    /// Number of its entry.
    pub height: u64,
    /// Number of its last event.
    pub seq: u64,
    /// Time of its entry, in milliseconds.
    pub time: u64,
    /// Of a signed command the digest that was signed; of others a hash, with the client's id or else the height.
    pub tx_id: String,
    /// The client's own id.
    pub client_id: Option<String>,
    /// That it happened.
    pub status: TxStatus,
    /// What happened.
    pub events: Vec<wire::Event>,
}

answers!(TxAccepted, TxBatch);

/// What became of one command of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TxOutcome {
    /// Did it happen?
    pub status: TxStatus,
    /// Number of its entry; none where it was not ordered.
    pub height: Option<u64>,
    /// Hash of the command; none where it was not ordered.
    pub tx_id: Option<String>,
    /// The client's own id.
    pub client_id: Option<String>,
    /// What happened.
    pub events: Vec<wire::Event>,
    /// Why nothing did; none where something did.
    pub error: Option<ErrorDetail>,
}

/// What became of the commands of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TxBatch {
    /// Number of the last entry.
    pub height: u64,
    /// Number of the last event.
    pub seq: u64,
    /// Time of the last entry, in milliseconds.
    pub time: u64,
    /// One for each command, in their order.
    pub items: Vec<TxOutcome>,
}

/// What came of a command, once it is known.
pub(crate) type Outcome = Option<Result<Arc<Applied>, SubmitError>>;

/// A command on its way.
pub(crate) struct Sent {
    command: Command,
    client_id: Option<String>,
    outcome: watch::Receiver<Outcome>,
}

/// A command of a batch: handed in, or why not; and the client's own id.
pub(crate) type SentOfBatch = (Result<Sent, Failure>, Option<String>);

impl Shared {
    /// Reads a command and hands it to the node.
    ///
    /// # Errors
    /// [`Failure`]: it was not handed in.
    pub(crate) fn send(&self, request: &TxRequest) -> Result<Sent, Failure> {
        let unsigned = match self.options.access {
            Access::Development => Unsigned::Accepted,
            Access::Signed => Unsigned::Refused,
        };
        let command = self.command(&request.action).map_err(|fault| Failure::from(fault.within("action")))?;
        let client_id = request.client_id.clone();
        if client_id.as_deref().is_some_and(|id| !is_client_id(id)) {
            return Err(Failure::invalid("client_id", "write 1 to 64 printable letters without spaces"));
        }
        if request.at.is_some_and(|at| at > TIME_MAX) {
            return Err(Failure::invalid("at", format!("write at most {TIME_MAX}")));
        }
        if request.at.is_some() && unsigned == Unsigned::Refused {
            return Err(Failure::invalid("at", "leave it out: the pool has its own clock"));
        }
        let stamped = Stamped { command: command.clone(), at: request.at.map(Time::milliseconds) };
        let (told, outcome) = watch::channel(None);
        // What was signed is its own name, and a stranger's id must not stand in its way.
        let own_name = matches!(command, Command::Signed { .. } | Command::Attest { .. });
        let remembered = client_id.clone().filter(|_| !own_name);
        if let Some(id) = &remembered
            && let Some(outcome) = self.remembered.recall(id, &command, &outcome)?
        {
            return Ok(Sent { command, client_id, outcome });
        }
        let (waiting, took) = (self.metrics.commands_waiting.clone(), self.metrics.command_time.clone());
        let began = std::time::Instant::now();
        waiting.inc();
        let (all, name) = (Arc::clone(&self.remembered), remembered.clone());
        let tell = move |answer: Result<_, SubmitError>| {
            waiting.dec();
            took.observe(began.elapsed().as_secs_f64());
            if let (Err(SubmitError::Full), Some(id)) = (&answer, &name) {
                all.forget(id);
            }
            // Whoever asked may be gone; the id remembers.
            let _ = told.send(Some(answer));
        };
        self.node.admit_then(stamped, unsigned, Box::new(tell)).map_err(|error| {
            self.metrics.commands_waiting.dec();
            if let Some(id) = &remembered {
                self.remembered.forget(id);
            }
            Failure::from(error)
        })?;
        Ok(Sent { command, client_id, outcome })
    }

    /// The command of a JSON form. Where a name is not known the names are read again: it may have been listed since.
    pub(crate) fn command(&self, action: &Value) -> Result<Command, wire::Fault> {
        let form = wire::Command::read(action)?;
        form.decode(&self.known_names()).or_else(|_| form.decode(&self.latest_names()))
    }

    /// Events of a command in the names that hold after it. Most commands name what their events are about, so that the
    /// names are known; a tick is about everything, and may have listed more of it.
    fn events(&self, command: &Command, events: &[Event]) -> Vec<wire::Event> {
        let asked = match command {
            Command::Signed { command, .. } => command,
            other => other,
        };
        let names = match asked {
            Command::Found { .. }
            | Command::Tick { .. }
            | Command::Attest { .. }
            | Command::ReportSurface { .. }
            | Command::Schedule { .. }
            | Command::Liquidate { .. } => self.latest_names(),
            _ => self.known_names(),
        };
        events.iter().map(|event| wire::Event::encode(event, &names)).collect()
    }

    /// What became of a command that was handed in.
    ///
    /// # Errors
    /// [`Failure`]: a rule would have been broken, or the node stopped.
    pub(crate) async fn outcome(&self, sent: Sent) -> Result<TxAccepted, Failure> {
        let Sent { command, client_id, mut outcome } = sent;
        let known = outcome.wait_for(Option::is_some).await.ok().and_then(|outcome| (*outcome).clone());
        let applied = known.unwrap_or_else(|| Err(SubmitError::Stopped { reason: "it ended".into() }))?;
        let mark = applied.mark();
        let tx_id = match &applied.entry.command {
            Command::Signed { authorisation, .. } => hex(&authorisation.id),
            _ => tx_id(&command, client_id.as_deref(), mark.height),
        };
        match &applied.outcome {
            Ok(events) => {
                self.metrics.commands_accepted.inc();
                // Who changes parameters sees the change in whatever is read next.
                events.iter().for_each(|event| self.records.follow_params(event, mark.height));
                Ok(TxAccepted {
                    height: mark.height,
                    seq: mark.seq,
                    time: mark.time.as_milliseconds(),
                    tx_id,
                    client_id,
                    status: TxStatus::Accepted,
                    events: self.events(&command, events),
                })
            }
            Err(rejection) => {
                self.metrics.commands_refused.inc();
                let names: Arc<Names> = self.known_names();
                let failure = Failure::rule(rejection, &command, &names).of_entry(mark.height);
                Err(failure.with("height", mark.height).with("tx_id", tx_id))
            }
        }
    }

    /// Hands commands to the node one after the other.
    ///
    /// # Errors
    /// [`Failure`] where the batch as such cannot be taken.
    pub(crate) fn send_batch(&self, request: &TxBatchRequest) -> Result<Vec<SentOfBatch>, Failure> {
        if request.transactions.is_empty() || request.transactions.len() > BATCH_MAX {
            return Err(Failure::invalid("transactions", format!("write 1 to {BATCH_MAX}")));
        }
        Ok(request.transactions.iter().map(|one| (self.send(one), one.client_id.clone())).collect())
    }

    /// What became of the commands of a batch.
    pub(crate) async fn outcomes(&self, sent: Vec<SentOfBatch>, request_id: &str) -> TxBatch {
        let mut items = Vec::with_capacity(sent.len());
        for (sent, client_id) in sent {
            let outcome = match sent {
                Ok(sent) => self.outcome(sent).await,
                Err(failure) => Err(failure),
            };
            items.push(match outcome {
                Ok(done) => TxOutcome {
                    status: done.status,
                    height: Some(done.height),
                    tx_id: Some(done.tx_id),
                    client_id,
                    events: done.events,
                    error: None,
                },
                Err(failure) => refused(&failure, client_id, request_id),
            });
        }
        let head = self.node.head();
        TxBatch { height: head.height, seq: head.seq, time: head.time.as_milliseconds(), items }
    }
}

fn refused(failure: &Failure, client_id: Option<String>, request_id: &str) -> TxOutcome {
    TxOutcome {
        status: TxStatus::Refused,
        height: failure.height,
        tx_id: failure.details.get("tx_id").and_then(Value::as_str).map(str::to_owned),
        client_id,
        events: Vec::new(),
        error: Some(failure.detail(request_id)),
    }
}

fn is_client_id(id: &str) -> bool {
    (1..=CLIENT_ID_MAX).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The canonical bytes of a command.
fn canonical(command: &Command) -> Vec<u8> {
    // Writing into memory cannot fail.
    borsh::to_vec(command).unwrap_or_default()
}

/// Hash of a command: with the client's id the same command is the same transaction, without it every one is its own.
fn tx_id(command: &Command, client_id: Option<&str>, height: u64) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&canonical(command));
    match client_id {
        Some(id) => hasher.update(&[1]).update(id.as_bytes()),
        None => hasher.update(&[0]).update(&height.to_be_bytes()),
    };
    hex(hasher.finalize().as_bytes())
}

/// Asks something of the pool, and answers once it happened and is durable.
#[utoipa::path(post, path = "/v1/tx", operation_id = "tx", tag = "commands", request_body = TxRequest,
    responses((status = 200, description = "It happened.", body = TxAccepted), Writes))]
pub(crate) async fn of_http(
    State(app): State<App>,
    Json(request): Json<TxRequest>,
) -> Result<Reply<TxAccepted>, Failure> {
    let sent = app.send(&request)?;
    app.outcome(sent).await.map(Reply)
}

/// Asks several things of the pool, in order; each is accepted or refused by itself.
#[utoipa::path(post, path = "/v1/tx/batch", operation_id = "tx_batch", tag = "commands",
    request_body = TxBatchRequest,
    responses((status = 200, description = "What became of each.", body = TxBatch), Writes))]
pub(crate) async fn batch_http(
    State(app): State<App>,
    Extension(RequestId(id)): Extension<RequestId>,
    Json(request): Json<TxBatchRequest>,
) -> Result<Reply<TxBatch>, Failure> {
    let sent = app.send_batch(&request)?;
    Ok(Reply(app.outcomes(sent, &id).await))
}
