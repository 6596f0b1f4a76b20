//! The reference model: an order as somebody would keep it who has only the law and a list of working
//! days. Written from the implementing rules and the rule catalogue, not from the core; it names
//! commands, stages and codes as the core does, so that the two can be compared.

mod parts;

pub(crate) use parts::{
    Addressee, Assisting, Call, Information, Opinion, Report, Running, Statement, Supervision,
    Task, at_most, counted_calls, ends_the_order, handling_length, opinion_length,
    supervision_length,
};

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use contract::escalation::Priority;
use contract::types::{Channel, OrderType, Rating};
use lifecycle::Facts;
use lifecycle::command::HandlingConclusion;
use lifecycle::deadline::DeadlineKind;
use lifecycle::directory::Directory;
use lifecycle::event::{AssignmentRole, CloseCode};
use lifecycle::ids::{DistrictCode, OrderId, RequesterId, UnitCode};
use lifecycle::ruleset::Options;

use crate::days::{Days, Limit};

/// An instant.
pub(crate) type At = DateTime<Utc>;

/// What a command is judged under.
#[derive(Clone, Copy)]
pub(crate) struct Env<'a> {
    pub(crate) now: At,
    pub(crate) days: &'a Days,
    pub(crate) options: &'a Options,
    pub(crate) directory: &'a Directory,
    pub(crate) facts: &'a Facts,
    /// The earlier order that the command names, if it exists.
    pub(crate) related: Option<&'a Model>,
}

/// An order.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) name: OrderId,
    pub(crate) requester: RequesterId,
    pub(crate) order_type: OrderType,
    pub(crate) channel: Channel,
    pub(crate) district: Option<DistrictCode>,
    pub(crate) real_name: bool,
    pub(crate) mediation: bool,
    /// The unit whose staff is complained of (Art. 8(4)).
    pub(crate) against: Option<UnitCode>,
    /// Whether the units may not know the telephone number (Art. 9(2)).
    pub(crate) hides_number: bool,
    pub(crate) registered_at: At,
    pub(crate) stage: Stage,
    pub(crate) dispatch_by: Option<Limit>,
    pub(crate) information: Option<Information>,
    pub(crate) concealed: usize,
    pub(crate) tasks: Vec<Task>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) coordinated: bool,
    pub(crate) opinions: Vec<Opinion>,
    pub(crate) supervisions: Vec<Supervision>,
    pub(crate) missed: Vec<(DeadlineKind, At, Option<UnitCode>)>,
    pub(crate) ratings: Vec<(Option<Rating>, At)>,
    pub(crate) service_rated: bool,
    pub(crate) long_term: Option<String>,
    /// One of so many about the same thing.
    pub(crate) one_of_many: Option<u32>,
    /// Orders that are about the same matter.
    pub(crate) linked: BTreeSet<OrderId>,
    pub(crate) priority: Priority,
    pub(crate) statement_filed: bool,
    /// Withdrawn when the unit had returned or submitted it: no clock of the unit runs any more.
    pub(crate) handed_over: bool,
    /// Proposals of escalation rules that wait for a person, as the core names them.
    pub(crate) proposals: BTreeSet<(u64, u16)>,
}

/// Where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    Information,
    Dispatch,
    Verification,
    Return,
    Coordination,
    Handling,
    DistrictReview {
        district: DistrictCode,
    },
    Review {
        submitted_at: At,
    },
    Withdrawn,
    Offer {
        by: Limit,
    },
    Rating {
        received_at: At,
        /// Whether that is what the channel says.
        confirmed: bool,
        by: Limit,
    },
    FollowUp {
        done: bool,
    },
    Statement {
        by: Limit,
    },
    Closed {
        code: CloseCode,
    },
}

impl Stage {
    /// The core's name of the stage.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Information => "awaiting_information",
            Self::Dispatch => "awaiting_dispatch",
            Self::Verification => "awaiting_verification",
            Self::Return => "return_requested",
            Self::Coordination => "in_coordination",
            Self::Handling => "in_handling",
            Self::DistrictReview { .. } => "under_district_review",
            Self::Review { .. } => "under_review",
            Self::Withdrawn => "withdrawn",
            Self::Offer { .. } => "awaiting_rating_offer",
            Self::Rating { .. } => "awaiting_rating",
            Self::FollowUp { .. } => "awaiting_follow_up",
            Self::Statement { .. } => "awaiting_statement",
            Self::Closed { .. } => "closed",
        }
    }

    /// A letter for it, as the table of stages writes it.
    pub(crate) const fn letter(&self) -> char {
        match self {
            Self::Information => 'I',
            Self::Dispatch => 'Q',
            Self::Verification => 'V',
            Self::Return => 'R',
            Self::Coordination => 'C',
            Self::Handling => 'H',
            Self::DistrictReview { .. } => 'D',
            Self::Review { .. } => 'U',
            Self::Withdrawn => 'W',
            Self::Offer { .. } => 'O',
            Self::Rating { .. } => 'E',
            Self::FollowUp { .. } => 'F',
            Self::Statement { .. } => 'T',
            Self::Closed { .. } => 'X',
        }
    }
}

