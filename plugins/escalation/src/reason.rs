//! Reasons in the clerk's language: what happened, and what it asks for.

use sdk::Rating;
use sdk::escalation::{Action, Audience, Priority, Question, Trigger};

/// Why this action.
pub(crate) fn of(action: Action, question: &Question) -> String {
    let what = match action {
        Action::Notify(Audience::HandlingUnit) => match question.trigger {
            Trigger::DueSoon(_) => "提醒承办单位按期办结",
            Trigger::Overdue(_) => "请承办单位尽快办结并说明逾期原因",
            Trigger::Returned(_) => "请承办单位核实职责归属",
            Trigger::RatedBadly(_) => "请承办单位核实不满意原因",
            Trigger::OneOfMany(_) => "请承办单位统一研究处理",
        },
        Action::Notify(Audience::LeaderInCharge) => "请分管领导督促办理",
        Action::Notify(Audience::DistrictOffice) => "请区热线工作机构协调督促",
        Action::Notify(Audience::HotlineCenter) => match question.trigger {
            Trigger::RatedBadly(_) => "请热线中心回访并登记原因",
            Trigger::DueSoon(_)
            | Trigger::Overdue(_)
            | Trigger::Returned(_)
            | Trigger::OneOfMany(_) => "请热线中心关注",
        },
        Action::Supervise => "建议列为督办事项，限期办结（第二十五条）",
        Action::RaisePriority(Priority::Urgent) => "建议按特急件办理",
        Action::RaisePriority(Priority::High) => "建议优先办理",
        Action::RaisePriority(Priority::Normal) => "建议恢复一般优先级",
        Action::OpenCoordination => "建议启动疑难工单协调办理机制（第十八条）",
        Action::ListLongTerm => "建议列为长期推进事项（第二十六条）",
    };
    format!("{}，{what}", happened(question))
}

/// What made the host ask.
fn happened(question: &Question) -> String {
    let extended = match question.extension_count {
        0 => String::new(),
        n => format!("（已延期{n}次）"),
    };
    match question.trigger {
        Trigger::DueSoon(0) => format!("办理期限今日24时届满{extended}"),
        Trigger::DueSoon(days) => format!("距办理期限届满还有{days}个工作日{extended}"),
        Trigger::Overdue(days) => {
            format!(
                "已逾期，今日为逾期第{}个工作日{extended}",
                u32::from(days) + 1
            )
        }
        Trigger::Returned(times) => format!("工单已被退回{times}次"),
        Trigger::RatedBadly(rating) => format!("诉求人评价为“{}”", rating_name(rating)),
        Trigger::OneOfMany(orders) => format!("同一事项现有{orders}件未办结工单"),
    }
}

/// The regulation's own words (Art. 27).
fn rating_name(rating: Rating) -> &'static str {
    match rating {
        Rating::VerySatisfied => "非常满意",
        Rating::Satisfied => "满意",
        Rating::BasicallySatisfied => "基本满意",
        Rating::Dissatisfied => "不满意",
        Rating::VeryDissatisfied => "非常不满意",
    }
}
