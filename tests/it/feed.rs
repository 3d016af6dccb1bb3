//! The feed: valid, in order, and about what matters.

use std::collections::BTreeMap;

use atom_syndication::Feed;
use quick_xml::{Reader, events::Event};

use crate::driver::{HOST, Running, TestKb, eventually};

const PATH: &str = "/feed.xml";

fn article(title: &str, rest: &str) -> String {
    format!("---\ntitle: {title}\n{rest}---\n\n## 应急策略\n\n1. 先看{title}。\n")
}

/// A knowledge base in which nothing is due for review.
fn reviewed() -> TestKb {
    let rest = |day: &str| format!("reviewed: {day}\nreview_days: 300\n");
    TestKb::new()
        .article("old", &article("断网", &rest("2026-10-01")))
        .article("new", &article("蓝屏", &format!("{}summary: 先别重启\n", rest("2026-11-01"))))
        .article("draft", &article("草稿", &format!("{}status: draft\n", rest("2026-11-02"))))
}

fn settled(kb: TestKb) -> Running {
    let kb = kb.start();
    eventually("scanned", || !kb.get("/api/v1/status").json()["scanned_at"].is_null());
    kb
}

fn feed(kb: &Running) -> Feed {
    let answer = kb.get(PATH);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/atom+xml; charset=utf-8"));
    expect_valid(&answer.text());
    Feed::read_from(&*answer.body).unwrap()
}

fn titles(feed: &Feed) -> Vec<&str> {
    feed.entries.iter().map(|entry| entry.title.value.as_str()).collect()
}

/// Number of each element by the path of names above it, of a document in the namespace of Atom.
fn elements(text: &str) -> BTreeMap<String, usize> {
    let (mut reader, mut names) = (Reader::from_str(text), Vec::new());
    let (mut counts, mut n_entries) = (BTreeMap::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) | Event::Empty(element) if element.name().0 == "feed" => {
                let space = element.try_get_attribute("xmlns").unwrap().unwrap();
                assert_eq!(&*space.value, "http://www.w3.org/2005/Atom");
                names.push("feed".to_owned());
            }
            Event::Start(element) => {
                let name = element.name().0.to_owned();
                n_entries += usize::from(name == "entry");
                names.push(if name == "entry" { format!("entry{n_entries}") } else { name });
                *counts.entry(names.join("/")).or_default() += 1;
            }
            Event::Empty(element) => {
                let name = element.name().0.to_owned();
                *counts.entry(format!("{}/{name}", names.join("/"))).or_default() += 1;
            }
            Event::End(_) => drop(names.pop()),
            Event::Eof => return counts,
            _ => {}
        }
    }
}

/// What a document must have. Source: RFC 4287, sections 4.1.1 and 4.1.2.
fn expect_valid(text: &str) {
    let counts = elements(text);
    let n = |path: &str| counts.get(path).copied().unwrap_or_default();
    for name in ["id", "title", "updated"] {
        assert_eq!(n(&format!("feed/{name}")), 1, "{name}: {text}");
    }
    assert_eq!((n("feed/author"), n("feed/author/name")), (1, 1), "{text}");
    let feed = Feed::read_from(text.as_bytes()).unwrap();
    assert!(feed.links.iter().any(|link| link.rel == "self"), "{text}");
    for (number, entry) in feed.entries.iter().enumerate() {
        for name in ["id", "title", "updated", "link"] {
            assert_eq!(n(&format!("feed/entry{}/{name}", number + 1)), 1, "{name}: {text}");
        }
        assert!(n(&format!("feed/entry{}/summary", number + 1)) <= 1, "{text}");
        assert_eq!(entry.links[0].rel, "alternate");
        assert!(entry.id.starts_with("urn:jiuji:") && !entry.title.value.is_empty(), "{text}");
    }
    let mut ids: Vec<_> = feed.entries.iter().map(|entry| &entry.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), feed.entries.len(), "an id occurs twice: {text}");
    assert!(feed.entries.is_sorted_by(|a, b| a.updated >= b.updated), "out of order: {text}");
    assert!(feed.entries.iter().all(|entry| entry.updated <= feed.updated), "{text}");
}

