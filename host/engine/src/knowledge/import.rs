//! Importing points (Art. 34, R66): a record begins a draft, or changes the one that it speaks of, and
//! says nothing new where it was imported before.
//!
//! A record is known again by the number that it has: that of a point that is here, or a number of
//! wherever it comes from, of which the point's number is made. A record without one is known by what it
//! says, so a file that is imported twice leaves one point of each record.

use calendar::Calendar;
use knowledge_base::ids::{Id, PointId};
use knowledge_base::import::{Defaults, Note, Problem, Record};
use knowledge_base::point::{self, Content, NewPoint, Point, Term};
use knowledge_base::{Command, Entry, Event, Recorded, Rejection};
use lifecycle::ids::{Actor, UnitCode};
use sha2::{Digest as _, Sha256};

use super::KnowledgeError;
use crate::request::{CommandOptions, Texts};
use crate::{Engine, Error};

/// Before the numbers of points that were imported; the rest is made of where they come from.
const PREFIX: &str = "K-I-";
/// Hexadecimal digits of such a number: 80 bits.
const DIGITS: usize = 20;

/// Whether an import is kept, or only looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// It is kept.
    Keep,
    /// Everything is judged and nothing is kept.
    DryRun,
}

/// A record that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedPoint {
    /// Number of the point; of a dry run, the one that it would have.
    pub point: PointId,
    /// What came of it.
    pub outcome: ImportOutcome,
    /// What was noted on the way: what was cleaned, made up from defaults, or is still missing.
    pub notes: Vec<Note>,
}

/// What came of a record that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// A point was begun.
    Opened,
    /// The draft was changed; one under review is with its writers again.
    Edited,
    /// A draft was begun beside what is there.
    Revised,
    /// The point says it already, or has said it before.
    Unchanged,
}

impl Engine {
    /// Imports one record as a draft. What is wrong with the record is given back as problems, each with
    /// its field and the way out; the import goes on with the next one.
    ///
    /// # Errors
    /// [`Error::Knowledge`] where the actor may import nothing at all, [`Error::Store`].
    pub fn import_point(
        &self,
        record: &Record,
        defaults: &Defaults,
        mode: ImportMode,
        by: &Actor,
    ) -> Result<Result<ImportedPoint, Vec<Problem>>, Error> {
        let calendar = self.calendar();
        let (new, notes) = match self.read_record(record, defaults, &calendar) {
            Ok(read) => read,
            Err(problems) => return Ok(Err(problems)),
        };
        let (entry, current) = self.spoken_of(record, &new)?;
        let (outcome, command) = match &current {
            Some(Entry::Point(point)) if point.owner != new.owner => {
                return Ok(Err(vec![foreign(&point.owner)]));
            }
            Some(Entry::Point(point)) => self.change(point, new)?,
            Some(_) | None => (
                ImportOutcome::Opened,
                Some(Command::Point(point::Command::Draft(new))),
            ),
        };
        let done = command.map_or(Ok(()), |command| match mode {
            ImportMode::DryRun => {
                knowledge_base::check_permission(current.as_ref(), &command, by).map_err(Into::into)
            }
            ImportMode::Keep => {
                let texts = Texts::new(self.now());
                let options = CommandOptions::default();
                self.carry_out_knowledge(&entry, &command, texts, by, &options)
                    .map(drop)
            }
        });
        let outcome = match done {
            Ok(()) => outcome,
            // The same record stood twice in the file, and the other one was faster.
            Err(Error::Knowledge(KnowledgeError::Rejected(
                Rejection::Unchanged | Rejection::AlreadyExists,
            ))) => ImportOutcome::Unchanged,
            Err(Error::Knowledge(KnowledgeError::Rejected(rejection)))
                if !matches!(rejection, Rejection::NotPermitted { .. }) =>
            {
                return Ok(Err(vec![problem(&rejection)]));
            }
            Err(error) => return Err(error),
        };
        Ok(Ok(ImportedPoint {
            point: PointId::new(entry.as_str()),
            outcome,
            notes,
        }))
    }

