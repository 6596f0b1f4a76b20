//! What holds of a dossier after every commit.

use engine::ports::{DossierCommit, DossierStore as _, Store as _};
use lifecycle::dossier::{self, Dossier};

use super::ensure;
use crate::shared::memory::MemoryStore;

/// A commit that took effect, with the dossier before it.
pub(crate) fn commit(
    before: Option<&Dossier>,
    commit: &DossierCommit,
    kept: &MemoryStore,
) -> Result<(), String> {
    let after = &commit.dossier;
    let journal = kept.dossier_history(&after.id).unwrap();
    let version = before.map_or(0, |dossier| dossier.version);
    ensure!(
        commit.expected_version == version && !commit.events.is_empty(),
        "a commit against version {} of a dossier that has {version}",
        commit.expected_version
    );
    for (recorded, seq) in journal.iter().zip(1..) {
        ensure!(
            recorded.seq == seq,
            "a dossier's journal has a gap at {seq}"
        );
    }
    ensure!(
        journal.windows(2).all(|pair| pair[0].at <= pair[1].at),
        "time runs back in dossier {}",
        after.id
    );
    let replayed = dossier::replay(&journal).map_err(|error| error.to_string())?;
    ensure!(
        replayed.as_ref() == Some(after) && kept.load_dossier(&after.id).unwrap() == replayed,
        "a dossier's journal does not replay to it"
    );
    ensure!(
        commit.timers == dossier::timers(after),
        "the timers are not those of the dossier"
    );
    for text in commit.events.iter().flat_map(|it| it.event.texts()) {
        let found = kept.texts(&[text]).unwrap();
        ensure!(!found.is_empty(), "a text of a dossier is lost");
    }
    if let Some(before) = before {
        let missed = after.missed.get(..before.missed.len());
        ensure!(
            missed == Some(before.missed.as_slice()),
            "a dossier's missed deadline vanished"
        );
    }
    Ok(())
}
