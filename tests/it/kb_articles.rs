//! The knowledge base that comes with the product.

use std::collections::BTreeMap;

use jiuji::{
    analysis::code_key,
    article::{FaultType, Finding, Level, parse},
    check::{FirstHits, Options, check_folder},
    kb::Root,
    search::{self, Query},
};
use serde_json::Value;

use crate::driver::{Running, TODAY, TestKb, shipped_kb};

/// What somebody says, and the article that must come first.
const FIRST: &[(&str, &str)] = &[
    ("硬盘坏了数据还在吗", "disk-failing"),
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

/// All of them, with paging.
fn articles(kb: &Running) -> Vec<Value> {
    let page = |offset: usize| {
        let page = kb.get(&format!("/api/v1/articles?limit=50&offset={offset}")).json();
        page["articles"].as_array().unwrap().clone()
    };
    (0..).map(|n| page(n * 50)).take_while(|page| !page.is_empty()).flatten().collect()
}

fn texts<'a>(article: &'a Value, name: &str) -> Vec<&'a str> {
    article[name].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

/// Strictly, with the vocabulary and with the queries that articles expect. That no article links
/// to one is no mistake.
#[test]
fn the_articles_pass_every_check() {
    let kb = TestKb::shipped();
    let snapshot = jiuji::live::open_snapshot(&kb.options()).unwrap();
    let first_hits = FirstHits::new(move |query| search::first_ids(&snapshot, query).ok());
    let vocabulary = shipped_kb().with_file_name("index");
    let options = Options {
        first_hits: Some(first_hits),
        vocabulary: Some(vocabulary),
        ..Options::new(TODAY)
    };
    let report = check_folder(&Root::new(shipped_kb()).unwrap(), &options).unwrap();
    let is_mistake = |finding: &&Finding| finding.level != Level::Info;
    let mistakes: Vec<_> = report.findings.iter().filter(is_mistake).collect();
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    assert_eq!(report.n_articles, 145);
}

#[test]
fn every_fault_type_has_one_general_article_and_every_article_three_expected_queries() {
    let mut entries = BTreeMap::new();
    for file in fs_err::read_dir(shipped_kb()).unwrap().flatten() {
        let name = file.file_name().into_string().unwrap();
        if !name.ends_with(".md") || name == "README.md" {
            continue;
        }
        let article = parse(&name, &fs_err::read_to_string(file.path()).unwrap()).unwrap().article;
        assert_eq!(article.meta.expect.len(), 3, "{name}");
        for query in &article.meta.expect {
            assert!(!article.meta.aliases.contains(query) && *query != article.title, "{query}");
        }
        if article.meta.entry {
            let before = entries.insert(article.meta.fault_type, name.clone());
            assert_eq!(before, None, "a second general article is {name}");
        }
    }
    assert_eq!(entries.len(), FaultType::ALL.len(), "{entries:?}");
}

#[test]
fn no_article_is_served_broken_or_with_an_error() {
    let kb = shipped();
    let findings = kb.get("/api/v1/findings").json();
    assert_eq!((&findings["n_errors"], &findings["n_warnings"]), (&0.into(), &0.into()));
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

/// What articles expect is judged by the search that people get.
#[test]
fn the_first_ids_are_those_of_the_search() {
    let snapshot = jiuji::live::open_snapshot(&TestKb::shipped().options()).unwrap();
    let queries = FIRST.iter().map(|(query, _)| *query).chain(["错误 0x0000011b", "鳗鱼饭", "？"]);
    for text in queries {
        let query = Query::new(text, TODAY).unwrap().page(7, 0).unwrap();
        let answer = search::search(&snapshot, &query).unwrap();
        let is_search = answer.total > 0 && !text.chars().all(|c| c == '？');
        let hits = answer.hits.into_iter().filter(|_| is_search);
        let ids: Vec<String> = hits.map(|hit| hit.card.id).collect();
        assert_eq!(search::first_ids(&snapshot, &query).unwrap(), ids, "{text}");
    }
}

#[test]
fn every_article_is_a_row_of_the_matrix_with_prevention_and_strategy() {
    let kb = shipped();
    let matrix = kb.get("/api/v1/matrix").json();
    let rows = matrix["rows"].as_array().unwrap();
    assert_eq!(rows.len(), articles(&kb).len());
    for row in rows {
        for name in ["prevention", "strategy"] {
            let text = row[name].as_str().unwrap();
            assert!(text.chars().count() > 50, "{} {name}: {text}", row["id"]);
        }
    }
    for (query, id) in FIRST {
        assert!(rows.iter().any(|row| row["id"] == *id), "{query}: no row {id}");
    }
}

#[test]
fn each_article_is_found_by_its_title_and_aliases() {
    let kb = shipped();
    let mut missed = Vec::new();
    for row in articles(&kb) {
        let id = row["id"].as_str().unwrap();
        let article = kb.get(&format!("/api/v1/articles/{id}")).json();
        let title = article["title"].as_str().unwrap();
        for name in texts(&article, "aliases").into_iter().chain([title]) {
            let found = kb.search(name);
            if !found.ids().iter().take(3).any(|found| *found == id) {
                missed.push(format!("{name} → {:?} instead of {id}", found.ids()));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_code_leads_to_an_article_that_declares_it() {
    let kb = shipped();
    let mut missed = Vec::new();
    for row in articles(&kb) {
        let id = row["id"].as_str().unwrap();
        let article = kb.get(&format!("/api/v1/articles/{id}")).json();
        for code in texts(&article, "codes") {
            let found = kb.search(code);
            let is_owner = |id: &&str| {
                let owner = kb.get(&format!("/api/v1/articles/{id}")).json();
                texts(&owner, "codes").iter().any(|own| code_key(own) == code_key(code))
            };
            if !found.ids().iter().take(3).any(is_owner) {
                missed.push(format!("{code} of {id} → {:?}", found.ids()));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
