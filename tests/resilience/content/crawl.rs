//! Everything the server can be asked for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::http::{self, Answer, encoded, get};

/// Pages and data with a fixed address.
const FIXED: [&str; 28] = [
    "/",
    "/?q=a",
    "/matrix",
    "/flow",
    "/panel",
    "/opensearch.xml",
    "/feed.xml",
    "/status",
    "/docs",
    "/r/NodeDown",
    "/r/",
    "/api/v1/search?q=a",
    "/api/v1/suggest?q=a",
    "/api/v1/articles",
    "/api/v1/changes",
    "/api/v1/export.json",
    "/api/v1/fault-types",
    "/api/v1/matrix",
    "/api/v1/front-matter.schema.json",
    "/api/v1/findings",
    "/api/v1/review",
    "/api/v1/alerts/unmatched",
    "/api/v1/status",
    "/offline.json",
    "/openapi.json",
    "/sw.js",
    "/livez",
    "/readyz",
];

/// Asks for all pages, data, assets and articles and calls all that takes a body.
pub(super) fn everything(port: u16) -> Vec<(String, Answer)> {
    let mut paths: BTreeSet<String> = FIXED.iter().map(|path| (*path).to_owned()).collect();
    paths.extend(["/metrics", "/media/a.png", "/api/v1/matrix?format=csv"].map(str::to_owned));
    for id in ids(port) {
        let id = encoded(&id);
        paths.insert(format!("/articles/{id}"));
        paths.insert(format!("/r/{id}"));
        for rest in ["", "/history", "/script/phone", "?format=markdown"] {
            paths.insert(format!("/api/v1/articles/{id}{rest}"));
        }
    }
    for page in ["/", "/panel", "/docs", "/matrix"] {
        paths.extend(assets(&get(port, page).unwrap().text()));
    }
    let mut answers: Vec<_> =
        paths.into_iter().map(|path| (path.clone(), get(port, &path).unwrap())).collect();
    answers.extend(calls(port));
    answers
}

/// Ids of articles, at most fifty.
fn ids(port: u16) -> Vec<String> {
    let list = http::get_json(port, "/api/v1/articles?limit=50").unwrap();
    let list = list["articles"].as_array().cloned().unwrap_or_default();
    list.iter().filter_map(|article| article["id"].as_str().map(str::to_owned)).collect()
}

/// Addresses of assets in a page.
fn assets(html: &str) -> Vec<String> {
    let values = html.split('"').filter(|value| value.starts_with("/assets/"));
    values.map(|value| value.split('#').next().unwrap_or(value).to_owned()).collect()
}

fn calls(port: u16) -> Vec<(String, Answer)> {
    let mut calls = Vec::new();
    for (tool, arguments) in [
        ("search", json!({ "query": "a" })),
        ("get_article", json!({ "id": "a" })),
        ("get_article", json!({ "id": "../../etc/passwd" })),
        ("list_fault_types", json!({})),
    ] {
        calls.push((format!("mcp {tool} {arguments}"), call(port, tool, &arguments)));
    }
    calls.push(("mcp tools/list".to_owned(), tools(port)));
    let alert =
        json!({ "alerts": [{ "status": "firing", "labels": { "alertname": "NodeDown" } }] });
    calls.push(("resolve".to_owned(), post(port, "/api/v1/resolve", &alert)));
    calls
}

/// Calls a tool as an agent does.
pub(super) fn call(port: u16, tool: &str, arguments: &Value) -> Answer {
    let params = json!({ "name": tool, "arguments": arguments });
    post(
        port,
        "/mcp",
        &json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }),
    )
}

/// The list of tools.
pub(super) fn tools(port: u16) -> Answer {
    post(port, "/mcp", &json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }))
}

/// `POST` of a JSON body.
pub(super) fn post(port: u16, path: &str, body: &Value) -> Answer {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    http::exchange(port, request.as_bytes()).unwrap()
}
