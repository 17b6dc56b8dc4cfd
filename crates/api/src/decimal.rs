//! Text of a wire type, read back by a client: answers hold what the server wrote, so that nothing is checked twice.

use serde::{Deserialize, Deserializer};

use crate::wire::text::{
    AccountNumber, ActNumber, AmountText, AssetName, BidNumber, FactorName, FeedName, FractionText,
    FundingIndexText, ItemText, MarketName, OwnerText, PriceText, RatioText, SignedText, SizeText,
    SourceName, UncertaintyText, ValueText,
};

macro_rules! read_back {
    ($($name:ident),* $(,)?) => {
        $(impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Deserialize::deserialize(deserializer).map(Self)
            }
        })*
    };
}

read_back!(
    AccountNumber,
    ActNumber,
    BidNumber,
    ItemText,
    AmountText,
    AssetName,
    FactorName,
    FeedName,
    FractionText,
    FundingIndexText,
    MarketName,
    OwnerText,
    PriceText,
    RatioText,
    SignedText,
    SizeText,
    SourceName,
    UncertaintyText,
    ValueText,
);
