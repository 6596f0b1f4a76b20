//! On which mornings the escalation plugins are asked about the time for handling, with timers that
//! fire one second after their instant. In 2026, 20 September and 10 October are made-up working days,
//! 25 to 27 September and 1 to 7 October are off.

use calendar::zone;
use chrono::{DateTime, Utc};
use lifecycle::command::Moment;
use lifecycle::timer::Timer;
use lifecycle::timers;

use crate::script::{Answer, World, at, moment_word, second};

const IN_HANDLING: &str = "
    2026-09-15 10:00 register complaint
    2026-09-16 10:00 dispatch GZ-CGJ
    2026-09-16 11:00 accept";

/// Runs the first lines; then timers fire until there are none, and each later line comes in its time.
/// Gives every question to the plugins, `MM-DD HH:MM:SS trigger`.
fn asks(past: &str, later: &[&str], down: Option<(&str, &str)>) -> Vec<String> {
    let mut world = World::new();
    assert!(world.run(past).result.is_ok());
    let mut later = later.iter().copied().peekable();
    let mut now = DateTime::<Utc>::MIN_UTC;
    let mut asked = Vec::new();
    loop {
        let timer = timers(world.order()).into_iter().next();
        let fires_at = timer.map(|timer| up(second(timer.at.max(now), 1), down));
        let comes_first = |line: &&str| fires_at.is_none_or(|fires_at| instant_of(line) < fires_at);
        let answer = if let Some(line) = later.next_if(comes_first) {
            now = instant_of(line);
            world.step(line)
        } else if let (Some(timer), Some(fires_at)) = (timer, fires_at) {
            now = fires_at;
            fire(&mut world, timer, now)
        } else {
            return asked;
        };
        assert!(answer.result.is_ok(), "{now}: {:?}", answer.result);
        if let Some(trigger) = answer.needs.escalation {
            let local = now.with_timezone(&zone()).format("%m-%d %H:%M:%S");
            asked.push(format!("{local} {trigger:?}"));
        }
    }
}

/// Fires a timer. One that the deadline itself has overtaken is dropped, and the deadline's own fires.
fn fire(world: &mut World, timer: Timer, now: DateTime<Utc>) -> Answer {
    let local = now.with_timezone(&zone()).format("%Y-%m-%d %H:%M:%S");
    let kind = timer.deadline;
    if timer.moment == Moment::DueSoon {
        let due_at = world.order().assignment().unwrap().handle_by.due.due_at;
        assert!(timer.at < due_at, "a question at the deadline itself");
    }
    let answer = world.step(&format!("{local} due {kind} {}", moment_word(timer.moment)));
    if timer.moment == Moment::DueSoon && answer.result.is_err() {
        return world.step(&format!("{local} due {kind}"));
    }
    answer
}

/// When a timer fires at the earliest, if the service is down for a while.
fn up(wanted: DateTime<Utc>, down: Option<(&str, &str)>) -> DateTime<Utc> {
    match down {
        Some((from, until)) if at(from) <= wanted && wanted < at(until) => at(until),
        Some(_) | None => wanted,
    }
}

fn instant_of(line: &str) -> DateTime<Utc> {
    let mut words = line.splitn(3, ' ');
    let (date, time) = (words.next().unwrap(), words.next().unwrap());
    at(&format!("{date} {time}"))
}

/// `asked` is one question a line.
#[track_caller]
fn check(past: &str, later: &[&str], down: Option<(&str, &str)>, asked: &str) {
    let expected: Vec<&str> = asked
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(asks(past, later, down), expected, "{past} {later:?}");
}

#[test]
fn every_morning_of_the_window_then_silence() {
    let asked = "
        09-21 00:00:01 DueSoon(6)
        09-22 00:00:01 DueSoon(5)
        09-23 00:00:01 DueSoon(4)
        09-24 00:00:01 DueSoon(3)
        09-28 00:00:01 DueSoon(2)
        09-29 00:00:01 DueSoon(1)
        09-30 00:00:01 DueSoon(0)
        10-01 00:00:01 Overdue(0)
        10-08 00:00:01 Overdue(0)
        10-09 00:00:01 Overdue(1)
        10-10 00:00:01 Overdue(2)
        10-12 00:00:01 Overdue(3)
        10-13 00:00:01 Overdue(4)
        10-14 00:00:01 Overdue(5)
        10-15 00:00:01 Overdue(6)
        10-16 00:00:01 Overdue(7)
        10-19 00:00:01 Overdue(8)
        10-20 00:00:01 Overdue(9)
        10-21 00:00:01 Overdue(10)";
    check(IN_HANDLING, &[], None, asked);
}

#[test]
fn while_the_unit_has_not_verified_too() {
    let past = "
        2026-09-18 10:00 register consultation
        2026-09-18 10:00 dispatch GZ-CGJ";
    let asked = "
        09-20 00:00:01 DueSoon(1)
        09-21 00:00:01 DueSoon(0)
        09-22 00:00:01 Overdue(0)";
    check(past, &["2026-09-22 10:00 submit not_wanted"], None, asked);
}

