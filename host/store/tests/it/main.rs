//! The store on a real disk: through its port, and by looking into the file.
#![cfg(test)]

mod commits;
mod fixture;
mod journal;
mod lists;
mod opening;
mod outbox;
mod privacy;
