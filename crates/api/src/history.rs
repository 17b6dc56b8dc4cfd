//! What happened, newest first.

use std::borrow::Cow;

use axum::extract::State;
use cistern_engine::{event::Event, ids::AccountId};
use cistern_node::{HistoryQuery as Asked, Numbered};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{
    accounts::AccountPlace,
    answer::{Page, Reply},
    cursor,
    errors::{Code, Failure},
    extract::{Path, Query},
    failures::Reads,
    shared::{App, Shared},
    wire::{self, Names},
};

/// Kinds of event that tell of an account that fails.
pub(crate) const LIQUIDATIONS: &[&str] = &[
    "MarginBreached",
    "MarginRestored",
    "LiquidationStepped",
    "LiquidationDeferred",
    "BadDebtRecorded",
    "InsurancePaid",
    "LossSocialised",
    "DebtWrittenOff",
];

/// An event with its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PoolEvent {
    /// Number of the event.
    pub seq: u64,
    /// Number of its entry.
    pub height: u64,
    /// Time of its entry, in milliseconds.
    pub time: u64,
    /// The event.
    #[serde(flatten)]
    pub event: wire::Event,
}

impl PoolEvent {
    pub(crate) fn of(numbered: &Numbered, names: &Names) -> Self {
        Self {
            seq: numbered.seq,
            height: numbered.height,
            time: numbered.time.as_milliseconds(),
            event: wire::Event::encode(&numbered.event, names),
        }
    }
}

impl<'de> Deserialize<'de> for PoolEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Value::deserialize(deserializer)?;
        let fields = value.as_object_mut().ok_or_else(|| D::Error::custom("an event is an object"))?;
        let mut number = |name: &str| {
            let number = fields.shift_remove(name).and_then(|number| number.as_u64());
            number.ok_or_else(|| D::Error::custom(format!("{name} is missing")))
        };
        let (seq, height, time) = (number("seq")?, number("height")?, number("time")?);
        let event = wire::Event::read(&value).map_err(D::Error::custom)?;
        Ok(Self { seq, height, time, event })
    }
}

/// A kind of event: its `type`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventKind(pub String);

impl EventKind {
    /// All kinds.
    pub fn all() -> impl Iterator<Item = String> {
        Event::NAMES.iter().map(|name| snake(name))
    }

    fn name(&self) -> Result<&'static str, Failure> {
        let name = Event::NAMES.iter().find(|name| snake(name) == self.0);
        name.copied().ok_or_else(|| {
            Failure::invalid("kind", "no event is called so; see EventKind in /v1/openapi.json")
        })
    }
}

fn snake(name: &str) -> String {
    name.chars().fold(String::new(), |mut text, letter| {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
        text
    })
}

impl PartialSchema for EventKind {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A kind of event: its `type`."))
            .enum_values(Some(Self::all()))
            .into()
    }
}

impl ToSchema for EventKind {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("EventKind")
    }
}

/// Which events.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    /// Events of one kind.
    #[serde(default)]
    pub kind: Option<EventKind>,
    /// Where to go on, from `next_cursor`.
    #[serde(default)]
    #[param(pattern = "^[0-9a-f]{1,16}$")]
    pub cursor: Option<String>,
    /// Most items.
    #[serde(default)]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

impl Shared {
    /// What happened to the pool.
    pub(crate) fn history(&self, query: &HistoryQuery) -> Result<Page<PoolEvent>, Failure> {
        self.events_of(query, None, &[])
    }

    /// What happened to accounts that failed.
    pub(crate) fn liquidations(&self, query: &HistoryQuery) -> Result<Page<PoolEvent>, Failure> {
        self.events_of(query, None, LIQUIDATIONS)
    }

    /// What happened to an account.
    pub(crate) fn account_history(
        &self,
        account: &str,
        query: &HistoryQuery,
    ) -> Result<Page<PoolEvent>, Failure> {
        let place = AccountPlace::parse(account)?;
        let id = self.look(|sight| place.resolve(sight.engine.state()))?;
        self.events_of(query, Some(id), &[])
    }

    /// Events of one kind among `kinds`, or else of all of these.
    fn events_of(
        &self,
        query: &HistoryQuery,
        account: Option<AccountId>,
        kinds: &[&'static str],
    ) -> Result<Page<PoolEvent>, Failure> {
        let before = query.cursor.as_deref().map(cursor::decode::<1>).transpose()?.map(|[seq]| seq);
        let limit = cursor::limit(query.limit)?;
        let (names, mark) = self.look(|sight| (sight.names, sight.mark));
        let kinds = match &query.kind {
            Some(kind) => {
                let name = kind.name()?;
                if !kinds.is_empty() && !kinds.contains(&name) {
                    return Ok(Page::whole(&mark, Vec::new()));
                }
                vec![name]
            }
            None => kinds.to_vec(),
        };
        let page = self.node.history(&Asked { before, account, kinds, limit });
        let page = page.map_err(|error| Failure::new(Code::HISTORY_UNAVAILABLE, error.to_string()))?;
        let items = page.events.iter().map(|event| PoolEvent::of(event, &names)).collect();
        Ok(Page::part(&mark, items, page.next.map(|seq| cursor::encode(&[seq]))))
    }
}

/// What happened to the pool, newest first; not single price reports, nor what only time did.
#[utoipa::path(get, path = "/v1/history", operation_id = "history", tag = "pool", params(HistoryQuery),
    responses((status = 200, description = "Events.", body = Page<PoolEvent>), Reads))]
pub(crate) async fn of_http(
    State(app): State<App>,
    Query(query): Query<HistoryQuery>,
) -> Result<Reply<Page<PoolEvent>>, Failure> {
    let shared = app.clone();
    app.work(move || shared.history(&query).map(Reply)).await
}

/// What happened to an account, newest first.
#[utoipa::path(get, path = "/v1/accounts/{account}/history", operation_id = "account_history", tag = "accounts",
    params(("account" = String, Path, pattern = "^([0-9]{1,10}|0x[0-9a-f]{40}(:[0-9]{1,3})?)$",
        description = "Its number, or its owner with the sub-account: `17`, `0x…`, `0x…:1`."), HistoryQuery),
    responses((status = 200, description = "Events.", body = Page<PoolEvent>), Reads))]
pub(crate) async fn account_http(
    State(app): State<App>,
    Path(account): Path,
    Query(query): Query<HistoryQuery>,
) -> Result<Reply<Page<PoolEvent>>, Failure> {
    let shared = app.clone();
    app.work(move || shared.account_history(&account, &query).map(Reply)).await
}

/// What happened to accounts that failed, newest first.
#[utoipa::path(get, path = "/v1/liquidations/history", operation_id = "liquidations", tag = "liquidations",
    params(HistoryQuery),
    responses((status = 200, description = "Events.", body = Page<PoolEvent>), Reads))]
pub(crate) async fn liquidations_http(
    State(app): State<App>,
    Query(query): Query<HistoryQuery>,
) -> Result<Reply<Page<PoolEvent>>, Failure> {
    let shared = app.clone();
    app.work(move || shared.liquidations(&query).map(Reply)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_failure_is_a_kind_of_event() {
        for kind in LIQUIDATIONS {
            assert_eq!(EventKind(snake(kind)).name().unwrap(), *kind);
        }
        assert!(EventKind("MarginBreached".to_owned()).name().is_err());
    }
}