#[test]
fn limits_shorter_than_the_window() {
    let past = |limit: &str| {
        format!(
            "2026-09-16 09:00 register complaint
             2026-09-16 10:00 dispatch GZ-CGJ limit={limit} basis=粤办函1号
             2026-09-16 11:00 accept"
        )
    };
    let submit = "2026-09-21 00:00:02 submit not_wanted";
    let three_days = "
        09-17 00:00:01 DueSoon(2)
        09-18 00:00:01 DueSoon(1)
        09-20 00:00:01 DueSoon(0)
        09-21 00:00:01 Overdue(0)";
    check(&past("3wd"), &[submit], None, three_days);
    // Until 22:00 of the 17th: the morning after is the first one of the days overdue.
    let hours = "
        09-17 00:00:01 DueSoon(0)
        09-17 22:00:01 Overdue(0)
        09-18 00:00:01 Overdue(0)
        09-20 00:00:01 Overdue(1)
        09-21 00:00:01 Overdue(2)";
    check(&past("36h"), &[submit], None, hours);
    // No morning in between.
    let hours = "
        09-16 12:00:01 Overdue(0)
        09-17 00:00:01 Overdue(0)";
    let submit = "2026-09-17 09:00 submit not_wanted";
    check(&past("2h"), &[submit], None, hours);
}

#[test]
fn not_while_under_review_and_not_after_it() {
    let submit = "2026-09-22 10:00 submit not_wanted";
    let asked = "
        09-21 00:00:01 DueSoon(6)
        09-22 00:00:01 DueSoon(5)";
    let passed = [
        submit,
        "2026-09-24 10:00 pass",
        "2026-09-24 10:01 offer",
        "2026-09-24 11:00 rate satisfied",
    ];
    check(IN_HANDLING, &passed, None, asked);
    // A failed review makes up for the mornings of the review with one question.
    let failed = [
        submit,
        "2026-09-24 10:00 fail",
        "2026-09-28 10:00 submit not_wanted",
        "2026-10-08 10:00 fail",
        "2026-10-09 10:00 submit not_wanted",
        "2026-10-20 10:00 fail",
        "2026-10-20 11:00 submit not_wanted",
        "2026-10-30 10:00 fail",
    ];
    let resumed = "
        09-21 00:00:01 DueSoon(6)
        09-22 00:00:01 DueSoon(5)
        09-24 10:00:01 DueSoon(3)
        09-28 00:00:01 DueSoon(2)
        10-08 10:00:00 Overdue(0)
        10-09 00:00:01 Overdue(1)
        10-20 10:00:01 Overdue(9)
        10-30 10:00:01 Overdue(17)";
    check(IN_HANDLING, &failed, None, resumed);
}

#[test]
fn downtime_is_made_up_for_with_one_question() {
    let submit = &["2026-09-24 12:00 submit not_wanted"];
    let before = "
        09-21 00:00:01 DueSoon(6)
        09-23 15:00:00 DueSoon(4)
        09-24 00:00:01 DueSoon(3)";
    let down = Some(("2026-09-22 00:00", "2026-09-23 15:00"));
    check(IN_HANDLING, submit, down, before);
    // Over the deadline: the miss alone.
    let submit = &["2026-10-09 12:00 submit not_wanted"];
    let over = "
        09-21 00:00:01 DueSoon(6)
        10-08 15:00:00 Overdue(0)
        10-09 00:00:01 Overdue(1)";
    let down = Some(("2026-09-22 00:00", "2026-10-08 15:00"));
    check(IN_HANDLING, submit, down, over);
    // From the miss to far beyond the last morning.
    let after = "
        09-21 00:00:01 DueSoon(6)
        09-22 00:00:01 DueSoon(5)
        09-23 00:00:01 DueSoon(4)
        09-24 00:00:01 DueSoon(3)
        09-28 00:00:01 DueSoon(2)
        09-29 00:00:01 DueSoon(1)
        09-30 00:00:01 DueSoon(0)
        10-01 00:00:01 Overdue(0)
        11-30 15:00:00 Overdue(38)";
    let down = Some(("2026-10-02 00:00", "2026-11-30 15:00"));
    check(IN_HANDLING, &[], down, after);
}

#[test]
fn a_new_calendar_asks_anew_where_it_moves_something() {
    // Due 2027-01-04 on the statutory pattern; `2027` moves it to the 6th, `2027b` confirms it.
    let past = "
        2026-12-18 09:00 register complaint
        2026-12-18 10:00 dispatch GZ-CGJ
        2026-12-18 11:00 accept";
    let submit = "2026-12-29 12:00 submit not_wanted";
    let moved = "
        12-24 00:00:01 DueSoon(6)
        12-25 00:00:01 DueSoon(5)
        12-28 00:00:01 DueSoon(4)
        12-28 10:00:01 DueSoon(4)
        12-29 00:00:01 DueSoon(3)";
    let recompute = "2026-12-28 10:00 recompute calendar=2027";
    check(past, &[recompute, submit], None, moved);
    let confirmed = "
        12-24 00:00:01 DueSoon(6)
        12-25 00:00:01 DueSoon(5)
        12-28 00:00:01 DueSoon(4)
        12-29 00:00:01 DueSoon(3)";
    let recompute = "2026-12-28 10:00 recompute calendar=2027b";
    check(past, &[recompute, submit], None, confirmed);
}
