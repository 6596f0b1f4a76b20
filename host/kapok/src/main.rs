//! The kapok command.
fn main() {}
