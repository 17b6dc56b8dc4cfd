use std::{fs, path::Path};

use super::*;

/// The baseline with one line changed.
fn changed(from: &str, to: &str) -> Result<Founding, Fault> {
    assert!(BASELINE.contains(from), "{from:?} is not in the baseline any more");
    load(&BASELINE.replacen(from, to, 1))
}

#[test]
fn the_baseline_is_a_pool() {
    let founding = baseline().unwrap();
    assert_eq!(founding.assets[0].spec.symbol.as_str(), "USDC");
    assert_eq!(founding.sources.len(), 3);
    assert_eq!(founding.params, cistern_engine::params::Params::default());
    assert!(founding.feeds.iter().all(|feed| feed.oracle == OracleParams::default()));
}

#[test]
fn a_missing_parameter_is_named() {
    for (line, path) in [
        ("initial = \"1.25\"", "margin.initial"),
        ("dust = \"10\"", "liquidation.dust"),
        ("age_max_seconds = 60", "oracle.age_max_seconds"),
        ("kink = \"0.8\"", "curve.stable.kink"),
        ("fall = \"0.105\"", "factor.BTC.fall"),
        ("cap_total = 31_000", "asset.BTC.cap_total"),
        ("feed = \"BTC\"", "market.BTC-PERP.feed"),
    ] {
        let fault = changed(line, "").unwrap_err();
        assert_eq!(fault, Fault::Missing { path: path.to_owned() });
        assert!(fault.to_string().starts_with(path), "{fault}");
    }
}

#[test]
fn an_unknown_parameter_is_named() {
    for (line, path) in [("[margin]", "margin.initail"), ("name = \"ETH\"", "factor.ETH.initail")] {
        let fault = changed(line, &format!("{line}\ninitail = 1")).unwrap_err();
        assert_eq!(fault, Fault::Unknown { path: path.to_owned() });
    }
    let fault = load(&format!("more = 1\n{BASELINE}")).unwrap_err();
    assert_eq!(fault, Fault::Unknown { path: "more".to_owned() });
}

#[test]
fn the_class_bounds_the_haircut() {
    for (line, to, asset) in [
        ("fall = \"0.105\"", "fall = \"0.099\"", "BTC"),
        ("fall = \"0.105\"", "fall = \"0.251\"", "BTC"),
        ("fall = \"0.02\"", "fall = \"0.051\"", "USDC"),
        ("fall = \"0.05\"", "fall = \"0.21\"", "wstETH"),
    ] {
        let fault = changed(line, to).unwrap_err();
        assert!(
            matches!(&fault, Fault::Rule { path, .. } if *path == format!("asset.{asset}.factors")),
            "{fault}"
        );
        assert!(fault.to_string().contains("class"), "{fault}");
    }
}

#[test]
fn a_number_out_of_bounds_says_what_to_do() {
    for (line, to, path) in [
        (
            "initial = \"1.25\"",
            "initial = \"1.05\"",
            "margin.initial must be at least the target's: raise it",
        ),
        ("penalty_max = \"0.05\"", "penalty_max = \"0.001\"", "liquidation.penalty_max must be"),
        ("penalty_max = \"0.05\"", "penalty_max = 0.05", "liquidation.penalty_max must be text in quotes"),
        ("dust = \"10\"", "dust = \"ten\"", "liquidation.dust is ten: not a decimal number"),
        (
            "backstop_after_ticks = 3",
            "backstop_after_ticks = 1",
            "liquidation.backstop_after_ticks must be 2",
        ),
        ("kink = \"0.8\"", "kink = \"1\"", "curve.stable.kink must lie strictly"),
        ("loading_panic = \"0.95\"", "loading_panic = \"0.5\"", "factor.BTC.loading_panic must be at least"),
        ("class = \"stable\"", "class = \"stale\"", "asset.USDC.class must be stable, blue-chip"),
        ("feed = \"BTC\"", "feed = \"BCT\"", "market.BTC-PERP.feed names BCT"),
        ("name = \"NEO-PERP\"", "name = \"XLM-PERP\"", "market.XLM-PERP occurs twice"),
    ] {
        let fault = changed(line, to).unwrap_err().to_string();
        assert!(fault.starts_with(path), "{fault}");
    }
    assert!(matches!(load("[margin"), Err(Fault::Syntax(_))));
}

#[test]
fn every_figure_has_a_source() {
    for (place, line) in BASELINE.lines().enumerate() {
        let figure = line.contains(" = ") && !line.starts_with('#') && !line.starts_with("name = ");
        assert!(!figure || line.contains(" # "), "line {} of the baseline has no source: {line}", place + 1);
    }
}

#[test]
fn golden_parameter_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/parameters.md");
    let wanted = table(BASELINE);
    if std::env::var_os("CISTERN_GOLDEN").is_some_and(|mode| mode == "write") {
        fs::write(&path, &wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/parameters.md is not what params/baseline.toml says: run ./x golden");
}
