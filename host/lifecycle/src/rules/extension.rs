//! Extension of the handling period (Art. 19): R36, R37, A-12, A-15, A-16, P4. By default it
//! needs no approval; the conditions hold or they do not.

use calendar::Period;
use chrono::{DateTime, Utc};

use super::{check, due};
use crate::command::{Evidence, Extension, RequesterTold};
use crate::deadline::due_after;
use crate::draft::{Draft, out_of_range};
use crate::effect::{Notice, Recipient};
use crate::event::{AssignmentRole, Event};
use crate::order::{Assignment, GrantedExtension, SupersededBy, WorkOrder};
use crate::rejection::Rejection;
use crate::ruleset::{ExtensionApproval, ExtensionCount, RuleSet, SecondExtension};

/// R36, R37: before the expiry, at most twice, each at most as long as the period of the first
/// dispatch, and counted from the expiry of the period before it. The requester is told why and until
/// when.
pub(crate) fn extend(
    order: &WorkOrder,
    wanted: &Extension,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    may_extend(order, draft.now(), draft.context.rules())?;
    check_approval(wanted.approval.as_ref(), draft.context.rules())?;
    let Some(assignment) = order.assignment() else {
        return Err(crate::gate::wrong_stage(order, "in_handling"));
    };
    check_length(wanted.period, assignment.limit())?;
    due::lapse(order, draft);
    let trigger = (draft.next_seq(), draft.now());
    let old = &assignment.handle_by;
    let base = counts_from(assignment, draft.context.rules());
    let handle_by = old
        .extended(
            order.order_type,
            wanted.period,
            (base, trigger),
            draft.context,
        )
        .map_err(out_of_range)?;
    if handle_by.due.due_at <= old.due.due_at {
        return Err(Rejection::PeriodOutOfRange {
            problem: "the extension ends before the period does".to_owned(),
        });
    }
    // A document that names an instant names no length; what it gave at first is the most (R23).
    if let Period::Until(_) = wanted.period {
        let limit = assignment.limit_anew();
        let rules = draft.context.rules();
        let furthest = due_after(old.due.due_at, limit, rules, draft.context.calendar)
            .map_err(out_of_range)?;
        if handle_by.due.due_at > furthest.due_at {
            return Err(Rejection::ExtensionTooLong {
                max: limit.to_string(),
            });
        }
    }
    let due_at = handle_by.due.due_at;
    draft.emit(Event::Extended {
        reason: wanted.reason,
        handle_by,
    });
    let about = Notice::Extended {
        reason: wanted.reason,
        due_at,
    };
    draft.notify(Recipient::Requester, about.clone());
    draft.notify(Recipient::Center, about);
    Ok(())
}

/// the conditions suffice, or the centre has approved it and the document says so, as the rule set
/// reads the text.
fn check_approval(approval: Option<&Evidence>, rules: &RuleSet) -> Result<(), Rejection> {
    match (rules.options.extension_approval, approval) {
        (ExtensionApproval::Center, None) => Err(Rejection::ExtensionNeedsApproval),
        (_, Some(document)) => check::evidence("approval.reference", document),
        (ExtensionApproval::NotNeeded, None) => Ok(()),
    }
}

/// P4: what stands against an extension whatever its length.
pub(super) fn may_extend(
    order: &WorkOrder,
    now: DateTime<Utc>,
    rules: &RuleSet,
) -> Result<(), Rejection> {
    let Some(assignment) = order.assignment() else {
        return Err(crate::gate::wrong_stage(order, "in_handling"));
    };
    if assignment.role == AssignmentRole::Rehandling {
        return Err(Rejection::ExtensionNotAllowed);
    }
    // Filed at 24:00 of the last day it is too late: the period has ended then.
    let due_at = assignment.handle_by.due.due_at;
    if now >= due_at {
        return Err(Rejection::ExtensionTooLate { due_at });
    }
    let of_document = assignment.special_limit.as_ref();
    let max = of_document
        .and_then(|limit| limit.extensions_max)
        .unwrap_or(rules.extensions_max);
    if used(order, assignment, rules) >= usize::from(max) {
        return Err(Rejection::ExtensionLimitReached { max });
    }
    check_told(assignment)
}

/// R36: the requester has been told of the extension before (by the unit, or in vain).
pub(super) fn check_told(assignment: &Assignment) -> Result<(), Rejection> {
    match assignment.extensions.last() {
        Some(extension) if extension.told.is_none() => Err(Rejection::ExtensionNoticeMissing),
        Some(_) | None => Ok(()),
    }
}

/// the expiry from which an extension counts.
fn counts_from(assignment: &Assignment, rules: &RuleSet) -> DateTime<Utc> {
    let newest = assignment.handle_by.due.due_at;
    match rules.options.second_extension {
        SecondExtension::FromTheEndOfTheFirst => newest,
        SecondExtension::FromTheFirstExpiry => {
            let newest_first = assignment.superseded.iter().rev();
            newest_first
                .take_while(|it| it.by == SupersededBy::Extension)
                .last()
                .map_or(newest, |it| it.deadline.due.due_at)
        }
    }
}

/// extensions count per assignment, restarts or not, unless the rule set reads it otherwise.
fn used(order: &WorkOrder, assignment: &Assignment, rules: &RuleSet) -> usize {
    match rules.options.extension_count {
        ExtensionCount::ContinuesAfterRestart => assignment.extensions.len(),
        ExtensionCount::PerOrder => {
            let all = order.assignments.iter();
            all.map(|it| it.extensions.len()).sum()
        }
        ExtensionCount::BeginsAnewAfterRestart => {
            let newest_first = assignment.superseded.iter().rev();
            newest_first
                .take_while(|it| it.by == SupersededBy::Extension)
                .count()
        }
    }
}

/// R37: at most the period of the first dispatch, in the same unit of time.
fn check_length(wanted: Period, limit: Period) -> Result<(), Rejection> {
    let fits = match (wanted, limit) {
        (Period::WorkingDays(n), Period::WorkingDays(max))
        | (Period::CalendarDays(n), Period::CalendarDays(max))
        | (Period::Months(n), Period::Months(max))
        | (Period::Years(n), Period::Years(max)) => 0 < n && n <= max,
        (Period::Hours(n), Period::Hours(max)) | (Period::Minutes(n), Period::Minutes(max)) => {
            0 < n && n <= max
        }
        (Period::Until(_), Period::Until(_)) => true,
        (_, _) => false,
    };
    if fits {
        Ok(())
    } else {
        Err(Rejection::ExtensionTooLong {
            max: limit.to_string(),
        })
    }
}

/// An extension that the requester has not been told of.
pub(super) fn may_tell(order: &WorkOrder) -> Result<(&Assignment, &GrantedExtension), Rejection> {
    let assignment = order.assignment().ok_or(Rejection::NoExtensionToTell)?;
    let owed = assignment.extensions.last().filter(|it| it.told.is_none());
    let extension = owed.ok_or(Rejection::NoExtensionToTell)?;
    Ok((assignment, extension))
}

/// R36: the unit told the requester, or called three times in vain.
pub(crate) fn notice(
    order: &WorkOrder,
    told: &RequesterTold,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let (assignment, extension) = may_tell(order)?;
    check::told(
        told,
        extension.filed_at,
        &assignment.contact_attempts,
        draft,
    )?;
    due::lapse(order, draft);
    draft.emit(Event::ExtensionNoticed(told.clone()));
    Ok(())
}
