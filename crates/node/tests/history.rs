//! What happened, for people who ask.

mod world;

use std::time::Duration;

use cistern_engine::{event::Event, ids::AccountId};
use cistern_node::{HistoryQuery, Node, Numbered, Options};
use world::{Dir, open, small, submit};

const SEED: u64 = 9;
const HEIGHT: u64 = 3_000;

/// Events that nobody asks for.
const LEFT_OUT: [&str; 8] = [
    "TickOpened",
    "PriceReported",
    "ReportRefused",
    "PriceUpdated",
    "InterestAccrued",
    "FundingAccrued",
    "PremiumObserved",
    "IndexAveraged",
];

/// Everything that happened, newest first, as a subscriber saw it.
fn played(node: &Node, seed: u64, from: u64, to: u64) -> Vec<Numbered> {
    let mut subscription = node.subscribe();
    submit(node, seed, from, to);
    let mut events = Vec::new();
    for applied in subscription.recv_many(usize::MAX, Duration::ZERO).unwrap() {
        for (seq, event) in (applied.first_seq..).zip(applied.events()) {
            events.push(Numbered {
                seq,
                height: applied.height,
                time: applied.entry.time,
                event: event.clone(),
            });
        }
    }
    events.retain(|numbered| !LEFT_OUT.contains(&numbered.event.name()));
    events.reverse();
    events
}

fn pages(node: &Node, mut query: HistoryQuery) -> Vec<Numbered> {
    let mut events = Vec::new();
    loop {
        let page = node.history(&query).unwrap();
        assert!(page.events.len() <= query.limit);
        events.extend(page.events);
        match page.next {
            Some(before) => query.before = Some(before),
            None => return events,
        }
    }
}

/// Does the text of an event name an account? An opinion of its own, slow and simple.
fn names(event: &Event, account: AccountId) -> bool {
    let text = format!("{event:?}");
    let needle = format!("AccountId({})", account.0);
    text.contains(&needle)
}

#[test]
fn the_history_has_every_event_by_number_by_account_and_by_kind() {
    let (node, _) = open(Options::memory()).unwrap();
    let all = played(&node, SEED, 1, HEIGHT);
    assert!(all.len() > 2_000);
    let query = |limit| HistoryQuery { limit, ..HistoryQuery::default() };
    assert!(pages(&node, query(1_000)) == all);
    assert!(pages(&node, query(7)) == all);
    for account in [0, 1, 2, 5, 13, 99].map(AccountId) {
        let expected: Vec<_> =
            all.iter().filter(|numbered| names(&numbered.event, account)).cloned().collect();
        assert_eq!(
            pages(&node, HistoryQuery { account: Some(account), ..query(11) }),
            expected,
            "{account:?}"
        );
        let kinds = vec!["Filled", "Borrowed"];
        let expected: Vec<_> =
            expected.into_iter().filter(|numbered| kinds.contains(&numbered.event.name())).collect();
        let query = HistoryQuery { account: Some(account), kinds, ..query(3) };
        assert_eq!(pages(&node, query), expected, "{account:?}");
    }
    for kinds in
        [vec!["Filled"], vec!["LiquidationStepped", "MarginBreached", "PoolFounded"], vec!["PriceReported"]]
    {
        let expected: Vec<_> =
            all.iter().filter(|numbered| kinds.contains(&numbered.event.name())).cloned().collect();
        assert_eq!(pages(&node, HistoryQuery { kinds: kinds.clone(), ..query(10) }), expected, "{kinds:?}");
    }
}

#[test]
fn an_event_is_in_the_history_as_soon_as_it_was_answered() {
    let (node, _) = open(Options::memory()).unwrap();
    submit(&node, SEED, 1, 100);
    for n in 101..300 {
        let applied = submit(&node, SEED, n, n);
        let last = applied.events().iter().rposition(|event| !LEFT_OUT.contains(&event.name()));
        if let Some(last) = last {
            let page = node.history(&HistoryQuery { limit: 1, ..HistoryQuery::default() }).unwrap();
            assert_eq!(page.events[0].seq, applied.first_seq + last as u64);
        }
    }
}

#[test]
fn the_history_goes_on_after_restarts() {
    let dir = Dir::new("history");
    let mut all = Vec::new();
    let mut height = 0;
    for (round, steps) in [300, 1, 45, 260].into_iter().enumerate() {
        let (node, opened) = open(small(dir.path())).unwrap();
        assert_eq!(opened.notes, [""; 0]);
        let mut events = played(&node, SEED, height + 1, height + steps);
        events.append(&mut all);
        all = events;
        height += steps;
        let found = pages(&node, HistoryQuery { limit: 100, ..HistoryQuery::default() });
        assert!(found == all, "round {round}: {} events of {}", found.len(), all.len());
        if round % 2 == 0 {
            node.close().unwrap();
        }
    }
}
