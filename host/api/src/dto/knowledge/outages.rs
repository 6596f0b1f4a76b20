//! Outages of units' sites and apps (Art. 38, R70): what is sent, and how they are shown.

use engine::Texts;
use knowledge_base::Command;
use knowledge_base::ids::PointId;
use knowledge_base::outage::{self, Support as CoreSupport};
use lifecycle::ids::UnitCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::content::Attachment;
use super::requests::IntoKnowledgeCommand;
use super::{KnowledgeDeadline, reference};
use crate::dto::{Line, Time, Words};
use crate::problem::{Problem, codes};

/// What is known of an outage.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutageState {
    /// 故障原因, once it is known.
    pub cause: Option<Words>,
    /// 受影响的业务范围.
    pub affected: Words,
    /// 恢复时间, once it can be foreseen.
    pub recovery_at: Option<Time>,
}

impl From<OutageState> for outage::Progress {
    fn from(state: OutageState) -> Self {
        Self {
            cause: state.cause.map(Into::into),
            affected: state.affected.into(),
            recovery_at: state.recovery_at.map(Into::into),
        }
    }
}

/// A report that a service is down.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOutage {
    /// Code of the unit whose service it is.
    #[schema(value_type = String, example = "GZ-CGJ")]
    pub unit: UnitCode,
    /// Name of the site or app.
    pub system: Line,
    /// Since when, if that is known.
    pub started_at: Option<Time>,
    /// What is known of it.
    pub state: OutageState,
}

impl IntoKnowledgeCommand for NewOutage {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Outage(outage::Command::Report(outage::Report {
            unit: self.unit,
            system: self.system.into(),
            started_at: self.started_at.map(Into::into),
            progress: self.state.into(),
        }))
    }
}

impl IntoKnowledgeCommand for OutageState {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Outage(outage::Command::Correct(self.into()))
    }
}

/// What was published on a home page (Art. 38): each part as it stands there.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutageNotice {
    /// Address of the page, or name of the account.
    pub page: String,
    /// When it was published.
    pub published_at: Time,
    /// 故障原因.
    pub cause: String,
    /// 故障时间.
    pub time: String,
    /// 受影响的业务范围.
    pub affected: String,
    /// 恢复时间, be it that nobody can tell yet.
    pub recovery: String,
    /// A picture of the page.
    #[serde(default)]
    pub screenshot: Option<Attachment>,
}

impl IntoKnowledgeCommand for OutageNotice {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Outage(outage::Command::PublishNotice(outage::Notice {
            page: self.page,
            published_at: self.published_at.into(),
            cause: self.cause,
            time: self.time,
            affected: self.affected,
            recovery: self.recovery,
            screenshot: self.screenshot.map(Into::into),
        }))
    }
}

/// What agents answer 应答口径.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutageScript {
    /// The words.
    pub text: Words,
    /// Number of the point that has it, if it became one.
    #[schema(value_type = Option<String>)]
    pub point: Option<PointId>,
}

impl From<OutageScript> for outage::Script {
    fn from(script: OutageScript) -> Self {
        Self {
            text: script.text.into(),
            point: script.point,
        }
    }
}

impl IntoKnowledgeCommand for OutageScript {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::Outage(outage::Command::ProvideScript(self.into()))
    }
}

/// By what a unit supports the answers in the second stage (Art. 38).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutageSupport {
    /// 更新应答口径: by a new script.
    Script,
    /// 到话务场地支撑应答: its staff sit with the agents.
    OnSite,
    /// The script that there is still holds.
    Unchanged,
}

/// What a unit tells the centre in the second stage.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutageProgress {
    /// How it goes.
    pub progress: Words,
    /// By what the answers are supported.
    pub support: OutageSupport,
    /// The new script; with `script`, and only there.
    pub script: Option<OutageScript>,
}

impl IntoKnowledgeCommand for OutageProgress {
    fn into_command(self, texts: &mut Texts) -> Command {
        let support = match (self.support, self.script) {
            (OutageSupport::Script, Some(script)) => CoreSupport::Script(script.into()),
            (OutageSupport::OnSite, _) => CoreSupport::OnSite,
            // `check` has refused `script` without one.
            (OutageSupport::Unchanged | OutageSupport::Script, _) => CoreSupport::Unchanged,
        };
        Command::Outage(outage::Command::TellProgress {
            progress: texts.add(self.progress.into()),
            support,
        })
    }

