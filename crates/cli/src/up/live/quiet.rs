//! How often the same thing may be told again.

use cistern_units::{Span, Time};

/// Between the first two tellings.
const FIRST: Span = Span::seconds(5);
/// Between two tellings at the most.
const MOST: Span = Span::HOUR;
/// Who was quiet for so long begins anew.
const CALM: Span = Span::milliseconds(2 * Span::HOUR.as_milliseconds());

/// Something that goes to and fro is told at once, then more and more rarely: each time after twice as long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quiet {
    told_at: Option<Time>,
    wait: Span,
}

impl Quiet {
    pub(super) const NEW: Self = Self { told_at: None, wait: FIRST };

    /// May it be told now?
    pub(super) fn is_over(&self, now: Time) -> bool {
        self.told_at.is_none_or(|at| now.since(at) >= self.wait)
    }

    /// It is told now.
    pub(super) fn tell(&mut self, now: Time) {
        self.wait = match self.told_at {
            Some(at) if now.since(at) < CALM => {
                Span::milliseconds(self.wait.as_milliseconds().saturating_mul(2)).min(MOST)
            }
            _ => FIRST,
        };
        self.told_at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_to_and_fro_all_day_is_told_a_few_times() {
        let mut quiet = Quiet::NEW;
        let mut told = Vec::new();
        for second in 0..86_400_u64 {
            let now = Time::milliseconds(second * 1_000);
            if quiet.is_over(now) {
                quiet.tell(now);
                told.push(second);
            }
        }
        assert_eq!(told.get(..4), Some(&[0, 5, 15, 35][..]));
        assert!(told.len() < 40, "{}", told.len());
    }

    #[test]
    fn after_hours_of_quiet_it_is_told_at_once_again() {
        let mut quiet = Quiet::NEW;
        let at = |seconds: u64| Time::milliseconds(seconds * 1_000);
        [0, 5, 15, 35].map(at).into_iter().for_each(|now| quiet.tell(now));
        assert!(!quiet.is_over(at(74)) && quiet.is_over(at(75)));
        quiet.tell(at(8_000));
        assert!(!quiet.is_over(at(8_004)) && quiet.is_over(at(8_005)));
    }
}
