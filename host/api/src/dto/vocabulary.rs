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

pub(super) use vocabulary;

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

    /// How urgent an order is; it orders lists, nothing else.
    Priority = contract::escalation::Priority {
        Normal = "normal" "一般",
        High = "high" "紧急",
        Urgent = "urgent" "特急",
    }

    /// A field of the requester's personal data that can be hidden (Art. 9(2)).
    ConcealedField = lifecycle::command::ConcealedField {
        Name = "name" "姓名",
        Phone = "phone" "电话号码",
        IdNumber = "id_number" "证件号码",
        Account = "account" "账号",
        Address = "address" "住址",
    }

    /// Towards whom it is hidden (Art. 9(2)). The centre itself always knows.
    ConcealmentScope = lifecycle::command::ConcealmentScope {
        ThirdParties = "third_parties" "仅对第三方和公众隐匿",
        HandlingUnits = "handling_units" "对承办单位也隐匿",
        UnitsAndDistricts = "units_and_districts" "对承办单位和区热线工作机构也隐匿",
    }

    /// What a hard case is about; it decides who is asked and how long the answer may take (Art. 18).
    Dispute = lifecycle::command::Dispute {
        InterDistrict = "inter_district" "跨区职责争议，由市业务指导或行业主管部门出具意见",
        DutyDivision = "duty_division" "部门职责划分争议，由机构编制部门出具意见",
        LegalApplication = "legal_application" "法律适用争议，由司法行政部门出具意见",
    }

    /// Whether an addition affects the handling (Art. 20).
    StatementEffect = lifecycle::command::StatementEffect {
        AffectsHandling = "affects_handling" "影响办理，期限重新起算",
        DoesNotAffect = "does_not_affect" "不影响办理，期限照常",
    }

    /// How a mediation ended (Art. 22(2)).
    MediationOutcome = lifecycle::command::MediationOutcome {
        Agreed = "agreed" "达成调解",
        NotAgreed = "not_agreed" "未达成调解",
        Terminated = "terminated" "终止调解",
    }

    /// The six grounds on which a dissatisfied requester's order is not handled again (Art. 29(3)).
    ExclusionGround = lifecycle::command::ExclusionGround {
        StatutoryDisposition = "statutory_disposition" "已按《办法》第十一条第二款第二至五项处理",
        RequesterUnavailable = "requester_unavailable" "承办单位联系不上诉求人或诉求人拒绝配合",
        SuggestionNotAdopted = "suggestion_not_adopted" "意见建议未采纳",
        Mediated = "mediated" "已调解或终止调解",
        ForceMajeure = "force_majeure" "自然灾害或不可抗力",
        Repeat = "repeat" "已依法办结并书面说明的重复事项",
    }

    /// In which role a unit has an order.
    AssignmentRole = lifecycle::event::AssignmentRole {
        Ordinary = "ordinary" "承办单位",
        Lead = "lead" "牵头办理单位（第十七条第三款）",
        Determined = "determined" "经协调确定的承办单位（第十八条）",
        Rehandling = "rehandling" "重新办理（第二十九条）",
    }

    /// Why a deadline was superseded.
    SupersededBy = lifecycle::order::SupersededBy {
        Extension = "extension" "延期（第十九条）",
        Restart = "restart" "追加情况，期限重新起算（第二十条）",
        Acceptance = "acceptance" "自确认属本单位职责起算",
    }

    /// Where a supervision stands (Art. 25).
    SupervisionState = lifecycle::order::SupervisionState {
        Open = "open" "待反馈",
        Answered = "answered" "已反馈，待审核",
        Accepted = "accepted" "已办结",
    }

    /// What became of a proposal of an escalation rule.
    ProposalState = lifecycle::order::ProposalState {
        Open = "open" "待处理",
        Followed = "followed" "已采纳",
        Dismissed = "dismissed" "未采纳",
    }

    /// What a deadline is for.
    DeadlineKind = lifecycle::deadline::DeadlineKind {
        Dispatch = "dispatch" "转派期限（第十三条）",
        Verification = "verification" "核查期限（第十六条）",
        Handling = "handling" "办理期限（第十四条）",
        RatingOffer = "rating_offer" "提供评价渠道的期限（第二十七条第二项）",
        Rating = "rating" "评价期限（第二十七条第三项）",
        Information = "information" "补充信息期限（第十二条第二款）",
        Assistance = "assistance" "确定协办单位的期限（第十七条第三款）",
        Opinion = "opinion" "出具指导意见的期限（第十八条）",
        DiligenceStatement = "diligence_statement" "提交尽职履责说明的期限（第三十条第三款）",
        Supervision = "supervision" "督办反馈期限（第二十五条）",
        GuidanceFeedback = "guidance_feedback" "业务指导单位反馈期限（第二十五条第二款第四项）",
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
        Returned = "returned" "承办单位已退单（第十七条）",
        AgainstUnit = "against_unit" "建议单位即被投诉单位，须由人工转派（第八条第四项）",
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
        InformationUnreachable = "CR02" "需补充信息，三次联系不上",
        InformationRefused = "CR03" "需补充信息，诉求人拒绝",
        InformationInsufficient = "CR04" "补充后仍不完整",
        InformationLate = "CR05" "逾期未补充",
        UnitUnreachable = "CR06" "承办单位无法联系诉求人或者诉求人拒绝",
        StatutoryDisposition = "CR07" "依照《办法》第十一条第二款办结",
        CommendationRead = "CR08" "表扬，单位已阅",
        Withdrawn = "CR09" "诉求人撤回",
        Repeat = "CR10" "重复诉求",
        LongTermProgress = "CR11" "长期事项，已告知进展",
        RatedSatisfied = "CR12" "评价满意",
        NotRated = "CR13" "未评价",
        Excluded = "CR14" "不满意，属依法不再办理的情形",
        NotSentBack = "CR15" "不满意，经回访不再办理",
        SecondRoundEnded = "CR16" "重新办理后满意或未评价",
        StatementFiled = "CR17" "重新办理后不满意，已提交尽职履责说明",
        StatementLapsed = "CR18" "重新办理后不满意，逾期未提交说明",
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
        CircuitOpen = "circuit_open" "近期故障过多，暂停使用",
        Unreachable = "unreachable" "函数无法访问",
        WrongImage = "wrong_image" "函数所用镜像与启用的不符",
    }

    /// What can be asked of an order.
    CommandName = lifecycle::command::CommandKind {
        Register = "register" "登记",
        RequestInformation = "request_information" "要求补充信息",
        RecordInformationNotice = "record_information_notice" "记录已发出补充通知",
        SupplyInformation = "supply_information" "补充信息",
        AssessInformation = "assess_information" "审查补充信息",
        CloseIncomplete = "close_incomplete" "信息不全办结",
        Conceal = "conceal" "隐匿个人信息",
        FlagConduct = "flag_conduct" "标记占用热线资源",
        SetPriority = "set_priority" "设定紧急程度",
        Reclassify = "reclassify" "更正事项类型",
        ListLongTerm = "list_long_term" "列入或移出长期事项",
        CountAlike = "count_alike" "统计同一事项的未办结工单",
        LinkOrders = "link_orders" "关联反映同一事项的工单，或取消关联",
        AnswerDirectly = "answer_directly" "直接答复",
        Route = "route" "询问派单规则",
        Dispatch = "dispatch" "转派",
        AcceptDuty = "accept_duty" "确认属本单位职责",
        RequestReturn = "request_return" "申请退单",
        AllowLateReturn = "allow_late_return" "准予逾期退单",
        DecideReturn = "decide_return" "审核退单",
        NameAssistingUnits = "name_assisting_units" "确定协办单位",
        RecordAssistance = "record_assistance" "提交协办情况",
        ObjectToAssisting = "object_to_assisting" "对协办提出异议",
        DecideObjection = "decide_objection" "处理协办异议",
        OpenCoordination = "open_coordination" "启动疑难协调",
        RequestOpinion = "request_opinion" "征求指导意见",
        RecordOpinion = "record_opinion" "记录指导意见",
        Extend = "extend" "延期",
        RecordExtensionNotice = "record_extension_notice" "记录已告知延期",
        AddStatement = "add_statement" "追加情况",
        JudgeStatement = "judge_statement" "判断追加情况",
        RecordContactAttempt = "record_contact_attempt" "记录联系诉求人",
        RecordReply = "record_reply" "记录回复诉求人",
        Submit = "submit" "提交办理情况",
        ReviewAtDistrict = "review_at_district" "区热线工作机构审核",
        Review = "review" "审核",
        Withdraw = "withdraw" "撤回",
        CloseWithdrawn = "close_withdrawn" "撤回办结",
        RecordRatingOffer = "record_rating_offer" "记录已提供评价渠道",
        RecordDelivery = "record_delivery" "记录已送达",
        Rate = "rate" "评价",
        RateService = "rate_service" "评价热线服务",
        RecordFollowUp = "record_follow_up" "记录回访",
        SendBack = "send_back" "发回重新办理",
        CloseDissatisfied = "close_dissatisfied" "不满意办结",
        FileDiligenceStatement = "file_diligence_statement" "提交尽职履责说明",
        Supervise = "supervise" "督办",
        AnswerSupervision = "answer_supervision" "反馈督办",
        ReviewSupervision = "review_supervision" "审核督办反馈",
        DismissProposal = "dismiss_proposal" "不采纳规则建议",
        MarkDue = "mark_due" "标记到期",
        RecomputeDeadlines = "recompute_deadlines" "重新计算期限",
    }

    /// Why no deadline runs.
    NoDeadline = lifecycle::order::NoDeadline {
        UnderReview = "under_review" "正在审核，法规未设期限",
        FollowUp = "follow_up" "等待回访，法规未设期限",
        Information = "information" "等待补充或审查信息，法规未设期限",
        Coordination = "coordination" "正在协调，法规未设期限",
        Returned = "returned" "退单后待转派，法规未设期限",
        Withdrawn = "withdrawn" "诉求已撤回，待承办单位结束，法规未设期限",
        Closed = "closed" "已办结",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_core() {
        for kind in lifecycle::command::CommandKind::ALL {
            assert_eq!(CommandName::from(*kind).word(), kind.name());
        }
        let core = serde_json::to_value(lifecycle::event::CloseCode::NotSentBack).unwrap();
        assert_eq!(core, CloseCode::NotSentBack.word());
        let core = serde_json::to_value(contract::types::OrderType::ViolationReport).unwrap();
        assert_eq!(core, OrderType::ViolationReport.word());
    }
}
