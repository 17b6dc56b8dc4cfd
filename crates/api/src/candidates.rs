//! Accounts near or below their requirement, for those who take over.

use axum::extract::State;
use cistern_units::Ratio;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::{
    accounts::AccountLine,
    answer::{Page, Reply},
    cursor,
    errors::Failure,
    extract::Query,
    failures::Reads,
    shared::{App, Shared},
    wire::text,
};

/// Health up to which accounts are listed where nobody says otherwise: those below one can be taken over once the breach
/// is confirmed, the others are worth watching.
const HEALTH: Ratio = Ratio::new(1_100_000_000);

/// Which accounts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CandidatesQuery {
    /// Those below this health; 1.1 unless told otherwise.
    #[serde(default)]
    #[param(pattern = "^[0-9]{1,9}(\\.[0-9]{1,9})?$")]
    pub max_health: Option<String>,
    /// Where to go on, from `next_cursor`.
    #[serde(default)]
    #[param(pattern = "^[0-9a-f]{1,16}-[0-9a-f]{1,16}$")]
    pub cursor: Option<String>,
    /// Most items.
    #[serde(default)]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

impl Shared {
    pub(crate) fn candidates(&self, query: &CandidatesQuery) -> Result<Page<AccountLine>, Failure> {
        let most = query.max_health.as_deref().map(text::read_ratio).transpose();
        let most = most.map_err(|fault| Failure::invalid("max_health", fault))?.unwrap_or(HEALTH);
        let after = query.cursor.as_deref().map(cursor::decode::<2>).transpose()?;
        let limit = cursor::limit(query.limit)?;
        Ok(self.by_health(after, limit, &|counted| counted.health.is_some_and(|health| health < most)))
    }
}

/// Accounts near or below their requirement at maintenance, the least healthy first.
#[utoipa::path(get, path = "/v1/liquidations/candidates", operation_id = "candidates", tag = "liquidations",
    params(CandidatesQuery),
    responses((status = 200, description = "Accounts.", body = Page<AccountLine>), Reads))]
pub(crate) async fn of_http(
    State(app): State<App>,
    Query(query): Query<CandidatesQuery>,
) -> Result<Reply<Page<AccountLine>>, Failure> {
    let shared = app.clone();
    app.work(move || shared.candidates(&query).map(Reply)).await
}
