//! The runner: keeps the clock, asks the target, and writes down what it answers.

use std::collections::BTreeSet;

use cistern_engine::{command::Command, entry::Entry, event::Event, rejection::Rejection};
use cistern_units::{Span, Time};
use thiserror::Error;

use super::{
    attest, commands,
    names::{Names, SubAccounts},
    prices::{self, TICK_GAP, Walk},
    read::{self, Detail, Fault, FaultKind, Question, Script, Verb, Word},
    signed::{self, Pen},
    target::Target,
    tell::{self, Before, Course},
    worlds::{World, world},
};

/// When scenarios begin, unless they say otherwise: 2024-01-01 00:00.
const BEGINNING: Time = Time::milliseconds(1_704_067_200_000);
/// Steady prices between the founding of a pool and the first question.
const STEADY: Span = Span::seconds(60);

/// What a scenario came across: names of commands that were asked, of events and of rejections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Questions that were asked.
    pub questions: usize,
    /// Entries that were applied or refused.
    pub entries: usize,
    /// Kinds of commands.
    pub commands: BTreeSet<&'static str>,
    /// Kinds of events.
    pub events: BTreeSet<&'static str>,
    /// Kinds of rejections.
    pub rejections: BTreeSet<&'static str>,
}

impl Report {
    /// Adds what another scenario came across.
    pub fn merge(&mut self, other: Self) {
        self.questions += other.questions;
        self.entries += other.entries;
        self.commands.extend(other.commands);
        self.events.extend(other.events);
        self.rejections.extend(other.rejections);
    }
}

/// Why a run ended early.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Stop {
    /// A question that cannot be asked.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// What the scenario runs on did not come back from a restart.
    #[error("{line}: {reason}")]
    TargetIsGone {
        /// Line of the question.
        line: usize,
        /// Why.
        reason: String,
    },
    /// The books do not balance: a bug of the engine, whatever the answers say.
    #[error("{line}: the books do not balance: {violation}")]
    BooksDoNotBalance {
        /// Line of the last question.
        line: usize,
        /// What does not agree.
        violation: String,
    },
}

/// Asks all questions; the answers, a list of lines for each question.
///
/// # Errors
/// A question that cannot be asked, or books that do not balance.
pub fn answers(script: &Script, target: &mut dyn Target) -> Result<(Vec<Vec<String>>, Report), Stop> {
    let mut runner = Runner::new(target);
    let mut told = Vec::new();
    for step in &script.steps {
        runner.line = step.question.line;
        let line = runner.line;
        runner.target.line_begins().map_err(|reason| Stop::TargetIsGone { line, reason })?;
        told.push(runner.ask(&step.question)?);
    }
    runner.require_balanced()?;
    Ok((told, runner.report))
}

struct Runner<'t> {
    target: &'t mut dyn Target,
    clock: Time,
    last_tick: Option<Time>,
    subs: SubAccounts,
    report: Report,
    line: usize,
}

impl<'t> Runner<'t> {
    fn new(target: &'t mut dyn Target) -> Self {
        let subs = SubAccounts::default();
        Self { target, clock: BEGINNING, last_tick: None, subs, report: Report::default(), line: 0 }
    }

