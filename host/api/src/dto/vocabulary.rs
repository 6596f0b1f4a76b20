//! Closed sets of words, as they stand in JSON, each with its Chinese meaning.

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Mirrors an enumeration of the core, so that a word can be documented and never changes by accident.
/// Both conversions name every variant, so a new one in the core does not compile until it has a word.
macro_rules! vocabulary {
    ($($(#[doc = $doc:literal])+ $name:ident = $original:ty {
        $($variant:ident = $word:literal $meaning:literal,)+
    })+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $(
                #[doc = $meaning]
                #[serde(rename = $word)]
                $variant,
            )+
        }

        impl $name {
            /// The word, as in JSON.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl From<$original> for $name {
            fn from(value: $original) -> Self {
                match value {
                    $(<$original>::$variant => Self::$variant,)+
                }
            }
        }

        impl From<$name> for $original {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$variant => Self::$variant,)+
                }
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let description = concat!(
                    $($doc, "\n",)+
                    $("\n- `", $word, "`: ", $meaning,)+
                );
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some([$($word),+]))
                    .description(Some(description.trim()))
                    .into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

vocabulary! {
    /// Type of the matter (Art. 45).
    OrderType = contract::types::OrderType {
        Consultation = "consultation" "咨询",
        Complaint = "complaint" "投诉",
        ViolationReport = "violation_report" "举报",
        HelpRequest = "help_request" "求助",
        Suggestion = "suggestion" "意见建议",
        Commendation = "commendation" "表扬",
    }

    /// How the matter came in (Art. 12).
    Channel = contract::types::Channel {
        Phone = "phone" "电话",
        Online = "online" "网络",
    }

    /// One of the five options of Art. 27.
    Rating = contract::types::Rating {
        VerySatisfied = "very_satisfied" "非常满意",
        Satisfied = "satisfied" "满意",
        BasicallySatisfied = "basically_satisfied" "基本满意",
        Dissatisfied = "dissatisfied" "不满意",
        VeryDissatisfied = "very_dissatisfied" "非常不满意",
    }

    /// Which question a rule answers.
    Question = contract::about::Kind {
        Routing = "routing" "由哪个单位承办",
        Escalation = "escalation" "是否需要提醒、督办",
        Knowledge = "knowledge" "知识点是否可以发布",
    }

    /// What came of a call (Art. 12, 21). Busy, switched off and empty numbers count as unanswered.
    ContactResult = lifecycle::command::ContactResult {
        Unanswered = "unanswered" "无人接听",
        Answered = "answered" "已接听",
    }

    /// How the requester was told (Art. 21).
    ReplyMethod = lifecycle::command::ReplyMethod {
        Phone = "phone" "电话",
        Sms = "sms" "短信",
        Writing = "writing" "书面",
        Other = "other" "其他适当方式",
    }

    /// A kind of reply evidence (Art. 21).
    EvidenceKind = lifecycle::command::EvidenceKind {
        Recording = "recording" "电话录音",
        CallLog = "call_log" "通话记录",
        SmsLog = "sms_log" "短信记录",
        Document = "document" "书面材料",
    }

    /// How a dissatisfied requester is called back (Art. 28).
    FollowUpMethod = lifecycle::command::FollowUpMethod {
        Phone = "phone" "电话",
        Sms = "sms" "短信",
        Internet = "internet" "互联网",
    }

    /// What a deadline is for.
    DeadlineKind = lifecycle::deadline::DeadlineKind {
        Dispatch = "dispatch" "转派期限（第十三条）",
        Verification = "verification" "核查期限（第十六条）",
        Handling = "handling" "办理期限（第十四条）",
        RatingOffer = "rating_offer" "提供评价渠道的期限（第二十七条第二项）",
        Rating = "rating" "评价期限（第二十七条第三项）",
    }

    /// Why a person must route an order.
    QueueReason = lifecycle::event::QueueReason {
        NoRule = "no_rule" "没有适用的规则",
        NoOpinion = "no_opinion" "规则均无意见",
        RulesFailed = "rules_failed" "规则运行失败或拒绝回答",
        LowScore = "low_score" "首选单位得分过低",
        TooClose = "too_close" "首选与次选单位过于接近",
        UnknownUnit = "unknown_unit" "建议单位不在承办单位名录中",
        MaybeAnswerable = "maybe_answerable" "咨询类，先看知识库能否直接答复",
        NotAsked = "not_asked" "未询问规则",
    }

    /// Who chose the handling unit.
    DispatchChoice = lifecycle::event::DispatchChoice {
        Person = "person" "人工",
        Advice = "advice" "规则建议",
        System = "system" "系统",
    }

    /// How an order ended.
    CloseCode = lifecycle::event::CloseCode {
        AnsweredDirectly = "CR01" "直接答复",
        CommendationRead = "CR08" "表扬，单位已阅",
        RatedSatisfied = "CR12" "评价满意",
        NotRated = "CR13" "未评价",
        NotSentBack = "CR15" "不满意，经回访不再办理",
    }

    /// Why a rule gave no usable answer.
    FailureKind = lifecycle::advice::FailureKind {
        Trapped = "trapped" "规则运行异常",
        OutOfFuel = "out_of_fuel" "超出计算限额",
        TimedOut = "timed_out" "超时",
        OutOfMemory = "out_of_memory" "超出内存限额",
        ResultTooLarge = "result_too_large" "结果过大",
        InvalidAnswer = "invalid_answer" "结果不符合约定",
        Overloaded = "overloaded" "系统繁忙，未能运行",
    }

    /// What can be asked of an order.
    CommandName = lifecycle::command::CommandKind {
        Register = "register" "登记",
        AnswerDirectly = "answer_directly" "直接答复",
        Route = "route" "询问派单规则",
        Dispatch = "dispatch" "转派",
        AcceptDuty = "accept_duty" "确认属本单位职责",
        RecordContactAttempt = "record_contact_attempt" "记录联系诉求人",
        RecordReply = "record_reply" "记录回复诉求人",
        Submit = "submit" "提交办理情况",
        Review = "review" "审核",
        RecordRatingOffer = "record_rating_offer" "记录已提供评价渠道",
        Rate = "rate" "评价",
        RecordFollowUp = "record_follow_up" "记录回访",
        CloseDissatisfied = "close_dissatisfied" "不满意办结",
        MarkDue = "mark_due" "标记到期",
        RecomputeDeadlines = "recompute_deadlines" "重新计算期限",
    }

    /// Why no deadline runs.
    NoDeadline = lifecycle::order::NoDeadline {
        UnderReview = "under_review" "正在审核，法规未设期限",
        FollowUp = "follow_up" "等待回访，法规未设期限",
        Closed = "closed" "已办结",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_core() {
        for kind in lifecycle::command::CommandKind::ALL {
            assert_eq!(CommandName::from(kind).word(), kind.name());
        }
        let core = serde_json::to_value(lifecycle::event::CloseCode::NotSentBack).unwrap();
        assert_eq!(core, CloseCode::NotSentBack.word());
        let core = serde_json::to_value(contract::types::OrderType::ViolationReport).unwrap();
        assert_eq!(core, OrderType::ViolationReport.word());
    }
}
