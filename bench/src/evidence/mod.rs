//! What evidence costs: price messages, bridge messages, chain proofs and signed commands, each beside the bare cost of its
//! signatures in the same rounds.

mod admitted;
mod bare;
mod commands;
mod figures;
mod genuine;
mod messages;
mod proofs;
mod turns;

use std::{hint::black_box, path::PathBuf};

use anyhow::{anyhow, ensure};
use bare::Bare;
use cistern_attest::{
    Committees, Context, Evidence, Kind, attest, chainlink, keccak256, lazer, pyth, recover, recover_pure,
    redstone, wormhole,
};
use figures::Figures;
use messages::{NOW, Sample};
use turns::{Times, Work, in_turns};

/// Measures what evidence costs and prints a table.
///
/// Of each message all is measured that a pool does with its bytes: reading, looking up the signers, checking every signature and
/// proof, and stating the prices. `over_bare` is the time of its signatures alone, by libsecp256k1 with one keccak each
/// for the address, over the time of all of that.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: ./x bench evidence --json figures.json")]
pub(crate) struct EvidenceBench {
    /// Writes the figures to this file, as one JSON object by name.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Rounds of each measure; the median counts.
    #[arg(long, default_value_t = 31)]
    rounds: usize,
}

impl EvidenceBench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        match genuine::check()? {
            Some(count) => eprintln!("{count} real messages hold on this way"),
            None => eprintln!("no real messages at hand: set CISTERN_FIXTURES to check some"),
        }
        let mut figures = Figures::default();
        messages(self.rounds, &mut figures)?;
        proofs::measure(self.rounds, &mut figures)?;
        commands::measure(self.rounds, &mut figures)?;
        admitted::measure(&mut figures)?;
        figures.print(self.rounds, self.json.as_deref())
    }
}

/// Signatures that one work of a round has at least: some ten milliseconds of them.
const SIGNATURES: usize = 400;

/// What the envelopes count with, in nanoseconds: a recovery with its address, and a keccak of up to 136 bytes.
const ECRECOVER: usize = 28_000;
const KECCAK: usize = 400;

/// All forms of messages, and all of them in turn.
fn messages(rounds: usize, figures: &mut Figures) -> anyhow::Result<()> {
    let registry = messages::registry()?;
    let committees = Committees::default();
    let context = Context { registry: &registry, chain: None, committees: &committees, at: NOW };
    let samples = messages::samples();
    let one = primitives(rounds, &samples, figures)?;
    for sample in &samples {
        let bare = Bare::of(sample)?;
        let count = SIGNATURES / sample.signatures();
        let [floor, whole, read] = in_turns(
            rounds,
            [
                Work::new(count, |turn| bare.recover(turn)),
                Work::new(count, |turn| stated(sample, turn, &context)),
                Work::new(SIGNATURES, |turn| decoded(&sample.at(turn).0)),
            ],
        )?;
        let Sample { name, keccaks, .. } = sample;
        let signatures = sample.signatures();
        let envelope = signatures * ECRECOVER + keccaks * KECCAK;
        figures.per_second(
            format!("{name}_per_s"),
            (&whole, 1),
            format!("{signatures} x 28 us + {keccaks} x 0.4 us: {}", 1_000_000_000 / envelope),
        );
        figures.add(format!("{name}_over_bare"), floor.over(&whole), ">= 0.85");
        figures.nanoseconds(format!("{name}_decode_ns"), &read, "a copy: < 1,000");
        if *name == "vaa_13" {
            figures.add("vaa_13_in_ecrecovers", whole.over(&one), "13 and two keccaks: <= 15");
        }
    }
    mixed(rounds, &samples, &context, figures)
}

/// The hash and the two recoveries; the time of the recovery that the pool takes.
fn primitives(rounds: usize, samples: &[Sample], figures: &mut Figures) -> anyhow::Result<Times> {
    let signed: Vec<_> =
        samples.iter().flat_map(|sample| &sample.messages).flat_map(|(_, all)| all).collect();
    let [hash, native, pure] = in_turns(
        rounds,
        [
            Work::new(4_000, |turn| {
                black_box(keccak256(black_box(&signed[turn % signed.len()].1.rs)));
                Ok(())
            }),
            Work::new(SIGNATURES, |turn| {
                let (digest, signature) = signed[turn % signed.len()];
                black_box(recover(digest, signature)?);
                Ok(())
            }),
            Work::new(SIGNATURES / 4, |turn| {
                let (digest, signature) = signed[turn % signed.len()];
                black_box(recover_pure(digest, signature)?);
                Ok(())
            }),
        ],
    )?;
    // 24 rounds of 25 words at about 45 cycles.
    figures.nanoseconds("keccak256_ns", &hash, "1,100 cycles: 400");
    // A square root, an inverse, and a product of two scalars with the endomorphism.
    figures.nanoseconds("ecrecover_ns", &native, "28,000: libsecp256k1");
    figures.nanoseconds("ecrecover_pure_ns", &pure, "60,000: k256, twice as dear");
    Ok(native)
}

/// One message of each form after the other, as a pool that listens to all of them hears them.
fn mixed(
    rounds: usize,
    samples: &[Sample],
    context: &Context<'_>,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let signatures: usize = samples.iter().map(Sample::signatures).sum();
    let bare: Vec<Bare> = samples.iter().map(Bare::of).collect::<Result<_, _>>()?;
    let [floor, whole] = in_turns(
        rounds,
        [
            Work::new(SIGNATURES / signatures, |turn| bare.iter().try_for_each(|bare| bare.recover(turn))),
            Work::new(SIGNATURES / signatures, |turn| {
                samples.iter().try_for_each(|sample| stated(sample, turn, context))
            }),
        ],
    )?;
    let goal = format!("{signatures} x 28 us for {}", samples.len());
    figures.per_second("mixed_per_s", (&whole, samples.len()), goal);
    figures.add("mixed_over_bare", floor.over(&whole), ">= 0.85");
    Ok(())
}

/// From bytes to what the message of a turn states.
fn stated(sample: &Sample, turn: usize, context: &Context<'_>) -> anyhow::Result<()> {
    let (evidence, _) = sample.at(turn);
    let statements = attest(evidence, context).map_err(|refusal| anyhow!("{}: {refusal}", sample.name))?;
    ensure!(statements.len() == sample.prices, "{}: {} statements", sample.name, statements.len());
    black_box(statements);
    Ok(())
}

/// Reading alone.
fn decoded(evidence: &Evidence) -> anyhow::Result<()> {
    let bytes = black_box(evidence.bytes.as_slice());
    match evidence.kind {
        Kind::Pyth => drop(black_box(pyth::decode(bytes)?)),
        Kind::Lazer => drop(black_box(lazer::decode(bytes)?)),
        Kind::RedStone => drop(black_box(redstone::decode(bytes)?)),
        Kind::Chainlink => drop(black_box(chainlink::decode(bytes)?)),
        Kind::Vaa => {
            black_box(wormhole::decode(bytes)?);
        }
        Kind::EthStorage | Kind::EthReceipt | Kind::LightClient => {}
    }
    Ok(())
}
