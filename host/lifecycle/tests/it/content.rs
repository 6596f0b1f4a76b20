//! What a command must carry: evidence, counted calls, fields that are filled, times that can be.

use crate::show::check;

/// In handling since 16:00 of 2026-05-11, with what happened since.
fn given(lines: &str) -> String {
    format!(
        "2026-05-11 10:00 register complaint
         2026-05-11 16:00 dispatch GZ-CGJ
         2026-05-11 16:00 accept
         {lines}"
    )
}

#[track_caller]
fn handling(lines: &str, expected: &str) {
    check(&given(lines), expected);
}

#[test]
fn submission_as_unreachable() {
    // R40: calls at 21:00, 21:15, 21:30 fail, submitted 21:31. P2: not with fewer.
    let three = "2026-05-25 21:00 call 21:00..21:00 unanswered
                 2026-05-25 21:15 call 21:15..21:15 unanswered
                 2026-05-25 21:30 call 21:30..21:30 unanswered";
    handling(
        &format!("{three}\n2026-05-25 21:31 submit unreachable"),
        "submitted",
    );
    let too_few = "rejected: too-few-contact-attempts";
    let two = "2026-05-25 21:00 call 21:00..21:00 unanswered
               2026-05-25 21:15 call 21:15..21:15 unanswered";
    handling(
        &format!("{two}\n2026-05-25 21:31 submit unreachable"),
        too_few,
    );
    let burst = "2026-05-25 21:00 call 21:00..21:00 unanswered
                 2026-05-25 21:15 call 21:14:59..21:14:59 unanswered
                 2026-05-25 21:30 call 21:30..21:30 unanswered";
    handling(
        &format!("{burst}\n2026-05-25 21:31 submit unreachable"),
        too_few,
    );
    handling("2026-05-25 21:31 submit unreachable", too_few);
    let reached = format!("{three}\n2026-05-25 21:46 call 21:45..21:46 answered");
    handling(
        &format!("{reached}\n2026-05-25 21:47 submit unreachable"),
        "rejected: requester-was-reached",
    );
    handling(
        &format!(
            "{reached}\n2026-05-25 22:00 call 22:00..22:00 unanswered\n2026-05-25 22:01 submit unreachable"
        ),
        too_few,
    );
}

#[test]
fn unreachable_the_same_evening() {
    // R17: dispatched Friday 2026-02-13; the unit may conclude before its clock has started.
    check(
        "2026-02-13 10:00 register complaint
         2026-02-13 15:00 dispatch GZ-CGJ
         2026-02-13 16:00 call 16:00..16:00 unanswered
         2026-02-13 16:15 call 16:15..16:15 unanswered
         2026-02-13 16:30 call 16:30..16:30 unanswered
         2026-02-13 16:31 submit unreachable",
        "duty_accepted + submitted",
    );
}

#[test]
fn reply_and_its_evidence() {
    // R40, R41, P6.
    handling("2026-05-12 10:00 reply", "replied");
    handling(
        "2026-05-12 10:00 reply evidence=none",
        "rejected: reply-without-evidence",
    );
    handling(
        "2026-05-12 10:00 reply evidence=_",
        "rejected: missing-field",
    );
    handling(
        "2026-05-12 10:00 reply at=10:00:01",
        "rejected: impossible-time",
    );
    handling(
        "2026-05-12 10:00 reply at=2026-05-11t15:59:59",
        "rejected: impossible-time",
    );
    handling("2026-05-12 10:00 reply at=2026-05-11t16:00", "replied");
    handling("2026-05-12 10:00 submit", "rejected: reply-missing");
    handling(
        "2026-05-12 10:00 reply\n2026-05-12 10:00 submit",
        "submitted",
    );
    handling("2026-05-12 10:00 submit not_wanted", "submitted");
    handling(
        "2026-05-12 10:00 submit not_wanted evidence=_",
        "rejected: missing-field",
    );
    for exception in ["not_wanted", "unreachable"] {
        handling(
            &format!("2026-05-12 10:00 reply\n2026-05-12 10:00 submit {exception}"),
            "rejected: already-replied",
        );
    }
}

