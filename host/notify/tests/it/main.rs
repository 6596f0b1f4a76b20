//! Senders against tiny servers on the loopback interface: real conversations, nothing is pretended.
#![cfg(test)]

mod mail;
mod server;
mod settings;
mod texts;
mod webhook;
mod world;
