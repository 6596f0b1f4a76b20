//! The knowledge base through the engine (Art. 13(1), 33–38): commands with their checks, what falls due,
//! direct answers, lists, and what follows the journal.

use std::collections::{BTreeMap, BTreeSet};

use calendar::Calendar;
use chrono::TimeDelta;
use contract::about::Kind;
use contract::knowledge::PointKind;
use contract::types::OrderType;
use engine::ports::{
    CITY, DecisionFilter, DueItem, FeedbackQuery, IdempotencyKey, KnowledgeFilter, Store, Subject,
};
use engine::{
    CheckPart, CommandOptions, DeadlineStatus, Error, HandledKnowledge, KnowledgeError, PointCheck,
    Texts,
};
use knowledge_base::feedback::{Action, Fault, NewFeedback, Urgency};
use knowledge_base::ids::{Id, PointId};
use knowledge_base::point::{Content, LegalBasis, NewPoint, Point, Subject as Part, Term, Verdict};
use knowledge_base::{Command, Entry, Rejection, feedback, point};
use lifecycle::advice::Outcome;
use lifecycle::command::{Command as OrderCommand, DirectAnswer};
use lifecycle::effect::Notice;
use lifecycle::ids::{Actor, OrderId, UnitCode};
use lifecycle::knowledge::Occasion;

use crate::world::{World, admin, at, auditor, channel, district, leader, operator, request, unit};

const UNIT: &str = "GZ-D106";

fn content(body: &str) -> Content {
    let mut content = Content::titled("公积金提取", PointKind::AnswerScript);
    content.body = body.to_owned();
    content.scope = "全市".to_owned();
    content.subjects = vec!["缴存职工".to_owned()];
    content.legal_basis = vec![LegalBasis::cited("《住房公积金管理条例》第二十四条")];
    content
}

fn draft(owner: &str, body: &str) -> Command {
    Command::Point(point::Command::Draft(NewPoint {
        owner: UnitCode::new(owner),
        content: content(body),
        term: Term::longest(),
    }))
}

impl World {
    fn on_point(
        &self,
        id: &Id,
        by: &Actor,
        command: point::Command,
    ) -> Result<HandledKnowledge, Error> {
        let options = CommandOptions::default();
        self.engine
            .handle_knowledge(id, by, &options, |_| Command::Point(command))
    }

    fn draft(&self, owner: &str, body: &str) -> Id {
        let by = unit(owner);
        let options = CommandOptions::default();
        let opened = self
            .engine
            .open_knowledge(&by, &options, |_| draft(owner, body));
        opened.unwrap().entry.id()
    }

    /// Checks, submits and reviews the draft of a point, whatever its revision.
    fn publish(&self, id: &Id, owner: &str) -> Result<HandledKnowledge, Error> {
        let revision = self.point(id).revision;
        let subject = Part::Draft(revision);
        self.on_point(id, &unit(owner), point::Command::Check { subject })?;
        self.on_point(id, &unit(owner), point::Command::Submit)?;
        let verdict = Verdict::Pass;
        let review = point::Command::Review { revision, verdict };
        self.on_point(id, &leader(owner), review)
    }

    pub(crate) fn published(&self, body: &str) -> Id {
        let id = self.draft(UNIT, body);
        self.publish(&id, UNIT).unwrap();
        id
    }

    fn point(&self, id: &Id) -> Point {
        let view = self.engine.knowledge(id, &operator()).unwrap();
        let Entry::Point(point) = view.entry else {
            panic!("{id} is no point");
        };
        *point
    }

    fn consultation(&self) -> OrderId {
        let mut asked = request("公积金怎么提取");
        asked.order_type = OrderType::Consultation;
        let options = CommandOptions::default();
        let handled = self.engine.register(asked, &operator(), &options);
        handled.unwrap().order.id
    }

    fn answer(&self, order: &OrderId, id: &str, version: u32) -> Result<engine::Handled, Error> {
        self.give(order, &operator(), |texts| {
            OrderCommand::AnswerDirectly(DirectAnswer {
                knowledge_point: id.to_owned(),
                knowledge_version: version,
                answer: texts.add("每年可以提取一次,电话13800001234".to_owned()),
            })
        })
    }

