//! With everything twice as large.

use crate::{
    driver::{DESKTOP, ZOOMED},
    site::story,
};

#[test]
fn nothing_is_lost_at_two_hundred_percent() {
    story(async |site| {
        let page = site.tab(ZOOMED).await;
        for path in ["/", "/?q=登录异常", "/articles/login-failure", "/matrix", "/status"] {
            page.goto(path).await;
            let width: i64 = page.value("document.scrollingElement.scrollWidth").await;
            assert!(width <= 683, "{path}: {width}");
            let cut: Vec<String> = page
                .value(
                    "[...document.querySelectorAll('button, a.button, .top a, h1, .hit-link')]
                       .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1
                         && getComputedStyle(e).display !== 'inline' && !e.closest('.vh, .skip'))
                       .map((e) => e.outerHTML.slice(0, 120))",
                )
                .await;
            assert!(cut.is_empty(), "{path}: {cut:#?}");
        }
        page.goto("/?q=登录异常").await;
        page.screenshot("search-zoomed").await;
        let top: f64 =
            page.value("document.querySelector('.hit-link').getBoundingClientRect().bottom").await;
        assert!(top <= 384.0, "the first title is at {top}");
        page.is_clean().await;
    });
}

#[test]
fn motion_is_left_out_where_it_is_not_wanted() {
    story(async |site| {
        let page = site.open("/articles/login-failure", DESKTOP).await;
        page.reduce_motion().await;
        let moving: Vec<String> = page
            .value(
                "[...document.querySelectorAll('*')].filter((e) => {
                   const style = getComputedStyle(e);
                   return style.transitionDuration !== '0s' || style.animationName !== 'none'
                     || style.scrollBehavior === 'smooth';
                 }).map((e) => e.outerHTML.slice(0, 120))",
            )
            .await;
        assert!(moving.is_empty(), "{moving:#?}");
        page.is_clean().await;
    });
}
