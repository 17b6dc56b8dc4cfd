//! The roll call in words: who was reached, who was not, why, and what somebody can do.

use std::{collections::BTreeMap, sync::Arc};

use cistern_adapters::feeds::{FeedError, LiveParams, Medium, RollCall, Standing};
use cistern_engine::state::State;
use cistern_units::Span;

use super::desk;

/// A roll that is not whole is called all the same, once everybody has said something.
const LEAST: Span = Span::seconds(3);
/// Beyond the patience of a line, for what it takes to say so.
const REST: Span = Span::seconds(2);

/// The variables that hold keys, by feed, and whether they are set.
pub(super) struct Keys(BTreeMap<Arc<str>, (String, IsSet)>);

/// Does a variable hold something?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IsSet {
    Yes,
    No,
}

impl Keys {
    /// What the parameters ask for, and what is there.
    pub(super) fn of(params: &LiveParams, is_set: impl Fn(&str) -> IsSet) -> Self {
        let keyed = params.feeds.iter().filter_map(|feed| Some((feed, feed.key.as_ref()?)));
        let entry = |variable: &String| (variable.clone(), is_set(variable));
        Self(keyed.map(|(feed, key)| (Arc::clone(&feed.name), entry(&key.variable))).collect())
    }

    /// An error in words that follow the feed's name; where a key would help, which.
    pub(super) fn trouble(&self, feed: &str, error: &FeedError) -> String {
        match (error, self.0.get(feed)) {
            (FeedError::Locked { address, status }, Some((variable, IsSet::No))) => format!(
                "answers {status} at {address}: it wants an API key. Put yours into the variable {variable} and start \
                 again"
            ),
            (FeedError::Locked { address, status }, Some((variable, IsSet::Yes))) => format!(
                "answers {status} at {address}: it does not take the key in {variable}. See whether it is whole and \
                 still counts"
            ),
            (error, Some((variable, IsSet::No))) => {
                format!("{error}. It will want an API key too: {variable} is not set")
            }
            (error, _) => error.to_string(),
        }
    }

    /// How it stands with a feed. What can be done about the network is said once, below all of them.
    fn standing(&self, feed: &str, standing: &Standing) -> String {
        let Some((error, _)) = standing.trouble.as_ref().filter(|_| !standing.is_reached()) else {
            return standing.to_string();
        };
        let found = match error {
            FeedError::Unreachable { address, reason } => {
                format!("cannot be reached at {address} ({reason})")
            }
            FeedError::TimedOut { address, after } => format!("did not answer at {address} within {after}"),
            error => return format!("not reached: it {}", self.trouble(feed, error)),
        };
        let key = match self.0.get(feed) {
            Some((variable, IsSet::No)) => format!(". It will want an API key too: {variable} is not set"),
            _ => String::new(),
        };
        format!("not reached: it {found}{key}")
    }
}

/// Is it time to call the roll?
pub(super) fn is_due(roll: &RollCall, params: &LiveParams, after: Span) -> bool {
    let answered = |standing: &Standing| standing.is_reached() || standing.trouble.is_some();
    let all = roll.feeds().all(|(_, standing)| answered(standing));
    let last = params.line.patience.as_milliseconds().saturating_add(REST.as_milliseconds());
    roll.is_whole() || (all && after >= LEAST) || after.as_milliseconds() >= last
}

/// The lines of the roll call.
pub(super) fn lines(roll: &RollCall, params: &LiveParams, keys: &Keys) -> Vec<String> {
    let width = roll.feeds().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut lines = vec!["feeds".to_owned()];
    for (name, standing) in roll.feeds() {
        lines.push(format!("  {name:width$}  {}", keys.standing(name, standing)));
    }
    let (reached, all) = (roll.reached(), params.feeds.len());
    let most = params.line.backoff_max;
    lines.push(match reached {
        0 => format!(
            "nothing was reached: see whether this machine has a network that lets it through to the addresses above. \
             The pool is served without prices, so nobody can take on risk; each feed is tried again, at the latest \
             after {most}"
        ),
        _ if reached < all => format!(
            "{reached} of {all} feeds were reached; the others are tried again, each at the latest after {most}. See \
             whether the network lets this machine through to them, and that the addresses are right"
        ),
        _ => format!("all {all} feeds were reached"),
    });
    lines
}

