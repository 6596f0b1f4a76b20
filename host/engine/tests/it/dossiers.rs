//! Dossiers through the engine: repeated and conditional requests, timers at their own instants, the
//! year's register, a new calendar, and who may see what.

use calendar::Calendar;
use chrono::NaiveDate;
use engine::ports::{DossierFilter, IdempotencyKey};
use engine::{CommandOptions, DossierError, Error, HandledDossier, Texts};
use lifecycle::dossier::{
    Command, DossierDeadlineKind, DossierId, DossierKind, Filing, Force, Meeting, MeetingKind,
    NewMatter, Occasion, Position, Publication, Rejection, StaffChange, Supervisor,
};
use lifecycle::effect::{Notice, Recipient};
use lifecycle::ids::{Actor, OrderId, UnitCode};

use crate::world::{World, admin, at, auditor, channel, district, operator, unit};

const UNIT: &str = "GZ-D106";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn matter(orders: &[OrderId], texts: &mut Texts) -> Command {
    Command::ListMatter(NewMatter {
        title: "天河某小区停车难".to_owned(),
        criteria: texts.add("三个月内多人反映,联系人陈女士13800001234".to_owned()),
        units: vec![UnitCode::new(UNIT)],
        orders: orders.to_vec(),
    })
}

fn change(completed_on: &str) -> Command {
    Command::AnnounceChange {
        change: StaffChange {
            unit: UnitCode::new(UNIT),
            position: Position::LiaisonOfficer,
            completed_on: day(completed_on),
        },
        filing: None,
    }
}

fn filing(new_staff: &str) -> Command {
    Command::FileChange(Filing {
        old_staff: None,
        new_staff: Some(new_staff.to_owned()),
        details: None,
    })
}

fn meeting(meeting: MeetingKind, held_on: &str) -> Command {
    Command::RecordMeeting(Meeting {
        meeting,
        district: None,
        held_on: day(held_on),
        members: vec![UnitCode::new(UNIT)],
        decisions: Vec::new(),
        orders: Vec::new(),
    })
}

fn keyed(key: &str, fingerprint: &str) -> CommandOptions {
    CommandOptions {
        if_match: None,
        idempotency: Some(IdempotencyKey {
            principal: "operator//op-7".to_owned(),
            key: key.to_owned(),
            fingerprint: fingerprint.to_owned(),
            at: at("2026-09-16T10:00:00+08:00"),
        }),
    }
}

impl World {
    fn open(
        &self,
        by: &Actor,
        build: impl FnOnce(&mut Texts) -> Command,
    ) -> Result<HandledDossier, Error> {
        let options = CommandOptions::default();
        self.engine.open_dossier(by, &options, build)
    }

    fn act(
        &self,
        id: &DossierId,
        by: &Actor,
        build: impl FnOnce(&mut Texts) -> Command,
    ) -> Result<HandledDossier, Error> {
        let options = CommandOptions::default();
        self.engine.handle_dossier(id, by, &options, build)
    }

    fn pass(&self, to: &str) {
        self.engine.pass_time(at(to), &admin(), 10_000).unwrap();
    }

    /// When each event of a dossier happened, local time.
    fn story(&self, id: &DossierId) -> Vec<String> {
        let view = self.engine.dossier(id, &operator()).unwrap();
        let line = |recorded: &lifecycle::dossier::Recorded| {
            let at = calendar::instant_text(recorded.at);
            format!("{at} {}", recorded.event.name())
        };
        view.history.iter().map(line).collect()
    }
}

fn rejection(result: Result<HandledDossier, Error>) -> Rejection {
    match result {
        Err(Error::Dossier(DossierError::Rejected(rejection))) => rejection,
        other => panic!("{other:?}"),
    }
}

