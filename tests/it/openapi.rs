//! `/openapi.json` says what the server does: no more, no less.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    driver::{Answer, Running, TestKb, encoded, eventually},
    requests::ROUTES,
};

/// Routes for people, and the files of their pages.
const PAGES: &[&str] = &[
    "/",
    "/articles/{id}",
    "/matrix",
    "/flow",
    "/panel",
    "/status",
    "/docs",
    "/assets/{*path}",
    "/sw.js",
];

/// Requests and the paths of the document they belong to.
const REQUESTS: &[(&str, &str)] = &[
    ("/api/v1/search", "/api/v1/search"),
    ("/api/v1/search?q=硬盘&limit=1", "/api/v1/search"),
    ("/api/v1/search?q=鳗鱼饭", "/api/v1/search"),
    ("/api/v1/search?q=ypyx", "/api/v1/search"),
    ("/api/v1/search?q=硬盘&fault_type=login&severity=p1&tier=l1&status=draft", "/api/v1/search"),
    ("/api/v1/search?limit=0", "/api/v1/search"),
    ("/api/v1/search?colour=red", "/api/v1/search"),
    ("/api/v1/suggest?q=硬", "/api/v1/suggest"),
    ("/api/v1/articles", "/api/v1/articles"),
    ("/api/v1/articles?offset=99&status=retired", "/api/v1/articles"),
    ("/api/v1/articles/disk-failing", "/api/v1/articles/{id}"),
    ("/api/v1/articles/bare", "/api/v1/articles/{id}"),
    ("/api/v1/articles/hdd-noise", "/api/v1/articles/{id}"),
    ("/api/v1/articles/disk-faling", "/api/v1/articles/{id}"),
    ("/api/v1/articles/disk-failing/history", "/api/v1/articles/{id}/history"),
    ("/api/v1/articles/nothing/history", "/api/v1/articles/{id}/history"),
    ("/api/v1/articles/disk-failing/script/phone", "/api/v1/articles/{id}/script/{channel}"),
    ("/api/v1/articles/disk-failing/script/mail", "/api/v1/articles/{id}/script/{channel}"),
    ("/api/v1/articles/nothing/script/mail", "/api/v1/articles/{id}/script/{channel}"),
    ("/api/v1/changes", "/api/v1/changes"),
    ("/api/v1/changes?since=abc", "/api/v1/changes"),
    ("/feed.xml", "/feed.xml"),
    ("/api/v1/fault-types", "/api/v1/fault-types"),
    ("/api/v1/matrix", "/api/v1/matrix"),
    ("/api/v1/matrix?format=csv", "/api/v1/matrix"),
    ("/api/v1/front-matter.schema.json", "/api/v1/front-matter.schema.json"),
    ("/api/v1/findings", "/api/v1/findings"),
    ("/api/v1/review?days=3650", "/api/v1/review"),
    ("/api/v1/status", "/api/v1/status"),
    ("/media/a.png", "/media/{path}"),
    ("/media/none.png", "/media/{path}"),
    ("/offline.json", "/offline.json"),
    ("/opensearch.xml", "/opensearch.xml"),
    ("/openapi.json", "/openapi.json"),
    ("/livez", "/livez"),
    ("/readyz", "/readyz"),
    ("/metrics", "/metrics"),
];

/// An article with every field and every kind of section.
const RICH: &str = "---\ntitle: 硬盘异响\nsummary: 先别重启\nfault_type: hardware\nseverity: p2\n\
    systems: [storage]\ntier: l2\nowner: 桌面组\nreviewed: 2025-01-01\naliases: [咔咔响]\n\
    codes: [SMART 197]\nchannels: [phone, onsite]\ndata_risk: high\nsupersedes: [hdd-noise]\n\
    incident_class: facility-fault\nentry: true\nexpect: [硬盘响]\n\
    alerts:\n  - name: Disk*\n    labels: {job: node}\ncolour: red\n---\n\n\
    ## 现象\n\n咔咔响。\n\n## 先问用户\n\n- [ ] 数据在吗？\n\n## 应急策略\n\n1. 停止写入\n   - 如果 已丢失：看[裸文](bare.md)\n\
    2. 备份\n\n```bash\nrm -rf /tmp/x\n```\n\n## 各渠道话术\n\n### 电话\n\n请先停用。\n\n\
    ## 升级与上报\n\n| 条件 | 找谁 | 时限 | 带什么信息 |\n| - | - | - | - |\n| 一小时 | 值班 | 立即 | 序列号 |\n";

