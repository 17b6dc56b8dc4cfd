use std::collections::BTreeSet;

use cistern_api::wire::{self, Act, Names, Rejection};
use cistern_engine::{Engine, command::Command, entry::Entry, event::Event, rejection};
use cistern_units::Time;
use proptest::prelude::*;
use serde_json::Value;
use utoipa::OpenApi;

use crate::{
    samples,
    world::{Dice, founding, symbol},
};

/// The names of a pool, some of which look like indices.
fn names() -> Names {
    let mut engine = Engine::new();
    let founding = Box::new(founding());
    engine.apply(&Entry { time: Time::ZERO, command: Command::Found { founding } }).unwrap();
    let mut config = engine.state().config.clone();
    config.assets[1].spec.symbol = symbol("asset:2");
    config.factors[2].symbol = symbol("factor:9");
    Names::of(&config)
}

fn through_text(form: &impl serde::Serialize) -> Value {
    serde_json::from_str(&serde_json::to_string(form).unwrap()).unwrap()
}

fn all<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    names.into_iter().collect()
}

#[test]
fn every_variant_of_the_engine_has_a_sample_and_a_form() {
    let dice = &mut Dice::new(1);
    let commands = samples::commands(dice);
    assert_eq!(all(commands.iter().map(Command::name)), all(Command::NAMES.iter().copied()));
    assert_eq!(Command::NAMES, wire::Command::NAMES);
    let events = samples::events(dice);
    assert_eq!(all(events.iter().map(Event::name)), all(Event::NAMES.iter().copied()));
    assert_eq!(Event::NAMES, wire::Event::NAMES);
    let rejections = samples::rejections(dice);
    assert_eq!(
        all(rejections.iter().map(rejection::Rejection::name)),
        all(rejection::Rejection::NAMES.iter().copied())
    );
    assert_eq!(rejection::Rejection::NAMES, wire::rejection::Rule::NAMES);
    let tags =
        samples::acts(dice).iter().map(|act| tag(&Act::encode(act, &names()))).collect::<BTreeSet<_>>();
    assert_eq!(tags.len(), Act::NAMES.len());
}

fn tag(form: &impl serde::Serialize) -> String {
    through_text(form)["type"].as_str().unwrap().to_owned()
}

#[test]
fn a_form_is_what_the_documentation_shows() {
    let mut engine = Engine::new();
    let founding = Box::new(founding());
    engine.apply(&Entry { time: Time::ZERO, command: Command::Found { founding } }).unwrap();
    let names = Names::of(&engine.state().config);
    for text in [
        r#"{"type":"withdraw","account":17,"asset":"USDC","amount":"100.5"}"#,
        r#"{"type":"fill","buyer":2,"seller":3,"market":"ETH-PERP","size":"0.25","price":"1850.75"}"#,
        r#"{"type":"open_account","owner":"0x00000000000000000000000000000000000000a1","sub":0}"#,
        r#"{"type":"pause"}"#,
        r#"{"type":"schedule","act":{"type":"set_deposit_cap","asset":"asset:9","per_account":"7","total":"70"}}"#,
        r#"{"type":"tick","reports":[{"feed":"BTC","source":"alpha","price":"100000","confidence":"12.5","published_at":1}]}"#,
    ] {
        let form: wire::Command = serde_json::from_str(text).unwrap();
        let command = form.decode(&names).unwrap();
        assert_eq!(serde_json::to_string(&wire::Command::encode(&command, &names)).unwrap(), text);
    }
}

#[test]
fn a_refusal_says_its_rule_its_numbers_and_what_to_do() {
    let names = names();
    let dice = &mut Dice::new(2);
    for rejection in samples::rejections(dice) {
        for command in samples::commands(dice) {
            let form = Rejection::encode(&rejection, &command, &names);
            assert!(
                form.message.ends_with('.') && form.message.len() > 20,
                "{rejection:?}: {}",
                form.message
            );
            assert!(!form.message.contains("(R"), "{rejection:?} is told by its name: {}", form.message);
        }
    }
    let command = wire::Command::read(&serde_json::json!({
        "type": "withdraw", "account": 17, "asset": "USDC", "amount": "5"
    }));
    let command = command.unwrap().decode(&names).unwrap();
    let available = cistern_units::Amount::new(3_500_000);
    let form = Rejection::encode(&rejection::Rejection::BalanceTooSmall { available }, &command, &names);
    assert_eq!(
        serde_json::to_string(&form).unwrap(),
        r#"{"code":"BALANCE_TOO_SMALL","message":"The balance is too small: account 17 has 3.5 USDC; ask for that at the most.","details":{"available":"3.5"}}"#
    );
}

#[test]
fn every_schema_that_is_spoken_of_is_there() {
    #[derive(OpenApi)]
    #[openapi(components(schemas(wire::Command, wire::Event, wire::Act, wire::Params, wire::Rejection)))]
    struct Document;

    let document = serde_json::to_value(Document::openapi()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is missing");
    }
    assert_eq!(schemas["Event"]["oneOf"].as_array().unwrap().len(), Event::NAMES.len());
    assert_eq!(schemas["Command"]["oneOf"].as_array().unwrap().len(), Command::NAMES.len());
    assert_eq!(schemas["RejectionCode"]["enum"].as_array().unwrap().len(), rejection::Rejection::NAMES.len());
    let withdraw = schemas["Command"]["oneOf"].as_array().unwrap().iter();
    let mut withdraw = withdraw.filter(|form| form["properties"]["type"]["enum"][0] == "withdraw");
    let amount = &withdraw.next().unwrap()["properties"]["amount"];
    assert_eq!(amount["$ref"], "#/components/schemas/AmountText");
    assert_eq!(schemas["AmountText"]["type"], "string");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_command_comes_back(seed in any::<u64>()) {
        let names = names();
        for command in samples::commands(&mut Dice::new(seed)) {
            let form = wire::Command::encode(&command, &names);
            let read = wire::Command::read(&through_text(&form));
            prop_assert_eq!(read.as_ref(), Ok(&form));
            prop_assert_eq!(read.unwrap().decode(&names), Ok(command));
        }
    }

    #[test]
    fn every_event_comes_back(seed in any::<u64>()) {
        let names = names();
        for event in samples::events(&mut Dice::new(seed)) {
            let form = wire::Event::encode(&event, &names);
            let read = wire::Event::read(&through_text(&form));
            prop_assert_eq!(read.as_ref(), Ok(&form));
            prop_assert_eq!(read.unwrap().decode(&names), Ok(event));
        }
    }

    #[test]
    fn every_act_comes_back(seed in any::<u64>()) {
        let names = names();
        for act in samples::acts(&mut Dice::new(seed)) {
            let read = Act::read(&through_text(&Act::encode(&act, &names)));
            prop_assert_eq!(read.unwrap().decode(&names), Ok(act));
        }
    }

    #[test]
    fn every_rejection_comes_back(seed in any::<u64>()) {
        let names = names();
        let dice = &mut Dice::new(seed);
        for command in samples::commands(dice) {
            for rejection in samples::rejections(dice) {
                let form = Rejection::encode(&rejection, &command, &names);
                let read = Rejection::read(&through_text(&form));
                prop_assert_eq!(read.as_ref(), Ok(&form));
                prop_assert_eq!(read.unwrap().decode(&command, &names), Ok(rejection));
            }
        }
    }
}
