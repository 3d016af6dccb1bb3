//! P1: paths that lead elsewhere.

use std::time::{Duration, Instant};

use crate::{
    http,
    product::Place,
    scenario::{Outcome, Run, Scenario, percentile},
};

pub(super) const SCENARIO: Scenario = Scenario {
    id: "P1",
    injects: "200 paths out of the folder and to hidden files (dots, encodings, separators, absolute, \
        overlong UTF-8, NUL) on 6 routes, byte by byte",
    expects: "all 404, 0 bytes of the files they mean; the answer and its time do not tell whether \
        such a file exists (± 2 ms)",
    broken: "with pictures opened by joining paths (17 probes answered)",
    play,
};

/// Routes below which a path of the client's choice may stand.
const ROUTES: [(&str, &str); 6] = [
    ("/", ""),
    ("/media/", ""),
    ("/assets/", ""),
    ("/articles/", ""),
    ("/api/v1/articles/", ""),
    ("/api/v1/articles/", "/history"),
];

/// Ways to write that one goes up.
const UP: [&str; 20] = [
    "../",
    "..%2f",
    "..%2F",
    "%2e%2e/",
    "%2e%2e%2f",
    ".%2e/",
    "%2e./",
    "..%5c",
    "..\\",
    "%2e%2e%5c",
    "%252e%252e%252f",
    "..%252f",
    "....//",
    "..;/",
    ".%00./",
    "%c0%ae%c0%ae/",
    "%c0%ae%c0%ae%c0%af",
    "%e0%80%ae%e0%80%ae/",
    "%uff0e%uff0e/",
    "%ef%bc%8e%ef%bc%8e/",
];

/// Files above the folder of articles, by how many folders.
const ABOVE: [(usize, &str); 8] = [
    (1, "secret.png"),
    (1, "secret.md"),
    (1, "secret"),
    (1, "jiuji.toml"),
    (8, "etc/passwd"),
    (8, "proc/self/environ"),
    (2, "secret.png"),
    (1, "kb-evil/secret.png"),
];

/// Paths that go nowhere up.
const OTHER: [&str; 40] = [
    ".git/config",
    ".git/HEAD",
    ".git%2fconfig",
    "%2egit/config",
    ".GIT/config",
    ".env",
    "%2eenv",
    ".hidden.md",
    ".hidden/secret.png",
    ".secret.png",
    "%2esecret.png",
    "_private.md",
    "_private",
    "notes.txt",
    "data.csv",
    "x.md~",
    "x.md",
    "x.png%00.md",
    "secret.png%00",
    "%00",
    "%2fetc%2fpasswd",
    "%2f%2fetc%2fpasswd",
    "file:%2f%2f%2fetc%2fpasswd",
    "C:%5cwindows%5cwin.ini",
    "%5c%5cevil%5cshare%5ca.png",
    "a%3astream.png",
    "a.png%3a%3a$DATA",
    "CON.png",
    "a.png.",
    "a.png%20",
    "a.png%2f",
    "a.png%5c",
    "%2e",
    "%2e%2e",
    "%2e%2e%2f",
    "a/..%2f..%2fsecret.png",
    "a/%2e%2e/%2e%2e/secret.png",
    "~root/secret.png",
    "$HOME/secret.png",
    "{{x}}.png",
];

const SECRET: &str = "canary-outside-of-the-folder";
/// Requests of each kind when answers are timed.
const TIMED: usize = 200;

fn play(run: &Run) -> Outcome {
    let place = planted();
    let server = place.serve();
    let paths = paths();
    let mut failures = Vec::new();
    for path in &paths {
        for (route, rest) in ROUTES {
            let target = format!("{route}{path}{rest}");
            failures.extend(wrong(server.port, &target));
        }
    }
    let tells = if run.judges_times() { time_told(server.port) } else { Duration::ZERO };
    Outcome::new(paths.len() * ROUTES.len())
        .expect(paths.len() >= 200, || format!("only {} paths", paths.len()))
        .failures(failures)
        .expect(tells < Duration::from_millis(2), || format!("the time tells: {tells:?}"))
        .worst(format!("time differs by {tells:.1?}"))
}

/// A folder with everything that must not be seen in it and around it.
fn planted() -> Place {
    let place = Place::new();
    place.write("x.md", "# 甲\n");
    place.write("a.png", "picture");
    let hidden = [
        ".git/config",
        ".git/HEAD",
        ".env",
        ".hidden.md",
        ".hidden/secret.png",
        ".secret.png",
        "_private.md",
        "notes.txt",
        "data.csv",
        "x.md~",
        "../secret.png",
        "../secret.md",
        "../secret",
        "../jiuji.toml",
        "../kb-evil/secret.png",
    ];
    hidden.iter().for_each(|path| place.write(path, format!("listen = {SECRET}")));
    fs_err::remove_file(place.path().join("jiuji.toml")).unwrap();
    place
}

fn paths() -> Vec<String> {
    let up = UP
        .iter()
        .flat_map(|up| ABOVE.iter().map(move |(n, file)| format!("{}{file}", up.repeat(*n))));
    up.chain(OTHER.iter().map(|path| (*path).to_owned())).collect()
}

/// What is wrong with the answer to a request for `target`, sent as it stands.
fn wrong(port: u16, target: &str) -> Option<String> {
    let answer = asked(port, target);
    let is_seen = answer.text().contains(SECRET) || answer.text().contains("root:x:0:0");
    let is_right = answer.status == 404 && !is_seen;
    (!is_right).then(|| {
        format!("{target}: {} {}", answer.status, answer.text().lines().next().unwrap_or_default())
    })
}

fn asked(port: u16, target: &str) -> http::Answer {
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
    );
    http::exchange(port, request.as_bytes()).unwrap()
}

/// By how much the answers for files that exist outside take longer or shorter than those for
/// files that do not.
fn time_told(port: u16) -> Duration {
    let median = |target: &str| {
        let time = |_| {
            let begin = Instant::now();
            asked(port, target);
            begin.elapsed()
        };
        percentile(&(0..TIMED).map(time).collect::<Vec<_>>(), 0.5).unwrap()
    };
    let pairs = [
        ("/media/..%2fsecret.png", "/media/..%2fabsent.png"),
        ("/media/.secret.png", "/media/.absent.png"),
        ("/api/v1/articles/..%2fsecret/history", "/api/v1/articles/..%2fabsent/history"),
    ];
    pairs.iter().map(|(there, absent)| median(there).abs_diff(median(absent))).max().unwrap()
}
