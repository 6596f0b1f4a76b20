//! JSON Schemas of the contract's questions and verdicts, made of its WIT: names and comments from there,
//! the JSON form from the contract's own types.
//!
//! The WIT says nothing about JSON, so two things come from elsewhere. How a variant is written stands in
//! [`Form::of`], and a test holds every answer of the shipped rules against it. Which fields of a question
//! may be left out is found by leaving each out of the example and asking the contract's own reader.

use std::collections::BTreeMap;

use contract::{escalation, knowledge, routing};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};
use wit_parser::{
    Docs, Enum, Function, Interface, PackageId, Record, Resolve, SourceMap, Type, TypeDef,
    TypeDefKind, TypeId, TypeOwner, Variant,
};

use crate::Error;

/// The contract's files.
const FILES: [(&str, &str); 4] = [
    ("types.wit", include_str!("../../../../wit/types.wit")),
    ("routing.wit", include_str!("../../../../wit/routing.wit")),
    (
        "escalation.wit",
        include_str!("../../../../wit/escalation.wit"),
    ),
    (
        "knowledge.wit",
        include_str!("../../../../wit/knowledge.wit"),
    ),
];

/// The contract, and the schemas that were made of it so far.
pub(super) struct Contract {
    resolve: Resolve,
    package: PackageId,
    /// By name, such as `routing.question`.
    pub(super) schemas: BTreeMap<String, Value>,
}

/// What an interface asks and answers.
pub(super) struct Exchange {
    /// What the interface says about itself: its question in words.
    pub(super) summary: String,
    /// What its function says about itself.
    pub(super) description: String,
    /// Schema of the question.
    pub(super) question: Value,
    /// Schema of the verdict.
    pub(super) verdict: Value,
    /// Schema of the refusal.
    pub(super) refusal: Value,
}

/// How a type of the contract is written, where that does not follow from its kind.
enum Form {
    /// As a text of this JSON Schema format.
    Text(&'static str),
    /// As an object that names the case in one field and has its content in the other.
    Tagged(&'static str, &'static str),
    /// As the case's name, or an object with the content under it.
    Plain,
}

impl Form {
    fn of(name: &str) -> Self {
        match name {
            "types.instant" => Self::Text("date-time"),
            "types.civil-date" => Self::Text("date"),
            "types.refusal" => Self::Tagged("refusal", "detail"),
            "routing.verdict" => Self::Tagged("verdict", "candidates"),
            "escalation.verdict" => Self::Tagged("verdict", "proposals"),
            _ => Self::Plain,
        }
    }
}

/// Where in a question a type stands, so that it can be seen which fields may be left out.
#[derive(Clone)]
struct Place<'a> {
    interface: &'a str,
    example: &'a Value,
    /// A JSON pointer into the example.
    pointer: String,
}

impl Place<'_> {
    fn below(&self, step: &str) -> Self {
        Self {
            pointer: format!("{}/{step}", self.pointer),
            ..self.clone()
        }
    }

    /// Whether the question is still one without this field.
    fn can_spare(&self, field: &str) -> bool {
        let mut without = self.example.clone();
        let record = without.pointer_mut(&self.pointer);
        let removed = record
            .and_then(Value::as_object_mut)
            .and_then(|record| record.remove(field));
        removed.is_some() && is_question(self.interface, &without)
    }
}

/// Whether the contract reads this as the interface's question.
pub(super) fn is_question(interface: &str, value: &Value) -> bool {
    match interface {
        "routing" => routing::Question::deserialize(value).is_ok(),
        "escalation" => escalation::Question::deserialize(value).is_ok(),
        "knowledge" => knowledge::Point::deserialize(value).is_ok(),
        _ => false,
    }
}

