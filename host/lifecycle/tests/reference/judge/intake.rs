//! Registration, what is missing, marks, dispatch (Art. 9–15).

use std::collections::BTreeSet;

use calendar::Period;
use contract::escalation::Priority;
use contract::types::{Channel, OrderType};
use lifecycle::command::{
    Command, ConcealedField, Concealment, Dispatch, IncompleteGround, InformationAssessment,
    NoticeReceipt, OrderLink, RealNameGround, Registration, SpecialLimit,
};
use lifecycle::event::{AssignmentRole, CloseCode};
use lifecycle::ids::{Actor, Role, UnitCode};
use lifecycle::ruleset::{ReclassifiedPeriods, RegistrationInstant};

use super::{Objections, blank, object, object_to_identity, object_to_unreachable};
use crate::gate::hides_from_units;
use crate::model::{Env, Information, Model, Stage, Task, handling_length};

/// A matter comes in.
pub(crate) fn register(matter: &Registration, env: &Env<'_>) -> Result<Model, Objections> {
    let mut no = Objections::new();
    let district = matter.district.as_ref();
    let unknown = district.is_some_and(|it| env.directory.district(it).is_none());
    object(&mut no, unknown, "unknown-district");
    let against = matter.against_unit.as_ref();
    object(
        &mut no,
        against.is_some_and(|it| env.directory.unit(it).is_none()),
        "unknown-unit",
    );
    if let Some(concealment) = &matter.concealment {
        object_to_concealment(concealment, &mut no);
    }
    if let Some(ground) = &matter.real_name {
        // Art. 10: without name, number and contact, or to be hidden, it is not registered.
        let given = matter.identification;
        let whole = given.name && given.id_number && given.contact;
        let hidden = matter
            .concealment
            .as_ref()
            .is_some_and(|it| hides_from_units(it.scope));
        object(&mut no, !whole || hidden, "real-name-required");
        let blank = matches!(ground, RealNameGround::OtherLaw { basis } if basis.trim().is_empty());
        object(&mut no, blank, "missing-field");
    }
    if matter.refiled_from.is_some() {
        // Art. 12(4): what could not be registered or handled for want of information.
        let fits = env.related.is_some_and(|earlier| {
            earlier.requester == matter.requester && earlier.ended_for_missing_information()
        });
        object(&mut no, !fits, "not-refilable");
    }
    if !no.is_empty() {
        return Err(no);
    }
    let mut order = new(matter, env);
    if matter.missing.is_none() {
        order.registered(env);
    }
    Ok(order)
}

fn new(matter: &Registration, env: &Env<'_>) -> Model {
    Model {
        name: matter.order.clone(),
        requester: matter.requester,
        order_type: matter.order_type,
        channel: matter.channel,
        district: matter.district.clone(),
        real_name: matter.real_name.is_some(),
        mediation: matter.consumer_mediation,
        against: matter.against_unit.clone(),
        hides_number: matter.concealment.as_ref().is_some_and(hides_number),
        registered_at: env.now,
        stage: Stage::Information,
        dispatch_by: None,
        information: matter.missing.map(|_| Information::asked(env)),
        concealed: usize::from(matter.concealment.is_some()),
        tasks: Vec::new(),
        statements: Vec::new(),
        coordinated: false,
        opinions: Vec::new(),
        supervisions: Vec::new(),
        missed: Vec::new(),
        ratings: Vec::new(),
        service_rated: false,
        long_term: None,
        one_of_many: None,
        linked: BTreeSet::new(),
        priority: Priority::Normal,
        statement_filed: false,
        handed_over: false,
        proposals: BTreeSet::new(),
    }
}

/// Whether a concealment keeps the telephone number from the units.
fn hides_number(concealment: &Concealment) -> bool {
    hides_from_units(concealment.scope) && concealment.fields.contains(&ConcealedField::Phone)
}

/// Whether a document named an instant that is over.
fn has_passed(period: Period, env: &Env<'_>) -> bool {
    matches!(period, Period::Until(until) if until <= env.now)
}

impl Information {
    fn asked(env: &Env<'_>) -> Self {
        Self {
            asked_at: env.now,
            sent_at: None,
            received_at: None,
            confirmed: false,
            answer_by: None,
            supplied: false,
            calls: Vec::new(),
        }
    }
}

