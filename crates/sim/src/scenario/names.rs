//! Names that people write for what the engine counts: accounts, assets, markets, factors, feeds, sources.

use cistern_attest::Signer;
use cistern_engine::{
    ids::{AccountId, AssetId, FactorId, FeedId, ItemId, MarketId, Owner, SourceId, Symbol},
    state::State,
};
use cistern_units::{Amount, Decimals, Size};

use super::{
    number,
    read::{self, Fault, FaultKind, Word},
};

/// Words that `show` understands and that no account can have.
const RESERVED: [&str; 5] = ["pool", "fund", "clearing", "acts", "all"];

/// What the name of a key of its own begins with.
const KEY: &str = "key:";

/// The names of sub-accounts; everything else has its name in the state.
#[derive(Clone, Debug, Default)]
pub(crate) struct SubAccounts(Vec<(Owner, String)>);

impl SubAccounts {
    /// Owner and number of an account that is about to be opened: named sub-accounts count from 1 in their order.
    pub(crate) fn register(&mut self, word: &Word) -> Result<(Owner, u8), Fault> {
        let (owner, sub) = parts(word)?;
        let Some(sub) = sub else { return Ok((owner, 0)) };
        if let Some(number) = self.number(owner, &sub) {
            return Ok((owner, number));
        }
        self.0.push((owner, sub.text.clone()));
        let number = self.number(owner, &sub);
        number
            .map(|number| (owner, number))
            .ok_or_else(|| bad_name(&sub, "an owner has at most 255 sub-accounts"))
    }

    fn number(&self, owner: Owner, sub: &Word) -> Option<u8> {
        if let Ok(number) = sub.text.parse() {
            return Some(number);
        }
        let mut own = self.0.iter().filter(|(other, _)| *other == owner);
        let place = own.position(|(_, name)| *name == sub.text)?;
        u8::try_from(place + 1).ok()
    }

    fn name(&self, owner: Owner, number: u8) -> String {
        let mut own = self.0.iter().filter(|(other, _)| *other == owner);
        own.nth(usize::from(number).wrapping_sub(1)).map_or(number.to_string(), |(_, name)| name.clone())
    }
}

/// Owner and sub-account of `alice` or `bob/hedge`.
fn parts(word: &Word) -> Result<(Owner, Option<Word>), Fault> {
    let (name, sub) = match word.split_once('/') {
        Some((name, sub)) => (name, Some(sub)),
        None => (word.clone(), None),
    };
    for part in [Some(&name), sub.as_ref()].into_iter().flatten() {
        let sound = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        if part.text.is_empty() || part.text.len() > 20 || !part.text.chars().all(sound) {
            return Err(bad_name(part, "write 1 to 20 letters, digits and hyphens"));
        }
    }
    if RESERVED.contains(&name.text.as_str()) {
        return Err(bad_name(&name, "the pool uses this word itself"));
    }
    let mut bytes = [0; 20];
    bytes[..name.text.len()].copy_from_slice(name.text.as_bytes());
    Ok((Owner(bytes), sub))
}

fn bad_name(word: &Word, rule: &'static str) -> Fault {
    word.fault(FaultKind::BadName { word: word.text.clone(), rule })
}

/// A state and the names in it.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) state: &'a State,
    pub(crate) subs: &'a SubAccounts,
}

