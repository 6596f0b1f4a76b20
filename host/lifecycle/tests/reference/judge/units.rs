//! Verification, returns, joint handling, hard cases, supervision (Art. 16–18, 25).

use calendar::Period;
use contract::types::OrderType;
use lifecycle::command::{
    AssistingUnit, Command, ReturnDecision, ReturnGround, ReturnRequest, SupervisionAnswer,
    SupervisionCase, SupervisionOrder, SupervisionReview,
};
use lifecycle::deadline::DeadlineKind;
use lifecycle::event::{AssignmentRole, CloseCode};
use lifecycle::ids::{Actor, UnitCode};
use lifecycle::ruleset::{LateReturn, ReturnCount};

use super::{Objections, blank, object};
use crate::model::{
    Addressee, Assisting, Env, Model, Opinion, Stage, Supervision, Task, opinion_length,
    supervision_length,
};

impl Model {
    pub(super) fn object_to_units(
        &self,
        command: &Command,
        by: &Actor,
        env: &Env<'_>,
        no: &mut Objections,
    ) {
        match command {
            Command::RequestReturn(wanted) => self.object_to_return(wanted, env, no),
            Command::AllowLateReturn { .. } => {
                let task = self.task().unwrap();
                task.object_to_returning(no);
                let never = env.options.late_return == LateReturn::Refused;
                object(no, never, "return-not-allowed");
                let late = task.verify_by.as_ref().is_some_and(|by| env.now > by.due);
                object(no, !late || task.late_return, "unchanged");
            }
            Command::NameAssistingUnits { units } => self.object_to_names(units, env, no),
            Command::DecideObjection { unit, .. } => {
                let assisting = self.task().unwrap().assisting.iter();
                let mut objecting = assisting.filter(|it| it.objects && !it.released).peekable();
                let none = objecting.peek().is_none();
                object(no, none, "no-objection");
                let found = objecting.any(|it| it.unit == *unit);
                object(no, !none && !found, "no-assisting-unit");
            }
            Command::OpenCoordination { .. } => {
                // by itself with the third unit, by hand once somebody has returned it.
                object(no, self.returned_by().is_empty(), "not-returned");
            }
            Command::RequestOpinion(wanted) => {
                let unknown = env.directory.unit(&wanted.adviser).is_none();
                object(no, unknown, "unknown-unit");
            }
            Command::RecordOpinion {
                adviser, document, ..
            } => {
                let unsaid = adviser.is_none() && by.role.unit().is_none();
                let own = by.role.unit();
                let mut open = self.opinions.iter().filter(|it| !it.given);
                let none = !open.any(|it| own.is_none_or(|own| it.adviser == *own));
                object(no, unsaid, "missing-field");
                let asked = self.asked_opinion(adviser.as_ref(), by);
                object(no, none || (!unsaid && asked.is_none()), "no-opinion-asked");
                object(no, blank(document), "missing-field");
            }
            Command::Supervise(wanted) => self.object_to_supervision(wanted, env, no),
            Command::AnswerSupervision(answer) => self.object_to_answer(answer, by, no),
            Command::ReviewSupervision(outcome) => {
                let answered = self.supervisions.iter();
                let mut answered = answered
                    .filter(|it| !it.accepted && it.addressees.iter().all(|it| it.answered))
                    .peekable();
                let none = answered.peek().is_none();
                object(no, none, "no-supervision-waits");
                let found = answered.any(|it| it.position == outcome.supervision);
                object(no, !none && !found, "no-such-supervision");
            }
            _ => {}
        }
    }

    /// Within two working days, with the proof of its ground, and not where the law rules it out
    /// (Art. 16(3), 17(1), 18, 29(2)).
    fn object_to_return(&self, wanted: &ReturnRequest, env: &Env<'_>, no: &mut Objections) {
        let task = self.task().unwrap();
        task.object_to_returning(no);
        let late = task.verify_by.as_ref().is_some_and(|by| env.now > by.due);
        object(no, late && !task.late_return, "return-too-late");
        let unproven = match &wanted.ground {
            ReturnGround::DutyAuthority { .. } | ReturnGround::JurisdictionArea { .. } => false,
            ReturnGround::FacilityMaintenance {
                own_range,
                handover,
            } => own_range.is_none() && handover.as_ref().is_none_or(blank),
            ReturnGround::ExplicitBasis { document, .. } => blank(document),
        };
        if unproven {
            no.extend(["return-proof-missing", "missing-field"]);
        }
        let handover = match &wanted.ground {
            ReturnGround::FacilityMaintenance { handover, .. } => handover.as_ref(),
            _ => None,
        };
        object(no, handover.is_some_and(blank), "missing-field");
        let suggested = wanted.suggested_unit.as_ref();
        let unknown = suggested.is_some_and(|it| env.directory.unit(it).is_none());
        object(no, unknown, "unknown-unit");
    }

