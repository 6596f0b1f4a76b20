//! What the engine needs from the outside, as traits. Adapters implement them and know nothing of
//! each other.

pub mod advisor;
pub mod clock;
pub mod store;

pub use advisor::{ActiveRule, Advisor, CITY, DecisionContext};
pub use clock::{Clock, ManualClock, SystemClock};
pub use store::{
    Commit, CommitError, DueTimer, Earlier, EffectId, IdempotencyKey, ListError, Message,
    OrderFilter, OrderSummary, Page, PendingEffect, PersonalData, Request, Store, StoreError,
};
