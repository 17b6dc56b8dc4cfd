//! The scenarios of the workspace on a durable node that is restarted at every line: the same answers.

mod support;

use std::{path::Path, sync::Arc};

use cistern_engine::{
    Engine, entry::Entry, event::Event, ids::AccountId, invariants, rejection::Rejection, state::State,
    valuation::Summary,
};
use cistern_node::{HandClock, Node, Options, Stamped};
use cistern_sim::scenario::{self, Target};
use cistern_units::Time;

/// How a node ends before it is started again.
#[derive(Clone, Copy, Debug)]
enum End {
    /// In good order, with a snapshot.
    Closed,
    /// Without one: everything comes back from the log.
    Dropped,
}

/// A node with its store, and the state as it was when it was last looked at.
struct Restarted {
    dir: tempfile::TempDir,
    node: Option<Node>,
    end: End,
    state: State,
    restarts: u64,
}

impl Restarted {
    fn new(end: End) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut target = Self { dir, node: None, end, state: State::default(), restarts: 0 };
        target.line_begins().unwrap();
        target
    }

    fn node(&self) -> &Node {
        self.node.as_ref().unwrap()
    }
}

impl Target for Restarted {
    fn apply(&mut self, entry: &Entry) -> Result<Vec<Event>, Rejection> {
        let applied = self.node().submit(Stamped::at(entry.command.clone(), entry.time)).unwrap();
        self.state = self.node().read(|engine| engine.state().clone());
        applied.outcome.clone()
    }

    fn state(&self) -> &State {
        &self.state
    }

    fn summary(&mut self, account: AccountId) -> Result<Summary, Rejection> {
        self.node().read(|engine| engine.summary(account))
    }

    fn line_begins(&mut self) -> Result<(), String> {
        if let Some(node) = self.node.take() {
            match self.end {
                End::Closed => node.close().map_err(|error| error.to_string())?,
                End::Dropped => drop(node),
            }
            self.restarts += 1;
        }
        let clock = Arc::new(HandClock::new(Time::milliseconds(0)));
        let options = Options { snapshot_every: 7, segment_bytes: 20_000, ..Options::at(self.dir.path()) };
        let (node, opened) = Node::open(options, clock).map_err(|error| error.to_string())?;
        assert_eq!(opened.notes, [""; 0]);
        let state = node.read(|engine| engine.state().clone());
        assert_eq!(state.digest(), self.state.digest(), "another state after restart {}", self.restarts);
        self.node = Some(node);
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        invariants::check(&self.state).map_err(|violation| violation.to_string())
    }

    fn recount(&mut self) -> Result<(), String> {
        Engine::with_state(self.state.clone()).recount().map_err(|violation| violation.to_string())
    }
}

fn run_all(end: End) {
    let mut restarts = 0;
    let mut wrong = Vec::new();
    for path in support::scenario_files() {
        let mut target = Restarted::new(end);
        if let Err(error) = scenario::run_file(Path::new(&path), &mut target) {
            wrong.push(error.to_string());
        }
        restarts += target.restarts;
    }
    println!("{restarts} restarts, each {end:?}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_node_answers_as_the_engine_does_after_every_orderly_restart() {
    run_all(End::Closed);
}

#[test]
fn a_node_answers_as_the_engine_does_after_every_sudden_restart() {
    run_all(End::Dropped);
}
