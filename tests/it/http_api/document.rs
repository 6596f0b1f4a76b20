//! Holds every answer against the OpenAPI document: route, status, media type, and the body's schema.
//! What the document does not know is a fault, also a member too many.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::http::{Method, StatusCode, header};
use serde_json::Value;

use super::server::Answer;

pub(crate) struct Document(Value);

impl Document {
    pub(crate) fn get() -> &'static Self {
        static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
            Document(serde_json::from_str(&api::document()).expect("the document is JSON"))
        });
        &DOCUMENT
    }

    /// Every operation as method and path template.
    pub(crate) fn operations(&self) -> Vec<(Method, String)> {
        let paths = self.0["paths"].as_object().expect("paths");
        let operations = paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().expect("operations").keys();
            methods.map(|method| {
                let method = method.to_uppercase();
                (method.parse().expect("a method"), path.clone())
            })
        });
        operations.collect()
    }

    /// The members that the body of a command must have.
    pub(crate) fn required(&self, path: &str) -> BTreeSet<String> {
        let operation = self.operation(&Method::POST, path).expect("an operation");
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let required = self.resolve(schema)["required"].as_array();
        let names = required.into_iter().flatten();
        names
            .map(|name| name.as_str().expect("a name").to_owned())
            .collect()
    }

    /// What in the answer is not as documented.
    pub(crate) fn judge(&self, method: &Method, path: &str, answer: &Answer) -> Result<(), String> {
        let judged = self.judge_operation(method, path.split('?').next().expect("a path"), answer);
        judged.map_err(|fault| format!("{method} {path} {}: {fault}", answer.status))
    }

    fn judge_operation(&self, method: &Method, path: &str, answer: &Answer) -> Result<(), String> {
        let Some(operation) = self.operation(method, path) else {
            let undocumented = [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
            if undocumented.contains(&answer.status) {
                return Ok(());
            }
            return Err("no such operation".to_owned());
        };
        let response = self.resolve(&operation["responses"][answer.status.as_str()]);
        if !response.is_object() {
            return Err(format!("{} is not documented", answer.text()));
        }
        for (name, _) in response["headers"].as_object().into_iter().flatten() {
            let conditional = ["Idempotent-Replayed", "Link"].contains(&name.as_str());
            if !conditional && !answer.headers.contains_key(name) {
                return Err(format!("no {name}"));
            }
        }
        let media_type = answer.header(header::CONTENT_TYPE).expect("a media type");
        let media_type = media_type.split(';').next().expect("a media type");
        let schema = &response["content"][media_type]["schema"];
        if !schema.is_object() {
            return Err(format!("{media_type} is not documented"));
        }
        if media_type.ends_with("json") {
            return self.fault(schema, &answer.json(), "");
        }
        Ok(())
    }

    fn operation(&self, method: &Method, path: &str) -> Option<&Value> {
        let paths = self.0["paths"].as_object().expect("paths");
        let fits = |template: &str| {
            let (template, path) = (template.split('/'), path.split('/'));
            template.clone().count() == path.clone().count()
                && template
                    .zip(path)
                    .all(|(part, given)| part.starts_with('{') || part == given)
        };
        let mut found: Vec<(&String, &Value)> =
            paths.iter().filter(|(path, _)| fits(path)).collect();
        // A literal part goes before a parameter.
        found.sort_by_key(|(template, _)| template.matches('{').count());
        found.first()?.1.get(method.as_str().to_lowercase())
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(target) => self.0.pointer(&target[1..]).expect("a schema"),
            None => schema,
        }
    }

    /// What is wrong with a value.
    fn fault(&self, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
        self.form(schema, value, place)?;
        if let (Some(known), Value::Object(members)) = (self.members(schema), value) {
            let unknown = members.keys().find(|name| !known.contains(name.as_str()));
            if let Some(unknown) = unknown {
                return Err(format!("{place}/{unknown} is not documented"));
            }
        }
        Ok(())
    }

    fn form(&self, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
        let schema = self.resolve(schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.form(part, value, place)?;
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            let faults: Result<Vec<String>, ()> = choices
                .iter()
                .map(|choice| self.fault(choice, value, place).err().ok_or(()))
                .collect();
            if let Ok(faults) = faults {
                return Err(format!("{place} fits no choice: {}", faults.join("; ")));
            }
        }
        if !has_type(&schema["type"], value) {
            return Err(format!("{place}: {value} is not {}", schema["type"]));
        }
        if let Some(words) = schema["enum"].as_array()
            && !words.contains(value)
        {
            return Err(format!("{place}: {value} is not one of {words:?}"));
        }
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.fault(&schema["items"], item, &format!("{place}/{index}"))?;
        }
        for required in schema["required"].as_array().into_iter().flatten() {
            let name = required.as_str().expect("a name");
            if value.get(name).is_none() {
                return Err(format!("{place}/{name} is missing"));
            }
        }
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(value) = value.get(name) {
                self.fault(member, value, &format!("{place}/{name}"))?;
            }
        }
        Ok(())
    }

    /// The members that a schema documents; none when it leaves them open.
    fn members<'a>(&'a self, schema: &'a Value) -> Option<BTreeSet<&'a str>> {
        let schema = self.resolve(schema);
        let mut known = BTreeSet::new();
        let properties = schema["properties"].as_object();
        known.extend(
            properties
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str()),
        );
        let parts = ["allOf", "oneOf"].map(|kind| schema[kind].as_array());
        for part in parts.into_iter().flatten().flatten() {
            known.extend(self.members(part).into_iter().flatten());
        }
        (!known.is_empty()).then_some(known)
    }
}

fn has_type(expected: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("unknown type {other}"),
    };
    match expected {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().any(|name| is(name.as_str().expect("a type"))),
        // Described as free-form, or by its parts alone.
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => panic!("{expected} is no type"),
    }
}
