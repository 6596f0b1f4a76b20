//! From the contact to the registration (Art. 2, 8–12): scope, real names, concealment, who may speak
//! for the requester, what is missing, what is filed again.

use contract::escalation::Priority;
use lifecycle::Decision;
use lifecycle::command::ConcealedField;
use lifecycle::effect::Effect;
use lifecycle::ids::OrderId;
use lifecycle::rejection::Rejection;

use crate::script::World;
use crate::show::{brief, check, told};

#[track_caller]
fn registered(words: &str, expected: &str) {
    check(&format!("2026-11-16 10:00 register {words}"), expected);
}

#[test]
fn scope() {
    // R1: a matter of the city's area, of one of the types of Art. 45; emergencies and what lies
    // elsewhere never become an order.
    for order_type in [
        "consultation",
        "help_request",
        "complaint",
        "violation_report",
        "suggestion",
        "commendation",
    ] {
        registered(&format!("{order_type} district=440106"), "registered");
    }
    registered("complaint district=440600", "rejected: unknown-district");
    // R7: about staff of a unit that there is.
    registered("complaint against=GZ-D106", "registered");
    registered("complaint against=GZ-XXX", "rejected: unknown-unit");
    // R13, R14: orders of one contact know each other by it.
    registered("complaint contact=20261116-1", "registered");
    registered("complaint contact=", "rejected: missing-field");
}

#[test]
fn real_names() {
    // R11, P1: name, identity number and contact, and unconcealed from the handling unit (Q24, Q04).
    let refused = "rejected: real-name-required";
    for ground in ["own", "dispute", "《条例》第三条"] {
        let matter = |words: &str| format!("complaint real_name={ground} {words}");
        registered(&matter("given=name,id,contact"), "registered");
        registered(&matter(""), refused);
        registered(&matter("given=name,id"), refused);
        registered(&matter("given=name,contact"), refused);
        registered(&matter("given=id,contact"), refused);
        registered(&matter("given=name,id,contact conceal=name"), refused);
        let districts = "given=name,id,contact conceal=name scope=units_and_districts";
        registered(&matter(districts), refused);
        // Secrecy towards third parties is owed anyway (Art. 43).
        let third_parties = "given=name,id,contact conceal=name scope=third_parties";
        registered(&matter(third_parties), "registered");
        // It cannot be gone round by what is missing, either.
        registered(&matter("missing=yes"), refused);
    }
    registered(
        "complaint real_name=_ given=name,id,contact",
        "rejected: missing-field",
    );
    // Everything else may be anonymous, violation reports too (Art. 9(2), A-29).
    registered("violation_report", "registered");
    registered(
        "violation_report conceal=name,phone,id_number",
        "registered",
    );
}

#[test]
fn concealment() {
    // R9: which fields, towards whom, and a record of the warning; at registration and later.
    registered("violation_report conceal=phone", "registered");
    registered(
        "violation_report conceal=nothing",
        "rejected: concealment-without-fields",
    );
    registered(
        "violation_report conceal=phone warned=_",
        "rejected: missing-field",
    );
    let past = "
        2026-11-16 10:00 register violation_report
        2026-11-16 11:00 dispatch GZ-CGJ";
    check(
        &format!("{past}\n2026-11-17 10:00 conceal phone"),
        "concealed",
    );
    check(
        &format!("{past}\n2026-11-17 10:00 conceal nothing"),
        "rejected: concealment-without-fields",
    );
    check(
        &format!("{past}\n2026-11-17 10:00 conceal phone warned=_"),
        "rejected: missing-field",
    );
    // R11: nor can an Art. 10 matter be hidden from the unit afterwards.
    let real_name = "2026-11-16 10:00 register complaint real_name=dispute given=name,id,contact";
    check(
        &format!("{real_name}\n2026-11-17 10:00 conceal phone"),
        "rejected: real-name-required",
    );
    check(
        &format!("{real_name}\n2026-11-17 10:00 conceal phone scope=third_parties"),
        "concealed",
    );
}

