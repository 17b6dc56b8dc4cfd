//! The JSON form of evidence: what was attested, who may sign, whose price a feed of a network is.

use cistern_attest::{self as attest, Address, ChainTrust, Digest, FeedKey, SetId};
use cistern_engine::{
    act, command,
    ids::{FeedId, Owner, SourceId},
    rows,
};
use cistern_units::{Fraction, Price, Span, Time};

use super::{
    shape::{boxed, encoded, record, tagged, word},
    text::{
        BytesText, ChainText, DigestText, FeedName, FractionText, IntegerText, OwnerText, PriceText,
        SignerText, SourceName, SpanMs, TimeMs, WholeText,
    },
};

word! {
    /// An oracle network or bridge: whose signatures count.
    Network = attest::Network {
        /// The guardians of Wormhole.
        Wormhole,
        /// The routers that sign Pyth.
        PythRouters,
        /// Pyth Pro, also called Lazer.
        PythLazer,
        /// RedStone; a set is a data service.
        RedStone,
        /// Chainlink Data Streams, production networks.
        Chainlink,
        /// Chainlink Data Streams, test networks.
        ChainlinkTest,
        /// Proofs against headers of Ethereum.
        Ethereum,
    }
}

word! {
    /// Kind of a message.
    Kind = attest::Kind {
        /// A Pyth accumulator update.
        Pyth,
        /// A Pyth Pro (Lazer) message.
        Lazer,
        /// A RedStone payload.
        RedStone,
        /// A Chainlink Data Streams report.
        Chainlink,
        /// A Wormhole message.
        Vaa,
        /// A receipt of Ethereum with its proof.
        EthReceipt,
        /// Storage slots of Ethereum with their proofs.
        EthStorage,
        /// A light-client update of the beacon chain.
        LightClient,
    }
}

word! {
    /// What a source says of the market that its price is from.
    MarketSession = attest::Market {
        /// Nothing.
        Unstated,
        /// It trades.
        Open,
        /// It does not trade.
        Closed,
    }
}

word! {
    /// What an observation of a bound feed says.
    Subject = act::Subject {
        /// The price of the feed.
        Price,
        /// The redemption rate of the feed's asset.
        Rate,
    }
}

word! {
    /// What an agent's key may do for its owner; each includes the ones before it.
    AgentScope = rows::Scope {
        /// Settle and liquidate.
        Trade,
        /// Lend, recall, borrow, repay, choose the mode too.
        Treasury,
    }
}

record! {
    /// What a key may do for an owner, and until when.
    Agent = rows::Agent {
        /// What it may do.
        scope: rows::Scope => AgentScope,
        /// Last moment at which it may.
        expires_at: Time => TimeMs,
    }
}

word! {
    /// Why a message, or one observation of it, does not count.
    Refusal = attest::Refusal {
        /// The bytes are no message of this kind: cut off, too long, with an impossible length, or with bytes behind the end.
        Malformed,
        /// Larger than any message of this kind.
        Oversized,
        /// A version or kind of message that is not known here.
        Unsupported,
        /// No such signer set is known, or it is not known whole.
        UnknownSet,
        /// The signer set was replaced, and its time is over.
        ExpiredSet,
        /// The signer set does not sign yet.
        EarlySet,
        /// Fewer signatures than the set's threshold.
        Quorum,
        /// A signature that does not recover to the member it claims, or to no member; or one in its second, high form.
        BadSignature,
        /// Signers out of order, named twice, or outside the set.
        BadSignerIndex,
        /// Not from the emitter that speaks for this network.
        WrongEmitter,
        /// A feed that is bound to something else, or to nothing.
        WrongFeed,
        /// An exponent or number of decimals other than that which the feed was bound with.
        WrongUnit,
        /// Older than a price may be.
        Stale,
        /// From the future.
        Ahead,
        /// Not newer than what is known of this feed from this source.
        NotNewer,
        /// Past the end of its own validity.
        Expired,
        /// Zero or negative; zero also stands for none.
        NonPositive,
        /// Surer of itself than of its price: a confidence wider than the limit, or bid, price and ask out of order.
        Uncertain,
        /// The source says that the market is closed, or gives no price for now.
        MarketClosed,
        /// At the bound between which the source can report: it may really be beyond.
        Clamped,
        /// A Merkle or storage proof that does not lead to its root.
        ProofMismatch,
        /// A rotation to another set than the next one.
        OutOfOrder,
        /// A receipt of a transaction that failed.
        FailedTransaction,
        /// Fewer of the sync committee than two thirds.
        Participation,
        /// A transfer whose fee is more than it brings, or that is for somebody else.
        NotForUs,
        /// Signed before its block was final.
        NotFinal,
        /// This message was used already.
        Spent,
        /// A number beyond the range that is computed with.
        TooLarge,
    }
}

tagged! {
    /// How many members of a set must sign.
    Threshold ("type", "snake_case") = attest::Threshold {
        /// More than two thirds.
        TwoThirds {},
        /// More than half.
        Majority {},
        ;
        /// One more than may be faulty.
        Faulty(u8 => u8),
        /// A fixed number.
        Fixed(u8 => u8),
    }
}