/// From words to ids.
impl Names<'_> {
    pub(crate) fn account(&self, word: &Word) -> Result<AccountId, Fault> {
        match word.text.as_str() {
            "fund" => return Ok(AccountId::INSURANCE_FUND),
            "clearing" => return Ok(AccountId::CLEARING),
            _ => {}
        }
        if let Some(number) = numbered(word, "account")? {
            return Ok(AccountId(number));
        }
        let (owner, sub) = parts(word)?;
        let number = match &sub {
            Some(sub) => self.subs.number(owner, sub),
            None => Some(0),
        };
        let account = number.and_then(|number| self.state.account_of(owner, number));
        let known = || self.user_names();
        account.ok_or_else(|| unknown(word, "account", known()))
    }

    fn user_names(&self) -> Vec<String> {
        let users = self.state.accounts_by_owner().filter(|id| !id.is_reserved());
        users.map(|id| self.account_name(id)).collect()
    }

    /// An owner, whether there is an account or not.
    pub(crate) fn owner(&self, word: &Word) -> Result<Owner, Fault> {
        match parts(word)? {
            (owner, None) => Ok(owner),
            (_, Some(sub)) => Err(bad_name(&sub, "an owner is meant, not one of the accounts")),
        }
    }

    /// A key: an owner's address by the owner's name, or `key:bot`, a key of its own.
    pub(crate) fn signer(&self, word: &Word) -> Result<Signer, Fault> {
        let Some(name) = word.text.strip_prefix(KEY) else {
            return Ok(Signer::Address(self.owner(word)?.address()));
        };
        let mut bytes = [0; 32];
        let owner = parts(&word.part(KEY.len(), name))?.0;
        bytes[..owner.0.len()].copy_from_slice(&owner.0);
        Ok(Signer::Ed25519(bytes))
    }

    pub(crate) fn asset(&self, word: &Word) -> Result<AssetId, Fault> {
        find(word, "asset", self.asset_symbols(), AssetId::at, AssetId)
    }

    pub(crate) fn market(&self, word: &Word) -> Result<MarketId, Fault> {
        find(word, "market", self.market_symbols(), MarketId::at, MarketId)
    }

    pub(crate) fn factor(&self, word: &Word) -> Result<FactorId, Fault> {
        let symbols = self.state.config.factors.iter().map(|factor| factor.symbol).collect();
        find(word, "factor", symbols, FactorId::at, FactorId)
    }

    pub(crate) fn feed(&self, word: &Word) -> Result<FeedId, Fault> {
        let symbols = self.state.config.feeds.iter().map(|feed| feed.spec.symbol).collect();
        find(word, "feed", symbols, FeedId::at, FeedId)
    }

    pub(crate) fn source(&self, word: &Word) -> Result<SourceId, Fault> {
        let symbols = self.state.config.sources.iter().map(|source| source.symbol).collect();
        find(word, "source", symbols, SourceId::at, SourceId)
    }

    /// Units of an asset; none where the asset does not exist and so has no decimals.
    pub(crate) fn amount(&self, asset: AssetId, word: &Word) -> Result<Amount, Fault> {
        let places = self.asset_decimals(asset).places();
        read::units(word, "amount", places).map(Amount::new)
    }

    /// Size of a market, positive.
    pub(crate) fn size(&self, market: MarketId, word: &Word) -> Result<Size, Fault> {
        let (what, rule) = ("size", "it is larger than any");
        let units = read::units(word, what, self.market_decimals(market).places())?;
        let fault = || word.fault(FaultKind::OutOfRange { word: word.text.clone(), what, rule });
        i64::try_from(units).map(Size::new).map_err(|_| fault())
    }
}

