//! Which orders were answered from which point (R19), kept beside the order's journal.

use lifecycle::event::{Event, Recorded};
use rusqlite::{Connection, params};

use crate::codec::{ms, name};
use crate::error::Fault;

/// A direct answer, with the point that it used.
pub(crate) struct AnswerRow {
    point: String,
    version: u32,
    at: i64,
    answer: String,
}

impl AnswerRow {
    /// The direct answer of an event, if it is one.
    pub(crate) fn of(recorded: &Recorded) -> Option<Result<Self, Fault>> {
        if let Event::AnsweredDirectly(given) = &recorded.event {
            Some(name(&given.answer).map(|answer| Self {
                point: given.knowledge_point.clone(),
                version: given.knowledge_version,
                at: ms(recorded.at),
                answer,
            }))
        } else {
            None
        }
    }

    pub(crate) fn insert(&self, connection: &Connection, order_n: i64) -> Result<(), Fault> {
        connection
            .prepare_cached(
                "INSERT INTO direct_answers (order_n, point, version, at, answer)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                order_n,
                self.point,
                self.version,
                self.at,
                self.answer
            ])?;
        Ok(())
    }
}
