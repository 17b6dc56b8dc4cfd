//! The wire: every form there and back, a whole history through JSON alone, and faults that say where they are.

mod evidence;
mod faults;
mod forms;
mod history;
mod samples;
mod world;