/// R53: what a unit tells goes to the requester of every member order, through the order's own box.
#[test]
fn requesters_are_told_through_their_orders() {
    let world = World::new();
    let orders = [
        world.register("工地打桩").order.id,
        world.register("夜里打桩").order.id,
    ];
    world.work_off();
    let id = world
        .open(&operator(), |texts| matter(&orders, texts))
        .unwrap()
        .dossier
        .id;
    let told = |texts: &mut Texts| Command::TellProgress {
        content: texts.add("已与物业协商".to_owned()),
    };
    world.act(&id, &unit(UNIT), told).unwrap();
    world.work_off();
    for order in &orders {
        let view = world.engine.view(order, &operator()).unwrap();
        let last = view.messages.last().unwrap();
        assert_eq!(last.notification.to, Recipient::Requester);
        let Notice::Dossier(notice) = &last.notification.about else {
            panic!("{last:?}");
        };
        assert_eq!(notice.dossier, id);
        assert!(matches!(notice.occasion, Occasion::Progress { .. }));
    }
    // The unit's and the centre's messages stand with the dossier.
    let view = world.engine.dossier(&id, &unit(UNIT)).unwrap();
    let to: Vec<&Recipient> = view.messages.iter().map(|it| &it.notification.to).collect();
    assert_eq!(to, [&Recipient::Unit(UnitCode::new(UNIT))]);
    // And the order leads to the dossier.
    let filter = DossierFilter {
        order: Some(orders[0].clone()),
        ..DossierFilter::default()
    };
    let page = world.engine.dossiers(&filter, None, 10, &operator());
    assert_eq!(page.unwrap().items[0].id, id);
    let unknown = [OrderId::new("20260916-NONE")];
    let refused = world.open(&operator(), |texts| matter(&unknown, texts));
    assert!(matches!(rejection(refused), Rejection::UnknownOrder { .. }));
}

#[test]
fn timers_fire_at_their_own_instants() {
    let world = World::new();
    let listed = world.open(&operator(), |texts| matter(&[], texts)).unwrap();
    let filed = world
        .open(&unit(UNIT), |_| change("2026-09-16"))
        .unwrap()
        .dossier
        .id;
    assert_eq!(
        world.engine.next_timer_at().unwrap(),
        Some(at("2026-10-01T00:00:00+08:00"))
    );
    world.pass("2026-11-01T00:00:00+08:00");
    assert_eq!(
        world.story(&listed.dossier.id),
        [
            "2026-09-16T10:00:00+08:00 matter_listed",
            "2026-10-01T00:00:00.001+08:00 deadline_marked",
            "2026-10-17T00:00:00.001+08:00 deadline_marked",
            "2026-10-17T00:00:00.001+08:00 deadline_marked",
        ]
    );
    assert_eq!(world.story(&filed).len(), 2);
    let view = world.engine.dossier(&filed, &operator()).unwrap();
    assert!(view.dossier.is_overdue());
    let explained = &view.deadlines[0].explanation;
    assert_eq!(
        explained.zh,
        "2026-09-16 00:00 人员调整完成,按第七条第一款10个工作日,自2026-09-17(下一个工作日)0时起算,\
         只计工作日,计入09-17、09-18、09-20、09-21、09-22、09-23、09-24、09-28、09-29、09-30,\
         于2026-09-30 24:00到期"
    );
    // Nothing happens twice, after a restart neither.
    let restarted = world.restarted();
    restarted.work_off();
    assert_eq!(restarted.story(&filed).len(), 2);
}

/// R2: the register of the year is opened by itself, and its end is timed.
#[test]
fn a_year_without_a_plenary_is_told() {
    let world = World::new();
    world.work_off();
    let register = DossierId::conference_of(2026);
    assert_eq!(world.story(&register).len(), 1);
    let warnings = |world: &World| world.engine.warnings(&operator()).unwrap();
    let first = &warnings(&world)[0];
    assert_eq!(first.deadline, DossierDeadlineKind::Plenary);
    assert_eq!((first.force, first.passed), (Force::Law, false));
    assert_eq!(first.due_at, at("2027-01-01T00:00:00+08:00"));
    // A liaison meeting does not satisfy it.
    world
        .open(&operator(), |_| meeting(MeetingKind::Liaison, "2026-06-03"))
        .unwrap();
    assert_eq!(warnings(&world).len(), 1);
    world.pass("2027-01-01T08:00:00+08:00");
    assert_eq!(
        world.story(&register)[2],
        "2027-01-01T00:00:00.001+08:00 deadline_marked"
    );
    // The year before is late, and the new one has begun.
    let passed: Vec<bool> = warnings(&world).iter().map(|it| it.passed).collect();
    assert_eq!(passed, [false, true]);
    world
        .open(&operator(), |_| meeting(MeetingKind::Plenary, "2026-12-30"))
        .unwrap();
    world
        .open(&operator(), |_| meeting(MeetingKind::Plenary, "2027-01-01"))
        .unwrap();
    assert_eq!(warnings(&world), []);
    for actor in [unit(UNIT), district("440106"), channel("app")] {
        assert!(world.engine.warnings(&actor).is_err());
    }
}

