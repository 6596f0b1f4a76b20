//! The OpenAPI document, and what many routes share in it.

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Ref, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, Header, OpenApi, RefOr, Required, Response, ResponseBuilder};
use utoipa::{IntoParams, IntoResponses, Modify, OpenApi as _};

use crate::dto::dossiers::DossierOutcome;
use crate::dto::indicators::ReportFormat;
use crate::dto::knowledge::files::FileFormat;
use crate::dto::knowledge::{ExportPart, KnowledgeOutcome};
use crate::dto::orders::Outcome;
use crate::problem::{Code, MEDIA_TYPE, ProblemBody, codes};
use crate::routes;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Kapok",
        description = "Work orders of Guangzhou's 12345 hotline, run by the implementing rules \
            穗政数规字〔2023〕1号. Times are RFC 3339; unknown fields are refused by name; every error \
            is problem+json (RFC 9457) with a stable code, the article that says so, and the way out.",
    ),
    tags(
        (name = "orders", description = "Registering and reading work orders (Art. 11, 43)"),
        (name = "commands", description = "What is done with a work order, one route each \
            (Art. 5–30). Each answers with the order after it. Without `If-Match` a command is \
            decided on the order as it is by then; with it, only on the version that it names."),
        (name = "notifications", description = "Messages on their way out, and their receipts"),
        (name = "due items", description = "What fell due and could not be carried out"),
        (name = "dossiers", description = "What the Rules demand beside the single order: long-term \
            matters, staff filings, the joint conference, trainings, own mechanisms, publicity \
            (Art. 3, 7, 18, 26, 32)"),
        (name = "knowledge", description = "The knowledge base: points and their validity, feedback, \
            advance notices of changes, outages (Art. 33–38)"),
        (name = "assessment", description = "Indicators, their formulas, and what may become overdue \
            (Art. 31)"),
        (name = "calendar", description = "Working days, holiday notices and deadlines (Art. 14, 15)"),
        (name = "reference", description = "Rules, organisations, questions to rules"),
        (name = "clock", description = "The clock that everything goes by"),
        (name = "interface", description = "The description of this interface"),
        (name = "operations", description = "For whoever runs Kapok"),
    ),
    components(schemas(
        DossierOutcome, ExportPart, FileFormat, KnowledgeOutcome, Outcome, ProblemBody, ReportFormat,
    )),
    modifiers(&BearerToken),
    security(("bearer" = [])),
)]
struct Document;

/// The document as pretty JSON.
#[must_use]
pub fn document() -> String {
    let (_, routes) = routes::all().split_for_parts();
    let mut document: OpenApi = Document::openapi();
    document.merge(routes);
    let components = document.components.get_or_insert_default();
    components.responses.extend(all_problems());
    // The types of the document are always valid JSON.
    document.to_pretty_json().unwrap_or_default()
}

struct BearerToken;

impl Modify for BearerToken {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A token stands for one actor: an operator of the centre, staff of a handling unit \
                 or its leader in charge, who alone handles complaints about that staff (Art. 8(4)), \
                 staff of a district's hotline office, a channel system, an auditor, or the \
                 platform's admin (Art. 5, 6)",
            ))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// Declares the errors of a group of routes, by their codes. They stand once in the document, and routes
