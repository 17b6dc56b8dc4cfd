//! The JSON form of acts of governance, and of what they list.

use cistern_attest::{self as attest, FeedKey, SetId};
use cistern_engine::{
    act, addon, collateral,
    ids::{AssetId, FactorId, FeedId, MarketId, Owner, Symbol},
    params,
};
use cistern_units::{Amount, Decimals, Fraction, Price, Ratio, Size, Span, Time, Value};

use super::{
    add_on::AddOn,
    evidence::{Binding, Network, RateSpec, SignerSet},
    params::{Class, Curve, OracleParams},
    shape::{encoded, record, tagged, word},
    text::{
        AmountText, AssetName, DigestText, FactorName, FeedName, FractionText, MarketName, OwnerText,
        PriceText, RatioText, SizeText, SpanMs, SymbolText, TimeMs, ValueText,
    },
};

record! {
    /// Ranges and loading band of a risk factor, at the maintenance tier.
    FactorSpec = act::FactorSpec {
        /// Adverse fall to survive over the margin period.
        range_down: Fraction => FractionText,
        /// Adverse rise to survive over the margin period.
        range_up: Ratio => RatioText,
        /// Loading on the common factor in calm markets.
        loading_calm: Fraction => FractionText,
        /// Loading on the common factor in panic.
        loading_panic: Fraction => FractionText,
        /// What its market takes; null: any size for free.
        impact: Option<act::Impact> => Option<Impact>,
    }
}

record! {
    /// How much the market of a factor takes, and what more costs.
    Impact = act::Impact {
        /// Value that the market absorbs.
        depth: Value => ValueText,
        /// The part of its value that a trade as large as the depth costs.
        lambda: Ratio => RatioText,
    }
}

tagged! {
    /// What an asset is as collateral.
    Kind ("type", "snake_case") = collateral::Kind {
        /// Units that are all alike, worth what markets pay.
        Token {},
        /// A claim that its issuer redeems at a rate.
        Rate {},
        ;
        /// A claim on something outside, for listed holders.
        RealWorld(collateral::RealWorld => RealWorld),
        /// A collection: each unit has a number of its own and is one whole.
        Nft(collateral::Nft => Nft),
    }
}

record! {
    /// What a collection counts for, and for how long a bid for it stands.
    Nft = collateral::Nft {
        /// Most units of it that get credit, over the whole pool.
        cap: u32 => u32,
        /// A bid counts for this long after it was cancelled, and one far below the price buys nothing before it has stood so long.
        notice: Span => SpanMs,
    }
}

record! {
    /// How the haircut of a claim grows with what is not known of it.
    RealWorld = collateral::RealWorld {
        /// Its issuer values it at least so often.
        heartbeat: Span => SpanMs,
        /// Haircut for each day that its value is older than that.
        haircut_a_day: Fraction => FractionText,
        /// Haircut while its market is closed.
        haircut_closed: Fraction => FractionText,
        /// Haircut for a year of waiting in the redemption queue.
        haircut_a_year: Fraction => FractionText,
        /// A commitment to buy it counts for this long after it was lowered.
        notice: Span => SpanMs,
        /// When its market closes, from Monday 00:00 UTC; the same as `opens`: never.
        closes: Span => SpanMs,
        /// When its market opens again.
        opens: Span => SpanMs,
    }
}

record! {
    /// What an asset is when it is listed.
    AssetSpec = act::AssetSpec {
        /// Name.
        symbol: Symbol => SymbolText,
        /// What it is as collateral.
        kind: collateral::Kind => Kind,
        /// Class: bounds the haircut.
        class: params::Class => Class,
        /// Decimals of the smallest unit.
        decimals: Decimals => u8,
        /// Factors that its price moves with.
        factors: Vec<FactorId> => Vec<FactorName>,
        /// Interest of its lending pool.
        curve: params::Curve => Curve,
    }
}

tagged! {
    /// What a market trades.
    Product ("type", "snake_case") = act::Product {
        /// Without an end; funding keeps its price near the index.
        Perp {},
        /// Settled in cash at its expiry; `forward` is the feed of the price for that moment, and may be the index.
        Future { expiry: Time => TimeMs, forward: FeedId => FeedName },
        /// A European option, settled in cash at its expiry; `forward` as of a future.
        Option { expiry: Time => TimeMs, forward: FeedId => FeedName, strike: Price => PriceText, style: act::Style => OptionStyle },
    }
}

