//! Answers and values against what the document says of them, as far as its schemas go.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::driver::Answer;

/// What of an answer the operation does not say.
pub(super) fn faults_of_answer(
    document: &Value,
    operation: &Value,
    answer: &Answer,
) -> Vec<String> {
    let status = answer.status.to_string();
    let Some(response) = operation["responses"].get(&status) else {
        return vec![format!("{status} is not described")];
    };
    let response = resolved(document, response);
    let mut faults = Vec::new();
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let is_required = resolved(document, header)["required"] == true;
        if is_required && answer.header(name).is_none() {
            faults.push(format!("no header {name}"));
        }
    }
    let Some(kind) = answer.header("content-type") else {
        faults.extend(response.get("content").map(|_| "a body is missing".to_owned()));
        return faults;
    };
    match response["content"].get(kind) {
        None => faults.push(format!("{kind} is not described")),
        Some(form) if kind.contains("json") => {
            faults.extend(self::faults(document, &answer.json(), &form["schema"], "$"));
        }
        Some(_) => {}
    }
    faults
}

pub(super) fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// Where a value breaks a schema, as far as the schemas of this document go.
pub(super) fn faults(document: &Value, value: &Value, schema: &Value, at: &str) -> Vec<String> {
    let schema = resolved(document, schema);
    let mut found = Vec::new();
    let known = [
        "type",
        "enum",
        "properties",
        "required",
        "additionalProperties",
        "unevaluatedProperties",
        "allOf",
        "oneOf",
        "items",
        "minimum",
        "maximum",
        "format",
        "description",
        "propertyNames",
        "$ref",
        "minItems",
        "maxItems",
        "prefixItems",
    ];
    for keyword in schema.as_object().unwrap().keys() {
        assert!(known.contains(&keyword.as_str()), "{at}: this test does not know {keyword}");
    }
    if !is_of_type(value, &schema["type"]) {
        found.push(format!("{at} is no {}", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|allowed| !allowed.contains(value)) {
        found.push(format!("{at}: {value} is not allowed"));
    }
    let numbers = (value.as_f64(), schema["minimum"].as_f64(), schema["maximum"].as_f64());
    if let (Some(number), least, most) = numbers
        && (least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most))
    {
        found.push(format!("{at}: {number} is out of bounds"));
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        found.extend(faults(document, value, part, at));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let n_fitting =
            choices.iter().filter(|one| faults(document, value, one, at).is_empty()).count();
        if n_fitting != 1 {
            found.push(format!("{at}: {n_fitting} choices fit {value}"));
        }
    }
    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
        if let Some(items) = schema.get("items") {
            found.extend(faults(document, item, items, &format!("{at}[{n}]")));
        }
    }
    found.extend(faults_of_fields(document, value, schema, at));
    found
}

fn faults_of_fields(document: &Value, value: &Value, schema: &Value, at: &str) -> Vec<String> {
    let Some(object) = value.as_object() else { return Vec::new() };
    let mut found = Vec::new();
    for name in schema["required"].as_array().into_iter().flatten() {
        if !object.contains_key(name.as_str().unwrap()) {
            found.push(format!("{at} has no {name}"));
        }
    }
    let is_closed =
        schema["additionalProperties"] == false || schema["unevaluatedProperties"] == false;
    let known = known_fields(document, schema);
    for (name, field) in object {
        if is_closed && !known.contains(name) {
            found.push(format!("{at}.{name} is not described"));
        }
        let described = schema["properties"].get(name);
        let others = Some(&schema["additionalProperties"]).filter(|schema| schema.is_object());
        if let Some(schema) = described.or(others) {
            found.extend(faults(document, field, schema, &format!("{at}.{name}")));
        }
    }
    found
}

/// The fields that a schema and its parts name.
fn known_fields(document: &Value, schema: &Value) -> BTreeSet<String> {
    let schema = resolved(document, schema);
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let parts = schema["allOf"].as_array().into_iter().flatten();
    own.chain(parts.flat_map(|part| known_fields(document, part))).collect()
}

fn is_of_type(value: &Value, types: &Value) -> bool {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("unknown type {other}"),
    };
    match types {
        Value::Null => true,
        Value::Array(types) => types.iter().any(|name| is(name.as_str().unwrap())),
        name => is(name.as_str().unwrap()),
    }
}