#[test]
fn the_requester_is_warned_of_concealment() {
    // R9: each time, and where information is missing too.
    let warning = "tell requester: ConcealmentWarning".to_owned();
    for line in [
        "2026-11-16 10:00 register violation_report conceal=phone",
        "2026-11-16 10:00 register violation_report conceal=phone missing=yes",
    ] {
        assert!(
            told(&World::new().step(line).result).contains(&warning),
            "{line}"
        );
    }
    let mut world = World::after("2026-11-16 10:00 register violation_report conceal=phone");
    let again = world.step("2026-11-17 10:00 conceal name scope=units_and_districts");
    assert!(told(&again.result).contains(&warning));
    // What was hidden before stays hidden.
    let hidden: Vec<ConcealedField> = world
        .order()
        .concealments
        .iter()
        .flat_map(|it| it.fields.clone())
        .collect();
    assert_eq!(hidden, [ConcealedField::Phone, ConcealedField::Name]);
}

#[test]
fn who_speaks_for_the_requester() {
    // R10, P13: the same number or account, or somebody whom the centre verified and says how.
    let refused = "rejected: not-the-requester";
    let registered = "2026-11-02 10:00 register complaint";
    let missing = "2026-11-02 10:00 register complaint missing=yes";
    for (past, line, accepted) in [
        (registered, "withdraw", "withdrawn + closed(CR09)"),
        (registered, "add", "statement_added"),
        (missing, "supply", "information_supplied"),
    ] {
        let given = |words: &str| format!("{past}\n2026-11-02 11:00 {line} {words}");
        check(&given(""), accepted);
        check(&given("who=other"), refused);
        check(&given("who=verified"), refused);
        check(&given("who=verified as=operator"), accepted);
        check(&given("who=other as=operator"), refused);
    }
    check(
        &format!("{registered}\n2026-11-02 11:00 withdraw evidence=_"),
        "rejected: missing-field",
    );
}

#[test]
fn conduct_is_marked_and_nothing_else() {
    // R8: a mark changes no stage and no clock, and refuses nothing.
    let mut world = World::after("2026-11-02 10:00 register complaint");
    let before = world.order().clone();
    world.accept("2026-11-02 11:00 flag");
    let after = world.order();
    assert_eq!(after.conduct_notes.len(), 1);
    assert_eq!(
        (&after.stage, &after.dispatch_by),
        (&before.stage, &before.dispatch_by)
    );
    assert_eq!(after.priority, Priority::Normal);
}

#[test]
fn missing_information_on_the_telephone() {
    // R15, A-07: asked by calls; one supplement; refusal, silence, insufficiency end it with a note.
    let asked = "2026-11-24 09:00 register help_request missing=yes";
    let line = |line: &str| format!("{asked}\n2026-11-24 10:00 {line}");
    check(asked, "received");
    check(&line("close_incomplete refused"), "closed(CR03)");
    check(
        &line("close_incomplete refused evidence=_"),
        "rejected: missing-field",
    );
    check(
        &line("close_incomplete unreachable"),
        "rejected: too-few-contact-attempts",
    );
    check(&line("notice"), "rejected: wrong-channel");
    check(&line("assess sufficient"), "rejected: nothing-missing");
    check(&line("dispatch GZ-CGJ"), "rejected: wrong-stage");
    check(&line("withdraw"), "withdrawn + closed(CR09)");
    let supplied = line("supply");
    check(&supplied, "information_supplied");
    let then = |line: &str| format!("{supplied}\n2026-11-24 11:00 {line}");
    check(&then("assess insufficient"), "closed(CR04)");
    check(&then("supply"), "rejected: nothing-missing");
    // What was supplied must be looked at.
    check(&then("close_incomplete refused"), "rejected: wrong-stage");
    check(&then("assess sufficient"), "information_sufficient");
    check(
        &then("assess sufficient advice=GZ-CGJ:900"),
        "information_sufficient + routing_advised + dispatched",
    );
}

