//! Bad requests: each gets its own answer, in the form of a problem, and harms nothing.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    time::{Duration, Instant},
};

use axum::{body::Body, http::Request};
use jiuji::web::Limits;

use crate::{
    dice::Dice,
    driver::{Answer, HOST, Lines, PORT, Running, TestKb, encoded, eventually},
};

/// Junk queries that are sent.
const JUNK: usize = 2_000;
const SECRET: &str = "内部密码不外传";

fn small() -> Running {
    TestKb::new()
        .article(
            "disk-failing",
            "---\ntitle: 硬盘异响\nsupersedes: [hdd-noise]\n---\n\n正文\n\n\
             ## 各渠道话术\n\n### 电话\n\n> 请停止使用。\n",
        )
        .article("disk-old", "---\ntitle: 硬盘旧版\nstatus: retired\n---\n\n停用\n")
        .article("disk-new", "---\ntitle: 硬盘新版\nsupersedes: [disk-old]\n---\n\n新的\n")
        .article("网络/断网", "# 上不了网\n")
        .start()
}

/// Expects a problem; `parameter` is empty when none is to be blamed.
#[track_caller]
fn expect_problem(answer: &Answer, what: &str, status: u16, code: &str, parameter: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    let body = answer.json();
    assert_eq!((&body["status"], &body["code"]), (&status.into(), &code.into()), "{what}");
    assert_eq!(body["type"], format!("urn:jiuji:problem:{code}"), "{what}");
    assert_eq!(body["parameter"].as_str().unwrap_or_default(), parameter, "{what}: {body}");
    assert_eq!(body["instance"].as_str(), answer.header("x-request-id"), "{what}");
    for name in ["title", "detail"] {
        let text = body[name].as_str().unwrap();
        assert!(text.chars().any(|c| c > '\u{2e80}'), "{what}: {name} is not Chinese: {text}");
        assert!(!text.contains("src/") && !text.contains("tantivy"), "{what}: {text}");
    }
}

#[test]
fn what_a_parameter_cannot_be_is_refused_by_name() {
    let kb = small();
    let long = |n: usize| format!("q={}", "%E7%A1%AC".repeat(n));
    let (long501, long1500) = (long(501), long(1500));
    let latin = format!("q={}", "a".repeat(10_000));
    let table = [
        ("search", "limit=0", "invalid_parameter", "limit"),
        ("search", "limit=51", "invalid_parameter", "limit"),
        ("search", "limit=abc", "invalid_parameter", "limit"),
        ("search", "limit=", "invalid_parameter", "limit"),
        ("search", "limit=1.5", "invalid_parameter", "limit"),
        ("search", "limit=%EF%BC%91", "invalid_parameter", "limit"),
        ("search", "limit=99999999999999999999", "invalid_parameter", "limit"),
        ("search", "limit=5&limit=5", "repeated_parameter", "limit"),
        ("search", "offset=-1", "invalid_parameter", "offset"),
        ("search", "offset=991", "invalid_parameter", "offset"),
        ("search", "offset=18446744073709551615", "invalid_parameter", "offset"),
        ("search", &long501, "query_too_long", "q"),
        ("search", &long1500, "query_too_long", "q"),
        ("search", &latin, "query_too_long", "q"),
        ("search", "q=a&q=b", "repeated_parameter", "q"),
        ("search", "q=a&query=b", "unknown_parameter", "query"),
        ("search", "Q=a", "unknown_parameter", "Q"),
        ("search", "q=a&%F0%9F%92%A3=1", "unknown_parameter", "💣"),
        ("search", "fault_type=printer", "invalid_parameter", "fault_type"),
        ("search", "fault_type=", "invalid_parameter", "fault_type"),
        ("search", "fault_type=login&fault_type=Login", "invalid_parameter", "fault_type"),
        ("search", "severity=p5", "invalid_parameter", "severity"),
        ("search", "severity=P1", "invalid_parameter", "severity"),
        ("search", "tier=l4", "invalid_parameter", "tier"),
        ("search", "status=deleted", "invalid_parameter", "status"),
        ("search", "system=", "invalid_parameter", "system"),
        ("search", "q=%", "malformed_query", "q"),
        ("search", "q=%zz", "malformed_query", "q"),
        ("search", "q=%E7%A1", "malformed_query", "q"),
        ("search", "q=%ff%fe", "malformed_query", "q"),
        ("search", "%ff=a", "malformed_query", ""),
        ("suggest", &long501, "query_too_long", "q"),
        ("suggest", "limit=3", "unknown_parameter", "limit"),
        ("articles", "limit=51", "invalid_parameter", "limit"),
        ("articles", "q=a", "unknown_parameter", "q"),
        ("articles", "severity=high", "invalid_parameter", "severity"),
        ("articles/disk-failing", "format=md", "invalid_parameter", "format"),
        ("fault-types", "a=b", "unknown_parameter", "a"),
        ("matrix", "format=xlsx", "invalid_parameter", "format"),
        ("matrix", "format=", "invalid_parameter", "format"),
        ("findings", "level=error", "unknown_parameter", "level"),
        ("status", "verbose", "unknown_parameter", "verbose"),
        ("alerts/unmatched", "n=5", "unknown_parameter", "n"),
    ];
    for (path, query, code, parameter) in table {
        let answer = kb.get(&format!("/api/v1/{path}?{query}"));
        let what: String = format!("{path}?{query}").chars().take(80).collect();
        expect_problem(&answer, &what, 400, code, parameter);
    }
    expect_problem(&kb.get("/livez?a=b"), "livez", 400, "unknown_parameter", "a");
    expect_problem(&kb.get("/feed.xml?a=b"), "feed", 400, "unknown_parameter", "a");
}