fn object_to_concealment(wanted: &Concealment, no: &mut Objections) {
    object(no, wanted.fields.is_empty(), "concealment-without-fields");
    object(no, blank(&wanted.warned), "missing-field");
}

impl Model {
    pub(super) fn object_to_intake(
        &self,
        command: &Command,
        by: &Actor,
        env: &Env<'_>,
        no: &mut Objections,
    ) {
        match command {
            Command::RequestInformation { .. } => {
                // It is asked for once (Art. 12(1), 12(2)).
                object(no, self.information.is_some(), "nothing-missing");
            }
            Command::RecordInformationNotice(receipt) => self.object_to_notice(receipt, env, no),
            Command::SupplyInformation { identity, .. } => {
                let asked = self.information.as_ref().unwrap();
                object_to_identity(*identity, by, no);
                object(no, asked.supplied, "nothing-missing");
                let late = asked.answer_by.as_ref().is_some_and(|by| env.now > by.due);
                object(no, late && !asked.supplied, "information-too-late");
            }
            Command::AssessInformation(_) => {
                let asked = self.information.as_ref().unwrap();
                object(no, !asked.supplied, "nothing-missing");
            }
            Command::CloseIncomplete { ground, .. } => {
                let asked = self.information.as_ref().unwrap();
                object(no, asked.supplied, "wrong-stage");
                object(no, self.has_ended(env.now), "order-closed");
                match ground {
                    IncompleteGround::Unreachable => {
                        object(no, self.channel == Channel::Online, "wrong-channel");
                        object_to_unreachable(&asked.calls, None, env, no);
                    }
                    IncompleteGround::Refused { evidence } => {
                        object(no, blank(evidence), "missing-field");
                    }
                }
            }
            Command::Conceal(wanted) => {
                object_to_concealment(wanted, no);
                let refused = self.real_name && hides_from_units(wanted.scope);
                object(no, refused, "real-name-required");
            }
            Command::Reclassify(wanted) => {
                self.object_to_type(wanted.order_type, env, no);
            }
            Command::ListLongTerm { matter } => {
                object(no, *matter == self.long_term, "unchanged");
                let blank = matter.as_ref().is_some_and(|it| it.trim().is_empty());
                object(no, blank, "missing-field");
            }
            // Art. 26(1): many more than when somebody was last told.
            Command::CountAlike => {
                let alike = env.facts.alike.unwrap_or_default();
                let before = alike.asked.unwrap_or(0);
                let many = [5, 10, 20, 50, 100, 200, 500, 1000];
                let more = many.iter().filter(|it| **it <= alike.orders).max();
                object(no, more.is_none_or(|it| *it <= before), "nothing-due");
            }
            Command::LinkOrders(link) => self.object_to_link(link, by, env, no),
            Command::DismissProposal {
                advice, proposal, ..
            } => {
                let open = self.proposals.contains(&(*advice, *proposal));
                object(no, !open, "no-such-proposal");
            }
            Command::AnswerDirectly(given) => {
                object(no, given.knowledge_point.trim().is_empty(), "missing-field");
            }
            // Without anybody's advice there is nothing to route by.
            Command::Route => object(no, env.facts.routing.is_none(), "missing-field"),
            Command::Dispatch(wanted) => self.object_to_dispatch(wanted, env, no),
            _ => {}
        }
    }

    /// A type that it has already, in the second handling, or with a limit that cannot be counted anew.
    fn object_to_type(&self, order_type: OrderType, env: &Env<'_>, no: &mut Objections) {
        object(no, order_type == self.order_type, "unchanged");
        let again = self.round() == 2 && self.stage != Stage::Dispatch;
        object(no, again, "type-fixed");
        let task = self.task().filter(|_| self.stage != Stage::Dispatch);
        let special = task.and_then(|task| task.special.as_ref());
        let over = |it: &SpecialLimit| has_passed(it.period, env);
        let countable = |it: &SpecialLimit| env.days.limit(env.now, it.period).is_some();
        let uncountable = special.is_some_and(|it| !over(it) && !countable(it));
        object(no, uncountable, "period-out-of-range");
    }

