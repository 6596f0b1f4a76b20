//! Working on rule images: checking what is pushed, loading, swapping, trying, repeating. Only whoever
//! runs WebAssembly can; the engine says what, when and by whom.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use contract::about::{Description, Kind};
use contract::knowledge;
use lifecycle::advice::Attempt;
use rollout::{CandidateEnd, Digest, Table};
use serde::Serialize;
use serde_json::Value;

use crate::ports::{DecisionContext, ImageRecord, StoreError, StoredDecision};

/// What is to be checked and baked.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The component.
    pub component: &'a [u8],
    /// Its settings, as JSON text.
    pub settings: &'a str,
    /// Its fixtures, as JSON text: a list of cases, each a question with what is expected.
    pub fixtures: Option<&'a str>,
}

/// What was found out about a draft.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Every check in its order, in plain words, as JSON.
    pub report: Value,
    /// The image, if nothing stands in the way.
    pub made: Option<Made>,
}

/// An image that was baked.
#[derive(Debug, Clone)]
pub struct Made {
    /// The image itself.
    pub image: Vec<u8>,
    /// The settings as they were given to the component.
    pub settings: String,
    /// What the plugin says about itself.
    pub description: Description,
    /// Engine that baked it.
    pub engine: String,
}

/// An image as the registry has it.
#[derive(Debug, Clone)]
pub struct KeptImage {
    /// What is kept about it.
    pub record: ImageRecord,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An image that a workshop made ready. It stays loaded for as long as somebody holds this, whatever else is
/// loaded meanwhile.
#[derive(Clone)]
pub struct ReadyImage(Arc<dyn Any + Send + Sync>);

impl ReadyImage {
    /// Holds what a workshop made of an image.
    #[must_use]
    pub fn new<T: Any + Send + Sync>(made: Arc<T>) -> Self {
        Self(made)
    }

    /// What the workshop made, if it is of this type.
    #[must_use]
    pub fn made<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        Arc::clone(&self.0).downcast().ok()
    }
}

impl fmt::Debug for ReadyImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadyImage").finish_non_exhaustive()
    }
}

/// What is to answer now and at instants to come, with the images that it takes.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// What answers now.
    pub now: &'a Table,
    /// What answers from an instant on, the earliest first. A decision at that instant or later is made by
    /// it, whoever notices first that the instant has come.
    pub to_come: &'a [(DateTime<Utc>, Table)],
    /// The images, which are all ready.
    pub images: &'a dyn Fn(&Digest) -> Option<ReadyImage>,
    /// What a candidate, by its activation, had done before this process began: the `counts` of a
    /// [`RunningCandidate`].
    pub counts: &'a dyn Fn(u64) -> Option<Value>,
}

/// Whether a rule is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "breaker")]
pub enum BreakerState {
    /// It is.
    Closed,
    /// It failed too often and rests; wider scopes answer.
    Open {
        /// For so long still, in milliseconds.
        rests_ms: u64,
    },
    /// It rested long enough; one decision tries it.
    HalfOpen,
}

impl BreakerState {
    /// Its name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// How what answers in one scope does, since it was put there or this process began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacementHealth {
    /// The scope.
    pub scope: String,
    /// The question.
    pub kind: Kind,
    /// The activation that put it there.
    pub activation: u64,
    /// Whether it is asked.
    pub breaker: BreakerState,
    /// Decisions that it was asked in, or would have been while it rested.
    pub asked: u64,
    /// Of these, failed. A host without a free slot is no failure.
    pub failed: u64,
}

/// A candidate that runs, with its counts.
#[derive(Debug, Clone)]
pub struct RunningCandidate {
    /// Its activation.
    pub activation: u64,
    /// Why it is no longer asked, if it passed a limit.
    pub ended: Option<CandidateEnd>,
    /// Everything about it, as JSON.
    pub counts: Value,
}

/// Decisions of the past, read as they are needed.
pub type Decisions<'a> = Box<dyn Iterator<Item = Result<StoredDecision, StoreError>> + Send + 'a>;

/// A trial that is to be run.
pub struct TrialOrder<'a> {
    /// The image.
    pub image: &'a KeptImage,
    /// The scope that it would be active in.
    pub scope: &'a str,
    /// The decisions.
    pub decisions: Decisions<'a>,
    /// Hears now and then how many have been looked at.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// What a trial showed.
#[derive(Debug, Clone)]
pub struct TrialOutcome {
    /// Decisions that the image was asked in.
    pub decisions: u64,
    /// Of these, changed, in thousandths, rounded up.
    pub changed_permille: u16,
    /// Of these, failed, in thousandths, rounded up.
    pub failed_permille: u16,
    /// The report.
    pub report: Value,
    /// The same as a page that needs nothing else.
    pub page: String,
}

/// A decision that was made again.
#[derive(Debug, Clone)]
pub struct Repetition {
    /// Whether everything that can be repeated came out the same.
    pub same: bool,
    /// Then and now, attempt by attempt, as JSON.
    pub report: Value,
}

/// Why something could not be done with an image, in words that name the way out.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{detail}")]
pub struct WorkshopError {
    /// What is wrong.
    pub detail: String,
}

/// Works on rule images. Every method may take as long as a compiler does.
pub trait Workshop: Send + Sync {
    /// Checks a draft and bakes it.
    ///
    /// # Errors
    /// Only what is no finding about the draft.
    fn check_draft(&self, draft: &Draft<'_>) -> Result<Checked, WorkshopError>;

    /// Loads an image, unless it is loaded.
    ///
    /// # Errors
    /// It does not compile or does not fit the contract.
    fn load(&self, image: &KeptImage) -> Result<ReadyImage, WorkshopError>;

    /// Puts a plan into force, with one store of a pointer. Compiles nothing.
    ///
    /// # Errors
    /// An image of the plan is not given, or answers another question.
    fn follow(&self, plan: &Plan<'_>) -> Result<(), WorkshopError>;

    /// How what answers does, by question and scope.
    fn placements(&self) -> Vec<PlacementHealth>;

    /// The candidates that run.
    fn running_candidates(&self) -> Vec<RunningCandidate>;

    /// Runs a trial.
    ///
    /// # Errors
    /// The image does not load, or the decisions cannot be read.
    fn try_out(&self, order: TrialOrder<'_>) -> Result<TrialOutcome, WorkshopError>;

    /// Makes a decision again; `image` gives images of the registry.
    ///
    /// # Errors
    /// Its question or an image is not there.
    fn repeat(
        &self,
        decision: &StoredDecision,
        image: &dyn Fn(&Digest) -> Result<Option<KeptImage>, StoreError>,
    ) -> Result<Repetition, WorkshopError>;

    /// Asks one image about a knowledge point, whether it is active or not. Counts nowhere.
    ///
    /// # Errors
    /// The image does not load, or answers another question.
    fn check_point(
        &self,
        image: &KeptImage,
        scope: &str,
        context: &DecisionContext,
        point: &knowledge::Point,
    ) -> Result<(Attempt, Vec<knowledge::Finding>), WorkshopError>;

    /// Kinds of questions that can be tried on stored decisions.
    fn can_try(&self, kind: Kind) -> bool {
        match kind {
            Kind::Routing | Kind::Escalation => true,
            Kind::Knowledge => false,
        }
    }
}

/// A workshop that several share.
pub type SharedWorkshop = Arc<dyn Workshop>;
