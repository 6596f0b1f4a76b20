//! A small city: districts, units, a calendar, a rule set, and the orders of one life, each kept by
//! the core and by the model.

use std::sync::OnceLock;

use calendar::{Calendar, YearNotice};
use chrono::{DateTime, TimeDelta, Utc};
use lifecycle::directory::{Directory, District, Unit};
use lifecycle::event::Recorded;
use lifecycle::ids::{DistrictCode, UnitCode};
use lifecycle::order::WorkOrder;
use lifecycle::ruleset::{
    AttemptGap, EarlyEndWindow, ExtensionCount, FailedReview, LateReturn, Options,
    ReclassifiedPeriods, RegistrationInstant, ReturnCount, RuleBook, RuleSet, SendBackDuty,
    StatementRound, UnitEnded,
};
use lifecycle::timer::Timer;

use crate::days::Days;
use crate::dice::Dice;
use crate::model::Model;

/// Units that exist.
pub(crate) const UNITS: &[&str] = &[
    "GZ-CGJ", "GZ-GAJ", "GZ-SWJ", "GZ-TH-CG", "GZ-NS-CG", "GZ-BB",
];

/// One that does not.
pub(crate) const NO_UNIT: &str = "GZ-NIX";

/// Districts that exist; the office of the first one reviews before the centre does.
pub(crate) const DISTRICTS: &[&str] = &["440106", "440115"];

/// An order, kept twice.
pub(crate) struct Slot {
    pub(crate) core: WorkOrder,
    pub(crate) model: Model,
    /// Folded from the journal as it is written and read.
    pub(crate) mirror: WorkOrder,
    pub(crate) journal: Vec<Recorded>,
    /// Timers that were given before.
    pub(crate) fired: Vec<Timer>,
}

/// Everything of one life.
pub(crate) struct World {
    pub(crate) city: City,
    pub(crate) now: DateTime<Utc>,
    pub(crate) slots: Vec<Slot>,
    /// How many of a hundred steps are anything by anybody.
    pub(crate) noise: u64,
    /// How many orders there are at most.
    pub(crate) orders: usize,
}

/// What orders are judged under.
pub(crate) struct City {
    pub(crate) calendar: &'static Calendar,
    pub(crate) days: &'static Days,
    pub(crate) rules: RuleBook,
    pub(crate) directory: Directory,
}

/// What is announced of the years up to 2026.
fn shipped() -> &'static (Calendar, Days) {
    static READ: OnceLock<(Calendar, Days)> = OnceLock::new();
    READ.get_or_init(|| {
        let calendar = Calendar::shipped();
        let days = Days::read(&calendar);
        (calendar, days)
    })
}

/// The same with a notice for 2027; made up.
fn announced() -> &'static (Calendar, Days) {
    static READ: OnceLock<(Calendar, Days)> = OnceLock::new();
    READ.get_or_init(|| {
        let days = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let notice = YearNotice {
            year: 2027,
            notice: "made up for tests".to_owned(),
            off: days(&["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"]),
            work: days(&["2027-01-09", "2027-01-10"]),
        };
        let calendar = shipped().0.with_year(notice).unwrap();
        let days = Days::read(&calendar);
        (calendar, days)
    })
}

impl World {
    /// The world of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let (calendar, days) = shipped();
        let mut rules = RuleSet::guangzhou_2023();
        rules.options = options(&mut dice);
        // From the autumn of 2025 on, across all holidays of 2026, into a year without a notice.
        let first: DateTime<Utc> = "2025-09-15T01:00:00Z".parse().unwrap();
        let now = first + TimeDelta::minutes(dice.between(0, 460 * 24 * 60));
        Self {
            city: City {
                calendar,
                days,
                rules: rules.into(),
                directory: directory(),
            },
            now,
            slots: Vec::new(),
            noise: dice.pick(&[0, 3, 12]),
            orders: dice.pick(&[1, 1, 2, 4]),
        }
    }
}

impl City {
    /// How the text is read; there is one rule set.
    pub(crate) fn options(&self) -> &Options {
        &self.rules.sets().next().unwrap().options
    }

    /// The notice for 2027 comes out.
    pub(crate) fn announce(&mut self) {
        (self.calendar, self.days) = {
            let (calendar, days) = announced();
            (calendar, days)
        };
    }
}

/// Mostly the defaults, sometimes another reading.
fn options(dice: &mut Dice) -> Options {
    let mut options = Options::defaults();
    let other = |dice: &mut Dice| dice.percent(20);
    if other(dice) {
        options.failed_review = FailedReview::ExcusedInAssessment;
    }
    if other(dice) {
        options.attempt_gap = AttemptGap::StartToStart;
    }
    if other(dice) {
        options.early_end_window = EarlyEndWindow::Verification;
    }
    if other(dice) {
        options.late_return = LateReturn::Refused;
    }
    if other(dice) {
        options.extension_count = dice.pick(&[
            ExtensionCount::BeginsAnewAfterRestart,
            ExtensionCount::PerOrder,
        ]);
    }
    if other(dice) {
        options.return_count = ReturnCount::AnyReturns;
    }
    if other(dice) {
        options.unit_ended = UnitEnded::NotRated;
    }
    if other(dice) {
        options.registration_instant = RegistrationInstant::AtFirstContact;
    }
    if other(dice) {
        options.send_back = SendBackDuty::UnlessExcluded;
    }
    if other(dice) {
        options.statement_round = StatementRound::Any;
    }
    if other(dice) {
        options.reclassified_periods = ReclassifiedPeriods::Kept;
    }
    options
}

fn directory() -> Directory {
    let districts = DISTRICTS.iter().enumerate().map(|(n, code)| District {
        code: DistrictCode::new(*code),
        name: (*code).to_owned(),
        office: format!("{code}热线工作机构"),
        reviews: n == 0,
    });
    let units = UNITS.iter().map(|code| Unit {
        code: UnitCode::new(*code),
        name: (*code).to_owned(),
        kind: None,
        district: match *code {
            "GZ-TH-CG" => Some(DistrictCode::new(DISTRICTS[0])),
            "GZ-NS-CG" => Some(DistrictCode::new(DISTRICTS[1])),
            _ => None,
        },
        by_reference: false,
    });
    Directory::new(districts, units).unwrap()
}
