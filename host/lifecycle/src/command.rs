//! What can be asked of an order. Imperative names; each is one step of a person, a channel system, a
//! timer or an effect.

mod handling;

mod intake;

mod rating;

mod returns;

mod supervision;

pub use handling::{
    ContactAttempt, ContactResult, Evidence, EvidenceKind, Extension, HandlingConclusion,
    HandlingReport, Mediation, MediationOutcome, Reply, ReplyException, ReplyMethod, ReportContent,
    RequesterTold, Review, StatementEffect, StatementJudgement, SuggestionOutcome,
};
pub use intake::{
    ConcealedField, Concealment, ConcealmentScope, DirectAnswer, Dispatch, Identification,
    Identity, IncompleteGround, InformationAssessment, NoticeReceipt, OrderLink, RealNameGround,
    Reclassification, Registration, SpecialLimit, Withdrawal,
};
pub use rating::{
    Exclusion, ExclusionGround, FollowUp, FollowUpMethod, RatingChoice, RatingOffer, ServiceRating,
};
pub use returns::{
    AssistingUnit, Dispute, OpinionRequest, ReturnDecision, ReturnGround, ReturnRequest,
};
pub use supervision::{SupervisionAnswer, SupervisionCase, SupervisionOrder, SupervisionReview};

use chrono::{DateTime, Utc};
use contract::escalation::Priority;
use serde::{Deserialize, Serialize};

use crate::deadline::DeadlineKind;
use crate::ids::{OrderId, TextId, UnitCode};

