//! What a browser keeps to go on without the server.

use serde_json::Value;

use crate::driver::{TestKb, eventually};

fn article(title: &str, severity: &str, rest: &str) -> String {
    format!(
        "---\ntitle: {title}\nseverity: {severity}\nsummary: 先看灯\naliases: [{title}啦]\n\
         codes: [E42]\n{rest}---\n## 现象\n灯不亮。\n\n## 预防措施\n常备份。\n"
    )
}

fn ids(bundle: &Value) -> Vec<&str> {
    let articles = bundle["articles"].as_array().unwrap();
    articles.iter().map(|article| article["id"].as_str().unwrap()).collect()
}

#[test]
fn the_bundle_has_the_published_articles_the_most_urgent_first() {
    let kb = TestKb::new()
        .article("b", &article("打印机卡纸", "p3", ""))
        .article("a", &article("机房断电", "p1", ""))
        .article("c", &article("还没写完", "p1", "status: draft\n"))
        .start();
    let bundle = kb.get("/offline.json").json();
    assert_eq!(ids(&bundle), ["a", "b"]);
    assert_eq!((&bundle["total"], &bundle["truncated"]), (&2.into(), &false.into()));
    let first = &bundle["articles"][0];
    assert_eq!(first["url"], "/articles/a");
    assert_eq!(first["fields"][0], "机房断电\n机房断电啦\nE42");
    let text = first["fields"][2].as_str().unwrap();
    assert!(text.contains("灯不亮") && !text.contains("备份"), "{text}");
    for (part, tag) in [("card", "<li><article"), ("pane", "<h2"), ("page", "<h1")] {
        assert!(first[part].as_str().unwrap().contains(tag), "{part}: {first}");
    }
    for shell in ["search", "results", "article", "message"] {
        let shell = bundle["shells"][shell].as_str().unwrap();
        assert!(!shell.contains("机房断电") && shell.contains("~~time~~"), "{shell}");
    }
}

#[test]
fn nothing_to_keep_is_a_bundle_too() {
    let kb = TestKb::new().start();
    let bundle = kb.get("/offline.json").json();
    assert!(ids(&bundle).is_empty() && bundle["shells"].is_null(), "{bundle}");
}

#[test]
fn a_new_article_makes_a_new_bundle() {
    let kb = TestKb::new().article("a", &article("机房断电", "p1", "")).start();
    let first = kb.get("/offline.json");
    let tag = first.header("etag").unwrap();
    assert_eq!(kb.call("GET", "/offline.json", &[("if-none-match", tag)]).status, 304);
    kb.kb.write("b.md", article("打印机卡纸", "p3", ""));
    eventually("both are kept", || ids(&kb.get("/offline.json").json()) == ["a", "b"]);
}

#[test]
fn every_file_the_worker_keeps_is_there() {
    let kb = TestKb::new().start();
    let script = kb.get("/sw.js").text();
    let line = script.lines().find(|line| line.starts_with("const ASSETS = ")).unwrap();
    let urls: Vec<_> = line.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert!(urls.len() > 5 && !line.contains("worker"), "{line}");
    for url in urls {
        assert_eq!(kb.get(url).status, 200, "{url}");
    }
}
