//! Typing with an input method.

use crate::{driver::DESKTOP, site::story};

const BOX: &str = "document.getElementById('q').value";

#[test]
fn what_is_being_composed_is_searched() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.compose("ka").await;
        page.compose("卡纸bu").await;
        page.wait_for_first_hit("printer-paper-jam").await;
        assert!(page.holds("document.activeElement.id === 'q'").await);
        page.compose("卡纸不").await;
        page.insert("卡纸").await;
        page.wait_for(&format!("{BOX} === '卡纸'")).await;
        page.wait_for("new URLSearchParams(location.search).get('q') === '卡纸'").await;
        page.wait_for_first_hit("printer-paper-jam").await;
        page.is_clean().await;
    });
}

#[test]
fn pinyin_is_found_before_it_becomes_a_word() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        for (composed, so_far) in [("d", "d"), ("den", "den"), ("denglu", "denglu")] {
            page.compose(composed).await;
            page.wait_for(&format!("{BOX} === '{so_far}'")).await;
        }
        page.wait_for("document.querySelector('.notes')?.innerText.includes('已按“登录”')").await;
        page.wait_for("document.querySelector('.hit mark')?.innerText.includes('登录')").await;
        page.enter_of_input_method().await;
        assert!(page.holds("document.activeElement.id === 'q'").await);
        page.insert("登录").await;
        page.wait_for(&format!("{BOX} === '登录'")).await;
        page.wait_for("new URLSearchParams(location.search).get('q') === '登录'").await;
        assert!(page.holds("location.pathname === '/' && document.activeElement.id === 'q'").await);
        page.is_clean().await;
    });
}

#[test]
fn enter_belongs_to_the_input_method() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        page.compose("卡纸").await;
        page.wait_for_first_hit("printer-paper-jam").await;
        page.enter_of_input_method().await;
        // Some browsers let the form see it as well.
        page.run("document.getElementById('search').requestSubmit()").await;
        assert!(page.holds("location.pathname === '/' && document.activeElement.id === 'q'").await);
        page.run("document.getElementById('q').select()").await;
        page.insert("登录异常").await;
        page.wait_for(&format!("{BOX} === '登录异常'")).await;
        page.wait_for("new URLSearchParams(location.search).get('q') === '登录异常'").await;
        page.key("Enter").await;
        page.wait_for("document.activeElement.matches('.hit-link')").await;
        page.is_clean().await;
    });
}