    fn open_feedback(&self, urgency: Urgency) -> Id {
        let options = CommandOptions::default();
        let open = |texts: &mut Texts| {
            Command::Feedback(feedback::Command::Open(NewFeedback {
                unit: UnitCode::new(UNIT),
                point: None,
                fault: Fault::NewPoint,
                urgency,
                description: texts.add("没有关于租房提取的知识点".to_owned()),
            }))
        };
        let opened = self.engine.open_knowledge(&operator(), &options, open);
        opened.unwrap().entry.id()
    }

    fn occasions(&self, id: &Id) -> Vec<Occasion> {
        let view = self.engine.knowledge(id, &operator()).unwrap();
        let about = |it: engine::ports::Message| {
            if let Notice::Knowledge(notice) = it.notification.about {
                Some(notice.occasion)
            } else {
                None
            }
        };
        view.messages.into_iter().filter_map(about).collect()
    }

    fn entries(&self, filter: &KnowledgeFilter, by: &Actor) -> Vec<Id> {
        let page = self.engine.knowledge_entries(filter, None, 100, by);
        page.unwrap().items.into_iter().map(|it| it.id).collect()
    }
}

fn point_id(id: &Id) -> PointId {
    PointId::new(id.as_str())
}

fn rejected(result: Result<impl std::fmt::Debug, Error>) -> Rejection {
    match result {
        Err(Error::Knowledge(KnowledgeError::Rejected(rejection))) => rejection,
        other => panic!("not refused by the rules: {other:?}"),
    }
}

#[test]
fn a_point_goes_from_its_draft_to_its_publication() {
    let world = World::new();
    let id = world.draft(UNIT, "携带身份证到窗口办理,故障时改日再来");
    assert!(id.as_str().starts_with("K-20260916-"), "{id}");
    // R66: whoever wrote it does not review it, and nothing is submitted unchecked.
    let submit = world.on_point(&id, &unit(UNIT), point::Command::Submit);
    assert_eq!(rejected(submit), Rejection::NotChecked { revision: 1 });
    let handled = world.publish(&id, UNIT).unwrap();
    let names: Vec<_> = handled.events.iter().map(|it| it.event.name()).collect();
    assert_eq!(names, ["published"]);
    // All of them were asked, and the one that failed says so.
    let version = world.point(&id).versions.remove(0);
    let asked: Vec<_> = version
        .checks
        .iter()
        .map(|it| {
            (
                it.attempt.scope.as_str(),
                it.attempt.outcome == Outcome::Answered,
            )
        })
        .collect();
    assert_eq!(asked, [(UNIT, true), ("440106", true), (CITY, false)]);
    // R67: six months at most, explained.
    let view = world.engine.knowledge(&id, &unit(UNIT)).unwrap();
    assert_eq!(view.stage, "published");
    let deadline = &view.deadlines[0];
    assert_eq!(deadline.status, DeadlineStatus::Running);
    assert_eq!(
        deadline.deadline.due.due_at,
        at("2027-03-17T00:00:00+08:00")
    );
    let told = &deadline.explanation.zh;
    assert!(
        told.contains("第三十五条") && told.contains("6个月"),
        "{told}"
    );
    assert!(
        view.allowed.contains(&"confirm_point"),
        "{:?}",
        view.allowed
    );
    world.work_off();
    let occasions = world.occasions(&id);
    assert_eq!(occasions[0], Occasion::AwaitsReview);
    assert!(matches!(
        occasions[1],
        Occasion::Published { version: 1, .. }
    ));
}

#[test]
fn a_check_is_a_decision_that_can_be_repeated() {
    let world = World::new();
    let id = world.published("携带身份证到窗口办理即可");
    let rollout = world.engine.rollout();
    let filter = DecisionFilter {
        kind: Some(Kind::Knowledge),
        ..DecisionFilter::default()
    };
    let decisions = rollout.decisions(&filter, None, 10, &auditor()).unwrap();
    assert_eq!(decisions.len(), 1);
    let decision = &decisions[0];
    assert_eq!(decision.subject, Subject::Knowledge(id));
    assert_eq!(decision.advice.attempts().len(), 3);
    let question = decision.question.clone().unwrap();
    let question = String::from_utf8(question).unwrap();
    assert!(question.contains("携带身份证"), "{question}");
    let asked = world.rule.asked.lock().unwrap();
    assert_eq!(asked.last().unwrap().id, decision.advice.decision());
}

