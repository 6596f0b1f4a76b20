//! The OpenAPI document of an application: every function with the question and the verdict of the
//! contract's WIT, and every problem with its code.

mod schema;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use self::schema::{Contract, Exchange};
use crate::application::Function;
use crate::problem::Problem;
use crate::{Error, own};

/// For each kind a question with every field, and what the city's rule answers to it.
const EXAMPLES: &str = include_str!("openapi/examples.json");

/// The adapters' own problems: status, code and when. They are listed in `plugins/http` too.
const ADAPTER: [(u16, &str, &str); 11] = [
    (400, "invalid_utf8", "The body is not UTF-8."),
    (400, "invalid_json", "The body is not one JSON document."),
    (
        400,
        "invalid_question",
        "The document is not the question; `field` says where.",
    ),
    (
        400,
        "unreadable_body",
        "The body broke off before it was complete.",
    ),
    (
        405,
        "method_not_allowed",
        "Neither GET, HEAD, OPTIONS nor POST.",
    ),
    (413, "body_too_large", "The body is too large."),
    (
        415,
        "unsupported_media_type",
        "The body is declared as something else than JSON in UTF-8.",
    ),
    (
        422,
        "refused",
        "The plugin itself refuses; `refusal` has its words.",
    ),
    (
        500,
        "invalid_schema",
        "The plugin's settings schema is not JSON.",
    ),
    (
        500,
        "unwritable_verdict",
        "The plugin's verdict cannot be written as JSON.",
    ),
    (
        500,
        "function_failed",
        "The function failed and gave no answer.",
    ),
];

/// What is the same for every function.
const INTRODUCTION: &str = "Rules of the 12345 hotline as HTTP functions. POST asks a rule its question and \
gives its verdict; GET describes the rule; HEAD and OPTIONS work as usual. Every answer of a rule names its \
image in the header `kapok-image`. Where the server knows tokens, every function wants one.";

/// Writes the document.
pub(crate) fn document(name: &str, functions: &[Function]) -> Result<Vec<u8>, Error> {
    let examples: Map<String, Value> = parse(EXAMPLES)?;
    let mut contract = Contract::read()?;
    let mut exchanges: BTreeMap<&str, Exchange> = BTreeMap::new();
    let mut paths = Map::new();
    for function in functions {
        let route = function.route().to_string();
        let Some(kind) = function.kind() else {
            paths.insert(route, unknown(function));
            continue;
        };
        let example = examples.get(kind.name()).unwrap_or(&Value::Null);
        if !exchanges.contains_key(kind.name()) {
            let question = example.get("question").unwrap_or(&Value::Null);
            let exchange = contract.exchange(kind.name(), question)?;
            exchanges.insert(kind.name(), exchange);
        }
        if let Some(exchange) = exchanges.get(kind.name()) {
            paths.insert(route, path(function, exchange, example));
        }
    }
    for own in own::Path::ALL {
        paths.insert(own.text().to_owned(), own_path(own));
    }
    let refusal = exchanges.values().next().map(|one| one.refusal.clone());
    let version = contract.name();
    let mut schemas: Map<String, Value> = contract.schemas.into_iter().collect();
    schemas.insert("problem".to_owned(), problem_schema(refusal));
    schemas.insert("about".to_owned(), about_schema());
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": name, "version": version, "description": INTRODUCTION},
        // Who serves it decides whether a token is wanted.
        "security": [{}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    });
    serde_json::to_vec(&document).map_err(|error| Error::Contract(error.to_string()))
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Contract(format!("the examples: {error}")))
}

/// A function that answers a question of the contract.
fn path(function: &Function, exchange: &Exchange, example: &Value) -> Value {
    let id = function.route().to_string().replace('/', "-");
    let summary = function
        .component
        .description
        .clone()
        .unwrap_or_else(|| exchange.summary.clone());
    let limits = function.component.limits;
    let image = function.image().map(|image| format!("sha256:{image}"));
    let mut ask = json!({
        "operationId": format!("ask{id}"),
        "summary": summary,
        "description": exchange.description,
        "requestBody": {
            "required": true,
            "content": {"application/json": {
                "schema": exchange.question,
                "example": example.get("question"),
            }},
        },
        "responses": responses("The verdict", "application/json", &exchange.verdict, example.get("verdict")),
    });
    let describe = json!({
        "operationId": format!("describe{id}"),
        "summary": "Describe the rule",
        "responses": responses("What the rule is", "application/json", &reference("about"), None),
    });
    if example.is_null()
        && let Some(content) = ask.pointer_mut("/requestBody/content/application~1json")
        && let Some(content) = content.as_object_mut()
    {
        content.remove("example");
    }
    json!({
        "summary": summary,
        "x-kapok-component": function.component(),
        "x-kapok-image": image,
        "x-kapok-limits": {
            "time_ms": u64::try_from(limits.time.as_millis()).unwrap_or(u64::MAX),
            "memory_bytes": limits.memory_bytes,
            "running": limits.running,
        },
        "post": ask,
        "get": describe,
    })
}

/// A function that is not of the contract: only that it is there can be said.
fn unknown(function: &Function) -> Value {
    json!({
        "summary": function.component.description,
        "x-kapok-component": function.component(),
    })
}

