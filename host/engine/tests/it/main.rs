//! The engine with adapters in memory: every test goes through its public methods.
#![cfg(test)]

mod access;
mod calendar_years;
mod deliveries;
mod dossiers;
mod explain;
mod herd;
mod indicators;
mod journal;
mod life;
mod links;
mod memory;
mod progress;
mod rollout;
mod stuck;
mod ticks;
mod world;

#[cfg(test)]
mod rule_sets;
