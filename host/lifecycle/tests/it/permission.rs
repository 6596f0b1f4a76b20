//! Who may do what: every role against every command, and a unit only on the order that it has.

use std::fmt::Write as _;

use expect_test::expect;
use lifecycle::allowed;
use lifecycle::command::CommandKind;

use crate::matrix::line_for;
use crate::script::{World, actor};
use crate::show::{brief, check};

const ROLES: [&str; 7] = [
    "operator",
    "unit:GZ-CGJ",
    "channel",
    "system",
    "district:440106",
    "admin",
    "auditor",
];

#[test]
fn roles_and_commands() {
    // Asked before there is an order, so that only permission can have said no first.
    let mut table = String::new();
    for kind in CommandKind::ALL {
        let may: Vec<&str> = ROLES
            .into_iter()
            .filter(|role| {
                let line = format!("2026-05-11 10:00 {} as={role}", line_for(kind));
                let result = World::new().step(&line).result;
                let role = role.split(':').next().unwrap();
                match brief(&result).as_str() {
                    "rejected: not-permitted" => false,
                    "rejected: not-the-handling-unit" => role == "unit",
                    _ => true,
                }
            })
            .collect();
        writeln!(table, "{:24}{}", kind.name(), may.join(" ")).unwrap();
    }
    expect![[r#"
        register                operator channel system
        answer_directly         operator
        route                   operator system
        dispatch                operator system
        accept_duty             unit:GZ-CGJ
        record_contact_attempt  unit:GZ-CGJ
        record_reply            unit:GZ-CGJ
        submit                  unit:GZ-CGJ
        review                  operator
        record_rating_offer     system
        rate                    channel
        record_follow_up        operator
        close_dissatisfied      operator
        mark_due                system
        recompute_deadlines     system
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
fn what_is_allowed_now() {
    let names = |script: &str, role: &str| {
        let mut world = World::new();
        world.run(script);
        let kinds = allowed(world.order(), &actor(role));
        kinds
            .into_iter()
            .map(CommandKind::name)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let registered = "2026-05-11 10:00 register complaint";
    assert_eq!(names(registered, "operator"), "route dispatch");
    assert_eq!(
        names("2026-05-11 10:00 register consultation", "operator"),
        "answer_directly route dispatch"
    );
    let dispatched = "2026-05-11 10:00 register complaint\n2026-05-11 11:00 dispatch GZ-CGJ";
    let unit = "accept_duty record_contact_attempt record_reply submit";
    assert_eq!(names(dispatched, "unit:GZ-CGJ"), unit);
    assert_eq!(names(dispatched, "unit:GZ-GAJ"), "");
    assert_eq!(names(dispatched, "operator"), "");
    let commendation = "2026-05-11 10:00 register commendation\n2026-05-11 11:00 dispatch GZ-CGJ";
    assert_eq!(names(commendation, "unit:GZ-CGJ"), "accept_duty");
}
