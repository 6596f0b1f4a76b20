//! The knowledge base (Chapter 5): the way of a command on an entry. As with orders, permission comes
//! before the version and before everything that the caller may not know, and a repeated request is
//! carried out once. What a point says is public and stands in the journal in full, so that nothing of
//! it is masked.

mod access;

mod answers;

mod check;

mod due;

mod error;

mod explain;

mod import;

mod read;

mod rules;

use std::collections::BTreeSet;

use calendar::Calendar;
use chrono::{DateTime, Utc};
use knowledge_base::ids::Id;
use knowledge_base::point::Point;
use knowledge_base::{
    Command, Context, Entry, Event, Facts, PointFacts, Recorded, Rejection, change, feedback,
    outage, point,
};
use lifecycle::effect::{Effect, Notice, Notification};
use lifecycle::ids::{Actor, DistrictCode};

use crate::ports::{EarlierKnowledge, EntryKind, KnowledgeCommit, KnowledgeCommitError};
use crate::request::{About, CommandOptions, Texts};
use crate::{Engine, Error, numbers};

pub use answers::DirectAnswerLine;
pub use check::{CheckCandidate, CheckPart, CheckedPage, CheckedPoint, PointCheck};
pub use due::KnowledgeDeadlineChange;
pub(crate) use due::KnowledgeWork;
pub use error::KnowledgeError;
pub use import::{ImportMode, ImportOutcome, ImportedPoint};
pub use read::{KnowledgeDeadlineView, KnowledgeView, PointVersion};
pub(crate) use rules::KnowledgeRuleBook;

/// So often a command is decided anew when others on the same entry were faster.
const ATTEMPTS_MAX: u32 = 16;

/// What came of a command on an entry of the knowledge base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandledKnowledge {
    /// The entry after it.
    pub entry: Entry,
    /// The events that came of it.
    pub events: Vec<Recorded>,
    /// Whether it was carried out before, under the same idempotency key; entry and events are those
    /// of that time.
    pub replayed: bool,
}

/// What was looked up for a command, and what the plugins were asked.
#[derive(Default)]
struct LookedUp {
    facts: Facts,
    /// Digest in hex and bytes of each question.
    questions: Vec<(String, Vec<u8>)>,
}

impl Engine {
    /// Opens an entry: begins a point, opens a feedback, announces a change or reports an outage. Its
    /// number is made here. `build` makes the command; texts that it adds become durable together with
    /// it.
    ///
    /// # Errors
    /// [`Error::Knowledge`] for what the rules refuse, and for a command that opens nothing;
    /// [`Error::KeyReused`], [`Error::InvalidInput`] for an empty text, [`Error::Store`].
    pub fn open_knowledge(
        &self,
        by: &Actor,
        options: &CommandOptions,
        build: impl FnOnce(&mut Texts) -> Command,
    ) -> Result<HandledKnowledge, Error> {
        if let Some(handled) = self.knowledge_handled_before(options)? {
            return Ok(handled);
        }
        let now = self.now();
        let mut texts = Texts::new(now);
        let command = build(&mut texts);
        let kind = opens(&command).ok_or(Rejection::NotFound)?;
        let id = numbers::knowledge_id(kind, now);
        self.carry_out_knowledge(&id, &command, texts, by, options)
    }

    /// Carries out a command on an entry. `build` makes the command; texts that it adds become durable
    /// together with it. For [`point::Command::Check`] the knowledge plugins of the unit, the districts
    /// and the city are asked, all of them.
    ///
    /// # Errors
    /// As [`Self::open_knowledge`]; [`KnowledgeError::NotFound`] and
    /// [`KnowledgeError::VersionConflict`] in [`Error::Knowledge`].
    pub fn handle_knowledge(
        &self,
        id: &Id,
        by: &Actor,
        options: &CommandOptions,
        build: impl FnOnce(&mut Texts) -> Command,
    ) -> Result<HandledKnowledge, Error> {
        if let Some(handled) = self.knowledge_handled_before(options)? {
            return Ok(handled);
        }
        let mut texts = Texts::new(self.now());
        let command = build(&mut texts);
        if self.store.load_knowledge(id)?.is_none() {
            let entry = id.clone();
            return Err(KnowledgeError::NotFound { entry }.into());
        }
        self.carry_out_knowledge(id, &command, texts, by, options)
    }