fn kb() -> Running {
    let kb = TestKb::new().article("disk-failing", RICH).article("bare", "# 裸文\n\n硬盘\n");
    kb.write("a.png", b"png");
    let kb = kb.start();
    eventually("scanned", || !kb.get("/api/v1/status").json()["scanned_at"].is_null());
    kb
}

fn document(kb: &Running) -> Value {
    kb.get("/openapi.json").json()
}

/// Every operation of the document with its path and method.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(|(method, o)| (path.as_str(), method.as_str(), o))
        })
        .collect()
}

#[test]
fn every_route_is_described_or_a_page() {
    let document = document(&kb());
    let described: BTreeSet<_> = operations(&document).iter().map(|(path, ..)| *path).collect();
    let routes = ROUTES.iter().map(|(template, _)| *template);
    let expected: BTreeSet<_> = routes.filter(|route| !PAGES.contains(route)).collect();
    let expected: Vec<_> = expected.iter().map(|route| route.replace("{*", "{")).collect();
    assert_eq!(described, expected.iter().map(String::as_str).collect());
    for page in PAGES {
        assert!(ROUTES.iter().any(|(template, _)| template == page), "{page} is no route");
    }
}

#[test]
fn every_operation_is_answered_with_its_method() {
    let kb = kb();
    let document = document(&kb);
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let route = ROUTES.iter().find(|(template, _)| template.replace("{*", "{") == path);
        let (_, url) = route.unwrap();
        let asked = if method == "get" { "HEAD".to_owned() } else { method.to_uppercase() };
        let answer = kb.call(&asked, url, &[]);
        assert_ne!(answer.status, 405, "{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{path}: id");
    }
}

#[test]
fn answers_are_as_the_document_says() {
    let kb = kb();
    let document = document(&kb);
    let mut told = BTreeSet::new();
    for (url, path) in REQUESTS {
        let (target, query) = url.split_once('?').unwrap_or((url, ""));
        let query: Vec<_> = query.split('&').map(encoded_pair).collect();
        let answer = kb.get(&format!("{target}?{}", query.join("&")));
        let faults = faults_of_answer(&document, &document["paths"][*path]["get"], &answer);
        assert!(faults.is_empty(), "{url}: {faults:#?}");
        told.insert(*path);
    }
    let untold: Vec<_> = operations(&document)
        .iter()
        .map(|(path, ..)| *path)
        .filter(|p| !told.contains(p))
        .collect();
    assert_eq!(untold, ["/api/v1/events"], "what is never asked for is never compared");
    for (form, kind) in [("text/markdown", "text/markdown"), ("text/plain", "text/plain")] {
        let answer = kb.call("GET", "/api/v1/articles/disk-failing", &[("accept", form)]);
        let operation = &document["paths"]["/api/v1/articles/{id}"]["get"];
        assert!(answer.header("content-type").unwrap().starts_with(kind));
        assert_eq!(faults_of_answer(&document, operation, &answer), [""; 0]);
    }
}

fn encoded_pair(pair: &str) -> String {
    pair.split_once('=').map(|(k, v)| format!("{k}={}", encoded(v))).unwrap_or_default()
}

#[test]
fn a_known_tag_is_answered_as_the_document_says() {
    let kb = kb();
    let document = document(&kb);
    for (path, _, operation) in operations(&document) {
        let (_, url) = ROUTES.iter().find(|(t, _)| t.replace("{*", "{") == path).unwrap();
        if operation["responses"].get("304").is_none() {
            continue;
        }
        let answer = kb.call("GET", url, &[("if-none-match", "*")]);
        assert_eq!(answer.status, 304, "{path}");
        assert_eq!(faults_of_answer(&document, operation, &answer), [""; 0], "{path}");
    }
}

