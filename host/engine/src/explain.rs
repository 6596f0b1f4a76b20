//! How a deadline came about, in Chinese for clerks and in English, from one table.

use std::fmt::Write as _;

use calendar::{Due, Period, due_text, zone};
use chrono::{DateTime, Utc};
use lifecycle::deadline::{Deadline, DeadlineKind};
use serde::Serialize;

/// Up to so many counted days are listed; of more, the first and the last.
const LISTED_DAYS_MAX: usize = 15;

/// An explanation for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What starts the period of a deadline.
struct Trigger {
    zh: &'static str,
    en: &'static str,
}

/// The table: what started a deadline of this rule and kind.
fn trigger(deadline: &Deadline) -> Trigger {
    let (zh, en) = match (deadline.rule.as_str(), deadline.kind) {
        ("R30", _) => ("退回后重新转派", "Dispatched again after a return"),
        ("R32", DeadlineKind::Handling) => ("转派牵头单位", "Dispatched to the lead unit"),
        ("R34", DeadlineKind::Handling) => (
            "协调确定承办单位后转派",
            "Dispatched to the unit that coordination determined",
        ),
        ("R37", _) => ("办理延期", "Extension filed"),
        ("R38", _) => (
            "收到影响办理的追加情况",
            "Addition that affects the handling received",
        ),
        ("R59", _) => ("发回再次办理", "Sent back to be handled again"),
        (_, DeadlineKind::Dispatch) => ("登记", "Registered"),
        (_, DeadlineKind::Verification | DeadlineKind::Handling | DeadlineKind::Assistance) => {
            ("转派", "Dispatched")
        }
        (_, DeadlineKind::RatingOffer) => ("审核通过", "Review passed"),
        (_, DeadlineKind::Rating) => ("收到评价通知", "Rating notice received"),
        (_, DeadlineKind::Information) => {
            ("收到补充信息通知", "Notice of missing information received")
        }
        (_, DeadlineKind::Opinion) => ("收到指导事项", "Question received"),
        (_, DeadlineKind::DiligenceStatement) => (
            "收到第二次不满意评价",
            "Second dissatisfied rating received",
        ),
        (_, DeadlineKind::Supervision | DeadlineKind::GuidanceFeedback) => {
            ("收到督办事项", "Supervision received")
        }
    };
    Trigger { zh, en }
}

/// A period in both languages.
fn period(period: Period) -> (String, String) {
    let zh = match period {
        Period::WorkingDays(n) => format!("{n}个工作日"),
        Period::CalendarDays(n) => format!("{n}个自然日"),
        Period::Hours(n) => format!("{n}小时"),
        Period::Minutes(n) => format!("{n}分钟"),
        Period::Months(n) => format!("{n}个月"),
        Period::Years(n) => format!("{n}年"),
        Period::Until(_) => "指定时限".to_owned(),
    };
    let en = match period {
        Period::Until(_) => "a fixed end".to_owned(),
        Period::WorkingDays(_)
        | Period::CalendarDays(_)
        | Period::Hours(_)
        | Period::Minutes(_)
        | Period::Months(_)
        | Period::Years(_) => period.to_string(),
    };
    (zh, en)
}

/// Explains a deadline: what started it, by which article, from when it counts, which days, and when
/// it ends.
pub(crate) fn explain(deadline: &Deadline) -> Explanation {
    let begun = trigger(deadline);
    explain_basis(&Basis {
        begun_zh: begun.zh,
        begun_en: begun.en,
        rule: &deadline.rule,
        article: &deadline.article,
        trigger_at: deadline.trigger_at,
        period: deadline.period,
        counted_from: deadline.counted_from,
        due: &deadline.due,
        rule_set_in_force: deadline.rule_set_in_force,
    })
}

/// What an explanation is made of.
pub(crate) struct Basis<'a> {
    /// What started the period, in Chinese.
    pub(crate) begun_zh: &'a str,
    /// In English.
    pub(crate) begun_en: &'a str,
    pub(crate) rule: &'a str,
    pub(crate) article: &'a str,
    pub(crate) trigger_at: DateTime<Utc>,
    pub(crate) period: Period,
    /// Of an extension: the end of the period before it.
    pub(crate) counted_from: Option<DateTime<Utc>>,
    pub(crate) due: &'a Due,
    pub(crate) rule_set_in_force: bool,
}

/// Explains any deadline.
pub(crate) fn explain_basis(basis: &Basis<'_>) -> Explanation {
    let Basis {
        begun_zh,
        begun_en,
        rule,
        article,
        trigger_at,
        due,
        ..
    } = basis;
    let at = minute(*trigger_at);
    let (zh_period, en_period) = period(basis.period);
    let due_at = due_text(due.due_at);
    let mut zh = format!("{at} {begun_zh},按{article}{zh_period}");
    let mut en = format!("{begun_en} {at}; {en_period} by {article} ({rule})");
    if let Some(expiry) = basis.counted_from {
        let expiry = due_text(expiry);
        let _ = write!(zh, ",自前一期限届满({expiry})起算");
        let _ = write!(en, "; counted from the end of the period before, {expiry}");
    } else if due.clock_start != *trigger_at {
        let start = due.clock_start.with_timezone(&zone());
        let _ = write!(zh, "{}", start.format(",自%Y-%m-%d %-H时起算"));
        let _ = write!(en, "{}", start.format("; counted from %Y-%m-%d %H:%M"));
    }
    if let Some(days) = counted(due) {
        let _ = write!(zh, ",计入{}", days.zh);
        let _ = write!(en, "; counting {}", days.en);
    }
    let _ = write!(zh, ",于{due_at}到期");
    let _ = write!(en, "; due {due_at}");
    if due.provisional {
        zh.push_str("(暂定:所涉年份的放假安排尚未公布,公布后重新计算)");
        en.push_str(" (provisional: the holidays of a year involved are not announced yet)");
    }
    if !basis.rule_set_in_force {
        zh.push_str("(起算时该实施细则不在有效期内,参照计算)");
        en.push_str(" (the rules were not in force at that time and are applied by analogy)");
    }
    Explanation { zh, en }
}

/// The counted days in both languages.
fn counted(due: &Due) -> Option<Explanation> {
    let days = &due.counted;
    let (first, last) = (days.first()?, days.last()?);
    let number = days.len();
    if number > LISTED_DAYS_MAX {
        return Some(Explanation {
            zh: format!("{first}至{last}间{number}日"),
            en: format!("{number} days from {first} to {last}"),
        });
    }
    let listed: Vec<String> = days
        .iter()
        .map(|day| day.format("%m-%d").to_string())
        .collect();
    Some(Explanation {
        zh: listed.join("、"),
        en: listed.join(", "),
    })
}

/// Local date and time to the minute.
pub(crate) fn minute(at: DateTime<Utc>) -> String {
    at.with_timezone(&zone())
        .format("%Y-%m-%d %H:%M")
        .to_string()
}
