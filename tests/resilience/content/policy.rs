//! X2: the policy alone, with the payload in the page as its author wrote it.

use super::{
    browser::{NEVER, Watch, with_browser},
    headers,
    payloads::{self, Payload},
    proxy::{self, Change, MARKER},
};
use crate::{
    product::Place,
    scenario::{Outcome, Run, Scenario},
};

pub(super) const SCENARIO: Scenario = Scenario {
    id: "X2",
    injects: "the same payloads put into an article page unsanitised, behind the sanitiser's back",
    expects: "0 executions under the page's own policy (without it they do run); every page, \
        asset, answer and error carries policy and nosniff",
    broken: "with 'unsafe-inline' in script-src",
    play,
};

/// Of all payloads at least this share really runs where nothing stops it: they are no blanks.
const LIVE_SHARE: f64 = 0.4;

fn play(run: &Run) -> Outcome {
    let place = Place::new();
    place.write("host.md", format!("# 载荷\n\n{MARKER}\n"));
    let server = place.serve();
    let raw: Vec<_> = payloads::all().into_iter().map(|payload| payload.text).collect();
    let guarded = proxy::start(server.port, Change { keeps_policy: true, raw: raw.clone() });
    let naked = proxy::start(server.port, Change { keeps_policy: false, raw });
    let payloads = payloads::of(run);
    let played = with_browser(async |watch| {
        (executed(watch, guarded, &payloads).await, executed(watch, naked, &payloads).await)
    });
    let Some((with_policy, without)) = played else { return Outcome::skipped("no Chromium") };
    let (n_asked, bare) = headers::missing(&place, &server);
    let n_live = without.len();
    let worst = format!(
        "{} of {} run with the policy, {n_live} without any wall",
        with_policy.len(),
        payloads.len()
    );
    Outcome::new(payloads.len() + n_asked)
        .failures(with_policy)
        .failures(bare)
        .expect(n_live as f64 >= LIVE_SHARE * payloads.len() as f64, || {
            format!("only {n_live} payloads run where nothing stops them")
        })
        .worst(worst)
}

/// The payloads that ran.
async fn executed(watch: &Watch, port: u16, payloads: &[Payload]) -> Vec<String> {
    let origin = format!("http://127.0.0.1:{port}/");
    let mut executed = Vec::new();
    let mut tab = watch.tab(origin.clone()).await;
    for payload in payloads {
        let url = format!("{origin}articles/host?case={}", payload.number);
        let seen = tab.provoke(&url, "main *").await;
        if seen.iter().any(|what| what.starts_with("ran ") || what.starts_with("dialog")) {
            executed.push(format!("{:?}: {}", payload.text, seen.join("; ")));
        }
        if seen.iter().any(|what| what.starts_with(NEVER)) {
            // Some payloads take the page away and never give it back.
            tab.close().await;
            tab = watch.tab(origin.clone()).await;
        }
    }
    executed
}
