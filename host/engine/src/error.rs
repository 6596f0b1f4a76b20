//! What can come of asking the engine instead of an answer. Three kinds that never mix: the caller
//! must do something else (rejections, conflicts, bad input), or we are broken (store, corruption).

use lifecycle::Corrupt;
use lifecycle::ids::OrderId;
use lifecycle::rejection::Rejection;

use crate::ports::{DeliveryId, ListError, StoreError};
use crate::{DossierError, KnowledgeError, RolloutError};

/// An error of the engine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules say no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// There is no such order.
    #[error("there is no order {order}; check the number")]
    NotFound {
        /// The number that was asked for.
        order: OrderId,
    },
    /// There is no such delivery.
    #[error("there is no delivery {id}; check the number")]
    NoDelivery {
        /// The number that was asked for.
        id: DeliveryId,
    },
    /// Nothing of this id is stuck.
    #[error(
        "nothing of the id `{id}` is stuck; list what is, it may have been carried out meanwhile"
    )]
    NotStuck {
        /// The id that was asked for.
        id: String,
    },
    /// A rule set says something else than the one of the same version under which the journal was
    /// written (R78).
    #[error(
        "rule set `{version}`: `{field}` differs from what this data was kept under; give the changed \
         rule set a version of its own, in force from the day after the other one ends"
    )]
    RuleSetChanged {
        /// The version.
        version: String,
        /// The first field that differs.
        field: String,
    },
    /// The caller named a version, and the order has another one.
    #[error("the order has version {actual}, not {expected}; read it again and decide anew")]
    VersionConflict {
        /// The version that the caller named.
        expected: u64,
        /// The version that the order has.
        actual: u64,
    },
    /// An order is registered from this source already.
    #[error("this source is registered already as order {order}")]
    SourceExists {
        /// The order.
        order: OrderId,
    },
    /// The idempotency key was used before for another request.
    #[error("the idempotency key was used before for another request; use a new key")]
    KeyReused,
    /// A field of the request cannot be used.
    #[error("{field}: {problem}; {way_out}")]
    InvalidInput {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
        /// What would be right.
        way_out: &'static str,
    },
    /// Other commands on the same order were always faster.
    #[error("order {order} is busy; try again")]
    Busy {
        /// The order.
        order: OrderId,
    },
    /// Something is wrong about a dossier.
    #[error(transparent)]
    Dossier(DossierError),
    /// Something is wrong about an entry of the knowledge base.
    #[error(transparent)]
    Knowledge(KnowledgeError),
    /// Something is wrong about images, activations or decisions.
    #[error(transparent)]
    Rollout(RolloutError),
    /// A holiday notice cannot be used.
    #[error("the holiday notice cannot be used")]
    Calendar(#[from] calendar::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal of an order does not fold; it was changed by something else.
    #[error("the journal of order {order} is corrupt")]
    Corrupt {
        /// The order.
        order: OrderId,
        /// Where it does not fold.
        #[source]
        source: Corrupt,
    },
    /// A question could not be written as JSON, which its types exclude.
    #[error("a question to the plugins could not be written")]
    Question(#[source] serde_json::Error),
}

impl From<ListError> for Error {
    fn from(error: ListError) -> Self {
        match error {
            ListError::BadCursor => Self::InvalidInput {
                field: "after",
                problem: "it is not the cursor of a page before".to_owned(),
                way_out: "take it from `next`, or leave it out to begin with the first page",
            },
            ListError::Store(error) => Self::Store(error),
        }
    }
}
