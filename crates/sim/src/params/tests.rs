use std::{fs, path::Path};

use cistern_attest::{SignerSet, known_sets};
use cistern_engine::{
    Engine,
    act::{Product, Style},
    collateral::{Kind, Nft},
    command::Command,
    entry::Entry,
    ids::SourceId,
};
use cistern_units::Price;

use super::*;

/// An example of every entry.
const EVERY_KIND: &str = include_str!("../../../../params/every-kind.toml");

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

/// The baseline with a future on BTC, some of its lines left out or changed.
fn with_future(lines: &str) -> Result<Founding, Fault> {
    let market = format!(
        "\n[[feed]]\nname = \"BTC-DEC\"\n\n[[market]]\nname = \"BTC-25DEC26\"\nfeed = \"BTC\"\n{lines}\
         decimals = 8\nfactors = [\"BTC\"]\ncap = 1\n"
    );
    load(&format!("{BASELINE}{market}"))
}

#[test]
fn a_future_has_an_expiry_and_a_forward() {
    let founding =
        with_future("product = \"future\"\nexpiry = 2026-12-25T08:00:00Z\nforward = \"BTC-DEC\"\n").unwrap();
    let (spec, _) = founding.markets.last().unwrap();
    let expiry = Time::milliseconds(1_798_185_600_000);
    let forward = spec.product.forward().unwrap();
    assert_eq!((spec.product.expiry(), spec.forward()), (Some(expiry), forward));
    assert_eq!(founding.feeds[forward.position()].symbol.as_str(), "BTC-DEC");
    for (lines, says) in [
        ("product = \"swap\"\n", "market.BTC-25DEC26.product must be perp, future or option"),
        ("product = \"future\"\n", "market.BTC-25DEC26.expiry"),
        (
            "product = \"future\"\nexpiry = 2026-12-25T08:00:00+01:00\n",
            "market.BTC-25DEC26.expiry must be a moment in UTC",
        ),
        (
            "product = \"future\"\nexpiry = 2026-12-25T08:00:00Z\nforward = \"BTC-JAN\"\n",
            "market.BTC-25DEC26.forward names BTC-JAN",
        ),
    ] {
        let fault = with_future(lines).unwrap_err().to_string();
        assert!(fault.starts_with(says), "{fault}");
    }
}

#[test]
fn an_option_has_a_strike_and_a_style() {
    let lines = |strike: &str, style: &str| {
        format!(
            "product = \"option\"\nexpiry = 2026-12-25T08:00:00Z\nforward = \"BTC-DEC\"\n\
             strike = \"{strike}\"\nstyle = \"{style}\"\n"
        )
    };
    let founding = with_future(&lines("100000", "put")).unwrap();
    let (spec, _) = founding.markets.last().unwrap();
    let Product::Option { strike, style, .. } = spec.product else { panic!("{:?}", spec.product) };
    assert_eq!((strike.raw() / Price::ONE.raw(), style), (100_000, Style::Put));
    for (strike, style, says) in [
        ("0", "put", "market.BTC-25DEC26.strike must be above 0"),
        ("-5", "put", "market.BTC-25DEC26.strike must be above 0"),
        ("100000", "straddle", "market.BTC-25DEC26.style must be call or put"),
    ] {
        let fault = with_future(&lines(strike, style)).unwrap_err().to_string();
        assert!(fault.starts_with(says), "{fault}");
    }
}

#[test]
fn a_pool_of_every_kind_and_product_can_be_founded() {
    let founding = load(EVERY_KIND).unwrap();
    let has = |wanted: fn(&Kind) -> bool| founding.assets.iter().any(|asset| wanted(&asset.spec.kind));
    assert!(has(|kind| matches!(kind, Kind::Token)) && has(|kind| matches!(kind, Kind::RealWorld(_))));
    assert!(has(|kind| matches!(kind, Kind::Nft(_))));
    let products: Vec<&Product> = founding.markets.iter().map(|(market, _)| &market.product).collect();
    assert!(matches!(products[..], [Product::Perp, Product::Future { .. }, Product::Option { .. }]));
    assert_eq!(founding.add_ons.len(), 4);
    let command = Command::Found { founding: Box::new(founding) };
    let now = Time::milliseconds(1_780_000_000_000); // 2026-05-28
    Engine::new().apply(&Entry { time: now, command }).unwrap();
}

