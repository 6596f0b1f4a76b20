//! What can come of asking for a dossier instead of an answer.

use lifecycle::dossier::{Corrupt, DossierId, Rejection};

use crate::Error;

/// An error about a dossier.
#[derive(Debug, thiserror::Error)]
pub enum DossierError {
    /// The rules say no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// There is no such dossier.
    #[error("there is no dossier {dossier}; check the number")]
    NotFound {
        /// The number that was asked for.
        dossier: DossierId,
    },
    /// The caller named a version, and the dossier has another one.
    #[error("the dossier has version {actual}, not {expected}; read it again and decide anew")]
    VersionConflict {
        /// The version that the caller named.
        expected: u64,
        /// The version that the dossier has.
        actual: u64,
    },
    /// Other commands on the same dossier were always faster.
    #[error("dossier {dossier} is busy; try again")]
    Busy {
        /// The dossier.
        dossier: DossierId,
    },
    /// The journal of a dossier does not fold; it was changed by something else.
    #[error("the journal of dossier {dossier} is corrupt")]
    Corrupt {
        /// The dossier.
        dossier: DossierId,
        /// Where it does not fold.
        #[source]
        source: Corrupt,
    },
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        Self::Dossier(DossierError::Rejected(rejection))
    }
}
