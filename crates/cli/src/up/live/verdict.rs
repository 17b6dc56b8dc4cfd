//! What the pool made of a signed message.

use std::sync::Arc;

use cistern_attest::Refusal;
use cistern_engine::event::{Event, ReportFault};
use cistern_node::{Applied, SubmitError};

/// What came of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All of it was taken in, or was known already.
    Counts,
    /// Not all of it counts: a name for the cause, and the cause in words.
    Not {
        /// The cause: each is told by itself.
        cause: &'static str,
        /// What is told.
        words: String,
    },
    /// The node has more to do than it can: what is due comes again.
    Busy,
    /// The node orders nothing more.
    Stopped {
        /// Why.
        reason: String,
    },
}

impl Verdict {
    pub(super) fn of(outcome: &Result<Arc<Applied>, SubmitError>) -> Self {
        match outcome {
            Ok(applied) => match &applied.outcome {
                Ok(events) => events.iter().find_map(fault).unwrap_or(Self::Counts),
                Err(rejection) => Self::Not { cause: "rejected", words: rejection.to_string() },
            },
            Err(SubmitError::Refused { refusal, .. }) => Self::refused(*refusal).unwrap_or(Self::Counts),
            Err(SubmitError::Full) => Self::Busy,
            Err(SubmitError::Stopped { reason }) => Self::Stopped { reason: reason.to_string() },
            Err(error) => Self::Not { cause: "not ordered", words: error.to_string() },
        }
    }

    /// What is not newer is no fault: gateways give the same again, and after a restart too.
    fn refused(refusal: Refusal) -> Option<Self> {
        let is_fault = !matches!(refusal, Refusal::NotNewer | Refusal::Spent);
        is_fault.then(|| Self::Not { cause: refusal.name(), words: refusal.to_string() })
    }
}

fn fault(event: &Event) -> Option<Verdict> {
    let (cause, words) = match event {
        Event::ObservationRefused { refusal, .. } => return Verdict::refused(*refusal),
        Event::ReportRefused { fault, .. } => match fault {
            ReportFault::NotNewer => return None,
            ReportFault::Unknown => {
                ("unknown", "it is bound to a feed or source that the pool does not have")
            }
            ReportFault::Stale => ("stale", "older than a price may be"),
            ReportFault::Ahead => ("ahead", "from the future: compare this machine's clock"),
            ReportFault::Uncertain => ("uncertain", "the source is not sure enough of its price"),
            ReportFault::Jump => {
                ("jump", "far from what it said before; it counts once the next one confirms it")
            }
            ReportFault::Bounds => ("bounds", "no volatility can be that: check its unit"),
            ReportFault::Expired => ("expired", "what it speaks of has expired"),
            ReportFault::Unsigned => ("unsigned", "the source speaks by evidence alone"),
            ReportFault::Apart => (
                "apart",
                "its first price is far from what the others say: is it bound to the right feed, in the right unit?",
            ),
        },
        _ => return None,
    };
    Some(Verdict::Not { cause, words: words.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_message_again_is_no_fault_and_a_stranger_s_is() {
        let refused = |refusal| Verdict::of(&Err(SubmitError::Refused { message: 0, refusal }));
        assert_eq!(refused(Refusal::NotNewer), Verdict::Counts);
        let Verdict::Not { cause, words } = refused(Refusal::UnknownSet) else { panic!("it does not count") };
        assert!(cause == "UnknownSet" && words.contains("not in the registry"), "{words}");
        assert_eq!(Verdict::of(&Err(SubmitError::Full)), Verdict::Busy);
    }
}