#[test]
fn missing_information_is_asked_for_once() {
    // R15, R16: everything at once (一次性告知).
    let registered = "2026-11-24 09:00 register help_request";
    let asked = format!("{registered}\n2026-11-24 10:00 request_information");
    check(&asked, "information_requested");
    let sufficient = format!(
        "{asked}
         2026-11-24 11:00 supply
         2026-11-24 12:00 assess sufficient"
    );
    let again = format!("{sufficient}\n2026-11-24 13:00 request_information");
    check(&again, "rejected: nothing-missing");
    // Registered when it was sufficient, and timed from then.
    let world = World::after(&sufficient);
    assert_eq!(
        world.order().registered_at,
        crate::script::at("2026-11-24 12:00")
    );
    // R11, R12: what a unit has is not asked back.
    let dispatched = format!("{registered}\n2026-11-24 09:30 dispatch GZ-CGJ");
    check(
        &format!("{dispatched}\n2026-11-24 10:00 request_information"),
        "rejected: wrong-stage",
    );
}

#[test]
fn notices_on_network_channels() {
    // R16: one notice; its times must be possible.
    let asked = "2026-11-24 09:00 register help_request channel=online missing=yes";
    let line = |words: &str| format!("{asked}\n2026-11-24 10:00 notice {words}");
    check(&line(""), "information_notice_sent");
    check(
        &line("sent=09:30 delivered=09:31"),
        "information_notice_sent",
    );
    let impossible = "rejected: impossible-time";
    check(&line("sent=10:00:01"), impossible);
    check(&line("sent=08:59:59"), impossible);
    check(&line("sent=09:30 delivered=09:29"), impossible);
    check(&line("sent=09:30 delivered=10:00:01"), impossible);
    check(
        &format!("{}\n2026-11-24 11:00 notice", line("")),
        "rejected: nothing-due",
    );
    // Silence is for the three days, not for calls.
    check(
        &format!("{asked}\n2026-11-24 11:00 close_incomplete unreachable"),
        "rejected: wrong-channel",
    );
    check(
        &format!("{asked}\n2026-11-24 11:00 close_incomplete refused"),
        "closed(CR03)",
    );
    let told = told(&World::new().step(asked).result);
    assert_eq!(
        told,
        ["ask for information", "tell center: InformationNeeded"]
    );
}

#[test]
fn filed_again() {
    // R18: what ended for missing information, of the same requester, is a new order and no repeat.
    let again = |related: &str| format!("complaint refiled=20261005-EARLIERXXX {related}");
    for code in ["CR02", "CR03", "CR04", "CR05"] {
        registered(&again(&format!("related=same,{code}")), "registered");
    }
    // Art. 12(4): also what a unit could not handle for it (工单无法办理).
    registered(&again("related=same,CR13,unavailable"), "registered");
    let refused = "rejected: not-refilable";
    registered(&again("related=same"), refused);
    registered(&again("related=same,CR13"), refused);
    registered(&again("related=CR05"), refused);
    registered(&again(""), refused);
    registered(
        &again("related=same,CR05 told_of=20261005-ANOTHERXXX"),
        refused,
    );
    let mut world = World::new();
    let script = format!("2026-10-06 09:00 register {}", again("related=same,CR05"));
    let answer = world.run(&script);
    let earlier = OrderId::new("20261005-EARLIERXXX");
    assert_eq!(answer.needs.related.as_ref(), Some(&earlier));
    assert_eq!(world.order().refiled_from, Some(earlier));
    // Registered on 10-06, to be dispatched by 10-08 24:00.
    let due_at = world.order().dispatch_by.as_ref().unwrap().due.due_at;
    assert_eq!(calendar::due_text(due_at), "2026-10-08 24:00");
}

