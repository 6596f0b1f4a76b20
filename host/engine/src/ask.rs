//! Putting questions to the plugins. A question is built here, from masked data, and its bytes are
//! kept with the decision, so that it can be put again (repetition, bit for bit).

use chrono::{DateTime, TimeDelta};
use contract::types::{Channel, Instant, OrderType};
use contract::{escalation, routing};
use lifecycle::command::Command;
use lifecycle::ids::{Actor, DistrictCode, OrderId, RequesterId, TextId};
use lifecycle::order::{SupervisionState, WorkOrder};
use lifecycle::{Alike, Context, Facts, Needs};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::ports::{CITY, DecisionContext, PersonalData, Request};
use crate::{Engine, Error, numbers};

/// A request in the requester's own words, with whose words they are.
pub(crate) struct Words {
    pub(crate) request: Request,
    pub(crate) personal: PersonalData,
}

impl Words {
    /// Nothing is known any more: both were erased.
    pub(crate) fn erased() -> Self {
        Self {
            request: Request {
                subject: String::new(),
                text: String::new(),
            },
            personal: PersonalData::default(),
        }
    }
}

/// What the plugins said, and what they were asked.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) facts: Facts,
    /// Digest in hex and bytes of each question.
    pub(crate) questions: Vec<(String, Vec<u8>)>,
}

/// What a question says about an order, whether it exists already or is about to.
struct Matter<'a> {
    order: &'a OrderId,
    order_type: OrderType,
    channel: Channel,
    district: Option<&'a DistrictCode>,
    street: Option<&'a String>,
    category: Option<&'a String>,
    registered_at: Instant,
}

impl Engine {
    /// Asks what the core needs to know before it can decide.
    pub(crate) fn ask(
        &self,
        order: Option<&WorkOrder>,
        command: &Command,
        by: &Actor,
        context: &Context<'_>,
        words: Option<&Words>,
    ) -> Result<Asked, Error> {
        let needs = lifecycle::needs(order, command, context);
        let mut asked = Asked::default();
        if needs == Needs::default() {
            return Ok(asked);
        }
        if needs.related.is_some() {
            let personal = words.map(|words| &words.personal);
            asked.facts.related = self.related(order, command, by, personal)?;
        }
        let mut trigger = needs.escalation;
        if let (true, Some(order)) = (needs.alike, order) {
            let alike = self.alike(order, context)?;
            trigger = lifecycle::many_alike(&alike, context);
            asked.facts.alike = Some(alike);
        }
        let Some(matter) = matter(order, command, context) else {
            return Ok(asked);
        };
        let decision = DecisionContext {
            id: numbers::uuid(context.now),
            now: context.now.into(),
            key: matter.order.to_string(),
            scopes: scopes(matter.district),
        };
        if needs.routing {
            let loaded;
            let words = match (words, order) {
                (Some(words), _) => words,
                (None, Some(order)) => {
                    loaded = self.words_with_additions(order)?;
                    &loaded
                }
                (None, None) => return Ok(asked),
            };
            let returned_by = order.into_iter().flat_map(WorkOrder::returned_by);
            let excluded = returned_by.map(ToString::to_string).collect();
            let question = self.routing_question(&matter, words, excluded);
            let (digest, bytes) = canonical(&question)?;
            let mut advice = self.advisor.route(&decision, &question);
            advice.question.clone_from(&digest);
            asked.facts.routing = Some(advice);
            asked.questions.push((digest, bytes));
        }
        if let (Some(trigger), Some(order)) = (trigger, order) {
            let question = escalation_question(trigger, &matter, order, context);
            let (digest, bytes) = canonical(&question)?;
            // Two questions for one command are two decisions, each with its own seed.
            let mut decision = DecisionContext {
                id: numbers::uuid(context.now),
                ..decision
            };
            let is_timer = matches!(command, Command::MarkDue { .. });
            let scopes = decision.scopes.clone();
            if is_timer {
                let asked = |scope: &String| !self.patience.leaves_out(scope, context.now);
                decision.scopes.retain(asked);
            }
            let mut advice = self.advisor.escalate(&decision, &question);
            if is_timer {
                self.patience
                    .note(&scopes, &mut advice.attempts, context.now);
            }
            advice.question.clone_from(&digest);
            asked.facts.escalation = Some(advice);
            asked.questions.push((digest, bytes));
        }
        Ok(asked)
    }

