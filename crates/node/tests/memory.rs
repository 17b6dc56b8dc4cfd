//! A node in memory.

use std::sync::Arc;

use cistern_engine::{
    command::{Command, Founding},
    ids::Owner,
};
use cistern_node::{HandClock, Node, Options, Stamped};
use cistern_units::Time;

#[test]
fn what_is_refused_has_its_place_in_the_order_too() {
    let clock = Arc::new(HandClock::new(Time::milliseconds(5)));
    let (node, opened) = Node::open(Options::memory(), clock).unwrap();
    assert!(opened.notes.is_empty());
    let mut subscription = node.subscribe();
    let open = Command::OpenAccount { owner: Owner([1; 20]), sub: 0 };
    let refused = node.submit(Stamped::now(open.clone())).unwrap();
    assert_eq!((refused.height, refused.first_seq, refused.outcome.is_err()), (1, 1, true));
    let found = Command::Found { founding: Box::new(Founding::default()) };
    let second = node.submit(Stamped::at(found, Time::milliseconds(3))).unwrap();
    assert_eq!((second.height, second.entry.time), (2, Time::milliseconds(3)), "a time that is named stands");
    let third = node.submit(Stamped::now(open.clone())).unwrap();
    assert_eq!(third.entry.time, Time::milliseconds(5), "the clock's time never runs back");
    let fourth = node.submit(Stamped::at(open, Time::milliseconds(4))).unwrap();
    assert_eq!(
        (fourth.entry.time, fourth.outcome.is_err()),
        (Time::milliseconds(4), true),
        "and the engine refuses another"
    );
    for applied in [refused, second, third, Arc::clone(&fourth)] {
        assert_eq!(subscription.recv().unwrap(), applied);
    }
    let head = node.head();
    assert_eq!((head.height, head.chain), (4, fourth.chain));
    node.close().unwrap();
    assert!(subscription.recv().is_err());
}
