//! What can be listened to.

use std::fmt;

use cistern_engine::ids::AccountId;

use crate::errors::Failure;

/// What can be listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Channel {
    Status,
    Prices,
    Pool,
    Markets,
    Params,
    Candidates,
    Replay,
    Account(AccountId),
    /// Every event.
    Events,
    /// Events of accounts that fail.
    Liquidations,
}

const NAMES: &[(&str, Channel)] = &[
    ("status", Channel::Status),
    ("prices", Channel::Prices),
    ("pool", Channel::Pool),
    ("markets", Channel::Markets),
    ("params", Channel::Params),
    ("candidates", Channel::Candidates),
    ("replay", Channel::Replay),
    ("events", Channel::Events),
    ("liquidations", Channel::Liquidations),
];

impl Channel {
    /// The channel of a name.
    pub(crate) fn parse(name: &str) -> Result<Self, Failure> {
        let account = || {
            let digits = name.strip_prefix("account.")?;
            let canonical = digits == "0" || !digits.starts_with(['0', '+']);
            Some(Self::Account(AccountId(digits.parse().ok().filter(|_| canonical)?)))
        };
        let named = NAMES.iter().find(|(known, _)| *known == name).map(|(_, channel)| *channel);
        named.or_else(account).ok_or_else(|| {
            let known: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            Failure::invalid("channels", format!("write {} or account.17", known.join(", ")))
        })
    }

    /// Does every message count, so that one that was missed is missing?
    pub(crate) fn is_numbered(self) -> bool {
        matches!(self, Self::Events | Self::Liquidations)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Account(id) = self {
            return write!(f, "account.{}", id.0);
        }
        let name = NAMES.iter().find(|(_, channel)| channel == self);
        f.write_str(name.map_or("", |(name, _)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_has_one_name() {
        for (name, _) in NAMES {
            assert_eq!(Channel::parse(name).unwrap().to_string(), *name);
        }
        assert_eq!(Channel::parse("account.17").unwrap(), Channel::Account(AccountId(17)));
        for name in
            ["", "account.", "account.-1", "account.017", "account.+1", "account.4294967296", "Prices"]
        {
            assert!(Channel::parse(name).is_err(), "{name}");
        }
    }
}
