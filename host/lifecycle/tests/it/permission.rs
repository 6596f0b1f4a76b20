//! Who may do what: every role against every command, and a unit only on the order that it has.

use std::fmt::Write as _;

use expect_test::{expect, expect_file};
use lifecycle::command::CommandKind;
use lifecycle::{allowed, forbidden};

use crate::matrix::line_for;
use crate::script::{World, actor, at};
use crate::show::{brief, check};

const ROLES: [&str; 8] = [
    "operator",
    "unit:GZ-CGJ",
    "leader:GZ-CGJ",
    "channel",
    "system",
    "district:440106",
    "admin",
    "auditor",
];

#[test]
#[expect(clippy::too_many_lines, reason = "a table with a row for each command")]
fn roles_and_commands() {
    // Asked before there is an order, so that only permission can have said no first.
    let mut table = String::new();
    for kind in CommandKind::ALL.iter().copied() {
        let may: Vec<&str> = ROLES
            .into_iter()
            .filter(|role| {
                let line = format!("2026-05-11 10:00 {} as={role}", line_for(kind));
                let result = World::new().step(&line).result;
                let role = role.split(':').next().unwrap();
                match brief(&result).as_str() {
                    "rejected: not-permitted" => false,
                    "rejected: not-the-handling-unit" => role == "unit" || role == "leader",
                    _ => true,
                }
            })
            .collect();
        writeln!(table, "{:27}{}", kind.name(), may.join(" ")).unwrap();
    }
    expect![[r#"
        register                   operator channel system
        request_information        operator
        record_information_notice  system
        supply_information         operator channel
        assess_information         operator
        close_incomplete           operator
        conceal                    operator
        flag_conduct               operator
        set_priority               operator
        reclassify                 operator
        list_long_term             system
        count_alike                system
        link_orders                operator system
        answer_directly            operator
        route                      operator system
        dispatch                   operator system
        accept_duty                unit:GZ-CGJ leader:GZ-CGJ
        request_return             unit:GZ-CGJ leader:GZ-CGJ
        allow_late_return          operator
        decide_return              operator
        name_assisting_units       unit:GZ-CGJ leader:GZ-CGJ
        record_assistance          unit:GZ-CGJ leader:GZ-CGJ
        object_to_assisting        unit:GZ-CGJ leader:GZ-CGJ
        decide_objection           operator
        open_coordination          operator
        request_opinion            operator
        record_opinion             operator unit:GZ-CGJ leader:GZ-CGJ
        extend                     unit:GZ-CGJ leader:GZ-CGJ
        record_extension_notice    unit:GZ-CGJ leader:GZ-CGJ
        add_statement              operator channel
        judge_statement            unit:GZ-CGJ leader:GZ-CGJ
        record_contact_attempt     operator unit:GZ-CGJ leader:GZ-CGJ
        record_reply               unit:GZ-CGJ leader:GZ-CGJ
        submit                     unit:GZ-CGJ leader:GZ-CGJ
        review_at_district         
        review                     operator
        withdraw                   operator channel
        close_withdrawn            unit:GZ-CGJ leader:GZ-CGJ
        record_rating_offer        system
        record_delivery            system
        rate                       channel
        rate_service               channel
        record_follow_up           operator
        send_back                  operator
        close_dissatisfied         operator
        file_diligence_statement   unit:GZ-CGJ leader:GZ-CGJ
        supervise                  operator
        answer_supervision         unit:GZ-CGJ leader:GZ-CGJ
        review_supervision         operator
        dismiss_proposal           operator
        mark_due                   system
        recompute_deadlines        system
    "#]]
    .assert_eq(&table);
}

#[test]
fn a_unit_acts_only_on_its_own_orders() {
    let past = "2026-05-11 10:00 register complaint\n2026-05-11 11:00 dispatch GZ-CGJ";
    let other = "rejected: not-the-handling-unit";
    for command in ["accept", "reply", "submit", "call 10:00..10:01 answered"] {
        check(
            &format!("{past}\n2026-05-11 12:00 {command} as=unit:GZ-GAJ"),
            other,
        );
    }
    check("2026-05-11 12:00 accept", other);
    check(
        "2026-05-11 10:00 register complaint\n2026-05-11 11:00 accept",
        other,
    );
}

#[test]
fn a_complaint_about_staff_is_its_leaders() {
    // R7: staff that is complained of has no part in it, and the leader does what staff does otherwise.
    let past = |against: &str| {
        format!(
            "2026-05-11 10:00 register complaint {against}
             2026-05-11 11:00 dispatch GZ-CGJ"
        )
    };
    let other = "rejected: not-the-handling-unit";
    let about_them = past("against=GZ-CGJ");
    for command in [
        "accept",
        "return duty",
        "call 11:30..11:31 answered",
        "submit not_wanted",
    ] {
        let line =
            |role: &str| format!("{about_them}\n2026-05-11 12:00 {command} as={role}:GZ-CGJ");
        check(&line("unit"), other);
        assert!(
            World::new().run(&line("leader")).result.is_ok(),
            "{command}"
        );
    }
    // Of another unit's staff, or nobody's, both may; of another unit neither.
    for against in ["", "against=GZ-GAJ"] {
        for (role, expected) in [
            ("unit:GZ-CGJ", "duty_accepted"),
            ("leader:GZ-CGJ", "duty_accepted"),
            ("unit:GZ-GAJ", other),
            ("leader:GZ-GAJ", other),
        ] {
            let line = format!("{}\n2026-05-11 12:00 accept as={role}", past(against));
            check(&line, expected);
        }
    }
    // Nothing is said of it beforehand either.
    let world = World::after(&about_them);
    assert!(allowed(world.order(), &actor("unit:GZ-CGJ")).is_empty());
    assert!(!allowed(world.order(), &actor("leader:GZ-CGJ")).is_empty());
}

#[test]
fn permission_comes_before_everything() {
    // A closed order, a wrong stage, an empty field: none of it shows to who may not ask.
    let closed = "2026-05-11 10:00 register consultation\n2026-05-11 11:00 answer";
    check(
        &format!("{closed}\n2026-05-11 12:00 answer point= as=channel"),
        "rejected: not-permitted",
    );
    check(
        &format!("{closed}\n2026-05-11 12:00 accept"),
        "rejected: not-the-handling-unit",
    );
    check(
        "2026-05-11 12:00 register complaint source= as=auditor",
        "rejected: not-permitted",
    );
}

#[test]
fn assisting_units_authorities_and_offices_have_their_own_part() {
    // R3, R32, R34: nobody else's part, and no part without being named.
    let returned = "
        2026-05-11 09:00 register complaint
        2026-05-11 09:05 dispatch GZ-SWJ
        2026-05-11 09:10 return duty
        2026-05-11 09:15 approve";
    let joint = format!(
        "{returned}
         2026-05-11 09:20 dispatch GZ-CGJ joint=yes
         2026-05-11 09:25 assist GZ-GAJ"
    );
    let other = "rejected: not-the-handling-unit";
    for (line, expected) in [
        ("assisted as=unit:GZ-GAJ", "assistance_recorded"),
        ("assisted as=unit:GZ-CGJ", other),
        ("object as=unit:GZ-JTJ", other),
        ("submit not_wanted as=unit:GZ-GAJ", other),
        ("return duty as=unit:GZ-GAJ", other),
        ("extend 2wd as=unit:GZ-GAJ", other),
    ] {
        check(&format!("{joint}\n2026-05-11 10:00 {line}"), expected);
    }
    // Released, it has no part any more.
    let released = format!("{joint}\n2026-05-11 10:00 object\n2026-05-11 10:05 release GZ-GAJ");
    check(&format!("{released}\n2026-05-11 10:10 assisted"), other);
    let coordinated = format!(
        "{returned}
         2026-05-11 09:20 dispatch GZ-JTJ
         2026-05-11 09:25 return area
         2026-05-11 09:30 approve
         2026-05-11 09:35 dispatch GZ-CGJ
         2026-05-11 09:40 return basis
         2026-05-11 09:45 approve
         2026-05-11 09:50 ask_opinion duty_division GZ-BB"
    );
    for (line, expected) in [
        ("opinion as=unit:GZ-BB", "opinion_recorded"),
        ("opinion as=operator", "opinion_recorded"),
        ("opinion as=unit:GZ-SJJ", other),
    ] {
        check(&format!("{coordinated}\n2026-05-11 10:00 {line}"), expected);
    }
    let at_office = "
        2026-05-11 09:00 register complaint district=440106
        2026-05-11 09:05 dispatch GZ-D115
        2026-05-11 09:10 submit not_wanted";
    for (role, expected) in [
        ("district:440115", "district_review_passed"),
        // R3: the office of another district, even the one in which the matter lies.
        ("district:440106", "rejected: not-permitted"),
        ("operator", "rejected: not-permitted"),
    ] {
        let line = format!("{at_office}\n2026-05-11 10:00 district_pass as={role}");
        check(&line, expected);
    }
}

#[test]
fn what_is_allowed_now() {
    let names = |script: &str, role: &str| {
        let world = World::after(script);
        let kinds = allowed(world.order(), &actor(role));
        let names: Vec<&str> = kinds.into_iter().map(CommandKind::name).collect();
        names.join(" ")
    };
    let mut table = String::new();
    let registered = "2026-05-11 10:00 register complaint";
    let consultation = "2026-05-11 10:00 register consultation";
    let dispatched = "2026-05-11 10:00 register complaint\n2026-05-11 11:00 dispatch GZ-CGJ";
    let commendation = "2026-05-11 10:00 register commendation\n2026-05-11 11:00 dispatch GZ-CGJ";
    for (script, role) in [
        (registered, "operator"),
        (consultation, "operator"),
        (dispatched, "operator"),
        (dispatched, "unit:GZ-CGJ"),
        (dispatched, "unit:GZ-GAJ"),
        (dispatched, "channel"),
        (dispatched, "auditor"),
        (commendation, "unit:GZ-CGJ"),
    ] {
        writeln!(table, "{role}: {}", names(script, role)).unwrap();
    }
    expect![[r#"
        operator: request_information conceal flag_conduct set_priority reclassify link_orders route dispatch open_coordination add_statement withdraw supervise review_supervision dismiss_proposal
        operator: request_information conceal flag_conduct set_priority reclassify link_orders answer_directly route dispatch open_coordination add_statement withdraw supervise review_supervision dismiss_proposal
        operator: conceal flag_conduct set_priority reclassify link_orders allow_late_return decide_objection add_statement withdraw supervise review_supervision dismiss_proposal
        unit:GZ-CGJ: accept_duty request_return name_assisting_units extend record_extension_notice judge_statement record_contact_attempt record_reply submit
        unit:GZ-GAJ: 
        channel: add_statement withdraw rate_service
        auditor: 
        unit:GZ-CGJ: accept_duty request_return name_assisting_units extend record_extension_notice judge_statement
    "#]].assert_eq(&table);
}

#[test]
fn what_stands_against_the_rest() {
    // P3, P4: asked beforehand, the answer is the one that the command would get.
    let forbidden = |script: &str, role: &str, now: &str| {
        let world = World::after(script);
        let context = world.context(at(now));
        let mut text = String::new();
        for (kind, rejection) in forbidden(world.order(), &actor(role), &context) {
            let code = rejection.map_or("-", |it| it.code());
            writeln!(text, "{:27}{code}", kind.name()).unwrap();
        }
        text
    };
    let extended = "
        2026-05-11 09:00 register complaint
        2026-05-11 09:05 dispatch GZ-CGJ
        2026-05-11 09:10 extend 10wd";
    let unit = forbidden(extended, "unit:GZ-CGJ", "2026-05-14 00:00:01");
    expect![[r#"
        accept_duty                -
        request_return             return-too-late
        name_assisting_units       not-a-lead-unit
        record_assistance          not-the-handling-unit
        object_to_assisting        not-the-handling-unit
        record_opinion             not-the-handling-unit
        extend                     extension-notice-missing
        record_extension_notice    -
        judge_statement            nothing-to-judge
        record_contact_attempt     -
        record_reply               -
        submit                     extension-notice-missing
        close_withdrawn            wrong-stage
        file_diligence_statement   wrong-stage
        answer_supervision         not-the-handling-unit
    "#]]
    .assert_eq(&unit);
    let twice = crate::rejections::TWICE;
    let operator = forbidden(twice, "operator", "2026-05-11 12:00");
    expect_file!["snapshots/forbidden-to-the-centre.txt"].assert_eq(&operator);
    // Who has no part at all is told nothing but that.
    let other = forbidden(extended, "unit:GZ-GAJ", "2026-05-14 00:00:01");
    assert!(
        other
            .lines()
            .all(|line| line.ends_with("not-the-handling-unit"))
    );
}
