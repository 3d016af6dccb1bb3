//! `/openapi.json` says what the server does: no more, no less.

mod compare;

use std::collections::BTreeSet;

use axum::{body::Body, http::Request};
use jiuji::web::{AccessSettings, ReadToken};
use serde_json::Value;

use self::compare::{faults, faults_of_answer, resolved};
use crate::{
    driver::{Answer, HOST, Lines, Running, TestKb, encoded, eventually},
    requests::{POSTED, ROUTES},
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
    "/r/",
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
    ("/api/v1/search?q=硬盘&format=wecom", "/api/v1/search"),
    ("/api/v1/suggest?q=硬", "/api/v1/suggest"),
    ("/api/v1/articles", "/api/v1/articles"),
    ("/api/v1/articles?offset=99&status=retired", "/api/v1/articles"),
    ("/api/v1/articles/disk-failing", "/api/v1/articles/{id}"),
    ("/api/v1/articles/disk-failing?format=dingtalk", "/api/v1/articles/{id}"),
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
    ("/r/DiskFull", "/r/{name}"),
    ("/r/没有", "/r/{name}"),
    ("/api/v1/alerts/unmatched", "/api/v1/alerts/unmatched"),
    ("/api/v1/export.json", "/api/v1/export.json"),
    ("/api/v1/export.json?status=retired", "/api/v1/export.json"),
    ("/livez", "/livez"),
    ("/readyz", "/readyz"),
    ("/metrics", "/metrics"),
];

const JSON: Lines<'_> = &[("content-type", "application/json")];
const AGENT: Lines<'_> = &[
    JSON[0],
    ("accept", "application/json, text/event-stream"),
    ("mcp-protocol-version", "2025-06-18"),
];

/// What is sent: path, header lines, body, and the status of the answer.
const POSTS: &[(&str, Lines<'_>, &str, u16)] = &[
    ("/api/v1/resolve", JSON, "{\"name\":\"DiskFull\",\"labels\":{\"job\":\"node\"}}", 200),
    ("/api/v1/resolve", JSON, "{\"name\":\"硬盘\"}", 200),
    ("/api/v1/resolve", &[("content-type", "text/plain")], "硬盘", 200),
    ("/api/v1/resolve", &[JSON[0], ("accept", "text/markdown")], "{\"text\":\"硬盘\"}", 200),
    ("/api/v1/resolve", JSON, "{\"text\":", 400),
    ("/api/v1/resolve", JSON, "[]", 422),
    ("/api/v1/resolve", &[("content-type", "image/png")], "x", 415),
    ("/api/v1/resolve?format=feishu", JSON, "{\"text\":\"硬盘\"}", 200),
    ("/mcp", AGENT, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}", 200),
    ("/mcp", AGENT, "{}", 400),
    ("/mcp", JSON, "{}", 406),
    ("/mcp", &[AGENT[0], AGENT[1], ("origin", "https://evil.example")], "{}", 403),
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

/// An address of an operation.
fn url_of(path: &str) -> &str {
    let route = ROUTES.iter().find(|(template, _)| template.replace("{*", "{") == path);
    route.map_or(path, |(_, url)| url)
}

fn post(kb: &Running, url: &str, lines: Lines<'_>, body: &'static str) -> Answer {
    let request = Request::post(url).header("host", HOST);
    let request =
        lines.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    kb.send(request.body(Body::from(body)).unwrap())
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
    let routes = ROUTES.iter().map(|(template, _)| *template).chain(POSTED.iter().copied());
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
        let url = url_of(path);
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
    for (path, lines, body, status) in POSTS {
        let answer = post(&kb, path, lines, body);
        assert_eq!(answer.status, *status, "{path} {body}: {}", answer.text());
        let path = path.split('?').next().unwrap();
        let faults = faults_of_answer(&document, &document["paths"][path]["post"], &answer);
        assert!(faults.is_empty(), "{path} {body}: {faults:#?}");
        told.insert(path);
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
        if operation["responses"].get("304").is_none() {
            continue;
        }
        let answer = kb.call("GET", url_of(path), &[("if-none-match", "*")]);
        assert_eq!(answer.status, 304, "{path}");
        assert_eq!(faults_of_answer(&document, operation, &answer), [""; 0], "{path}");
    }
}

#[test]
fn what_guards_the_door_is_described_too() {
    let (token, kept) = ReadToken::issue("reader", &[1; 32]);
    let access = AccessSettings {
        read_tokens: vec![kept],
        rate_limit: Some(1),
        ..AccessSettings::default()
    };
    let kb = kb();
    let document = document(&kb);
    let kb = kb.accessed(access);
    let operation = &document["paths"]["/api/v1/status"]["get"];
    let refused = kb.get("/api/v1/status");
    assert_eq!(refused.status, 401);
    assert_eq!(faults_of_answer(&document, operation, &refused), [""; 0]);
    let bearer = format!("Bearer {token}");
    let ask = || kb.call("GET", "/api/v1/status", &[("authorization", &bearer)]);
    let mut answers = std::iter::repeat_with(ask).take(100);
    let late = answers.find(|answer| answer.status == 429).expect("no limit");
    assert_eq!(faults_of_answer(&document, operation, &late), [""; 0]);
    assert!(late.header("retry-after").is_some());
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
    for (path, method, operation) in operations(&document) {
        let url = url_of(path).split('?').next().unwrap();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            if parameter["in"] != "query" {
                continue;
            }
            let answer = |value: &str| {
                // A large offset needs a small limit beside it.
                let beside = if name == "offset" { "&limit=1" } else { "" };
                let url = format!("{url}?{name}={}{beside}", encoded(value));
                match method {
                    "post" => post(&kb, &url, JSON, "{\"text\":\"硬盘\"}").status,
                    _ => kb.call("HEAD", &url, &[("if-none-match", "*")]).status,
                }
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
        let heading = format!("<h3 id=\"op-{id}\">{} {path}</h3>", method.to_uppercase());
        assert!(page.contains(&heading), "{heading}");
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        // What is one of several is shown as these.
        let choices =
            schema["oneOf"].as_array().filter(|all| all.iter().all(|c| c["$ref"].is_string()));
        let is_there = page.contains(&format!("id=\"schema-{name}\""));
        assert_eq!(is_there, choices.is_none(), "{name}");
    }
    assert!(page.contains("#schema-SearchAnswer") && page.contains("#schema-PostMessage"));
}