    fn object_to_names(&self, units: &[AssistingUnit], env: &Env<'_>, no: &mut Objections) {
        let task = self.task().unwrap();
        let leads = task.role == AssignmentRole::Lead && task.assisting.is_empty();
        object(no, !leads, "not-a-lead-unit");
        object(no, units.is_empty(), "missing-field");
        for (n, named) in units.iter().enumerate() {
            let before = units[..n].iter().any(|it| it.unit == named.unit);
            object(no, before || named.unit == task.unit, "unit-named-twice");
            object(
                no,
                env.directory.unit(&named.unit).is_none(),
                "unknown-unit",
            );
        }
    }

    /// The question that whoever answers can answer: an authority its own, the centre the one that it
    /// says.
    fn asked_opinion(&self, named: Option<&UnitCode>, by: &Actor) -> Option<usize> {
        let own = by.role.unit();
        let whose = named
            .or(own)
            .filter(|it| own.is_none_or(|own| own == *it))?;
        let mut opinions = self.opinions.iter();
        opinions.position(|it| !it.given && it.adviser == *whose)
    }

    fn object_to_supervision(&self, wanted: &SupervisionOrder, env: &Env<'_>, no: &mut Objections) {
        let founded = match wanted.case {
            SupervisionCase::Overdue => {
                let late = |it: &DeadlineKind| *it == DeadlineKind::Handling;
                self.missed.iter().any(|(kind, ..)| late(kind))
                    || self.lapsed(env.now).iter().any(|it| late(&it.kind))
            }
            SupervisionCase::FeedbackInadequate | SupervisionCase::Other { .. } => true,
            SupervisionCase::LongTerm => self.long_term.is_some(),
            SupervisionCase::StatementObjection => self.statement_filed,
        };
        object(
            no,
            !founded || self.tasks.is_empty(),
            "supervision-unfounded",
        );
        let both = wanted.case == SupervisionCase::StatementObjection;
        let guidance = wanted.guidance_unit.as_ref();
        object(no, guidance.is_some() && !both, "supervision-unfounded");
        // Art. 25(2)(4): the unit and the guidance unit answer.
        object(no, guidance.is_none() && both, "missing-field");
        let unknown = guidance.is_some_and(|it| env.directory.unit(it).is_none());
        object(no, unknown, "unknown-unit");
        let countable = |period| env.days.limit(env.now, period).is_some();
        let length = supervision_length(wanted.case);
        object(no, !length.is_none_or(countable), "period-out-of-range");
    }

    fn object_to_answer(&self, answer: &SupervisionAnswer, by: &Actor, no: &mut Objections) {
        let mut all = self.supervisions.iter();
        let found = all.find(|it| it.position == answer.supervision && !it.accepted);
        let mine = |it: &&Addressee| by.role.unit() == Some(&it.unit);
        let owed = found.is_some_and(|it| it.addressees.iter().any(|it| mine(&it) && !it.answered));
        let any = self
            .supervisions
            .iter()
            .any(|it| !it.accepted && it.addressees.iter().any(|it| mine(&it) && !it.answered));
        object(no, !any, "no-supervision-waits");
        object(no, any && !owed, "no-such-supervision");
        let late = found.is_some_and(|it| it.case == SupervisionCase::Overdue);
        let handles = found.is_some_and(|it| mine(&&it.addressees[0]));
        let unexplained = late && handles && answer.delay_explanation.is_none();
        object(no, unexplained, "delay-unexplained");
    }

