//! Why an order stands as it does: what set and moved its clocks, and what can be done about it now,
//! with the article against everything that cannot (Art. 13–30).

use calendar::due_text;
use chrono::{DateTime, Utc};
use lifecycle::command::{CommandKind, StatementEffect};
use lifecycle::event::{AssignmentRole, Event, Recorded};
use lifecycle::ids::{Actor, DistrictCode, OrderId, Role, UnitCode};
use lifecycle::order::WorkOrder;
use lifecycle::rejection::Rejection;

use crate::explain::{Explanation, minute};
use crate::view::DeadlineView;
use crate::{Engine, Error};

/// Why an order stands as it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderExplanation {
    /// The order.
    pub order: OrderId,
    /// Its version.
    pub version: u64,
    /// Where it stands.
    pub stage: &'static str,
    /// When it was explained.
    pub now: DateTime<Utc>,
    /// Version of the calendar in force.
    pub calendar_version: String,
    /// Rule set in force.
    pub rule_set: String,
    /// Every deadline that it has or had, each with how it came about.
    pub deadlines: Vec<DeadlineView>,
    /// What set the clocks, moved them, or left them alone although somebody may think otherwise.
    pub course: Vec<CourseStep>,
    /// What can be done now, and by what everything else is forbidden.
    pub commands: Vec<CommandStanding>,
}

/// Something that happened to the clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseStep {
    /// Position in the journal.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// The article that says so.
    pub article: &'static str,
    /// What it did to the clocks.
    pub explanation: Explanation,
}

/// Whether a command can be given now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandStanding {
    /// Who gives it: `operator`, `unit`, `district`, `channel`.
    pub role: &'static str,
    /// The command.
    pub command: CommandKind,
    /// What forbids it whatever it carries; nothing where it can be given.
    pub forbidden_by: Option<Rejection>,
}

impl Engine {
    /// Explains an order to whoever may read it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Rejected`] for an order of others, [`Error::Store`].
    pub fn explain(&self, order: &OrderId, by: &Actor) -> Result<OrderExplanation, Error> {
        let view = self.view(order, by)?;
        let calendar = self.calendar();
        let now = self.now();
        let context = self.context(now, &calendar);
        let order = view.order;
        let mut commands = Vec::new();
        for (name, role) in roles(&order) {
            let actor = Actor {
                role,
                name: name.to_owned(),
            };
            let standing = lifecycle::forbidden(&order, &actor, &context);
            commands.extend(
                standing
                    .into_iter()
                    // The order is there: nobody asks whether it can be registered.
                    .filter(|(command, _)| *command != CommandKind::Register)
                    .map(|(command, forbidden_by)| CommandStanding {
                        role: name,
                        command,
                        forbidden_by,
                    }),
            );
        }
        Ok(OrderExplanation {
            version: order.version,
            stage: order.stage.name(),
            now,
            calendar_version: calendar.version().to_owned(),
            rule_set: context.rules.version.clone(),
            deadlines: view.deadlines,
            course: view.history.iter().filter_map(course_step).collect(),
            commands,
            order: order.id,
        })
    }
}

