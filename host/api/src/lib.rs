//! The HTTP interface of Kapok: routes, request and response types, problem+json, OpenAPI.
//!
//! [`router`] makes an axum router from an [`AppState`], and [`serve()`] serves it on a listener; neither
//! opens a socket or installs anything but what the caller hands in. The engine does all work: this crate translates, guards and counts. It
//! knows no SQL and no WebAssembly.
//!
//! What holds for every route:
//! - errors are problem+json (RFC 9457) with a stable [`problem::Code`], the article and the way out;
//! - permission comes before everything that could tell what the caller may not know;
//! - logs carry method, route template, status, role and request id: no bodies, no queries, no
//!   personal data;
//! - engine calls block, so they run on blocking threads, as many at once as [`Limits`] says.
#![forbid(unsafe_code)]

mod state;

mod auth;

pub mod problem;

mod headers;

mod extract;

pub mod metrics;

mod observe;

mod guard;

pub mod dto;

mod routes;

mod openapi;

mod indexing;

mod serve;

pub use auth::{Auth, TokenHash};
pub use indexing::{IndexingError, catch_up};
pub use openapi::document;
pub use routes::router;
pub use serve::serve;
pub use state::{AppState, Limits};

/// Why the interface could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A token's digest is not written as expected.
    #[error("a token's digest must be 64 hexadecimal digits, the SHA-256 of the token")]
    TokenHash {
        /// What the parser said.
        source: hex::FromHexError,
    },
    /// Two actors share a token.
    #[error("{first} and {second} have the same token; give each their own")]
    DuplicateToken {
        /// Name of the one.
        first: String,
        /// Name of the other.
        second: String,
    },
    /// A token for Kapok itself.
    #[error(
        "{name} has the role of the system itself, which no token may have; choose another role"
    )]
    SystemToken {
        /// Name of the actor.
        name: String,
    },
    /// The process has another metrics recorder already.
    #[error("another metrics recorder is installed in this process; install only one")]
    Recorder,
    /// The buckets of a histogram were refused.
    #[error("the metrics recorder could not be built")]
    Buckets(#[source] metrics_exporter_prometheus::BuildError),
}