    /// The open orders about the same thing (R52).
    fn alike(&self, order: &WorkOrder, context: &Context<'_>) -> Result<Alike, Error> {
        let rules = &context.rules().many_alike;
        let since = context
            .now
            .checked_sub_signed(TimeDelta::days(i64::from(rules.days)))
            .unwrap_or(DateTime::UNIX_EPOCH);
        Ok(self.store.alike(order, since, rules.most())?)
    }

    /// A request as it is kept, for asking again and for views; empty where it was erased.
    pub(crate) fn words(&self, text: TextId, requester: RequesterId) -> Result<Words, Error> {
        let mut words = Words::erased();
        if let Some((_, kept)) = self.store.texts(&[text])?.into_iter().next() {
            words.request = serde_json::from_str(&kept).map_err(Error::Question)?;
        }
        if let Some(personal) = self.store.personal_data_for_masking(requester)? {
            words.personal = personal;
        }
        Ok(words)
    }

    /// The request with what the requester has supplied and added since, as a unit would read it.
    fn words_with_additions(&self, order: &WorkOrder) -> Result<Words, Error> {
        let mut words = self.words(order.request, order.requester)?;
        let supplied = order.information.iter().filter_map(|it| it.supplied);
        let added = order.statements.iter().map(|it| it.content);
        let ids: Vec<TextId> = supplied.chain(added).collect();
        if !ids.is_empty() {
            for (_, text) in self.store.texts(&ids)? {
                words.request.text.push('\n');
                words.request.text.push_str(&text);
            }
        }
        Ok(words)
    }

    fn routing_question(
        &self,
        matter: &Matter<'_>,
        words: &Words,
        excluded_units: Vec<String>,
    ) -> routing::Question {
        let mask = |text: &str| self.redactor.mask(text, &words.personal);
        routing::Question {
            order_type: matter.order_type,
            channel: matter.channel,
            district: matter.district.map(ToString::to_string),
            street: matter.street.cloned(),
            category: matter.category.cloned(),
            subject: mask(&words.request.subject),
            text: mask(&words.request.text),
            registered_at: matter.registered_at,
            excluded_units,
        }
    }
}

fn matter<'a>(
    order: Option<&'a WorkOrder>,
    command: &'a Command,
    context: &Context<'_>,
) -> Option<Matter<'a>> {
    if let Some(order) = order {
        return Some(Matter {
            order: &order.id,
            order_type: order.order_type,
            channel: order.channel,
            district: order.district.as_ref(),
            street: order.street.as_ref(),
            category: order.category.as_ref(),
            registered_at: order.registered_at.into(),
        });
    }
    let Command::Register(registration) = command else {
        return None;
    };
    Some(Matter {
        order: &registration.order,
        order_type: registration.order_type,
        channel: registration.channel,
        district: registration.district.as_ref(),
        street: registration.street.as_ref(),
        category: registration.category.as_ref(),
        registered_at: context.now.into(),
    })
}

fn escalation_question(
    trigger: escalation::Trigger,
    matter: &Matter<'_>,
    order: &WorkOrder,
    context: &Context<'_>,
) -> escalation::Question {
    let assignment = order.assignments.last();
    escalation::Question {
        trigger,
        order_type: matter.order_type,
        district: matter.district.map(ToString::to_string),
        street: matter.street.cloned(),
        category: matter.category.cloned(),
        unit: assignment.map(|assignment| assignment.unit.to_string()),
        now: context.now.into(),
        registered_at: matter.registered_at,
        due_at: assignment.map(|assignment| assignment.handle_by.due.due_at.into()),
        extension_count: count(assignment.map_or(0, |it| it.extensions.len())),
        return_count: count(order.returned_by().count()),
        supervised: order
            .supervisions
            .iter()
            .any(|it| it.state != SupervisionState::Accepted),
        priority: order.priority,
    }
}

fn count(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// Narrowest first: the order's district, then the city.
fn scopes(district: Option<&DistrictCode>) -> Vec<String> {
    let mut scopes = Vec::with_capacity(2);
    scopes.extend(
        district
            .map(ToString::to_string)
            .filter(|code| code != CITY),
    );
    scopes.push(CITY.to_owned());
    scopes
}

/// Digest in hex and canonical bytes of a question.
pub(crate) fn canonical(question: &impl Serialize) -> Result<(String, Vec<u8>), Error> {
    let bytes = serde_json::to_vec(question).map_err(Error::Question)?;
    Ok((hex::encode(Sha256::digest(&bytes)), bytes))
}
