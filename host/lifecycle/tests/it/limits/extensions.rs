//! Art. 19: extensions hang off the expiry of the period before them (R36, R37, P4).

use calendar::due_text;
use lifecycle::ruleset::ExtensionCount;

use super::sides;
use crate::script::World;
use crate::show::{brief, check};

/// Dispatched on Thursday 2025-09-18: due Thursday 2025-10-09 24:00.
const COMPLAINT: &str = "
    2025-09-18 09:00 register complaint
    2025-09-18 10:00 dispatch GZ-CGJ
    2025-09-18 11:00 accept";
/// Dispatched on Saturday 2026-02-14: due Wednesday 2026-02-25 24:00.
const CONSULTATION: &str = "
    2026-02-14 08:00 register consultation
    2026-02-14 09:00 dispatch GZ-CGJ
    2026-02-14 10:00 accept";

fn due_of(world: &World) -> String {
    due_text(world.order().assignment().unwrap().handle_by.due.due_at)
}

/// Extends at the given instants, telling the requester each time, and gives the due instants.
fn extended(past: &str, extensions: &[&str]) -> Vec<String> {
    let mut world = World::after(past);
    let mut dues = vec![due_of(&world)];
    for extension in extensions {
        let (at, length) = extension.rsplit_once(' ').unwrap();
        world.accept(&format!("{at} extend {length}\n{at} told"));
        dues.push(due_of(&world));
    }
    dues
}

#[test]
fn only_before_the_expiry() {
    // R36, V15: filed 2025-10-09T23:59:59 accepted, 2025-10-10T00:00:00 refused.
    let late = "rejected: extension-too-late";
    sides(
        COMPLAINT,
        "2025-10-10 00:00:00",
        "extend 10wd",
        ["extended", late, "rejected: extension-too-late"],
    );
}

#[test]
fn counted_from_the_expiry_before() {
    // R37, all examples of the catalogue.
    let on = |extensions: &[&str]| extended(COMPLAINT, extensions);
    assert_eq!(
        on(&["2025-10-09 10:00 10wd", "2025-10-20 10:00 10wd"]),
        ["2025-10-09 24:00", "2025-10-22 24:00", "2025-11-05 24:00"]
    );
    assert_eq!(
        on(&["2025-10-09 10:00 4wd", "2025-10-14 10:00 10wd"]),
        ["2025-10-09 24:00", "2025-10-14 24:00", "2025-10-28 24:00"]
    );
    // Filed early, no day is lost.
    assert_eq!(
        on(&["2025-09-22 10:00 10wd", "2025-09-22 10:01 10wd"]),
        ["2025-10-09 24:00", "2025-10-22 24:00", "2025-11-05 24:00"]
    );
    assert_eq!(
        extended(
            CONSULTATION,
            &["2026-02-25 10:00 2wd", "2026-02-27 10:00 2wd"]
        ),
        ["2026-02-25 24:00", "2026-02-27 24:00", "2026-03-02 24:00"]
    );
}

#[test]
fn each_at_most_as_long_as_the_first_period() {
    // R37, P4: in the same unit of time.
    for (past, fits, too_long) in [
        (COMPLAINT, "10wd", "11wd"),
        (COMPLAINT, "1wd", "0wd"),
        (COMPLAINT, "10wd", "10nd"),
        (CONSULTATION, "2wd", "3wd"),
    ] {
        let at = if past == COMPLAINT {
            "2025-10-09 10:00"
        } else {
            "2026-02-25 10:00"
        };
        check(&format!("{past}\n{at} extend {fits}"), "extended");
        check(
            &format!("{past}\n{at} extend {too_long}"),
            "rejected: extension-too-long",
        );
    }
    // The second is measured by the first period, not by the first extension.
    let second = format!("{COMPLAINT}\n2025-10-09 10:00 extend 4wd\n2025-10-09 10:01 told");
    check(
        &format!("{second}\n2025-10-10 10:00 extend 10wd"),
        "extended",
    );
}

#[test]
fn at_most_two() {
    // R36, P4.
    let twice = format!(
        "{COMPLAINT}
         2025-10-09 10:00 extend 1wd
         2025-10-09 10:01 told
         2025-10-09 10:02 extend 1wd
         2025-10-09 10:03 told"
    );
    check(
        &format!("{twice}\n2025-10-09 10:04 extend 1wd"),
        "rejected: extension-limit-reached",
    );
}

