//! Ratings, call-backs, the second handling, the diligence statement (Art. 27–30).

use calendar::Period;
use chrono::TimeDelta;
use contract::types::Rating;
use lifecycle::command::{Command, Exclusion, RatingChoice};
use lifecycle::event::{AssignmentRole, CloseCode};
use lifecycle::ruleset::{SendBackDuty, StatementRound};

use super::{Objections, blank, object};
use crate::days::Limit;
use crate::model::{At, Env, Model, Stage};

impl Model {
    pub(super) fn object_to_rating(&self, command: &Command, env: &Env<'_>, no: &mut Objections) {
        match command {
            Command::RecordRatingOffer(offer) => {
                let sent = offer.sent_at;
                let delivered = offer.delivered_at;
                let order = delivered.is_some_and(|at| at < sent || at > env.now);
                let passed = match &self.stage {
                    Stage::Offer { by } => by.due - TimeDelta::hours(24),
                    _ => sent,
                };
                let impossible = sent > env.now || sent < passed || order;
                object(no, impossible, "impossible-time");
            }
            Command::RecordDelivery { delivered_at } => {
                self.object_to_delivery(*delivered_at, env, no);
            }
            Command::Rate(_) => {
                if let Stage::Rating { by, .. } = &self.stage {
                    object(no, env.now > by.due, "rating-too-late");
                }
            }
            Command::RateService(_) => {
                object(no, self.service_rated, "service-rated-before");
            }
            Command::RecordFollowUp(contact) => {
                let at = contact.contacted_at;
                let rated_at = self.ratings.last().unwrap().1;
                object(no, at > env.now || at < rated_at, "impossible-time");
                object(
                    no,
                    contact.evidence.as_ref().is_some_and(blank),
                    "missing-field",
                );
            }
            Command::SendBack { .. } => self.object_without_follow_up(no),
            Command::CloseDissatisfied { exclusion, .. } => {
                self.object_without_follow_up(no);
                if let Some(exclusion) = exclusion {
                    self.object_to_exclusion(exclusion, no);
                }
                let must = env.options.send_back == SendBackDuty::UnlessExcluded;
                object(no, must && exclusion.is_none(), "must-be-sent-back");
            }
            Command::FileDiligenceStatement { .. } => {
                if let Stage::Statement { by } = &self.stage {
                    object(no, env.now > by.due, "statement-window-over");
                }
            }
            _ => {}
        }
    }

    /// The first delivery starts the requester's time, if that is not over yet.
    fn object_to_delivery(&self, at: At, env: &Env<'_>, no: &mut Objections) {
        let running = match &self.stage {
            Stage::Rating {
                received_at,
                confirmed,
                by,
            } => Some((*received_at, *confirmed, by)),
            _ => self.information.as_ref().and_then(|it| {
                let by = it.answer_by.as_ref()?;
                Some((it.received_at?, it.confirmed, by))
            }),
        };
        let Some((received_at, false, by)) = running else {
            no.push("nothing-due");
            // Whatever else is wrong with it.
            object(no, at > env.now, "impossible-time");
            return;
        };
        object(no, at > env.now || at < received_at, "impossible-time");
        object(no, env.now > by.due, "nothing-due");
    }

    /// Art. 28: called back first. Art. 29(2): handled again once.
    fn object_without_follow_up(&self, no: &mut Objections) {
        let done = self.stage == Stage::FollowUp { done: true };
        object(no, !done, "follow-up-missing");
        object(no, self.round() == 2, "rehandled-before");
    }

    /// Art. 29(3).
    fn object_to_exclusion(&self, exclusion: &Exclusion, no: &mut Objections) {
        object(no, blank(&exclusion.proof), "missing-field");
        let report = self.task().and_then(|it| it.report.as_ref());
        let holds = report.is_some_and(|it| it.carries(exclusion.ground));
        object(no, !holds, "exclusion-not-proven");
    }

    pub(super) fn take_rating(&mut self, command: &Command, env: &Env<'_>) {
        match command {
            Command::RecordRatingOffer(offer) => {
                let received = offer.delivered_at.unwrap_or(offer.sent_at);
                self.stage = Stage::Rating {
                    received_at: received,
                    confirmed: offer.delivered_at.is_some(),
                    by: five_days(received, env),
                };
            }
            Command::RecordDelivery { delivered_at } => self.delivered(*delivered_at, env),
            Command::Rate(RatingChoice::Option(rating)) => self.rated(*rating, env),
            Command::RateService(_) => self.service_rated = true,
            Command::RecordFollowUp(_) => {
                if self.round() == 2 {
                    self.await_statement(env);
                } else {
                    self.stage = Stage::FollowUp { done: true };
                }
            }
            Command::SendBack { .. } => self.sent_back(env),
            Command::CloseDissatisfied {
                exclusion: None, ..
            } if env.options.statement_round == StatementRound::Any => self.await_statement(env),
            Command::CloseDissatisfied { exclusion, .. } => self.close(if exclusion.is_some() {
                CloseCode::Excluded
            } else {
                CloseCode::NotSentBack
            }),
            Command::FileDiligenceStatement { .. } => {
                self.statement_filed = true;
                self.close(CloseCode::StatementFiled);
            }
            _ => {}
        }
    }

    /// Art. 30(3): the unit is told now, and has five working days.
    fn await_statement(&mut self, env: &Env<'_>) {
        let by = env.days.limit(env.now, Period::WorkingDays(5)).unwrap();
        self.stage = Stage::Statement { by };
    }

    /// The requester's time runs from the receipt, where that is known.
    fn delivered(&mut self, at: At, env: &Env<'_>) {
        if let Stage::Rating {
            received_at,
            confirmed,
            by,
        } = &mut self.stage
        {
            (*received_at, *confirmed) = (at, true);
            *by = five_days(at, env);
        } else {
            let asked = self.information.as_mut().unwrap();
            (asked.received_at, asked.confirmed) = (Some(at), true);
            asked.answer_by = env.days.limit(at, Period::CalendarDays(3));
        }
    }

    /// Art. 28, 30(2).
    fn rated(&mut self, rating: Rating, env: &Env<'_>) {
        self.ratings.push((Some(rating), env.now));
        match rating {
            Rating::VerySatisfied | Rating::Satisfied | Rating::BasicallySatisfied => {
                self.end_of_rating(CloseCode::RatedSatisfied);
            }
            Rating::Dissatisfied | Rating::VeryDissatisfied => {
                self.stage = Stage::FollowUp { done: false };
            }
        }
    }

    /// Satisfied or unrated: the hotline ends the order (Art. 28, 30(2)).
    pub(super) fn end_of_rating(&mut self, first_round: CloseCode) {
        self.close(if self.round() == 2 {
            CloseCode::SecondRoundEnded
        } else {
            first_round
        });
    }

    /// Art. 29(2): the same unit, the handling period, no return, no extension.
    fn sent_back(&mut self, env: &Env<'_>) {
        let before = self.task().unwrap().clone();
        self.dispatched(&before.unit, None, AssignmentRole::Rehandling, env);
        let task = self.tasks.last_mut().unwrap();
        task.length = before.length_anew();
        task.handle_by = env.days.limit(env.now, task.length).unwrap();
        task.verify_by = None;
        task.verified = true;
        self.stage = Stage::Handling;
        self.ask_anew(env);
    }
}

fn five_days(received: At, env: &Env<'_>) -> Limit {
    env.days.limit(received, Period::CalendarDays(5)).unwrap()
}
