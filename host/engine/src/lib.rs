//! The shell around the core: it loads an order, asks the clock and the plugins, has the core decide,
//! and makes the outcome durable. No SQL, no HTTP, no wasmtime: those stand behind [`ports`].
//!
//! Plugins are asked before the write and outside any lock; what they said is part of the commit,
//! which holds only if the order has not moved on meanwhile. Effects are performed after the commit,
//! by [`Engine::tick`], at least once and idempotently.
#![forbid(unsafe_code)]

pub mod ports;

mod error;

mod request;

mod engine;

mod numbers;

mod ask;

mod journal;

mod step;

mod tick;

mod advance;

mod years;

mod access;

mod view;

mod explain;

mod compute;

pub mod redact;

pub use engine::{Engine, Parts};
pub use error::Error;
pub use explain::Explanation;
pub use request::{CommandOptions, Handled, NewRequest, Texts};
pub use tick::Tick;
pub use view::{DeadlineStatus, DeadlineView, DecisionView, OrderView};
pub use years::{CalendarChange, DeadlineChange};
