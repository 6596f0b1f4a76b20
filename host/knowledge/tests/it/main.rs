//! The knowledge base through its public functions: tables of both sides of each limit, stories as
//! scripts, the journal, the forms in files, and random lives.
#![cfg(test)]

mod content;
mod import;
mod journal;
mod limits;
mod properties;
mod script;
mod stories;
