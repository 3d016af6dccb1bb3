//! The entrance for agents: strangers, huge arguments, a crowd.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Runtime,
    time::timeout,
};

use super::{send, small};
use crate::{
    http::{self, Answer, PATIENCE},
    scenario::{Outcome, Run, Scenario},
};

pub(crate) const L2: Scenario = Scenario {
    id: "L2",
    injects: "messages for agents from foreign hosts and origins, 1 MB of arguments, 1,000 at once",
    expects: "403, 413; of the crowd each gets the answer to its own question or 503 with \
              Retry-After, and all is well afterwards",
    broken: "without the check of Origin and Sec-Fetch-Site",
    play: agents,
};

/// Fewer would not fill the places.
const MIN_CROWD: usize = 300;

const STRANGERS: [(&str, &str); 10] = [
    ("Host", "evil.example"),
    ("Host", "127.0.0.1"),
    ("Host", "127.0.0.1:1"),
    ("Host", "localhost.evil.example"),
    ("Origin", "https://evil.example"),
    ("Origin", "http://127.0.0.1:1"),
    ("Origin", "null"),
    ("Origin", "file://"),
    ("Origin", ""),
    ("Sec-Fetch-Site", "cross-site"),
];

fn agents(run: &Run) -> Outcome {
    let place = small();
    let server = place.serve();
    let port = server.port;
    let mut failures = Vec::new();
    for line in STRANGERS {
        let status = ask(port, &[line], &message(1, "vpn")).status;
        failures.extend((status != 403).then(|| format!("{line:?}: {status}")));
    }
    let large = ask(port, &[], &message(1, &"a".repeat(1 << 20)));
    failures.extend((large.status != 413).then(|| format!("1 MB: {}", large.status)));
    let n = run.count(1000).max(MIN_CROWD);
    let answers = Runtime::new().unwrap().block_on(crowd(port, n));
    let numbered = || answers.iter().enumerate();
    failures.extend(numbered().filter_map(|(id, answer)| wrong(id, answer.as_ref())));
    let is_answered = |(id, answer): (usize, &Option<Answer>)| {
        answer.as_ref().is_some_and(|answer| is_answered(id, answer))
    };
    let n_answered = numbered().filter(|one| is_answered(*one)).count();
    let after = ask(port, &[], &message(7, "vpn"));
    Outcome::new(STRANGERS.len() + 1 + n)
        .failures(failures)
        .expect(n_answered > 0 && self::is_answered(7, &after), || "it does not answer".into())
        .worst(format!("{n_answered} of {n} at once answered, the others told to come back"))
}

fn message(id: usize, query: &str) -> String {
    let call = serde_json::json!({
        "jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": { "name": "search", "arguments": { "query": query } },
    });
    call.to_string()
}

const LINES: [(&str, &str); 2] =
    [("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream")];

fn ask(port: u16, lines: &[(&str, &str)], message: &str) -> Answer {
    send(port, "POST", "/mcp", &[&LINES, lines].concat(), message.as_bytes()).unwrap()
}

/// What so many get who ask at the same time; `None` for no answer at all.
async fn crowd(port: u16, n: usize) -> Vec<Option<Answer>> {
    let tasks: Vec<_> = (0..n).map(|id| tokio::spawn(one(port, id))).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

async fn one(port: u16, id: usize) -> Option<Answer> {
    let body = message(id, "vpn");
    let lines: String = LINES.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Length: {}\r\n{lines}\r\n",
        body.len()
    );
    let exchange = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let sent = stream.write_all((head + &body).as_bytes()).await;
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer).await;
        // What it said before it closed counts.
        if answer.is_empty() { sent.and(read.map(|_| answer)) } else { Ok(answer) }
    };
    http::parse(&timeout(PATIENCE, exchange).await.ok()?.ok()?)
}

/// What is wrong with the answer to the message of this id.
fn wrong(id: usize, answer: Option<&Answer>) -> Option<String> {
    let Some(answer) = answer else { return Some(format!("{id}: no answer")) };
    let is_right = is_answered(id, answer) || is_busy(id, answer);
    (!is_right).then(|| format!("{id}: {} {}", answer.status, answer.text()))
}

fn is_answered(id: usize, answer: &Answer) -> bool {
    let body = answer.json();
    answer.status == 200 && body["id"] == id && body["result"]["isError"] == false
}

/// A refusal by the door, or by the protocol.
fn is_busy(id: usize, answer: &Answer) -> bool {
    let body = answer.json();
    let data = &body["error"]["data"];
    let retry = data["retry_after_s"].as_u64().unwrap_or(0);
    let by_protocol = body["id"] == id && data["code"] == "busy" && (1..=5).contains(&retry);
    answer.status == 503 && answer.header("retry-after").is_some() || by_protocol
}
