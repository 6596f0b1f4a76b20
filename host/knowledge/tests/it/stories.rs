//! Stories as short scripts, and who may do what when.

use knowledge_base::point::{Standing, Subject, diff, question};
use knowledge_base::{Entry, allowed};

use super::script::{World, actor, brief, check, day, instant, published};

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn a_point_from_draft_to_expiry() {
    let mut world = World::new();
    for (line, expected) in [
        ("2026-03-02 09:00 p draft script bare", "opened"),
        ("2026-03-02 09:01 p check", "checked"),
        ("2026-03-02 09:02 p submit", "rejected: missing-field"),
        ("2026-03-02 09:03 p edit script", "edited"),
        ("2026-03-02 09:03 p edit script", "rejected: unchanged"),
        ("2026-03-02 09:04 p submit", "rejected: not-checked"),
        (
            "2026-03-02 09:05 p check revision=1",
            "rejected: stale-revision",
        ),
        ("2026-03-02 09:05 p check warn block", "checked"),
        ("2026-03-02 09:06 p submit", "rejected: check-blocks"),
        ("2026-03-02 09:07 p edit script body=新口径", "edited"),
        ("2026-03-02 09:08 p check warn failed", "checked"),
        (
            "2026-03-02 09:09 p submit as=unit:GZ-CGJ/second",
            "submitted | GZ-CGJ: awaits_review",
        ),
        (
            "2026-03-02 10:00 p review as=unit:GZ-CGJ/writer",
            "rejected: same-person",
        ),
        (
            "2026-03-02 10:00 p review as=leader:GZ-CGJ/second",
            "rejected: same-person",
        ),
        (
            "2026-03-02 10:00 p review as=operator/centre",
            "rejected: not-permitted",
        ),
        (
            "2026-03-02 10:00 p review revision=2",
            "rejected: stale-revision",
        ),
        (
            "2026-03-02 10:00 p review no",
            "review_failed | GZ-CGJ: review_failed",
        ),
        (
            "2026-03-02 10:01 p review",
            "rejected: wrong-knowledge-stage",
        ),
        (
            "2026-03-02 10:02 p submit",
            "submitted | GZ-CGJ: awaits_review",
        ),
        (
            "2026-03-02 10:03 p review as=leader:GZ-CGJ/boss",
            "published | GZ-CGJ: published | centre: published",
        ),
        (
            "2026-03-02 10:04 p submit",
            "rejected: wrong-knowledge-stage",
        ),
        (
            "2026-03-02 10:04 p revise script body=新口径",
            "rejected: unchanged",
        ),
        ("2026-04-01 09:00 p revise script body=更新", "revised"),
        (
            "2026-04-01 09:00 p revise script body=又更新",
            "rejected: wrong-knowledge-stage",
        ),
        ("2026-04-01 09:01 p check", "checked"),
        (
            "2026-04-01 09:02 p submit",
            "submitted | GZ-CGJ: awaits_review",
        ),
        // Editing takes it back from the review.
        ("2026-04-01 09:03 p edit script body=再更新", "edited"),
        (
            "2026-04-01 09:04 p review",
            "rejected: wrong-knowledge-stage",
        ),
        ("2026-04-01 09:05 p check", "checked"),
        (
            "2026-04-01 09:06 p submit",
            "submitted | GZ-CGJ: awaits_review",
        ),
        (
            "2026-04-01 10:00 p review",
            "published | GZ-CGJ: published | centre: published",
        ),
        ("2026-05-01 09:00 p down", "taken_down | centre: taken_down"),
        ("2026-05-01 09:01 p down", "rejected: wrong-knowledge-stage"),
        ("2026-05-02 09:00 p restore", "restored | centre: restored"),
        (
            "2026-05-03 09:00 p down as=operator/centre",
            "taken_down | GZ-CGJ: taken_down",
        ),
        ("2026-05-03 09:01 p restore", "rejected: not-permitted"),
        (
            "2026-05-04 09:00 p restore as=operator/centre",
            "restored | GZ-CGJ: restored",
        ),
        (
            "2026-10-02 00:00:01 p restore",
            "rejected: wrong-knowledge-stage",
        ),
        ("2026-10-02 00:00:01 p down", "rejected: point-expired"),
        // The timer has not fired; the next command records what has passed.
        (
            "2026-10-02 00:00:01 p revise script body=再更新",
            "expired revised | GZ-CGJ: expired | centre: expired",
        ),
        ("2026-10-02 09:00 p discard", "discarded"),
    ] {
        assert_eq!(brief(&world.step(line)), expected, "{line}");
    }
    let point = world.point("p");
    assert_eq!(point.versions.len(), 2);
    assert_eq!(point.versions[0].reviewer, "boss");
    assert_eq!(point.versions[0].content.body, "新口径");
    assert!(matches!(point.standing, Standing::Expired { .. }));
    let changes = diff::diff(&point.versions[0].content, &point.versions[1].content);
    assert_eq!(diff::text(&changes), "正文\n- 新口径\n+ 再更新\n");
}

