//! How a dossier's deadline came about, in Chinese for clerks and in English, from one table.

use lifecycle::dossier::{DossierDeadline, DossierDeadlineKind, Force};

use crate::explain::{Basis, Explanation, explain_basis};

/// What starts the period of a deadline, in both languages.
const fn trigger(kind: DossierDeadlineKind) -> (&'static str, &'static str) {
    match kind {
        DossierDeadlineKind::Filing => ("人员调整完成", "Staff change completed"),
        DossierDeadlineKind::Bulletin => ("通报", "Units told"),
        DossierDeadlineKind::Plan => ("收到事项", "Listing received"),
        DossierDeadlineKind::Progress => ("上次通报推进情况", "Requesters told"),
        DossierDeadlineKind::FinalReport => ("法定程序终结", "Statutory procedure ended"),
        DossierDeadlineKind::Feedback => ("收到指导意见", "Opinion recorded"),
        DossierDeadlineKind::Plenary => ("年度开始", "Year began"),
    }
}

/// Explains a deadline, and how strictly it binds.
pub(super) fn explain(deadline: &DossierDeadline) -> Explanation {
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
        Force::Law => ("", ""),
        Force::InPrinciple => (
            "(条文为\u{201c}原则上\u{201d},逾期仅提醒)",
            " (\"in principle\": missing it is a warning)",
        ),
        Force::Target => (
            "(条文未定期限,此为中心自定目标)",
            " (the text names no time; a target of the centre's own)",
        ),
    };
    explanation.zh.push_str(zh);
    explanation.en.push_str(en);
    explanation
}
