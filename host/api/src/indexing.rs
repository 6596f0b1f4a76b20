//! The search index of the knowledge base: brought up to date from the journal, which alone is the truth.
//! Whoever runs the server calls [`catch_up`] over and over; after a crash it goes on where the index is.

use chrono::TimeDelta;
use engine::Engine;
use knowledge_base::point::{Point, Standing};
use search::{Change, Document, Index, Status};

/// Events that are looked at in one batch.
const BATCH: u32 = 500;

/// Why the index could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum IndexingError {
    /// The journal could not be read.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// The index took nothing.
    #[error(transparent)]
    Search(#[from] search::Error),
}

/// Takes the next batch of changed points into the index, after the position `from` that was reached
/// before. Gives the position that is reached now, and whether there is more.
///
/// # Errors
/// [`IndexingError`]; nothing of the batch is in the index then.
pub fn catch_up(engine: &Engine, index: &Index, from: u64) -> Result<(u64, bool), IndexingError> {
    let changes = engine.knowledge_changes_after(from, BATCH)?;
    if changes.position == from {
        return Ok((from, false));
    }
    let points = engine.load_points(&changes.points)?;
    let batch = points.iter().map(change).collect();
    index.apply(batch, changes.position)?;
    Ok((changes.position, changes.more))
}

/// A point as the index is to have it: its last published version, or not at all.
fn change(point: &Point) -> Change {
    let id = point.id.to_string();
    let status = match &point.standing {
        Standing::Unpublished => return Change::Remove(id),
        // When its validity ends is for the instant of the search to say.
        Standing::Published | Standing::Expired { .. } => Status::Published,
        Standing::TakenDown(_) => Status::TakenDown,
    };
    let Some(version) = point.versions.last() else {
        return Change::Remove(id);
    };
    let content = &version.content;
    let lines = content.legal_basis.iter().map(|basis| basis.text());
    let body: Vec<String> = std::iter::once(content.body.clone())
        .chain(lines)
        .chain([content.scope.clone()])
        .chain(content.subjects.iter().cloned())
        .chain(content.conditions.iter().cloned())
        .chain(
            content
                .english
                .iter()
                .map(|english| english.summary.clone()),
        )
        .filter(|text| !text.is_empty())
        .collect();
    let validity = point.validity.as_ref().unwrap_or(&version.validity);
    Change::Upsert(Box::new(Document {
        id,
        version: version.number.into(),
        title: content.title.clone(),
        body: body.join("\n"),
        questions: content.faqs.iter().map(|it| it.question.clone()).collect(),
        answers: content.faqs.iter().map(|it| it.answer.clone()).collect(),
        unit: point.owner.to_string(),
        kind: crate::dto::knowledge::point_kind_name(content.kind).to_owned(),
        districts: content.districts.iter().map(ToString::to_string).collect(),
        valid_from: Some(version.published_at),
        // Valid through its last instant; the index asks for the first one after.
        valid_until: validity
            .expiry
            .due
            .due_at
            .checked_add_signed(TimeDelta::milliseconds(1)),
        status,
    }))
}
