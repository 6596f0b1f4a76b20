//! Calls, extensions, additions, replies, reports, reviews, withdrawal (Art. 12, 15, 19–24).

use contract::types::OrderType;
use lifecycle::command::{
    Command, ContactAttempt, Extension, HandlingConclusion, HandlingReport, ReplyException,
    ReportContent, Review, StatementEffect,
};
use lifecycle::deadline::DeadlineKind;
use lifecycle::event::{AssignmentRole, CloseCode};
use lifecycle::ids::Actor;
use lifecycle::ruleset::{EarlyEndWindow, ExtensionCount, UnitEnded};

use super::{Objections, blank, object, object_to_identity, object_to_told, object_to_unreachable};
use crate::model::{At, Call, Env, Model, Report, Stage, Statement, Task, at_most};

impl Model {
    pub(super) fn object_to_handling(
        &self,
        command: &Command,
        by: &Actor,
        env: &Env<'_>,
        no: &mut Objections,
    ) {
        match command {
            Command::Extend(wanted) => {
                let task = self.task().unwrap();
                let used = match env.options.extension_count {
                    ExtensionCount::PerOrder => self.tasks.iter().map(|it| it.extensions).sum(),
                    ExtensionCount::ContinuesAfterRestart
                    | ExtensionCount::BeginsAnewAfterRestart => task.extensions,
                };
                task.object_to_extension(wanted, used, env, no);
            }
            Command::RecordExtensionNotice(told) => {
                let task = self.task().unwrap();
                object(no, !task.untold, "no-extension-to-tell");
                let since = task.extended_at.last().copied().unwrap_or(task.at);
                object_to_told(told, since, &task.calls, env, no);
            }
            Command::AddStatement {
                received_at,
                identity,
                ..
            } => {
                object_to_identity(*identity, by, no);
                let since = self.task().map_or(self.registered_at, |it| it.at);
                let impossible = *received_at > env.now || *received_at < since;
                object(no, impossible, "impossible-time");
            }
            Command::JudgeStatement(judgement) => {
                let task = self.task().unwrap();
                let mut unjudged = self.unjudged();
                let found = unjudged.find(|it| it.position == judgement.statement);
                let none = self.unjudged().next().is_none();
                object(no, none, "nothing-to-judge");
                object(no, !none && found.is_none(), "no-such-statement");
                let since = found.map_or(task.at, |it| it.received_at);
                object_to_told(&judgement.told, since, &task.calls, env, no);
            }
            Command::RecordContactAttempt(attempt) => self.object_to_call(attempt, env, no),
            Command::RecordReply(reply) => {
                let at = reply.replied_at;
                let task = self.task().unwrap();
                object(no, at > env.now || at < task.at, "impossible-time");
                let proven = !reply.evidence.is_empty() && !reply.evidence.iter().any(blank);
                if !proven {
                    no.extend(["reply-without-evidence", "missing-field"]);
                }
            }
            Command::Submit(report) => self.object_to_report(report, env, no),
            Command::Withdraw(withdrawal) => {
                object_to_identity(withdrawal.identity, by, no);
                object(no, self.has_ended(env.now), "order-closed");
                object(no, blank(&withdrawal.evidence), "missing-field");
            }
            Command::CloseWithdrawn { goes_on, .. } => {
                let report = self.order_type == OrderType::ViolationReport;
                object(no, *goes_on && !report, "goes-on-only-reports");
            }
            _ => {}
        }
    }

    fn object_to_call(&self, call: &ContactAttempt, env: &Env<'_>, no: &mut Objections) {
        let backwards = call.ended_at < call.started_at;
        object(no, backwards || call.ended_at > env.now, "impossible-time");
        object(no, call.evidence.trim().is_empty(), "missing-field");
        if let Some(asked) = self
            .information
            .as_ref()
            .filter(|_| self.stage == Stage::Information)
        {
            object(no, call.started_at < asked.asked_at, "impossible-time");
        } else {
            let task = self.task().unwrap();
            object(no, call.started_at < task.at, "impossible-time");
        }
    }

    /// Told first, proved, with what the type of the matter wants (Art. 16, 21, 22, 24, 26).
    fn object_to_report(&self, report: &HandlingReport, env: &Env<'_>, no: &mut Objections) {
        let task = self.task().unwrap();
        let backwards = report.handled_from > report.handled_until;
        let impossible = backwards || report.handled_until > env.now;
        object(
            no,
            impossible || report.handled_from < task.at,
            "impossible-time",
        );
        let office = report.handling_office.as_ref();
        object(
            no,
            office.is_some_and(|it| it.trim().is_empty()),
            "missing-field",
        );
        object(no, self.unjudged().next().is_some(), "statement-unjudged");
        object(no, task.untold, "extension-notice-missing");
        // Art. 17(3): the lead unit determines who assists.
        let alone = task.role == AssignmentRole::Lead && task.assisting.is_empty();
        object(no, alone, "assisting-units-missing");
        if self.object_to_conclusion(report, env, no) {
            self.object_to_reply(report, env, no);
        }
    }

