//! Kinds of collateral: how they are written, and how they are told.

use cistern_engine::collateral::Kind;

use crate::scenario::{
    read::{Fault, FaultKind, Word},
    settings::Settings,
};

/// Sets the kind of an asset, where a line names one.
pub(super) fn set(kind: &mut Kind, settings: &mut Settings) -> Result<(), Fault> {
    if let Some(word) = settings.take("kind") {
        *kind = read(&word)?;
    }
    Ok(())
}

/// The kind of a name: one line for each.
fn read(word: &Word) -> Result<Kind, Fault> {
    Ok(match word.text.as_str() {
        "token" => Kind::Token,
        "rate" => Kind::Rate,
        other => {
            let choices = "token, rate".to_owned();
            let unknown = FaultKind::UnknownChoice { what: "kind", word: other.to_owned(), choices };
            return Err(word.fault(unknown));
        }
    })
}

/// What a kind adds to the sentence about an asset; nothing for a token.
pub(super) fn told(kind: &Kind) -> String {
    match kind {
        Kind::Token => String::new(),
        Kind::Rate => ", redeemed at a rate".to_owned(),
    }
}
