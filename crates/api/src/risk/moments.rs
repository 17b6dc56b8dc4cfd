//! The pool over time.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    answer::{Page, Reply},
    census::Moment,
    cursor,
    errors::Failure,
    extract::Query,
    failures::Reads,
    shared::{App, Shared},
    wire::text::ValueText,
};

/// The pool at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PoolMoment {
    /// Number of the last entry then.
    pub height: u64,
    /// Time of the last entry then, in milliseconds.
    pub time: u64,
    /// Sum of the equity of accounts with obligations.
    pub equity: ValueText,
    /// Sum of their requirements at maintenance.
    pub requirement: ValueText,
    /// Value of the insurance fund.
    pub insurance_fund: ValueText,
    /// Value of everything in custody.
    pub custody_value: ValueText,
    /// Bad debt so far.
    pub bad_debt: ValueText,
    /// Accounts below their initial margin.
    pub at_risk: u64,
}

impl From<Moment> for PoolMoment {
    fn from(moment: Moment) -> Self {
        Self {
            height: moment.mark.height,
            time: moment.mark.time.as_milliseconds(),
            equity: moment.equity.into(),
            requirement: moment.requirement.into(),
            insurance_fund: moment.insurance_fund.into(),
            custody_value: moment.custody_value.into(),
            bad_debt: moment.bad_debt.into(),
            at_risk: moment.at_risk,
        }
    }
}

/// Which moments.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MomentsQuery {
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
    pub(crate) fn pool_history(&self, query: &MomentsQuery) -> Result<Page<PoolMoment>, Failure> {
        let limit = cursor::limit(query.limit)?;
        let after = match &query.cursor {
            Some(text) => cursor::decode::<1>(text)?[0],
            None => 0,
        };
        let mark = self.node.read_at(|_, mark| *mark);
        let (moments, more) = self.records.moments_after(after, limit);
        let next = moments.last().filter(|_| more).map(|last| cursor::encode(&[last.mark.height]));
        Ok(Page::part(&mark, moments.into_iter().map(Into::into).collect(), next))
    }
}

/// The pool over time, the oldest moment first: since this server started, ever more coarsely.
#[utoipa::path(get, path = "/v1/risk/pool/history", operation_id = "pool_history", tag = "pool",
    params(MomentsQuery),
    responses((status = 200, description = "Moments.", body = Page<PoolMoment>), Reads))]
pub(crate) async fn of_http(
    State(app): State<App>,
    Query(query): Query<MomentsQuery>,
) -> Result<Reply<Page<PoolMoment>>, Failure> {
    let shared = app.clone();
    app.work(move || shared.pool_history(&query).map(Reply)).await
}
