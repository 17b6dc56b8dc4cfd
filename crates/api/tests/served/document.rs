//! The description of the API.

use std::{fs, path::Path};

use crate::{http::get, world::World};

/// Where the description is checked in, for the clients that are generated from it.
const GOLDEN: &str = "../../clients/openapi.json";

#[test]
fn the_golden_description_is_the_one_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
    let world = World::empty();
    let served = get(world.server.address(), "/v1/openapi.json");
    assert_eq!((served.status, served.header("content-type")), (200, Some("application/json")));
    let served = String::from_utf8(served.body).expect("the description is text");
    assert_eq!(served, cistern_api::document());
    if std::env::var("CISTERN_GOLDEN").is_ok_and(|mode| mode == "write") {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(&path, &served).expect("the description can be written");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        served == golden,
        "the API has changed: read ./x golden's difference and commit it with the change"
    );
}

/// Types of what is signed, for clients and wallets.
const TYPED_DATA: &str = "../../clients/typed-data.json";

#[test]
fn the_golden_types_of_what_is_signed_are_those_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(TYPED_DATA);
    let ours = cistern_api::typed_data();
    if std::env::var("CISTERN_GOLDEN").is_ok_and(|mode| mode == "write") {
        fs::write(&path, &ours).expect("the types can be written");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        ours == golden,
        "what is signed has changed: every client must change with it; read ./x golden's difference"
    );
}

#[test]
fn every_answer_in_the_description_has_its_schema() {
    let document: serde_json::Value = serde_json::from_str(cistern_api::document()).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    for name in cistern_api::document().split("#/components/schemas/").skip(1) {
        let name = name.split('"').next().expect("a name ends");
        assert!(document["components"]["schemas"][name].is_object(), "{name} is spoken of and not there");
    }
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            assert!(operation["operationId"].is_string(), "{method} {path} has no name");
            for (status, answer) in operation["responses"].as_object().expect("responses") {
                let content =
                    answer["content"].as_object().unwrap_or_else(|| panic!("{method} {path} {status}"));
                assert!(content.values().all(|kind| kind["schema"].is_object()), "{method} {path} {status}");
            }
        }
    }
}
