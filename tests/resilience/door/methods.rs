//! Every method on every route.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{send, small};
use crate::{
    http::{self, Answer},
    scenario::{Outcome, Run, Scenario},
};

pub(crate) const A4: Scenario = Scenario {
    id: "A4",
    injects: "11 methods, TRACE among them and some that do not exist, on every route",
    expects: "what the description of the API says, everything else 405 with Allow; nothing is \
              echoed",
    broken: "one route takes any method",
    play: methods,
};

const METHODS: [&str; 11] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "SPAM", "get",
];

/// Routes that are for people and not described.
const PAGES: [&str; 12] = [
    "/",
    "/articles/vpn",
    "/matrix",
    "/flow",
    "/panel",
    "/opensearch.xml",
    "/status",
    "/docs",
    "/r/vpn",
    "/r/",
    "/offline.json",
    "/sw.js",
];

/// A header that TRACE would send back.
const CANARY: &str = "trace-canary";

fn methods(_: &Run) -> Outcome {
    let place = small();
    let server = place.serve();
    let mut routes = described(server.port);
    let n_described = routes.len();
    routes.extend(PAGES.map(|path| (path.to_owned(), vec!["GET".to_owned()])));
    let mut failures = Vec::new();
    for (path, allowed) in &routes {
        for method in METHODS {
            // A stream of events has no end.
            if method == "GET" && path.ends_with("/events") {
                continue;
            }
            let lines = [("Content-Type", "application/json"), ("X-Canary", CANARY)];
            let answer = send(server.port, method, path, &lines, b"");
            let answer = answer.map_err(|error| error.to_string());
            failures.extend(wrong(method, path, allowed, answer));
        }
    }
    Outcome::new(routes.len() * METHODS.len())
        .failures(failures)
        .expect(n_described > 20, || format!("only {n_described} routes are described"))
        .worst(format!("{} routes × {} methods", routes.len(), METHODS.len()))
}

/// The paths of the description, filled in, with their methods.
fn described(port: u16) -> BTreeMap<String, Vec<String>> {
    let description = http::get_json(port, "/openapi.json").unwrap();
    let paths = description["paths"].as_object().unwrap().iter();
    let methods = |item: &Value| {
        let names = item.as_object().unwrap().keys().map(|name| name.to_uppercase());
        names.filter(|name| METHODS.contains(&name.as_str())).collect()
    };
    paths.map(|(path, item)| (filled(path), methods(item))).collect()
}

/// A path with something in its gaps.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{id}" => "vpn",
        "{channel}" => "phone",
        part if part.starts_with('{') => "x",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// What is wrong with an answer.
fn wrong(
    method: &str,
    path: &str,
    allowed: &[String],
    answer: Result<Answer, String>,
) -> Option<String> {
    let what = format!("{method} {path}");
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Some(format!("{what}: {error}")),
    };
    if answer.head.contains(CANARY) || answer.text().contains(CANARY) {
        return Some(format!("{what} is echoed"));
    }
    let has = |name: &str| allowed.iter().any(|known| known == name);
    let is_allowed = has(method) || (method == "HEAD" && has("GET"));
    let expected = if has("GET") { "GET,HEAD" } else { "POST" };
    let is_refused = answer.status == 405 && answer.header("allow") == Some(expected);
    let is_right =
        if is_allowed { answer.status != 405 && answer.status < 500 } else { is_refused };
    (!is_right).then(|| format!("{what}: {}, Allow {:?}", answer.status, answer.header("allow")))
}
