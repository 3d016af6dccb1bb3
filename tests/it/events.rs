//! Streams of events: told at once, bounded in number, and never in the way.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use jiuji::web::{Limits, serve};
use serde_json::Value;

use crate::driver::{Running, TestKb, eventually};

const STREAM: &str = "/api/v1/events";
const OF_A: &str = "/api/v1/events?article=a";
/// Longest time from a save to the event; 300 ms is the aim, a busy machine stalls now and then.
const SOON: Duration = Duration::from_secs(1);

fn small() -> TestKb {
    TestKb::new().article("a", "---\ntitle: 断网\n---\n\n正文\n").article("b", "# 蓝屏\n")
}

/// The running product after its first look at the folder.
fn settled(kb: TestKb) -> Running {
    let kb = kb.start_alone();
    eventually("scanned", || !kb.get("/api/v1/status").json()["scanned_at"].is_null());
    kb.get("/api/v1/findings");
    kb
}

#[test]
fn a_save_is_told_at_once_and_only_to_whom_it_concerns() {
    let kb = settled(small());
    let (mut all, mut of_a) = (kb.stream(STREAM), kb.stream(OF_A));
    assert_eq!(of_a.head.status, 200);
    assert_eq!(of_a.head.headers["content-type"], "text/event-stream");
    assert_eq!(of_a.head.headers.get("content-encoding"), None);
    let (first, first_of_a) = (all.event(), of_a.event());
    assert_eq!(first["revision"], kb.get("/readyz").json()["revision"]);
    assert_eq!((first.get("article"), &first_of_a["article"]), (None, &"a".into()));

    kb.kb.write("b.md", "# 黑屏\n");
    assert_ne!(all.event()["revision"], first["revision"]);

    let saved = Instant::now();
    kb.kb.write("a.md", "---\ntitle: 断网了\n---\n\n正文\n");
    let changed = of_a.event();
    let took = saved.elapsed();
    println!("told after {took:.1?}");
    assert!(took < SOON, "{took:?}");
    assert_ne!(changed["version"], first_of_a["version"]);
    assert_eq!(changed["revision"], kb.get("/readyz").json()["revision"], "the edit of b came");

    kb.kb.remove("a.md");
    assert_eq!(of_a.event()["version"], Value::Null);
}

#[test]
fn findings_that_need_all_articles_are_told_when_they_are_ready() {
    let kb = settled(small());
    let mut of_a = kb.stream(OF_A);
    of_a.event();
    kb.kb.write("a.md", "---\ntitle: 断网\n---\n\n[看这篇](c.md)\n");
    let page = || kb.get("/articles/a").text();
    // The text comes first or with its findings, never without them in the end.
    while !page().contains("链接指向的文章") {
        of_a.event();
    }
    assert!(page().contains("第 5 行"), "{}", page());
    kb.kb.write("c.md", "# 补上的一篇\n");
    while page().contains("链接指向的文章") {
        of_a.event();
    }
}

#[test]
fn a_broken_save_is_an_event_too() {
    let kb = settled(small());
    let mut of_a = kb.stream(OF_A);
    let good = of_a.event();
    kb.kb.write("a.md", "---\ntitle: [断网\n---\n\n新的正文\n");
    assert_ne!(of_a.event()["version"], good["version"]);
    let page = kb.get("/articles/a").text();
    assert!(page.contains("显示上一个正确的版本") && page.contains("第 2 行"), "{page}");
    assert!(page.contains("正文") && !page.contains("新的正文"), "{page}");
}

#[test]
fn the_part_that_changes_is_sent_alone_and_not_twice() {
    let kb = settled(small());
    let part = |tag: &str| {
        kb.call("GET", "/articles/a", &[("x-fragment", "article"), ("if-none-match", tag)])
    };
    let fragment = part("\"other\"");
    let text = fragment.text();
    assert!(text.starts_with("<nav class=\"contents\"") && !text.contains("<html"), "{text}");
    assert!(kb.get("/articles/a").text().contains(text.trim()));
    let tag = fragment.header("etag").unwrap().to_owned();
    assert_eq!(part(&tag).status, 304);
    assert_ne!(kb.get("/articles/a").header("etag"), Some(&*tag));
}

#[test]
fn streams_outlive_the_time_limit_of_requests_and_show_that_they_live() {
    let (request_timeout, heartbeat) = (Duration::from_millis(40), Duration::from_millis(20));
    let kb = settled(small()).limited(Limits { request_timeout, heartbeat, ..Limits::default() });
    let mut stream = kb.stream(OF_A);
    stream.event();
    // The first check of the articles may end, and be told, between two beats.
    let mut n_beats = 0;
    while n_beats < 5 {
        let beat = stream.next().unwrap();
        assert!(beat.starts_with([':', 'e']) && beat.ends_with("\n\n"), "{beat:?}");
        n_beats += usize::from(beat.starts_with(':'));
    }
    kb.kb.write("a.md", "# 断网很久\n");
    stream.event();
}

#[test]
fn there_are_only_so_many_streams() {
    let kb = settled(small()).limited(Limits { event_streams: 2, ..Limits::default() });
    let first = kb.stream(STREAM);
    let _second = kb.stream(STREAM);
    let refused = kb.get(STREAM);
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("30")));
    assert_eq!(refused.json()["code"], "busy");
    assert!(kb.get("/metrics").text().contains("\njiuji_event_streams 2\n"));
    assert_eq!(kb.get("/api/v1/search?q=a").status, 200);
    drop(first);
    assert_eq!(kb.stream(STREAM).head.status, 200);
}

#[test]
fn a_head_request_takes_no_place() {
    let kb = settled(small()).limited(Limits { event_streams: 1, ..Limits::default() });
    for _ in 0..3 {
        let answer = kb.call("HEAD", STREAM, &[]);
        assert_eq!((answer.status, answer.body.len()), (200, 0));
    }
}

#[test]
fn a_stop_ends_the_streams_and_waits_for_nobody() {
    let kb = settled(small());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let app = kb.app(Limits::default(), address.port());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = kb.runtime().spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        serve(listener, app, async { drop(stopped.await) }).await;
    });
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(socket, "GET {STREAM} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let mut seen = String::new();
    while !seen.contains("data: ") {
        let mut bytes = [0; 4096];
        let n = socket.read(&mut bytes).unwrap();
        assert!(n > 0, "{seen}");
        seen += &String::from_utf8_lossy(&bytes[..n]);
    }
    assert!(seen.contains("\r\nx-accel-buffering: no\r\n"), "{seen}");
    assert!(seen.contains("retry: 2000\n"), "{seen}");
    let begin = Instant::now();
    stop.send(()).unwrap();
    kb.runtime().block_on(server).unwrap();
    // Far below the time that requests in flight are given.
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest).unwrap();
    assert!(rest.ends_with(b"0\r\n\r\n"), "the stream was cut off, not ended");
}
