//! The knowledge base that comes with the product.

use jiuji::{
    article::{Finding, Level},
    check::{Options, check_folder},
    kb::Root,
};
use serde_json::Value;

use crate::driver::{Running, TODAY, TestKb, shipped_kb};

/// What somebody says, and the article that must come first.
const FIRST: &[(&str, &str)] = &[
    ("硬盘坏了数据还在吗", "pc-hardware-damage"),
    ("登录异常", "login-failure"),
    ("文件误删", "file-deleted"),
    ("流量异常", "traffic-anomaly"),
    // The rows of the two tables of the service plan.
    ("硬件损坏", "pc-hardware-damage"),
    ("操作失误", "user-operation-error"),
    ("配置丢失", "app-config-lost"),
    ("数据丢失", "file-deleted"),
];

fn shipped() -> Running {
    TestKb::shipped().start()
}

#[test]
fn no_article_has_an_error() {
    let report = check_folder(&Root::new(shipped_kb()).unwrap(), &Options::new(TODAY)).unwrap();
    // Articles link to others that are still to be written.
    let is_error = |f: &&Finding| f.level == Level::Error && f.rule != "broken-link";
    let errors: Vec<_> = report.findings.iter().filter(is_error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(report.n_articles >= 10, "{}", report.n_articles);
}

#[test]
fn no_article_is_served_broken_or_with_an_error() {
    let kb = shipped();
    let findings = kb.get("/api/v1/findings").json();
    let is_error = |f: &&Value| f["level"] == "error" && f["rule"] != "broken-link";
    let error = findings["findings"].as_array().unwrap().iter().find(is_error);
    assert_eq!(error, None);
    assert_eq!(kb.get("/readyz").json()["articles_broken"], 0);
}

#[test]
fn what_callers_say_leads_to_the_strategy_and_its_first_steps() {
    let kb = shipped();
    for (query, id) in FIRST {
        let found = kb.search(query);
        found.finds_first(id);
        let hit = &found.answer["hits"][0];
        let steps = hit["steps"].as_array().unwrap();
        assert!(steps.len() >= 3, "{query}: {steps:?}");
        assert!(steps.iter().all(|step| step["text"].as_str().is_some_and(|t| !t.is_empty())));
        for name in ["severity", "tier", "escalation", "summary", "fault_type_label"] {
            assert!(hit[name].as_str().is_some_and(|text| !text.is_empty()), "{query}: {name}");
        }
    }
}

#[test]
fn the_rows_of_the_plan_are_rows_of_the_matrix() {
    let kb = shipped();
    let matrix = kb.get("/api/v1/matrix").json();
    for (query, id) in FIRST {
        let row = matrix["rows"].as_array().unwrap().iter().find(|row| row["id"] == *id);
        let row = row.unwrap_or_else(|| panic!("{query}: no row {id}"));
        for name in ["prevention", "strategy"] {
            let text = row[name].as_str().unwrap();
            assert!(text.chars().count() > 50, "{id} {name}: {text}");
        }
    }
}

#[test]
fn each_article_is_found_by_its_title_aliases_and_codes() {
    let kb = shipped();
    let listed = kb.get("/api/v1/articles?limit=50").json();
    let mut missed = Vec::new();
    for row in listed["articles"].as_array().unwrap() {
        let id = row["id"].as_str().unwrap();
        let article = kb.get(&format!("/api/v1/articles/{id}")).json();
        let lists = ["aliases", "codes"].map(|name| article[name].as_array().unwrap());
        for name in lists.into_iter().flatten().chain([&article["title"]]) {
            let name = name.as_str().unwrap();
            let found = kb.search(name);
            if !found.ids().iter().take(3).any(|found| *found == id) {
                missed.push(format!("{name} → {:?} instead of {id}", found.ids()));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
