//! X1: payloads in every place that shows text of strangers, with and without the policy.

use super::{
    browser::{Tab, Watch, with_browser},
    payloads::{self, NAMED, Payload, QUOTED},
    proxy::{self, Change},
};
use crate::{
    http::{encoded, get_json},
    product::{Place, Server},
    scenario::{Outcome, Run, Scenario},
};

pub(super) const SCENARIO: Scenario = Scenario {
    id: "X1",
    injects: "300+ script payloads in 12 places: title, body, tag, code language, image, link, \
        heading, file name, search echo, snippet, error, JSON opened as a page",
    expects: "in Chromium 0 executions, 0 dialogs, 0 foreign requests, 0 active elements, \
        with the policy and with the policy taken away",
    broken: "with a snippet or title written as HTML (runs.html without escaping)",
    play,
};

/// Places in which each payload is shown.
const SINKS: usize = 12;
/// Hits on a page.
const PAGE: usize = 50;
const TABS: usize = 3;

fn play(run: &Run) -> Outcome {
    let payloads = payloads::of(run);
    let place = Place::new();
    payloads.iter().for_each(|payload| payload.write(&place));
    let server = place.serve();
    let visits = visits(&payloads);
    let unprotected = proxy::start(server.port, Change { keeps_policy: false, raw: vec![] });
    let count = payloads.len() * SINKS * 2;
    let missing = missing(&server, &payloads);
    let played = with_browser(async |watch| {
        let mut failures = Vec::new();
        for (mode, port) in [("policy on", server.port), ("policy off", unprotected)] {
            failures.extend(visit_all(watch, mode, port, &visits).await);
        }
        failures
    });
    let Some(failures) = played else { return Outcome::skipped("no Chromium") };
    let worst = format!("{} executions on {} pages", failures.len(), 2 * visits.len());
    Outcome::new(count).failures(missing).failures(failures).worst(worst)
}

/// The pages that show all payloads in all places.
fn visits(payloads: &[Payload]) -> Vec<String> {
    let mut visits: Vec<String> =
        vec!["/".into(), "/status".into(), "/matrix".into(), "/flow".into()];
    for payload in payloads {
        let text = encoded(&payload.text);
        visits.push(payload.page());
        visits.push(format!("/?q={text}"));
        let error = if payload.number.is_multiple_of(2) { "/articles/" } else { "/?severity=" };
        visits.push(format!("{error}{text}"));
        visits.push(format!("/api/v1/search?q={text}"));
        visits.push(format!("/api/v1/articles/x{}", payload.number));
    }
    for offset in (0..payloads.len()).step_by(PAGE) {
        for word in [NAMED, QUOTED] {
            visits.push(format!("/?q={}&limit={PAGE}&offset={offset}", encoded(word)));
        }
    }
    visits
}

/// Payloads of which there is no article: they would prove nothing.
fn missing(server: &Server, payloads: &[Payload]) -> Vec<String> {
    let is_there = |payload: &&Payload| {
        let article = get_json(server.port, &format!("/api/v1/articles/x{}", payload.number));
        article.is_ok_and(|article| article.to_string().contains(QUOTED))
    };
    let missing = payloads.iter().filter(|payload| !is_there(payload));
    missing.map(|payload| format!("no article x{}: {:?}", payload.number, payload.text)).collect()
}

async fn visit_all(watch: &Watch, mode: &str, port: u16, visits: &[String]) -> Vec<String> {
    let origin = format!("http://127.0.0.1:{port}");
    let mut tabs = Vec::new();
    for share in 0..TABS {
        let mut tab = watch.tab(format!("{origin}/")).await;
        let own: Vec<_> = visits.iter().skip(share).step_by(TABS).cloned().collect();
        let origin = origin.clone();
        tabs.push(tokio::spawn(async move { visit_some(&mut tab, &origin, &own).await }));
    }
    let mut failures = Vec::new();
    for tab in tabs {
        failures.extend(tab.await.unwrap());
    }
    failures.into_iter().map(|failure| format!("{mode}: {failure}")).collect()
}

async fn visit_some(tab: &mut Tab, origin: &str, visits: &[String]) -> Vec<String> {
    let mut failures = Vec::new();
    for path in visits {
        let seen = tab.provoke(&format!("{origin}{path}"), "main a, main area").await;
        failures.extend((!seen.is_empty()).then(|| format!("{path}: {}", seen.join("; "))));
    }
    failures
}
