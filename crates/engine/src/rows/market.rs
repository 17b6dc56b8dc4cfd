use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Price, Signed, Size, Time, Value};

/// What changes about a market while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct MarketState {
    /// Sum of all long sizes, which equals the sum of all short sizes.
    pub open_interest: Size,
    /// Sum of all signed sizes: zero in every state.
    pub net: Size,
    /// Sum of the costs of all positions.
    pub cost: Value,
    /// What one whole contract has paid since the beginning, in 1e-18 dollars; longs pay when it rises [F2].
    pub funding_index: i128,
    /// Time-weighted premium of fills over the index [F1].
    pub premium: Signed,
    /// Premium of the last fill, which weighs until the next.
    pub premium_last: Signed,
    /// When that fill was.
    pub premium_at: Time,
    /// Up to when premium and funding have been computed.
    pub accrued_at: Time,
    /// What it was settled at; from then on nothing is open.
    pub settled: Option<Price>,
}
