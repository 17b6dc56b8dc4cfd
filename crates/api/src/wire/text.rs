//! The smallest parts of a document: names, numbers and moments, each with its schema.

use std::borrow::Cow;

use cistern_attest::{ChainTrust, Digest, FeedKey, SetId, Signer};
use cistern_engine::ids::{
    AccountId, ActId, AssetId, BidId, FactorId, FeedId, ItemId, MarketId, Owner, SourceId, Symbol,
};
use cistern_units::{Amount, Decimals, Fraction, Price, Ratio, Shares, Signed, Size, Span, Time, Value};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::{
    fault::{Fault, echo},
    names::Scope,
    number,
    shape::{Mirror, Read},
};

macro_rules! text {
    ($(#[doc = $doc:literal])* $name:ident, $like:literal, $pattern:literal) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(
            /// The text.
            pub String
        );

        impl Read for $name {
            const LIKE: &'static str = concat!("text like \"", $like, "\"");

            fn read(value: &Json) -> Result<Self, Fault> {
                read_text(value, Self::LIKE).map(Self)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some(concat!($($doc),*).trim()))
                    .pattern(Some($pattern))
                    .examples([$like])
                    .build()
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

text!(
    /// An amount in whole units of its asset: the one that is named nearest before it, or else the settlement asset.
    AmountText, "1.5", "^[0-9]+(\\.[0-9]+)?$"
);
text!(
    /// A size in whole contracts of its market; positive is long, negative is short.
    SizeText, "-0.25", "^-?[0-9]+(\\.[0-9]+)?$"
);
text!(
    /// A price in dollars for one whole unit, to twelve decimals.
    PriceText, "1850.25", "^[0-9]+(\\.[0-9]+)?$"
);
text!(
    /// Half the width of an interval of prices, in dollars, to twelve decimals.
    UncertaintyText, "0.75", "^[0-9]+(\\.[0-9]+)?$"
);
text!(
    /// A value in dollars, to eight decimals; negative is a loss or a debt.
    ValueText, "-12.5", "^-?[0-9]+(\\.[0-9]+)?$"
);
text!(
    /// A part of a whole from 0 to 1, to nine decimals.
    FractionText, "0.15", "^[0-9]+(\\.[0-9]+)?$"
);
text!(
    /// A multiple, to nine decimals.
    RatioText, "1.25", "^[0-9]+(\\.[0-9]+)?$"
);
text!(
    /// A signed part of a whole, to nine decimals.
    SignedText, "-0.0001", "^-?[0-9]+(\\.[0-9]+)?$"
);
text!(
    /// Raw shares of a lending pool, a whole number.
    SharesText, "1000000", "^[0-9]+$"
);
text!(
    /// What one whole contract has paid since the beginning, in 1e-18 dollars, a whole number; longs pay when it rises.
    FundingIndexText, "-42", "^-?[0-9]+$"
);
text!(
    /// The address that commands an account: 20 bytes.
    OwnerText, "0x00000000000000000000000000000000000000a1", "^0x[0-9a-f]{40}$"
);
text!(
    /// 32 bytes: a hash, a key, a number or a name padded with zeros.
    DigestText,
    "0x0000000000000000000000000000000000000000000000000000000000000007",
    "^0x[0-9a-f]{64}$"
);
text!(
    /// The number of a unit of a collection, as its contract gave it; one beyond 64 bits as 32 bytes.
    ItemText, "7804", "^([0-9]{1,20}|0x[0-9a-f]{64})$"
);
text!(
    /// Bytes of any number.
    BytesText, "0x504e4155", "^0x([0-9a-f]{2})*$"
);
text!(
    /// A key that signs: an address, or `ed25519:` and 32 bytes.
    SignerText, "0x00000000000000000000000000000000000000a1", "^(0x[0-9a-f]{40}|ed25519:[0-9a-f]{64})$"
);
text!(
    /// What is known of Ethereum's consensus: the pool's own encoding.
    ChainText, "0x00", "^0x([0-9a-f]{2})*$"
);
text!(
    /// A whole number of either sign.
    IntegerText, "-42", "^-?[0-9]+$"
);
text!(
    /// A whole number.
    WholeText, "42", "^[0-9]+$"
);
text!(
    /// The name that something is listed under: 1 to 16 printable letters without spaces.
    SymbolText, "ETH", "^[!-~]{1,16}$"
);
text!(
    /// An asset by its symbol, or `asset:9` by its index.
    AssetName, "ETH", "^[!-~]{1,16}$"
);
text!(
    /// A market by its symbol, or `market:9` by its index.
    MarketName, "ETH-PERP", "^[!-~]{1,16}$"
);
text!(
    /// A feed by its symbol, or `feed:9` by its index.
    FeedName, "ETH", "^[!-~]{1,16}$"
);
text!(
    /// A risk factor by its symbol, or `factor:9` by its index.
    FactorName, "ETH", "^[!-~]{1,16}$"
);
text!(
    /// A reporter of prices by its symbol, or `source:9` by its index.
    SourceName, "alpha", "^[!-~]{1,16}$"
);
text!(
    /// The settlement asset by its symbol: the first one that is listed.
    SettlementName, "USDC", "^[!-~]{1,16}$"
);

fn read_text(value: &Json, like: &str) -> Result<String, Fault> {
    match value {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Err(Fault::new(format!("write it as text: {}", echo(&number.to_string())))),
        _ => Err(Fault::new(format!("write {like}"))),
    }
}

macro_rules! number {
    ($(#[doc = $doc:literal])* $name:ident, $raw:ident) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(
            /// The number.
            pub $raw
        );

        impl Read for $name {
            const LIKE: &'static str = <$raw as Read>::LIKE;

            fn read(value: &Json) -> Result<Self, Fault> {
                <$raw as Read>::read(value).map(Self)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .description(Some(concat!($($doc),*).trim()))
                    .minimum(Some(0))
                    .build()
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

number!(
    /// An account. 0 is the insurance fund, 1 the clearing account.
    AccountNumber, u32
);
number!(
    /// A scheduled act.
    ActNumber, u32
);
number!(
    /// A bid for units of a collection.
    BidNumber, u32
);
number!(
    /// A moment: milliseconds since 1970-01-01 UTC.
    TimeMs, u64
);
number!(
    /// A length of time in milliseconds.
    SpanMs, u64
);

macro_rules! whole_number {
    ($($raw:ident: $most:literal),*) => {$(
        impl Read for $raw {
            const LIKE: &'static str = concat!("a whole number from 0 to ", $most);

            fn read(value: &Json) -> Result<Self, Fault> {
                let number = value.as_u64().and_then(|number| Self::try_from(number).ok());
                number.ok_or_else(|| Fault::new(concat!("write a whole number from 0 to ", $most)))
            }
        }

        impl Mirror<$raw> for $raw {
            fn encode_in(core: &$raw, _: &mut Scope<'_>) -> Self {
                *core
            }

            fn decode_in(&self, _: &mut Scope<'_>) -> Result<$raw, Fault> {
                Ok(*self)
            }
        }
    )*};
}

impl Read for i32 {
    const LIKE: &'static str = "a whole number";

    fn read(value: &Json) -> Result<Self, Fault> {
        let number = value.as_i64().and_then(|number| Self::try_from(number).ok());
        number.ok_or_else(|| Fault::new("write a whole number from -2147483648 to 2147483647"))
    }
}

impl Mirror<i32> for i32 {
    fn encode_in(core: &i32, _: &mut Scope<'_>) -> Self {
        *core
    }

    fn decode_in(&self, _: &mut Scope<'_>) -> Result<i32, Fault> {
        Ok(*self)
    }
}

whole_number!(u8: "255", u32: "4294967295", u64: "18446744073709551615");

/// What does not depend on the scope: `Core <=> Json`, how it is written and how it is read.
macro_rules! plain {
    ($($core:ident => $json:ident: $encode:expr, $decode:expr;)*) => {$(
        impl From<$core> for $json {
            fn from(core: $core) -> Self {
                let encode: fn($core) -> _ = $encode;
                Self(encode(core))
            }
        }

        impl Mirror<$core> for $json {
            fn encode_in(core: &$core, _: &mut Scope<'_>) -> Self {
                Self::from(*core)
            }

            fn decode_in(&self, _: &mut Scope<'_>) -> Result<$core, Fault> {
                let decode: fn(&Self) -> Result<$core, Fault> = $decode;
                decode(self)
            }
        }
    )*};
}

plain! {
    AccountId => AccountNumber: |id| id.0, |json| Ok(AccountId(json.0));
    ActId => ActNumber: |id| id.0, |json| Ok(ActId(json.0));
    BidId => BidNumber: |id| id.0, |json| Ok(BidId(json.0));
    ItemId => ItemText: item_text, |json| read_item(&json.0);
    Time => TimeMs: |time| time.as_milliseconds(), |json| Ok(Time::milliseconds(json.0));
    Span => SpanMs: |span| span.as_milliseconds(), |json| Ok(Span::milliseconds(json.0));
    Price => PriceText: number::price, |json| read_price(&json.0);
    u128 => UncertaintyText: |raw| number::unsigned(raw, Price::PLACES), |json| number::read_unsigned(&json.0, Price::PLACES);
    Value => ValueText: number::value, |json| number::read_signed(&json.0, Value::PLACES).map(Value::new);
    Fraction => FractionText: number::fraction, |json| read_fraction(&json.0);
    Ratio => RatioText: number::ratio, |json| read_ratio(&json.0);
    Signed => SignedText: number::signed_fraction, |json| read_signed_fraction(&json.0);
    Shares => SharesText: |shares| shares.raw().to_string(), |json| number::read_unsigned(&json.0, 0).map(Shares::new);
    i128 => FundingIndexText: |index| index.to_string(), |json| number::read_signed(&json.0, 0);
    Owner => OwnerText: owner_text, |json| read_owner(&json.0);
    Symbol => SymbolText: |symbol| symbol.to_string(), |json| read_symbol(&json.0);
}

plain! {
    Digest => DigestText: |bytes| hex(&bytes), |json| read_bytes(&json.0);
    SetId => DigestText: |id| hex(&id.0), |json| read_bytes(&json.0).map(SetId);
    FeedKey => DigestText: |key| hex(&key.0), |json| read_bytes(&json.0).map(FeedKey);
    i128 => IntegerText: |number| number.to_string(), |json| number::read_signed(&json.0, 0);
    u128 => WholeText: |number| number.to_string(), |json| number::read_unsigned(&json.0, 0);
    Signer => SignerText: |signer| signer.to_string(), |json| read_signer(&json.0);
}

impl Mirror<Vec<u8>> for BytesText {
    fn encode_in(core: &Vec<u8>, _: &mut Scope<'_>) -> Self {
        Self(hex(core))
    }

    fn decode_in(&self, _: &mut Scope<'_>) -> Result<Vec<u8>, Fault> {
        read_hex(&self.0)
    }
}

impl Mirror<ChainTrust> for ChainText {
    fn encode_in(core: &ChainTrust, _: &mut Scope<'_>) -> Self {
        // Writing into memory cannot fail.
        Self(hex(&borsh::to_vec(core).unwrap_or_default()))
    }

    fn decode_in(&self, _: &mut Scope<'_>) -> Result<ChainTrust, Fault> {
        let unknown = |_| Fault::new("this is not what a pool wrote about Ethereum's consensus");
        borsh::from_slice(&read_hex(&self.0)?).map_err(unknown)
    }
}

/// Bytes as text: `0x` and two lower-case hexadecimal digits a byte.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    format!("0x{}", HEXLOWER.encode(bytes))
}

/// The bytes of a text; capital digits are understood too.
///
/// # Errors
/// A [`Fault`]: not hexadecimal.
pub fn read_hex(text: &str) -> Result<Vec<u8>, Fault> {
    let wrong = || Fault::new("write 0x and two hexadecimal digits for each byte");
    let digits = text.strip_prefix("0x").ok_or_else(wrong)?;
    HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).map_err(|_| wrong())
}

/// A fixed number of bytes of a text.
///
/// # Errors
/// A [`Fault`]: not hexadecimal, or of another length.
pub fn read_bytes<const N: usize>(text: &str) -> Result<[u8; N], Fault> {
    let bytes = read_hex(text)?;
    bytes.try_into().map_err(|_| Fault::new(format!("write 0x and {} hexadecimal digits", 2 * N)))
}

/// The signer of a text.
///
/// # Errors
/// A [`Fault`]: neither an address nor an ed25519 key.
pub fn read_signer(text: &str) -> Result<Signer, Fault> {
    match text.strip_prefix("ed25519:") {
        Some(key) => read_bytes(&format!("0x{key}")).map(Signer::Ed25519),
        None => read_owner(text).map(|owner| Signer::Address(owner.address())),
    }
}

/// The price of a text.
///
/// # Errors
/// A [`Fault`]: not a decimal, zero, absurd.
pub fn read_price(text: &str) -> Result<Price, Fault> {
    let raw = number::read_unsigned(text, Price::PLACES)?;
    Price::new(raw).ok_or_else(|| {
        let [least, most] = [Price::MIN, Price::MAX].map(number::price);
        Fault::new(format!("no such price: write {least} to {most}"))
    })
}

/// The fraction of a text.
///
/// # Errors
/// A [`Fault`]: not a decimal, above one.
pub fn read_fraction(text: &str) -> Result<Fraction, Fault> {
    let raw = number::read_unsigned(text, Fraction::PLACES)?;
    let fraction = u32::try_from(raw).ok().and_then(Fraction::new);
    fraction.ok_or_else(|| Fault::new("too large: write 0 to 1"))
}

/// The multiple of a text.
///
/// # Errors
/// A [`Fault`]: not a decimal, too large.
pub fn read_ratio(text: &str) -> Result<Ratio, Fault> {
    let raw = number::read_unsigned(text, Ratio::PLACES)?;
    let ratio = u64::try_from(raw).map(Ratio::new);
    ratio.map_err(|_| number::too_large(u128::from(u64::MAX), Ratio::PLACES))
}

/// The signed part of a whole of a text.
///
/// # Errors
/// A [`Fault`]: not a decimal, too large.
pub fn read_signed_fraction(text: &str) -> Result<Signed, Fault> {
    let raw = number::read_signed(text, Signed::PLACES)?;
    let part = i64::try_from(raw).map(Signed::new);
    part.map_err(|_| number::too_large(u128::from(i64::MAX.unsigned_abs()), Signed::PLACES))
}

/// An owner as text: `0x` and 40 lower-case hexadecimal digits.
#[must_use]
pub fn owner_text(owner: Owner) -> String {
    hex(&owner.0)
}

/// The owner of a text; capital digits are understood too.
///
/// # Errors
/// A [`Fault`]: not 20 bytes.
pub fn read_owner(text: &str) -> Result<Owner, Fault> {
    let wrong =
        |_| Fault::new(format!("{} is not an address: write 0x and 40 hexadecimal digits", echo(text)));
    read_bytes(text).map(Owner).map_err(wrong)
}

fn item_text(item: ItemId) -> String {
    item.number().map_or_else(|| hex(&item.0), |number| number.to_string())
}

fn read_item(text: &str) -> Result<ItemId, Fault> {
    let wrong =
        |_| Fault::new(format!("{} is no number of a unit: write it like 7804, or as 32 bytes", echo(text)));
    match text.parse() {
        Ok(number) => Ok(ItemId::of(number)),
        Err(_) => read_bytes(text).map(ItemId).map_err(wrong),
    }
}

fn read_symbol(text: &str) -> Result<Symbol, Fault> {
    Symbol::new(text).ok_or_else(|| {
        Fault::new(format!("{} is not a name: write 1 to 16 printable letters without spaces", echo(text)))
    })
}

macro_rules! named {
    ($($core:ident => $json:ident: $name:ident, $find:ident;)*) => {$(
        impl Mirror<$core> for $json {
            fn encode_in(core: &$core, scope: &mut Scope<'_>) -> Self {
                scope.names.$name(*core)
            }

            fn decode_in(&self, scope: &mut Scope<'_>) -> Result<$core, Fault> {
                scope.names.$find(&self.0)
            }
        }
    )*};
}

named! {
    FeedId => FeedName: feed, find_feed;
    FactorId => FactorName: factor, find_factor;
    SourceId => SourceName: source, find_source;
}

impl Mirror<AssetId> for AssetName {
    fn encode_in(core: &AssetId, scope: &mut Scope<'_>) -> Self {
        scope.amount_places = scope.names.asset_places(*core);
        scope.names.asset(*core)
    }

    fn decode_in(&self, scope: &mut Scope<'_>) -> Result<AssetId, Fault> {
        let asset = scope.names.find_asset(&self.0)?;
        scope.amount_places = scope.names.asset_places(asset);
        Ok(asset)
    }
}

impl Mirror<MarketId> for MarketName {
    fn encode_in(core: &MarketId, scope: &mut Scope<'_>) -> Self {
        scope.size_places = scope.names.market_places(*core);
        scope.names.market(*core)
    }

    fn decode_in(&self, scope: &mut Scope<'_>) -> Result<MarketId, Fault> {
        let market = scope.names.find_market(&self.0)?;
        scope.size_places = scope.names.market_places(market);
        Ok(market)
    }
}

impl Mirror<AssetId> for SettlementName {
    fn encode_in(core: &AssetId, scope: &mut Scope<'_>) -> Self {
        Self(scope.names.asset(*core).0)
    }

    fn decode_in(&self, scope: &mut Scope<'_>) -> Result<AssetId, Fault> {
        match scope.names.find_asset(&self.0) {
            // Who reads a founding in its order meets the name before the asset is listed: it is the first one.
            Err(_) if scope.names.is_without_assets() => Ok(AssetId(0)),
            found => found,
        }
    }
}

impl Mirror<Amount> for AmountText {
    fn encode_in(core: &Amount, scope: &mut Scope<'_>) -> Self {
        Self(number::unsigned(core.units(), scope.amount_places))
    }

    fn decode_in(&self, scope: &mut Scope<'_>) -> Result<Amount, Fault> {
        number::read_unsigned(&self.0, scope.amount_places).map(Amount::new)
    }
}

impl Mirror<Size> for SizeText {
    fn encode_in(core: &Size, scope: &mut Scope<'_>) -> Self {
        Self(number::signed(i128::from(core.raw()), scope.size_places))
    }

    fn decode_in(&self, scope: &mut Scope<'_>) -> Result<Size, Fault> {
        let raw = number::read_signed(&self.0, scope.size_places)?;
        let most = u128::from(i64::MAX.unsigned_abs());
        i64::try_from(raw).map(Size::new).map_err(|_| number::too_large(most, scope.size_places))
    }
}

/// The decimals of what is being listed hold for the amounts and sizes that follow.
impl Mirror<Decimals> for u8 {
    fn encode_in(core: &Decimals, scope: &mut Scope<'_>) -> Self {
        (scope.amount_places, scope.size_places) = (core.places(), core.places());
        Self::try_from(core.places()).unwrap_or(Decimals::MAX)
    }

    fn decode_in(&self, scope: &mut Scope<'_>) -> Result<Decimals, Fault> {
        let decimals = Decimals::new(*self)
            .ok_or_else(|| Fault::new(format!("too many decimals: write 0 to {}", Decimals::MAX)))?;
        (scope.amount_places, scope.size_places) = (decimals.places(), decimals.places());
        Ok(decimals)
    }
}