impl Model {
    pub(crate) fn task(&self) -> Option<&Task> {
        self.tasks.last()
    }

    pub(crate) fn task_mut(&mut self) -> &mut Task {
        self.tasks.last_mut().unwrap()
    }

    /// The unit that has the order, or had it last.
    pub(crate) fn holder(&self) -> Option<&UnitCode> {
        Some(&self.task()?.unit)
    }

    pub(crate) fn round(&self) -> u16 {
        let again = |task: &Task| task.role == AssignmentRole::Rehandling;
        if self.task().is_some_and(again) { 2 } else { 1 }
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.stage, Stage::Closed { .. })
    }

    /// Whether a report of a unit passed as handled, and the order ended (Art. 24: 已依法办理完毕).
    pub(crate) fn lawfully_finished(&self) -> bool {
        let handled = |task: &Task| {
            let report = task.report.as_ref();
            task.completed_at.is_some()
                && report.is_some_and(|it| it.conclusion == HandlingConclusion::Handled)
        };
        self.is_closed() && self.tasks.iter().any(handled)
    }

    /// Whether it ended because the requester's information stayed missing, at the hotline or at the
    /// unit (Art. 12(1)–(4)).
    pub(crate) fn ended_for_missing_information(&self) -> bool {
        let at_the_unit = self.task().is_some_and(|task| {
            let report = task.report.as_ref();
            task.completed_at.is_some()
                && report.is_some_and(|it| match it.conclusion {
                    HandlingConclusion::Unreachable | HandlingConclusion::Refused { .. } => true,
                    HandlingConclusion::Handled
                    | HandlingConclusion::StatutoryDisposition { .. }
                    | HandlingConclusion::Repeat { .. }
                    | HandlingConclusion::LongTermProgress { .. } => false,
                })
        });
        match self.stage {
            Stage::Closed { code } => {
                ["CR02", "CR03", "CR04", "CR05"].contains(&code.code()) || at_the_unit
            }
            Stage::Information
            | Stage::Dispatch
            | Stage::Verification
            | Stage::Return
            | Stage::Coordination
            | Stage::Handling
            | Stage::DistrictReview { .. }
            | Stage::Review { .. }
            | Stage::Withdrawn
            | Stage::Offer { .. }
            | Stage::Rating { .. }
            | Stage::FollowUp { .. }
            | Stage::Statement { .. } => false,
        }
    }

    /// Units that gave the order back (Art. 17(2), 18).
    pub(crate) fn returned_by(&self) -> Vec<&UnitCode> {
        let back = self
            .tasks
            .iter()
            .filter(|it| it.applied == Some(Some(true)));
        back.map(|task| &task.unit).collect()
    }

    /// When the requester was last heard of with something that began the period anew.
    pub(crate) fn heard_of(&self) -> Option<At> {
        let task = self.tasks.len();
        let mine = self.statements.iter().filter(|it| it.task == task);
        mine.filter(|it| it.affects == Some(true))
            .map(|it| it.received_at)
            .max()
    }

    /// What was added while the unit had the order, and not judged yet (Art. 20).
    pub(crate) fn unjudged(&self) -> impl Iterator<Item = &Statement> {
        let task = self.tasks.len();
        let mine = move |it: &&Statement| it.task == task && task > 0 && it.affects.is_none();
        self.statements.iter().filter(mine)
    }

    pub(crate) fn close(&mut self, code: CloseCode) {
        self.stage = Stage::Closed { code };
    }

    /// Every deadline that runs now. No clock of a unit ever stops while it has the order: not while
    /// a return is decided, not while a district reviews, not while a withdrawal is being ended.
    pub(crate) fn running(&self) -> Vec<Running> {
        let mut all = Vec::new();
        let centre = |kind, by: &Limit| Running {
            kind,
            by: by.clone(),
            unit: None,
        };
        match &self.stage {
            Stage::Information => {
                let waiting = self.information.as_ref().filter(|it| !it.supplied);
                let by = waiting.and_then(|it| it.answer_by.as_ref());
                all.extend(by.map(|by| centre(DeadlineKind::Information, by)));
            }
            // The law times the first dispatch only.
            Stage::Dispatch if self.tasks.is_empty() => {
                all.extend(
                    self.dispatch_by
                        .iter()
                        .map(|by| centre(DeadlineKind::Dispatch, by)),
                );
            }
            Stage::Coordination => {
                for opinion in self.opinions.iter().filter(|it| !it.given) {
                    all.push(Running {
                        kind: DeadlineKind::Opinion,
                        by: opinion.by.clone(),
                        unit: Some(opinion.adviser.clone()),
                    });
                }
            }
            Stage::Verification
            | Stage::Return
            | Stage::Handling
            | Stage::DistrictReview { .. } => self.running_at_unit(&mut all),
            Stage::Withdrawn if !self.handed_over => self.running_at_unit(&mut all),
            Stage::Offer { by } => all.push(centre(DeadlineKind::RatingOffer, by)),
            Stage::Rating { by, .. } => all.push(centre(DeadlineKind::Rating, by)),
            Stage::Statement { by } => all.push(Running {
                kind: DeadlineKind::DiligenceStatement,
                by: by.clone(),
                unit: self.holder().cloned(),
            }),
            Stage::Dispatch
            | Stage::Withdrawn
            | Stage::Review { .. }
            | Stage::FollowUp { .. }
            | Stage::Closed { .. } => {}
        }
        for supervision in self.supervisions.iter().filter(|it| !it.accepted) {
            for addressee in supervision.addressees.iter().filter(|it| !it.answered) {
                all.extend(addressee.by.iter().map(|by| Running {
                    kind: addressee.kind,
                    by: by.clone(),
                    unit: Some(addressee.unit.clone()),
                }));
            }
        }
        all
    }

    fn running_at_unit(&self, all: &mut Vec<Running>) {
        let Some(task) = self.task() else { return };
        let mut push = |kind, by: &Limit| {
            all.push(Running {
                kind,
                by: by.clone(),
                unit: Some(task.unit.clone()),
            });
        };
        push(DeadlineKind::Handling, &task.handle_by);
        if self.stage == Stage::Verification {
            task.verify_by
                .iter()
                .for_each(|by| push(DeadlineKind::Verification, by));
        }
        if [Stage::Verification, Stage::Handling].contains(&self.stage) {
            task.assist_by
                .iter()
                .for_each(|by| push(DeadlineKind::Assistance, by));
        }
    }

    pub(crate) fn has_missed(&self, kind: DeadlineKind, due: At) -> bool {
        self.missed
            .iter()
            .any(|(other, at, _)| *other == kind && *at == due)
    }

    /// Deadlines that are over and not on record yet.
    pub(crate) fn lapsed(&self, now: At) -> Vec<Running> {
        let mut running = self.running();
        running.retain(|it| now > it.by.due && !self.has_missed(it.kind, it.by.due));
        running
    }

    /// Whether the time is over that the order ends with, its timer being late.
    pub(crate) fn has_ended(&self, now: At) -> bool {
        self.lapsed(now).iter().any(|it| ends_the_order(it.kind))
    }

    /// Whatever is over is on record before anything else happens, however late the timers are.
    pub(crate) fn lapse(&mut self, env: &Env<'_>) {
        for over in self.lapsed(env.now) {
            self.miss(&over, env);
        }
    }

    /// A deadline is over.
    pub(crate) fn miss(&mut self, over: &Running, env: &Env<'_>) {
        if ends_the_order(over.kind) {
            return;
        }
        match over.kind {
            DeadlineKind::Verification => self.deem_accepted(),
            DeadlineKind::Handling => {
                let morning = env.days.next_morning(env.now);
                self.task_mut().ask_at = Some(morning).filter(|at| self.still_asked(*at, env));
            }
            DeadlineKind::Dispatch
            | DeadlineKind::RatingOffer
            | DeadlineKind::Assistance
            | DeadlineKind::Opinion
            | DeadlineKind::Supervision
            | DeadlineKind::GuidanceFeedback
            | DeadlineKind::Rating
            | DeadlineKind::Information
            | DeadlineKind::DiligenceStatement => {}
        }
        let entry = (over.kind, over.by.due, over.unit.clone());
        self.missed.push(entry);
    }

    /// Who says nothing within the time for verification has the order as its own (R26).
    fn deem_accepted(&mut self) {
        if self.stage == Stage::Verification {
            self.stage = Stage::Handling;
            self.task_mut().verified = true;
        }
    }
}
