//! What comes in from outside is checked before it is ordered, and nothing else comes in.

mod signing;
mod world;

use std::sync::{Arc, mpsc};

use cistern_attest::{Evidence, Kind, Refusal, Signer, typed::Separator};
use cistern_engine::{
    command::{Authorisation, Command},
    event::Event,
    ids::{AccountId, AssetId, FeedId},
    rejection::Rejection,
    rows::Scope,
};
use cistern_node::{
    Applied, Clock, HandClock, MESSAGES_MAX, Node, NodeError, Options, Stamped, SubmitError, Unsigned,
};
use cistern_units::{Amount, Price, Span, Time};
use signing::{Agent, Key, WEAK, by_agent, by_owner, governor, listening, prices, signed, unhex};
use world::Dir;

const BEGIN: u64 = 1_700_000_000_000;
const USDC: AssetId = AssetId(0);
/// The account that the first owner opens.
const FIRST: AccountId = AccountId(2);

/// A pool that takes signed commands and evidence alone.
struct Pool {
    node: Node,
    clock: Arc<HandClock>,
}

fn open(options: Options) -> Result<Pool, NodeError> {
    let clock = Arc::new(HandClock::new(Time::milliseconds(BEGIN)));
    let (node, _) = Node::open(options, Arc::clone(&clock) as _)?;
    clock.turn_to(node.head().time);
    Ok(Pool { node, clock })
}

impl Pool {
    fn founded(options: Options) -> Self {
        let pool = open(options).unwrap();
        let founding = Box::new(listening(world::founding()));
        pool.node.submit(Stamped::now(Command::Found { founding })).unwrap().outcome.as_ref().unwrap();
        pool
    }

    fn memory() -> Self {
        Self::founded(Options::memory())
    }

    fn separator(&self) -> Separator {
        self.node.domain().separator()
    }

    /// The next moment, which is a nonce too.
    fn next(&self) -> Time {
        self.clock.turn_to(self.clock.now().plus(Span::milliseconds(1)).unwrap());
        self.clock.now()
    }

    fn admit(&self, command: Command) -> Result<Arc<Applied>, SubmitError> {
        self.node.admit(Stamped::now(command), Unsigned::Refused)
    }

    #[track_caller]
    fn accepted(&self, command: Command) -> Arc<Applied> {
        let applied = self.admit(command).unwrap();
        assert!(applied.outcome.is_ok(), "{:?}", applied.outcome);
        applied
    }

    #[track_caller]
    fn refused(&self, command: Command) -> SubmitError {
        let before = self.node.head().height;
        let error = self.admit(command).unwrap_err();
        assert_eq!(self.node.head().height, before, "nothing was ordered");
        error
    }

    fn by(&self, key: &Key, command: Command) -> Command {
        by_owner(key, command, self.next(), &self.separator())
    }

    fn by_agent(&self, key: &Agent, command: Command) -> Command {
        by_agent(key, command, self.next(), &self.separator())
    }

    /// An owner with an account, with 5,000 dollars in it, and an agent.
    fn populate(&self) -> (Key, Agent) {
        let (owner, agent) = (Key::numbered(1), Agent::numbered(2));
        self.accepted(self.by(&owner, Command::OpenAccount { owner: owner.owner(), sub: 0 }));
        self.accepted(self.by(&governor(), deposit(5_000_000_000)));
        for feed in 0..3 {
            self.accepted(self.news(feed, [1, 60_000, 3_000][usize::from(feed)]));
        }
        self.accepted(self.by(&owner, self.approval(&owner, agent.signer())));
        (owner, agent)
    }

    fn approval(&self, owner: &Key, signer: Signer) -> Command {
        let expires_at = self.clock.now().plus(Span::DAY).unwrap();
        Command::ApproveAgent { owner: owner.owner(), signer, scope: Scope::Treasury, expires_at }
    }

    /// Messages about the price of a feed, of now.
    fn news(&self, feed: u16, dollars: i64) -> Command {
        let now = self.clock.now().plus(Span::seconds(1)).unwrap();
        self.clock.turn_to(now);
        Command::Attest { evidence: prices(feed, dollars, now), statements: Vec::new() }
    }
}

