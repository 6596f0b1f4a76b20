//! From a draft to a version: submission, review by a second person (R66), and the centre's approval of
//! a validity beyond Art. 35 (R67).

use lifecycle::ids::TextId;

use super::bounds;
use super::command::{LongerFor, Verdict};
use super::decide::draft;
use super::event::Event;
use super::state::{Draft, DraftStage, Point};
use super::validity::{Validity, validity_of};
use crate::Rejection;
use crate::effect::Occasion;
use crate::ruling::Ruling;

/// R66: complete, checked as it stands with nothing that blocks, related to points that exist, and with
/// a validity within the law or a reason.
pub(super) fn submit(point: &Point, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    let draft = draft(point)?;
    bounds::complete(&draft.content, ruling.context.rules)?;
    draft
        .content
        .related_points()
        .try_for_each(|related| ruling.point(related).map(|_| ()))?;
    unblocked(draft)?;
    validity(point, draft, ruling)?;
    ruling.emit(Event::Submitted {
        revision: draft.revision,
    });
    ruling.tell_unit(&point.owner, Occasion::AwaitsReview);
    Ok(())
}

fn unblocked(draft: &Draft) -> Result<(), Rejection> {
    let revision = draft.revision;
    let checks = draft.checks.as_ref();
    let checks = checks.ok_or(Rejection::NotChecked { revision })?;
    let mut blocking = checks.iter().flat_map(|check| {
        let attempt = &check.attempt;
        check.blocking().map(move |finding| (attempt, finding))
    });
    let Some((attempt, finding)) = blocking.next() else {
        return Ok(());
    };
    Err(Rejection::Blocked {
        first: format!(
            "{}: {} of {}",
            finding.message, attempt.rule.name, attempt.scope
        ),
        findings: blocking.count().saturating_add(1),
    })
}

/// The validity that a publication now would give; a longer one has a reason.
fn validity(point: &Point, draft: &Draft, ruling: &Ruling<'_>) -> Result<Validity, Rejection> {
    let (kind, span) = (draft.content.kind, draft.term.span);
    let seq = ruling.next_seq();
    let validity = validity_of(kind, span, &point.owner, seq, ruling.context)?;
    let reason = draft.term.longer_reason.as_deref().unwrap_or_default();
    if validity.is_longer() && reason.trim().is_empty() {
        let latest = validity.latest();
        return Err(Rejection::ValidityTooLong { latest });
    }
    Ok(validity)
}

/// R66: a second person reads exactly this revision. R67, P10: what would be valid for too long is not
/// published before the centre has approved it.
pub(super) fn review(
    point: &Point,
    given: u32,
    verdict: Verdict,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    let draft = draft(point)?;
    if draft.authors.contains(&ruling.by.name) {
        let did = "wrote or submitted the draft";
        return Err(Rejection::SamePerson { did });
    }
    let revision = draft.revision;
    if revision != given {
        return Err(Rejection::StaleRevision { revision, given });
    }
    match verdict {
        Verdict::Fail { reason } => {
            ruling.emit(Event::ReviewFailed { reason });
            ruling.tell_unit(&point.owner, Occasion::ReviewFailed { reason });
        }
        Verdict::Pass => {
            // It may have been checked again since it was submitted.
            unblocked(draft)?;
            let validity = validity(point, draft, ruling)?;
            if validity.is_longer() {
                ruling.emit(Event::ReviewPassed);
                ruling.tell_center(Occasion::AwaitsApproval);
            } else {
                publish(point, validity, ruling);
            }
        }
    }
    Ok(())
}

fn publish(point: &Point, validity: Validity, ruling: &mut Ruling<'_>) {
    let version = point.last_version().map_or(0, |it| it.number);
    let version = version.saturating_add(1);
    let until = validity.expiry.due.due_at;
    ruling.emit(Event::Published { version, validity });
    let occasion = Occasion::Published { version, until };
    ruling.tell_unit(&point.owner, occasion.clone());
    ruling.tell_center(occasion);
}

/// R67: "in principle" leaves room for a longer validity, with a reason and the centre's approval.
pub(super) fn decide_longer(
    point: &Point,
    of: LongerFor,
    verdict: Verdict,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    match of {
        LongerFor::Draft => decide_draft(point, verdict, ruling),
        LongerFor::Published => decide_published(point, verdict, ruling),
    }
}

fn decide_draft(point: &Point, verdict: Verdict, ruling: &mut Ruling<'_>) -> Result<(), Rejection> {
    let draft = draft(point)?;
    let DraftStage::AwaitingApproval { reviewer, .. } = &draft.stage else {
        return Err(Rejection::WrongStage {
            stage: draft.stage.name(),
            needed: "awaiting_approval",
        });
    };
    if *reviewer == ruling.by.name || draft.authors.contains(&ruling.by.name) {
        let did = "wrote, submitted or reviewed the draft";
        return Err(Rejection::SamePerson { did });
    }
    match verdict {
        Verdict::Fail { reason } => {
            ruling.emit(Event::DraftLongerRefused { reason });
            refused(point, reason, ruling);
        }
        Verdict::Pass => {
            unblocked(draft)?;
            let reason = draft.term.longer_reason.as_deref().unwrap_or_default();
            let validity = validity(point, draft, ruling)?;
            publish(point, validity.approved(&ruling.by.name, reason), ruling);
        }
    }
    Ok(())
}

fn decide_published(
    point: &Point,
    verdict: Verdict,
    ruling: &mut Ruling<'_>,
) -> Result<(), Rejection> {
    let version = point.answering(ruling.now())?;
    let request = point.longer.as_ref().ok_or(Rejection::WrongStage {
        stage: "without a request for a longer validity",
        needed: "a request for the published version",
    })?;
    if request.by == ruling.by.name {
        let did = "asked for the longer validity";
        return Err(Rejection::SamePerson { did });
    }
    match verdict {
        Verdict::Fail { reason } => {
            ruling.emit(Event::LongerRefused { reason });
            refused(point, reason, ruling);
        }
        Verdict::Pass => {
            let kind = version.content.kind;
            let seq = ruling.next_seq();
            let validity = validity_of(kind, request.span, &point.owner, seq, ruling.context)?
                .approved(&ruling.by.name, &request.reason);
            let until = validity.expiry.due.due_at;
            ruling.emit(Event::LongerApproved { validity });
            ruling.tell_unit(&point.owner, Occasion::ValidityRenewed { until });
        }
    }
    Ok(())
}

fn refused(point: &Point, reason: TextId, ruling: &mut Ruling<'_>) {
    ruling.tell_unit(&point.owner, Occasion::LongerRefused { reason });
}
