//! The engine with adapters in memory: every test goes through its public methods.
#![cfg(test)]

mod access;
mod alike;
mod calendar_years;
mod deliveries;
mod dossiers;
mod explain;
mod following;
mod herd;
mod indicators;
mod journal;
mod knowledge;
mod life;
mod links;
mod memory;
mod progress;
mod rollout;
mod stuck;
mod ticks;
mod trials;
mod workbench;
mod world;

#[cfg(test)]
mod rule_sets;