#[test]
fn what_a_plugin_blocks_is_not_submitted() {
    let world = World::new();
    let id = world.draft(UNIT, "内部掌握,不对外公布");
    let rejection = rejected(world.publish(&id, UNIT));
    let Rejection::Blocked { findings: 1, first } = rejection else {
        panic!("{rejection:?}");
    };
    assert!(
        first.contains("正文含内部信息") && first.contains(UNIT),
        "{first}"
    );
}

#[test]
fn a_request_is_carried_out_once() {
    let world = World::new();
    let key = |key: &str, fingerprint: &str| CommandOptions {
        if_match: None,
        idempotency: Some(IdempotencyKey {
            principal: "portal".to_owned(),
            key: key.to_owned(),
            fingerprint: fingerprint.to_owned(),
            at: world.engine.now(),
        }),
    };
    let open = |options: &CommandOptions| {
        let by = unit(UNIT);
        world
            .engine
            .open_knowledge(&by, options, |_| draft(UNIT, "到窗口办理"))
    };
    let first = open(&key("1", "a")).unwrap();
    let again = open(&key("1", "a")).unwrap();
    assert!(!first.replayed && again.replayed);
    assert_eq!((&first.entry, &first.events), (&again.entry, &again.events));
    assert!(matches!(open(&key("1", "b")), Err(Error::KeyReused)));
    // A key is used up for orders too.
    let order = world
        .engine
        .register(request("x"), &operator(), &key("1", "a"));
    assert!(matches!(order, Err(Error::KeyReused)));
    // Against another version nothing happens.
    let options = CommandOptions {
        if_match: Some(7),
        idempotency: None,
    };
    let discard = |_: &mut Texts| Command::Point(point::Command::Discard);
    let id = first.entry.id();
    let conflict = world
        .engine
        .handle_knowledge(&id, &unit(UNIT), &options, discard);
    assert!(matches!(
        conflict,
        Err(Error::Knowledge(KnowledgeError::VersionConflict {
            expected: 7,
            actual: 1
        }))
    ));
    // A stranger learns nothing about the version.
    let stranger = world
        .engine
        .handle_knowledge(&id, &unit("GZ-ZJJ"), &options, discard);
    assert!(matches!(rejected(stranger), Rejection::NotAParty { .. }));
    let missing = Id::parse("K-20260916-NIEMAND000").unwrap();
    let missing = world.on_point(&missing, &unit(UNIT), point::Command::Discard);
    assert!(matches!(
        missing,
        Err(Error::Knowledge(KnowledgeError::NotFound { .. }))
    ));
    let nothing = world
        .engine
        .open_knowledge(&unit(UNIT), &CommandOptions::default(), discard);
    assert_eq!(rejected(nothing), Rejection::NotFound);
}

