//! Every code that a problem can carry, in one table. Codes are stable: clients branch on them.

use axum::http::StatusCode;
use lifecycle::dossier;
use lifecycle::rejection::Rejection;

/// One kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Stable code, such as `wrong-stage`.
    pub code: &'static str,
    /// HTTP status.
    pub status: StatusCode,
    /// Title in English.
    pub title: &'static str,
    /// Title in Chinese, for screens.
    pub title_zh: &'static str,
}

macro_rules! codes {
    ($($name:ident = $code:literal $status:ident $title:literal $title_zh:literal;)+) => {
        $(
            #[doc = $title]
            pub const $name: Code = Code {
                code: $code,
                status: StatusCode::$status,
                title: $title,
                title_zh: $title_zh,
            };
        )+

        /// All of them, in the order of the table.
        pub const ALL: &[Code] = &[$($name),+];
    };
}

codes! {
    // The request itself.
    MALFORMED_JSON = "malformed-json" BAD_REQUEST "The body is not JSON" "请求正文不是有效的 JSON";
    INVALID_FIELD = "invalid-field" BAD_REQUEST "A field is unknown, missing or of the wrong form" "字段未知、缺失或格式不正确";
    INVALID_PARAMETER = "invalid-parameter" BAD_REQUEST "A query parameter is unknown, missing or of the wrong form" "查询参数未知、缺失或格式不正确";
    INVALID_PATH = "invalid-path" BAD_REQUEST "A part of the path is of the wrong form" "路径参数格式不正确";
    MALFORMED_IF_MATCH = "malformed-if-match" BAD_REQUEST "If-Match is malformed" "If-Match 请求头格式不正确";
    MALFORMED_IDEMPOTENCY_KEY = "malformed-idempotency-key" BAD_REQUEST "Idempotency-Key is malformed" "Idempotency-Key 请求头格式不正确";
    BAD_REQUEST = "bad-request" BAD_REQUEST "The request cannot be understood" "无法理解该请求";
    TOKEN_MISSING = "token-missing" UNAUTHORIZED "No bearer token" "缺少访问令牌";
    BAD_TOKEN = "bad-token" UNAUTHORIZED "The bearer token is not known" "访问令牌无效";
    NOT_PERMITTED = "not-permitted" FORBIDDEN "This role may not do this" "当前角色无权执行该操作";
    NOT_THE_HANDLING_UNIT = "not-the-handling-unit" FORBIDDEN "The order is with another unit" "工单不在本单位";
    NOT_THE_REQUESTER = "not-the-requester" FORBIDDEN "Somebody else's number or account" "非提出诉求时所用号码或账号";
    NOT_FOUND = "not-found" NOT_FOUND "There is nothing here" "资源不存在";
    ORDER_NOT_FOUND = "order-not-found" NOT_FOUND "There is no such order" "工单不存在";
    ERASED = "erased" GONE "The personal data was erased" "个人信息已删除";
    METHOD_NOT_ALLOWED = "method-not-allowed" METHOD_NOT_ALLOWED "The route does not take this method" "该路径不支持此方法";
    BODY_TOO_LARGE = "body-too-large" PAYLOAD_TOO_LARGE "The body is too large" "请求正文过大";
    URI_TOO_LONG = "uri-too-long" URI_TOO_LONG "The address is too long" "请求地址过长";
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE "The body is not of the type application/json" "请求正文类型应为 application/json";
    HEADERS_TOO_LARGE = "headers-too-large" REQUEST_HEADER_FIELDS_TOO_LARGE "The headers are too large" "请求头过大";

    // Against what is there already.
    VERSION_CONFLICT = "version-conflict" PRECONDITION_FAILED "The order has moved on" "工单版本已更新";
    CONCURRENT_CHANGE = "concurrent-change" CONFLICT "Others keep changing the order" "工单正被频繁更新";
    SOURCE_EXISTS = "source-exists" CONFLICT "This source is registered already" "该来源已登记";
    ALREADY_REGISTERED = "already-registered" CONFLICT "The order is registered already" "工单已登记";
    CLOCK_IS_THE_SYSTEMS = "clock-is-the-systems" CONFLICT "The clock is the system's" "当前使用系统时钟";
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused" UNPROCESSABLE_ENTITY "The key was used for another request" "幂等键已用于其他请求";
    INVALID_INPUT = "invalid-input" UNPROCESSABLE_ENTITY "A value cannot be accepted" "字段取值不可接受";

    // The regulation.
    ORDER_CLOSED = "order-closed" UNPROCESSABLE_ENTITY "The order is closed" "工单已办结";
    WRONG_STAGE = "wrong-stage" UNPROCESSABLE_ENTITY "Not possible in the order's stage" "当前阶段不能执行该操作";
    NOT_A_CONSULTATION = "not-a-consultation" UNPROCESSABLE_ENTITY "Only a consultation is answered directly" "仅咨询类事项可直接答复";
    COMMENDATION = "commendation" UNPROCESSABLE_ENTITY "A commendation is closed after reading" "表扬类工单阅知后办结";
    UNKNOWN_UNIT = "unknown-unit" UNPROCESSABLE_ENTITY "The unit is not in the directory" "承办单位不在名录中";
    UNKNOWN_DISTRICT = "unknown-district" UNPROCESSABLE_ENTITY "The district is not in the directory" "行政区不在名录中";
    SPECIAL_LIMIT_WITHOUT_BASIS = "special-limit-without-basis" UNPROCESSABLE_ENTITY "A special limit needs its document" "特殊期限缺少文件依据";
    IMPOSSIBLE_TIME = "impossible-time" UNPROCESSABLE_ENTITY "A time is not possible" "时间不合理";
    MISSING_FIELD = "missing-field" UNPROCESSABLE_ENTITY "A field is empty" "必填内容为空";
    REPLY_WITHOUT_EVIDENCE = "reply-without-evidence" UNPROCESSABLE_ENTITY "The reply has no evidence" "回复缺少佐证材料";
    REPLY_MISSING = "reply-missing" UNPROCESSABLE_ENTITY "The requester was not told the result" "尚未回复诉求人";
    ALREADY_REPLIED = "already-replied" UNPROCESSABLE_ENTITY "A reply is recorded already" "已有回复记录，不能再申报未回复";
    TOO_FEW_CONTACT_ATTEMPTS = "too-few-contact-attempts" UNPROCESSABLE_ENTITY "Too few calls count" "有效联系次数不足";
    REQUESTER_WAS_REACHED = "requester-was-reached" UNPROCESSABLE_ENTITY "The requester was reached" "已联系上诉求人";
    RATING_TOO_LATE = "rating-too-late" UNPROCESSABLE_ENTITY "The rating came too late" "评价已超过期限";
    ALREADY_RATED = "already-rated" UNPROCESSABLE_ENTITY "The order is rated already" "工单已评价";
    WITHDRAWN_NOT_RATED = "withdrawn-not-rated" UNPROCESSABLE_ENTITY "A withdrawn order is not rated" "诉求已撤回，不再评价";
    FOLLOW_UP_MISSING = "follow-up-missing" UNPROCESSABLE_ENTITY "The requester was not called back" "尚未回访诉求人";
    REAL_NAME_REQUIRED = "real-name-required" UNPROCESSABLE_ENTITY "The requester's real name is needed" "该事项须实名，且不得对承办单位隐匿";
    CONCEALMENT_WITHOUT_FIELDS = "concealment-without-fields" UNPROCESSABLE_ENTITY "A concealment names no field" "未明确隐匿的内容";
    NOTHING_MISSING = "nothing-missing" UNPROCESSABLE_ENTITY "No information is asked for" "没有待补充或待审查的信息";
    INFORMATION_TOO_LATE = "information-too-late" UNPROCESSABLE_ENTITY "The information came too late" "补充信息已超过期限";
    WRONG_CHANNEL = "wrong-channel" UNPROCESSABLE_ENTITY "This channel asks in another way" "该渠道应以其他方式要求补充";
    RETURN_TOO_LATE = "return-too-late" UNPROCESSABLE_ENTITY "The time for a return is over" "退单已超过期限";
    RETURN_NOT_ALLOWED = "return-not-allowed" UNPROCESSABLE_ENTITY "The order cannot be returned" "该工单不得退回";
    RETURN_REJECTED_BEFORE = "return-rejected-before" UNPROCESSABLE_ENTITY "A return was refused before" "退单申请已被驳回";
    RETURN_PROOF_MISSING = "return-proof-missing" UNPROCESSABLE_ENTITY "The return lacks its proof" "退单缺少佐证材料";
    ALREADY_RETURNED_BY_UNIT = "already-returned-by-unit" UNPROCESSABLE_ENTITY "The unit has returned this order" "该单位已退回本工单";
    JOINT_ONLY_AFTER_RETURN = "joint-only-after-return" UNPROCESSABLE_ENTITY "Joint handling follows a return only" "退单后方可联合办理";
    NOT_A_LEAD_UNIT = "not-a-lead-unit" UNPROCESSABLE_ENTITY "Only a lead unit names assisting units" "仅牵头办理单位可确定协办单位";
    UNIT_NAMED_TWICE = "unit-named-twice" UNPROCESSABLE_ENTITY "A unit is named twice" "单位重复";
    NO_ASSISTING_UNIT = "no-assisting-unit" UNPROCESSABLE_ENTITY "The unit does not assist" "该单位不是协办单位";
    NO_OBJECTION = "no-objection" UNPROCESSABLE_ENTITY "No assisting unit objects" "没有协办单位提出异议";
    ASSISTING_UNITS_MISSING = "assisting-units-missing" UNPROCESSABLE_ENTITY "The lead unit has named no assisting unit" "牵头单位尚未确定协办单位";
    COORDINATION_REQUIRED = "coordination-required" UNPROCESSABLE_ENTITY "The order is coordinated, not dispatched" "须先协调，不能直接转派";
    NOT_RETURNED = "not-returned" UNPROCESSABLE_ENTITY "No unit has returned the order" "尚无承办单位退单，不能启动协调";
    OPINION_MISSING = "opinion-missing" UNPROCESSABLE_ENTITY "No guidance opinion is recorded" "尚无指导意见";
    NO_OPINION_ASKED = "no-opinion-asked" UNPROCESSABLE_ENTITY "No open question is with this authority" "未向该单位征求意见";
    EXTENSION_TOO_LATE = "extension-too-late" UNPROCESSABLE_ENTITY "The handling period has ended" "办理期限已满，不能延期";
    EXTENSION_LIMIT_REACHED = "extension-limit-reached" UNPROCESSABLE_ENTITY "No further extension" "延期次数已用完";
    EXTENSION_TOO_LONG = "extension-too-long" UNPROCESSABLE_ENTITY "The extension is too long" "延期超过规定时长";
    EXTENSION_NOT_ALLOWED = "extension-not-allowed" UNPROCESSABLE_ENTITY "The order cannot be extended" "重新办理不得延期";
    EXTENSION_NOTICE_MISSING = "extension-notice-missing" UNPROCESSABLE_ENTITY "The requester was not told of the extension" "尚未告知诉求人延期";
    NO_EXTENSION_TO_TELL = "no-extension-to-tell" UNPROCESSABLE_ENTITY "No extension waits to be told" "没有待告知的延期";
    STATEMENT_TOO_LATE = "statement-too-late" UNPROCESSABLE_ENTITY "The addition came too late" "承办单位已提交，不能追加";
    STATEMENT_UNJUDGED = "statement-unjudged" UNPROCESSABLE_ENTITY "An addition has not been judged" "追加情况尚未判断";
    NO_SUCH_STATEMENT = "no-such-statement" UNPROCESSABLE_ENTITY "There is no such addition" "没有该追加情况";
    NOTHING_TO_JUDGE = "nothing-to-judge" UNPROCESSABLE_ENTITY "No addition waits to be judged" "没有待判断的追加情况";
    CONTENT_MISSING = "content-missing" UNPROCESSABLE_ENTITY "The report lacks what its type wants" "办理情况缺少该类事项的必备内容";
    MEDIATION_MISSING = "mediation-missing" UNPROCESSABLE_ENTITY "The outcome of the mediation is missing" "缺少调解结果";
    UNKNOWN_GROUND = "unknown-ground" UNPROCESSABLE_ENTITY "The ground is not in force" "该情形不存在或未生效";
    GROUND_NEEDS_EVIDENCE = "ground-needs-evidence" UNPROCESSABLE_ENTITY "The ground needs a document" "该情形须附证明材料";
    PLUGIN_REFUSED = "plugin-refused" UNPROCESSABLE_ENTITY "The plugin does not pass every check" "插件未通过全部检查";
    ROLLOUT_REFUSED = "rollout-refused" UNPROCESSABLE_ENTITY "The rollout log does not allow it" "不符合规则上线的要求";
    ROLLOUT_CONFLICT = "rollout-conflict" CONFLICT "Something else is under way" "有其他操作正在进行";
    EXTENSION_NEEDS_APPROVAL = "extension-needs-approval" UNPROCESSABLE_ENTITY "The centre has not approved the extension" "延期须经热线中心同意";
    MUST_BE_SENT_BACK = "must-be-sent-back" UNPROCESSABLE_ENTITY "The order must be sent back" "须发回重新办理";
    NAME_REQUIRED = "name-required" UNPROCESSABLE_ENTITY "The requester's name is needed" "须提供诉求人姓名";
    EARLY_END_TOO_LATE = "early-end-too-late" UNPROCESSABLE_ENTITY "The time for an early end is over" "提前办结已超过期限";
    REPEAT_STATEMENT_MISSING = "repeat-statement-missing" UNPROCESSABLE_ENTITY "The written statement is missing" "缺少书面说明";
    NOT_A_REPEAT = "not-a-repeat" UNPROCESSABLE_ENTITY "The earlier order does not carry this" "所引工单不符合条件";
    NOT_REFILABLE = "not-refilable" UNPROCESSABLE_ENTITY "The earlier order cannot be filed again" "所引工单不能重新提出";
    NOT_LINKABLE = "not-linkable" UNPROCESSABLE_ENTITY "The orders cannot be linked" "工单不能关联";
    ALREADY_WITHDRAWN = "already-withdrawn" UNPROCESSABLE_ENTITY "The request is withdrawn already" "诉求已撤回";
    GOES_ON_ONLY_REPORTS = "goes-on-only-reports" UNPROCESSABLE_ENTITY "Only a violation report goes on" "仅举报类撤回后可继续核查";
    REHANDLED_BEFORE = "rehandled-before" UNPROCESSABLE_ENTITY "The order was handled again once" "工单已重新办理过一次";
    TYPE_FIXED = "type-fixed" UNPROCESSABLE_ENTITY "The type is not corrected in the second handling" "重新办理期间不再更正工单类型";
    EXCLUSION_NOT_PROVEN = "exclusion-not-proven" UNPROCESSABLE_ENTITY "The ground is not proven" "不再办理的情形不成立";
    ALREADY_FOLLOWED_UP = "already-followed-up" UNPROCESSABLE_ENTITY "The requester has been called back" "已回访诉求人";
    STATEMENT_WINDOW_OVER = "statement-window-over" UNPROCESSABLE_ENTITY "The time for the diligence statement is over" "提交尽职履责说明已超过期限";
    SERVICE_RATED_BEFORE = "service-rated-before" UNPROCESSABLE_ENTITY "The service is rated already" "热线服务已评价";
    SUPERVISION_UNFOUNDED = "supervision-unfounded" UNPROCESSABLE_ENTITY "This case of supervision does not apply" "督办情形不成立";
    NO_SUCH_SUPERVISION = "no-such-supervision" UNPROCESSABLE_ENTITY "There is no such supervision" "没有该督办";
    NO_SUPERVISION_WAITS = "no-supervision-waits" UNPROCESSABLE_ENTITY "No supervision waits for this" "没有待处理的督办";
    DELAY_UNEXPLAINED = "delay-unexplained" UNPROCESSABLE_ENTITY "The delay is not explained" "未说明逾期原因";
    NO_SUCH_PROPOSAL = "no-such-proposal" UNPROCESSABLE_ENTITY "There is no such open proposal" "没有该待处理建议";
    UNCHANGED = "unchanged" UNPROCESSABLE_ENTITY "Nothing would change" "没有变化";
    NOTHING_DUE = "nothing-due" UNPROCESSABLE_ENTITY "Nothing is due" "没有到期事项";
    PERIOD_OUT_OF_RANGE = "period-out-of-range" UNPROCESSABLE_ENTITY "The period cannot be computed" "期限无法计算";

    // Dossiers.
    NOT_A_PARTY = "not-a-party" FORBIDDEN "It concerns others" "该事项与本单位无关";
    DOSSIER_NOT_FOUND = "dossier-not-found" NOT_FOUND "There is no such dossier" "卷宗不存在";
    DOSSIER_EXISTS = "dossier-exists" CONFLICT "The dossier exists already" "卷宗已存在";
    DOSSIER_VERSION_CONFLICT = "dossier-version-conflict" PRECONDITION_FAILED "The dossier has moved on" "卷宗版本已更新";
    WRONG_DOSSIER_KIND = "wrong-dossier-kind" UNPROCESSABLE_ENTITY "The command is for dossiers of another kind" "该操作不适用于此类卷宗";
    DOSSIER_CLOSED = "dossier-closed" UNPROCESSABLE_ENTITY "The dossier is closed" "卷宗已办结";
    WRONG_DOSSIER_STAGE = "wrong-dossier-stage" UNPROCESSABLE_ENTITY "Not possible where the dossier stands" "卷宗当前阶段不能执行该操作";
    TOO_MANY_ENTRIES = "too-many-entries" UNPROCESSABLE_ENTITY "A list is too long" "列表条目过多";
    UNKNOWN_ORDER = "unknown-order" UNPROCESSABLE_ENTITY "There is no such order to refer to" "所列工单不存在";
    UNIT_LISTED = "unit-listed" UNPROCESSABLE_ENTITY "The unit is listed already" "单位已纳入该事项";
    UNIT_NOT_LISTED = "unit-not-listed" UNPROCESSABLE_ENTITY "The unit is not listed" "单位未纳入该事项";
    LAST_UNIT = "last-unit" UNPROCESSABLE_ENTITY "A matter needs a unit" "事项至少保留一个承办单位";
    ORDER_LISTED = "order-listed" UNPROCESSABLE_ENTITY "The order belongs to the matter already" "工单已归入该事项";
    ORDER_NOT_LISTED = "order-not-listed" UNPROCESSABLE_ENTITY "The order does not belong to the matter" "工单未归入该事项";
    UNIT_UNFINISHED = "unit-unfinished" UNPROCESSABLE_ENTITY "A unit has not told the outcome" "尚有单位未反馈最终情况";

    // The knowledge base.
    KNOWLEDGE_NOT_FOUND = "knowledge-not-found" NOT_FOUND "There is no such entry of the knowledge base" "知识库中无此条目";
    VERSION_NOT_FOUND = "version-not-found" NOT_FOUND "This version was never published" "该版本未发布过";
    KNOWLEDGE_EXISTS = "knowledge-exists" CONFLICT "The entry exists already" "条目已存在";
    KNOWLEDGE_VERSION_CONFLICT = "knowledge-version-conflict" PRECONDITION_FAILED "The entry has moved on" "条目版本已更新";
    WRONG_KNOWLEDGE_KIND = "wrong-knowledge-kind" UNPROCESSABLE_ENTITY "The command is for entries of another kind" "该操作不适用于此类条目";
    WRONG_KNOWLEDGE_STAGE = "wrong-knowledge-stage" UNPROCESSABLE_ENTITY "Not possible where the entry stands" "条目当前阶段不能执行该操作";
    POINT_EXPIRED = "point-expired" UNPROCESSABLE_ENTITY "The point is not valid any more" "知识点已过有效期";
    POINT_SUPERSEDED = "point-superseded" UNPROCESSABLE_ENTITY "Another version is published" "该版本已被新版本替代";
    STALE_REVISION = "stale-revision" UNPROCESSABLE_ENTITY "The draft has changed since" "草稿已被修改";
    SAME_PERSON = "same-person" UNPROCESSABLE_ENTITY "A second person has to do it" "须由另一人审核";
    TEXT_TOO_LONG = "text-too-long" UNPROCESSABLE_ENTITY "A text is too long" "文字过长";
    MALFORMED_FIELD = "malformed-field" UNPROCESSABLE_ENTITY "A field is not of its form" "字段内容格式不正确";
    UNKNOWN_POINT = "unknown-point" UNPROCESSABLE_ENTITY "There is no such point to refer to" "所引知识点不存在";
    NOT_OWNER = "not-owner" UNPROCESSABLE_ENTITY "The point is another unit's" "知识点属其他单位";
    NOT_CHECKED = "not-checked" UNPROCESSABLE_ENTITY "The draft was not checked as it stands" "草稿尚未检查";
    CHECK_BLOCKS = "check-blocks" UNPROCESSABLE_ENTITY "The check found what blocks the draft" "检查发现须修改的问题";
    VALIDITY_TOO_LONG = "validity-too-long" UNPROCESSABLE_ENTITY "The validity is longer than the law allows in principle" "有效期超过规定上限";
    VALIDITY_NOT_LONGER = "validity-not-longer" UNPROCESSABLE_ENTITY "Nothing has to be approved" "有效期未超过上限，无须批准";
    ACTION_NOT_DONE = "action-not-done" UNPROCESSABLE_ENTITY "What is said to be done is not there" "所称处理尚未完成";

    // Us.
    INTERNAL = "internal" INTERNAL_SERVER_ERROR "Something is wrong with Kapok itself" "系统内部错误";
    STORE_FAILED = "store-failed" INTERNAL_SERVER_ERROR "The store failed" "存储故障";
    OVERLOADED = "overloaded" SERVICE_UNAVAILABLE "Too many requests at once" "系统繁忙";
    TIMED_OUT = "timed-out" SERVICE_UNAVAILABLE "The request took too long" "请求处理超时";
    NOT_READY = "not-ready" SERVICE_UNAVAILABLE "The store cannot write" "存储不可用";
}

