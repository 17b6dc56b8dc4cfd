//! Signed commands through a node's admission, in memory: signatures on two threads, everything else behind them.

use std::sync::{Arc, mpsc};

use anyhow::{anyhow, bail, ensure};
use cistern_attest::{Signer, keccak256, typed::Separator};
use cistern_engine::{
    command::{Authorisation, Command},
    ids::{AccountId, AssetId, Owner},
    rows::Scope,
};
use cistern_node::{Applied, HandClock, Node, Options, Stamped, SubmitError, Unsigned, typed::Form};
use cistern_units::{Amount, Span, Time};
use ed25519_zebra::{SigningKey, VerificationKeyBytes};
use rustix::time::{ClockId, clock_gettime};

use super::{figures::Figures, turns::median};
use crate::{
    signing::Key,
    world::{FIRST, populate, tick},
};

/// Owners, each with an account and an agent.
const OWNERS: u8 = 64;
/// Commands of one round: a few tenths of a second.
const COMMANDS: u64 = 12_800;
/// Commands on their way at once: far more than a batch, fewer than a node takes.
const ON_THEIR_WAY: usize = 4_096;
/// Rounds; wall time of a whole pipeline needs fewer than CPU time of a function.
const ROUNDS: u64 = 7;
/// Threads that check.
const VERIFIERS: usize = 2;
/// When it all happens.
const NOW: Time = Time::milliseconds(1_700_000_000_000);

/// Somebody who signs.
struct Hand {
    owner: Key,
    agent: SigningKey,
    account: AccountId,
}

/// What signs a round.
#[derive(Clone, Copy)]
enum By {
    Owners,
    Agents,
}

/// Measures commands that owners sign, and ones that agents sign.
pub(crate) fn measure(figures: &mut Figures) -> anyhow::Result<()> {
    let node = founded()?;
    let hands: Vec<Hand> = (0..OWNERS).map(Hand::numbered).collect();
    hands.iter().try_for_each(|hand| hand.settle_in(&node))?;
    let separator = node.domain().separator();
    let mut first = 0;
    // 30 us of two threads each, and 5 us of a third for the sequencer, the engine and the answers.
    let owners = ("signed_commands", By::Owners, "(30 us + 5 us) over 2 cores: 57,000");
    // A signature in a batch is 20 us, a keccak's worth of the queue around it more.
    let agents = ("agents_commands", By::Agents, "(22 us + 5 us) over 2 cores: 74,000");
    for (name, by, goal) in [owners, agents] {
        let (mut rates, mut cpu) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let commands = (first..first + COMMANDS).map(|n| {
                let hand = &hands[(n % u64::from(OWNERS)) as usize];
                hand.lend(by, Span::milliseconds(n / u64::from(OWNERS)), &separator)
            });
            let commands: Vec<Command> = commands.collect::<Result<_, _>>()?;
            first += COMMANDS;
            let start = (ns(ClockId::Monotonic), ns(ClockId::ProcessCPUTime));
            admit(&node, commands)?;
            rates.push(COMMANDS as f64 * 1e9 / (ns(ClockId::Monotonic) - start.0));
            cpu.push((ns(ClockId::ProcessCPUTime) - start.1) / COMMANDS as f64);
        }
        let most = rates.iter().copied().fold(0.0, f64::max);
        let least = cpu.iter().copied().fold(f64::INFINITY, f64::min);
        figures.add(format!("{name}_per_s_admitted"), (median(rates), most), goal);
        figures.add(format!("{name}_cpu_ns_admitted"), (median(cpu), least), "CPU time of all threads");
    }
    node.close()?;
    Ok(())
}

fn ns(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// A pool with prices of now.
fn founded() -> anyhow::Result<Node> {
    let options = Options { verifiers: VERIFIERS, ..Options::memory() };
    let (node, _) = Node::open(options, Arc::new(HandClock::new(NOW)))?;
    populate(0, |command| match command {
        Command::Tick { .. } => applied(&node.submit(Stamped::now(tick(NOW)))?),
        command => applied(&node.submit(Stamped::now(command))?),
    })?;
    Ok(node)
}

fn applied(applied: &Arc<Applied>) -> anyhow::Result<()> {
    match &applied.outcome {
        Ok(_) => Ok(()),
        Err(rejection) => bail!("{rejection}: {:?}", applied.entry.command),
    }
}

impl Hand {
    fn numbered(number: u8) -> Self {
        Self {
            owner: Key::numbered(number),
            agent: SigningKey::from(keccak256(&[number, 1])),
            account: AccountId(FIRST + u32::from(number)),
        }
    }

    /// An account with money in it, and an agent.
    fn settle_in(&self, node: &Node) -> anyhow::Result<()> {
        let owner = Owner(self.owner.address().0);
        let (account, amount) = (self.account, Amount::new(1_000_000_000_000));
        let expires_at = NOW.plus(Span::DAY)?;
        for command in [
            Command::OpenAccount { owner, sub: 0 },
            Command::Deposit { account, asset: AssetId(0), amount },
            Command::ApproveAgent { owner, signer: self.agent(), scope: Scope::Treasury, expires_at },
        ] {
            applied(&node.submit(Stamped::now(command))?)?;
        }
        Ok(())
    }

    fn agent(&self) -> Signer {
        Signer::Ed25519(VerificationKeyBytes::from(&self.agent).into())
    }

    /// A little money lent, as whoever signs says it so much later.
    fn lend(&self, by: By, later: Span, separator: &Separator) -> anyhow::Result<Command> {
        let nonce = NOW.plus(later)?;
        let deadline = nonce.plus(Span::DAY)?;
        let command = Command::Lend { account: self.account, asset: AssetId(0), amount: Amount::new(1_000) };
        let form = Form::of(&command, nonce, deadline).ok_or_else(|| anyhow!("nobody can sign that"))?;
        let id = form.digest(separator);
        let (signer, signature) = match by {
            By::Owners => (Signer::Address(self.owner.address()), self.owner.sign_rsv(&id).to_vec()),
            By::Agents => (self.agent(), self.agent.sign(&id).to_bytes().to_vec()),
        };
        let authorisation = Authorisation { signer, nonce, deadline, id, signature };
        Ok(Command::Signed { authorisation: Box::new(authorisation), command: Box::new(command) })
    }
}

/// Hands all commands in, as fast as the node takes them, until the last was answered.
fn admit(node: &Node, commands: Vec<Command>) -> anyhow::Result<()> {
    let (told, answers) = mpsc::channel::<Result<Arc<Applied>, SubmitError>>();
    let count = commands.len();
    let mut waiting = 0;
    for command in commands {
        while waiting >= ON_THEIR_WAY {
            applied(&answers.recv()??)?;
            waiting -= 1;
        }
        let told = told.clone();
        // Whoever stopped listening had an error.
        let answer = move |answer| told.send(answer).unwrap_or_default();
        node.admit_then(Stamped::now(command), Unsigned::Refused, Box::new(answer))?;
        waiting += 1;
    }
    drop(told);
    let last: Vec<_> = answers.into_iter().collect();
    ensure!(last.len() == waiting, "{} answers of the last {waiting} of {count}", last.len());
    last.into_iter().try_for_each(|answer| applied(&answer?))
}