#[test]
fn an_answer_keeps_its_point_and_version() {
    let world = World::new();
    let id = world.published("携带身份证到窗口办理即可");
    let (first, second, third) = (
        world.consultation(),
        world.consultation(),
        world.consultation(),
    );
    // R19: only what is there, in the version that is published.
    let unknown = rejected(world.answer(&first, "K-1", 1));
    assert!(matches!(unknown, Rejection::UnknownPoint { .. }));
    let superseded = rejected(world.answer(&first, id.as_str(), 2));
    assert!(matches!(
        superseded,
        Rejection::Superseded {
            given: 2,
            published: 1
        }
    ));
    world.answer(&first, id.as_str(), 1).unwrap();
    let revise = point::Command::Revise {
        content: content("改为网上办理,不用到窗口"),
        term: Term::longest(),
    };
    world.on_point(&id, &unit(UNIT), revise).unwrap();
    world.publish(&id, UNIT).unwrap();
    world
        .clock
        .advance_to(world.engine.now() + TimeDelta::hours(1));
    world.answer(&second, id.as_str(), 2).unwrap();
    // When it turns out wrong: every answer that used it.
    let answers = |version, by: &Actor| {
        let page = world
            .engine
            .answers_from(&point_id(&id), version, None, 10, by);
        page.map(|page| page.items)
    };
    let all = answers(None, &operator()).unwrap();
    let orders: Vec<_> = all.iter().map(|it| (&it.order, it.version)).collect();
    assert_eq!(orders, [(&second, 2), (&first, 1)]);
    assert!(all[0].text.as_ref().unwrap().contains("13800001234"));
    let own = answers(Some(1), &unit(UNIT)).unwrap();
    assert_eq!(own.len(), 1);
    assert!(!own[0].text.as_ref().unwrap().contains("13800001234"));
    assert!(answers(None, &unit("GZ-ZJJ")).is_err());
    // What was taken down answers nobody.
    let reason = |texts: &mut Texts| {
        let reason = texts.add("口径有误".to_owned());
        Command::Point(point::Command::TakeDown { reason })
    };
    let options = CommandOptions::default();
    world
        .engine
        .handle_knowledge(&id, &operator(), &options, reason)
        .unwrap();
    let down = rejected(world.answer(&third, id.as_str(), 2));
    assert!(matches!(down, Rejection::WrongStage { .. }), "{down:?}");
}

#[test]
fn validity_ends_at_its_instant_and_reminders_come_before() {
    let world = World::new();
    let id = world.published("携带身份证到窗口办理即可");
    let order = world.consultation();
    world.work_off();
    // R67: 30, 7 and 1 days before the last one.
    world.clock.advance_to(at("2027-02-14T08:00:00+08:00"));
    world.work_off();
    assert_eq!(
        world.engine.knowledge(&id, &operator()).unwrap().stage,
        "expiring"
    );
    let expiring = world.engine.expiring(30, &operator()).unwrap();
    assert_eq!(
        (
            expiring[0].count,
            expiring[0].reminded,
            expiring[0].first_at
        ),
        (1, 1, at("2027-03-17T00:00:00+08:00"))
    );
    assert_eq!(world.engine.expiring(29, &operator()).unwrap(), []);
    assert_eq!(world.engine.expiring(30, &unit("GZ-ZJJ")).unwrap(), []);
    world.clock.advance_to(at("2027-03-09T08:00:00+08:00"));
    world.work_off();
    // T8: at 24:00 sharp it still answers, a moment later nobody, whether a timer fired or not.
    world.clock.advance_to(at("2027-03-17T00:00:00.001+08:00"));
    let expired = rejected(world.answer(&order, id.as_str(), 1));
    assert!(matches!(expired, Rejection::Expired { .. }), "{expired:?}");
    let stage = |stage: &str| KnowledgeFilter {
        stage: Some(stage.to_owned()),
        ..KnowledgeFilter::default()
    };
    let expired = world.entries(&stage("expired"), &operator());
    assert_eq!(expired, std::slice::from_ref(&id));
    assert_eq!(world.entries(&stage("expiring"), &operator()), []);
    world.work_off();
    let occasions = world.occasions(&id);
    let reminders = occasions
        .iter()
        .filter(|it| matches!(it, Occasion::ExpiresSoon { .. }));
    assert_eq!(reminders.count(), 2);
    assert!(occasions.contains(&Occasion::Expired));
    let view = world.engine.knowledge(&id, &operator()).unwrap();
    assert_eq!(view.deadlines[0].status, DeadlineStatus::Missed);
}

