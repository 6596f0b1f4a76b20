//! From the core's types to what is shown.

use super::*;

impl From<&CoreDeadline> for DossierDeadline {
    fn from(deadline: &CoreDeadline) -> Self {
        let due = &deadline.due;
        Self {
            kind: deadline.kind.into(),
            unit: deadline.unit.as_ref().map(ToString::to_string),
            rule: deadline.rule.clone(),
            article: deadline.article.clone(),
            force: deadline.force.into(),
            trigger_seq: deadline.trigger_seq,
            trigger_at: deadline.trigger_at.into(),
            period: deadline.period.into(),
            due_at: due.due_at.into(),
            clock_start: due.clock_start.into(),
            counted: due.counted.clone(),
            provisional: due.provisional,
            calendar_version: due.calendar_version.clone(),
            rule_set: deadline.rule_set.clone(),
            rule_set_in_force: deadline.rule_set_in_force,
        }
    }
}

impl From<DossierDeadlineView> for ExplainedDossierDeadline {
    fn from(view: DossierDeadlineView) -> Self {
        let (left, overdue) = match view.remaining {
            Some(calendar::Remaining::Left(days)) => (Some(days), None),
            Some(calendar::Remaining::Overdue(days)) => (None, Some(days)),
            None => (None, None),
        };
        Self {
            deadline: (&view.deadline).into(),
            status: view.status.into(),
            working_days_left: left,
            working_days_overdue: overdue,
            explanation: view.explanation.into(),
        }
    }
}

impl From<&dossier::LongTermMatter> for LongTermMatter {
    fn from(matter: &dossier::LongTermMatter) -> Self {
        let task = |task: &dossier::Task| UnitTask {
            unit: task.unit.to_string(),
            stage: task.stage.name(),
            listed_at: task.listed_at.into(),
            plan: task.plan.map(reference),
            progress_at: task.progress_at.map(Into::into),
            stage_report: task.stage_report.map(reference),
        };
        Self {
            title: matter.title.clone(),
            criteria: reference(matter.criteria),
            units: matter.tasks.iter().map(task).collect(),
            orders: matter
                .members
                .iter()
                .map(|it| it.order.to_string())
                .collect(),
            closed_at: matter.closed_at.map(Into::into),
        }
    }
}

impl From<&dossier::LiaisonFiling> for LiaisonFiling {
    fn from(filing: &dossier::LiaisonFiling) -> Self {
        let filed = filing.filed.as_ref();
        let filing_of = filed.map(|filed| &filed.filing);
        Self {
            unit: filing.change.unit.to_string(),
            position: filing.change.position.into(),
            completed_on: filing.change.completed_on,
            filed_at: filed.map(|filed| filed.at.into()),
            late: filed.map(|filed| filed.late),
            old_staff: filing_of.and_then(|it| it.old_staff.clone()),
            new_staff: filing_of.and_then(|it| it.new_staff.clone()),
            details: filing_of.and_then(|it| it.details).map(reference),
        }
    }
}

impl From<&dossier::Conference> for JointConference {
    fn from(conference: &dossier::Conference) -> Self {
        let meeting = |meeting: &dossier::Meeting| Meeting {
            meeting: meeting.meeting.into(),
            district: meeting.district.as_ref().map(ToString::to_string),
            held_on: meeting.held_on,
            members: meeting.members.iter().map(ToString::to_string).collect(),
            decisions: meeting.decisions.iter().copied().map(reference).collect(),
            orders: numbers(&meeting.orders),
        };
        Self {
            year: conference.year,
            has_plenary: conference.has_plenary(),
            meetings: conference.meetings.iter().map(meeting).collect(),
        }
    }
}

impl From<&dossier::Training> for Training {
    fn from(training: &dossier::Training) -> Self {
        Self {
            unit: training.unit.to_string(),
            handling_office: training.handling_office.clone(),
            held_on: training.held_on,
            participants: training.participants,
            subject: reference(training.subject),
        }
    }
}

impl From<&dossier::OwnMechanism> for OwnMechanism {
    fn from(mechanism: &dossier::OwnMechanism) -> Self {
        let submission = &mechanism.submission;
        Self {
            unit: submission.unit.as_ref().map(ToString::to_string),
            district: submission.district.as_ref().map(ToString::to_string),
            to: submission.to.into(),
            solution: reference(submission.solution),
            orders: numbers(&submission.orders),
            ruling: mechanism.ruling.map(reference),
        }
    }
}

