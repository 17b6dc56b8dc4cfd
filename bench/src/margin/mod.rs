//! Margin by the million: the columnar book, the index and options, beside the memory and numpy in the same run.

mod options;
mod world;

use std::{fs::File, hint::black_box, path::PathBuf, process::Command};

use anyhow::{Context, anyhow, ensure};
use cistern_engine::ids::AccountId;
use cistern_margin::{
    Tier,
    book::{Book, Index, Margin, Path},
};
use serde_json::{Map, Value};
use world::{Shape, World};

use crate::{
    machine::{self, thread_ns},
    memory,
    world::{Clock, FIRST, populated},
};

/// Measures margin by the million and prints a table.
///
/// `full_remargin_ns` is an account in standard mode with interest, funding, an add-on, three perps, a future and an option
/// among its ten legs; `portfolio_linear_ns` one in portfolio mode: three points of the band and all floors. Ticks move prices
/// by basis points times their volatility against Bitcoin's.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: ./x bench margin --json figures.json")]
pub(crate) struct MarginBench {
    /// Writes the figures to this file, as one JSON object by name.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Accounts with five collaterals and five positions each.
    #[arg(long, default_value_t = 1_000_000)]
    accounts: usize,
    /// Rounds of each measure; the median counts.
    #[arg(long, default_value_t = 31)]
    rounds: usize,
}

/// Runs of the same ticks.
const RUNS: usize = 3;
/// Times as many rounds for what takes a few milliseconds: all of them together last longer than a busy moment.
const SHORT: usize = 16;

/// What moves in a tick, by basis points of volatility.
#[derive(Clone, Copy)]
enum Moves {
    /// One price after the other.
    One(i64),
    /// All of them, four in five the same way.
    All(i64),
}

/// What a round took, in nanoseconds of CPU time.
#[derive(Clone, Copy, Debug)]
struct Rounds {
    /// The one in the middle, which counts.
    median: f64,
    /// The fastest, with the least of what else the machine does.
    fastest: f64,
}

impl Rounds {
    /// The same for each of so many.
    fn over(self, count: usize) -> Self {
        Self { median: self.median / count as f64, fastest: self.fastest / count as f64 }
    }
}

/// Figures by name, in order, each with its goal.
#[derive(Default)]
struct Figures {
    all: Vec<(&'static str, Option<f64>)>,
    fastest: Vec<(&'static str, f64)>,
}

impl Figures {
    fn add(&mut self, name: &'static str, value: impl Into<Option<f64>>, goal: &'static str) {
        let value = value.into();
        let shown = value.map_or_else(|| "not here".to_owned(), |value| format!("{value:.2}"));
        println!("{name:<32} {shown:>14} {:>10}  {goal}", "");
        self.all.push((name, value));
    }

    /// Of rounds.
    fn measured(&mut self, name: &'static str, rounds: Rounds, goal: &'static str) {
        println!("{name:<32} {:>14.2} {:>10.2}  {goal}", rounds.median, rounds.fastest);
        self.all.push((name, Some(rounds.median)));
        self.fastest.push((name, rounds.fastest));
    }

    fn of(&self, name: &str) -> Option<f64> {
        self.all.iter().find(|figure| figure.0 == name).and_then(|figure| figure.1)
    }
}

impl MarginBench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let machine = machine::name();
        println!(
            "Machine: {machine}; {} accounts, thread CPU time, median of {} rounds or more\n",
            self.accounts, self.rounds
        );
        println!("{:<32} {:>14} {:>10}  goal", "figure", "median", "fastest");
        let mut figures = Figures::default();
        let bandwidth = bandwidth(self.rounds);
        figures.add("memory_gb_per_s", bandwidth, "one core, sequential");
        let numpy = self.numpy()?;
        figures.add("numpy_weights_ns", numpy, "the baseline of the same run");
        let book_bytes = self.standard(bandwidth, numpy, &mut figures)?;
        self.linear(book_bytes, &mut figures)?;
        figures.measured("portfolio_options_ns", options::measure(self.rounds * SHORT)?, "<= 400, aim 120");
        self.engine(&mut figures)?;
        let Some(path) = &self.json else { return Ok(()) };
        let mut json = Map::new();
        json.insert("machine".into(), machine.into());
        json.insert("accounts".into(), self.accounts.into());
        for (name, value) in figures.all {
            json.insert(name.into(), value.map_or(Value::Null, Value::from));
        }
        let fastest = figures.fastest.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        json.insert("fastest".into(), Value::Object(fastest.collect()));
        Ok(serde_json::to_writer_pretty(File::create(path)?, &json)?)
    }