/// refer to them.
macro_rules! errors {
    ($($(#[doc = $doc:literal])+ $name:ident = [$($code:ident),+ $(,)?];)+) => {
        $(
            $(#[doc = $doc])+
            pub(crate) struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    let statuses = problems(&[$(codes::$code),+]).into_keys();
                    let reference = |status: String| {
                        let name = name_of(stringify!($name), &status);
                        (status, RefOr::Ref(Ref::from_response_name(name)))
                    };
                    statuses.map(reference).collect()
                }
            }
        )+

        /// The errors of all groups, by the names under which routes refer to them.
        fn all_problems() -> BTreeMap<String, RefOr<Response>> {
            let mut all = BTreeMap::new();
            $(
                let responses = problems(&[$(codes::$code),+]).into_iter();
                all.extend(responses.map(|(status, response)| {
                    (name_of(stringify!($name), &status), response)
                }));
            )+
            all
        }
    };
}

errors! {
    /// Of routes that only read.
    ReadErrors = [
        INVALID_PARAMETER, INVALID_PATH, TOKEN_MISSING, BAD_TOKEN, NOT_PERMITTED,
        NOT_THE_HANDLING_UNIT, NOT_FOUND, ORDER_NOT_FOUND, URI_TOO_LONG, HEADERS_TOO_LARGE,
        INVALID_INPUT, INTERNAL, STORE_FAILED, OVERLOADED, TIMED_OUT,
    ];

    /// Of asking how an order stands for its requester. An order that does not exist is refused as
    /// somebody else's is.
    ProgressErrors = [
        MALFORMED_JSON, INVALID_FIELD, INVALID_PATH, TOKEN_MISSING, BAD_TOKEN, NOT_PERMITTED,
        NOT_THE_REQUESTER, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, URI_TOO_LONG, HEADERS_TOO_LARGE,
        INVALID_INPUT, INTERNAL, STORE_FAILED, OVERLOADED, TIMED_OUT,
    ];

    /// Of routes that change something other than an order.
    WriteErrors = [
        MALFORMED_JSON, INVALID_FIELD, INVALID_PARAMETER, MALFORMED_IDEMPOTENCY_KEY, TOKEN_MISSING,
        BAD_TOKEN, NOT_PERMITTED, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, HEADERS_TOO_LARGE,
        INVALID_INPUT, INTERNAL, STORE_FAILED, OVERLOADED, TIMED_OUT,
    ];

    /// Of what is done with a delivery.
    DeliveryErrors = [
        MALFORMED_JSON, INVALID_FIELD, INVALID_PATH, TOKEN_MISSING, BAD_TOKEN, NOT_PERMITTED,
        NOT_FOUND, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, HEADERS_TOO_LARGE, INVALID_INPUT,
        INTERNAL, STORE_FAILED, OVERLOADED, TIMED_OUT,
    ];

    /// Of what is done about plugins.
    PlatformErrors = [
        MALFORMED_JSON, INVALID_FIELD, INVALID_PATH, TOKEN_MISSING, BAD_TOKEN, NOT_PERMITTED,
        NOT_FOUND, ROLLOUT_CONFLICT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, HEADERS_TOO_LARGE,
        INVALID_INPUT, PLUGIN_REFUSED, ROLLOUT_REFUSED, INTERNAL, STORE_FAILED, OVERLOADED,
        TIMED_OUT,
    ];

    /// Of cancelling a trial.
    CancelErrors = [
        INVALID_PATH, TOKEN_MISSING, BAD_TOKEN, NOT_PERMITTED, NOT_FOUND, ROLLOUT_CONFLICT,
        HEADERS_TOO_LARGE, ROLLOUT_REFUSED, INTERNAL, STORE_FAILED, OVERLOADED, TIMED_OUT,
    ];

    /// Of trying again what is stuck.
    DueErrors = [
        INVALID_PATH, TOKEN_MISSING, BAD_TOKEN, NOT_PERMITTED, NOT_FOUND, HEADERS_TOO_LARGE,
        INTERNAL, STORE_FAILED, OVERLOADED, TIMED_OUT,
    ];

    /// Of advancing the clock.
    ClockErrors = [
        MALFORMED_JSON, INVALID_FIELD, TOKEN_MISSING, BAD_TOKEN, NOT_PERMITTED,
        CLOCK_IS_THE_SYSTEMS, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, HEADERS_TOO_LARGE,
        INVALID_INPUT, INTERNAL, STORE_FAILED, OVERLOADED, TIMED_OUT,
    ];

    /// Of registering.
    RegisterErrors = [
        MALFORMED_JSON, INVALID_FIELD, MALFORMED_IDEMPOTENCY_KEY, TOKEN_MISSING, BAD_TOKEN,
        NOT_PERMITTED, SOURCE_EXISTS, CONCURRENT_CHANGE, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE,
        HEADERS_TOO_LARGE, IDEMPOTENCY_KEY_REUSED, INVALID_INPUT, UNKNOWN_UNIT, UNKNOWN_DISTRICT,
        MISSING_FIELD, REAL_NAME_REQUIRED, CONCEALMENT_WITHOUT_FIELDS, NOT_REFILABLE,
        PERIOD_OUT_OF_RANGE, INTERNAL, STORE_FAILED, OVERLOADED, TIMED_OUT,
    ];

    /// Of commands.
    CommandErrors = [
        MALFORMED_JSON, INVALID_FIELD, MALFORMED_IF_MATCH, MALFORMED_IDEMPOTENCY_KEY, TOKEN_MISSING,
        BAD_TOKEN, NOT_PERMITTED, NOT_THE_HANDLING_UNIT, NOT_THE_REQUESTER, ORDER_NOT_FOUND,
        CONCURRENT_CHANGE, VERSION_CONFLICT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE,
        HEADERS_TOO_LARGE, IDEMPOTENCY_KEY_REUSED, INVALID_INPUT, ORDER_CLOSED, WRONG_STAGE,
        NOT_A_CONSULTATION, COMMENDATION, UNKNOWN_UNIT, SPECIAL_LIMIT_WITHOUT_BASIS,
        IMPOSSIBLE_TIME, MISSING_FIELD, REPLY_WITHOUT_EVIDENCE, REPLY_MISSING, ALREADY_REPLIED,
        TOO_FEW_CONTACT_ATTEMPTS, REQUESTER_WAS_REACHED, RATING_TOO_LATE, ALREADY_RATED,
        FOLLOW_UP_MISSING, REAL_NAME_REQUIRED, CONCEALMENT_WITHOUT_FIELDS, NOTHING_MISSING,
        INFORMATION_TOO_LATE, WRONG_CHANNEL, RETURN_TOO_LATE, RETURN_NOT_ALLOWED,
        RETURN_REJECTED_BEFORE, RETURN_PROOF_MISSING, ALREADY_RETURNED_BY_UNIT,
        JOINT_ONLY_AFTER_RETURN, NOT_A_LEAD_UNIT, UNIT_NAMED_TWICE, NO_ASSISTING_UNIT,
        COORDINATION_REQUIRED, NOT_RETURNED, OPINION_MISSING, NO_OPINION_ASKED,
        EXTENSION_TOO_LATE, EXTENSION_LIMIT_REACHED, EXTENSION_TOO_LONG, EXTENSION_NOT_ALLOWED,
        EXTENSION_NOTICE_MISSING, NO_EXTENSION_TO_TELL, STATEMENT_TOO_LATE, STATEMENT_UNJUDGED,
        NO_SUCH_STATEMENT, CONTENT_MISSING, MEDIATION_MISSING, UNKNOWN_GROUND,
        GROUND_NEEDS_EVIDENCE, EXTENSION_NEEDS_APPROVAL, MUST_BE_SENT_BACK, NAME_REQUIRED,
        EARLY_END_TOO_LATE, REPEAT_STATEMENT_MISSING, NOT_A_REPEAT,
        NOT_LINKABLE, ALREADY_WITHDRAWN, GOES_ON_ONLY_REPORTS, REHANDLED_BEFORE, EXCLUSION_NOT_PROVEN,
        ALREADY_FOLLOWED_UP, STATEMENT_WINDOW_OVER, SERVICE_RATED_BEFORE, SUPERVISION_UNFOUNDED,
        NO_SUCH_SUPERVISION, DELAY_UNEXPLAINED, NO_SUCH_PROPOSAL, UNKNOWN_POINT,
        WRONG_KNOWLEDGE_STAGE, POINT_EXPIRED, POINT_SUPERSEDED, UNCHANGED, PERIOD_OUT_OF_RANGE,
        INTERNAL, STORE_FAILED, OVERLOADED, TIMED_OUT,
    ];

    /// Of routes that read dossiers.
    ReadDossierErrors = [
        INVALID_PARAMETER, INVALID_PATH, TOKEN_MISSING, BAD_TOKEN, NOT_PERMITTED, NOT_A_PARTY,
        DOSSIER_NOT_FOUND, URI_TOO_LONG, HEADERS_TOO_LARGE, INTERNAL, STORE_FAILED, OVERLOADED,
        TIMED_OUT,
    ];

    /// Of routes that open a dossier.
    OpenDossierErrors = [
        MALFORMED_JSON, INVALID_FIELD, MALFORMED_IDEMPOTENCY_KEY, TOKEN_MISSING, BAD_TOKEN,
        NOT_PERMITTED, NOT_A_PARTY, CONCURRENT_CHANGE, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE,
        HEADERS_TOO_LARGE, IDEMPOTENCY_KEY_REUSED, INVALID_INPUT, MISSING_FIELD, TOO_MANY_ENTRIES,
        UNKNOWN_UNIT, UNKNOWN_DISTRICT, UNKNOWN_ORDER, IMPOSSIBLE_TIME, UNIT_LISTED, ORDER_LISTED,
        PERIOD_OUT_OF_RANGE, INTERNAL, STORE_FAILED, OVERLOADED, TIMED_OUT,
    ];

    /// Of commands on a dossier.
    DossierErrors = [
        MALFORMED_JSON, INVALID_FIELD, MALFORMED_IF_MATCH, MALFORMED_IDEMPOTENCY_KEY, TOKEN_MISSING,
        BAD_TOKEN, NOT_PERMITTED, NOT_A_PARTY, DOSSIER_NOT_FOUND, CONCURRENT_CHANGE,
        DOSSIER_VERSION_CONFLICT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, HEADERS_TOO_LARGE,
        IDEMPOTENCY_KEY_REUSED, INVALID_INPUT, WRONG_DOSSIER_KIND, DOSSIER_CLOSED,
        WRONG_DOSSIER_STAGE, MISSING_FIELD, TOO_MANY_ENTRIES, UNKNOWN_UNIT, UNKNOWN_ORDER,
        IMPOSSIBLE_TIME, UNIT_LISTED, UNIT_NOT_LISTED, LAST_UNIT, ORDER_LISTED, ORDER_NOT_LISTED,
        UNIT_UNFINISHED, PERIOD_OUT_OF_RANGE, INTERNAL, STORE_FAILED, OVERLOADED, TIMED_OUT,
    ];

    /// Of routes that read the knowledge base.
    ReadKnowledgeErrors = [
        INVALID_PARAMETER, INVALID_PATH, TOKEN_MISSING, BAD_TOKEN, NOT_PERMITTED, NOT_A_PARTY,
        KNOWLEDGE_NOT_FOUND, VERSION_NOT_FOUND, URI_TOO_LONG, HEADERS_TOO_LARGE,
        WRONG_KNOWLEDGE_STAGE, POINT_EXPIRED, POINT_SUPERSEDED, UNKNOWN_POINT, INTERNAL,
        STORE_FAILED, OVERLOADED, TIMED_OUT, NOT_READY,
    ];

    /// Of routes that open an entry of the knowledge base.
    OpenKnowledgeErrors = [
        MALFORMED_JSON, INVALID_FIELD, MALFORMED_IDEMPOTENCY_KEY, TOKEN_MISSING, BAD_TOKEN,
        NOT_PERMITTED, NOT_A_PARTY, CONCURRENT_CHANGE, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE,
        HEADERS_TOO_LARGE, IDEMPOTENCY_KEY_REUSED, INVALID_INPUT, MISSING_FIELD, TEXT_TOO_LONG,
        TOO_MANY_ENTRIES, MALFORMED_FIELD, IMPOSSIBLE_TIME, UNKNOWN_UNIT, UNKNOWN_DISTRICT,
        UNKNOWN_POINT, NOT_OWNER, PERIOD_OUT_OF_RANGE, INTERNAL, STORE_FAILED, OVERLOADED,
        TIMED_OUT,
    ];

    /// Of commands on an entry of the knowledge base.
    KnowledgeErrors = [
        MALFORMED_JSON, INVALID_FIELD, MALFORMED_IF_MATCH, MALFORMED_IDEMPOTENCY_KEY, TOKEN_MISSING,
        BAD_TOKEN, NOT_PERMITTED, NOT_A_PARTY, KNOWLEDGE_NOT_FOUND, CONCURRENT_CHANGE,
        KNOWLEDGE_VERSION_CONFLICT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, HEADERS_TOO_LARGE,
        IDEMPOTENCY_KEY_REUSED, INVALID_INPUT, WRONG_KNOWLEDGE_KIND, WRONG_KNOWLEDGE_STAGE,
        POINT_EXPIRED, POINT_SUPERSEDED, STALE_REVISION, SAME_PERSON, MISSING_FIELD, TEXT_TOO_LONG,
        TOO_MANY_ENTRIES, MALFORMED_FIELD, IMPOSSIBLE_TIME, UNKNOWN_UNIT, UNKNOWN_DISTRICT,
        UNKNOWN_POINT, NOT_OWNER, UNCHANGED, NOT_CHECKED, CHECK_BLOCKS, VALIDITY_TOO_LONG,
        VALIDITY_NOT_LONGER, ACTION_NOT_DONE, PERIOD_OUT_OF_RANGE, INTERNAL, STORE_FAILED,
        OVERLOADED, TIMED_OUT,
    ];

    /// Of importing points. What is wrong with a record stands in the answer.
    ImportErrors = [
        BAD_REQUEST, INVALID_PARAMETER, TOKEN_MISSING, BAD_TOKEN, NOT_PERMITTED, BODY_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE, HEADERS_TOO_LARGE, INVALID_INPUT, INTERNAL, STORE_FAILED,
        OVERLOADED, TIMED_OUT,
    ];

    /// Of checking many points at once.
    CheckErrors = [
        MALFORMED_JSON, INVALID_FIELD, INVALID_PARAMETER, TOKEN_MISSING, BAD_TOKEN, NOT_PERMITTED,
        NOT_FOUND, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, HEADERS_TOO_LARGE, INVALID_INPUT,
        ROLLOUT_REFUSED, INTERNAL, STORE_FAILED, OVERLOADED, TIMED_OUT, NOT_READY,
    ];
}

/// Under which name a group's response of a status stands.
fn name_of(group: &str, status: &str) -> String {
    format!("{group}_{status}")
}

/// One response per status, with the codes that it may carry.
fn problems(codes: &[Code]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for code in codes {
        let status = code.status.as_u16().to_string();
        by_status
            .entry(status)
            .or_default()
            .push(format!("- `{}`: {}", code.code, code.title));
    }
    let response = |(status, lines): (String, Vec<String>)| {
        let content = Content::new(Some(Ref::from_schema_name("Problem")));
        let builder = ResponseBuilder::new().description(lines.join("\n"));
        (status, builder.content(MEDIA_TYPE, content).build().into())
    };
    by_status.into_iter().map(response).collect()
}

/// The answer of every command.
pub(crate) struct CommandDone;

impl IntoResponses for CommandDone {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let response = outcome("The order after the command, and the events that came of it");
        BTreeMap::from([("200".to_owned(), response.build().into())])
    }
}

