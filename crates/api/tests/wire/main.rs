//! The wire: every form there and back, a whole history through JSON alone, and faults that say where they are.

mod collections;
mod evidence;
mod faults;
mod forms;
mod history;
mod samples;
mod world;
