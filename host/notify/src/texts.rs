//! What people read, in one table: a row for every notice, a closing line for every recipient.
//!
//! A text to the requester tells of their own order only, and may hold what the staff wrote to them. A
//! text to anybody else names the order by its number and nobody by name: what was said, by whom, and a
//! rule's reasons stand in the order itself, behind the access rules (Art. 43).

use calendar::due_text;
use chrono::{DateTime, Utc};
use contract::types::OrderType;
use engine::ports::Outgoing;
use lifecycle::deadline::DeadlineKind;
use lifecycle::dossier::DossierDeadlineKind;
use lifecycle::effect::{Notice, Recipient};
use lifecycle::knowledge::DeadlineKind as KnowledgeDeadlineKind;

mod dossiers;

mod knowledge;

mod orders;

/// A text to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Subject line.
    pub subject: String,
    /// Everything else; begins with a greeting to requesters.
    pub body: String,
}

/// A row of the table. Filled in are `{order}`, `{type}`, `{unit}`, `{dossier}`, `{entry}`, `{deadline}` (what it
/// is for), `{until}` (when it ends) and, for requesters alone, `{words}` (what the staff wrote to them).
struct Row {
    /// Subject line.
    title: &'static str,
    /// To the requester.
    requester: &'static str,
    /// To everybody else.
    staff: &'static str,
    /// The deadline that is meant.
    deadline: Option<Term>,
}

/// A deadline.
#[derive(Clone, Copy)]
enum Term {
    /// One of the order's; its end is told at the end of the text, if it runs.
    Running(DeadlineKind),
    /// The handling period, with its end as the notice has it.
    Until(DateTime<Utc>),
    /// One of a dossier's.
    Dossier(DossierDeadlineKind),
    /// One of an entry of the knowledge base.
    Knowledge(KnowledgeDeadlineKind),
}

/// What a requester is told by a notice that is not meant for requesters, and that does no harm.
const IN_HAND: &str = "您的诉求正在办理。";
/// Stands for words that were erased, or are not for this recipient.
const WORDS_ELSEWHERE: &str = "详情请查询";

impl Row {
    /// A row without a deadline.
    const fn new(title: &'static str, requester: &'static str, staff: &'static str) -> Self {
        Self {
            title,
            requester,
            staff,
            deadline: None,
        }
    }

    /// The same, about a deadline.
    const fn about(mut self, deadline: Term) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The same, about one of the order's deadlines.
    const fn by(self, deadline: DeadlineKind) -> Self {
        self.about(Term::Running(deadline))
    }
}

/// What the recipient is asked to do, after everything else.
const fn closing(to: &Recipient) -> &'static str {
    match to {
        Recipient::Requester => "可拨打12345或通过原渠道查询。",
        Recipient::Unit(_) => "请登录热线平台查看并办理。",
        Recipient::LeaderInCharge(_) => "请{unit}分管领导督促。",
        Recipient::DistrictOffice(_) => "请区热线工作机构跟进督促。",
        Recipient::Center => "请热线中心在平台查看。",
        Recipient::Adviser(_) => "请{unit}登录热线平台查看并反馈意见。",
    }
}

const fn deadline_name(deadline: Term) -> &'static str {
    match deadline {
        Term::Running(kind) => match kind {
            DeadlineKind::Dispatch => "转派",
            DeadlineKind::Verification => "核实",
            DeadlineKind::Handling => "办理",
            DeadlineKind::RatingOffer => "提供评价渠道",
            DeadlineKind::Rating => "评价",
            DeadlineKind::Information => "补充信息",
            DeadlineKind::Assistance => "明确协办单位",
            DeadlineKind::Opinion => "反馈指导意见",
            DeadlineKind::DiligenceStatement => "提交尽职说明",
            DeadlineKind::Supervision => "反馈督办情况",
            DeadlineKind::GuidanceFeedback => "反馈指导情况",
        },
        Term::Until(_) => "办理",
        Term::Dossier(kind) => match kind {
            DossierDeadlineKind::Filing => "备案",
            DossierDeadlineKind::Bulletin => "定期通报",
            DossierDeadlineKind::Plan => "制定工作计划",
            DossierDeadlineKind::Progress => "反馈进展",
            DossierDeadlineKind::FinalReport => "报告最终情况",
            DossierDeadlineKind::Feedback => "反馈结果",
            DossierDeadlineKind::Plenary => "召开联席会议全体会议",
        },
        Term::Knowledge(kind) => match kind {
            KnowledgeDeadlineKind::Expiry => "有效",
            KnowledgeDeadlineKind::Feedback => "答复知识点反馈",
            KnowledgeDeadlineKind::EmergencyFeedback => "答复突发事件知识点反馈",
            KnowledgeDeadlineKind::OutageScript => "提供应答口径",
            KnowledgeDeadlineKind::OutageUpdate => "反馈故障进展",
        },
    }
}

