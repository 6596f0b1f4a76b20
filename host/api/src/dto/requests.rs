//! What clients send. Unknown fields are refused by name.

use engine::Texts;
use lifecycle::command::{self, Command, HandlingReport, RatingChoice, ReplyException};
use lifecycle::ids::UnitCode;
use serde::Deserialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::dto::{
    ContactResult, EvidenceKind, FollowUpMethod, Line, Period, Rating, ReplyMethod, Time, Words,
};
use crate::problem::{Problem, codes};

/// A body that becomes a command; the texts in it are kept apart from the journal.
pub(crate) trait IntoCommand {
    /// The command, or what is wrong with the combination of fields.
    fn into_command(self, texts: &mut Texts) -> Command;

    /// Checks what a single field cannot show.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }
}

/// A field that is missing because of another one.
fn missing(field: &'static str, why: &'static str) -> Problem {
    Problem::field(codes::INVALID_FIELD, field, format!("is missing; {why}"))
}

/// Asks the routing rules again: `{}` or no body.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteAgain {}

impl IntoCommand for RouteAgain {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Route
    }
}

/// Says that the matter is the unit's own (Art. 16(1)): `{}` or no body.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptDuty {}

impl IntoCommand for AcceptDuty {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::AcceptDuty
    }
}

/// An answer from the knowledge base (Art. 13(1)).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The knowledge point that was used.
    pub knowledge_point: Line,
    /// Its version.
    pub knowledge_version: u32,
    /// The answer as it was given.
    pub answer: Words,
}

impl IntoCommand for Answer {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::AnswerDirectly(command::DirectAnswer {
            knowledge_point: self.knowledge_point.into(),
            knowledge_version: self.knowledge_version,
            answer: texts.add(self.answer.into()),
        })
    }
}

/// A dispatch to a handling unit (Art. 13).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// Code of a unit of the directory.
    #[schema(value_type = String, example = "GZ-CGJ")]
    pub unit: UnitCode,
    /// A handling period of its own, set by another document (Art. 14(3)).
    pub special_limit: Option<NewSpecialLimit>,
}

/// A handling period set by another document (Art. 14(3)).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSpecialLimit {
    /// The period.
    pub period: Period,
    /// Title and number of the document. The regulation refuses an empty one.
    #[serde(default)]
    pub basis: String,
}

impl IntoCommand for Dispatch {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Dispatch(command::Dispatch {
            unit: self.unit,
            special_limit: self.special_limit.map(|limit| command::SpecialLimit {
                period: limit.period.into(),
                basis: limit.basis,
            }),
        })
    }
}

/// An attempt to reach the requester by telephone (Art. 12, 21).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContactAttempt {
    /// When it began.
    pub started_at: Time,
    /// When it ended; not before it began, not in the future.
    pub ended_at: Time,
    /// What came of it.
    pub result: ContactResult,
    /// Identifier of the recording or call log.
    pub evidence: Line,
}

impl IntoCommand for NewContactAttempt {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::RecordContactAttempt(command::ContactAttempt {
            started_at: self.started_at.into(),
            ended_at: self.ended_at.into(),
            result: self.result.into(),
            evidence: self.evidence.into(),
        })
    }
}

/// A piece of evidence, searchable by its reference.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvidence {
    /// Its kind.
    pub kind: EvidenceKind,
    /// Where it is kept: identifier in the recording or document system.
    pub reference: Line,
}

impl From<NewEvidence> for command::Evidence {
    fn from(evidence: NewEvidence) -> Self {
        Self {
            kind: evidence.kind.into(),
            reference: evidence.reference.into(),
        }
    }
}

/// A reply to the requester (Art. 21).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReply {
    /// When the requester was told; not in the future, not before the dispatch.
    pub replied_at: Time,
    /// How.
    pub method: ReplyMethod,
    /// Main content.
    pub content: Words,
    /// At least one piece; the regulation refuses a reply without.
    #[serde(default)]
    pub evidence: Vec<NewEvidence>,
}

impl IntoCommand for NewReply {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::RecordReply(command::Reply {
            replied_at: self.replied_at.into(),
            method: self.method.into(),
            content: texts.add(self.content.into()),
            evidence: self.evidence.into_iter().map(Into::into).collect(),
        })
    }
}

/// What the unit submits (Art. 21, 22).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// When handling began.
    pub handled_from: Time,
    /// When handling ended.
    pub handled_until: Time,
    /// The executing body 经办机构 under the unit, if any (Art. 6).
    pub handling_office: Option<Line>,
    /// Course of the handling.
    pub course: Words,
    /// Result of the handling.
    pub result: Words,
    /// Why there was no reply, if there was none.
    pub reply_exception: Option<NoReply>,
    /// What else the unit deems necessary.
    pub remarks: Option<Words>,
}

/// Why there is no reply (Art. 21).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoReply {
    /// Which exception.
    pub exception: NoReplyKind,
    /// Evidence that no reply is wanted; needed with `not_wanted`, and only there.
    pub evidence: Option<NewEvidence>,
}

/// Exceptions from the duty to reply (Art. 21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoReplyKind {
    /// The requester said clearly that no reply is needed.
    NotWanted,
    /// Three recorded calls, each at least 15 minutes apart, did not reach the requester.
    Unreachable,
}

