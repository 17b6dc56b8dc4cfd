//! Writes to expiries: their list stays ordered.

use cistern_units::{Price, Span, Time};

use crate::{
    act::MarketSpec,
    event::Event,
    ids::{FeedId, MarketId},
    rejection::Rejection,
    rows::{Expiry, RowChange, SurfaceWord},
    state::{Journal, State},
};

impl State {
    /// Writes an event of an expiry; other events are not its business.
    pub(crate) fn expire(&mut self, journal: &mut Journal, event: &Event) -> Result<(), Rejection> {
        match *event {
            Event::IndexAveraged { feed, expiry, sum, covered } => {
                self.average(journal, (feed, expiry), sum, covered)
            }
            Event::SettlementDelayed { feed, expiry } => {
                self.change_expiry(journal, (feed, expiry), |row| row.delayed = true)
            }
            Event::ExpirySettled { feed, expiry, .. } => {
                let place = self.expiry_place((feed, expiry)).ok_or(Rejection::MarketUnknown)?;
                let row = self.expiries.remove(place);
                journal.expiries.push(RowChange::Insert(place, row));
                Ok(())
            }
            Event::SurfaceReported { feed, expiry, source, smile, published_at } => {
                let word = SurfaceWord { source, smile, published_at };
                self.change_expiry(journal, (feed, expiry), |row| {
                    let words = &mut row.surface.words;
                    match words.binary_search_by_key(&source, |known| known.source) {
                        Ok(place) => {
                            if let Some(known) = words.get_mut(place) {
                                *known = word;
                            }
                        }
                        Err(place) => words.insert(place, word),
                    }
                })
            }
            Event::SurfaceUpdated { feed, expiry, smile, at, validity } => {
                self.change_expiry(journal, (feed, expiry), |row| {
                    (row.surface.smile, row.surface.at, row.surface.validity) = (Some(smile), at, validity);
                })
            }
            Event::MarketSettled { market, price } => self.settle_market(journal, market, price),
            _ => Ok(()),
        }
    }

    /// An expiry begins with the first market that has it.
    pub(crate) fn begin_expiry(&mut self, journal: &mut Journal, spec: &MarketSpec) {
        let (Some(at), Some(forward)) = (spec.product.expiry(), spec.product.forward()) else {
            return;
        };
        let row = Expiry::new(spec.feed, at, forward);
        if let Err(place) = self.expiries.binary_search_by_key(&row.key(), Expiry::key) {
            self.expiries.insert(place, row);
            journal.expiries.push(RowChange::Remove(place));
        }
    }

    fn average(
        &mut self,
        journal: &mut Journal,
        key: (FeedId, Time),
        sum: u128,
        covered: Span,
    ) -> Result<(), Rejection> {
        let now = self.totals.time;
        self.change_expiry(journal, key, |row| {
            (row.sum, row.covered, row.averaged_at) = (sum, covered, now);
        })
    }

    fn settle_market(
        &mut self,
        journal: &mut Journal,
        market: MarketId,
        price: Price,
    ) -> Result<(), Rejection> {
        self.market_mut(journal, market)?.settled = Some(price);
        Ok(())
    }

    fn expiry_place(&self, key: (FeedId, Time)) -> Option<usize> {
        self.expiries.binary_search_by_key(&key, Expiry::key).ok()
    }

    fn change_expiry(
        &mut self,
        journal: &mut Journal,
        key: (FeedId, Time),
        change: impl FnOnce(&mut Expiry),
    ) -> Result<(), Rejection> {
        let place = self.expiry_place(key).ok_or(Rejection::MarketUnknown)?;
        let row = self.expiries.get_mut(place).ok_or(Rejection::MarketUnknown)?;
        journal.expiries.push(RowChange::Set(place, row.clone()));
        change(row);
        Ok(())
    }
}
