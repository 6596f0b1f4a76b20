//! What can be asked of a dossier. Imperative names; each is one step of a person or a timer.

use chrono::NaiveDate;
use serde::Serialize;

use super::contact::Contact;
use super::deadline::DossierDeadlineKind;
use super::register::{Filing, Meeting, Publication, StaffChange, Submission, Training};
use crate::ids::{OrderId, TextId, UnitCode};

/// A command. [`super::decide`] answers it with events and effects, or rejects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// List a long-term matter with the units concerned (Art. 26(1), R52).
    ListMatter(NewMatter),
    /// List a further unit with the matter, which thereby receives it.
    AddUnit {
        /// The unit.
        unit: UnitCode,
    },
    /// Take a unit off the matter.
    RemoveUnit {
        /// The unit.
        unit: UnitCode,
        /// Why.
        reason: TextId,
    },
    /// Add member orders.
    AddOrders {
        /// The orders.
        orders: Vec<OrderId>,
    },
    /// Take member orders off the matter.
    RemoveOrders {
        /// The orders.
        orders: Vec<OrderId>,
    },
    /// Tell the units of the listed matter again (Art. 26(1), R52).
    IssueBulletin,
    /// The unit has made its plan (Art. 26(2), R53).
    SubmitPlan {
        /// The plan.
        plan: TextId,
    },
    /// The unit tells the requesters how the matter stands (Art. 26(2), R53).
    TellProgress {
        /// What they are told.
        content: TextId,
    },
    /// The unit tells the centre the results of a stage (Art. 26(3), R54). It does so within the
    /// handling limits of its orders, which the orders carry themselves.
    ReportStage {
        /// The results.
        report: TextId,
    },
    /// The statutory procedure has ended (Art. 26(3), R54).
    EndProcedure {
        /// On which day; it does not count itself (T3).
        ended_on: NaiveDate,
    },
    /// The unit has reported the final situation to the superior guiding department (Art. 26(3), R54).
    ReportFinal {
        /// Code of the department, if it is in the directory, or its name.
        guiding_department: String,
        /// The situation as it was reported.
        report: TextId,
    },
    /// The guiding department has given its opinion (Art. 26(3), R54).
    RecordOpinion {
        /// The opinion.
        opinion: TextId,
    },
    /// The unit tells requesters and centre the outcome (Art. 26(3), R54).
    FeedBack {
        /// What they are told.
        content: TextId,
    },
    /// End the matter, after every unit has fed back.
    CloseMatter {
        /// Closing note.
        note: TextId,
    },
    /// Announce a change of staff, and file it at once if everything is known (Art. 7(1), R5).
    AnnounceChange {
        /// The change.
        change: StaffChange,
        /// The filing, if it comes with it.
        filing: Option<Filing>,
    },
    /// File a change that was announced (Art. 7(1), R5).
    FileChange(Filing),
    /// Open the joint conference's register of a year (Art. 3, R2).
    OpenRegister {
        /// The year.
        year: i32,
    },
    /// Record a meeting (Art. 3, R2).
    RecordMeeting(Meeting),
    /// Record a training (Art. 7(2), R6).
    RecordTraining(Training),
    /// Record a contact that became no order, or several (Art. 2, 10, 11, R1, R11, R14).
    RecordContact(Contact),
    /// Submit a solution for difficult matters for decision (Art. 18(2), R35).
    SubmitSolution(Submission),
    /// Record what was decided about it.
    RecordRuling {
        /// The decision.
        ruling: TextId,
    },
    /// Record a publication, or a suggestion that came in (Art. 32, R65).
    Publish(Publication),
    /// The instant of a deadline has passed; a timer reports it.
    MarkDue {
        /// Which deadline.
        deadline: DossierDeadlineKind,
        /// Whose; none where it is the centre's.
        unit: Option<UnitCode>,
    },
    /// A new calendar is in force: recompute what it changes (C3).
    RecomputeDeadlines,
}

/// A long-term matter to be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMatter {
    /// Title, without personal data.
    pub title: String,
    /// Why it is listed.
    pub criteria: TextId,
    /// The units concerned, with whom it was agreed; at least one.
    pub units: Vec<UnitCode>,
    /// Orders that belong to it so far.
    pub orders: Vec<OrderId>,
}

