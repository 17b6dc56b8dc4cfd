//! Tidy: what the compiler does not check about the shape of the code, as ordinary tests.
//!
//! A check is a function from the root of a tree to what it found there. The tests run each one on this
//! workspace, and on small trees that break its rule, so that no check can pass by looking at nothing.

mod attacks;
mod core_purity;
mod crate_layers;
mod decisions;
mod dependencies;
mod engine_modules;
mod formulas;
mod functions;
mod leftovers;
mod manifest;
mod names;
mod rust;
mod scratch;
mod sizes;
mod tokens;
mod tree;