/// What of an answer the operation does not say.
fn faults_of_answer(document: &Value, operation: &Value, answer: &Answer) -> Vec<String> {
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

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// Where a value breaks a schema, as far as the schemas of this document go.
fn faults(document: &Value, value: &Value, schema: &Value, at: &str) -> Vec<String> {
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

#[test]
fn a_wrong_answer_would_be_noticed() {
    let kb = kb();
    let document = document(&kb);
    let schema = serde_json::json!({ "$ref": "#/components/schemas/SearchAnswer" });
    let right = kb.search("硬盘").answer;
    assert_eq!(faults(&document, &right, &schema, "$"), [""; 0]);
    let wrong = |change: fn(&mut Value)| {
        let mut answer = right.clone();
        change(&mut answer);
        faults(&document, &answer, &schema, "$")
    };
    assert_eq!(wrong(|a| a["total"] = "1".into()).len(), 1);
    assert_eq!(wrong(|a| a["hits"][0]["colour"] = "red".into()).len(), 1);
    assert_eq!(wrong(|a| a["hits"][0]["severity"] = "p9".into()).len(), 1);
    assert_eq!(wrong(|a| drop(a["hits"][0].as_object_mut().unwrap().remove("tier"))).len(), 1);
    assert_eq!(wrong(|a| a["total"] = (-1).into()).len(), 1);
}

#[test]
fn the_bounds_of_parameters_are_those_of_the_server() {
    let kb = kb();
    let document = document(&kb);
    let mut n_checked = 0;
    for (path, _, operation) in operations(&document) {
        let (_, url) = ROUTES.iter().find(|(t, _)| t.replace("{*", "{") == path).unwrap();
        let url = url.split('?').next().unwrap();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            if parameter["in"] != "query" {
                continue;
            }
            let answer = |value: &str| {
                // A large offset needs a small limit beside it.
                let beside = if name == "offset" { "&limit=1" } else { "" };
                let lines = [("if-none-match", "*")];
                kb.call("HEAD", &format!("{url}?{name}={}{beside}", encoded(value)), &lines).status
            };
            let (allowed, refused) = values(&parameter["schema"]);
            for value in &allowed {
                assert_ne!(answer(value), 400, "{path} {name}={value}");
            }
            for value in &refused {
                assert_eq!(answer(value), 400, "{path} {name}={value}");
            }
            n_checked += allowed.len() + refused.len();
        }
    }
    assert!(n_checked > 60, "{n_checked}");
}

/// Values that a schema just allows, and values that it just refuses.
fn values(schema: &Value) -> (Vec<String>, Vec<String>) {
    let schema = if schema["type"] == "array" { &schema["items"] } else { schema };
    let (mut allowed, mut refused) = (Vec::new(), Vec::new());
    if let Some(values) = schema["enum"].as_array() {
        allowed.extend(values.iter().map(|value| value.as_str().unwrap().to_owned()));
        refused.push("no-such-value".to_owned());
    }
    for (key, step) in [("minimum", -1), ("maximum", 1)] {
        if let Some(bound) = schema[key].as_u64() {
            allowed.push(bound.to_string());
            refused.push((i128::from(bound) + step).to_string());
        }
    }
    if let Some(most) = schema["maxLength"].as_u64() {
        let letter = if schema["pattern"].is_null() { "长" } else { "a" };
        allowed.push(letter.repeat(most as usize));
        refused.push(letter.repeat(most as usize + 1));
    }
    if schema["minLength"] == 1 {
        refused.push(String::new());
    }
    (allowed, refused)
}

#[test]
fn examples_keep_their_schemas() {
    let document = document(&kb());
    let mut n_examples = 0;
    for (path, _, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            for (kind, form) in response["content"].as_object().into_iter().flatten() {
                if kind.contains("json") && form.get("example").is_some() {
                    let faults = faults(&document, &form["example"], &form["schema"], "$");
                    assert!(faults.is_empty(), "{path} {status}: {faults:#?}");
                    n_examples += 1;
                }
            }
        }
    }
    assert!(n_examples >= 12, "{n_examples}");
}

#[test]
fn everything_is_said_in_chinese() {
    let document = document(&kb());
    let is_chinese =
        |value: &Value| value.as_str().is_some_and(|text| text.chars().any(|c| c > '\u{4dff}'));
    for (path, _, operation) in operations(&document) {
        assert!(is_chinese(&operation["summary"]), "{path}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(is_chinese(&parameter["description"]), "{path}: {parameter}");
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let response = resolved(&document, response);
            assert!(is_chinese(&response["description"]), "{path}: {status}");
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let parts = ["allOf", "oneOf"].map(|key| schema[key].as_array().into_iter().flatten());
        for part in parts.into_iter().flatten().chain([schema]) {
            for (field, schema) in part["properties"].as_object().into_iter().flatten() {
                assert!(is_chinese(&schema["description"]), "no words for {name}.{field}");
            }
        }
    }
}

#[test]
fn the_page_has_every_operation_and_every_schema() {
    let kb = kb();
    let document = document(&kb);
    let page = kb.get("/docs").text();
    for (path, method, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        let heading = format!("<h3 id=\"{id}\">{} {path}</h3>", method.to_uppercase());
        assert!(page.contains(&heading), "{heading}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("id=\"schema-{name}\"")), "{name}");
    }
}
