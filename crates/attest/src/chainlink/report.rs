//! What the nodes signed: one feed's values, laid out by the schema that the feed's name begins with.

use cistern_units::Time;

use super::words::Words as _;
use crate::{FeedKey, Market, Refusal, reader::Reader};

/// Custom of Data Streams: 18 decimals. Some older streams of schema 2 and 3 have 8; whoever binds them says so.
pub const EXPONENT: i32 = -18;

/// How long a price may have stood still when it was signed, before its market counts as closed: 60 s, as old as a price
/// may be at all. `market_status` does not know of holidays, this does.
const STANDSTILL_NS: u64 = 60_000_000_000;

/// What one report states. Where several schemas have the same thing it has one name here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Feed; its first two bytes are the schema.
    pub feed: FeedKey,
    /// Layout: 2 and 3 crypto, 4 and 8 and 11 real-world assets, 7 redemption rates, 9 net asset values.
    pub schema: u16,
    /// Earliest time that the values are for, in Unix seconds.
    pub valid_from: u32,
    /// Latest time that they are for: when the nodes looked.
    pub observed_at: u32,
    /// Until when the report may be used.
    pub expires_at: u32,
    /// Price, mid price, rate, or net asset value of a share, with 18 decimals; signed.
    pub price: i128,
    /// Where the schema has a book: its best bid and ask, liquidity-weighted in schema 3.
    pub book: Option<(i128, i128)>,
    /// Where the schema says so: when the price last moved, in Unix nanoseconds.
    pub last_seen_ns: Option<u64>,
    /// Where the schema says so: the market's status, in the schema's own numbers.
    pub market_status: Option<u32>,
    /// Schema 9: day of the net asset value, in the feed's own unit; net assets; and whether the fund's data are paused.
    pub fund: Option<(u64, i128, u32)>,
}

/// Reads the signed part of a report, which must be all of the bytes.
pub(super) fn decode(bytes: &[u8]) -> Result<Report, Refusal> {
    let words = &mut Reader::new(bytes);
    let feed = words.word()?;
    let [high, low, ..] = feed;
    let schema = u16::from_be_bytes([high, low]);
    // Others, and why not: 1 counts in blocks; 5 and 6 are no price; 10 has a price of the share and one of its token,
    // and a multiplier between them; 12 has two net asset values; 13 has no price; 14 is a future that rolls.
    if !matches!(schema, 2 | 3 | 4 | 7 | 8 | 9 | 11) {
        return Err(Refusal::Unsupported);
    }
    let valid_from = words.unsigned32()?;
    let observed_at = words.unsigned32()?;
    words.skip_unsigned192()?;
    words.skip_unsigned192()?;
    let expires_at = words.unsigned32()?;
    let mut report = Report {
        feed: FeedKey(feed),
        schema,
        valid_from,
        observed_at,
        expires_at,
        price: 0,
        book: None,
        last_seen_ns: None,
        market_status: None,
        fund: None,
    };
    report.values(words)?;
    words.end()?;
    Ok(report)
}

impl Report {
    fn values(&mut self, words: &mut Reader<'_>) -> Result<(), Refusal> {
        if self.schema == 8 {
            self.last_seen_ns = Some(words.unsigned64()?);
        }
        self.price = words.signed192()?;
        match self.schema {
            3 => self.book = Some((words.signed192()?, words.signed192()?)),
            4 | 8 => self.market_status = Some(words.unsigned32()?),
            9 => self.fund = Some((words.unsigned64()?, words.signed192()?, words.unsigned32()?)),
            11 => {
                self.last_seen_ns = Some(words.unsigned64()?);
                let bid = words.signed192()?;
                let _bid_volume = words.signed192()?;
                let ask = words.signed192()?;
                let _ask_volume = words.signed192()?;
                let _last_traded_price = words.signed192()?;
                self.book = Some((bid, ask));
                self.market_status = Some(words.unsigned32()?);
            }
            _ => {}
        }
        Ok(())
    }

    /// When the nodes looked.
    #[must_use]
    pub fn published_at(&self) -> Time {
        seconds(self.observed_at)
    }

