//! What commands do and what they are refused for, beyond time: units, orders, who is told, what must be
//! filled in.

use super::script::{World, brief, check};

const LISTED: &str = "2026-06-18 10:00 list GZ-CGJ,GZ-GAJ orders=A,B,C";

#[track_caller]
fn after_listing(line: &str, expected: &str) {
    check(&format!("{LISTED}\n2026-06-22 10:00 {line}"), expected);
}

/// R52, R53: the listing reaches every unit at once.
#[test]
fn listing_a_matter() {
    check(LISTED, "matter_listed | GZ-CGJ: listed | GZ-GAJ: listed");
    for (line, expected) in [
        ("list GZ-CGJ title=", "rejected: missing-field"),
        ("list ,", "rejected: missing-field"),
        ("list GZ-XXX", "rejected: unknown-unit"),
        ("list GZ-CGJ,GZ-CGJ", "rejected: unit-listed"),
        ("list GZ-CGJ orders=A,Z", "rejected: unknown-order"),
        ("list GZ-CGJ orders=A,A", "rejected: order-listed"),
        ("list GZ-CGJ orders=A,D", "rejected: order-listed"),
    ] {
        check(&format!("2026-06-18 10:00 {line}"), expected);
    }
}

#[test]
fn units_come_and_go() {
    for (line, expected) in [
        ("add-unit GZ-ZJJ", "unit_added | GZ-ZJJ: listed"),
        ("add-unit GZ-CGJ", "rejected: unit-listed"),
        ("add-unit GZ-XXX", "rejected: unknown-unit"),
        ("remove-unit GZ-GAJ", "unit_removed | GZ-GAJ: unlisted"),
        ("remove-unit GZ-ZJJ", "rejected: unit-not-listed"),
    ] {
        after_listing(line, expected);
    }
    after_listing(
        "remove-unit GZ-GAJ\n2026-06-22 11:00 remove-unit GZ-CGJ",
        "rejected: last-unit",
    );
    // Who was taken off has no say any more, and may come back with a new time.
    let removed = "remove-unit GZ-GAJ\n2026-06-22 11:00";
    after_listing(
        &format!("{removed} plan as=unit:GZ-GAJ"),
        "rejected: not-a-party",
    );
    after_listing(
        &format!("{removed} add-unit GZ-GAJ\n2026-06-22 12:00 plan as=unit:GZ-GAJ"),
        "plan_submitted | centre: plan_submitted",
    );
}

/// R50, R53: what the matter decides is marked on its orders, and the mark goes with it.
#[test]
fn members_are_marked() {
    let marks = |script: &str| {
        let answer = World::new().run(script).unwrap();
        let marks: Vec<&str> = answer.marks.iter().map(|order| order.as_str()).collect();
        marks.join(" ")
    };
    assert_eq!(marks(LISTED), "A B C");
    let listed = "2026-06-18 10:00 list GZ-CGJ orders=A";
    assert_eq!(marks(&format!("{listed}\n2026-06-22 10:00 add B,C")), "B C");
    assert_eq!(marks(&format!("{listed}\n2026-06-22 10:00 drop A")), "A");
    assert_eq!(marks(&format!("{listed}\n2026-06-22 10:00 bulletin")), "");
    let closed = "
        2026-06-18 10:00 list GZ-CGJ orders=A,B
        2026-06-19 10:00 plan
        2026-06-22 10:00 ended 2026-06-22
        2026-06-22 11:00 final
        2026-06-22 12:00 opinion
        2026-06-22 13:00 outcome
        2026-06-22 14:00 close";
    assert_eq!(marks(closed), "A B");
}

#[test]
fn orders_come_and_go() {
    let listed = "2026-06-18 10:00 list GZ-CGJ orders=A";
    for (line, expected) in [
        ("add B,C", "orders_added"),
        ("add A", "rejected: order-listed"),
        ("add Z", "rejected: unknown-order"),
        ("add ,", "rejected: missing-field"),
        ("drop A", "orders_removed"),
        ("drop B", "rejected: order-not-listed"),
        ("drop ,", "rejected: missing-field"),
    ] {
        check(&format!("{listed}\n2026-06-22 10:00 {line}"), expected);
    }
}

