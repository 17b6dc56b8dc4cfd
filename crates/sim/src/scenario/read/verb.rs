//! The verbs: one table says how each question is written and what it means.

macro_rules! verbs {
    ($($(#[doc = $doc:literal])* $verb:ident = $name:literal, $usage:literal;)*) => {
        /// What a line asks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Verb {
            $($(#[doc = $doc])* $verb),*
        }

        impl Verb {
            /// All verbs, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$verb),*];

            /// The word that a line begins with.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$verb => $name),* }
            }

            /// How the question is written: words in capitals are arguments, those in brackets may be left out.
            #[must_use]
            pub const fn usage(self) -> &'static str {
                match self { $(Self::$verb => concat!($name, $usage)),* }
            }

            /// What the question means, in one sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$verb => concat!($($doc),*)),* }.trim()
            }
        }
    };
}

verbs! {
    /// Founds one of the built-in pools and lets a minute of steady prices pass.
    Pool = "pool", " WORLD [KEY=VALUE…]";
    /// Opens an account; a name after the slash makes it a sub-account.
    Open = "open", " ACCOUNT";
    /// Chooses how an account is margined: `standard` or `portfolio`.
    Mode = "mode", " ACCOUNT MODE";
    /// Brings units into custody.
    Deposit = "deposit", " ACCOUNT ASSET AMOUNT";
    /// Takes units out of custody.
    Withdraw = "withdraw", " ACCOUNT ASSET AMOUNT";
    /// Moves units to another account.
    Transfer = "transfer", " FROM TO ASSET AMOUNT";
    /// Sets what a listed holder stands ready to buy of a claim, in dollars.
    Commit = "commit", " ACCOUNT ASSET DOLLARS";
    /// Brings one unit of a collection into custody.
    DepositItem = "deposit-item", " ACCOUNT ASSET UNIT";
    /// Takes one unit of a collection out of custody.
    WithdrawItem = "withdraw-item", " ACCOUNT ASSET UNIT";
    /// Moves one unit of a collection to another account.
    TransferItem = "transfer-item", " FROM TO ASSET UNIT";
    /// Bids for units of a collection, so much of the settlement asset for each, and puts the money down.
    Bid = "bid", " ACCOUNT ASSET COUNT AMOUNT";
    /// Takes a bid back when its notice has passed.
    CancelBid = "cancel-bid", " ACCOUNT NUMBER";
    /// Says how long the issuer of a claim lets redemptions wait.
    Queue = "queue", " ASSET SPAN";
    /// Puts held units into the lending pool.
    Lend = "lend", " ACCOUNT ASSET AMOUNT";
    /// Takes units out of the lending pool; `all` takes everything.
    Recall = "recall", " ACCOUNT ASSET AMOUNT";
    /// Borrows units from the lending pool.
    Borrow = "borrow", " ACCOUNT ASSET AMOUNT";
    /// Pays borrowed units back; `all` pays everything.
    Repay = "repay", " ACCOUNT ASSET AMOUNT";
    /// Trades between two accounts.
    Fill = "fill", " BUYER SELLER MARKET SIZE PRICE";
    /// Pays realised losses in, or realised profits out.
    Settle = "settle", " ACCOUNT";
    /// One tick in which every source reports this price, and every other feed repeats its own; `over` makes it a walk.
    Price = "price", " [FEED PRICE…] [FEED@SOURCE PRICE…] [over SPAN] [every SPAN]";
    /// One tick with just these reports.
    Tick = "tick", " [FEED=SOURCE:PRICE~CONFIDENCE@AGE,…]";
    /// What networks sign, at any moment: those that are bound in the pool, and verified before it was ordered.
    Attest = "attest", " [FEED=SOURCE:PRICE~CONFIDENCE@AGE;OPTION,…]";
    /// What is signed about a redemption rate.
    Rate = "rate", " FEED RATIO";
    /// A signer set hands over to the next, signed by the one before it or by another.
    Rotate = "rotate", " NETWORK INDEX [by INDEX]";
    /// Ethereum's consensus is final up to a slot.
    Finalise = "finalise", " SLOT";
    /// Lets time pass with a tick every 30 seconds that repeats all prices.
    Hold = "hold", " SPAN [every SPAN]";
    /// Volatilities of an expiry by all sources, or by those that are named: one for all strikes, or five from the lowest strike up.
    Surface = "surface", " FEED EXPIRY VOLS [SOURCE:VOLS@AGE…]";
    /// Takes over the next step of an account in breach.
    Liquidate = "liquidate", " ACCOUNT LIQUIDATOR";
    /// Has an account stand ready to take over what nobody else does.
    Backstop = "backstop", " ACCOUNT";
    /// Has an account no longer stand ready.
    Release = "release", " ACCOUNT";
    /// Schedules an act of governance.
    Schedule = "schedule", " ACT [ARGUMENT…]";
    /// Strikes out a scheduled act.
    Veto = "veto", " NUMBER";
    /// Refuses new risk.
    Pause = "pause", "";
    /// Accepts new risk again.
    Resume = "resume", "";
    /// Has somebody sign a question that is one command; the signature counts from now for a minute unless it says otherwise.
    Signed = "signed", " SIGNER [nonce=SPAN] [deadline=SPAN] QUESTION…";
    /// Lets a key command an owner's accounts for a span; `SCOPE` is `trade` or `treasury`.
    Agent = "agent", " OWNER KEY SCOPE SPAN";
    /// Takes a key's right back.
    Revoke = "revoke", " OWNER KEY";
    /// Brings units into custody that a message from elsewhere proves.
    Prove = "prove", " ACCOUNT ASSET AMOUNT MESSAGE";
    /// Lets time pass without ticks.
    Wait = "wait", " SPAN";
    /// Sets the clock, in UTC.
    At = "at", " DATE [TIME]";
    /// Shows an account, a feed, a market, `pool ASSET`, `fund`, `clearing` or `acts`.
    Show = "show", " WHAT [TOPIC…]";
    /// Recounts the whole pool from its rows.
    Check = "check", "";
}

impl Verb {
    /// The verb of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|verb| verb.word() == word)
    }

    /// Names of the arguments that must be there, and whether more may follow.
    pub(crate) fn arguments(self) -> (Vec<&'static str>, bool) {
        let words: Vec<&str> = self.usage().split(' ').skip(1).collect();
        let required = words.iter().copied().filter(|word| !word.starts_with('[') && !word.ends_with(']'));
        let open = words.iter().any(|word| word.starts_with('['));
        (required.take_while(|word| word.chars().all(char::is_uppercase)).collect(), open)
    }
}