#[test]
fn feedback_is_answered_in_time_or_counted_late() {
    let world = World::new();
    let first = world.open_feedback(Urgency::Ordinary);
    let second = world.open_feedback(Urgency::Emergency);
    world.open_feedback(Urgency::Ordinary);
    let answer = |id: &Id| {
        let options = CommandOptions::default();
        let build = |texts: &mut Texts| {
            Command::Feedback(feedback::Command::Answer {
                action: Action::NothingToDo,
                explanation: Some(texts.add("已有知识点可以答复".to_owned())),
            })
        };
        world
            .engine
            .handle_knowledge(id, &unit(UNIT), &options, build)
            .unwrap()
    };
    answer(&first);
    // R68: one working day in an emergency, two otherwise; Thursday and Friday.
    world.clock.advance_to(at("2026-09-18T09:00:00+08:00"));
    world.work_off();
    let view = world.engine.knowledge(&second, &operator()).unwrap();
    assert_eq!(view.deadlines[0].status, DeadlineStatus::Overdue);
    assert!(
        view.deadlines[0]
            .explanation
            .zh
            .contains("突发事件知识点反馈")
    );
    answer(&second);
    let query = FeedbackQuery {
        from: at("2026-09-01T00:00:00+08:00"),
        before: at("2026-10-01T00:00:00+08:00"),
        unit: None,
        by_month: true,
    };
    let rows = world
        .engine
        .feedback_indicators(&query, &operator())
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].month.as_deref(), Some("2026-09"));
    let tally = rows[0].tally;
    assert_eq!(
        (
            tally.opened,
            tally.on_time,
            tally.late,
            tally.open,
            tally.nothing_to_do
        ),
        (3, 1, 1, 1, 2)
    );
    assert_eq!(tally.on_time_permille(), Some(500));
    let overdue = KnowledgeFilter {
        overdue: Some(true),
        ..KnowledgeFilter::default()
    };
    let late = world.entries(&overdue, &operator());
    assert_eq!(late, std::slice::from_ref(&second));
    assert!(matches!(
        world.occasions(&second)[0],
        Occasion::EmergencyFeedbackOpened { .. }
    ));
}

#[test]
fn a_timer_that_cannot_be_worked_off_is_listed_and_not_lost() {
    let world = World::new();
    let id = world.open_feedback(Urgency::Ordinary);
    world.break_one(id.as_str());
    world.clock.advance_to(at("2026-09-19T00:00:01+08:00"));
    assert!(world.work_off().put_off > 0);
    let stuck = world
        .engine
        .stuck_items(None, 10, &operator())
        .unwrap()
        .items;
    let timer = |it: &engine::ports::StuckItem| matches!(&it.item, DueItem::KnowledgeTimer(timer) if timer.entry == id);
    assert!(stuck.iter().any(timer), "{stuck:?}");
    world.mend(id.as_str());
    world
        .clock
        .advance_to(world.engine.now() + TimeDelta::hours(7));
    world.work_off();
    let stuck = world
        .engine
        .stuck_items(None, 10, &operator())
        .unwrap()
        .items;
    assert_eq!(stuck, []);
    let view = world.engine.knowledge(&id, &operator()).unwrap();
    assert_eq!(view.history.last().unwrap().event.name(), "deadline_marked");
}

#[test]
fn a_holiday_notice_moves_deadlines_of_feedback() {
    let world = World::new();
    world.clock.advance_to(at("2026-12-31T09:00:00+08:00"));
    let id = world.open_feedback(Urgency::Ordinary);
    let point = world.published("携带身份证到窗口办理即可");
    let notice = Calendar::parse_year_json(
        r#"{
            "year": 2027,
            "notice": "国办发明电〔2026〕0号",
            "off": ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04", "2027-01-05",
                    "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08",
                    "2027-04-05", "2027-05-01", "2027-05-02", "2027-06-09",
                    "2027-09-15", "2027-10-01", "2027-10-02", "2027-10-03"]
        }"#,
    )
    .unwrap();
    let import = |apply| {
        world
            .engine
            .import_calendar_year(&notice, apply, &admin())
            .unwrap()
    };
    let due = |id: &Id| {
        let view = world.engine.knowledge(id, &operator()).unwrap();
        view.deadlines[0].deadline.due.due_at
    };
    let (before, valid) = (due(&id), due(&point));
    let preview = import(false);
    assert_eq!(due(&id), before);
    let change = import(true);
    assert_eq!(preview.knowledge_changes, change.knowledge_changes);
    let moved = &change.knowledge_changes[0];
    assert_eq!((&moved.entry, moved.before), (&id, before));
    assert_eq!(due(&id), moved.after);
    assert_eq!(moved.after - moved.before, TimeDelta::days(2));
    // Months are not counted in working days.
    assert_eq!(due(&point), valid);
    assert_eq!(world.work_off().recomputed, 0);
}