    fn carry_out_knowledge(
        &self,
        id: &Id,
        command: &Command,
        texts: Texts,
        by: &Actor,
        options: &CommandOptions,
    ) -> Result<HandledKnowledge, Error> {
        let texts = texts.into_checked()?;
        for _ in 0..ATTEMPTS_MAX {
            let current = self.store.load_knowledge(id)?;
            // Before the version, and before any plugin is asked for somebody who may not.
            knowledge_base::check_permission(current.as_ref(), command, by)?;
            let version = current.as_ref().map_or(0, Entry::version);
            if let Some(expected) = options.if_match
                && expected != version
            {
                return Err(KnowledgeError::VersionConflict {
                    expected,
                    actual: version,
                }
                .into());
            }
            let calendar = self.calendar();
            let context = self.knowledge_context(self.now(), &calendar);
            let step = self.knowledge_step(id, current.as_ref(), command, by, &context)?;
            let commit = KnowledgeCommit {
                texts: texts.clone(),
                idempotency: options.idempotency.clone(),
                ..step
            };
            let handled = HandledKnowledge {
                entry: commit.entry.clone(),
                events: commit.events.clone(),
                replayed: false,
            };
            match self.store.commit_knowledge(commit) {
                Ok(()) => {
                    self.look_again_if_replaced(&calendar);
                    return Ok(handled);
                }
                Err(KnowledgeCommitError::Conflict { expected, actual })
                    if options.if_match.is_some() =>
                {
                    return Err(KnowledgeError::VersionConflict { expected, actual }.into());
                }
                Err(KnowledgeCommitError::Conflict { .. }) => {}
                Err(KnowledgeCommitError::Replayed(earlier)) => {
                    return self.replayed_knowledge(&earlier);
                }
                Err(KnowledgeCommitError::KeyReused) => return Err(Error::KeyReused),
                Err(KnowledgeCommitError::Store(error)) => return Err(Error::Store(error)),
            }
        }
        Err(KnowledgeError::Busy { entry: id.clone() }.into())
    }

    fn knowledge_context<'a>(&'a self, now: DateTime<Utc>, calendar: &'a Calendar) -> Context<'a> {
        Context {
            now,
            calendar,
            book: &self.rules,
            rules: self.knowledge_rules_at(now),
            directory: &self.directory,
        }
    }

    /// Decides a command: everything of its commit but texts and key.
    fn knowledge_step(
        &self,
        id: &Id,
        current: Option<&Entry>,
        command: &Command,
        by: &Actor,
        context: &Context<'_>,
    ) -> Result<KnowledgeCommit, Error> {
        let LookedUp { facts, questions } = self.look_up(current, command, context)?;
        let decision = knowledge_base::decide(id, current, command, by, &facts, context)?;
        let expected_version = current.map_or(0, Entry::version);
        let events = recorded(decision.events, expected_version, context.now, by);
        let folded = events
            .iter()
            .try_fold(current.cloned(), |entry, recorded| {
                knowledge_base::apply(entry, recorded).map(Some)
            })
            .map_err(|source| KnowledgeError::Corrupt {
                entry: id.clone(),
                source,
            })?;
        let Some(entry) = folded else {
            return Err(Rejection::NothingDue.into());
        };
        let told = |it: knowledge_base::effect::Effect| {
            Effect::Notify(Notification {
                to: it.to,
                about: Notice::Knowledge(it.notice),
            })
        };
        Ok(KnowledgeCommit {
            expected_version,
            events,
            timers: knowledge_base::timers(&entry),
            districts: self.districts_of(&entry),
            parties: access::parties_of(&entry),
            entry,
            effects: decision.effects.into_iter().map(told).collect(),
            texts: Vec::new(),
            questions,
            idempotency: None,
        })
    }

