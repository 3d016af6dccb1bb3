//! Typing and finding.

use crate::{
    driver::{DESKTOP, Page},
    site::story,
};

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
fn back_and_forward_restore_the_searches() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.type_text("登录异常").await;
        // The first characters find it already; only what has been shown can be come back to.
        page.wait_for(&format!("{QUERY} === '登录异常'")).await;
        page.wait_for_first_hit("login-failure").await;
        page.key("Enter").await;
        page.wait_for("document.activeElement.matches('.hit-link')").await;
        page.key("/").await;
        page.type_text("勒索病毒").await;
        page.wait_for(&format!("{QUERY} === '勒索病毒'")).await;
        page.wait_for_first_hit("ransomware").await;
        page.back().await;
        page.wait_for_first_hit("login-failure").await;
        page.wait_for("document.getElementById('q').value === '登录异常'").await;
        page.forward().await;
        page.wait_for_first_hit("ransomware").await;
        page.wait_for("document.getElementById('q').value === '勒索病毒'").await;
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
        page.back().await;
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
fn completions_are_taken_with_an_arrow() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.type_text("ORA-0").await;
        // The first letters have completions of their own.
        let first = "document.querySelector('.completions a')?.dataset.text";
        page.wait_for(&format!("{first}.startsWith('ORA-0')")).await;
        let first: String = page.value(first).await;
        page.key("ArrowRight").await;
        page.wait_for(&format!("document.getElementById('q').value === '{first}'")).await;
        page.wait_for(&format!("{QUERY} === '{first}'")).await;
        page.wait_for(&format!("document.title === '{first} · 救急'")).await;
        page.is_clean().await;
    });
}

#[test]
fn nothing_jumps_while_typing() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.type_text("电").await;
        page.wait_for(&format!("{QUERY} === '电'")).await;
        let tops = "['#q', '#hits-heading', '.hit', '#detail']
          .map((part) => document.querySelector(part).getBoundingClientRect().top)";
        let before: Vec<f64> = page.value(tops).await;
        for (letter, query) in [("脑", "电脑"), ("坏", "电脑坏"), ("了", "电脑坏了")] {
            page.type_text(letter).await;
            page.wait_for(&format!("{QUERY} === '{query}'")).await;
            assert_eq!(page.value::<Vec<f64>>(tops).await, before, "{query}");
        }
        page.is_clean().await;
    });
}

#[test]
fn the_three_steps_of_the_first_hit_need_no_scrolling() {
    story(async |site| {
        for query in ["登录异常", "文件误删", "电脑中毒", "断网", "勒索"] {
            let page = site.open(&format!("/?q={query}"), DESKTOP).await;
            let bottoms = bottoms(&page, ".hit-list > li:first-child .steps > li > .step").await;
            assert_eq!(bottoms.len(), 3, "{query}");
            assert!(bottoms.iter().all(|bottom| *bottom <= 0.0), "{query}: {bottoms:?}");
            page.is_clean().await;
        }
    });
}

#[test]
fn the_first_step_of_three_hits_needs_no_scrolling_whatever_is_asked() {
    const FIRST_STEPS: &str = ".hit-list > li:nth-child(-n + 3) .steps > li:first-child > .step";
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        for title in site.titles() {
            page.goto(&format!("/?q={}", percent_encoded(&title))).await;
            let n_hits = page.count(".hit").await.min(3);
            let bottoms = bottoms(&page, FIRST_STEPS).await;
            assert_eq!(bottoms.len(), n_hits, "{title}");
            assert!(bottoms.iter().all(|bottom| *bottom <= 0.0), "{title}: {bottoms:?}");
        }
        page.is_clean().await;
    });
}

/// How far below the visible part of the list the elements end, in pixels; negative when above.
async fn bottoms(page: &Page, selector: &str) -> Vec<f64> {
    let find = format!(
        "(() => {{
           const limit = Math.min(innerHeight,
             document.getElementById('hits').getBoundingClientRect().bottom);
           return [...document.querySelectorAll('{selector}')]
             .map((step) => step.getBoundingClientRect().bottom - limit);
         }})()"
    );
    page.value(&find).await
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
