//! Dossiers: the way of a command on one. As with orders, permission comes before the version and before
//! everything that the caller may not know, and a repeated request is carried out once.

mod access;

mod due;

mod error;

mod explain;

mod journal;

mod read;

use chrono::Datelike as _;
use lifecycle::dossier::{
    self, About, Command, Context, Dossier, DossierId, Event, Facts, OrderFacts, Recorded,
    Rejection,
};
use lifecycle::effect::Effect;
use lifecycle::ids::Actor;

use crate::ports::{DossierCommit, DossierCommitError, EarlierDossier, Subject};
use crate::request::{CommandOptions, Texts};
use crate::{Engine, Error, numbers, request};

pub use due::DossierDeadlineChange;
pub(crate) use due::DossierWork;
pub use error::DossierError;
pub use read::{DossierDeadlineView, DossierView, Warning};

/// So often a command is decided anew when others on the same dossier were faster.
const ATTEMPTS_MAX: u32 = 16;

/// What came of a command on a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandledDossier {
    /// The dossier after it.
    pub dossier: Dossier,
    /// The events that came of it.
    pub events: Vec<Recorded>,
    /// Whether it was carried out before, under the same idempotency key; dossier and events are those
    /// of that time.
    pub replayed: bool,
}

impl Engine {
    /// Opens a dossier: carries out a command that makes one, or records a meeting in the register of
    /// its year (R2). `build` makes the command; texts that it adds become durable together with it.
    ///
    /// # Errors
    /// [`Error::Dossier`] for what the rules refuse, [`Error::KeyReused`], [`Error::InvalidInput`] for
    /// an empty text or a staff number that looks like personal data, [`Error::Store`].
    pub fn open_dossier(
        &self,
        by: &Actor,
        options: &CommandOptions,
        build: impl FnOnce(&mut Texts) -> Command,
    ) -> Result<HandledDossier, Error> {
        if let Some(handled) = self.dossier_handled_before(options)? {
            return Ok(handled);
        }
        let now = self.now();
        let mut texts = Texts::new(now);
        let command = build(&mut texts);
        let id = match &command {
            Command::RecordMeeting(meeting) => DossierId::conference_of(meeting.held_on.year()),
            Command::OpenRegister { year } => DossierId::conference_of(*year),
            Command::ListMatter(_)
            | Command::AddUnit { .. }
            | Command::RemoveUnit { .. }
            | Command::AddOrders { .. }
            | Command::RemoveOrders { .. }
            | Command::IssueBulletin
            | Command::SubmitPlan { .. }
            | Command::TellProgress { .. }
            | Command::ReportStage { .. }
            | Command::EndProcedure { .. }
            | Command::ReportFinal { .. }
            | Command::RecordOpinion { .. }
            | Command::FeedBack { .. }
            | Command::CloseMatter { .. }
            | Command::AnnounceChange { .. }
            | Command::FileChange(_)
            | Command::RecordTraining(_)
            | Command::RecordContact(_)
            | Command::SubmitSolution(_)
            | Command::RecordRuling { .. }
            | Command::Publish(_)
            | Command::MarkDue { .. }
            | Command::RecomputeDeadlines => numbers::dossier_id(now),
        };
        self.carry_out(&id, command, texts, by, options)
    }

    /// Carries out a command on a dossier. `build` makes the command; texts that it adds become durable
    /// together with it.
    ///
    /// # Errors
    /// As [`Self::open_dossier`]; [`DossierError::NotFound`] and [`DossierError::VersionConflict`] in
    /// [`Error::Dossier`].
    pub fn handle_dossier(
        &self,
        id: &DossierId,
        by: &Actor,
        options: &CommandOptions,
        build: impl FnOnce(&mut Texts) -> Command,
    ) -> Result<HandledDossier, Error> {
        if let Some(handled) = self.dossier_handled_before(options)? {
            return Ok(handled);
        }
        let mut texts = Texts::new(self.now());
        let command = build(&mut texts);
        self.carry_out(id, command, texts, by, options)
    }

    fn carry_out(
        &self,
        id: &DossierId,
        mut command: Command,
        texts: Texts,
        by: &Actor,
        options: &CommandOptions,
    ) -> Result<HandledDossier, Error> {
        let texts = texts.into_checked()?;
        for attempt in 0..ATTEMPTS_MAX {
            let current = self.store.load_dossier(id)?;
            if current.is_none() && !may_open(&command) {
                return Err(DossierError::NotFound {
                    dossier: id.clone(),
                }
                .into());
            }
            dossier::check_permission(current.as_ref(), &command, by)?;
            let version = current.as_ref().map_or(0, |dossier| dossier.version);
            if let Some(expected) = options.if_match
                && expected != version
            {
                return Err(DossierError::VersionConflict {
                    expected,
                    actual: version,
                }
                .into());
            }
            // After the permission, and once is enough.
            if attempt == 0 {
                self.dossier_fit_for_journal(&mut command)?;
            }
            let calendar = self.calendar();
            let context = self.dossier_context(self.now(), &calendar);
            let step = self.dossier_step(id, current.as_ref(), &command, by, &context)?;
            let commit = DossierCommit {
                texts: texts.clone(),
                idempotency: options.idempotency.clone(),
                ..step
            };
            let handled = HandledDossier {
                dossier: commit.dossier.clone(),
                events: commit.events.clone(),
                replayed: false,
            };
            match self.store.commit_dossier(commit) {
                Ok(()) => return Ok(handled),
                Err(DossierCommitError::Conflict { expected, actual })
                    if options.if_match.is_some() =>
                {
                    return Err(DossierError::VersionConflict { expected, actual }.into());
                }
                Err(DossierCommitError::Conflict { .. }) => {}
                Err(DossierCommitError::Replayed(earlier)) => {
                    return self.replayed_dossier(&earlier);
                }
                Err(DossierCommitError::KeyReused) => return Err(Error::KeyReused),
                Err(DossierCommitError::Store(error)) => return Err(Error::Store(error)),
            }
        }
        Err(DossierError::Busy {
            dossier: id.clone(),
        }
        .into())
    }