#[test]
fn every_figure_has_a_source() {
    for (file, text) in [("baseline", BASELINE), ("mainnet", MAINNET), ("every-kind", EVERY_KIND)] {
        for (place, line) in text.lines().enumerate() {
            let figure = line.contains(" = ") && !line.starts_with('#') && !line.starts_with("name = ");
            assert!(!figure || line.contains(" # "), "line {} of {file} has no source: {line}", place + 1);
        }
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

#[test]
fn the_mainnet_pool_founds_and_takes_what_the_networks_sign() {
    let founding = mainnet().unwrap();
    let live = |set: &SignerSet| {
        let known = known_sets();
        let same = |other: &&SignerSet| (other.network, other.id) == (set.network, set.id);
        known.iter().find(same).is_some_and(|known| known == set)
    };
    assert!(founding.signers.iter().all(live), "the sets are those that genuine messages are signed by");
    let bound = |source: &str| {
        let place = founding.sources.iter().position(|(symbol, _)| symbol.as_str() == source);
        let id = place.and_then(SourceId::at);
        founding.bindings.iter().filter(|bound| Some(bound.source) == id).count()
    };
    assert_eq!(["pyth", "lazer", "chainlink", "redstone"].map(bound), [5, 2, 1, 7]);
    assert_eq!(["binance", "coinbase", "kraken", "okx", "bybit"].map(bound), [0; 5]);
    assert_eq!(founding.rates.len(), 1);
    assert!(baseline().unwrap().bindings.is_empty(), "the baseline is a rehearsal");
}

#[test]
fn a_figure_of_evidence_that_is_wrong_is_named() {
    for (line, to, says) in [
        (
            "network = \"pyth-lazer\"",
            "network = \"lazer\"",
            "signers.lazer.network is lazer: write one of wormhole",
        ),
        ("set = \"1\"", "set = \"0x01\"", "signers.routers-1.set must be a number"),
        (
            "threshold = \"majority\"",
            "threshold = \"most\"",
            "signers.routers-1.threshold must be two-thirds",
        ),
        (
            "threshold = \"fixed 3\"",
            "threshold = \"fixed 6\"",
            "signers.redstone-primary.keys must be members",
        ),
        ("    \"0x8bb8", "    \"8bb8", "signers.redstone-primary.keys holds 8bb8"),
        ("key = \"0xe62d", "key = \"0xe6", "binding[0].key must be a number"),
        ("source = \"pyth\"", "source = \"path\"", "binding[0].source names path"),
        ("subject = \"price\"", "subject = \"worth\"", "binding[0].subject must be price or rate"),
        ("exponent = -18", "exponent = \"-18\"", "binding[7].exponent must be a whole number like -8"),
        ("exponent = -18", "exponent = -18\nfloor = \"0\"", "binding[7].floor must be above 0"),
        ("exponent = -18", "exponent = -18\nceilling = \"9\"", "binding[7].ceilling is not a parameter"),
        (
            "exponent = -18",
            "exponent = -18\nfloor = \"9\"\nceiling = \"9\"",
            "binding[7].ceiling must be above",
        ),
        ("key = \"2\"", "key = \"1\"\nfeed = \"BTC\"\n#", "the parameters are not TOML"),
        ("underlying = \"ETH\"", "underlying = \"STETH\"", "rate[0].underlying names STETH"),
        ("patience_seconds = 3_600", "patience_seconds = 0", "rate[0].fall_max must be below 1"),
        ("growth_max = \"0.1\"", "", "rate[0].growth_max is missing"),
        ("governor = \"0x", "governor = \"", "governor is 0000"),
        ("underlying = \"ETH\"", "underlying = \"wstETH\"", "the engine refuses these parameters"),
    ] {
        assert!(MAINNET.contains(line), "{line:?} is not in the file any more");
        let fault = load(&MAINNET.replacen(line, to, 1)).unwrap_err().to_string();
        assert!(fault.starts_with(says), "{line}: {fault}");
    }
}

/// A claim in place of a token, with its own fields.
const CLAIM: &str = "kind = \"real-world\"
heartbeat_seconds = 86_400        # valued daily
haircut_a_day = \"0.005\"
haircut_closed = \"0.005\"
haircut_a_year = \"0.1\"
notice_seconds = 86_400
closes_seconds = 421_200          # Friday 21:00
opens_seconds = 594_000           # Sunday 21:00";

#[test]
fn a_kind_of_collateral_has_its_own_fields() {
    let token = "kind = \"token\"                    # units that are all alike\nclass = \"stable\"";
    let claim = format!("{CLAIM}\nclass = \"stable\"");
    let kind = changed(token, &claim).unwrap().assets[0].spec.kind;
    assert!(matches!(kind, cistern_engine::collateral::Kind::RealWorld(_)), "{kind:?}");
    for (from, to, says) in [
        ("heartbeat_seconds = 86_400", "", "asset.USDC.heartbeat_seconds is missing"),
        ("\"0.1\"", "\"1.1\"", "asset.USDC.haircut_a_year must lie between 0 and 1"),
        ("\"real-world\"", "\"odd\"", "asset.USDC.kind"),
        ("\"real-world\"", "\"rate\"", "asset.USDC."),
    ] {
        let fault = changed(token, &claim.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(fault.starts_with(says), "{fault}");
    }
}

#[test]
fn a_collection_has_its_own_fields() {
    let token = "kind = \"token\"                    # units that are all alike\nclass = \"long-tail\"";
    let decimals = "decimals = 18                     # its token's\nfactors = [\"LINK\"]";
    let file = |kind: &str| {
        assert!(BASELINE.contains(token) && BASELINE.contains(decimals), "the file has changed");
        let whole = BASELINE.replacen(decimals, "decimals = 0\nfactors = [\"LINK\"]", 1);
        load(&whole.replacen(token, &format!("{kind}\nclass = \"long-tail\""), 1))
    };
    let collection = "kind = \"nft\"\ncap_units = 100\nnotice_seconds = 86_400";
    let founding = file(collection).unwrap();
    let kinds: Vec<_> = founding.assets.iter().map(|asset| asset.spec.kind).collect();
    let known = Nft { cap: 100, notice: cistern_units::Span::DAY };
    assert!(kinds.contains(&Kind::Nft(known)), "{kinds:?}");
    for (from, to, says) in [
        ("cap_units = 100", "", "asset.LINK.cap_units is missing"),
        ("cap_units = 100", "cap_units = 0", "the engine refuses these parameters"),
        ("notice_seconds = 86_400", "notice_seconds = 0", "the engine refuses these parameters"),
    ] {
        let fault = file(&collection.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(fault.starts_with(says), "{from}: {fault}");
    }
}

#[test]
fn an_add_on_is_read_field_by_field() {
    assert_eq!(baseline().unwrap().add_ons.len(), 4);
    for (from, to, says) in [
        ("start = \"5000000\"", "", "pool_share[0].start is missing"),
        (
            "[[pool_share]]\nasset = \"FTT\"",
            "[[pool_share]]\nasset = \"FTX\"",
            "pool_share[0].asset names FTX",
        ),
        ("lower = \"25000000\"", "lower = \"-1\"", "open_interest[0].lower must not be negative"),
        ("upper = \"50000000\"", "upper = \"25000000\"", "the engine refuses these parameters"),
        ("share = \"1\" ", "share = \"2\" ", "wrong_way[0].share must lie between 0 and 1"),
        ("most = \"0.4\"", "most = \"0.4\"\nmore = 1", "depeg[0].more is not a parameter"),
    ] {
        let fault = changed(from, to).unwrap_err().to_string();
        assert!(fault.starts_with(says), "{from}: {fault}");
    }
}

#[test]
fn a_depth_comes_with_its_price() {
    let depth = |more: &str| changed("fall = \"0.105\"", &format!("fall = \"0.105\"\n{more}"));
    let founding = depth("depth = \"1000000000\"\nlambda = \"0.04\"").unwrap();
    assert!(founding.factors.iter().any(|(_, spec)| spec.impact.is_some()));
    let fault = depth("depth = \"1000000000\"").unwrap_err().to_string();
    assert!(fault.starts_with("factor.BTC.lambda is missing"), "{fault}");
    let fault = depth("depth = \"0\"\nlambda = \"0.04\"").unwrap_err().to_string();
    assert!(fault.starts_with("factor.BTC.depth is out of bounds"), "{fault}");
}
