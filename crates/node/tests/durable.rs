//! What a node with a store keeps, and what it has in common with one in memory.

mod world;

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use cistern_engine::event::Event;
use cistern_node::{
    HandClock, HistoryQuery, Node, NodeError, Options, Stamped, Status, SubmitError, SubscriptionError,
    verify,
};
use cistern_units::Time;
use world::{Dir, Undisturbed, command, digest, open, small, submit};

const SEED: u64 = 3;

#[test]
fn a_restart_at_any_point_ends_like_an_uninterrupted_run() {
    let dir = Dir::new("restart");
    let mut undisturbed = Undisturbed::new(SEED);
    let mut height = 0;
    // Closed or dropped, with and without a snapshot at the end, over several segments.
    for (round, steps) in [1_u64, 40, 7, 200, 1, 333, 60, 5].into_iter().enumerate() {
        let (node, opened) = open(small(dir.path())).unwrap();
        assert_eq!(opened.notes, [""; 0]);
        assert_eq!(node.head().height, height);
        assert_eq!(node.head().chain, undisturbed.chain(height));
        let last = submit(&node, SEED, height + 1, height + steps);
        height += steps;
        assert_eq!(last.chain, undisturbed.chain(height), "after {height}");
        assert_eq!(digest(&node), undisturbed.digest(height));
        if round % 2 == 0 {
            node.close().unwrap();
        }
    }
    let (node, opened) = open(small(dir.path())).unwrap();
    assert!(opened.from_snapshot > 0 && opened.from_snapshot + opened.replayed == height, "{opened:?}");
    assert_eq!(digest(&node), undisturbed.digest(height));
    drop(node);
    let mut heard = 0;
    let verified = verify(dir.path(), &mut |at| heard = at).unwrap();
    assert_eq!((verified.height, verified.chain), (height, undisturbed.chain(height)));
    assert_eq!((verified.digest, verified.unfinished, heard), (undisturbed.digest(height), 0, height));
    assert!(verified.segments > 3 && verified.snapshots.len() == 2, "{verified:?}");
}

#[test]
fn the_world_of_these_tests_does_what_pools_do() {
    let (node, _) = open(Options::memory()).unwrap();
    let mut subscription = node.subscribe();
    submit(&node, SEED, 1, 4_000);
    let mut names = std::collections::BTreeMap::new();
    let mut refused = 0;
    for applied in subscription.recv_many(usize::MAX, Duration::ZERO).unwrap() {
        refused += u32::from(applied.outcome.is_err());
        applied.events().iter().for_each(|event| *names.entry(event.name()).or_insert(0) += 1);
    }
    assert!((100..2_000).contains(&refused), "{refused} refused");
    for name in [
        "Filled",
        "Borrowed",
        "MarginBreached",
        "LiquidationStepped",
        "FundingSettled",
        "WithdrawalAuthorized",
    ] {
        assert!(names.contains_key(name), "no {name} among {names:?}");
    }
}

#[test]
fn what_was_refused_is_in_the_log() {
    let dir = Dir::new("refused");
    let (node, _) = open(small(dir.path())).unwrap();
    let early = node.submit(command(SEED, 30)).unwrap();
    assert!(early.outcome.is_err(), "nothing was founded yet");
    assert_eq!((early.height, early.first_seq), (1, 1));
    let founded = node.submit(command(SEED, 1)).unwrap();
    assert_eq!(founded.entry.time, world::time(1), "a time that is named stands");
    assert_eq!((founded.height, founded.first_seq), (2, 1), "a refusal has no events");
    assert!(matches!(founded.events().first(), Some(Event::PoolFounded { .. })));
    let chain = node.head().chain;
    drop(node);
    let (node, opened) = open(small(dir.path())).unwrap();
    assert_eq!((opened.replayed, node.head().chain), (2, chain));
    assert_eq!(node.head().time, world::time(30), "the latest of all");
    let numbered = node.recent(1, 2).unwrap();
    assert_eq!(
        (numbered[0].seq, numbered[0].height, numbered[1].seq),
        (1, 2, 2),
        "what was replayed is recent"
    );
}