impl From<&dossier::Publication> for Publication {
    fn from(publication: &dossier::Publication) -> Self {
        match publication {
            dossier::Publication::Page {
                title,
                address,
                published_on,
            } => Self {
                title: Some(title.clone()),
                address: Some(address.clone()),
                from: None,
                content: None,
                on: *published_on,
            },
            dossier::Publication::Suggestion {
                from,
                content,
                received_on,
            } => Self {
                title: None,
                address: None,
                from: Some((*from).into()),
                content: Some(reference(*content)),
                on: *received_on,
            },
        }
    }
}

impl From<&Recorded> for DossierEvent {
    fn from(recorded: &Recorded) -> Self {
        let whole = serde_json::to_value(&recorded.event).unwrap_or_default();
        let data = whole.get("data").cloned();
        Self {
            seq: recorded.seq,
            at: recorded.at.into(),
            by: Actor::from(&recorded.by),
            event: recorded.event.name(),
            data: in_local_time(data.unwrap_or_else(|| Value::Object(serde_json::Map::new()))),
        }
    }
}

impl DossierMessage {
    /// A message with those of the deliveries that are its own.
    pub(super) fn new(message: &CoreMessage, deliveries: &[CoreDelivery]) -> Self {
        let occasion = if let Notice::Dossier(notice) = &message.notification.about {
            serde_json::to_value(&notice.occasion).unwrap_or_default()
        } else {
            Value::default()
        };
        let name = occasion.get("occasion").and_then(Value::as_str);
        let name = name.unwrap_or_default().to_owned();
        let mut members = occasion.as_object().cloned().unwrap_or_default();
        members.shift_remove("occasion");
        Self {
            id: message.id,
            at: message.at.into(),
            to: Recipient::from(&message.notification.to),
            occasion: name,
            data: in_local_time(Value::Object(members)),
            deliveries: deliveries
                .iter()
                .filter(|delivery| delivery.message == message.id)
                .map(Into::into)
                .collect(),
        }
    }
}

impl From<DossierSummary> for DossierLine {
    fn from(line: DossierSummary) -> Self {
        Self {
            id: line.id.to_string(),
            version: line.version,
            kind: line.kind.into(),
            stage: line.stage,
            title: line.title,
            opened_at: line.opened_at.into(),
            due_at: line.due_at.map(Into::into),
            provisional: line.provisional,
            overdue: line.overdue,
        }
    }
}

impl From<CoreWarning> for Warning {
    fn from(warning: CoreWarning) -> Self {
        let rule = warning.deadline.rule();
        Self {
            dossier: warning.dossier.as_ref().map(ToString::to_string),
            deadline: warning.deadline.into(),
            rule: rule.id,
            article: rule.article,
            unit: warning.unit.as_ref().map(ToString::to_string),
            due_at: warning.due_at.into(),
            passed: warning.passed,
            force: warning.force.into(),
            text: text(&warning),
        }
    }
}

/// What a warning says, in both languages.
fn text(warning: &CoreWarning) -> Texts {
    use lifecycle::dossier::DossierDeadlineKind as Kind;
    let due = calendar::due_text(warning.due_at);
    let (zh, en) = match warning.deadline {
        Kind::Filing => ("人员调整尚未备案", "a staff change is not filed"),
        Kind::Bulletin => (
            "长期推进事项尚未通报承办单位",
            "the units were not told of the listed matter",
        ),
        Kind::Plan => ("解决方案尚未提交", "there is no plan"),
        Kind::Progress => (
            "尚未向诉求人通报推进情况",
            "the requesters were not told of the progress",
        ),
        Kind::FinalReport => (
            "最终情况尚未报上级业务指导部门",
            "the final situation was not reported upward",
        ),
        Kind::Feedback => (
            "尚未反馈诉求人和热线中心",
            "requesters and centre were not told the outcome",
        ),
        Kind::Plenary => (
            "本年度尚未召开联席会议全体会议",
            "the joint conference has held no plenary this year",
        ),
    };
    Texts {
        zh: format!("{zh},期限{due}"),
        en: format!("{en}; due {due}"),
    }
}

pub(super) fn reference(TextId(id): TextId) -> Uuid {
    id
}

fn numbers(orders: &[OrderId]) -> Vec<String> {
    orders.iter().map(ToString::to_string).collect()
}
