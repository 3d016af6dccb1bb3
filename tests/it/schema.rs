//! The JSON Schema of front matter against the articles it is about.

use std::path::Path;

use serde_json::{Value, json};

use crate::driver::{TestKb, shipped_kb};

fn committed() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/front-matter.schema.json");
    fs_err::read_to_string(path).unwrap()
}

fn schema() -> Value {
    serde_json::from_str(&committed()).unwrap()
}

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let kb = TestKb::new().start();
    let answer = kb.get("/api/v1/front-matter.schema.json");
    assert_eq!(answer.header("content-type"), Some("application/schema+json"));
    let advice = "run: cargo run -- schema > schema/front-matter.schema.json";
    assert!(answer.text() == committed(), "{advice}");
    let tag = answer.header("etag").unwrap();
    let again = kb.call("GET", "/api/v1/front-matter.schema.json", &[("if-none-match", tag)]);
    assert_eq!((again.status, again.text().as_str()), (304, ""));
}

#[test]
fn the_front_matter_of_every_shipped_article_is_valid() {
    let schema = schema();
    let mut n_articles = 0;
    for entry in fs_err::read_dir(shipped_kb()).unwrap() {
        let path = entry.unwrap().path();
        let is_article = path.extension().is_some_and(|extension| extension == "md");
        if !is_article || path.ends_with("README.md") {
            continue;
        }
        let source = fs_err::read_to_string(&path).unwrap();
        let (yaml, _) = source.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
        let front: Value = serde_saphyr::from_str(yaml).unwrap();
        assert_eq!(faults(&front, &schema, "$"), [""; 0], "{}", path.display());
        n_articles += 1;
    }
    assert!(n_articles >= 10, "{n_articles}");
}

#[test]
fn what_is_wrong_is_invalid() {
    let good = json!({
        "id": "vpn-slow", "title": "VPN 很慢", "summary": "先看是一个人还是一片", "severity": "p3",
        "fault_type": "network", "systems": ["vpn", "his"], "tier": "l1", "status": "draft",
        "owner": "服务台", "reviewed": "2026-11-23", "aliases": ["连得慢", 709], "our_field": 1,
        "alerts": [{ "labels": { "job": "vpn-*" } }],
    });
    assert_eq!(faults(&good, &schema(), "$"), [""; 0]);
    let wrong = [
        ("id", json!("VPN Slow")),
        ("title", json!("长".repeat(33))),
        ("summary", json!("")),
        ("fault_type", json!("vpn")),
        ("severity", json!("P3")),
        ("severity", json!(3)),
        ("systems", json!([])),
        ("systems", json!("vpn")),
        ("reviewed", json!("2026-11-23 10:00")),
        ("aliases", json!(["长".repeat(25)])),
        ("codes", json!([4625])),
        ("channels", json!(["wechat"])),
        ("channels", json!(["phone", "phone"])),
        ("data_risk", json!("low")),
        ("review_days", json!(0)),
        ("review_days", json!("90")),
        ("entry", json!("yes")),
        ("related", json!(["a", "b", "c", "d", "e", "f", "g", "h", "i"])),
        ("incident_class", json!("virus")),
        ("alerts", json!([{}])),
        ("alerts", json!([{ "nmae": "x", "name": "y" }])),
    ];
    for (name, value) in wrong {
        let mut front = good.clone();
        front[name] = value;
        let found = faults(&front, &schema(), "$");
        let is_there = |fault: &String| fault.starts_with(&format!("$.{name}"));
        assert!(!found.is_empty() && found.iter().all(is_there), "{name}: {found:?}");
    }
    for name in ["id", "title", "systems", "reviewed"] {
        let mut front = good.clone();
        front.as_object_mut().unwrap().remove(name);
        assert_eq!(faults(&front, &schema(), "$"), [format!("$: {name} is missing")]);
    }
}

/// Where `value` breaks the keywords that our schema uses. A keyword it does not know is a fault,
/// so that none goes unchecked.
fn faults(value: &Value, schema: &Value, at: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (keyword, wanted) in schema.as_object().unwrap() {
        let number = wanted.as_u64().unwrap_or_default();
        let n_chars = value.as_str().map(|text| text.chars().count() as u64);
        let n_items = value.as_array().map(|items| items.len() as u64);
        let holds = match keyword.as_str() {
            "$schema" | "title" | "description" | "default" | "examples" | "enumDescriptions"
            | "format" => true,
            "type" => match wanted {
                Value::Array(kinds) => kinds.iter().any(|kind| is_kind(value, kind)),
                kind => is_kind(value, kind),
            },
            "enum" => wanted.as_array().unwrap().contains(value),
            "minLength" => n_chars.is_none_or(|n| n >= number),
            "maxLength" => n_chars.is_none_or(|n| n <= number),
            "minItems" => n_items.is_none_or(|n| n >= number),
            "maxItems" => n_items.is_none_or(|n| n <= number),
            "minimum" => value.as_u64().is_none_or(|n| n >= number),
            "maximum" => value.as_u64().is_none_or(|n| n <= number),
            "pattern" => value.as_str().is_none_or(|text| has_form(text, wanted)),
            "uniqueItems" => value.as_array().is_none_or(|items| is_unique(items)),
            "required" => {
                let missing = wanted.as_array().unwrap().iter().filter_map(Value::as_str);
                let missing = missing.filter(|name| value.is_object() && value[*name].is_null());
                faults.extend(missing.map(|name| format!("{at}: {name} is missing")));
                true
            }
            "anyOf" => {
                let mut choices = wanted.as_array().unwrap().iter();
                choices.any(|choice| self::faults(value, choice, at).is_empty())
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    faults.extend(self::faults(item, wanted, &format!("{at}[]")));
                }
                true
            }
            "properties" | "additionalProperties" => {
                faults.extend(of_properties(value, schema, keyword, at));
                true
            }
            _ => false,
        };
        if !holds {
            faults.push(format!("{at}: {keyword} {wanted}: {value}"));
        }
    }
    faults
}

fn of_properties(value: &Value, schema: &Value, keyword: &str, at: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, inner) in value.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        let known = schema["properties"].get(name);
        match (keyword, known, &schema["additionalProperties"]) {
            ("properties", Some(known), _) => faults.extend(self::faults(inner, known, &at)),
            ("additionalProperties", None, Value::Bool(false)) => {
                faults.push(format!("{at}: not allowed"))
            }
            ("additionalProperties", None, other @ Value::Object(_)) => {
                faults.extend(self::faults(inner, other, &at))
            }
            _ => {}
        }
    }
    faults
}

fn is_kind(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// The two forms our schema asks for.
fn has_form(text: &str, pattern: &Value) -> bool {
    match pattern.as_str().unwrap() {
        "^[a-z0-9-]+$" => {
            let is_part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            !text.is_empty() && text.bytes().all(is_part)
        }
        "^\\d{4}-\\d{2}-\\d{2}$" => {
            let shape: String =
                text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
            shape == "0000-00-00"
        }
        _ => false,
    }
}

fn is_unique(items: &[Value]) -> bool {
    (1..items.len()).all(|end| !items[..end].contains(&items[end]))
}