    /// The report's own end.
    #[must_use]
    pub fn expires_at(&self) -> Time {
        seconds(self.expires_at)
    }

    /// Does the market trade? Only status 2 is open in every schema: of schema 11 there are two readings, of which one has
    /// 1 for closed and the other for the session before the market, and 3 to 5 for after it, the night and the weekend. A status that is
    /// not known, a fund that is paused, and a price that has stood still count as closed.
    #[must_use]
    pub fn market(&self) -> Market {
        let observed_ns = u64::from(self.observed_at).saturating_mul(1_000_000_000);
        let still = self.last_seen_ns.is_some_and(|seen| observed_ns.saturating_sub(seen) > STANDSTILL_NS);
        let paused = self.fund.is_some_and(|(_, _, ripcord)| ripcord != 0);
        match self.market_status {
            _ if still || paused => Market::Closed,
            None => Market::Unstated,
            Some(2) => Market::Open,
            Some(_) => Market::Closed,
        }
    }

    /// The larger of the distances to bid and ask; none where there is no book.
    ///
    /// # Errors
    /// [`Refusal::Uncertain`] where the price is not between them and the market trades. That of a market that does not
    /// trade may have no book, and its price counts for nothing anyway.
    pub fn confidence(&self) -> Result<u128, Refusal> {
        let Some((bid, ask)) = self.book else { return Ok(0) };
        let ordered = bid <= self.price && self.price <= ask;
        if !ordered && self.market() != Market::Closed {
            return Err(Refusal::Uncertain);
        }
        Ok(self.price.abs_diff(bid).max(self.price.abs_diff(ask)))
    }
}

fn seconds(seconds: u32) -> Time {
    Time::milliseconds(u64::from(seconds).saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(schema: u16) -> Report {
        Report {
            feed: FeedKey::default(),
            schema,
            valid_from: 1_000,
            observed_at: 1_000,
            expires_at: 2_000,
            price: 100,
            book: None,
            last_seen_ns: None,
            market_status: None,
            fund: None,
        }
    }

    #[test]
    fn only_status_two_is_open_and_silence_is_unstated() {
        assert_eq!(report(3).market(), Market::Unstated);
        for (status, market) in [
            (0, Market::Closed),
            (1, Market::Closed),
            (2, Market::Open),
            (3, Market::Closed),
            (5, Market::Closed),
            (u32::MAX, Market::Closed),
        ] {
            assert_eq!(Report { market_status: Some(status), ..report(11) }.market(), market, "{status}");
        }
    }

    #[test]
    fn an_open_market_whose_price_stood_still_is_closed() {
        let open = Report { market_status: Some(2), ..report(8) };
        let seen = |ns: u64| Report { last_seen_ns: Some(ns), ..open }.market();
        assert_eq!(seen(1_000_000_000_000), Market::Open);
        assert_eq!(seen(940_000_000_000), Market::Open);
        assert_eq!(seen(939_999_999_999), Market::Closed);
        assert_eq!(seen(0), Market::Closed);
        assert_eq!(seen(u64::MAX), Market::Open);
    }

    #[test]
    fn a_fund_that_is_paused_is_closed() {
        assert_eq!(Report { fund: Some((0, 0, 0)), ..report(9) }.market(), Market::Unstated);
        assert_eq!(Report { fund: Some((0, 0, 1)), ..report(9) }.market(), Market::Closed);
    }

    #[test]
    fn the_confidence_is_the_wider_side_of_the_book() {
        let book = |bid, ask| Report { book: Some((bid, ask)), ..report(3) }.confidence();
        assert_eq!(report(2).confidence(), Ok(0));
        assert_eq!(book(99, 103), Ok(3));
        assert_eq!(book(95, 100), Ok(5));
        assert_eq!(book(101, 103), Err(Refusal::Uncertain));
        assert_eq!(book(90, 99), Err(Refusal::Uncertain));
        let closed = Report { book: Some((0, 0)), market_status: Some(5), ..report(11) };
        assert_eq!(closed.confidence(), Ok(100));
        assert_eq!(
            Report { price: i128::MIN, book: Some((i128::MIN, i128::MAX)), ..report(3) }.confidence(),
            Ok(u128::MAX)
        );
    }
}