    /// What a command needs to know: points that it names, and what the plugins say.
    fn look_up(
        &self,
        current: Option<&Entry>,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<LookedUp, Error> {
        let needs = knowledge_base::needs(current, command);
        let mut found = LookedUp::default();
        if !needs.points.is_empty() {
            let points = self.store.load_points(&needs.points)?;
            let facts = points.into_iter().map(|it| {
                let facts = PointFacts::of(&it);
                (it.id, facts)
            });
            found.facts.points = facts.collect();
        }
        if let (Some(subject), Some(Entry::Point(point))) = (needs.check, current) {
            let asked = self.ask_checks(point, subject, context)?;
            found.facts.checks = asked.checks;
            found.facts.asked = Some(asked.asked);
            found.questions.push(asked.question);
        }
        Ok(found)
    }

    /// The district of the unit that an entry is about, and those that its point applies to.
    fn districts_of(&self, entry: &Entry) -> BTreeSet<DistrictCode> {
        let unit = self.directory.unit(entry.unit());
        let mut districts: BTreeSet<DistrictCode> = unit
            .and_then(|it| it.district.clone())
            .into_iter()
            .collect();
        if let Entry::Point(point) = entry {
            districts.extend(applies_to(point));
        }
        districts
    }

    /// What came of the same request before. A key that another request used is used up, whatever that
    /// request was about.
    fn knowledge_handled_before(
        &self,
        options: &CommandOptions,
    ) -> Result<Option<HandledKnowledge>, Error> {
        let Some(key) = &options.idempotency else {
            return Ok(None);
        };
        match self.store.earlier_knowledge(key)? {
            None if self.is_used_up(key, About::Knowledge)? => Err(Error::KeyReused),
            None => Ok(None),
            Some(earlier) if earlier.fingerprint == key.fingerprint => {
                self.replayed_knowledge(&earlier).map(Some)
            }
            Some(_) => Err(Error::KeyReused),
        }
    }

    /// Entry and events as they were after an earlier request.
    fn replayed_knowledge(&self, earlier: &EarlierKnowledge) -> Result<HandledKnowledge, Error> {
        let id = &earlier.entry;
        let mut history = self.store.knowledge_history(id)?;
        history.retain(|recorded| recorded.seq <= *earlier.events.end());
        let entry = folded(id, &history)?;
        history.retain(|recorded| earlier.events.contains(&recorded.seq));
        Ok(HandledKnowledge {
            entry,
            events: history,
            replayed: true,
        })
    }
}

/// A journal folded into its entry.
fn folded(id: &Id, history: &[Recorded]) -> Result<Entry, Error> {
    let entry = id.clone();
    let folded = knowledge_base::replay(history).map_err(|source| KnowledgeError::Corrupt {
        entry: entry.clone(),
        source,
    })?;
    Ok(folded.ok_or(KnowledgeError::NotFound { entry })?)
}

/// The districts that the last version of a point or its draft names.
fn applies_to(point: &Point) -> impl Iterator<Item = DistrictCode> + '_ {
    let version = point.last_version().map(|it| &it.content);
    let draft = point.draft.as_ref().map(|it| &it.content);
    let contents = version.into_iter().chain(draft);
    contents.flat_map(|it| it.districts.iter().cloned())
}

/// The kind of entry that a command opens.
const fn opens(command: &Command) -> Option<EntryKind> {
    match command {
        Command::Point(point::Command::Draft(_)) => Some(EntryKind::Point),
        Command::Feedback(feedback::Command::Open(_)) => Some(EntryKind::Feedback),
        Command::Change(change::Command::Announce(_)) => Some(EntryKind::Change),
        Command::Outage(outage::Command::Report(_)) => Some(EntryKind::Outage),
        Command::Point(_)
        | Command::Feedback(_)
        | Command::Change(_)
        | Command::Outage(_)
        | Command::MarkDue(_)
        | Command::RecomputeDeadlines => None,
    }
}

fn recorded(events: Vec<Event>, version: u64, at: DateTime<Utc>, by: &Actor) -> Vec<Recorded> {
    let seqs = version.saturating_add(1)..;
    seqs.zip(events)
        .map(|(seq, event)| Recorded {
            seq,
            at,
            by: by.clone(),
            event,
        })
        .collect()
}