#[test]
fn the_requester_is_told_first() {
    // R36: before the second extension and before the report; three calls in vain are enough.
    let extended = format!("{COMPLAINT}\n2025-10-09 10:00 extend 4wd");
    let missing = "rejected: extension-notice-missing";
    check(&format!("{extended}\n2025-10-09 11:00 extend 4wd"), missing);
    check(
        &format!("{extended}\n2025-10-09 11:00 submit not_wanted"),
        missing,
    );
    check(
        &format!("{extended}\n2025-10-09 11:00 told\n2025-10-09 11:01 submit not_wanted"),
        "submitted",
    );
    check(
        &format!("{extended}\n2025-10-09 11:00 told at=09:59:59"),
        "rejected: impossible-time",
    );
    check(
        &format!("{extended}\n2025-10-09 11:00 told unreachable"),
        "rejected: too-few-contact-attempts",
    );
    let calls = |day: &str| {
        format!(
            "{day} call 09:00..09:00 unanswered
             {day} call 09:15..09:15 unanswered
             {day} call 09:30..09:30 unanswered"
        )
    };
    check(
        &format!(
            "{extended}\n{}\n2025-10-10 11:00 told unreachable",
            calls("2025-10-10 10:00")
        ),
        "extension_noticed",
    );
    // Calls from before the extension have told nobody of it.
    check(
        &format!(
            "{COMPLAINT}
             {}
             2025-10-09 10:30 extend 4wd
             2025-10-09 11:00 told unreachable",
            calls("2025-10-09 10:00")
        ),
        "rejected: too-few-contact-attempts",
    );
    check(
        &format!("{COMPLAINT}\n2025-10-09 10:00 told"),
        "rejected: no-extension-to-tell",
    );
}

#[test]
fn other_documents_set_other_lengths() {
    // R23, R37: hours from the instant, days as days, and as many as the document allows.
    let special = |words: &str| {
        format!(
            "2026-09-30 10:00 register complaint
             2026-10-01 10:00 dispatch GZ-CGJ basis=粤办函1号 {words}
             2026-10-01 10:30 accept"
        )
    };
    let first = |words: &str, length: &str| {
        extended(&special(words), &[&format!("2026-10-01 11:00 {length}")])
            .pop()
            .unwrap()
    };
    assert_eq!(first("limit=36h", "36h"), "2026-10-04 10:00:00");
    assert_eq!(first("limit=5nd", "5nd"), "2026-10-11 24:00");
    assert_eq!(
        first("limit=2026-10-03t12:00", "2026-10-04t12:00"),
        "2026-10-04 12:00:00"
    );
    check(
        &format!(
            "{}\n2026-10-01 11:00 extend 1h",
            special("limit=36h extensions=0")
        ),
        "rejected: extension-limit-reached",
    );
    check(
        &format!("{}\n2026-10-01 11:00 extend 37h", special("limit=36h")),
        "rejected: extension-too-long",
    );
    check(
        &format!(
            "{}\n2026-10-01 11:00 extend 2026-10-02t12:00",
            special("limit=2026-10-03t12:00")
        ),
        "rejected: period-out-of-range",
    );
}

#[test]
fn an_extension_to_an_instant_on_both_sides() {
    // R23, R37, P4: a document that names an instant names no length. The first limit was two days, so
    // the extension reaches 24:00 of the second day after it at most; and it must reach beyond it.
    let past = |until: &str| {
        format!(
            "2026-09-30 10:00 register complaint
             2026-10-01 10:00 dispatch GZ-CGJ basis=粤办函1号 limit={until}
             2026-10-01 10:30 accept"
        )
    };
    let two_days = past("2026-10-03t12:00");
    let once =
        format!("{two_days}\n2026-10-01 11:00 extend 2026-10-06t00:00\n2026-10-01 11:01 told");
    let same_day = past("2026-10-01t18:00");
    let (fits, too_long) = ("extended", "rejected: extension-too-long");
    let too_short = "rejected: period-out-of-range";
    for (past, wanted, expected) in [
        (&two_days, "2026-10-03t12:00", too_short),
        (&two_days, "2026-10-03t12:00:01", fits),
        (&two_days, "2026-10-06t00:00", fits),
        (&two_days, "2026-10-06t00:00:01", too_long),
        // The second hangs off the end of the first, and is measured by the first limit all the same.
        (&once, "2026-10-06t00:00", too_short),
        (&once, "2026-10-06t00:00:01", fits),
        (&once, "2026-10-08t00:00", fits),
        (&once, "2026-10-08t00:00:01", too_long),
        // A limit within a day counts as one.
        (&same_day, "2026-10-03t00:00", fits),
        (&same_day, "2026-10-03t00:00:01", too_long),
    ] {
        check(
            &format!("{past}\n2026-10-01 12:00 extend {wanted}"),
            expected,
        );
    }
}

