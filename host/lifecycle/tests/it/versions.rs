//! Two rule sets, one after the other: an order is governed by the one in force at the trigger (R78, T13).

use calendar::{Calendar, Period, YearNotice, due_text};
use chrono::NaiveDate;
use lifecycle::deadline::DeadlineKind;
use lifecycle::ruleset::{RuleBook, RuleSet};

use crate::script::World;

/// From 2026-10-02 on there are seven days to rate, and fifteen working days to handle.
fn two_rule_sets() -> World {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let mut first = RuleSet::guangzhou_2023();
    first.in_force_until = day("2026-10-01");
    let mut second = RuleSet::guangzhou_2023();
    second.version = "2026".to_owned();
    second.in_force_from = day("2026-10-02");
    second.rate = Period::CalendarDays(7);
    second.handle_other = Period::WorkingDays(15);
    let mut world = World::new();
    world.rules = RuleBook::new([first, second]).unwrap();
    world
}

#[track_caller]
fn current(world: &World, kind: DeadlineKind) -> (String, String) {
    let deadlines = world.order().running_deadlines();
    let deadline = deadlines.into_iter().find(|it| it.kind == kind).unwrap();
    (due_text(deadline.due.due_at), deadline.rule_set.clone())
}

const PASSED: &str = "
    2026-09-15 10:00 register complaint
    2026-09-16 10:00 dispatch GZ-CGJ
    2026-09-16 11:00 accept
    2026-09-29 10:00 reply
    2026-09-29 17:00 submit
    2026-10-01 18:00 pass";

#[test]
fn what_was_received_before_is_governed_by_the_one_before() {
    // Sent and received on 10-01, recorded on 10-02.
    let mut world = two_rule_sets();
    world.accept(PASSED);
    world.accept("2026-10-02 09:00 offer sent=2026-10-01t19:00 delivered=2026-10-01t19:30");
    let old = RuleSet::guangzhou_2023().version;
    let expected = ("2026-10-06 24:00".to_owned(), old);
    assert_eq!(current(&world, DeadlineKind::Rating), expected);
    // Received on 10-02.
    let mut world = two_rule_sets();
    world.accept(PASSED);
    world.accept("2026-10-02 09:00 offer sent=2026-10-01t19:00 delivered=2026-10-02t08:00");
    let expected = ("2026-10-09 24:00".to_owned(), "2026".to_owned());
    assert_eq!(current(&world, DeadlineKind::Rating), expected);
}

#[test]
fn a_new_notice_changes_the_days_and_not_the_rules() {
    // Dispatched under the first rule set into a year without a notice, recomputed under the second.
    let mut world = two_rule_sets();
    let first = world.rules.sets().next().unwrap().clone();
    let mut second = world.rules.sets().nth(1).unwrap().clone();
    let mut before = first;
    before.in_force_until = "2026-12-29".parse().unwrap();
    second.in_force_from = "2026-12-30".parse().unwrap();
    second.options.lateness = lifecycle::ruleset::Lateness::WorkingTime;
    world.rules = RuleBook::new([before, second]).unwrap();
    world.accept(
        "2026-12-29 09:00 register complaint
        2026-12-29 10:00 dispatch GZ-CGJ",
    );
    let old = current(&world, DeadlineKind::Handling);
    world.calendar = Calendar::shipped()
        .with_year(YearNotice {
            year: 2027,
            notice: "made up for tests".to_owned(),
            off: ["2027-01-01", "2027-01-04", "2027-01-05"]
                .map(|day| day.parse().unwrap())
                .to_vec(),
            work: Vec::new(),
        })
        .unwrap();
    world.accept("2026-12-31 09:00 recompute");
    let new = current(&world, DeadlineKind::Handling);
    assert_ne!(old.0, new.0);
    assert_eq!(old.1, new.1);
    // A Friday; under the second rule set nothing would be late before Monday.
    assert_eq!(new.0, "2027-01-15 24:00");
}
