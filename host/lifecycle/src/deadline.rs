//! A deadline with everything that explains it (T12).

use std::fmt;

use calendar::{Calendar, Due, Period};
use chrono::{DateTime, NaiveDate, Utc};
use contract::types::OrderType;
use serde::{Deserialize, Serialize};

use crate::command::{Dispute, SupervisionCase};
use crate::decide::Context;
use crate::ruleset::{CalendarDayEnd, Lateness, RuleSet};

/// What a deadline is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineKind {
    /// The centre dispatches (Art. 13).
    Dispatch,
    /// The unit verifies whether the matter is its own (Art. 16).
    Verification,
    /// The unit handles, replies and submits (Art. 14, 15).
    Handling,
    /// The centre offers a rating channel (Art. 27(2)).
    RatingOffer,
    /// The requester rates (Art. 27(3)).
    Rating,
    /// The requester supplies what is missing, after a notice (Art. 12(2)).
    Information,
    /// The lead unit names the assisting units (Art. 17(3)).
    Assistance,
    /// An authority gives its guidance opinion (Art. 18).
    Opinion,
    /// The unit files its diligence statement (Art. 30(3)).
    DiligenceStatement,
    /// A unit answers a supervision (Art. 25).
    Supervision,
    /// The guidance unit answers a supervision (Art. 25(2)(4)).
    GuidanceFeedback,
}

impl DeadlineKind {
    /// Stable name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dispatch => "dispatch",
            Self::Verification => "verification",
            Self::Handling => "handling",
            Self::RatingOffer => "rating_offer",
            Self::Rating => "rating",
            Self::Information => "information",
            Self::Assistance => "assistance",
            Self::Opinion => "opinion",
            Self::DiligenceStatement => "diligence_statement",
            Self::Supervision => "supervision",
            Self::GuidanceFeedback => "guidance_feedback",
        }
    }

    /// The rule of the catalogue that sets this deadline for a type of order. A commendation is no
    /// consultation, so R20 and R22 hold for it.
    #[must_use]
    pub const fn rule(self, order_type: OrderType) -> Rule {
        let consultation = matches!(order_type, OrderType::Consultation);
        match self {
            Self::Dispatch if consultation => Rule::new("R19", "第十三条第一项"),
            Self::Dispatch => Rule::new("R20", "第十三条第二项"),
            Self::Verification => Rule::new("R26", "第十六条"),
            Self::Handling if consultation => Rule::new("R21", "第十四条第一项"),
            Self::Handling => Rule::new("R22", "第十四条第二项"),
            Self::RatingOffer => Rule::new("R56", "第二十七条第二项"),
            Self::Rating => Rule::new("R57", "第二十七条第三项"),
            Self::Information => Rule::new("R16", "第十二条第二款"),
            Self::Assistance => Rule::new("R32", "第十七条第三款"),
            Self::Opinion => Rule::new("R34", "第十八条第一款"),
            Self::DiligenceStatement => Rule::new("R63", "第三十条第三款"),
            Self::Supervision => Rule::new("R47", "第二十五条第一款"),
            Self::GuidanceFeedback => Rule::new("R51", "第二十五条第二款第四项"),
        }
    }
}

impl fmt::Display for DeadlineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A rule of the catalogue with its article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Number in the rule catalogue, such as `R22`.
    pub id: &'static str,
    /// Article of the implementing rules.
    pub article: &'static str,
}

impl Rule {
    /// A handling period set by another document, whatever the type of the order (R23).
    pub const SPECIAL_LIMIT: Self = Self::new("R23", "第十四条第三项");
    /// The handling period anew, at the unit that a returned order goes to (R30).
    pub const REDISPATCH: Self = Self::new("R30", "第十七条第二款");
    /// The handling period of a lead unit (R32).
    pub const LEAD: Self = Self::new("R32", "第十七条第三款");
    /// The handling period of the unit that coordination determined (R34).
    pub const DETERMINED: Self = Self::new("R34", "第十八条第一款");
    /// An extension of the handling period (R37).
    pub const EXTENSION: Self = Self::new("R37", "第十九条");
    /// The handling period anew, from the receipt of an addition (R38).
    pub const RESTART: Self = Self::new("R38", "第二十条第一项");
    /// The period of the second handling (R59).
    pub const REHANDLING: Self = Self::new("R59", "第二十九条第二款");

