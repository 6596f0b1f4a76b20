//! Serves a `spin.toml` without Spin: the same file, the same components, the same answers.
//!
//! ```text
//! spin.toml -> manifest -> load: compose (adapter + rule image), compile -> application
//!      HTTP, TLS: server -> service: access, route, body, slots -> guest
//! ```
//!
//! What it holds to, beyond Spin:
//! - every request runs in a fresh instance, so that a trap, an endless loop or exhausted memory
//!   fails the request that caused it and no other, and nothing of one request is there in the next;
//! - a component gets no network, no files and no environment, and neither do its dependencies; its clock
//!   stands still and its random numbers are always the same;
//! - everything has a bound, see [`Config`] and [`Bounds`]. A request's body is read before, and its answer
//!   written after, the instance lives, so that a slow client holds none;
//! - a manifest and its images are taken anew without dropping a request, see [`Service::reload`];
//! - an answer names the image that gave it, see [`IMAGE`].
//!
//! The server's own paths, which need no token: `/healthz` (it lives), `/readyz` (it takes requests),
//! `/metrics` (for Prometheus), `/openapi.json` (what the functions answer), `/.well-known/spin/health`.
//!
//! Of the manifest it takes what rule functions need, and refuses the rest by name; see [`Manifest`].
#![forbid(unsafe_code)]

mod access;
mod application;
mod body;
mod compose;
mod config;
mod error;
mod guest;
mod load;
mod manifest;
mod metrics;
mod name;
mod observe;
mod openapi;
mod own;
mod patience;
mod problem;
mod route;
mod server;
mod service;
mod tls;

pub use crate::access::Access;
pub use crate::application::{Application, Function};
pub use crate::body::Readable;
pub use crate::config::Config;
pub use crate::error::Error;
pub use crate::load::{Compile, compile, composed};
pub use crate::manifest::{Bounds, Component, Dependency, Manifest, Trigger};
pub use crate::name::DependencyName;
pub use crate::route::Pattern;
pub use crate::server::serve;
pub use crate::service::{IMAGE, Reloaded, Service};
pub use crate::tls::{Tls, TlsFiles};
