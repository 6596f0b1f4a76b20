//! What clients send about dossiers. Unknown fields are refused by name.

use chrono::NaiveDate;
use engine::Texts;
use lifecycle::dossier::{self, Command};
use lifecycle::ids::{DistrictCode, OrderId, UnitCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{MeetingKind, Position, SubmittedTo, Supervisor};
use crate::dto::{Line, Words};
use crate::problem::{Problem, codes};

/// A body that becomes a command; the texts in it are kept apart from the journal.
pub(crate) trait IntoDossierCommand {
    /// The command.
    fn into_command(self, texts: &mut Texts) -> Command;

    /// Checks what a single field cannot show.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }
}

/// A long-term matter to be listed (Art. 26(1)).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMatter {
    /// Title, without personal data; names and numbers in it are masked.
    pub title: Line,
    /// Why it is listed: what makes it concentrated, lasting and complex.
    pub criteria: Words,
    /// Codes of the units concerned, with whom it was agreed.
    #[schema(value_type = Vec<String>, example = json!(["GZ-CGJ"]))]
    pub units: Vec<UnitCode>,
    /// Numbers of the orders that belong to it so far.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub orders: Vec<OrderId>,
}

impl IntoDossierCommand for NewMatter {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::ListMatter(dossier::NewMatter {
            title: self.title.into(),
            criteria: texts.add(self.criteria.into()),
            units: self.units,
            orders: self.orders,
        })
    }
}

/// A further unit for a long-term matter.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListedUnitGiven {
    /// Code of a unit of the directory.
    #[schema(value_type = String, example = "GZ-CGJ")]
    pub unit: UnitCode,
}

impl IntoDossierCommand for ListedUnitGiven {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::AddUnit { unit: self.unit }
    }
}

/// A unit to be taken off a long-term matter.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitRemoval {
    /// Code of the unit.
    #[schema(value_type = String, example = "GZ-CGJ")]
    pub unit: UnitCode,
    /// Why.
    pub reason: Words,
}

impl IntoDossierCommand for UnitRemoval {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::RemoveUnit {
            unit: self.unit,
            reason: texts.add(self.reason.into()),
        }
    }
}

/// Orders that belong to a long-term matter.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// Numbers of the orders.
    #[schema(value_type = Vec<String>)]
    pub orders: Vec<OrderId>,
}

impl IntoDossierCommand for Members {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::AddOrders {
            orders: self.orders,
        }
    }
}

/// Orders that turned out not to belong to a long-term matter.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembersRemoved {
    /// Numbers of the orders.
    #[schema(value_type = Vec<String>)]
    pub orders: Vec<OrderId>,
}

impl IntoDossierCommand for MembersRemoved {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::RemoveOrders {
            orders: self.orders,
        }
    }
}

/// The periodic bulletin: `{}` or no body.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulletin {}

impl IntoDossierCommand for Bulletin {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::IssueBulletin
    }
}

/// Makes the body of a command that carries one text.
macro_rules! one_text {
    ($($(#[doc = $doc:literal])+ $name:ident { $field:ident: $text_doc:literal } = $command:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            #[doc = $text_doc]
            pub $field: Words,
        }

        impl IntoDossierCommand for $name {
            fn into_command(self, texts: &mut Texts) -> Command {
                Command::$command {
                    $field: texts.add(self.$field.into()),
                }
            }
        }
    )+};
}

one_text! {
    /// A unit's plan (Art. 26(2)).
    Plan { plan: "The plan." } = SubmitPlan;

    /// How the matter stands, for its requesters (Art. 26(2)).
    Progress { content: "What the requesters are told." } = TellProgress;

    /// Results of a stage, for the centre (Art. 26(3)).
    StageReport { report: "The results." } = ReportStage;

    /// The guiding department's opinion (Art. 26(3)).
    Opinion { opinion: "The opinion." } = RecordOpinion;

    /// The outcome, for requesters and centre (Art. 26(3)).
    Outcome { content: "What they are told." } = FeedBack;

    /// The end of a long-term matter.
    Closing { note: "Closing note." } = CloseMatter;

    /// What was decided about a solution (Art. 18(2)).
    Ruling { ruling: "The decision." } = RecordRuling;
}

/// The end of the statutory procedure (Art. 26(3)).
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProcedureEnd {
    /// On which day; it does not count itself.
    pub ended_on: NaiveDate,
}

impl IntoDossierCommand for ProcedureEnd {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::EndProcedure {
            ended_on: self.ended_on,
        }
    }
}

/// The final situation as it was reported upward (Art. 26(3)).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinalReport {
    /// The superior guiding department: its code if it is in the directory, else its name.
    pub guiding_department: Line,
    /// The situation as it was reported.
    pub report: Words,
}

impl IntoDossierCommand for FinalReport {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::ReportFinal {
            guiding_department: self.guiding_department.into(),
            report: texts.add(self.report.into()),
        }
    }
}

/// A change of staff, announced or filed at once (Art. 7(1)).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLiaisonFiling {
    /// Code of the unit.
    #[schema(value_type = String, example = "GZ-CGJ")]
    pub unit: UnitCode,
    /// In which position.
    pub position: Position,
    /// The day on which the change was complete.
    pub completed_on: NaiveDate,
    /// The filing, if it comes with it.
    pub filing: Option<StaffFiling>,
}