    /// The period of a case of supervision (R47–R51).
    #[must_use]
    pub const fn of_supervision(case: SupervisionCase) -> Self {
        match case {
            SupervisionCase::Overdue => Self::new("R48", "第二十五条第二款第一项"),
            SupervisionCase::FeedbackInadequate => Self::new("R49", "第二十五条第二款第二项"),
            SupervisionCase::LongTerm => Self::new("R50", "第二十五条第二款第三项"),
            SupervisionCase::StatementObjection => Self::new("R51", "第二十五条第二款第四项"),
            SupervisionCase::Other { .. } => Self::new("R47", "第二十五条第一款"),
        }
    }

    /// The period of an authority's opinion (R34).
    #[must_use]
    pub const fn of_dispute(dispute: Dispute) -> Self {
        match dispute {
            Dispute::InterDistrict => Self::new("R34", "第十八条第一款第一项"),
            Dispute::DutyDivision => Self::new("R34", "第十八条第一款第二项"),
            Dispute::LegalApplication => Self::new("R34", "第十八条第一款第三项"),
        }
    }

    const fn new(id: &'static str, article: &'static str) -> Self {
        Self { id, article }
    }
}

/// A deadline: its instant, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// What it is for.
    pub kind: DeadlineKind,
    /// Rule of the catalogue that sets it, such as `R22`.
    pub rule: String,
    /// Article of the implementing rules, such as `第十四条第二项`.
    pub article: String,
    /// Position in the journal of the event that started the period.
    pub trigger_seq: u64,
    /// When that event happened.
    pub trigger_at: DateTime<Utc>,
    /// Length of the period.
    pub period: Period,
    /// Of an extension: the end of the period before it, from which it counts (R37).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_from: Option<DateTime<Utc>>,
    /// Due instant, start of the clock, counted days, calendar version, provisional or not.
    #[serde(flatten)]
    pub due: Due,
    /// From when the deadline is "due soon" and the escalation plugins are asked, 00:00 of a working
    /// day after the trigger's; only for handling, and only where such a morning lies before the due
    /// instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_at: Option<DateTime<Utc>>,
    /// Rule set that it was computed under.
    pub rule_set: String,
    /// Whether that rule set was in force at the trigger; where none was, the nearest one is used and
    /// the deadline says so.
    pub rule_set_in_force: bool,
}

impl Deadline {
    /// Computes a deadline of a kind: due instant and warning, all as of `trigger_at` (T12, T13).
    ///
    /// # Errors
    /// What the calendar finds wrong with the period.
    pub fn compute(
        kind: DeadlineKind,
        order_type: OrderType,
        (rule, period): (Rule, Period),
        (trigger_seq, trigger_at): (u64, DateTime<Utc>),
        context: &Context<'_>,
    ) -> Result<Self, calendar::Error> {
        let rules = context.rules.at(trigger_at);
        let due = due(trigger_at, period, rules, context.calendar)?;
        let mut deadline = Self {
            kind,
            rule: rule.id.to_owned(),
            article: rule.article.to_owned(),
            trigger_seq,
            trigger_at,
            period,
            counted_from: None,
            due,
            warn_at: None,
            rule_set: rules.version.clone(),
            rule_set_in_force: rules.in_force_at(trigger_at),
        };
        deadline.warn_at = deadline.warning(order_type, rules, context)?;
        Ok(deadline)
    }

