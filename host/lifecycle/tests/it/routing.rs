//! What becomes of routing advice: both sides of each threshold, and each reason for a person's queue.

use lifecycle::event::{DispatchChoice, Event};

use crate::script::World;
use crate::show::check;

#[track_caller]
fn advised(order_type: &str, advice: &str, expected: &str) {
    let line = format!("2026-05-11 10:00 register {order_type} advice={advice}");
    check(&line, &format!("registered + {expected}"));
}

#[test]
fn thresholds() {
    let dispatched = "routing_advised + dispatched";
    advised("complaint", "GZ-CGJ:700", dispatched);
    advised("complaint", "GZ-CGJ:699", "routing_advised(LowScore)");
    advised("complaint", "GZ-CGJ:1000,GZ-GAJ:900", dispatched);
    advised(
        "complaint",
        "GZ-CGJ:1000,GZ-GAJ:901",
        "routing_advised(TooClose)",
    );
    advised(
        "complaint",
        "GZ-CGJ:900,GZ-GAJ:900",
        "routing_advised(TooClose)",
    );
    // The ranking's order is not trusted, and a unit is no rival of its own.
    advised("complaint", "GZ-GAJ:100,GZ-CGJ:900", dispatched);
    advised("complaint", "GZ-CGJ:900,GZ-CGJ:890", dispatched);
}

#[test]
fn reasons_for_the_queue() {
    advised("complaint", "no_rule", "routing_advised(NoRule)");
    advised("complaint", "no_opinion", "routing_advised(NoOpinion)");
    advised("complaint", "failed", "routing_advised(RulesFailed)");
    advised("complaint", "empty", "routing_advised(RulesFailed)");
    advised("complaint", "GZ-XXX:1000", "routing_advised(UnknownUnit)");
    advised(
        "consultation",
        "GZ-CGJ:1000",
        "routing_advised(MaybeAnswerable)",
    );
    advised("consultation", "GZ-CGJ:1", "routing_advised(LowScore)");
    advised(
        "commendation",
        "GZ-CGJ:1000",
        "routing_advised + dispatched",
    );
    check("2026-05-11 10:00 register complaint", "registered");
}

#[test]
fn a_complaint_goes_to_whom_it_is_about_by_a_person_alone() {
    // R7: with advice as clear as can be; another unit gets it, and a person may send it there.
    let against = "complaint against=GZ-CGJ";
    let dispatched = "routing_advised + dispatched";
    advised(against, "GZ-CGJ:1000", "routing_advised(AgainstUnit)");
    advised(against, "GZ-GAJ:1000", dispatched);
    advised("complaint against=GZ-GAJ", "GZ-CGJ:1000", dispatched);
    let queued = format!("2026-05-11 10:00 register {against} advice=GZ-CGJ:1000");
    check(
        &format!("{queued}\n2026-05-11 11:00 route advice=GZ-CGJ:1000"),
        "routing_advised(AgainstUnit)",
    );
    check(
        &format!("{queued}\n2026-05-11 11:00 dispatch GZ-CGJ"),
        "dispatched",
    );
}

#[test]
fn consultations_where_the_rule_set_says_so() {
    let mut world = World::under(|rules| rules.auto_dispatch.consultations = true);
    world.run("2026-05-11 10:00 register consultation advice=GZ-CGJ:1000");
    assert_eq!(world.order().stage.name(), "awaiting_verification");
}

#[test]
fn routing_again() {
    let past = "2026-05-11 10:00 register complaint advice=no_opinion";
    let again = |words: &str| format!("{past}\n2026-05-11 11:00 route {words}");
    check(&again("advice=GZ-CGJ:1000"), "routing_advised + dispatched");
    check(&again("advice=no_rule"), "routing_advised(NoRule)");
    check(&again(""), "rejected: missing-field");
}

#[test]
fn who_chose_the_unit() {
    let chosen = |script: &str| {
        let mut world = World::new();
        world.run(script);
        let choice = world.journal.iter().rev().find_map(|recorded| {
            if let Event::Dispatched { chosen_by, .. } = &recorded.event {
                Some(*chosen_by)
            } else {
                None
            }
        });
        choice.unwrap()
    };
    let registered = "2026-05-11 10:00 register complaint";
    let dispatch = "2026-05-11 10:00 dispatch GZ-GAJ";
    assert_eq!(
        chosen(&format!("{registered} advice=GZ-CGJ:900")),
        DispatchChoice::Advice
    );
    assert_eq!(
        chosen(&format!("{registered}\n{dispatch}")),
        DispatchChoice::Person
    );
    assert_eq!(
        chosen(&format!("{registered}\n{dispatch} as=system")),
        DispatchChoice::System
    );
}
