//! Closed sets of words about the knowledge base, as they stand in JSON, each with its Chinese meaning.

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::dto::vocabulary::vocabulary;

vocabulary! {
    /// Kind of knowledge point, which sets its longest validity (Art. 35).
    PointKind = contract::knowledge::PointKind {
        Policy = "policy" "政策法规，最长五年",
        ServiceGuide = "service_guide" "办事指南，最长一年",
        AnswerScript = "answer_script" "具体事项答复口径，最长六个月",
        Interpretation = "interpretation" "业务解读及其他，最长一年",
    }

    /// How two points belong together.
    RelationKind = knowledge_base::point::RelationKind {
        SeeAlso = "see_also" "参见",
        Explains = "explains" "解读或者落实",
        Replaces = "replaces" "替代",
    }

    /// How much a finding of a check weighs.
    Severity = contract::knowledge::Severity {
        Block = "block" "不得发布",
        Warn = "warn" "提醒",
    }

    /// What a deadline of the knowledge base is for.
    KnowledgeDeadlineKind = knowledge_base::deadline::DeadlineKind {
        Expiry = "expiry" "知识点有效期（第三十五条）",
        Feedback = "feedback" "知识点反馈答复期限（第三十六条第二款）",
        EmergencyFeedback = "emergency_feedback" "突发事件知识点反馈答复期限（第三十六条第二款）",
        OutageScript = "outage_script" "提供应答口径的期限（第三十八条）",
        OutageUpdate = "outage_update" "通报故障进展的期限（第三十八条）",
    }

    /// Which side keeps a point (Art. 33(2)).
    Keeper = knowledge_base::point::Keeper {
        Owner = "owner" "责任单位",
        Center = "center" "热线中心",
    }

    /// What is the matter with a point (Art. 36(1)).
    Fault = knowledge_base::feedback::Fault {
        Error = "error" "内容错误",
        Gap = "gap" "内容遗漏",
        Expired = "expired" "内容过期",
        Unclear = "unclear" "表述不清",
        NewPoint = "new_point" "需采编新知识点",
    }

    /// How soon a unit answers a feedback (Art. 36(2)).
    Urgency = knowledge_base::feedback::Urgency {
        Ordinary = "ordinary" "知识点反馈，2个工作日",
        Emergency = "emergency" "突发事件知识点反馈，1个工作日",
    }

    /// The five kinds of change that are announced in advance (Art. 37(2)).
    ChangeKind = knowledge_base::change::ChangeKind {
        NormativeDocument = "normative_document" "对企业和群众影响较大的规范性文件、通告",
        BusinessRule = "business_rule" "业务量大、涉及待遇或者资格的业务规则调整",
        TechnicalInformation = "technical_information" "专业性强、难理解、易误读的信息推送",
        QueryChannel = "query_channel" "使用量大的信息系统、服务窗口等查询渠道变动",
        Other = "other" "其他可能引发集中咨询的情形",
    }

    /// The joint measures about a change (Art. 37(1)).
    MeasureKind = knowledge_base::change::MeasureKind {
        UpdatePoints = "update_points" "及时更新热线知识库",
        TrainAgents = "train_agents" "培训热线话务人员",
        SupportOnSite = "support_on_site" "现场话务支撑",
        RespondToConcentratedRequests = "respond_to_concentrated_requests" "及时回应集中诉求",
        PublishInterpretation = "publish_interpretation" "主动发布政策解读信息",
    }
}

/// Kind of entry of the knowledge base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// 知识点.
    Point,
    /// 知识点反馈.
    Feedback,
    /// 业务变动预告.
    Change,
    /// 系统故障.
    Outage,
}

impl From<&knowledge_base::ids::Id> for EntryKind {
    fn from(id: &knowledge_base::ids::Id) -> Self {
        use knowledge_base::ids::Id;
        match id {
            Id::Point(_) => Self::Point,
            Id::Feedback(_) => Self::Feedback,
            Id::Change(_) => Self::Change,
            Id::Outage(_) => Self::Outage,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_domain() {
        for kind in knowledge_base::deadline::DeadlineKind::ALL {
            assert_eq!(KnowledgeDeadlineKind::from(kind).word(), kind.name());
        }
        for kind in knowledge_base::point::RelationKind::ALL {
            assert_eq!(RelationKind::from(kind).word(), kind.name());
        }
        let word = |value| serde_json::to_value(value).unwrap();
        let measure = knowledge_base::change::MeasureKind::RespondToConcentratedRequests;
        assert_eq!(word(measure), MeasureKind::from(measure).word());
        let kind = contract::knowledge::PointKind::ServiceGuide;
        assert_eq!(
            serde_json::to_value(kind).unwrap(),
            PointKind::from(kind).word()
        );
    }
}
