//! Before and after a search: where to begin, and where to go when nothing was found.

use jiuji::web::PageSettings;

use crate::{
    driver::{DESKTOP, PHONE, Page},
    site::{story, story_with},
};

const CLEAR: &str = "const box = document.getElementById('q');
                     box.value = '';
                     box.dispatchEvent(new Event('input'));";

/// Whether the server has noticed that an article is due.
const DUE: &str = "fetch('/').then((answer) => answer.text())
                     .then((text) => text.includes('待复核 1 篇'))";

async fn wait_for_overview(page: &Page) {
    page.wait_for("document.querySelectorAll('.types > li').length === 11").await;
}

#[test]
fn all_fault_types_are_in_sight_at_once() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        wait_for_overview(&page).await;
        let bottom: f64 = page
            .value(
                "Math.max(...[...document.querySelectorAll('.types > li')]
                   .map((card) => card.getBoundingClientRect().bottom))",
            )
            .await;
        let limit: f64 =
            page.value("document.getElementById('hits').getBoundingClientRect().bottom").await;
        assert!(bottom <= limit && limit <= 768.0, "{bottom} of {limit}");
        assert_eq!(page.count(".types li > .badge:not(.p1)").await, 11, "entry articles");
        assert!(page.count(".types .p1").await >= 20);
        assert!(page.text(".types").await.contains("还有"));
        page.is_clean().await;
    });
}

#[test]
fn what_is_due_for_review_stands_above() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        assert_eq!(page.count(".to-review").await, 0, "nothing is due on this day");
        let text = site.article("disk-failing");
        let (before, after) = text.split_once("reviewed: 2026").unwrap();
        site.save("disk-failing", &format!("{before}reviewed: 2020{after}"));
        page.wait_for(DUE).await;
        page.reload().await;
        assert!(page.text(".to-review").await.contains("过期"));
        page.screenshot("home-due").await;
        page.click(".to-review a").await;
        page.wait_for("location.href.endsWith('/status#review')").await;
        page.is_clean().await;
    });
}

#[test]
fn arrow_down_and_enter_open_an_article() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.wait_for("document.activeElement.id === 'q'").await;
        page.key("ArrowDown").await;
        assert!(page.holds("document.activeElement.matches('.types h3 a')").await);
        page.key("ArrowDown").await;
        assert!(page.holds("document.activeElement.matches('.types ul a')").await);
        let path: String = page.value("document.activeElement.pathname").await;
        page.key("Enter").await;
        page.wait_for_path(&path).await;
        page.is_clean().await;
    });
}

#[test]
fn typing_replaces_it_and_an_empty_box_brings_it_back() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.type_text("登录异常").await;
        page.wait_for_first_hit("login-failure").await;
        assert_eq!(page.count(".overview").await, 0);
        page.run(CLEAR).await;
        wait_for_overview(&page).await;
        page.wait_for("location.pathname + location.search === '/'").await;
        page.wait_for("document.getElementById('announce').textContent.includes('按故障类型')")
            .await;
        page.is_clean().await;
    });
}

#[test]
fn a_fault_type_opens_its_articles_and_back_leads_to_the_overview() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.click(".types h3 a[href=\"/?fault_type=login\"]").await;
        page.wait_for("document.querySelectorAll('.hit').length > 0").await;
        assert_eq!(page.count(".facet.on").await, 1);
        page.back().await;
        wait_for_overview(&page).await;
        page.is_clean().await;
    });
}

#[test]
fn who_finds_nothing_is_told_how_to_go_on() {
    let second_line = Some("值班电话 8000".to_owned());
    story_with(PageSettings { second_line, ..PageSettings::default() }, async |site| {
        let page = site.open("/", DESKTOP).await;
        page.type_text("鳗鱼饭烹饪").await;
        page.wait_for("document.querySelector('.help')?.innerText.includes('8000')").await;
        assert!(page.count(".help a[href^=\"/?fault_type=\"]").await >= 1);
        page.click(".help a[href=\"/\"]").await;
        wait_for_overview(&page).await;
        page.goto("/?fault_type=peripheral&severity=p1").await;
        assert!(page.text("#hits").await.contains("没有符合条件的策略"));
        assert!(page.text(".help").await.contains("8000"));
        assert_eq!(page.count(".help a").await, 1);
        page.is_clean().await;
    });
}

#[test]
fn it_needs_neither_scripts_nor_a_wide_screen() {
    story(async |site| {
        let page = site.tab(PHONE).await;
        page.without_scripts().await;
        page.goto("/").await;
        wait_for_overview(&page).await;
        let lefts: Vec<f64> = page
            .value("[...document.querySelectorAll('.types > li')].map((e) => e.offsetLeft)")
            .await;
        assert!(lefts.iter().all(|left| *left == lefts[0]), "{lefts:?}");
        page.click(".types ul a").await;
        page.wait_for("location.pathname.startsWith('/articles/')").await;
        page.is_clean().await;
    });
}

#[test]
fn a_browser_learns_how_to_search_here() {
    story(async |site| {
        let page = site.open("/articles/login-failure", DESKTOP).await;
        let link: String = page.value("document.querySelector('link[rel=search]').href").await;
        let template = format!(
            "fetch('{link}').then((response) => response.text())
               .then((text) => text.match(/template=\"([^\"]+)\"/)[1])"
        );
        let template: String = page.value(&template).await;
        let origin: String = page.value("location.origin").await;
        assert_eq!(template, format!("{origin}/?q={{searchTerms}}"));
        let canonical: String =
            page.value("document.querySelector('link[rel=canonical]').href").await;
        assert_eq!(canonical, format!("{origin}/articles/login-failure"));
        page.is_clean().await;
    });
}