#[test]
fn corrected_types() {
    // R77, A-23: before a dispatch a correction, with a unit a new dispatch with the new period.
    let registered = "2026-05-11 09:00 register complaint";
    let line = "2026-05-13 09:00 reclassify consultation";
    check(
        &format!("{registered}\n2026-05-11 10:00 reclassify suggestion"),
        "reclassified",
    );
    check(
        &format!("{registered}\n2026-05-11 10:00 reclassify complaint"),
        "rejected: unchanged",
    );
    let dispatched = format!(
        "{registered}
         2026-05-11 10:00 dispatch GZ-CGJ
         2026-05-11 11:00 accept
         {line}"
    );
    let world = World::after(&dispatched);
    let order = world.order();
    assert_eq!(order.stage.name(), "awaiting_verification");
    assert_eq!(order.assignments.len(), 2);
    let deadline = &order.assignment().unwrap().handle_by;
    assert_eq!(deadline.rule, "R21");
    assert_eq!(calendar::due_text(deadline.due.due_at), "2026-05-15 24:00");
    // A report is then one of the new type.
    let report = |words: &str| {
        brief(
            &World::after(&dispatched)
                .step(&format!("2026-05-14 09:00 submit not_wanted {words}"))
                .result,
        )
    };
    assert_eq!(report(""), "duty_accepted + submitted");
    assert_eq!(report("content=complaint"), "rejected: content-missing");
    // A commendation is only read.
    let read = format!(
        "{registered}
         2026-05-11 10:00 dispatch GZ-CGJ
         2026-05-11 11:00 reclassify commendation
         2026-05-11 12:00 accept"
    );
    check(&read, "duty_accepted + closed(CR08)");
}

#[test]
fn a_correction_leaves_the_limit_of_a_document() {
    // R23, A-23: the document is about the order, whatever its type; its period begins anew.
    let corrected = |limit: &str, at: &str| {
        let script = format!(
            "2026-05-11 09:00 register complaint
             2026-05-11 10:00 dispatch GZ-CGJ limit={limit} basis=粤办函1号 extensions=0
             2026-05-11 11:00 accept
             {at} reclassify consultation"
        );
        let world = World::after(&script);
        let assignment = world.order().assignment().unwrap();
        let limit = assignment.special_limit.as_ref().unwrap();
        assert_eq!(limit.basis, "粤办函1号");
        let refused = world.clone().step("2026-05-13 10:00 extend 1wd").result;
        assert_eq!(brief(&refused), "rejected: extension-limit-reached");
        let deadline = &assignment.handle_by;
        assert_eq!(deadline.rule, "R23");
        calendar::due_text(deadline.due.due_at)
    };
    let two_days_later = "2026-05-13 09:00";
    assert_eq!(corrected("20wd", two_days_later), "2026-06-10 24:00");
    assert_eq!(corrected("5nd", two_days_later), "2026-05-18 24:00");
    // An instant stays what it is; one that is over gives way to the type's own period.
    assert_eq!(
        corrected("2026-05-20t12:00", two_days_later),
        "2026-05-20 12:00:00"
    );
    let over = World::after(
        "2026-05-11 09:00 register complaint
         2026-05-11 10:00 dispatch GZ-CGJ limit=2026-05-12t12:00 basis=粤办函1号
         2026-05-13 09:00 reclassify consultation",
    );
    let deadline = &over.order().assignment().unwrap().handle_by;
    assert_eq!(deadline.rule, "R21");
    assert!(over.order().is_overdue());
}

#[test]
fn a_correction_leaves_what_was_added_to_be_judged() {
    // R38, A-23: before the report, by the same unit. What was received before the new dispatch does not
    // shorten its period (R24); what comes after it counts as ever.
    let added = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-CGJ
        2026-05-12 09:00 add
        2026-05-13 09:00 reclassify help_request";
    check(
        &format!("{added}\n2026-05-13 10:00 submit not_wanted content=help_request"),
        "rejected: statement-unjudged",
    );
    let judged = format!("{added}\n2026-05-13 10:00 judge affects");
    check(&judged, "statement_judged");
    let due = |script: &str| {
        let world = World::after(script);
        let deadline = &world.order().assignment().unwrap().handle_by;
        calendar::due_text(deadline.due.due_at)
    };
    assert_eq!(due(added), "2026-05-27 24:00");
    assert_eq!(due(&judged), "2026-05-27 24:00");
    let later = format!("{judged}\n2026-05-14 09:00 add\n2026-05-14 10:00 judge affects");
    assert_eq!(due(&later), "2026-05-28 24:00");
    // What was judged before is not judged again, nor what a unit before did not judge.
    let before = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-GAJ
        2026-05-11 11:00 add
        2026-05-11 12:00 return duty
        2026-05-11 13:00 approve
        2026-05-12 09:00 dispatch GZ-CGJ
        2026-05-12 10:00 add
        2026-05-12 11:00 judge no
        2026-05-13 09:00 reclassify help_request";
    let world = World::after(before);
    assert_eq!(world.order().unjudged_statements().count(), 0);
}

