//! Who may ask, from where and how often; and how long it took.

use jiuji::web::{AccessSettings, ReadToken};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
};

use crate::driver::{Answer, Lines, Running, TestKb};

const TICKET: &str = "https://ticket.example.com";

fn small() -> Running {
    let kb = TestKb::new().article("jam", "# 打印机卡纸\n");
    kb.write("a.png", b"png");
    kb.start()
}

#[track_caller]
fn expect_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.json()["code"], code);
}

/// Names of the headers of an answer that let other origins in.
fn grants(answer: &Answer) -> Vec<&str> {
    let names = answer.headers.keys().map(|name| name.as_str());
    names.filter(|name| name.starts_with("access-control")).collect()
}

fn sharing() -> Running {
    let cors_origins = vec![TICKET.to_owned(), "http://10.0.0.5:8080".to_owned()];
    small().accessed(AccessSettings { cors_origins, ..AccessSettings::default() })
}

#[test]
fn a_listed_origin_reads_the_api_and_no_other_does() {
    let kb = sharing();
    for origin in [TICKET, "http://10.0.0.5:8080"] {
        let answer = kb.call("GET", "/api/v1/search?q=a", &[("origin", origin)]);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("cross-origin"));
        let exposed = answer.header("access-control-expose-headers").unwrap();
        let exposed: Vec<_> = exposed.split(',').map(str::trim).collect();
        for name in ["etag", "x-request-id", "x-jiuji-revision", "retry-after", "server-timing"] {
            assert!(exposed.contains(&name), "{name}: {exposed:?}");
        }
        let problem = kb.call("GET", "/api/v1/search?limit=0", &[("origin", origin)]);
        expect_problem(&problem, 400, "invalid_parameter");
        assert_eq!(problem.header("access-control-allow-origin"), Some(origin));
    }
    let others = [
        "https://evil.example",
        "null",
        "http://ticket.example.com",
        "https://ticket.example.com:8443",
        "https://ticket.example.com.evil.example",
        "https://a.ticket.example.com",
        "HTTPS://TICKET.EXAMPLE.COM",
        "https://ticket.example.com/",
        "*",
        "",
    ];
    for origin in others {
        for method in ["GET", "OPTIONS"] {
            let lines: Lines<'_> = &[("origin", origin), ("access-control-request-method", "GET")];
            let answer = kb.call(method, "/api/v1/search?q=a", lines);
            assert_eq!(answer.status, if method == "GET" { 200 } else { 405 }, "{origin}");
            assert!(grants(&answer).is_empty(), "{origin}: {:?}", answer.headers);
            assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
        }
    }
    let two: Lines<'_> = &[("origin", TICKET), ("origin", "https://evil.example")];
    assert!(grants(&kb.call("GET", "/api/v1/search?q=a", two)).is_empty());
}

#[test]
fn caches_keep_the_answers_to_different_origins_apart() {
    let kb = sharing();
    for lines in [&[("origin", TICKET)] as Lines<'_>, &[("origin", "null")], &[]] {
        let answer = kb.call("GET", "/api/v1/articles/jam", lines);
        let vary: Vec<_> =
            answer.headers.get_all("vary").iter().map(|v| v.to_str().unwrap()).collect();
        assert!(vary.join(",").contains("origin"), "{lines:?}: {vary:?}");
    }
    let tag = kb.get("/api/v1/articles/jam").header("etag").unwrap().to_owned();
    let lines: Lines<'_> = &[("origin", TICKET), ("if-none-match", &tag)];
    let kept = kb.call("GET", "/api/v1/articles/jam", lines);
    assert_eq!(kept.status, 304);
    assert_eq!(kept.header("access-control-allow-origin"), Some(TICKET));
}

#[test]
fn a_preflight_is_answered_before_anything_else_is_asked() {
    let kb = sharing();
    let ask = |path: &str, method: &str| {
        let lines: Lines<'_> = &[
            ("origin", TICKET),
            ("access-control-request-method", method),
            ("access-control-request-headers", "authorization,content-type"),
        ];
        kb.call("OPTIONS", path, lines)
    };
    let answer = ask("/api/v1/articles/jam", "POST");
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(answer.header("access-control-allow-origin"), Some(TICKET));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET,HEAD,POST"));
    assert_eq!(answer.header("access-control-max-age"), Some("3600"));
    let headers = answer.header("access-control-allow-headers").unwrap();
    for name in ["authorization", "content-type", "if-none-match", "x-request-id"] {
        assert!(headers.contains(name), "{headers}");
    }
    let delete = ask("/api/v1/articles/jam", "DELETE");
    assert_eq!(delete.header("access-control-allow-methods"), Some("GET,HEAD,POST"));
    for path in ["/", "/articles/jam", "/metrics", "/media/a.png", "/offline.json", "/api/v1"] {
        assert!(grants(&ask(path, "GET")).is_empty(), "{path}");
        let answer = kb.call("GET", path, &[("origin", TICKET)]);
        assert!(grants(&answer).is_empty(), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
    }
}

