//! The one shape of everything that goes wrong.

use std::{borrow::Cow, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use cistern_engine::{command::Command, rejection::Rejection};
use cistern_node::SubmitError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{
    answer::X_HEIGHT,
    wire::{self, Fault, Names, text::hex},
};

/// What went wrong, for a program: a code of the API, or the name of the rule that would have been broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(Cow<'static, str>);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident;)*) => {
        impl Code {
            $($(#[$doc])* pub const $name: Self = Self(Cow::Borrowed($text));)*

            /// Codes of the API itself; the others are names of rules.
            pub const OWN: &'static [&'static str] = &[$($text),*];

            /// Status that goes with the code; a rule that would be broken is 422.
            #[must_use]
            pub fn status(&self) -> StatusCode {
                match &*self.0 {
                    $($text => StatusCode::$status,)*
                    _ => StatusCode::UNPROCESSABLE_ENTITY,
                }
            }
        }
    };
}

codes! {
    /// The body is not JSON.
    MALFORMED_JSON = "MALFORMED_JSON", BAD_REQUEST;
    /// The body, the path or the query does not fit what the endpoint takes.
    INVALID_REQUEST = "INVALID_REQUEST", BAD_REQUEST;
    /// The command needs a signature, or evidence.
    SIGNATURES_REQUIRED = "SIGNATURES_REQUIRED", FORBIDDEN;
    /// A signature is not by its signer over that command of this pool.
    SIGNATURE_INVALID = "SIGNATURE_INVALID", FORBIDDEN;
    /// No signature makes the command right.
    COMMAND_CLOSED = "COMMAND_CLOSED", FORBIDDEN;
    /// A message does not count; `details.refusal` says why.
    MESSAGE_REFUSED = "MESSAGE_REFUSED", UNPROCESSABLE_ENTITY;
    /// The agent's key is one for which everybody can sign.
    AGENT_KEY_WEAK = "AGENT_KEY_WEAK", UNPROCESSABLE_ENTITY;
    /// No such path.
    NOT_FOUND = "NOT_FOUND", NOT_FOUND;
    /// No such account.
    ACCOUNT_NOT_FOUND = "ACCOUNT_NOT_FOUND", NOT_FOUND;
    /// No replay runs here.
    NO_REPLAY = "NO_REPLAY", NOT_FOUND;
    /// The request comes from a page of another origin.
    ORIGIN_FORBIDDEN = "ORIGIN_FORBIDDEN", FORBIDDEN;
    /// The path exists, for another method.
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED;
    /// The request took too long to arrive, or to be answered.
    TIMED_OUT = "TIMED_OUT", REQUEST_TIMEOUT;
    /// The client's id was used for something else before.
    CLIENT_ID_REUSED = "CLIENT_ID_REUSED", CONFLICT;
    /// The body is larger than the limit.
    BODY_TOO_LARGE = "BODY_TOO_LARGE", PAYLOAD_TOO_LARGE;
    /// The body is not declared as JSON.
    MEDIA_TYPE_UNSUPPORTED = "MEDIA_TYPE_UNSUPPORTED", UNSUPPORTED_MEDIA_TYPE;
    /// A WebSocket begins with an upgrade.
    UPGRADE_REQUIRED = "UPGRADE_REQUIRED", UPGRADE_REQUIRED;
    /// More requests than the client may send.
    RATE_LIMITED = "RATE_LIMITED", TOO_MANY_REQUESTS;
    /// A bug; the request's id finds it in the log.
    INTERNAL = "INTERNAL", INTERNAL_SERVER_ERROR;
    /// Too many commands wait already.
    QUEUE_FULL = "QUEUE_FULL", SERVICE_UNAVAILABLE;
    /// The history cannot be read; the pool goes on.
    HISTORY_UNAVAILABLE = "HISTORY_UNAVAILABLE", SERVICE_UNAVAILABLE;
    /// The node orders nothing more until somebody mends it.
    NODE_STOPPED = "NODE_STOPPED", SERVICE_UNAVAILABLE;
}

impl Code {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Every code that there is.
    pub fn all() -> impl Iterator<Item = String> {
        let own = Self::OWN.iter().map(|code| (*code).to_owned());
        own.chain(wire::rejection::RejectionCode::all())
    }
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A code of the API, or the name of the rule that would have been broken."))
            .enum_values(Some(Self::all()))
            .into()
    }
}

impl ToSchema for Code {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ErrorCode")
    }
}

/// What went wrong.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorDetail {
    /// What, for a program.
    pub code: Code,
    /// What, for a person, and what to do about it.
    pub message: String,
    /// The numbers of the case.
    pub details: Map<String, Value>,
    /// Id of the request, as in the header `x-request-id`.
    pub request_id: String,
    /// May the same request succeed later?
    pub retryable: bool,
}

/// The body of every answer that is not what was asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// A request that fails: becomes an [`ErrorBody`] once the id of its request is known.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What, for a program.
    pub code: Code,
    /// What, for a person.
    pub message: String,
    /// The numbers of the case.
    pub details: Box<Map<String, Value>>,
    /// When to try again; none where the same request cannot succeed.
    pub retry_after: Option<Duration>,
    /// Number of the entry that was refused; none where nothing was ordered.
    pub height: Option<u64>,
}