    /// What the conclusion needs, and whether the requester is to be told a result.
    fn object_to_conclusion(
        &self,
        report: &HandlingReport,
        env: &Env<'_>,
        no: &mut Objections,
    ) -> bool {
        let task = self.task().unwrap();
        match &report.conclusion {
            HandlingConclusion::Handled => {
                self.object_to_content(report.content.as_ref(), no);
                true
            }
            HandlingConclusion::Unreachable => {
                object_to_unreachable(&task.calls, self.heard_of(), env, no);
                false
            }
            HandlingConclusion::Refused { evidence } => {
                object(no, blank(evidence), "missing-field");
                false
            }
            HandlingConclusion::StatutoryDisposition {
                ground, attachment, ..
            } => {
                object(no, !ground.starts_with("P11_2_"), "unknown-ground");
                object(no, attachment.as_ref().is_some_and(blank), "missing-field");
                let window = env.options.early_end_window == EarlyEndWindow::Verification;
                let late = task.verify_by.as_ref().is_some_and(|by| env.now > by.due);
                object(no, window && late, "early-end-too-late");
                true
            }
            HandlingConclusion::Repeat { statement, .. } => {
                let stated = statement.as_ref().is_some_and(|it| !blank(it));
                if !stated {
                    no.extend(["repeat-statement-missing", "missing-field"]);
                }
                let fits = |earlier: &Model| {
                    earlier.requester == self.requester && earlier.lawfully_finished()
                };
                object(no, !env.related.is_some_and(fits), "not-a-repeat");
                true
            }
            HandlingConclusion::LongTermProgress { .. } => {
                let fits = |earlier: &Model| {
                    earlier.requester == self.requester && earlier.long_term.is_some()
                };
                object(no, !env.related.is_some_and(fits), "not-a-repeat");
                true
            }
        }
    }

    /// A reply, or one of the two exceptions, never both (Art. 21).
    fn object_to_reply(&self, report: &HandlingReport, env: &Env<'_>, no: &mut Objections) {
        let task = self.task().unwrap();
        match &report.reply_exception {
            None => object(no, !task.replied, "reply-missing"),
            Some(exception) => {
                object(no, task.replied, "already-replied");
                match exception {
                    ReplyException::NotWanted { evidence } => {
                        object(no, blank(evidence), "missing-field");
                    }
                    ReplyException::Unreachable => {
                        object_to_unreachable(&task.calls, self.heard_of(), env, no);
                    }
                }
            }
        }
    }

    fn object_to_content(&self, content: Option<&ReportContent>, no: &mut Objections) {
        let fits = match content {
            None => false,
            Some(ReportContent::Consultation { .. }) => self.order_type == OrderType::Consultation,
            Some(ReportContent::Complaint { mediation, .. }) => {
                let said = mediation.is_some() || !self.mediation;
                object(no, !said, "mediation-missing");
                self.order_type == OrderType::Complaint
            }
            Some(ReportContent::ViolationReport { .. }) => {
                self.order_type == OrderType::ViolationReport
            }
            Some(ReportContent::HelpRequest { .. }) => self.order_type == OrderType::HelpRequest,
            Some(ReportContent::Suggestion { .. }) => self.order_type == OrderType::Suggestion,
        };
        object(no, !fits, "content-missing");
    }

    pub(super) fn take_handling(&mut self, command: &Command, env: &Env<'_>) {
        match command {
            Command::Extend(wanted) => {
                let task = self.tasks.last_mut().unwrap();
                task.handle_by = env.days.extended(&task.handle_by, wanted.period).unwrap();
                task.extensions += 1;
                task.extended_at.push(env.now);
                task.untold = true;
                task.trigger = env.now;
                self.ask_anew(env);
            }
            Command::RecordExtensionNotice(_) => self.task_mut().untold = false,
            Command::AddStatement { received_at, .. } => {
                let task = self.tasks.len();
                self.statements.push(Statement {
                    position: 0,
                    received_at: *received_at,
                    task,
                    affects: None,
                });
            }
            Command::JudgeStatement(judgement) => {
                let affects = judgement.effect == StatementEffect::AffectsHandling;
                let mut all = self.statements.iter_mut();
                let judged = all.find(|it| it.position == judgement.statement).unwrap();
                judged.affects = Some(affects);
                let received_at = judged.received_at;
                // Art. 15: what was dispatched anew since runs from that dispatch.
                if affects && received_at >= self.task().unwrap().at {
                    self.restarted(received_at, env);
                }
            }
            Command::RecordContactAttempt(attempt) => {
                let call = Call::of(attempt);
                if self.stage == Stage::Information {
                    self.information.as_mut().unwrap().calls.push(call);
                } else {
                    self.task_mut().calls.push(call);
                }
            }
            Command::RecordReply(_) => self.task_mut().replied = true,
            Command::Submit(report) => {
                let kept = Report::of(&report.conclusion, report.content.as_ref());
                self.task_mut().report = Some(kept);
                self.stage = self.reviewed_first(env);
            }
            Command::ReviewAtDistrict(Review::Pass) => {
                // The report has come in only now.
                self.stage = Stage::Review {
                    submitted_at: env.now,
                };
            }
            Command::Review(Review::Pass) => self.passed(env),
            Command::ReviewAtDistrict(Review::Fail { .. }) => self.stage = Stage::Handling,
            Command::Review(Review::Fail { .. }) => {
                // The clock has never stopped (Art. 15: 符合规定).
                self.stage = Stage::Handling;
                for over in self.lapsed(env.now) {
                    if over.kind == DeadlineKind::Handling {
                        self.miss(&over, env);
                    }
                }
            }
            Command::Withdraw(_) => self.withdrawn(),
            Command::CloseWithdrawn { .. } => self.close(CloseCode::Withdrawn),
            _ => {}
        }
    }

