//! The server is out of reach.

use std::collections::BTreeMap;

use crate::{
    driver::{DESKTOP, PHONE, Page, Screen},
    site::{Site, story},
};

/// The browser keeps what it needs.
const READY: &str = "(async () => {
    if (!navigator.serviceWorker.controller) return false;
    return await caches.match('/checked') !== undefined;
})()";

/// The search page of a browser that has kept everything.
async fn open(site: &Site, screen: Screen) -> Page {
    // A busy machine makes the bundle slowly; once it is made, all browsers get it at once.
    let first = site.open("/", screen).await;
    first.run("while (!(await fetch('/offline.json', { method: 'HEAD' })).ok);").await;
    let page = site.tab_with_worker(screen).await;
    page.goto("/").await;
    page.run("await navigator.serviceWorker.ready").await;
    page.wait_for(READY).await;
    page
}

/// Whatever else the console says when a server is gone.
async fn breaks_no_policy(page: &Page) {
    let complaints = page.complaints().await;
    let broken =
        complaints.iter().filter(|line| line.contains("Policy") || line.contains("Trusted"));
    assert_eq!(broken.count(), 0, "{complaints:#?}");
}

#[test]
fn searching_and_reading_go_on_and_the_mark_goes_when_the_server_is_back() {
    story(async |site| {
        let page = open(site, DESKTOP).await;
        page.type_text("登录异常").await;
        page.wait_for_first_hit("login-failure").await;
        assert_eq!(page.text("#offline").await, "");
        page.is_clean().await;
        site.stop_server().await;
        page.run("document.getElementById('q').select()").await;
        page.insert("勒索病毒").await;
        page.wait_for("document.getElementById('offline').textContent.startsWith('离线')").await;
        page.wait_for_first_hit("ransomware").await;
        page.screenshot("offline-search-desktop").await;
        page.reload().await;
        assert!(page.text("#offline").await.contains(&format!("（{} 篇）", n_kept(&page).await)));
        assert!(page.holds("document.getElementById('q').value === '勒索病毒'").await);
        page.wait_for_first_hit("ransomware").await;
        assert!(page.text("#detail").await.contains("应急策略"));
        page.key("Enter").await;
        page.wait_for("document.activeElement.matches('.hit-link')").await;
        page.key("Enter").await;
        page.wait_for_path("/articles/ransomware").await;
        assert!(page.text("h1").await.contains("勒索"));
        page.screenshot("offline-article-desktop").await;
        site.start_server().await;
        page.wait_for("document.getElementById('offline').textContent === ''").await;
        page.wait_for("document.querySelector('.sheet').dataset.version !== 'offline'").await;
        breaks_no_policy(&page).await;
    });
}

#[test]
fn results_come_back_by_themselves() {
    story(async |site| {
        let page = open(site, DESKTOP).await;
        site.stop_server().await;
        page.type_text("登录异常").await;
        page.wait_for("document.querySelector('#hits [data-offline]') !== null").await;
        site.start_server().await;
        page.wait_for("document.getElementById('offline').textContent === ''").await;
        page.wait_for_first_hit("login-failure").await;
        assert!(page.holds("document.getElementById('q').value === '登录异常'").await);
        assert!(page.text("#hits-heading").await.starts_with("找到"));
        breaks_no_policy(&page).await;
    });
}

#[test]
fn a_page_that_is_not_kept_says_so_and_leads_back() {
    story(async |site| {
        let page = open(site, PHONE).await;
        site.stop_server().await;
        page.goto("/status").await;
        assert!(page.text("h1").await.contains("没有存在这台电脑"));
        page.screenshot("offline-message-phone").await;
        page.click("main a").await;
        page.wait_for_path("/").await;
        assert_eq!(page.count(".hit").await, 10);
        page.screenshot("offline-home-phone").await;
        site.start_server().await;
        page.goto("/status").await;
        // A page that takes its time comes by itself when the server is known to be back.
        page.wait_for("document.querySelector('.numbers') !== null").await;
        assert_eq!(page.text("#offline").await, "");
        breaks_no_policy(&page).await;
    });
}

#[test]
fn what_is_typed_is_text_and_no_html() {
    story(async |site| {
        let page = open(site, DESKTOP).await;
        site.stop_server().await;
        page.goto("/?q=%22%3E%3Cimg%20src%3Dx%3E%24%26~~main~~").await;
        assert!(
            page.holds("document.getElementById('q').value === '\"><img src=x>$&~~main~~'").await
        );
        assert_eq!(page.count("main img").await, 0);
        assert!(page.text("#hits-heading").await.starts_with("离线"));
        breaks_no_policy(&page).await;
    });
}

#[test]
fn browsers_without_workers_lack_nothing_else() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.type_text("登录异常").await;
        page.wait_for_first_hit("login-failure").await;
        assert!(page.holds("navigator.serviceWorker === undefined").await);
        page.is_clean().await;
    });
}

#[test]
fn an_alias_finds_its_article() {
    story(async |site| {
        let page = open(site, DESKTOP).await;
        let asked = aliases(&page).await;
        assert!(asked.len() >= 25, "{asked:?}");
        site.stop_server().await;
        let mut missed = Vec::new();
        for (id, alias) in &asked {
            let query = format!(
                "(async () => {{
                   const url = '/?q=' + encodeURIComponent('{alias}');
                   const answer = await fetch(url, {{ headers: {{ 'X-Fragment': 'results' }} }});
                   const found = [...(await answer.text()).matchAll(/data-id=\"(.*?)\"/g)];
                   return found.slice(0, 3).some((hit) => hit[1] === '{id}');
                 }})()"
            );
            if !page.value::<bool>(&query).await {
                missed.push(alias);
            }
        }
        assert!(missed.len() * 10 <= asked.len(), "{missed:?}");
    });
}

async fn n_kept(page: &Page) -> usize {
    page.value("caches.match('/offline.json').then((r) => r.json()).then((b) => b.articles.length)")
        .await
}

/// A part of the first alias of every fifth article, by id: all but its last character, so that
/// it is no name as it stands.
async fn aliases(page: &Page) -> BTreeMap<String, String> {
    page.value(
        "(async () => {
           const { articles } = await (await caches.match('/offline.json')).json();
           const named = articles.map(({ id, fields }) => [id, fields[0].split('\\n')[1] ?? '']);
           const long = named.filter(([, alias]) => alias.length > 3 && !alias.includes(\"'\"));
           return Object.fromEntries(
             long.filter((_, i) => i % 5 === 0).map(([id, alias]) => [id, alias.slice(0, -1)]));
         })()",
    )
    .await
}
