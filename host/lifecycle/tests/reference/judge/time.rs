//! What timers report, and new calendars (Art. 15, 27, 28, 30; T8, C3).

use lifecycle::command::{Command, Moment};
use lifecycle::deadline::DeadlineKind;
use lifecycle::event::CloseCode;
use lifecycle::ids::UnitCode;

use super::{Objections, object};
use crate::days::{Limit, date_of, midnight};
use crate::model::{At, Env, Model, Stage};
use chrono::TimeDelta;
use contract::types::OrderType;

impl Model {
    pub(super) fn object_to_time(&self, command: &Command, env: &Env<'_>, no: &mut Objections) {
        match command {
            Command::MarkDue { deadline, moment } => {
                let is_due = match moment {
                    Moment::Passed => self.lapsed(env.now).iter().any(|it| it.kind == *deadline),
                    Moment::DueSoon => self
                        .question(*deadline, false)
                        .is_some_and(|(at, due)| env.now >= at && env.now <= due),
                    Moment::StillOverdue => self
                        .question(*deadline, true)
                        .is_some_and(|(at, _)| env.now >= at),
                };
                object(no, !is_due, "nothing-due");
            }
            Command::RecomputeDeadlines => {
                object(no, !self.recomputed(env, true), "nothing-due");
            }
            _ => {}
        }
    }

    /// The question about handling that waits, with the due instant, before or after it was missed.
    pub(crate) fn question(&self, kind: DeadlineKind, missed: bool) -> Option<(At, At)> {
        let running = self.running();
        let handling = running
            .iter()
            .find(|it| it.kind == DeadlineKind::Handling && kind == it.kind)?;
        let due = handling.by.due;
        let at = self.task()?.ask_at?;
        (self.has_missed(kind, due) == missed).then_some((at, due))
    }

    pub(super) fn take_time(&mut self, command: &Command, env: &Env<'_>) {
        match command {
            Command::MarkDue { moment, .. } => match moment {
                Moment::Passed => self.over(env),
                Moment::DueSoon => {
                    let due = self.task_mut().handle_by.due;
                    let next = env.days.next_morning(env.now);
                    self.task_mut().ask_at = Some(next).filter(|at| *at < due);
                }
                Moment::StillOverdue => {
                    let next = env.days.next_morning(env.now);
                    self.task_mut().ask_at = Some(next).filter(|at| self.still_asked(*at, env));
                }
            },
            Command::RecomputeDeadlines => {
                self.recompute(env);
                self.over(env);
            }
            _ => {}
        }
    }

    /// What is over and ends the order by itself.
    fn over(&mut self, env: &Env<'_>) {
        for it in self.lapsed(env.now) {
            match it.kind {
                DeadlineKind::Information => self.close(CloseCode::InformationLate),
                DeadlineKind::Rating => {
                    self.ratings.push((None, env.now));
                    self.end_of_rating(CloseCode::NotRated);
                }
                DeadlineKind::DiligenceStatement => self.close(CloseCode::StatementLapsed),
                DeadlineKind::Dispatch
                | DeadlineKind::Verification
                | DeadlineKind::Handling
                | DeadlineKind::RatingOffer
                | DeadlineKind::Assistance
                | DeadlineKind::Opinion
                | DeadlineKind::Supervision
                | DeadlineKind::GuidanceFeedback => {}
            }
        }
    }

    /// Another handling period: the escalation rules are asked about it from its first morning on.
    pub(super) fn ask_anew(&mut self, env: &Env<'_>) {
        let task = self.task_mut();
        let (trigger, due) = (task.trigger, task.handle_by.due);
        let first = self.first_question(env, trigger, due);
        let task = self.task_mut();
        task.warn_at = first;
        task.ask_at = first;
    }

    /// The first morning of a working day on which at most so many working days are left.
    pub(crate) fn first_question(&self, env: &Env<'_>, trigger: At, due: At) -> Option<At> {
        let window = if self.order_type == OrderType::Consultation {
            1
        } else {
            6
        };
        let last = date_of(due - TimeDelta::seconds(1));
        let mut day = date_of(trigger).succ_opt()?;
        while midnight(day) < due {
            if env.days.works(day) && env.days.working_between(day, last) <= window {
                return Some(midnight(day));
            }
            day = day.succ_opt()?;
        }
        None
    }

    /// Until ten whole working days have passed.
    pub(crate) fn still_asked(&self, morning: At, env: &Env<'_>) -> bool {
        let due = self.task().unwrap().handle_by.due;
        let last = date_of(due - TimeDelta::seconds(1));
        let yesterday = date_of(morning).pred_opt().unwrap();
        env.days.working_between(last, yesterday) <= 10
    }

