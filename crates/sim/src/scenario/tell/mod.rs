//! From events, rejections and rows to sentences.

mod account;
mod event;
mod fold;
mod pool;
mod rejection;

pub(crate) use account::{TOPICS, account};
pub(crate) use event::{event, news};
pub(crate) use fold::{Before, Course, News, brief, instant};
pub(crate) use pool::{acts, asset_pool, clearing, feed, fund, market};
pub(crate) use rejection::rejection;
