//! Kinds of collateral: how they are written, and how they are told.

use cistern_engine::collateral::{Kind, Nft, RealWorld};
use cistern_units::{Fraction, Span};

use crate::scenario::{
    number,
    read::{self, Fault, FaultKind, Word},
    settings::Settings,
};

/// A fund of treasury bills, where a line says no more: valued daily, closed from Friday to Sunday 21:00.
pub(crate) const BILLS: RealWorld = RealWorld {
    heartbeat: Span::DAY,
    haircut_a_day: Fraction::basis_points(50),
    haircut_closed: Fraction::basis_points(50),
    haircut_a_year: Fraction::basis_points(1_000),
    notice: Span::DAY,
    closes: Span::seconds(421_200),
    opens: Span::seconds(594_000),
};

/// A collection, where a line says no more.
pub(crate) const COLLECTION: Nft = Nft { cap: 100, notice: Span::DAY };

/// Sets the kind of an asset, where a line names one.
pub(super) fn set(kind: &mut Kind, settings: &mut Settings) -> Result<(), Fault> {
    if let Some(word) = settings.take("kind") {
        *kind = named(&word)?;
    }
    if let Kind::RealWorld(claim) = kind {
        settings.set("heartbeat", &mut claim.heartbeat, read::span)?;
        settings.set("day", &mut claim.haircut_a_day, read::fraction)?;
        settings.set("closed", &mut claim.haircut_closed, read::fraction)?;
        settings.set("year", &mut claim.haircut_a_year, read::fraction)?;
        settings.set("notice", &mut claim.notice, read::span)?;
        settings.set("closes", &mut claim.closes, read::span)?;
        settings.set("opens", &mut claim.opens, read::span)?;
    }
    if let Kind::Nft(collection) = kind {
        settings.set("cap", &mut collection.cap, |word| read::whole(word, "count of units"))?;
        settings.set("notice", &mut collection.notice, read::span)?;
    }
    Ok(())
}

/// The kind of a name: one line for each.
fn named(word: &Word) -> Result<Kind, Fault> {
    Ok(match word.text.as_str() {
        "token" => Kind::Token,
        "rate" => Kind::Rate,
        "real-world" => Kind::RealWorld(BILLS),
        "nft" => Kind::Nft(COLLECTION),
        other => {
            let choices = "token, rate, real-world, nft".to_owned();
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
        Kind::Nft(Nft { cap, notice }) => {
            format!(
                ", unit by unit; {cap} of them have credit, bids stand for {} more",
                number::span(*notice)
            )
        }
        Kind::RealWorld(claim) => {
            let heartbeat = number::span(claim.heartbeat);
            let [day, closed, year] = [claim.haircut_a_day, claim.haircut_closed, claim.haircut_a_year]
                .map(|share| number::percent(i128::from(share.raw())));
            format!(
                ", for listed holders; valued every {heartbeat}, {day} off for a day beyond, {closed} while closed, \
                 {year} for a year of queue"
            )
        }
    }
}
