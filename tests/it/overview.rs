//! Pages for those who have not searched: the overview, the narrowed table, the flow.

use crate::driver::{Running, TestKb};

fn article(title: &str, rest: &str) -> String {
    format!("---\ntitle: {title}\n{rest}---\n\n## 应急策略\n\n1. 先看灯。\n")
}

/// One entry article that is urgent itself, six urgent ones, a draft, and one without a type.
fn kb() -> Running {
    let mut kb = TestKb::new()
        .article(
            "entry",
            &article("服务中断总览", "fault_type: outage\nseverity: p1\nentry: true\n"),
        )
        .article("calm", &article("慢一点", "fault_type: outage\nseverity: p3\nsystems: [oa]\n"))
        .article("draft", &article("草稿", "fault_type: outage\nseverity: p1\nstatus: draft\n"))
        .article("plain", "# 没有类型的笔记\n");
    for n in 1..=6 {
        let name = format!("down-{n}");
        kb = kb.article(&name, &article(&name, "fault_type: outage\nseverity: p1\n"));
    }
    kb.start()
}

fn order(html: &str, parts: &[&str]) {
    let at = |part: &&str| html.find(*part).unwrap_or_else(|| panic!("{part} in {html}"));
    let places: Vec<_> = parts.iter().map(at).collect();
    assert!(places.is_sorted(), "{parts:?}: {places:?}");
}

#[test]
fn the_home_page_is_an_overview_until_something_is_asked() {
    let kb = kb();
    let html = kb.get("/").text();
    order(
        &html,
        &[
            "共 9 篇，按故障类型",
            "待复核 9 篇",
            "硬件损坏",
            ">服务中断</a> <span class=\"count\">8 篇",
            "总入口</span> <a href=\"/articles/entry\"",
            "P1</span> <a href=\"/articles/down-1\"",
            "P1</span> <a href=\"/articles/down-5\"",
            "还有 1 篇",
            "另有 1 篇没写故障类型",
        ],
    );
    // The urgent ones are in the list once, and neither drafts nor hits are.
    assert_eq!(html.matches("href=\"/articles/entry\"").count(), 1, "{html}");
    for absent in ["/articles/down-6", "/articles/draft", "class=\"hit\"", "id=\"detail\""] {
        assert!(!html.contains(absent), "{absent} in {html}");
    }
    let fragment = kb.call("GET", "/", &[("x-fragment", "results")]).text();
    assert!(html.contains(&fragment) && fragment.contains("id=\"filters\""));
    for path in ["/?q=灯", "/?severity=p1", "/?offset=5", "/?show=calm"] {
        let html = kb.get(path).text();
        assert!(html.contains("class=\"hit\"") && !html.contains("class=\"types\""), "{path}");
    }
}

#[test]
fn notes_without_fault_types_stay_a_list() {
    let kb = TestKb::new().article("a", "# 甲\n").article("b", "# 乙\n").start();
    let html = kb.get("/").text();
    assert!(html.contains("全部 2 篇") && !html.contains("class=\"types\""), "{html}");
    let flow = kb.get("/flow");
    assert_eq!(flow.status, 200);
    assert!(!flow.text().contains("/articles/"));
    let empty = TestKb::new().start();
    assert!(empty.get("/").text().contains("知识库里还没有文章"));
}

#[test]
fn the_table_is_narrowed_like_its_spreadsheet() {
    let kb = kb();
    let html = kb.get("/matrix?fault_type=outage&severity=p3&tier=&system=").text();
    order(
        &html,
        &["服务中断、P3 中", "共 1 篇", "csv&#38;fault_type=outage&#38;severity=p3", "慢一点"],
    );
    assert!(html.contains("<option value=\"oa\">oa</option>"), "{html}");
    let csv = kb.get("/api/v1/matrix?format=csv&fault_type=outage&severity=p3").text();
    assert!(csv.contains("慢一点") && !csv.contains("down-1"), "{csv}");
    assert_eq!(kb.get("/matrix?colour=red").status, 400);
}

#[test]
fn each_page_has_one_address() {
    let kb = kb();
    let table = [
        ("/", "/"),
        ("/?q=灯&offset=1&show=calm", "/?q=%E7%81%AF"),
        ("/?severity=p1&q=灯", "/?q=%E7%81%AF&#38;severity=p1"),
        ("/articles/calm", "/articles/calm"),
        ("/matrix?severity=p3&tier=", "/matrix?severity=p3"),
        ("/flow", "/flow"),
        ("/status", "/status"),
    ];
    for (path, canonical) in table {
        let html = kb.get(path).text();
        let link = format!("<link rel=\"canonical\" href=\"{canonical}\">");
        assert!(html.contains(&link), "{path}: {link} in {html}");
        assert!(html.contains("href=\"/opensearch.xml\""), "{path}");
        let feed = "<link rel=\"alternate\" type=\"application/atom+xml\"";
        assert!(html.contains(feed) && html.contains("href=\"/feed.xml\""), "{path}");
    }
    assert!(!kb.get("/articles/missing").text().contains("canonical"));
}
