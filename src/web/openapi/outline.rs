//! The document as people read it: operations in groups, and tables of fields.

use percent_encoding::utf8_percent_encode;
use serde_json::Value;

use crate::web::{
    api::SEGMENT,
    pages::{Field, Group, Kind, Operation, Response, Schema},
};

/// Where the shown commands find the server.
const SERVER: &str = "http://127.0.0.1:8017";

/// Operations under the names of their tags, in the order of the tags.
pub(crate) fn groups(document: &Value) -> Vec<Group> {
    let tags = document["tags"].as_array().into_iter().flatten();
    tags.map(|tag| Group {
        title: text(&tag["description"]),
        operations: operations(document, &text(&tag["name"])),
    })
    .collect()
}

/// The kinds of value that answers are made of, by name.
pub(crate) fn schemas(document: &Value) -> Vec<Schema> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    schemas
        .filter(|(_, schema)| !is_union(schema))
        .map(|(name, schema)| {
            let fields = fields(document, schema);
            Schema { name: name.clone(), kind: kind(schema), fields }
        })
        .collect()
}

fn operations(document: &Value, tag: &str) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if operation["tags"][0] == tag {
                found.push(self::operation(document, path, method, operation));
            }
        }
    }
    found
}

fn operation(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let responses = operation["responses"].as_object().into_iter().flatten();
    let success = &operation["responses"]["200"]["content"];
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        parameters: parameters.iter().map(parameter).collect(),
        responses: responses.map(|(status, r)| response(document, status, r)).collect(),
        curl: curl(path, method, operation, parameters),
        example: example(success),
    }
}

fn parameter(parameter: &Value) -> Field {
    Field {
        name: text(&parameter["name"]),
        kind: kind(&parameter["schema"]),
        place: match parameter["in"].as_str() {
            Some("path") => "路径",
            Some("header") => "请求头",
            _ => "查询串",
        },
        description: text(&parameter["description"]),
    }
}

fn response(document: &Value, status: &str, response: &Value) -> Response {
    let response = resolved(document, response);
    let forms = response["content"].as_object().into_iter().flatten();
    let forms = forms.flat_map(|(media, form)| {
        let choices = choices(document, &form["schema"]);
        choices.into_iter().map(|choice| (media.clone(), kind(choice)))
    });
    Response {
        status: status.to_owned(),
        description: text(&response["description"]),
        forms: forms.collect(),
    }
}

/// The schemas an answer has one of.
fn choices<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let whole = resolved(document, schema);
    let choices = whole["oneOf"].as_array().filter(|_| is_union(whole));
    choices.map_or_else(|| vec![schema], |choices| choices.iter().collect())
}

/// Whether a schema only says which others there are.
fn is_union(schema: &Value) -> bool {
    let choices = schema["oneOf"].as_array();
    choices.is_some_and(|choices| choices.iter().all(|choice| choice["$ref"].is_string()))
}

/// The fields of a schema, those of its parts included, by name.
fn fields(document: &Value, schema: &Value) -> Vec<Field> {
    let schema = resolved(document, schema);
    let parts = ["allOf", "oneOf"].map(|key| schema[key].as_array().into_iter().flatten());
    let mut found: Vec<_> =
        parts.into_iter().flatten().flat_map(|part| fields(document, part)).collect();
    let required = schema["required"].as_array();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let is_required = required.is_some_and(|required| required.contains(&name.as_str().into()));
        found.push(Field {
            name: name.clone(),
            kind: kind(field),
            place: if is_required { "是" } else { "否" },
            description: text(&field["description"]),
        });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found.dedup_by(|a, b| a.name == b.name && a.kind == b.kind);
    found
}

/// What a value may be, in words.
fn kind(schema: &Value) -> Kind {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return Kind { text: String::new(), schema: name.to_owned() };
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let is_null = |choice: &&Value| choice["type"] == "null";
        let named = choices.iter().find(|choice| !is_null(choice)).map(kind).unwrap_or_default();
        let prefix =
            if choices.iter().any(|choice| is_null(&choice)) { "可为 null，" } else { "" };
        return Kind { text: format!("{prefix}{}", named.text), schema: named.schema };
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => Vec::from_iter(one.as_str()),
    };
    let prefix = if types.contains(&"null") { "可为 null，" } else { "" };
    let plain = match types.iter().find(|name| **name != "null") {
        Some(&"array") => {
            let item = kind(&schema["items"]);
            return Kind { text: format!("{prefix}列表：{}", item.text), schema: item.schema };
        }
        Some(name) => plain(name, schema),
        None => String::new(),
    };
    Kind { text: format!("{prefix}{plain}"), schema: String::new() }
}

fn plain(name: &str, schema: &Value) -> String {
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<_> = values.iter().map(shown).collect();
        return values.join("、");
    }
    let word = match name {
        "string" => "文字",
        "integer" => "整数",
        "number" => "数",
        "boolean" => "true 或 false",
        _ => "对象",
    };
    let bound = |least: &str, most: &str, unit: &str| match (&schema[least], &schema[most]) {
        (Value::Number(least), Value::Number(most)) => format!("，{least} 到 {most}{unit}"),
        (Value::Null, Value::Number(most)) => format!("，至多 {most}{unit}"),
        _ => String::new(),
    };
    let default = match &schema["default"] {
        Value::Null => String::new(),
        value => format!("，默认 {}", shown(value)),
    };
    let lengths = bound("minLength", "maxLength", " 个字符");
    format!("{word}{}{lengths}{default}", bound("minimum", "maximum", ""))
}

fn example(content: &Value) -> String {
    let forms = content.as_object().into_iter().flatten();
    let found = forms.map(|(_, form)| &form["example"]).find(|example| !example.is_null());
    found
        .map(|example| match example {
            Value::String(text) => text.clone(),
            value => format!("{value:#}"),
        })
        .unwrap_or_default()
}

/// A command line with the parameters that have examples.
fn curl(path: &str, method: &str, operation: &Value, parameters: &[Value]) -> String {
    let mut url = path.to_owned();
    let mut query = Vec::new();
    for parameter in parameters.iter().filter(|parameter| !parameter["example"].is_null()) {
        let (name, value) = (text(&parameter["name"]), shown(&parameter["example"]));
        let encoded = utf8_percent_encode(&value, SEGMENT).to_string();
        match parameter["in"].as_str() {
            Some("path") => url = url.replace(&format!("{{{name}}}"), &encoded.replace("%2F", "/")),
            Some("query") => query.push(format!("{name}={encoded}")),
            _ => {}
        }
    }
    if !query.is_empty() {
        url = format!("{url}?{}", query.join("&"));
    }
    let body = body(operation);
    let method = if method == "get" { "" } else { " -X POST" };
    format!("curl{method} '{SERVER}{url}'{body}")
}

/// The options that send the example of a request body.
fn body(operation: &Value) -> String {
    let forms = operation["requestBody"]["content"].as_object();
    let Some((media, form)) = forms.and_then(|forms| forms.iter().next()) else {
        return String::new();
    };
    let sent = match &form["example"] {
        Value::Null => "@-".to_owned(),
        value => shown(value).replace('\'', "'\\''"),
    };
    format!(" -H 'Content-Type: {media}' --data-binary '{sent}'")
}

/// A value as it stands in a URL or a sentence; of a list its first.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.first().map(shown).unwrap_or_default(),
        value => value.to_string(),
    }
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
