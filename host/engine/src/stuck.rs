//! What falls due and cannot be carried out is put off with growing pauses, shown to the centre, and never
//! lost: a deadline that nobody marks, or a notice that nobody sends, is somebody's right. It ends only
//! when it succeeds, or when the order or the dossier has moved on.

use chrono::{DateTime, TimeDelta, Utc};
use knowledge_base::Rejection as KnowledgeRejection;
use lifecycle::dossier::Rejection as DossierRejection;
use lifecycle::ids::{Actor, Role};
use lifecycle::rejection::Rejection;

use crate::ports::{DueItem, Page, StuckItem};
use crate::tick::Tick;
use crate::{DossierError, Engine, Error, KnowledgeError};

/// Pause after the first failed attempt; each further one is three times as long.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// Longest pause between two attempts.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(6);
/// Most lines on a page of what is stuck.
const PAGE_MAX: u32 = 200;
/// Of an error with its causes so much is kept, in characters.
const PROBLEM_CHARS_MAX: usize = 1000;

impl Engine {
    /// A page of what is due and could not be carried out, longest due first; `after` is the `next` of
    /// the page before.
    ///
    /// # Errors
    /// [`Error::Rejected`] for anybody but the centre and the admin, [`Error::InvalidInput`] for a
    /// cursor that is none, [`Error::Store`].
    pub fn stuck_items(
        &self,
        after: Option<&str>,
        limit: u32,
        by: &Actor,
    ) -> Result<Page<StuckItem>, Error> {
        match by.role {
            Role::Operator | Role::Admin => {}
            Role::System
            | Role::Unit(_)
            | Role::Leader(_)
            | Role::District(_)
            | Role::Channel
            | Role::Auditor => return Err(not_permitted("list what is stuck")),
        }
        Ok(self.store.stuck_items(after, limit.clamp(1, PAGE_MAX))?)
    }

    /// Has something that is stuck tried by the next tick, whatever its pause. Gives it as it stands.
    ///
    /// # Errors
    /// [`Error::Rejected`] for anybody but the admin, [`Error::NotStuck`] where nothing of this id is
    /// stuck, any more or at all, [`Error::Store`].
    pub fn retry_stuck_item(&self, id: &str, by: &Actor) -> Result<StuckItem, Error> {
        if by.role != Role::Admin {
            return Err(not_permitted("retry what is stuck"));
        }
        let retried = self.store.retry_stuck_item(id)?;
        let item = retried.ok_or_else(|| Error::NotStuck { id: id.to_owned() })?;
        tracing::info!(id, by = by.name, "what was stuck is tried again");
        Ok(item)
    }

    /// Puts off something due that could not be carried out. A fault of the store that concerns this
    /// item alone puts it off like any other error; where the store as a whole fails, so does this.
    pub(crate) fn put_off(
        &self,
        item: &DueItem,
        error: &Error,
        tick: &mut Tick,
    ) -> Result<(), Error> {
        let now = self.now();
        let attempts = item.attempts().saturating_add(1);
        let until = now.checked_add_signed(pause_after(attempts)).unwrap_or(now);
        let problem = told(error);
        self.store.put_off(item, now, until, &problem)?;
        report(item, attempts, until, &problem);
        tick.put_off = tick.put_off.saturating_add(1);
        Ok(())
    }
}

fn report(item: &DueItem, attempts: u32, until: DateTime<Utc>, problem: &str) {
    let subject = item.subject();
    let (of, what) = (subject.number(), item.kind());
    let until = calendar::instant_text(until);
    match item {
        DueItem::Timer(timer) => tracing::error!(
            of, what, deadline = ?timer.deadline, moment = ?timer.moment, attempts, until, problem,
            "could not be carried out and is put off"
        ),
        DueItem::DossierTimer(timer) => tracing::error!(
            of, what, deadline = ?timer.deadline, attempts, until, problem,
            "could not be carried out and is put off"
        ),
        DueItem::KnowledgeTimer(timer) => tracing::error!(
            of, what, moment = ?timer.moment, attempts, until, problem,
            "could not be carried out and is put off"
        ),
        DueItem::Effect { id, .. } => tracing::error!(
            of,
            what,
            id,
            attempts,
            until,
            problem,
            "could not be carried out and is put off"
        ),
        DueItem::Recomputation(_) => tracing::error!(
            of,
            what,
            attempts,
            until,
            problem,
            "could not be carried out and is put off"
        ),
    }
}

/// Whether an order, a dossier or an entry has moved on, so that what was due has nothing to do any more. Every
/// other error is a problem.
pub(crate) const fn has_moved_on(error: &Error) -> bool {
    matches!(
        error,
        Error::Rejected(Rejection::NothingDue | Rejection::Closed | Rejection::Unchanged)
            | Error::Dossier(DossierError::Rejected(
                DossierRejection::NothingDue | DossierRejection::Closed { .. }
            ))
            | Error::Knowledge(KnowledgeError::Rejected(KnowledgeRejection::NothingDue))
    )
}

/// An error with its causes, in one line. They hold numbers, codes and fields, and nobody's words.
pub(crate) fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    if text.chars().count() > PROBLEM_CHARS_MAX {
        text = text.chars().take(PROBLEM_CHARS_MAX).collect();
    }
    text
}

/// How long to wait after so many failed attempts.
fn pause_after(attempts: u32) -> TimeDelta {
    let factor = 3_i32.checked_pow(attempts.saturating_sub(1));
    let pause = factor.and_then(|factor| FIRST_PAUSE.checked_mul(factor));
    pause.map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}

fn not_permitted(command: &'static str) -> Error {
    Rejection::NotPermitted { command }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_never_end() {
        let minutes = [1, 2, 3, 4, 5, 6, 7, 8, 100, u32::MAX]
            .map(|attempts| pause_after(attempts).num_minutes());
        assert_eq!(minutes, [1, 3, 9, 27, 81, 243, 360, 360, 360, 360]);
    }
}
