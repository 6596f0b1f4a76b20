//! What the engine needs from the outside, as traits. Adapters implement them and know nothing of
//! each other.

pub mod advisor;
pub mod clock;
pub mod deliveries;
pub mod dossiers;
pub mod indicators;
pub mod notifier;
pub mod store;

pub use advisor::{ActiveRule, Advisor, CITY, DecisionContext};
pub use clock::{Clock, ManualClock, SystemClock};
pub use deliveries::{Attempted, Delivery, DeliveryId, DeliveryState, DeliveryStore, Posting};
pub use dossiers::{
    DossierCommit, DossierCommitError, DossierFilter, DossierMessage, DossierStore, DossierSummary,
    DueDossierTimer, EarlierDossier,
};
pub use indicators::{IndicatorStore, OpenCount, TallyQuery, TallyRow};
pub use notifier::{BoxOnly, Failure, ForRequester, Notifier, Outgoing, SendError, Sent};
pub use store::{
    Commit, CommitError, DueTimer, Earlier, EffectId, IdempotencyKey, ListError, Message,
    OrderFilter, OrderSummary, Page, PendingEffect, PersonalData, Request, Store, StoreError,
};
