//! One binary for all integration tests: the real host, the real plugins, bad guests.
//!
//! They need the WebAssembly artefacts: run `make test`, or `make images guests` once and then
//! `cargo test --release -p tests`.
#![cfg(test)]

mod artefacts;
mod cli;
mod conformance;
mod crash;
mod functions;
mod http_api;
mod labels;
mod limits;
mod placement;
mod platform;
mod plugins;
mod projects;
mod tidy;
mod traceability;