    /// Another order that there is, by a person with a reason, and not the same again.
    fn object_to_link(&self, link: &OrderLink, by: &Actor, env: &Env<'_>, no: &mut Objections) {
        let known = env.related.is_some_and(|it| it.name == link.other);
        object(no, link.other == self.name || !known, "not-linkable");
        let unfounded = by.role == Role::Operator && link.reason.is_none();
        object(no, unfounded, "missing-field");
        object(
            no,
            self.linked.contains(&link.other) == link.same,
            "unchanged",
        );
    }

    /// One notice, on network channels, after it was asked for (Art. 12(2)).
    fn object_to_notice(&self, receipt: &NoticeReceipt, env: &Env<'_>, no: &mut Objections) {
        let asked = self.information.as_ref().unwrap();
        object(no, self.channel == Channel::Phone, "wrong-channel");
        object(no, asked.sent_at.is_some(), "nothing-due");
        let sent = receipt.sent_at;
        let order = receipt
            .delivered_at
            .is_some_and(|at| at < sent || at > env.now);
        object(
            no,
            sent > env.now || sent < asked.asked_at || order,
            "impossible-time",
        );
    }

    fn object_to_dispatch(&self, wanted: &Dispatch, env: &Env<'_>, no: &mut Objections) {
        let unit = &wanted.unit;
        object(no, env.directory.unit(unit).is_none(), "unknown-unit");
        if self.stage == Stage::Coordination {
            // Art. 18(1): on the basis of the opinion; any unit may be the one.
            let given = self.opinions.iter().any(|it| it.given);
            object(no, !given, "opinion-missing");
            object(no, wanted.joint, "joint-only-after-return");
        } else {
            // Art. 17(2), 17(3): to another unit, or to the same one as the leader of several.
            let returned = self.returned_by();
            let again = returned.contains(&unit) && !wanted.joint;
            object(no, again, "already-returned-by-unit");
            object(
                no,
                wanted.joint && returned.is_empty(),
                "joint-only-after-return",
            );
        }
        if let Some(special) = &wanted.special_limit {
            object(
                no,
                special.basis.trim().is_empty(),
                "special-limit-without-basis",
            );
            let countable = env.days.limit(env.now, special.period).is_some();
            object(no, !countable, "period-out-of-range");
            object(
                no,
                special.attachment.as_ref().is_some_and(blank),
                "missing-field",
            );
        }
    }

    pub(super) fn take_intake(&mut self, command: &Command, env: &Env<'_>) {
        match command {
            Command::RequestInformation { .. } => {
                self.information = Some(Information::asked(env));
                self.stage = Stage::Information;
                self.dispatch_by = None;
            }
            Command::RecordInformationNotice(receipt) => {
                let asked = self.information.as_mut().unwrap();
                asked.sent_at = Some(receipt.sent_at);
                let received = receipt.delivered_at.unwrap_or(receipt.sent_at);
                asked.received_at = Some(received);
                asked.confirmed = receipt.delivered_at.is_some();
                asked.answer_by = env.days.limit(received, Period::CalendarDays(3));
            }
            Command::SupplyInformation { .. } => {
                self.information.as_mut().unwrap().supplied = true;
            }
            Command::AssessInformation(InformationAssessment::Sufficient) => self.registered(env),
            Command::AssessInformation(InformationAssessment::Insufficient { .. }) => {
                self.close(CloseCode::InformationInsufficient);
            }
            Command::CloseIncomplete { ground, .. } => self.close(match ground {
                IncompleteGround::Unreachable => CloseCode::InformationUnreachable,
                IncompleteGround::Refused { .. } => CloseCode::InformationRefused,
            }),
            Command::Conceal(wanted) => {
                self.concealed += 1;
                self.hides_number |= hides_number(wanted);
            }
            Command::SetPriority { priority, .. } => self.priority = *priority,
            Command::Reclassify(wanted) => self.reclassified(wanted.order_type, env),
            Command::ListLongTerm { matter } => self.long_term.clone_from(matter),
            Command::CountAlike => self.one_of_many = env.facts.alike.map(|it| it.orders),
            // Both keep their own clock, reply and evaluation.
            Command::LinkOrders(link) if link.same => {
                self.linked.insert(link.other.clone());
            }
            Command::LinkOrders(link) => {
                self.linked.remove(&link.other);
            }
            Command::DismissProposal {
                advice, proposal, ..
            } => {
                self.proposals.remove(&(*advice, *proposal));
            }
            Command::AnswerDirectly(_) => self.close(CloseCode::AnsweredDirectly),
            Command::Route => self.follow_advice(env),
            Command::Dispatch(wanted) => {
                let role = match (&self.stage, wanted.joint) {
                    (Stage::Coordination, _) => AssignmentRole::Determined,
                    (_, true) => AssignmentRole::Lead,
                    (_, false) => AssignmentRole::Ordinary,
                };
                self.dispatched(&wanted.unit, wanted.special_limit.as_ref(), role, env);
            }
            _ => {}
        }
    }

