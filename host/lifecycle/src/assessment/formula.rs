//! The formulas of the indicators (R64). Art. 31 wants them objective, fair, scientific and reasonable and
//! names none, so each says what it counts and what it leaves out. Their version names them, and every
//! reading of the open text that makes a figure another one (decision 0008).

mod readings;

use std::borrow::Cow;

use super::{Measure, Tally};
use crate::ruleset::{FailedReview, Options};

/// Version of the formulas as they stand here; with another formula it is another one.
const VERSION: &str = "2026-2";

/// The formulas in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formulas {
    /// Version with the readings that it is computed under, such as `2026-2+A-06`; shown with every
    /// figure, and figures of different ones do not compare.
    pub version: String,
    /// The formulas, in the order of columns.
    pub items: Vec<Formula>,
}

/// How an indicator is computed: one sum of counts over another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    /// Stable code, such as `on_time`.
    pub code: &'static str,
    /// Name in Chinese.
    pub zh: &'static str,
    /// Name in English.
    pub en: &'static str,
    /// What the value is counted in.
    pub unit: FormulaUnit,
    /// Counts above the line, added up.
    pub numerator: &'static [Measure],
    /// Counts below the line, added up.
    pub denominator: &'static [Measure],
    /// What is left out, in Chinese.
    pub excludes_zh: Cow<'static, str>,
    /// What is left out, in English.
    pub excludes_en: Cow<'static, str>,
}

/// What a value is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FormulaUnit {
    /// Thousandths of the denominator.
    Permille,
    /// Seconds for each of the denominator.
    Seconds,
}

impl FormulaUnit {
    /// Stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Permille => "permille",
            Self::Seconds => "seconds",
        }
    }

    /// As it stands behind a Chinese name.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Permille => "‰",
            Self::Seconds => "秒",
        }
    }
}

/// A value of an indicator, with what it was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    /// Above the line.
    pub numerator: i64,
    /// Below the line.
    pub denominator: i64,
    /// The value, rounded half up; none where nothing is below the line.
    pub value: Option<i64>,
}

impl Formula {
    /// The value for these counts.
    #[must_use]
    pub fn ratio(&self, tally: &Tally) -> Ratio {
        let numerator = tally.sum(self.numerator);
        let denominator = tally.sum(self.denominator);
        let scaled = match self.unit {
            FormulaUnit::Permille => numerator.saturating_mul(1000),
            FormulaUnit::Seconds => numerator,
        };
        let half = denominator.checked_div(2).unwrap_or(0);
        Ratio {
            numerator,
            denominator,
            value: scaled.saturating_add(half).checked_div(denominator),
        }
    }

    /// The formula in Chinese, such as `按时办结 ÷（按时办结＋逾期）`.
    #[must_use]
    pub fn text_zh(&self) -> String {
        let sum = |measures: &[Measure]| {
            let names: Vec<&str> = measures.iter().map(|measure| measure.zh()).collect();
            match names.as_slice() {
                [one] => (*one).to_owned(),
                more => format!("（{}）", more.join("＋")),
            }
        };
        format!("{} ÷ {}", sum(self.numerator), sum(self.denominator))
    }

    /// The formula by codes, such as `on_time / (on_time + late_unexcused)`.
    #[must_use]
    pub fn text_en(&self) -> String {
        let sum = |measures: &[Measure]| {
            let codes: Vec<&str> = measures.iter().map(|measure| measure.code()).collect();
            match codes.as_slice() {
                [one] => (*one).to_owned(),
                more => format!("({})", more.join(" + ")),
            }
        };
        format!("{} / {}", sum(self.numerator), sum(self.denominator))
    }
}

const TIMED: &[Measure] = &[
    Measure::OnTime,
    Measure::LateExcused,
    Measure::LateUnexcused,
];

impl Formulas {
    /// The formulas under these options: A-06 decides whether time in a review that failed is excused,
    /// and the others what the counts are made of.
    #[must_use]
    pub fn of(options: &Options) -> Self {
        use Measure as M;
        let (on_time, late): (&[M], &[M]) = match options.failed_review {
            FailedReview::Counts => (&[M::OnTime], &[M::LateExcused, M::LateUnexcused]),
            FailedReview::ExcusedInAssessment => {
                (&[M::OnTime, M::LateExcused], &[M::LateUnexcused])
            }
        };
        let mut items = of_timeliness(on_time, late);
        items.extend(OF_RETURNS);
        items.extend(OF_SATISFACTION);
        items.extend(OF_THE_CENTER);
        items.push(OF_ASSISTANCE);
        let mut formulas = Self {
            version: VERSION.to_owned(),
            items,
        };
        readings::say(options, &mut formulas);
        formulas
    }