    fn check(&self) -> Result<(), Problem> {
        let fault = match (self.support, &self.script) {
            (OutageSupport::Script, None) => "is missing; `script` gives the new one",
            (OutageSupport::OnSite | OutageSupport::Unchanged, Some(_)) => {
                "goes with `script` only"
            }
            (OutageSupport::Script, Some(_))
            | (OutageSupport::OnSite | OutageSupport::Unchanged, None) => return Ok(()),
        };
        Err(Problem::field(codes::INVALID_FIELD, "script", fault))
    }
}

/// That a service works again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutageEnd {
    /// Since when.
    pub ended_at: Time,
    /// Closing note.
    pub note: Option<Words>,
}

impl IntoKnowledgeCommand for OutageEnd {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::Outage(outage::Command::End {
            ended_at: self.ended_at.into(),
            note: self.note.map(|note| texts.add(note.into())),
        })
    }
}

/// An outage as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Outage {
    /// Name of the site or app.
    pub system: String,
    /// Since when, if that is known.
    pub started_at: Option<Time>,
    /// When it was reported.
    pub reported_at: Time,
    /// From when its time counts.
    pub counts_from: Time,
    /// The cause, once it is known.
    pub cause: Option<String>,
    /// What it affects.
    pub affected: String,
    /// When it will work again, once that can be foreseen.
    pub recovery_at: Option<Time>,
    /// What was published, latest last.
    pub notices: Vec<OutageNotice>,
    /// By when the first answer script is due.
    pub script_by: KnowledgeDeadline,
    /// Whether it was late, once that is known.
    pub script_late: Option<bool>,
    /// The answer scripts, latest last.
    pub scripts: Vec<ShownScript>,
    /// From when it is in its second stage, if it lasts.
    pub second_stage_at: Time,
    /// By when the next update is due, once it is.
    pub update_by: Option<KnowledgeDeadline>,
    /// What the unit told the centre, latest last.
    pub updates: Vec<ShownUpdate>,
    /// Since when it works again.
    pub ended_at: Option<Time>,
}

/// An answer script as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = GivenOutageScript)]
pub struct ShownScript {
    /// The words.
    pub text: String,
    /// The point that has it.
    pub point: Option<String>,
    /// When it was given; null where it came with an update.
    pub at: Option<Time>,
}

/// What a unit told the centre, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = GivenOutageProgress)]
pub struct ShownUpdate {
    /// When.
    pub at: Time,
    /// How it goes: reference into `texts`.
    pub progress: Uuid,
    /// By what the answers are supported.
    pub support: OutageSupport,
    /// The new script.
    pub script: Option<ShownScript>,
}

impl From<&outage::Outage> for Outage {
    fn from(it: &outage::Outage) -> Self {
        Self {
            system: it.report.system.clone(),
            started_at: it.report.started_at.map(Into::into),
            reported_at: it.reported_at.into(),
            counts_from: it.counts_from.into(),
            cause: it.progress.cause.clone(),
            affected: it.progress.affected.clone(),
            recovery_at: it.progress.recovery_at.map(Into::into),
            notices: it.notices.iter().map(Into::into).collect(),
            script_by: (&it.script_by).into(),
            script_late: it.is_script_late(),
            scripts: it
                .scripts
                .iter()
                .map(|(script, at)| ShownScript::new(script, Some((*at).into())))
                .collect(),
            second_stage_at: it.second_stage_at.into(),
            update_by: it.update_by.as_ref().map(Into::into),
            updates: it.updates.iter().map(Into::into).collect(),
            ended_at: it.ended_at.map(Into::into),
        }
    }
}

impl From<&outage::Notice> for OutageNotice {
    fn from(notice: &outage::Notice) -> Self {
        Self {
            page: notice.page.clone(),
            published_at: notice.published_at.into(),
            cause: notice.cause.clone(),
            time: notice.time.clone(),
            affected: notice.affected.clone(),
            recovery: notice.recovery.clone(),
            screenshot: notice.screenshot.as_ref().map(Into::into),
        }
    }
}

impl ShownScript {
    fn new(script: &outage::Script, at: Option<Time>) -> Self {
        Self {
            text: script.text.clone(),
            point: script.point.as_ref().map(ToString::to_string),
            at,
        }
    }
}

impl From<&outage::Update> for ShownUpdate {
    fn from(update: &outage::Update) -> Self {
        let (support, script) = match &update.support {
            CoreSupport::Script(script) => {
                let script = ShownScript::new(script, None);
                (OutageSupport::Script, Some(script))
            }
            CoreSupport::OnSite => (OutageSupport::OnSite, None),
            CoreSupport::Unchanged => (OutageSupport::Unchanged, None),
        };
        Self {
            at: update.at.into(),
            progress: reference(update.progress),
            support,
            script,
        }
    }
}
