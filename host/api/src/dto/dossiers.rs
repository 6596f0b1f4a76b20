//! Dossiers as they are shown: the state after a command, the whole view, a line of a list, warnings.

mod contact;

mod requests;

mod shown;

mod words;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use engine::ports::{Delivery as CoreDelivery, DossierSummary, Message as CoreMessage};
use engine::{DossierDeadlineView, DossierView, Warning as CoreWarning};
use lifecycle::dossier::{self, Content, DossierDeadline as CoreDeadline, Recorded};
use lifecycle::effect::Notice;
use lifecycle::ids::{Actor as CoreActor, OrderId, TextId};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dto::deadlines::{DeadlineStatus, Texts};
use crate::dto::deliveries::Delivery;
use crate::dto::history::{Actor, Recipient};
use crate::dto::{Period, Time, in_local_time};

pub use contact::{Contact, ContactPart, NewContact, NewContactPart};
pub(crate) use requests::IntoDossierCommand;
pub use requests::{
    Bulletin, Closing, FinalReport, ListedUnitGiven, Members, MembersRemoved, NewLiaisonFiling,
    NewMatter, NewMeeting, NewPublication, NewSolution, NewTraining, Opinion, Outcome, Plan,
    ProcedureEnd, Progress, Ruling, StaffFiling, StageReport, UnitRemoval,
};
pub use words::{
    DossierDeadlineKind, DossierKind, EmergencyLine, Force, HandOff, MeetingKind, Position,
    ScopeReason, SubmittedTo, Supervisor,
};

/// A dossier as it stands. Exactly one of the members named like kinds is there.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Dossier {
    /// Number of the dossier.
    #[schema(example = "D-20261124-K7Q2M4X9PA")]
    pub id: String,
    /// Number of events so far; also the `ETag`, in quotes.
    pub version: u64,
    /// Its kind.
    pub kind: DossierKind,
    /// Stage by name: `open`, `closed`, `announced`, `filed`, `submitted`, `ruled` or `recorded`.
    #[schema(example = "open")]
    pub stage: &'static str,
    /// When it was opened.
    pub opened_at: Time,
    /// Every deadline that runs now, those that have passed included.
    pub running: Vec<DossierDeadline>,
    /// Deadlines that were missed. Facts; they survive.
    pub missed: Vec<DossierMissed>,
    /// Whether a limit of the law was missed.
    pub overdue: bool,
    /// A long-term matter (Art. 26).
    pub long_term_matter: Option<LongTermMatter>,
    /// A filing of a staff change (Art. 7).
    pub liaison_filing: Option<LiaisonFiling>,
    /// The joint conference's register of a year (Art. 3).
    pub joint_conference: Option<JointConference>,
    /// An entry of a training log (Art. 7).
    pub training: Option<Training>,
    /// A contact that became no order, or several (Art. 2, 10, 11).
    pub contact: Option<Contact>,
    /// What a mechanism for difficult orders submitted (Art. 18).
    pub own_mechanism: Option<OwnMechanism>,
    /// A publication, or a suggestion that came in (Art. 32).
    pub publication: Option<Publication>,
    /// Commands that the caller may give now, by name.
    #[schema(example = json!(["submit_plan", "tell_progress"]))]
    pub allowed: Vec<&'static str>,
}

/// A deadline of a dossier and how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DossierDeadline {
    /// What it is for.
    pub kind: DossierDeadlineKind,
    /// The unit that it is for; null where it is the centre's.
    pub unit: Option<String>,
    /// Rule of the catalogue that sets it.
    #[schema(example = "R53")]
    pub rule: String,
    /// Article of the implementing rules.
    #[schema(example = "第二十六条第二款")]
    pub article: String,
    /// How strictly it binds.
    pub force: Force,
    /// Position in the history of the event that started it.
    pub trigger_seq: u64,
    /// When the period was started; 00:00 where only the day is known.
    pub trigger_at: Time,
    /// Length of the period.
    pub period: Period,
    /// The last instant that is in time.
    pub due_at: Time,
    /// Where the clock starts.
    pub clock_start: Time,
    /// The days counted, in order, for limits in days.
    pub counted: Vec<NaiveDate>,
    /// Whether it may move when the holiday notice of a year is imported.
    pub provisional: bool,
    /// Version of the calendar that it was computed with.
    pub calendar_version: String,
    /// Rule set that it was computed under.
    pub rule_set: String,
    /// Whether that rule set was in force at the trigger.
    pub rule_set_in_force: bool,
}

/// A deadline of a dossier with how it stands and why it is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainedDossierDeadline {
    /// The deadline.
    #[serde(flatten)]
    pub deadline: DossierDeadline,
    /// How it stands.
    pub status: DeadlineStatus,
    /// Working days left, while it runs and has not passed; 0 on the last one.
    pub working_days_left: Option<u16>,
    /// Working days overdue, while it runs and has passed; 0 on the first one.
    pub working_days_overdue: Option<u16>,
    /// How it came about, for people.
    pub explanation: Texts,
}

