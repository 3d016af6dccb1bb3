//! What the scenarios of the folder share: articles, what is served of them, and what should be.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::Value;

use crate::{
    http,
    product::{PROGRAM, Place, Server, eventually},
    scenario::percentile,
};

/// Longest time until the folder and what is served must agree, by hints alone.
pub(super) const SETTLES: Duration = Duration::from_secs(10);
/// The same where only the scan of every minute can tell.
pub(super) const SCANNED: Duration = Duration::from_secs(75);
/// A save is searchable after this time, 99 of 100 times.
pub(super) const VISIBLE: Duration = Duration::from_secs(2);
/// And always after this.
pub(super) const VISIBLE_AT_WORST: Duration = Duration::from_secs(5);

/// An article whose title and last line have `word`.
pub(super) fn article(word: &str) -> String {
    format!(
        "---\ntitle: {word}故障\nseverity: p2\n---\n\n## 应急策略\n\n1. 先看指示灯。\n2. 再看{word}。\n"
    )
}

/// The revision that an index of the folder built anew has: equal content, equal revision.
pub(super) fn truth(place: &Place) -> String {
    let index = tempfile::tempdir().unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["search", "故障", "--json", "--kb"]).arg(place.kb());
    command.arg("--index").arg(index.path().join("data")).current_dir(place.path());
    let output = command.stderr(Stdio::null()).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    answer["revision"].as_str().unwrap_or_default().to_owned()
}

/// What `/readyz` says; null when nobody answers.
pub(super) fn ready(server: &Server) -> Value {
    http::get_json(server.port, "/readyz").unwrap_or_default()
}

/// What `/api/v1/status` says; null when nobody answers.
pub(super) fn status(server: &Server) -> Value {
    http::get_json(server.port, "/api/v1/status").unwrap_or_default()
}

/// Number of articles served.
pub(super) fn n_articles(server: &Server) -> u64 {
    ready(server)["n_articles"].as_u64().unwrap_or_default()
}

/// Waits until what is served is what the folder says; the failure if it never is.
pub(super) fn agrees(place: &Place, server: &Server, limit: Duration) -> Result<Duration, String> {
    let truth = truth(place);
    let is_same = || ready(server)["revision"] == truth.as_str();
    eventually(limit, is_same).ok_or_else(|| {
        let status = status(server);
        format!("the folder has revision {truth:.8}, served after {limit:?} is {status}")
    })
}

/// Titles of the best 50 hits for a word.
pub(super) fn titles(server: &Server, word: &str) -> Vec<String> {
    let path = format!("/api/v1/search?limit=50&q={}", http::encoded(word));
    let answer = http::get_json(server.port, &path).unwrap_or_default();
    let hits = answer["hits"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    hits.filter_map(|hit| hit["title"].as_str()).map(str::to_owned).collect()
}

/// Whether a search for the word finds an article with it in the title.
pub(super) fn finds(server: &Server, word: &str) -> bool {
    titles(server, word).iter().any(|title| title.contains(word))
}

/// `GET path` with a header line.
pub(super) fn get_as(server: &Server, path: &str, accept: &str) -> Option<http::Answer> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n",
        server.port
    );
    http::exchange(server.port, request.as_bytes()).ok()
}

/// The source of an article as it is served; `None` when there is no such article.
pub(super) fn source(server: &Server, id: &str) -> Option<String> {
    let path = format!("/api/v1/articles/{}", http::encoded(id));
    let mut answer = None;
    // A server that has too much to do says so, which is no answer.
    let is_answered = || {
        answer = get_as(server, &path, "text/markdown");
        answer.as_ref().is_some_and(|answer| [200, 404].contains(&answer.status))
    };
    eventually(SETTLES, is_answered);
    answer.filter(|answer| answer.status == 200).map(|answer| answer.text())
}

/// What is said of a file.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) path: String,
    pub(super) rule: String,
    pub(super) level: String,
    pub(super) line: Option<u64>,
}

/// All findings of the served knowledge base.
pub(super) fn findings(server: &Server) -> Vec<Said> {
    let answer = http::get_json(server.port, "/api/v1/findings").unwrap_or_default();
    let said = |finding: &Value| {
        let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        let line = finding["line"].as_u64();
        Said { path: text("path"), rule: text("rule"), level: text("level"), line }
    };
    answer["findings"].as_array().map(|all| all.iter().map(said).collect()).unwrap_or_default()
}

/// Times as a figure of the table.
pub(super) fn figure(what: &str, times: &[Duration]) -> String {
    let p99 = percentile(times, 0.99).unwrap_or_default().as_secs_f64();
    let max = times.iter().max().copied().unwrap_or_default().as_secs_f64();
    format!("{what} p99 {p99:.2} s, max {max:.2} s")
}

/// What is wrong with times from saves to searches.
pub(super) fn too_late(times: &[Duration]) -> Vec<String> {
    let p99 = percentile(times, 0.99).unwrap_or_default();
    let max = times.iter().max().copied().unwrap_or_default();
    let mut failures = Vec::new();
    if p99 > VISIBLE {
        failures.push(format!("p99 {p99:?} is more than {VISIBLE:?}"));
    }
    if max > VISIBLE_AT_WORST {
        failures.push(format!("{max:?} is more than {VISIBLE_AT_WORST:?}"));
    }
    failures
}

/// Runs a program in a folder; it must succeed.
pub(super) fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    let output = command.env("LC_ALL", "C.UTF-8").output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {error}");
}

/// `git` in a folder, the same for everyone.
pub(super) fn git(folder: &Path, arguments: &[&str]) {
    let common =
        ["-c", "user.name=x", "-c", "user.email=x@localhost", "-c", "init.defaultBranch=a"];
    run(folder, "git", &[&common, arguments].concat());
}
