//! The keys that command an owner's accounts.

use axum::extract::State;
use cistern_engine::rows::Agent;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::place::AccountPlace,
    answer::{Page, Reply},
    errors::Failure,
    extract::Path,
    failures::Reads,
    shared::{App, Shared},
    wire::{evidence::AgentScope, text::SignerText},
};

/// A key that commands the accounts of an owner.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentLine {
    /// The key.
    pub signer: SignerText,
    /// What it may do.
    pub scope: AgentScope,
    /// Last moment at which it may, in milliseconds; one that is over stays listed until it is revoked.
    pub expires_at: u64,
}

impl Shared {
    pub(crate) fn agents(&self, account: &str) -> Result<Page<AgentLine>, Failure> {
        let place = AccountPlace::parse(account)?;
        self.look(|sight| {
            let state = sight.engine.state();
            let id = place.resolve(state)?;
            let owner = state.account(id).map_err(|rejection| Failure::unseen(&rejection))?.header.owner;
            let items = state.agents_of(owner).map(|(signer, Agent { scope, expires_at })| {
                let expires_at = expires_at.as_milliseconds();
                AgentLine { signer: SignerText::from(signer), scope: AgentScope::from(scope), expires_at }
            });
            Ok(Page::whole(&sight.mark, items.collect()))
        })
    }
}

/// Keys that may command the accounts of an account's owner.
#[utoipa::path(get, path = "/v1/accounts/{account}/agents", operation_id = "agents", tag = "accounts",
    params(("account" = String, Path, pattern = "^([0-9]{1,10}|0x[0-9a-f]{40}(:[0-9]{1,3})?)$",
        description = "Its number, or its owner with the sub-account: `17`, `0x…`, `0x…:1`.")),
    responses((status = 200, description = "The keys.", body = Page<AgentLine>), Reads))]
pub(crate) async fn of_http(
    State(app): State<App>,
    Path(account): Path,
) -> Result<Reply<Page<AgentLine>>, Failure> {
    let shared = app.clone();
    app.work(move || shared.agents(&account).map(Reply)).await
}
