//! The journal lasts: its JSON form is pinned, and what does not fold is told.

use expect_test::expect_file;
use lifecycle::dossier::{Corrupt, Dossier, Recorded, replay};

use super::script::World;

#[test]
fn events_keep_their_form() {
    let mut world = World::new();
    let script = "2026-06-18 10:00 announce GZ-CGJ 2026-06-17
                  2026-06-22 10:00 file old=cg-7 new=cg-8";
    assert!(world.run(script).is_ok());
    let json = serde_json::to_string_pretty(&world.journal).unwrap();
    expect_file!["../snapshots/dossier-journal.json"].assert_eq(&json);
    let back: Vec<Recorded> = serde_json::from_str(&json).unwrap();
    assert_eq!(back, world.journal);
    let dossier = world.dossier.unwrap();
    let state = serde_json::to_string(&dossier).unwrap();
    let back: Dossier = serde_json::from_str(&state).unwrap();
    assert_eq!(back, dossier);
}

#[test]
fn what_does_not_fold_is_told() {
    let mut world = World::new();
    let script = "2026-06-18 10:00 list GZ-CGJ\n2026-06-22 10:00 plan\n2026-06-22 11:00 bulletin";
    assert!(world.run(script).is_ok());
    let [listed, plan, bulletin] = &world.journal[..] else {
        panic!("{:?}", world.journal);
    };
    let again = Recorded {
        seq: 2,
        ..listed.clone()
    };
    let first = Recorded {
        seq: 1,
        ..plan.clone()
    };
    let stranger = Recorded {
        event: lifecycle::dossier::Event::RulingRecorded {
            ruling: lifecycle::ids::TextId(uuid::Uuid::nil()),
        },
        ..plan.clone()
    };
    let corrupt = |events: &[&Recorded]| replay(events.iter().copied()).unwrap_err();
    assert!(matches!(
        corrupt(&[listed, bulletin]),
        Corrupt::Sequence {
            expected: 2,
            found: 3
        }
    ));
    assert!(matches!(corrupt(&[&first]), Corrupt::NotOpened { .. }));
    assert!(matches!(
        corrupt(&[listed, &again]),
        Corrupt::Misplaced { seq: 2, .. }
    ));
    assert!(matches!(
        corrupt(&[listed, &stranger]),
        Corrupt::Misplaced { seq: 2, .. }
    ));
    assert_eq!(replay([]), Ok(None));
}
