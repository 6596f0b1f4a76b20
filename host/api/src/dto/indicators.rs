//! Indicators for assessment and the forecast of deadlines (Art. 31), as JSON and as CSV.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lifecycle::assessment::{FormulaUnit, Measure};
use lifecycle::ids::{DistrictCode, UnitCode};
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::dto::deadlines::Texts;
use crate::dto::vocabulary::vocabulary;
use crate::dto::{OrderType, Time};

vocabulary! {
    /// What the rows stand for.
    GroupBy = engine::GroupBy {
        Unit = "unit" "每个承办单位一行，热线中心自身指标另成一行",
        District = "district" "每个行政区一行",
        OrderType = "order_type" "每种工单类型一行",
        Month = "month" "每月一行",
        All = "all" "合计一行",
    }

    /// What a value is counted in.
    ValueUnit = FormulaUnit {
        Permille = "permille" "千分比",
        Seconds = "seconds" "秒",
    }
}

/// The form of the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    /// One JSON object.
    #[default]
    Json,
    /// A table: RFC 4180, UTF-8, with a header.
    Csv,
}

/// Which indicators; every parameter that is given must hold.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IndicatorParameters {
    /// First local date of the period.
    #[param(value_type = String, format = Date, example = "2026-09-01")]
    pub from: NaiveDate,
    /// Last local date of the period, inclusive.
    #[param(value_type = String, format = Date, example = "2026-09-30")]
    pub until: NaiveDate,
    /// What the rows stand for; `unit` if not given.
    pub by: Option<GroupBy>,
    /// The form of the answer; `json` if not given.
    pub format: Option<ReportFormat>,
    /// Of this handling unit.
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// Of orders from this district.
    #[param(value_type = Option<String>)]
    pub district: Option<DistrictCode>,
    /// Of orders of this type.
    pub order_type: Option<OrderType>,
    /// Only bodies to which the Rules apply by reference (Art. 44), or only all others.
    pub by_reference: Option<bool>,
}

impl From<IndicatorParameters> for engine::IndicatorQuery {
    fn from(it: IndicatorParameters) -> Self {
        Self {
            from: it.from,
            until: it.until,
            by: it.by.unwrap_or(GroupBy::Unit).into(),
            unit: it.unit,
            district: it.district,
            order_type: it.order_type.map(Into::into),
            by_reference: it.by_reference,
        }
    }
}

/// How far the forecast reaches, and of whom.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ForecastParameters {
    /// So many working days, the present one among them; 10 if not given.
    #[param(minimum = 1, maximum = 60, default = 10)]
    pub days: Option<u16>,
    /// Of this handling unit.
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// Of orders from this district.
    #[param(value_type = Option<String>)]
    pub district: Option<DistrictCode>,
}

/// Indicators of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Indicators {
    /// First local date.
    #[schema(value_type = String, example = "2026-09-01")]
    pub from: NaiveDate,
    /// Last local date, inclusive.
    #[schema(value_type = String, example = "2026-09-30")]
    pub until: NaiveDate,
    /// What the rows stand for.
    pub by: GroupBy,
    /// Version of the formulas.
    #[schema(example = "2026-2")]
    pub formulas_version: String,
    /// The formulas, with what each leaves out.
    pub formulas: Vec<Formula>,
    /// The rows, by key.
    pub rows: Vec<IndicatorRow>,
}

/// A formula: one sum of counts over another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Formula {
    /// Stable code.
    #[schema(example = "on_time")]
    pub code: String,
    /// Its name.
    pub name: Texts,
    /// What the value is counted in.
    pub unit: ValueUnit,
    /// The formula, by the names and by the codes of the counts.
    pub formula: Texts,
    /// What is left out.
    pub leaves_out: Texts,
}

/// A row of indicators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndicatorRow {
    /// Code of the unit, district or type, or the month; none for the centre, an unknown district, and
    /// everything together.
    pub key: Option<String>,
    /// Its name in Chinese.
    pub name: Option<String>,
    /// Whether it is about bodies to which the Rules apply by reference; they are assessed apart
    /// (Art. 44).
    pub by_reference: bool,
    /// The indicators, in the order of the formulas.
    pub indicators: Vec<Indicator>,
    /// Everything that was counted, by code; 0 is left out.
    pub counts: BTreeMap<String, i64>,
}