#[test]
fn direct_answers_use_the_published_version() {
    let mut world = World::new();
    world
        .run(&published("2026-03-02", "09:00", "script"))
        .unwrap();
    let point = world.point("p").clone();
    let at = |time| instant("2026-03-02", time);
    assert_eq!(point.check_direct_answer(1, at("09:00")), Ok(()));
    let code = |version, at| point.check_direct_answer(version, at).unwrap_err().code();
    assert_eq!(code(2, at("09:00")), "point-superseded");
    assert_eq!(code(1, at("08:59")), "wrong-knowledge-stage");
    assert_eq!(code(1, instant("2026-09-03", "00:00:01")), "point-expired");
    world
        .run(
            "2026-03-03 09:00 p revise script body=甲
              2026-03-03 09:00 p check
              2026-03-03 09:00 p submit",
        )
        .unwrap();
    // A draft answers nobody.
    assert_eq!(
        world
            .point("p")
            .answering(instant("2026-03-03", "10:00"))
            .unwrap()
            .number,
        1
    );
    world.run("2026-03-03 11:00 p review").unwrap();
    let now = instant("2026-03-03", "12:00");
    let old = world.point("p").check_direct_answer(1, now);
    assert_eq!(old.unwrap_err().code(), "point-superseded");
    world.run("2026-03-04 09:00 p down").unwrap();
    assert!(
        !world
            .point("p")
            .may_answer_directly(instant("2026-03-04", "10:00"))
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn longer_validity_needs_the_centre() {
    let draft = "2026-03-02 09:00 p draft script months=24 reason=制度稳定
                 2026-03-02 09:00 p check
                 2026-03-02 09:00 p submit
                 2026-03-02 09:00 p review\n";
    let mut world = World::new();
    assert_eq!(
        brief(&world.run(draft)),
        "review_passed | centre: awaits_approval"
    );
    assert!(
        !world
            .point("p")
            .may_answer_directly(instant("2026-03-02", "09:00"))
    );
    for (line, expected) in [
        (
            "2026-03-03 09:00 p longer draft as=unit:GZ-CGJ/x",
            "rejected: not-permitted",
        ),
        (
            "2026-03-03 09:00 p longer draft as=operator/reviewer",
            "rejected: same-person",
        ),
        (
            "2026-03-03 09:00 p longer published",
            "rejected: wrong-knowledge-stage",
        ),
        (
            "2026-03-03 09:00 p longer draft",
            "published | GZ-CGJ: published | centre: published",
        ),
    ] {
        assert_eq!(brief(&world.step(line)), expected, "{line}");
    }
    let version = &world.point("p").versions[0];
    assert_eq!(version.reviewer, "reviewer");
    // It counts from the approval, which is the publication.
    assert_eq!(version.validity.last_day(), day("2028-03-03"));
    let approval = version.validity.approval.clone().unwrap();
    assert_eq!(
        (approval.by.as_str(), approval.reason.as_str()),
        ("centre", "制度稳定")
    );
    check(
        &format!("{draft}2026-03-03 09:00 p longer draft no"),
        "draft_longer_refused | GZ-CGJ: longer_refused",
    );
    // Beside the published version.
    let point = published("2026-03-02", "09:00", "script");
    for (lines, expected) in [
        (
            "2026-08-01 09:00 p ask months=6",
            "rejected: validity-not-longer",
        ),
        (
            "2026-08-01 09:00 p ask months=7",
            "longer_requested | centre: awaits_approval",
        ),
        (
            "2026-08-01 09:00 p ask months=7\n2026-08-01 10:00 p ask months=8",
            "rejected: wrong-knowledge-stage",
        ),
        (
            "2026-08-01 09:00 p ask months=7\n2026-08-02 09:00 p longer published",
            "longer_approved | GZ-CGJ: validity_renewed",
        ),
        (
            "2026-08-01 09:00 p ask months=7\n2026-08-02 09:00 p longer published no",
            "longer_refused | GZ-CGJ: longer_refused",
        ),
        // The clock runs on while the centre decides.
        (
            "2026-08-01 09:00 p ask months=7\n2026-09-03 09:00 p longer published",
            "rejected: point-expired",
        ),
    ] {
        check(&format!("{point}{lines}"), expected);
    }
}

#[test]
fn plugins_look_at_what_is_published() {
    let mut world = World::new();
    world
        .run(&published("2026-03-02", "09:00", "script"))
        .unwrap();
    for (line, expected) in [
        (
            "2026-03-03 09:00 p check version=2",
            "rejected: point-superseded",
        ),
        (
            "2026-03-03 09:00 p check version=1 warn as=system/kapok",
            "checked",
        ),
        (
            "2026-03-04 09:00 p check version=1 block",
            "checked | GZ-CGJ: published_blocked | centre: published_blocked",
        ),
        // Told once.
        ("2026-03-05 09:00 p check version=1 block", "checked"),
    ] {
        assert_eq!(brief(&world.step(line)), expected, "{line}");
    }
    let point = world.point("p");
    let asked = question(
        point,
        Subject::Version(1),
        &world.context(instant("2026-04-01", "09:00")),
    );
    let asked = asked.unwrap();
    assert_eq!(asked.valid_from.to_naive(), Some(day("2026-03-02")));
    assert_eq!(asked.valid_until.to_naive(), Some(day("2026-09-02")));
    assert_eq!(asked.legal_basis, ["《住房公积金管理条例》第二十四条"]);
    let stale = question(
        point,
        Subject::Draft(1),
        &world.context(instant("2026-04-01", "09:00")),
    );
    assert_eq!(stale.unwrap_err().code(), "wrong-knowledge-stage");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn feedback_is_answered_by_what_is_there() {
    let point = published("2026-03-02", "09:00", "script");
    let open = "2026-03-03 09:00 f open error point=p\n";
    for (lines, expected) in [
        (
            "2026-03-03 10:00 f answer revised",
            "rejected: action-not-done",
        ),
        (
            "2026-03-03 10:00 p revise script body=改\n2026-03-03 10:00 f answer revised",
            "rejected: action-not-done",
        ),
        (
            "2026-03-03 10:00 p revise script body=改
             2026-03-03 10:00 p check
             2026-03-03 10:00 p submit
             2026-03-03 10:00 p review
             2026-03-03 11:00 f answer revised",
            "answered | centre: feedback_answered",
        ),
        (
            "2026-03-03 10:00 f answer confirmed",
            "rejected: action-not-done",
        ),
        (
            "2026-03-03 10:00 p confirm\n2026-03-03 11:00 f answer confirmed",
            "answered | centre: feedback_answered",
        ),
        (
            "2026-03-03 10:00 f answer taken_down",
            "rejected: action-not-done",
        ),
        (
            "2026-03-03 10:00 p down\n2026-03-03 11:00 f answer taken_down",
            "answered | centre: feedback_answered",
        ),
        (
            "2026-03-03 10:00 f answer nothing",
            "rejected: missing-field",
        ),
        (
            "2026-03-03 10:00 f answer nothing why",
            "answered | centre: feedback_answered",
        ),
        (
            "2026-03-03 10:00 f answer nothing why as=unit:GZ-CGJ/centre",
            "rejected: same-person",
        ),
        (
            "2026-03-03 10:00 f answer nothing why as=unit:GZ-GJJ/x",
            "rejected: not-a-party",
        ),
        (
            "2026-03-03 10:00 f answer nothing why as=operator/x",
            "rejected: not-permitted",
        ),
        (
            "2026-03-03 10:00 f answer added point=p",
            "rejected: action-not-done",
        ),
        (
            "2026-03-03 10:00 f answer added point=p9",
            "rejected: unknown-point",
        ),
        (
            "2026-03-03 10:00 f withdraw",
            "withdrawn | GZ-CGJ: feedback_withdrawn",
        ),
        (
            "2026-03-03 10:00 f withdraw\n2026-03-03 10:00 f answer nothing why",
            "rejected: wrong-knowledge-stage",
        ),
    ] {
        check(&format!("{point}{open}{lines}"), expected);
    }
    for (line, expected) in [
        ("2026-03-03 09:00 f open error", "rejected: missing-field"),
        (
            "2026-03-03 09:00 f open new point=p",
            "rejected: malformed-field",
        ),
        (
            "2026-03-03 09:00 f open error point=p9",
            "rejected: unknown-point",
        ),
        (
            "2026-03-03 09:00 f open error point=p unit=GZ-GJJ",
            "rejected: not-owner",
        ),
        (
            "2026-03-03 09:00 f open new unit=NOBODY",
            "rejected: unknown-unit",
        ),
        (
            "2026-03-03 09:00 f open new",
            "opened | GZ-CGJ: feedback_opened",
        ),
        (
            "2026-03-03 09:00 f open new emergency",
            "opened | GZ-CGJ: emergency_feedback_opened | leader of GZ-CGJ: \
             emergency_feedback_opened",
        ),
        (
            "2026-03-03 09:00 f open new as=unit:GZ-CGJ/x",
            "rejected: not-permitted",
        ),
    ] {
        check(&format!("{point}{line}"), expected);
    }
    let new = "2026-03-01 09:00 f open new\n";
    check(
        &format!("{new}{point}2026-03-02 10:00 f answer added point=p"),
        "answered | centre: feedback_answered",
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn a_change_with_its_measures() {
    let mut world = World::new();
    for (line, expected) in [
        (
            "2026-06-29 09:00 c announce 2026-07-06 point=p",
            "rejected: unknown-point",
        ),
        (
            "2026-06-29 09:00 c announce 2026-07-06",
            "announced | centre: change_announced",
        ),
        (
            "2026-06-29 09:00 c announce 2026-07-06",
            "rejected: knowledge-exists",
        ),
        (
            "2026-06-29 10:00 c acknowledge",
            "acknowledged | GZ-CGJ: change_acknowledged",
        ),
        (
            "2026-06-29 10:00 c acknowledge",
            "rejected: wrong-knowledge-stage",
        ),
        ("2026-06-29 10:00 c pass agents", "passed_on"),
        (
            "2026-06-29 10:00 c pass 440106",
            "passed_on | office of 440106: change_announced",
        ),
        (
            "2026-06-29 10:00 c pass 449999",
            "rejected: unknown-district",
        ),
        (
            "2026-06-29 10:00 c pass GZ-GJJ",
            "passed_on | GZ-GJJ: change_announced",
        ),
        (
            "2026-06-30 10:00 c measure train 2026-07-01",
            "rejected: impossible-time",
        ),
        (
            "2026-06-30 10:00 c measure train 2026-06-30",
            "measure_recorded",
        ),
        (
            "2026-06-30 10:00 c measure train 2026-06-30",
            "rejected: unchanged",
        ),
        ("2026-06-30 10:00 c amend 2026-07-06", "rejected: unchanged"),
        (
            "2026-06-30 10:00 c amend 2026-07-03",
            "amended | centre: change_amended",
        ),
        (
            "2026-07-03 00:00:00 c due effect",
            "took_effect | GZ-CGJ: change_takes_effect | centre: change_takes_effect",
        ),
        ("2026-07-03 09:00 c due effect", "rejected: nothing-due"),
        (
            "2026-07-03 09:00 c cancel",
            "rejected: wrong-knowledge-stage",
        ),
        (
            "2026-07-03 09:00 c amend 2026-07-10",
            "rejected: wrong-knowledge-stage",
        ),
        (
            "2026-07-03 09:00 c measure points 2026-07-03",
            "measure_recorded",
        ),
        ("2026-07-20 09:00 c close", "closed"),
        (
            "2026-07-20 09:00 c measure onsite 2026-07-20",
            "rejected: wrong-knowledge-stage",
        ),
    ] {
        assert_eq!(brief(&world.step(line)), expected, "{line}");
    }
    let Entry::Change(change) = &world.entries["c"] else {
        panic!()
    };
    assert!(change.open_measures().is_empty());
    assert_eq!(change.passed_on.len(), 3);
    check(
        "2026-06-29 09:00 c announce 2026-07-06\n2026-06-29 10:00 c cancel",
        "cancelled | centre: change_cancelled",
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn an_outage_in_a_holiday() {
    let mut world = World::new();
    for (line, expected) in [
        (
            "2026-10-02 08:00 o report as=operator/centre",
            "reported | GZ-CGJ: outage_reported | centre: outage_reported",
        ),
        ("2026-10-02 09:00 o correct cause=断电", "corrected"),
        (
            "2026-10-02 09:00 o correct cause=断电",
            "rejected: unchanged",
        ),
        (
            "2026-10-02 09:00 o page at=2026-10-02T09:01",
            "rejected: impossible-time",
        ),
        (
            "2026-10-02 09:00 o page at=2026-10-01T09:00",
            "rejected: impossible-time",
        ),
        (
            "2026-10-02 09:00 o page at=2026-10-02T08:30 cause=",
            "rejected: missing-field",
        ),
        (
            "2026-10-02 09:00 o page at=2026-10-02T08:30",
            "notice_published",
        ),
        (
            "2026-10-02 09:00 o script as=operator/x",
            "rejected: not-permitted",
        ),
        (
            "2026-10-02 09:00 o script point=p9",
            "rejected: unknown-point",
        ),
        (
            "2026-10-02 09:00 o script",
            "script_provided | centre: script_provided",
        ),
        (
            "2026-10-02 10:00 o tell onsite",
            "rejected: wrong-knowledge-stage",
        ),
        // The second stage has begun, though no timer has said so.
        (
            "2026-10-04 08:00 o tell unchanged",
            "second_stage_begun progress_told | GZ-CGJ: second_stage | leader of GZ-CGJ: \
             second_stage | centre: second_stage | centre: outage_updated",
        ),
        (
            "2026-10-05 08:00:00 o due outage_update",
            "rejected: nothing-due",
        ),
        (
            "2026-10-05 08:00:01 o due outage_update",
            "deadline_marked | GZ-CGJ: reminder | centre: reminder",
        ),
        (
            "2026-10-05 08:00:02 o due outage_update",
            "rejected: nothing-due",
        ),
        (
            "2026-10-05 09:00 o tell script",
            "script_provided progress_told | centre: script_provided | centre: outage_updated",
        ),
        (
            "2026-10-05 20:00 o end 2026-10-05T19:00",
            "ended | GZ-CGJ: outage_ended | centre: outage_ended",
        ),
        (
            "2026-10-05 21:00 o end 2026-10-05T19:00",
            "rejected: wrong-knowledge-stage",
        ),
    ] {
        assert_eq!(brief(&world.step(line)), expected, "{line}");
    }
    assert!(world.timers("o").is_empty());
    let Entry::Outage(outage) = &world.entries["o"] else {
        panic!()
    };
    assert_eq!(outage.is_script_late(), Some(false));
    assert_eq!(
        (
            outage.scripts.len(),
            outage.updates.len(),
            outage.missed.len()
        ),
        (2, 2, 1)
    );
}

#[test]
fn who_may_do_what() {
    for (line, expected) in [
        (
            "2026-03-02 09:00 p draft script as=unit:GZ-GJJ/x",
            "rejected: not-a-party",
        ),
        ("2026-03-02 09:00 p draft script as=operator/x", "opened"),
        (
            "2026-03-02 09:00 p draft script as=district:440106/x",
            "rejected: not-permitted",
        ),
        (
            "2026-03-02 09:00 p draft script as=auditor/x",
            "rejected: not-permitted",
        ),
        (
            "2026-03-02 09:00 p draft script unit=NOBODY as=operator/x",
            "rejected: unknown-unit",
        ),
        ("2026-03-02 09:00 p submit", "rejected: knowledge-not-found"),
        (
            "2026-03-02 09:00 p due expiry",
            "rejected: knowledge-not-found",
        ),
        (
            "2026-03-02 09:00 c announce 2026-04-01 as=unit:GZ-GJJ/x",
            "rejected: not-a-party",
        ),
        (
            "2026-03-02 09:00 o report as=unit:GZ-GJJ/x",
            "rejected: not-a-party",
        ),
    ] {
        check(line, expected);
    }
    let mut world = World::new();
    world
        .run(&published("2026-03-02", "09:00", "script"))
        .unwrap();
    let now = instant("2026-03-03", "09:00");
    let names = |role| allowed(&world.entries["p"], &actor(role), now);
    assert_eq!(
        names("unit:GZ-CGJ/x"),
        [
            "revise_point",
            "check_point",
            "confirm_point",
            "request_longer_validity",
            "take_down_point"
        ]
    );
    assert_eq!(
        names("operator/x"),
        ["revise_point", "check_point", "take_down_point"]
    );
    assert!(names("unit:GZ-GJJ/x").is_empty());
    assert!(names("district:440106/x").is_empty());
    // Another kind's command does not reach a point, and another unit learns nothing of it.
    let command = world.command("f", "answer", &["nothing", "why"]);
    let by = actor("unit:GZ-CGJ/x");
    let answer = world.give("p", &command, &by, Vec::new(), now);
    assert_eq!(brief(&answer), "rejected: wrong-knowledge-kind");
    let answer = world.give("p", &command, &actor("unit:GZ-GJJ/x"), Vec::new(), now);
    assert_eq!(brief(&answer), "rejected: not-a-party");
}
