//! How a unit ends a matter, and what its report must say (Art. 12(3), 16(2), 22, 24, 26(2)): R17, R27,
//! R43, R46, R53, A-09, A-10, P2, P6, P9. All of them are reviewed; whether what a unit ended without
//! handling it is rated as well, the rule set says (A-09: it is, by default).

use contract::types::OrderType;

use super::check;
use super::contact::check_unreachable;
use crate::command::{Evidence, HandlingConclusion, HandlingReport, ReportContent};
use crate::decide::Related;
use crate::draft::Draft;
use crate::ids::OrderId;
use crate::order::{Assignment, WorkOrder};
use crate::rejection::Rejection;
use crate::ruleset::EarlyEndWindow;

/// What the conclusion needs.
pub(super) fn check(
    order: &WorkOrder,
    assignment: &Assignment,
    report: &HandlingReport,
    draft: &Draft<'_>,
) -> Result<(), Rejection> {
    match &report.conclusion {
        HandlingConclusion::Handled => check_content(order, report.content.as_ref()),
        // R17: the law knows no written notice here, whatever the channel.
        HandlingConclusion::Unreachable => {
            let since = order.heard_of_at();
            check_unreachable(&assignment.contact_attempts, since, draft)
        }
        HandlingConclusion::Refused { evidence } => {
            check::evidence("conclusion.evidence.reference", evidence)
        }
        HandlingConclusion::StatutoryDisposition {
            ground, attachment, ..
        } => check_ground(assignment, ground, attachment.as_ref(), draft),
        HandlingConclusion::Repeat { earlier, statement } => {
            check_repeat(earlier, statement.as_ref(), draft)
        }
        HandlingConclusion::LongTermProgress { earlier } => check_long_term(earlier, draft),
    }
}

/// R43: what Art. 22 wants of each type. `ART22_2_MEDIATION` is the case of a consumer mediation.
fn check_content(order: &WorkOrder, content: Option<&ReportContent>) -> Result<(), Rejection> {
    let missing = |needed| Err(Rejection::ContentMissing { needed });
    match (order.order_type, content) {
        (OrderType::Consultation, Some(ReportContent::Consultation { .. }))
        | (OrderType::HelpRequest, Some(ReportContent::HelpRequest { .. }))
        | (OrderType::Suggestion, Some(ReportContent::Suggestion { .. }))
        | (OrderType::Commendation, _) => Ok(()),
        (OrderType::Complaint, Some(ReportContent::Complaint { mediation, .. })) => match mediation
        {
            None if order.consumer_mediation => Err(Rejection::MediationMissing),
            None => Ok(()),
            Some(mediation) => mediation.document.as_ref().map_or(Ok(()), |document| {
                check::evidence("content.mediation.document.reference", document)
            }),
        },
        (OrderType::ViolationReport, Some(ReportContent::ViolationReport { case_opened, .. })) => {
            case_opened
                .as_ref()
                .map_or(Ok(()), |case| check::filled("content.case_opened", case))
        }
        (OrderType::Consultation, _) => missing("content of a consultation: basis and explanation"),
        (OrderType::Complaint, _) => missing("content of a complaint: how it was dealt with"),
        (OrderType::ViolationReport, _) => {
            missing("content of a violation report: the administrative measures")
        }
        (OrderType::HelpRequest, _) => missing("content of a help request: measures and state"),
        (OrderType::Suggestion, _) => missing("content of a suggestion: adopted or not, and why"),
    }
}

/// R27, A-10: a ground of the rule set that is in force, with its document where it wants one.
fn check_ground(
    assignment: &Assignment,
    code: &str,
    attachment: Option<&Evidence>,
    draft: &Draft<'_>,
) -> Result<(), Rejection> {
    let (rules, now) = (draft.context.rules(), draft.now());
    let Some(ground) = rules.statutory_ground(code, now) else {
        return Err(Rejection::UnknownGround {
            ground: code.to_owned(),
        });
    };
    match attachment {
        None if ground.evidence_required => {
            return Err(Rejection::GroundNeedsEvidence {
                ground: code.to_owned(),
            });
        }
        None => {}
        Some(document) => check::evidence("conclusion.attachment.reference", document)?,
    }
    match (rules.options.early_end_window, &assignment.verify_by) {
        (EarlyEndWindow::Verification, Some(verify_by)) if verify_by.is_late(now) => {
            Err(Rejection::EarlyEndTooLate {
                due_at: verify_by.due.due_at,
            })
        }
        (EarlyEndWindow::Verification | EarlyEndWindow::Handling, _) => Ok(()),
    }
}

/// R46, P9: the same requester, lawfully finished (not ended for unreachability, R18), and the written
/// statement. That it is similar, and without new facts, the unit judges.
fn check_repeat(
    earlier: &OrderId,
    statement: Option<&Evidence>,
    draft: &Draft<'_>,
) -> Result<(), Rejection> {
    let Some(statement) = statement else {
        return Err(Rejection::RepeatStatementMissing);
    };
    check::evidence("conclusion.statement.reference", statement)?;
    if same_requesters(earlier, draft)?.lawfully_finished {
        Ok(())
    } else {
        Err(Rejection::NotARepeat {
            why: "it was not lawfully finished",
        })
    }
}

/// R53: the same requester's order that is listed under a long-term matter.
fn check_long_term(earlier: &OrderId, draft: &Draft<'_>) -> Result<(), Rejection> {
    if same_requesters(earlier, draft)?.long_term.is_some() {
        Ok(())
    } else {
        Err(Rejection::NotARepeat {
            why: "it is not listed under a long-term matter",
        })
    }
}

fn same_requesters<'a>(earlier: &OrderId, draft: &'a Draft<'_>) -> Result<&'a Related, Rejection> {
    let related = draft.facts.related.as_ref();
    let Some(related) = related.filter(|related| related.order == *earlier) else {
        return Err(Rejection::NotARepeat {
            why: "there is no such order",
        });
    };
    if related.same_requester {
        Ok(related)
    } else {
        Err(Rejection::NotARepeat {
            why: "it is another requester's",
        })
    }
}
