//! Serves a `spin.toml` without Spin: the same file, the same components, the same answers.
//!
//! ```text
//! spin.toml -> manifest -> compose (adapter + rule image) -> compile -> route -> handle
//!                                                     HTTP: server -> route -> handle
//! ```
//!
//! What it holds to, beyond Spin:
//! - every request runs in a fresh instance, so that a trap, an endless loop or exhausted memory
//!   fails the request that caused it and no other, and nothing of one request is there in the next;
//! - a component gets no network, no files and no environment, and neither do its dependencies;
//! - everything has a bound, see [`Config`]. A request's body is read before, and its answer written
//!   after, the instance lives, so that a slow client holds none.
//!
//! Of the manifest it takes what rule functions need, and refuses the rest by name; see [`Manifest`].
#![forbid(unsafe_code)]

mod application;
mod compose;
mod config;
mod error;
mod guest;
mod manifest;
mod name;
mod patience;
mod problem;
mod route;
mod server;

pub use crate::application::{Application, Compile, Function, load, load_with};
pub use crate::config::Config;
pub use crate::error::Error;
pub use crate::manifest::{Component, Dependency, Manifest, Trigger};
pub use crate::name::DependencyName;
pub use crate::route::Pattern;
pub use crate::server::serve;
