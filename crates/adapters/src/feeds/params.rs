use std::{collections::BTreeMap, fmt, sync::Arc};

use cistern_units::Span;
use hyper::{Uri, header::HeaderName, header::HeaderValue};
use serde::Deserialize;

use super::{Medium, Symbol, Symbols, Venue, named};

/// Symbols of one feed at the most: what every venue takes in one subscription, and more than the pool has assets.
pub const SYMBOLS_MAX: usize = 64;
/// Feeds at the most: each holds a connection.
const FEEDS_MAX: usize = 32;
/// No wait of a line is longer.
const SPAN_MAX: Span = Span::HOUR;

/// What is heard live, from the file `params/live.toml`.
#[derive(Clone, Debug)]
pub struct LiveParams {
    /// The patience with every line.
    pub line: LineParams,
    /// The feeds, in the order of the file.
    pub feeds: Vec<FeedParams>,
}

/// The patience with a line.
#[derive(Clone, Copy, Debug)]
pub struct LineParams {
    /// A socket over which nothing comes for so long is opened again.
    pub silence: Span,
    /// A socket that gives no price for so long is opened again.
    pub mute: Span,
    /// A connection, or an answer over HTTP, may take so long.
    pub patience: Span,
    /// The first wait after a loss; each further one is twice as long.
    pub backoff_first: Span,
    /// The longest wait after a loss.
    pub backoff_max: Span,
}

/// One feed.
#[derive(Clone, Debug)]
pub struct FeedParams {
    /// Its name, unlike every other's.
    pub name: Arc<str>,
    /// Its venue.
    pub venue: &'static Venue,
    /// Where it is; the next one is tried after a loss.
    pub addresses: Vec<String>,
    /// What its prices are in: `USD` or a coin. Evidence says by itself, or by the binding of its feed.
    pub unit: Arc<str>,
    /// What is asked for.
    pub symbols: Vec<Symbol>,
    /// From one question to the next, where it is asked.
    pub every: Span,
    /// What opens the gateway.
    pub key: Option<Key>,
}

impl FeedParams {
    /// What a feed must know of its symbols.
    #[must_use]
    pub fn symbols(&self) -> Symbols {
        Symbols { feed: Arc::clone(&self.name), unit: Arc::clone(&self.unit), symbols: self.symbols.clone() }
    }
}

/// A header that opens a gateway. The secret itself stands in no file: the parameters name the variable that holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// Name of the header.
    pub header: HeaderName,
    /// What stands before the secret, like `Bearer `.
    pub prefix: String,
    /// The variable of the environment.
    pub variable: String,
    /// What was in it.
    pub(crate) secret: Option<HeaderValue>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = if self.secret.is_some() { "known" } else { "unknown" };
        write!(f, "Key({}, from {}, {known})", self.header, self.variable)
    }
}

/// Why a file does not say what to listen to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It cannot be read, lacks a field, or has one too many; the reader says which and where.
    #[error("the live parameters cannot be read; compare them with params/live.toml: {0}")]
    Syntax(String),
    /// A field breaks a rule.
    #[error("{path} {rule}")]
    Rule {
        /// Topic and field.
        path: String,
        /// What is wrong and what to do.
        rule: String,
    },
}