    /// Art. 20(1): the whole period anew, from the receipt of what was added.
    fn restarted(&mut self, received_at: At, env: &Env<'_>) {
        let task = self.tasks.last_mut().unwrap();
        task.handle_by = env.days.limit(received_at, task.length_anew()).unwrap();
        task.restarts += 1;
        // The new facts are replied to as well.
        task.replied = false;
        if env.options.extension_count == ExtensionCount::BeginsAnewAfterRestart {
            task.extensions = 0;
        }
        task.trigger = received_at;
        self.ask_anew(env);
    }

    /// The district's hotline office may look at the report first (Art. 5).
    fn reviewed_first(&self, env: &Env<'_>) -> Stage {
        let unit = env.directory.unit(self.holder().unwrap());
        let district = unit.and_then(|unit| env.directory.district(unit.district.as_ref()?));
        match district.filter(|it| it.reviews) {
            Some(district) => Stage::DistrictReview {
                district: district.code.clone(),
            },
            None => Stage::Review {
                submitted_at: env.now,
            },
        }
    }

    fn passed(&mut self, env: &Env<'_>) {
        let Stage::Review { submitted_at } = self.stage else {
            return;
        };
        self.task_mut().completed_at = Some(submitted_at);
        let by = env
            .days
            .limit(env.now, calendar::Period::Hours(24))
            .unwrap();
        self.stage = Stage::Offer { by };
        // A-09, read otherwise: what the unit ended without handling it ends with the review.
        let conclusion = self
            .task()
            .and_then(|it| it.report.as_ref())
            .map(|it| &it.conclusion);
        let ended = match conclusion {
            None | Some(HandlingConclusion::Handled) => None,
            Some(HandlingConclusion::Unreachable | HandlingConclusion::Refused { .. }) => {
                Some(CloseCode::UnitUnreachable)
            }
            Some(HandlingConclusion::StatutoryDisposition { .. }) => {
                Some(CloseCode::StatutoryDisposition)
            }
            Some(HandlingConclusion::Repeat { .. }) => Some(CloseCode::Repeat),
            Some(HandlingConclusion::LongTermProgress { .. }) => Some(CloseCode::LongTermProgress),
        };
        if let Some(code) = ended.filter(|_| env.options.unit_ended == UnitEnded::NotRated) {
            self.close(code);
        }
    }

    /// The unit that handles the order ends it; where none does, nobody is left but the hotline. What is
    /// reported, a unit that knows of it may look into further, until the report has passed the review
    /// (Art. 23(2)).
    fn withdrawn(&mut self) {
        let goes_on = self.order_type == OrderType::ViolationReport && !self.tasks.is_empty();
        match self.stage {
            Stage::Verification | Stage::Return | Stage::Handling => self.stage = Stage::Withdrawn,
            Stage::DistrictReview { .. } if goes_on => self.stage = Stage::Withdrawn,
            Stage::Dispatch | Stage::Coordination | Stage::Review { .. } if goes_on => {
                self.stage = Stage::Withdrawn;
                self.handed_over = true;
            }
            _ => self.close(CloseCode::Withdrawn),
        }
    }
}

impl Task {
    /// Before the expiry, at most twice, at most as long as the first period, with the requester told
    /// of the last one, and never in a second handling (Art. 19, 29(2)).
    fn object_to_extension(
        &self,
        wanted: &Extension,
        used: u16,
        env: &Env<'_>,
        no: &mut Objections,
    ) {
        object(
            no,
            self.role == AssignmentRole::Rehandling,
            "extension-not-allowed",
        );
        object(no, env.now >= self.handle_by.due, "extension-too-late");
        object(no, used >= self.extensions_max, "extension-limit-reached");
        object(
            no,
            !at_most(wanted.period, self.length),
            "extension-too-long",
        );
        object(no, self.untold, "extension-notice-missing");
        let countable = env.days.extended(&self.handle_by, wanted.period).is_some();
        if !countable {
            no.extend(["period-out-of-range", "extension-too-long"]);
        }
    }
}
