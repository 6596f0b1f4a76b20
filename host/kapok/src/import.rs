//! Importing messages: reading lines, checking them, and filing each as a work order.
//!
//! Three parts that know nothing of each other's insides: [`reader`] cuts a file into lines and never
//! holds more than one of them, [`record`] says what a line means or why it is refused, and [`run`]
//! drives them into a [`target`], which is the embedded store or a running server.

pub(crate) mod reader;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod target;
