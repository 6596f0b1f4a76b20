//! The numbers of the law and the options that it leaves open, as one dated, versioned value.
//! What is computed stores the version that it was computed under.

mod book;

mod options;

pub use book::{Error as RuleBookError, RuleBook};

pub use options::{
    Anonymous, AttemptBase, AttemptGap, CalendarDayEnd, CallBack, CommendationCourse,
    EarlyEndWindow, ExtensionApproval, ExtensionCount, FailedReview, IncompleteCall, LateAddition,
    LateReturn, Lateness, Options, RatingChoiceCounts, Receipt, ReclassifiedPeriods,
    RegistrationInstant, ReturnCount, ReturnReview, SecondExtension, SendBackDuty, StatementRound,
    StatutoryGround, UnitEnded,
};

use calendar::Period;
use chrono::{DateTime, NaiveDate, Utc};
use contract::types::OrderType;
use serde::{Deserialize, Serialize};

use crate::command::{Dispute, SupervisionCase};
use crate::dossier::DossierRules;

/// A rule set: limits by article and named options for what the text leaves open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// Identifier, stored with every deadline computed under it.
    pub version: String,
    /// First day in force (第四十六条).
    pub in_force_from: NaiveDate,
    /// Last day in force, inclusive.
    pub in_force_until: NaiveDate,
    /// Art. 13: the centre dispatches within this time from registration.
    pub dispatch: Period,
    /// Art. 14(1): handling period of a consultation.
    pub handle_consultation: Period,
    /// Art. 23(1): time for reading a commendation; the text names none.
    pub read_commendation: Period,
    /// Art. 14(2): handling period of everything else.
    pub handle_other: Period,
    /// Art. 16: the unit verifies within this time from receipt.
    pub verify: Period,
    /// Art. 27(2): a rating channel is offered within this time from the passed review.
    pub offer_rating: Period,
    /// Art. 27(3): a rating counts within this time from receipt of the notice.
    pub rate: Period,
    /// Art. 12(2): the requester supplies what is missing within this time from the notice.
    pub supply_information: Period,
    /// Art. 17(3): a lead unit names the assisting units within this time from receipt.
    pub name_assisting: Period,
    /// Art. 18(1): so many distinct units return an order, then coordination begins.
    pub coordination_units_min: u16,
    /// Art. 18(1): an authority gives its opinion within this time.
    pub opinion: OpinionPeriods,
    /// Art. 19: so many extensions of one assignment.
    pub extensions_max: u16,
    /// Art. 25(2): a unit answers a supervision within this time.
    pub supervision: SupervisionPeriods,
    /// Art. 30(3): the unit files its diligence statement within this time.
    pub file_statement: Period,
    /// The centre's own target for its review of a report. The law sets none, and nothing follows from
    /// it but an indicator.
    pub review_target: Period,
    /// Restarts by additions up to this number are usual; more are laid before the centre (R38).
    pub restarts_usual: u16,
    /// Grounds of Art. 11(2)(2)–(5) of the Measures, by code (R27).
    pub statutory_grounds: Vec<StatutoryGround>,
    /// Limits of what is no single order: filings, long-term matters (Art. 7, 26).
    pub dossiers: DossierRules,
    /// What the text leaves open, one option each.
    pub options: Options,
    /// Art. 12, 21: so many unanswered calls make a requester unreachable.
    pub contact_attempts_min: u16,
    /// Art. 12, 21: from the end of one counted call to the start of the next, at least so many
    /// minutes.
    pub contact_interval_minutes: u32,
    /// When a plugin's advice is followed without a person.
    pub auto_dispatch: AutoDispatch,
    /// So many working days before the last day of handling the escalation plugins are asked for the
    /// first time, then on the morning (00:00) of every working day up to the last; 0 is the morning
    /// of the last day alone. A plugin's own thresholds lie within this window.
    pub due_soon_working_days: DueSoon,
    /// After handling is overdue, the escalation plugins are asked on the morning of every working day
    /// until so many whole working days have passed; then the ladder is at its end.
    pub overdue_ask_working_days: u16,
    /// When open orders about the same thing are many (Art. 26(1)).
    pub many_alike: ManyAlike,
}

/// Periods of guidance opinions (Art. 18(1)), from the receipt of the question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpinionPeriods {
    /// Between departments of districts.
    pub inter_district: Period,
    /// Division of departmental duties.
    pub duty_division: Period,
    /// Application of laws.
    pub legal_application: Period,
}

/// Periods of supervision (Art. 25(2)), from the receipt of the supervision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupervisionPeriods {
    /// Overdue without good reason.
    pub overdue: Period,
    /// Feedback not as required.
    pub feedback: Period,
    /// Objection to a diligence statement.
    pub statement: Period,
}

/// When a plugin's advice is followed without a person. The law is silent; the centre sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoDispatch {
    /// The best candidate must reach this score.
    pub score_permille_min: u16,
    /// And lead the second one by so much.
    pub lead_permille_min: u16,
    /// Whether consultations too. A consultation that the knowledge base answers is answered at once
    /// and not dispatched (Art. 13(1)), and whether it does is for a person to see: off by default.
    pub consultations: bool,
}

/// When "due soon" begins, by type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueSoon {
    /// For consultations (two working days in all).
    pub consultation: u16,
    /// For everything else.
    pub other: u16,
}