macro_rules! kinds {
    ($($kind:ident $name:literal $pattern:pat,)+) => {
        /// The kinds of command, without what they carry.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum CommandKind {
            $(
                #[doc = concat!("See [`Command::", stringify!($kind), "`].")]
                $kind,
            )+
        }

        impl CommandKind {
            /// All kinds, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Stable name, as in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }
        }

        impl Command {
            /// Which kind of command it is.
            #[must_use]
            pub const fn kind(&self) -> CommandKind {
                match self {
                    $($pattern => CommandKind::$kind,)+
                }
            }
        }
    };
}

kinds! {
    ListMatter "list_matter" Self::ListMatter(_),
    AddUnit "add_unit" Self::AddUnit { .. },
    RemoveUnit "remove_unit" Self::RemoveUnit { .. },
    AddOrders "add_orders" Self::AddOrders { .. },
    RemoveOrders "remove_orders" Self::RemoveOrders { .. },
    IssueBulletin "issue_bulletin" Self::IssueBulletin,
    SubmitPlan "submit_plan" Self::SubmitPlan { .. },
    TellProgress "tell_progress" Self::TellProgress { .. },
    ReportStage "report_stage" Self::ReportStage { .. },
    EndProcedure "end_procedure" Self::EndProcedure { .. },
    ReportFinal "report_final" Self::ReportFinal { .. },
    RecordOpinion "record_opinion" Self::RecordOpinion { .. },
    FeedBack "feed_back" Self::FeedBack { .. },
    CloseMatter "close_matter" Self::CloseMatter { .. },
    AnnounceChange "announce_change" Self::AnnounceChange { .. },
    FileChange "file_change" Self::FileChange(_),
    OpenRegister "open_register" Self::OpenRegister { .. },
    RecordMeeting "record_meeting" Self::RecordMeeting(_),
    RecordTraining "record_training" Self::RecordTraining(_),
    RecordContact "record_contact" Self::RecordContact(_),
    SubmitSolution "submit_solution" Self::SubmitSolution(_),
    RecordRuling "record_ruling" Self::RecordRuling { .. },
    Publish "publish" Self::Publish(_),
    MarkDue "mark_due" Self::MarkDue { .. },
    RecomputeDeadlines "recompute_deadlines" Self::RecomputeDeadlines,
}

impl CommandKind {
    /// Whether it opens a dossier; every other command needs one.
    #[must_use]
    pub const fn opens(self) -> bool {
        match self {
            Self::ListMatter
            | Self::AnnounceChange
            | Self::OpenRegister
            | Self::RecordTraining
            | Self::RecordContact
            | Self::SubmitSolution
            | Self::Publish => true,
            Self::AddUnit
            | Self::RemoveUnit
            | Self::AddOrders
            | Self::RemoveOrders
            | Self::IssueBulletin
            | Self::SubmitPlan
            | Self::TellProgress
            | Self::ReportStage
            | Self::EndProcedure
            | Self::ReportFinal
            | Self::RecordOpinion
            | Self::FeedBack
            | Self::CloseMatter
            | Self::FileChange
            | Self::RecordMeeting
            | Self::RecordRuling
            | Self::MarkDue
            | Self::RecomputeDeadlines => false,
        }
    }
}

impl Command {
    /// The orders that it names; the shell looks them up and hands them over as facts.
    #[must_use]
    pub fn orders(&self) -> Vec<&OrderId> {
        match self {
            Self::ListMatter(matter) => matter.orders.iter().collect(),
            Self::AddOrders { orders } => orders.iter().collect(),
            Self::RecordMeeting(meeting) => meeting.orders.iter().collect(),
            Self::SubmitSolution(submission) => submission.orders.iter().collect(),
            Self::RecordContact(contact) => contact.orders().collect(),
            // Orders are taken off whether they are known or not.
            Self::RemoveOrders { .. }
            | Self::AddUnit { .. }
            | Self::RemoveUnit { .. }
            | Self::IssueBulletin
            | Self::SubmitPlan { .. }
            | Self::TellProgress { .. }
            | Self::ReportStage { .. }
            | Self::EndProcedure { .. }
            | Self::ReportFinal { .. }
            | Self::RecordOpinion { .. }
            | Self::FeedBack { .. }
            | Self::CloseMatter { .. }
            | Self::AnnounceChange { .. }
            | Self::FileChange(_)
            | Self::OpenRegister { .. }
            | Self::RecordTraining(_)
            | Self::RecordRuling { .. }
            | Self::Publish(_)
            | Self::MarkDue { .. }
            | Self::RecomputeDeadlines => Vec::new(),
        }
    }
}