#[test]
fn many_open_orders_about_the_same_thing() {
    // R52: at each step of the rule set somebody is told once, and no clock moves.
    let dispatched = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-CGJ";
    let check = |line: &str, expected: &str| {
        let answer = World::after(dispatched).step(&format!("2026-05-12 09:00 {line}"));
        assert_eq!(brief(&answer.result), expected, "{line}");
    };
    check("count alike=4", "rejected: nothing-due");
    check("count", "rejected: nothing-due");
    check("count alike=5", "many_alike");
    check("count alike=5/4", "many_alike");
    check("count alike=5/5", "rejected: nothing-due");
    check("count alike=9/5", "rejected: nothing-due");
    check("count alike=10/5", "many_alike");
    check("count alike=300/100", "many_alike");
    check("count alike=5 as=operator", "rejected: not-permitted");
    let counted = format!("{dispatched}\n2026-05-12 09:00 count alike=12 escalate=notify_unit");
    let (before, after) = (World::after(dispatched), World::after(&counted));
    assert_eq!(after.order().one_of_many, Some(12));
    assert_eq!(
        after.order().running_deadlines(),
        before.order().running_deadlines()
    );
}

#[test]
fn links_between_orders_about_the_same_matter() {
    // A-25, R13: linked, never merged; no clock moves, and the other order is linked back.
    let dispatched = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-CGJ";
    let link = "link to=20260511-AAAAAAAAAA";
    let given =
        |past: &str, line: &str| World::after(past).step(&format!("2026-05-12 09:00 {line}"));
    let linked = format!("{dispatched}\n2026-05-11 11:00 {link} related=other");
    let (before, after) = (World::after(dispatched), World::after(&linked));
    assert_eq!(
        after.order().same_matter_as,
        [OrderId::new("20260511-AAAAAAAAAA")]
    );
    assert_eq!(
        after.order().running_deadlines(),
        before.order().running_deadlines()
    );
    let back = |result: &Result<Decision, Rejection>| {
        let effects = &result.as_ref().unwrap().effects;
        effects
            .iter()
            .any(|it| matches!(it, Effect::LinkBack { .. }))
    };
    let answer = given(dispatched, &format!("{link} related=other"));
    assert!(back(&answer.result));
    assert_eq!(
        answer.needs.related,
        Some(OrderId::new("20260511-AAAAAAAAAA"))
    );
    // What comes from the other order needs no reason, and is not linked back again.
    let from_there = given(
        dispatched,
        &format!("{link} related=other reason=none as=system"),
    );
    assert_eq!(brief(&from_there.result), "orders_linked");
    assert!(!back(&from_there.result));
    for (past, line, expected) in [
        (dispatched, "", "rejected: not-linkable"),
        (
            dispatched,
            "related=other told_of=20260511-BBBBBBBBBB",
            "rejected: not-linkable",
        ),
        (
            dispatched,
            "related=other reason=none",
            "rejected: missing-field",
        ),
        (dispatched, "related=other same=no", "rejected: unchanged"),
        (
            dispatched,
            "related=other as=unit:GZ-CGJ",
            "rejected: not-permitted",
        ),
        (&linked, "related=other", "rejected: unchanged"),
        (&linked, "related=other same=no", "orders_linked"),
    ] {
        let answer = given(past, &format!("{link} {line}"));
        assert_eq!(brief(&answer.result), expected, "{line}");
    }
    let itself = given(dispatched, "link to=20260918-TESTTESTTE related=other");
    assert_eq!(brief(&itself.result), "rejected: not-linkable");
}