/// The value of an indicator, and what it was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Indicator {
    /// Code of the formula.
    #[schema(example = "on_time")]
    pub code: String,
    /// Above the line.
    pub numerator: i64,
    /// Below the line.
    pub denominator: i64,
    /// The value in whole permille or seconds, rounded half up; none where nothing is below the line.
    pub value: Option<i64>,
}

impl From<engine::Indicators> for Indicators {
    fn from(it: engine::Indicators) -> Self {
        let texts = |zh: &str, en: &str| Texts {
            zh: zh.to_owned(),
            en: en.to_owned(),
        };
        let items = it.formulas.items;
        let rows = it.rows.into_iter().map(|row| IndicatorRow {
            key: row.key,
            name: row.name,
            by_reference: row.by_reference,
            indicators: items
                .iter()
                .zip(&row.values)
                .map(|(formula, ratio)| Indicator {
                    code: formula.code.to_owned(),
                    numerator: ratio.numerator,
                    denominator: ratio.denominator,
                    value: ratio.value,
                })
                .collect(),
            counts: Measure::ALL
                .iter()
                .map(|measure| (measure.code().to_owned(), row.tally.get(*measure)))
                .filter(|(_, count)| *count != 0)
                .collect(),
        });
        Self {
            from: it.from,
            until: it.until,
            by: it.by.into(),
            formulas_version: it.formulas.version,
            rows: rows.collect(),
            formulas: items
                .iter()
                .map(|formula| Formula {
                    code: formula.code.to_owned(),
                    name: texts(formula.zh, formula.en),
                    unit: formula.unit.into(),
                    formula: texts(&formula.text_zh(), &formula.text_en()),
                    leaves_out: texts(&formula.excludes_zh, &formula.excludes_en),
                })
                .collect(),
        }
    }
}

impl Indicators {
    /// The same as a table: RFC 4180, a header, a line for each row. A column's header is its stable
    /// code, a space, and its name in Chinese; every column is always there. It begins with the byte
    /// order mark of UTF-8 (RFC 3629, 6): without it Excel takes the file for one in the code page of
    /// the machine, and shows no Chinese.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut head = vec![
            "key 代码".to_owned(),
            "name 名称".to_owned(),
            "by_reference 参照适用".to_owned(),
            "from 起始日期".to_owned(),
            "until 截止日期".to_owned(),
            "formulas 公式版本".to_owned(),
        ];
        for Formula {
            code, name, unit, ..
        } in &self.formulas
        {
            let (unit, sign) = match unit {
                ValueUnit::Permille => (unit.word(), FormulaUnit::Permille.zh()),
                ValueUnit::Seconds => (unit.word(), FormulaUnit::Seconds.zh()),
            };
            head.push(format!("{code}.{unit} {}（{sign}）", name.zh));
            head.push(format!("{code}.numerator {}分子", name.zh));
            head.push(format!("{code}.denominator {}分母", name.zh));
        }
        let counts = Measure::ALL.iter();
        head.extend(counts.map(|measure| format!("{} {}", measure.code(), measure.zh())));
        let rows = self.rows.iter().map(|row| self.cells(row));
        let lines = std::iter::once(head).chain(rows);
        let lines = lines.map(|cells| csv_line(&cells));
        std::iter::once(BYTE_ORDER_MARK.to_owned())
            .chain(lines)
            .collect()
    }

    fn cells(&self, row: &IndicatorRow) -> Vec<String> {
        let mut cells = vec![
            row.key.clone().unwrap_or_default(),
            row.name.clone().unwrap_or_default(),
            row.by_reference.to_string(),
            self.from.to_string(),
            self.until.to_string(),
            self.formulas_version.clone(),
        ];
        for formula in &self.formulas {
            let value = row.indicators.iter().find(|it| it.code == formula.code);
            let value_cell = value.and_then(|it| it.value).map(|value| value.to_string());
            cells.push(value_cell.unwrap_or_default());
            cells.push(value.map_or(0, |it| it.numerator).to_string());
            cells.push(value.map_or(0, |it| it.denominator).to_string());
        }
        let count = |measure: &Measure| row.counts.get(measure.code()).copied().unwrap_or(0);
        cells.extend(Measure::ALL.iter().map(|it| count(it).to_string()));
        cells
    }
}

