//! What handling carries.

use calendar::Period;
use chrono::TimeDelta;
use contract::types::OrderType;
use lifecycle::command::{
    Command, CommandKind as Kind, ContactAttempt, ContactResult, Extension, HandlingConclusion,
    HandlingReport, Mediation, MediationOutcome, Reply, ReplyException, ReplyMethod, ReportContent,
    RequesterTold, Review, StatementEffect, StatementJudgement, SuggestionOutcome, Withdrawal,
};

use super::{TYPES, evidence, identity, text};
use crate::dice::Dice;
use crate::model::At;
use crate::world::{Slot, World};

impl World {
    pub(super) fn in_handling(
        &self,
        slot: usize,
        at: &Slot,
        kind: Kind,
        dice: &mut Dice,
    ) -> Command {
        let since = at
            .core
            .assignment()
            .map_or(at.core.registered_at, |it| it.dispatched_at);
        match kind {
            Kind::Extend => Command::Extend(Extension {
                approval: None,
                period: self.extension(at, dice),
                reason: text(dice),
            }),
            Kind::RecordExtensionNotice => {
                let extended = at.core.assignment().and_then(|it| it.extensions.last());
                let since = extended.map_or(since, |it| it.filed_at);
                Command::RecordExtensionNotice(self.told(since, dice))
            }
            Kind::AddStatement => Command::AddStatement {
                content: text(dice),
                received_at: self.past(since, dice),
                identity: identity(dice),
            },
            Kind::JudgeStatement => {
                let unjudged: Vec<_> = at.core.unjudged_statements().collect();
                let judged = unjudged.first().filter(|_| dice.percent(95));
                let statement = judged.map_or(3, |it| it.seq);
                let since = judged.map_or(since, |it| it.received_at);
                Command::JudgeStatement(StatementJudgement {
                    statement,
                    effect: dice.pick(&[
                        StatementEffect::AffectsHandling,
                        StatementEffect::DoesNotAffect,
                    ]),
                    explanation: text(dice),
                    told: self.told(since, dice),
                })
            }
            Kind::RecordContactAttempt => Command::RecordContactAttempt(self.call(at, since, dice)),
            Kind::RecordReply => Command::RecordReply(Reply {
                replied_at: self.past(since, dice),
                method: dice.pick(&[ReplyMethod::Phone, ReplyMethod::Writing]),
                content: text(dice),
                evidence: (0..dice.pick(&[0, 1, 1, 1, 1, 1, 2]))
                    .map(|_| evidence(dice))
                    .collect(),
            }),
            Kind::Submit => Command::Submit(self.report(slot, at, since, dice)),
            Kind::ReviewAtDistrict => Command::ReviewAtDistrict(review(dice)),
            Kind::Review => Command::Review(review(dice)),
            Kind::Withdraw => Command::Withdraw(Withdrawal {
                identity: identity(dice),
                evidence: evidence(dice),
            }),
            _ => Command::CloseWithdrawn {
                note: text(dice),
                goes_on: dice.percent(40),
            },
        }
    }

    fn extension(&self, at: &Slot, dice: &mut Dice) -> Period {
        let first = at
            .core
            .assignment()
            .map_or(Period::WorkingDays(10), |it| it.limit());
        let days = |n: u16, dice: &mut Dice| {
            let more = n.saturating_add(1);
            dice.pick(&[n, n, n, n, 1, n.div_ceil(2), more, 0])
        };
        match first {
            Period::WorkingDays(n) if dice.percent(95) => Period::WorkingDays(days(n, dice)),
            Period::CalendarDays(n) if dice.percent(95) => Period::CalendarDays(days(n, dice)),
            Period::Hours(n) if dice.percent(95) => Period::Hours(dice.pick(&[n, n, 1, n + 1, 0])),
            Period::Until(_) => Period::WorkingDays(2),
            _ => dice.pick(&[
                Period::CalendarDays(2),
                Period::WorkingDays(2),
                Period::Hours(10),
            ]),
        }
    }

    fn told(&self, since: At, dice: &mut Dice) -> RequesterTold {
        if dice.percent(15) {
            RequesterTold::Unreachable
        } else {
            RequesterTold::Told {
                at: self.past(since, dice),
                method: ReplyMethod::Sms,
                evidence: evidence(dice),
            }
        }
    }

