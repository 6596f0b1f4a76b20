//! The rollout log: stories as data, and what holds whatever is asked of it.
#![cfg(test)]

mod fixture;
mod journal;
mod properties;
mod stories;
