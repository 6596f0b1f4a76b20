//! The HTTP interface in process, on the real engine, store and rules. Every answer is held against
//! the OpenAPI document by [`server::Server::send`].

mod access;
mod document;
mod life;
mod problems;
mod reading;
mod server;
