//! Folding events into a point.

use std::collections::BTreeSet;

use super::content::Content;
use super::event::{Event, Subject};
use super::state::{Draft, DraftStage, LongerRequest, Point, Standing, TakeDown, Version};
use super::validity::{Term, Validity};
use crate::entry::Stamp;

/// The point that a first event opens.
pub(crate) fn open(stamp: Stamp<'_>, event: &Event) -> Option<Point> {
    let Event::Opened {
        point,
        owner,
        content,
        term,
    } = event
    else {
        return None;
    };
    Some(Point {
        id: point.clone(),
        version: stamp.seq,
        owner: owner.clone(),
        opened_at: stamp.at,
        revision: 1,
        draft: Some(draft(1, content, term, stamp)),
        versions: Vec::new(),
        standing: Standing::Unpublished,
        rechecks: None,
        validity: None,
        reminded: None,
        longer: None,
        confirmed_at: None,
    })
}

fn draft(revision: u32, content: &Content, term: &Term, stamp: Stamp<'_>) -> Draft {
    Draft {
        revision,
        content: content.clone(),
        term: term.clone(),
        authors: BTreeSet::from([stamp.by.name.clone()]),
        edited_at: stamp.at,
        checks: None,
        stage: DraftStage::Editing,
        returned: None,
    }
}

/// Changes the point; nothing where it does not admit the event.
#[expect(clippy::too_many_lines, reason = "a table with a row for each variant")]
pub(crate) fn fold(point: &mut Point, stamp: Stamp<'_>, event: &Event) -> Option<()> {
    match event {
        Event::Opened { .. } => return None,
        Event::Edited {
            revision,
            content,
            term,
        } => {
            let old = point.draft.take()?;
            let mut new = draft(*revision, content, term, stamp);
            new.authors.extend(old.authors);
            new.returned = old.returned;
            point.revision = *revision;
            point.draft = Some(new);
        }
        Event::Revised {
            revision,
            content,
            term,
        } => {
            point.revision = *revision;
            let new = draft(*revision, content, term, stamp);
            if point.draft.replace(new).is_some() {
                return None;
            }
        }
        Event::Discarded => point.draft.take().map(|_| ())?,
        Event::Checked {
            subject, checks, ..
        } => match subject {
            Subject::Draft(_) => point.draft.as_mut()?.checks = Some(checks.clone()),
            Subject::Version(_) => point.rechecks = Some(checks.clone()),
        },
        Event::Submitted { .. } => {
            let draft = point.draft.as_mut()?;
            draft.authors.insert(stamp.by.name.clone());
            draft.stage = DraftStage::UnderReview { since: stamp.at };
        }
        Event::ReviewFailed { reason } | Event::DraftLongerRefused { reason } => {
            let draft = point.draft.as_mut()?;
            draft.stage = DraftStage::Editing;
            draft.returned = Some(*reason);
        }
        Event::ReviewPassed => {
            point.draft.as_mut()?.stage = DraftStage::AwaitingApproval {
                since: stamp.at,
                reviewer: stamp.by.name.clone(),
            };
        }
        Event::Published { version, validity } => publish(point, *version, validity, stamp)?,
        Event::Confirmed { validity } | Event::LongerApproved { validity } => {
            if matches!(event, Event::LongerApproved { .. }) {
                point.longer.take()?;
            }
            point.validity.as_mut()?.clone_from(validity);
            point.reminded = None;
            point.confirmed_at = Some(stamp.at);
        }
        Event::LongerRequested { span, reason } => {
            point.longer = Some(LongerRequest {
                span: *span,
                reason: reason.clone(),
                by: stamp.by.name.clone(),
                at: stamp.at,
            });
        }
        Event::LongerRefused { .. } => point.longer.take().map(|_| ())?,
        Event::Reminded { days } => point.reminded = Some(*days),
        Event::Expired => {
            point.standing = Standing::Expired {
                recorded_at: stamp.at,
            };
            point.longer = None;
        }
        Event::TakenDown { by, reason } => {
            point.standing = Standing::TakenDown(TakeDown {
                at: stamp.at,
                by: *by,
                reason: *reason,
            });
        }
        Event::Restored => point.standing = Standing::Published,
    }
    Some(())
}

/// The draft becomes the next version; whoever published it reviewed it, unless somebody else had.
fn publish(point: &mut Point, number: u32, validity: &Validity, stamp: Stamp<'_>) -> Option<()> {
    let draft = point.draft.take()?;
    let reviewer = match draft.stage {
        DraftStage::Editing => return None,
        DraftStage::UnderReview { .. } => stamp.by.name.clone(),
        DraftStage::AwaitingApproval { reviewer, .. } => reviewer,
    };
    point.versions.push(Version {
        number,
        content: draft.content,
        term: draft.term,
        published_at: stamp.at,
        authors: draft.authors,
        reviewer,
        checks: draft.checks.unwrap_or_default(),
        validity: validity.clone(),
    });
    point.standing = Standing::Published;
    point.validity = Some(validity.clone());
    point.rechecks = None;
    point.reminded = None;
    point.longer = None;
    point.confirmed_at = None;
    Some(())
}