record! {
    /// Who signs for a network, for a time.
    SignerSet = attest::SignerSet {
        /// Network.
        network: attest::Network => Network,
        /// Name within the network.
        id: SetId => DigestText,
        /// Members, in the network's own order.
        keys: Vec<Address> => Vec<OwnerText>,
        /// How many must sign.
        threshold: attest::Threshold => Threshold,
        /// From when on it counts.
        valid_from: Time => TimeMs,
        /// From when on it counts no longer.
        expires_at: Option<Time> => Option<TimeMs>,
    }
}

record! {
    /// Which feed of a network is whose price.
    Binding = act::Binding {
        /// Network.
        network: attest::Network => Network,
        /// The set that must have signed, where the network's sets are services; else zero.
        set: SetId => DigestText,
        /// What the network calls the feed.
        key: FeedKey => DigestText,
        /// Source that it speaks as.
        source: SourceId => SourceName,
        /// Feed that it reports.
        feed: FeedId => FeedName,
        /// What it says about it.
        subject: act::Subject => Subject,
        /// Exponent of its prices.
        exponent: i32 => i32,
        /// Lowest value that the source can report.
        floor: Price => PriceText,
        /// Highest value that the source can report.
        ceiling: Price => PriceText,
    }
}

record! {
    /// How the redemption rate of an asset makes its price.
    RateSpec = act::RateSpec {
        /// Feed of what the asset is redeemed for.
        underlying: FeedId => FeedName,
        /// Fastest growth of the rate, a year.
        growth_max: Fraction => FractionText,
        /// Deepest fall that counts at once.
        fall_max: Fraction => FractionText,
        /// A rate counts for this long.
        age_max: Span => SpanMs,
        /// A market price further below redemption than this is a discount.
        discount_band: Fraction => FractionText,
        /// How long a discount or a deep fall lasts until it is believed.
        patience: Span => SpanMs,
    }
}

record! {
    /// A redemption rate and its time.
    Rate = rows::Rate {
        /// Units of the underlying for one unit of the asset.
        ratio: Price => PriceText,
        /// When it held.
        at: Time => TimeMs,
        /// Orders rates of the same time.
        sequence: u64 => u64,
    }
}

record! {
    /// A message as it came in.
    Evidence = attest::Evidence {
        /// What it is.
        kind: attest::Kind => Kind,
        /// Its bytes.
        bytes: Vec<u8> => BytesText,
    }
}

record! {
    /// One price as its network signed it.
    Observation = attest::Observation {
        /// Who vouches for it.
        network: attest::Network => Network,
        /// The set that signed.
        set: SetId => DigestText,
        /// What the network calls the feed.
        feed: FeedKey => DigestText,
        /// The price is `mantissa x 10^exponent`.
        mantissa: i128 => IntegerText,
        /// See `mantissa`.
        exponent: i32 => i32,
        /// Half width of the interval that the source believes in, in units of the mantissa.
        confidence: u128 => WholeText,
        /// When it was published.
        published_at: Time => TimeMs,
        /// Orders observations of the same time.
        sequence: u64 => u64,
        /// The source's own end of validity.
        expires_at: Option<Time> => Option<TimeMs>,
        /// What the source says of the market.
        market: attest::Market => MarketSession,
        /// Content of the message that it came in.
        digest: Digest => DigestText,
    }
}

record! {
    /// A signer set hands over to the next.
    Rotation = attest::Rotation {
        /// Whose set it is.
        network: attest::Network => Network,
        /// Number of the new set.
        index: u32 => u32,
        /// Its members.
        keys: Vec<Address> => Vec<OwnerText>,
        /// The set that says so.
        signed_by: SetId => DigestText,
    }
}

tagged! {
    /// What a pool acts on of a message that was verified.
    Statement ("type", "snake_case") = attest::Statement {
        ;
        /// A price.
        Price(attest::Observation => Observation),
        /// A signer set hands over to the next.
        Rotation(attest::Rotation => Rotation),
        /// Ethereum's consensus went on.
        Chain(ChainTrust => ChainText),
    }
}

record! {
    /// A signature under a command.
    Authorisation = command::Authorisation {
        /// Whose key.
        signer: attest::Signer => SignerText,
        /// The signer's time, used once.
        nonce: Time => TimeMs,
        /// Last moment at which it counts.
        deadline: Time => TimeMs,
        /// Hash of what was signed: the transaction's id.
        id: Digest => DigestText,
        /// The signature.
        signature: Vec<u8> => BytesText,
    }
}

boxed!(Authorisation = command::Authorisation);
boxed!(ChainText = ChainTrust);

encoded!(SignerSet = attest::SignerSet);
encoded!(Binding = act::Binding);
encoded!(Evidence = attest::Evidence);
encoded!(Statement = attest::Statement);

/// The owner's address as its members are written.
impl super::shape::Mirror<Address> for OwnerText {
    fn encode_in(core: &Address, scope: &mut super::names::Scope<'_>) -> Self {
        super::shape::Mirror::<Owner>::encode_in(&Owner(core.0), scope)
    }

    fn decode_in(&self, scope: &mut super::names::Scope<'_>) -> Result<Address, super::Fault> {
        super::shape::Mirror::<Owner>::decode_in(self, scope).map(Owner::address)
    }
}
