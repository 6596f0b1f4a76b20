//! The dispatcher: what a command does to a dossier.

use std::collections::BTreeMap;

use calendar::Calendar;
use chrono::{DateTime, Utc};

use super::command::Command;
use super::draft::Draft;
use super::effect::Effect;
use super::event::Event;
use super::matter::LongTermMatter;
use super::register::{Conference, LiaisonFiling, Submission};
use super::rejection::Rejection;
use super::state::{Content, Dossier, DossierId, DossierKind};
use super::{due, entries, gate, listing, recompute, task};
use crate::directory::Directory;
use crate::ids::{Actor, OrderId, RequesterId, UnitCode};
use crate::ruleset::RuleBook;

/// What every decision is made under.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The instant at which the command is given; the events happen at it.
    pub now: DateTime<Utc>,
    /// The calendar in force.
    pub calendar: &'a Calendar,
    /// The rule sets, by the time of their validity.
    pub rules: &'a RuleBook,
    /// Districts and handling units.
    pub directory: &'a Directory,
}

/// What the shell knows of the orders that a command names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The orders that exist, of those that [`Command::orders`] gives.
    pub orders: BTreeMap<OrderId, OrderFacts>,
}

/// What the shell knows of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFacts {
    /// Who filed it.
    pub requester: RequesterId,
    /// The unit that has it, or had it last.
    pub unit: Option<UnitCode>,
    /// The open long-term matter that it is a member of, if there is one.
    pub matter: Option<DossierId>,
}

/// What a command does: events to be recorded, messages to be put into boxes after the commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// What happened, in order; never empty.
    pub events: Vec<Event>,
    /// Who is told what.
    pub effects: Vec<Effect>,
    /// Orders that have become members, or are none any more: each is to be marked so (R50, R53).
    pub marks: Vec<OrderId>,
}

/// Decides a command, or says why not. `id` is the dossier's number, made by the shell for a new one.
///
/// Checked in this order: permission (role, own dossier), existence, kind, stage, content. A deadline
/// that has passed without its timer having fired yet is marked first, so that no fact depends on how
/// punctual timers are.
///
/// # Errors
/// See [`Rejection`]; nothing has changed then.
pub fn decide(
    id: &DossierId,
    dossier: Option<&Dossier>,
    command: &Command,
    by: &Actor,
    facts: &Facts,
    context: &Context<'_>,
) -> Result<Decision, Rejection> {
    gate::check_permission(dossier, command, by)?;
    let version = dossier.map_or(0, |dossier| dossier.version);
    let mut draft = Draft::new(id, version, by, facts, context);
    match dossier {
        None => open(command, &mut draft)?,
        Some(dossier) => {
            gate::check_stage(dossier, command.kind(), by)?;
            decide_existing(dossier, command, &mut draft)?;
        }
    }
    Ok(draft.finish())
}

/// The commands that make a dossier.
fn open(command: &Command, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    match command {
        Command::ListMatter(new) => listing::list(new, draft),
        Command::AnnounceChange { change, filing } => {
            entries::announce(change, filing.as_ref(), draft)
        }
        Command::OpenRegister { year } => entries::open_register(*year, draft),
        // A meeting opens the register of its year if nothing has.
        Command::RecordMeeting(meeting) => entries::record_first_meeting(meeting, draft),
        Command::RecordTraining(training) => entries::record_training(training, draft),
        Command::RecordContact(contact) => entries::record_contact(contact, draft),
        Command::SubmitSolution(submission) => entries::submit_solution(submission, draft),
        Command::Publish(publication) => entries::publish(publication, draft),
        Command::AddUnit { .. }
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
        | Command::FileChange(_)
        | Command::RecordRuling { .. }
        | Command::MarkDue { .. }
        | Command::RecomputeDeadlines => Err(Rejection::NotOpened),
    }
}

/// Each command at its rule. The gate has checked permission, kind and stage.
fn decide_existing(
    dossier: &Dossier,
    command: &Command,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    match command {
        Command::MarkDue { deadline, unit } => {
            due::mark_due(dossier, *deadline, unit.as_ref(), draft)
        }
        Command::RecomputeDeadlines => recompute::recompute(dossier, draft),
        Command::ListMatter(_)
        | Command::AnnounceChange { .. }
        | Command::OpenRegister { .. }
        | Command::RecordTraining(_)
        | Command::RecordContact(_)
        | Command::SubmitSolution(_)
        | Command::Publish(_) => Err(Rejection::AlreadyOpened),
        Command::RecordMeeting(meeting) => {
            due::lapse(dossier, draft);
            entries::record_meeting(conference(dossier)?.year, meeting, draft)
        }
        Command::FileChange(filing) => {
            due::lapse(dossier, draft);
            entries::file(announced(dossier)?, filing, draft)
        }
        Command::RecordRuling { ruling } => {
            entries::record_ruling(submitted(dossier)?, *ruling, draft);
            Ok(())
        }
        Command::AddUnit { .. }
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
        | Command::CloseMatter { .. } => {
            due::lapse(dossier, draft);
            decide_matter(matter(dossier)?, command, draft)
        }
    }
}

