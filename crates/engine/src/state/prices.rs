//! Writes to feeds.

use cistern_units::{Price, Time};

use crate::{
    event::ReportFault,
    ids::{FeedId, SourceId},
    rate,
    rejection::Rejection,
    rows::{Feed, Quote, Rate, RateState, Report, Validity},
    stable,
    state::{Journal, State},
};

impl State {
    fn feed_mut(&mut self, journal: &mut Journal, id: FeedId) -> Result<&mut Feed, Rejection> {
        let feed = self.feeds.get_mut(id.position()).ok_or(Rejection::FeedUnknown)?;
        // A tick touches a feed several times; what it was before the first is enough.
        if !journal.feeds.iter().any(|(seen, _)| *seen == id) {
            journal.feeds.push((id, feed.clone()));
        }
        Ok(feed)
    }

    pub(crate) fn record_report(
        &mut self,
        journal: &mut Journal,
        id: FeedId,
        report: Report,
    ) -> Result<(), Rejection> {
        let feed = self.feed_mut(journal, id)?;
        match feed.reports.binary_search_by_key(&report.source, |known| known.source) {
            Ok(place) => {
                if let Some(known) = feed.reports.get_mut(place) {
                    *known = report;
                }
            }
            Err(place) => feed.reports.insert(place, report),
        }
        Ok(())
    }

    pub(crate) fn record_refusal(
        &mut self,
        journal: &mut Journal,
        (id, source): (FeedId, SourceId),
        price: Price,
        fault: ReportFault,
    ) -> Result<(), Rejection> {
        if fault != ReportFault::Jump {
            return Ok(());
        }
        let feed = self.feed_mut(journal, id)?;
        if let Ok(place) = feed.reports.binary_search_by_key(&source, |known| known.source)
            && let Some(known) = feed.reports.get_mut(place)
        {
            known.unconfirmed = Some(price);
        }
        Ok(())
    }

    pub(crate) fn record_price(
        &mut self,
        journal: &mut Journal,
        id: FeedId,
        price: Price,
        (uncertainty, spread): (u128, u128),
    ) -> Result<(), Rejection> {
        let now: Time = self.totals.time;
        let feed = self.feed_mut(journal, id)?;
        feed.quote = Some(Quote { price, uncertainty, spread, at: now });
        feed.stable = Some(match feed.stable {
            None => stable::first(price, now),
            Some(state) => stable::next(state, price, now),
        });
        Ok(())
    }

    /// A rate was heard, within what is believed: the anchor follows unless it grew faster than it may.
    pub(crate) fn record_rate(
        &mut self,
        journal: &mut Journal,
        id: FeedId,
        heard: Rate,
    ) -> Result<(), Rejection> {
        let growth = self.config.rate(id).ok_or(Rejection::FeedUnknown)?.growth_max;
        let feed = self.feed_mut(journal, id)?;
        let anchor = match feed.rate {
            Some(known) if heard.ratio > rate::ceiling(known.anchor, growth, heard.at) => known.anchor,
            _ => heard,
        };
        feed.rate = Some(RateState { anchor, heard, fallen_since: None });
        Ok(())
    }

    /// A rate fell too deep to be believed at once: what counts stays, the time is noted.
    pub(crate) fn record_fall(
        &mut self,
        journal: &mut Journal,
        id: FeedId,
        heard: Rate,
    ) -> Result<(), Rejection> {
        let now = self.totals.time;
        let feed = self.feed_mut(journal, id)?;
        if let Some(known) = feed.rate {
            feed.rate = Some(RateState { heard, fallen_since: known.fallen_since.or(Some(now)), ..known });
        }
        Ok(())
    }

    pub(crate) fn record_discount(
        &mut self,
        journal: &mut Journal,
        id: FeedId,
        since: Option<Time>,
    ) -> Result<(), Rejection> {
        self.feed_mut(journal, id)?.discount_since = since;
        Ok(())
    }

    pub(crate) fn record_validity(
        &mut self,
        journal: &mut Journal,
        id: FeedId,
        validity: Validity,
    ) -> Result<(), Rejection> {
        let now = self.totals.time;
        let feed = self.feed_mut(journal, id)?;
        if feed.validity == Validity::Frozen && validity != Validity::Frozen {
            feed.live_since = now;
        }
        feed.validity = validity;
        Ok(())
    }
}