    fn names(&self) -> Names<'_> {
        Names { state: self.target.state(), subs: &self.subs }
    }

    /// Asks one question; the lines of its answer.
    fn ask(&mut self, question: &Question) -> Result<Vec<String>, Stop> {
        self.report.questions += 1;
        let words = question.words.as_slice();
        match question.verb {
            Verb::Wait => {
                self.clock = moved(self.clock, read::span(&words[0])?);
                Ok(Vec::new())
            }
            Verb::At => {
                let moment = read::moment(&words[0], words.get(1))?;
                no_more(words, 2, question.verb.usage())?;
                self.clock = moment;
                Ok(Vec::new())
            }
            Verb::Show => Ok(self.show(words)?),
            Verb::Check => {
                self.require_balanced()?;
                Ok(vec!["books balance".to_owned()])
            }
            Verb::Pool => self.found(question, world(&words[0], &words[1..])?),
            Verb::Price => {
                let walk = Walk::read(words, &self.names())?;
                self.walk(question, &walk)
            }
            Verb::Hold => {
                let walk = Walk::hold(words, &self.names())?;
                self.walk(question, &walk)
            }
            Verb::Signed => {
                let command = self.signed(words)?;
                self.one(question, command)
            }
            verb => match self.command(verb, words)? {
                Some(command) => self.one(question, command),
                None => Ok(Vec::new()),
            },
        }
    }

    /// The command of a question that is one command.
    fn command(&mut self, verb: Verb, words: &[Word]) -> Result<Option<Command>, Fault> {
        match verb {
            Verb::Open => {
                let (owner, sub) = self.subs.register(&words[0])?;
                Ok(Some(Command::OpenAccount { owner, sub }))
            }
            Verb::Tick => {
                let time = self.tick_time();
                prices::tick(words, time, &self.names()).map(Some)
            }
            Verb::Surface => prices::surface(words, self.clock, &self.names()).map(Some),
            Verb::Attest | Verb::Rate | Verb::Rotate | Verb::Finalise => {
                // Evidence may come at any moment; a tick keeps its distance to it.
                self.last_tick = Some(self.clock);
                attest::command(verb, words, self.clock, &self.names()).map(Some)
            }
            Verb::Agent | Verb::Revoke | Verb::Prove => {
                signed::command(verb, words, self.clock, &self.names())
            }
            _ => commands::command(verb, words, &self.names()),
        }
    }

    /// A command and the signature under it.
    fn signed(&mut self, words: &[Word]) -> Result<Command, Fault> {
        let (pen, rest) = Pen::read(words, self.clock, &self.names())?;
        let (verb, arguments) = read::asked(rest, &words[words.len() - rest.len() - 1])?;
        let command = if verb == Verb::Signed { None } else { self.command(verb, arguments)? };
        let what = &rest[0];
        let (thing, rule) = ("command", "sign a question that is one, like withdraw or schedule");
        let fault = || what.fault(FaultKind::OutOfRange { word: what.text.clone(), what: thing, rule });
        command.map(|command| pen.sign(command)).ok_or_else(fault)
    }

    /// Asks a question that is one command.
    fn one(&mut self, question: &Question, command: Command) -> Result<Vec<String>, Stop> {
        let before = Before::of(self.target.state());
        let answer = self.apply(&command)?;
        Ok(self.told(question.detail, &command, answer, (Course::Instant, &before)))
    }

    /// Founds a pool and lets a minute of steady prices pass, so that no grace is left from its opening.
    fn found(&mut self, question: &Question, world: World) -> Result<Vec<String>, Stop> {
        let opening = world.prices;
        let end = self.clock;
        let begin = Time::milliseconds(end.as_milliseconds().saturating_sub(STEADY.as_milliseconds()));
        if !self.target.state().is_founded() {
            self.clock = begin;
        }
        let command = Command::Found { founding: Box::new(world.founding) };
        let before = Before::of(self.target.state());
        let mut events = match self.apply(&command)? {
            Ok(events) => events,
            refused => {
                self.clock = end;
                return Ok(self.told(question.detail, &command, refused, (Course::Instant, &before)));
            }
        };
        for passed in [0, 30, 60].map(Span::seconds) {
            self.clock = moved(begin, passed);
            let time = self.tick_time();
            for command in prices::opening(&opening, time, self.target.state()) {
                events.extend(self.apply(&command)?.unwrap_or_default());
            }
        }
        match question.detail {
            Detail::Brief => Ok(Vec::new()),
            Detail::Verbose => Ok(self.told(Detail::Verbose, &command, Ok(events), (Course::Walk, &before))),
        }
    }

    /// One tick, or all ticks of a walk.
    fn walk(&mut self, question: &Question, walk: &Walk) -> Result<Vec<String>, Stop> {
        let before = Before::of(self.target.state());
        let course = match (question.verb, walk.over) {
            (Verb::Hold, _) => Course::Hold,
            (_, Some(_)) => Course::Walk,
            (_, None) => Course::Instant,
        };
        let start = self.clock;
        let mut events = Vec::new();
        for passed in walk.steps() {
            self.clock = moved(start, passed);
            let time = self.tick_time();
            let mut instant = Vec::new();
            for command in walk.reports(passed, time, self.target.state()) {
                match self.apply(&command)? {
                    Ok(more) if question.detail == Detail::Brief => instant = tell::instant(instant, more),
                    Ok(more) => instant.extend(more),
                    refused => return Ok(self.told(question.detail, &command, refused, (course, &before))),
                }
            }
            events.extend(instant);
        }
        let nothing = Command::Tick { reports: Vec::new() };
        Ok(self.told(question.detail, &nothing, Ok(events), (course, &before)))
    }

    /// Ticks are at least ten seconds apart: one that comes too early moves the clock.
    fn tick_time(&mut self) -> Time {
        let earliest = self.last_tick.map_or(self.clock, |last| moved(last, TICK_GAP));
        self.clock = self.clock.max(earliest);
        self.last_tick = Some(self.clock);
        self.clock
    }

    /// Applies one command at the clock's time, and checks the sums.
    fn apply(&mut self, command: &Command) -> Result<Result<Vec<Event>, Rejection>, Stop> {
        let entry = Entry { time: self.clock, command: command.clone() };
        let answer = self.target.apply(&entry);
        self.report.entries += 1;
        self.report.commands.insert(command.name());
        match &answer {
            Ok(events) => self.report.events.extend(events.iter().map(Event::name)),
            Err(rejection) => {
                self.report.rejections.insert(rejection.name());
            }
        }
        self.target.check().map_err(|violation| Stop::BooksDoNotBalance { line: self.line, violation })?;
        Ok(answer)
    }

    fn require_balanced(&mut self) -> Result<(), Stop> {
        let line = self.line;
        self.target.recount().map_err(|violation| Stop::BooksDoNotBalance { line, violation })
    }

    fn told(
        &self,
        detail: Detail,
        command: &Command,
        answer: Result<Vec<Event>, Rejection>,
        (course, before): (Course, &Before),
    ) -> Vec<String> {
        let names = self.names();
        match answer {
            Err(rejection) => vec![format!("! {}", tell::rejection(&rejection, command, &names))],
            Ok(events) if detail == Detail::Verbose => {
                events.iter().map(|event| tell::event(event, &names)).collect()
            }
            Ok(events) => {
                tell::brief(events, course, before).iter().map(|news| tell::news(news, &names)).collect()
            }
        }
    }

    fn show(&mut self, words: &[Word]) -> Result<Vec<String>, Fault> {
        let names = self.names();
        let what = &words[0];
        match what.text.as_str() {
            "pool" => {
                let missing = || {
                    let usage = "show pool ASSET".to_owned();
                    what.fault(FaultKind::MissingArgument { argument: "ASSET".to_owned(), usage })
                };
                let asset = words.get(1).ok_or_else(missing)?;
                no_more(words, 2, "show pool ASSET")?;
                return Ok(tell::asset_pool(names.asset(asset)?, &names));
            }
            "fund" => return no_more(words, 1, "show fund").map(|()| tell::fund(&names)),
            "clearing" => return no_more(words, 1, "show clearing").map(|()| tell::clearing(&names)),
            "acts" => return no_more(words, 1, "show acts").map(|()| tell::acts(&names)),
            _ => {}
        }
        if let Ok(feed) = names.feed(what) {
            return no_more(words, 1, "show FEED").map(|()| tell::feed(feed, self.clock, &names));
        }
        if let Ok(market) = names.market(what) {
            return no_more(words, 1, "show MARKET").map(|()| tell::market(market, &names));
        }
        self.show_account(what, &words[1..])
    }

    fn show_account(&mut self, what: &Word, topics: &[Word]) -> Result<Vec<String>, Fault> {
        let id = self.names().account(what)?;
        let topics = topics.iter().map(topic).collect::<Result<Vec<&str>, Fault>>()?;
        match self.target.summary(id) {
            Ok(summary) => Ok(tell::account(id, &summary, &topics, &self.names())),
            Err(rejection) => {
                let settle = Command::Settle { account: id };
                Ok(vec![format!("! {}", tell::rejection(&rejection, &settle, &self.names()))])
            }
        }
    }
}

/// There are at most so many words.
fn no_more(words: &[Word], count: usize, usage: &str) -> Result<(), Fault> {
    words.get(count).map_or(Ok(()), |word| Err(word.extra(usage)))
}

/// The topic of an account that a word names.
fn topic(word: &Word) -> Result<&'static str, Fault> {
    let unknown = || {
        let (word_text, choices) = (word.text.clone(), tell::TOPICS.join(", "));
        word.fault(FaultKind::UnknownChoice { what: "topic", word: word_text, choices })
    };
    tell::TOPICS.iter().copied().find(|topic| *topic == word.text).ok_or_else(unknown)
}

fn moved(time: Time, span: Span) -> Time {
    time.plus(span).unwrap_or(time)
}