#[test]
fn without_a_list_there_is_nothing_of_the_kind() {
    let kb = small();
    for method in ["GET", "OPTIONS"] {
        let lines: Lines<'_> = &[("origin", TICKET), ("access-control-request-method", "GET")];
        let answer = kb.call(method, "/api/v1/search?q=a", lines);
        assert_eq!(answer.status, if method == "GET" { 200 } else { 405 });
        assert!(grants(&answer).is_empty(), "{:?}", answer.headers);
        let vary = answer.header("vary").unwrap_or_default();
        assert!(!vary.contains("origin"), "{vary}");
    }
}

/// A server with two tokens, as while one replaces the other.
fn guarded() -> (Running, [String; 2]) {
    let (old, kept_old) = ReadToken::issue("old", &[1; 32]);
    let (new, kept_new) = ReadToken::issue("new", &[2; 32]);
    let read_tokens = vec![kept_old, kept_new];
    let access = AccessSettings {
        read_tokens,
        cors_origins: vec![TICKET.to_owned()],
        ..AccessSettings::default()
    };
    (small().accessed(access), [old, new])
}

fn with_token(kb: &Running, path: &str, value: &str) -> Answer {
    kb.call("GET", path, &[("authorization", value), ("accept", "application/json")])
}

#[test]
fn with_tokens_everything_but_health_and_assets_needs_one() {
    let (kb, tokens) = guarded();
    let paths = [
        "/",
        "/articles/jam",
        "/api/v1/search?q=a",
        "/api/v1/events",
        "/api/v1/nothing",
        "/metrics",
        "/offline.json",
        "/media/a.png",
        "/nothing",
        "/%61ssets/favicon.svg",
        "/assets",
    ];
    for path in paths {
        let answer = kb.call("GET", path, &[("accept", "application/json")]);
        expect_problem(&answer, 401, "unauthorized");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{path}");
    }
    for path in ["/livez", "/readyz", "/assets/favicon.svg"] {
        assert_eq!(kb.get(path).status, 200, "{path}");
    }
    for token in &tokens {
        for path in ["/", "/articles/jam", "/api/v1/search?q=a", "/metrics", "/media/a.png"] {
            let answer = with_token(&kb, path, &format!("Bearer {token}"));
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        }
    }
    let page = kb.call("GET", "/", &[("accept", "text/html")]);
    assert_eq!((page.status, page.header("content-type")), (401, Some("text/html; charset=utf-8")));
    assert!(page.text().contains("需要读取令牌"), "{}", page.text());
    let post = kb.call("POST", "/api/v1/search", &[]);
    expect_problem(&post, 401, "unauthorized");
}

#[test]
fn a_token_that_is_not_quite_right_or_in_the_address_is_refused() {
    let (kb, [old, new]) = guarded();
    let (stranger, _) = ReadToken::issue("stranger", &[1; 32]);
    let wrong = [
        "Bearer".to_owned(),
        format!("Basic {old}"),
        "Bearer jiuji_old_short".to_owned(),
        format!("Bearer {stranger}"),
        format!("Bearer {}", old.replace("old", "new")),
        format!("Bearer {new}A"),
    ];
    for value in wrong {
        let answer = with_token(&kb, "/api/v1/search?q=a", &value);
        expect_problem(&answer, 401, "unauthorized");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
        assert!(!answer.text().contains(&old) && !answer.text().contains(&new));
    }
    for name in ["token", "access_token", "authorization"] {
        let answer = kb.get(&format!("/api/v1/search?q=a&{name}={old}"));
        expect_problem(&answer, 401, "unauthorized");
    }
}

#[test]
fn after_ten_wrong_tokens_a_client_has_to_wait_but_a_right_one_still_opens() {
    let (kb, [old, _]) = guarded();
    let (stranger, _) = ReadToken::issue("stranger", &[9; 32]);
    let wrong = || with_token(&kb, "/api/v1/search?q=a", &format!("Bearer {stranger}"));
    let answers: Vec<_> = (0..10).map(|_| wrong().status).collect();
    assert_eq!(answers, [401; 10]);
    // One more is forgiven every six seconds; no machine is so slow that this never ends.
    let refused = std::iter::repeat_with(wrong).take(100).find(|answer| answer.status != 401);
    let refused = refused.expect("wrong tokens may be tried for ever");
    expect_problem(&refused, 429, "too_many_attempts");
    let seconds: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=6).contains(&seconds), "{seconds}");
    let right = with_token(&kb, "/api/v1/search?q=a", &format!("Bearer {old}"));
    assert_eq!(right.status, 200, "a broken script behind a proxy must not shut out everybody");
    expect_problem(&kb.get("/api/v1/search?q=a"), 401, "unauthorized");
}