impl Contract {
    /// Reads the contract's files.
    pub(super) fn read() -> Result<Self, Error> {
        let mut files = SourceMap::default();
        for (name, text) in FILES {
            files.push_str(name, text);
        }
        let group = files
            .parse()
            .map_err(|(files, error)| Error::Contract(error.render(&files)))?;
        let mut resolve = Resolve::default();
        let package = resolve
            .push_group(group)
            .map_err(|error| Error::Contract(error.to_string()))?;
        Ok(Self {
            resolve,
            package,
            schemas: BTreeMap::new(),
        })
    }

    /// The contract's name with its version.
    pub(super) fn name(&self) -> String {
        let package = self.resolve.packages.get(self.package);
        package.map_or_else(String::new, |package| package.name.to_string())
    }

    fn interface(&self, name: &str) -> Option<&Interface> {
        let package = self.resolve.packages.get(self.package)?;
        self.resolve.interfaces.get(*package.interfaces.get(name)?)
    }

    fn definition(&self, id: TypeId) -> Result<&TypeDef, Error> {
        let found = self.resolve.types.get(id);
        found.ok_or_else(|| wrong("a type", "it is not defined"))
    }

    /// What an interface of one function asks and answers; `example` is a question with every field.
    pub(super) fn exchange(&mut self, interface: &str, example: &Value) -> Result<Exchange, Error> {
        let found = self
            .interface(interface)
            .ok_or_else(|| wrong(interface, "there is no such interface"))?;
        let summary = text(&found.docs);
        let function = found.functions.values().next().cloned();
        let function = function.ok_or_else(|| wrong(interface, "it has no function"))?;
        let (question, verdict, refusal) = self.types(interface, &function)?;
        let place = Place {
            interface,
            example,
            pointer: String::new(),
        };
        Ok(Exchange {
            summary,
            description: text(&function.docs),
            question: self.schema(&question, Some(&place))?,
            verdict: self.schema(&verdict, None)?,
            refusal: self.schema(&refusal, None)?,
        })
    }

    /// Question, verdict and refusal of a function.
    fn types(&self, interface: &str, function: &Function) -> Result<(Type, Type, Type), Error> {
        let question = function.params.first().map(|param| param.ty);
        let result = if let Some(Type::Id(id)) = function.result
            && let TypeDefKind::Result(result) = &self.definition(id)?.kind
        {
            result.ok.zip(result.err)
        } else {
            None
        };
        match (question, result) {
            (Some(question), Some((verdict, refusal))) => Ok((question, verdict, refusal)),
            _ => Err(wrong(
                interface,
                "its function is no question with a verdict or a refusal",
            )),
        }
    }

    fn schema(&mut self, ty: &Type, place: Option<&Place<'_>>) -> Result<Value, Error> {
        Ok(match ty {
            Type::Bool => json!({"type": "boolean"}),
            Type::U8 => integer(0, u8::MAX),
            Type::U16 => integer(0, u16::MAX),
            Type::U32 => integer(0, u32::MAX),
            Type::U64 => integer(0, u64::MAX),
            Type::S8 => integer(i8::MIN, i8::MAX),
            Type::S16 => integer(i16::MIN, i16::MAX),
            Type::S32 => integer(i32::MIN, i32::MAX),
            Type::S64 => integer(i64::MIN, i64::MAX),
            Type::String => json!({"type": "string"}),
            Type::Id(id) => return self.defined(*id, place),
            Type::F32 | Type::F64 | Type::Char | Type::ErrorContext => {
                return Err(wrong("a type", "the contract has none of this kind"));
            }
        })
    }