/// When open orders about the same thing are many. Art. 26(1) has the centre watch what many requesters
/// keep reporting and sets no number; the centre sets them, and a plugin's own thresholds lie among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManyAlike {
    /// Orders registered in the last so many times 24 hours count.
    pub days: u16,
    /// At each of these numbers the escalation plugins are asked once. Beyond the last, once for as many
    /// more.
    pub steps: Vec<u32>,
}

impl ManyAlike {
    /// So far it is counted.
    #[must_use]
    pub fn most(&self) -> u32 {
        self.steps.iter().copied().max().unwrap_or(0)
    }
}

impl RuleSet {
    /// Guangzhou's implementing rules of 2023, 穗政数规字〔2023〕1号, with the defaults for what they
    /// leave open.
    #[must_use]
    pub fn guangzhou_2023() -> Self {
        // 第四十六条: in force from issue, for five years; the last day is the corresponding date
        //
        let day = |year| NaiveDate::from_ymd_opt(year, 1, 10).unwrap_or_default();
        Self {
            version: "穗政数规字〔2023〕1号".to_owned(),
            in_force_from: day(2023),
            in_force_until: day(2028),
            dispatch: Period::WorkingDays(1),
            handle_consultation: Period::WorkingDays(2),
            read_commendation: Period::WorkingDays(10),
            handle_other: Period::WorkingDays(10),
            verify: Period::WorkingDays(2),
            offer_rating: Period::Hours(24),
            rate: Period::CalendarDays(5),
            supply_information: Period::CalendarDays(3),
            name_assisting: Period::WorkingDays(2),
            coordination_units_min: 3,
            opinion: OpinionPeriods {
                inter_district: Period::WorkingDays(2),
                duty_division: Period::WorkingDays(5),
                legal_application: Period::WorkingDays(5),
            },
            extensions_max: 2,
            supervision: SupervisionPeriods {
                overdue: Period::WorkingDays(2),
                feedback: Period::WorkingDays(5),
                statement: Period::WorkingDays(5),
            },
            file_statement: Period::WorkingDays(5),
            review_target: Period::WorkingDays(2),
            restarts_usual: 2,
            statutory_grounds: StatutoryGround::of_the_measures(),
            dossiers: DossierRules::guangzhou_2023(),
            options: Options::defaults(),
            contact_attempts_min: 3,
            contact_interval_minutes: 15,
            auto_dispatch: AutoDispatch {
                score_permille_min: 700,
                lead_permille_min: 100,
                consultations: false,
            },
            due_soon_working_days: DueSoon {
                consultation: 1,
                other: 6,
            },
            overdue_ask_working_days: 10,
            many_alike: ManyAlike {
                days: 30,
                steps: vec![5, 10, 20, 50, 100, 200, 500, 1000],
            },
        }
    }

    /// The period of a supervision; none where the law sets none.
    #[must_use]
    pub const fn supervision_period(&self, case: SupervisionCase) -> Option<Period> {
        match case {
            SupervisionCase::Overdue => Some(self.supervision.overdue),
            SupervisionCase::FeedbackInadequate => Some(self.supervision.feedback),
            SupervisionCase::StatementObjection => Some(self.supervision.statement),
            SupervisionCase::LongTerm => None,
            SupervisionCase::Other { period } => Some(period),
        }
    }

    /// The period of a guidance opinion.
    #[must_use]
    pub const fn opinion_period(&self, dispute: Dispute) -> Period {
        match dispute {
            Dispute::InterDistrict => self.opinion.inter_district,
            Dispute::DutyDivision => self.opinion.duty_division,
            Dispute::LegalApplication => self.opinion.legal_application,
        }
    }

    /// The ground of that code, if it is in force on the local day of an instant.
    #[must_use]
    pub fn statutory_ground(&self, code: &str, at: DateTime<Utc>) -> Option<&StatutoryGround> {
        let day = calendar::local_date(at);
        let mut grounds = self.statutory_grounds.iter();
        grounds.find(|ground| ground.code == code && ground.effective_from <= day)
    }

    /// Whether the rule set is in force on the local day of an instant (R78, T13).
    #[must_use]
    pub fn in_force_at(&self, instant: DateTime<Utc>) -> bool {
        let day = calendar::local_date(instant);
        self.in_force_from <= day && day <= self.in_force_until
    }

    /// The handling period of a type of order (Art. 14). A commendation has a unit read it within the
    /// period of a non-consultation.
    #[must_use]
    pub fn handling_period(&self, order_type: OrderType) -> Period {
        match order_type {
            OrderType::Consultation => self.handle_consultation,
            OrderType::Commendation => match self.options.commendation {
                CommendationCourse::ReadOnly => self.read_commendation,
                CommendationCourse::AsOtherMatters => self.handle_other,
            },
            OrderType::Complaint
            | OrderType::ViolationReport
            | OrderType::HelpRequest
            | OrderType::Suggestion => self.handle_other,
        }
    }

    /// Whether a unit only reads what is of this type (R44, A-18).
    #[must_use]
    pub fn is_only_read(&self, order_type: OrderType) -> bool {
        match self.options.commendation {
            CommendationCourse::ReadOnly => order_type == OrderType::Commendation,
            CommendationCourse::AsOtherMatters => false,
        }
    }

    /// When "due soon" begins for a type of order, in working days before the last day.
    #[must_use]
    pub fn due_soon_days(&self, order_type: OrderType) -> u16 {
        match order_type {
            OrderType::Consultation => self.due_soon_working_days.consultation,
            OrderType::Complaint
            | OrderType::ViolationReport
            | OrderType::HelpRequest
            | OrderType::Suggestion
            | OrderType::Commendation => self.due_soon_working_days.other,
        }
    }
}
