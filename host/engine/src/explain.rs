//! How a deadline came about, in Chinese for clerks and in English, from one table.

use std::fmt::Write as _;

use calendar::{Period, due_text, zone};
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

/// The table.
const fn trigger(kind: DeadlineKind) -> Trigger {
    match kind {
        DeadlineKind::Dispatch => Trigger {
            zh: "登记",
            en: "Registered",
        },
        DeadlineKind::Verification | DeadlineKind::Handling => Trigger {
            zh: "转派",
            en: "Dispatched",
        },
        DeadlineKind::RatingOffer => Trigger {
            zh: "审核通过",
            en: "Review passed",
        },
        DeadlineKind::Rating => Trigger {
            zh: "收到评价通知",
            en: "Rating notice received",
        },
    }
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
    let Deadline {
        kind,
        rule,
        article,
        trigger_at,
        due,
        ..
    } = deadline;
    let begun = trigger(*kind);
    let at = minute(*trigger_at);
    let (zh_period, en_period) = period(deadline.period);
    let due_at = due_text(due.due_at);
    let mut zh = format!("{at} {},按{article}{zh_period}", begun.zh);
    let mut en = format!("{} {at}; {en_period} by {article} ({rule})", begun.en);
    if due.clock_start != *trigger_at {
        let start = due.clock_start.with_timezone(&zone());
        let _ = write!(zh, "{}", start.format(",自%Y-%m-%d %-H时起算"));
        let _ = write!(en, "{}", start.format("; counted from %Y-%m-%d %H:%M"));
    }
    if let Some(days) = counted(deadline) {
        let _ = write!(zh, ",计入{}", days.zh);
        let _ = write!(en, "; counting {}", days.en);
    }
    let _ = write!(zh, ",于{due_at}到期");
    let _ = write!(en, "; due {due_at}");
    if due.provisional {
        zh.push_str("(暂定:所涉年份的放假安排尚未公布,公布后重新计算)");
        en.push_str(" (provisional: the holidays of a year involved are not announced yet)");
    }
    if !deadline.rule_set_in_force {
        zh.push_str("(起算时该实施细则不在有效期内,参照计算)");
        en.push_str(" (the rules were not in force at that time and are applied by analogy)");
    }
    Explanation { zh, en }
}

/// The counted days in both languages.
fn counted(deadline: &Deadline) -> Option<Explanation> {
    let days = &deadline.due.counted;
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
fn minute(at: DateTime<Utc>) -> String {
    at.with_timezone(&zone())
        .format("%Y-%m-%d %H:%M")
        .to_string()
}
