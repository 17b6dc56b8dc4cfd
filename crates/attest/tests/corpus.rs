//! The corpus of the fuzz targets, replayed. Beside what the generator writes, a folder may hold inputs that once failed.
#![cfg(feature = "light-client")]

mod beacon;
mod guardians;
mod reports;
mod seeds;
mod signing;
mod targets;
mod tries;

use std::{collections::BTreeSet, env, fs, path::PathBuf};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

#[test]
fn golden_corpus_is_what_its_generator_makes() {
    for (target, name, bytes) in seeds::all() {
        assert!(bytes.len() < 16_384, "{target}/{name} is large");
        let path = folder().join(target).join(name);
        if env::var("CISTERN_GOLDEN").as_deref() == Ok("write") {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        let found = fs::read(&path).unwrap_or_default();
        assert!(found == bytes, "{target}/{name} differs: ./x golden writes it again");
    }
}

#[test]
fn what_the_corpus_calls_good_is_accepted_and_nothing_else_is() {
    let mut wrong = Vec::new();
    for (target, name, bytes) in seeds::all() {
        let (_, run) = targets::ALL.into_iter().find(|(known, _)| *known == target).unwrap();
        let verdict = run(&bytes);
        if verdict.is_ok() != name.starts_with("good") {
            wrong.push(format!("{target}/{name}: {verdict:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_target_has_a_corpus_and_takes_all_of_it() {
    let folders =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let known: BTreeSet<_> = targets::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(folders.collect::<BTreeSet<_>>(), known);
    for (target, run) in targets::ALL {
        for entry in fs::read_dir(folder().join(target)).unwrap() {
            // That it comes back is the test.
            let _ = run(&fs::read(entry.unwrap().path()).unwrap());
        }
    }
}