    /// Weights of as many accounts by numpy, in nanoseconds an account.
    fn numpy(&self) -> anyhow::Result<f64> {
        let python = std::env::var_os("CISTERN_NUMPY");
        let python = python
            .context("CISTERN_NUMPY names no Python: run ./x bench margin, which brings one with numpy")?;
        let mut command = Command::new(python);
        command.args(["-c", include_str!("numpy.py"), &self.accounts.to_string(), &self.rounds.to_string()]);
        // Settings for older builds of OpenBLAS only slow this one.
        let output = command.env_remove("OPENBLAS_CORETYPE").env_remove("OPENBLAS_L2_SIZE").output()?;
        ensure!(output.status.success(), "numpy failed: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout)?;
        text.split_whitespace()
            .next()
            .and_then(|ns| ns.parse().ok())
            .ok_or_else(|| anyhow!("numpy said {text}"))
    }

    /// A standard account with all features; bytes of the columns for each account.
    fn standard(&self, bandwidth: f64, numpy: f64, figures: &mut Figures) -> anyhow::Result<f64> {
        let world = World::new(Shape::Standard, self.accounts)?;
        let bytes = world.book.bytes() as f64 / self.accounts as f64;
        let full = self.sweep(&world.book, Path::widest());
        figures.measured("full_remargin_ns", full, "<= 50, aim 23");
        figures.add("floor_ratio", full.median * bandwidth / bytes, "<= 8, aim 3");
        figures.add("numpy_ratio", numpy / full.median, ">= 2, aim 4");
        Ok(bytes)
    }

    /// An account in a sweep over all of them.
    fn sweep(&self, book: &Book, path: Path) -> Rounds {
        let mut margins = vec![Margin::default(); book.len()];
        timed(self.rounds, || {
            book.sweep(path, 0, &mut margins);
            black_box(&margins);
        })
        .over(book.len())
    }

    /// A linear account in portfolio mode, on every path, and what ticks cost.
    fn linear(&self, bytes: f64, figures: &mut Figures) -> anyhow::Result<()> {
        let world = World::new(Shape::Linear, self.accounts)?;
        let (mut margins, mut times) = (Vec::new(), Vec::new());
        for path in Path::all() {
            times.push((path.name(), self.sweep(&world.book, path)));
            let mut of = vec![Margin::default(); self.accounts];
            world.book.sweep(path, 0, &mut of);
            margins.push(of);
        }
        let time = |name: &str| times.iter().find(|(other, _)| *other == name).map(|(_, time)| *time);
        for (path, name, goal) in [
            ("scalar", "portfolio_linear_ns_scalar", ""),
            ("AVX2", "portfolio_linear_ns_avx2", "<= 40, aim 20"),
            ("AVX-512", "portfolio_linear_ns_avx512", "<= 25, aim 12"),
        ] {
            match time(path) {
                Some(rounds) => figures.measured(name, rounds, goal),
                None => figures.add(name, None, goal),
            }
        }
        let identical = margins.windows(2).all(|pair| pair.first() == pair.last());
        figures.add("paths_identical", f64::from(u8::from(identical)), "1");
        let scalar_over =
            |path| time("scalar").zip(time(path)).map(|(scalar, path)| scalar.median / path.median);
        figures.add("scalar_over_avx2", scalar_over("AVX2"), "");
        figures.add("scalar_over_avx512", scalar_over("AVX-512"), "<= 8, aim 4");
        let sweep = self.sweep(&world.book, Path::widest()).median * self.accounts as f64;
        let index = self.ticks(sweep, figures)?;
        figures.add("column_bytes_per_account", bytes, "");
        figures.add("index_bytes_per_account", index, "");
        self.threads(&world.book, figures)
    }

    /// Ticks of one price and of all; bytes of the index for each account.
    ///
    /// What a tick does is the same in every run of a book: of each tick the middle one of three runs counts, so that the worst
    /// is the worst tick and not a moment in which the machine was busy.
    fn ticks(&self, sweep: f64, figures: &mut Figures) -> anyhow::Result<f64> {
        let (mut single, mut all) = ([const { Vec::new() }; RUNS], [const { Vec::new() }; RUNS]);
        let (mut judged, mut bytes) = (0, 0);
        for (single, all) in single.iter_mut().zip(&mut all) {
            let mut world = World::new(Shape::Linear, self.accounts)?;
            let mut index = Index::of(&world.book, Path::widest());
            (*single, judged) = self.series(&mut world, &mut index, Moves::One(5))?;
            (*all, _) = self.series(&mut world, &mut index, Moves::All(20))?;
            bytes = index.bytes();
        }
        let mut single = middle(&single);
        let mean = single.iter().sum::<f64>() / single.len() as f64;
        let judged = judged as f64 / single.len() as f64;
        single.sort_by(f64::total_cmp);
        let worst = middle(&all).into_iter().fold(0.0, f64::max);
        figures.add("sweep_ms", sweep / 1e6, "");
        figures.add("tick_us_mean", mean / 1e3, "one price, 5 basis points of volatility");
        figures.add("tick_us_median", single[single.len() / 2] / 1e3, "");
        figures.add("tick_judged_mean", judged, "accounts looked at one by one");
        figures.add("tick_gain", sweep / mean, ">= 500, aim 2,500");
        figures.add("worst_tick_ratio", worst / sweep, "all prices, 20 basis points: <= 1.3, aim 1.1");
        Ok(bytes as f64 / self.accounts as f64)
    }

    /// What each of some ticks takes, and how many accounts they look at one by one.
    fn series(
        &self,
        world: &mut World,
        index: &mut Index,
        moves: Moves,
    ) -> anyhow::Result<(Vec<f64>, usize)> {
        let path = Path::widest();
        let (mut times, mut judged) = (Vec::new(), 0);
        for tick in 0..self.rounds.max(30) * 4 {
            let mut moved = Vec::new();
            let common = world.below(3) as i64 - 1;
            for place in 1..10 {
                let (way, points) = match moves {
                    Moves::One(_) if place != 1 + tick % 9 => continue,
                    Moves::One(points) => (world.below(3) as i64 - 1, points),
                    Moves::All(points) if world.below(5) > 0 => (common, points),
                    Moves::All(points) => (world.below(3) as i64 - 1, points),
                };
                moved.extend(world.push(place, way * points)?);
            }
            let start = thread_ns();
            let found = index.tick(&world.book, path, &moved);
            times.push((thread_ns() - start) as f64);
            judged += found.judged;
            if tick % 16 == 0 {
                ensure!(found.breaches == breaches(&world.book, path)?, "tick {tick}: an account was missed");
            }
            world.replace(&found.breaches)?;
            found.breaches.iter().for_each(|account| index.refresh(&world.book, path, *account));
        }
        Ok((times, judged))
    }

    /// Two threads over half of the accounts each, in wall time.
    fn threads(&self, book: &Book, figures: &mut Figures) -> anyhow::Result<()> {
        let path = Path::widest();
        let mut margins = vec![Margin::default(); book.len()];
        let middle = book.len() / 2;
        let wall = |threads: usize, margins: &mut [Margin]| {
            let mut times: Vec<f64> = (0..self.rounds)
                .map(|_| {
                    let start = std::time::Instant::now();
                    if threads == 1 {
                        book.sweep(path, 0, margins);
                    } else {
                        let (left, right) = margins.split_at_mut(middle);
                        std::thread::scope(|scope| {
                            scope.spawn(|| book.sweep(path, 0, left));
                            book.sweep(path, middle, right);
                        });
                    }
                    start.elapsed().as_secs_f64()
                })
                .collect();
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        };
        let (one, two) = (wall(1, &mut margins), wall(2, &mut margins));
        figures.add("two_threads_share", one / two / 2.0, ">= 0.7, aim 0.95");
        Ok(())
    }

    /// One account in the engine, from resident state.
    fn engine(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let accounts = 20_000;
        let mut clock = Clock(1_700_000_000_000);
        let mut engine = populated(accounts, &mut clock)?;
        // The engine has columns of its own beside its state: those are counted by the million above.
        let before = memory::in_use();
        let state = engine.state().clone();
        let bytes = (memory::in_use() - before) as f64 / f64::from(accounts);
        drop(state);
        let times = timed(self.rounds * SHORT, || {
            for _ in 0..10_000 {
                let _ = black_box(engine.assess(AccountId(FIRST + 7), Tier::Initial));
            }
        });
        figures.measured("pretrade_ns", times.over(10_000), "<= 250, aim 50");
        let derived = figures.of("column_bytes_per_account").zip(figures.of("index_bytes_per_account"));
        figures.add("state_bytes_per_account", bytes, "as a node has it that has just started");
        figures.add(
            "bytes_per_account",
            derived.map(|(columns, index)| bytes + columns + index),
            "<= 640, aim 384",
        );
        Ok(())
    }
}

/// All accounts below their requirement.
fn breaches(book: &Book, path: Path) -> anyhow::Result<Vec<u32>> {
    let mut margins = vec![Margin::default(); book.len()];
    book.sweep(path, 0, &mut margins);
    let below = margins.iter().enumerate().filter(|(_, margin)| margin.equity < margin.requirement);
    below.map(|(account, _)| Ok(u32::try_from(account)?)).collect()
}

/// Of each tick the middle one of what it took in some runs.
fn middle(runs: &[Vec<f64>; RUNS]) -> Vec<f64> {
    let ticks = runs.iter().map(Vec::len).min().unwrap_or_default();
    let middle = |tick: usize| {
        let mut times = runs.each_ref().map(|run| run[tick]);
        times.sort_by(f64::total_cmp);
        times[RUNS / 2]
    };
    (0..ticks).map(middle).collect()
}

/// Gigabytes a second that one core reads one after the other.
fn bandwidth(rounds: usize) -> f64 {
    let words = vec![1_u64; 1 << 27];
    let ns = timed(rounds.min(15), || {
        let mut sums = [0_u64; 16];
        for chunk in words.chunks_exact(16) {
            for (sum, word) in sums.iter_mut().zip(chunk) {
                *sum = sum.wrapping_add(*word);
            }
        }
        black_box(sums);
    });
    (words.len() * size_of::<u64>()) as f64 / ns.median
}

/// What a round takes.
fn timed(rounds: usize, mut round: impl FnMut()) -> Rounds {
    let mut times: Vec<f64> = (0..rounds.max(1))
        .map(|_| {
            let start = thread_ns();
            round();
            (thread_ns() - start) as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    Rounds { median: times[times.len() / 2], fastest: times[0] }
}
