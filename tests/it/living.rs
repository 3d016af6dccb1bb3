//! A knowledge base that is edited while it is asked.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{
    dice::Dice,
    driver::{Running, TestKb, eventually},
};

/// Changes that are measured.
const CHANGES: usize = 200;
/// Articles at the start: so many that the changes do not look like a vanished disk.
const ARTICLES: usize = 150;
/// Longest time from a save to a search that sees it.
const VISIBLE: Duration = Duration::from_secs(1);

fn text(word: &str) -> String {
    format!("---\ntitle: {word}故障\n---\n\n## 应急策略\n\n1. 先看{word}的指示灯。\n")
}

/// Whether the article is the first hit for its word, in the version that has it.
fn shows(kb: &Running, id: &str, word: &str) -> bool {
    let found = kb.search(word);
    let title = &found.answer["hits"][0]["title"];
    found.ids().first() == Some(&id) && *title == format!("{word}故障")
}

fn hides(kb: &Running, id: &str, word: &str) -> bool {
    !kb.search(word).ids().contains(&id)
}

/// Makes the change number `n` and waits until it is seen. Returns the time that took.
fn change(
    kb: &Running,
    articles: &mut Vec<(String, String)>,
    n: usize,
    dice: &mut Dice,
) -> Duration {
    let at = dice.below(articles.len());
    let (id, word) = articles[at].clone();
    let (new_id, new_word) = (format!("new-{n}"), dice.word());
    match n % 4 {
        0 => {
            kb.kb.write(&format!("{id}.md"), text(&new_word));
            articles[at].1.clone_from(&new_word);
            eventually("edited", || shows(kb, &id, &new_word) && hides(kb, &id, &word))
        }
        1 => {
            kb.kb.write(&format!("{new_id}.md"), text(&new_word));
            articles.push((new_id.clone(), new_word.clone()));
            eventually("added", || shows(kb, &new_id, &new_word))
        }
        2 => {
            kb.kb.rename(&format!("{id}.md"), &format!("{new_id}.md"));
            articles[at].0.clone_from(&new_id);
            eventually("renamed", || shows(kb, &new_id, &word) && hides(kb, &id, &word))
        }
        _ => {
            kb.kb.remove(&format!("{id}.md"));
            articles.swap_remove(at);
            eventually("deleted", || hides(kb, &id, &word))
        }
    }
}

/// Asks until `is_over`. Returns the number of requests and the failed ones.
fn ask_on(kb: &Running, is_over: &AtomicBool) -> (usize, Vec<String>) {
    let paths =
        ["/api/v1/search?q=%E6%95%85%E9%9A%9C", "/?q=%E6%8C%87%E7%A4%BA%E7%81%AF", "/readyz"];
    let (mut n, mut failed) = (0, Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        let path = paths[n % paths.len()];
        let answer = kb.get(path);
        // Every article has both words, so an answer without hits is a failure too.
        let is_empty = path.starts_with("/api") && answer.json()["hits"][0].is_null();
        if answer.status != 200 || is_empty {
            failed.push(format!("{path}: {} {}", answer.status, answer.text()));
        }
        n += 1;
        thread::park_timeout(Duration::from_millis(1));
    }
    (n, failed)
}

#[test]
fn every_change_is_seen_within_a_second_and_no_request_fails() {
    let mut dice = Dice::of("living");
    let mut articles: Vec<_> = (0..ARTICLES).map(|n| (format!("old-{n}"), dice.word())).collect();
    let kb = TestKb::new();
    for (id, word) in &articles {
        kb.write(&format!("{id}.md"), text(word));
    }
    let kb = kb.start_alone();
    let is_over = AtomicBool::new(false);
    let (mut times, (n_asked, failed)) = thread::scope(|scope| {
        let asking = scope.spawn(|| ask_on(&kb, &is_over));
        let changes = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            (0..CHANGES).map(|n| change(&kb, &mut articles, n, &mut dice)).collect::<Vec<_>>()
        }));
        is_over.store(true, Ordering::Relaxed);
        let asked = asking.join().unwrap();
        (changes.unwrap_or_else(|panic| std::panic::resume_unwind(panic)), asked)
    });
    times.sort();
    let (p50, p99, max) = (times[CHANGES / 2], times[CHANGES * 99 / 100], times[CHANGES - 1]);
    println!("visible after: p50 {p50:.1?}, p99 {p99:.1?}, max {max:.1?}; {n_asked} requests");
    assert!(failed.is_empty(), "{} of {n_asked} failed: {}", failed.len(), failed[0]);
    assert!(n_asked > CHANGES, "too few requests to say anything: {n_asked}");
    assert!(max < VISIBLE, "{max:?}");
    let status = kb.get("/api/v1/status").json();
    assert_eq!(status["n_articles"], articles.len());
    assert_eq!((&status["n_held"], &status["last_error"]), (&0.into(), &Value::Null));
}

