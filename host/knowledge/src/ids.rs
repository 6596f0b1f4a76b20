//! Numbers of the entries of the knowledge base. Each kind has its own type; all are made by the shell.

pub use lifecycle::knowledge::{ChangeId, FeedbackId, Id, OutageId, PointId};