/// Not for a time in which the Rules are not in force.
#[test]
fn there_is_no_register_before_the_rules() {
    let world = World::new();
    let clock = std::sync::Arc::new(engine::ports::ManualClock::at(at(
        "2022-06-01T10:00:00+08:00",
    )));
    let world = World::on(world.store, clock);
    world.work_off();
    let register = DossierId::conference_of(2022);
    assert!(world.engine.dossier(&register, &operator()).is_err());
    assert_eq!(world.engine.warnings(&operator()).unwrap(), []);
}

#[test]
fn a_repeated_request_is_carried_out_once() {
    let world = World::new();
    let open = |key: &CommandOptions, on: &str| {
        world.engine.open_dossier(&operator(), key, |_| change(on))
    };
    let first = open(&keyed("k-1", "a"), "2026-09-16").unwrap();
    let id = first.dossier.id.clone();
    let file = |key: &CommandOptions| {
        world
            .engine
            .handle_dossier(&id, &unit(UNIT), key, |_| filing("cg-8"))
    };
    let filed = file(&keyed("k-2", "b")).unwrap();
    // Answered as it was then, although the dossier has moved on.
    let again = open(&keyed("k-1", "a"), "2026-09-16").unwrap();
    assert!(again.replayed && !first.replayed);
    assert_eq!((again.dossier, again.events), (first.dossier, first.events));
    let again = file(&keyed("k-2", "b")).unwrap();
    assert_eq!((again.replayed, again.dossier), (true, filed.dossier));
    assert!(matches!(
        open(&keyed("k-1", "c"), "2026-09-15"),
        Err(Error::KeyReused)
    ));
    // Keys are used up for orders too, and the other way round.
    let register = |key: &CommandOptions| {
        let request = crate::world::request("工地打桩");
        world.engine.register(request, &operator(), key)
    };
    assert!(matches!(
        register(&keyed("k-1", "d")),
        Err(Error::KeyReused)
    ));
    register(&keyed("k-3", "e")).unwrap();
    assert!(matches!(
        open(&keyed("k-3", "e"), "2026-09-16"),
        Err(Error::KeyReused)
    ));
}

#[test]
fn a_command_may_name_the_version_that_it_is_meant_for() {
    let world = World::new();
    let id = world
        .open(&unit(UNIT), |_| change("2026-09-16"))
        .unwrap()
        .dossier
        .id;
    let with = |version| CommandOptions {
        if_match: Some(version),
        idempotency: None,
    };
    let give = |by: &Actor, version| {
        world
            .engine
            .handle_dossier(&id, by, &with(version), |_| filing("cg-8"))
    };
    assert!(matches!(
        give(&unit(UNIT), 7),
        Err(Error::Dossier(DossierError::VersionConflict {
            expected: 7,
            actual: 1
        }))
    ));
    // Permission comes before the version.
    assert!(matches!(
        rejection(give(&unit("GZ-ZJJ"), 7)),
        Rejection::NotAParty { .. }
    ));
    assert_eq!(give(&unit(UNIT), 1).unwrap().dossier.version, 2);
    let missing = DossierId::new("D-NONE");
    assert!(matches!(
        world.act(&missing, &unit(UNIT), |_| filing("cg-8")),
        Err(Error::Dossier(DossierError::NotFound { .. }))
    ));
}

/// C3: an import recomputes dossiers too, and shows beforehand what it would move.
#[test]
fn a_holiday_notice_moves_deadlines_of_dossiers() {
    let world = World::new();
    world.pass("2026-12-28T09:00:00+08:00");
    let id = world
        .open(&operator(), |texts| matter(&[], texts))
        .unwrap()
        .dossier
        .id;
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
    let due = |world: &World| {
        let view = world.engine.dossier(&id, &operator()).unwrap();
        let plan =
            |it: &&engine::DossierDeadlineView| it.deadline.kind == DossierDeadlineKind::Plan;
        let due = view
            .deadlines
            .iter()
            .find(plan)
            .unwrap()
            .deadline
            .due
            .clone();
        (due.due_at, due.provisional)
    };
    let before = due(&world);
    assert!(before.1);
    let import = |apply| world.engine.import_calendar_year(&notice, apply, &admin());
    let preview = import(false).unwrap();
    assert_eq!(due(&world), before);
    let change = import(true).unwrap();
    assert_eq!(preview.dossier_changes, change.dossier_changes);
    let moved = &change.dossier_changes[0];
    assert_eq!((&moved.dossier, moved.before), (&id, before.0));
    assert_eq!(due(&world), (moved.after, false));
    assert_eq!(moved.after - moved.before, chrono::TimeDelta::days(2));
    assert_eq!(world.work_off().recomputed, 0);
}