#[test]
fn links_are_taken_away_and_bounded() {
    // a mistake is undone; after the end too; very many are a long-term matter.
    let dispatched = "
        2026-05-11 09:00 register complaint
        2026-05-11 10:00 dispatch GZ-CGJ";
    let link = "link to=20260511-AAAAAAAAAA";
    let linked = format!("{dispatched}\n2026-05-11 11:00 {link} related=other");
    let given =
        |past: &str, line: &str| World::after(past).step(&format!("2026-05-12 09:00 {line}"));
    let unlinked = format!("{linked}\n2026-05-12 09:00 {link} related=other same=no");
    assert!(World::after(&unlinked).order().same_matter_as.is_empty());
    // After the end too, and no more than may be.
    let closed = "2026-05-11 09:00 register consultation\n2026-05-11 10:00 answer";
    assert_eq!(
        brief(&given(closed, &format!("{link} related=other")).result),
        "orders_linked"
    );
    let mut world = World::after(dispatched);
    for n in 0..100 {
        world.accept(&format!(
            "2026-05-12 09:00 link to=20260511-{n:010} related=other"
        ));
    }
    let full = world.step("2026-05-12 09:00 link to=20260511-AAAAAAAAAA related=other");
    assert_eq!(brief(&full.result), "rejected: not-linkable");
}

#[test]
fn a_correction_leaves_the_joint_handling() {
    // R32, A-23: lead unit and assisting units stay who they are.
    let joint = "
        2026-05-11 09:00 register complaint
        2026-05-11 09:05 dispatch GZ-GAJ
        2026-05-11 09:10 return duty
        2026-05-11 09:15 approve
        2026-05-11 09:20 dispatch GZ-CGJ joint=yes";
    let named = format!(
        "{joint}
         2026-05-11 10:00 assist GZ-GAJ
         2026-05-12 09:00 reclassify help_request"
    );
    check(
        &format!("{named}\n2026-05-12 10:00 assisted"),
        "assistance_recorded",
    );
    let unnamed = format!("{joint}\n2026-05-12 09:00 reclassify help_request");
    check(
        &format!("{unnamed}\n2026-05-14 00:00:01 due assistance"),
        "deadline_marked(assistance Passed)",
    );
}

#[test]
fn lists_of_long_term_matters() {
    // R50, R52: the matter says so, nobody else; listed and taken off, after the end too.
    let registered = "2026-05-11 09:00 register complaint";
    let listed = format!("{registered}\n2026-05-11 10:00 list 逾期交楼");
    check(&listed, "long_term_listed");
    check(&format!("{listed} as=operator"), "rejected: not-permitted");
    check(
        &format!("{listed}\n2026-05-11 11:00 list 逾期交楼"),
        "rejected: unchanged",
    );
    check(
        &format!("{listed}\n2026-05-11 11:00 list off"),
        "long_term_listed",
    );
    check(
        &format!("{registered}\n2026-05-11 11:00 list off"),
        "rejected: unchanged",
    );
    check(
        &format!("{registered}\n2026-05-11 11:00 list _"),
        "rejected: missing-field",
    );
}

#[test]
fn the_service_is_rated_once() {
    // R55: same five options, of direct answers too, after the end.
    let answered = "2026-05-11 09:00 register consultation\n2026-05-11 10:00 answer";
    let rated = format!("{answered}\n2026-05-11 11:00 service basically_satisfied");
    check(&rated, "service_rated");
    check(
        &format!("{rated}\n2026-05-11 12:00 service very_dissatisfied"),
        "rejected: service-rated-before",
    );
    // It is no rating of the handling: none is asked for, and none ends the order.
    let world = World::after(&rated);
    assert!(world.order().ratings.is_empty());
}
