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
mod calls;

#[cfg(test)]
mod intake;

#[cfg(test)]
mod readings;

#[cfg(test)]
mod reports;

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
mod mistakes;

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

#[cfg(test)]
mod dossiers;

#[cfg(test)]
mod assessment;

#[cfg(test)]
mod versions;
