//! What a crash leaves, and that going on from the position gives the same answers.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use search::{Change, Commit, Config, Error, Index, Opened, Query};

use crate::{MANUAL, ask, ids, points, upserts};

/// A journal: each entry changes something, so that every position gives another index.
fn journal(length: u64) -> Vec<(u64, Change)> {
    let points = points::all();
    (1..=length)
        .zip(points.iter().cycle())
        .map(|(position, point)| {
            let change = if position % 7 == 0 {
                Change::Remove(point.id.clone())
            } else {
                let mut point = point.clone();
                point.version = position;
                Change::Upsert(Box::new(point))
            };
            (position, change)
        })
        .collect()
}

fn replay(index: &Index, journal: &[(u64, Change)]) {
    let from = index.position();
    for (position, change) in journal.iter().filter(|(position, _)| *position > from) {
        index.apply(vec![change.clone()], *position).unwrap();
    }
    index.flush().unwrap();
}

/// Every point that several questions find, with its version.
fn answers(index: &Index) -> Vec<Vec<(String, u64)>> {
    ["公积金", "怎么办理", "gjj", "tousu", "噪音扰民", "税"]
        .iter()
        .map(|text| {
            let query = Query {
                limit: 100,
                ..Query::new(*text)
            };
            let mut found: Vec<(String, u64)> = index
                .search(&query)
                .unwrap()
                .hits
                .into_iter()
                .map(|hit| (hit.id, hit.version))
                .collect();
            found.sort();
            found
        })
        .collect()
}

fn whole(journal: &[(u64, Change)]) -> Index {
    let index = Index::in_memory(&MANUAL).unwrap();
    replay(&index, journal);
    index
}

#[test]
fn what_was_not_committed_is_replayed() {
    let dir = tempfile::tempdir().unwrap();
    let journal = journal(150);
    for stop in [40, 90, 91, 150] {
        let index = Index::open(dir.path(), &MANUAL).unwrap();
        let before = index.position();
        let part = &journal[..stop];
        replay(&index, part);
        assert_eq!(index.position(), part.last().unwrap().0);
        // More comes, and is lost.
        for (position, change) in &journal[stop..] {
            index.apply(vec![change.clone()], *position).unwrap();
        }
        assert_eq!(
            answers(&index),
            answers(&whole(part)),
            "from {before} to {stop}"
        );
        drop(index);
        let index = Index::open(dir.path(), &MANUAL).unwrap();
        assert_eq!(index.opened(), Opened::Kept);
        assert_eq!(index.position(), part.last().unwrap().0);
        assert_eq!(
            answers(&index),
            answers(&whole(part)),
            "{stop} after the crash"
        );
    }
}

#[test]
fn replaying_too_much_does_no_harm() {
    let journal = journal(80);
    let index = whole(&journal);
    for (position, change) in &journal[20..] {
        index.apply(vec![change.clone()], *position).unwrap();
    }
    index.flush().unwrap();
    assert_eq!(index.position(), 80);
    assert_eq!(answers(&index), answers(&whole(&journal)));
}

/// Not a test by itself: the process that `a_killed_process_loses_nothing` kills.
#[test]
fn child_that_is_killed() {
    let Ok(dir) = std::env::var("KAPOK_SEARCH_CHILD") else {
        return;
    };
    let config = Config {
        commit: Commit::Every(Duration::from_millis(20)),
        ..MANUAL
    };
    let index = Index::open(Path::new(&dir), &config).unwrap();
    for (position, change) in journal(100_000) {
        if position <= index.position() {
            continue;
        }
        index.apply(vec![change], position).unwrap();
        if position % 10 == 0 {
            std::thread::sleep(Duration::from_millis(2));
            println!("\ncommitted {}", index.position());
        }
    }
}