/// R53, A-25: each requester is told through the own order, by the unit that had it; an order that
/// nobody concerned had is told of by all.
#[test]
fn requesters_are_told_of_their_own_order() {
    after_listing(
        "progress",
        "progress_told | requester of A: progress | requester of C: progress",
    );
    after_listing(
        "progress as=unit:GZ-GAJ",
        "progress_told | requester of B: progress | requester of C: progress",
    );
    after_listing(
        "remove-unit GZ-GAJ\n2026-06-22 11:00 progress",
        "progress_told | requester of A: progress | requester of B: progress \
         | requester of C: progress",
    );
}

/// R54: report upward, opinion, feedback, and only then the end.
#[test]
fn the_end_of_a_matter() {
    let listed = "2026-06-18 10:00 list GZ-CGJ,GZ-GAJ orders=A\n2026-06-22 10:00 ";
    let ended = format!("{listed}ended 2026-06-22\n2026-06-22 11:00 ");
    for (line, expected) in [
        ("stage", "stage_reported | centre: stage_reported"),
        ("ended 2026-06-23", "rejected: impossible-time"),
        ("final", "rejected: wrong-dossier-stage"),
        ("opinion", "rejected: wrong-dossier-stage"),
        ("outcome", "rejected: wrong-dossier-stage"),
        ("close", "rejected: unit-unfinished"),
    ] {
        check(&format!("{listed}{line}"), expected);
    }
    for (line, expected) in [
        ("ended 2026-06-22", "rejected: wrong-dossier-stage"),
        ("opinion", "rejected: wrong-dossier-stage"),
        ("final to=", "rejected: missing-field"),
        ("final", "final_reported"),
        (
            "final to=GZ-ZJJ",
            "final_reported | adviser GZ-ZJJ: opinion_requested",
        ),
        // The requesters are kept informed until the end.
        ("progress", "progress_told | requester of A: progress"),
    ] {
        check(&format!("{ended}{line}"), expected);
    }
    let one_done = format!("{ended}final\n2026-06-23 10:00 opinion\n2026-06-23 11:00 outcome");
    check(
        &one_done,
        "fed_back | requester of A: fed_back | centre: fed_back",
    );
    check(
        &format!("{one_done}\n2026-06-23 12:00 progress"),
        "rejected: wrong-dossier-stage",
    );
    check(
        &format!("{one_done}\n2026-06-23 12:00 close"),
        "rejected: unit-unfinished",
    );
    let gaj = |line: &str| format!("2026-06-24 10:00 {line} as=unit:GZ-GAJ");
    let all_done = [
        one_done,
        gaj("ended 2026-06-22"),
        gaj("final"),
        gaj("opinion"),
        gaj("outcome"),
    ]
    .join("\n");
    check(
        &all_done,
        "fed_back | centre: fed_back | centre: awaits_closing",
    );
    let closed = format!("{all_done}\n2026-06-25 10:00 close");
    check(&closed, "matter_closed | GZ-CGJ: closed | GZ-GAJ: closed");
    let mut world = World::new();
    assert!(world.run(&closed).is_ok());
    assert!(
        world
            .dossier
            .as_ref()
            .unwrap()
            .running_deadlines()
            .is_empty()
    );
    for line in ["bulletin", "add-unit GZ-ZJJ", "close", "add B"] {
        let answer = world.step(&format!("2026-06-26 10:00 {line}"));
        assert_eq!(brief(&answer), "rejected: dossier-closed", "{line}");
    }
}

#[test]
fn filing_a_change() {
    let announced = "2026-09-28 10:00 announce GZ-CGJ 2026-09-28";
    check(announced, "change_announced");
    for (line, expected) in [
        (
            "announce GZ-XXX 2026-09-28 as=operator",
            "rejected: unknown-unit",
        ),
        ("announce GZ-CGJ 2026-09-29", "rejected: impossible-time"),
        ("announce GZ-GAJ 2026-09-28", "rejected: not-a-party"),
        ("announce GZ-GAJ 2026-09-28 as=operator", "change_announced"),
    ] {
        check(&format!("2026-09-28 10:00 {line}"), expected);
    }
    for (line, expected) in [
        ("file", "rejected: missing-field"),
        ("file new= old=", "rejected: missing-field"),
        ("file old=cg-7", "change_filed | centre: change_filed"),
        ("file new=1 as=unit:GZ-GAJ", "rejected: not-a-party"),
        ("file new=1 as=operator", "rejected: not-permitted"),
        ("plan", "rejected: wrong-dossier-kind"),
        (
            "file new=1\n2026-09-29 11:00 file new=2",
            "rejected: wrong-dossier-stage",
        ),
    ] {
        check(&format!("{announced}\n2026-09-29 10:00 {line}"), expected);
    }
}

