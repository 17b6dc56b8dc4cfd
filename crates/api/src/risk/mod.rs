//! The pool as a whole: what it has, what stands behind it, and by which rules.

pub(crate) mod moments;
pub(crate) mod params;
pub(crate) mod pool;

pub use moments::{MomentsQuery, PoolMoment};
pub use params::{AssetParams, FactorParams, MarketParams, PendingAct, RiskParams, TierParams};
pub use pool::{HealthBand, LiquidationCount, PoolAsset, PoolRisk};
