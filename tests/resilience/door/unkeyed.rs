//! Redirects to elsewhere, and headers on which an answer must not depend.

use super::{get_with, small};
use crate::{
    http,
    scenario::{Outcome, Run, Scenario},
};

pub(crate) const A5: Scenario = Scenario {
    id: "A5",
    injects: "40 addresses that want to be sent elsewhere; 31 headers that proxies and frameworks \
              believe, on two pages",
    expects: "no Location leads to another site; bodies are the same byte for byte",
    broken: "the search page repeats X-Forwarded-Host",
    play: unkeyed,
};

const EVIL: &str = "evil.example";

const ADDRESSES: [&str; 40] = [
    "//evil.example",
    "//evil.example/",
    "///evil.example",
    "//evil.example/%2e%2e",
    "/\\evil.example",
    "/\\/evil.example",
    "/%5cevil.example",
    "/%2f%2fevil.example",
    "/%2fevil.example/..",
    "/.evil.example",
    "/;@evil.example",
    "/@evil.example",
    "/https://evil.example",
    "/https:/evil.example",
    "/http:evil.example",
    "/javascript:alert(1)",
    "/data:text/html,evil.example",
    "/articles//evil.example",
    "/articles/%2f%2fevil.example",
    "/articles/https:%2f%2fevil.example",
    "/articles/vpn/",
    "/articles/vpn//evil.example",
    "/r//evil.example",
    "/r/%2f%2fevil.example",
    "/r/https://evil.example",
    "/r/\\evil.example",
    "/r/..//evil.example",
    "/r/%0d%0aLocation:%20https://evil.example",
    "/r/vpn?to=https://evil.example",
    "/?next=https://evil.example",
    "/?url=//evil.example",
    "/?return=https://evil.example",
    "/?q=https://evil.example",
    "/?redirect_uri=https://evil.example",
    "/matrix/",
    "/matrix//evil.example",
    "/media//evil.example",
    "/assets//evil.example",
    "/api/v1/articles/%2f%2fevil.example",
    "/api/v1/search/?q=//evil.example",
];

const HEADERS: [(&str, &str); 31] = [
    ("X-Original-URL", "/metrics"),
    ("X-Rewrite-URL", "/metrics"),
    ("X-Forwarded-Host", EVIL),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Scheme", "nothttps"),
    ("X-Forwarded-Port", "1337"),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-Prefix", "/evil"),
    ("X-Forwarded-Path", "/evil"),
    ("X-Forwarded-Server", EVIL),
    ("Forwarded", "for=127.0.0.1;host=evil.example;proto=https"),
    ("X-Host", EVIL),
    ("X-Real-IP", "127.0.0.1"),
    ("X-Client-IP", "127.0.0.1"),
    ("True-Client-IP", "127.0.0.1"),
    ("X-HTTP-Method-Override", "POST"),
    ("X-Method-Override", "DELETE"),
    ("X-Custom-IP-Authorization", "127.0.0.1"),
    ("X-WAP-Profile", "http://evil.example/wap.xml"),
    ("X-Arbitrary", "<script>evil</script>"),
    ("Accept-Language", "en-US,en;q=0.9"),
    ("Accept-Charset", "utf-7"),
    ("User-Agent", "<script>evil</script>"),
    ("Referer", "https://evil.example/"),
    ("Origin", "https://evil.example"),
    ("Cookie", "session=evil; lang=en"),
    ("Via", "1.1 evil.example"),
    ("Pragma", "no-cache"),
    ("Save-Data", "on"),
    ("DNT", "1"),
    ("Sec-CH-UA-Mobile", "?1"),
];

const PAGES: [&str; 2] = ["/?q=vpn", "/articles/vpn"];

fn unkeyed(_: &Run) -> Outcome {
    let place = small();
    let server = place.serve();
    let port = server.port;
    let mut failures = Vec::new();
    for address in ADDRESSES {
        let answer = get_with(port, address, &[]).unwrap();
        let location = answer.header("location").unwrap_or_default();
        let refresh = answer.header("refresh").is_some();
        failures
            .extend((leads_away(location) || refresh).then(|| format!("{address}: {location}")));
        failures.extend((answer.status >= 500).then(|| format!("{address}: {}", answer.status)));
    }
    let mut n_ok = 0;
    for page in PAGES {
        let usual = http::get(port, page).unwrap();
        n_ok += usize::from(usual.status == 200);
        for line in HEADERS {
            let answer = get_with(port, page, &[line]).unwrap();
            let is_same = (answer.status, &answer.body) == (usual.status, &usual.body);
            failures.extend((!is_same).then(|| format!("{page} depends on {}", line.0)));
            let is_echoed = answer.head.contains("evil");
            failures.extend(is_echoed.then(|| format!("{page} echoes {}", line.0)));
        }
    }
    Outcome::new(ADDRESSES.len() + PAGES.len() * HEADERS.len())
        .failures(failures)
        .expect(n_ok == PAGES.len(), || "the pages are not there".into())
        .worst("0 foreign, 0 different")
}

/// Whether browsers would understand a `Location` as another site.
fn leads_away(location: &str) -> bool {
    let rest = location.trim_start_matches(['/', '\\']);
    let n_slashes = location.len() - rest.len();
    !location.is_empty() && (n_slashes != 1 || rest.contains(['\r', '\n']))
}
