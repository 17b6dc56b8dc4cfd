use borsh::{BorshDeserialize, BorshSerialize};
use cistern_units::{Time, Value};

/// What a listed holder stands ready to buy of a claim, in a liquidation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Commitment {
    /// What lasts.
    pub lasting: Value,
    /// What counts until its notice has passed.
    pub ending: Value,
    /// When that is.
    pub ends_at: Time,
}

impl Commitment {
    /// What counts at `now`.
    #[must_use]
    pub fn standing(&self, now: Time) -> Value {
        if now < self.ends_at { self.ending.max(self.lasting) } else { self.lasting }
    }
}
