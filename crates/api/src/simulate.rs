//! What commands and other prices would make of an account; nothing happens.

use std::collections::BTreeMap;

use axum::{Extension, extract::State};
use cistern_engine::{command::Command, shock::Shock, what_if::Question};
use cistern_units::Signed;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, Schema, Type},
};

use crate::{
    accounts::{AccountPlace, MarginSummary},
    answer::{Reply, answers},
    errors::{ErrorDetail, Failure},
    extract::Json,
    failures::Writes,
    layers::RequestId,
    shared::{App, Shared, Sight},
    wire::{
        self, Names,
        text::{self, AccountNumber},
    },
};

/// Commands of one question: a person's plan, not a history.
const ACTIONS_MAX: usize = 64;
/// Largest move of a factor: a thousandfold rise.
const CHANGE_MAX: i64 = 1_000 * Signed::ONE.raw();

/// What is asked: first the commands happen, then the prices move.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulateRequest {
    /// Whose account is looked at: its number, or its owner as in a path.
    #[schema(schema_with = account_schema)]
    pub account: Value,
    /// Commands of whomever, in order; no tick and no founding.
    #[serde(default)]
    #[schema(value_type = Vec<wire::Command>, max_items = 64)]
    pub actions: Vec<Value>,
    /// By how much the price of a factor moves: `{"ETH": "-0.2"}` is a fall by a fifth.
    #[serde(default)]
    #[schema(schema_with = shocks_schema)]
    pub price_shocks: BTreeMap<String, String>,
}

fn account_schema() -> Schema {
    let number =
        ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(4_294_967_295_u32));
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(crate::accounts::PATTERN));
    Schema::OneOf(OneOfBuilder::new().item(number).item(text).build())
}

fn shocks_schema() -> Schema {
    let change =
        ObjectBuilder::new().schema_type(Type::String).pattern(Some("^-?[0-9]{1,3}(\\.[0-9]{1,9})?$"));
    let names = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[!-~]{1,16}$"));
    let shocks = ObjectBuilder::new().property_names(Some(names.build()));
    Schema::Object(shocks.additional_properties(Some(change)).build())
}

/// The first command that would be refused.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refused {
    /// Its place among the actions, from 0.
    pub index: u64,
    /// The rule.
    pub error: ErrorDetail,
}

/// What would become of an account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Simulated {
    /// Number of the last entry.
    pub height: u64,
    /// Number of the last event.
    pub seq: u64,
    /// Time of the last entry, in milliseconds.
    pub time: u64,
    /// Account.
    pub account: AccountNumber,
    /// As it stands.
    pub before: MarginSummary,
    /// After the commands before the first that is refused, and the moves; none where it cannot be valued then.
    pub after: Option<MarginSummary>,
    /// Why it cannot be valued then.
    pub after_error: Option<ErrorDetail>,
    /// The first command that would be refused.
    pub refused: Option<Refused>,
    /// What would happen.
    pub events: Vec<wire::Event>,
}

answers!(Simulated);

/// The shocks of a question.
fn shocks(asked: &BTreeMap<String, String>, names: &Names) -> Result<Vec<Shock>, Failure> {
    let one = |(factor, change): (&String, &String)| {
        let found = names.find_factor(factor).and_then(|factor| {
            let change = text::read_signed_fraction(change)?;
            Ok(Shock { factor, change })
        });
        let shock = found.map_err(|fault| fault.within(factor).within("price_shocks"))?;
        if (-Signed::ONE.raw() + 1..=CHANGE_MAX).contains(&shock.change.raw()) {
            return Ok(shock);
        }
        Err(Failure::invalid("price_shocks", "a price can fall by less than 1, and rise by 1000 at the most"))
    };
    asked.iter().map(one).collect()
}

impl Shared {
    /// Answers a question about an account.
    pub(crate) fn simulate(&self, asked: &SimulateRequest, request_id: &str) -> Result<Simulated, Failure> {
        let place = match &asked.account {
            Value::String(text) => AccountPlace::parse(text)?,
            other => AccountPlace::parse(&other.to_string())?,
        };
        if asked.actions.len() > ACTIONS_MAX {
            return Err(Failure::invalid("actions", format!("write {ACTIONS_MAX} at the most")));
        }
        let mut commands = Vec::with_capacity(asked.actions.len());
        for (index, action) in asked.actions.iter().enumerate() {
            let command = self.command(action).map_err(|fault| fault.at(index).within("actions"))?;
            if matches!(command, Command::Tick { .. } | Command::Found { .. }) {
                return Err(Failure::invalid("actions", "no tick and no founding; price_shocks move prices"));
            }
            commands.push(command);
        }
        self.look(|mut sight| {
            let shocks = shocks(&asked.price_shocks, &sight.names)?;
            answer(&mut sight, place, (&commands, &shocks), request_id)
        })
    }
}

fn answer(
    sight: &mut Sight<'_>,
    place: AccountPlace,
    (commands, shocks): (&[Command], &[Shock]),
    request_id: &str,
) -> Result<Simulated, Failure> {
    let Sight { engine, mark, names } = sight;
    let account = place.resolve(engine.state())?;
    let question = Question { account, commands, shocks };
    let unseen = |rejection| Failure::unseen(&rejection);
    let done = engine.simulate(mark.time, &question).map_err(unseen)?;
    let refused = done.refused.and_then(|(index, rejection)| {
        let failure = Failure::rule(&rejection, commands.get(index)?, names);
        Some(Refused { index: index as u64, error: failure.detail(request_id) })
    });
    let after_error =
        done.after.as_ref().err().map(|rejection| Failure::unseen(rejection).detail(request_id));
    Ok(Simulated {
        height: mark.height,
        seq: mark.seq,
        time: mark.time.as_milliseconds(),
        account: account.into(),
        before: MarginSummary::of(&done.before),
        after: done.after.ok().map(|after| MarginSummary::of(&after)),
        after_error,
        refused,
        events: done.events.iter().map(|event| wire::Event::encode(event, names)).collect(),
    })
}

/// What commands and other prices would make of an account; nothing happens.
#[utoipa::path(post, path = "/v1/simulate", operation_id = "simulate", tag = "commands",
    request_body = SimulateRequest,
    responses((status = 200, description = "The account before and after.", body = Simulated), Writes))]
pub(crate) async fn of_http(
    State(app): State<App>,
    Extension(RequestId(id)): Extension<RequestId>,
    Json(asked): Json<SimulateRequest>,
) -> Result<Reply<Simulated>, Failure> {
    let shared = app.clone();
    app.work(move || shared.simulate(&asked, &id).map(Reply)).await
}
