//! L3: what the machine knows and nobody is to learn from the program.

use std::{
    io::Read,
    process::{Command, Stdio},
    thread,
};

use super::crawl;
use crate::{
    http::{encoded, exchange, get},
    product::{PROGRAM, Place, Server},
    scenario::{Outcome, Run, Scenario},
};

pub(super) const SCENARIO: Scenario = Scenario {
    id: "L3",
    injects: "canaries in the environment, in a token, in files beside and around the articles and in \
        broken settings; then everything is asked for, with all logs on",
    expects: "0 canaries in any answer, log or error message",
    broken: "with hidden files taken for articles (17 canaries)",
    play,
};

const CANARY: &str = "canary4711";
/// What clients look for.
const SOUGHT: [&str; 6] =
    [CANARY, "jiuji.toml", "../jiuji.toml", ".env", "/proc/self/environ", "read_tokens"];

fn play(_: &Run) -> Outcome {
    let place = planted();
    let mut command = place.command("serve");
    command.env("JIUJI_LOG", "trace").env("SECRET_KEY", format!("{CANARY}-environment"));
    command.env("DATABASE_URL", format!("postgres://u:{CANARY}-url@db/x")).stderr(Stdio::piped());
    let (server, log) = logged(command);
    let mut said: Vec<(String, String)> = crawl::everything(server.port)
        .into_iter()
        .map(|(what, answer)| (what, answer.head.clone() + &answer.text()))
        .collect();
    said.extend(SOUGHT.iter().flat_map(|word| asked(server.port, word)));
    let with_token = format!(
        "GET /api/v1/articles HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {CANARY}-token\r\n\
         Cookie: session={CANARY}-cookie\r\nConnection: close\r\n\r\n",
        server.port
    );
    let answer = exchange(server.port, with_token.as_bytes()).unwrap();
    said.push(("a token".to_owned(), answer.head.clone() + &answer.text()));
    drop(server);
    said.push(("the log".to_owned(), log.join().unwrap()));
    said.extend(broken_settings(&place));
    let leaks: Vec<_> = said.iter().filter_map(|(what, text)| leak(what, text)).collect();
    let is_full = said.iter().any(|(what, text)| what == "the log" && text.len() > 1000);
    Outcome::new(said.len())
        .expect(is_full, || "the log says nothing".to_owned())
        .worst(format!("{} canaries seen", leaks.len()))
        .failures(leaks)
}

fn planted() -> Place {
    let place = Place::new();
    place.write("a.md", "# 甲\n\n正文，见 [图](notes.txt) 和 [别处](../secret.md)\n");
    place.write("a.png", "picture");
    place.write("bad.md", "---\ntitle: [坏\n---\n");
    for path in [
        ".env",
        ".git/config",
        ".hidden.md",
        "_private.md",
        "notes.txt",
        "passwords.csv",
        "a.md~",
        "a.md.bak",
        ".a.md.swp",
        "../secret.md",
        "../data/secret.txt",
        "../.ssh/id_rsa",
    ] {
        place.write(path, format!("{CANARY}-{path}"));
    }
    place
}

/// Starts a server whose log is kept.
fn logged(mut command: Command) -> (Server, thread::JoinHandle<String>) {
    let (mut reader, writer) = std::io::pipe().unwrap();
    command.stderr(writer);
    let server = Server::start(command);
    let log = thread::spawn(move || {
        let mut text = Vec::new();
        reader.read_to_end(&mut text).unwrap();
        String::from_utf8_lossy(&text).into_owned()
    });
    (server, log)
}

/// Answers to somebody who looks for secrets. The words of the question may come back.
fn asked(port: u16, word: &str) -> Vec<(String, String)> {
    let encoded = encoded(word);
    let paths = [
        "/?q=",
        "/articles/",
        "/media/",
        "/r/",
        "/api/v1/search?q=",
        "/api/v1/articles/",
        "/?severity=",
    ];
    let asked = paths.iter().map(|path| {
        let answer = get(port, &format!("{path}{encoded}")).unwrap();
        (
            format!("{path}{word}"),
            (answer.head.clone() + &answer.text()).replace(&format!("{CANARY}\""), ""),
        )
    });
    asked.collect()
}

/// What the program says about settings that it cannot use.
fn broken_settings(place: &Place) -> Vec<(String, String)> {
    let settings = [
        format!("read_tokens = [\"agent:{CANARY}-a\"]\n"),
        format!("read_tokens = [\"jiuji_agent_{CANARY}\"]\n"),
        format!("read_tokens = [\"agent:{CANARY}\n"),
        format!("read_tokens = {CANARY}\n"),
        format!("read_tokens = \"{CANARY}\"\n"),
        format!("read_token = [\"{CANARY}\"]\n"),
        format!("password = \"{CANARY}\"\n"),
    ];
    let run = |settings: &String| {
        let file = place.path().join("broken.toml");
        fs_err::write(&file, settings).unwrap();
        let mut command = Command::new(PROGRAM);
        command
            .args(["check", "--config"])
            .arg(&file)
            .env("JIUJI_LOG", "trace")
            .current_dir(place.kb());
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (format!("settings {settings:?}"), String::from_utf8_lossy(&text).into_owned())
    };
    settings.iter().map(run).collect()
}

fn leak(what: &str, text: &str) -> Option<String> {
    let at = text
        .find(&format!("{CANARY}-"))
        .or_else(|| what.starts_with("settings").then(|| text.find(CANARY)).flatten())?;
    let around: String =
        text.chars().skip(text.get(..at)?.chars().count().saturating_sub(40)).take(120).collect();
    Some(format!("{what}: …{around}…"))
}
