//! What the plugins are asked about a draft or a version (`interface knowledge`).

use chrono::{Datelike as _, NaiveDate};
use contract::knowledge;
use contract::types::CivilDate;

use super::content::{LegalBasis, Relation};
use super::event::Subject;
use super::state::Point;
use super::validity::validity_of;
use crate::{Context, Rejection};

/// The question about this part of a point, as of the instant of the context.
///
/// # Errors
/// [`Rejection::StaleRevision`] or [`Rejection::Superseded`] where that part is not there, and whatever
/// is wrong with a draft's validity, which no plugin can judge then.
pub fn question(
    point: &Point,
    subject: Subject,
    context: &Context<'_>,
) -> Result<knowledge::Point, Rejection> {
    let today = calendar::local_date(context.now);
    let (content, term, from, until) = match subject {
        Subject::Draft(given) => {
            let draft = super::decide::draft(point)?;
            let revision = draft.revision;
            if revision != given {
                return Err(Rejection::StaleRevision { revision, given });
            }
            let (kind, span) = (draft.content.kind, draft.term.span);
            let validity = validity_of(kind, span, &point.owner, 0, context)?;
            (&draft.content, &draft.term, today, validity.last_day())
        }
        Subject::Version(given) => {
            let last = point.last_version().zip(point.validity.as_ref());
            let (version, validity) = last.ok_or(Rejection::WrongStage {
                stage: "unpublished",
                needed: "published",
            })?;
            let published = version.number;
            if published != given {
                return Err(Rejection::Superseded { given, published });
            }
            let from = calendar::local_date(validity.expiry.trigger_at);
            (&version.content, &version.term, from, validity.last_day())
        }
    };
    let relation = |relation: &Relation| match relation {
        Relation::Point { point, .. } => point.to_string(),
        Relation::Service { name } => name.clone(),
    };
    Ok(knowledge::Point {
        owner: point.owner.to_string(),
        kind: content.kind,
        title: content.title.clone(),
        body: content.body.clone(),
        legal_basis: content.legal_basis.iter().map(LegalBasis::text).collect(),
        scope: content.scope.clone(),
        districts: content.districts.iter().map(ToString::to_string).collect(),
        subjects: content.subjects.clone(),
        conditions: content.conditions.clone(),
        relations: content.relations.iter().map(relation).collect(),
        faqs: content.faqs.clone(),
        attachments: content
            .attachments
            .iter()
            .map(|it| it.name.clone())
            .collect(),
        english: content.english.as_ref().map(|it| knowledge::English {
            title: it.title.clone(),
            summary: it.summary.clone(),
        }),
        valid_from: civil(from),
        valid_until: civil(until),
        longer_validity_reason: term.longer_reason.clone(),
        today: civil(today),
    })
}

fn civil(date: NaiveDate) -> CivilDate {
    let part = |value: u32| u8::try_from(value).unwrap_or(u8::MAX);
    CivilDate {
        year: date.year(),
        month: part(date.month()),
        day: part(date.day()),
    }
}
