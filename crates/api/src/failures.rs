//! Which failures an endpoint documents: whatever can come back is in the description.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{Content, Ref, RefOr, ResponseBuilder, response::Response},
};

const BAD_REQUEST: (&str, &str) = ("400", "The request cannot be understood.");
const NOT_FOUND: (&str, &str) = ("404", "What was asked for does not exist.");
/// What every endpoint may answer.
const ALWAYS: &[(&str, &str)] = &[
    ("403", "The request comes from a page of another origin."),
    ("405", "Not with this method."),
    ("408", "The request took too long."),
    ("429", "More requests than the client may send; see retry-after."),
    ("500", "A bug."),
    ("503", "The node orders nothing now, or too much waits already."),
];
const BODY: &[(&str, &str)] = &[
    ("409", "The client's id was used for something else."),
    ("413", "The body is too large."),
    ("415", "The body is not declared as JSON."),
    ("422", "A rule of the pool would be broken."),
];

type Responses = BTreeMap<String, RefOr<Response>>;

fn responses(lists: &[&[(&str, &str)]]) -> Responses {
    let body = Content::new(Some(Ref::from_schema_name("ErrorBody")));
    let one = |(status, description): &(&str, &str)| {
        let response = ResponseBuilder::new().description(*description);
        ((*status).to_owned(), response.content("application/json", body.clone()).build().into())
    };
    lists.iter().copied().flatten().map(one).collect()
}

/// Failures of an endpoint that only reads and takes parameters.
pub(crate) struct Reads;

impl IntoResponses for Reads {
    fn responses() -> Responses {
        responses(&[&[BAD_REQUEST, NOT_FOUND], ALWAYS])
    }
}

/// Failures of an endpoint that takes a body.
pub(crate) struct Writes;

impl IntoResponses for Writes {
    fn responses() -> Responses {
        responses(&[&[BAD_REQUEST, NOT_FOUND], BODY, ALWAYS])
    }
}

/// Failures of an endpoint that opens a WebSocket.
pub(crate) struct Upgrades;

impl IntoResponses for Upgrades {
    fn responses() -> Responses {
        responses(&[&[BAD_REQUEST, ("426", "A WebSocket begins with an upgrade.")], ALWAYS])
    }
}
