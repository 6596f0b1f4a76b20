//! What the text leaves open (catalogue §12): one named option each, with the default of the catalogue.
//! A centre that reads the text otherwise changes a value, not the code.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The options. Whatever is not here has one reading only, which the rule at its place explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// whether a limit in calendar days that ends on a day off ends later.
    pub calendar_day_end: CalendarDayEnd,
    /// when a matter that lacked information counts as registered.
    pub registration_instant: RegistrationInstant,
    /// whether the time of a review that fails counts for the unit.
    pub failed_review: FailedReview,
    /// between which instants of two calls the gap lies.
    pub attempt_gap: AttemptGap,
    /// by when a unit that ends an order early must do so.
    pub early_end_window: EarlyEndWindow,
    /// what becomes of a return after the unit's time.
    pub late_return: LateReturn,
    /// whether extensions count on after a restart at the same unit.
    pub extension_count: ExtensionCount,
    /// which returns open the coordination.
    pub return_count: ReturnCount,
}

impl Options {
    /// The defaults of the catalogue.
    #[must_use]
    pub const fn defaults() -> Self {
        Self {
            calendar_day_end: CalendarDayEnd::AsItFalls,
            registration_instant: RegistrationInstant::WhenSufficient,
            failed_review: FailedReview::Counts,
            attempt_gap: AttemptGap::EndToStart,
            early_end_window: EarlyEndWindow::Handling,
            late_return: LateReturn::RefusedUnlessAdmitted,
            extension_count: ExtensionCount::ContinuesAfterRestart,
            return_count: ReturnCount::DistinctUnits,
        }
    }
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarDayEnd {
    /// On the last day, day off or not: the text sets 自然日 against 工作日 on purpose (T4).
    AsItFalls,
    /// On the next working day, as Art. 203 of the Civil Code has it.
    OnAWorkingDay,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationInstant {
    /// When the information became sufficient.
    WhenSufficient,
    /// When the requester first made contact.
    AtFirstContact,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailedReview {
    /// Only a compliant report stops the clock (the text).
    Counts,
    /// The time in a review that failed is taken off when lateness is assessed; the miss stays on record.
    ExcusedInAssessment,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptGap {
    /// From the end of the last counted call to the start of the next.
    EndToStart,
    /// From start to start.
    StartToStart,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlyEndWindow {
    /// Classified within the time for verification, ended within the time for handling.
    Handling,
    /// Both within the time for verification.
    Verification,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateReturn {
    /// Refused, unless the centre admits it with its reason.
    RefusedUnlessAdmitted,
    /// Refused in any case.
    Refused,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtensionCount {
    /// Per assignment: the same unit must not gain extensions by restarts.
    ContinuesAfterRestart,
    /// Each restart allows them anew.
    BeginsAnewAfterRestart,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnCount {
    /// Approved returns by distinct units.
    DistinctUnits,
    /// Approved returns, by at least two units.
    AnyReturns,
}

/// A ground for ending an order early (R27). The wording of Art. 11(2) of the Measures could not be
/// obtained, so the grounds are data that a centre corrects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatutoryGround {
    /// Code, such as `P11_2_2`.
    pub code: String,
    /// Item of the Measures.
    pub parent_item: String,
    /// Title as clerks see it.
    pub title: String,
    /// Whether a document must be attached.
    pub evidence_required: bool,
    /// What the requester is told.
    pub guidance: String,
    /// From which day on it may be used.
    pub effective_from: NaiveDate,
}

impl StatutoryGround {
    /// Four grounds for the four items, titled as not verified.
    pub(crate) fn of_the_measures() -> Vec<Self> {
        let since = NaiveDate::from_ymd_opt(2022, 11, 1).unwrap_or_default();
        [
            (
                "P11_2_2",
                "二",
                "应通过诉讼、仲裁、复议等法定途径解决",
                "请通过相应的法定途径提出。",
            ),
            (
                "P11_2_3",
                "三",
                "已进入法定程序或者信访渠道",
                "该事项正在相应程序中处理，请向受理机关查询。",
            ),
            (
                "P11_2_4",
                "四",
                "涉及秘密、隐私，违法或者无实质内容",
                "该事项依法不能办理。",
            ),
            (
                "P11_2_5",
                "五",
                "《办法》规定的其他情形",
                "请按告知的途径办理。",
            ),
        ]
        .into_iter()
        .map(|(code, item, title, guidance)| Self {
            code: code.to_owned(),
            parent_item: format!("令191号第十一条第二款第{item}项"),
            title: format!("{title}（待核对）"),
            evidence_required: false,
            guidance: guidance.to_owned(),
            effective_from: since,
        })
        .collect()
    }
}
