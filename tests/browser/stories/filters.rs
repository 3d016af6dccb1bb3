//! Narrowing, and finding nothing.

use crate::{driver::DESKTOP, site::story};

#[test]
fn a_filter_narrows_and_is_taken_back() {
    story(async |site| {
        let page = site.open("/?q=病毒", DESKTOP).await;
        let before = page.count(".hit").await;
        page.click("a.facet[data-key=\"severity:p4\"]").await;
        page.wait_for("location.search.includes('severity=p4')").await;
        page.wait_for("document.querySelector('.facet.on') !== null").await;
        assert!((1..before).contains(&page.count(".hit").await));
        assert_eq!(page.count(".hit .badge.p4").await, page.count(".hit").await);
        // A filter lasts while the next words are typed.
        page.key("/").await;
        page.type_text("勒索").await;
        page.wait_for("location.search.includes(encodeURIComponent('勒索'))").await;
        assert!(page.holds("location.search.includes('severity=p4')").await);
        page.click("a.clear").await;
        page.wait_for("document.querySelector('.facet.on') === null").await;
        assert!(page.holds("!location.search.includes('severity')").await);
        page.is_clean().await;
    });
}

#[test]
fn no_match_leads_to_entry_articles() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.type_text("鳗鱼饭烹饪").await;
        page.wait_for("document.querySelector('.notes')?.innerText.includes('没有找到')").await;
        assert!(page.count(".hit").await >= 1);
        page.is_clean().await;
    });
}

#[test]
fn each_article_is_one_click_from_the_table() {
    story(async |site| {
        let page = site.open("/matrix", DESKTOP).await;
        page.click(".matrix a[href=\"/articles/ransomware\"]").await;
        page.wait_for_path("/articles/ransomware").await;
        page.is_clean().await;
    });
}
