//! What the text leaves open (catalogue, A-01 to A-30): one named option each, with the default of the catalogue.
//! A centre that reads the text otherwise changes a value, not the code.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The options. Whatever is not here has one reading only, which the rule at its place explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// whether a limit in calendar days that ends on a day off ends later.
    pub calendar_day_end: CalendarDayEnd,
    /// whether the days off after the last day are late already.
    pub lateness: Lateness,
    /// from when on a unit has an order.
    pub receipt: Receipt,
    /// when a matter that lacked information counts as registered.
    pub registration_instant: RegistrationInstant,
    /// whether the time of a review that fails counts for the unit.
    pub failed_review: FailedReview,
    /// between which instants of two calls the gap lies.
    pub attempt_gap: AttemptGap,
    /// after which call a further one counts.
    pub attempt_base: AttemptBase,
    /// whether what a unit ended without handling it is rated.
    pub unit_ended: UnitEnded,
    /// by when a unit that ends an order early must do so.
    pub early_end_window: EarlyEndWindow,
    /// what becomes of a return after the unit's time.
    pub late_return: LateReturn,
    /// whether extensions count on after a restart at the same unit.
    pub extension_count: ExtensionCount,
    /// whether the time in which the centre decides on a return counts for the unit.
    pub return_review: ReturnReview,
    /// which returns open the coordination.
    pub return_count: ReturnCount,
    /// whether the centre approves an extension.
    pub extension_approval: ExtensionApproval,
    /// from when a second extension counts.
    pub second_extension: SecondExtension,
    /// whether an addition after the due instant undoes the miss.
    pub late_addition: LateAddition,
    /// what is done with a commendation.
    pub commendation: CommendationCourse,
    /// which of several ratings counts.
    pub rating_choice: RatingChoiceCounts,
    /// whether the centre may leave a dissatisfied requester's order ended.
    pub send_back: SendBackDuty,
    /// what becomes of the periods when the type is corrected at a unit.
    pub reclassified_periods: ReclassifiedPeriods,
    /// whether what a requester says in a call-back changes the rating.
    pub call_back: CallBack,
    /// after which round a unit may file a diligence statement.
    pub statement_round: StatementRound,
    /// whether a matter is taken without a name where no rule wants one.
    pub anonymous: Anonymous,
    /// what a call is that ended before everything was said.
    pub incomplete_call: IncompleteCall,
}

impl Options {
    /// The defaults of the catalogue.
    #[must_use]
    pub const fn defaults() -> Self {
        Self {
            calendar_day_end: CalendarDayEnd::AsItFalls,
            lateness: Lateness::Instants,
            receipt: Receipt::AtDispatch,
            registration_instant: RegistrationInstant::WhenSufficient,
            failed_review: FailedReview::Counts,
            attempt_gap: AttemptGap::EndToStart,
            attempt_base: AttemptBase::LastCounted,
            unit_ended: UnitEnded::Rated,
            early_end_window: EarlyEndWindow::Handling,
            late_return: LateReturn::RefusedUnlessAdmitted,
            extension_count: ExtensionCount::ContinuesAfterRestart,
            return_review: ReturnReview::Counts,
            return_count: ReturnCount::DistinctUnits,
            extension_approval: ExtensionApproval::NotNeeded,
            second_extension: SecondExtension::FromTheEndOfTheFirst,
            late_addition: LateAddition::MissStays,
            commendation: CommendationCourse::ReadOnly,
            rating_choice: RatingChoiceCounts::First,
            send_back: SendBackDuty::CentreDecides,
            reclassified_periods: ReclassifiedPeriods::Anew,
            call_back: CallBack::KeepsRating,
            statement_round: StatementRound::Second,
            anonymous: Anonymous::Accepted,
            incomplete_call: IncompleteCall::AwaitsInformation,
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
pub enum Lateness {
    /// Whatever happens after 24:00 of the last day is late, on a day off too.
    Instants,
    /// Only working time beyond the limit is late: on the days off after the last day nothing is.
    WorkingTime,
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
    /// Per order: those of every unit before count too.
    PerOrder,
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

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    /// With the dispatch (Art. 15 counts from it; a signature could be delayed at will).
    AtDispatch,
    /// When the unit says that the matter is its own. Silence delays nothing: then the dispatch counts.
    AtAcceptance,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptBase {
    /// After the last call that counted, so that a call in between neither helps nor harms.
    LastCounted,
    /// After the last call, whether it counted or not.
    LastAttempt,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitEnded {
    /// It is reviewed and rated: Art. 29(3) presupposes it.
    Rated,
    /// It is reviewed, and the order ends with that.
    NotRated,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReview {
    /// The clock runs on, and the time counts (办理时限不重新计算).
    Counts,
    /// The clock runs on; where the return is refused, the time is taken off when lateness is assessed.
    ExcusedInAssessment,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtensionApproval {
    /// It does not: the conditions are checked, and the centre sees it.
    NotNeeded,
    /// It does, and the unit names the document.
    Center,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondExtension {
    /// From the end of the first extension; otherwise it would be empty.
    FromTheEndOfTheFirst,
    /// From the expiry of the period before the first extension.
    FromTheFirstExpiry,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateAddition {
    /// It is a fact; only the period begins anew.
    MissStays,
    /// The miss no longer counts; the journal keeps it.
    UndoesTheMiss,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommendationCourse {
    /// The unit reads it, and that ends it (阅处后结束).
    ReadOnly,
    /// It is verified, replied to, reported, reviewed and rated within the periods of other matters.
    AsOtherMatters,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatingChoiceCounts {
    /// The first valid one; it is applied at once.
    First,
    /// The last valid one within the time; it is applied when the time is over.
    Last,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendBackDuty {
    /// It may, with its reason (可以发回).
    CentreDecides,
    /// Only on one of the six grounds of Art. 29(3).
    UnlessExcluded,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReclassifiedPeriods {
    /// They begin anew with the periods of the new type, as with a new dispatch.
    Anew,
    /// They stay as they are.
    Kept,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallBack {
    /// It does not: the requester chooses once.
    KeepsRating,
    /// The rating that the requester gives in it takes the place of the first.
    ReplacesRating,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementRound {
    /// Only after the second rating.
    Second,
    /// After the first too, where the order is not sent back.
    Any,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anonymous {
    /// It is (Art. 9(2)).
    Accepted,
    /// It is not.
    Refused,
}

///
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncompleteCall {
    /// It waits for what is missing, and is registered then (Art. 12).
    AwaitsInformation,
    /// It is registered; what is missing is the centre’s to ask for.
    Registered,
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