/// The answer of registering.
pub(crate) struct Registered;

impl IntoResponses for Registered {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let response = outcome("The new order, routed and perhaps dispatched")
            .header("Location", header("Where the order is"));
        BTreeMap::from([("201".to_owned(), response.build().into())])
    }
}

/// The answer of every command on a dossier.
pub(crate) struct DossierDone;

impl IntoResponses for DossierDone {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let description = "The dossier after the command, and the events that came of it";
        let response = outcome_of("DossierOutcome", description);
        BTreeMap::from([("200".to_owned(), response.build().into())])
    }
}

/// The answer of opening a dossier.
pub(crate) struct DossierOpened;

impl IntoResponses for DossierOpened {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let response = outcome_of("DossierOutcome", "The dossier")
            .header("Location", header("Where the dossier is"));
        BTreeMap::from([("201".to_owned(), response.build().into())])
    }
}

/// The answer of every command on an entry of the knowledge base.
pub(crate) struct KnowledgeDone;

impl IntoResponses for KnowledgeDone {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let description = "The entry after the command, and the events that came of it";
        let response = outcome_of("KnowledgeOutcome", description);
        BTreeMap::from([("200".to_owned(), response.build().into())])
    }
}

/// The answer of opening an entry of the knowledge base.
pub(crate) struct KnowledgeOpened;