/// Tells readers of a file that it is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A line of CSV with its end. What could be taken for a separator is quoted (RFC 4180).
fn csv_line(cells: &[String]) -> String {
    let cells: Vec<String> = cells
        .iter()
        .map(|cell| {
            if cell.contains(['"', ',', '\r', '\n']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        })
        .collect();
    format!("{}\r\n", cells.join(","))
}

/// Deadlines of handling that end soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Forecast {
    /// As of when.
    pub at: Time,
    /// Those that have ended already, by unit. What is under review among them is overdue only if the
    /// report came in late, or fails.
    pub ended: Vec<UnitForecast>,
    /// Those that end on each day: every working day, the present one too, and days off on which one
    /// ends. It stops at a day that is not announced.
    pub days: Vec<ForecastDay>,
}

/// The deadlines that end on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForecastDay {
    /// The day; where it is unannounced, this and everything after it.
    #[schema(value_type = String, example = "2026-10-09")]
    pub date: NaiveDate,
    /// What kind of day it is.
    pub kind: ForecastDayKind,
    /// What is not known, where it is unannounced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Texts>,
    /// The deadlines, by unit.
    pub units: Vec<UnitForecast>,
}

/// The deadlines of one unit, and how far it has come with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitForecast {
    /// The unit.
    pub unit: String,
    /// Its name.
    pub name: Option<String>,
    /// All deadlines that end then.
    pub ending: u64,
    /// Of these: not submitted, or not passed on by the district's office.
    pub not_submitted: u64,
    /// Of those not submitted: the requester was not told the result yet.
    pub no_reply: u64,
    /// Of those not submitted: an application to return waits for the centre.
    pub return_requested: u64,
    /// Under review by the centre; if the report fails, the clock never stopped.
    pub under_review: u64,
    /// Provisional: a year that is not announced may move them.
    pub provisional: u64,
}

/// What kind of day it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForecastDayKind {
    /// A working day.
    Working,
    /// A day off.
    Off,
    /// No notice has announced it.
    Unannounced,
}

impl PartialSchema for ForecastDayKind {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(["working", "off", "unannounced"]))
            .description(Some(
                "- `working`: 工作日\n- `off`: 非工作日\n- `unannounced`: 放假安排尚未公布",
            ))
            .into()
    }
}

impl ToSchema for ForecastDayKind {}

impl From<engine::Forecast> for Forecast {
    fn from(it: engine::Forecast) -> Self {
        let units = |units: Vec<engine::UnitForecast>| units.into_iter().map(Into::into).collect();
        let days = it.days.into_iter().map(|day| {
            let (kind, note) = match day.kind {
                engine::DayOfForecast::Working => (ForecastDayKind::Working, None),
                engine::DayOfForecast::Off => (ForecastDayKind::Off, None),
                engine::DayOfForecast::Unannounced { year } => {
                    (ForecastDayKind::Unannounced, Some(unannounced(year)))
                }
            };
            ForecastDay {
                date: day.date,
                kind,
                note,
                units: units(day.units),
            }
        });
        Self {
            at: it.at.into(),
            days: days.collect(),
            ended: units(it.ended),
        }
    }
}

fn unannounced(year: i32) -> Texts {
    Texts {
        zh: format!("{year}年放假安排尚未公布，自该日起的期限均为暂定，导入后可能变动"),
        en: format!(
            "the holidays of {year} are not announced; deadlines from this day on are provisional and \
             may move when the notice is imported"
        ),
    }
}

impl From<engine::UnitForecast> for UnitForecast {
    fn from(it: engine::UnitForecast) -> Self {
        Self {
            unit: it.unit.to_string(),
            name: it.name,
            ending: it.ending,
            not_submitted: it.not_submitted,
            no_reply: it.no_reply,
            return_requested: it.return_requested,
            under_review: it.under_review,
            provisional: it.provisional,
        }
    }
}
