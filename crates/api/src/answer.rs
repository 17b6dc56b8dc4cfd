//! An answer: JSON that says which entry it is after.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use cistern_node::Mark;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::errors::{Code, Failure};

/// The header with the number of the last entry.
pub(crate) const X_HEIGHT: HeaderName = HeaderName::from_static("x-height");

/// After which entry an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Number of the last entry.
    pub height: u64,
    /// Number of the last event.
    pub seq: u64,
    /// Time of the last entry, in milliseconds.
    pub time: u64,
}

/// Something that is true after an entry.
pub trait Answer: Serialize {
    /// After which.
    fn place(&self) -> Place;
}

/// Declares answers, which have their place in three fields.
macro_rules! answers {
    ($($name:ident),*) => {
        $(impl $crate::answer::Answer for $name {
            fn place(&self) -> $crate::answer::Place {
                $crate::answer::Place { height: self.height, seq: self.seq, time: self.time }
            }
        })*
    };
}
pub(crate) use answers;

/// A list, or the part of it that was asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// Number of the last entry.
    pub height: u64,
    /// Number of the last event.
    pub seq: u64,
    /// Time of the last entry, in milliseconds.
    pub time: u64,
    /// The items.
    pub items: Vec<T>,
    /// What to ask for the items after these with; none after the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A list that fits one page.
    pub(crate) fn whole(mark: &Mark, items: Vec<T>) -> Self {
        let Mark { height, seq, time, .. } = *mark;
        Self { height, seq, time: time.as_milliseconds(), items, next_cursor: None }
    }

    /// A part of a list, and where it goes on.
    pub(crate) fn part(mark: &Mark, items: Vec<T>, next_cursor: Option<String>) -> Self {
        Self { next_cursor, ..Self::whole(mark, items) }
    }
}

impl<T: Serialize> Answer for Page<T> {
    fn place(&self) -> Place {
        Place { height: self.height, seq: self.seq, time: self.time }
    }
}

/// An answer on its way out.
pub(crate) struct Reply<T>(pub(crate) T);

impl<T: Answer> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let Ok(bytes) = serde_json::to_vec(&self.0) else {
            return Failure::new(Code::INTERNAL, "the answer cannot be written; report it").into_response();
        };
        let mut response = Response::new(Body::from(bytes));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(X_HEIGHT, HeaderValue::from(self.0.place().height));
        response
    }
}