/// R2, R6: the register of meetings and the training log.
#[test]
fn registers_and_entries() {
    let rows = [
        // A meeting stands in the register of its year.
        (
            "meeting plenary 2026-06-03",
            "register_opened meeting_recorded",
        ),
        ("meeting plenary 2026-06-05", "rejected: impossible-time"),
        (
            "meeting plenary 2026-06-03 members=,",
            "rejected: missing-field",
        ),
        (
            "meeting plenary 2026-06-03 members=GZ-XXX",
            "rejected: unknown-unit",
        ),
        (
            "meeting plenary 2026-06-03 orders=Z",
            "rejected: unknown-order",
        ),
        (
            "meeting liaison 2026-06-03 district=440199",
            "rejected: unknown-district",
        ),
        (
            "meeting liaison 2026-06-03 district=440106 as=district:440106",
            "register_opened meeting_recorded",
        ),
        (
            "meeting liaison 2026-06-03 as=district:440106",
            "rejected: not-a-party",
        ),
        (
            "register 2026\n2026-06-04 10:00 meeting plenary 2025-06-03",
            "rejected: impossible-time",
        ),
        (
            "training GZ-CGJ 2026-06-03 office=员村执法队",
            "training_recorded",
        ),
        ("training GZ-CGJ 2026-06-05", "rejected: impossible-time"),
        (
            "training GZ-CGJ 2026-06-03 number=0",
            "rejected: missing-field",
        ),
        (
            "training GZ-CGJ 2026-06-03 office=",
            "rejected: missing-field",
        ),
        ("training GZ-GAJ 2026-06-03", "rejected: not-a-party"),
    ];
    on_a_day(&rows);
}

/// R1, R11, R13, R14: an emergency, what is out of scope, a refusal, a part that is pointed on, and the
/// orders that the other parts became (Q21–Q24).
#[test]
fn contacts() {
    let rows = [
        ("contact 119", "contact_recorded"),
        ("contact abroad", "contact_recorded"),
        ("contact refused", "contact_recorded"),
        ("contact law=数据安全法", "contact_recorded"),
        ("contact law=", "rejected: missing-field"),
        ("contact signpost order=A order=B", "contact_recorded"),
        ("contact order=Z", "rejected: unknown-order"),
        ("contact", "rejected: missing-field"),
        ("contact 119 as=unit:GZ-CGJ", "rejected: not-permitted"),
    ];
    on_a_day(&rows);
}

/// R35, R65: own mechanisms, publicity and suggestions.
#[test]
fn solutions_and_publications() {
    let rows = [
        (
            "solution unit=GZ-CGJ orders=A as=unit:GZ-CGJ",
            "solution_submitted | centre: solution_submitted",
        ),
        ("solution as=unit:GZ-CGJ", "rejected: not-a-party"),
        (
            "solution district=440106 as=district:440106",
            "solution_submitted | centre: solution_submitted",
        ),
        (
            "solution unit=GZ-CGJ district=440106\n2026-06-04 11:00 ruling",
            "ruling_recorded | GZ-CGJ: ruling_recorded | office of 440106: ruling_recorded",
        ),
        (
            "solution\n2026-06-04 11:00 ruling\n2026-06-04 12:00 ruling",
            "rejected: wrong-dossier-stage",
        ),
        ("solution orders=Z", "rejected: unknown-order"),
        ("publish page 2026-06-03", "published"),
        ("publish page 2026-06-03 title=", "rejected: missing-field"),
        ("publish page 2026-06-05", "rejected: impossible-time"),
        (
            "publish suggestion 2026-06-03",
            "published | centre: suggestion_received",
        ),
        (
            "publish page 2026-06-03 as=channel",
            "rejected: not-permitted",
        ),
    ];
    on_a_day(&rows);
}

#[track_caller]
fn on_a_day(rows: &[(&str, &str)]) {
    for (line, expected) in rows {
        check(&format!("2026-06-04 10:00 {line}"), expected);
    }
}

/// Every rejection has a code, a way out, and where it is the law an article.
#[test]
fn rejections_say_what_to_do() {
    let mut world = World::new();
    let last = world.run("2026-06-18 10:00 list GZ-CGJ\n2026-06-19 10:00 close");
    let rejection = last.unwrap_err();
    assert_eq!(rejection.article(), "第二十六条第三款");
    assert!(rejection.way_out().contains("feedback"));
    assert!(rejection.to_string().contains("advancing"), "{rejection}");
}
