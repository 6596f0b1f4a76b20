//! What has happened to a dossier. Past tense; the journal keeps these for ever, so a variant or a
//! field is only ever added, never changed in meaning. No personal data: people are staff numbers, and
//! texts are references.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::contact::Contact;
use super::deadline::{DossierDeadline, DossierDeadlineKind, Force};
use super::matter::{ListedUnit, Member};
use super::register::{Filing, Meeting, Publication, StaffChange, Submission, Training};
use super::state::DossierId;
use crate::ids::{Actor, OrderId, TextId, UnitCode};

/// An event as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Position in the dossier's journal, from 1 without gaps; also the dossier's version after it.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event", content = "data")]
pub enum Event {
    /// A long-term matter was listed, and the units thereby received it (R52).
    MatterListed {
        /// Number of the dossier.
        dossier: DossierId,
        /// Title.
        title: String,
        /// Why it is listed.
        criteria: TextId,
        /// The units, each with its own deadlines.
        units: Vec<ListedUnit>,
        /// Orders that belong to it.
        orders: Vec<Member>,
        /// By when the units are told again.
        bulletin_by: DossierDeadline,
    },
    /// A further unit was listed with it.
    UnitAdded(ListedUnit),
    /// A unit was taken off it.
    UnitRemoved {
        /// The unit.
        unit: UnitCode,
        /// Why.
        reason: TextId,
    },
    /// Orders were added.
    OrdersAdded {
        /// The orders.
        orders: Vec<Member>,
    },
    /// Orders were taken off.
    OrdersRemoved {
        /// The orders.
        orders: Vec<OrderId>,
    },
    /// The units were told of it again (R52).
    BulletinIssued {
        /// By when the next time.
        bulletin_by: DossierDeadline,
    },
    /// A unit made its plan (R53).
    PlanSubmitted {
        /// The unit.
        unit: UnitCode,
        /// The plan.
        plan: TextId,
    },
    /// A unit told the requesters how the matter stands (R53).
    ProgressTold {
        /// The unit.
        unit: UnitCode,
        /// What they were told.
        content: TextId,
        /// By when the next time.
        progress_by: DossierDeadline,
    },
    /// A unit told the centre the results of a stage (R54).
    StageReported {
        /// The unit.
        unit: UnitCode,
        /// The results.
        report: TextId,
    },
    /// The statutory procedure ended for a unit (R54).
    ProcedureEnded {
        /// The unit.
        unit: UnitCode,
        /// The day.
        ended_on: NaiveDate,
        /// By when the final situation is reported upward.
        report_by: DossierDeadline,
    },
    /// A unit reported the final situation upward (R54).
    FinalReported {
        /// The unit.
        unit: UnitCode,
        /// To whom.
        guiding_department: String,
        /// The situation as it was reported.
        report: TextId,
    },
    /// The guiding department gave its opinion (R54).
    OpinionRecorded {
        /// The unit that had reported.
        unit: UnitCode,
        /// The opinion.
        opinion: TextId,
        /// By when requesters and centre are told, as a target.
        feedback_by: DossierDeadline,
    },
    /// A unit told requesters and centre the outcome (R54).
    FedBack {
        /// The unit.
        unit: UnitCode,
        /// What they were told.
        content: TextId,
    },
    /// The matter ended.
    MatterClosed {
        /// Closing note.
        note: TextId,
    },
    /// A change of staff was announced (R5).
    ChangeAnnounced {
        /// Number of the dossier.
        dossier: DossierId,
        /// The change.
        change: StaffChange,
        /// By when it is filed.
        file_by: DossierDeadline,
    },
    /// A change of staff was filed (R5).
    ChangeFiled {
        /// What was filed.
        filing: Filing,
        /// Whether it came after its time.
        late: bool,
    },
    /// The joint conference's register of a year was opened (R2).
    RegisterOpened {
        /// Number of the dossier.
        dossier: DossierId,
        /// The year.
        year: i32,
        /// By when its plenary is held.
        plenary_by: DossierDeadline,
    },
    /// A meeting was recorded (R2).
    MeetingRecorded(Meeting),
    /// A training was recorded (R6).
    TrainingRecorded {
        /// Number of the dossier.
        dossier: DossierId,
        /// The training.
        training: Training,
    },
    /// A contact was recorded (R1, R11, R14).
    ContactRecorded {
        /// Number of the dossier.
        dossier: DossierId,
        /// The contact.
        contact: Contact,
    },
    /// A solution for difficult matters was submitted (R35).
    SolutionSubmitted {
        /// Number of the dossier.
        dossier: DossierId,
        /// The solution.
        submission: Submission,
    },
    /// It was decided about.
    RulingRecorded {
        /// The decision.
        ruling: TextId,
    },
    /// Something was published, or a suggestion came in (R65).
    Published {
        /// Number of the dossier.
        dossier: DossierId,
        /// What.
        publication: Publication,
    },
    /// A deadline passed before what it is for was done.
    DeadlineMarked {
        /// Which.
        deadline: DossierDeadlineKind,
        /// Whose; none where it is the centre's.
        unit: Option<UnitCode>,
        /// The due instant that passed.
        due_at: DateTime<Utc>,
        /// How strictly it binds.
        force: Force,
        /// Whether a year that was not announced could still have moved it.
        provisional: bool,
    },
    /// A deadline was recomputed under a new calendar (C3).
    DeadlineRecomputed {
        /// The deadline as it is now.
        deadline: DossierDeadline,
        /// What its due instant was before.
        previous_due_at: DateTime<Utc>,
    },
}