/// The code of a rejection by the core. Three of its answers are about the caller's rights (403) and
/// two about what exists (404, 409); all others are the regulation's own and answer 422.
#[expect(clippy::too_many_lines, reason = "a table with a row for each variant")]
pub(crate) const fn of_rejection(rejection: &Rejection) -> Code {
    match rejection {
        Rejection::NotPermitted { .. } => NOT_PERMITTED,
        Rejection::NotTheHandlingUnit { .. } => NOT_THE_HANDLING_UNIT,
        Rejection::NotRegistered => ORDER_NOT_FOUND,
        Rejection::AlreadyRegistered => ALREADY_REGISTERED,
        Rejection::Closed => ORDER_CLOSED,
        Rejection::WrongStage { .. } => WRONG_STAGE,
        Rejection::NotAConsultation => NOT_A_CONSULTATION,
        Rejection::Commendation => COMMENDATION,
        Rejection::UnknownUnit { .. } => UNKNOWN_UNIT,
        Rejection::UnknownDistrict { .. } => UNKNOWN_DISTRICT,
        Rejection::SpecialLimitWithoutBasis => SPECIAL_LIMIT_WITHOUT_BASIS,
        Rejection::ImpossibleTime { .. } => IMPOSSIBLE_TIME,
        Rejection::Missing { .. } => MISSING_FIELD,
        Rejection::ReplyWithoutEvidence => REPLY_WITHOUT_EVIDENCE,
        Rejection::ReplyMissing => REPLY_MISSING,
        Rejection::AlreadyReplied => ALREADY_REPLIED,
        Rejection::TooFewContactAttempts { .. } => TOO_FEW_CONTACT_ATTEMPTS,
        Rejection::RequesterWasReached => REQUESTER_WAS_REACHED,
        Rejection::RatingTooLate { .. } => RATING_TOO_LATE,
        Rejection::WithdrawnNotRated => WITHDRAWN_NOT_RATED,
        Rejection::AlreadyRated => ALREADY_RATED,
        Rejection::FollowUpMissing => FOLLOW_UP_MISSING,
        Rejection::RealNameRequired => REAL_NAME_REQUIRED,
        Rejection::NotTheRequester => NOT_THE_REQUESTER,
        Rejection::ConcealmentWithoutFields => CONCEALMENT_WITHOUT_FIELDS,
        Rejection::NothingMissing => NOTHING_MISSING,
        Rejection::InformationTooLate { .. } => INFORMATION_TOO_LATE,
        Rejection::WrongChannel { .. } => WRONG_CHANNEL,
        Rejection::ReturnTooLate { .. } => RETURN_TOO_LATE,
        Rejection::ReturnNotAllowed { .. } => RETURN_NOT_ALLOWED,
        Rejection::ReturnRejectedBefore => RETURN_REJECTED_BEFORE,
        Rejection::ReturnProofMissing { .. } => RETURN_PROOF_MISSING,
        Rejection::AlreadyReturnedByUnit { .. } => ALREADY_RETURNED_BY_UNIT,
        Rejection::JointOnlyAfterReturn => JOINT_ONLY_AFTER_RETURN,
        Rejection::NotALeadUnit => NOT_A_LEAD_UNIT,
        Rejection::UnitNamedTwice { .. } => UNIT_NAMED_TWICE,
        Rejection::NoAssistingUnit { .. } => NO_ASSISTING_UNIT,
        Rejection::NoObjection => NO_OBJECTION,
        Rejection::AssistingUnitsMissing => ASSISTING_UNITS_MISSING,
        Rejection::CoordinationRequired => COORDINATION_REQUIRED,
        Rejection::NotReturned => NOT_RETURNED,
        Rejection::OpinionMissing => OPINION_MISSING,
        Rejection::NoOpinionAsked => NO_OPINION_ASKED,
        Rejection::ExtensionTooLate { .. } => EXTENSION_TOO_LATE,
        Rejection::ExtensionLimitReached { .. } => EXTENSION_LIMIT_REACHED,
        Rejection::ExtensionTooLong { .. } => EXTENSION_TOO_LONG,
        Rejection::ExtensionNotAllowed => EXTENSION_NOT_ALLOWED,
        Rejection::ExtensionNoticeMissing => EXTENSION_NOTICE_MISSING,
        Rejection::NoExtensionToTell => NO_EXTENSION_TO_TELL,
        Rejection::StatementTooLate => STATEMENT_TOO_LATE,
        Rejection::StatementUnjudged { .. } => STATEMENT_UNJUDGED,
        Rejection::NoSuchStatement { .. } => NO_SUCH_STATEMENT,
        Rejection::NothingToJudge => NOTHING_TO_JUDGE,
        Rejection::ContentMissing { .. } => CONTENT_MISSING,
        Rejection::MediationMissing => MEDIATION_MISSING,
        Rejection::UnknownGround { .. } => UNKNOWN_GROUND,
        Rejection::GroundNeedsEvidence { .. } => GROUND_NEEDS_EVIDENCE,
        Rejection::ExtensionNeedsApproval => EXTENSION_NEEDS_APPROVAL,
        Rejection::MustBeSentBack => MUST_BE_SENT_BACK,
        Rejection::NameRequired => NAME_REQUIRED,
        Rejection::EarlyEndTooLate { .. } => EARLY_END_TOO_LATE,
        Rejection::RepeatStatementMissing => REPEAT_STATEMENT_MISSING,
        Rejection::NotARepeat { .. } => NOT_A_REPEAT,
        Rejection::NotRefilable { .. } => NOT_REFILABLE,
        Rejection::NotLinkable { .. } => NOT_LINKABLE,
        Rejection::AlreadyWithdrawn => ALREADY_WITHDRAWN,
        Rejection::GoesOnOnlyReports => GOES_ON_ONLY_REPORTS,
        Rejection::RehandledBefore => REHANDLED_BEFORE,
        Rejection::TypeFixed => TYPE_FIXED,
        Rejection::ExclusionNotProven { .. } => EXCLUSION_NOT_PROVEN,
        Rejection::AlreadyFollowedUp => ALREADY_FOLLOWED_UP,
        Rejection::StatementWindowOver { .. } => STATEMENT_WINDOW_OVER,
        Rejection::ServiceRatedBefore => SERVICE_RATED_BEFORE,
        Rejection::SupervisionUnfounded { .. } => SUPERVISION_UNFOUNDED,
        Rejection::NoSuchSupervision { .. } => NO_SUCH_SUPERVISION,
        Rejection::NoSupervisionWaits => NO_SUPERVISION_WAITS,
        Rejection::DelayUnexplained => DELAY_UNEXPLAINED,
        Rejection::NoSuchProposal => NO_SUCH_PROPOSAL,
        Rejection::Unchanged => UNCHANGED,
        Rejection::NothingDue => NOTHING_DUE,
        Rejection::PeriodOutOfRange { .. } => PERIOD_OUT_OF_RANGE,
    }
}