    pub(super) fn take_units(&mut self, command: &Command, by: &Actor, env: &Env<'_>) {
        match command {
            Command::AcceptDuty => {
                if self.order_type == OrderType::Commendation {
                    self.close(CloseCode::CommendationRead);
                } else {
                    self.task_mut().verified = true;
                    self.stage = Stage::Handling;
                }
            }
            Command::RequestReturn(_) => {
                self.task_mut().applied = Some(None);
                self.stage = Stage::Return;
            }
            Command::AllowLateReturn { .. } => self.task_mut().late_return = true,
            Command::DecideReturn(ReturnDecision::Approve { .. }) => self.returned(env),
            Command::DecideReturn(ReturnDecision::Reject { .. }) => {
                // Art. 17(2): the same unit goes on, and its clock has not stopped.
                self.task_mut().applied = Some(Some(false));
                self.task_mut().verified = true;
                self.stage = Stage::Handling;
            }
            Command::NameAssistingUnits { units } => {
                let named = units.iter().map(|it| Assisting {
                    unit: it.unit.clone(),
                    contributed: false,
                    objects: false,
                    released: false,
                });
                let task = self.tasks.last_mut().unwrap();
                task.assisting = named.collect();
                task.assist_by = None;
            }
            Command::RecordAssistance { .. } => self.assisting(by).contributed = true,
            Command::ObjectToAssisting { .. } => self.assisting(by).objects = true,
            Command::DecideObjection { unit, decision } => {
                let mut all = self.task_mut().assisting.iter_mut();
                let objector = all.find(|it| it.unit == *unit).unwrap();
                objector.objects = false;
                objector.released = matches!(decision, ReturnDecision::Approve { .. });
            }
            Command::OpenCoordination { .. } => self.coordinate(),
            Command::RequestOpinion(wanted) => {
                let length = opinion_length(wanted.dispute);
                self.opinions.push(Opinion {
                    adviser: wanted.adviser.clone(),
                    by: env.days.limit(env.now, length).unwrap(),
                    given: false,
                });
            }
            Command::RecordOpinion { adviser, .. } => {
                let asked = self.asked_opinion(adviser.as_ref(), by).unwrap();
                self.opinions[asked].given = true;
            }
            Command::Supervise(wanted) => self.supervised(wanted, env),
            Command::AnswerSupervision(answer) => {
                let Some(unit) = by.role.unit() else { return };
                let found = self.supervision(answer.supervision).addressees.iter_mut();
                found
                    .filter(|it| it.unit == *unit)
                    .for_each(|it| it.answered = true);
            }
            Command::ReviewSupervision(outcome) => self.supervision_reviewed(outcome),
            _ => {}
        }
    }

    /// Art. 17(2), 18: the third unit that gives it back opens the coordination.
    fn returned(&mut self, env: &Env<'_>) {
        self.task_mut().applied = Some(Some(true));
        let back = self.returned_by();
        let mut distinct: Vec<&UnitCode> = Vec::new();
        for unit in &back {
            if !distinct.contains(unit) {
                distinct.push(unit);
            }
        }
        let hard = match env.options.return_count {
            ReturnCount::DistinctUnits => distinct.len() >= 3,
            ReturnCount::AnyReturns => back.len() >= 3 && distinct.len() >= 2,
        };
        if hard {
            self.coordinate();
        } else {
            self.stage = Stage::Dispatch;
        }
    }

    fn coordinate(&mut self) {
        self.coordinated = true;
        self.stage = Stage::Coordination;
    }

    fn assisting(&mut self, by: &Actor) -> &mut Assisting {
        let unit = by.role.unit().expect("only units assist");
        let mut all = self.task_mut().assisting.iter_mut();
        all.find(|it| it.unit == *unit && !it.released).unwrap()
    }

    fn supervised(&mut self, wanted: &SupervisionOrder, env: &Env<'_>) {
        let by = |period: Option<Period>| period.and_then(|it| env.days.limit(env.now, it));
        let limit = by(supervision_length(wanted.case));
        let mut addressees = vec![Addressee {
            unit: self.holder().cloned().unwrap(),
            kind: DeadlineKind::Supervision,
            by: limit.clone(),
            answered: false,
        }];
        addressees.extend(wanted.guidance_unit.clone().map(|unit| Addressee {
            unit,
            kind: DeadlineKind::GuidanceFeedback,
            by: limit,
            answered: false,
        }));
        self.supervisions.push(Supervision {
            position: 0,
            case: wanted.case,
            addressees,
            accepted: false,
        });
    }

    fn supervision(&mut self, position: u64) -> &mut Supervision {
        let mut all = self.supervisions.iter_mut();
        all.find(|it| it.position == position).unwrap()
    }

    fn supervision_reviewed(&mut self, outcome: &SupervisionReview) {
        let supervision = self.supervision(outcome.supervision);
        if outcome.rejected.is_none() {
            supervision.accepted = true;
        } else {
            for addressee in &mut supervision.addressees {
                addressee.answered = false;
            }
        }
    }
}

impl Task {
    /// Where no return is possible at all.
    fn object_to_returning(&self, no: &mut Objections) {
        let ruled_out = match self.role {
            AssignmentRole::Determined | AssignmentRole::Rehandling => true,
            AssignmentRole::Ordinary | AssignmentRole::Lead => false,
        };
        // A commendation is only read (Art. 23(1)).
        object(
            no,
            ruled_out || self.verify_by.is_none(),
            "return-not-allowed",
        );
        object(
            no,
            self.applied == Some(Some(false)),
            "return-rejected-before",
        );
    }
}
