//! The thread that hears the feeds and has the node order what they say.

use std::{
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::Context;
use cistern_adapters::feeds::{self, Feeds, Heard, LiveParams, RollCall};
use cistern_attest::Evidence;
use cistern_engine::command::Command;
use cistern_node::{Clock, Node, Stamped, SubmitError, Unsigned, WallClock};
use cistern_units::Time;
use tokio::{
    sync::{mpsc, oneshot},
    time::{MissedTickBehavior, interval},
};

use super::{
    bulletin::Bulletin,
    conditions::Conditions,
    desk::Desk,
    prices::Prices,
    roll::{self, IsSet, Keys},
    verdict::Verdict,
};

/// From one tick to the next.
const TICK: Duration = Duration::from_secs(1);

/// Feeds that are heard.
pub(super) struct Feeding {
    end: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Feeding {
    /// Starts to hear.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start(
        params: &LiveParams,
        node: Node,
        clock: Arc<WallClock>,
        bulletin: Bulletin,
    ) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (end, ended) = oneshot::channel();
        let table = Table::new(params.clone(), node, clock, bulletin);
        let thread = thread::Builder::new().name("feeds".into());
        let thread = thread.spawn(move || runtime.block_on(table.hear_until(ended)));
        Ok(Self { end, thread: thread.context("a thread for the feeds")? })
    }

    /// Stops, and waits until nothing more is sent to the node.
    pub(super) fn end(self) {
        // It has ended already only by a bug, which its thread has said.
        let _ = self.end.send(());
        let _ = self.thread.join();
    }
}

/// What the node answers.
enum Answer {
    Ticked(Verdict),
    Judged(Arc<str>, Verdict),
}

/// Does the node take another tick?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ticks {
    Ready,
    /// The last tick is on its way: a slow disk is not given more.
    Busy,
    Stopped,
}

/// Everything that the feeds come together at.
struct Table {
    params: LiveParams,
    node: Node,
    clock: Arc<WallClock>,
    bulletin: Bulletin,
    roll: RollCall,
    conditions: Conditions,
    desk: Desk,
    prices: Prices,
    answer: mpsc::UnboundedSender<Answer>,
    answers: mpsc::UnboundedReceiver<Answer>,
    ticks: Ticks,
    began: Time,
    /// When the roll was called.
    called: Option<Time>,
}

impl Table {
    fn new(params: LiveParams, node: Node, clock: Arc<WallClock>, bulletin: Bulletin) -> Self {
        let is_set = |variable: &str| {
            if std::env::var_os(variable).is_some_and(|text| !text.is_empty()) {
                IsSet::Yes
            } else {
                IsSet::No
            }
        };
        let conditions = Conditions::new(&params, Keys::of(&params, is_set));
        let (answer, answers) = mpsc::unbounded_channel();
        Self {
            roll: RollCall::of(&params),
            began: clock.now(),
            desk: Desk::new(),
            prices: Prices::new(),
            ticks: Ticks::Ready,
            called: None,
            params,
            node,
            clock,
            bulletin,
            conditions,
            answer,
            answers,
        }
    }

