use cistern_units::{DecimalError, Span};

/// What is quoted of somebody else's words.
const EXCERPT_MAX: usize = 160;

/// What went wrong with a feed. Each sentence follows the feed's name, and says what to do where somebody can do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// No connection.
    #[error(
        "cannot be reached at {address} ({reason}): see whether the network lets it through, and that the address is right"
    )]
    Unreachable {
        /// Where.
        address: String,
        /// What the system or the other side said.
        reason: String,
    },
    /// A connection or an answer took too long.
    #[error("did not answer at {address} within {after}: see whether the network lets it through")]
    TimedOut {
        /// Where.
        address: String,
        /// How long was waited.
        after: Span,
    },
    /// The line was there and is not any longer.
    #[error("closed the line ({reason}); it is opened again")]
    Closed {
        /// What was said at the end.
        reason: String,
    },
    /// Nothing at all came over an open line.
    #[error("said nothing for {after}; the line is opened again")]
    Silent {
        /// How long.
        after: Span,
    },
    /// Something came, but no price.
    #[error(
        "gave no price for {after}; the line is opened again. If it stays so, see whether it knows the symbols"
    )]
    Mute {
        /// How long.
        after: Span,
    },
    /// Not a message of the protocol.
    #[error("sent what is no message of its protocol: {reason}")]
    Garbled {
        /// What is wrong with it.
        reason: String,
    },
    /// Too many of these in a row.
    #[error(
        "sent {count} garbled messages in a row; the line is opened again. Is the address that of another protocol?"
    )]
    Babble {
        /// How many.
        count: u32,
    },
    /// A message between two others was lost.
    #[error(
        "lost messages of {symbol} (number {found} came in place of {expected}); the line is opened again"
    )]
    Gap {
        /// The symbol, or the channel where the venue numbers across symbols.
        symbol: String,
        /// The number that was due.
        expected: String,
        /// The number that came.
        found: String,
    },
    /// Bids above asks: the book is not what the venue has.
    #[error("has a bid above the ask of {symbol}; the line is opened again")]
    Crossed {
        /// The symbol.
        symbol: String,
    },
    /// Nobody buys, or nobody sells.
    #[error("has no bid or no ask for {symbol}, so there is no price")]
    OneSided {
        /// The symbol.
        symbol: String,
    },
    /// A number that is no price.
    #[error("quotes {symbol} at {text}, which is no price: {reason}")]
    NoPrice {
        /// The symbol.
        symbol: String,
        /// What it says.
        text: String,
        /// Why not.
        reason: DecimalError,
    },
    /// The venue will not tell.
    #[error(
        "refuses what it was asked for ({reason}): see whether it knows the symbols of this feed in the parameters"
    )]
    Refused {
        /// What it said.
        reason: String,
    },
    /// The gateway wants to know who asks.
    #[error(
        "answers {status} at {address}: it wants an API key. Name its header and the variable that holds it in the parameters (key)"
    )]
    Locked {
        /// Where.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// The gateway wants us to come later.
    #[error("is asked too often or is busy ({status}); it is asked again in {again}")]
    Busy {
        /// The HTTP status.
        status: u16,
        /// When again.
        again: Span,
    },
    /// The gateway answers something other than success.
    #[error(
        "answers {status} at {address}: see whether the address and the symbols are right; it is asked again"
    )]
    Status {
        /// Where.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// An answer without end.
    #[error("answers with more than {limit} bytes, which is not read")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
}

impl FeedError {
    pub(crate) fn garbled(reason: &str) -> Self {
        Self::Garbled { reason: excerpt(reason) }
    }

    pub(crate) fn refused(reason: &str) -> Self {
        Self::Refused { reason: excerpt(reason) }
    }

    /// Can the line not be trusted after this? It is closed, opened again, and everything is asked for again.
    #[must_use]
    pub const fn ends_line(&self) -> bool {
        matches!(self, Self::Gap { .. } | Self::Crossed { .. })
    }
}

/// The beginning of somebody else's words, without what would disturb a terminal or a log.
pub(crate) fn excerpt(text: &str) -> String {
    let mut excerpt: String = text.chars().take(EXCERPT_MAX).collect();
    if excerpt.len() < text.len() {
        excerpt.push('…');
    }
    excerpt.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_elses_words_are_cut_and_cannot_write_over_ours() {
        assert_eq!(excerpt("a\x1b[2Jb\nc"), "a [2Jb c");
        assert_eq!(excerpt(&"é".repeat(500)).chars().count(), EXCERPT_MAX + 1);
    }
}
