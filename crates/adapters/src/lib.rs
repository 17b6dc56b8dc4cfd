//! The outside world: what reaches the pool from other people's machines, one file for each of them.
//!
//! [`feeds`] hear prices, from exchanges and from oracle networks. Nothing here is believed: a quote of an exchange is
//! unsigned and counts as one vote of one group, and evidence is only carried; the node verifies it before it orders it.

pub mod feeds;
