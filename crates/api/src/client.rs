//! A client for programs that ask and wait: the command line, scripts, load.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    AccountSummary, ErrorBody, ErrorDetail, NodeStatus, SimulateRequest, Simulated, TxAccepted, TxRequest,
};

/// A request and its answer take no longer than this: a server that is there answers in milliseconds, or by its own limit of
/// 30 seconds.
const PATIENCE: Duration = Duration::from_secs(40);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers.
    #[error("no node answers at {url} ({reason}); start one with cistern up, or name another")]
    Unreachable {
        /// What was asked.
        url: String,
        /// What the system said.
        reason: String,
    },
    /// The node refuses.
    #[error("{}", .0.message)]
    Refused(Box<ErrorDetail>),
    /// Somebody answers that is no node of this version.
    #[error("what answers at {url} is no node of this version ({reason})")]
    Strange {
        /// What was asked.
        url: String,
        /// What is wrong with the answer.
        reason: String,
    },
}

impl ClientError {
    /// What the node refused, where it did.
    #[must_use]
    pub fn refusal(&self) -> Option<&ErrorDetail> {
        match self {
            Self::Refused(detail) => Some(detail),
            Self::Unreachable { .. } | Self::Strange { .. } => None,
        }
    }
}

/// A client of one node.
#[derive(Clone, Debug)]
pub struct Client {
    base: String,
    agent: ureq::Agent,
}

impl Client {
    /// A client of the node at an address like `http://127.0.0.1:7070`.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(PATIENCE));
        Self { base: base.trim_end_matches('/').to_owned(), agent: config.build().into() }
    }

    /// Where the node is.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn status(&self) -> Result<NodeStatus, ClientError> {
        self.get("/v1/status")
    }

    /// An account: its number, or `0x` and its owner, with `:1` for a sub-account.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn account(&self, account: &str) -> Result<AccountSummary, ClientError> {
        self.get(&format!("/v1/accounts/{}", in_path(account)))
    }

    /// What commands and other prices would make of an account.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn simulate(&self, asked: &SimulateRequest) -> Result<Simulated, ClientError> {
        self.post("/v1/simulate", asked)
    }

    /// Sends a command; the answer comes when it is durable.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn tx(&self, asked: &TxRequest) -> Result<TxAccepted, ClientError> {
        self.post("/v1/tx", asked)
    }

    /// What is at a path, as it is.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn json(&self, path: &str) -> Result<serde_json::Value, ClientError> {
        self.get(path)
    }

    /// What is at a path, read as its type.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let url = format!("{}{path}", self.base);
        let answer = self.agent.get(&url).call();
        read(url, answer)
    }

    /// What a path answers to a body.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn post<T: DeserializeOwned>(&self, path: &str, asked: &impl Serialize) -> Result<T, ClientError> {
        let url = format!("{}{path}", self.base);
        let strange =
            |reason: serde_json::Error| ClientError::Strange { url: url.clone(), reason: reason.to_string() };
        let body = serde_json::to_vec(asked).map_err(strange)?;
        let answer = self.agent.post(&url).content_type("application/json").send(&body[..]);
        read(url, answer)
    }
}

type Answered = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

fn read<T: DeserializeOwned>(url: String, answer: Answered) -> Result<T, ClientError> {
    let unreachable =
        |error: ureq::Error| ClientError::Unreachable { url: url.clone(), reason: error.to_string() };
    let mut answer = answer.map_err(unreachable)?;
    let status = answer.status();
    let text = answer.body_mut().read_to_string().map_err(unreachable)?;
    let strange = |error: serde_json::Error| {
        let reason = format!("status {status}, {error}");
        ClientError::Strange { url: url.clone(), reason }
    };
    if status.is_success() {
        return serde_json::from_str(&text).map_err(strange);
    }
    let ErrorBody { error } = serde_json::from_str(&text).map_err(strange)?;
    Err(ClientError::Refused(Box::new(error)))
}

/// A part of a path in which no letter means anything but itself.
fn in_path(part: &str) -> String {
    let letter = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b':' | b'-' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    part.bytes().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_letter_of_an_account_leaves_its_place_in_the_path() {
        assert_eq!(in_path("0xab:1"), "0xab:1");
        assert_eq!(in_path("../a?b"), "%2E%2E%2Fa%3Fb");
    }

    #[test]
    fn a_node_that_is_not_there_is_said_to_be_missing() {
        // Nothing listens on port 1 of this machine.
        let error = Client::new("http://127.0.0.1:1/").status().unwrap_err();
        assert!(error.to_string().contains("cistern up"), "{error}");
        assert!(error.refusal().is_none());
    }
}
