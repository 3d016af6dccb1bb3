//! O4: what people type, and who they are, never gets into the log.

use std::{
    io::{Read, Write},
    process::Stdio,
    time::Duration,
};

use super::place_with;
use crate::{
    dice::Dice,
    http,
    product::{Place, Server},
    scenario::{Outcome, Profile, Run, Scenario},
};

pub(crate) const O4: Scenario = Scenario {
    id: "O4",
    injects: "50 canaries (names, telephone numbers, ids, ANSI sequences, line ends, one of 1 MB) in \
              every place of a request to every route, log level trace",
    expects: "0 canaries in the log in any notation; 100 % of its lines are JSON",
    broken: "with warnings of all libraries in the log: the one for agents quoted what it was sent",
    play,
};

/// Longest wait for the next piece of an answer.
const HEARING: Duration = Duration::from_millis(300);

/// Where people may put text: paths with a gap.
const ROUTES: &[&str] = &[
    "/?q={}",
    "/?q=a&fault_type={}",
    "/?{}=1",
    "/articles/{}",
    "/matrix?severity={}",
    "/flow?{}",
    "/panel?q={}",
    "/status?{}",
    "/docs?{}",
    "/r/{}",
    "/feed.xml?{}",
    "/opensearch.xml?{}",
    "/media/{}.png",
    "/assets/{}",
    "/api/v1/search?q={}",
    "/api/v1/search?q=a&limit={}",
    "/api/v1/suggest?q={}",
    "/api/v1/articles?{}",
    "/api/v1/articles/{}",
    "/api/v1/articles/{}/history",
    "/api/v1/articles/a1/script/{}",
    "/api/v1/changes?since={}",
    "/api/v1/export.json?{}",
    "/api/v1/events?article={}",
    "/api/v1/matrix?format={}",
    "/api/v1/review?owner={}",
    "/api/v1/findings?{}",
    "/api/v1/alerts/unmatched?{}",
    "/livez?{}",
    "/readyz?{}",
    "/metrics?{}",
    "/offline.json?{}",
    "/nowhere/{}",
];

/// Routes that take a body, with bodies whose text may end up in an error.
const BODIES: &[(&str, &str)] = &[
    ("/api/v1/resolve", "{\"alerts\":[{\"labels\":{\"alertname\":\"{}\"}}]}"),
    ("/api/v1/resolve", "{\"text\":\"{}\""),
    ("/api/v1/resolve", "{}"),
    ("/mcp", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{}\"}"),
    (
        "/mcp",
        "{\"jsonrpc\":\"2.0\",\"id\":\"{}\",\"method\":\"tools/call\",\
              \"params\":{\"name\":\"{}\",\"arguments\":{\"query\":\"{}\"}}}",
    ),
    ("/mcp", "{}"),
];

const HEADERS: &[&str] = &[
    "User-Agent",
    "Referer",
    "Cookie",
    "Origin",
    "Accept",
    "Authorization",
    "X-Request-Id",
    "X-Forwarded-For",
    "If-None-Match",
    "X-Fragment",
    "Content-Encoding",
    "Last-Event-ID",
];

/// Text to be sent, and the part of it that no encoding changes.
struct Canary {
    text: String,
    mark: String,
}

/// Names, numbers and tricks, each with a mark of eleven digits of its own.
fn canaries(n: usize, dice: &mut Dice) -> Vec<Canary> {
    let forms: [fn(&str) -> String; 8] = [
        |mark| format!("张三 {mark}"),
        |mark| format!("1{mark}@example.com 打不开"),
        |mark| format!("身份证 4403{mark}123"),
        |mark| format!("\u{1b}[31m{mark}\u{1b}[0m"),
        |mark| format!("x\r\n{{\"level\":\"INFO\",\"forged\":\"{mark}\"}}\r\n"),
        |mark| format!("\"}}{mark}\u{0}\u{7}\u{2028}"),
        |mark| format!("password={mark}&token=jiuji_{mark}"),
        |mark| format!("{mark}\u{202e}'\\\"<b>"),
    ];
    let mut mark = || format!("138{:08}", dice.below(100_000_000));
    let marks = (0..n).map(|_| mark()).collect::<Vec<_>>();
    let each = |(n, mark): (usize, String)| {
        let text = forms[n % forms.len()](&mark);
        let text = if n == 0 { format!("{text}{}", "长".repeat(350_000)) } else { text };
        Canary { text, mark }
    };
    marks.into_iter().enumerate().map(each).collect()
}

