//! The store on a real disk: through its port, and by looking into the file.
#![cfg(test)]

mod assessment;
mod audit;
mod commits;
mod deliveries;
mod dossiers;
mod due;
mod fixture;
mod journal;
mod knowledge;
mod lists;
mod opening;
mod outbox;
mod privacy;
mod rollout;