#[test]
fn a_fresh_index_tells_what_was_looked_through_last() {
    let kb = settled(reviewed());
    let feed = feed(&kb);
    assert_eq!(titles(&feed), ["已复核：蓝屏", "已复核：断网"]);
    let entry = &feed.entries[0];
    assert_eq!(entry.updated.to_rfc3339(), "2026-11-01T00:00:00+00:00");
    assert_eq!(entry.summary.as_ref().unwrap().value, "先别重启");
    assert_eq!(entry.links[0].href, format!("http://{HOST}/articles/new"));
    assert_eq!(feed.entries[1].summary.as_ref().unwrap().value, "先看断网。");
    assert_eq!(feed.links[0].href, format!("http://{HOST}/feed.xml"));
}

#[test]
fn changes_are_told_once_each_and_only_of_what_everybody_may_find() {
    let kb = settled(reviewed());
    let wait_for = |what: &str| {
        eventually(what, || titles(&feed(&kb)).iter().any(|title| title.contains(what)));
    };
    let rest = "reviewed: 2026-11-03\nreview_days: 300\n";
    kb.kb.write("third.md", article("卡纸", rest));
    wait_for("新增：卡纸");
    let added = feed(&kb).entries[0].clone();
    assert_eq!(added.id.rsplit(':').next(), Some("third"));
    for n in 0..3 {
        kb.kb.write("third.md", article(&format!("卡纸{n}"), rest));
        wait_for(&format!("更新：卡纸{n}"));
    }
    let now = feed(&kb);
    let mut found = titles(&now);
    found.sort_unstable();
    assert_eq!(found, ["已复核：断网", "已复核：蓝屏", "新增：卡纸2", "更新：卡纸2"]);
    assert!(now.entries.iter().any(|entry| entry.id == added.id), "the id has changed");

    kb.kb.write("draft.md", article("草稿二", "status: draft\n"));
    kb.kb.remove("third.md");
    eventually("removed", || !kb.get(PATH).text().contains("卡纸"));
    eventually("seen", || kb.get("/api/v1/articles/draft").json()["title"] == "草稿二");
    assert_eq!(titles(&feed(&kb)), ["已复核：蓝屏", "已复核：断网"]);
}

#[test]
fn what_is_due_is_told_from_the_day_on_which_it_is_due_soon() {
    let kb = reviewed()
        .article(
            "overdue",
            &article("过期", "reviewed: 2026-01-01\nreview_days: 30\nowner: 网络组\n"),
        )
        .article("never", &article("没看过", ""));
    let kb = settled(kb);
    let feed = feed(&kb);
    let of = |title: &str| {
        let found = feed.entries.iter().find(|entry| entry.title.value == title);
        found.unwrap_or_else(|| panic!("{title} in {:?}", titles(&feed))).clone()
    };
    let overdue = of("待复核：过期");
    assert_eq!(overdue.id, "urn:jiuji:due:2026-01-31:overdue");
    assert_eq!(overdue.updated.to_rfc3339(), "2026-01-01T00:00:00+00:00");
    let summary = overdue.summary.unwrap().value;
    assert_eq!(summary, "应在 2026-01-31 之前复核。负责人：网络组。");
    assert_eq!(of("待复核：没看过").id, "urn:jiuji:due:never:never");
    let review = kb.get("/api/v1/review").json();
    let n_due = titles(&feed).iter().filter(|title| title.starts_with("待复核")).count();
    assert_eq!(review["total"], n_due);
}

#[test]
fn there_are_so_many_entries_and_changes_are_not_crowded_out() {
    let kb = TestKb::new();
    for n in 0..60 {
        kb.write(&format!("a{n}.md"), article(&format!("旧{n}"), ""));
    }
    let kb = settled(kb);
    for n in 0..60 {
        kb.kb.write(&format!("b{n}.md"), article(&format!("新{n}"), ""));
    }
    eventually("all there", || kb.get("/api/v1/status").json()["n_articles"] == 120);
    let feed = feed(&kb);
    assert_eq!(feed.entries.len(), 50);
    let n_due = titles(&feed).iter().filter(|title| title.starts_with("待复核")).count();
    assert_eq!(n_due, 20);
}

#[test]
fn the_shipped_articles_make_a_valid_feed_that_is_not_sent_twice() {
    let kb = settled(TestKb::shipped());
    assert!(!feed(&kb).entries.is_empty());
    let whole = kb.get(PATH);
    let tag = whole.header("etag").unwrap();
    assert_eq!(kb.call("GET", PATH, &[("if-none-match", tag)]).status, 304);
    let other_host = [("if-none-match", tag), ("host", "localhost:8017")];
    let other = kb.call("GET", PATH, &other_host);
    assert_eq!(other.status, 200, "the addresses in it are others");
    assert!(other.text().contains("http://localhost:8017/articles/"));
}