    /// The formula of that code.
    #[must_use]
    pub fn formula(&self, code: &str) -> Option<&Formula> {
        self.items.iter().find(|formula| formula.code == code)
    }
}

fn of_timeliness(on_time: &'static [Measure], late: &'static [Measure]) -> Vec<Formula> {
    use Measure as M;
    let timed = |code, zh, en, numerator| Formula {
        code,
        zh,
        en,
        unit: FormulaUnit::Permille,
        numerator,
        denominator: TIMED,
        excludes_zh: Cow::Borrowed(
            "不计退回成立的、撤回且未逾期的、更正类型后重新计时的，以及尚未到期也未办结的",
        ),
        excludes_en: Cow::Borrowed(
            "approved returns, withdrawn orders without a miss, dispatches overtaken by a \
                      corrected type, and what is neither due nor done",
        ),
    };
    vec![
        timed("on_time", "按时办结率", "on-time rate", on_time),
        timed("overdue", "逾期率", "overdue rate", late),
        Formula {
            code: "verification",
            zh: "按时核查率",
            en: "rate of matters verified in time",
            unit: FormulaUnit::Permille,
            numerator: &[M::VerifiedOnTime],
            denominator: &[M::VerifiedOnTime, M::VerifiedLate],
            excludes_zh: Cow::Borrowed("不计无须核查的（表扬、再次办理）"),
            excludes_en: Cow::Borrowed(
                "what need not be verified: commendations and second handlings",
            ),
        },
        Formula {
            code: "handling_time",
            zh: "平均办理用时",
            en: "average working time used",
            unit: FormulaUnit::Seconds,
            numerator: &[M::WorkingSeconds],
            denominator: &[M::Completed],
            excludes_zh: Cow::Borrowed(
                "仅计审核通过的；按工作日计，每日24小时，追加情况后重新起算",
            ),
            excludes_en: Cow::Borrowed(
                "only what passed the review; working days of 24 hours, anew after a restart",
            ),
        },
        Formula {
            code: "extension",
            zh: "延期率",
            en: "rate of extended handlings",
            unit: FormulaUnit::Permille,
            numerator: &[M::Extended],
            denominator: &[M::Assignments],
            excludes_zh: Cow::Borrowed("不计尚未到期也未办结的"),
            excludes_en: Cow::Borrowed("what is neither due nor done"),
        },
    ]
}

const OF_RETURNS: [Formula; 3] = [
    Formula {
        code: "return",
        zh: "退回率",
        en: "return rate",
        unit: FormulaUnit::Permille,
        numerator: &[Measure::ReturnsApproved],
        denominator: &[Measure::Assignments],
        excludes_zh: Cow::Borrowed("不计待审的和无效的退回"),
        excludes_en: Cow::Borrowed("applications that wait or were rejected"),
    },
    Formula {
        code: "invalid_return",
        zh: "无效退回率",
        en: "rate of invalid returns",
        unit: FormulaUnit::Permille,
        numerator: &[Measure::ReturnsRejected],
        denominator: &[Measure::ReturnsApproved, Measure::ReturnsRejected],
        excludes_zh: Cow::Borrowed("不计待审的退回"),
        excludes_en: Cow::Borrowed("applications that wait"),
    },
    Formula {
        code: "rehandling",
        zh: "再次办理率",
        en: "re-handling rate",
        unit: FormulaUnit::Permille,
        numerator: &[Measure::Rehandled],
        denominator: &[Measure::FirstHandlings],
        excludes_zh: Cow::Borrowed("仅计首次办理审核通过的"),
        excludes_en: Cow::Borrowed("only first handlings that passed the review"),
    },
];

