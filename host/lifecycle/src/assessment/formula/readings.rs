//! Readings of the open text that make a figure another one: each stands in the version of the formulas, and
//! in what the formulas that it touches leave out. Options that only move a deadline are not here: the
//! deadline itself says under which rule set it was computed.

use super::{Formula, Formulas};
use crate::ruleset::{
    CallBack, CommendationCourse, FailedReview, LateAddition, Options, RatingChoiceCounts,
    ReturnReview, UnitEnded,
};

/// A reading other than the default.
struct Reading {
    /// Label of the catalogue.
    label: &'static str,
    /// Whether the options read it so.
    holds: bool,
    /// Codes of the formulas whose counts it changes.
    of: &'static [&'static str],
    /// What it leaves out, or lets in, in Chinese.
    zh: &'static str,
    /// And in English.
    en: &'static str,
}

const TIME: &[&str] = &["on_time", "overdue"];
const RATINGS: &[&str] = &["satisfaction_1", "satisfaction_2"];
const READ_ONLY: &[&str] = &["on_time", "overdue", "verification", "satisfaction_1"];

/// Writes the readings that hold into the version and the terms of the formulas.
pub(super) fn say(options: &Options, formulas: &mut Formulas) {
    for reading in readings(options).into_iter().filter(|it| it.holds) {
        formulas.version.push('+');
        formulas.version.push_str(reading.label);
        let items = formulas.items.iter_mut();
        items
            .filter(|it| reading.of.contains(&it.code))
            .for_each(|formula| add(formula, &reading));
    }
}

fn add(formula: &mut Formula, reading: &Reading) {
    let Reading { label, zh, en, .. } = reading;
    let (old_zh, old_en) = (&formula.excludes_zh, &formula.excludes_en);
    formula.excludes_zh = format!("{old_zh}；{zh}（{label}）").into();
    formula.excludes_en = format!("{old_en}; {en} ({label})").into();
}

#[expect(clippy::too_many_lines, reason = "a table with a row for each reading")]
fn readings(options: &Options) -> [Reading; 7] {
    let reading = |label, holds, of, (zh, en)| Reading {
        label,
        holds,
        of,
        zh,
        en,
    };
    [
        reading(
            "A-06",
            options.failed_review == FailedReview::ExcusedInAssessment,
            TIME,
            (
                "审核未通过所用的时间不计",
                "the time of reviews that failed",
            ),
        ),
        reading(
            "A-09",
            options.unit_ended == UnitEnded::NotRated,
            RATINGS,
            (
                "承办单位未办理即结束的不评价",
                "what a unit ended without handling it, which nobody rates",
            ),
        ),
        reading(
            "A-13",
            options.return_review == ReturnReview::ExcusedInAssessment,
            TIME,
            (
                "退回未获准的，等待审核的时间不计",
                "the time in which a return waited that was refused",
            ),
        ),
        reading(
            "A-17",
            options.late_addition == LateAddition::UndoesTheMiss,
            TIME,
            (
                "逾期后追加情况影响办理的，原逾期不计",
                "misses before an addition that affects the handling",
            ),
        ),
        reading(
            "A-18",
            options.commendation == CommendationCourse::AsOtherMatters,
            READ_ONLY,
            (
                "表扬按其他事项办理的，一并计入",
                "not left out: commendations handled as other matters",
            ),
        ),
        reading(
            "A-19",
            options.rating_choice == RatingChoiceCounts::Last,
            RATINGS,
            (
                "多次评价的只计最后一次",
                "ratings before the last one in time",
            ),
        ),
        reading(
            "A-26",
            options.call_back == CallBack::ReplacesRating,
            RATINGS,
            (
                "回访时另作评价的，原评价不计",
                "ratings that a call-back replaced",
            ),
        ),
    ]
}
