//! What the engine needs from the outside, as traits. Adapters implement them and know nothing of
//! each other.

pub mod advisor;
pub mod clock;
pub mod deliveries;
pub mod dossiers;
pub mod due;
pub mod indicators;
pub mod knowledge;
pub mod notifier;
pub mod rollout;
pub mod store;
pub mod workshop;

pub use advisor::{ActiveRule, Advisor, CITY, DecisionContext};
pub use clock::{Clock, ManualClock, SystemClock};
pub use deliveries::{Attempted, Delivery, DeliveryId, DeliveryState, DeliveryStore, Posting};
pub use dossiers::{
    DossierCommit, DossierCommitError, DossierFilter, DossierStore, DossierSummary, EarlierDossier,
};
pub use due::{
    DueDossierTimer, DueItem, DueKnowledgeTimer, DueRecomputation, DueStore, DueTimer, StuckItem,
    Subject,
};
pub use indicators::{IndicatorStore, OpenCount, TallyQuery, TallyRow};
pub use knowledge::{
    EarlierKnowledge, EntryKind, ExpiringPoints, FeedbackQuery, FeedbackRow, FeedbackTally,
    KnowledgeChanges, KnowledgeCommit, KnowledgeCommitError, KnowledgeFilter, KnowledgeStore,
    KnowledgeSummary, PointWalk, UsedAnswer, WalkPart,
};
pub use notifier::{BoxOnly, Failure, ForRequester, Notifier, Outgoing, SendError, Sent};
pub use rollout::{
    AuditFault, AuditHead, AuditPlace, AuditProgress, AuditReport, CheckAdvice, DecisionCursor,
    DecisionFilter, ImageFilter, ImageRecord, NewImage, RolloutCommit, RolloutCommitError,
    RolloutStore, StoredAdvice, StoredDecision,
};
pub use store::{
    Commit, CommitError, Earlier, EffectId, IdempotencyKey, ListError, Message, OrderFilter,
    OrderSummary, Page, PendingEffect, PersonalData, Request, Store, StoreError,
};
pub use workshop::{
    BreakerState, Checked, Decisions, Draft, KeptImage, Made, PlacementHealth, Plan, ReadyImage,
    Repetition, RunningCandidate, SharedWorkshop, TrialOrder, TrialOutcome, Workshop,
    WorkshopError,
};
