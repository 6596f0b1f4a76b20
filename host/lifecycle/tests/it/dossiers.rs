//! Dossiers through their public functions: tables of commands at instants, the matrix of stages and
//! commands, permission, and random lives.

mod content;
mod journal;
mod limits;
mod matrix;
mod properties;
mod script;
