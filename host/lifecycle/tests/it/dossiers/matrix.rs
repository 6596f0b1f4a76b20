//! Every stage against every command, each from the role that may give it, and every role against every
//! command. Nothing is unexpected; a new stage or command forces a look at the whole table.

use std::fmt::Write as _;

use expect_test::{expect, expect_file};
use lifecycle::dossier::{CommandKind, allowed};

use super::script::{World, actor, brief};

/// How to get to each stage.
const STAGES: [(&str, &str); 15] = [
    ("(none)", ""),
    ("matter, advancing", "2026-05-11 10:00 list GZ-CGJ orders=A"),
    (
        "matter, reporting",
        "2026-05-11 10:00 list GZ-CGJ orders=A
         2026-05-11 10:10 ended 2026-05-11",
    ),
    (
        "matter, awaiting_opinion",
        "2026-05-11 10:00 list GZ-CGJ orders=A
         2026-05-11 10:10 ended 2026-05-11
         2026-05-11 10:20 final",
    ),
    (
        "matter, feeding_back",
        "2026-05-11 10:00 list GZ-CGJ orders=A
         2026-05-11 10:10 ended 2026-05-11
         2026-05-11 10:20 final
         2026-05-11 10:30 opinion",
    ),
    (
        "matter, done",
        "2026-05-11 10:00 list GZ-CGJ orders=A
         2026-05-11 10:10 ended 2026-05-11
         2026-05-11 10:20 final
         2026-05-11 10:30 opinion
         2026-05-11 10:40 outcome",
    ),
    (
        "matter, closed",
        "2026-05-11 10:00 list GZ-CGJ orders=A
         2026-05-11 10:10 ended 2026-05-11
         2026-05-11 10:20 final
         2026-05-11 10:30 opinion
         2026-05-11 10:40 outcome
         2026-05-11 10:50 close",
    ),
    (
        "filing, announced",
        "2026-05-11 10:00 announce GZ-CGJ 2026-05-11",
    ),
    (
        "filing, filed",
        "2026-05-11 10:00 announce GZ-CGJ 2026-05-11 filed",
    ),
    ("conference", "2026-05-11 10:00 meeting liaison 2026-05-11"),
    ("training", "2026-05-11 10:00 training GZ-CGJ 2026-05-11"),
    ("contact", "2026-05-11 10:00 contact 119"),
    (
        "mechanism, submitted",
        "2026-05-11 10:00 solution unit=GZ-CGJ",
    ),
    (
        "mechanism, ruled",
        "2026-05-11 10:00 solution unit=GZ-CGJ
         2026-05-11 10:10 ruling",
    ),
    ("publication", "2026-05-11 10:00 publish page 2026-05-11"),
];

/// A valid command of each kind, as a line of a script without its instant.
fn line_for(kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::ListMatter => "list GZ-CGJ",
        CommandKind::AddUnit => "add-unit GZ-GAJ",
        CommandKind::RemoveUnit => "remove-unit GZ-CGJ",
        CommandKind::AddOrders => "add B",
        CommandKind::RemoveOrders => "drop A",
        CommandKind::IssueBulletin => "bulletin",
        CommandKind::SubmitPlan => "plan",
        CommandKind::TellProgress => "progress",
        CommandKind::ReportStage => "stage",
        CommandKind::EndProcedure => "ended 2026-05-11",
        CommandKind::ReportFinal => "final",
        CommandKind::RecordOpinion => "opinion",
        CommandKind::FeedBack => "outcome",
        CommandKind::CloseMatter => "close",
        CommandKind::AnnounceChange => "announce GZ-CGJ 2026-05-11",
        CommandKind::FileChange => "file new=cg-8",
        CommandKind::OpenRegister => "register 2026",
        CommandKind::RecordMeeting => "meeting plenary 2026-05-11",
        CommandKind::RecordTraining => "training GZ-CGJ 2026-05-11",
        CommandKind::RecordContact => "contact 119",
        CommandKind::SubmitSolution => "solution",
        CommandKind::RecordRuling => "ruling",
        CommandKind::Publish => "publish suggestion 2026-05-11",
        CommandKind::MarkDue => "due plan GZ-CGJ",
        CommandKind::RecomputeDeadlines => "recompute none",
    }
}

