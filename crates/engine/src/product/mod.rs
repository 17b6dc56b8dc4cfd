//! Derivative products; one file each.

pub(crate) mod perp;