#[test]
fn ticks_finish_what_a_crash_left_of_a_recomputation() {
    let world = World::new();
    world.clock.advance_to(at("2026-12-31T09:00:00+08:00"));
    world.open_feedback(Urgency::Ordinary);
    let notice = Calendar::parse_year_json(
        r#"{"year": 2027, "notice": "x", "off": ["2027-01-01", "2027-01-04"]}"#,
    );
    let store: &dyn Store = &*world.store;
    let now = world.engine.now();
    store
        .add_calendar_year(&notice.unwrap(), "admin", now)
        .unwrap();
    let world = world.restarted();
    assert_eq!(world.work_off().recomputed, 1);
    assert_eq!(world.work_off().recomputed, 0);
}

#[test]
fn everybody_sees_their_own_and_what_is_published() {
    let world = World::new();
    let id = world.draft(UNIT, "携带身份证到窗口办理即可");
    let all = KnowledgeFilter::default();
    for (by, sees) in [
        (operator(), true),
        (auditor(), true),
        (admin(), true),
        (unit(UNIT), true),
        (leader(UNIT), true),
        (district("440106"), true),
        (unit("GZ-ZJJ"), false),
        (district("440111"), false),
    ] {
        assert_eq!(world.engine.knowledge(&id, &by).is_ok(), sees, "{by:?}");
        assert_eq!(world.entries(&all, &by).len(), usize::from(sees), "{by:?}");
    }
    assert!(
        world
            .engine
            .knowledge_entries(&all, None, 1, &channel("x"))
            .is_err()
    );
    // A draft is nobody else's business, and a version is everybody's while it answers.
    let read = |version, by: &Actor| world.engine.point_version(&point_id(&id), version, by);
    assert!(read(None, &unit("GZ-ZJJ")).is_err());
    world.publish(&id, UNIT).unwrap();
    let version = read(None, &unit("GZ-ZJJ")).unwrap();
    assert!(version.answers_now);
    assert_eq!(version.version.number, 1);
    assert!(read(None, &channel("x")).is_err());
    let revise = point::Command::Revise {
        content: content("改为网上办理,不用到窗口"),
        term: Term::longest(),
    };
    world.on_point(&id, &unit(UNIT), revise).unwrap();
    world.publish(&id, UNIT).unwrap();
    assert!(matches!(
        rejected(read(Some(1), &unit("GZ-ZJJ"))),
        Rejection::Superseded { .. }
    ));
    assert!(!read(Some(1), &unit(UNIT)).unwrap().answers_now);
    assert!(matches!(
        read(Some(3), &unit(UNIT)),
        Err(Error::Knowledge(KnowledgeError::NoVersion {
            version: 3,
            ..
        }))
    ));
    let diff = world
        .engine
        .point_diff(&point_id(&id), 1, Some(2), &unit(UNIT))
        .unwrap();
    let told = point::diff::text(&diff);
    assert!(
        told.contains("- 携带身份证") && told.contains("+ 改为网上"),
        "{told}"
    );
    assert!(
        world
            .engine
            .point_diff(&point_id(&id), 1, None, &unit(UNIT))
            .is_err()
    );
}

