//! Who may ask for what: signatures are verified before a command is ordered; whose they are, and that each counts once, is
//! decided here.

use cistern_attest::Signer;
use cistern_units::{Span, Time};

use crate::{
    command::{Authorisation, Command},
    draft::Draft,
    event::Event,
    ids::{AccountId, Owner},
    limits::{AGENTS_MAX, NONCES_MAX},
    rejection::Rejection,
    rows::{Agent, Scope},
};

/// A nonce is the signer's time, in milliseconds: so far in the past it may lie. A day: whoever signs by hand has an evening.
pub const NONCE_PAST: Span = Span::DAY;
/// So far in the future it may lie: clocks of people.
pub const NONCE_AHEAD: Span = Span::seconds(60);

/// Whose word a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    /// The owner, whether the account exists already or not.
    Owner(Owner),
    /// The owner of an account, or an agent of that owner with at least this scope.
    Account(AccountId, Scope),
    /// The owner of an account and nobody else: value leaves, or keys change.
    AccountOwner(AccountId),
    /// Whoever governs the pool.
    Governor,
    /// No signature makes it right: it has its own way in.
    OtherWay,
}

/// Notes a signature and requires that it is in time, new, and of somebody who may ask for that.
pub(crate) fn require(
    draft: &mut Draft<'_>,
    authorisation: &Authorisation,
    command: &Command,
) -> Result<(), Rejection> {
    let Authorisation { signer, nonce, deadline, id, .. } = *authorisation;
    let now = draft.now();
    if now > deadline {
        return Err(Rejection::SignatureExpired { deadline });
    }
    require_new(draft, signer, nonce, now)?;
    require_right(draft, signer, command, now)?;
    draft.emit(Event::CommandSigned { signer, nonce, id })
}

/// The nonce lies within the window and has not been used; of a signer in a hurry only the latest are remembered, and
/// older ones count as used.
fn require_new(draft: &Draft<'_>, signer: Signer, nonce: Time, now: Time) -> Result<(), Rejection> {
    if now.since(nonce) > NONCE_PAST || nonce.since(now) > NONCE_AHEAD {
        return Err(Rejection::NonceOutsideWindow { now });
    }
    let Some(used) = draft.state.nonces.get(&signer) else { return Ok(()) };
    let forgotten = used.len() >= NONCES_MAX && used.first().is_some_and(|oldest| nonce < *oldest);
    if forgotten || used.binary_search(&nonce).is_ok() { Err(Rejection::NonceIsUsed) } else { Ok(()) }
}

fn require_right(draft: &Draft<'_>, signer: Signer, command: &Command, now: Time) -> Result<(), Rejection> {
    let is = |owner: Owner| owner != Owner::default() && signer == Signer::Address(owner.address());
    let owner_of = |account: AccountId| draft.state.account(account).map(|account| account.header.owner);
    let allowed = match needs(command) {
        Needs::Owner(owner) => is(owner),
        Needs::AccountOwner(account) => is(owner_of(account)?),
        Needs::Account(account, scope) => {
            let owner = owner_of(account)?;
            let agent = draft.state.agents.get(&(owner, signer));
            let acts = agent.is_some_and(|agent| agent.scope >= scope && now <= agent.expires_at);
            is(owner) || acts
        }
        Needs::Governor => is(draft.state.config.governor),
        Needs::OtherWay => false,
    };
    if allowed { Ok(()) } else { Err(Rejection::SignerMustBeAllowed) }
}

fn needs(command: &Command) -> Needs {
    match *command {
        Command::OpenAccount { owner, .. }
        | Command::ApproveAgent { owner, .. }
        | Command::RevokeAgent { owner, .. } => Needs::Owner(owner),
        Command::Withdraw { account, .. }
        | Command::WithdrawItem { account, .. }
        | Command::Transfer { from: account, .. }
        | Command::TransferItem { from: account, .. } => Needs::AccountOwner(account),
        Command::Settle { account } | Command::Liquidate { liquidator: account, .. } => {
            Needs::Account(account, Scope::Trade)
        }
        Command::ChooseStandardMode { account }
        | Command::ChoosePortfolioMode { account }
        | Command::Commit { account, .. }
        | Command::PlaceBid { account, .. }
        | Command::CancelBid { account, .. }
        | Command::Lend { account, .. }
        | Command::Recall { account, .. }
        | Command::Borrow { account, .. }
        | Command::Repay { account, .. } => Needs::Account(account, Scope::Treasury),
        Command::Deposit { .. }
        | Command::DepositItem { .. }
        | Command::Fill { .. }
        | Command::ReportQueue { .. }
        | Command::AppointBackstop { .. }
        | Command::ReleaseBackstop { .. }
        | Command::Schedule { .. }
        | Command::Veto { .. }
        | Command::Pause
        | Command::Resume => Needs::Governor,
        Command::Found { .. }
        | Command::Tick { .. }
        | Command::Attest { .. }
        | Command::ReportSurface { .. }
        | Command::DepositProven { .. }
        | Command::Signed { .. } => Needs::OtherWay,
    }
}

/// Lets a key command the accounts of an owner, within a scope and until a time. A key may act for several owners: whoever
/// names one that is somebody else's takes nothing from him.
pub(crate) fn approve_agent(
    draft: &mut Draft<'_>,
    owner: Owner,
    (signer, scope): (Signer, Scope),
    expires_at: Time,
) -> Result<(), Rejection> {
    // An address that owns something cannot become an agent: whose word it is must be one thing.
    let owns =
        matches!(signer, Signer::Address(address) if draft.state.account_of(Owner(address.0), 0).is_some());
    if owns || expires_at <= draft.now() {
        return Err(Rejection::AgentMustBeFree);
    }
    let known = draft.state.agents.contains_key(&(owner, signer));
    if !known && draft.state.agents_of(owner).count() >= AGENTS_MAX {
        return Err(Rejection::TooMany { limit: u32::try_from(AGENTS_MAX).unwrap_or(u32::MAX) });
    }
    draft.emit(Event::AgentApproved { owner, signer, agent: Agent { scope, expires_at } })
}

/// Takes a key's right back. What it signed before stays known: nonces outlive keys.
pub(crate) fn revoke_agent(draft: &mut Draft<'_>, owner: Owner, signer: Signer) -> Result<(), Rejection> {
    if !draft.state.agents.contains_key(&(owner, signer)) {
        return Err(Rejection::AgentUnknown);
    }
    draft.emit(Event::AgentRevoked { owner, signer })
}
