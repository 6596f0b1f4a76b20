//! Every limit, one second before its end and one second after; the worked examples of the catalogue.

use calendar::due_text;
use expect_test::{Expect, expect};

use super::script::{World, brief, check, kind};

/// After the script, the deadline of that kind ends at 24:00 of that day: in time at its last instant,
/// missed a second later. Whose it is and the centre are told then: `overdue`, or a `reminder`.
#[track_caller]
fn ends(script: &str, name: &str, unit: Option<&str>, last_day: &str, occasion: &str) {
    let mut world = World::new();
    assert!(world.run(script).is_ok(), "{script}");
    let dossier = world.dossier.clone().unwrap();
    let running = dossier.running_deadlines();
    let deadline = running
        .iter()
        .find(|it| it.kind == kind(name) && it.unit.as_ref().map(|it| it.as_str()) == unit)
        .expect("a running deadline");
    assert_eq!(due_text(deadline.due.due_at), format!("{last_day} 24:00"));
    let day: chrono::NaiveDate = last_day.parse().unwrap();
    let next = day.succ_opt().unwrap();
    let due = format!("due {name} {}", unit.unwrap_or_default());
    for instant in [format!("{day} 23:59:59"), format!("{next} 00:00:00")] {
        let answer = world.clone().step(&format!("{instant} {due}"));
        assert_eq!(
            brief(&answer),
            "rejected: nothing-due",
            "{name} at {instant}"
        );
    }
    let answer = brief(&world.step(&format!("{next} 00:00:01 {due}")));
    let marked = match unit {
        Some(unit) => format!("deadline_marked({name} {unit})"),
        None => format!("deadline_marked({name})"),
    };
    // Others may have passed meanwhile; each is marked at its turn.
    for part in [
        marked,
        format!("{}: {occasion}", unit.unwrap_or("centre")),
        format!("centre: {occasion}"),
    ] {
        assert!(answer.contains(&part), "{part} is not in {answer}");
    }
    assert!(world.dossier.unwrap().has_missed(deadline));
}

/// R5: completed on the Mid-Autumn holiday; the make-up Saturday counts.
#[test]
fn a_change_of_staff_is_filed_within_ten_working_days() {
    ends(
        "2026-09-25 10:00 announce GZ-CGJ 2026-09-25",
        "filing",
        Some("GZ-CGJ"),
        "2026-10-15",
        "overdue",
    );
    // Announced days later, the time runs from the completion all the same.
    ends(
        "2026-10-12 10:00 announce GZ-CGJ 2026-09-25",
        "filing",
        Some("GZ-CGJ"),
        "2026-10-15",
        "overdue",
    );
}

/// R5: late is a fact, not a refusal.
#[test]
fn a_late_filing_is_filed_and_marked() {
    let announced = "2026-09-25 10:00 announce GZ-CGJ 2026-09-25";
    let filed = "change_filed | centre: change_filed";
    for instant in ["2026-10-15 23:59:59", "2026-10-16 00:00:00"] {
        check(&format!("{announced}\n{instant} file new=cg-8"), filed);
    }
    check(
        &format!("{announced}\n2026-10-16 00:00:01 file new=cg-8"),
        "deadline_marked(filing GZ-CGJ) change_filed(late) | GZ-CGJ: overdue | centre: overdue \
         | centre: change_filed",
    );
    // Announced and filed in one: the same by the same instants.
    check(
        "2026-10-16 00:00:00 announce GZ-CGJ 2026-09-25 filed",
        "change_announced change_filed | centre: change_filed",
    );
    check(
        "2026-10-16 00:00:01 announce GZ-CGJ 2026-09-25 filed",
        "change_announced deadline_marked(filing GZ-CGJ) change_filed(late) | GZ-CGJ: overdue \
         | centre: overdue | centre: change_filed",
    );
}

/// R53: listed on the eve of the Dragon Boat holiday.
#[test]
fn a_plan_is_made_within_ten_working_days_of_the_listing() {
    ends(
        "2026-06-18 10:00 list GZ-CGJ",
        "plan",
        Some("GZ-CGJ"),
        "2026-07-03",
        "overdue",
    );
    // A unit that comes later has its own time.
    ends(
        "2026-06-18 10:00 list GZ-CGJ\n2026-06-24 10:00 add-unit GZ-GAJ",
        "plan",
        Some("GZ-GAJ"),
        "2026-07-08",
        "overdue",
    );
}

/// R53: months end on the corresponding date, or on the last of a shorter month (T6); a miss warns.
#[test]
fn progress_is_told_a_month_apart_in_principle() {
    ends(
        "2026-01-05 10:00 list GZ-CGJ\n2026-01-31 10:00 progress",
        "progress",
        Some("GZ-CGJ"),
        "2026-02-28",
        "reminder",
    );
    ends(
        "2026-01-05 10:00 list GZ-CGJ",
        "progress",
        Some("GZ-CGJ"),
        "2026-02-05",
        "reminder",
    );
    // What comes late is told all the same, and the next month begins with it.
    ends(
        "2026-01-05 10:00 list GZ-CGJ\n2026-01-06 10:00 plan\n2026-03-31 10:00 progress",
        "progress",
        Some("GZ-CGJ"),
        "2026-04-30",
        "reminder",
    );
}

/// R52: the bulletin is the centre's own, monthly by default.
#[test]
fn the_units_are_told_monthly() {
    ends(
        "2026-08-31 10:00 list GZ-CGJ",
        "bulletin",
        None,
        "2026-09-30",
        "reminder",
    );
}

