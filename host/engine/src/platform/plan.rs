//! What is to be in force, of what the log says and what is ready.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rollout::{Digest, State, Table};

/// So many tables to come are put into force beforehand; the others follow when the first of them have.
const TO_COME_MAX: usize = 16;

/// What answers now, and what from instants to come on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tables {
    pub(super) now: Table,
    pub(super) to_come: Vec<(DateTime<Utc>, Table)>,
}

/// How an image stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Image {
    /// It can be asked.
    Ready,
    /// It did not load.
    Broken,
    /// It is being loaded, or will be.
    Missing,
}

/// What is to be in force, where `before` was. An image that does not load is left out, so that the wider
/// scope answers; in place of one that is still being loaded, what answered before goes on.
pub(super) fn tables(
    state: &State,
    now: DateTime<Utc>,
    before: &Table,
    image: &dyn Fn(&Digest) -> Image,
) -> Tables {
    let mut current = usable(&state.table(now), image);
    for ((kind, scope), row) in state.table(now).placements {
        let is_loading = row
            .active
            .is_some_and(|(_, active)| image(&active) == Image::Missing);
        let key = (kind, scope);
        if let Some(old) = before.placements.get(&key).filter(|_| is_loading)
            && let Some((_, active)) = &old.active
            && image(active) == Image::Ready
        {
            let row = current.placements.entry(key).or_default();
            row.active.clone_from(&old.active);
            row.place.clone_from(&old.place);
        }
    }
    let mut to_come = Vec::new();
    let mut after = now;
    while to_come.len() < TO_COME_MAX
        && let Some(at) = state.next_change_after(after)
    {
        let table = state.table(at);
        let is_whole = images_of(&table)
            .iter()
            .all(|it| image(it) != Image::Missing);
        if !is_whole {
            // What is not ready at its instant follows as soon as it is.
            break;
        }
        to_come.push((at, usable(&table, image)));
        after = at;
    }
    Tables {
        now: current,
        to_come,
    }
}

/// The table without images that cannot be asked.
fn usable(table: &Table, image: &dyn Fn(&Digest) -> Image) -> Table {
    let mut table = table.clone();
    table.placements.retain(|_, row| {
        row.active = row
            .active
            .take()
            .filter(|(_, active)| image(active) == Image::Ready);
        row.candidate = row
            .candidate
            .take()
            .filter(|candidate| image(&candidate.image) == Image::Ready);
        row.active.is_some() || row.candidate.is_some()
    });
    table
}

/// Images that a table names.
pub(super) fn images_of(table: &Table) -> BTreeSet<&Digest> {
    table
        .placements
        .values()
        .flat_map(|placement| {
            let active = placement.active.as_ref().map(|(_, image)| image);
            let candidate = placement.candidate.as_ref().map(|it| &it.image);
            active.into_iter().chain(candidate)
        })
        .collect()
}