#[test]
fn readers_see_one_version_at_a_time() {
    let kb = TestKb::new().article("a", &text("甲甲甲甲")).start();
    let n_seen = AtomicUsize::new(0);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..40 {
                kb.kb.write("a.md", text(["甲甲甲甲", "乙乙乙乙"][n % 2]));
                let seen = n_seen.load(Ordering::Relaxed);
                eventually("read on", || n_seen.load(Ordering::Relaxed) > seen);
            }
            is_over.store(true, Ordering::Relaxed);
        });
        while !is_over.load(Ordering::Relaxed) {
            let article = kb.get("/api/v1/articles/a").json();
            let word = article["title"].as_str().unwrap().trim_end_matches("故障").to_owned();
            let step = article["steps"][0]["text"].as_str().unwrap();
            assert!(step.contains(&word), "{word}: {step}");
            n_seen.fetch_add(1, Ordering::Relaxed);
        }
    });
}

#[test]
fn a_broken_front_matter_keeps_the_old_version_and_is_a_finding() {
    let kb = TestKb::new().article("disk", &text("硬盘异响")).start_alone();
    kb.kb.write("disk.md", "---\ntitle: 硬盘\nseverity: [p1\n---\n\n新的正文\n");
    let broken = || kb.get("/readyz").json()["articles_broken"] == 1;
    assert!(eventually("broken", broken) < VISIBLE);

    assert!(shows(&kb, "disk", "硬盘异响"));
    assert_eq!(kb.search("硬盘异响").answer["hits"][0]["broken"], true);
    assert_eq!(kb.get("/api/v1/articles/disk").json()["broken"], true);
    let ready = kb.get("/readyz");
    assert_eq!((ready.status, &ready.json()["status"]), (200, &"degraded".into()));

    let findings = kb.get("/api/v1/findings").json();
    let in_line_3 = |finding: &&Value| finding["path"] == "disk.md" && finding["line"] == 3;
    let finding = findings["findings"].as_array().unwrap().iter().find(in_line_3);
    let finding = finding.unwrap_or_else(|| panic!("{findings:#}"));
    assert_eq!((&finding["rule"], &finding["level"]), (&"front-matter".into(), &"error".into()));
    assert!(finding["message"].as_str().unwrap().contains("列表"), "{finding}");
    assert!(kb.get("/status").text().contains("disk.md"));

    kb.kb.write("disk.md", text("硬盘异响"));
    assert!(eventually("mended", || !broken()) < VISIBLE);
    let findings = kb.get("/api/v1/findings").json();
    assert!(!findings.to_string().contains("列表"), "{findings:#}");
}

#[test]
fn a_new_word_of_the_vocabulary_is_searched_without_a_restart() {
    let kb = TestKb::new().article("login", "# 登录不上\n").article("jam", "# 卡纸\n");
    let kb = kb.start_alone();
    kb.search("芝麻开门").finds(&[]);
    kb.kb.words("synonyms.txt", "登录, 芝麻开门\n");
    let took = eventually("synonym", || kb.search("芝麻开门").ids() == ["login"]);
    println!("synonym live after {took:.1?}");
    assert!(took < 2 * VISIBLE, "{took:?}");
    let found = kb.search("芝麻开门");
    let note = &found.answer["notes"][0];
    assert_eq!((&note["kind"], &note["used"][0]), (&"synonym".into(), &"登录".into()));
    assert_eq!(found.answer["hits"][0]["matched_by"], serde_json::json!(["synonym"]));

    kb.kb.words("synonyms.txt", "登录, 芝麻开门\n孤单\n");
    let found = || {
        let findings = kb.get("/api/v1/findings").json()["findings"].take();
        let mut findings = findings.as_array().unwrap().clone().into_iter();
        findings.find(|finding| finding["rule"] == "vocabulary")
    };
    eventually("a line that cannot be used is a finding", || found().is_some());
    let finding = found().unwrap();
    assert_eq!((&finding["path"], &finding["line"]), (&"synonyms.txt".into(), &2.into()));
    kb.search("芝麻开门").finds(&["login"]);
}