/// R54: the procedure ended on the eve of a holiday; then a target of one working day.
#[test]
fn the_final_situation_is_reported_within_three_working_days() {
    let ended = "2026-06-02 10:00 list GZ-CGJ\n2026-06-03 10:00 plan\n\
                 2026-06-18 17:00 ended 2026-06-18";
    ends(
        ended,
        "final_report",
        Some("GZ-CGJ"),
        "2026-06-24",
        "overdue",
    );
    let opinion = "2026-06-22 10:00 final\n2026-06-26 10:00 opinion";
    ends(
        &format!("{ended}\n{opinion}"),
        "feedback",
        Some("GZ-CGJ"),
        "2026-06-29",
        "reminder",
    );
}

/// R2: at least one plenary a calendar year; the centre learns at its end.
#[test]
fn a_year_has_a_plenary() {
    ends(
        "2026-01-01 00:00 register 2026",
        "plenary",
        None,
        "2026-12-31",
        "overdue",
    );
    // A liaison meeting does not satisfy it, nor does a district's own plenary.
    ends(
        "2026-06-03 18:00 meeting liaison 2026-06-03
         2026-06-04 18:00 meeting plenary 2026-06-04 district=440106",
        "plenary",
        None,
        "2026-12-31",
        "overdue",
    );
    let held = "2026-06-03 18:00 meeting liaison 2026-06-03
                2026-12-31 23:00 meeting plenary 2026-12-31";
    check(
        &format!("{held}\n2027-01-01 00:00:01 due plenary"),
        "rejected: nothing-due",
    );
    // Recorded late, it is recorded, and the record of the miss stays.
    let mut world = World::new();
    let late = "2026-01-01 00:00 register 2026\n2027-01-01 00:00:01 due plenary
                2027-01-04 10:00 meeting plenary 2026-12-30";
    assert!(world.run(late).is_ok());
    let dossier = world.dossier.unwrap();
    assert!(dossier.running_deadlines().is_empty());
    assert!(dossier.is_overdue());
}

/// What explains each deadline: rule, article, the event that started it, the days counted.
#[test]
fn deadlines_explain_themselves() {
    let check = |script: &str, expected: Expect| {
        let mut world = World::new();
        assert!(world.run(script).is_ok());
        expected.assert_eq(&world.deadlines());
    };
    check(
        "2026-06-18 10:00 list GZ-CGJ,GZ-GAJ
         2026-06-24 10:00 plan
         2026-06-25 10:00 ended 2026-06-24",
        expect![[r#"
            bulletin centre R52 第二十六条第一款 2026-07-18 24:00, target, #1 []
            progress GZ-CGJ R53 第二十六条第二款 2026-07-18 24:00, in principle, #1 []
            final_report GZ-CGJ R54 第二十六条第三款 2026-06-29 24:00, law, #3 [06-25 06-26 06-29]
            plan GZ-GAJ R53 第二十六条第二款 2026-07-03 24:00, law, #1 [06-22 06-23 06-24 06-25 06-26 06-29 06-30 07-01 07-02 07-03]
            progress GZ-GAJ R53 第二十六条第二款 2026-07-18 24:00, in principle, #1 []
        "#]],
    );
    check(
        "2026-09-25 10:00 announce GZ-CGJ 2026-09-25",
        expect![[r#"
            filing GZ-CGJ R5 第七条第一款 2026-10-15 24:00, law, #1 [09-28 09-29 09-30 10-08 10-09 10-10 10-12 10-13 10-14 10-15]
        "#]],
    );
    check(
        "2026-11-24 10:00 register 2026",
        expect![[r#"
        plenary centre R2 第三条第一款 2026-12-31 24:00, law, #1 []
    "#]],
    );
}

/// C3, P14: a deadline that needs 2027 is provisional, moves once the year is announced, and nothing
/// becomes overdue in the past.
#[test]
fn a_new_calendar_moves_what_was_provisional() {
    let listed = "2026-12-21 10:00 list GZ-CGJ";
    let mut world = World::new();
    assert!(world.run(listed).is_ok());
    let due = |world: &World| {
        let dossier = world.dossier.as_ref().unwrap();
        let running = dossier.running_deadlines();
        let plan = running.iter().find(|it| it.kind == kind("plan")).unwrap();
        (due_text(plan.due.due_at), plan.due.provisional)
    };
    assert_eq!(due(&world), ("2027-01-05 24:00".to_owned(), true));
    let answer = world.clone().step("2026-12-22 10:00 recompute 2027");
    assert_eq!(brief(&answer), "deadline_recomputed");
    let answer = world.step("2026-12-22 10:00 recompute 2027-long");
    assert_eq!(
        brief(&answer),
        "deadline_recomputed | GZ-CGJ: deadline_recomputed"
    );
    assert_eq!(due(&world), ("2027-01-07 24:00".to_owned(), false));
    let again = world.step("2026-12-22 11:00 recompute none");
    assert_eq!(brief(&again), "rejected: nothing-due");
    // A correction that would have ended in the past leaves the day on which it becomes known.
    let answer = world.clone().step("2027-01-06 12:00 recompute 2027");
    assert_eq!(
        brief(&answer),
        "deadline_recomputed | GZ-CGJ: deadline_recomputed"
    );
    let answer = world.step("2027-01-08 00:00:01 recompute 2027");
    assert_eq!(
        brief(&answer),
        "deadline_marked(plan GZ-CGJ) | GZ-CGJ: overdue | centre: overdue"
    );
}