const OF_SATISFACTION: [Formula; 2] = [
    Formula {
        code: "satisfaction_1",
        zh: "首次满意率",
        en: "satisfaction after the first handling",
        unit: FormulaUnit::Permille,
        numerator: &[
            Measure::VerySatisfied1,
            Measure::Satisfied1,
            Measure::BasicallySatisfied1,
        ],
        denominator: &[
            Measure::VerySatisfied1,
            Measure::Satisfied1,
            Measure::BasicallySatisfied1,
            Measure::Dissatisfied1,
            Measure::VeryDissatisfied1,
        ],
        excludes_zh: Cow::Borrowed("不计撤回的、未评价的（含无效评价、逾期评价）、待评价的和表扬"),
        excludes_en: Cow::Borrowed(
            "withdrawn orders, unrated ones (invalid and late ratings among them), those still \
                      to be rated, and commendations",
        ),
    },
    Formula {
        code: "satisfaction_2",
        zh: "再次办理满意率",
        en: "satisfaction after the second handling",
        unit: FormulaUnit::Permille,
        numerator: &[
            Measure::VerySatisfied2,
            Measure::Satisfied2,
            Measure::BasicallySatisfied2,
        ],
        denominator: &[
            Measure::VerySatisfied2,
            Measure::Satisfied2,
            Measure::BasicallySatisfied2,
            Measure::Dissatisfied2,
            Measure::VeryDissatisfied2,
        ],
        excludes_zh: Cow::Borrowed("不计未评价的（含无效评价、逾期评价）和待评价的"),
        excludes_en: Cow::Borrowed(
            "unrated ones (invalid and late ratings among them) and those still to be rated",
        ),
    },
];

const OF_ASSISTANCE: Formula = Formula {
    code: "assistance",
    zh: "协办率",
    en: "rate of parts that assisting units handed in",
    unit: FormulaUnit::Permille,
    numerator: &[Measure::AssistancesGiven],
    denominator: &[Measure::AssistancesGiven, Measure::AssistancesMissed],
    excludes_zh: Cow::Borrowed(
        "不计已免除协办的、异议待定的，以及牵头单位尚未办结也未逾期的；工单责任仍在牵头单位",
    ),
    excludes_en: Cow::Borrowed(
        "units that were released or whose objection waits, and handlings that are neither \
                  completed nor late; the lead unit stays liable for the order",
    ),
};

const OF_THE_CENTER: [Formula; 5] = [
    Formula {
        code: "dispatch",
        zh: "热线按时转派率",
        en: "rate of orders that the centre dispatched or answered in time",
        unit: FormulaUnit::Permille,
        numerator: &[Measure::DispatchesOnTime],
        denominator: &[Measure::DispatchesOnTime, Measure::DispatchesLate],
        excludes_zh: Cow::Borrowed("仅计首次转派；热线自身指标，不计入承办单位"),
        excludes_en: Cow::Borrowed(
            "only the first dispatch; the centre's own, never charged to a unit",
        ),
    },
    Formula {
        code: "rating_offer",
        zh: "热线按时提供评价渠道率",
        en: "rate of rating channels that the centre offered in time",
        unit: FormulaUnit::Permille,
        numerator: &[Measure::RatingOffersOnTime],
        denominator: &[Measure::RatingOffersOnTime, Measure::RatingOffersLate],
        excludes_zh: Cow::Borrowed("不计评价前撤回的；热线自身指标，不计入承办单位"),
        excludes_en: Cow::Borrowed(
            "orders withdrawn before a rating; the centre's own, never charged to a unit",
        ),
    },
    Formula {
        code: "direct_answer",
        zh: "直接答复率",
        en: "rate of direct answers",
        unit: FormulaUnit::Permille,
        numerator: &[Measure::DirectAnswers],
        denominator: &[Measure::Orders],
        excludes_zh: Cow::Borrowed("不计因信息不全未登记的"),
        excludes_en: Cow::Borrowed("what was not registered for lack of information"),
    },
    Formula {
        code: "service_satisfaction",
        zh: "受理服务满意率",
        en: "satisfaction with the hotline's service",
        unit: FormulaUnit::Permille,
        numerator: &[Measure::ServiceSatisfied],
        denominator: &[Measure::ServiceSatisfied, Measure::ServiceDissatisfied],
        excludes_zh: Cow::Borrowed("不计未评价的；热线自身指标"),
        excludes_en: Cow::Borrowed("orders without such a rating; the centre's own"),
    },
    Formula {
        code: "review",
        zh: "热线目标时间内审核率",
        en: "rate of reviews that the centre decided within its target",
        unit: FormulaUnit::Permille,
        numerator: &[Measure::ReviewsOnTarget],
        denominator: &[Measure::ReviewsOnTarget, Measure::ReviewsBeyondTarget],
        excludes_zh: Cow::Borrowed(
            "不计待审核的和区热线工作机构的审核；法规未定审核期限，目标由规则设定，仅作参考",
        ),
        excludes_en: Cow::Borrowed(
            "reports that wait, and reviews of district offices; the target is the rule set's, \
                      the law sets no limit",
        ),
    },
];
