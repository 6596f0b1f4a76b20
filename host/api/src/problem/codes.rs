//! Every code that a problem can carry, in one table. Codes are stable: clients branch on them.

use axum::http::StatusCode;
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
    FOLLOW_UP_MISSING = "follow-up-missing" UNPROCESSABLE_ENTITY "The requester was not called back" "尚未回访诉求人";
    NOTHING_DUE = "nothing-due" UNPROCESSABLE_ENTITY "Nothing is due" "没有到期事项";
    PERIOD_OUT_OF_RANGE = "period-out-of-range" UNPROCESSABLE_ENTITY "The period cannot be computed" "期限无法计算";

    // Us.
    INTERNAL = "internal" INTERNAL_SERVER_ERROR "Something is wrong with Kapok itself" "系统内部错误";
    STORE_FAILED = "store-failed" INTERNAL_SERVER_ERROR "The store failed" "存储故障";
    OVERLOADED = "overloaded" SERVICE_UNAVAILABLE "Too many requests at once" "系统繁忙";
    TIMED_OUT = "timed-out" SERVICE_UNAVAILABLE "The request took too long" "请求处理超时";
    NOT_READY = "not-ready" SERVICE_UNAVAILABLE "The store cannot write" "存储不可用";
}

/// The code of a rejection by the core. Two of its answers are about the caller's rights and three
/// about what exists; all others are the regulation's own and answer 422.
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
        Rejection::AlreadyRated => ALREADY_RATED,
        Rejection::FollowUpMissing => FOLLOW_UP_MISSING,
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
    fn a_rejection_has_the_same_code_here_and_in_the_core() {
        let unit = || UnitCode::new("GZ-SCJG");
        let rejections = [
            Rejection::NotPermitted {
                command: "dispatch",
            },
            Rejection::NotTheHandlingUnit { unit: unit() },
            Rejection::NotRegistered,
            Rejection::AlreadyRegistered,
            Rejection::Closed,
            Rejection::WrongStage {
                stage: "a",
                needed: "b",
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
                problem: "b",
            },
            Rejection::Missing { field: "a" },
            Rejection::ReplyWithoutEvidence,
            Rejection::ReplyMissing,
            Rejection::AlreadyReplied,
            Rejection::TooFewContactAttempts {
                counted: 1,
                needed: 3,
                next_from: None,
            },
            Rejection::RequesterWasReached,
            Rejection::RatingTooLate {
                due_at: chrono::DateTime::UNIX_EPOCH,
            },
            Rejection::AlreadyRated,
            Rejection::FollowUpMissing,
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
