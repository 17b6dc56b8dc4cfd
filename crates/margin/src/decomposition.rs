use cistern_units::Value;

use crate::option::OptionScenario;

/// An end of the band of loadings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The loadings in calm.
    Calm,
    /// The middle between calm and panic, rounded up.
    Mid,
    /// The loadings in panic.
    Panic,
}

impl End {
    /// All of them, in the order of every array of ends.
    pub const ALL: [Self; 3] = [Self::Calm, Self::Mid, Self::Panic];
}

/// What an account loses at one end of the band. Each value is rounded up by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndLoss {
    /// The end.
    pub end: End,
    /// The loss by the common factor: [M1].
    pub common: Value,
    /// The loss by what moves each factor alone: [M2].
    pub idio: Value,
    /// Both together: [M3].
    pub joint: Value,
    /// The common move that hurts: -1 where everything falls, +1 where it rises, 0 where neither does.
    pub level: i8,
}

/// The joint scenario that costs the account most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorstScenario {
    /// The end of the band; of equal ends the calmer.
    pub end: End,
    /// The common move: -1 where everything falls, +1 where it rises, 0 where neither hurts.
    pub level: i8,
    /// The scenario of an account with options, [M3o]: how far the common move goes, and how volatilities move.
    pub options: Option<OptionScenario>,
}

impl WorstScenario {
    /// That of an account with options.
    pub(crate) fn of_options(scenario: OptionScenario) -> Self {
        let level = match scenario.level {
            ..=-1 => -1,
            0 => 0,
            1.. => 1,
        };
        Self { end: scenario.end, level, options: Some(scenario) }
    }
}

/// Which part of the requirement is the largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecidedBy {
    /// There is nothing to cover.
    Nothing,
    /// The worst joint scenario: [M3].
    Joint,
    /// The floor under the largest single loss: [M4].
    Standalone,
    /// The floor under derivatives: [M4b].
    GrossFloor,
    /// A tail of one factor: [M6].
    Tails,
    /// The account chose standard mode.
    Standard,
}

/// A requirement with everything that led to it. Each value is rounded up by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decomposition {
    /// The loss at calm, mid and panic; where there are options, common and own losses are of the linear legs alone.
    pub ends: [EndLoss; 3],
    /// The largest of them: [M3]; where there are options, [M3o].
    pub joint: Value,
    /// The floor under the largest single loss: [M4].
    pub standalone: Value,
    /// The floor under derivatives: [M4b].
    pub gross_floor: Value,
    /// The heaviest tail: [M6].
    pub tails: Value,
    /// The charge for positions that are large against the depth of their market: [M5]. In standard mode on gross
    /// exposures.
    pub addon: Value,
    /// In standard mode the sum that decides, before the add-on: the haircut of every leg, without offsets.
    pub standard: Option<Value>,
    /// The margin requirement: [M6].
    pub requirement: Value,
    /// The joint scenario that costs most.
    pub worst: WorstScenario,
    /// What the requirement is made of, before the add-on.
    pub decided_by: DecidedBy,
}
