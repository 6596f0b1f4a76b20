//! Why a command is refused. Variants stand in order of precedence: permission first, so that no
//! later answer leaks what the caller may not know. Each names its article and the way out.

mod facts;

use calendar::due_text;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::ids::{DistrictCode, UnitCode};

/// A rejection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "rejection")]
pub enum Rejection {
    /// The actor's role may not give this command.
    #[error("this role may not {command}")]
    NotPermitted {
        /// The command.
        command: &'static str,
    },
    /// The order is with another unit.
    #[error("the order is not with unit {unit}")]
    NotTheHandlingUnit {
        /// The unit that asked.
        unit: UnitCode,
    },
    /// There is no such order yet.
    #[error("the order does not exist")]
    NotRegistered,
    /// An order of that number exists.
    #[error("the order exists already")]
    AlreadyRegistered,
    /// The order has ended; nothing but reading is possible.
    #[error("the order is closed")]
    Closed,
    /// The order's stage does not allow the command.
    #[error("not possible in stage {stage}; it needs {needed}")]
    WrongStage {
        /// The stage that the order is in.
        stage: &'static str,
        /// Which stage the command needs.
        needed: &'static str,
    },
    /// Only a consultation is answered from the knowledge base (Art. 13(1)).
    #[error("only a consultation is answered directly")]
    NotAConsultation,
    /// A commendation is read and closed (Art. 23(1)).
    #[error("a commendation is closed after reading, without report, review and rating")]
    Commendation,
    /// The handling unit is not in the directory.
    #[error("unit {unit} is not in the directory of handling units")]
    UnknownUnit {
        /// The code.
        unit: UnitCode,
    },
    /// The district is not in the directory (R1: the matter lies in the city's area).
    #[error("district {district} is not in the directory")]
    UnknownDistrict {
        /// The code.
        district: DistrictCode,
    },
    /// A special limit must name its document (Art. 14(3)).
    #[error("a special limit must name the document that sets it")]
    SpecialLimitWithoutBasis,
    /// A time lies in the future, or runs backwards.
    #[error("{field} {problem}")]
    ImpossibleTime {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A field is empty.
    #[error("{field} must not be empty")]
    Missing {
        /// Which field.
        field: &'static str,
    },
    /// A reply without evidence (Art. 21(1), R41).
    #[error("a reply needs at least one recording, call log, message log or document as evidence")]
    ReplyWithoutEvidence,
    /// A report before the requester was told (Art. 21(2), P6).
    #[error("the requester must be told the result before the report is submitted")]
    ReplyMissing,
    /// An exception from the reply, although a reply is recorded (Art. 21, R40): one of the two is wrong.
    #[error("a reply is recorded, so the report cannot say that there was none")]
    AlreadyReplied,
    /// Too few counted calls for "unreachable" (Art. 12, 21(1), P2).
    #[error("{counted} of {needed} calls count{}", next_call(.next_from.as_ref()))]
    TooFewContactAttempts {
        /// How many count.
        counted: u16,
        /// How many are needed.
        needed: u16,
        /// From when a further call counts.
        next_from: Option<DateTime<Utc>>,
    },
    /// The requester was reached, so "unreachable" does not hold.
    #[error("a call was answered, so the requester is not unreachable")]
    RequesterWasReached,
    /// The rating came after its time (Art. 27(3), P8).
    #[error("the rating came after {}; the order counts as unrated", end_of_time(.due_at.as_ref()))]
    RatingTooLate {
        /// When the time ended; none where the order has ended with it.
        due_at: Option<DateTime<Utc>>,
    },
    /// Nobody rates a withdrawn order (Art. 27(2), P7).
    #[error("a withdrawn order is not rated")]
    WithdrawnNotRated,
    /// The first valid rating stands (Art. 27(3), A-19).
    #[error("the order is rated already")]
    AlreadyRated,
    /// A dissatisfied requester must be called back first (Art. 28).
    #[error("the requester must be called back before the order is ended")]
    FollowUpMissing,
    /// Art. 10: no registration or dispatch without the real name, or with concealment (R11, P1).
    #[error(
        "this matter needs the requester's name, identity number and contact, unconcealed from the handling unit"
    )]
    RealNameRequired,
    /// Art. 9(3): somebody else's number or account (R10, P13).
    #[error("only the telephone number or account of the request may do this")]
    NotTheRequester,
    /// Art. 9(2): which data is hidden must be agreed (R9).
    #[error("a concealment names at least one field")]
    ConcealmentWithoutFields,
    /// No information is asked for (R15).
    #[error("nothing was asked for, or it was assessed before")]
    NothingMissing,
    /// Art. 12(2): after three calendar days (R16).
    #[error("the information came after {}; the order ends", end_of_time(.due_at.as_ref()))]
    InformationTooLate {
        /// When the time ended; none where the order has ended with it.
        due_at: Option<DateTime<Utc>>,
    },
    /// Art. 12: the way of asking depends on the channel (R15, R16).
    #[error("this channel needs {needed}")]
    WrongChannel {
        /// What the channel asks for.
        needed: &'static str,
    },
    /// Art. 16(3): after two working days (R28, P3).
    #[error("the time for a return ended at {}", due_text(*.due_at))]
    ReturnTooLate {
        /// When the time ended.
        due_at: DateTime<Utc>,
    },
    /// Art. 18, 29(2): no return here (R28, R34, R59, P3).
    #[error("the order cannot be returned: {why}")]
    ReturnNotAllowed {
        /// Why not.
        why: &'static str,
    },
    /// Art. 17(2): the order goes on at the same unit (R31).
    #[error("the centre has refused a return of this order by this unit")]
    ReturnRejectedBefore,
    /// Art. 17(1): each ground has its own proof (R29).
    #[error("a return on this ground needs {field}")]
    ReturnProofMissing {
        /// What is missing.
        field: &'static str,
    },
    /// A unit that returned the order cannot get it again (R30).
    #[error("unit {unit} has returned this order")]
    AlreadyReturnedByUnit {
        /// The unit.
        unit: UnitCode,
    },
    /// Art. 11(2), 17(3): two models that do not mix (R13, R32).
    #[error("only a returned order is dispatched to several units together")]
    JointOnlyAfterReturn,
    /// Art. 17(3) (R32).
    #[error("the unit is not the lead unit, or has named the assisting units")]
    NotALeadUnit,
    /// A unit is named twice, or is the lead unit itself (R32).
    #[error("unit {unit} is named twice, or is the lead unit itself")]
    UnitNamedTwice {
        /// The unit.
        unit: UnitCode,
    },
    /// Art. 17(3) (R32).
    #[error("unit {unit} does not assist on this order")]
    NoAssistingUnit {
        /// The unit.
        unit: UnitCode,
    },
    /// Art. 17(3) (R32).
    #[error("no assisting unit of the order objects")]
    NoObjection,
    /// Art. 17(3): the lead unit determines and tells the assisting units (R32).
    #[error("the lead unit has named no assisting unit")]
    AssistingUnitsMissing,
    /// Art. 18: no plain dispatch any more (R33).
    #[error("three units have returned the order; it is coordinated, not dispatched")]
    CoordinationRequired,
    /// Art. 18 (R33).
    #[error(
        "coordination is for an order that a unit has returned, and none has returned this one"
    )]
    NotReturned,
    /// Art. 18(1) (R34).
    #[error("the unit is determined on the basis of a guidance opinion, and none is recorded")]
    OpinionMissing,
    /// Art. 18(1) (R34).
    #[error("no open question is with this authority")]
    NoOpinionAsked,
    /// Art. 19: only before the expiry (R36, P4).
    #[error("the handling period ended at {}", due_text(*.due_at))]
    ExtensionTooLate {
        /// When the period ended.
        due_at: DateTime<Utc>,
    },
    /// Art. 19: at most two (R36, P4).
    #[error("{max} extensions are the most")]
    ExtensionLimitReached {
        /// How many there may be.
        max: u16,
    },
    /// Art. 19: as long as the first period (R37, P4).
    #[error("an extension is at most {max} long")]
    ExtensionTooLong {
        /// The longest.
        max: String,
    },
    /// Art. 29(2) (R59, P4).
    #[error("an order that is handled again cannot be extended")]
    ExtensionNotAllowed,
    /// Art. 19: the requester is told reason and new period (R36).
    #[error("the requester has not been told of the last extension")]
    ExtensionNoticeMissing,
    /// Art. 19 (R36).
    #[error("no extension waits to be told")]
    NoExtensionToTell,
    /// Art. 20: before the submission (R38).
    #[error("the unit has submitted; an addition is for the time before")]
    StatementTooLate,
    /// Art. 20: the unit judges what was added (R38, R39).
    #[error("the addition at position {statement} has not been judged")]
    StatementUnjudged {
        /// Its position in the journal.
        statement: u64,
    },
    /// Art. 20 (R38).
    #[error("there is no unjudged addition at position {statement}")]
    NoSuchStatement {
        /// The position.
        statement: u64,
    },
    /// Art. 20 (R38).
    #[error("no addition waits to be judged")]
    NothingToJudge,
    /// Art. 22: the report says what its type of matter wants (R43, P6).
    #[error("the report of this type of matter needs {needed}")]
    ContentMissing {
        /// What is missing.
        needed: &'static str,
    },
    /// Art. 22(2) (R43, P6).
    #[error("a consumer mediation was asked for, and the report does not say how it ended")]
    MediationMissing,
    /// Art. 16(2): the grounds are data (R27).
    #[error("`{ground}` is no ground that is in force")]
    UnknownGround {
        /// The code.
        ground: String,
    },
    /// Art. 16(2) (R27).
    #[error("ground `{ground}` needs a document")]
    GroundNeedsEvidence {
        /// The code.
        ground: String,
    },
    /// Art. 19, where the rule set reads it so.
    #[error("an extension needs the centre's approval")]
    ExtensionNeedsApproval,
    /// Art. 29(2), where the rule set reads it so.
    #[error("a dissatisfied requester's order is sent back, unless one of the six grounds holds")]
    MustBeSentBack,
    /// Art. 9(2), where the rule set reads it so.
    #[error("a matter without the requester's name is not taken")]
    NameRequired,
    /// Art. 16(2), where the rule set reads it so.
    #[error("an order is ended early until {} only", due_text(*.due_at))]
    EarlyEndTooLate {
        /// When the time ended.
        due_at: DateTime<Utc>,
    },
    /// Art. 24 (R46, P9).
    #[error("a repeat is ended with a written statement to the centre")]
    RepeatStatementMissing,
    /// Art. 24, 26(2): same requester, lawfully finished or listed (R46, R53).
    #[error("the earlier order does not carry this: {why}")]
    NotARepeat {
        /// Why not.
        why: &'static str,
    },
    /// Art. 12(4): only what ended for missing information (R18).
    #[error("the earlier order cannot be filed again: {why}")]
    NotRefilable {
        /// Why not.
        why: &'static str,
    },
    /// Art. 26.
    #[error("the order cannot be linked: {why}")]
    NotLinkable {
        /// Why not.
        why: &'static str,
    },
    /// Art. 23(2) (R45).
    #[error("the request is withdrawn")]
    AlreadyWithdrawn,
    /// Art. 23(2) (R45).
    #[error("only a violation report goes on after its withdrawal")]
    GoesOnOnlyReports,
    /// Art. 29(2): once (R59, P5).
    #[error("the order was handled again once")]
    RehandledBefore,
    /// Art. 29(2): the second handling is the last dispatch of the order, and a corrected type is another
    /// one (R59, A-23).
    #[error("the type is not corrected any more while the order is handled again")]
    TypeFixed,
    /// Art. 29(3) (R60).
    #[error("the ground does not hold for this order: {why}")]
    ExclusionNotProven {
        /// Why not.
        why: &'static str,
    },
    /// Art. 28 (R58).
    #[error("the requester has been called back")]
    AlreadyFollowedUp,
    /// Art. 30(3) (R63).
    #[error("the diligence statement came after {}", end_of_time(.due_at.as_ref()))]
    StatementWindowOver {
        /// When the time ended; none where the order has ended with it.
        due_at: Option<DateTime<Utc>>,
    },
    /// Art. 27(1) (R55).
    #[error("the service is rated already")]
    ServiceRatedBefore,
    /// Art. 25 (R47–R51).
    #[error("this case of supervision does not apply: {why}")]
    SupervisionUnfounded {
        /// Why.
        why: &'static str,
    },
    /// Art. 25 (R47).
    #[error("there is no supervision at position {supervision} that waits for this")]
    NoSuchSupervision {
        /// The position.
        supervision: u64,
    },
    /// Art. 25 (R47).
    #[error("no supervision of the order waits for this")]
    NoSupervisionWaits,
    /// Art. 25(2)(1) (R48).
    #[error("an answer to a supervision for lateness explains the delay")]
    DelayUnexplained,
    /// No open proposal there.
    #[error("there is no open proposal at this place")]
    NoSuchProposal,
    /// What is asked for is so already.
    #[error("nothing would change")]
    Unchanged,
    /// The deadline is not the one in force, has not passed, or was marked before. Timers get this
    /// when an order has moved on; it is no error.
    #[error("nothing is due")]
    NothingDue,
    /// A period runs past the years that can be computed.
    #[error("the period cannot be computed: {problem}")]
    PeriodOutOfRange {
        /// What the calendar said.
        problem: String,
    },
}

/// When a time ended, as a part of a sentence.
fn end_of_time(due_at: Option<&DateTime<Utc>>) -> String {
    due_at.map_or_else(|| "its time".to_owned(), |at| due_text(*at))
}

/// From when a further call counts, as a part of a sentence.
fn next_call(next_from: Option<&DateTime<Utc>>) -> String {
    next_from.map_or_else(String::new, |from| {
        format!("; a further one from {}", due_text(*from))
    })
}