impl Event {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::MatterListed { .. } => "matter_listed",
            Self::UnitAdded(_) => "unit_added",
            Self::UnitRemoved { .. } => "unit_removed",
            Self::OrdersAdded { .. } => "orders_added",
            Self::OrdersRemoved { .. } => "orders_removed",
            Self::BulletinIssued { .. } => "bulletin_issued",
            Self::PlanSubmitted { .. } => "plan_submitted",
            Self::ProgressTold { .. } => "progress_told",
            Self::StageReported { .. } => "stage_reported",
            Self::ProcedureEnded { .. } => "procedure_ended",
            Self::FinalReported { .. } => "final_reported",
            Self::OpinionRecorded { .. } => "opinion_recorded",
            Self::FedBack { .. } => "fed_back",
            Self::MatterClosed { .. } => "matter_closed",
            Self::ChangeAnnounced { .. } => "change_announced",
            Self::ChangeFiled { .. } => "change_filed",
            Self::RegisterOpened { .. } => "register_opened",
            Self::MeetingRecorded(_) => "meeting_recorded",
            Self::TrainingRecorded { .. } => "training_recorded",
            Self::ContactRecorded { .. } => "contact_recorded",
            Self::SolutionSubmitted { .. } => "solution_submitted",
            Self::RulingRecorded { .. } => "ruling_recorded",
            Self::Published { .. } => "published",
            Self::DeadlineMarked { .. } => "deadline_marked",
            Self::DeadlineRecomputed { .. } => "deadline_recomputed",
        }
    }

    /// The texts that it refers to.
    #[must_use]
    pub fn texts(&self) -> Vec<TextId> {
        match self {
            Self::MatterListed { criteria, .. } => vec![*criteria],
            Self::UnitRemoved { reason, .. } => vec![*reason],
            Self::PlanSubmitted { plan, .. } => vec![*plan],
            Self::ProgressTold { content, .. } | Self::FedBack { content, .. } => vec![*content],
            Self::StageReported { report, .. } | Self::FinalReported { report, .. } => {
                vec![*report]
            }
            Self::OpinionRecorded { opinion, .. } => vec![*opinion],
            Self::MatterClosed { note } => vec![*note],
            Self::ChangeFiled { filing, .. } => filing.details.iter().copied().collect(),
            Self::MeetingRecorded(meeting) => meeting.decisions.clone(),
            Self::TrainingRecorded { training, .. } => vec![training.subject],
            Self::ContactRecorded { contact, .. } => contact.texts(),
            Self::SolutionSubmitted { submission, .. } => vec![submission.solution],
            Self::RulingRecorded { ruling } => vec![*ruling],
            Self::Published { publication, .. } => match publication {
                Publication::Page { .. } => Vec::new(),
                Publication::Suggestion { content, .. } => vec![*content],
            },
            Self::UnitAdded(_)
            | Self::OrdersAdded { .. }
            | Self::OrdersRemoved { .. }
            | Self::BulletinIssued { .. }
            | Self::ProcedureEnded { .. }
            | Self::ChangeAnnounced { .. }
            | Self::RegisterOpened { .. }
            | Self::DeadlineMarked { .. }
            | Self::DeadlineRecomputed { .. } => Vec::new(),
        }
    }
}
