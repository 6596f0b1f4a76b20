//! The engine with adapters in memory: every test goes through its public methods.
#![cfg(test)]

mod access;
mod calendar_years;
mod deliveries;
mod dossiers;
mod herd;
mod indicators;
mod journal;
mod life;
mod memory;
mod ticks;
mod world;
