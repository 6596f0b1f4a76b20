//! The journal: its JSON form comes back as it was, and an impossible one is told.

use knowledge_base::{Entry, Recorded, apply, replay};

use super::script::{World, published};

/// A world in which every kind of entry has been through much.
fn busy() -> World {
    let mut world = World::new();
    let point = published("2026-03-02", "09:00", "script months=3");
    world
        .run(&format!(
            "{point}
             2026-03-02 10:00 p check version=1 warn failed
             2026-03-03 09:00 p ask months=8
             2026-03-03 10:00 p longer published no
             2026-03-03 10:00 p ask months=8
             2026-03-03 11:00 p longer published
             2026-04-01 09:00 p confirm months=1
             2026-04-25 09:00 p due remind 7
             2026-04-26 09:00 p down
             2026-04-27 09:00 p restore
             2026-05-02 09:00 p due expiry
             2026-05-03 09:00 p revise script months=9 reason=长期 body=改
             2026-05-03 09:00 p check warn
             2026-05-03 09:00 p submit
             2026-05-03 09:00 p review
             2026-05-03 09:00 p longer draft no
             2026-05-03 10:00 p discard
             2026-06-18 16:00 f open error point=p
             2026-06-24 09:00 f due feedback
             2026-06-24 10:00 f answer nothing why
             2026-06-29 09:00 c announce 2026-07-06
             2026-06-29 09:00 c acknowledge
             2026-06-29 09:00 c pass 440106
             2026-06-29 09:00 c measure train 2026-06-29
             2026-06-29 09:00 c amend 2026-07-07
             2026-07-07 09:00 c due effect
             2026-07-09 09:00 c close
             2026-10-02 08:00 o report
             2026-10-02 08:00 o correct cause=断电
             2026-10-02 09:00 o page at=2026-10-02T08:30
             2026-10-04 09:00 o due second
             2026-10-04 10:00 o tell script
             2026-10-05 10:00 o end 2026-10-05T09:00"
        ))
        .unwrap();
    world
}

#[test]
fn comes_back_as_it_was() {
    let world = busy();
    for (name, journal) in &world.journals {
        let json = serde_json::to_string(journal).unwrap();
        let read: Vec<Recorded> = serde_json::from_str(&json).unwrap();
        assert_eq!(&read, journal, "{name}");
        let entry = &world.entries[name];
        assert_eq!(replay(&read).unwrap().as_ref(), Some(entry), "{name}");
        let json = serde_json::to_string(entry).unwrap();
        assert_eq!(
            &serde_json::from_str::<Entry>(&json).unwrap(),
            entry,
            "{name}"
        );
    }
}

/// The names stand in every journal for ever.
#[test]
fn form_of_an_event() {
    let world = busy();
    let json = serde_json::to_value(&world.journals["f"][0]).unwrap();
    assert_eq!(json["entry"], "feedback");
    assert_eq!(json["event"], "opened");
    assert_eq!(json["data"]["answer_by"]["rule"], "R68");
    assert_eq!(
        json["data"]["answer_by"]["rule_set"],
        "穗政数规字〔2023〕1号"
    );
    for (name, journal) in &world.journals {
        for recorded in journal {
            let json = serde_json::to_value(recorded).unwrap();
            assert_eq!(json["event"], recorded.event.name(), "{name}");
        }
    }
}

#[test]
fn impossible_journals() {
    let world = busy();
    let journal = &world.journals["f"];
    let told = |events: &[&Recorded]| replay(events.iter().copied()).unwrap_err().to_string();
    assert_eq!(told(&[&journal[1]]), "event 2 stands where event 1 belongs");
    assert_eq!(
        told(&[&journal[0], &journal[0]]),
        "event 1 stands where event 2 belongs"
    );
    let moved = |seq, recorded: &Recorded| Recorded {
        seq,
        ..recorded.clone()
    };
    assert_eq!(
        told(&[&moved(1, &journal[2])]),
        "the journal begins with `answered`, which opens no entry"
    );
    assert_eq!(
        told(&[&journal[0], &moved(2, &journal[0])]),
        "event 2, `opened`, cannot happen to the entry as it stands"
    );
    let other = moved(2, &world.journals["c"][1]);
    assert!(apply(replay([&journal[0]]).unwrap(), &other).is_err());
}