impl IntoCommand for Submission {
    fn check(&self) -> Result<(), Problem> {
        let evidence = "reply_exception.evidence";
        match &self.reply_exception {
            Some(NoReply {
                exception: NoReplyKind::NotWanted,
                evidence: None,
            }) => Err(missing(evidence, "`not_wanted` needs the evidence of it")),
            Some(NoReply {
                exception: NoReplyKind::Unreachable,
                evidence: Some(_),
            }) => {
                let detail = "goes with `not_wanted` only; calls are recorded on the order";
                Err(Problem::field(codes::INVALID_FIELD, evidence, detail))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn into_command(self, texts: &mut Texts) -> Command {
        let exception = self.reply_exception.map(|given| match given.evidence {
            Some(evidence) => ReplyException::NotWanted {
                evidence: evidence.into(),
            },
            None => ReplyException::Unreachable,
        });
        Command::Submit(HandlingReport {
            handled_from: self.handled_from.into(),
            handled_until: self.handled_until.into(),
            handling_office: self.handling_office.map(Into::into),
            course: texts.add(self.course.into()),
            result: texts.add(self.result.into()),
            reply_exception: exception,
            remarks: self.remarks.map(|remarks| texts.add(remarks.into())),
        })
    }
}

/// Outcome of the centre's review.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Whether the report meets the requirements.
    pub review: ReviewOutcome,
    /// What is missing; needed with `fail`, and only there.
    pub reason: Option<Words>,
}

/// Whether a report meets the requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewOutcome {
    /// It does.
    Pass,
    /// It does not; the unit goes on, and its clock has never stopped.
    Fail,
}

impl IntoCommand for Review {
    fn check(&self) -> Result<(), Problem> {
        match (self.review, &self.reason) {
            (ReviewOutcome::Fail, None) => Err(missing("reason", "`fail` needs what is missing")),
            (ReviewOutcome::Pass, Some(_)) => Err(Problem::field(
                codes::INVALID_FIELD,
                "reason",
                "goes with `fail` only",
            )),
            (ReviewOutcome::Fail, Some(_)) | (ReviewOutcome::Pass, None) => Ok(()),
        }
    }

    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Review(match self.reason {
            Some(reason) => command::Review::Fail {
                reason: texts.add(reason.into()),
            },
            None => command::Review::Pass,
        })
    }
}

/// What the requester chose (Art. 27(3)): one of the five options, or something else, which is kept
/// and counts as no rating.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingGiven {
    /// One of the five options.
    pub rating: Option<Rating>,
    /// Something else, in the requester's own words.
    pub other: Option<Words>,
}

impl IntoCommand for RatingGiven {
    fn check(&self) -> Result<(), Problem> {
        match (&self.rating, &self.other) {
            (None, None) => Err(missing(
                "rating",
                "give one of the five options, or `other`",
            )),
            (Some(_), Some(_)) => {
                let detail = "stands beside `rating`; give one of them";
                Err(Problem::field(codes::INVALID_FIELD, "other", detail))
            }
            (Some(_), None) | (None, Some(_)) => Ok(()),
        }
    }

    fn into_command(self, texts: &mut Texts) -> Command {
        let other = |text: Option<Words>| text.map(String::from).unwrap_or_default();
        Command::Rate(match self.rating {
            Some(rating) => RatingChoice::Option(rating.into()),
            None => RatingChoice::Other(texts.add(other(self.other))),
        })
    }
}

/// A call-back to a dissatisfied requester (Art. 28).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// When it took place; not in the future.
    pub contacted_at: Time,
    /// How.
    pub method: FollowUpMethod,
    /// Why the requester is dissatisfied, as he or she said.
    pub reasons: Words,
}

impl IntoCommand for FollowUp {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::RecordFollowUp(command::FollowUp {
            contacted_at: self.contacted_at.into(),
            method: self.method.into(),
            reasons: texts.add(self.reasons.into()),
        })
    }
}

/// The end of an order whose requester is dissatisfied, without sending it back (Art. 29).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// Why it is not sent back.
    pub reason: Words,
}

impl IntoCommand for Close {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::CloseDissatisfied {
            reason: texts.add(self.reason.into()),
        }
    }
}

/// A holiday notice of the State Council for one year (国务院办公厅节假日安排), in the calendar's own
/// import format.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct HolidayNotice(pub calendar::YearNotice);

impl PartialSchema for HolidayNotice {
    fn schema() -> RefOr<Schema> {
        let text = |description| {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some(description))
        };
        let dates = |description| {
            let date = SchemaFormat::KnownFormat(KnownFormat::Date);
            let item = ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(date));
            ArrayBuilder::new()
                .items(item)
                .description(Some(description))
        };
        let year = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some("The year in the notice's title"))
            .examples([2027]);
        ObjectBuilder::new()
            .description(Some("A holiday notice of the State Council for one year"))
            .property("year", year)
            .required("year")
            .property("notice", text("URL or document number of the notice"))
            .required("notice")
            .property(
                "off",
                dates("Every day off that the notice names, weekend days included"),
            )
            .required("off")
            .property(
                "work",
                dates("The Saturdays and Sundays that it makes working days"),
            )
            .into()
    }
}

impl ToSchema for HolidayNotice {}

/// Where the manual clock is to stand.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockSetting {
    /// Not before where it stands now: time never runs back.
    pub now: Time,
}
