//! The HTTP interface in process, on the real engine, store and rules. Every answer is held against
//! the OpenAPI document by [`server::Server::send`].

mod access;
mod bodies;
mod deliveries;
mod document;
mod dossiers;
mod indicators;
mod knowledge;
mod life;
mod lives;
mod placement;
mod plugins;
mod problems;
mod progress;
mod reading;
mod server;
mod staff;
mod story;
mod stuck;