#[test]
fn a_killed_process_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut last = 0;
    for round in 1..=3_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::child_that_is_killed", "--exact", "--nocapture"])
            .env("KAPOK_SEARCH_CHILD", dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let told = lines
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("committed ")?.parse::<u64>().ok())
            .find(|position| *position > last + 50 * round)
            .expect("the child commits");
        child.kill().unwrap();
        child.wait().unwrap();

        let index = Index::open(dir.path(), &MANUAL).unwrap();
        assert_eq!(index.opened(), Opened::Kept);
        index.verify().unwrap();
        last = index.position();
        assert!(last >= told, "{last} was durable, {told} was told");
        let so_far = journal(last);
        assert_eq!(answers(&index), answers(&whole(&so_far)), "round {round}");
        drop(index);
    }
}

#[test]
fn the_committer_commits_by_itself() {
    let config = Config {
        commit: Commit::Every(Duration::from_millis(10)),
        ..MANUAL
    };
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path(), &config).unwrap();
    index.apply(upserts(points::all()), 1).unwrap();
    while index.position() < 1 {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(ids(&ask(&index, "居住证")).first(), Some(&"residence"));
    index
        .apply(vec![Change::Remove("residence".into())], 2)
        .unwrap();
    index.close().unwrap();
    assert_eq!(Index::open(dir.path(), &MANUAL).unwrap().position(), 2);
}

#[test]
fn one_process_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let first = Index::open(dir.path(), &MANUAL).unwrap();
    let second = Index::open(dir.path(), &MANUAL);
    assert!(
        matches!(second, Err(Error::InUse { .. })),
        "{:?}",
        second.err()
    );
    drop(first);
    Index::open(dir.path(), &MANUAL).unwrap();
}

#[test]
fn a_damaged_index_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let journal = journal(60);
    let index = Index::open(dir.path(), &MANUAL).unwrap();
    assert_eq!(index.opened(), Opened::New);
    replay(&index, &journal);
    index.close().unwrap();
    std::fs::write(dir.path().join("meta.json"), "{}").unwrap();
    std::fs::write(dir.path().join("notes.txt"), "mine").unwrap();

    let index = Index::open(dir.path(), &MANUAL).unwrap();
    assert_eq!((index.opened(), index.position()), (Opened::Replaced, 0));
    replay(&index, &journal);
    assert_eq!(answers(&index), answers(&whole(&journal)));
    let kept = std::fs::read_to_string(dir.path().join("notes.txt")).unwrap();
    assert_eq!(kept, "mine", "only what the engine wrote is deleted");
}

#[test]
fn a_rebuild_puts_all_in_place_of_all() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path(), &MANUAL).unwrap();
    replay(&index, &journal(100));
    index.rebuild(points::all(), 50).unwrap();
    assert_eq!(index.position(), 50);
    assert_eq!(index.stats().unwrap().points, 60);
    index
        .apply(vec![Change::Remove("residence".into())], 51)
        .unwrap();
    index.close().unwrap();
    let index = Index::open(dir.path(), &MANUAL).unwrap();
    assert_eq!((index.position(), index.stats().unwrap().points), (51, 59));
}

#[test]
fn searches_go_on_while_changes_go_in() {
    let config = Config {
        commit: Commit::Every(Duration::from_millis(5)),
        ..MANUAL
    };
    let index = Index::in_memory(&config).unwrap();
    index.apply(upserts(points::all()), 1).unwrap();
    index.flush().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..200 {
                    // Each point is replaced as a whole: it never misses, and is never twice there.
                    let hits = ask(&index, "住房公积金提取条件");
                    let same = ids(&hits)
                        .iter()
                        .filter(|id| **id == "fund-withdraw")
                        .count();
                    assert_eq!(same, 1);
                }
            });
        }
        for position in 2..300 {
            let mut point = points::all().remove(0);
            point.version = position;
            index.apply(upserts(vec![point]), position).unwrap();
        }
    });
    index.flush().unwrap();
    assert_eq!(ask(&index, "住房公积金提取条件").hits[0].version, 299);
}
