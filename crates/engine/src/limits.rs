//! Everything has a limit; each constant says why it is what it is.

use cistern_units::{Fraction, Span};

/// Assets and factors of one pool: the coefficients of a tick stay within the first cache level.
pub const ASSETS_MAX: usize = 64;
/// See [`ASSETS_MAX`].
pub const FACTORS_MAX: usize = 64;
/// Markets of one pool, those included that have expired: their prices of a tick stay within the second cache level.
pub const MARKETS_MAX: usize = 1_024;
/// Expiries of one pool that are to come: a year of weeks for each of the few underlyings that trade so far ahead.
pub const EXPIRIES_MAX: usize = 256;
/// An expiry may be so far ahead. Three years: the longest that Deribit and CME list in these assets.
pub const EXPIRY_AHEAD_MAX: Span = Span::milliseconds(94_608_000_000);
/// What is settled at an expiry is settled at the average of so long before it [E1]. 30 min: Deribit's delivery price.
pub const SETTLEMENT_WINDOW: Span = Span::seconds(1_800);
/// What a source says of volatilities counts for this long. 20 min: the heartbeat of Derive's feeds.
pub const SURFACE_AGE_MAX: Span = Span::seconds(1_200);
/// It may be this far ahead of the pool's clock. 5 s: clock skew between honest hosts.
pub const SURFACE_AHEAD_MAX: Span = Span::seconds(5);
/// Two groups agree while none of their volatilities is further apart. A fifth: the spread of a quiet option of a major.
pub const SURFACE_BAND: Fraction = Fraction::basis_points(2_000);
/// Reports of volatilities in one command: every source of every expiry of the nearest year.
pub const SURFACE_REPORTS_MAX: usize = 1_024;
/// One feed an asset, and forwards.
pub const FEEDS_MAX: usize = 128;
/// Reporters of one feed: the reports of a feed stay one small array.
pub const SOURCES_MAX: usize = 16;
/// Factors of one asset or market: its own, an underlying, a basis, a peg.
pub const FACTORS_PER_ASSET_MAX: usize = 4;
/// Balances of one account, each form of each asset counted: bounds the cost of a margin check.
pub const BALANCES_MAX: usize = 48;
/// Positions of one account: bounds the cost of a margin check.
pub const POSITIONS_MAX: usize = 32;
/// Accounts of one pool: a sweep over all of them stays below a second on one core.
pub const ACCOUNTS_MAX: usize = 4_000_000;
/// Reports in one tick: every source of every feed.
pub const REPORTS_MAX: usize = 2_048;
const _: () = assert!(REPORTS_MAX == FEEDS_MAX.saturating_mul(SOURCES_MAX));
/// Bindings of feeds of networks: every source of every feed.
pub const BINDINGS_MAX: usize = REPORTS_MAX;
/// Statements of one command: a batch of messages of every feed.
pub const STATEMENTS_MAX: usize = REPORTS_MAX;
/// Nonces that are remembered of one signer; a signer with more commands in flight waits for their answers.
pub const NONCES_MAX: usize = 32;
/// Agents of one owner.
pub const AGENTS_MAX: usize = 16;
/// Acts that wait for their delay.
pub const ACTS_MAX: usize = 256;
/// Backstop accounts, asked in order.
pub const BACKSTOPS_MAX: usize = 16;
/// Holders of one claim who stand ready to buy it: a check of an account sums them.
pub const COMMITMENTS_MAX: usize = 32;
/// Listed holders of all claims.
pub const HOLDERS_MAX: usize = 4_096;
/// Units of all collections: which bid backs which of them is matched anew for every instant and every sale.
pub const ITEMS_MAX: usize = 1_024;
/// Bids for one collection: each unit looks through them.
pub const BIDS_MAX: usize = 128;
/// Units that one step of a liquidation sells: each is judged by itself.
pub const SALES_MAX: usize = 64;
/// Add-ons: a check for new risk asks each of them.
pub const ADD_ONS_MAX: usize = 64;
/// Largest amount of one command and largest custody of one asset, in smallest units (2^100, or 1.2e12 whole tokens of
/// 18 decimals): a product with a price fits 256 bits and a sum of shares 128.
pub const AMOUNT_MAX: u128 = 1 << 100;
/// Largest size of one command and of one market's open interest, in smallest sizes: sums stay within 63 bits.
pub const SIZE_MAX: i64 = 1 << 60;
/// Liquidation steps of one account in one tick: a tick ends, whatever a book looks like.
pub const LIQUIDATION_STEPS_MAX: usize = 16;

const _: () = assert!(ASSETS_MAX <= 1 << 16 && FEEDS_MAX <= 1 << 16 && MARKETS_MAX <= 1 << 16);
const _: () = assert!(ACCOUNTS_MAX <= 1 << 32);
const _: () = assert!(SIZE_MAX < i64::MAX >> 1);
const _: () = assert!(BALANCES_MAX.saturating_add(POSITIONS_MAX) <= 128);
