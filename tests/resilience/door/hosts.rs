//! Requests that are addressed to somebody else.

use super::{get_with, send, small};
use crate::{
    http,
    scenario::{Outcome, Run, Scenario},
};

pub(crate) const A1: Scenario = Scenario {
    id: "A1",
    injects: "60 Host values: foreign, missing, twice, tricks with ports, IPv6 and dots, \
              X-Forwarded-Host, another host in the target; the page of a rebound name",
    expects: "421 (403 for agents), or 400 where it is no host; the name is nowhere in the answer; \
              allowed hosts are answered",
    broken: "without the check of Host",
    play: hosts,
};

/// What stands for the port of the server.
const PORT: &str = "PORT";

const FOREIGN: [&str; 46] = [
    "evil.example",
    "evil.example:PORT",
    "evil.example:80",
    "EVIL.example:PORT",
    "localhost",
    "localhost:80",
    "localhost:",
    "localhost:0",
    "localhost:PORT1",
    "localhost:PORT:PORT",
    "localhost:+PORT",
    "localhost:0xPORT",
    "localhost:PORT.",
    "localhost:PORT.evil.example",
    "localhost.:PORT",
    "localhost..:PORT",
    ".localhost:PORT",
    "localhost.evil.example:PORT",
    "evil-localhost:PORT",
    "xlocalhost:PORT",
    "127.0.0.1",
    "127.0.0.1.:PORT",
    "127.0.0.1.evil.example:PORT",
    "127.0.0.2:PORT",
    "127.1:PORT",
    "0x7f000001:PORT",
    "2130706433:PORT",
    "0177.0.0.1:PORT",
    "0.0.0.0:PORT",
    "0:PORT",
    "[::1]",
    "[::1]:80",
    "[::2]:PORT",
    "[::]:PORT",
    "[0:0:0:0:0:0:0:1]:PORT",
    "[::ffff:127.0.0.1]:PORT",
    "[::1%25lo]:PORT",
    "[::1]evil:PORT",
    "[::1]:PORT@evil.example",
    "::1:PORT",
    "user@localhost:PORT",
    "localhost:PORT@evil.example",
    "localhost:PORT/",
    "localhost:PORT, evil.example",
    "localhost :PORT",
    "localhost:PORT#evil.example",
];

const ALLOWED: [&str; 4] = ["127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "[::1]:PORT"];

/// Headers by which proxies say what they were asked; nobody here believes them.
const FORWARDED: [(&str, &str); 6] = [
    ("X-Forwarded-Host", "evil.example"),
    ("X-Host", "evil.example"),
    ("X-Original-Host", "evil.example"),
    ("X-Forwarded-Server", "evil.example"),
    ("X-HTTP-Host-Override", "evil.example"),
    ("Forwarded", "host=evil.example"),
];

/// Pages and data, of which an attacker would want any.
const PATHS: [&str; 3] = ["/", "/api/v1/search?q=vpn", "/livez"];

fn hosts(_: &Run) -> Outcome {
    let place = small();
    let server = place.serve();
    let port = server.port;
    let mut failures = Vec::new();
    let mut count = 0;
    for (n, host) in FOREIGN.iter().enumerate() {
        let host = host.replace(PORT, &port.to_string());
        let path = PATHS[n % PATHS.len()];
        let answer = get_with(port, path, &[("Host", &host)]).unwrap();
        failures.extend(leak(&host, &[421, 400], answer.status, &answer.text(), &answer.head));
        let body = br#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
        let lines = [("Host", host.as_str()), ("Content-Type", "application/json")];
        let answer = send(port, "POST", "/mcp", &lines, body).unwrap();
        failures.extend(leak(&host, &[403, 400], answer.status, &answer.text(), &answer.head));
        count += 2;
    }
    for request in raw(port) {
        let answer = http::exchange(port, request.as_bytes()).unwrap();
        failures.extend(leak(&request, &[421, 400], answer.status, &answer.text(), &answer.head));
        count += 1;
    }
    for host in ALLOWED {
        let host = host.replace(PORT, &port.to_string());
        for path in PATHS {
            let answer = get_with(port, path, &[("Host", &host)]).unwrap();
            let failure = || format!("{host} {path}: {}", answer.status);
            failures.extend((answer.status != 200).then(failure));
            count += 1;
        }
    }
    for line in FORWARDED {
        let usual = get_with(port, "/?q=vpn", &[]).unwrap();
        let answer = get_with(port, "/?q=vpn", &[line]).unwrap();
        let is_same = answer.status == 200 && answer.body == usual.body;
        let is_free = !answer.head.contains("evil") && !answer.text().contains("evil");
        failures.extend((!is_same || !is_free).then(|| format!("{} is believed", line.0)));
        count += 1;
    }
    Outcome::new(count).failures(failures).worst("no foreign host answered")
}

/// Heads that no client library would send.
fn raw(port: u16) -> Vec<String> {
    let good = format!("Host: 127.0.0.1:{port}\r\n");
    let end = "Connection: close\r\n\r\n";
    [
        format!("GET / HTTP/1.1\r\n{end}"),
        format!("GET / HTTP/1.1\r\nHost:\r\n{end}"),
        format!("GET / HTTP/1.1\r\n{good}{good}{end}"),
        format!("GET / HTTP/1.1\r\n{good}Host: evil.example\r\n{end}"),
        format!("GET / HTTP/1.1\r\nHost: evil.example\r\n{good}{end}"),
        format!("GET / HTTP/1.1\r\n{good}hOST: evil.example\r\n{end}"),
        format!("GET / HTTP/1.1\r\n Host: evil.example\r\n{good}{end}"),
        format!("GET / HTTP/1.1\r\nHost : 127.0.0.1:{port}\r\n{end}"),
        format!("GET / HTTP/1.0\r\n{end}"),
        format!("GET / HTTP/1.0\r\nHost: evil.example\r\n{end}"),
        format!("GET http://evil.example/ HTTP/1.1\r\n{good}{end}"),
        format!("GET http://evil.example:{port}/ HTTP/1.1\r\nHost: evil.example:{port}\r\n{end}"),
        format!("GET http://127.0.0.1:{port}@evil.example/ HTTP/1.1\r\n{good}{end}"),
        format!("GET http://evil.example@127.0.0.1:{port}/ HTTP/1.1\r\n{good}{end}"),
    ]
    .to_vec()
}

/// What is wrong with an answer to a request for somebody else.
fn leak(what: &str, expected: &[u16], status: u16, body: &str, head: &str) -> Option<String> {
    let names = |text: &str| text.to_ascii_lowercase().contains("evil");
    let is_refused = expected.contains(&status) && !names(body) && !names(head);
    (!is_refused).then(|| format!("{what:?}: {status}"))
}
