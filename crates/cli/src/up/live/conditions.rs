//! How it stands with each feed, and what of it is to be told: each change once.

use std::{
    collections::BTreeMap,
    mem::{Discriminant, discriminant},
    sync::Arc,
};

use cistern_adapters::feeds::{FeedError, Heard, LiveParams};
use cistern_units::{Span, Time};

use super::{quiet::Quiet, roll::Keys};

/// The same complaint is told again after this long.
const COMPLAINT_AGAIN: Span = Span::HOUR;

/// All feeds.
pub(super) struct Conditions {
    keys: Keys,
    feeds: BTreeMap<Arc<str>, Feed>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    /// Nothing came yet, neither good nor bad.
    Unheard,
    Heard,
    Lost(FeedError),
}

struct Feed {
    now: Condition,
    told: Condition,
    quiet: Quiet,
    /// What does not end a line, by its cause, and when it was told last.
    complaints: BTreeMap<&'static str, Time>,
    /// What is to be told.
    due: Vec<String>,
}

impl Condition {
    /// Of one condition only the kind counts: a second address that fails as the first did is no news.
    fn kind(&self) -> (u8, Option<Discriminant<FeedError>>) {
        match self {
            Self::Unheard => (0, None),
            Self::Heard => (1, None),
            Self::Lost(error) => (2, Some(discriminant(error))),
        }
    }
}

impl Conditions {
    pub(super) fn new(params: &LiveParams, keys: Keys) -> Self {
        let feed = || Feed {
            now: Condition::Unheard,
            told: Condition::Unheard,
            quiet: Quiet::NEW,
            complaints: BTreeMap::new(),
            due: Vec::new(),
        };
        let feeds = params.feeds.iter().map(|params| (Arc::clone(&params.name), feed())).collect();
        Self { keys, feeds }
    }

    pub(super) const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Takes in something that was heard.
    pub(super) fn note(&mut self, heard: &Heard) {
        let Heard::Trouble(trouble) = heard else {
            if let Some(feed) = self.feeds.get_mut(heard.feed()) {
                feed.now = Condition::Heard;
            }
            return;
        };
        match partial(&trouble.error) {
            Some(cause) => self.complain(&trouble.feed, cause, &trouble.error.to_string(), trouble.at),
            None => {
                if let Some(feed) = self.feeds.get_mut(&trouble.feed) {
                    feed.now = Condition::Lost(trouble.error.clone());
                }
            }
        }
    }

    /// Something is wrong with what a feed brings; the words follow its name. The same cause is told once an hour.
    pub(super) fn complain(&mut self, name: &str, cause: &'static str, words: &str, now: Time) {
        let Some(feed) = self.feeds.get_mut(name) else { return };
        let told = feed.complaints.get(cause);
        if told.is_none_or(|told| now.since(*told) >= COMPLAINT_AGAIN) {
            feed.complaints.insert(cause, now);
            feed.due.push(format!("{name} {words}"));
        }
    }

    /// The roll was called: how it stands was told.
    pub(super) fn called(&mut self) {
        for feed in self.feeds.values_mut() {
            feed.told = feed.now.clone();
        }
    }

    /// What is to be told now.
    pub(super) fn due(&mut self, now: Time) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, feed) in &mut self.feeds {
            if feed.now.kind() != feed.told.kind() && feed.quiet.is_over(now) {
                feed.quiet.tell(now);
                lines.push(match &feed.now {
                    Condition::Heard if matches!(feed.told, Condition::Lost(_)) => {
                        format!("{name} is heard again")
                    }
                    Condition::Heard | Condition::Unheard => format!("{name} is heard"),
                    Condition::Lost(error) => format!("{name} {}", self.keys.trouble(name, error)),
                });
                feed.told = feed.now.clone();
            }
            lines.append(&mut feed.due);
        }
        lines
    }
}

/// The cause of what does not keep a feed from being heard; none where the feed is lost.
fn partial(error: &FeedError) -> Option<&'static str> {
    match error {
        FeedError::Garbled { .. } => Some("garbled"),
        FeedError::OneSided { .. } => Some("one-sided"),
        FeedError::NoPrice { .. } => Some("no price"),
        FeedError::Refused { .. } => Some("refused"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use cistern_adapters::feeds::{Evidence, Trouble};
    use cistern_attest::Kind;

    use super::{super::roll::IsSet, *};

    fn at(seconds: u64) -> Time {
        Time::milliseconds(seconds * 1_000)
    }

    fn conditions() -> Conditions {
        let params = LiveParams::parse(super::super::FEEDS).unwrap();
        let keys = Keys::of(&params, |_| IsSet::Yes);
        Conditions::new(&params, keys)
    }

    fn heard() -> Heard {
        Heard::Evidence(Evidence { feed: Arc::from("pyth"), kind: Kind::Pyth, bytes: vec![], at: at(0) })
    }

    fn trouble(error: FeedError, now: Time) -> Heard {
        Heard::Trouble(Trouble { feed: Arc::from("pyth"), error, at: now })
    }

    fn unreachable(address: &str) -> FeedError {
        FeedError::Unreachable { address: address.to_owned(), reason: "refused".to_owned() }
    }

    #[test]
    fn each_change_is_told_once() {
        let mut all = conditions();
        all.note(&heard());
        all.called();
        assert!(all.due(at(1)).is_empty());
        all.note(&trouble(unreachable("one"), at(2)));
        let said = all.due(at(2));
        assert!(said.len() == 1 && said[0].starts_with("pyth cannot be reached at one"), "{said:?}");
        all.note(&trouble(unreachable("two"), at(9)));
        assert!(all.due(at(9)).is_empty(), "another address is no news");
        all.note(&heard());
        assert_eq!(all.due(at(10)), ["pyth is heard again"]);
        assert!(all.due(at(11)).is_empty());
    }

    #[test]
    fn a_feed_that_comes_and_goes_each_second_does_not_flood() {
        let mut all = conditions();
        let lines: usize = (0..36_000)
            .map(|second| {
                let error = trouble(unreachable("one"), at(second));
                all.note(&if second % 2 == 0 { error } else { heard() });
                all.due(at(second)).len()
            })
            .sum();
        assert!(lines < 25, "{lines} lines in ten hours");
    }

    #[test]
    fn a_feed_that_is_heard_with_faults_is_heard_and_its_faults_are_told_once_an_hour() {
        let mut all = conditions();
        let mut said = Vec::new();
        for second in 0..7_200 {
            all.note(&heard());
            all.note(&trouble(FeedError::Garbled { reason: format!("number {second}") }, at(second)));
            all.complain("pyth", "UnknownSet", "sends what does not count", at(second));
            said.append(&mut all.due(at(second)));
        }
        let starts = |text: &str| said.iter().filter(|line| line.starts_with(text)).count();
        assert_eq!(starts("pyth sent what is no message of its protocol"), 2);
        assert_eq!(starts("pyth sends what does not count"), 2);
        assert_eq!((starts("pyth is heard"), said.len()), (1, 5));
    }
}
