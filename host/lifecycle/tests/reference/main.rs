//! Random lives of orders, step by step against a naive model that was written from the law.
//!
//! [`model`] is the order as the law has it, [`gate`] and [`judge`] say what the law answers to a command,
//! [`author`] makes up what people do, [`life`] gives each step to the core and to the model, and
//! [`compare`], [`invariants`] and [`notices`] look at both afterwards. Fixed seeds; `KAPOK_SEEDS=n`
//! lives n lives. What fails is told with its seed and the shortest part of its life that still fails.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each part takes its own commands and leaves the others to theirs"
)]
#![expect(
    clippy::struct_excessive_bools,
    reason = "the model is a plain record of what has happened"
)]

#[cfg(test)]
mod days;

#[cfg(test)]
mod model;

#[cfg(test)]
mod gate;

#[cfg(test)]
mod judge;

#[cfg(test)]
mod dice;

#[cfg(test)]
mod world;

#[cfg(test)]
mod author;

#[cfg(test)]
mod compare;

#[cfg(test)]
mod invariants;

#[cfg(test)]
mod notices;

#[cfg(test)]
mod life;

#[cfg(test)]
mod run;