impl LiveParams {
    /// The parameters in a text.
    ///
    /// # Errors
    /// [`Fault`], naming the field.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let file: File = toml::from_str(text).map_err(|error| Fault::Syntax(error.to_string()))?;
        if file.feed.is_empty() || file.feed.len() > FEEDS_MAX {
            return fault(
                "feed",
                format!("must be a list of 1 to {FEEDS_MAX} tables: write a [[feed]] for each venue"),
            );
        }
        let mut feeds: Vec<FeedParams> = Vec::new();
        for (place, entry) in file.feed.into_iter().enumerate() {
            let feed = feed(place, entry)?;
            if feeds.iter().any(|other| other.name == feed.name) {
                return fault(
                    &format!("feed.{}.name", feed.name),
                    "is the name of another feed too: choose another",
                );
            }
            feeds.push(feed);
        }
        Ok(Self { line: file.line.checked()?, feeds })
    }

    /// Reads the secrets of the feeds that name one, by the name of the variable. A secret that is not there, or cannot
    /// stand in a header, is left out: the gateway's refusal says what it wants.
    #[must_use]
    pub fn unlocked(mut self, secret: impl Fn(&str) -> Option<String>) -> Self {
        for key in self.feeds.iter_mut().filter_map(|feed| feed.key.as_mut()) {
            let text = secret(&key.variable).map(|secret| format!("{}{secret}", key.prefix));
            key.secret = text.and_then(|text| HeaderValue::try_from(text).ok()).map(|mut value| {
                value.set_sensitive(true);
                value
            });
        }
        self
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    line: Line,
    #[serde(default)]
    feed: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    silence_seconds: u32,
    mute_seconds: u32,
    patience_seconds: u32,
    backoff_first_milliseconds: u64,
    backoff_max_seconds: u32,
}

impl Line {
    fn checked(&self) -> Result<LineParams, Fault> {
        let within = |key: &str, span: Span| {
            let sound = !span.is_zero() && span <= SPAN_MAX;
            if sound {
                Ok(span)
            } else {
                fault(&format!("line.{key}"), "must lie between nothing and an hour")
            }
        };
        let line = LineParams {
            silence: within("silence_seconds", Span::seconds(self.silence_seconds))?,
            mute: within("mute_seconds", Span::seconds(self.mute_seconds))?,
            patience: within("patience_seconds", Span::seconds(self.patience_seconds))?,
            backoff_first: within(
                "backoff_first_milliseconds",
                Span::milliseconds(self.backoff_first_milliseconds),
            )?,
            backoff_max: within("backoff_max_seconds", Span::seconds(self.backoff_max_seconds))?,
        };
        if line.backoff_first > line.backoff_max {
            return fault(
                "line.backoff_first_milliseconds",
                "must not be longer than line.backoff_max_seconds",
            );
        }
        Ok(line)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    kind: String,
    addresses: Vec<String>,
    unit: Option<String>,
    every_milliseconds: Option<u64>,
    symbols: BTreeMap<String, String>,
    key: Option<KeyEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    header: String,
    #[serde(default)]
    prefix: String,
    variable: String,
}

fn feed(place: usize, entry: Entry) -> Result<FeedParams, Fault> {
    if entry.name.is_empty()
        || !entry.name.bytes().all(|byte| byte.is_ascii_graphic())
        || entry.name.len() > 32
    {
        return fault(&format!("feed[{place}].name"), "must be 1 to 32 printable characters");
    }
    let at = |key: &str| format!("feed.{}.{key}", entry.name);
    let Some(venue) = named(&entry.kind) else {
        let known: Vec<&str> = super::VENUES.iter().map(|venue| venue.kind).collect();
        let rule = format!("is {}, and no such venue is known; known are {}", entry.kind, known.join(", "));
        return fault(&at("kind"), rule);
    };
    if entry.addresses.is_empty() {
        return fault(&at("addresses"), "must have one address at least");
    }
    for address in &entry.addresses {
        check_address(&at("addresses"), venue.medium, address)?;
        if entry.key.is_some() && !is_private(address) {
            return fault(
                &at("addresses"),
                format!("has {address}, where everybody could read the key: write https://"),
            );
        }
    }
    let every = every(&at("every_milliseconds"), venue.medium, entry.every_milliseconds)?;
    let unit = match (venue.medium, &entry.unit) {
        (Medium::Socket, Some(unit)) if !unit.is_empty() => unit.as_str(),
        (Medium::Socket, _) => {
            return fault(
                &at("unit"),
                "is missing: write what this venue's prices are in, like \"USD\" or \"USDT\"",
            );
        }
        (Medium::Poll, None) => "",
        (Medium::Poll, Some(_)) => {
            return fault(&at("unit"), "means nothing here: evidence is not bound by a feed");
        }
    };
    Ok(FeedParams {
        symbols: symbols(&at("symbols"), venue, &entry.symbols)?,
        unit: Arc::from(unit),
        key: entry.key.as_ref().map(|key| key_of(&at("key"), venue.medium, key)).transpose()?,
        name: Arc::from(entry.name.as_str()),
        addresses: entry.addresses.clone(),
        venue,
        every,
    })
}

fn check_address(path: &str, medium: Medium, address: &str) -> Result<(), Fault> {
    let schemes = match medium {
        Medium::Socket => ["wss", "ws"],
        Medium::Poll => ["https", "http"],
    };
    let uri = address.parse::<Uri>().ok().filter(|uri| uri.host().is_some_and(|host| !host.is_empty()));
    let known = uri.and_then(|uri| uri.scheme_str().map(|scheme| schemes.contains(&scheme)));
    if known == Some(true) {
        return Ok(());
    }
    let [safe, plain] = schemes;
    fault(
        path,
        format!("has {address}, which should be an address like {safe}://host/path (or {plain}:// at home)"),
    )
}

/// Can nobody on the way read what is said? Nobody stands between this machine and itself.
fn is_private(address: &str) -> bool {
    let uri = address.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::host);
    address.starts_with("https:")
        || host.is_some_and(|host| ["127.0.0.1", "[::1]", "localhost"].contains(&host))
}