/// From ids to words.
impl Names<'_> {
    pub(crate) fn account_name(&self, id: AccountId) -> String {
        match id {
            AccountId::INSURANCE_FUND => return "the insurance fund".to_owned(),
            AccountId::CLEARING => return "the clearing account".to_owned(),
            _ => {}
        }
        let Ok(account) = self.state.account(id) else {
            return format!("account:{}", id.0);
        };
        let owner = text(&account.header.owner.0);
        match account.header.sub {
            0 => owner,
            sub => format!("{owner}/{}", self.subs.name(account.header.owner, sub)),
        }
    }

    pub(crate) fn owner_name(&self, owner: Owner) -> String {
        if owner == Owner::default() { "nobody".to_owned() } else { text(&owner.0) }
    }

    pub(crate) fn signer_name(&self, signer: Signer) -> String {
        match signer {
            Signer::Address(address) => self.owner_name(Owner(address.0)),
            Signer::Ed25519(key) => format!("{KEY}{}", text(&key)),
        }
    }

    pub(crate) fn asset_name(&self, id: AssetId) -> String {
        self.state.asset(id).map_or(format!("asset:{}", id.0), |asset| asset.spec.symbol.to_string())
    }

    pub(crate) fn market_name(&self, id: MarketId) -> String {
        self.state
            .market_config(id)
            .map_or(format!("market:{}", id.0), |market| market.spec.symbol.to_string())
    }

    pub(crate) fn factor_name(&self, id: FactorId) -> String {
        let factor = self.state.config.factors.get(id.position());
        factor.map_or(format!("factor:{}", id.0), |factor| factor.symbol.to_string())
    }

    pub(crate) fn feed_name(&self, id: FeedId) -> String {
        let feed = self.state.config.feeds.get(id.position());
        feed.map_or(format!("feed:{}", id.0), |feed| feed.spec.symbol.to_string())
    }

    pub(crate) fn source_name(&self, id: SourceId) -> String {
        let source = self.state.config.sources.get(id.position());
        source.map_or(format!("source:{}", id.0), |source| source.symbol.to_string())
    }

    /// `8.00 ETH`.
    pub(crate) fn units(&self, asset: AssetId, amount: Amount) -> String {
        match self.state.asset(asset) {
            Ok(config) => number::amount(amount, config.spec.decimals, &config.spec.symbol),
            Err(_) => format!("{} of asset:{}", amount.units(), asset.0),
        }
    }

    /// `PUNK #7`; a number beyond 64 bits by its bytes.
    pub(crate) fn item(&self, asset: AssetId, item: ItemId) -> String {
        let bytes = || item.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let number: String = item.number().map_or_else(bytes, |number| number.to_string());
        format!("{} #{number}", self.asset_name(asset))
    }

    /// `8.00 ETH-PERP`, without the sign.
    pub(crate) fn contracts(&self, market: MarketId, size: Size) -> String {
        match self.state.market_config(market) {
            Ok(config) => number::size(size, config.spec.decimals, &config.spec.symbol),
            Err(_) => format!("{} of market:{}", size.magnitude(), market.0),
        }
    }

    pub(crate) fn asset_decimals(&self, id: AssetId) -> Decimals {
        self.state.asset(id).map_or(Decimals::default(), |asset| asset.spec.decimals)
    }

    pub(crate) fn market_decimals(&self, id: MarketId) -> Decimals {
        self.state.market_config(id).map_or(Decimals::default(), |market| market.spec.decimals)
    }

    pub(crate) fn asset_symbols(&self) -> Vec<Symbol> {
        self.state.config.assets.iter().map(|asset| asset.spec.symbol).collect()
    }

    pub(crate) fn market_symbols(&self) -> Vec<Symbol> {
        self.state.config.markets.iter().map(|market| market.spec.symbol).collect()
    }
}

/// The name that bytes begin with.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// A name that is about to be given.
pub(crate) fn symbol(word: &Word) -> Result<Symbol, Fault> {
    Symbol::new(&word.text).ok_or_else(|| bad_name(word, "write 1 to 16 printable characters"))
}

/// Names in one line, for messages.
pub(crate) fn joined<T: ToString>(names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(T::to_string).collect();
    if names.is_empty() { "none yet".to_owned() } else { names.join(", ") }
}

fn find<Id, Raw: std::str::FromStr>(
    word: &Word,
    what: &'static str,
    symbols: Vec<Symbol>,
    at: impl Fn(usize) -> Option<Id>,
    of: impl Fn(Raw) -> Id,
) -> Result<Id, Fault> {
    if let Some(number) = numbered(word, what)? {
        return Ok(of(number));
    }
    let place = symbols.iter().position(|symbol| symbol.as_str() == word.text);
    let names = || symbols.iter().map(Symbol::to_string).collect();
    place.and_then(at).ok_or_else(|| unknown(word, what, names()))
}

/// The number of `asset:9`, which needs not exist.
fn numbered<Raw: std::str::FromStr>(word: &Word, what: &'static str) -> Result<Option<Raw>, Fault> {
    let Some(number) = word.text.strip_prefix(what).and_then(|rest| rest.strip_prefix(':')) else {
        return Ok(None);
    };
    let fault = || unknown(word, what, Vec::new());
    number.parse().map(Some).map_err(|_| fault())
}

fn unknown(word: &Word, what: &'static str, known: Vec<String>) -> Fault {
    word.fault(FaultKind::UnknownName { what, word: word.text.clone(), known: joined(&known) })
}
