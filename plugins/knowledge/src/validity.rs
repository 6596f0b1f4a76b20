//! Validity (Art. 35).

use chrono::{Months, NaiveDate};
use sdk::CivilDate;
use sdk::knowledge::{Field, Point, PointKind};

use crate::report::Report;
use crate::settings::{Code, Settings};

/// A finding's message has at most 500 characters, whatever a unit wrote as its reason.
const REASON_CHARS_MAX: usize = 100;

pub(crate) fn check(settings: &Settings, point: &Point, report: &mut Report<'_>) {
    let today = date(point.today, Field::Point, "检查日期", report);
    let from = date(point.valid_from, Field::ValidFrom, "生效日期", report);
    let until = date(point.valid_until, Field::ValidUntil, "失效日期", report);
    let (Some(today), Some(from), Some(until)) = (today, from, until) else {
        return;
    };
    if until < from {
        let message = format!("失效日期{until}早于生效日期{from}");
        report.add(Code::Reversed, Field::ValidUntil, None, message);
        return;
    }
    let left_days = until.signed_duration_since(today).num_days();
    if left_days < 0 {
        let message = format!("有效期已于{until}届满，过期知识点不得用于答复");
        report.add(Code::Expired, Field::ValidUntil, None, message);
    } else if left_days < i64::from(settings.ends_soon_days) {
        let message = format!("有效期还剩{left_days}天（至{until}），请确认是否继续有效");
        report.add(Code::EndsSoon, Field::ValidUntil, None, message);
    }
    let months = settings.validity_months.get(point.kind);
    let Some(latest) = latest(from, months) else {
        return;
    };
    if until <= latest {
        return;
    }
    let excess = format!(
        "{}有效期原则上不超过{}，自{from}起最晚至{latest}（第三十五条）",
        kind_name(point.kind),
        span(months),
    );
    match point.longer_validity_reason.as_deref().map(str::trim) {
        None | Some("") => {
            let message = format!("{excess}；确需更长的请填写理由");
            report.add(Code::ValidityTooLong, Field::ValidUntil, None, message);
        }
        Some(reason) => {
            let mut shown: String = reason.chars().take(REASON_CHARS_MAX).collect();
            if shown.len() < reason.len() {
                shown.push('…');
            }
            let message = format!("{excess}；承办单位理由：{shown}，请热线中心审核");
            report.add(
                Code::ValidityLongWithReason,
                Field::ValidUntil,
                None,
                message,
            );
        }
    }
}

/// The last day of so many months: the corresponding date, or the month's end where there is none.
fn latest(from: NaiveDate, months: u32) -> Option<NaiveDate> {
    from.checked_add_months(Months::new(months))
}

fn date(date: CivilDate, field: Field, name: &str, report: &mut Report<'_>) -> Option<NaiveDate> {
    let naive = date.to_naive();
    if naive.is_none() {
        let CivilDate { year, month, day } = date;
        let message = format!("{name}{year}-{month}-{day}不存在");
        report.add(Code::NoSuchDate, field, None, message);
    }
    naive
}

/// The regulation's own words (Art. 35).
fn kind_name(kind: PointKind) -> &'static str {
    match kind {
        PointKind::Policy => "政策法规",
        PointKind::ServiceGuide => "办事指南",
        PointKind::AnswerScript => "具体事项答复口径",
        PointKind::Interpretation => "业务解读等知识点",
    }
}

/// `5年` or `6个月`.
fn span(months: u32) -> String {
    if months.is_multiple_of(12) {
        format!("{}年", months / 12)
    } else {
        format!("{months}个月")
    }
}
