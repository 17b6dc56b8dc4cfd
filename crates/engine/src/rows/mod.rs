//! Rows of the state: plain data in dense tables.

mod account;
mod agent;
mod asset;
mod claim;
mod collection;
mod config;
mod expiry;
mod feed;
mod market;
mod narrow;

pub(crate) use account::RowChange;
pub use account::{Account, Balance, Breach, Form, Header, Position};
pub use agent::{Agent, Scope};
pub use asset::AssetPool;
pub use claim::Commitment;
pub use collection::{Bid, Item};
pub use config::{
    AssetConfig, Config, FactorConfig, FeedConfig, MarketConfig, PendingAct, SourceConfig, UNSIGNED,
};
pub use expiry::{Expiry, Surface, SurfaceWord};
pub use feed::{Feed, Quote, Rate, RateState, Report, StableState, Validity};
pub use market::MarketState;