#[test]
fn report_content() {
    // R42.
    let replied = |submit: &str| format!("2026-05-12 10:00 reply\n2026-05-12 11:00 {submit}");
    handling(
        &replied("submit from=09:00 until=10:30 office=太和镇"),
        "submitted",
    );
    handling(
        &replied("submit from=10:31 until=10:30"),
        "rejected: impossible-time",
    );
    handling(&replied("submit from=10:30 until=10:30"), "submitted");
    handling(
        &replied("submit until=11:00:01"),
        "rejected: impossible-time",
    );
    handling(
        &replied("submit from=2026-05-11t15:59:59"),
        "rejected: impossible-time",
    );
    handling(&replied("submit from=2026-05-11t16:00"), "submitted");
    handling(&replied("submit office=_"), "rejected: missing-field");
}

#[test]
fn contact_attempt_content() {
    handling(
        "2026-05-12 10:00 call 09:58..09:59 answered",
        "contact_attempted",
    );
    handling(
        "2026-05-12 10:00 call 09:59..09:58 answered",
        "rejected: impossible-time",
    );
    handling(
        "2026-05-12 10:00 call 09:59..10:00:01 answered",
        "rejected: impossible-time",
    );
    handling(
        "2026-05-12 10:00 call 2026-05-11t15:59:59..2026-05-11t16:01 answered",
        "rejected: impossible-time",
    );
    handling(
        "2026-05-12 10:00 call 09:58..09:59 answered evidence=",
        "rejected: missing-field",
    );
}

#[test]
fn registration_content() {
    // R12.
    check(
        "2026-05-11 10:00 register complaint district=440106 street=员村街道 source=import:1",
        "registered",
    );
    check(
        "2026-05-11 10:00 register complaint district=440107",
        "rejected: unknown-district",
    );
    check(
        "2026-05-11 10:00 register complaint source=",
        "rejected: missing-field",
    );
    check(
        "2026-05-11 10:00 register complaint street=",
        "rejected: missing-field",
    );
    check(
        "2026-05-11 10:00 register complaint\n2026-05-11 10:00 register complaint",
        "rejected: already-registered",
    );
    check(
        "2026-05-11 10:00 dispatch GZ-CGJ",
        "rejected: order-not-found",
    );
}

#[test]
fn dispatch_content() {
    // R19, R20, R23.
    let dispatch = |words: &str| {
        format!("2026-05-11 10:00 register complaint\n2026-05-11 11:00 dispatch {words}")
    };
    check(&dispatch("GZ-CGJ"), "dispatched");
    check(&dispatch("GZ-XXX"), "rejected: unknown-unit");
    check(&dispatch("GZ-CGJ limit=5nd basis=粤办函1号"), "dispatched");
    check(
        &dispatch("GZ-CGJ limit=5nd"),
        "rejected: special-limit-without-basis",
    );
    check(
        &dispatch("GZ-CGJ limit=0wd basis=粤办函1号"),
        "rejected: period-out-of-range",
    );
    check(
        &dispatch("GZ-CGJ limit=2026-05-11t11:00 basis=粤办函1号"),
        "rejected: period-out-of-range",
    );
    check(
        &dispatch("GZ-CGJ limit=2026-05-11t11:00:01 basis=粤办函1号"),
        "dispatched",
    );
    check(
        &dispatch("GZ-CGJ limit=65535wd basis=粤办函1号"),
        "rejected: period-out-of-range",
    );
}

#[test]
fn direct_answer_content() {
    // R19: consultations only.
    let answer = |order_type: &str, words: &str| {
        format!("2026-05-11 10:00 register {order_type}\n2026-05-11 11:00 answer {words}")
    };
    check(
        &answer("consultation", ""),
        "answered_directly + closed(CR01)",
    );
    check(&answer("complaint", ""), "rejected: not-a-consultation");
    check(&answer("consultation", "point="), "rejected: missing-field");
    check(
        &answer("consultation", "version=0"),
        "rejected: missing-field",
    );
}