    /// Often a quarter of an hour after the last one, or a second less.
    fn call(&self, at: &Slot, since: At, dice: &mut Dice) -> ContactAttempt {
        let asked = at.core.information.as_ref();
        let calls = match (at.core.assignment(), asked) {
            (Some(task), _) => &task.contact_attempts[..],
            (None, Some(asked)) => &asked.contact_attempts,
            (None, None) => &[],
        };
        let since = if calls.is_empty() {
            self.asked_at(at).max(since)
        } else {
            since
        };
        let gap = TimeDelta::seconds(dice.pick(&[900, 900, 900, 899, 60]));
        let started_at = match calls.last() {
            Some(last) if dice.percent(70) => last.ended_at + gap,
            Some(last) if dice.percent(30) => last.started_at + gap,
            _ => self.past(since, dice),
        };
        // Rarely one that has not begun yet.
        let started_at = if dice.percent(95) {
            started_at.min(self.now)
        } else {
            started_at
        };
        let ended_at = match dice.below(30) {
            0 => started_at - TimeDelta::seconds(1),
            1..10 => self.now.min(started_at + TimeDelta::seconds(20)),
            _ => started_at,
        };
        ContactAttempt {
            started_at,
            ended_at,
            result: if dice.percent(88) {
                ContactResult::Unanswered
            } else {
                ContactResult::Answered
            },
            evidence: if dice.percent(4) { " " } else { "CALL-1" }.to_owned(),
        }
    }

    fn report(&self, slot: usize, at: &Slot, since: At, dice: &mut Dice) -> HandlingReport {
        let task = at.core.assignment();
        let replied = task.is_some_and(|it| it.reply.is_some());
        let handled_from = self.past(since, dice);
        let called = task.map_or(0, |it| it.contact_attempts.len());
        let conclusion = if called > 2 && dice.percent(40) {
            HandlingConclusion::Unreachable
        } else {
            self.conclusion(slot, dice)
        };
        let exception = if replied { 3 } else { 60 };
        HandlingReport {
            handled_from,
            handled_until: self.past(handled_from, dice),
            handling_office: dice
                .pick(&[None, Some("太和镇"), Some(" ")])
                .map(str::to_owned),
            course: text(dice),
            result: text(dice),
            reply_exception: dice.percent(exception).then(|| match dice.below(3) {
                0 => ReplyException::Unreachable,
                _ => ReplyException::NotWanted {
                    evidence: evidence(dice),
                },
            }),
            remarks: None,
            content: dice.percent(93).then(|| content(at.core.order_type, dice)),
            conclusion,
        }
    }

    fn conclusion(&self, slot: usize, dice: &mut Dice) -> HandlingConclusion {
        match dice.below(20) {
            0..2 => HandlingConclusion::Unreachable,
            2 => HandlingConclusion::Refused {
                evidence: evidence(dice),
            },
            3..5 => HandlingConclusion::StatutoryDisposition {
                ground: dice.pick(&["P11_2_2", "P11_2_5", "P11_9_9"]).to_owned(),
                basis: text(dice),
                guidance: text(dice),
                attachment: dice.percent(30).then(|| evidence(dice)),
            },
            5..8 => HandlingConclusion::Repeat {
                earlier: self.other(slot, dice),
                statement: dice.percent(85).then(|| evidence(dice)),
            },
            8..10 => HandlingConclusion::LongTermProgress {
                earlier: self.other(slot, dice),
            },
            _ => HandlingConclusion::Handled,
        }
    }
}

fn review(dice: &mut Dice) -> Review {
    if dice.percent(75) {
        Review::Pass
    } else {
        Review::Fail { reason: text(dice) }
    }
}

fn content(order_type: OrderType, dice: &mut Dice) -> ReportContent {
    let of = if dice.percent(96) {
        order_type
    } else {
        dice.pick(TYPES)
    };
    match of {
        OrderType::Consultation | OrderType::Commendation => {
            ReportContent::Consultation { basis: text(dice) }
        }
        OrderType::Complaint => ReportContent::Complaint {
            handling: text(dice),
            mediation: dice.percent(70).then(|| Mediation {
                outcome: dice.pick(&[
                    MediationOutcome::Agreed,
                    MediationOutcome::NotAgreed,
                    MediationOutcome::Terminated,
                ]),
                document: None,
            }),
        },
        OrderType::ViolationReport => ReportContent::ViolationReport {
            measures: text(dice),
            case_opened: None,
        },
        OrderType::HelpRequest => ReportContent::HelpRequest {
            measures: text(dice),
        },
        OrderType::Suggestion => ReportContent::Suggestion {
            outcome: if dice.percent(50) {
                SuggestionOutcome::Adopted {
                    measures: text(dice),
                }
            } else {
                SuggestionOutcome::NotAdopted {
                    reasons: text(dice),
                }
            },
        },
    }
}
