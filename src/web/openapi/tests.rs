//! What the document is made of, on small documents.

use serde_json::{Value, json};

use super::*;

fn schemas(schemas: Value) -> Value {
    json!({
        "paths": { "/a": { "get": { "responses": { "200": {
            "description": "答",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Whole" } } },
        } } } } },
        "components": { "schemas": schemas },
    })
}

#[test]
fn answers_have_all_their_fields_and_no_others() {
    let mut document = schemas(json!({
        "Whole": { "allOf": [
            { "$ref": "#/components/schemas/Part" },
            { "properties": { "b": { "type": ["string", "null"] } }, "type": "object" },
        ] },
        "Part": { "properties": { "a": { "oneOf": [
            { "type": "null" }, { "$ref": "#/components/schemas/Leaf" },
        ] } }, "type": "object" },
        "Leaf": { "properties": { "c": { "type": "string" } }, "type": "object" },
        "Asked": { "properties": { "d": { "type": ["string", "null"] } }, "type": "object" },
    }));
    exact::tighten(&mut document);
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["Whole"]["unevaluatedProperties"], false);
    assert_eq!(schemas["Whole"]["allOf"][1]["required"], json!(["b"]));
    assert!(schemas["Part"].get("additionalProperties").is_none(), "it is a part");
    assert_eq!(schemas["Part"]["required"], json!(["a"]));
    assert_eq!(schemas["Leaf"]["additionalProperties"], false);
    assert!(schemas["Leaf"].get("required").is_none(), "never null: it may be absent");
    assert!(schemas["Asked"].get("required").is_none(), "no answer has it");
}

#[test]
fn failures_are_added_where_they_can_happen() {
    let mut document = json!({ "components": {}, "paths": {
        "/livez": { "get": { "responses": { "200": { "description": "活" } } } },
        "/b": { "get": { "responses": {
            "200": { "description": "答" },
            "304": { "description": "同" },
            "503": { "description": "停", "content": { "application/json": {} } },
        } } },
    } });
    shared::complete(&mut document);
    let (open, other) = (&document["paths"]["/livez"]["get"], &document["paths"]["/b"]["get"]);
    assert!(open["responses"].get("401").is_none() && other["responses"].get("401").is_some());
    assert!(other["responses"].get("404").is_none());
    assert_eq!(other["parameters"][0]["name"], "If-None-Match");
    assert!(other["responses"]["200"]["headers"].get("ETag").is_some());
    let stopping = &other["responses"]["503"];
    assert!(stopping["content"].get("application/json").is_some(), "its own form stays");
    assert!(stopping["content"].get("application/problem+json").is_some());
    assert!(other["responses"]["304"].get("content").is_none());
}

#[test]
fn english_words_are_replaced_or_dropped() {
    let mut document = json!({ "components": { "schemas": { "X": {
        "description": "A thing.",
        "properties": { "title": { "type": "string", "description": "Its title." } },
        "example": { "summary": "kept" },
    } } }, "paths": { "/a": { "get": { "responses": { "304": { "description": "Same." } } } } } });
    words::translate(&mut document);
    let schema = &document["components"]["schemas"]["X"];
    assert!(schema.get("description").is_none());
    assert_eq!(schema["properties"]["title"]["description"], "标题");
    assert_eq!(schema["example"]["summary"], "kept");
    assert_eq!(
        document["paths"]["/a"]["get"]["responses"]["304"]["description"],
        "与 If-None-Match 里的标签相同"
    );
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(document: &Value, value: &Value) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref") {
                    let pointer = reference.trim_start_matches('#');
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                object.values().for_each(|value| check(document, value));
            }
            Value::Array(items) => items.iter().for_each(|item| check(document, item)),
            _ => {}
        }
    }
    check(document(), document());
}

#[test]
fn nothing_is_null_but_in_examples() {
    fn check(value: &Value, at: &str) {
        assert!(!value.is_null(), "{at} is null");
        for (key, value) in value.as_object().into_iter().flatten() {
            if key != "example" {
                check(value, &format!("{at}/{key}"));
            }
        }
        for item in value.as_array().into_iter().flatten() {
            check(item, at);
        }
    }
    check(document(), "");
}

#[test]
fn every_operation_has_a_tag_that_is_shown() {
    let shown: usize = outline::groups(document()).iter().map(|group| group.operations.len()).sum();
    let paths = document()["paths"].as_object().unwrap();
    assert_eq!(shown, paths.values().map(|item| item.as_object().unwrap().len()).sum::<usize>());
}

#[test]
fn shown_commands_have_the_examples_in_them() {
    let groups = outline::groups(document());
    let search = groups.iter().flat_map(|group| &group.operations).find(|o| o.id == "search");
    let curl = &search.unwrap().curl;
    let start = "curl 'http://127.0.0.1:8017/api/v1/search?q=%E5%85%B1";
    assert!(curl.starts_with(start) && curl.ends_with("&limit=5&offset=0'"), "{curl}");
}
