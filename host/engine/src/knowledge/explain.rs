//! How a deadline of the knowledge base came about, in Chinese for clerks and in English, from one table.

use knowledge_base::deadline::{Deadline, DeadlineKind};
use lifecycle::dossier::Force;

use crate::explain::{Basis, Explanation, explain_basis};

/// What starts the period of a deadline, in both languages.
const fn trigger(kind: DeadlineKind) -> (&'static str, &'static str) {
    match kind {
        DeadlineKind::Expiry => ("有效期起算", "Validity began"),
        DeadlineKind::Feedback => ("收到知识点反馈", "Feedback received"),
        DeadlineKind::EmergencyFeedback => {
            ("收到突发事件知识点反馈", "Emergency feedback received")
        }
        DeadlineKind::OutageScript => ("故障发生或报告", "Outage began or was reported"),
        DeadlineKind::OutageUpdate => (
            "进入第二阶段或上次报告",
            "Second stage began or last update came",
        ),
    }
}

/// Explains a deadline, and how strictly it binds.
pub(super) fn explain(deadline: &Deadline) -> Explanation {
    let (zh, en) = trigger(deadline.kind);
    let mut explanation = explain_basis(&Basis {
        begun_zh: zh,
        begun_en: en,
        rule: &deadline.rule,
        article: &deadline.article,
        trigger_at: deadline.trigger_at,
        period: deadline.period,
        counted_from: None,
        due: &deadline.due,
        rule_set_in_force: deadline.rule_set_in_force,
    });
    let (zh, en) = match deadline.force {
        Force::Law | Force::InPrinciple => ("", ""),
        Force::Target => (
            "(条文未定期限,此为中心自定目标)",
            " (the text names no time; a target of the centre's own)",
        ),
    };
    explanation.zh.push_str(zh);
    explanation.en.push_str(en);
    explanation
}