#[test]
fn ticks_finish_what_a_crash_left_of_a_recomputation() {
    let world = World::new();
    world.pass("2026-12-28T09:00:00+08:00");
    world.open(&operator(), |texts| matter(&[], texts)).unwrap();
    let notice = Calendar::parse_year_json(
        r#"{"year": 2027, "notice": "x", "off": ["2027-01-01", "2027-01-04"]}"#,
    );
    let store: &dyn engine::ports::Store = &*world.store;
    let now = world.engine.now();
    store
        .add_calendar_year(&notice.unwrap(), "admin", now)
        .unwrap();
    let world = world.restarted();
    assert_eq!(world.work_off().recomputed, 1);
    assert_eq!(world.work_off().recomputed, 0);
}

#[test]
fn a_dossier_is_seen_by_whom_it_concerns() {
    let world = World::new();
    let id = world
        .open(&operator(), |texts| matter(&[], texts))
        .unwrap()
        .dossier
        .id;
    let text = |by: &Actor| {
        let view = world.engine.dossier(&id, by).ok()?;
        Some((view.masked, view.texts.into_values().next().unwrap()))
    };
    // The district's office sees what concerns a unit of the district.
    for by in [operator(), unit(UNIT), district("440106")] {
        let (masked, text) = text(&by).unwrap();
        assert!(!masked && text.contains("13800001234"), "{by:?}");
    }
    for by in [admin(), auditor()] {
        let (masked, text) = text(&by).unwrap();
        assert!(masked && text.contains("三个月内"), "{by:?}");
        assert!(!text.contains("13800001234"), "{by:?}");
    }
    for by in [unit("GZ-ZJJ"), district("440111"), channel("app")] {
        assert_eq!(text(&by), None, "{by:?}");
    }
    let listed = |by: &Actor| {
        let filter = DossierFilter {
            kind: Some(DossierKind::LongTermMatter),
            ..DossierFilter::default()
        };
        let page = world.engine.dossiers(&filter, None, 10, by);
        page.map(|page| page.items.len()).ok()
    };
    assert_eq!(listed(&operator()), Some(1));
    assert_eq!(listed(&district("440106")), Some(1));
    assert_eq!(listed(&unit("GZ-ZJJ")), Some(0));
    assert_eq!(listed(&channel("app")), None);
}

/// What stays in the journal for ever has no personal data.
#[test]
fn the_journal_keeps_staff_numbers_and_masked_titles() {
    let world = World::new();
    let id = world
        .open(&unit(UNIT), |_| change("2026-09-16"))
        .unwrap()
        .dossier
        .id;
    for bad in ["13800001234", "陈某某", "cg 8", "440106199001011234"] {
        let refused = world.act(&id, &unit(UNIT), |_| filing(bad));
        let Err(Error::InvalidInput { field, problem, .. }) = refused else {
            panic!("{bad}: {refused:?}");
        };
        assert_eq!(field, "new_staff");
        assert!(!problem.contains(bad), "{problem}");
    }
    world.act(&id, &unit(UNIT), |_| filing("CGJ-0042")).unwrap();
    let listed = world.open(&operator(), |texts| {
        Command::ListMatter(NewMatter {
            title: "陈女士13800001234反映停车难".to_owned(),
            criteria: texts.add("多人反映".to_owned()),
            units: vec![UnitCode::new(UNIT)],
            orders: Vec::new(),
        })
    });
    let json = serde_json::to_string(&listed.unwrap().events).unwrap();
    assert!(
        json.contains("停车难") && !json.contains("13800001234"),
        "{json}"
    );
}

/// R65: a channel system passes suggestions on, and reads none.
#[test]
fn a_channel_passes_a_suggestion_on() {
    let world = World::new();
    let handled = world.open(&channel("app"), |texts| {
        Command::Publish(Publication::Suggestion {
            from: Supervisor::Public,
            content: texts.add("建议公布平均接通时间".to_owned()),
            received_on: day("2026-09-16"),
        })
    });
    let id = handled.unwrap().dossier.id;
    assert!(world.engine.dossier(&id, &channel("app")).is_err());
    assert!(world.engine.dossier(&id, &operator()).is_ok());
}
