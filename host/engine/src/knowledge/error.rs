//! What can come of asking for an entry of the knowledge base instead of an answer.

use knowledge_base::ids::{Id, PointId};
use knowledge_base::{Corrupt, Rejection};

use crate::Error;

/// An error about an entry of the knowledge base.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// The rules say no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// There is no such entry.
    #[error("there is no entry {entry} of the knowledge base; check the number")]
    NotFound {
        /// The number that was asked for.
        entry: Id,
    },
    /// That version of the point was never published.
    #[error("version {version} of point {point} was never published; read which ones were")]
    NoVersion {
        /// The point.
        point: PointId,
        /// The version that was asked for.
        version: u32,
    },
    /// The caller named a version, and the entry has another one.
    #[error("the entry has version {actual}, not {expected}; read it again and decide anew")]
    VersionConflict {
        /// The version that the caller named.
        expected: u64,
        /// The version that the entry has.
        actual: u64,
    },
    /// Other commands on the same entry were always faster.
    #[error("entry {entry} is busy; try again")]
    Busy {
        /// The entry.
        entry: Id,
    },
    /// The journal of an entry does not fold; it was changed by something else.
    #[error("the journal of entry {entry} of the knowledge base is corrupt")]
    Corrupt {
        /// The entry.
        entry: Id,
        /// Where it does not fold.
        #[source]
        source: Corrupt,
    },
}

impl From<KnowledgeError> for Error {
    fn from(error: KnowledgeError) -> Self {
        Self::Knowledge(error)
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        Self::Knowledge(KnowledgeError::Rejected(rejection))
    }
}