/// What is done about a long-term matter.
fn decide_matter(
    matter: &LongTermMatter,
    command: &Command,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    match command {
        Command::AddUnit { unit } => listing::add_unit(matter, unit, draft),
        Command::RemoveUnit { unit, reason } => listing::remove_unit(matter, unit, *reason, draft),
        Command::AddOrders { orders } => listing::add_orders(matter, orders, draft),
        Command::RemoveOrders { orders } => listing::remove_orders(matter, orders, draft),
        Command::IssueBulletin => listing::issue_bulletin(matter, draft),
        Command::CloseMatter { note } => listing::close(matter, *note, draft),
        Command::SubmitPlan { plan } => task::submit_plan(*plan, draft),
        Command::TellProgress { content } => task::tell_progress(matter, *content, draft),
        Command::ReportStage { report } => task::report_stage(*report, draft),
        Command::EndProcedure { ended_on } => task::end_procedure(*ended_on, draft),
        Command::ReportFinal {
            guiding_department,
            report,
        } => task::report_final(guiding_department, *report, draft),
        Command::RecordOpinion { opinion } => task::record_opinion(*opinion, draft),
        Command::FeedBack { content } => task::feed_back(matter, *content, draft),
        Command::ListMatter(_)
        | Command::AnnounceChange { .. }
        | Command::FileChange(_)
        | Command::OpenRegister { .. }
        | Command::RecordMeeting(_)
        | Command::RecordTraining(_)
        | Command::RecordContact(_)
        | Command::SubmitSolution(_)
        | Command::RecordRuling { .. }
        | Command::Publish(_)
        | Command::MarkDue { .. }
        | Command::RecomputeDeadlines => Err(Rejection::WrongKind {
            kind: DossierKind::LongTermMatter,
            needed: DossierKind::LongTermMatter,
        }),
    }
}

fn matter(dossier: &Dossier) -> Result<&LongTermMatter, Rejection> {
    match &dossier.content {
        Content::LongTermMatter(matter) => Ok(matter),
        Content::LiaisonFiling(_)
        | Content::JointConference(_)
        | Content::Training(_)
        | Content::Contact(_)
        | Content::OwnMechanism(_)
        | Content::Publication(_) => Err(wrong_kind(dossier, DossierKind::LongTermMatter)),
    }
}

fn announced(dossier: &Dossier) -> Result<&LiaisonFiling, Rejection> {
    match &dossier.content {
        Content::LiaisonFiling(filing) => Ok(filing),
        Content::LongTermMatter(_)
        | Content::JointConference(_)
        | Content::Training(_)
        | Content::Contact(_)
        | Content::OwnMechanism(_)
        | Content::Publication(_) => Err(wrong_kind(dossier, DossierKind::LiaisonFiling)),
    }
}

fn conference(dossier: &Dossier) -> Result<&Conference, Rejection> {
    match &dossier.content {
        Content::JointConference(conference) => Ok(conference),
        Content::LongTermMatter(_)
        | Content::LiaisonFiling(_)
        | Content::Training(_)
        | Content::Contact(_)
        | Content::OwnMechanism(_)
        | Content::Publication(_) => Err(wrong_kind(dossier, DossierKind::JointConference)),
    }
}

fn submitted(dossier: &Dossier) -> Result<&Submission, Rejection> {
    match &dossier.content {
        Content::OwnMechanism(mechanism) => Ok(&mechanism.submission),
        Content::LongTermMatter(_)
        | Content::LiaisonFiling(_)
        | Content::JointConference(_)
        | Content::Training(_)
        | Content::Contact(_)
        | Content::Publication(_) => Err(wrong_kind(dossier, DossierKind::OwnMechanism)),
    }
}

fn wrong_kind(dossier: &Dossier, needed: DossierKind) -> Rejection {
    let kind = dossier.kind();
    Rejection::WrongKind { kind, needed }
}
