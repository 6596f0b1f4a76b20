//! What events refer to: the deadlines that they set, and the texts in somebody's own words.

use super::Event;
use crate::command::{
    HandlingConclusion, HandlingReport, Identity, Registration, ReportContent, ReturnGround,
    ReturnRequest, SuggestionOutcome,
};
use crate::deadline::Deadline;
use crate::ids::TextId;

impl Event {
    /// The deadlines that the event sets, in the order in which they end by rule.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table with a row for each variant")]
    pub fn deadlines(&self) -> Vec<&Deadline> {
        match self {
            Self::Registered { dispatch_by, .. } | Self::InformationSufficient { dispatch_by } => {
                vec![dispatch_by]
            }
            Self::InformationNoticeSent { answer_by, .. } => vec![answer_by],
            Self::Dispatched {
                verify_by,
                handle_by,
                assist_by,
                ..
            } => {
                let mut all: Vec<_> = verify_by.iter().chain(assist_by).collect();
                all.push(handle_by);
                all
            }
            Self::Reclassified { deadlines, .. } => {
                deadlines
                    .iter()
                    .fold(Vec::new(), |mut all: Vec<&Deadline>, new| {
                        all.extend(&new.verify_by);
                        all.push(&new.handle_by);
                        all
                    })
            }
            Self::OpinionRequested { opinion_by, .. } => vec![opinion_by],
            Self::Extended { handle_by, .. }
            | Self::SentBack { handle_by, .. }
            | Self::PeriodBegun { handle_by } => vec![handle_by],
            Self::StatementJudged { handle_by, .. } => handle_by.iter().collect(),
            Self::ReviewPassed { offer_by, .. } => vec![offer_by],
            Self::RatingOffered { rate_by, .. } => vec![rate_by],
            Self::StatementAwaited { statement_by } => vec![statement_by],
            Self::Supervised {
                answer_by,
                guidance_by,
                ..
            } => answer_by.iter().chain(guidance_by).collect(),
            // What these carry takes the place of a deadline that another event has set.
            Self::DeliveryRecorded { .. } | Self::DeadlineRecomputed { .. } => Vec::new(),
            Self::Received { .. }
            | Self::InformationRequested { .. }
            | Self::InformationSupplied { .. }
            | Self::Concealed(_)
            | Self::ConductFlagged { .. }
            | Self::PrioritySet { .. }
            | Self::LongTermListed { .. }
            | Self::ManyAlike { .. }
            | Self::OrdersLinked(_)
            | Self::RoutingAdvised { .. }
            | Self::AnsweredDirectly(_)
            | Self::ReturnRequested(_)
            | Self::LateReturnAllowed { .. }
            | Self::ReturnApproved { .. }
            | Self::ReturnRejected { .. }
            | Self::AssistingUnitsNamed { .. }
            | Self::AssistanceRecorded { .. }
            | Self::AssistanceObjected { .. }
            | Self::ObjectionDecided { .. }
            | Self::CoordinationOpened { .. }
            | Self::OpinionRecorded { .. }
            | Self::ExtensionNoticed(_)
            | Self::StatementAdded { .. }
            | Self::DutyAccepted
            | Self::DutyDeemedAccepted
            | Self::ContactAttempted(_)
            | Self::Replied(_)
            | Self::Submitted(_)
            | Self::PassedToDistrict { .. }
            | Self::DistrictReviewPassed
            | Self::ReviewFailed { .. }
            | Self::Rated { .. }
            | Self::InvalidRatingReceived { .. }
            | Self::RatingHeld { .. }
            | Self::RatingChanged { .. }
            | Self::RatingLapsed
            | Self::FollowedUp(_)
            | Self::ServiceRated(_)
            | Self::DiligenceStatementFiled { .. }
            | Self::Withdrawn(_)
            | Self::SupervisionAnswered { .. }
            | Self::SupervisionAccepted { .. }
            | Self::SupervisionRejected { .. }
            | Self::ProposalDismissed { .. }
            | Self::DeadlineMarked { .. }
            | Self::EscalationAdvised { .. }
            | Self::Closed { .. } => Vec::new(),
        }
    }