fn every(path: &str, medium: Medium, milliseconds: Option<u64>) -> Result<Span, Fault> {
    match (medium, milliseconds.map(Span::milliseconds)) {
        (Medium::Socket, None) => Ok(Span::ZERO),
        (Medium::Socket, Some(_)) => fault(path, "means nothing here: this venue is not asked, it tells"),
        (Medium::Poll, Some(every)) if !every.is_zero() && every <= SPAN_MAX => Ok(every),
        (Medium::Poll, _) => {
            fault(path, "must lie between nothing and an hour: how often the gateway is asked")
        }
    }
}

fn symbols(path: &str, venue: &Venue, entries: &BTreeMap<String, String>) -> Result<Vec<Symbol>, Fault> {
    if entries.is_empty() || entries.len() > SYMBOLS_MAX {
        return fault(
            path,
            format!("must name 1 to {SYMBOLS_MAX} assets, each with the venue's symbol for it"),
        );
    }
    let (wanted, is_sound) = venue.symbol;
    let mut symbols: Vec<Symbol> = Vec::new();
    for (asset, symbol) in entries {
        let path = format!("{path}.{asset}");
        if !is_sound(symbol) {
            return fault(&path, format!("is {symbol}, and should be {wanted}"));
        }
        // Two assets on one symbol is how a price ends at the wrong asset.
        if symbols.iter().any(|other| other.symbol.eq_ignore_ascii_case(symbol)) {
            return fault(&path, format!("is {symbol}, which is the symbol of another asset too"));
        }
        symbols.push(Symbol { asset: Arc::from(asset.as_str()), symbol: Arc::from(symbol.as_str()) });
    }
    Ok(symbols)
}

fn key_of(path: &str, medium: Medium, entry: &KeyEntry) -> Result<Key, Fault> {
    if medium == Medium::Socket {
        return fault(path, "means nothing here: public market data needs no key");
    }
    let header =
        HeaderName::try_from(&entry.header).map_err(|_| rule(path, "header is no name of an HTTP header"))?;
    if entry.variable.is_empty() {
        return fault(path, "variable is missing: name the variable of the environment that holds the key");
    }
    Ok(Key { header, prefix: entry.prefix.clone(), variable: entry.variable.clone(), secret: None })
}

fn rule(path: &str, rule: impl Into<String>) -> Fault {
    Fault::Rule { path: path.to_owned(), rule: rule.into() }
}

fn fault<T>(path: &str, words: impl Into<String>) -> Result<T, Fault> {
    Err(rule(path, words))
}