impl IntoResponses for KnowledgeOpened {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let response = outcome_of("KnowledgeOutcome", "The entry")
            .header("Location", header("Where the entry is"));
        BTreeMap::from([("201".to_owned(), response.build().into())])
    }
}

fn outcome(description: &str) -> ResponseBuilder {
    outcome_of("Outcome", description)
}

fn outcome_of(schema: &str, description: &str) -> ResponseBuilder {
    ResponseBuilder::new()
        .description(description)
        .content(
            "application/json",
            Content::new(Some(Ref::from_schema_name(schema))),
        )
        .header("ETag", header("The version, such as `\"7\"`"))
        .header(
            "Idempotent-Replayed",
            header("`true` when the request was carried out before"),
        )
}

fn header(description: &str) -> Header {
    let text = ObjectBuilder::new().schema_type(Type::String);
    HeaderBuilder::new()
        .schema(text)
        .description(Some(description))
        .build()
}

/// Header parameter of everything that is created.
pub(crate) struct IdempotencyParameter;

impl IntoParams for IdempotencyParameter {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![parameter(
            "Idempotency-Key",
            "Makes the request safe to repeat, for a week: a repetition with the same key is not \
             carried out again and is answered as the first time, with `Idempotent-Replayed: true`. \
             The same key with another request is refused. 1 to 255 visible ASCII characters, such \
             as a UUID; keys of different actors never meet.",
        )]
    }
}