#[test]
fn the_time_of_an_entry_comes_from_the_clock_and_goes_on_from_the_log() {
    let dir = Dir::new("clock");
    let clock = Arc::new(HandClock::new(Time::milliseconds(50)));
    let (node, _) = Node::open(small(dir.path()), Arc::<HandClock>::clone(&clock)).unwrap();
    let ordered = |node: &Node| node.submit(Stamped::now(command(SEED, 1).command)).unwrap().entry.time;
    assert_eq!(ordered(&node), Time::milliseconds(50));
    clock.turn_to(Time::milliseconds(70));
    assert_eq!(ordered(&node), Time::milliseconds(70));
    drop(node);
    let (node, _) = Node::open(small(dir.path()), Arc::new(HandClock::new(Time::milliseconds(60)))).unwrap();
    assert_eq!(ordered(&node), Time::milliseconds(70), "a refused entry was the last to tell the time");
}

#[test]
fn commands_that_wait_share_a_record() {
    let dir = Dir::new("groups");
    let options = Options { group_max: 64, ..Options::at(dir.path()) };
    let (node, _) = open(options).unwrap();
    submit(&node, SEED, 1, 4_000);
    drop(node);
    let records = dir
        .files()
        .iter()
        .filter(|(name, _)| name.starts_with("log-"))
        .map(|(_, bytes)| records(bytes))
        .sum::<usize>();
    // While one group is made durable the next comes together.
    assert!((4_000 / 64..2_000).contains(&records), "{records} records for 4,000 entries");
}

fn records(bytes: &[u8]) -> usize {
    bytes.windows(8).filter(|window| *window == b"CISTREC1").count()
}

#[test]
fn a_directory_has_one_node_at_a_time() {
    let dir = Dir::new("lock");
    let (node, _) = open(small(dir.path())).unwrap();
    let refused = open(small(dir.path())).err().unwrap();
    assert!(matches!(refused, NodeError::InUse { .. }), "{refused}");
    assert!(refused.to_string().contains("another node uses this store; stop it"), "{refused}");
    submit(&node, SEED, 1, 20);
    let other = node.clone();
    node.close().unwrap();
    let (_next, opened) = open(small(dir.path())).unwrap();
    assert_eq!((opened.notes, opened.from_snapshot), (vec![], 20));
    assert!(other.history(&HistoryQuery::default()).is_err());
    let after = other.submit(command(SEED, 1));
    assert!(matches!(after, Err(SubmitError::Stopped { .. })), "a clone of a closed node: {after:?}");
}

#[test]
fn a_snapshot_can_be_had_at_any_moment_and_the_last_two_are_kept() {
    let dir = Dir::new("snapshots");
    let options = Options { snapshot_every: u64::MAX, ..small(dir.path()) };
    let (node, _) = open(options.clone()).unwrap();
    node.snapshot_now().unwrap();
    assert_eq!(node.head().last_snapshot, None, "there is nothing yet");
    for height in [100, 200, 300] {
        submit(&node, SEED, height - 99, height);
        node.snapshot_now().unwrap();
        assert_eq!(node.head().last_snapshot, Some(height));
    }
    // While others are busy.
    std::thread::scope(|scope| {
        scope.spawn(|| submit(&node, SEED, 301, 3_000));
        while node.head().height < 3_000 {
            node.snapshot_now().unwrap();
        }
    });
    drop(node);
    let kept = dir.files().iter().filter(|(name, _)| name.starts_with("snapshot-")).count();
    assert_eq!(kept, 2);
    assert_eq!(verify(dir.path(), &mut |_| ()).unwrap().snapshots.len(), 2);
    let (node, opened) = open(options).unwrap();
    assert!(opened.from_snapshot > 300, "{opened:?}");
    assert_eq!(digest(&node), Undisturbed::new(SEED).digest(3_000));
}

