//! Working on rule images: checking what is pushed, loading, swapping, trying, repeating. Only whoever
//! runs WebAssembly can; the engine says what, when and by whom.

use std::sync::Arc;

use contract::about::{Description, Kind};
use rollout::{CandidateEnd, Digest, Table};
use serde_json::Value;

use crate::ports::{ImageRecord, StoreError, StoredDecision};

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

    /// Whether an image is loaded, so that it can be put into force at once.
    fn is_loaded(&self, image: &Digest) -> bool;

    /// Loads an image.
    ///
    /// # Errors
    /// It does not compile or does not fit the contract.
    fn load(&self, image: &KeptImage) -> Result<(), WorkshopError>;

    /// Puts a table into force, with one store of a pointer.
    ///
    /// # Errors
    /// An image of the table is not loaded.
    fn follow(&self, table: &Table) -> Result<(), WorkshopError>;

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