/// The code of a rejection about a dossier, by the same division.
pub(crate) const fn of_dossier_rejection(rejection: &dossier::Rejection) -> Code {
    use dossier::Rejection;
    match rejection {
        Rejection::NotPermitted { .. } => NOT_PERMITTED,
        Rejection::NotAParty { .. } => NOT_A_PARTY,
        Rejection::NotOpened => DOSSIER_NOT_FOUND,
        Rejection::AlreadyOpened => DOSSIER_EXISTS,
        Rejection::WrongKind { .. } => WRONG_DOSSIER_KIND,
        Rejection::Closed { .. } => DOSSIER_CLOSED,
        Rejection::WrongStage { .. } => WRONG_DOSSIER_STAGE,
        Rejection::Missing { .. } => MISSING_FIELD,
        Rejection::TooMany { .. } => TOO_MANY_ENTRIES,
        Rejection::UnknownUnit { .. } => UNKNOWN_UNIT,
        Rejection::UnknownDistrict { .. } => UNKNOWN_DISTRICT,
        Rejection::UnknownOrder { .. } => UNKNOWN_ORDER,
        Rejection::ImpossibleTime { .. } => IMPOSSIBLE_TIME,
        Rejection::UnitListed { .. } => UNIT_LISTED,
        Rejection::UnitNotListed { .. } => UNIT_NOT_LISTED,
        Rejection::LastUnit { .. } => LAST_UNIT,
        Rejection::OrderListed { .. } => ORDER_LISTED,
        Rejection::OrderNotListed { .. } => ORDER_NOT_LISTED,
        Rejection::UnitUnfinished { .. } => UNIT_UNFINISHED,
        Rejection::NothingDue => NOTHING_DUE,
        Rejection::PeriodOutOfRange { .. } => PERIOD_OUT_OF_RANGE,
    }
}

