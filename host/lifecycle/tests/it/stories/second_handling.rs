//! The second handling and its three ends: CR16, CR17, CR18 (R59–R63).

use expect_test::{expect, expect_file};

use crate::rejections::TWICE;
use crate::script::World;
use crate::show::{check, transcript};

#[test]
fn handled_twice_and_a_statement_filed() {
    let script = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-CGJ
        2026-05-12 10:00 reply
        2026-05-12 11:00 submit
        2026-05-13 10:00 pass
        2026-05-13 10:01 offer delivered=10:01
        2026-05-14 10:00 rate dissatisfied
        2026-05-14 10:30 send_back
        2026-05-15 10:00 follow_up
        2026-05-15 11:00 send_back
        2026-05-18 10:00 reply
        2026-05-18 11:00 submit
        2026-05-19 10:00 fail
        2026-05-20 10:00 submit
        2026-05-21 10:00 pass
        2026-05-21 10:01 offer
        2026-05-22 10:00 rate very_dissatisfied
        2026-05-25 10:00 close
        2026-05-25 10:30 follow_up
        2026-05-25 11:00 send_back
        2026-05-29 10:00 statement
        2026-06-01 10:00 supervise objection guidance=GZ-SJJ
        2026-06-02 10:00 answer_supervision
        2026-06-03 10:00 answer_supervision as=unit:GZ-SJJ
        2026-06-04 10:00 reject_answer
        2026-06-05 10:00 answer_supervision
        2026-06-05 11:00 answer_supervision as=unit:GZ-SJJ
        2026-06-08 10:00 accept_answer";
    expect_file!["../snapshots/story-handled-twice.txt"].assert_eq(&transcript(script));
}

#[test]
fn three_ends() {
    let offered: Vec<&str> = TWICE
        .lines()
        .filter(|line| !line.contains("very_dissatisfied"))
        .collect();
    let offered = offered.join("\n");
    for (lines, expected) in [
        (
            "2026-05-11 10:11 rate basically_satisfied",
            "rated + closed(CR16)",
        ),
        (
            "2026-05-17 00:00:01 due rating",
            "rating_lapsed + closed(CR16)",
        ),
        (
            "2026-05-11 10:11 rate dissatisfied
             2026-05-11 10:12 follow_up
             2026-05-11 10:13 statement",
            "diligence_statement_filed + closed(CR17)",
        ),
        (
            "2026-05-11 10:11 rate dissatisfied
             2026-05-11 10:12 follow_up
             2026-05-19 00:00:01 due diligence_statement",
            "closed(CR18)",
        ),
    ] {
        check(&format!("{offered}\n{lines}"), expected);
    }
}

#[test]
fn what_comes_after_the_second_rating() {
    // R62, R63, P5, A-27: a call-back, no decision, no third handling, no statement before it.
    let line = |line: &str| format!("{TWICE}\n2026-05-11 10:15 {line}");
    check(&line("send_back"), "rejected: rehandled-before");
    check(&line("close"), "rejected: follow-up-missing");
    check(&line("statement"), "rejected: wrong-stage");
    check(&line("follow_up"), "followed_up + statement_awaited");
    let called_back = line("follow_up");
    let then = |line: &str| format!("{called_back}\n2026-05-11 10:20 {line}");
    check(&then("send_back"), "rejected: rehandled-before");
    check(
        &then("close exclusion=force_majeure"),
        "rejected: wrong-stage",
    );
    check(&then("follow_up"), "rejected: already-followed-up");
    check(&then("rate satisfied"), "rejected: already-rated");
    check(&then("withdraw"), "rejected: already-rated");
    // A-27: in the first round there is no statement.
    let first = crate::rejections::DISSATISFIED;
    check(
        &format!("{first}\n2026-05-11 10:15 statement"),
        "rejected: wrong-stage",
    );
}

#[test]
fn a_receipt_moves_the_time_to_rate() {
    // R57, A-19: sent on the 11th, delivered on the 13th: until the 18th, not the 16th.
    let offered = "
        2026-05-11 09:00 register complaint
        2026-05-11 09:05 dispatch GZ-CGJ
        2026-05-11 10:00 submit not_wanted
        2026-05-11 10:02 pass
        2026-05-11 10:03 offer
        2026-05-14 09:00 delivered at=2026-05-13t20:00";
    expect![[r#"
        2026-05-11 09:00 register complaint
          registered, dispatch by 2026-05-12 24:00 (R20 第十三条第二项, 1 working day, from event 1)
          > tell center: AwaitsRouting
          = awaiting_dispatch, dispatch 2026-05-12 24:00
        2026-05-11 09:05 dispatch GZ-CGJ
          dispatched GZ-CGJ by Person, verification by 2026-05-13 24:00 (R26 第十六条, 2 working days, from event 2), handling by 2026-05-25 24:00 (R22 第十四条第二项, 10 working days, from event 2, warn 2026-05-14 24:00)
          > tell unit GZ-CGJ: Dispatched
          = awaiting_verification, verification 2026-05-13 24:00
        2026-05-11 10:00 submit not_wanted
          duty_accepted
          submitted
          > tell center: AwaitsReview
          = under_review, no deadline: UnderReview
        2026-05-11 10:02 pass
          review_passed, rating_offer by 2026-05-12 10:02:00 (R56 第二十七条第二项, 24 hours, from event 5)
          > offer rating
          = awaiting_rating_offer, rating_offer 2026-05-12 10:02:00
        2026-05-11 10:03 offer
          rating_offered, rating by 2026-05-16 24:00 (R57 第二十七条第三项, 5 calendar days, from event 6)
          = awaiting_rating, rating 2026-05-16 24:00
        2026-05-14 09:00 delivered at=2026-05-13t20:00
          delivery_recorded, rating by 2026-05-18 24:00 (R57 第二十七条第三项, 5 calendar days, from event 7)
          = awaiting_rating, rating 2026-05-18 24:00
    "#]].assert_eq(&transcript(offered));
    check(
        &format!("{offered}\n2026-05-19 00:00:00 rate satisfied"),
        "rated + closed(CR12)",
    );
    check(
        &format!("{offered}\n2026-05-19 00:00:01 rate satisfied"),
        "rejected: rating-too-late",
    );
    // Not before it was sent, not in the future, not once it is over.
    let sent: Vec<&str> = offered.lines().take(6).collect();
    let sent = sent.join("\n");
    let delivered = |line: &str| format!("{sent}\n{line}");
    let impossible = "rejected: impossible-time";
    check(
        &delivered("2026-05-11 11:00 delivered at=10:02:59"),
        impossible,
    );
    check(
        &delivered("2026-05-11 11:00 delivered at=11:00:01"),
        impossible,
    );
    let nothing = "rejected: nothing-due";
    // The first receipt stands, also on the day of the sending, where it moves nothing.
    let first = delivered("2026-05-11 11:00 delivered at=10:30");
    check(&first, "delivery_recorded");
    let confirmed = sent.replace(" offer", " offer delivered=10:03");
    for first in [first.as_str(), offered, &confirmed] {
        let second = format!("{first}\n2026-05-15 11:00 delivered at=10:30");
        check(&second, nothing);
    }
    check(
        &delivered("2026-05-17 00:00:01 delivered at=2026-05-16t20:00"),
        nothing,
    );
    assert!(World::after(&sent).order().ratings.is_empty());
}