/// One of the server's own paths.
fn own_path(path: own::Path) -> Value {
    let (summary, media_type) = match path {
        own::Path::Healthz => ("Whether the process lives", own::JSON),
        own::Path::SpinHealth => ("The same, where Spin answers it", "text/plain"),
        own::Path::Readyz => (
            "Whether it takes requests; 503 `stopping` while it ends",
            own::JSON,
        ),
        own::Path::Metrics => ("What was counted, for Prometheus", "text/plain"),
        own::Path::OpenApi => ("This document", own::JSON),
    };
    json!({"get": {
        "summary": summary,
        "security": [{}],
        "responses": {"200": {"description": "It is", "content": {media_type: {}}}},
    }})
}

/// The answer that is wanted, and every problem by its status.
fn responses(what: &str, media_type: &str, schema: &Value, example: Option<&Value>) -> Value {
    let headers = json!({
        "kapok-image": {
            "description": "The rule image that answered: `sha256:` and its digest in hex",
            "schema": {"type": "string"},
        },
        "x-request-id": {
            "description": "The request's own id, or a new one",
            "schema": {"type": "string"},
        },
    });
    let mut content = json!({"schema": schema});
    if let (Some(example), Some(content)) =
        (example.filter(|it| !it.is_null()), content.as_object_mut())
    {
        content.insert("example".to_owned(), example.clone());
    }
    let mut responses = Map::new();
    let found = json!({"description": what, "headers": headers, "content": {media_type: content}});
    responses.insert("200".to_owned(), found);
    for (status, lines) in problems() {
        let problem = json!({
            "description": lines.join("\n"),
            "content": {"application/problem+json": {"schema": reference("problem")}},
        });
        responses.insert(status.to_string(), problem);
    }
    Value::Object(responses)
}

/// Every problem of a function as a line of its status.
fn problems() -> BTreeMap<u16, Vec<String>> {
    let mut all: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    let of_the_server = Problem::ALL.into_iter().map(|problem| {
        let (status, meaning) = problem.meaning();
        (status.as_u16(), problem.code(), meaning)
    });
    for (status, code, meaning) in ADAPTER.into_iter().chain(of_the_server) {
        let lines = all.entry(status).or_default();
        let start = format!("`{code}`: ");
        if !lines.iter().any(|line| line.starts_with(&start)) {
            lines.push(format!("{start}{meaning}"));
        }
    }
    all
}

fn problem_schema(refusal: Option<Value>) -> Value {
    let mut codes: Vec<&str> = ADAPTER.iter().map(|(_, code, _)| *code).collect();
    codes.extend(Problem::ALL.map(Problem::code));
    codes.sort_unstable();
    codes.dedup();
    json!({
        "type": "object",
        "description": "A problem (RFC 9457)",
        "properties": {
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": codes, "description": "Stable, for programs"},
            "detail": {"type": "string", "description": "For people"},
            "field": {"type": "string", "description": "What of the question is wrong, as a path; `.` is the whole"},
            "refusal": refusal.unwrap_or_else(|| json!({"type": "object"})),
        },
        "required": ["title", "status", "code", "detail"],
        "additionalProperties": false,
    })
}

fn about_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "Short name, such as `tianhe-routing`"},
            "version": {"type": "string", "description": "Version of the plugin's own code"},
            "kind": {"enum": contract::about::Kind::ALL.map(contract::about::Kind::name)},
            "summary": {"type": "string"},
            "settings_schema": {"description": "JSON Schema (2020-12) of the settings"},
        },
        "required": ["name", "version", "kind", "summary", "settings_schema"],
        "additionalProperties": false,
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[cfg(test)]
mod tests {
    use contract::about::Kind;
    use serde_json::{Map, Value};

    use super::schema::{Contract, is_question};
    use super::{EXAMPLES, parse};

    #[test]
    fn every_kind_has_an_example_with_every_field() {
        let examples: Map<String, Value> = parse(EXAMPLES).unwrap();
        for kind in Kind::ALL {
            let question = &examples[kind.name()]["question"];
            assert!(is_question(kind.name(), question), "{kind}: {question}");
            let mut contract = Contract::read().unwrap();
            let exchange = contract.exchange(kind.name(), question).unwrap();
            let name = exchange.question["$ref"].as_str().unwrap();
            let name = name.rsplit('/').next().unwrap();
            let schema = &contract.schemas[name];
            for field in schema["properties"].as_object().unwrap().keys() {
                assert!(question.get(field).is_some(), "{kind} {field}");
            }
        }
    }

    #[test]
    fn what_may_be_left_out_is_not_required() {
        let examples: Map<String, Value> = parse(EXAMPLES).unwrap();
        let mut contract = Contract::read().unwrap();
        for kind in Kind::ALL {
            let question = &examples[kind.name()]["question"];
            contract.exchange(kind.name(), question).unwrap();
        }
        let required = |name: &str| contract.schemas[name]["required"].to_string();
        assert_eq!(
            required("routing.question"),
            r#"["order_type","channel","text","registered_at"]"#
        );
        assert_eq!(required("knowledge.faq"), r#"["question","answer"]"#);
        assert_eq!(required("knowledge.english"), r#"["summary"]"#);
        assert_eq!(
            required("knowledge.finding"),
            r#"["severity","field","index","code","message"]"#
        );
    }
}
