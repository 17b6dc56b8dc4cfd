//! A replay whose entries are carried to another pool, that others may change too.

use std::{cell::RefCell, rc::Rc};

use cistern_engine::{
    Engine,
    command::Command,
    entry::Entry,
    event::Event,
    ids::{AccountId, AssetId},
    rejection::Rejection,
    state::State,
};
use cistern_sim::{
    market::reconstructed,
    params,
    replay::{Broken, Carrier, Halted, Plan, Progress, Replay},
};
use cistern_units::{Amount, Span};

const HOUR_MS: u64 = 3_600_000;

fn plan(hours: u64) -> Plan {
    let until = Some(Span::milliseconds(hours * HOUR_MS));
    Plan { crisis: reconstructed(1), founding: params::baseline().unwrap(), accounts: 100, seed: 1, until }
}

/// A pool beside the replay's own, as a node is, with a limit to what it takes.
#[derive(Debug)]
struct Elsewhere {
    engine: Engine,
    entries: u64,
    most: u64,
    differs: bool,
}

impl Elsewhere {
    fn new() -> Rc<RefCell<Self>> {
        let pool = Self { engine: Engine::new(), entries: 0, most: u64::MAX, differs: false };
        Rc::new(RefCell::new(pool))
    }

    /// Somebody who is not of the replay brings money.
    fn deposit(&mut self, account: AccountId) -> bool {
        let time = self.engine.state().totals.time;
        let command =
            Command::Deposit { account, asset: AssetId::default(), amount: Amount::new(1_000_000_000) };
        self.differs = true;
        self.engine.apply(&Entry { time, command }).is_ok()
    }
}

#[derive(Debug)]
struct Cart(Rc<RefCell<Elsewhere>>);

impl Carrier for Cart {
    fn carry(&mut self, entry: &Entry, outcome: Result<&[Event], &Rejection>) -> Result<(), Halted> {
        let mut pool = self.0.borrow_mut();
        if pool.entries == pool.most {
            return Err(Halted::Stopped { reason: "the disk is full".to_owned() });
        }
        pool.entries += 1;
        let differs = pool.differs;
        let decided = pool.engine.apply(entry);
        assert!(
            differs
                || decided.as_ref().map(|events| *events)
                    == outcome.map_err(|said| *said).as_ref().map(|events| *events)
        );
        Ok(())
    }

    fn keep_up(&mut self) -> Result<Option<Box<State>>, Halted> {
        self.arrive()
    }

    fn arrive(&mut self) -> Result<Option<Box<State>>, Halted> {
        let mut pool = self.0.borrow_mut();
        let differs = std::mem::take(&mut pool.differs);
        Ok(differs.then(|| Box::new(pool.engine.state().clone())))
    }
}

fn cart(pool: &Rc<RefCell<Elsewhere>>) -> Box<dyn Carrier> {
    Box::new(Cart(Rc::clone(pool)))
}

#[test]
fn a_carried_replay_is_the_same_replay() {
    let plan = plan(30);
    let pool = Elsewhere::new();
    let alone = Replay::new(&plan).and_then(Replay::run).unwrap();
    let carried = Replay::carried(&plan, cart(&pool)).and_then(Replay::run).unwrap();
    assert_eq!(carried, alone);
    assert_eq!(pool.borrow().entries, alone.entries);
    let digest: String =
        pool.borrow().engine.state().digest().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, alone.state_digest);
}

#[test]
fn a_command_from_outside_becomes_a_part_of_the_replay() {
    let plan = plan(30);
    let pool = Elsewhere::new();
    let mut replay = Replay::carried(&plan, cart(&pool)).unwrap();
    let mut brought = 0;
    let mut steps = 0_u32;
    while replay.step().unwrap() == Progress::Running {
        steps += 1;
        if steps.is_multiple_of(50) {
            brought += u32::from(pool.borrow_mut().deposit(AccountId(2)));
        }
    }
    assert!(brought > 5, "{brought}");
    let report = replay.report().unwrap();
    let digest: String =
        pool.borrow().engine.state().digest().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, report.state_digest, "in the end both are at the same state");
    assert!(report.accepted * 2 > report.entries);
}

#[test]
fn a_replay_goes_on_in_a_pool_that_others_have_changed() {
    let (first, whole) = (plan(20), plan(34));
    let pool = Elsewhere::new();
    Replay::carried(&first, cart(&pool)).and_then(Replay::run).unwrap();
    assert!(pool.borrow_mut().deposit(AccountId(3)));
    pool.borrow_mut().differs = false;
    let state = pool.borrow().engine.state().clone();
    let (time, accounts) = (state.totals.time.as_milliseconds(), state.accounts.len());
    let replay = Replay::resumed(&whole, state, cart(&pool));
    let (start, _) = replay.span_ms();
    assert!(replay.next_ms().unwrap() > time && replay.now_ms() == time);
    let report = replay.run().unwrap();
    assert_eq!(report.span_ms.0, start);
    assert!(report.span_ms.1 > start + 33 * HOUR_MS);
    assert!(report.ticks > 500 && report.accepted > report.ticks, "people live on: {report}");
    assert!(report.liquidation_steps > 0, "{report}");
    assert_eq!(pool.borrow().engine.state().accounts.len(), accounts, "nobody comes a second time");
}

#[test]
fn a_pool_that_takes_no_more_ends_the_replay() {
    let plan = plan(30);
    let pool = Elsewhere::new();
    pool.borrow_mut().most = 500;
    let broken = Replay::carried(&plan, cart(&pool)).and_then(Replay::run).unwrap_err();
    assert_eq!(broken, Broken::Halted(Halted::Stopped { reason: "the disk is full".to_owned() }));
    assert!(broken.to_string().contains("the disk is full"));
}
