//! Pages that nobody reads.

use crate::{
    http::{self, encoded},
    product::Place,
    scenario::{Outcome, Run, Scenario},
};

/// Paths that take a page, with the parameters that say which.
const PAGED: &[(&str, &str, &[&str])] = &[
    ("/api/v1/search?q=a&", "limit", NO_LIMITS),
    ("/api/v1/search?q=a&", "offset", NO_OFFSETS),
    ("/?q=a&", "limit", NO_LIMITS),
    ("/?q=a&", "offset", NO_OFFSETS),
    ("/api/v1/articles?", "limit", NO_LIMITS),
    // The list of all articles may be read to its end.
    ("/api/v1/articles?", "offset", NO_NUMBERS),
    ("/api/v1/changes?", "limit", NO_LIMITS),
];
/// What is no number of things to show.
const NO_LIMITS: &[&str] = &[
    "0",
    "-1",
    "-0",
    "1.5",
    "1e3",
    "0x10",
    "NaN",
    "∞",
    "１０",
    "",
    "%20",
    "1%00",
    "1;2",
    "null",
    "2147483648",
    "4294967297",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999",
];
/// What is no number that a computer knows.
const NO_NUMBERS: &[&str] =
    &["-1", "1.5", "1e3", "NaN", "18446744073709551616", "99999999999999999999"];
/// What is no place to begin.
const NO_OFFSETS: &[&str] = &[
    "-1",
    "1.5",
    "1e3",
    "NaN",
    "991",
    "1000",
    "1000000",
    "9223372036854775807",
    "18446744073709551605",
    "18446744073709551615",
    "18446744073709551616",
];
/// Memory that may come on top while thousands of such requests are refused.
const MOST_KIB: usize = 8 * 1024;

pub(super) const Q2: Scenario = Scenario {
    id: "Q2",
    injects: "pages of 0, −1, 2⁶⁴ and other numbers of hits, and pages far behind the last",
    expects: "each refused with 400 and the name of the parameter; memory grows by at most 8 MiB",
    broken: "no limit for the end of a page",
    play: paging,
};

fn paging(run: &Run) -> Outcome {
    let place = Place::new();
    for n in 0..60 {
        place.write(&format!("a{n}.md"), format!("# a {n}\n\n备份 a\n"));
    }
    let server = place.serve();
    let requests: Vec<_> = requests().collect();
    // What is loaded once is no growth.
    requests.iter().for_each(|(path, parameter)| drop(wrong(server.port, path, parameter)));
    let before = server.memory_kib("VmHWM");
    let (mut count, mut failures) = (0, Vec::new());
    for _ in 0..run.count(100) {
        for (path, parameter) in &requests {
            count += 1;
            failures.extend(wrong(server.port, path, parameter));
        }
    }
    let grown = server.memory_kib("VmHWM").saturating_sub(before);
    failures.dedup();
    let whole = http::get_json(server.port, "/api/v1/search?q=a&limit=50&offset=10");
    let whole = whole.unwrap_or_default();
    let n_hits = whole["hits"].as_array().map_or(0, Vec::len);
    Outcome::new(count)
        .failures(failures)
        .expect(n_hits == 50, || format!("the largest page has {n_hits} hits"))
        .expect(grown <= MOST_KIB, || format!("memory grew by {grown} KiB"))
        .worst(format!("memory + {grown} KiB"))
}

fn requests() -> impl Iterator<Item = (String, &'static str)> {
    PAGED.iter().flat_map(|(path, parameter, values)| {
        // An open field of the form on the page is no wrong number.
        let values = values.iter().filter(|value| !(path.starts_with("/?") && value.is_empty()));
        values.map(move |value| {
            let value = if value.contains('%') { (*value).to_owned() } else { encoded(value) };
            (format!("{path}{parameter}={value}"), *parameter)
        })
    })
}

/// What is wrong with the answer, if anything; a page shows words for people only.
fn wrong(port: u16, path: &str, parameter: &str) -> Option<String> {
    let answer = match http::get(port, path) {
        Ok(answer) => answer,
        Err(error) => return Some(format!("{path}: {error}")),
    };
    let is_named = path.starts_with("/?") || answer.json()["parameter"] == *parameter;
    let is_right = answer.status == 400 && is_named;
    (!is_right).then(|| format!("{path}: {} {}", answer.status, answer.text()))
}
