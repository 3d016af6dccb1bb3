//! O7: what the server says of itself while parts of it are in trouble.

use std::time::Duration;

use super::{article, place_with, word};
use crate::{
    http,
    product::{Server, eventually},
    scenario::{Outcome, Run, Scenario},
};

pub(crate) const O7: Scenario = Scenario {
    id: "O7",
    injects: "a broken article, a folder that is emptied, a watch limit of 0; \
              /livez, /readyz, /metrics, /status and the pages are asked in each",
    expects: "/livez 200 always; /readyz 200 while anything is served, naming the component; the same \
              trouble in the metrics, on /status and as one bar on the other pages; all gone after",
    broken: "without the copy of the troubles into the metrics",
    play,
};

const PATIENCE: Duration = Duration::from_secs(20);
/// Pages that carry the bar.
const PAGES: &[&str] = &["/", "/?q=a", "/matrix", "/flow", "/docs", "/articles/a1"];

fn play(run: &Run) -> Outcome {
    let n_rounds = run.count(10);
    let mut outcome = Outcome::new(0).worst("every trouble told everywhere");
    for _ in 0..n_rounds {
        let failures = [broken_article(), emptied_folder(), no_watch()];
        outcome.count += failures.len();
        outcome = outcome.failures(failures.into_iter().flatten());
    }
    outcome
}

fn broken_article() -> Vec<String> {
    let place = place_with(5);
    let server = place.serve();
    let mut wrong = told(&server, "well", None);
    place.write("1/a1.md", format!("---\ntitle: [没有写完\n---\n\n{}", word(1)));
    wrong.extend(becomes(&server, "broken article", Some("articles")));
    place.write("1/a1.md", article(1));
    wrong.extend(becomes(&server, "mended article", None));
    wrong
}

fn emptied_folder() -> Vec<String> {
    let place = place_with(60);
    let server = place.serve();
    let away = place.path().join("away");
    fs_err::rename(place.kb(), &away).unwrap();
    fs_err::create_dir(place.kb()).unwrap();
    let mut wrong = becomes(&server, "emptied folder", Some("folder"));
    fs_err::remove_dir(place.kb()).unwrap();
    fs_err::rename(&away, place.kb()).unwrap();
    if server.found(&word(1)).first().is_none_or(|id| id != "a1") {
        wrong.push("emptied folder: the articles are gone".to_owned());
    }
    wrong
}

/// No watch can be had: changes are noticed by looking every minute.
fn no_watch() -> Vec<String> {
    let place = place_with(5);
    let limit = "echo 0 > /proc/sys/user/max_inotify_watches && exec \"$@\"";
    let wrapper = ["unshare", "-Ur", "sh", "-c", limit, "sh"];
    let Some(server) = Server::try_start(place.wrapped(&wrapper, "serve")) else {
        return vec!["no watch: it does not start".to_owned()];
    };
    becomes(&server, "no watch", Some("watcher"))
}

/// Waits until `/readyz` says so, then compares all the other places with it.
fn becomes(server: &Server, name: &str, component: Option<&str>) -> Vec<String> {
    let is_so = || degraded(server) == component.map(|c| vec![c.to_owned()]).unwrap_or_default();
    match eventually(PATIENCE, is_so) {
        None => vec![format!("{name}: /readyz names {:?}", degraded(server))],
        Some(_) => told(server, name, component),
    }
}

/// Components that `/readyz` calls degraded; the whole must fit.
fn degraded(server: &Server) -> Vec<String> {
    let Ok(answer) = http::get(server.port, "/readyz") else { return vec!["no answer".to_owned()] };
    let body = answer.json();
    let mut parts: Vec<String> = body["components"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, state)| *state != "ok")
        .map(|(part, _)| part.clone())
        .collect();
    let entries = body["troubles"].as_array().map(Vec::as_slice).unwrap_or_default();
    let fits = answer.status == 200
        && (body["status"] == "ok") == parts.is_empty()
        && entries.len() == parts.len()
        && body["snapshot_age_s"].as_i64().is_some_and(|age| age >= 0);
    if !fits {
        parts.push(format!("inconsistent: {body}"));
    }
    parts
}

fn told(server: &Server, name: &str, component: Option<&str>) -> Vec<String> {
    let text = |path: &str| http::get(server.port, path).map(|a| a.text()).unwrap_or_default();
    let mut wrong = Vec::new();
    let mut expect = |is_so: bool, what: &str| {
        if !is_so {
            wrong.push(format!("{name}: {what}"));
        }
    };
    let live = http::get(server.port, "/livez").map(|answer| answer.status);
    expect(live.is_ok_and(|status| status == 200), "/livez is not 200");
    let metrics = text("/metrics");
    for part in ["articles", "folder", "index", "watcher"] {
        let n = usize::from(component == Some(part));
        let line = format!("jiuji_troubles{{component=\"{part}\"}} {n}\n");
        expect(metrics.contains(&line), &format!("the metrics do not say {line}"));
    }
    let troubles = http::get_json(server.port, "/readyz").unwrap_or_default()["troubles"].clone();
    let trouble = troubles[0]["text"].as_str().unwrap_or_default().to_owned();
    let status = text("/status");
    expect(
        status.contains(&format!("<p class=\"alert\">{trouble}")) == component.is_some(),
        "/status",
    );
    for page in PAGES {
        let bar = format!("<p class=\"offline-bar\" role=\"status\">{trouble}");
        let has_bar = text(page).contains(&format!("{bar}<a href=\"/status\">"));
        expect(has_bar == component.is_some(), &format!("the bar on {page}"));
    }
    wrong
}
