//! What the law says to a command: every objection there is, or what the order is afterwards.

mod handling;

mod intake;

mod rating;

mod time;

mod units;

use lifecycle::command::{Command, CommandKind as Kind, Evidence, Identity, RequesterTold};
use lifecycle::ids::{Actor, Role};

use crate::gate;
use crate::model::{At, Call, Env, Model, Stage, counted_calls};

pub(crate) use intake::register;

/// Codes of rejections; any of them is a right answer.
pub(crate) type Objections = Vec<&'static str>;

/// Gives a command to an order that exists.
pub(crate) fn give(
    order: &Model,
    command: &Command,
    by: &Actor,
    env: &Env<'_>,
) -> Result<Model, Objections> {
    if let Some(codes) = gate::refusal(Some(order), command.kind(), by) {
        return Err(codes);
    }
    let objections = order.objections(command, by, env);
    if !objections.is_empty() {
        return Err(objections);
    }
    let mut order = order.clone();
    if order.lapses_before(command) {
        order.lapse(env);
    }
    order.take(command, by, env);
    Ok(order)
}

impl Model {
    /// Whether what is over is put on record first. Commands that only mark the order, or that stand
    /// where no deadline can be lost, leave that to the timers.
    fn lapses_before(&self, command: &Command) -> bool {
        match command.kind() {
            Kind::Conceal
            | Kind::FlagConduct
            | Kind::SetPriority
            | Kind::ListLongTerm
            | Kind::CountAlike
            | Kind::LinkOrders
            | Kind::RateService
            | Kind::DismissProposal
            | Kind::RecordInformationNotice
            | Kind::SupplyInformation
            | Kind::AssessInformation
            | Kind::CloseIncomplete
            | Kind::RecordDelivery
            | Kind::Rate
            | Kind::RecordFollowUp
            | Kind::SendBack
            | Kind::CloseDissatisfied
            | Kind::FileDiligenceStatement
            | Kind::Review => false,
            // Art. 27(2): in time is what was sent in time.
            Kind::RecordRatingOffer => match (command, &self.stage) {
                (Command::RecordRatingOffer(offer), Stage::Offer { by }) => offer.sent_at > by.due,
                _ => false,
            },
            _ => true,
        }
    }

    fn objections(&self, command: &Command, by: &Actor, env: &Env<'_>) -> Objections {
        let mut no = Objections::new();
        self.object_to_intake(command, by, env, &mut no);
        self.object_to_units(command, by, env, &mut no);
        self.object_to_handling(command, by, env, &mut no);
        self.object_to_rating(command, env, &mut no);
        self.object_to_time(command, env, &mut no);
        no
    }

    fn take(&mut self, command: &Command, by: &Actor, env: &Env<'_>) {
        self.take_intake(command, env);
        self.take_units(command, by, env);
        self.take_handling(command, env);
        self.take_rating(command, env);
        self.take_time(command, env);
    }
}

/// Objects with a code where something is so.
fn object(no: &mut Objections, is_so: bool, code: &'static str) {
    if is_so {
        no.push(code);
    }
}

fn blank(evidence: &Evidence) -> bool {
    evidence.reference.trim().is_empty()
}

/// Art. 9(3): the number or account of the request, or somebody whom the centre has verified.
fn object_to_identity(identity: Identity, by: &Actor, no: &mut Objections) {
    let is_requester = match identity {
        Identity::SameAccount => true,
        Identity::Verified { .. } => by.role == Role::Operator,
        Identity::Other => false,
    };
    object(no, !is_requester, "not-the-requester");
}

/// Three counted calls, or the requester is not unreachable; made since there was something to say.
fn object_to_unreachable(calls: &[Call], since: Option<At>, env: &Env<'_>, no: &mut Objections) {
    if counted_calls(calls, since, env.options.attempt_gap) < 3 {
        no.extend(["too-few-contact-attempts", "requester-was-reached"]);
    }
}

/// Whether the requester was told between two instants, with a record, or could not be reached.
fn object_to_told(
    told: &RequesterTold,
    since: At,
    calls: &[Call],
    env: &Env<'_>,
    no: &mut Objections,
) {
    match told {
        RequesterTold::Told { at, evidence, .. } => {
            object(no, *at > env.now || *at < since, "impossible-time");
            object(no, blank(evidence), "missing-field");
        }
        RequesterTold::Unreachable => object_to_unreachable(calls, Some(since), env, no),
    }
}
