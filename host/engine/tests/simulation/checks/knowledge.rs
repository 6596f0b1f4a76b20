//! What holds of an entry of the knowledge base after every commit, and of a direct answer.

use engine::ports::{Commit, KnowledgeCommit, KnowledgeStore as _, Store as _};
use knowledge_base::ids::{Id, PointId};
use knowledge_base::point::Checked;
use knowledge_base::{Entry, Event, point};
use lifecycle::event::{Event as OrderEvent, Recorded};

use super::ensure;
use crate::shared::memory::MemoryStore;

/// A commit that took effect, with the entry before it.
pub(crate) fn commit(
    before: Option<&Entry>,
    commit: &KnowledgeCommit,
    kept: &MemoryStore,
) -> Result<(), String> {
    let after = &commit.entry;
    let id = after.id();
    let journal = kept.knowledge_history(&id).unwrap();
    let version = before.map_or(0, Entry::version);
    ensure!(
        commit.expected_version == version && !commit.events.is_empty(),
        "a commit against version {} of an entry that has {version}",
        commit.expected_version
    );
    for (recorded, seq) in journal.iter().zip(1..) {
        ensure!(recorded.seq == seq, "{id}: the journal has a gap at {seq}");
    }
    ensure!(
        journal.windows(2).all(|pair| pair[0].at <= pair[1].at),
        "time runs back in {id}"
    );
    let replayed = knowledge_base::replay(&journal).map_err(|error| error.to_string())?;
    ensure!(
        replayed.as_ref() == Some(after) && kept.load_knowledge(&id).unwrap() == replayed,
        "{id}: the journal does not replay to it"
    );
    ensure!(
        commit.timers == knowledge_base::timers(after),
        "{id}: the timers are not its own"
    );
    for text in commit.events.iter().flat_map(|it| it.event.texts()) {
        let found = kept.texts(&[text]).unwrap();
        ensure!(!found.is_empty(), "{id}: a text is lost");
    }
    commit
        .events
        .iter()
        .try_for_each(|it| event(&id, after, &it.event, kept))
}

/// R66: nothing is published that plugins block, or that nobody else has read. A check can be repeated.
fn event(id: &Id, entry: &Entry, event: &Event, kept: &MemoryStore) -> Result<(), String> {
    let (Entry::Point(point), Event::Point(event)) = (entry, event) else {
        return Ok(());
    };
    if let point::Event::Published { version, .. } = event {
        let version = point.numbered(*version);
        let version = version.ok_or_else(|| format!("{id}: what was published is not there"))?;
        let blocked = version
            .checks
            .iter()
            .any(|it| it.blocking().next().is_some());
        ensure!(!blocked, "{id}: published though a plugin blocks it");
        ensure!(
            !version.authors.contains(&version.reviewer),
            "{id}: {} reviewed their own words",
            version.reviewer
        );
    }
    if let point::Event::Checked { checks, asked, .. } = event {
        let asked = asked.as_ref();
        let asked = asked.ok_or_else(|| format!("{id}: a check that is no decision"))?;
        let question = kept.question(&asked.question).unwrap();
        ensure!(question.is_some(), "{id}: what was asked is not kept");
        let failed = |it: &&Checked| it.attempt.outcome != lifecycle::advice::Outcome::Answered;
        ensure!(
            checks
                .iter()
                .filter(failed)
                .all(|it| it.findings.is_empty()),
            "{id}: who failed found something"
        );
    }
    Ok(())
}

/// R19: whatever was answered from was published in that version, and valid, at that instant.
pub(crate) fn answers(commit: &Commit, kept: &MemoryStore) -> Result<(), String> {
    commit.events.iter().try_for_each(|it| answer(it, kept))
}

fn answer(recorded: &Recorded, kept: &MemoryStore) -> Result<(), String> {
    let OrderEvent::AnsweredDirectly(given) = &recorded.event else {
        return Ok(());
    };
    let id = Id::Point(PointId::new(given.knowledge_point.as_str()));
    let journal = kept.knowledge_history(&id).unwrap();
    // What happened to the point at the very same instant may have come before or after.
    let stood = |at_instant: bool| {
        let until = journal
            .iter()
            .take_while(|it| it.at < recorded.at || at_instant && it.at == recorded.at);
        let Ok(Some(Entry::Point(point))) = knowledge_base::replay(until) else {
            return false;
        };
        point
            .check_direct_answer(given.knowledge_version, recorded.at)
            .is_ok()
    };
    ensure!(
        stood(true) || stood(false),
        "answered from {id} version {}, which answers nobody then",
        given.knowledge_version
    );
    Ok(())
}
