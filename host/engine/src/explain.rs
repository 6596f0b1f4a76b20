//! How a deadline came about, in Chinese for clerks and in English, from one table.

use std::fmt::Write as _;

use calendar::{Due, Period, due_text, end_of, zone};
use chrono::{DateTime, Utc};
use lifecycle::deadline::{Deadline, DeadlineKind};
use lifecycle::event::Event;
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

/// What the event that set a deadline says beyond the deadline's rule and kind: that a type was
/// corrected, that acceptance is receipt, or that a notice counts as received when it was
/// sent.
fn particular(set_by: &Event) -> Option<Trigger> {
    let (zh, en) = if let Event::Reclassified { .. } = set_by {
        (
            "更正工单类型,视为重新转派",
            "Type corrected, which is a new dispatch,",
        )
    } else if let Event::PeriodBegun { .. } = set_by {
        ("接受,视为收到", "Accepted, which counts as its receipt,")
    } else if let Event::RatingOffered { offer, .. } = set_by
        && offer.delivered_at.is_none()
    {
        (
            "发出评价通知,尚无送达回执,视为收到",
            "Rating notice sent, which counts as its receipt,",
        )
    } else if let Event::InformationNoticeSent { receipt, .. } = set_by
        && receipt.delivered_at.is_none()
    {
        (
            "发出补充信息通知,尚无送达回执,视为收到",
            "Notice of missing information sent, which counts as its receipt,",
        )
    } else {
        return None;
    };
    Some(Trigger { zh, en })
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
/// it ends. `set_by` is the event that set it, where there is one.
pub(crate) fn explain(deadline: &Deadline, set_by: Option<&Event>) -> Explanation {
    let begun = set_by.and_then(particular);
    let begun = begun.unwrap_or_else(|| trigger(deadline));
    explain_basis(&basis(deadline, &begun))
}

/// How long a deadline is, by which article, and how that is counted, without the single days.
pub(crate) fn terms(deadline: &Deadline) -> Explanation {
    let begun = trigger(deadline);
    let basis = basis(deadline, &begun);
    let (zh_period, en_period) = period(basis.period);
    let counting = counting(&basis);
    let (article, due_at) = (basis.article, due_text(basis.due.due_at));
    Explanation {
        zh: format!("按{article}{zh_period},{},于{due_at}到期", counting.zh),
        en: format!("{en_period} by {article}, {}, due {due_at}", counting.en),
    }
}

fn basis<'a>(deadline: &'a Deadline, begun: &Trigger) -> Basis<'a> {
    Basis {
        begun_zh: begun.zh,
        begun_en: begun.en,
        rule: &deadline.rule,
        article: &deadline.article,
        trigger_at: deadline.trigger_at,
        period: deadline.period,
        counted_from: deadline.counted_from,
        due: &deadline.due,
        rule_set_in_force: deadline.rule_set_in_force,
    }
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
    let counting = counting(basis);
    let due_at = due_text(due.due_at);
    let mut zh = format!("{at} {begun_zh},按{article}{zh_period},{}", counting.zh);
    let mut en = format!(
        "{begun_en} {at}; {en_period} by {article} ({rule}); {}",
        counting.en
    );
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