#[test]
fn every_stage_and_command() {
    let mut table = String::new();
    for (stage, past) in STAGES {
        writeln!(table, "{stage}").unwrap();
        for kind in CommandKind::ALL {
            let mut world = World::new();
            if !past.is_empty() {
                assert!(world.run(past).is_ok(), "{stage}");
            }
            let answer = world.step(&format!("2026-05-11 12:00 {}", line_for(*kind)));
            writeln!(table, "  {:20}{}", kind.name(), brief(&answer)).unwrap();
        }
    }
    expect_file!["../snapshots/dossier-matrix.txt"].assert_eq(&table);
}

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
    // Asked before there is a dossier, so that only permission can have said no first.
    let mut table = String::new();
    for kind in CommandKind::ALL {
        let may: Vec<&str> = ROLES
            .into_iter()
            .filter(|role| {
                let line = format!("2026-05-11 10:00 {} as={role}", line_for(*kind));
                let answer = brief(&World::new().step(&line));
                answer != "rejected: not-permitted"
            })
            .collect();
        writeln!(table, "{:20}{}", kind.name(), may.join(" ")).unwrap();
    }
    expect![[r#"
        list_matter         operator
        add_unit            operator
        remove_unit         operator
        add_orders          operator
        remove_orders       operator
        issue_bulletin      operator
        submit_plan         unit:GZ-CGJ
        tell_progress       unit:GZ-CGJ
        report_stage        unit:GZ-CGJ
        end_procedure       unit:GZ-CGJ
        report_final        unit:GZ-CGJ
        record_opinion      unit:GZ-CGJ
        feed_back           unit:GZ-CGJ
        close_matter        operator
        announce_change     operator unit:GZ-CGJ
        file_change         unit:GZ-CGJ
        open_register       system
        record_meeting      operator district:440106
        record_training     unit:GZ-CGJ
        record_contact      operator system
        submit_solution     operator unit:GZ-CGJ district:440106
        record_ruling       operator
        publish             operator channel
        mark_due            system
        recompute_deadlines system
    "#]]
    .assert_eq(&table);
}

#[test]
fn permission_comes_before_everything() {
    let listed = "2026-05-11 10:00 list GZ-CGJ";
    for (line, expected) in [
        // A unit that the matter is not listed with learns nothing about where it stands.
        ("outcome as=unit:GZ-GAJ", "rejected: not-a-party"),
        ("file as=unit:GZ-GAJ", "rejected: not-a-party"),
        ("close as=unit:GZ-CGJ", "rejected: not-permitted"),
        ("ruling as=auditor", "rejected: not-permitted"),
    ] {
        let answer = World::new().run(&format!("{listed}\n2026-05-11 12:00 {line}"));
        assert_eq!(brief(&answer), expected, "{line}");
    }
}

#[test]
fn what_is_allowed_now() {
    let names = |script: &str, role: &str| {
        let mut world = World::new();
        assert!(world.run(script).is_ok());
        let kinds = allowed(world.dossier.as_ref().unwrap(), &actor(role));
        let names: Vec<&str> = kinds.into_iter().map(CommandKind::name).collect();
        names.join(" ")
    };
    let listed = "2026-05-11 10:00 list GZ-CGJ";
    assert_eq!(
        names(listed, "operator"),
        "add_unit remove_unit add_orders remove_orders issue_bulletin close_matter"
    );
    assert_eq!(
        names(listed, "unit:GZ-CGJ"),
        "submit_plan tell_progress report_stage end_procedure"
    );
    assert_eq!(names(listed, "unit:GZ-GAJ"), "");
    let announced = "2026-05-11 10:00 announce GZ-CGJ 2026-05-11";
    assert_eq!(names(announced, "unit:GZ-CGJ"), "file_change");
    assert_eq!(names(announced, "operator"), "");
}