    /// The texts in somebody's own words that the event refers to.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table with a row for each variant")]
    pub fn texts(&self) -> Vec<TextId> {
        match self {
            Self::Registered { registration, .. } => of_registration(registration),
            Self::Received { registration, .. } => of_registration(registration),
            Self::AnsweredDirectly(answer) => vec![answer.answer],
            Self::Replied(reply) => vec![reply.content],
            Self::Submitted(report) => of_report(report),
            Self::ReturnRequested(request) => of_return(request),
            Self::AssistingUnitsNamed { units } => units.iter().map(|it| it.part).collect(),
            Self::OpinionRequested { request, .. } => vec![request.question],
            Self::InformationSupplied { content, identity }
            | Self::StatementAdded {
                content, identity, ..
            } => with_identity(Some(*content), *identity),
            Self::Withdrawn(withdrawal) => with_identity(None, withdrawal.identity),
            Self::OrdersLinked(link) => link.reason.into_iter().collect(),
            Self::StatementJudged { judgement, .. } => vec![judgement.explanation],
            Self::FollowedUp(follow_up) => vec![follow_up.reasons],
            Self::Supervised { order, .. } => vec![order.requirement],
            Self::SupervisionAnswered { answer, .. } => {
                let explained = answer.delay_explanation;
                [Some(answer.answer), explained]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Self::InformationRequested { missing: text }
            | Self::ConductFlagged { note: text }
            | Self::Reclassified { reason: text, .. }
            | Self::LateReturnAllowed { reason: text }
            | Self::ReturnApproved { reason: text }
            | Self::ReturnRejected { reason: text, .. }
            | Self::AssistanceRecorded { content: text, .. }
            | Self::AssistanceObjected { reason: text, .. }
            | Self::ObjectionDecided { reason: text, .. }
            | Self::OpinionRecorded { opinion: text, .. }
            | Self::Extended { reason: text, .. }
            | Self::ReviewFailed { reason: text, .. }
            | Self::InvalidRatingReceived { answer: text }
            | Self::SentBack { reason: text, .. }
            | Self::DiligenceStatementFiled { statement: text }
            | Self::SupervisionRejected { reason: text, .. }
            | Self::ProposalDismissed { reason: text, .. } => vec![*text],
            Self::PrioritySet { reason: text, .. }
            | Self::CoordinationOpened { reason: text }
            | Self::Closed { note: text, .. } => text.iter().copied().collect(),
            Self::InformationNoticeSent { .. }
            | Self::InformationSufficient { .. }
            | Self::Concealed(_)
            | Self::LongTermListed { .. }
            | Self::ManyAlike { .. }
            | Self::RoutingAdvised { .. }
            | Self::Dispatched { .. }
            | Self::ExtensionNoticed(_)
            | Self::DutyAccepted
            | Self::PeriodBegun { .. }
            | Self::DutyDeemedAccepted
            | Self::ContactAttempted(_)
            | Self::PassedToDistrict { .. }
            | Self::DistrictReviewPassed
            | Self::ReviewPassed { .. }
            | Self::RatingOffered { .. }
            | Self::Rated { .. }
            | Self::RatingHeld { .. }
            | Self::RatingChanged { .. }
            | Self::RatingLapsed
            | Self::DeliveryRecorded { .. }
            | Self::ServiceRated(_)
            | Self::StatementAwaited { .. }
            | Self::SupervisionAccepted { .. }
            | Self::DeadlineMarked { .. }
            | Self::EscalationAdvised { .. }
            | Self::DeadlineRecomputed { .. } => Vec::new(),
        }
    }
}

fn of_registration(registration: &Registration) -> Vec<TextId> {
    let missing = registration.missing;
    [Some(registration.request), missing]
        .into_iter()
        .flatten()
        .collect()
}

fn with_identity(content: Option<TextId>, identity: Identity) -> Vec<TextId> {
    let how = match identity {
        Identity::Verified { how } => Some(how),
        Identity::SameAccount | Identity::Other => None,
    };
    content.into_iter().chain(how).collect()
}

fn of_report(report: &HandlingReport) -> Vec<TextId> {
    let mut texts = vec![report.course, report.result];
    texts.extend(report.remarks);
    match &report.conclusion {
        HandlingConclusion::StatutoryDisposition {
            basis, guidance, ..
        } => texts.extend([*basis, *guidance]),
        HandlingConclusion::Handled
        | HandlingConclusion::Unreachable
        | HandlingConclusion::Refused { .. }
        | HandlingConclusion::Repeat { .. }
        | HandlingConclusion::LongTermProgress { .. } => {}
    }
    texts.extend(report.content.as_ref().map(|content| match content {
        ReportContent::Consultation { basis: text }
        | ReportContent::Complaint { handling: text, .. }
        | ReportContent::ViolationReport { measures: text, .. }
        | ReportContent::HelpRequest { measures: text }
        | ReportContent::Suggestion {
            outcome:
                SuggestionOutcome::Adopted { measures: text }
                | SuggestionOutcome::NotAdopted { reasons: text },
        } => *text,
    }));
    texts
}

fn of_return(request: &ReturnRequest) -> Vec<TextId> {
    let mut texts = vec![request.reason];
    match &request.ground {
        ReturnGround::DutyAuthority {
            own_functions,
            outside_part,
        } => texts.extend([*own_functions, *outside_part]),
        ReturnGround::FacilityMaintenance { own_range, .. } => texts.extend(own_range),
        ReturnGround::JurisdictionArea { own_area } => texts.push(*own_area),
        ReturnGround::ExplicitBasis { duties, .. } => texts.push(*duties),
    }
    texts
}