/// The code of a rejection about an entry of the knowledge base, by the same division.
pub(crate) const fn of_knowledge_rejection(rejection: &knowledge_base::Rejection) -> Code {
    use knowledge_base::Rejection;
    match rejection {
        Rejection::NotPermitted { .. } => NOT_PERMITTED,
        Rejection::NotAParty { .. } => NOT_A_PARTY,
        Rejection::NotFound => KNOWLEDGE_NOT_FOUND,
        Rejection::AlreadyExists => KNOWLEDGE_EXISTS,
        Rejection::WrongKind { .. } => WRONG_KNOWLEDGE_KIND,
        Rejection::WrongStage { .. } => WRONG_KNOWLEDGE_STAGE,
        Rejection::Expired { .. } => POINT_EXPIRED,
        Rejection::Superseded { .. } => POINT_SUPERSEDED,
        Rejection::StaleRevision { .. } => STALE_REVISION,
        Rejection::SamePerson { .. } => SAME_PERSON,
        Rejection::Missing { .. } => MISSING_FIELD,
        Rejection::TooLong { .. } => TEXT_TOO_LONG,
        Rejection::TooMany { .. } => TOO_MANY_ENTRIES,
        Rejection::Malformed { .. } => MALFORMED_FIELD,
        Rejection::ImpossibleTime { .. } => IMPOSSIBLE_TIME,
        Rejection::UnknownUnit { .. } => UNKNOWN_UNIT,
        Rejection::UnknownDistrict { .. } => UNKNOWN_DISTRICT,
        Rejection::UnknownPoint { .. } => UNKNOWN_POINT,
        Rejection::NotOwner { .. } => NOT_OWNER,
        Rejection::Unchanged => UNCHANGED,
        Rejection::NotChecked { .. } => NOT_CHECKED,
        Rejection::Blocked { .. } => CHECK_BLOCKS,
        Rejection::ValidityTooLong { .. } => VALIDITY_TOO_LONG,
        Rejection::NotLonger { .. } => VALIDITY_NOT_LONGER,
        Rejection::NotDone { .. } => ACTION_NOT_DONE,
        Rejection::NothingDue => NOTHING_DUE,
        Rejection::PeriodOutOfRange { .. } => PERIOD_OUT_OF_RANGE,
    }
}

