//! Who is in the pool: drawn from the seed, a few kinds of people with their means and their habits.

use cistern_engine::ids::AccountId;
use cistern_units::Value;

use crate::history::Dice;

/// What somebody is in the pool for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Long a perpetual, on dollars or coins.
    Long,
    /// Short a perpetual, on dollars.
    Short,
    /// Holds a coin and is short its perpetual.
    Basis,
    /// Long one perpetual and short another.
    Pair,
    /// Holds a basket of coins and has borrowed dollars against it.
    Basket,
    /// Borrows what it buys more collateral with: a staked coin against its coin, or one dollar against another.
    Looper,
    /// Lends dollars and coins.
    Lender,
    /// Trades against everybody, with capital of its own.
    Maker,
    /// Sends liquidations.
    Liquidator,
    /// Stands ready for what nobody else takes over.
    Backstop,
    /// Seeds the insurance fund and the lending pools.
    Founder,
}

impl Role {
    /// Does it come for itself, not to serve the others?
    pub(super) fn is_crowd(self) -> bool {
        SHARES.iter().any(|(role, _)| *role == self)
    }

    /// What people call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Long => "long a perpetual",
            Self::Short => "short a perpetual",
            Self::Basis => "coin against perpetual",
            Self::Pair => "perpetual pair",
            Self::Basket => "borrows on a basket",
            Self::Looper => "loops",
            Self::Lender => "lends",
            Self::Maker => "makes markets",
            Self::Liquidator => "liquidates",
            Self::Backstop => "backstop",
            Self::Founder => "founder",
        }
    }
}

/// Parts of a thousand people.
const SHARES: [(Role, u64); 7] = [
    (Role::Long, 300),
    (Role::Short, 120),
    (Role::Basis, 100),
    (Role::Pair, 80),
    (Role::Basket, 220),
    (Role::Looper, 40),
    (Role::Lender, 140),
];

/// One account's owner.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) account: AccountId,
    pub(super) role: Role,
    /// What it brings.
    pub(super) means: Value,
    /// How much of what it could take on it takes on, in a thousandth of its means for positions, of its limit for debts.
    pub(super) appetite: u64,
    /// Chance in a thousand that it answers a margin call before the liquidator does.
    pub(super) watchful: u64,
}

/// Draws the people of a pool; accounts are numbered in their order, after the pool's own.
pub(super) fn draw(dice: &mut Dice, accounts: u32) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    let professionals = Professionals::of(accounts);
    let crowd = accounts.saturating_sub(professionals.count());
    for _ in 0..crowd {
        let role = role(dice);
        let appetite = match role {
            // Twice to ten times the means, more of it on the low side.
            Role::Long => {
                let most = dice.between(1, 8_000);
                2_000 + dice.below(most)
            }
            Role::Short => 1_000 + dice.below(4_000),
            Role::Basis => 700 + dice.below(300),
            Role::Pair => 1_000 + dice.below(3_000),
            _ => 400 + dice.below(560),
        };
        let watchful = *dice.pick(&[0, 0, 300, 700, 950]).unwrap_or(&0);
        push(&mut people, role, means(dice), (appetite, watchful));
    }
    let crowd_means = people.iter().fold(Value::ZERO, |sum, person| sum.plus(person.means).unwrap_or(sum));
    let mut part = |role, count: u32, thousandths: u128| {
        let each =
            crowd_means.scaled_down(thousandths, 1_000 * u128::from(count.max(1))).unwrap_or(Value::ZERO);
        for _ in 0..count {
            push(&mut people, role, each.plus(Value::dollars(10_000)).unwrap_or(each), (0, 1_000));
        }
    };
    part(Role::Founder, 1, 400);
    part(Role::Maker, professionals.makers, 2_000);
    part(Role::Liquidator, professionals.liquidators, 200);
    part(Role::Backstop, professionals.backstops, 200);
    people
}

fn push(people: &mut Vec<Person>, role: Role, means: Value, (appetite, watchful): (u64, u64)) {
    let account = AccountId::at(people.len() + AccountId::CLEARING.position() + 1).unwrap_or_default();
    people.push(Person { account, role, means, appetite, watchful });
}

/// How many of a pool's accounts are not the crowd.
#[derive(Clone, Copy, Debug)]
struct Professionals {
    makers: u32,
    liquidators: u32,
    backstops: u32,
}

impl Professionals {
    fn of(accounts: u32) -> Self {
        Self { makers: 3 + accounts / 100, liquidators: 3, backstops: 2 }
    }

    fn count(self) -> u32 {
        1 + self.makers + self.liquidators + self.backstops
    }
}

fn role(dice: &mut Dice) -> Role {
    let mut drawn = dice.below(SHARES.iter().map(|(_, share)| share).sum());
    for (role, share) in SHARES {
        if drawn < share {
            return role;
        }
        drawn -= share;
    }
    Role::Lender
}

/// Most people are small, a few are not: $200 to $10,000, to $200,000, to $5,000,000; evenly by magnitude.
fn means(dice: &mut Dice) -> Value {
    let (low, high) = match dice.below(1_000) {
        0..5 => (1_000_000, 5_000_000),
        5..200 => (10_000, 200_000),
        _ => (200, 10_000),
    };
    let steps = dice.below(9);
    // Nine steps from low to high, each by the same factor: a geometric ladder of integers, and a draw within the rung.
    let mut rung = low;
    for _ in 0..steps {
        rung = rung + rung * 2 / 5;
    }
    let dollars = dice.between(rung, rung + rung * 2 / 5).min(high);
    Value::dollars(i64::try_from(dollars).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_population_has_everybody_in_it() {
        let people = draw(&mut Dice::new(7), 2_000);
        assert_eq!(people.len(), 2_000);
        for (role, share) in SHARES {
            let count = people.iter().filter(|person| person.role == role).count() as u64;
            assert!(count > share * 15 / 10 && count < share * 25 / 10, "{role:?}: {count}");
        }
        assert_eq!(people.iter().filter(|person| person.role == Role::Maker).count(), 23);
        assert!(people.iter().all(|person| person.means >= Value::dollars(200)));
        let whales = people.iter().filter(|person| person.means >= Value::dollars(1_000_000)).count();
        assert!((2..80).contains(&whales), "{whales}");
    }

    #[test]
    fn the_seed_decides_who_comes() {
        let means =
            |seed| draw(&mut Dice::new(seed), 50).iter().map(|person| person.means).collect::<Vec<_>>();
        assert_eq!(means(1), means(1));
        assert_ne!(means(1), means(2));
    }
}