    fn read_record(
        &self,
        record: &Record,
        defaults: &Defaults,
        calendar: &Calendar,
    ) -> Result<(NewPoint, Vec<Note>), Vec<Problem>> {
        let context = self.knowledge_context(self.now(), calendar);
        record.point(defaults, &context)
    }

    /// The point that a record speaks of, and that point if it is here.
    fn spoken_of(&self, record: &Record, new: &NewPoint) -> Result<(Id, Option<Entry>), Error> {
        let number = record.number();
        if let Some(number) = &number {
            let entry = Id::Point(number.clone());
            let found = self.store.load_knowledge(&entry)?;
            if found.is_some() {
                return Ok((entry, found));
            }
        }
        let made = match number {
            Some(number) => made_of(&new.owner, "number", number.as_str()),
            None => {
                // Fields in the order of their declaration: the same content is always the same text.
                let said = serde_json::to_string(&(&new.content, &new.term)).unwrap_or_default();
                made_of(&new.owner, "content", &said)
            }
        };
        let entry = Id::Point(made);
        let found = self.store.load_knowledge(&entry)?;
        Ok((entry, found))
    }

    /// What a record changes about the point that it speaks of. What the point has said before changes
    /// nothing, so that an old file does not undo what people did since.
    fn change(
        &self,
        point: &Point,
        new: NewPoint,
    ) -> Result<(ImportOutcome, Option<Command>), Error> {
        let history = self.store.knowledge_history(&Id::Point(point.id.clone()))?;
        let NewPoint { content, term, .. } = new;
        if history.iter().any(|it| says(it, &content, &term)) {
            return Ok((ImportOutcome::Unchanged, None));
        }
        Ok(match point.draft {
            Some(_) => {
                let command = point::Command::Edit { content, term };
                (ImportOutcome::Edited, Some(Command::Point(command)))
            }
            None => {
                let command = point::Command::Revise { content, term };
                (ImportOutcome::Revised, Some(Command::Point(command)))
            }
        })
    }
}

/// The number of a point that comes from elsewhere; units never share one.
fn made_of(owner: &UnitCode, kind: &str, source: &str) -> PointId {
    let mut digest = Sha256::new();
    for part in [owner.as_str(), kind, source] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let hex = hex::encode_upper(digest.finalize());
    PointId::new(format!("{PREFIX}{}", hex.get(..DIGITS).unwrap_or(&hex)))
}

/// Whether a point was made to say this.
fn says(recorded: &Recorded, content: &Content, term: &Term) -> bool {
    if let Event::Point(
        point::Event::Opened {
            content: said,
            term: set,
            ..
        }
        | point::Event::Edited {
            content: said,
            term: set,
            ..
        }
        | point::Event::Revised {
            content: said,
            term: set,
            ..
        },
    ) = &recorded.event
    {
        said == content && set == term
    } else {
        false
    }
}

fn problem(rejection: &Rejection) -> Problem {
    Problem {
        field: rejection.field().unwrap_or("line").to_owned(),
        problem: rejection.to_string(),
        way_out: rejection.way_out().to_owned(),
    }
}

fn foreign(owner: &UnitCode) -> Problem {
    Problem {
        field: "unit".to_owned(),
        problem: format!("the point is {owner}'s"),
        way_out: "name the unit that owns the point".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_made_of_unit_and_source() {
        let one = made_of(&UnitCode::new("GZ-CGJ"), "number", "17");
        assert_eq!(one, made_of(&UnitCode::new("GZ-CGJ"), "number", "17"));
        assert_eq!(one.as_str().len(), PREFIX.len() + DIGITS);
        assert!(matches!(Id::parse(one.as_str()), Some(Id::Point(_))));
        for (unit, kind, source) in [
            ("GZ-SCJG", "number", "17"),
            ("GZ-CGJ", "content", "17"),
            ("GZ-CGJ", "number", "18"),
        ] {
            assert_ne!(one, made_of(&UnitCode::new(unit), kind, source));
        }
    }
}
