//! Keeping rule images, the rollout log, and what proves both of them and every decision.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use contract::about::{Description, Kind};
use contract::knowledge::Finding;
use lifecycle::advice::{Advice, EscalationAdvice, RoutingAdvice};
use lifecycle::ids::{Actor, DistrictCode};
use rollout::{Digest, Recorded};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ports::{ListError, Page, StoreError, Subject};

/// What is kept about an image besides its bytes. Nothing of it ever changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageRecord {
    /// SHA-256 of the image: component with its settings frozen in.
    pub image: Digest,
    /// SHA-256 of the component that it was baked from.
    pub component: Digest,
    /// SHA-256 of `settings`.
    pub settings_digest: Digest,
    /// The settings, as JSON text, exactly as they were given to the component.
    pub settings: String,
    /// What the plugin says about itself.
    pub description: Description,
    /// Engine that baked it, such as `wasmtime 48.0.8`.
    pub engine: String,
    /// Who pushed it.
    pub pushed_by: Actor,
    /// When.
    pub pushed_at: DateTime<Utc>,
    /// Where it came from: a file's name or an address, as told.
    pub source: String,
    /// Bytes of the image.
    pub size: u64,
    /// The report of the checks that it passed, as JSON text.
    pub report: String,
}

/// An image that is to be kept.
#[derive(Debug, Clone)]
pub struct NewImage {
    /// What is kept about it.
    pub record: ImageRecord,
    /// The image itself.
    pub image: Arc<[u8]>,
    /// The component that it was baked from.
    pub component: Arc<[u8]>,
}

/// Events of the rollout log that become durable together with an image, or not at all.
#[derive(Debug, Clone)]
pub struct RolloutCommit {
    /// Position of the last event before; 0 for an empty log.
    pub expected_seq: u64,
    /// The new events, numbered from `expected_seq + 1`.
    pub events: Vec<Recorded>,
    /// The image that the first of them pushes.
    pub image: Option<NewImage>,
}

/// Why a rollout commit did not take place.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RolloutCommitError {
    /// The log has moved on since it was read.
    #[error("the rollout log ends with event {actual}, not {expected}")]
    Conflict {
        /// Position that the command was decided against.
        expected: u64,
        /// Position of the last event.
        actual: u64,
    },
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a list of images is narrowed to; every field that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageFilter {
    /// Which question they answer.
    pub kind: Option<Kind>,
    /// The plugin's name.
    pub name: Option<String>,
    /// First digits of the image's digest.
    pub digest_prefix: Option<String>,
}

/// Which decisions are wanted; every field that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecisionFilter {
    /// Made at this instant or later.
    pub since: Option<DateTime<Utc>>,
    /// Made before this instant.
    pub until: Option<DateTime<Utc>>,
    /// Those that this scope is asked for: a district's own; all for none and for the city.
    pub scope: Option<String>,
    /// On which question.
    pub kind: Option<Kind>,
}

/// Where the next decisions begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DecisionCursor {
    /// Instant of the last one, in milliseconds since 1970.
    pub at_ms: i64,
    /// Its position in the audit chain.
    pub link: u64,
}

/// What was advised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredAdvice {
    /// Who should handle the order.
    Routing(RoutingAdvice),
    /// What to do about it.
    Escalation(EscalationAdvice),
    /// Whether a knowledge point is fit to be published.
    Knowledge(CheckAdvice),
}

/// Advice on a knowledge point: what each of those who were asked found, in their order. All of them
/// count.
pub type CheckAdvice = Advice<Vec<Vec<Finding>>>;

/// A decision as the journal has it, with the question that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDecision {
    /// About which order, or which knowledge point.
    pub subject: Subject,
    /// Position of its event in the journal of that.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// The order's district when it was made; of a knowledge point, none.
    pub district: Option<DistrictCode>,
    /// Who was asked, and the verdict.
    pub advice: StoredAdvice,
    /// The question's canonical bytes; nothing where they are not kept.
    pub question: Option<Vec<u8>>,
    /// Where the decisions after this one begin.
    pub cursor: DecisionCursor,
}

impl StoredAdvice {
    /// The question's kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Routing(_) => Kind::Routing,
            Self::Escalation(_) => Kind::Escalation,
            Self::Knowledge(_) => Kind::Knowledge,
        }
    }

    /// The decision's identifier, also the seed of the guest's random numbers.
    #[must_use]
    pub const fn decision(&self) -> Uuid {
        match self {
            Self::Routing(advice) => advice.decision,
            Self::Escalation(advice) => advice.decision,
            Self::Knowledge(advice) => advice.decision,
        }
    }

    /// SHA-256 of the question's canonical bytes, in hex.
    #[must_use]
    pub fn question(&self) -> &str {
        match self {
            Self::Routing(advice) => &advice.question,
            Self::Escalation(advice) => &advice.question,
            Self::Knowledge(advice) => &advice.question,
        }
    }

    /// Who was asked, in order.
    #[must_use]
    pub fn attempts(&self) -> &[lifecycle::advice::Attempt] {
        match self {
            Self::Routing(advice) => &advice.attempts,
            Self::Escalation(advice) => &advice.attempts,
            Self::Knowledge(advice) => &advice.attempts,
        }
    }
}

