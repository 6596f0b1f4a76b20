//! What took effect, and who had asked for it: written at the store, below everything that can fail, so
//! that what callers were told can be compared with it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use engine::ports::{EffectId, PendingEffect};
use knowledge_base::Recorded as KnowledgeRecorded;
use knowledge_base::ids::Id;
use lifecycle::dossier::{DossierId, Recorded as DossierRecorded};
use lifecycle::event::Recorded;
use lifecycle::ids::OrderId;

/// Number of a request, which its repetitions share.
pub(crate) type IntentId = u32;

/// Events of an order or a dossier, by its number, that came of one commit.
pub(crate) type Taken = (String, RangeInclusive<u64>);

/// A call of the engine that is under way.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    /// The request that it carries out, if it carries one out.
    pub(crate) intent: Option<IntentId>,
    /// The order that it is about, where that is known.
    pub(crate) order: Option<OrderId>,
    /// How often it wrote.
    pub(crate) writes: u32,
    /// Commits that took effect.
    pub(crate) taken: Vec<Taken>,
    /// How often others came in between.
    pub(crate) interrupted: u32,
    /// Up to when it has read timers, if they are what it has read last.
    pub(crate) fires: Option<DateTime<Utc>>,
}

/// The ledger.
#[derive(Default)]
pub(crate) struct Ledger {
    /// Orders as they came into being; the index is their name in the list of steps.
    pub(crate) orders: Vec<OrderId>,
    /// Dossiers as they came into being.
    pub(crate) dossiers: Vec<DossierId>,
    /// Entries of the knowledge base as they came into being.
    pub(crate) entries: Vec<Id>,
    /// Every event that was ever committed.
    pub(crate) journals: BTreeMap<OrderId, Vec<Recorded>>,
    /// Every effect that was ever committed.
    pub(crate) effects: BTreeMap<EffectId, PendingEffect>,
    /// Calls under way, the innermost last.
    pub(crate) frames: Vec<Frame>,
    /// What came of each request.
    pub(crate) taken: BTreeMap<IntentId, Vec<Taken>>,
    /// Who used an idempotency key up: the request that took effect under it.
    pub(crate) keys: BTreeMap<String, IntentId>,
    /// The key under which each request is sent.
    pub(crate) keyed: BTreeMap<IntentId, String>,
    /// The steps so far, for whoever reads a failure.
    pub(crate) steps: Vec<String>,
    /// What is wrong.
    pub(crate) wrong: Vec<String>,
}

impl Ledger {
    /// Name of an order in the list of steps.
    pub(crate) fn name(&self, order: &OrderId) -> String {
        let position = self.orders.iter().position(|it| it == order);
        position.map_or_else(|| "#?".to_owned(), |n| format!("#{n}"))
    }

    /// Adds a line to the list of steps, indented by how deep it is.
    pub(crate) fn step(&mut self, line: &str) {
        let depth = "    ".repeat(self.frames.len());
        self.steps.push(format!("{depth}{line}"));
    }

    /// A write took effect.
    pub(crate) fn wrote(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.writes += 1;
        }
    }

    /// A list of what is to be done was read: of timers up to an instant, or of something else.
    pub(crate) fn listed(&mut self, timers: Option<DateTime<Utc>>) {
        if let Some(frame) = self.frames.last_mut() {
            frame.fires = timers;
        }
    }

    /// A commit on an order took effect.
    pub(crate) fn took(&mut self, order: &OrderId, events: &[Recorded]) {
        if !self.journals.contains_key(order) {
            self.orders.push(order.clone());
        }
        let journal = self.journals.entry(order.clone()).or_default();
        journal.extend_from_slice(events);
        let seqs = events.iter().map(|it| it.seq);
        self.attribute(order.as_str(), seqs);
    }

    /// A commit on a dossier took effect.
    pub(crate) fn took_dossier(&mut self, dossier: &DossierId, events: &[DossierRecorded]) {
        if !self.dossiers.contains(dossier) {
            self.dossiers.push(dossier.clone());
        }
        self.attribute(dossier.as_str(), events.iter().map(|it| it.seq));
    }

    /// A commit on an entry of the knowledge base took effect.
    pub(crate) fn took_knowledge(&mut self, entry: &Id, events: &[KnowledgeRecorded]) {
        if !self.entries.contains(entry) {
            self.entries.push(entry.clone());
        }
        self.attribute(entry.as_str(), events.iter().map(|it| it.seq));
    }

    fn attribute(&mut self, number: &str, mut seqs: impl DoubleEndedIterator<Item = u64>) {
        let Some(first) = seqs.next() else { return };
        let last = seqs.next_back().unwrap_or(first);
        let taken = (number.to_owned(), first..=last);
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        frame.taken.push(taken.clone());
        let Some(intent) = frame.intent else { return };
        self.taken.entry(intent).or_default().push(taken);
        if let Some(key) = self.keyed.get(&intent) {
            let owner = *self.keys.entry(key.clone()).or_insert(intent);
            if owner != intent {
                let problem = format!("requests {owner} and {intent} both took effect under {key}");
                self.wrong.push(problem);
            }
        }
    }

    /// Names of the events of a commit, for the list of steps.
    pub(crate) fn events_of(&self, (number, seqs): &Taken) -> Vec<&'static str> {
        let journal = self
            .journals
            .get(&OrderId::new(number))
            .into_iter()
            .flatten();
        journal
            .filter(|it| seqs.contains(&it.seq))
            .map(|it| it.event.name())
            .collect()
    }
}