/// A missed deadline of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DossierMissed {
    /// Which.
    pub deadline: DossierDeadlineKind,
    /// The unit that missed it; null where it was the centre.
    pub unit: Option<String>,
    /// The due instant that was missed.
    pub due_at: Time,
    /// How strictly it binds; only `law` counts as overdue.
    pub force: Force,
}

/// A long-term matter 长期推进事项.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LongTermMatter {
    /// Title.
    pub title: String,
    /// Why it is listed: reference into `texts`.
    pub criteria: Uuid,
    /// The units that it is listed with.
    pub units: Vec<UnitTask>,
    /// Numbers of the orders that belong to it.
    pub orders: Vec<String>,
    /// When it was closed.
    pub closed_at: Option<Time>,
}

/// What one unit does about a long-term matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitTask {
    /// The unit.
    pub unit: String,
    /// Where it stands: `advancing`, `reporting`, `awaiting_opinion`, `feeding_back`, `done` or
    /// `removed`.
    #[schema(example = "advancing")]
    pub stage: &'static str,
    /// When it received the listing.
    pub listed_at: Time,
    /// Its plan: reference into `texts`.
    pub plan: Option<Uuid>,
    /// When it last told the requesters.
    pub progress_at: Option<Time>,
    /// Its latest stage report: reference into `texts`.
    pub stage_report: Option<Uuid>,
}

/// A filing of a change of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LiaisonFiling {
    /// Whose staff.
    pub unit: String,
    /// In which position.
    pub position: Position,
    /// The day on which the change was complete.
    pub completed_on: NaiveDate,
    /// When it was filed.
    pub filed_at: Option<Time>,
    /// Whether that was after its time.
    pub late: Option<bool>,
    /// Staff number of who left.
    pub old_staff: Option<String>,
    /// Staff number of who followed.
    pub new_staff: Option<String>,
    /// Names and numbers: reference into `texts`.
    pub details: Option<Uuid>,
}

/// The joint conference's register of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JointConference {
    /// The year.
    pub year: i32,
    /// Whether it has a plenary of the city's conference.
    pub has_plenary: bool,
    /// The meetings recorded.
    pub meetings: Vec<Meeting>,
}

/// A meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Meeting {
    /// Its kind.
    pub meeting: MeetingKind,
    /// The district whose own mechanism met; null for the city's conference.
    pub district: Option<String>,
    /// The day.
    pub held_on: NaiveDate,
    /// Units that took part.
    pub members: Vec<String>,
    /// What was decided: references into `texts`.
    pub decisions: Vec<Uuid>,
    /// Orders that it was about.
    pub orders: Vec<String>,
}

/// An entry of a unit's training log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Training {
    /// The unit.
    pub unit: String,
    /// The executing body whose staff was trained.
    pub handling_office: Option<String>,
    /// The day.
    pub held_on: NaiveDate,
    /// How many took part.
    pub participants: u32,
    /// What it was about: reference into `texts`.
    pub subject: Uuid,
}

/// What a mechanism for difficult orders submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnMechanism {
    /// The unit whose mechanism it is.
    pub unit: Option<String>,
    /// The district whose mechanism it is.
    pub district: Option<String>,
    /// To whom it was submitted.
    pub to: SubmittedTo,
    /// The solution proposed: reference into `texts`.
    pub solution: Uuid,
    /// Orders that show it.
    pub orders: Vec<String>,
    /// What was decided: reference into `texts`.
    pub ruling: Option<Uuid>,
}

/// A publication, or a suggestion that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Publication {
    /// Title of the page; null for a suggestion.
    pub title: Option<String>,
    /// Where the page is.
    pub address: Option<String>,
    /// From whom the suggestion came; null for a page.
    pub from: Option<Supervisor>,
    /// What the suggestion says: reference into `texts`.
    pub content: Option<Uuid>,
    /// The day of publication or receipt.
    pub on: NaiveDate,
}

/// A dossier after a command.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DossierOutcome {
    /// The dossier.
    #[serde(flatten)]
    pub dossier: Dossier,
    /// The events that came of the command.
    pub events: Vec<DossierEvent>,
}

/// A dossier with everything that explains it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WholeDossier {
    /// The dossier.
    #[serde(flatten)]
    pub dossier: Dossier,
    /// Whether people's own words are masked here.
    pub masked: bool,
    /// The texts that the dossier refers to, by reference; those that were erased are left out.
    #[schema(value_type = Object)]
    pub texts: BTreeMap<String, String>,
    /// Every deadline that it ever had, oldest first, with its explanation.
    pub deadlines: Vec<ExplainedDossierDeadline>,
    /// Everything that happened, oldest first.
    pub history: Vec<DossierEvent>,
    /// Messages about it, oldest first; those to requesters stand with their orders.
    pub messages: Vec<DossierMessage>,
}

