//! The JSON form of add-ons.

use cistern_engine::{
    addon,
    ids::{AssetId, FactorId, MarketId},
};
use cistern_units::{Fraction, Price, Ratio, Value};

use super::{
    shape::{encoded, record, tagged},
    text::{AssetName, FactorName, FractionText, MarketName, PriceText, RatioText, ValueText},
};

tagged! {
    /// What new risk needs beyond the scenarios: each a rule of its own.
    AddOn ("type", "snake_case") = addon::AddOn {
        ;
        /// The more of an asset the pool has, the less counts of each unit.
        PoolShare(addon::PoolShare => PoolShare),
        /// The more is open in a market, the more a position in it needs.
        OpenInterest(addon::OpenInterest => OpenInterest),
        /// Collateral that fails when the position does.
        WrongWay(addon::WrongWay => WrongWay),
        /// A stablecoin below its peg.
        Depeg(addon::Depeg => Depeg),
    }
}

record! {
    /// A weight that falls with what the pool has.
    PoolShare = addon::PoolShare {
        /// Asset.
        asset: AssetId => AssetName,
        /// Value in the pool up to which all of it counts.
        start: Value => ValueText,
    }
}

record! {
    /// Initial margin that rises to the whole notional between two sizes of a market.
    OpenInterest = addon::OpenInterest {
        /// Market.
        market: MarketId => MarketName,
        /// Open interest up to which nothing is added.
        lower: Value => ValueText,
        /// Open interest from which a position needs its whole notional.
        upper: Value => ValueText,
    }
}

record! {
    /// An asset and a factor that fail together.
    WrongWay = addon::WrongWay {
        /// The collateral.
        asset: AssetId => AssetName,
        /// What positions move with that fail with it: long ones.
        factor: FactorId => FactorName,
        /// How much of the collateral does not count, of each dollar that is open the wrong way.
        share: Fraction => FractionText,
    }
}

record! {
    /// A haircut that sets in below a price.
    Depeg = addon::Depeg {
        /// Asset.
        asset: AssetId => AssetName,
        /// Price below which it begins.
        start: Price => PriceText,
        /// Price from which the whole factor holds.
        full: Price => PriceText,
        /// Haircut for each dollar below the start.
        factor: Ratio => RatioText,
        /// Largest haircut.
        most: Fraction => FractionText,
    }
}

encoded!(AddOn = addon::AddOn);