/// Declares the commands once: the enum with what each carries, the enum of their kinds, their names
/// and articles.
macro_rules! commands {
    ($(
        $(#[doc = $doc:literal])+
        $kind:ident $(($payload:ty))? $({ $($(#[doc = $field_doc:literal])+ $field:ident: $field_type:ty),+ $(,)? })?
        = $name:literal $article:literal
    ),+ $(,)?) => {
        /// A command. `decide` answers it with events and effects, or rejects it.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Command {
            $(
                $(#[doc = $doc])+
                $kind $(($payload))? $({ $($(#[doc = $field_doc])+ $field: $field_type),+ })?
            ),+
        }

        /// The kinds of command, without what they carry.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum CommandKind {
            $($(#[doc = $doc])+ $kind),+
        }

        impl CommandKind {
            /// All kinds, in the order of an order's life.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Stable name, as in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name),+
                }
            }

            /// The article that provides for it; empty for what only Kapok knows.
            #[must_use]
            pub const fn article(self) -> &'static str {
                match self {
                    $(Self::$kind => $article),+
                }
            }
        }

        impl Command {
            /// Which kind of command it is.
            #[must_use]
            pub const fn kind(&self) -> CommandKind {
                match self {
                    $(Self::$kind { .. } => CommandKind::$kind),+
                }
            }
        }
    };
}

commands! {
    /// Register a matter: the work order comes into being (Art. 11).
    Register(Registration) = "register" "第十一条",
    /// Ask the requester for everything that is missing, at once (Art. 12(1), 12(2)).
    RequestInformation {
        /// All that is missing.
        missing: TextId,
    } = "request_information" "第十二条",
    /// The notice of what is missing went out (Art. 12(2)); an effect reports back.
    RecordInformationNotice(NoticeReceipt) = "record_information_notice" "第十二条第二款",
    /// The requester supplies what was missing (Art. 12).
    SupplyInformation {
        /// What was supplied.
        content: TextId,
        /// Who supplied it.
        identity: Identity,
    } = "supply_information" "第十二条",
    /// The centre says whether what was supplied is enough (Art. 12).
    AssessInformation(InformationAssessment) = "assess_information" "第十二条",
    /// End an order whose information stays missing, with a note (Art. 12(1)).
    CloseIncomplete {
        /// Why it stays missing.
        ground: IncompleteGround,
        /// The note that the law wants.
        note: TextId,
    } = "close_incomplete" "第十二条",
    /// Hide personal data of the requester, as agreed (Art. 9(2)).
    Conceal(Concealment) = "conceal" "第九条第二款",
    /// Note that the requester occupies the hotline without good reason (Art. 9(1)). It only marks.
    FlagConduct {
        /// What happened.
        note: TextId,
    } = "flag_conduct" "第九条第一款",
    /// Set how urgent the order is; it orders lists, nothing else.
    SetPriority {
        /// How urgent.
        priority: Priority,
        /// Why.
        reason: TextId,
    } = "set_priority" "",
    /// Correct the type of the matter (Art. 45). With a unit, it is a new dispatch.
    Reclassify(Reclassification) = "reclassify" "第四十五条",
    /// A long-term matter took the order up, or gave it up (Art. 26); an effect of the matter says so.
    ListLongTerm {
        /// Number of the matter; none takes the order off.
        matter: Option<String>,
    } = "list_long_term" "第二十六条",
    /// Count the open orders about the same thing, and ask what to do where they have become many
    /// (Art. 26(1)); an effect of the registration says so.
    CountAlike = "count_alike" "第二十六条第一款",
    /// Say that another order is about the same matter, or that it is not after all: orders of
    /// several requesters are linked and never merged. It moves no clock.
    LinkOrders(OrderLink) = "link_orders" "第二十六条",
    /// Answer a consultation from the knowledge base at once (Art. 13(1)).
    AnswerDirectly(DirectAnswer) = "answer_directly" "第十三条第一项",
    /// Ask the routing plugins (again); the advice comes in the facts.
    Route = "route" "第十三条",
    /// Dispatch to a handling unit (Art. 13, 17, 18).
    Dispatch(Dispatch) = "dispatch" "第十三条、第十七条、第十八条",
    /// The unit has verified that the matter is its own (Art. 16(1)).
    AcceptDuty = "accept_duty" "第十六条第一项",
    /// The unit applies to return the order, which is not its own (Art. 16(3), 17).
    RequestReturn(ReturnRequest) = "request_return" "第十六条第三项、第十七条",
    /// The centre admits a return after the unit's time.
    AllowLateReturn {
        /// Why.
        reason: TextId,
    } = "allow_late_return" "第十六条第三项",
    /// The centre decides on the application (Art. 17(2)).
    DecideReturn(ReturnDecision) = "decide_return" "第十七条第二款",
    /// The lead unit names the assisting units and what each does (Art. 17(3)).
    NameAssistingUnits {
        /// The units, each with its part.
        units: Vec<AssistingUnit>,
    } = "name_assisting_units" "第十七条第三款",
    /// An assisting unit hands its part to the lead unit (Art. 17(3)).
    RecordAssistance {
        /// What it did.
        content: TextId,
    } = "record_assistance" "第十七条第三款",
    /// An assisting unit objects to its part; the centre decides.
    ObjectToAssisting {
        /// Why.
        reason: TextId,
    } = "object_to_assisting" "第十七条第三款",
    /// The centre decides on the objection of an assisting unit.
    DecideObjection {
        /// Which unit.
        unit: UnitCode,
        /// Whether it stays or is released.
        decision: ReturnDecision,
    } = "decide_objection" "第十七条第三款",
    /// Open the coordination of a hard case (Art. 18).
    OpenCoordination {
        /// Why.
        reason: TextId,
    } = "open_coordination" "第十八条",
    /// Ask an authority for its guidance opinion (Art. 18).
    RequestOpinion(OpinionRequest) = "request_opinion" "第十八条",
    /// The authority's guidance opinion (Art. 18).
    RecordOpinion {
        /// Which authority gave it. The centre must say; an authority speaks for itself.
        adviser: Option<UnitCode>,
        /// What it says.
        opinion: TextId,
        /// The document.
        document: Evidence,
    } = "record_opinion" "第十八条",
    /// Extend the handling period (Art. 19).
    Extend(Extension) = "extend" "第十九条",
    /// The requester was told of the extension (Art. 19).
    RecordExtensionNotice(RequesterTold) = "record_extension_notice" "第十九条",
    /// The requester adds something to the request (Art. 20).
    AddStatement {
        /// What was added.
        content: TextId,
        /// When it was received; not in the future.
        received_at: DateTime<Utc>,
        /// Who added it.
        identity: Identity,
    } = "add_statement" "第二十条",
    /// The unit says whether an addition affects the handling (Art. 20).
    JudgeStatement(StatementJudgement) = "judge_statement" "第二十条",
    /// Somebody tried to reach the requester by telephone (Art. 12, 21).
    RecordContactAttempt(ContactAttempt) = "record_contact_attempt" "第十二条、第二十一条",
    /// The unit has told the requester the result (Art. 21).
    RecordReply(Reply) = "record_reply" "第二十一条",
    /// The unit submits its handling report (Art. 21, 22).
    Submit(HandlingReport) = "submit" "第二十一条、第二十二条",
    /// The district's hotline office has reviewed the report first (Art. 5).
    ReviewAtDistrict(Review) = "review_at_district" "第五条第二款",
    /// The centre has reviewed the report (Art. 5).
    Review(Review) = "review" "第五条、第十五条",
    /// The requester withdraws the request, through the hotline (Art. 23(2)).
    Withdraw(Withdrawal) = "withdraw" "第二十三条第二项",
    /// The unit ends an order that was withdrawn (Art. 23(2)).
    CloseWithdrawn {
        /// The note of the unit.
        note: TextId,
        /// Of a violation report: whether the unit goes on with it inside its own duties.
        goes_on: bool,
    } = "close_withdrawn" "第二十三条第二项",
    /// The rating channel was offered to the requester (Art. 27(2)); an effect reports back.
    RecordRatingOffer(RatingOffer) = "record_rating_offer" "第二十七条第二项",
    /// A notice that starts the requester's time was delivered (Art. 12(2), 27(3)); a channel reports.
    RecordDelivery {
        /// When.
        delivered_at: DateTime<Utc>,
    } = "record_delivery" "第二十七条第三项",
    /// The requester rates the handling (Art. 27(3)).
    Rate(RatingChoice) = "rate" "第二十七条第三项",
    /// The requester rates how the hotline took the request (Art. 27(1)).
    RateService(ServiceRating) = "rate_service" "第二十七条第一项",
    /// The centre has called back a dissatisfied requester (Art. 28).
    RecordFollowUp(FollowUp) = "record_follow_up" "第二十八条",
    /// The centre sends the order back to be handled again (Art. 29).
    SendBack {
        /// What the requester is dissatisfied with.
        reason: TextId,
    } = "send_back" "第二十九条",
    /// The centre ends an order whose requester is dissatisfied, without sending it back (Art. 29).
    CloseDissatisfied {
        /// Why it is not sent back.
        reason: TextId,
        /// Which of the six grounds of Art. 29(3) it is, if one is.
        exclusion: Option<Exclusion>,
    } = "close_dissatisfied" "第二十九条",
    /// The unit files its diligence statement (Art. 30(3)).
    FileDiligenceStatement {
        /// What it says.
        statement: TextId,
    } = "file_diligence_statement" "第三十条第三款",
    /// The centre supervises (Art. 25).
    Supervise(SupervisionOrder) = "supervise" "第二十五条",
    /// A unit answers a supervision (Art. 25).
    AnswerSupervision(SupervisionAnswer) = "answer_supervision" "第二十五条",
    /// The centre reviews the answer (Art. 25).
    ReviewSupervision(SupervisionReview) = "review_supervision" "第二十五条",
    /// The centre does not follow a proposal of an escalation rule.
    DismissProposal {
        /// Position in the journal of the advice.
        advice: u64,
        /// Position of the proposal in it, from 0.
        proposal: u16,
        /// Why not.
        reason: TextId,
    } = "dismiss_proposal" "",
    /// The instant of a deadline, or of a question to the escalation plugins about it, has passed; a
    /// timer reports it.
    MarkDue {
        /// Which deadline.
        deadline: DeadlineKind,
        /// The deadline itself, or a question before or after it.
        moment: Moment,
    } = "mark_due" "",
    /// A new calendar is in force: recompute what it changes (C3).
    RecomputeDeadlines = "recompute_deadlines" "",
}

impl Command {
    /// Who speaks for the requester, where the command says so (R10). The shell fills it in.
    pub fn identity_mut(&mut self) -> Option<&mut Identity> {
        if let Self::SupplyInformation { identity, .. } | Self::AddStatement { identity, .. } = self
        {
            Some(identity)
        } else if let Self::Withdraw(withdrawal) = self {
            Some(&mut withdrawal.identity)
        } else {
            None
        }
    }

    /// Another order that the rules must know about, if there is one (R46, R53, A-25).
    #[must_use]
    pub fn related(&self) -> Option<&OrderId> {
        if let Self::Submit(report) = self {
            report.conclusion.earlier()
        } else if let Self::Register(registration) = self {
            registration.refiled_from.as_ref()
        } else if let Self::LinkOrders(link) = self {
            Some(&link.other)
        } else {
            None
        }
    }
}

/// Which instant of a deadline a timer stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// The deadline comes near: a morning on which the escalation plugins are asked.
    DueSoon,
    /// The deadline has passed.
    Passed,
    /// The deadline was missed before: a morning on which the escalation plugins are asked again.
    StillOverdue,
}
