//! From the domain's entries to what is shown.

use super::*;

impl KnowledgeEntry {
    /// An entry as the actor sees it at an instant.
    #[must_use]
    pub fn new(entry: &CoreEntry, by: &CoreActor, now: DateTime<Utc>) -> Self {
        let running = entry.running_deadlines().into_iter();
        let mut shown = Self {
            id: entry.id().to_string(),
            version: entry.version(),
            kind: (&entry.id()).into(),
            unit: entry.unit().to_string(),
            stage: entry.stage(now),
            opened_at: now.into(),
            running: running.map(Into::into).collect(),
            missed: Vec::new(),
            point: None,
            feedback: None,
            change: None,
            outage: None,
            allowed: knowledge_base::allowed(entry, by, now),
        };
        match entry {
            CoreEntry::Point(point) => {
                shown.opened_at = point.opened_at.into();
                shown.point = Some(Point::new(point, now));
            }
            CoreEntry::Feedback(feedback) => {
                shown.opened_at = feedback.opened_at.into();
                shown.missed = feedback.missed.iter().map(Into::into).collect();
                shown.feedback = Some((&**feedback).into());
            }
            CoreEntry::Change(change) => {
                shown.opened_at = change.announced_at.into();
                shown.change = Some((&**change).into());
            }
            CoreEntry::Outage(outage) => {
                shown.opened_at = outage.reported_at.into();
                shown.missed = outage.missed.iter().map(Into::into).collect();
                shown.outage = Some((&**outage).into());
            }
        }
        shown
    }
}

impl WholeKnowledgeEntry {
    /// The view as the actor sees it at an instant.
    #[must_use]
    pub fn new(view: KnowledgeView, by: &CoreActor, now: DateTime<Utc>) -> Self {
        let text = |(TextId(id), text): (TextId, String)| (id.to_string(), text);
        Self {
            entry: KnowledgeEntry::new(&view.entry, by, now),
            masked: view.masked,
            texts: view.texts.into_iter().map(text).collect(),
            deadlines: view.deadlines.into_iter().map(Into::into).collect(),
            history: view.history.iter().map(Into::into).collect(),
            messages: view
                .messages
                .iter()
                .map(|message| KnowledgeMessage::new(message, &view.deliveries))
                .collect(),
        }
    }
}

impl KnowledgeExplanation {
    /// The explanation of an entry at an instant.
    #[must_use]
    pub fn new(view: KnowledgeView, now: DateTime<Utc>) -> Self {
        let command = |standing: knowledge_base::Standing| KnowledgeCommand {
            command: standing.command,
            by_unit: standing.by_unit,
            by_center: standing.by_center,
            forbidden_by: standing.forbidden_by.map(|rejection| Prohibition {
                code: rejection.code(),
                article: rejection.article(),
                detail: rejection.to_string(),
                way_out: rejection.way_out(),
            }),
        };
        Self {
            id: view.entry.id().to_string(),
            version: view.entry.version(),
            stage: view.stage,
            now: now.into(),
            deadlines: view.deadlines.into_iter().map(Into::into).collect(),
            commands: knowledge_base::standings(&view.entry, now)
                .into_iter()
                .map(command)
                .collect(),
        }
    }
}

impl PointDiff {
    pub(crate) fn new(
        point: String,
        from: u32,
        to: Option<u32>,
        changes: &[CoreFieldChange],
    ) -> Self {
        let word = |change| match change {
            LineChange::Kept => "kept",
            LineChange::Removed => "removed",
            LineChange::Added => "added",
        };
        let line = |line: &knowledge_base::point::diff::Line| DiffLine {
            change: word(line.change),
            text: line.text.clone(),
        };
        let field = |change: &CoreFieldChange| FieldChange {
            field: change.field.name(),
            label: change.field.label(),
            lines: change.lines.iter().map(line).collect(),
        };
        Self {
            point,
            from,
            to,
            changes: changes.iter().map(field).collect(),
            text: knowledge_base::point::diff::text(changes),
        }
    }
}

impl From<engine::PointVersion> for PublishedVersion {
    fn from(found: engine::PointVersion) -> Self {
        Self {
            point: found.point.to_string(),
            unit: found.owner.to_string(),
            answers: found.answers_now,
            valid_until: found.valid_until.into(),
            version: (&found.version).into(),
        }
    }
}

impl From<&CoreDeadline> for KnowledgeDeadline {
    fn from(deadline: &CoreDeadline) -> Self {
        let due = &deadline.due;
        Self {
            kind: deadline.kind.into(),
            unit: deadline.unit.to_string(),
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

impl From<KnowledgeDeadlineView> for ExplainedKnowledgeDeadline {
    fn from(view: KnowledgeDeadlineView) -> Self {
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

impl From<&CoreMissed> for KnowledgeMissed {
    fn from(missed: &CoreMissed) -> Self {
        Self {
            deadline: missed.deadline.into(),
            due_at: missed.due_at.into(),
            force: missed.force.into(),
        }
    }
}

impl From<&Recorded> for KnowledgeEvent {
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

impl KnowledgeMessage {
    /// A message with those of the deliveries that are its own.
    fn new(message: &CoreMessage, deliveries: &[CoreDelivery]) -> Self {
        let occasion = if let Notice::Knowledge(notice) = &message.notification.about {
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