#[test]
fn what_no_chat_can_take_is_refused_by_name() {
    let kb = small();
    let table = [
        ("search", "format=xml", "invalid_parameter", "format"),
        ("search", "format=", "invalid_parameter", "format"),
        ("search", "format=wecom&format=feishu", "repeated_parameter", "format"),
        ("articles/disk-failing", "channel=mail", "unknown_parameter", "channel"),
        ("articles/disk-failing/script/fax", "", "invalid_parameter", "channel"),
        ("articles/disk-failing/script/phone", "format=wecom", "unknown_parameter", "format"),
    ];
    for (path, query, code, parameter) in table {
        let answer = kb.get(&format!("/api/v1/{path}?{query}"));
        expect_problem(&answer, &format!("{path}?{query}"), 400, code, parameter);
    }
}

#[test]
fn what_streams_and_lists_of_authors_cannot_take_is_refused_by_name() {
    let kb = small();
    let table = [
        ("articles/disk-failing/history", "n=5", "unknown_parameter", "n"),
        ("events", "article=", "invalid_parameter", "article"),
        ("events", "article=a&article=b", "repeated_parameter", "article"),
        ("events", "id=a", "unknown_parameter", "id"),
        ("review", "days=3651", "invalid_parameter", "days"),
        ("review", "days=-1", "invalid_parameter", "days"),
        ("review", "days=", "invalid_parameter", "days"),
        ("review", "days=1&days=2", "repeated_parameter", "days"),
        ("review", "owner=", "invalid_parameter", "owner"),
        ("review", "limit=5", "unknown_parameter", "limit"),
        ("changes", "since=", "invalid_parameter", "since"),
        ("changes", "since=a-b", "invalid_parameter", "since"),
        ("changes", "since=a&since=b", "repeated_parameter", "since"),
        ("changes", "limit=0", "invalid_parameter", "limit"),
        ("changes", "limit=1001", "invalid_parameter", "limit"),
        ("changes", "from=a", "unknown_parameter", "from"),
    ];
    for (path, query, code, parameter) in table {
        let answer = kb.get(&format!("/api/v1/{path}?{query}"));
        expect_problem(&answer, &format!("{path}?{query}"), 400, code, parameter);
    }
}

#[test]
fn what_is_just_allowed_is_answered() {
    let kb = small();
    let longest = format!("q={}", "%F0%9F%92%A3".repeat(500));
    for query in ["limit=1", "limit=50&offset=950", "q=", "&&q=a&", "q=a%00b", "q=%2B", &longest] {
        let answer = kb.get(&format!("/api/v1/search?{query}"));
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    }
}