/// One entry of a dossier's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DossierEvent {
    /// Position in the journal, from 1 without gaps; the dossier's version after it.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// By whom.
    pub by: Actor,
    /// What happened, such as `matter_listed`, `plan_submitted`, `change_filed` or `deadline_marked`.
    #[schema(example = "plan_submitted")]
    pub event: &'static str,
    /// What belongs to it, as the journal keeps it; texts are references into `texts`. Members are
    /// only ever added.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// A message about a dossier, without its text: whoever shows it fills a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DossierMessage {
    /// Its number.
    pub id: i64,
    /// When it was put into the box.
    pub at: Time,
    /// To whom.
    pub to: Recipient,
    /// What about, such as `listed`, `bulletin`, `overdue` or `reminder`.
    #[schema(example = "listed")]
    pub occasion: String,
    /// What belongs to it, such as the deadline that is meant.
    #[schema(value_type = Object)]
    pub data: Value,
    /// On which ways it went out, and what became of it; none where it stays in the box.
    pub deliveries: Vec<Delivery>,
}

/// A line of a list of dossiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DossierLine {
    /// Number of the dossier.
    pub id: String,
    /// Version.
    pub version: u64,
    /// Kind.
    pub kind: DossierKind,
    /// Stage by name.
    pub stage: String,
    /// Title of a long-term matter.
    pub title: Option<String>,
    /// When it was opened.
    pub opened_at: Time,
    /// The deadline that runs now and ends, or ended, first.
    pub due_at: Option<Time>,
    /// Whether one may move when a holiday notice is imported.
    pub provisional: bool,
    /// Whether a limit of the law was missed.
    pub overdue: bool,
}

/// A page of dossiers, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DossierPage {
    /// The dossiers.
    pub items: Vec<DossierLine>,
    /// `after` of the next page; null on the last one. Also in the `Link` header.
    pub next: Option<String>,
}

/// What the centre should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warnings {
    /// The warnings.
    pub items: Vec<Warning>,
}

/// Something that is missing or late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warning {
    /// The dossier.
    pub dossier: Option<String>,
    /// Which deadline it is about.
    pub deadline: DossierDeadlineKind,
    /// Rule of the catalogue that sets it.
    #[schema(example = "R2")]
    pub rule: &'static str,
    /// Article of the implementing rules.
    #[schema(example = "第三条第一款")]
    pub article: &'static str,
    /// The unit that it is for; null where it is the centre's.
    pub unit: Option<String>,
    /// By when it is, or was, due.
    pub due_at: Time,
    /// Whether that has passed.
    pub passed: bool,
    /// How strictly it binds.
    pub force: Force,
    /// What is missing, for people.
    pub text: Texts,
}

impl Dossier {
    /// A dossier as the actor sees it.
    #[must_use]
    pub fn new(dossier: &dossier::Dossier, by: &CoreActor) -> Self {
        let missed = |missed: &dossier::Missed| DossierMissed {
            deadline: missed.deadline.into(),
            unit: missed.unit.as_ref().map(ToString::to_string),
            due_at: missed.due_at.into(),
            force: missed.force.into(),
        };
        let running = dossier.running_deadlines().into_iter();
        let mut shown = Self {
            id: dossier.id.to_string(),
            version: dossier.version,
            kind: dossier.kind().into(),
            stage: dossier.stage(),
            opened_at: dossier.opened_at.into(),
            running: running.map(Into::into).collect(),
            missed: dossier.missed.iter().map(missed).collect(),
            overdue: dossier.is_overdue(),
            long_term_matter: None,
            liaison_filing: None,
            joint_conference: None,
            training: None,
            contact: None,
            own_mechanism: None,
            publication: None,
            allowed: dossier::allowed(dossier, by)
                .into_iter()
                .map(dossier::CommandKind::name)
                .collect(),
        };
        match &dossier.content {
            Content::LongTermMatter(it) => shown.long_term_matter = Some(it.into()),
            Content::LiaisonFiling(it) => shown.liaison_filing = Some(it.into()),
            Content::JointConference(it) => shown.joint_conference = Some(it.into()),
            Content::Training(it) => shown.training = Some(it.into()),
            Content::Contact(it) => shown.contact = Some(it.into()),
            Content::OwnMechanism(it) => shown.own_mechanism = Some(it.into()),
            Content::Publication(it) => shown.publication = Some(it.into()),
        }
        shown
    }
}

impl WholeDossier {
    /// The view as the actor sees it.
    #[must_use]
    pub fn new(view: DossierView, by: &CoreActor) -> Self {
        let text = |(TextId(id), text): (TextId, String)| (id.to_string(), text);
        Self {
            dossier: Dossier::new(&view.dossier, by),
            masked: view.masked,
            texts: view.texts.into_iter().map(text).collect(),
            deadlines: view.deadlines.into_iter().map(Into::into).collect(),
            history: view.history.iter().map(Into::into).collect(),
            messages: view
                .messages
                .iter()
                .map(|message| DossierMessage::new(message, &view.deliveries))
                .collect(),
        }
    }
}