/// The code for a bare status, as answers of the router itself have.
pub(crate) fn of_status(status: StatusCode) -> Code {
    let found = [
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        BODY_TOO_LARGE,
        URI_TOO_LONG,
        UNSUPPORTED_MEDIA_TYPE,
        HEADERS_TOO_LARGE,
        OVERLOADED,
    ]
    .into_iter()
    .find(|code| code.status == status);
    let other = if status.is_server_error() {
        INTERNAL
    } else {
        BAD_REQUEST
    };
    found.unwrap_or(other)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use lifecycle::ids::{DistrictCode, UnitCode};

    use super::*;

    #[test]
    fn codes_are_unique_and_in_kebab_case() {
        let mut seen = BTreeSet::new();
        for entry in ALL {
            assert!(seen.insert(entry.code), "{} stands twice", entry.code);
            let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(entry.code.chars().all(kebab), "{}", entry.code);
            assert!(
                !entry.title_zh.is_ascii(),
                "{} has no Chinese title",
                entry.code
            );
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a row for each variant")]
    fn a_rejection_has_the_same_code_here_and_in_the_core() {
        let unit = || UnitCode::new("GZ-SCJG");
        let at = chrono::DateTime::UNIX_EPOCH;
        let rejections = [
            Rejection::NotPermitted { command: "a" },
            Rejection::NotTheHandlingUnit { unit: unit() },
            Rejection::NotRegistered,
            Rejection::AlreadyRegistered,
            Rejection::Closed,
            Rejection::WrongStage {
                stage: "a",
                needed: "a",
            },
            Rejection::NotAConsultation,
            Rejection::Commendation,
            Rejection::UnknownUnit { unit: unit() },
            Rejection::UnknownDistrict {
                district: DistrictCode::new("440199"),
            },
            Rejection::SpecialLimitWithoutBasis,
            Rejection::ImpossibleTime {
                field: "a",
                problem: "a",
            },
            Rejection::Missing { field: "a" },
            Rejection::ReplyWithoutEvidence,
            Rejection::ReplyMissing,
            Rejection::AlreadyReplied,
            Rejection::TooFewContactAttempts {
                counted: 1,
                needed: 1,
                next_from: None,
            },
            Rejection::RequesterWasReached,
            Rejection::RatingTooLate { due_at: Some(at) },
            Rejection::WithdrawnNotRated,
            Rejection::AlreadyRated,
            Rejection::FollowUpMissing,
            Rejection::RealNameRequired,
            Rejection::NotTheRequester,
            Rejection::ConcealmentWithoutFields,
            Rejection::NothingMissing,
            Rejection::InformationTooLate { due_at: Some(at) },
            Rejection::WrongChannel { needed: "a" },
            Rejection::ReturnTooLate { due_at: at },
            Rejection::ReturnNotAllowed { why: "a" },
            Rejection::ReturnRejectedBefore,
            Rejection::ReturnProofMissing { field: "a" },
            Rejection::AlreadyReturnedByUnit { unit: unit() },
            Rejection::JointOnlyAfterReturn,
            Rejection::NotALeadUnit,
            Rejection::UnitNamedTwice { unit: unit() },
            Rejection::NoAssistingUnit { unit: unit() },
            Rejection::NoObjection,
            Rejection::AssistingUnitsMissing,
            Rejection::CoordinationRequired,
            Rejection::NotReturned,
            Rejection::OpinionMissing,
            Rejection::NoOpinionAsked,
            Rejection::ExtensionTooLate { due_at: at },
            Rejection::ExtensionLimitReached { max: 1 },
            Rejection::ExtensionTooLong {
                max: "a".to_owned(),
            },
            Rejection::ExtensionNotAllowed,
            Rejection::ExtensionNoticeMissing,
            Rejection::NoExtensionToTell,
            Rejection::StatementTooLate,
            Rejection::StatementUnjudged { statement: 1 },
            Rejection::NoSuchStatement { statement: 1 },
            Rejection::NothingToJudge,
            Rejection::ContentMissing { needed: "a" },
            Rejection::MediationMissing,
            Rejection::UnknownGround {
                ground: "a".to_owned(),
            },
            Rejection::GroundNeedsEvidence {
                ground: "a".to_owned(),
            },
            Rejection::ExtensionNeedsApproval,
            Rejection::MustBeSentBack,
            Rejection::NameRequired,
            Rejection::EarlyEndTooLate { due_at: at },
            Rejection::RepeatStatementMissing,
            Rejection::NotARepeat { why: "a" },
            Rejection::NotRefilable { why: "a" },
            Rejection::NotLinkable { why: "a" },
            Rejection::AlreadyWithdrawn,
            Rejection::GoesOnOnlyReports,
            Rejection::RehandledBefore,
            Rejection::TypeFixed,
            Rejection::ExclusionNotProven { why: "a" },
            Rejection::AlreadyFollowedUp,
            Rejection::StatementWindowOver { due_at: Some(at) },
            Rejection::ServiceRatedBefore,
            Rejection::SupervisionUnfounded { why: "a" },
            Rejection::NoSuchSupervision { supervision: 1 },
            Rejection::NoSupervisionWaits,
            Rejection::DelayUnexplained,
            Rejection::NoSuchProposal,
            Rejection::Unchanged,
            Rejection::NothingDue,
            Rejection::PeriodOutOfRange {
                problem: "a".to_owned(),
            },
        ];
        for rejection in rejections {
            assert_eq!(of_rejection(&rejection).code, rejection.code());
        }
    }

    #[test]
    fn a_knowledge_rejection_has_the_same_code_here_and_in_the_domain() {
        use knowledge_base::Rejection;
        let (unit, day) = (|| UnitCode::new("GZ-SCJG"), chrono::NaiveDate::MIN);
        let point = knowledge_base::ids::PointId::new("K-1");
        let rejections = [
            Rejection::NotPermitted { command: "a" },
            Rejection::NotAParty { unit: unit() },
            Rejection::NotFound,
            Rejection::AlreadyExists,
            Rejection::WrongKind {
                kind: "a",
                needed: "a",
            },
            Rejection::WrongStage {
                stage: "a",
                needed: "a",
            },
            Rejection::Expired { last_day: day },
            Rejection::Superseded {
                given: 1,
                published: 2,
            },
            Rejection::StaleRevision {
                revision: 2,
                given: 1,
            },
            Rejection::SamePerson { did: "a" },
            Rejection::Missing { field: "a" },
            Rejection::TooLong { field: "a", max: 1 },
            Rejection::TooMany { field: "a", max: 1 },
            Rejection::Malformed {
                field: "a",
                problem: "a",
            },
            Rejection::ImpossibleTime {
                field: "a",
                problem: "a",
            },
            Rejection::UnknownUnit { unit: unit() },
            Rejection::UnknownDistrict {
                district: DistrictCode::new("440199"),
            },
            Rejection::UnknownPoint { point },
            Rejection::NotOwner {
                unit: unit(),
                owner: unit(),
            },
            Rejection::Unchanged,
            Rejection::NotChecked { revision: 1 },
            Rejection::Blocked {
                findings: 1,
                first: "a".to_owned(),
            },
            Rejection::ValidityTooLong { latest: day },
            Rejection::NotLonger { latest: day },
            Rejection::NotDone { action: "a" },
            Rejection::NothingDue,
            Rejection::PeriodOutOfRange {
                problem: "a".to_owned(),
            },
        ];
        for rejection in rejections {
            assert_eq!(of_knowledge_rejection(&rejection).code, rejection.code());
        }
    }

    #[test]
    fn a_bare_status_keeps_its_status_or_becomes_a_general_one() {
        for (status, code) in [
            (StatusCode::NOT_FOUND, NOT_FOUND),
            (StatusCode::METHOD_NOT_ALLOWED, METHOD_NOT_ALLOWED),
            (StatusCode::IM_A_TEAPOT, BAD_REQUEST),
            (StatusCode::BAD_GATEWAY, INTERNAL),
        ] {
            assert_eq!(of_status(status), code);
        }
    }
}
