//! Notifications leave the house: by mail over SMTP, or as signed webhooks (CloudEvents) to the channel
//! systems of requesters, a gateway for text messages, and the systems of units.
//!
//! [`Senders`] is made from a file that lists channels and who is told by which of them. The texts are
//! Chinese and stand in one table; a text to a requester tells only of their own order, and a text to
//! anybody else names the order and never a person. This crate alone speaks SMTP and outgoing HTTP.
#![forbid(unsafe_code)]

mod error;

mod settings;

mod routes;

mod texts;

mod mail;

mod webhook;

mod senders;

pub use error::Error;
pub use senders::Senders;
pub use texts::{Text, text};
pub use webhook::{SIGNATURE, signature};
