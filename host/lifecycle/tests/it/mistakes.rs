//! The mistakes that programs of this kind make (catalogue, mistakes), each with what shows that it is not
//! made here. Those about the knowledge base are held in host/knowledge/tests/it/limits.rs (23, 24), the one
//! about searches, exports and logs where those are (26, tests/it/http_api/access.rs).

use std::collections::BTreeSet;

use calendar::due_text;

use crate::script::World;
use crate::show::{brief, told};

/// Number of the mistake, a script, what its last line comes to, and by when the unit must then submit.
type Row = (u8, &'static str, &'static str, &'static str);

/// No unit has the order any more, or the deadline is not the point.
const ANY: &str = "";

const MISSED: &str = "deadline_marked(handling Passed)";

#[rustfmt::skip]
const CLOCK: &[Row] = &[
    // 1: pausing the clock while waiting for the requester (T11): calls, additions, a return.
    (1, "2026-05-11 09:00 register complaint
         2026-05-11 10:00 dispatch GZ-CGJ
         2026-05-12 10:00 accept
         2026-05-13 10:00 call 09:00..09:01
         2026-05-16 11:00 add
         2026-05-26 00:00:01 due handling", MISSED, "2026-05-25 24:00"),
    (1, "2026-05-11 09:00 register complaint
         2026-05-11 10:00 dispatch GZ-CGJ
         2026-05-12 10:00 return duty
         2026-05-26 00:00:01 due handling", MISSED, "2026-05-25 24:00"),
    // 2: starting at the instant of the dispatch, or on its day (R24).
    (2, "2026-05-11 00:00 register complaint
         2026-05-11 00:00 dispatch GZ-CGJ
         2026-05-26 00:00:00 due handling", "rejected: nothing-due", "2026-05-25 24:00"),
    // 3: weekends instead of the calendar, make-up days as days off (R21, R22).
    (3, "2026-09-18 16:00 register complaint
         2026-09-18 16:00 dispatch GZ-CGJ", "dispatched", "2026-10-09 24:00"),
    (3, "2026-02-13 09:00 register consultation
         2026-02-13 09:00 dispatch GZ-CGJ", "dispatched", "2026-02-24 24:00"),
    // 4: 24 hours as a working day (R56), five calendar days as five working days (R57).
    (4, "2026-09-29 09:00 register complaint
         2026-09-29 10:00 dispatch GZ-CGJ
         2026-09-30 10:00 submit not_wanted
         2026-09-30 18:00 pass
         2026-10-01 18:00:01 due rating_offer", "deadline_marked(rating_offer Passed)", ANY),
    (4, "2026-09-29 09:00 register complaint
         2026-09-29 10:00 dispatch GZ-CGJ
         2026-09-30 10:00 submit not_wanted
         2026-09-30 18:00 pass
         2026-10-01 09:30 offer
         2026-10-07 00:00:01 rate satisfied", "rejected: rating-too-late", ANY),
    // 5: an extension from the time of its filing (R37).
    (5, "2025-09-18 09:00 register complaint
         2025-09-18 10:00 dispatch GZ-CGJ
         2025-09-22 10:00 extend 10wd", "extended", "2025-10-22 24:00"),
    // 6: a third extension, or one after the expiry (R36).
    (6, "2025-09-18 09:00 register complaint
         2025-09-18 10:00 dispatch GZ-CGJ
         2025-09-22 10:00 extend 1wd
         2025-09-22 10:01 told
         2025-09-22 10:02 extend 1wd
         2025-09-22 10:03 told
         2025-09-22 10:04 extend 1wd", "rejected: extension-limit-reached", "2025-10-11 24:00"),
    (6, "2025-09-18 09:00 register complaint
         2025-09-18 10:00 dispatch GZ-CGJ
         2025-10-10 00:00:00 extend 1wd", "rejected: extension-too-late", "2025-10-09 24:00"),
    // 7: another clock after a refused return (R31).
    (7, "2026-04-30 09:00 register complaint
         2026-04-30 10:00 dispatch GZ-CGJ
         2026-05-07 17:00 return duty
         2026-05-11 10:00 reject", "return_rejected", "2026-05-18 24:00"),
    // 8: the same clock after an approved one (R30).
    (8, "2026-04-30 09:00 register complaint
         2026-04-30 10:00 dispatch GZ-GAJ
         2026-05-07 17:00 return duty
         2026-05-11 10:00 approve
         2026-05-11 10:30 dispatch GZ-CGJ", "dispatched", "2026-05-25 24:00"),
    // 9: another clock after forwarding inside a district or a unit (T10, R4): there is no command for
    // it, and the district's own review stops nothing.
    (9, "2026-05-11 09:00 register complaint district=440115
         2026-05-11 10:00 dispatch GZ-D115
         2026-05-15 10:00 submit not_wanted office=龙穴街道
         2026-05-26 00:00:01 district_pass",
        "deadline_marked(handling Passed) + district_review_passed", "2026-05-25 24:00"),
    // 11: the lead unit's clock from the naming of the others (R32).
    (11, "2026-05-07 09:00 register complaint
          2026-05-07 10:00 dispatch GZ-GAJ
          2026-05-08 17:00 return duty
          2026-05-11 10:00 approve
          2026-05-11 10:30 dispatch GZ-CGJ joint=yes
          2026-05-13 10:00 assist GZ-GAJ", "assisting_units_named", "2026-05-25 24:00"),
    // 12: a restart from the unit's judgement instead of the receipt (R38).
    (12, "2026-05-11 09:00 register complaint
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 accept
          2026-05-16 11:00 add
          2026-05-19 10:00 judge affects", "statement_judged", "2026-05-29 24:00"),
    // 13: stopping the clock with a report that fails (R24).
    (13, "2026-05-11 09:00 register complaint
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-25 10:00 submit not_wanted
          2026-05-26 10:00 fail", "review_failed + deadline_marked(handling Passed)", "2026-05-25 24:00"),
    (13, "2026-05-11 09:00 register complaint
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-25 10:00 submit not_wanted
          2026-05-26 10:00 pass", "review_passed", "2026-05-25 24:00"),
    // 28: computing into 2027 as if it were known (P14).
    (28, "2026-12-18 09:00 register complaint
          2026-12-18 10:00 dispatch GZ-CGJ
          2026-12-20 10:00 recompute calendar=2027",
        "deadline_recomputed(handling)", "2027-01-06 24:00"),
];

#[rustfmt::skip]
const COURSE: &[Row] = &[
    // 10: counting refused applications, or one unit three times (R33).
    (10, "2026-02-02 09:00 register complaint
          2026-02-02 10:00 dispatch GZ-CGJ
          2026-02-03 09:00 return duty
          2026-02-03 10:00 reject
          2026-02-03 11:00 return area", "rejected: return-rejected-before", "2026-02-14 24:00"),
    (10, "2026-02-02 09:00 register complaint
          2026-02-02 10:00 dispatch GZ-CGJ
          2026-02-03 09:00 return duty
          2026-02-03 10:00 approve
          2026-02-03 11:00 dispatch GZ-CGJ joint=yes
          2026-02-04 09:00 return duty
          2026-02-04 10:00 approve
          2026-02-04 11:00 dispatch GZ-CGJ joint=yes
          2026-02-05 09:00 return duty
          2026-02-05 10:00 approve", "return_approved", ANY),
    // 14: leaving what a unit ended early out of the evaluation.
    (14, "2026-05-11 09:00 register complaint
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 submit end=refused
          2026-05-12 11:00 pass
          2026-05-12 11:01 offer", "rating_offered", ANY),
    // 15: rating what was withdrawn (R45, R56, P7).
    (15, "2026-05-11 09:00 register complaint
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 submit not_wanted
          2026-05-12 11:00 pass
          2026-05-12 11:01 withdraw
          2026-05-12 11:02 offer", "rejected: order-closed", ANY),
    // 16: taking silence for dissatisfaction, or waiting for ever (R57, R58).
    (16, "2026-05-11 09:00 register complaint
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 submit not_wanted
          2026-05-12 11:00 pass
          2026-05-12 11:01 offer
          2026-05-13 10:00 rate 还行
          2026-05-18 00:00:01 due rating", "rating_lapsed + closed(CR13)", ANY),
    // 17: a third handling, or a return or an extension in the second (R59).
    (17, "2026-05-11 09:00 register complaint
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 submit not_wanted
          2026-05-12 11:00 pass
          2026-05-12 11:01 offer
          2026-05-13 10:00 rate dissatisfied
          2026-05-13 11:00 follow_up
          2026-05-13 12:00 send_back
          2026-05-13 13:00 return duty", "rejected: return-not-allowed", "2026-05-27 24:00"),
    (17, "2026-05-11 09:00 register complaint
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 submit not_wanted
          2026-05-12 11:00 pass
          2026-05-12 11:01 offer
          2026-05-13 10:00 rate dissatisfied
          2026-05-13 11:00 follow_up
          2026-05-13 12:00 send_back
          2026-05-13 13:00 extend 1wd", "rejected: extension-not-allowed", "2026-05-27 24:00"),
    (17, "2026-05-11 09:00 register complaint
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 submit not_wanted
          2026-05-12 11:00 pass
          2026-05-12 11:01 offer
          2026-05-13 10:00 rate dissatisfied
          2026-05-13 11:00 follow_up
          2026-05-13 12:00 send_back
          2026-05-14 10:00 submit not_wanted
          2026-05-14 11:00 pass
          2026-05-14 11:01 offer
          2026-05-15 10:00 rate dissatisfied
          2026-05-15 11:00 send_back", "rejected: rehandled-before", "2026-05-27 24:00"),
    // 18: excluding by the kind of report without its cause (R60): the centre may send it back.
    (18, "2026-05-11 09:00 register complaint mediation=yes
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 submit not_wanted mediated=terminated
          2026-05-12 11:00 pass
          2026-05-12 11:01 offer
          2026-05-13 10:00 rate dissatisfied
          2026-05-13 11:00 follow_up
          2026-05-13 12:00 send_back", "sent_back", "2026-05-27 24:00"),
    // 19: ending a violation report with its withdrawal, unit or no unit (R45).
    (19, "2026-05-11 09:00 register violation_report
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 withdraw", "withdrawn", "2026-05-25 24:00"),
    (19, "2026-05-11 09:00 register violation_report
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 withdraw
          2026-05-12 11:00 close_withdrawn goes_on=yes", "closed(CR09)", ANY),
    (19, "2026-05-11 09:00 register violation_report
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 submit not_wanted
          2026-05-12 11:00 withdraw
          2026-05-12 12:00 close_withdrawn goes_on=yes", "closed(CR09)", ANY),
    (19, "2026-05-11 09:00 register violation_report
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 return duty
          2026-05-12 10:30 approve
          2026-05-12 11:00 withdraw
          2026-05-12 12:00 close_withdrawn goes_on=yes", "closed(CR09)", ANY),
    // 20: one order for two units at the registration (R13), or two after a return (R32).
    (20, "2026-05-11 09:00 register complaint
          2026-05-11 10:00 dispatch GZ-CGJ joint=yes", "rejected: joint-only-after-return", ANY),
    (20, "2026-05-11 09:00 register complaint
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-11 10:01 dispatch GZ-GAJ", "rejected: wrong-stage", "2026-05-25 24:00"),
    // 21: three calls in quick succession (R17, P2).
    (21, "2026-05-11 09:00 register complaint
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-11 11:00 call 10:30..10:30
          2026-05-11 11:00 call 10:35..10:35
          2026-05-11 11:00 call 10:40..10:40
          2026-05-11 11:00 submit end=unreachable", "rejected: too-few-contact-attempts", "2026-05-25 24:00"),
    // 22: the three days of network channels at the unit (R16, R17).
    (22, "2026-05-11 09:00 register complaint channel=online
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-11 11:00 notice", "rejected: wrong-stage", "2026-05-25 24:00"),
    (22, "2026-05-11 09:00 register complaint channel=online
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-15 00:00:01 due information", "rejected: nothing-due", "2026-05-25 24:00"),
    // 25: an Art. 10 matter without the name, or no anonymous matter at all (R11, R9).
    (25, "2026-05-11 09:00 register complaint real_name=dispute", "rejected: real-name-required", ANY),
    (25, "2026-05-11 09:00 register violation_report conceal=name,phone", "registered", ANY),
    // 29: a commendation as one of the five types (R44).
    (29, "2026-05-11 09:00 register commendation
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 accept", "duty_accepted + closed(CR08)", ANY),
    (29, "2026-05-11 09:00 register commendation
          2026-05-11 10:00 dispatch GZ-CGJ
          2026-05-12 10:00 reply", "rejected: commendation", "2026-05-25 24:00"),
];

#[test]
fn mistakes_that_are_not_made() {
    for (number, script, expected, due) in CLOCK.iter().chain(COURSE) {
        let mut world = World::new();
        let result = world.run(script).result;
        assert_eq!(brief(&result), *expected, "{number}: {script}");
        if *due != ANY {
            let assignment = world.order().assignment().unwrap();
            assert_eq!(
                due_text(assignment.handle_by.due.due_at),
                *due,
                "{number}: {script}"
            );
        }
    }
}

#[test]
fn an_extension_is_never_silent() {
    // 27: letting the expected time change without telling the requester (R36).
    let script = "
        2025-09-18 09:00 register complaint
        2025-09-18 10:00 dispatch GZ-CGJ
        2025-09-22 10:00 extend 10wd";
    let told = told(&World::new().run(script).result);
    assert!(told.contains(&"tell requester: Extended until 2025-10-22 24:00".to_owned()));
    let unheard = format!("{script}\n2025-09-22 10:01 submit not_wanted");
    let result = World::new().run(&unheard).result;
    assert_eq!(brief(&result), "rejected: extension-notice-missing");
}

#[test]
fn provisional_is_said_to_be_provisional() {
    // 28: as long as the year has no notice.
    let script = "2026-12-18 09:00 register complaint\n2026-12-18 10:00 dispatch GZ-CGJ";
    assert!(World::after(script).order().is_provisional());
}

#[test]
fn grounds_of_the_measures_are_data() {
    // 30: hard-coding Art. 11(2) of the Measures (R27): a centre's own code works, the shipped ones go.
    let mut world = World::under(|rules| {
        rules.statutory_grounds.truncate(1);
        rules.statutory_grounds[0].code = "GZ-2027-1".to_owned();
    });
    world.accept(
        "2026-05-11 09:00 register complaint
         2026-05-11 10:00 dispatch GZ-CGJ
         2026-05-11 11:00 reply",
    );
    let mut submit = |ground: &str| {
        let line = format!("2026-05-11 12:00 submit end=statutory ground={ground}");
        brief(&world.step(&line).result)
    };
    assert_eq!(submit("P11_2_2"), "rejected: unknown-ground");
    assert_eq!(submit("GZ-2027-1"), "duty_accepted + submitted");
}

#[test]
fn all_that_concern_an_order_are_here() {
    let rows = CLOCK.iter().chain(COURSE).map(|(number, ..)| *number);
    let shown: BTreeSet<u8> = rows.chain([27, 30]).collect();
    let elsewhere = BTreeSet::from([23, 24, 26]);
    let all: BTreeSet<u8> = (1..=30).collect();
    assert_eq!(&all - &elsewhere, shown);
}