fn play(run: &Run) -> Outcome {
    let place = place_with(5);
    let canaries = canaries(50, &mut Dice::of("O4"));
    let log = place.path().join("log");
    let mut server = serve(&place, &log);
    let mut n_requests = 0;
    for (n, canary) in canaries.iter().enumerate() {
        for request in requests(canary, server.port) {
            // With every change every tenth request, each with another canary.
            n_requests += 1;
            if run.profile != Profile::Push || (n_requests + n) % 10 == 0 {
                send(server.port, &request);
            }
        }
    }
    let lives = server.is_alive();
    server.signal("TERM");
    server.ends_within(http::PATIENCE);
    let text = fs_err::read(&log).unwrap();
    let text = String::from_utf8_lossy(&text);
    let n_lines = text.lines().count();
    Outcome::new(canaries.len())
        .expect(lives, || "the server died".to_owned())
        .expect(n_lines > 100, || format!("only {n_lines} lines: nothing was logged"))
        .failures(told(&text, &canaries))
        .failures(unreadable(&text))
        .worst(format!("0 canaries, 0 other lines among {n_lines} lines"))
}

/// Sends this and hears most of what comes back. What it is does not matter here, nor whether the
/// server closes early; a stream of events would go on for ever, and half a request waits long.
fn send(port: u16, request: &[u8]) {
    let Ok(mut socket) = http::connect(port) else { return };
    let _ = socket.set_read_timeout(Some(HEARING));
    let _ = socket.write_all(request);
    let _ = socket.read_to_end(&mut Vec::new());
}

fn serve(place: &Place, log: &std::path::Path) -> Server {
    let mut command = place.command("serve");
    command.env("JIUJI_LOG", "trace").stderr(Stdio::from(std::fs::File::create(log).unwrap()));
    Server::start(command)
}

/// All requests with this text: in paths, headers, bodies, and in what is no HTTP at all.
fn requests(canary: &Canary, port: u16) -> Vec<Vec<u8>> {
    let text = &canary.text;
    let encoded = http::encoded(text);
    let plain: String = text.chars().filter(|c| !c.is_control()).take(2000).collect();
    let end = "Connection: close\r\n\r\n";
    let host = format!("Host: 127.0.0.1:{port}\r\n");
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\n{host}{more}{end}");
    let mut all: Vec<String> = ROUTES.iter().map(|r| get(&r.replace("{}", &encoded), "")).collect();
    all.extend(ROUTES.iter().map(|r| get(&r.replace("{}", &encoded), "Accept: text/html\r\n")));
    all.extend(HEADERS.iter().map(|name| get("/?q=a", &format!("{name}: {plain}\r\n"))));
    all.push(format!("GET / HTTP/1.1\r\nHost: {plain}\r\n{end}"));
    all.push(format!("{plain} / HTTP/1.1\r\n{host}{end}"));
    all.push(format!("M{} / HTTP/1.1\r\n{host}{end}", canary.mark));
    all.push(text.clone());
    for (path, body) in BODIES {
        for value in [json(text), text.clone()] {
            let body = body.replace("{}", &value);
            let n = body.len();
            let kind =
                "Content-Type: application/json\r\nAccept: application/json, text/event-stream";
            all.push(format!(
                "POST {path} HTTP/1.1\r\n{host}{kind}\r\nContent-Length: {n}\r\n{end}{body}"
            ));
        }
    }
    all.into_iter().map(String::into_bytes).collect()
}

/// Text as it stands between the quotes of JSON.
fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted.trim_matches('"').to_owned()
}

/// Digits stay digits in every notation, so the marks betray what was written down.
fn told(log: &str, canaries: &[Canary]) -> Vec<String> {
    let lines = |mark: &str| log.lines().find(|line| line.contains(mark)).map(str::to_owned);
    let told = canaries.iter().filter_map(|canary| lines(&canary.mark));
    told.map(|line| format!("told: {}", line.chars().take(300).collect::<String>())).collect()
}

fn unreadable(log: &str) -> Vec<String> {
    let is_object = |line: &&str| {
        serde_json::from_str::<serde_json::Value>(line).is_ok_and(|value| value.is_object())
    };
    let lines = log.lines().filter(|line| !is_object(line));
    lines.map(|line| format!("no JSON: {line}")).take(5).collect()
}