#[test]
fn an_address_may_be_so_long_and_no_longer() {
    let kb = small();
    let path = |n: usize| format!("/api/v1/{}", "a".repeat(n));
    expect_problem(&kb.get(&path(4000)), "path", 404, "not_found", "");
    expect_problem(&kb.get(&path(4097)), "path", 414, "uri_too_long", "");
    let query = format!("/api/v1/search?q={}", "a".repeat(17_000));
    expect_problem(&kb.get(&query), "query", 414, "uri_too_long", "");
    let body = [("content-length", "99999999")];
    let answer = kb.call("GET", "/livez", &body);
    expect_problem(&answer, "body", 413, "body_too_large", "");
    let packed = kb.call("GET", "/livez", &[("content-encoding", "gzip")]);
    expect_problem(&packed, "encoding", 415, "encoded_body", "");
}

#[test]
fn an_unknown_id_is_answered_with_the_nearest() {
    let kb = small();
    let answer = kb.get("/api/v1/articles/disk-faling");
    expect_problem(&answer, "typo", 404, "article_not_found", "");
    let nearest = answer.json()["nearest"].clone();
    assert_eq!(nearest[0], "disk-failing", "{nearest}");
    assert!(nearest.as_array().unwrap().len() <= 3);
    let page = kb.get("/articles/disk-faling");
    assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(page.text().contains("href=\"/articles/disk-failing\""), "{}", page.text());
}

#[test]
fn addresses_that_are_none() {
    let kb = small();
    let paths = [
        "/nothing",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/search/",
        "/api/v2/search",
        "/API/v1/search",
        "//api/v1/search",
        "/api/v1/articles/",
        "/api/v1/articles/a/b",
        "/media",
        "/media/",
        "/assets/",
        "/assets/../Cargo.toml",
        "/.git/config",
        "/favicon.ico.php",
    ];
    for path in paths {
        let answer = kb.get(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert_eq!(answer.json()["code"], "not_found", "{path}");
    }
    let page = kb.call("GET", "/nothing", &[("accept", "text/html")]);
    assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")));
    let api = kb.call("GET", "/api/v1/nothing", &[("accept", "text/html")]);
    expect_problem(&api, "the API answers browsers in JSON too", 404, "not_found", "");
}

/// The route whose answer has no end.
const EVENTS: &str = "/api/v1/events";

/// The route that only leads elsewhere.
const RUNBOOK: &str = "/r/{*name}";
const NO_RUNBOOK: &str = "/r/";

/// Routes that are sent something, each its own path.
pub(crate) const POSTED: &[&str] = &["/api/v1/resolve", "/mcp"];

/// A path of each route that is only read.
pub(crate) const ROUTES: &[(&str, &str)] = &[
    ("/", "/"),
    ("/articles/{id}", "/articles/disk-failing"),
    ("/matrix", "/matrix"),
    ("/flow", "/flow"),
    ("/panel", "/panel?q=a"),
    ("/opensearch.xml", "/opensearch.xml"),
    ("/feed.xml", "/feed.xml"),
    ("/status", "/status"),
    ("/docs", "/docs"),
    (RUNBOOK, "/r/disk-failing"),
    (NO_RUNBOOK, "/r/"),
    ("/api/v1/search", "/api/v1/search?q=a"),
    ("/api/v1/suggest", "/api/v1/suggest?q=a"),
    ("/api/v1/articles", "/api/v1/articles"),
    ("/api/v1/articles/{id}", "/api/v1/articles/disk-failing"),
    ("/api/v1/articles/{id}/history", "/api/v1/articles/disk-failing/history"),
    ("/api/v1/articles/{id}/script/{channel}", "/api/v1/articles/disk-failing/script/phone"),
    ("/api/v1/changes", "/api/v1/changes"),
    ("/api/v1/export.json", "/api/v1/export.json"),
    (EVENTS, EVENTS),
    ("/api/v1/fault-types", "/api/v1/fault-types"),
    ("/api/v1/matrix", "/api/v1/matrix"),
    ("/api/v1/front-matter.schema.json", "/api/v1/front-matter.schema.json"),
    ("/api/v1/findings", "/api/v1/findings"),
    ("/api/v1/review", "/api/v1/review"),
    ("/api/v1/alerts/unmatched", "/api/v1/alerts/unmatched"),
    ("/api/v1/status", "/api/v1/status"),
    ("/media/{*path}", "/media/a.png"),
    ("/assets/{*path}", "/assets/favicon.svg"),
    ("/offline.json", "/offline.json"),
    ("/openapi.json", "/openapi.json"),
    ("/sw.js", "/sw.js"),
    ("/livez", "/livez"),
    ("/readyz", "/readyz"),
    ("/metrics", "/metrics"),
];

#[test]
fn the_list_of_routes_is_complete() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/router/mod.rs");
    let source = fs_err::read_to_string(file).unwrap();
    let (_, list) = source.split_once("fn routes()").unwrap();
    let (list, _) = list.split_once("\n}\n").unwrap();
    let of_get = |line: &str| {
        let (template, _) = line.trim().strip_prefix("(\"")?.split_once("\", get(")?;
        Some(template.to_owned())
    };
    let declared: BTreeSet<_> = list.lines().filter_map(of_get).collect();
    let tested: BTreeSet<_> = ROUTES.iter().map(|(template, _)| (*template).to_owned()).collect();
    assert_eq!(tested, declared);
}

