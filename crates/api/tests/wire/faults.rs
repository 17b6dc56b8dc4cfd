use cistern_api::wire::{self, Names};
use cistern_engine::{Engine, command::Command, entry::Entry};
use cistern_units::Time;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    samples,
    world::{Dice, founding},
};

fn names() -> Names {
    let mut engine = Engine::new();
    let founding = Box::new(founding());
    engine.apply(&Entry { time: Time::ZERO, command: Command::Found { founding } }).unwrap();
    Names::of(&engine.state().config)
}

/// What is said of a document that is no command.
fn fault(value: &Value) -> String {
    let understood = wire::Command::read(value).and_then(|form| form.decode(&names()));
    understood.map_err(|fault| fault.within("action")).unwrap_err().to_string()
}

#[test]
fn a_fault_names_the_field_and_says_what_to_write() {
    let withdraw =
        |amount: Value| json!({"type": "withdraw", "account": 2, "asset": "USDC", "amount": amount});
    for (document, expected) in [
        (withdraw(json!(1.5)), r#"action.amount: write it as text: "1.5""#),
        (withdraw(json!(null)), r#"action.amount: write text like "1.5""#),
        (withdraw(json!("1.0000001")), "action.amount: too many decimals: 6 at the most"),
        (withdraw(json!("-1")), "action.amount: must not be negative: write 0 or more"),
        (
            withdraw(json!("1e3")),
            "action.amount: not a decimal number: write it like \"1234.56\", without exponent or separators",
        ),
        (
            withdraw(json!("9".repeat(40))),
            "action.amount: too large: write 340282366920938463463374607431768.211455 at the most",
        ),
        (
            json!({"type": "withdraw", "account": 2, "asset": "USDC"}),
            "action.amount: missing: write text like \"1.5\"",
        ),
        (
            json!({"type": "settle", "account": "2"}),
            "action.account: write a whole number from 0 to 4294967295",
        ),
        (
            json!({"type": "settle", "account": 2, "acount": 3}),
            "action: no field is called \"acount\" here: there is type, account",
        ),
        (
            json!({"type": "lend", "account": 2, "asset": "DAI", "amount": "1"}),
            "action.asset: no asset is called \"DAI\": there is USDC, BTC, ETH",
        ),
        (
            json!({"type": "lend", "account": 2, "asset": "asset:70000", "amount": "1"}),
            "action.asset: no asset has this index: write asset:0 to asset:65535",
        ),
        (
            json!({"type": "open_account", "owner": "0x12", "sub": 0}),
            "action.owner: \"0x12\" is not an address: write 0x and 40 hexadecimal digits",
        ),
        (json!({"account": 2}), "action.type: missing: write one of the names of this kind, as text"),
        (json!([]), "action: write an object: {...}"),
        (
            json!({"type": "tick", "reports": [{"feed": "ETH", "source": "alpha", "price": "0", "confidence": "0", "published_at": 0}]}),
            "action.reports[0].price: no such price: write 0.000000000001 to 1000000000",
        ),
        (
            json!({"type": "schedule", "act": {"type": "set_factor", "factor": "ETH", "spec":
                {"range_down": "1.1", "range_up": "0", "loading_calm": "0", "loading_panic": "0", "impact": null}}}),
            "action.act.spec.range_down: too large: write 0 to 1",
        ),
    ] {
        assert_eq!(fault(&document), expected, "{document}");
    }
    let told = fault(&json!({"type": "withdrw"}));
    assert!(
        told.starts_with("action.type: \"withdrw\" is not known: write one of found, open_account, "),
        "{told}"
    );
}

#[test]
fn a_fault_within_a_founding_names_its_place() {
    let mut document = json!({"type": "found"});
    let form = wire::Founding::encode(&founding());
    document["founding"] = serde_json::to_value(form).unwrap();
    document["founding"]["assets"][2]["spec"]["decimals"] = json!(19);
    assert_eq!(fault(&document), "action.founding.assets[2].spec.decimals: too many decimals: write 0 to 18");
    document["founding"]["assets"][2]["spec"]["decimals"] = json!(18);
    document["founding"]["markets"][1]["spec"]["feed"] = json!("DOGE");
    assert_eq!(
        fault(&document),
        "action.founding.markets[1].spec.feed: no feed is called \"DOGE\": there is USDC, BTC, ETH"
    );
}

#[test]
fn serde_reads_through_the_same_reader() {
    let text = r#"{"type":"settle","account":2.5}"#;
    let fault = serde_json::from_str::<wire::Command>(text).unwrap_err().to_string();
    assert!(fault.starts_with("account: write a whole number"), "{fault}");
}

/// A JSON value of any shape, of the words that the forms use among others.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "\\PC{0,24}".prop_map(Value::from),
        "-?[0-9]{0,45}(\\.[0-9]{0,20})?".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z]{1,8}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Puts `other` in the place of one of the values, counted from the outside.
fn replace(value: &mut Value, place: &mut usize, other: &Value) {
    if *place == 0 {
        *value = other.clone();
        *place = usize::MAX;
        return;
    }
    *place -= 1;
    let parts: Vec<&mut Value> = match value {
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => Vec::new(),
    };
    for part in parts {
        if *place == usize::MAX {
            return;
        }
        replace(part, place, other);
    }
}

proptest! {
    #[test]
    fn whatever_is_sent_is_understood_or_refused(
        seed in any::<u64>(), place in 0_usize..40, other in any_json(),
    ) {
        let names = names();
        let dice = &mut Dice::new(seed);
        for command in samples::commands(dice) {
            let mut document = serde_json::to_value(wire::Command::encode(&command, &names)).unwrap();
            replace(&mut document, &mut { place }, &other);
            if let Ok(form) = wire::Command::read(&document) {
                // What is understood means one thing, and is written in one way.
                if let Ok(meant) = form.decode(&names) {
                    let again = wire::Command::encode(&meant, &names);
                    prop_assert_eq!(again.decode(&names), Ok(meant));
                }
            }
        }
        for event in samples::events(dice) {
            let mut document = serde_json::to_value(wire::Event::encode(&event, &names)).unwrap();
            replace(&mut document, &mut { place }, &other);
            if let Ok(form) = wire::Event::read(&document) {
                let _ = form.decode(&names);
                let _ = Names::default().learn(&form);
            }
        }
    }
}
