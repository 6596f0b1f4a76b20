//! The engine itself: its parts, and the way of a command.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use calendar::Calendar;
use chrono::{DateTime, SubsecRound as _, Utc};
use lifecycle::Context;
use lifecycle::command::{Command, CommandKind, Identification, Registration};
use lifecycle::directory::Directory;
use lifecycle::event::Recorded;
use lifecycle::ids::{Actor, OrderId, RequesterId, TextId};
use lifecycle::order::WorkOrder;
use lifecycle::ruleset::RuleBook;

use crate::ask::Words;
use crate::delivery::Unreachable;
use crate::dossiers::DossierWork;
use crate::identity::Claim;
use crate::knowledge::{KnowledgeRuleBook, KnowledgeWork};
use crate::patience::Patience;
use crate::platform::Platform;
use crate::ports::{
    ActiveRule, Advisor, BoxOnly, Clock, Commit, CommitError, Earlier, Notifier, PersonalData,
    Request, Store,
};
use crate::redact::Redactor;
use crate::request::{About, CommandOptions, Handled, IdentityClaim, NewRequest, Texts};
use crate::rollout::RolloutLog;
use crate::years::CatchUp;
use crate::{Error, numbers};

/// So often a command is decided anew when others on the same order were faster.
const ATTEMPTS_MAX: u32 = 16;

/// What an engine is made of.
pub struct Parts {
    /// Keeps things.
    pub store: Arc<dyn Store>,
    /// Asks the rule plugins.
    pub advisor: Arc<dyn Advisor>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Districts and handling units.
    pub directory: Directory,
    /// The numbers of the law, by the time of their validity.
    pub rules: RuleBook,
}

/// The engine. Shared by all threads; every method blocks until its outcome is durable.
pub struct Engine {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) advisor: Arc<dyn Advisor>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) directory: Directory,
    pub(crate) rules: RuleBook,
    pub(crate) redactor: Redactor,
    pub(crate) notifier: Arc<dyn Notifier>,
    pub(crate) unreachable: Unreachable,
    pub(crate) dossier_work: DossierWork,
    pub(crate) knowledge_work: KnowledgeWork,
    pub(crate) knowledge_rules: KnowledgeRuleBook,
    pub(crate) patience: Patience,
    pub(crate) rollout_log: RolloutLog,
    pub(crate) platform: Platform,
    calendar: RwLock<Arc<Calendar>>,
    catching_up: Mutex<CatchUp>,
    /// Held while a holiday notice is imported.
    pub(crate) importing: Mutex<()>,
}

impl Engine {
    /// An engine on these parts, with the holiday notices that the store has on top of the shipped
    /// ones.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Calendar`] for a stored notice that does not hold.
    pub fn new(parts: Parts) -> Result<Self, Error> {
        let Parts {
            store,
            advisor,
            clock,
            directory,
            rules,
        } = parts;
        let mut calendar = Calendar::shipped();
        for notice in store.calendar_years()? {
            calendar = calendar.with_year(notice)?;
        }
        Ok(Self {
            store,
            advisor,
            clock,
            directory,
            rules,
            redactor: Redactor::new(),
            notifier: Arc::new(BoxOnly),
            unreachable: Unreachable::default(),
            dossier_work: DossierWork::new(),
            knowledge_work: KnowledgeWork::default(),
            knowledge_rules: KnowledgeRuleBook::default(),
            patience: Patience::default(),
            rollout_log: RolloutLog::default(),
            platform: Platform::default(),
            calendar: RwLock::new(Arc::new(calendar)),
            catching_up: Mutex::default(),
            importing: Mutex::default(),
        })
    }

    /// The same, with messages that leave the house; without this they stay in their box.
    #[must_use]
    pub fn with_notifier(mut self, notifier: Arc<dyn Notifier>) -> Self {
        self.notifier = notifier;
        self
    }