/// Extended once, then restarted by an addition, then extended again.
const RESTARTED: &str = "
    2026-05-11 09:00 register complaint
    2026-05-11 10:00 dispatch GZ-CGJ
    2026-05-11 11:00 accept
    2026-05-12 09:00 extend 10wd
    2026-05-12 09:01 told
    2026-05-18 09:00 add
    2026-05-18 10:00 judge affects
    2026-05-19 09:00 extend 10wd
    2026-05-19 09:01 told";

#[test]
fn a_restart_lets_extensions_lapse_and_counts_on() {
    // R38, A-12: the extension to 06-08 lapses; from 05-18 ten days end on 06-01, ten more on 06-15.
    let world = World::after(RESTARTED);
    assert_eq!(due_of(&world), "2026-06-15 24:00");
    assert_eq!(world.order().assignment().unwrap().extensions.len(), 2);
    let third = "2026-05-20 09:00 extend 1wd";
    check(
        &format!("{RESTARTED}\n{third}"),
        "rejected: extension-limit-reached",
    );
    // A-12, read otherwise: each restart allows two anew.
    let mut world = World::under(|rules| {
        rules.options.extension_count = ExtensionCount::BeginsAnewAfterRestart;
    });
    world.accept(RESTARTED);
    assert_eq!(brief(&world.step(third).result), "extended");
    assert_eq!(
        brief(
            &world
                .run("2026-05-20 09:01 told\n2026-05-20 09:02 extend 1wd")
                .result
        ),
        "rejected: extension-limit-reached"
    );
}

#[test]
fn another_unit_counts_anew() {
    // R30, A-12.
    let returned = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-GAJ
        2026-05-11 10:10 extend 10wd
        2026-05-11 10:11 told
        2026-05-11 10:12 extend 10wd
        2026-05-11 10:13 told
        2026-05-12 09:00 return duty
        2026-05-12 10:00 approve
        2026-05-12 11:00 dispatch GZ-CGJ
        2026-05-12 12:00 accept";
    assert_eq!(
        extended(
            returned,
            &["2026-05-26 10:00 10wd", "2026-05-26 11:00 10wd"]
        ),
        ["2026-05-26 24:00", "2026-06-09 24:00", "2026-06-24 24:00"]
    );
}

#[test]
fn or_all_units_of_an_order_count_together() {
    // R36, A-12, read otherwise: the first unit's extension counts for the second too.
    let mut world = World::under(|rules| {
        rules.options.extension_count = ExtensionCount::PerOrder;
    });
    world.accept(
        "2026-05-11 09:00 register complaint
         2026-05-11 10:00 dispatch GZ-GAJ
         2026-05-11 10:10 extend 10wd
         2026-05-11 10:11 told
         2026-05-12 09:00 return duty
         2026-05-12 10:00 approve
         2026-05-12 11:00 dispatch GZ-CGJ
         2026-05-12 12:00 accept
         2026-05-26 10:00 extend 10wd
         2026-05-26 10:01 told",
    );
    let third = world.step("2026-05-26 11:00 extend 1wd").result;
    assert_eq!(brief(&third), "rejected: extension-limit-reached");
}

#[test]
fn not_in_the_second_handling() {
    // R59, P4.
    let again = super::second_handling::SENT_BACK;
    check(
        &format!("{again}\n2026-10-09 10:00 extend 1wd"),
        "rejected: extension-not-allowed",
    );
}