#[test]
fn lists_are_narrowed_by_every_field() {
    let world = World::new();
    let drafted = world.draft("GZ-ZJJ", "携带身份证到窗口办理即可");
    world
        .clock
        .advance_to(world.engine.now() + TimeDelta::hours(1));
    let published = world.published("携带身份证到窗口办理即可");
    world
        .clock
        .advance_to(world.engine.now() + TimeDelta::hours(1));
    let fed_back = world.open_feedback(Urgency::Ordinary);
    let check = |filter: KnowledgeFilter, expected: &[&Id]| {
        let found = world.entries(&filter, &operator());
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
    };
    let any = KnowledgeFilter::default;
    check(any(), &[&fed_back, &published, &drafted]);
    let kind = Some(engine::ports::EntryKind::Feedback);
    check(KnowledgeFilter { kind, ..any() }, &[&fed_back]);
    let unit = Some(UnitCode::new("GZ-ZJJ"));
    check(KnowledgeFilter { unit, ..any() }, &[&drafted]);
    let district = Some(lifecycle::ids::DistrictCode::new("440106"));
    check(
        KnowledgeFilter { district, ..any() },
        &[&fed_back, &published],
    );
    let stage = Some("published".to_owned());
    check(KnowledgeFilter { stage, ..any() }, &[&published]);
    let draft_stage = Some("editing".to_owned());
    check(
        KnowledgeFilter {
            draft_stage,
            ..any()
        },
        &[&drafted],
    );
    let point_kind = Some(PointKind::AnswerScript);
    check(
        KnowledgeFilter {
            point_kind,
            ..any()
        },
        &[&published, &drafted],
    );
    let title = Some("积金".to_owned());
    check(KnowledgeFilter { title, ..any() }, &[&published, &drafted]);
    let expires_before = Some(at("2027-03-17T00:00:00.001+08:00"));
    check(
        KnowledgeFilter {
            expires_before,
            ..any()
        },
        &[&published],
    );
    let expires_before = Some(at("2027-03-17T00:00:00+08:00"));
    check(
        KnowledgeFilter {
            expires_before,
            ..any()
        },
        &[],
    );
}

#[test]
fn whoever_follows_the_journal_misses_nothing() {
    let world = World::new();
    let first = world.draft(UNIT, "携带身份证到窗口办理即可");
    world.open_feedback(Urgency::Ordinary);
    let second = world.published("网上办理即可,不用到窗口");
    let (mut position, mut heard) = (0, BTreeSet::new());
    loop {
        let changes = world.engine.knowledge_changes_after(position, 2).unwrap();
        position = changes.position;
        heard.extend(changes.points);
        if !changes.more {
            break;
        }
    }
    assert_eq!(position, world.engine.knowledge_position().unwrap());
    assert_eq!(heard, BTreeSet::from([point_id(&first), point_id(&second)]));
    let nothing = world.engine.knowledge_changes_after(position, 2).unwrap();
    assert_eq!((nothing.position, nothing.points), (position, Vec::new()));
    let points: Vec<PointId> = heard.into_iter().collect();
    assert_eq!(world.engine.load_points(&points).unwrap().len(), 2);
}

#[test]
fn a_bulk_check_changes_nothing() {
    let world = World::new();
    world.published("故障时改日再来窗口办理");
    world.draft(UNIT, "内部掌握");
    world.draft("GZ-ZJJ", "携带身份证到窗口办理即可");
    let position = world.engine.knowledge_position().unwrap();
    let request = PointCheck {
        part: CheckPart::Both,
        ..PointCheck::default()
    };
    let (mut after, mut items) = (None, Vec::new());
    loop {
        let page = world
            .engine
            .check_points(&request, after.as_ref(), 2, &operator());
        let page = page.unwrap();
        items.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let count = |by: &Actor| world.engine.count_points_to_check(&request, by).unwrap();
    assert_eq!((count(&operator()), count(&unit("GZ-ZJJ"))), (3, 1));
    assert_eq!(items.len(), 3);
    let told: BTreeMap<&str, usize> = items
        .iter()
        .flat_map(|it| &it.checks)
        .flat_map(|it| &it.findings)
        .fold(BTreeMap::new(), |mut told, finding| {
            *told.entry(finding.message.as_str()).or_default() += 1;
            told
        });
    assert_eq!(
        told,
        BTreeMap::from([("正文含内部信息", 1), ("正文过短", 1)])
    );
    let failed = items
        .iter()
        .flat_map(|it| &it.checks)
        .filter(|it| it.attempt.outcome != Outcome::Answered);
    assert_eq!(failed.count(), 1);
    assert!(items.iter().all(|it| it.problem.is_none()), "{items:?}");
    assert_eq!(world.engine.knowledge_position().unwrap(), position);
    assert!(
        world
            .engine
            .check_points(&request, None, 1, &channel("x"))
            .is_err()
    );
}
