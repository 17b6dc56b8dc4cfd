//! Accounts: the list, and each with a reason for each of its numbers.

pub(crate) mod agents;
mod legs;
mod place;
mod standing;
mod summary;

use axum::extract::State;
use cistern_engine::{
    Engine,
    ids::{AccountId, Owner},
    rejection::Rejection,
    state::State as Pool,
    valuation::Summary,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use legs::{Collateral, CollateralForm, Debt, HeldItem, OpenPosition, StandingBid};
pub(crate) use place::{AccountPlace, PATTERN};
pub use standing::{AccountStatus, MarginSummary};
pub use summary::{
    AccountMode, AccountSummary, AddOnCharge, BreachState, Contribution, ContributionKind, LiquidationPrice,
    RequirementPart, Scenario, ScenarioEnd, ScenarioLosses, Side,
};
pub(crate) use summary::{breach, summarise};

use crate::{
    answer::{Page, Reply},
    census::Counted,
    cursor,
    errors::Failure,
    extract::{Path, Query},
    failures::Reads,
    shared::{App, Shared, Sight},
    wire::text::{self, AccountNumber, OwnerText, RatioText, ValueText},
};

/// An account in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountLine {
    /// Account.
    pub account: AccountNumber,
    /// Who commands it.
    pub owner: OwnerText,
    /// Which of the owner's accounts it is.
    pub sub: u8,
    /// How it is margined.
    pub mode: AccountMode,
    /// How it stands.
    pub status: AccountStatus,
    /// What would be left if everything were sold at its price and every debt paid.
    pub equity: ValueText,
    /// Requirement for whatever adds risk.
    pub initial_margin: ValueText,
    /// Requirement below which it is liquidated.
    pub maintenance_margin: ValueText,
    /// Equity beyond the initial margin; negative where it is missing.
    pub free_collateral: ValueText,
    /// Requirement at maintenance over equity; none without equity.
    pub margin_ratio: Option<RatioText>,
    /// Equity over requirement at maintenance; none without a requirement.
    pub health: Option<RatioText>,
    /// Is it in breach of its requirement at maintenance?
    pub breach: Option<BreachState>,
}

impl AccountLine {
    fn of(state: &Pool, id: AccountId, summary: &Summary) -> Result<Self, Rejection> {
        let account = state.account(id)?;
        Ok(Self {
            account: id.into(),
            owner: account.header.owner.into(),
            sub: account.header.sub,
            mode: account.header.mode.into(),
            status: AccountStatus::of(account, summary),
            equity: summary.equity.into(),
            initial_margin: summary.initial_margin.into(),
            maintenance_margin: summary.maintenance_margin.into(),
            free_collateral: summary.free_collateral.into(),
            margin_ratio: standing::margin_ratio(summary.equity, summary.maintenance_margin).map(Into::into),
            health: summary.health.map(Into::into),
            breach: breach(account),
        })
    }
}

/// In which order accounts are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountOrder {
    /// By number.
    #[default]
    Account,
    /// The least healthy first; accounts that owe nothing are left out.
    Health,
}

