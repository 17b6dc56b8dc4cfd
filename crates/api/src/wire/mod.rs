//! What clients read and write: the JSON form of every command, event, rejection and act, in both directions.
//!
//! One form for each thing of the engine, declared in one line for each variant. Reading is strict: a field that means
//! nothing, a number where text belongs, a decimal too many is a [`Fault`] that names the field and says what to
//! write. Whatever is written can be read again, to the same bytes of the engine.

pub mod act;
pub mod add_on;
pub mod command;
pub mod event;
pub mod evidence;
mod fault;
mod names;
pub mod number;
pub mod params;
pub mod rejection;
mod shape;
mod tell;
pub mod text;

pub use act::Act;
pub use command::{Command, Founding};
pub use event::Event;
pub use evidence::Evidence;
pub use fault::Fault;
pub use names::Names;
pub use params::Params;
pub use rejection::Rejection;
