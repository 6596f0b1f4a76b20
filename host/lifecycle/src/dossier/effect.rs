//! Who is to be told something about a dossier, after the commit. Requesters are told about their own
//! order, everybody else about the dossier.

use serde::{Deserialize, Serialize};

use super::deadline::DossierDeadlineKind;
use super::state::DossierId;
use crate::effect::Notification;
use crate::ids::{OrderId, TextId, UnitCode};

/// A message to be put into somebody's box. Performed at least once; doing it twice changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// In whose file the message stands.
    pub about: About,
    /// To whom and what about.
    pub notification: Notification,
}

/// In whose file a message stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The dossier's own.
    Dossier,
    /// A member order's, whose requester is told.
    Order(OrderId),
}

/// What a notification about a dossier says (catalogue, who is told).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierNotice {
    /// The dossier.
    pub dossier: DossierId,
    /// What happened.
    #[serde(flatten)]
    pub occasion: Occasion,
}

/// What happened to a dossier that somebody is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "occasion")]
pub enum Occasion {
    /// A matter was listed with the unit (R52).
    Listed,
    /// The unit was taken off the matter.
    Unlisted,
    /// The periodic bulletin of a listed matter (R52).
    Bulletin,
    /// A unit made its plan (R53).
    PlanSubmitted {
        /// The unit.
        unit: UnitCode,
    },
    /// How the matter stands, for its requesters (R53).
    Progress {
        /// The unit that tells it.
        unit: UnitCode,
        /// What it says.
        content: TextId,
    },
    /// A unit reported the results of a stage (R54).
    StageReported {
        /// The unit.
        unit: UnitCode,
    },
    /// A unit asks the guiding department for its opinion (R54).
    OpinionRequested {
        /// The unit.
        unit: UnitCode,
    },
    /// The outcome, for requesters and centre (R54).
    FedBack {
        /// The unit that tells it.
        unit: UnitCode,
        /// What it says.
        content: TextId,
    },
    /// Every unit has fed back; the centre may end the matter.
    AwaitsClosing,
    /// The matter ended.
    Closed,
    /// A change of staff was filed (R5).
    ChangeFiled {
        /// The unit.
        unit: UnitCode,
        /// Whether it came after its time.
        late: bool,
    },
    /// Something waits for a decision by the conference or the government (R35).
    SolutionSubmitted,
    /// It was decided about (R35).
    RulingRecorded,
    /// A suggestion came in (R65).
    SuggestionReceived,
    /// A limit of the law was missed.
    Overdue {
        /// Which.
        deadline: DossierDeadlineKind,
        /// Whose.
        unit: Option<UnitCode>,
    },
    /// A limit "in principle" or a target of the centre's own was missed.
    Reminder {
        /// Which.
        deadline: DossierDeadlineKind,
        /// Whose.
        unit: Option<UnitCode>,
    },
    /// A deadline moved under a new calendar.
    DeadlineRecomputed {
        /// Which.
        deadline: DossierDeadlineKind,
    },
}
