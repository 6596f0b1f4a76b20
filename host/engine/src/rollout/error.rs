//! What can come of asking for images and activations instead of an answer.

use contract::about::Kind;
use rollout::{BadDigest, Corrupt, Digest, Rejection};
use uuid::Uuid;

use crate::Error;

/// An error about images, activations or decisions.
#[derive(Debug, thiserror::Error)]
pub enum RolloutError {
    /// The log says no, with the field and the way out.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// A text is no digest.
    #[error(transparent)]
    BadDigest(#[from] BadDigest),
    /// There is no such image.
    #[error("there is no image {image}; take a digest from the list of images")]
    NoImage {
        /// The digest, or its first digits, as given.
        image: String,
    },
    /// Several images begin like this.
    #[error("several images begin with {image}; give more digits")]
    AmbiguousImage {
        /// The first digits that were given.
        image: String,
    },
    /// There is no such component.
    #[error("there is no component {component}; take its digest from an image")]
    NoComponent {
        /// The digest that was given.
        component: Digest,
    },
    /// There is no such activation.
    #[error("there is no activation {id}; take its number from the list of activations")]
    NoActivation {
        /// The number that was given.
        id: u64,
    },
    /// There is no such decision.
    #[error("there is no decision {id}; take it from the order that it was made for")]
    NoDecision {
        /// The identifier that was given.
        id: Uuid,
    },
    /// There is no such scope.
    #[error(
        "scope: `{scope}` is neither the city, a district nor a unit; give 440100 or a code of the \
         directory"
    )]
    UnknownScope {
        /// The scope that was given.
        scope: String,
    },
    /// Nothing here runs WebAssembly.
    #[error("rule images are not worked on here; ask the server that runs them")]
    NoWorkshop,
    /// Something could not be done with an image.
    #[error("{detail}")]
    Workshop {
        /// What is wrong, with the way out.
        detail: String,
    },
    /// There is no such trial.
    #[error(
        "there is no trial {id}; the last ones since the server began are kept, and their results stand \
         with the image"
    )]
    NoTrial {
        /// The identifier that was given.
        id: Uuid,
    },
    /// Decisions do not hold such questions.
    #[error(
        "a rule of kind {kind} cannot be tried on decisions, which hold no questions of that kind; check \
         the knowledge base with it instead"
    )]
    NotInDecisions {
        /// The kind.
        kind: Kind,
    },
    /// Another trial runs.
    #[error(
        "trial {id} of {owner} runs; wait for its end, or cancel it: one at a time takes all that orders \
         leave free"
    )]
    TrialRuns {
        /// Its identifier.
        id: Uuid,
        /// Who began it.
        owner: String,
    },
    /// The trial is over, so that nothing is left to be cancelled.
    #[error("trial {id} is over; read what it showed")]
    TrialIsOver {
        /// Its identifier.
        id: Uuid,
    },
    /// Other commands were always faster.
    #[error("the rollout log is busy; try again")]
    Busy,
    /// The log does not fold; it was changed by something else.
    #[error("the rollout log is corrupt")]
    Corrupt(#[source] Corrupt),
}

impl From<RolloutError> for Error {
    fn from(error: RolloutError) -> Self {
        Self::Rollout(error)
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        Self::Rollout(RolloutError::Rejected(rejection))
    }
}
