//! On a telephone.

use crate::{driver::PHONE, site::story};

#[test]
fn nothing_is_wider_than_the_screen() {
    story(async |site| {
        let page = site.tab(PHONE).await;
        for path in [
            "/",
            "/?q=登录异常",
            "/?q=鳗鱼饭烹饪",
            "/articles/login-failure",
            "/matrix",
            "/flow",
            "/panel?q=登录异常",
            "/status",
            "/articles/x",
        ] {
            page.goto(path).await;
            let wide: Vec<String> = page
                .value(
                    "[...document.querySelectorAll('body *')]
                       .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
                       .filter((e) => e.checkVisibility() && !e.closest('svg, .skip'))
                       .map((e) => e.outerHTML.slice(0, 120)).slice(0, 5)",
                )
                .await;
            assert!(wide.is_empty(), "{path}: {wide:#?}");
            let width: i64 = page.value("document.scrollingElement.scrollWidth").await;
            assert_eq!(width, 390, "{path}");
            assert!(page.holds("innerWidth === 390").await, "{path} is zoomed out");
            let narrow: Vec<String> = page
                .value(
                    "[...document.querySelectorAll('td, th, p, li')]
                       .filter((e) => e.checkVisibility() && e.innerText.length > 12)
                       .filter((e) => getComputedStyle(e).display !== 'inline' && e.clientWidth < 60)
                       .map((e) => e.outerHTML.slice(0, 120)).slice(0, 5)",
                )
                .await;
            assert!(narrow.is_empty(), "{path}: {narrow:#?}");
        }
    });
}

#[test]
fn a_tap_on_a_hit_opens_the_article() {
    story(async |site| {
        let page = site.open("/", PHONE).await;
        page.tap("#q").await;
        page.type_text("登录异常").await;
        page.wait_for_first_hit("login-failure").await;
        assert!(
            page.holds("document.getElementById('detail').getClientRects().length === 0").await
        );
        page.tap(".hit").await;
        page.wait_for_path("/articles/login-failure").await;
        page.is_clean().await;
    });
}

#[test]
fn fingers_have_room() {
    story(async |site| {
        let page = site.tab(PHONE).await;
        for path in ["/?q=登录异常", "/articles/login-failure"] {
            page.goto(path).await;
            let small: Vec<String> = page
                .value(
                    "[...document.querySelectorAll('button, .button, .top a, summary, .hit-link, .done, .choice, input')]
                       .filter((e) => e.checkVisibility() && !e.matches('.tick *, .skip, label input'))
                       .filter((e) => e.getBoundingClientRect().height < 24)
                       .map((e) => e.outerHTML.slice(0, 120))",
                )
                .await;
            assert!(small.is_empty(), "{path}: {small:#?}");
        }
        page.is_clean().await;
    });
}
