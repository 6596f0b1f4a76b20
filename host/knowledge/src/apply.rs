//! Folding events into an entry. No rule stands here: what an event says has been decided, so replaying
//! a journal needs no calendar and no rules.

use crate::entry::{Entry, Event, Recorded, Stamp};
use crate::{change, feedback, outage, point};

/// A journal that `decide` cannot have written. Our fault, never a caller's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Corrupt {
    /// The positions have a gap or a repetition.
    #[error("event {found} stands where event {expected} belongs")]
    Sequence {
        /// Position that belongs here.
        expected: u64,
        /// Position that was found.
        found: u64,
    },
    /// The first event opens no entry.
    #[error("the journal begins with `{event}`, which opens no entry")]
    NotOpened {
        /// The event.
        event: &'static str,
    },
    /// An event that the entry as it stands does not admit.
    #[error("event {seq}, `{event}`, cannot happen to the entry as it stands")]
    Misplaced {
        /// Its position.
        seq: u64,
        /// The event.
        event: &'static str,
    },
}

/// Folds a journal from its beginning; nothing, if it is empty.
///
/// # Errors
/// [`Corrupt`] at the first event that cannot stand where it stands.
pub fn replay<'a>(
    events: impl IntoIterator<Item = &'a Recorded>,
) -> Result<Option<Entry>, Corrupt> {
    let mut entry = None;
    for recorded in events {
        entry = Some(apply(entry, recorded)?);
    }
    Ok(entry)
}

/// Folds one event into an entry; the first one makes it.
///
/// # Errors
/// [`Corrupt`], which never happens to what `decide` answered for the same entry.
pub fn apply(entry: Option<Entry>, recorded: &Recorded) -> Result<Entry, Corrupt> {
    let version = entry.as_ref().map_or(0, Entry::version);
    let expected = version.saturating_add(1);
    let found = recorded.seq;
    if found != expected {
        return Err(Corrupt::Sequence { expected, found });
    }
    let event = recorded.event.name();
    let stamp = Stamp {
        seq: found,
        at: recorded.at,
        by: &recorded.by,
    };
    match entry {
        None => opened(stamp, &recorded.event).ok_or(Corrupt::NotOpened { event }),
        Some(entry) => {
            let seq = found;
            fold(entry, stamp, &recorded.event).ok_or(Corrupt::Misplaced { seq, event })
        }
    }
}

/// What a first event opens.
fn opened(stamp: Stamp<'_>, event: &Event) -> Option<Entry> {
    Some(match event {
        Event::Point(event) => Entry::Point(Box::new(point::open(stamp, event)?)),
        Event::Feedback(event) => Entry::Feedback(Box::new(feedback::open(stamp, event)?)),
        Event::Change(event) => Entry::Change(Box::new(change::open(stamp, event)?)),
        Event::Outage(event) => Entry::Outage(Box::new(outage::open(stamp, event)?)),
    })
}

/// The entry after the event; nothing where it does not admit it.
fn fold(mut entry: Entry, stamp: Stamp<'_>, event: &Event) -> Option<Entry> {
    match (&mut entry, event) {
        (Entry::Point(point), Event::Point(event)) => {
            point::fold(point, stamp, event)?;
            point.version = stamp.seq;
        }
        (Entry::Feedback(feedback), Event::Feedback(event)) => {
            feedback::fold(feedback, stamp, event)?;
            feedback.version = stamp.seq;
        }
        (Entry::Change(change), Event::Change(event)) => {
            change::fold(change, stamp, event)?;
            change.version = stamp.seq;
        }
        (Entry::Outage(outage), Event::Outage(event)) => {
            outage::fold(outage, stamp, event)?;
            outage.version = stamp.seq;
        }
        (
            Entry::Point(_) | Entry::Feedback(_) | Entry::Change(_) | Entry::Outage(_),
            Event::Point(_) | Event::Feedback(_) | Event::Change(_) | Event::Outage(_),
        ) => return None,
    }
    Some(entry)
}