fn deposit(units: u128) -> Command {
    Command::Deposit { account: FIRST, asset: USDC, amount: Amount::new(units) }
}

fn lend(units: u128) -> Command {
    Command::Lend { account: FIRST, asset: USDC, amount: Amount::new(units) }
}

fn withdraw(units: u128) -> Command {
    Command::Withdraw { account: FIRST, asset: USDC, amount: Amount::new(units) }
}

fn authorisation(command: &mut Command) -> &mut Authorisation {
    match command {
        Command::Signed { authorisation, .. } => authorisation,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_owner_and_an_agent_command_an_account_by_their_signatures() {
    let pool = Pool::memory();
    let (owner, agent) = pool.populate();
    pool.accepted(pool.by(&owner, withdraw(1)));
    let command = pool.by_agent(&agent, lend(1_000));
    let applied = pool.accepted(command);
    let id = applied.events().iter().find_map(|event| match event {
        Event::CommandSigned { id, signer, .. } if *signer == agent.signer() => Some(*id),
        _ => None,
    });
    let mut entry = applied.entry.command.clone();
    assert_eq!(id, Some(authorisation(&mut entry).id), "the node filled the id in");
    assert_ne!(id, Some([0; 32]));
    let beyond = pool.admit(pool.by_agent(&agent, withdraw(1))).unwrap();
    assert_eq!(beyond.outcome, Err(Rejection::SignerMustBeAllowed));
}

#[test]
fn a_signature_counts_for_its_pool_command_time_and_signer_alone() {
    let pool = Pool::memory();
    let (owner, agent) = pool.populate();
    for mut command in [pool.by(&owner, lend(7)), pool.by_agent(&agent, lend(7))] {
        let genuine = command.clone();
        let is_bad = |error: SubmitError| matches!(error, SubmitError::Signature { .. });
        for bit in [0, 8 * 20, 8 * 40, 8 * 63] {
            authorisation(&mut command).signature[bit / 8] ^= 1;
            assert!(is_bad(pool.refused(command.clone())), "bit {bit}");
            command = genuine.clone();
        }
        authorisation(&mut command).nonce = pool.clock.now().plus(Span::seconds(3)).unwrap();
        assert!(is_bad(pool.refused(command.clone())));
        command = genuine.clone();
        authorisation(&mut command).deadline = pool.clock.now().plus(Span::seconds(90)).unwrap();
        assert!(is_bad(pool.refused(command.clone())));
        let Command::Signed { command: inner, .. } = &mut command else { panic!() };
        **inner = lend(8);
        assert!(is_bad(pool.refused(command.clone())));
        command = genuine.clone();
        authorisation(&mut command).signer = Signer::Address(Key::numbered(9).address());
        assert!(is_bad(pool.refused(command.clone())));
        command = genuine.clone();
        authorisation(&mut command).signature.push(0);
        assert!(is_bad(pool.refused(command.clone())));
        command = genuine.clone();
        authorisation(&mut command).id = [1; 32];
        assert!(matches!(pool.refused(command.clone()), SubmitError::WrongId { .. }));
        pool.accepted(genuine);
    }
    let elsewhere = cistern_node::typed::domain(1, [9; 32]).separator();
    let error = pool.refused(by_owner(&owner, lend(7), pool.next(), &elsewhere));
    assert!(matches!(error, SubmitError::Signature { .. }));
    assert!(error.to_string().contains("chain id"), "{error}");
}

#[test]
fn a_command_that_is_sent_again_gets_the_answer_of_the_first_time() {
    let dir = Dir::new("resent");
    let pool = Pool::founded(Options::at(dir.path()));
    let (owner, _) = pool.populate();
    let command = pool.by(&owner, lend(11));
    let first = pool.accepted(command.clone());
    let height = pool.node.head().height;
    assert_eq!(pool.admit(command.clone()).unwrap(), first);
    let mut changed = command.clone();
    // Another signature of the same key over the same would be found too; another's is not.
    authorisation(&mut changed).signature[3] ^= 1;
    assert!(matches!(pool.refused(changed), SubmitError::Signature { .. }));
    let refused = pool.by(&owner, withdraw(1 << 90));
    let rejected = pool.admit(refused.clone()).unwrap();
    assert!(rejected.outcome.is_err());
    let again = pool.admit(refused).unwrap();
    assert_eq!(again.height, rejected.height + 1, "what was refused is tried again");
    assert_eq!(again.height, height + 2);
    pool.node.close().unwrap();
    let pool = open(Options::at(dir.path())).unwrap();
    let later = pool.admit(command).unwrap();
    assert_eq!(later.outcome, Err(Rejection::NonceIsUsed), "a snapshot knows the nonce, not the answer");
}

#[test]
fn many_that_send_one_command_at_once_all_get_its_one_answer() {
    let pool = Pool::memory();
    let (owner, _) = pool.populate();
    let command = pool.by(&owner, lend(12));
    let (sender, answers) = mpsc::channel();
    for _ in 0..40 {
        let sender = sender.clone();
        let told =
            Box::new(move |answer: Result<Arc<Applied>, _>| sender.send(answer.unwrap().height).unwrap());
        pool.node.admit_then(Stamped::now(command.clone()), Unsigned::Refused, told).unwrap();
    }
    drop(sender);
    let heights: Vec<u64> = answers.into_iter().collect();
    assert_eq!(heights, vec![heights[0]; 40]);
}

#[test]
fn nothing_that_nobody_signed_comes_in() {
    let pool = Pool::memory();
    let (owner, agent) = pool.populate();
    for command in [withdraw(1), deposit(1), Command::Pause, Command::Tick { reports: Vec::new() }] {
        assert!(matches!(pool.refused(command), SubmitError::Unsigned { .. }));
    }
    let proven =
        Command::DepositProven { account: FIRST, asset: USDC, amount: Amount::new(1), message: [1; 32] };
    assert!(matches!(pool.refused(proven.clone()), SubmitError::Closed { .. }));
    let found = Command::Found { founding: Box::new(world::founding()) };
    assert!(matches!(pool.refused(found), SubmitError::Closed { .. }));
    let empty = Command::Attest { evidence: Vec::new(), statements: Vec::new() };
    assert!(matches!(pool.refused(empty), SubmitError::Unsigned { .. }));
    // Under somebody's signature they are no better.
    let genuine = pool.by(&owner, lend(1));
    for inner in [proven, Command::Tick { reports: Vec::new() }, genuine.clone()] {
        let mut command = genuine.clone();
        let Command::Signed { command: within, .. } = &mut command else { panic!() };
        **within = inner;
        assert!(matches!(pool.refused(command), SubmitError::Closed { .. }));
    }
    let rehearsed = pool.node.admit(Stamped::now(lend(1)), Unsigned::Accepted).unwrap();
    assert!(rehearsed.outcome.is_ok());
    // A rehearsal checks signatures too, where there are some.
    let mut bad = pool.by_agent(&agent, lend(2));
    authorisation(&mut bad).signature[0] ^= 1;
    let error = pool.node.admit(Stamped::now(bad), Unsigned::Accepted).unwrap_err();
    assert!(matches!(error, SubmitError::Signature { .. }));
}

#[test]
fn a_key_for_which_everybody_can_sign_is_no_agents() {
    let pool = Pool::memory();
    let owner = Key::numbered(1);
    pool.accepted(pool.by(&owner, Command::OpenAccount { owner: owner.owner(), sub: 0 }));
    for weak in WEAK {
        let approval = pool.approval(&owner, Signer::Ed25519(unhex(weak)));
        assert_eq!(pool.refused(pool.by(&owner, approval.clone())), SubmitError::WeakKey);
        let error = pool.node.admit(Stamped::now(approval), Unsigned::Accepted).unwrap_err();
        assert_eq!(error, SubmitError::WeakKey);
    }
    pool.accepted(pool.by(&owner, pool.approval(&owner, Agent::numbered(1).signer())));
}

#[test]
fn prices_come_as_messages_and_what_a_client_says_of_them_is_ignored() {
    let pool = Pool::memory();
    pool.populate();
    let mut news = pool.news(2, 2_500);
    let lie = pool.admit(pool.news(2, 2_600)).unwrap();
    let Command::Attest { statements: told, .. } = &lie.entry.command else { panic!() };
    let Command::Attest { statements, .. } = &mut news else { panic!() };
    statements.clone_from(told);
    // The older message comes after the newer one: it says nothing new, whatever is written beside it.
    let applied = pool.admit(news).unwrap();
    let Command::Attest { statements, .. } = &applied.entry.command else { panic!() };
    assert_ne!(statements, told);
    pool.accepted(pool.news(2, 2_400));
    let price = pool.node.read(|engine| engine.state().feed(FeedId(2)).unwrap().quote.unwrap().price);
    assert_eq!(price, Price::clamped(2_400 * Price::ONE.raw()));
}

#[test]
fn a_message_that_does_not_hold_is_refused_with_its_place_and_reason() {
    let pool = Pool::memory();
    let Command::Attest { evidence, .. } = pool.news(2, 2_500) else { panic!() };
    let refusal =
        |evidence: Vec<Evidence>| match pool.refused(Command::Attest { evidence, statements: Vec::new() }) {
            SubmitError::Refused { message, refusal } => (message, refusal),
            other => panic!("{other:?}"),
        };
    let garbage = Evidence { kind: Kind::Lazer, bytes: vec![7; 99] };
    assert_eq!(refusal(vec![evidence[0].clone(), garbage]).0, 1);
    let mut changed = evidence.clone();
    // Within the first signature: length of the header, the message's own, its place.
    changed[2].bytes[8 + 2 + 6 + 1 + 9] ^= 1;
    assert_eq!(refusal(changed), (2, Refusal::BadSignature));
    let mut changed = evidence.clone();
    *changed[1].bytes.last_mut().unwrap() ^= 1;
    assert_eq!(refusal(changed).0, 1);
    let receipt = Evidence { kind: Kind::EthReceipt, bytes: b"{}".to_vec() };
    assert_eq!(refusal(vec![receipt]), (0, Refusal::Unsupported));
    let step = Evidence { kind: Kind::LightClient, bytes: b"{}".to_vec() };
    assert_eq!(refusal(vec![step]), (0, Refusal::UnknownSet));
    let many = vec![evidence[0].clone(); MESSAGES_MAX + 1];
    let error = pool.refused(Command::Attest { evidence: many, statements: Vec::new() });
    assert!(matches!(error, SubmitError::TooManyMessages { .. }));
    let huge = vec![Evidence { kind: Kind::Pyth, bytes: vec![0; 600 << 10] }];
    let error = pool.refused(Command::Attest { evidence: huge, statements: Vec::new() });
    assert!(matches!(error, SubmitError::TooLarge { .. }));
    pool.accepted(Command::Attest { evidence, statements: Vec::new() });
}

#[test]
fn a_set_that_was_retired_no_longer_counts_although_its_message_was_known() {
    let pool = Pool::memory();
    pool.populate();
    let news = pool.news(2, 2_500);
    pool.accepted(news.clone());
    let act = cistern_engine::act::Act::RetireSigners {
        network: cistern_attest::Network::PythRouters,
        set: cistern_attest::SetId::index(1),
    };
    pool.accepted(pool.by(&governor(), Command::Schedule { act }));
    pool.next();
    assert!(matches!(pool.refused(news), SubmitError::Refused { refusal: Refusal::ExpiredSet, .. }));
}

#[test]
fn commands_are_ordered_as_they_came_whatever_their_check_takes() {
    let pool = Pool::memory();
    let (owner, agent) = pool.populate();
    let (sender, answers) = mpsc::channel();
    let mut expected = Vec::new();
    for number in 0..300_u128 {
        let kind = number % 4;
        let command = match kind {
            0 => pool.by(&owner, lend(1_000 + number)),
            1 => pool.by_agent(&agent, lend(1_000 + number)),
            2 => lend(1_000 + number),
            _ => {
                let mut bad = pool.by_agent(&agent, lend(1_000 + number));
                authorisation(&mut bad).signature[1] ^= 1;
                bad
            }
        };
        if kind < 3 {
            expected.push(1_000 + number);
        }
        let sender = sender.clone();
        let told = Box::new(move |answer: Result<Arc<Applied>, _>| {
            if let Ok(applied) = answer {
                let command = match applied.entry.command.clone() {
                    Command::Signed { command, .. } => *command,
                    command => command,
                };
                sender.send(command).unwrap();
            }
        });
        pool.node.admit_then(Stamped::now(command), Unsigned::Accepted, told).unwrap();
    }
    drop(sender);
    let ordered: Vec<u128> = answers
        .into_iter()
        .map(|command| match command {
            Command::Lend { amount, .. } => amount.units(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ordered, expected);
}

#[test]
fn a_node_that_is_closed_checks_and_orders_what_it_has_taken() {
    let pool = Pool::memory();
    let (owner, _) = pool.populate();
    let (sender, answers) = mpsc::channel();
    for number in 0..100 {
        let sender = sender.clone();
        let told = Box::new(move |answer: Result<Arc<Applied>, SubmitError>| {
            sender.send(answer.map(|_| ())).unwrap();
        });
        let command = pool.by(&owner, lend(1 + number));
        pool.node.admit_then(Stamped::now(command), Unsigned::Refused, told).unwrap();
    }
    drop(sender);
    let other = pool.node.clone();
    pool.node.close().unwrap();
    assert_eq!(answers.into_iter().collect::<Vec<_>>(), vec![Ok(()); 100]);
    let late = Command::Attest { evidence: prices(0, 1, Time::milliseconds(BEGIN)), statements: Vec::new() };
    let error = other.admit(Stamped::now(late), Unsigned::Refused).unwrap_err();
    assert!(matches!(error, SubmitError::Stopped { .. }));
}

#[test]
fn more_than_may_wait_is_refused_at_once() {
    let options = Options { checks_max: 4, verifiers: 1, ..Options::memory() };
    let pool = Pool::founded(options);
    let (owner, _) = pool.populate();
    let commands: Vec<_> = (0..200).map(|number| pool.by(&owner, lend(1 + number))).collect();
    let (sender, answers) = mpsc::channel();
    let mut full = 0;
    for command in commands {
        let sender = sender.clone();
        let told = Box::new(move |answer: Result<Arc<Applied>, _>| sender.send(answer.is_ok()).unwrap());
        match pool.node.admit_then(Stamped::now(command), Unsigned::Refused, told) {
            Ok(()) => {}
            Err(error) => {
                assert_eq!(error, SubmitError::Full);
                full += 1;
            }
        }
    }
    drop(sender);
    assert_eq!(answers.into_iter().filter(|taken| *taken).count() + full, 200);
    assert!(full > 0);
}

#[test]
fn the_answer_may_drop_the_last_of_a_node() {
    let pool = Pool::memory();
    let separator = pool.separator();
    let mut bad = by_owner(&Key::numbered(1), lend(1), pool.next(), &separator);
    authorisation(&mut bad).signature[1] ^= 1;
    let (sender, answers) = mpsc::channel();
    let (held, node) = (pool.node.clone(), pool.node);
    let told = Box::new(move |answer: Result<Arc<Applied>, SubmitError>| {
        drop(held);
        sender.send(answer.is_err()).unwrap();
    });
    node.admit_then(Stamped::now(bad), Unsigned::Refused, told).unwrap();
    drop(node);
    assert_eq!(answers.recv(), Ok(true));
}

#[test]
fn a_deadline_that_is_over_and_a_nonce_that_was_used_are_the_pools_own_to_refuse() {
    let pool = Pool::memory();
    let (owner, _) = pool.populate();
    let now = pool.next();
    let pen = |digest: &[u8; 32]| owner.sign(digest);
    let signer = Signer::Address(owner.address());
    let before = Time::milliseconds(now.as_milliseconds() - 1);
    let late = signed((signer, &pen), lend(1), (now, before), &pool.separator());
    assert_eq!(pool.admit(late).unwrap().outcome, Err(Rejection::SignatureExpired { deadline: before }));
    let once = by_owner(&owner, lend(1), now, &pool.separator());
    pool.accepted(once);
    let twice = by_owner(&owner, lend(2), now, &pool.separator());
    assert_eq!(pool.admit(twice).unwrap().outcome, Err(Rejection::NonceIsUsed));
}
