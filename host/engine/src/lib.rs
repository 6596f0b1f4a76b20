//! The shell around the core: ports, command handling, effects, due items.
#![forbid(unsafe_code)]

pub mod ports;
