//! Without JavaScript.

use crate::{driver::DESKTOP, site::story};

#[test]
fn a_form_and_links_are_enough() {
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        page.without_scripts().await;
        page.goto("/").await;
        page.click("#q").await;
        page.type_text("病毒").await;
        page.key("Enter").await;
        page.wait_for("location.search.startsWith('?q=') && document.readyState === 'complete'")
            .await;
        let before = page.count(".hit").await;
        page.click("a.facet[data-key=\"severity:p4\"]").await;
        page.wait_for("location.search.includes('severity=p4')").await;
        page.wait_for("document.querySelector('.facet.on') !== null").await;
        assert!((1..before).contains(&page.count(".hit").await));
        page.screenshot("no-script-search").await;
        page.click(".hit-link").await;
        page.wait_for("location.pathname.startsWith('/articles/')").await;
        page.is_clean().await;
    });
}

#[test]
fn articles_and_table_are_complete() {
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        page.without_scripts().await;
        page.goto("/articles/login-failure").await;
        let text = page.text("#strategy").await;
        for part in ["先问用户", "应急策略", "各渠道话术", "升级与上报", "预防措施", "复盘报告"]
        {
            assert!(text.contains(part), "{part}");
        }
        assert!(!text.contains("复制策略"), "a button that does nothing");
        assert_eq!(page.count("button:not([type=submit]):not(.js, .js *, .keys *)").await, 0);
        page.goto("/matrix").await;
        assert_eq!(page.count(".matrix tbody tr").await, n_articles());
        page.is_clean().await;
    });
}

fn n_articles() -> usize {
    let kb = concat!(env!("CARGO_MANIFEST_DIR"), "/kb");
    let names = fs_err::read_dir(kb).unwrap().map(|entry| entry.unwrap().file_name());
    names
        .filter_map(|name| name.into_string().ok())
        .filter(|name| {
            name.ends_with(".md") && name != "README.md" && !name.starts_with(['_', '.'])
        })
        .count()
}