/// The end of the audit chain. Whoever notes it elsewhere can prove later that nothing before it was
/// changed or cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// Position of the link, from 1.
    pub link: u64,
    /// The link, SHA-256 in hex.
    pub digest: Digest,
}

/// What the walk over the audit chain found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// Links of the chain.
    pub links: u64,
    /// Decisions that they bind.
    pub decisions: u64,
    /// Events of the rollout log that they bind.
    pub rollout_events: u64,
    /// Questions whose digest was recomputed.
    pub questions: u64,
    /// Images whose digests were recomputed.
    pub images: u64,
    /// The end of the chain; nothing for an empty one.
    pub head: Option<AuditHead>,
    /// What is wrong, in the order of the walk; the first hundred.
    pub faults: Vec<AuditFault>,
    /// So many things are wrong.
    pub fault_count: u64,
}

impl AuditReport {
    /// Whether everything is as it was written.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.fault_count == 0
    }
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            links,
            decisions,
            rollout_events,
            questions,
            images,
            ..
        } = self;
        writeln!(
            f,
            "{links} links over {decisions} decisions and {rollout_events} rollout events; \
             {questions} questions and {images} images recomputed"
        )?;
        if let Some(AuditHead { link, digest }) = &self.head {
            writeln!(f, "head {link}:{digest}")?;
        }
        for fault in &self.faults {
            writeln!(f, "CHANGED {:?}: {}", fault.place, fault.problem)?;
        }
        if self.is_whole() {
            writeln!(f, "whole: nothing was changed")
        } else {
            writeln!(f, "{} things were changed", self.fault_count)
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditFault {
    /// Where.
    #[serde(flatten)]
    pub place: AuditPlace,
    /// What.
    pub problem: String,
}

/// Where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "place")]
pub enum AuditPlace {
    /// A link of the chain.
    Link {
        /// Its position.
        link: u64,
    },
    /// A decision in the journal of an order or of a knowledge point.
    Decision {
        /// Its number, if it is still there.
        order: Option<String>,
        /// The event's position in that journal, if it is still there.
        seq: Option<i64>,
        /// The event's row in the table of events.
        row: i64,
        /// The link that binds it, if there is one.
        link: Option<u64>,
    },
    /// An event of the rollout log.
    Rollout {
        /// Its position.
        seq: i64,
        /// The link that binds it, if there is one.
        link: Option<u64>,
    },
    /// A question.
    Question {
        /// Its digest.
        question: String,
    },
    /// An image.
    Image {
        /// Its digest.
        image: String,
    },
    /// The end of the chain that was noted elsewhere.
    NotedHead {
        /// Its position.
        link: u64,
    },
}

/// Told while the chain is walked: how many of how many links are done.
pub type AuditProgress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Keeps images and the rollout log. Every method blocks; errors are the store's own where no others
/// are named.
pub trait RolloutStore: Send + Sync {
    /// Makes a rollout commit durable, with its links in the audit chain. An image that is kept already
    /// is left as it is.
    ///
    /// # Errors
    /// [`RolloutCommitError`]; nothing is kept then.
    fn commit_rollout(&self, commit: RolloutCommit) -> Result<(), RolloutCommitError>;

    /// Events of the rollout log after a position, oldest first, at most `limit`.
    fn rollout_events(&self, after: u64, limit: u32) -> Result<Vec<Recorded>, StoreError>;

    /// What is kept about an image.
    fn image(&self, image: &Digest) -> Result<Option<ImageRecord>, StoreError>;

    /// An image itself.
    fn image_bytes(&self, image: &Digest) -> Result<Option<Vec<u8>>, StoreError>;

    /// A component that an image was baked from, by its own digest.
    fn component_bytes(&self, component: &Digest) -> Result<Option<Vec<u8>>, StoreError>;

    /// What candidates had done when it was kept last, as the text that was given.
    fn candidate_counts(&self) -> Result<Option<String>, StoreError>;

    /// Keeps what candidates did so far, so that the next process goes on counting from there. It is no
    /// part of the log: what decided is in the journal, and what was ended in the log.
    fn keep_candidate_counts(&self, counts: &str) -> Result<(), StoreError>;

    /// A page of images, newest first; `after` is the `next` of the page before.
    ///
    /// # Errors
    /// [`ListError::BadCursor`] for anything else.
    fn images(
        &self,
        filter: &ImageFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<ImageRecord>, ListError>;

    /// Decisions after a position, oldest first, at most `limit`: whoever reads them page by page needs
    /// no more memory than a page.
    fn decisions(
        &self,
        filter: &DecisionFilter,
        after: Option<DecisionCursor>,
        limit: u32,
    ) -> Result<Vec<StoredDecision>, StoreError>;

    /// How many decisions a filter finds, for a progress bar.
    fn count_decisions(&self, filter: &DecisionFilter) -> Result<u64, StoreError>;

    /// A decision by its identifier.
    fn decision(&self, id: Uuid) -> Result<Option<StoredDecision>, StoreError>;

    /// The end of the audit chain.
    fn audit_head(&self) -> Result<Option<AuditHead>, StoreError>;

    /// Recomputes every link of the audit chain and the digest of every question and image, and holds
    /// the chain against an end of it that was noted elsewhere.
    fn verify_audit(
        &self,
        noted: Option<&AuditHead>,
        progress: AuditProgress<'_>,
    ) -> Result<AuditReport, StoreError>;
}