/// What of the parameters the pool has no use for.
pub(super) fn unused(params: &LiveParams, pool: &State) -> Vec<String> {
    let mut lines = Vec::new();
    for feed in &params.feeds {
        let source = desk::source(pool, &feed.name);
        let name = &feed.name;
        match source {
            _ if feed.venue.medium == Medium::Poll => {}
            None => lines.push(format!(
                "note: the pool has no source called {name}, so its prices do not count: call the feed as the pool's \
                 source is called"
            )),
            Some(source) if pool.config.is_signed(source) => lines.push(format!(
                "note: the pool takes {name} by signed messages alone, so these prices do not count"
            )),
            Some(_) => {}
        }
    }
    // What a network's message is about, its binding says.
    let sockets = params.feeds.iter().filter(|feed| feed.venue.medium == Medium::Socket);
    let symbols = sockets.flat_map(|feed| &feed.symbols).map(|symbol| &*symbol.asset);
    let mut assets: Vec<&str> = symbols
        .filter(|asset| desk::price_feed(pool, asset).is_none())
        // A coin that prices are counted in is of use without.
        .filter(|asset| params.feeds.iter().all(|feed| *feed.unit != **asset))
        .collect();
    assets.sort_unstable();
    assets.dedup();
    if !assets.is_empty() {
        lines.push(format!(
            "note: the pool has no price of {}, so what is heard of it is left out",
            assets.join(", ")
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use cistern_adapters::feeds::{Evidence, Heard, Trouble};
    use cistern_attest::Kind;
    use cistern_units::Time;

    use super::*;

    fn params() -> LiveParams {
        LiveParams::parse(super::super::FEEDS).unwrap()
    }

    fn keys(is_set: IsSet) -> Keys {
        Keys::of(&params(), |_| is_set)
    }

    fn trouble(feed: &str, error: FeedError) -> Heard {
        Heard::Trouble(Trouble { feed: Arc::from(feed), error, at: Time::ZERO })
    }

    fn locked() -> FeedError {
        FeedError::Locked { address: "https://gate".to_owned(), status: 401 }
    }

    #[test]
    fn where_a_key_is_missing_its_variable_is_named() {
        let (mut roll, params) = (RollCall::of(&params()), params());
        roll.note(&trouble("pyth", locked()));
        let said = |is_set| lines(&roll, &params, &keys(is_set)).join("\n");
        let line = "pyth      not reached: it answers 401 at https://gate: it wants an API key. Put yours into the \
                    variable CISTERN_PYTH_KEY";
        assert!(said(IsSet::No).contains(line), "{}", said(IsSet::No));
        assert!(
            said(IsSet::Yes).contains("does not take the key in CISTERN_PYTH_KEY"),
            "{}",
            said(IsSet::Yes)
        );
    }

    #[test]
    fn where_nothing_is_reached_it_says_so_and_what_follows() {
        let (mut roll, params) = (RollCall::of(&params()), params());
        let error = FeedError::Unreachable { address: "wss://x".into(), reason: "no such host".into() };
        for feed in &params.feeds {
            assert!(!is_due(&roll, &params, Span::seconds(5)));
            roll.note(&trouble(&feed.name, error.clone()));
        }
        assert!(!is_due(&roll, &params, Span::seconds(2)) && is_due(&roll, &params, LEAST));
        let said = lines(&roll, &params, &keys(IsSet::No));
        assert_eq!(said.len(), params.feeds.len() + 2);
        assert!(said.last().unwrap().starts_with("nothing was reached"), "{said:?}");
        assert!(
            said.iter()
                .any(|line| line.ends_with("It will want an API key too: CISTERN_PYTH_KEY is not set"))
        );
    }

    #[test]
    fn some_that_are_missing_are_counted() {
        let (mut roll, params) = (RollCall::of(&params()), params());
        let evidence =
            Evidence { feed: Arc::from("redstone"), kind: Kind::RedStone, bytes: vec![], at: Time::ZERO };
        roll.note(&Heard::Evidence(evidence));
        let said = lines(&roll, &params, &keys(IsSet::Yes)).join("\n");
        assert!(said.contains("redstone  reached, 1 signed messages"), "{said}");
        assert!(said.contains("1 of 7 feeds were reached"), "{said}");
        // A gateway behind a wall that swallows everything: after its patience it is called all the same.
        assert!(!is_due(&roll, &params, Span::seconds(11)) && is_due(&roll, &params, Span::seconds(12)));
    }
}