/// Header parameters of every command.
pub(crate) struct CommandParameters;

impl IntoParams for CommandParameters {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parameters = IdempotencyParameter::into_params(place);
        parameters.push(parameter(
            "If-Match",
            "The `ETag` of the order as it was read, such as `\"7\"`: the command is carried out on \
             that version only, else 412 with the current one. `*` or nothing takes any version.",
        ));
        parameters
    }
}

fn parameter(name: &str, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use expect_test::expect_file;
    use serde_json::Value;

    use super::*;

    fn parsed() -> Value {
        serde_json::from_str(&document()).unwrap()
    }

    /// `UPDATE_EXPECT=1 cargo test` writes the file anew.
    #[test]
    fn the_committed_document_is_up_to_date() {
        expect_file!["../openapi.json"].assert_eq(&document());
    }

    #[test]
    fn every_route_is_in_the_document() {
        // The router's own fallback stands beside the routes.
        let is_route = |part: &str| {
            part.starts_with('/') && part != "/" && !part.contains("__private__axum_fallback")
        };
        let document = parsed();
        let documented: BTreeSet<&str> = document["paths"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let (router, _) = routes::all().split_for_parts();
        let debug = format!("{router:?}");
        let routed: BTreeSet<&str> = debug.split('"').filter(|part| is_route(part)).collect();
        assert!(
            routed.len() > 20,
            "the router shows its routes no longer: {debug}"
        );
        assert_eq!(routed, documented);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
            match value {
                Value::Object(members) => {
                    for (name, member) in members {
                        if let ("$ref", Value::String(target)) = (name.as_str(), member) {
                            found.insert(target);
                        }
                        references(member, found);
                    }
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        let document = parsed();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        assert!(found.len() > 20);
        for target in found {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(
                document.pointer(pointer).is_some(),
                "{target} leads nowhere"
            );
        }
    }

    #[test]
    fn every_operation_and_schema_is_described() {
        let document = parsed();
        let mut operations = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let place = format!("{method} {path}");
                assert!(operation["summary"].is_string(), "{place} has no summary");
                let id = operation["operationId"].as_str().unwrap();
                assert!(
                    operations.insert(id.to_owned()),
                    "{place}: {id} stands twice"
                );
                for (status, response) in operation["responses"].as_object().unwrap() {
                    let response = match response["$ref"].as_str() {
                        Some(target) => document.pointer(&target[1..]).unwrap(),
                        None => response,
                    };
                    assert!(response["description"].is_string(), "{place} {status}");
                }
            }
        }
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            assert!(
                schema["description"].is_string(),
                "schema {name} has no description"
            );
        }
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(
            document["components"]["securitySchemes"]["bearer"]["scheme"],
            "bearer"
        );
    }
}