    /// A type with a definition: what has a name is a schema of its own, and is referred to.
    fn defined(&mut self, id: TypeId, place: Option<&Place<'_>>) -> Result<Value, Error> {
        let definition = self.definition(id)?.clone();
        if let TypeDefKind::Type(ty) = &definition.kind {
            return self.schema(ty, place);
        }
        if let TypeDefKind::Option(ty) = &definition.kind {
            let schema = self.schema(ty, place)?;
            return Ok(json!({"anyOf": [schema, {"type": "null"}]}));
        }
        if let TypeDefKind::List(ty) = &definition.kind {
            let item = place.map(|place| place.below("0"));
            let items = self.schema(ty, item.as_ref())?;
            return Ok(json!({"type": "array", "items": items}));
        }
        let name = self
            .name_of(id)
            .ok_or_else(|| wrong("a type", "it has no name"))?;
        if !self.schemas.contains_key(&name) {
            let schema = match (&definition.kind, Form::of(&name)) {
                (_, Form::Text(format)) => json!({"type": "string", "format": format}),
                (TypeDefKind::Record(record), _) => self.record(record, place)?,
                (TypeDefKind::Enum(of), _) => enumeration(of),
                (TypeDefKind::Variant(variant), form) => self.variant(variant, &form, place)?,
                _ => return Err(wrong(&name, "the contract's JSON has no such kind of type")),
            };
            let schema = described(schema, &definition.docs);
            self.schemas.insert(name.clone(), schema);
        }
        Ok(json!({"$ref": format!("#/components/schemas/{name}")}))
    }

    fn name_of(&self, id: TypeId) -> Option<String> {
        let definition = self.definition(id).ok()?;
        let TypeOwner::Interface(owner) = definition.owner else {
            return None;
        };
        let owner = self.resolve.interfaces.get(owner)?.name.as_deref()?;
        Some(format!("{owner}.{}", definition.name.as_deref()?))
    }

    fn record(&mut self, record: &Record, place: Option<&Place<'_>>) -> Result<Value, Error> {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for field in &record.fields {
            let name = snake(&field.name);
            let below = place.map(|place| place.below(&name));
            let schema = self.schema(&field.ty, below.as_ref())?;
            properties.insert(name.clone(), described(schema, &field.docs));
            if !place.is_some_and(|place| place.can_spare(&name)) {
                required.push(name);
            }
        }
        Ok(json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        }))
    }

    fn variant(
        &mut self,
        variant: &Variant,
        form: &Form,
        place: Option<&Place<'_>>,
    ) -> Result<Value, Error> {
        let mut cases = Vec::new();
        for case in &variant.cases {
            let name = snake(&case.name);
            let below = place.map(|place| place.below(&name));
            let content = match &case.ty {
                Some(ty) => Some(self.schema(ty, below.as_ref())?),
                None => None,
            };
            let schema = match (form, content) {
                (Form::Plain | Form::Text(_), None) => json!({"const": name}),
                (Form::Plain | Form::Text(_), Some(content)) => object([(name.as_str(), content)]),
                (Form::Tagged(tag, _), None) => object([(*tag, json!({"const": name}))]),
                (Form::Tagged(tag, holds), Some(content)) => {
                    object([(*tag, json!({"const": name})), (*holds, content)])
                }
            };
            cases.push(described(schema, &case.docs));
        }
        Ok(json!({"oneOf": cases}))
    }
}

/// An object that has exactly these fields.
fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let required = json!(required);
    let properties: Map<String, Value> = fields
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn enumeration(of: &Enum) -> Value {
    let cases: Vec<Value> = of
        .cases
        .iter()
        .map(|case| described(json!({"const": snake(&case.name)}), &case.docs))
        .collect();
    json!({"type": "string", "oneOf": cases})
}

fn integer<T: serde::Serialize>(minimum: T, maximum: T) -> Value {
    json!({"type": "integer", "minimum": minimum, "maximum": maximum})
}

/// The schema with the WIT's comment.
fn described(mut schema: Value, docs: &Docs) -> Value {
    let text = text(docs);
    if let (false, Some(schema)) = (text.is_empty(), schema.as_object_mut()) {
        schema.insert("description".to_owned(), Value::String(text));
    }
    schema
}

fn text(docs: &Docs) -> String {
    docs.contents
        .as_deref()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// A name as JSON has it.
fn snake(name: &str) -> String {
    name.replace('-', "_")
}

fn wrong(name: &str, problem: &str) -> Error {
    Error::Contract(format!("`{name}`: {problem}"))
}
