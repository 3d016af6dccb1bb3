//! Pages of other sites that let a browser send something here.

use super::{send, small};
use crate::{
    http,
    scenario::{Outcome, Run, Scenario},
};

pub(crate) const A2: Scenario = Scenario {
    id: "A2",
    injects: "20 requests of foreign pages to each address that takes a POST: forms, JSON as plain \
              text, no-cors, null and lookalike origins, foreign Sec-Fetch-Site",
    expects: "403 to all, nothing is counted; programs and our own pages are answered",
    broken: "without the check of Origin and Sec-Fetch-Site",
    play: csrf,
};

/// An alert that no article declares, which would be remembered if it were looked at.
const ALERT: &str = r#"{"name":"CrossSiteCanary","text":"canary"}"#;
const MESSAGE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

/// `OURS` is the origin of the server.
const OURS: &str = "OURS";

const FOREIGN: [&[(&str, &str)]; 20] = [
    &[("Origin", "https://evil.example")],
    &[("Origin", "http://evil.example")],
    &[("Origin", "null")],
    &[("Origin", "")],
    &[("Origin", "OURS.evil.example")],
    &[("Origin", "OURS@evil.example")],
    &[("Origin", "OURS0")],
    &[("Origin", "http://127.0.0.1")],
    &[("Origin", "http://127.0.0.1:1")],
    &[("Origin", "http://localhost")],
    &[("Origin", "file://")],
    &[("Origin", "OURS, https://evil.example")],
    &[("Origin", "OURS"), ("Origin", "https://evil.example")],
    &[("Origin", "chrome-extension://abcdefghijklmnop")],
    &[("Sec-Fetch-Site", "cross-site")],
    &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")],
    &[("Sec-Fetch-Site", "same-site")],
    &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Origin", "null")],
    &[("Sec-Fetch-Site", "CROSS-SITE")],
    &[("Sec-Fetch-Site", "same-origin"), ("Origin", "https://evil.example")],
];

const OWN: [&[(&str, &str)]; 4] = [
    &[],
    &[("Origin", "OURS")],
    &[("Origin", "OURS"), ("Sec-Fetch-Site", "same-origin")],
    &[("Sec-Fetch-Site", "none")],
];

/// Types that a page may send without asking first, and the one that it may not.
const TYPES: [&str; 4] = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json",
];

fn csrf(_: &Run) -> Outcome {
    let place = small();
    let server = place.serve();
    let port = server.port;
    let ours = format!("http://127.0.0.1:{port}");
    let mut failures = Vec::new();
    let mut count = 0;
    for (path, body) in [("/api/v1/resolve", ALERT), ("/mcp", MESSAGE)] {
        for (n, lines) in FOREIGN.iter().enumerate() {
            let kind = TYPES[n % TYPES.len()];
            let status = post(port, path, lines, kind, &ours, body);
            failures.extend((status != 403).then(|| format!("{path} {lines:?} {kind}: {status}")));
            count += 1;
        }
    }
    failures.extend(counted(port).then(|| "a foreign page was listened to".to_owned()));
    for (path, body) in [("/api/v1/resolve", ALERT), ("/mcp", MESSAGE)] {
        for lines in OWN {
            let status = post(port, path, lines, "application/json", &ours, body);
            failures.extend((status != 200).then(|| format!("{path} {lines:?}: {status}")));
            count += 1;
        }
    }
    // Otherwise nothing would have been seen above either.
    failures.extend((!counted(port)).then(|| "alerts are not counted at all".to_owned()));
    Outcome::new(count).failures(failures).worst("none was listened to")
}

fn post(port: u16, path: &str, lines: &[(&str, &str)], kind: &str, ours: &str, body: &str) -> u16 {
    let lines: Vec<_> = lines.iter().map(|(name, v)| (*name, v.replace(OURS, ours))).collect();
    let mut lines: Vec<_> = lines.iter().map(|(name, value)| (*name, value.as_str())).collect();
    lines.push(("Content-Type", kind));
    lines.push(("Accept", "application/json, text/event-stream"));
    send(port, "POST", path, &lines, body.as_bytes()).unwrap().status
}

/// Whether the alert is among those that nobody answers.
fn counted(port: u16) -> bool {
    http::get(port, "/api/v1/alerts/unmatched").unwrap().text().contains("CrossSiteCanary")
}