impl Failure {
    /// A failure without numbers.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Box::default(), retry_after: None, height: None }
    }

    /// With one more number of the case.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// Of an entry that was ordered and refused.
    #[must_use]
    pub(crate) fn of_entry(mut self, height: u64) -> Self {
        self.height = Some(height);
        self
    }

    /// What the same request may succeed after.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// A part of the request that cannot be understood.
    #[must_use]
    pub fn invalid(field: &str, message: impl std::fmt::Display) -> Self {
        Self::new(Code::INVALID_REQUEST, format!("{field}: {message}")).with("field", field)
    }

    /// No such account.
    #[must_use]
    pub fn no_account(account: &str) -> Self {
        Self::new(Code::ACCOUNT_NOT_FOUND, "there is no such account; open it first, or look for its number")
            .with("account", account)
    }

    /// The error as clients see it.
    #[must_use]
    pub fn detail(&self, request_id: &str) -> ErrorDetail {
        ErrorDetail {
            code: self.code.clone(),
            message: self.message.clone(),
            details: (*self.details).clone(),
            request_id: request_id.to_owned(),
            retryable: self.retry_after.is_some(),
        }
    }

    /// The answer to a request whose id is known.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let body = ErrorBody { error: self.detail(request_id) };
        let bytes = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = self.code.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(height) = self.height {
            headers.insert(X_HEIGHT, HeaderValue::from(height));
        }
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        response
    }

    /// The failure behind a bare status that some layer below gave.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => {
                Self::new(Code::NOT_FOUND, "there is nothing here; see /v1/openapi.json")
            }
            StatusCode::METHOD_NOT_ALLOWED => Self::new(
                Code::METHOD_NOT_ALLOWED,
                "not with this method; the header allow lists the ones that work",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(Code::BODY_TOO_LARGE, "the body is too large; send it in parts")
            }
            StatusCode::REQUEST_TIMEOUT => {
                Self::new(Code::TIMED_OUT, "the request took too long; send it again")
                    .retry_after(Duration::from_secs(1))
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::new(
                Code::MEDIA_TYPE_UNSUPPORTED,
                "the body must be JSON: send the header content-type: application/json",
            ),
            StatusCode::UPGRADE_REQUIRED => Self::new(
                Code::UPGRADE_REQUIRED,
                "this path speaks WebSocket: open it with a WebSocket client",
            ),
            status if status.is_client_error() => {
                Self::new(Code::INVALID_REQUEST, "the request cannot be understood; see /v1/openapi.json")
            }
            _ => Self::new(Code::INTERNAL, "a bug in the server; report it with the request's id"),
        }
    }

    /// A rule that a command would break.
    #[must_use]
    pub fn rule(rejection: &Rejection, command: &Command, names: &Names) -> Self {
        let told = wire::Rejection::encode(rejection, command, names);
        let code = Code(Cow::Owned(told.code.0));
        Self { code, message: told.message, details: Box::new(told.details), retry_after: None, height: None }
    }

    /// A rule that stands in the way of a look at the pool: there is no account, or its numbers are absurd.
    #[must_use]
    pub(crate) fn unseen(rejection: &Rejection) -> Self {
        Self::rule(rejection, &Command::Pause, &Names::default())
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        let of = |code| Self::new(code, error.to_string());
        match &error {
            SubmitError::Full => of(Code::QUEUE_FULL).retry_after(Duration::from_secs(1)),
            SubmitError::TooLarge { bytes, most } => {
                of(Code::BODY_TOO_LARGE).with("bytes", *bytes).with("most", *most)
            }
            SubmitError::TooManyMessages { messages, most } => {
                of(Code::BODY_TOO_LARGE).with("messages", *messages).with("most", *most)
            }
            SubmitError::Stopped { reason } => of(Code::NODE_STOPPED).with("reason", &**reason),
            SubmitError::Unsigned { .. } => of(Code::SIGNATURES_REQUIRED),
            SubmitError::Closed { .. } => of(Code::COMMAND_CLOSED),
            SubmitError::Signature { refusal, digest } => {
                of(Code::SIGNATURE_INVALID).with("refusal", refusal.name()).with("digest", hex(digest))
            }
            SubmitError::WrongId { expected } => of(Code::SIGNATURE_INVALID).with("digest", hex(expected)),
            SubmitError::Refused { message, refusal } => {
                of(Code::MESSAGE_REFUSED).with("message", *message).with("refusal", refusal.name())
            }
            SubmitError::WeakKey => of(Code::AGENT_KEY_WEAK),
            SubmitError::Panicked => of(Code::INTERNAL),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::new(Code::INVALID_REQUEST, fault.to_string()).with("field", fault.path())
    }
}

impl IntoResponse for Failure {
    /// The body is written by the outermost layer, which knows the request's id.
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_rule_has_its_own_code_and_status() {
        let failure = Failure::unseen(&Rejection::NothingOwed);
        assert_eq!(failure.code.as_str(), "NOTHING_OWED");
        assert_eq!(failure.code.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[test]
    fn every_code_is_there_once() {
        let mut all: Vec<String> = Code::all().collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
