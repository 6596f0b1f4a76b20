//! Tests of the pure core through its public functions: tables of commands at instants, the matrix of
//! stages and commands, and random lives of orders.

#[cfg(test)]
mod script;

#[cfg(test)]
mod show;

#[cfg(test)]
mod limits;

#[cfg(test)]
mod content;

#[cfg(test)]
mod routing;

#[cfg(test)]
mod escalation;

#[cfg(test)]
mod asking;

#[cfg(test)]
mod recompute;

#[cfg(test)]
mod stories;

#[cfg(test)]
mod permission;

#[cfg(test)]
mod matrix;

#[cfg(test)]
mod rejections;

#[cfg(test)]
mod journal;

#[cfg(test)]
mod directory;

#[cfg(test)]
mod properties;