    /// Whether something is over, or counted otherwise by the days as they are known now; with what
    /// rests, or without.
    pub(super) fn recomputed(&self, env: &Env<'_>, resting: bool) -> bool {
        let mut other = self.clone();
        other.recompute(env);
        let due = |order: &Self| -> Vec<(At, bool)> {
            let mut order = order.clone();
            let all = order.limits(resting);
            all.iter().map(|(_, it)| (it.due, it.provisional)).collect()
        };
        !self.lapsed(env.now).is_empty() || due(self) != due(&other)
    }

    /// Counts what runs anew, and what rests and may run on; a miss stays a miss. Nothing becomes overdue in the past: who relied on a later day has today (C3).
    fn recompute(&mut self, env: &Env<'_>) {
        let missed = self.missed.clone();
        let task = self.task();
        let before = task.map(|it| (it.handle_by.due, it.warn_at, it.ask_at));
        for (kind, limit) in self.limits(true) {
            if !is_in(&missed, kind, limit.due) {
                *limit = again(limit, env);
            }
        }
        let Some((was, warned, asked)) = before else {
            return;
        };
        if !is_in(&missed, DeadlineKind::Handling, was) && !self.is_closed() {
            self.ask_anew(env);
            let task = self.task_mut();
            if task.handle_by.due == was && task.warn_at == warned {
                task.ask_at = asked;
            }
        }
    }

    /// Every limit that runs, and the unit's while its report is reviewed; and what else rests and may
    /// run on: a lead unit's time while its return or its report is decided on, that of an answer which
    /// is not accepted yet (Art. 17(3), 25).
    fn limits(&mut self, resting: bool) -> Vec<(DeadlineKind, &mut Limit)> {
        use DeadlineKind as Kind;
        let mut all: Vec<(Kind, Option<&mut Limit>)> = Vec::new();
        let first = self.tasks.is_empty();
        let verifies = self.stage == Stage::Verification;
        let task = self.tasks.last_mut();
        match &mut self.stage {
            Stage::Information => {
                let asked = self.information.as_mut().filter(|it| !it.supplied);
                all.push((
                    Kind::Information,
                    asked.and_then(|it| it.answer_by.as_mut()),
                ));
            }
            Stage::Dispatch if first => all.push((Kind::Dispatch, self.dispatch_by.as_mut())),
            Stage::Verification | Stage::Handling => {
                let task = task.unwrap();
                let verify_by = task.verify_by.as_mut().filter(|_| verifies);
                all.push((Kind::Verification, verify_by));
                all.push((Kind::Assistance, task.assist_by.as_mut()));
                all.push((Kind::Handling, Some(&mut task.handle_by)));
            }
            Stage::Return | Stage::DistrictReview { .. } | Stage::Review { .. } => {
                let task = task.unwrap();
                let assist_by = task.assist_by.as_mut().filter(|_| resting);
                all.push((Kind::Assistance, assist_by));
                all.push((Kind::Handling, Some(&mut task.handle_by)));
            }
            Stage::Withdrawn if self.handed_over => {}
            Stage::Withdrawn => all.push((Kind::Handling, task.map(|it| &mut it.handle_by))),
            Stage::Coordination => {
                let open = self.opinions.iter_mut().filter(|it| !it.given);
                all.extend(open.map(|it| (Kind::Opinion, Some(&mut it.by))));
            }
            Stage::Offer { by } => all.push((Kind::RatingOffer, Some(by))),
            Stage::Rating { by, .. } => all.push((Kind::Rating, Some(by))),
            Stage::Statement { by } => all.push((Kind::DiligenceStatement, Some(by))),
            Stage::Dispatch | Stage::FollowUp { .. } | Stage::Closed { .. } => {}
        }
        let open = self.supervisions.iter_mut().filter(|it| !it.accepted);
        let owed = open
            .flat_map(|it| &mut it.addressees)
            .filter(|it| resting || !it.answered);
        all.extend(owed.map(|it| (it.kind, it.by.as_mut())));
        all.into_iter()
            .filter_map(|(kind, by)| Some((kind, by?)))
            .collect()
    }
}

/// Whether a deadline is among the missed ones.
fn is_in(missed: &[(DeadlineKind, At, Option<UnitCode>)], kind: DeadlineKind, due: At) -> bool {
    missed
        .iter()
        .any(|(other, at, _)| *other == kind && *at == due)
}

/// A limit by the days as they are known now.
fn again(limit: &Limit, env: &Env<'_>) -> Limit {
    let mut new = env.days.again(limit);
    if new.due < env.now {
        let today = midnight(date_of(env.now).succ_opt().unwrap());
        new.due = new.due.max(today.min(limit.due));
    }
    new
}
