//! Typing and finding.

use crate::{driver::DESKTOP, site::story};

const QUERY: &str = "new URLSearchParams(location.search).get('q')";

#[test]
fn the_first_hit_comes_while_typing() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.wait_for("document.activeElement.id === 'q'").await;
        page.type_text("登录异常").await;
        page.wait_for_first_hit("login-failure").await;
        page.wait_for(&format!("{QUERY} === '登录异常'")).await;
        assert!(page.holds("document.activeElement.id === 'q'").await);
        assert_eq!(page.value::<String>("document.getElementById('q').value").await, "登录异常");
        page.wait_for("document.querySelector('#strategy').dataset.id === 'login-failure'").await;
        page.wait_for("document.getElementById('announce').textContent.includes('登录不上')").await;
        page.is_clean().await;
    });
}

#[test]
fn back_restores_the_search_before() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.type_text("登录异常").await;
        page.wait_for_first_hit("login-failure").await;
        page.key("Enter").await;
        page.wait_for("document.activeElement.matches('.hit-link')").await;
        page.key("/").await;
        page.type_text("勒索病毒").await;
        page.wait_for_first_hit("ransomware").await;
        page.run("history.back()").await;
        page.wait_for_first_hit("login-failure").await;
        page.wait_for("document.getElementById('q').value === '登录异常'").await;
        page.is_clean().await;
    });
}

#[test]
fn back_from_an_article_restores_the_hits() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.type_text("中毒").await;
        page.wait_for("document.querySelector('#hits-heading').innerText.includes('找到')").await;
        page.wait_for(&format!("{QUERY} === '中毒'")).await;
        let hits = page.text("#hits").await;
        page.click("#detail .title a").await;
        page.wait_for("location.pathname.startsWith('/articles/')").await;
        page.wait_for("document.readyState === 'complete'").await;
        page.run("history.back()").await;
        page.wait_for_path("/").await;
        assert_eq!(page.text("#hits").await, hits);
        assert_eq!(page.value::<String>("document.getElementById('q').value").await, "中毒");
        page.is_clean().await;
    });
}

#[test]
fn a_click_on_a_hit_shows_it_beside_the_list() {
    story(async |site| {
        let page = site.open("/?q=病毒", DESKTOP).await;
        let second: String = page.value("document.querySelectorAll('.hit')[1].dataset.id").await;
        page.click(&format!(".hit[data-id=\"{second}\"] .hit-link")).await;
        page.wait_for(&format!("document.getElementById('strategy').dataset.id === '{second}'"))
            .await;
        assert!(page.holds("location.pathname === '/'").await);
        page.is_clean().await;
    });
}

#[test]
fn the_first_steps_need_no_scrolling() {
    story(async |site| {
        for query in ["登录异常", "文件误删", "电脑中毒", "断网", "勒索"] {
            let page = site.open(&format!("/?q={query}"), DESKTOP).await;
            let bottom: f64 = page
                .value(
                    "Math.max(...[...document.querySelectorAll('.hit')][0]
                       .querySelectorAll('.steps > li').values()
                       .map((step) => step.getBoundingClientRect().bottom))",
                )
                .await;
            let steps = page.count(".hit-list > li:first-child .steps > li").await;
            let limit: f64 =
                page.value("document.getElementById('hits').getBoundingClientRect().bottom").await;
            assert_eq!(steps, 3, "{query}");
            assert!(bottom <= limit && limit <= 768.0, "{query}: {bottom} of {limit}");
            page.is_clean().await;
        }
    });
}
