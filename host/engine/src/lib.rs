//! The shell around the core: it loads an order, asks the clock and the plugins, has the core decide,
//! and makes the outcome durable. No SQL, no HTTP, no wasmtime: those stand behind [`ports`].
//!
//! Plugins are asked before the write and outside any lock; what they said is part of the commit,
//! which holds only if the order has not moved on meanwhile. Effects are performed after the commit,
//! by [`Engine::tick`], at least once and idempotently.
#![forbid(unsafe_code)]

pub mod ports;

mod error;

mod request;

mod rule_sets;

mod engine;

mod numbers;

mod ask;

mod patience;

mod identity;

mod journal;

mod step;

mod tick;

mod stuck;

mod delivery;

mod dossiers;

mod knowledge;

mod platform;

mod rollout;

mod advance;

mod years;

mod indicators;

mod access;

mod view;

mod progress;

mod explain;

mod standing;

mod compute;

pub mod redact;

pub use delivery::Deliveries;
pub use dossiers::{
    DossierDeadlineChange, DossierDeadlineView, DossierError, DossierView, HandledDossier, Warning,
};
pub use engine::{Engine, Parts};
pub use error::Error;
pub use explain::Explanation;
pub use indicators::{
    DayOfForecast, Forecast, ForecastDay, GroupBy, IndicatorQuery, IndicatorRow, Indicators,
    UnitForecast,
};
pub use knowledge::{
    CheckCandidate, CheckPart, CheckedPage, CheckedPoint, DirectAnswerLine, HandledKnowledge,
    ImportMode, ImportOutcome, ImportedPoint, KnowledgeDeadlineChange, KnowledgeDeadlineView,
    KnowledgeError, KnowledgeView, PointCheck, PointVersion,
};
pub use platform::{
    Follow, PlacementView, PlatformStatus, PushOutcome, Trial, TrialRequest, TrialState,
};
pub use progress::Progress;
pub use request::{CommandOptions, Handled, IdentityClaim, NewRequest, Texts};
pub use rollout::{
    ActivationFilter, ActivationView, Listed, PolicyView, Push, Pushed, Rollout, RolloutError,
};
pub use standing::{CommandStanding, CourseStep, OrderExplanation};
pub use tick::Tick;
pub use view::{DeadlineStatus, DeadlineView, DecisionView, OrderView};
pub use years::{
    CalendarChange, DeadlineChange, FailedDossierRecomputation, FailedKnowledgeRecomputation,
    FailedRecomputation,
};