#[test]
fn every_route_has_get_and_head_and_refuses_the_others() {
    let kb = small();
    kb.kb.write("a.png", b"png");
    // Findings that come between two requests would change the tag of the page.
    eventually("scanned", || !kb.get("/api/v1/status").json()["scanned_at"].is_null());
    kb.get("/api/v1/findings");
    for (template, path) in ROUTES {
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
            let lines: Lines<'_> = &[("accept", "application/json")];
            let answer = kb.call(method, path, lines);
            expect_problem(&answer, &format!("{method} {template}"), 405, "method_not_allowed", "");
            let allow: BTreeSet<_> = answer.header("allow").unwrap().split(',').collect();
            assert_eq!(allow, BTreeSet::from(["GET", "HEAD"]), "{method} {template}");
        }
        if *template == EVENTS {
            assert_eq!(kb.call("HEAD", path, &[]).status, 200);
            continue;
        }
        let (get, head) = (kb.get(path), kb.call("HEAD", path, &[]));
        let leads_on = [RUNBOOK, NO_RUNBOOK].contains(template);
        let status = if leads_on { 302 } else { 200 };
        assert_eq!((get.status, head.status), (status, status), "{template}");
        assert!(head.body.is_empty() && get.body.is_empty() == leads_on, "{template}");
        for name in ["content-type", "etag", "cache-control", "content-security-policy", "vary"] {
            assert_eq!(head.header(name), get.header(name), "{template}: {name}");
        }
    }
    let answer = kb.call("HEAD", "/api/v1/articles/nothing", &[]);
    assert_eq!((answer.status, answer.body.len()), (404, 0));
}

#[test]
fn only_this_machine_s_names_are_answered() {
    let kb = small();
    let port = format!("localhost:{PORT}");
    for host in [HOST, &port, "[::1]:8017", "LOCALHOST:8017"] {
        assert_eq!(kb.call("GET", "/livez", &[("host", host)]).status, 200, "{host}");
    }
    let refused =
        ["evil.example", "evil.example:8017", "127.0.0.1", "127.0.0.1:8018", "", "0:8017"];
    for host in refused {
        let answer = kb.call("GET", "/api/v1/search?q=a", &[("host", host)]);
        expect_problem(&answer, host, 421, "unknown_host", "");
        assert!(host.is_empty() || !answer.text().contains(host), "{host}: {}", answer.text());
    }
    let twice = kb.call("GET", "/livez", &[("host", HOST), ("host", HOST)]);
    expect_problem(&twice, "two hosts", 421, "unknown_host", "");
    let none = kb.send(Request::get("/livez").body(Body::empty()).unwrap());
    expect_problem(&none, "no host", 421, "unknown_host", "");
    let target = Request::get("http://evil.example/livez").header("host", HOST);
    let target = kb.send(target.body(Body::empty()).unwrap());
    expect_problem(&target, "another host in the target", 421, "unknown_host", "");
}

