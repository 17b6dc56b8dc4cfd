//! From text to questions: lines, words, verbs and what can be wrong with them.

mod fault;
mod line;
mod quantity;
mod verb;

pub use fault::{Fault, FaultKind};
pub use line::{Detail, Question, Script, Step, parse, rewrite};
pub(crate) use line::{Word, asked};
pub(crate) use quantity::{Sign, fraction, moment, moved, price, ratio, signed, span, units, whole};
pub use verb::Verb;
