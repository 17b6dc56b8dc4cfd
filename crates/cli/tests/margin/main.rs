//! `cistern margin` as people and programs run it.

mod add_ons;
mod compare;
mod documented;
mod kinds;
mod linear;
mod options;
mod run;