    /// The present instant, to the millisecond, as everything here keeps it.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now().trunc_subsecs(3)
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The calendar in force.
    #[must_use]
    pub fn calendar(&self) -> Arc<Calendar> {
        Arc::clone(&self.calendar.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_calendar(&self, calendar: Arc<Calendar>) {
        *self
            .calendar
            .write()
            .unwrap_or_else(PoisonError::into_inner) = calendar;
    }

    pub(crate) fn catching_up(&self) -> CatchUp {
        self.catching_up
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_catching_up(&self, progress: CatchUp) {
        *self
            .catching_up
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = progress;
    }

    /// Districts and handling units.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The rule sets, by the time of their validity.
    #[must_use]
    pub fn rules(&self) -> &RuleBook {
        &self.rules
    }

    /// The rules that are active now.
    #[must_use]
    pub fn active_rules(&self) -> Vec<ActiveRule> {
        self.advisor.active()
    }

    /// Whether the store can write; for readiness checks.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot.
    pub fn check(&self) -> Result<(), Error> {
        Ok(self.store.check()?)
    }

    /// Registers a request (Art. 11), asks the routing plugins, and dispatches it where their advice
    /// is clear; all of it is one commit.
    ///
    /// # Errors
    /// [`Error::InvalidInput`], [`Error::Rejected`], [`Error::SourceExists`], [`Error::KeyReused`],
    /// [`Error::Store`].
    pub fn register(
        &self,
        request: NewRequest,
        by: &Actor,
        options: &CommandOptions,
    ) -> Result<Handled, Error> {
        if let Some(handled) = self.handled_before(options)? {
            return Ok(handled);
        }
        // Permission comes first, so that strangers learn nothing and no plugin is asked for them.
        lifecycle::check_permission(None, CommandKind::Register, by)?;
        request.validate()?;
        let now = self.registration_instant(request.registered_at)?;
        // A known source is told before plugins are asked; the commit still has the last word.
        if let Some(source) = &request.source
            && let Some(order) = self.store.order_by_source(source)?
        {
            return Err(Error::SourceExists { order });
        }
        let requester = RequesterId(numbers::uuid(now));
        let text = TextId(numbers::uuid(now));
        let missing = request.missing.clone();
        let missing = missing.map(|missing| (TextId(numbers::uuid(now)), missing));
        let (mut registration, words) = split(request, requester, text, numbers::order_id(now));
        registration.missing = missing.as_ref().map(|(id, _)| *id);
        let kept = serde_json::to_string(&words.request).map_err(Error::Question)?;
        let order = registration.order.clone();
        let mut command = Command::Register(registration);
        self.fit_for_journal(&mut command, || Ok(words.personal.clone()))?;
        let calendar = self.calendar();
        let context = self.context(now, &calendar);
        let Some(mut step) = self.step(None, &command, by, &context, Some(&words))? else {
            return Err(Error::NotFound { order });
        };
        step.commit.requester = Some((requester, words.personal));
        step.commit.texts = vec![(text, kept)];
        step.commit.texts.extend(missing);
        step.commit.idempotency.clone_from(&options.idempotency);
        match self.commit(step.commit)? {
            Committed::Done(handled) => {
                self.look_again_if_replaced(&calendar);
                Ok(*handled)
            }
            // Fifty random bits were drawn twice on one day.
            Committed::Conflict { .. } => Err(Error::Busy { order }),
        }
    }

    /// Carries out a command on an order. `build` makes the command; texts that it adds become
    /// durable together with it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Rejected`], [`Error::VersionConflict`], [`Error::KeyReused`],
    /// [`Error::InvalidInput`] for an empty text, or for an identifier that is none or looks like
    /// personal data, [`Error::Busy`], [`Error::Store`].
    pub fn handle(
        &self,
        order: &OrderId,
        by: &Actor,
        options: &CommandOptions,
        build: impl FnOnce(&mut Texts) -> Command,
    ) -> Result<Handled, Error> {
        self.handle_as(order, by, options, None, build)
    }

    /// Carries out a command that speaks for the requester: the claim is compared with the requester's
    /// own telephone number and account (R10).
    ///
    /// # Errors
    /// As [`Engine::handle`].
    pub fn handle_as(
        &self,
        order: &OrderId,
        by: &Actor,
        options: &CommandOptions,
        claim: Option<IdentityClaim>,
        build: impl FnOnce(&mut Texts) -> Command,
    ) -> Result<Handled, Error> {
        if let Some(handled) = self.handled_before(options)? {
            return Ok(handled);
        }
        let mut texts = Texts::new(self.now());
        let mut command = build(&mut texts);
        let claim = claim.map(|claim| Claim::of(claim, &mut texts));
        let mut fits = false;
        let texts = texts.into_checked()?;
        for _ in 0..ATTEMPTS_MAX {
            let current = self.load(order)?;
            // Permission comes before the version, so that a version tells strangers nothing.
            lifecycle::check_permission(Some(&current), command.kind(), by)?;
            let version = current.version;
            if let Some(expected) = options.if_match
                && expected != version
            {
                return Err(Error::VersionConflict {
                    expected,
                    actual: version,
                });
            }
            // After the permission: it reads whose order it is. Once is enough.
            if !fits {
                self.fit_for_journal(&mut command, || self.personal_data(current.requester))?;
                if let (Some(claim), Some(identity)) = (&claim, command.identity_mut()) {
                    *identity = self.identity(claim, &current, by)?;
                }
                fits = true;
            }
            let calendar = self.calendar();
            let context = self.context(self.now(), &calendar);
            let Some(mut step) = self.step(Some(&current), &command, by, &context, None)? else {
                return Ok(Handled {
                    order: current,
                    events: Vec::new(),
                    replayed: false,
                });
            };
            self.check_direct_answer(&command, context.now)?;
            step.commit.texts.clone_from(&texts);
            step.commit.idempotency.clone_from(&options.idempotency);
            match self.commit(step.commit)? {
                Committed::Done(handled) => {
                    self.look_again_if_replaced(&calendar);
                    return Ok(*handled);
                }
                Committed::Conflict { expected, actual } if options.if_match.is_some() => {
                    return Err(Error::VersionConflict { expected, actual });
                }
                Committed::Conflict { .. } => {}
            }
        }
        Err(Error::Busy {
            order: order.clone(),
        })
    }

    pub(crate) fn context<'a>(&'a self, now: DateTime<Utc>, calendar: &'a Calendar) -> Context<'a> {
        Context {
            now,
            calendar,
            rules: &self.rules,
            directory: &self.directory,
        }
    }

    pub(crate) fn load(&self, order: &OrderId) -> Result<WorkOrder, Error> {
        self.store.load(order)?.ok_or_else(|| Error::NotFound {
            order: order.clone(),
        })
    }

    /// What is known of a requester; nothing where it was erased.
    fn personal_data(&self, requester: RequesterId) -> Result<PersonalData, Error> {
        let personal = self.store.personal_data_for_masking(requester)?;
        Ok(personal.unwrap_or_default())
    }

    /// Makes a step durable. What was carried out before is answered as it was then.
    fn commit(&self, commit: Commit) -> Result<Committed, Error> {
        let handled = Handled {
            order: commit.order.clone(),
            events: commit.events.clone(),
            replayed: false,
        };
        match self.store.commit(commit) {
            Ok(()) => Ok(Committed::Done(Box::new(handled))),
            Err(CommitError::Conflict { expected, actual }) => {
                Ok(Committed::Conflict { expected, actual })
            }
            Err(CommitError::Replayed(earlier)) => self
                .replayed(&earlier)
                .map(|handled| Committed::Done(Box::new(handled))),
            Err(CommitError::SourceExists { order }) => Err(Error::SourceExists { order }),
            Err(CommitError::KeyReused) => Err(Error::KeyReused),
            Err(CommitError::Store(error)) => Err(Error::Store(error)),
        }
    }

    /// What came of the same request before.
    fn handled_before(&self, options: &CommandOptions) -> Result<Option<Handled>, Error> {
        let Some(key) = &options.idempotency else {
            return Ok(None);
        };
        match self.store.earlier(key)? {
            None if self.is_used_up(key, About::Order)? => Err(Error::KeyReused),
            None => Ok(None),
            Some(earlier) if earlier.fingerprint == key.fingerprint => {
                self.replayed(&earlier).map(Some)
            }
            Some(_) => Err(Error::KeyReused),
        }
    }

    /// Order and events as they were after an earlier request.
    fn replayed(&self, earlier: &Earlier) -> Result<Handled, Error> {
        let id = &earlier.order;
        let mut history: Vec<Recorded> = self.store.history(id)?;
        history.retain(|recorded| recorded.seq <= *earlier.events.end());
        let order = lifecycle::replay(&history)
            .map_err(|source| Error::Corrupt {
                order: id.clone(),
                source,
            })?
            .ok_or_else(|| Error::NotFound { order: id.clone() })?;
        history.retain(|recorded| earlier.events.contains(&recorded.seq));
        Ok(Handled {
            order,
            events: history,
            replayed: true,
        })
    }

    /// When an order is registered: now, or at its own instant under a manual clock.
    fn registration_instant(&self, given: Option<DateTime<Utc>>) -> Result<DateTime<Utc>, Error> {
        let now = self.now();
        let Some(given) = given.map(|given| given.trunc_subsecs(3)) else {
            return Ok(now);
        };
        let refused = |problem: String, way_out| {
            Err(Error::InvalidInput {
                field: "registered_at",
                problem,
                way_out,
            })
        };
        if self.clock.manual().is_none() {
            let problem = "an order is registered now, unless the clock is manual".to_owned();
            return refused(
                problem,
                "leave it out, or start the server with `--clock manual`",
            );
        }
        if given > now {
            let problem = format!(
                "it lies after {}, where the manual clock stands",
                calendar::instant_text(now)
            );
            return refused(problem, "advance the clock first");
        }
        Ok(given)
    }
}

/// What came of a commit.
enum Committed {
    Done(Box<Handled>),
    Conflict { expected: u64, actual: u64 },
}

/// Splits a request into what the journal keeps and what it only refers to.
fn split(
    request: NewRequest,
    requester: RequesterId,
    text: TextId,
    order: OrderId,
) -> (Registration, Words) {
    let NewRequest {
        order_type,
        channel,
        district,
        street,
        category,
        subject,
        text: said,
        personal,
        source,
        real_name,
        concealment,
        consumer_mediation,
        against_unit,
        contact,
        refiled_from,
        missing: _,
        registered_at: _,
    } = request;
    let given = |field: &Option<String>| field.is_some();
    let identification = Identification {
        name: given(&personal.name),
        id_number: given(&personal.id_number),
        contact: given(&personal.phone) || given(&personal.account),
    };
    let registration = Registration {
        order,
        order_type,
        channel,
        district,
        street,
        category,
        requester,
        request: text,
        source,
        real_name,
        identification,
        concealment,
        consumer_mediation,
        against_unit,
        contact,
        refiled_from,
        missing: None,
    };
    (
        registration,
        Words {
            request: Request {
                subject,
                text: said,
            },
            personal,
        },
    )
}