word! {
    /// Which of the two an option is.
    OptionStyle = act::Style {
        /// It pays what the index is worth above the strike.
        Call,
        /// It pays what the index is worth below the strike.
        Put,
    }
}

record! {
    /// Implied volatilities of an expiry, a year, by how far a strike is from the forward: in deviations, which are the volatility at the money times the root of the time left.
    Smile = act::Smile {
        /// Two deviations below the forward, and further.
        far_down: Ratio => RatioText,
        /// One deviation below.
        down: Ratio => RatioText,
        /// At the forward.
        money: Ratio => RatioText,
        /// One deviation above.
        up: Ratio => RatioText,
        /// Two deviations above, and further.
        far_up: Ratio => RatioText,
    }
}

record! {
    /// What a market is when it is listed.
    MarketSpec = act::MarketSpec {
        /// Name.
        symbol: Symbol => SymbolText,
        /// Feed of the index price.
        feed: FeedId => FeedName,
        /// Factors that its mark moves with.
        factors: Vec<FactorId> => Vec<FactorName>,
        /// Decimals of the smallest size.
        decimals: Decimals => u8,
        /// What is traded.
        product: act::Product => Product,
    }
}

record! {
    /// A price that sources may report.
    FeedSpec = act::FeedSpec {
        /// Name.
        symbol: Symbol => SymbolText,
        /// Rules of aggregation.
        oracle: params::OracleParams => OracleParams,
    }
}

tagged! {
    /// A change of the pool.
    Act ("type", "snake_case") = act::Act {
        /// Adds a risk factor.
        ListFactor { symbol: Symbol => SymbolText, spec: act::FactorSpec => FactorSpec },
        /// Binds an asset to a feed that has full validity; the new price must be near the old one.
        SetOracle { asset: AssetId => AssetName, feed: FeedId => FeedName },
        /// Caps deposits of an asset: for one account, and for the pool.
        SetDepositCap { asset: AssetId => AssetName, per_account: Amount => AmountText, total: Amount => AmountText },
        /// Caps what may be borrowed of an asset.
        SetBorrowCap { asset: AssetId => AssetName, cap: Amount => AmountText },
        /// Limits what may leave the pool of an asset within an hour.
        SetWithdrawalLimit { asset: AssetId => AssetName, per_hour: Amount => AmountText },
        /// Ends a signer set.
        RetireSigners { network: attest::Network => Network, set: SetId => DigestText },
        /// Takes the binding of a network's feed back.
        UnbindFeed { network: attest::Network => Network, key: FeedKey => DigestText, feed: FeedId => FeedName },
        /// Has a redemption rate make the price of a feed.
        SetRate { feed: FeedId => FeedName, spec: act::RateSpec => RateSpec },
        /// Lets somebody hold a claim.
        AllowHolder { asset: AssetId => AssetName, owner: Owner => OwnerText },
        /// Lets somebody take no more of a claim.
        RemoveHolder { asset: AssetId => AssetName, owner: Owner => OwnerText },
        /// Changes ranges and loadings of a factor.
        SetFactor { factor: FactorId => FactorName, spec: act::FactorSpec => FactorSpec },
        /// Changes the interest of a lending pool.
        SetCurve { asset: AssetId => AssetName, curve: params::Curve => Curve },
        /// Caps the open interest of a market.
        SetOpenInterestCap { market: MarketId => MarketName, cap: Size => SizeText },
        ;
        /// Adds a feed.
        ListFeed(act::FeedSpec => FeedSpec),
        /// Adds a collateral asset, without oracle, caps or withdrawals.
        ListAsset(act::AssetSpec => AssetSpec),
        /// Adds a market, with no open interest allowed.
        ListMarket(act::MarketSpec => MarketSpec),
        /// Sets an add-on, in place of one of its kind about the same.
        SetAddOn(addon::AddOn => AddOn),
        /// Removes the add-on of this kind about the same.
        RemoveAddOn(addon::AddOn => AddOn),
        /// Admits a signer set of a network.
        AdmitSigners(attest::SignerSet => SignerSet),
        /// Binds a feed of a network to a feed of the pool.
        BindFeed(act::Binding => Binding),
    }
}

encoded!(FactorSpec = act::FactorSpec);
encoded!(AssetSpec = act::AssetSpec);
encoded!(MarketSpec = act::MarketSpec);
encoded!(Product = act::Product);
encoded!(FeedSpec = act::FeedSpec);
encoded!(Act = act::Act);
