//! What stands behind each rejection: its code, its article, the way out.

use super::Rejection;

impl Rejection {
    /// Stable code for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.facts().0
    }

    /// The article that forbids it, or an empty string where it is not the law.
    #[must_use]
    pub const fn article(&self) -> &'static str {
        self.facts().1
    }

    /// What to do instead.
    #[must_use]
    pub const fn way_out(&self) -> &'static str {
        self.facts().2
    }

    /// The table behind [`Self::code`], [`Self::article`] and [`Self::way_out`].
    #[expect(clippy::too_many_lines, reason = "a table with a row for each variant")]
    const fn facts(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NotPermitted { .. } => (
                "not-permitted",
                "第五条、第六条",
                "use a token of a role that may do this",
            ),
            Self::NotTheHandlingUnit { .. } => (
                "not-the-handling-unit",
                "第四十三条",
                "only the unit that has the order may act on it",
            ),
            Self::NotRegistered => ("order-not-found", "", "check the order number"),
            Self::AlreadyRegistered => {
                ("already-registered", "第十一条", "read the existing order")
            }
            Self::Closed => ("order-closed", "", "file a new request"),
            Self::WrongStage { .. } => ("wrong-stage", "", "read the order's stage and act on it"),
            Self::NotAConsultation => {
                ("not-a-consultation", "第十三条第二项", "dispatch the order")
            }
            Self::Commendation => (
                "commendation",
                "第二十三条第一项",
                "accept duty to close it as read",
            ),
            Self::UnknownUnit { .. } => {
                ("unknown-unit", "第十三条", "choose a unit of the directory")
            }
            Self::UnknownDistrict { .. } => (
                "unknown-district",
                "第二条",
                "give a district of the city, or none where it is not known",
            ),
            Self::SpecialLimitWithoutBasis => (
                "special-limit-without-basis",
                "第十四条第三项",
                "give title and number of the document",
            ),
            Self::ImpossibleTime { .. } => (
                "impossible-time",
                "",
                "give the time at which it took place",
            ),
            Self::Missing { .. } => ("missing-field", "", "fill in the field"),
            Self::ReplyWithoutEvidence => (
                "reply-without-evidence",
                "第二十一条第一款",
                "attach the reference of the evidence",
            ),
            Self::ReplyMissing => (
                "reply-missing",
                "第二十一条第二款",
                "record the reply, or state an exception",
            ),
            Self::AlreadyReplied => (
                "already-replied",
                "第二十一条",
                "submit the report without the exception",
            ),
            Self::TooFewContactAttempts { .. } => (
                "too-few-contact-attempts",
                "第十二条、第二十一条第一款",
                "call again, at least 15 minutes apart",
            ),
            Self::RequesterWasReached => (
                "requester-was-reached",
                "第二十一条第一款",
                "record the reply",
            ),
            Self::RatingTooLate { .. } => (
                "rating-too-late",
                "第二十七条第三项",
                "nothing; the time is over",
            ),
            Self::WithdrawnNotRated => (
                "withdrawn-not-rated",
                "第二十七条第二项",
                "nothing; the request was withdrawn, and a new one is rated anew",
            ),
            Self::AlreadyRated => (
                "already-rated",
                "第二十七条第三项",
                "nothing; the first choice stands",
            ),
            Self::FollowUpMissing => (
                "follow-up-missing",
                "第二十八条",
                "record the call-back first",
            ),
            Self::RealNameRequired => (
                "real-name-required",
                "第十条",
                "record the contact as refused and tell the requester; with all three given it can be registered",
            ),
            Self::NotTheRequester => (
                "not-the-requester",
                "第九条第三款",
                "use the same number or account, or have the centre verify the person and record how",
            ),
            Self::ConcealmentWithoutFields => (
                "concealment-without-fields",
                "第九条第二款",
                "agree with the requester which fields are hidden",
            ),
            Self::NothingMissing => ("nothing-missing", "第十二条", "read the order"),
            Self::InformationTooLate { .. } => (
                "information-too-late",
                "第十二条第二款、第四款",
                "file a new request with the whole information",
            ),
            Self::WrongChannel { .. } => (
                "wrong-channel",
                "第十二条",
                "ask by telephone on the telephone channel, by one notice on network channels",
            ),
            Self::ReturnTooLate { .. } => (
                "return-too-late",
                "第十六条第三项",
                "handle the order, or ask the centre to admit the return",
            ),
            Self::ReturnNotAllowed { .. } => (
                "return-not-allowed",
                "第十六条、第十八条、第二十九条第二款",
                "handle the order",
            ),
            Self::ReturnRejectedBefore => (
                "return-rejected-before",
                "第十七条第二款",
                "handle the order",
            ),
            Self::ReturnProofMissing { .. } => {
                ("return-proof-missing", "第十七条第一款", "attach it")
            }
            Self::AlreadyReturnedByUnit { .. } => (
                "already-returned-by-unit",
                "第十七条第二款",
                "choose another unit",
            ),
            Self::JointOnlyAfterReturn => (
                "joint-only-after-return",
                "第十一条第二款、第十七条第三款",
                "register one order for each unit",
            ),
            Self::NotALeadUnit => (
                "not-a-lead-unit",
                "第十七条第三款",
                "only a lead unit names assisting units, once",
            ),
            Self::UnitNamedTwice { .. } => (
                "unit-named-twice",
                "第十七条第三款",
                "name each assisting unit once, and not the lead unit",
            ),
            Self::NoAssistingUnit { .. } => (
                "no-assisting-unit",
                "第十七条第三款",
                "read the assisting units of the order",
            ),
            Self::NoObjection => (
                "no-objection",
                "第十七条第三款",
                "nothing; an assisting unit must object first",
            ),
            Self::AssistingUnitsMissing => (
                "assisting-units-missing",
                "第十七条第三款",
                "name the assisting units and tell each its part, then submit",
            ),
            Self::CoordinationRequired => (
                "coordination-required",
                "第十八条",
                "ask for a guidance opinion, then dispatch to the unit that it supports",
            ),
            Self::NotReturned => ("not-returned", "第十八条", "dispatch the order"),
            Self::OpinionMissing => (
                "opinion-missing",
                "第十八条",
                "ask the authority, and record its opinion",
            ),
            Self::NoOpinionAsked => ("no-opinion-asked", "第十八条", "ask for the opinion first"),
            Self::ExtensionTooLate { .. } => (
                "extension-too-late",
                "第十九条",
                "handle the order; it is overdue",
            ),
            Self::ExtensionLimitReached { .. } => (
                "extension-limit-reached",
                "第十九条",
                "handle the order within its period",
            ),
            Self::ExtensionTooLong { .. } => (
                "extension-too-long",
                "第十九条",
                "extend by the period of the first dispatch, or less, in the same unit of time",
            ),
            Self::ExtensionNotAllowed => (
                "extension-not-allowed",
                "第二十九条第二款",
                "handle the order within its period",
            ),
            Self::ExtensionNoticeMissing => (
                "extension-notice-missing",
                "第十九条",
                "tell the requester, and record how",
            ),
            Self::NoExtensionToTell => ("no-extension-to-tell", "第十九条", "read the order"),
            Self::StatementTooLate => (
                "statement-too-late",
                "第二十条",
                "file a new request, or wait for the review",
            ),
            Self::StatementUnjudged { .. } => (
                "statement-unjudged",
                "第二十条",
                "say whether it affects the handling",
            ),
            Self::NoSuchStatement { .. } => (
                "no-such-statement",
                "第二十条",
                "read the additions of the order",
            ),
            Self::NothingToJudge => (
                "nothing-to-judge",
                "第二十条",
                "nothing; the requester must add something first",
            ),
            Self::ContentMissing { .. } => ("content-missing", "第二十二条", "fill it in"),
            Self::MediationMissing => (
                "mediation-missing",
                "第二十二条第二项",
                "give the outcome or its document",
            ),
            Self::UnknownGround { .. } => (
                "unknown-ground",
                "第十六条第二项",
                "choose a ground of the rule set",
            ),
            Self::GroundNeedsEvidence { .. } => (
                "ground-needs-evidence",
                "第十六条第二项",
                "attach the document",
            ),
            Self::ExtensionNeedsApproval => (
                "extension-needs-approval",
                "第十九条",
                "give the document of the centre's approval in `approval`",
            ),
            Self::MustBeSentBack => (
                "must-be-sent-back",
                "第二十九条第二款",
                "send it back, or name the ground with its proof",
            ),
            Self::NameRequired => ("name-required", "第九条第二款", "give the requester's name"),
            Self::EarlyEndTooLate { .. } => {
                ("early-end-too-late", "第十六条第二项", "handle the order")
            }
            Self::RepeatStatementMissing => (
                "repeat-statement-missing",
                "第二十四条",
                "attach the written statement",
            ),
            Self::NotARepeat { .. } => (
                "not-a-repeat",
                "第二十四条、第二十六条第二款",
                "handle the order",
            ),
            Self::NotRefilable { .. } => ("not-refilable", "第十二条第四款", "leave it out"),
            Self::NotLinkable { .. } => ("not-linkable", "第二十六条", "name another order"),
            Self::AlreadyWithdrawn => (
                "already-withdrawn",
                "第二十三条第二项",
                "nothing; the unit ends the order",
            ),
            Self::GoesOnOnlyReports => (
                "goes-on-only-reports",
                "第二十三条第二项",
                "end the order without",
            ),
            Self::RehandledBefore => (
                "rehandled-before",
                "第二十九条第二款",
                "call back, then wait for the diligence statement",
            ),
            Self::TypeFixed => (
                "type-fixed",
                "第二十九条第二款",
                "have the unit handle and report the order as it is",
            ),
            Self::ExclusionNotProven { .. } => (
                "exclusion-not-proven",
                "第二十九条第三款",
                "give the reason instead, or send the order back",
            ),
            Self::AlreadyFollowedUp => (
                "already-followed-up",
                "第二十八条",
                "wait for the diligence statement, or for its time to end",
            ),
            Self::StatementWindowOver { .. } => (
                "statement-window-over",
                "第三十条第三款",
                "nothing; the order ends",
            ),
            Self::ServiceRatedBefore => (
                "service-rated-before",
                "第二十七条第一项",
                "nothing; the first choice stands",
            ),
            Self::SupervisionUnfounded { .. } => (
                "supervision-unfounded",
                "第二十五条",
                "choose the case that applies",
            ),
            Self::NoSuchSupervision { .. } => (
                "no-such-supervision",
                "第二十五条",
                "read the supervisions of the order",
            ),
            Self::NoSupervisionWaits => (
                "no-supervision-waits",
                "第二十五条",
                "nothing; the unit answers what the centre supervises, the centre reviews what was answered",
            ),
            Self::DelayUnexplained => (
                "delay-unexplained",
                "第二十五条第二款第一项",
                "explain the delay",
            ),
            Self::NoSuchProposal => ("no-such-proposal", "", "read the proposals of the order"),
            Self::Unchanged => ("unchanged", "", "nothing"),
            Self::NothingDue => ("nothing-due", "", "nothing"),
            Self::PeriodOutOfRange { .. } => (
                "period-out-of-range",
                "",
                "give a period that ends after it begins, within the years of the calendar",
            ),
        }
    }
}