/// Ways to a file outside of the folder, or to one that is no image.
const ESCAPES: &[&str] = &[
    "../secret.md",
    "..%2fsecret.md",
    "..%2Fsecret.png",
    "%2e%2e/secret.png",
    "%2e%2e%2fsecret.png",
    "..%252fsecret.png",
    "..%5csecret.png",
    "..\\secret.png",
    "images/../../secret.png",
    "images%2f..%2f..%2fsecret.png",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "/etc/passwd%00.png",
    "secret.png%00",
    "%00",
    "%00.png",
    "link.png",
    "linked/secret.png",
    "images/../link.png",
    "disk-failing.md",
    "disk-failing.md%00.png",
    ".hidden.png",
    "%ff.png",
    "....//secret.png",
    "file:///etc/passwd",
    "C:%5cwindows%5csecret.png",
];

#[test]
fn nothing_outside_of_the_folder_is_ever_sent() {
    let kb = TestKb::new().article("disk-failing", "# 硬盘\n");
    let outside = kb.root().parent().unwrap().to_owned();
    fs_err::create_dir(outside.join("elsewhere")).unwrap();
    for name in ["secret.md", "secret.png", "elsewhere/secret.png"] {
        fs_err::write(outside.join(name), format!("# {SECRET}\n")).unwrap();
    }
    kb.write(".hidden.png", SECRET);
    kb.write("images/ok.png", "an image");
    let link = |target: &str, name: &str| {
        fs_err::os::unix::fs::symlink(outside.join(target), kb.root().join(name)).unwrap();
    };
    link("secret.png", "link.png");
    link("secret.md", "link.md");
    link("elsewhere", "linked");
    let kb = kb.start();
    assert_eq!(kb.get("/media/images/ok.png").text(), "an image");
    for escape in ESCAPES {
        for base in ["/media/", "/articles/", "/api/v1/articles/", "/assets/"] {
            let Ok(request) = Request::get(format!("{base}{escape}"))
                .header("host", HOST)
                .header("accept", "application/json")
                .body(Body::empty())
            else {
                continue;
            };
            let answer = kb.send(request);
            assert_eq!(answer.status, 404, "{base}{escape}: {}", answer.text());
            let code = answer.json()["code"].clone();
            assert!(code == "not_found" || code == "article_not_found", "{base}{escape}: {code}");
            let text = answer.text();
            assert!(!text.contains(SECRET) && !text.contains("root:"), "{base}{escape}: {text}");
        }
    }
    kb.search(SECRET).finds(&[]);
    let findings = kb.get("/api/v1/findings").json();
    assert!(findings.to_string().contains("link.md"), "a link out of the folder is a finding");
}