#[test]
fn a_page_of_another_origin_can_read_why_it_is_refused() {
    let (kb, [old, _]) = guarded();
    let refused = kb.call("GET", "/api/v1/search?q=a", &[("origin", TICKET)]);
    expect_problem(&refused, 401, "unauthorized");
    assert_eq!(refused.header("access-control-allow-origin"), Some(TICKET));
    let lines: Lines<'_> = &[("origin", TICKET), ("access-control-request-method", "GET")];
    assert_eq!(kb.call("OPTIONS", "/api/v1/search", lines).status, 200, "shows no token yet");
    let value = format!("Bearer {old}");
    let lines: Lines<'_> = &[("origin", TICKET), ("authorization", &value)];
    assert_eq!(kb.call("GET", "/api/v1/search?q=a", lines).status, 200);
}

fn rated(per_second: u32) -> AccessSettings {
    AccessSettings { rate_limit: Some(per_second), ..AccessSettings::default() }
}

/// The first refusal of many requests.
fn first_refusal(ask: impl FnMut() -> Answer) -> Option<(usize, Answer)> {
    std::iter::repeat_with(ask).take(500).enumerate().find(|(_, answer)| answer.status == 429)
}

#[test]
fn a_burst_is_answered_and_then_the_client_has_to_wait() {
    let kb = small().accessed(rated(5));
    let refusal = first_refusal(|| kb.get("/api/v1/suggest?q=a"));
    let (n_answered, refused) = refusal.expect("no limit");
    assert!(n_answered >= 10, "twice the limit may come at once: {n_answered}");
    expect_problem(&refused, 429, "rate_limited");
    assert_eq!(refused.header("retry-after"), Some("1"));
    for path in ["/livez", "/readyz", "/assets/favicon.svg", "/media/a.png"] {
        let refusal = std::iter::repeat_with(|| kb.get(path)).take(30).find(|a| a.status != 200);
        assert!(refusal.is_none(), "{path}");
    }
    assert!(first_refusal(|| kb.get("/articles/jam")).is_some(), "pages count too");
}

#[test]
fn without_a_limit_nothing_is_counted() {
    let kb = small();
    assert!(first_refusal(|| kb.get("/livez?x")).is_none());
    assert!((0..60).all(|_| kb.get("/api/v1/suggest?q=a").status == 200));
}

/// Answers to `n` requests on one connection from this address of the machine.
async fn ask_from(from: &str, to: std::net::SocketAddr, n: usize) -> String {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    let mut stream = socket.connect(to).await.unwrap();
    // What a proxy would add is not believed.
    let head =
        format!("GET /api/v1/suggest?q=a HTTP/1.1\r\nHost: {to}\r\nX-Forwarded-For: 9.9.9.9");
    let one = format!("{head}\r\n\r\n");
    let last = format!("{head}\r\nConnection: close\r\n\r\n");
    stream.write_all((one.repeat(n - 1) + &last).as_bytes()).await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    answers
}

#[test]
fn each_address_has_a_budget_of_its_own() {
    let kb = small();
    let address = kb.listen(|port| kb.app_for(rated(1), port));
    let (loud, quiet) = kb.runtime().block_on(async move {
        let loud = ask_from("127.0.0.1", address, 100).await;
        (loud, ask_from("127.0.0.2", address, 2).await)
    });
    assert!(loud.contains("HTTP/1.1 200") && loud.contains("HTTP/1.1 429"), "{loud}");
    assert_eq!(quiet.matches("HTTP/1.1 200").count(), 2, "{quiet}");
}

#[test]
fn answers_say_where_the_time_went() {
    let kb = small();
    let spans = |path: &str| -> Vec<String> {
        let answer = kb.get(path);
        let line = answer.header("server-timing").unwrap_or_default();
        let name = |span: &str| {
            let (name, millis) = span.split_once(";dur=").unwrap();
            assert!(millis.parse::<f64>().is_ok_and(|millis| millis >= 0.0), "{line}");
            name.to_owned()
        };
        line.split(", ").filter(|span| !span.is_empty()).map(name).collect()
    };
    for path in ["/api/v1/search?q=a", "/?q=a", "/articles/jam", "/api/v1/articles/jam"] {
        assert_eq!(spans(path), ["wait", "search", "total"], "{path}");
    }
    for path in ["/api/v1/status", "/api/v1/search?limit=0", "/api/v1/nothing"] {
        assert_eq!(spans(path), ["total"], "{path}");
    }
    for path in ["/livez", "/readyz", "/assets/favicon.svg"] {
        assert!(spans(path).is_empty(), "{path}");
    }
}

#[test]
fn a_request_keeps_the_name_its_sender_gave_it_unless_it_is_junk() {
    let kb = small();
    let named = |id: &str| {
        let answer = kb.call("GET", "/api/v1/status", &[("x-request-id", id)]);
        answer.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(named("INC-2026.11_29"), "INC-2026.11_29");
    for junk in ["", "a b", "<script>", "x;y", &"a".repeat(65)] {
        let made = named(junk);
        assert!(made.len() == 26 && made != junk, "{junk}: {made}");
    }
}