    /// Hears all feeds until somebody asks for the end, or nobody can any more.
    async fn hear_until(mut self, mut ended: oneshot::Receiver<()>) {
        let clock = Arc::clone(&self.clock);
        // The waits of two nodes that were started at once should differ.
        let seed = self.began.as_milliseconds() ^ u64::from(std::process::id()).rotate_left(32);
        let mut feeds = Feeds::start(&self.params, Arc::new(move || clock.now()), seed);
        let mut seconds = interval(TICK);
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = &mut ended => break,
                Some(heard) = feeds.next() => self.hear(heard),
                Some(answer) = self.answers.recv() => self.answered(answer),
                _ = seconds.tick() => self.second(),
            }
        }
        feeds.stop().await;
    }

    fn hear(&mut self, heard: Heard) {
        self.roll.note(&heard);
        self.conditions.note(&heard);
        match heard {
            Heard::Quote(quote) => self.desk.take(&quote, self.clock.now()),
            Heard::Evidence(evidence) => self.admit(evidence),
            Heard::Trouble(_) => {}
        }
    }

    /// Has the node verify a message and order what it states. Each message is a command by itself: one that does not
    /// count keeps no other from counting.
    fn admit(&mut self, evidence: feeds::Evidence) {
        let feeds::Evidence { feed, kind, bytes, .. } = evidence;
        let command = Command::Attest { evidence: vec![Evidence { kind, bytes }], statements: Vec::new() };
        let (answer, name) = (self.answer.clone(), Arc::clone(&feed));
        let told = move |outcome: Result<_, SubmitError>| {
            // The feeds may have ended meanwhile.
            let _ = answer.send(Answer::Judged(name, Verdict::of(&outcome)));
        };
        if let Err(error) = self.node.admit_then(Stamped::now(command), Unsigned::Refused, Box::new(told)) {
            self.judged(&feed, Verdict::of(&Err(error)));
        }
    }

    fn answered(&mut self, answer: Answer) {
        match answer {
            Answer::Judged(feed, verdict) => self.judged(&feed, verdict),
            Answer::Ticked(verdict) => self.ticked(verdict),
        }
    }

    fn judged(&mut self, feed: &str, verdict: Verdict) {
        let now = self.clock.now();
        match verdict {
            Verdict::Counts => {}
            Verdict::Not { cause, words } => {
                self.conditions.complain(feed, cause, &format!("sent what does not count: {words}"), now);
            }
            Verdict::Busy => {
                let words = "brings more than the node can take in; what is too much is dropped";
                self.conditions.complain(feed, "busy", words, now);
            }
            Verdict::Stopped { reason } => self.stopped(&reason),
        }
    }

    fn ticked(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Stopped { reason } => self.stopped(&reason),
            // A report that does not count is in the events of the pool: dashboard and API show them.
            Verdict::Counts | Verdict::Not { .. } | Verdict::Busy => self.ticks = Ticks::Ready,
        }
    }

    /// The node takes nothing more; what it has is served on.
    fn stopped(&mut self, reason: &str) {
        if self.ticks != Ticks::Stopped {
            self.ticks = Ticks::Stopped;
            let line = format!("the node orders nothing more ({reason}); what it has is served on");
            self.bulletin.happened(&line, self.clock.now());
        }
    }

    /// What is due each second: a tick, with reports or without, since time itself makes prices stale; and what is to be told.
    fn second(&mut self) {
        if self.ticks == Ticks::Ready {
            self.tick();
        }
        let now = self.clock.now();
        let stranded: Vec<(Arc<str>, String)> =
            self.desk.stranded(now).map(|(feed, coin)| (Arc::clone(feed), coin.to_owned())).collect();
        for (feed, coin) in stranded {
            let words = format!(
                "counts in {coin}, and no feed says what {coin} is worth in dollars: its prices do not count until one \
                 does"
            );
            self.conditions.complain(&feed, "stranded", &words, now);
        }
        if self.called.is_none() {
            if roll::is_due(&self.roll, &self.params, now.since(self.began)) {
                self.call(now);
            }
            return;
        }
        let mut lines = self.conditions.due(now);
        lines.append(&mut self.node.read(|engine| self.prices.changes(engine.state(), now)));
        for line in lines {
            self.bulletin.happened(&line, now);
        }
    }

    fn tick(&mut self) {
        let reports = self.node.read(|engine| self.desk.reports(engine.state()));
        let answer = self.answer.clone();
        let told = move |outcome: Result<_, SubmitError>| {
            // The feeds may have ended meanwhile.
            let _ = answer.send(Answer::Ticked(Verdict::of(&outcome)));
        };
        self.ticks = Ticks::Busy;
        if let Err(error) = self.node.submit_then(Stamped::now(Command::Tick { reports }), Box::new(told)) {
            self.ticked(Verdict::of(&Err(error)));
        }
    }

    /// Calls the roll, and says what the prices are worth.
    fn call(&mut self, now: Time) {
        self.called = Some(now);
        let mut lines = roll::lines(&self.roll, &self.params, self.conditions.keys());
        self.conditions.called();
        let (unused, prices) = self
            .node
            .read(|engine| (roll::unused(&self.params, engine.state()), self.prices.lines(engine.state())));
        lines.extend(unused);
        lines.extend(prices);
        self.bulletin.tell(&lines, now);
    }
}
