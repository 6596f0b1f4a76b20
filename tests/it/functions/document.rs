//! The OpenAPI document: its examples are asked, its schemas fit what is answered, and it knows every
//! problem.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::client::{post, send};
use super::{shipped, shipped_service};

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| send(shipped(), "GET", "/openapi.json").json())
}

/// A schema of the document, with the others that it refers to.
fn validator(schema: &Value) -> Validator {
    let mut schema = schema.clone();
    schema["components"] = document()["components"].clone();
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

#[track_caller]
fn check(schema: &Value, value: &Value) {
    let errors: Vec<String> = validator(schema)
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value}");
}

/// Every function with its path in the document.
fn functions() -> Vec<(String, &'static Value)> {
    let application = shipped_service().application();
    let functions = application.functions().iter();
    functions
        .map(|function| {
            let route = function.route().to_string();
            let path = &document()["paths"][&route];
            assert!(path.is_object(), "{route} is not in the document");
            (route, path)
        })
        .collect()
}

#[test]
fn examples_are_answered_as_the_document_says() {
    for (route, path) in functions() {
        let content = &path["post"]["requestBody"]["content"]["application/json"];
        let found = &path["post"]["responses"]["200"]["content"]["application/json"];
        check(&content["schema"], &content["example"]);
        let reply = post(shipped(), &route, content["example"].to_string());
        assert_eq!(reply.status, 200, "{route}: {reply:?}");
        check(&found["schema"], &reply.json());
        if route.ends_with("/city") {
            assert_eq!(reply.json(), found["example"], "{route}: {}", reply.text());
            check(&found["schema"], &found["example"]);
        }
        assert_eq!(
            path["x-kapok-image"].as_str(),
            reply.header(functions::IMAGE),
            "{route}"
        );
        let about = &path["get"]["responses"]["200"]["content"]["application/json"];
        check(&about["schema"], &send(shipped(), "GET", &route).json());
    }
}

#[test]
fn a_field_is_required_exactly_where_its_absence_is_refused() {
    for (route, path) in functions() {
        let content = &path["post"]["requestBody"]["content"]["application/json"];
        let schema = validator(&content["schema"]);
        for field in content["example"].as_object().unwrap().keys() {
            let mut without = content["example"].clone();
            without.as_object_mut().unwrap().remove(field);
            let status = post(shipped(), &route, without.to_string()).status;
            let fits = schema.is_valid(&without);
            assert_eq!(status == 200, fits, "{route} without {field}: {status}");
        }
        let mut more = content["example"].clone();
        more["surplus"] = json!(1);
        assert!(!schema.is_valid(&more), "{route}");
        assert_eq!(
            post(shipped(), &route, more.to_string()).status,
            400,
            "{route}"
        );
    }
}

#[test]
fn problems_are_those_of_the_document() {
    let responses = &document()["paths"]["/routing/city"]["post"]["responses"];
    for (path, body) in [
        ("/routing/city", "{}"),
        ("/routing/city", "["),
        ("/nowhere", ""),
    ] {
        let reply = post(shipped(), path, body);
        let response = &responses[reply.status.to_string()];
        let schema = &response["content"]["application/problem+json"]["schema"];
        check(schema, &reply.json());
        let lines = response["description"].as_str().unwrap();
        assert!(lines.contains(&format!("`{}`", reply.code())), "{lines}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    found.push(reference.clone());
                }
                fields.values().for_each(|value| walk(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = Vec::new();
    walk(document(), &mut found);
    assert!(found.len() > 20, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document().pointer(pointer).is_some(), "{reference}");
    }
    let schemas = &document()["components"]["schemas"];
    let order_type = &schemas["types.order-type"]["oneOf"][0];
    assert_eq!(order_type["const"], "consultation");
    assert!(order_type["description"].as_str().unwrap().contains("咨询"));
}
