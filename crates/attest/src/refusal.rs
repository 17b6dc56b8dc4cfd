use core::fmt;

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident => $text:literal),* $(,)?) => {
        /// Why a message, or one observation of it, does not count: one variant for each cause.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, borsh::BorshSerialize, borsh::BorshDeserialize)]
        pub enum Refusal {
            $($(#[$doc])* $name),*
        }

        impl Refusal {
            /// All causes, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name of the cause.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

refusals! {
    /// The bytes are no message of this kind: cut off, too long, with an impossible length, or with bytes behind the end.
    Malformed => "the bytes are no message of this kind; compare their length and encoding with where they came from",
    /// Larger than any message of this kind.
    Oversized => "larger than any message of this kind; send one message at a time",
    /// A version or kind of message that is not known here.
    Unsupported => "a version or kind of message that is not known here",
    /// No such signer set is known, or it is not known whole.
    UnknownSet => "the signer set is not in the registry; admit it by a rotation message or an act of governance first",
    /// The signer set was replaced, and its time is over.
    ExpiredSet => "the signer set was replaced and its time is over; get the message signed by the set of today",
    /// The signer set does not sign yet.
    EarlySet => "the signer set does not sign before a later time; wait, or use the set before it",
    /// Fewer signatures than the set's threshold.
    Quorum => "fewer signatures than the threshold of the set; get the message with all of its signatures",
    /// A signature that does not recover to the member it claims, or to no member; or one in its second, high form.
    BadSignature => "a signature is not by the member of the set that it names; the message was changed or is from another network",
    /// Signers out of order, named twice, or outside the set.
    BadSignerIndex => "signers must be named once each, in rising order, within the set",
    /// Not from the emitter that speaks for this network.
    WrongEmitter => "the message is from another emitter than the one that speaks for this network",
    /// A feed that is bound to something else, or to nothing.
    WrongFeed => "the feed is not the one that was asked for; bind it first by an act of governance",
    /// An exponent or number of decimals other than that which the feed was bound with.
    WrongUnit => "the exponent differs from that which the feed was bound with",
    /// Older than a price may be.
    Stale => "older than a price may be; fetch a new message (or judge it at its own time, with --at)",
    /// From the future.
    Ahead => "from the future, further than clocks may differ; check the clock",
    /// Not newer than what is known of this feed from this source.
    NotNewer => "not newer than what is known already",
    /// Past the end of its own validity.
    Expired => "past the end of its own validity; fetch a new message",
    /// Zero or negative; zero also stands for none.
    NonPositive => "zero or negative: no price",
    /// Surer of itself than of its price: a confidence wider than the limit, or bid, price and ask out of order.
    Uncertain => "the source is not sure enough of its price; wait for a better one",
    /// The source says that the market is closed, or gives no price for now.
    MarketClosed => "the market is closed, the price stands still; wait until it opens",
    /// At the bound between which the source can report: it may really be beyond.
    Clamped => "at the lowest or highest value that the source can report; the true price may be beyond",
    /// A Merkle or storage proof that does not lead to its root.
    ProofMismatch => "the proof does not lead to the root that was signed; the message was changed",
    /// A rotation to another set than the next one.
    OutOfOrder => "a rotation leads from each set to the next; apply the ones between first",
    /// A receipt of a transaction that failed.
    FailedTransaction => "the transaction failed, so its logs do not count",
    /// Fewer of the sync committee than two thirds.
    Participation => "fewer than two thirds of the sync committee signed; wait for a better update",
    /// A transfer whose fee is more than it brings, or that is for somebody else.
    NotForUs => "the transfer is for another chain or recipient, or brings less than its fee",
    /// Signed before its block was final.
    NotFinal => "signed before its block was final; wait for the message of the final block",
    /// This message was used already.
    Spent => "this message was used already",
    /// A number beyond the range that is computed with.
    TooLarge => "a number is beyond the range that is computed with",
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.text())
    }
}

impl core::error::Error for Refusal {}
