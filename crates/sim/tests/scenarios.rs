//! The scenarios of the workspace, run on the engine.

mod support;

use std::{collections::BTreeSet, fs, path::Path};

use cistern_engine::{
    Engine, command::Command, entry::Entry, event::Event, ids::AccountId, rejection::Rejection, state::State,
    valuation::Summary,
};
use cistern_sim::scenario::{self, ACTS, Report, Script, Stop, Target, Verb};

fn is_golden() -> bool {
    std::env::var_os("CISTERN_GOLDEN").is_some_and(|mode| mode == "write")
}

/// Runs every file; with `CISTERN_GOLDEN=write` writes its answers instead of comparing them.
#[test]
fn golden_answers_are_those_of_the_engine() {
    let run = if is_golden() { scenario::write_file } else { scenario::run_file };
    let mut wrong = Vec::new();
    for path in support::scenario_files() {
        if let Err(error) = run(&path, &mut Engine::new()) {
            wrong.push(error.to_string());
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What all scenarios together came across.
fn everything_met() -> Report {
    let mut met = Report::default();
    for path in support::scenario_files() {
        let script = scenario::parse(&fs::read_to_string(&path).unwrap()).unwrap();
        let (_, report) = scenario::answers(&script, &mut Engine::new()).unwrap();
        met.merge(report);
    }
    met
}

#[test]
fn every_command_event_and_rejection_occurs_in_a_scenario() {
    let met = everything_met();
    let missing = |names: &[&'static str], met: &BTreeSet<&'static str>| -> Vec<&'static str> {
        names.iter().copied().filter(|name| !met.contains(name)).collect()
    };
    assert_eq!(missing(Command::NAMES, &met.commands), [""; 0], "commands");
    assert_eq!(missing(Event::NAMES, &met.events), [""; 0], "events");
    assert_eq!(missing(Rejection::NAMES, &met.rejections), [""; 0], "rejections");
}

#[test]
fn every_scenario_says_what_it_shows_and_is_short() {
    for path in support::scenario_files() {
        let text = fs::read_to_string(&path).unwrap();
        let script = scenario::parse(&text).unwrap();
        assert!(script.title.len() > 20, "{} begins with a comment that says what it shows", path.display());
        assert!(text.lines().count() <= 200, "{} is longer than 200 lines", path.display());
        assert!(text.lines().all(|line| line.len() <= 400), "{} has a line that is too long", path.display());
    }
}

/// An engine that is asked for a preview before every entry.
struct Previewed(Engine);

impl Target for Previewed {
    fn apply(&mut self, entry: &Entry) -> Result<Vec<Event>, Rejection> {
        let before = self.0.state().digest();
        let foreseen = self.0.preview(entry);
        assert_eq!(before, self.0.state().digest(), "a preview of {} left something", entry.command.name());
        let answer = self.0.apply(entry).map(<[Event]>::to_vec);
        assert_eq!(foreseen, answer, "a preview of {} is wrong", entry.command.name());
        if answer.is_err() {
            assert_eq!(before, self.0.state().digest(), "a refused {} left something", entry.command.name());
        }
        answer
    }

    fn state(&self) -> &State {
        self.0.state()
    }

    fn summary(&mut self, account: AccountId) -> Result<Summary, Rejection> {
        self.0.summary(account)
    }

    fn check(&self) -> Result<(), String> {
        Target::check(&self.0)
    }

    fn recount(&mut self) -> Result<(), String> {
        Target::recount(&mut self.0)
    }
}

#[test]
fn a_preview_is_what_will_happen_and_a_refusal_leaves_nothing() {
    for path in support::scenario_files() {
        let script = scenario::parse(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut target = Previewed(Engine::new());
        scenario::answers(&script, &mut target).unwrap();
    }
}

fn run(text: &str) -> Result<Vec<Vec<String>>, String> {
    let script: Script = scenario::parse(text).map_err(|fault| fault.to_string())?;
    let told = scenario::answers(&script, &mut Engine::new());
    told.map(|(told, _)| told).map_err(|stop: Stop| stop.to_string())
}

#[test]
fn a_pool_may_begin_when_time_does() {
    let told = run("at 1970-01-01\npool two-assets\nprice ETH 2_010\ncheck").unwrap();
    assert_eq!(told[2..], [vec!["ETH is worth $2,010.00".to_owned()], vec!["books balance".to_owned()]]);
}

#[test]
fn a_wrong_answer_is_caught() {
    let written = "\
pool two-assets
open alice
deposit alice ETH 8
    alice has 9.00 ETH more
withdraw alice ETH 9
    ! balance too small: alice has 8.00 ETH
show alice equity
    equity $16,000.00
    equity twice
";
    let path = std::env::temp_dir().join(format!("cistern-scenario-{}.txt", std::process::id()));
    fs::write(&path, written).unwrap();
    let error = scenario::run_file(&path, &mut Engine::new()).unwrap_err();
    assert!(error.is_mismatch());
    let name = path.display();
    let expected = format!(
        "\
{name}:3: deposit alice ETH 8
  - alice has 9.00 ETH more
  + alice has 8.00 ETH more
{name}:7: show alice equity
    equity $16,000.00
  - equity twice
(- is written, + is the answer; read it, and if it is right: CISTERN_GOLDEN=write)"
    );
    assert_eq!(error.to_string(), expected);

    // Written again, the same file holds, and only the answers have changed.
    scenario::write_file(&path, &mut Engine::new()).unwrap();
    scenario::run_file(&path, &mut Engine::new()).unwrap();
    let corrected = fs::read_to_string(&path).unwrap();
    assert_eq!(
        corrected,
        written.replace("9.00 ETH more", "8.00 ETH more").replace("    equity twice\n", "")
    );
    fs::remove_file(&path).unwrap();
    let error = scenario::run_file(&path, &mut Engine::new()).unwrap_err();
    assert!(!error.is_mismatch() && error.to_string().starts_with(&name.to_string()), "{error}");
}

#[test]
fn a_line_that_cannot_be_used_says_what_to_write() {
    let cases = [
        ("pools standard", "1:1: there is no verb pools; the verbs are pool, open, mode, deposit,"),
        ("verbose", "1:8: a question is missing; write verbose QUESTION"),
        ("verbose dance", "1:9: there is no verb dance;"),
        ("open", "1:6: ACCOUNT is missing; write open ACCOUNT"),
        ("open fund", "1:6: fund is no name: the pool uses this word itself"),
        ("open al!ce", "1:6: al!ce is no name: write 1 to 20 letters, digits and hyphens"),
        ("pause now", "1:7: now is too much; write pause"),
        ("    alice has more", "1:5: an answer without a question;"),
        ("pause\n\n  an answer", "3:3: an answer without a question;"),
        ("pause\n    # why", "2:5: a comment among answers is lost"),
        ("pool nowhere", "1:6: there is no world nowhere; write one of two-assets, standard, thin-markets,"),
        ("pool standard fast", "1:15: fast has no value; write KEY=VALUE like penalty_max=0.1"),
        ("pool standard fast=1", "1:15: there is no setting fast; write one of sources, target, initial,"),
        ("pool standard target=1,1", "1:22: 1,1 is no ratio: not a decimal number; write it like 1234.56"),
        ("pool standard penalty_max=5", "1:27: 5 is no fraction: it lies between 0 and 1"),
        ("wait 3", "1:6: there is no unit of time ; write one of ms, s, min, h, d"),
        ("wait 3 h", "1:8: h is too much; write wait SPAN"),
        ("wait -3h", "1:6: -3h is no span: time only passes"),
        ("at 2024-02-30", "1:4: 2024-02-30 is no moment: write a day from 1970 on like 2024-08-05"),
        ("wait 999999999d", "1:6: 999999999d is no span: absurdly large; use a smaller number"),
        ("at 2024-02-01 00:00 UTC", "1:21: UTC is too much; write at DATE [TIME]"),
        ("at 2024-02-01 25:00", "1:15: 25:00 is no moment: write a time of day like 09:30 or 09:30:15"),
        ("show fog", "1:6: there is no account fog; there is none yet (and account:9 is number 9,"),
    ];
    for (text, expected) in cases {
        let message = run(text).unwrap_err();
        assert!(message.starts_with(expected), "{text:?}\n   says {message}\n   not  {expected}");
    }
}

#[test]
fn a_question_that_does_not_fit_the_pool_says_what_to_write() {
    let cases = [
        ("deposit bob ETH 1", "3:9: there is no account bob; there is alice (and account:9"),
        ("deposit alice BTC 1", "3:15: there is no asset BTC; there is USDC, ETH (and asset:9"),
        ("deposit alice ETH", "3:19: AMOUNT is missing; write deposit ACCOUNT ASSET AMOUNT"),
        ("deposit alice ETH 1,5", "3:19: 1,5 is no amount: not a decimal number;"),
        ("deposit alice ETH -1", "3:19: -1 is no amount: it cannot be negative"),
        ("deposit alice USDC 0.0000001", "3:20: 0.0000001 is no amount: too fine: 6 decimals at the most"),
        ("mode alice fast", "3:12: there is no mode fast; write one of standard, portfolio"),
        ("price ETH", "3:11: PRICE is missing; write price [FEED PRICE…]"),
        (
            "price ETH 0",
            "3:11: 0 is no price: a price is above 0 and at most 1e9; a price of 0 does not exist",
        ),
        ("price ETH -5", "3:11: -5 is no price: it cannot be negative"),
        ("price ETH 1 every 1s", "3:19: 1s is no step: ticks are at least 10 s apart"),
        (
            "price ETH 1 over 40d",
            "3:13: over is no walk: it has more than 100,000 ticks; take longer steps: every 1h",
        ),
        ("hold 300d every 10s", "3:6: 300d is no walk: it has more than 100,000 ticks;"),
        ("hold 3h ETH 5", "3:9: ETH is too much; write hold SPAN [every SPAN]"),
        ("show ETH health", "3:10: health is too much; write show FEED"),
        ("show fund now", "3:11: now is too much; write show fund"),
        ("tick ETH", "3:6: ETH has no value; write FEED=SOURCE:PRICE,"),
        ("tick ETH=alpha", "3:10: alpha has no value; write SOURCE:PRICE"),
        ("tick ETH=delta:1", "3:10: there is no source delta; there is alpha, beta, gamma"),
        ("tick ETH=alpha:1~x", "3:18: x is no confidence: not a decimal number;"),
        ("veto one", "3:6: one is no number of an act: not a decimal number;"),
        ("schedule nothing", "3:10: there is no act nothing; write one of list-factor, list-feed,"),
        ("schedule borrow-cap ETH", "3:25: CAP is missing; write schedule borrow-cap ASSET CAP"),
        ("schedule borrow-cap ETH 1 2", "3:27: 2 is too much; write schedule borrow-cap ASSET CAP"),
        ("schedule factor ETH wide=1", "3:21: there is no setting wide; write one of down, up, calm, panic"),
        (
            "schedule list-asset GOLD class=odd",
            "3:32: there is no class odd; write one of stable, blue-chip,",
        ),
        ("schedule list-market X factors=ETH", "3:22: feed= is missing; write schedule list-market"),
        ("schedule list-feed a-name-of-too-many-letters", "3:20: a-name-of-too-many-letters is no name:"),
        ("show pool", "3:6: ASSET is missing; write show pool ASSET"),
        ("show alice mood", "3:12: there is no topic mood; write one of equity, collateral-value,"),
    ];
    for (question, expected) in cases {
        let message = run(&format!("pool two-assets\nopen alice\n{question}\n")).unwrap_err();
        assert!(message.starts_with(expected), "{question:?}\n   says {message}\n   not  {expected}");
    }
}

#[test]
fn evidence_that_cannot_be_written_says_what_to_write() {
    let cases = [
        ("attest ETH", "2:8: ETH has no value; write FEED=SOURCE:PRICE, like ETH=pyth:1800"),
        ("attest ETH=pyth", "2:12: pyth has no value; write SOURCE:PRICE"),
        (
            "attest ETH=binance:1",
            "2:12: binance is no source of evidence here: bind it to the feed by an act",
        ),
        ("attest ETH=pyth:x", "2:17: x is no price: not a decimal number"),
        ("attest ETH=pyth:1;fast", "2:19: there is no option fast; write one of closed, open, expires=,"),
        ("attest ETH=pyth:1;exponent=x", "2:28: x is no exponent: write a whole number like -8"),
        ("attest ETH=pyth:1;network=lazer", "2:27: there is no network lazer; write one of wormhole,"),
        ("rate ETH 1.2", "2:6: ETH is no source of evidence here"),
        ("rate wstETH 1.2 now", "2:17: now is too much; write rate FEED RATIO"),
        ("rotate pyth-routers two", "2:21: two is no number of a set: not a decimal number"),
        ("rotate pyth-routers 2 after 1", "2:23: after is too much; write rotate NETWORK INDEX [by INDEX]"),
        ("price ETH@delta 5", "2:11: there is no source delta; there is pyth, chainlink, redstone,"),
        ("agent alice key:bot all 1d", "2:21: there is no scope all; write one of trade, treasury"),
        ("agent alice/hedge key:bot trade 1d", "2:13: hedge is no name: an owner is meant"),
        ("signed alice", "2:14: QUESTION is missing; write signed SIGNER"),
        ("signed alice until=3s pause", "2:14: there is no setting until; write one of nonce, deadline"),
        ("signed alice wait 3s", "2:14: wait is no command: sign a question that is one, like withdraw"),
        ("signed alice signed alice pause", "2:14: signed is no command"),
        ("schedule bind pyth-routers", "2:28: KEY is missing; write schedule bind NETWORK KEY SOURCE FEED"),
        ("schedule bind pyth-routers X pyth ETH subject=worth", "2:47: there is no subject worth;"),
    ];
    for (question, expected) in cases {
        let message = run(&format!("pool networks\n{question}\n")).unwrap_err();
        assert!(message.starts_with(expected), "{question:?}\n   says {message}\n   not  {expected}");
    }
}

#[test]
fn the_documentation_lists_every_verb_act_and_world() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scenarios.md");
    let text = fs::read_to_string(&path).unwrap();
    let verbs = Verb::ALL.iter().map(|verb| format!("| `{}` | {} |", verb.usage(), verb.meaning()));
    let acts = ACTS.iter().map(|(name, arguments)| format!("| `{name} {arguments}` |"));
    let worlds = scenario::worlds().map(|(name, meaning)| format!("| `{name}` | {meaning} |"));
    for row in verbs.chain(acts).chain(worlds) {
        assert!(text.contains(&row), "docs/scenarios.md lacks the row\n{row}");
    }
}