impl IntoDossierCommand for NewLiaisonFiling {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::AnnounceChange {
            change: dossier::StaffChange {
                unit: self.unit,
                position: self.position.into(),
                completed_on: self.completed_on,
            },
            filing: self.filing.map(|filing| filing.into_filing(texts)),
        }
    }
}

/// What is filed about a change of staff (Art. 7(1)).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffFiling {
    /// Staff number of who leaves.
    pub old_staff: Option<Line>,
    /// Staff number of who follows.
    pub new_staff: Option<Line>,
    /// Names, telephone numbers and whatever else is needed; kept apart from the journal.
    pub details: Option<Words>,
}

impl StaffFiling {
    fn into_filing(self, texts: &mut Texts) -> dossier::Filing {
        dossier::Filing {
            old_staff: self.old_staff.map(Into::into),
            new_staff: self.new_staff.map(Into::into),
            details: self.details.map(|details| texts.add(details.into())),
        }
    }
}

impl IntoDossierCommand for StaffFiling {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::FileChange(self.into_filing(texts))
    }
}

/// A meeting of the joint conference, or of a district's own mechanism (Art. 3).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeeting {
    /// Its kind.
    pub meeting: MeetingKind,
    /// The district whose own mechanism met; left out for the city's conference.
    #[schema(value_type = Option<String>)]
    pub district: Option<DistrictCode>,
    /// The day; it stands in the register of that year.
    pub held_on: NaiveDate,
    /// Codes of the units that took part.
    #[schema(value_type = Vec<String>)]
    pub members: Vec<UnitCode>,
    /// What was decided.
    #[serde(default)]
    pub decisions: Vec<Words>,
    /// Numbers of the orders that it was about.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub orders: Vec<OrderId>,
}

impl IntoDossierCommand for NewMeeting {
    fn into_command(self, texts: &mut Texts) -> Command {
        let decisions = self.decisions.into_iter();
        Command::RecordMeeting(dossier::Meeting {
            meeting: self.meeting.into(),
            district: self.district,
            held_on: self.held_on,
            members: self.members,
            decisions: decisions.map(|text| texts.add(text.into())).collect(),
            orders: self.orders,
        })
    }
}

/// An entry of a unit's training log (Art. 7(2)).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTraining {
    /// Code of the unit that trained.
    #[schema(value_type = String, example = "GZ-CGJ")]
    pub unit: UnitCode,
    /// The executing body whose staff was trained.
    pub handling_office: Option<Line>,
    /// The day.
    pub held_on: NaiveDate,
    /// How many took part.
    pub participants: u32,
    /// What it was about.
    pub subject: Words,
}

impl IntoDossierCommand for NewTraining {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::RecordTraining(dossier::Training {
            unit: self.unit,
            handling_office: self.handling_office.map(Into::into),
            held_on: self.held_on,
            participants: self.participants,
            subject: texts.add(self.subject.into()),
        })
    }
}

/// A solution that a mechanism for difficult orders submits for decision (Art. 18(2)).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSolution {
    /// Code of the unit whose mechanism it is.
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// Code of the district whose mechanism it is.
    #[schema(value_type = Option<String>)]
    pub district: Option<DistrictCode>,
    /// To whom it is submitted.
    pub to: SubmittedTo,
    /// The kind of matter and the solution proposed.
    pub solution: Words,
    /// Numbers of orders that show it.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub orders: Vec<OrderId>,
}

impl IntoDossierCommand for NewSolution {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::SubmitSolution(dossier::Submission {
            unit: self.unit,
            district: self.district,
            to: self.to.into(),
            solution: texts.add(self.solution.into()),
            orders: self.orders,
        })
    }
}

/// A publication (`title`, `address`, `on`), or a suggestion that came in (`from`, `content`, `on`)
/// (Art. 32).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPublication {
    /// Title of the page.
    pub title: Option<Line>,
    /// Where it can be read.
    pub address: Option<Line>,
    /// From whom the suggestion came.
    pub from: Option<Supervisor>,
    /// What it says.
    pub content: Option<Words>,
    /// The day of publication or receipt.
    pub on: NaiveDate,
}

impl IntoDossierCommand for NewPublication {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Publish(match (self.from, self.content) {
            (Some(from), Some(content)) => dossier::Publication::Suggestion {
                from: from.into(),
                content: texts.add(content.into()),
                received_on: self.on,
            },
            (_, _) => dossier::Publication::Page {
                title: self.title.map(Into::into).unwrap_or_default(),
                address: self.address.map(Into::into).unwrap_or_default(),
                published_on: self.on,
            },
        })
    }

    fn check(&self) -> Result<(), Problem> {
        let page = self.title.is_some() || self.address.is_some();
        let suggestion = self.from.is_some() || self.content.is_some();
        let missing = |field, why| Problem::field(codes::INVALID_FIELD, field, why);
        match (page, suggestion) {
            (true, true) | (false, false) => Err(missing(
                ".",
                "give either `title` and `address`, or `from` and `content`",
            )),
            (true, false) if self.title.is_none() => Err(missing("title", "is missing")),
            (true, false) if self.address.is_none() => Err(missing("address", "is missing")),
            (false, true) if self.from.is_none() => Err(missing("from", "is missing")),
            (false, true) if self.content.is_none() => Err(missing("content", "is missing")),
            (true, false) | (false, true) => Ok(()),
        }
    }
}