#[test]
fn old_ids_lead_to_what_replaced_them() {
    let kb = small();
    for (path, location) in [
        ("/articles/hdd-noise", "/articles/disk-failing"),
        ("/api/v1/articles/hdd-noise", "/api/v1/articles/disk-failing"),
        ("/api/v1/articles/hdd-noise/history", "/api/v1/articles/disk-failing/history"),
        ("/api/v1/articles/hdd-noise/script/mail", "/api/v1/articles/disk-failing/script/mail"),
    ] {
        let answer = kb.get(path);
        assert_eq!((answer.status, answer.header("location")), (301, Some(location)), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
    }
    let retired = kb.get("/api/v1/articles/disk-old").json();
    assert_eq!(retired["status"], "retired");
    assert_eq!(retired["superseded_by"], "disk-new");
    let page = kb.get("/articles/disk-old");
    assert_eq!(page.status, 200);
    assert!(page.text().contains("href=\"/articles/disk-new\""), "{}", page.text());
    assert!(!kb.search("硬盘旧版").ids().contains(&"disk-old"));
}

#[test]
fn a_search_that_takes_too_long_is_given_up_and_leaves_its_place() {
    let limits = Limits { search_time: Duration::ZERO, searches: 1, ..Limits::default() };
    let kb = small().limited(limits);
    for path in ["/api/v1/search?q=x", "/api/v1/suggest?q=x", "/?q=x", "/panel?q=x"] {
        let path = path.replace('x', &encoded("硬盘"));
        // More often than there are places.
        for _ in 0..3 {
            let answer = kb.get(&path);
            assert_eq!(answer.status, 503, "{path}");
            assert_eq!(answer.header("retry-after"), Some("1"), "{path}");
            if path.starts_with("/api/") {
                expect_problem(&answer, &path, 503, "timeout", "");
            }
        }
    }
    assert_eq!(kb.get("/api/v1/articles/disk-failing").status, 200, "the place is free");
}

#[test]
fn an_id_with_a_slash_is_one_segment() {
    let kb = small();
    let hit = kb.search("上不了网").answer["hits"][0].clone();
    assert_eq!(hit["id"], "网络/断网");
    let url = hit["url"].as_str().unwrap();
    assert_eq!(url, "/articles/%E7%BD%91%E7%BB%9C%2F%E6%96%AD%E7%BD%91");
    assert_eq!(kb.get(url).status, 200);
    assert_eq!(kb.get(&format!("/api/v1{url}")).json()["id"], "网络/断网");
}

/// The server on a socket, with short patience.
fn listen(kb: &Running) -> SocketAddr {
    let limits = Limits { header_timeout: Duration::from_millis(300), ..Limits::default() };
    kb.listen(|port| kb.app(limits, port))
}

/// Sends bytes, and reads until the server closes.
fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The server may close before all is sent.
    let _ = socket.write_all(request);
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn heads_that_are_too_large_or_malformed_are_refused_on_a_socket() {
    let kb = small();
    let address = listen(&kb);
    let head = format!("GET /livez HTTP/1.1\r\nHost: {address}\r\n");
    let good = format!("{head}Connection: close\r\n\r\n");
    assert!(exchange(address, good.as_bytes()).starts_with("HTTP/1.1 200"));
    let table = [
        (format!("{head}X: {}\r\n\r\n", "a".repeat(1 << 20)), "431"),
        (format!("{head}{}\r\n", "X: a\r\n".repeat(1000)), "431"),
        (format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(1 << 20)), "4"),
        ("\0\0\0\0\r\n\r\n".to_owned(), "400"),
        (format!("{head}Content-Length: 3\r\nContent-Length: 5\r\n\r\n"), "4"),
        (format!("{head}Content-Length: -1\r\n\r\n"), "4"),
    ];
    for (request, status) in table {
        let answer = exchange(address, request.as_bytes());
        let start: String = request.chars().take(80).collect();
        let refused = format!("HTTP/1.1 {status}");
        assert!(answer.is_empty() || answer.starts_with(&refused), "{start}: {answer}");
    }
    assert!(exchange(address, good.as_bytes()).starts_with("HTTP/1.1 200"));
}

#[test]
fn a_head_that_drips_in_is_cut_off() {
    let kb = small();
    let address = listen(&kb);
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let started = Instant::now();
    let mut drops = b"GET /livez HTTP/1.1\r\nX: ".iter().copied().chain(std::iter::repeat(b'a'));
    let is_closed = |socket: &mut TcpStream| match socket.read(&mut [0; 64]) {
        Ok(n) => n == 0,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    };
    // Each byte comes 50 ms after the last one: the read that waits for the server is the clock.
    while socket.write_all(&[drops.next().unwrap()]).is_ok() && !is_closed(&mut socket) {
        assert!(started.elapsed() < Duration::from_secs(10), "the connection is still open");
    }
    println!("a dripping head was cut off after {:.1?}", started.elapsed());
}