#[test]
fn a_slow_subscriber_is_told_what_it_missed() {
    let options = Options { recent_max: 10, ..Options::memory() };
    let (node, _) = open(options).unwrap();
    let mut subscription = node.subscribe();
    submit(&node, SEED, 1, 5);
    assert_eq!(subscription.recv().unwrap().height, 1);
    submit(&node, SEED, 6, 25);
    assert_eq!(subscription.recv(), Err(SubscriptionError::Lagged { missed: 14 }));
    assert_eq!(subscription.recv().unwrap().height, 16);
    let gone = node.recent(1, 10).unwrap_err();
    let oldest = node.recent(gone.oldest, 10).unwrap();
    assert_eq!((oldest[0].seq, oldest[0].height), (gone.oldest, 16));
    assert_eq!(node.recent(node.head().seq + 1, 10), Ok(vec![]));
    let waiting = std::thread::spawn(move || {
        let rest = subscription.recv_many(100, Duration::MAX).unwrap();
        (rest.len(), subscription.recv())
    });
    node.close().unwrap();
    assert_eq!(waiting.join().unwrap(), (9, Err(SubscriptionError::Closed)));
}

#[test]
fn a_full_queue_refuses_and_an_oversized_command_does_too() {
    let options = Options { queue_max: 4, ..Options::memory() };
    let (node, _) = open(options).unwrap();
    submit(&node, SEED, 1, 1);
    let (started, wait) = mpsc::channel();
    let (go_on, hold) = mpsc::channel::<()>();
    // The thread that answers is held: everything behind it fills up.
    let held = Box::new(move |_| {
        started.send(()).unwrap();
        hold.recv().unwrap();
    });
    node.submit_then(command(SEED, 2), held).unwrap();
    wait.recv().unwrap();
    let (sender, answers) = mpsc::channel();
    let mut taken = 0_u64;
    let refused = loop {
        let sender = sender.clone();
        match node.submit_then(command(SEED, 3), Box::new(move |answer| sender.send(answer.is_ok()).unwrap()))
        {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
        assert!(taken < 10_000, "the queue has no end");
    };
    assert_eq!(refused, SubmitError::Full);
    go_on.send(()).unwrap();
    drop(sender);
    assert_eq!(answers.iter().filter(|ok| *ok).count() as u64, taken, "whatever was taken is answered");
    let reports = vec![
        cistern_engine::command::PriceReport {
            feed: Default::default(),
            source: Default::default(),
            price: cistern_units::Price::clamped(1),
            confidence: 0,
            published_at: Time::ZERO,
        };
        50_000
    ];
    let large = node.submit(Stamped::now(cistern_engine::command::Command::Tick { reports }));
    assert!(matches!(large, Err(SubmitError::TooLarge { .. })), "{large:?}");
    assert_eq!(node.head().status, Status::Running);
    assert_eq!(node.head().height, 2 + taken);
}

#[test]
fn the_last_clone_may_be_dropped_by_an_answer() {
    let dir = Dir::new("dropped");
    let (node, _) = open(small(dir.path())).unwrap();
    let (sender, answer) = mpsc::channel();
    let (own, clone) = (node.clone(), node.clone());
    let told = Box::new(move |outcome: Result<_, SubmitError>| {
        drop(clone);
        sender.send(outcome.is_ok()).unwrap();
    });
    own.submit_then(command(SEED, 1), told).unwrap();
    drop((node, own));
    assert!(answer.recv().unwrap());
    // The node ends on a thread of its own; then the directory is free.
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while let Err(error) = open(small(dir.path())) {
        assert!(matches!(error, NodeError::InUse { .. }) && std::time::Instant::now() < deadline, "{error}");
        std::thread::yield_now();
    }
}
