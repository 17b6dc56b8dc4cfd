use cistern_attest::{Address, Network, SetId, SignerSet, Threshold};
use cistern_engine::ids::Symbol;
use cistern_units::Time;
use data_encoding::HEXLOWER_PERMISSIVE;

use super::{Fault, section::Section};

/// The signer sets of a file, `[[signers]]`: network, name of the set, threshold, keys, and from when until when.
///
/// # Errors
/// The first [`Fault`], in the order of the file.
pub fn signers(text: &str) -> Result<Vec<SignerSet>, Fault> {
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| Fault::Syntax(error.to_string()))?;
    signer_sets(&mut Section::of(table))
}

/// All `[[signers]]` of a file; none where it has none.
pub(super) fn signer_sets(file: &mut Section) -> Result<Vec<SignerSet>, Fault> {
    if !file.has("signers") {
        return Ok(Vec::new());
    }
    file.items("signers")?.into_iter().map(signer_set).collect()
}

fn signer_set((_, mut from): (Symbol, Section)) -> Result<SignerSet, Fault> {
    let network = network(&mut from)?;
    let set = SignerSet {
        network,
        id: set_id(&mut from)?,
        threshold: threshold(&mut from)?,
        keys: keys(&mut from)?,
        valid_from: moment(&mut from, "valid_from_seconds")?.unwrap_or(Time::ZERO),
        expires_at: moment(&mut from, "expires_at_seconds")?,
    };
    if !set.is_sound() {
        let rule =
            "must be members, each once, that can reach the threshold, and the set must last: correct it";
        return Err(Fault::rule(from.path("keys"), rule));
    }
    from.finish()?;
    Ok(set)
}

/// The network of a field `network`.
pub(super) fn network(from: &mut Section) -> Result<Network, Fault> {
    let text = from.text("network")?;
    Network::named(&text).ok_or_else(|| {
        let names: Vec<&str> = Network::ALL.iter().map(|network| network.name()).collect();
        Fault::rule(from.path("network"), format!("is {text}: write one of {}", names.join(", ")))
    })
}

/// A set by number, by 32 bytes in hexadecimal, or by name.
pub(super) fn set_id(from: &mut Section) -> Result<SetId, Fault> {
    let text = from.text("set")?;
    let id = match (text.parse::<u32>(), hexadecimal(&text)) {
        (Ok(index), _) => Some(SetId::index(index)),
        (_, Some(bytes)) => bytes.try_into().ok().map(SetId),
        _ => SetId::named(&text).filter(|_| !text.starts_with("0x")),
    };
    id.ok_or_else(|| {
        Fault::rule(from.path("set"), "must be a number, 0x and 64 digits, or a name of at most 32 letters")
    })
}

/// `two-thirds`, `majority`, `faulty 5` (one more than may be faulty), `fixed 3`.
fn threshold(from: &mut Section) -> Result<Threshold, Fault> {
    let text = from.text("threshold")?;
    let number = |text: &str| text.trim().parse::<u8>().ok();
    let found = match text.split_once(' ').unwrap_or((&text, "")) {
        ("two-thirds", "") => Some(Threshold::TwoThirds),
        ("majority", "") => Some(Threshold::Majority),
        ("faulty", count) => number(count).map(Threshold::Faulty),
        ("fixed", count) => number(count).map(Threshold::Fixed),
        _ => None,
    };
    let rule = "must be two-thirds, majority, faulty 5 or fixed 3, with the number of the network";
    found.ok_or_else(|| Fault::rule(from.path("threshold"), rule))
}

fn keys(from: &mut Section) -> Result<Vec<Address>, Fault> {
    let texts = from.texts("keys")?;
    let keys = texts.iter().map(|text| {
        let bytes = hexadecimal(text).and_then(|bytes| bytes.try_into().ok());
        let rule =
            || Fault::rule(from.path("keys"), format!("holds {text}: write 0x and 40 hexadecimal digits"));
        bytes.map(Address).ok_or_else(rule)
    });
    keys.collect()
}

fn moment(from: &mut Section, key: &str) -> Result<Option<Time>, Fault> {
    if !from.has(key) {
        return Ok(None);
    }
    let seconds: u32 = from.whole(key)?;
    Ok(Some(Time::milliseconds(u64::from(seconds) * 1_000)))
}

/// The bytes of `0x` and hexadecimal digits.
pub(super) fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    HEXLOWER_PERMISSIVE.decode(text.strip_prefix("0x")?.as_bytes()).ok()
}
