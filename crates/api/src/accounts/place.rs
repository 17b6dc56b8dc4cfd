//! How an account is written in a path: `17`, `0x<owner>` or `0x<owner>:<sub-account>`.

use cistern_engine::{
    ids::{AccountId, Owner},
    state::State,
};

use crate::{errors::Failure, wire::text};

/// What an account looks like in a path.
pub(crate) const PATTERN: &str = "^([0-9]{1,10}|0x[0-9a-f]{40}(:[0-9]{1,3})?)$";

/// An account as somebody names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountPlace {
    Number(AccountId),
    Owner(Owner, u8),
}

impl AccountPlace {
    /// Reads it.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = || {
            Failure::invalid(
                "account",
                "write its number, or 0x and the 40 digits of its owner, with :1 for a sub-account",
            )
        };
        if let Some(digits) = text.strip_prefix("0x") {
            let (owner, sub) = digits.split_once(':').unwrap_or((digits, "0"));
            let owner = text::read_owner(&format!("0x{owner}")).map_err(|_| wrong())?;
            return Ok(Self::Owner(owner, sub.parse().map_err(|_| wrong())?));
        }
        if text.is_empty() || text.len() > 10 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        // Ten digits may be beyond the last number that an account can have.
        text.parse().map(|number| Self::Number(AccountId(number))).map_err(|_| Failure::no_account(text))
    }

    /// The account's number.
    pub(crate) fn resolve(self, state: &State) -> Result<AccountId, Failure> {
        match self {
            Self::Number(id) if state.account(id).is_ok() => Ok(id),
            Self::Number(id) => Err(Failure::no_account(&id.0.to_string())),
            Self::Owner(owner, sub) => {
                let name = || format!("{}:{sub}", text::owner_text(owner));
                state.account_of(owner, sub).ok_or_else(|| Failure::no_account(&name()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_written_in_three_ways() {
        let owner = format!("0x{}", "0a".repeat(20));
        assert_eq!(AccountPlace::parse("17").unwrap(), AccountPlace::Number(AccountId(17)));
        assert_eq!(AccountPlace::parse(&owner).unwrap(), AccountPlace::Owner(Owner([10; 20]), 0));
        assert_eq!(
            AccountPlace::parse(&format!("{owner}:3")).unwrap(),
            AccountPlace::Owner(Owner([10; 20]), 3)
        );
        for text in
            ["", "-1", "+1", "1.0", "0x12", "seventeen", &format!("{owner}:"), &format!("{owner}:300")]
        {
            let code = AccountPlace::parse(text).unwrap_err().code;
            assert_eq!(code.as_str(), "INVALID_REQUEST", "{text}");
        }
        assert_eq!(AccountPlace::parse("9999999999").unwrap_err().code.as_str(), "ACCOUNT_NOT_FOUND");
    }
}
