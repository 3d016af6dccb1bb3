//! Schemas as exact as what is sent.
//!
//! What serde does with a field is not all in its type: an `Option` is sent as null, so it is
//! always there, and a struct has no fields but its own. The derive allows for both, since it
//! describes requests too; answers are known better.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// Where references to schemas begin.
const SCHEMAS: &str = "#/components/schemas/";

/// Makes the schemas of answers require every field they have, and no others.
pub(super) fn tighten(document: &mut Value) {
    let mut parameters = Vec::new();
    collect(&mut document["paths"], "parameters", &mut parameters);
    for parameter in parameters.into_iter().flat_map(|list| list.as_array_mut()).flatten() {
        without_null(&mut parameter["schema"]);
    }
    let (answers, parts) = (names_in_answers(document), names_in_compositions(document));
    let schemas = document["components"]["schemas"].as_object_mut();
    for (name, schema) in schemas.into_iter().flatten() {
        if answers.contains(name) {
            tighten_schema(schema, parts.contains(name));
        }
    }
}

/// A schema, where it may be a part of a composition that has more fields.
fn tighten_schema(schema: &mut Value, is_part: bool) {
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        parts.iter_mut().for_each(|part| tighten_schema(part, true));
        if !is_part {
            schema["unevaluatedProperties"] = json!(false);
        }
        return;
    }
    for choice in ["oneOf", "anyOf"] {
        let choices = schema.get_mut(choice).and_then(Value::as_array_mut);
        choices.into_iter().flatten().for_each(|choice| tighten_schema(choice, is_part));
    }
    require_what_is_null(schema);
    if !is_part && schema.get("properties").is_some() {
        schema["additionalProperties"] = json!(false);
    }
}

/// A field that may be null is there: one that may be absent says that it is never null.
fn require_what_is_null(schema: &mut Value) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let is_null = |schema: &Value| match &schema["type"] {
        Value::Array(types) => types.contains(&json!("null")),
        one => one == "null",
    };
    let allows_null = |schema: &Value| {
        let choices = schema["oneOf"].as_array().into_iter().flatten();
        is_null(schema) || choices.into_iter().any(is_null)
    };
    let nullable = properties.iter().filter(|(_, schema)| allows_null(schema));
    let mut required: BTreeSet<String> = nullable.map(|(name, _)| name.clone()).collect();
    let known = schema["required"].as_array().into_iter().flatten();
    required.extend(known.filter_map(Value::as_str).map(str::to_owned));
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
}

/// A parameter that is not given is no null.
fn without_null(schema: &mut Value) {
    let Some(types) = schema["type"].as_array() else { return };
    let left: Vec<_> = types.iter().filter(|name| *name != "null").cloned().collect();
    if let [one] = left.as_slice() {
        schema["type"] = one.clone();
    }
}

/// Names of the schemas that answers are made of.
fn names_in_answers(document: &Value) -> BTreeSet<String> {
    let mut open = Vec::new();
    for operation in document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(_, item)| item.as_object().into_iter().flat_map(|item| item.values()))
    {
        references(&operation["responses"], &mut open);
    }
    open.push("Problem".to_owned());
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop() {
        references(&document["components"]["schemas"][&name], &mut open);
        if !found.insert(name) {
            open.retain(|name| !found.contains(name));
        }
    }
    found
}

/// Names of the schemas that are flattened into others.
fn names_in_compositions(document: &Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let parts = schemas.flat_map(|(_, schema)| schema["allOf"].as_array().into_iter().flatten());
    parts.filter_map(|part| name_of(&part["$ref"])).collect()
}

fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            names.extend(object.get("$ref").and_then(name_of));
            object.values().for_each(|value| references(value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}

fn name_of(reference: &Value) -> Option<String> {
    reference.as_str()?.strip_prefix(SCHEMAS).map(str::to_owned)
}

/// All values under `key`, however deep.
fn collect<'a>(value: &'a mut Value, key: &str, found: &mut Vec<&'a mut Value>) {
    for (name, value) in value.as_object_mut().into_iter().flatten() {
        if name == key {
            found.push(value);
        } else {
            collect(value, key, found);
        }
    }
}