/// Which accounts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AccountsQuery {
    /// In which order.
    #[serde(default)]
    #[param(inline)]
    pub sort: Option<AccountOrder>,
    /// Those of one owner, by number.
    #[serde(default)]
    #[param(pattern = "^0x[0-9a-f]{40}$")]
    pub owner: Option<String>,
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
    /// An account with a reason for each of its numbers.
    pub(crate) fn account(&self, account: &str) -> Result<AccountSummary, Failure> {
        let place = AccountPlace::parse(account)?;
        let params_version = self.records.params_version();
        self.look(|mut sight| {
            let id = place.resolve(sight.engine.state())?;
            summarise(&mut sight, id, params_version).map_err(|rejection| Failure::unseen(&rejection))
        })
    }

    /// A part of the list of accounts.
    pub(crate) fn accounts(&self, query: &AccountsQuery) -> Result<Page<AccountLine>, Failure> {
        let limit = cursor::limit(query.limit)?;
        if let Some(owner) = &query.owner {
            let owner = text::read_owner(owner).map_err(|fault| Failure::invalid("owner", fault))?;
            return self.look(|sight| of_owner(sight, owner));
        }
        match query.sort.unwrap_or_default() {
            AccountOrder::Account => {
                let first = match &query.cursor {
                    Some(text) => cursor::decode::<2>(text)?[1],
                    None => u64::from(AccountId::CLEARING.0) + 1,
                };
                self.look(|sight| by_number(sight, first, limit))
            }
            AccountOrder::Health => {
                let after = query.cursor.as_deref().map(cursor::decode::<2>).transpose()?;
                Ok(self.by_health(after, limit, &|_| true))
            }
        }
    }

    /// Accounts from the census, the least healthy first, as long as they are wanted.
    pub(crate) fn by_health(
        &self,
        after: Option<[u64; 2]>,
        limit: usize,
        wanted: &dyn Fn(&Counted) -> bool,
    ) -> Page<AccountLine> {
        let census = self.records.latest();
        let place = |counted: &Counted| {
            let (health, account) = counted.key();
            [health, u64::from(account)]
        };
        let start =
            after.map_or(0, |after| census.by_health.partition_point(|counted| place(counted) <= after));
        let rest = census.by_health.get(start..).unwrap_or_default();
        let wanted = rest.iter().take_while(|counted| wanted(counted));
        let (found, more) = page(wanted, limit);
        let items = self.look(|sight| {
            let state = sight.engine.state();
            found
                .iter()
                .filter_map(|found| AccountLine::of(state, found.account, &found.summary).ok())
                .collect()
        });
        let last = found.last().filter(|_| more);
        Page::part(&census.mark, items, last.map(|last| cursor::encode(&place(last))))
    }
}

/// The first `limit` items, and whether there are more.
pub(crate) fn page<T>(mut items: impl Iterator<Item = T>, limit: usize) -> (Vec<T>, bool) {
    let found: Vec<T> = items.by_ref().take(limit).collect();
    let more = items.next().is_some();
    (found, more)
}

fn line(engine: &mut Engine, id: AccountId) -> Option<AccountLine> {
    let summary = engine.summary(id).ok()?;
    AccountLine::of(engine.state(), id, &summary).ok()
}

fn of_owner(sight: Sight<'_>, owner: Owner) -> Result<Page<AccountLine>, Failure> {
    let Sight { engine, mark, .. } = sight;
    let ids: Vec<AccountId> = engine.state().accounts_of(owner).collect();
    let items = ids.into_iter().filter_map(|id| line(engine, id)).collect();
    Ok(Page::whole(&mark, items))
}

fn by_number(sight: Sight<'_>, first: u64, limit: usize) -> Result<Page<AccountLine>, Failure> {
    let Sight { engine, mark, .. } = sight;
    let count = engine.state().accounts.len();
    let first = usize::try_from(first).unwrap_or(usize::MAX).min(count);
    let end = first.saturating_add(limit).min(count);
    let items = (first..end).filter_map(AccountId::at).filter_map(|id| line(engine, id)).collect();
    let next_cursor = (end < count).then(|| cursor::encode(&[0, end as u64]));
    Ok(Page::part(&mark, items, next_cursor))
}

/// Accounts, by number or the least healthy first.
#[utoipa::path(get, path = "/v1/accounts", operation_id = "accounts", tag = "accounts", params(AccountsQuery),
    responses((status = 200, description = "Accounts.", body = Page<AccountLine>), Reads))]
pub(crate) async fn list_http(
    State(app): State<App>,
    Query(query): Query<AccountsQuery>,
) -> Result<Reply<Page<AccountLine>>, Failure> {
    let shared = app.clone();
    app.work(move || shared.accounts(&query).map(Reply)).await
}

/// An account with a reason for each of its numbers.
#[utoipa::path(get, path = "/v1/accounts/{account}", operation_id = "account", tag = "accounts",
    params(("account" = String, Path, pattern = "^([0-9]{1,10}|0x[0-9a-f]{40}(:[0-9]{1,3})?)$",
        description = "Its number, or its owner with the sub-account: `17`, `0x…`, `0x…:1`.")),
    responses((status = 200, description = "The account.", body = AccountSummary), Reads))]
pub(crate) async fn one_http(
    State(app): State<App>,
    Path(account): Path,
) -> Result<Reply<AccountSummary>, Failure> {
    let shared = app.clone();
    app.work(move || shared.account(&account).map(Reply)).await
}