#[test]
fn commendations_are_only_read() {
    // R44: no call, no reply, no report.
    let read = |command: &str| {
        format!(
            "2026-05-11 10:00 register commendation
             2026-05-11 16:00 dispatch GZ-CGJ
             2026-05-12 10:00 {command}"
        )
    };
    check(&read("accept"), "duty_accepted + closed(CR08)");
    check(&read("reply"), "rejected: commendation");
    check(&read("submit not_wanted"), "rejected: commendation");
    check(
        &read("call 09:00..09:01 answered"),
        "rejected: commendation",
    );
}

/// Reviewed at 18:00 of 2026-05-12, with what happened since.
#[track_caller]
fn reviewed(lines: &str, expected: &str) {
    let past = given(
        "2026-05-12 10:00 reply
         2026-05-12 11:00 submit
         2026-05-12 18:00 pass",
    );
    check(&format!("{past}\n{lines}"), expected);
}

#[test]
fn rating_offer_content() {
    // R56, A-19.
    reviewed("2026-05-12 18:10 offer", "rating_offered");
    reviewed(
        "2026-05-12 18:10 offer sent=17:59:59",
        "rejected: impossible-time",
    );
    reviewed("2026-05-12 18:10 offer sent=18:00", "rating_offered");
    reviewed(
        "2026-05-12 18:10 offer sent=18:10:01",
        "rejected: impossible-time",
    );
    reviewed(
        "2026-05-12 18:10 offer sent=18:05 delivered=18:04:59",
        "rejected: impossible-time",
    );
    reviewed(
        "2026-05-12 18:10 offer sent=18:05 delivered=18:10:01",
        "rejected: impossible-time",
    );
    reviewed(
        "2026-05-12 18:10 offer sent=18:05 delivered=18:10",
        "rating_offered",
    );
}

#[test]
fn ratings() {
    // R57, R58, A-19: five options; the first valid one stands; anything else is kept and ignored.
    let rate = |rating: &str, expected: &str| {
        reviewed(
            &format!("2026-05-12 18:10 offer\n2026-05-13 09:00 rate {rating}"),
            expected,
        );
    };
    rate("very_satisfied", "rated + closed(CR12)");
    rate("satisfied", "rated + closed(CR12)");
    rate("basically_satisfied", "rated + closed(CR12)");
    rate("dissatisfied", "rated");
    rate("very_dissatisfied", "rated");
    rate("还行", "invalid_rating_received");
    let offered = "2026-05-12 18:10 offer\n2026-05-13 09:00 rate 还行\n2026-05-13 09:01 rate";
    reviewed(&format!("{offered} satisfied"), "rated + closed(CR12)");
    reviewed(
        &format!("{offered} dissatisfied\n2026-05-13 09:02 rate satisfied"),
        "rejected: already-rated",
    );
    reviewed(
        &format!("{offered} satisfied\n2026-05-13 09:02 rate dissatisfied"),
        "rejected: already-rated",
    );
    reviewed("2026-05-12 18:05 rate satisfied", "rejected: wrong-stage");
}

#[test]
fn follow_up() {
    // R58, R59, A-20: the call-back comes first.
    let rated = |lines: &str, expected: &str| {
        let past = "2026-05-12 18:10 offer\n2026-05-13 09:00 rate dissatisfied";
        reviewed(&format!("{past}\n{lines}"), expected);
    };
    rated("2026-05-13 10:00 close", "rejected: follow-up-missing");
    rated("2026-05-13 10:00 follow_up", "followed_up");
    rated(
        "2026-05-13 10:00 follow_up at=10:00:01",
        "rejected: impossible-time",
    );
    rated(
        "2026-05-13 10:00 follow_up at=08:59:59",
        "rejected: impossible-time",
    );
    rated(
        "2026-05-13 10:00 follow_up\n2026-05-13 11:00 follow_up",
        "followed_up",
    );
    rated(
        "2026-05-13 10:00 follow_up\n2026-05-13 11:00 close",
        "closed(CR15)",
    );
}