    pub(crate) fn dossier_context<'a>(
        &'a self,
        now: chrono::DateTime<chrono::Utc>,
        calendar: &'a calendar::Calendar,
    ) -> Context<'a> {
        Context {
            now,
            calendar,
            rules: &self.rules,
            directory: &self.directory,
        }
    }

    /// Decides a command: everything of its commit but texts and key.
    fn dossier_step(
        &self,
        id: &DossierId,
        current: Option<&Dossier>,
        command: &Command,
        by: &Actor,
        context: &Context<'_>,
    ) -> Result<DossierCommit, Error> {
        let facts = self.facts_of_orders(command)?;
        let decision = dossier::decide(id, current, command, by, &facts, context)?;
        let expected_version = current.map_or(0, |dossier| dossier.version);
        let events = recorded(decision.events, expected_version, context.now, by);
        let folded = events
            .iter()
            .try_fold(current.cloned(), |dossier, recorded| {
                dossier::apply(dossier, recorded).map(Some)
            })
            .map_err(|source| DossierError::Corrupt {
                dossier: id.clone(),
                source,
            })?;
        let Some(dossier) = folded else {
            return Err(Rejection::NothingDue.into());
        };
        let subject = |about| match about {
            About::Dossier => Subject::Dossier(dossier.id.clone()),
            About::Order(order) => Subject::Order(order),
        };
        let told = decision.effects.into_iter();
        let told = told.map(|it| (subject(it.about), Effect::Notify(it.notification)));
        let marks = decision.marks.into_iter();
        let marks = marks.map(|order| (Subject::Order(order), Effect::ListLongTerm));
        let effects = told.chain(marks).collect();
        Ok(DossierCommit {
            expected_version,
            events,
            timers: dossier::timers(&dossier),
            dossier,
            effects,
            texts: Vec::new(),
            idempotency: None,
        })
    }

    /// What the store knows of the orders that a command names.
    fn facts_of_orders(&self, command: &Command) -> Result<Facts, Error> {
        let mut facts = Facts::default();
        for id in command.orders() {
            if let Some(order) = self.store.load(id)? {
                let unit = order.assignment().map(|assignment| assignment.unit.clone());
                let order = OrderFacts {
                    requester: order.requester,
                    unit,
                    matter: self.matter_of(id)?.map(DossierId::new),
                };
                facts.orders.insert(id.clone(), order);
            }
        }
        Ok(facts)
    }

    /// What came of the same request before. A key that an order's request used is used up too.
    fn dossier_handled_before(
        &self,
        options: &CommandOptions,
    ) -> Result<Option<HandledDossier>, Error> {
        let Some(key) = &options.idempotency else {
            return Ok(None);
        };
        match self.store.earlier_dossier(key)? {
            None if self.is_used_up(key, request::About::Dossier)? => Err(Error::KeyReused),
            None => Ok(None),
            Some(earlier) if earlier.fingerprint == key.fingerprint => {
                self.replayed_dossier(&earlier).map(Some)
            }
            Some(_) => Err(Error::KeyReused),
        }
    }

    /// Dossier and events as they were after an earlier request.
    fn replayed_dossier(&self, earlier: &EarlierDossier) -> Result<HandledDossier, Error> {
        let id = &earlier.dossier;
        let mut history = self.store.dossier_history(id)?;
        history.retain(|recorded| recorded.seq <= *earlier.events.end());
        let dossier = folded(id, &history)?;
        history.retain(|recorded| earlier.events.contains(&recorded.seq));
        Ok(HandledDossier {
            dossier,
            events: history,
            replayed: true,
        })
    }
}

/// A journal folded into its dossier.
fn folded(id: &DossierId, history: &[Recorded]) -> Result<Dossier, Error> {
    let dossier = id.clone();
    let folded = dossier::replay(history).map_err(|source| DossierError::Corrupt {
        dossier: dossier.clone(),
        source,
    })?;
    Ok(folded.ok_or(DossierError::NotFound { dossier })?)
}

/// Whether a command may come before there is a dossier.
fn may_open(command: &Command) -> bool {
    command.kind().opens() || matches!(command, Command::RecordMeeting(_))
}

fn recorded(
    events: Vec<Event>,
    version: u64,
    at: chrono::DateTime<chrono::Utc>,
    by: &Actor,
) -> Vec<Recorded> {
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
