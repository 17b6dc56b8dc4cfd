//! The threads that check signatures and messages, and the queue before them.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{JoinHandle, ThreadId},
};

use cistern_attest::{Signer, agent};
use cistern_engine::command::{Authorisation, Command};

use super::{
    check,
    gate::{Gate, Ticket},
    memo::Memo,
    trust::Trusted,
};
use crate::{Answer, Clock, Stamped, SubmitError, sequencer::Proposal};

/// Agents' signatures that are checked together: from 95 on the library sums its points in buckets, and a larger batch than
/// this gains little more.
const BATCH_MAX: usize = 128;
/// Bytes of all messages that wait: a hundred of the largest.
const BYTES_MAX: usize = 64 << 20;

/// A command that is to be checked.
pub(crate) struct Job {
    pub(crate) ticket: Ticket,
    pub(crate) stamped: Stamped,
    pub(crate) answer: Answer,
}

impl Job {
    /// Bytes of its messages.
    pub(crate) fn bytes(command: &Command) -> usize {
        match command {
            Command::Attest { evidence, .. } => evidence.iter().map(|message| message.bytes.len()).sum(),
            _ => 0,
        }
    }

    /// Is it signed by an agent, so that it can be checked with others?
    fn is_of_agent(&self) -> bool {
        matches!(&self.stamped.command, Command::Signed { authorisation, .. }
            if matches!(authorisation.signer, Signer::Ed25519(_)))
    }
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    bytes: usize,
    closed: bool,
}

/// The queue, and what the threads need.
pub(crate) struct Desk {
    pub(crate) gate: Gate,
    pub(crate) trusted: Arc<Trusted>,
    pub(crate) clock: Arc<dyn Clock>,
    memo: Memo,
    waiting: Mutex<Waiting>,
    news: Condvar,
}

