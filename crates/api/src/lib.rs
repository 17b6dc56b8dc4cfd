//! The pool over HTTP, WebSocket and server-sent events: reads, one way in, simulations, and changes as they happen.
//!
//! A request passes the layers (id, price, time limit, one shape of errors), is read by our own extractors, and looks at
//! the engine under its lock or hands a command to the node. Wire types live here and nowhere else.

mod accounts;
mod answer;
mod assets;
mod candidates;
mod census;
mod client;
mod cursor;
mod decimal;
mod errors;
mod extract;
mod failures;
mod history;
mod layers;
mod limits;
mod markets;
mod metrics;
mod openapi;
mod options;
mod oracle;
mod pages;
mod prices;
mod replay;
mod risk;
mod routes;
mod serve;
mod shared;
mod signing;
mod simulate;
mod status;
mod streams;
mod tx;
pub mod wire;
mod ws;

pub use accounts::{
    AccountLine, AccountMode, AccountOrder, AccountStatus, AccountSummary, AccountsQuery, AddOnCharge,
    BreachState, Collateral, CollateralForm, Contribution, ContributionKind, Debt, HeldItem,
    LiquidationPrice, MarginSummary, OpenPosition, RequirementPart, Scenario, ScenarioEnd, ScenarioLosses,
    Side, StandingBid, agents::AgentLine,
};
pub use answer::{Answer, Page, Place};
pub use assets::{Asset, AssetClass};
pub use candidates::CandidatesQuery;
pub use client::{Client, ClientError};
pub use errors::{Code, ErrorBody, ErrorDetail, Failure};
pub use history::{EventKind, HistoryQuery, PoolEvent};
pub use limits::Rate;
pub use markets::Market;
pub use openapi::document;
pub use options::{Access, Limits, Options};
pub use oracle::{FeedPrice, PriceValidity, SourcePrice};
pub use replay::{ReplayChange, ReplayControl, ReplayState, ReplayStatus};
pub use risk::{
    AssetParams, FactorParams, HealthBand, LiquidationCount, MarketParams, MomentsQuery, PendingAct,
    PoolAsset, PoolMoment, PoolRisk, RiskParams, TierParams,
};
pub use serve::{ServeError, Server, serve};
pub use signing::{Signing, SigningDomain, SigningRequest, ToSign, TypedData, TypedField, typed_data};
pub use simulate::{Refused, SimulateRequest, Simulated};
pub use status::{NodeState, NodeStatus, StatusQuery};
pub use streams::sse::{StreamMessage, StreamQuery};
pub use tx::{
    TxAccepted, TxBatch, TxBatchRequest, TxOutcome, TxRequest, TxStatus, evidence::EvidenceRequest,
};