    /// The deadline that takes the place of this one when it is extended (R37): the extension counts
    /// from `expiry`, that of the period before it, whenever it was filed.
    ///
    /// # Errors
    /// What the calendar finds wrong with the period.
    pub fn extended(
        &self,
        order_type: OrderType,
        period: Period,
        (expiry, (trigger_seq, trigger_at)): (DateTime<Utc>, (u64, DateTime<Utc>)),
        context: &Context<'_>,
    ) -> Result<Self, calendar::Error> {
        let rules = context.rules.at(trigger_at);
        let mut deadline = Self {
            kind: self.kind,
            rule: Rule::EXTENSION.id.to_owned(),
            article: Rule::EXTENSION.article.to_owned(),
            trigger_seq,
            trigger_at,
            period,
            counted_from: Some(expiry),
            due: due_after(expiry, period, rules, context.calendar)?,
            warn_at: None,
            rule_set: rules.version.clone(),
            rule_set_in_force: rules.in_force_at(trigger_at),
        };
        // An extension of a provisional period moves with it.
        deadline.due.provisional |= self.due.provisional;
        deadline.warn_at = deadline.warning(order_type, rules, context)?;
        Ok(deadline)
    }

    /// True if an event at `event` is late: strictly later than the due instant (Art. 15, T8).
    #[must_use]
    pub fn is_late(&self, event: DateTime<Utc>) -> bool {
        self.due.is_late(event)
    }

    /// From when the deadline is due soon. With a limit shorter than the time before it, from the first
    /// working-day morning after the trigger; a limit without such a morning is never due soon.
    pub(crate) fn warning(
        &self,
        order_type: OrderType,
        rules: &RuleSet,
        context: &Context<'_>,
    ) -> Result<Option<DateTime<Utc>>, calendar::Error> {
        if self.kind != DeadlineKind::Handling {
            return Ok(None);
        }
        let days = rules.due_soon_days(order_type);
        let due_at = self.due.due_at;
        let soon = context.calendar.due_soon_at(due_at, days)?;
        let next_day = context
            .calendar
            .due(self.trigger_at, Period::WorkingDays(1))?;
        let at = soon.max(next_day.clock_start);
        Ok((at < due_at).then_some(at))
    }
}

/// The due instant of a period as the rule set reads the text. For other aggregates, which
/// have deadlines of their own.
///
/// # Errors
/// What the calendar finds wrong with the period.
pub fn due(
    trigger_at: DateTime<Utc>,
    period: Period,
    rules: &RuleSet,
    calendar: &Calendar,
) -> Result<Due, calendar::Error> {
    as_read(calendar.due(trigger_at, period)?, period, rules, calendar)
}

/// The due instant of an extension, counted from the expiry before it (R37).
pub(crate) fn due_after(
    expiry: DateTime<Utc>,
    period: Period,
    rules: &RuleSet,
    calendar: &Calendar,
) -> Result<Due, calendar::Error> {
    let due = calendar.due_after(expiry, period)?;
    as_read(due, period, rules, calendar)
}

/// The due instant as the rule set reads the text. A limit in calendar days that ends on a day off may
/// end with the next working day. Where lateness is working time beyond the limit, nothing is
/// late before the next working day begins.
fn as_read(
    mut due: Due,
    period: Period,
    rules: &RuleSet,
    calendar: &Calendar,
) -> Result<Due, calendar::Error> {
    let options = &rules.options;
    let Some(last) = due.counted.last() else {
        return Ok(due);
    };
    let next_after = |day: NaiveDate| {
        let instant = calendar::midnight_at_start_of(day);
        calendar.due(instant, Period::WorkingDays(1))
    };
    match (period, options.calendar_day_end, options.lateness) {
        (Period::CalendarDays(_), CalendarDayEnd::OnAWorkingDay, _) => {
            let next = next_after(last.pred_opt().unwrap_or(*last))?;
            due.due_at = next.due_at;
            due.provisional |= next.provisional;
        }
        (Period::WorkingDays(_), _, Lateness::WorkingTime) => {
            let next = next_after(*last)?;
            due.due_at = next.clock_start;
            due.provisional |= next.provisional;
        }
        (
            Period::CalendarDays(_)
            | Period::WorkingDays(_)
            | Period::Hours(_)
            | Period::Minutes(_)
            | Period::Months(_)
            | Period::Years(_)
            | Period::Until(_),
            CalendarDayEnd::AsItFalls | CalendarDayEnd::OnAWorkingDay,
            Lateness::Instants | Lateness::WorkingTime,
        ) => {}
    }
    Ok(due)
}