impl Desk {
    pub(crate) fn new(gate: Gate, trusted: Arc<Trusted>, clock: Arc<dyn Clock>) -> Self {
        let (memo, waiting, news) = (Memo::default(), Mutex::default(), Condvar::new());
        Self { gate, trusted, clock, memo, waiting, news }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a command, in the order in which it gets its ticket.
    ///
    /// # Errors
    /// [`SubmitError::Full`], [`SubmitError::Stopped`]; the answer is not told.
    pub(crate) fn hand_in(&self, stamped: Stamped, mut answer: Answer) -> Result<(), SubmitError> {
        let mut waiting = self.waiting();
        let bytes = Job::bytes(&stamped.command);
        let ticket = if waiting.closed {
            Err(SubmitError::Stopped { reason: "it was closed".into() })
        } else if waiting.bytes + bytes > BYTES_MAX {
            Err(SubmitError::Full)
        } else {
            self.gate.enter()
        };
        match ticket {
            Ok(ticket) => {
                waiting.bytes += bytes;
                waiting.jobs.push_back(Job { ticket, stamped, answer });
                drop(waiting);
                self.news.notify_one();
                Ok(())
            }
            Err(error) => {
                answer.forget();
                Err(error)
            }
        }
    }

    /// The next command, or several of agents; nothing once it is closed and everything was checked.
    fn take(&self) -> Option<Vec<Job>> {
        let mut waiting = self.waiting();
        loop {
            if let Some(first) = waiting.jobs.pop_front() {
                waiting.bytes -= Job::bytes(&first.stamped.command);
                let mut jobs = vec![first];
                while jobs.len() < BATCH_MAX
                    && jobs.iter().chain(waiting.jobs.front()).all(Job::is_of_agent)
                    && let Some(next) = waiting.jobs.pop_front()
                {
                    jobs.push(next);
                }
                return Some(jobs);
            }
            if waiting.closed {
                return None;
            }
            waiting = self.news.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn run(&self) {
        while let Some(jobs) = self.take() {
            let (mut tickets, mut commands, mut answers) = (Vec::new(), Vec::new(), Vec::new());
            for Job { ticket, stamped, answer } in jobs {
                tickets.push(ticket);
                commands.push(stamped);
                answers.push(answer);
            }
            // Whatever a message does to its reader, the commands behind it go on.
            let checked = catch_unwind(AssertUnwindSafe(|| self.check(&mut commands)));
            let checked = checked.unwrap_or_else(|_| vec![Err(SubmitError::Panicked); tickets.len()]);
            let commands = commands.into_iter().zip(answers).zip(checked);
            for (ticket, ((stamped, answer), checked)) in tickets.into_iter().zip(commands) {
                match checked {
                    Ok(()) => self.gate.pass(ticket, Some(Proposal { stamped, answer })),
                    Err(error) => {
                        self.gate.pass(ticket, None);
                        answer.tell(Err(error));
                    }
                }
            }
        }
    }

    /// Checks one command, or several that agents signed.
    fn check(&self, commands: &mut [Stamped]) -> Vec<Result<(), SubmitError>> {
        let mut batch = Batch::default();
        let first: Vec<Checked> =
            commands.iter_mut().map(|stamped| self.begin(stamped, &mut batch)).collect();
        let bad = batch.bad();
        let finish = |checked| match checked {
            Checked::Batched { place, digest } if bad.contains(&place) => {
                Err(SubmitError::Signature { refusal: cistern_attest::Refusal::BadSignature, digest })
            }
            Checked::Batched { .. } => Ok(()),
            Checked::Now(checked) => checked,
        };
        first.into_iter().map(finish).collect()
    }

    fn begin(&self, stamped: &mut Stamped, batch: &mut Batch) -> Checked {
        let at = stamped.at.unwrap_or_else(|| self.clock.now());
        match &mut stamped.command {
            Command::Signed { authorisation, command } => self.signed(authorisation, command, batch),
            Command::Attest { evidence, statements } => {
                let said = check::statements(evidence, &self.trusted, &self.memo, at);
                Checked::Now(said.map(|said| *statements = said))
            }
            _ => Checked::Now(Ok(())),
        }
    }

    fn signed(&self, authorisation: &mut Authorisation, command: &Command, batch: &mut Batch) -> Checked {
        if let Err(error) = check::name(authorisation, command, &self.trusted.now()) {
            return Checked::Now(Err(error));
        }
        let digest = authorisation.id;
        if let Some(signed) = check::of_agent(authorisation) {
            return Checked::Batched { place: batch.queue(signed), digest };
        }
        let signed = check::require_signed(authorisation);
        Checked::Now(signed.map_err(|refusal| SubmitError::Signature { refusal, digest }))
    }

    fn close(&self) {
        self.waiting().closed = true;
        self.news.notify_all();
    }
}

/// What is known of a command before the batch is checked.
enum Checked {
    Now(Result<(), SubmitError>),
    Batched { place: usize, digest: [u8; 32] },
}

/// Agents' signatures; one alone is cheaper by itself.
#[derive(Default)]
struct Batch(Vec<agent::Signed>);

impl Batch {
    fn queue(&mut self, signed: agent::Signed) -> usize {
        self.0.push(signed);
        self.0.len() - 1
    }

    fn bad(self) -> Vec<usize> {
        if let [alone] = self.0.as_slice() {
            return if agent::verify_one(alone).is_ok() { Vec::new() } else { vec![0] };
        }
        let mut batch = agent::Batch::default();
        self.0.iter().for_each(|signed| batch.queue(signed));
        batch.bad()
    }
}

/// The threads.
pub(crate) struct Verifiers {
    pub(crate) desk: Arc<Desk>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    ids: Vec<ThreadId>,
}

impl Verifiers {
    pub(crate) fn start(desk: Desk, count: usize) -> std::io::Result<Self> {
        let desk = Arc::new(desk);
        let mut threads = Vec::new();
        for number in 0..count.max(1) {
            let desk = Arc::clone(&desk);
            let thread = std::thread::Builder::new().name(format!("verify-{number}"));
            threads.push(thread.spawn(move || desk.run())?);
        }
        let ids = threads.iter().map(|thread| thread.thread().id()).collect();
        Ok(Self { desk, threads: Mutex::new(threads), ids })
    }

    /// Is this one of the threads?
    pub(crate) fn is_one(&self, id: ThreadId) -> bool {
        self.ids.contains(&id)
    }

    /// Ends after everything that was handed in was checked.
    pub(crate) fn close(&self) {
        self.desk.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A panic of a check was caught there.
            let _ = thread.join();
        }
    }
}