const fn type_name(order_type: OrderType) -> &'static str {
    match order_type {
        OrderType::Consultation => "咨询",
        OrderType::Complaint => "投诉",
        OrderType::ViolationReport => "举报",
        OrderType::HelpRequest => "求助",
        OrderType::Suggestion => "意见建议",
        OrderType::Commendation => "表扬",
    }
}

/// The text of a message.
#[must_use]
pub fn text(outgoing: &Outgoing) -> Text {
    let notification = &outgoing.message.notification;
    let row = orders::row(&notification.about);
    let (order, number, said) = match &notification.to {
        Recipient::Requester => {
            let order = outgoing.message.subject.number();
            let said = format!("【广州12345热线】您好，{}工单号{{order}}。", row.requester);
            (order, order, said)
        }
        Recipient::Unit(_)
        | Recipient::LeaderInCharge(_)
        | Recipient::DistrictOffice(_)
        | Recipient::Center
        | Recipient::Adviser(_) => {
            let order = outgoing.message.subject.number();
            (
                order,
                beside(outgoing).unwrap_or(order),
                row.staff.to_owned(),
            )
        }
    };
    let body = format!("{said}{{end}}{}", closing(&notification.to));
    Text {
        subject: format!("{} {number}", row.title),
        body: fill(&body, order, outgoing, row.deadline),
    }
}

/// The number of the dossier or the entry of the knowledge base that a notice is about.
fn beside(outgoing: &Outgoing) -> Option<&str> {
    let about = &outgoing.message.notification.about;
    if let Notice::Dossier(notice) = about {
        Some(notice.dossier.as_str())
    } else if let Notice::Knowledge(notice) = about {
        Some(notice.id.as_str())
    } else {
        None
    }
}

/// When a deadline ends, as a sentence of its own.
fn end(outgoing: &Outgoing, deadline: Option<Term>) -> Option<String> {
    let Some(Term::Running(kind)) = deadline else {
        return None;
    };
    let mut running = outgoing.deadlines.iter();
    let (_, at) = running.find(|(running, _)| *running == kind)?;
    let name = deadline_name(Term::Running(kind));
    Some(format!("{name}期限至{}。", due_text(*at)))
}

fn fill(template: &str, order: &str, outgoing: &Outgoing, deadline: Option<Term>) -> String {
    let until = match deadline {
        Some(Term::Until(at)) => due_text(at),
        Some(Term::Running(_) | Term::Dossier(_) | Term::Knowledge(_)) | None => String::new(),
    };
    let words = outgoing.requester.as_ref();
    let words = words.and_then(|requester| requester.words.as_deref());
    template
        .replace("{end}", &end(outgoing, deadline).unwrap_or_default())
        .replace("{order}", order)
        .replace("{type}", outgoing.order_type.map_or("", type_name))
        .replace("{unit}", outgoing.unit.as_deref().unwrap_or("承办单位"))
        .replace("{deadline}", deadline.map_or("", deadline_name))
        .replace("{until}", &until)
        .replace("{dossier}", beside(outgoing).unwrap_or_default())
        .replace("{entry}", beside(outgoing).unwrap_or_default())
        // Last: what stands in somebody's words is filled in no more.
        .replace("{words}", words.unwrap_or(WORDS_ELSEWHERE))
}