/// Whoever has a part in the order by role.
fn roles(order: &WorkOrder) -> Vec<(&'static str, Role)> {
    let unit = order.assignment().map(|it| it.unit.clone());
    let district = order.district.clone();
    [
        Some(("operator", Role::Operator)),
        unit.map(|unit: UnitCode| ("unit", Role::Unit(unit))),
        district.map(|district: DistrictCode| ("district", Role::District(district))),
        Some(("channel", Role::Channel)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What an event did to the clocks; nothing where it has nothing to do with them.
fn course_step(recorded: &Recorded) -> Option<CourseStep> {
    let event = &recorded.event;
    let (article, zh, en) = dispatching(event)
        .or_else(|| returning(event))
        .or_else(|| moving(event))
        .or_else(|| reviewing(event))?;
    let at = minute(recorded.at);
    Some(CourseStep {
        seq: recorded.seq,
        at: recorded.at,
        article,
        explanation: Explanation {
            zh: format!("{at} {zh}"),
            en: format!("{at}: {en}"),
        },
    })
}

/// Article, Chinese, English.
type Said = (&'static str, String, String);

fn dispatching(event: &Event) -> Option<Said> {
    if let Event::Dispatched { unit, role, .. } = event {
        let (article, zh, en) = match role {
            AssignmentRole::Ordinary => ("第十五条", "转派至", "dispatched to"),
            AssignmentRole::Lead => (
                "第十七条第三款",
                "牵头转派至",
                "dispatched, as lead unit, to",
            ),
            AssignmentRole::Determined => (
                "第十八条",
                "协调确定后转派至",
                "dispatched after coordination to",
            ),
            AssignmentRole::Rehandling => ("第二十九条", "发回", "sent back to"),
        };
        return Some((
            article,
            format!("{zh}{unit},下一个工作日0时起算"),
            format!("{en} {unit}; the clock starts at 0:00 of the next working day"),
        ));
    }
    if let Event::SentBack { .. } = event {
        return Some((
            "第二十九条第二款",
            "发回再次办理,期限与首次办理期限相同,不得退回、延期".to_owned(),
            "sent back; the period is that of the first handling, without return or extension"
                .to_owned(),
        ));
    }
    if let Event::InformationSufficient { .. } = event {
        return Some((
            "第十二条",
            "补充信息符合要求,自此登记".to_owned(),
            "the information is there; registered only now".to_owned(),
        ));
    }
    None
}

fn returning(event: &Event) -> Option<Said> {
    let (zh, en) = if let Event::ReturnRequested(_) = event {
        (
            "申请退回,审核期间时限照常计算",
            "a return is applied for; the clock runs while it is decided",
        )
    } else if let Event::ReturnRejected { .. } = event {
        (
            "退回审核不通过,办理时限不重新计算",
            "the return is refused; the period is not recomputed",
        )
    } else if let Event::ReturnApproved { .. } = event {
        (
            "退回审核通过,重新转派后时限重新计算",
            "the return is approved; the next unit's period begins with its receipt",
        )
    } else {
        return None;
    };
    Some(("第十七条第二款", zh.to_owned(), en.to_owned()))
}

fn moving(event: &Event) -> Option<Said> {
    if let Event::Extended { handle_by, .. } = event {
        let due = due_text(handle_by.due.due_at);
        return Some((
            "第十九条",
            format!("办理延期,自前一期限届满之日起算,延至{due}"),
            format!("extended, counted from the end of the period before, until {due}"),
        ));
    }
    if let Event::StatementJudged {
        judgement,
        handle_by,
    } = event
    {
        return Some(match (judgement.effect, handle_by) {
            (StatementEffect::AffectsHandling, Some(handle_by)) => {
                let due = due_text(handle_by.due.due_at);
                (
                    "第二十条第一项",
                    format!("追加情况影响办理,自收到之日起重新计算至{due}"),
                    format!(
                        "an addition affects the handling; counted anew from its receipt, until {due}"
                    ),
                )
            }
            (StatementEffect::AffectsHandling | StatementEffect::DoesNotAffect, _) => (
                "第二十条第二项",
                "追加情况不影响办理,时限不变".to_owned(),
                "an addition does not affect the handling; the clock is unchanged".to_owned(),
            ),
        });
    }
    if let Event::DeadlineRecomputed {
        deadline,
        previous_due_at,
    } = event
    {
        let (before, due) = (due_text(*previous_due_at), due_text(deadline.due.due_at));
        let version = &deadline.due.calendar_version;
        return Some((
            "第十五条",
            format!("按日历{version}重新计算,由{before}变为{due}"),
            format!("recomputed under calendar {version}, from {before} to {due}"),
        ));
    }
    if let Event::Reclassified {
        deadlines: Some(_), ..
    } = event
    {
        return Some((
            "第十五条、第四十五条",
            "更正工单类型,视为重新转派,时限重新计算".to_owned(),
            "the type was corrected; as with a new dispatch, the period begins anew".to_owned(),
        ));
    }
    None
}

fn reviewing(event: &Event) -> Option<Said> {
    let (zh, en) = if let Event::Submitted(_) = event {
        (
            "提交办理情况;审核通过则以此时为止",
            "the report is submitted; if it passes, the clock stopped here",
        )
    } else if let Event::ReviewFailed { .. } = event {
        (
            "审核不通过,时限从未停止",
            "the report failed; the clock has never stopped",
        )
    } else if let Event::ReviewPassed { .. } = event {
        (
            "审核通过,办理用时止于提交之时",
            "the report passed; handling ended with its submission",
        )
    } else {
        return None;
    };
    Some(("第十五条", zh.to_owned(), en.to_owned()))
}