/// Something that nobody should type, with what the API must answer.
fn junk(dice: &mut Dice) -> String {
    let n = dice.between(1, 500);
    let any = |dice: &mut Dice, low: u32, high: u32| {
        char::from_u32(low + dice.below((high - low) as usize) as u32).unwrap_or('\u{fffd}')
    };
    match dice.below(12) {
        0 => (0..n).map(|_| any(dice, 0, 0x20)).collect(),
        1 => (0..n).map(|_| any(dice, 0x590, 0x700)).collect(),
        2 => (0..n).map(|_| any(dice, 0x1f300, 0x1faff)).collect(),
        3 => any(dice, 0x4e00, 0x9fa5).to_string().repeat(n),
        4 => (0..n).map(|_| any(dice, 0x4e00, 0x9fa5)).collect(),
        5 => (0..n).map(|_| any(dice, 'a' as u32, 'z' as u32 + 1)).collect(),
        6 => (0..n).map(|_| any(dice, 0, 0x11_0000)).collect(),
        7 => (0..n)
            .map(|_| *dice.pick(&['"', '\'', '(', ')', '*', '+', '-', ':', '~', '^', '\\']))
            .collect(),
        8 => (0..n)
            .map(|_| *dice.pick(&['\u{200b}', '\u{202e}', '\u{feff}', '\u{301}', 'ﷺ', 'İ', 'ß']))
            .collect(),
        9 => dice.pick(&INJECTIONS).to_string(),
        10 => {
            dice.pick(&INJECTIONS).chars().chain((0..n).map(|_| any(dice, 0x20, 0x3000))).collect()
        }
        _ => format!("{}硬盘{}", any(dice, 0x2000, 0x2100), "0x8007001f".repeat(n / 20)),
    }
}

const INJECTIONS: [&str; 10] = [
    "' OR 1=1; DROP TABLE articles; --",
    "(a+)+$ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
    "title:* AND NOT body:[a TO z] \"unclosed",
    "<script>alert(1)</script>",
    "{{7*7}} ${jndi:ldap://x/a} %s%s%n",
    "../../../../etc/passwd\0.png",
    "+++---~~~^^^***???:::\\\\",
    "1e309 NaN -0 ０１２ Ⅷ ㈱ ½ ﬁ",
    "|| ping -c 10 127.0.0.1 ||",
    "\u{202e}盘硬\u{202c}\u{0}\u{1e}\u{1f}\u{7f}",
];

#[test]
fn junk_is_answered_like_anything_else() {
    let mut dice = Dice::of("junk");
    let kb = TestKb::shipped().start_alone();
    let paths = ["/api/v1/search", "/api/v1/suggest", "/"];
    let mut slowest = (Duration::ZERO, String::new());
    for n in 0..JUNK {
        let query = junk(&mut dice);
        let path = paths[n % paths.len()];
        let started = Instant::now();
        let answer = kb.get(&format!("{path}?q={}", encoded(&query)));
        if started.elapsed() > slowest.0 {
            slowest = (started.elapsed(), query.chars().take(40).collect());
        }
        let is_allowed = path == "/" || query.chars().count() <= 500;
        let expected = if is_allowed { 200 } else { 400 };
        assert_eq!(answer.status, expected, "{path} {query:?}: {}", answer.text());
        assert!(path != "/" || !answer.text().contains("<script>alert"), "{query:?}");
    }
    println!("slowest of {JUNK} junk queries: {:.1?} for {:?}", slowest.0, slowest.1);
    // A busy machine stalls for a second now and then; a query that explodes takes longer.
    assert!(slowest.0 < Duration::from_secs(5), "{slowest:?}");
    let status = kb.get("/api/v1/status").json();
    assert_eq!(status["n_panics"], 0);
    let metrics = kb.get("/metrics").text();
    assert!(metrics.contains("\njiuji_panics_total 0\n"), "{metrics}");
    assert!(!metrics.contains("status=\"5"), "{metrics}");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let mut dice = Dice::of("bytes");
    let kb = small();
    for _ in 0..500 {
        let bytes: Vec<u8> = (0..dice.between(1, 60)).map(|_| dice.roll() as u8).collect();
        let encoded: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
        let expected = if std::str::from_utf8(&bytes).is_ok() { 200 } else { 400 };
        let answer = kb.get(&format!("/api/v1/search?q={encoded}"));
        assert_eq!(answer.status, expected, "{encoded}");
        let article = kb.get(&format!("/api/v1/articles/{encoded}"));
        assert_eq!(article.status, 404, "{encoded}");
    }
}