/// How a limit is counted, which differs with the kind of its period (T3–T6): from when, what counts,
/// and what the rule set's reading makes of its end.
fn counting(basis: &Basis<'_>) -> Explanation {
    let start = basis.due.clock_start;
    let day = start.with_timezone(&zone()).format("%Y-%m-%d");
    let next_day = || {
        (
            format!("自{day}(次日)0时"),
            format!("from {day} 00:00, the next day"),
        )
    };
    let instant = || {
        let at = minute(start);
        (format!("自{at}"), format!("from {at}"))
    };
    let (mut from_zh, mut from_en) = match basis.period {
        Period::WorkingDays(_) => (
            format!("自{day}(下一个工作日)0时"),
            format!("from {day} 00:00, the next working day"),
        ),
        Period::CalendarDays(_) | Period::Months(_) | Period::Years(_) => next_day(),
        Period::Hours(_) | Period::Minutes(_) | Period::Until(_) => instant(),
    };
    // Art. 19: an extension hangs off the end before it, whatever its kind.
    if let Some(expiry) = basis.counted_from.map(due_text) {
        from_zh = format!("自前一期限届满({expiry})");
        from_en = format!("from the end of the period before, {expiry}");
    }
    let (how_zh, how_en) = match basis.period {
        Period::WorkingDays(_) => ("起算,只计工作日", "working days only"),
        Period::CalendarDays(_) => ("起算,节假日照计", "days off included"),
        Period::Hours(_) | Period::Minutes(_) => {
            ("起连续计算,夜间和节假日照计", "through nights and days off")
        }
        Period::Months(_) | Period::Years(_) => (
            "起算,至对应日期24时止",
            "to 24:00 of the corresponding date",
        ),
        Period::Until(_) => (
            "起,不计天数,至文件指定的时刻止",
            "to the instant that the document names, without counting days",
        ),
    };
    let (end_zh, end_en) = moved_end(basis);
    Explanation {
        zh: format!("{from_zh}{how_zh}{end_zh}"),
        en: format!("counted {from_en}, {how_en}{end_en}"),
    }
}

/// Why a limit in days does not end at 24:00 of the last day that it counts.
fn moved_end(basis: &Basis<'_>) -> (&'static str, &'static str) {
    let due = basis.due;
    let ends_as_counted = due
        .counted
        .last()
        .is_none_or(|last| end_of(*last) == due.due_at);
    match basis.period {
        Period::CalendarDays(_) if !ends_as_counted => (
            ",末日为休息日,顺延至下一个工作日",
            "; its last day is a day off, so it ends with the next working day",
        ),
        Period::WorkingDays(_) if !ends_as_counted => (
            ",末日之后的休息日不计用时",
            "; the days off after its last day are no time used",
        ),
        Period::WorkingDays(_)
        | Period::CalendarDays(_)
        | Period::Hours(_)
        | Period::Minutes(_)
        | Period::Months(_)
        | Period::Years(_)
        | Period::Until(_) => ("", ""),
    }
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

#[cfg(test)]
mod tests {
    use calendar::Calendar;

    use super::*;

    /// where the rule set reads it so, a limit ends later than its last day does.
    #[test]
    fn an_end_that_moved_says_why() {
        let check = |period: Period, moved: bool, zh: &str, en: &str| {
            // Tuesday before the holiday of 2026-10-01 to 10-07.
            let trigger_at = "2026-09-29T10:00:00+08:00".parse().unwrap();
            let mut due = Calendar::shipped().due(trigger_at, period).unwrap();
            if moved {
                due.due_at = end_of("2026-10-08".parse().unwrap());
            }
            let said = counting(&Basis {
                begun_zh: "",
                begun_en: "",
                rule: "",
                article: "",
                trigger_at,
                period,
                counted_from: None,
                due: &due,
                rule_set_in_force: true,
            });
            assert_eq!((said.zh.as_str(), said.en.as_str()), (zh, en), "{period}");
        };
        check(
            Period::CalendarDays(3),
            false,
            "自2026-09-30(次日)0时起算,节假日照计",
            "counted from 2026-09-30 00:00, the next day, days off included",
        );
        check(
            Period::CalendarDays(3),
            true,
            "自2026-09-30(次日)0时起算,节假日照计,末日为休息日,顺延至下一个工作日",
            "counted from 2026-09-30 00:00, the next day, days off included; its last day is a day \
             off, so it ends with the next working day",
        );
        check(
            Period::WorkingDays(1),
            false,
            "自2026-09-30(下一个工作日)0时起算,只计工作日",
            "counted from 2026-09-30 00:00, the next working day, working days only",
        );
        check(
            Period::WorkingDays(1),
            true,
            "自2026-09-30(下一个工作日)0时起算,只计工作日,末日之后的休息日不计用时",
            "counted from 2026-09-30 00:00, the next working day, working days only; the days off \
             after its last day are no time used",
        );
        check(
            Period::Years(1),
            false,
            "自2026-09-30(次日)0时起算,至对应日期24时止",
            "counted from 2026-09-30 00:00, the next day, to 24:00 of the corresponding date",
        );
    }
}