    /// A matter is registered when all that is needed is there, or was at the first contact.
    fn registered(&mut self, env: &Env<'_>) {
        if env.options.registration_instant == RegistrationInstant::WhenSufficient {
            self.registered_at = env.now;
        }
        self.dispatch_by = env.days.limit(self.registered_at, Period::WorkingDays(1));
        self.stage = Stage::Dispatch;
        self.follow_advice(env);
    }

    /// Advice is followed without a person where it is clear, and never for a consultation, which
    /// somebody looks at first (decision 0003).
    fn follow_advice(&mut self, env: &Env<'_>) {
        let verdict = env
            .facts
            .routing
            .as_ref()
            .and_then(|it| it.verdict.as_ref());
        let Some((best, others)) = verdict.and_then(|it| it.split_first()) else {
            return;
        };
        let second = others.first().map_or(0, |it| it.score_permille);
        let unit = UnitCode::new(&best.unit);
        let clear = best.score_permille >= 700
            && best.score_permille >= second + 100
            && self.order_type != OrderType::Consultation
            && env.directory.unit(&unit).is_some()
            // Advice alone sends no complaint to whom it is about (Art. 8(4)).
            && self.against.as_ref() != Some(&unit)
            && !self.returned_by().contains(&&unit);
        if clear {
            self.dispatched(&unit, None, AssignmentRole::Ordinary, env);
        }
    }

    /// A dispatch starts a clock of its own (Art. 15, 17(2), 17(3), 18, 29).
    pub(super) fn dispatched(
        &mut self,
        unit: &UnitCode,
        special: Option<&SpecialLimit>,
        role: AssignmentRole,
        env: &Env<'_>,
    ) {
        let length = special.map_or(handling_length(self.order_type), |it| it.period);
        let two_days = || env.days.limit(env.now, Period::WorkingDays(2));
        let read_only = self.order_type == OrderType::Commendation;
        let handle_by = env.days.limit(env.now, length).unwrap();
        self.tasks.push(Task {
            unit: unit.clone(),
            at: env.now,
            role,
            length,
            special: special.cloned(),
            extensions_max: special.and_then(|it| it.extensions_max).unwrap_or(2),
            verify_by: two_days().filter(|_| !read_only),
            handle_by,
            extensions: 0,
            extended_at: Vec::new(),
            untold: false,
            restarts: 0,
            verified: false,
            applied: None,
            late_return: false,
            assist_by: two_days().filter(|_| role == AssignmentRole::Lead),
            assisting: Vec::new(),
            calls: Vec::new(),
            replied: false,
            report: None,
            completed_at: None,
            trigger: env.now,
            warn_at: None,
            ask_at: None,
        });
        self.ask_anew(env);
        self.stage = Stage::Verification;
    }

    /// The centre corrects the type: with a unit, it counts as a new dispatch. Who handles it
    /// jointly stays as it is.
    fn reclassified(&mut self, order_type: OrderType, env: &Env<'_>) {
        let read = [self.order_type, order_type].contains(&OrderType::Commendation);
        let kept = env.options.reclassified_periods == ReclassifiedPeriods::Kept && !read;
        self.order_type = order_type;
        if self.stage == Stage::Dispatch || kept {
            return;
        }
        let before = self.task().unwrap().clone();
        // Art. 14(3): the limit of a document is the order's, whatever its type.
        let special = before.special.as_ref();
        let special = special.filter(|it| !has_passed(it.period, env));
        self.dispatched(&before.unit, special, before.role, env);
        let (old, new) = (self.tasks.len() - 1, self.tasks.len());
        let task = self.task_mut();
        task.assist_by = before.assist_by;
        task.assisting = before.assisting;
        // Art. 20: what was added is judged before the report, by the same unit.
        for statement in &mut self.statements {
            if statement.task == old && statement.affects.is_none() {
                statement.task = new;
            }
        }
    }
}
