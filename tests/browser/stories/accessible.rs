//! What screen readers and keyboards need, as far as a script can see it.

use crate::{
    driver::{DESKTOP, Page},
    site::story,
};

const PAGES: [&str; 10] = [
    "/",
    "/?q=登录异常",
    "/?q=鳗鱼饭烹饪",
    "/articles/login-failure",
    "/articles/ransomware",
    "/matrix",
    "/matrix?fault_type=login",
    "/flow",
    "/status",
    "/docs",
];

/// Each rule: what is wrong, and the elements of which it is true.
const RULES: [(&str, &str); 9] = [
    ("a field without a label", "input:not([type=hidden]):not(label input) => !e.labels?.length"),
    ("a picture without a text", "img, svg => !e.alt && !e.ariaLabel && e.ariaHidden !== 'true'"),
    ("a control without a name", "a[href], button => !e.textContent.trim() && !e.ariaLabel"),
    ("a table head without a scope", "th:not(.prose th) => !e.scope"),
    (
        "an id that is not unique",
        "[id] => document.querySelectorAll('#' + CSS.escape(e.id)).length > 1",
    ),
    (
        "a link to nowhere",
        "a[href^='#'] => !document.getElementById(decodeURIComponent(e.hash.slice(1)))",
    ),
    ("a positive tab index", "[tabindex] => e.tabIndex > 0"),
    ("a style attribute", "[style] => true"),
    (
        "a region without a name",
        "nav, section:has(> h2, > h3):not(.prose *) => !e.ariaLabel && !e.hasAttribute('aria-labelledby')",
    ),
];

async fn broken(page: &Page, rule: &str) -> Vec<String> {
    let (selector, condition) = rule.split_once(" => ").unwrap();
    let find = format!(
        "[...document.querySelectorAll(`{selector}`)].filter((e) => {condition})
           .map((e) => e.outerHTML.slice(0, 160))"
    );
    page.value(&find).await
}

#[test]
fn every_page_keeps_the_rules() {
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        for path in PAGES {
            page.goto(path).await;
            for (what, rule) in RULES {
                let broken = broken(&page, rule).await;
                assert!(broken.is_empty(), "{path}: {what}: {broken:#?}");
            }
            for one in ["h1", "main", "header.top", "[role=search]", "title"] {
                assert_eq!(page.count(one).await, 1, "{path}: {one}");
            }
            assert_eq!(page.value::<String>("document.documentElement.lang").await, "zh-CN");
            assert!(levels_descend(&page).await, "{path}: a level of headings is left out");
        }
        page.is_clean().await;
    });
}

async fn levels_descend(page: &Page) -> bool {
    let levels: Vec<u8> = page
        .value(
            "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
               .filter((e) => e.checkVisibility()).map((e) => Number(e.tagName[1]))",
        )
        .await;
    levels.windows(2).all(|pair| pair[1] <= pair[0] + 1)
}

#[test]
fn the_focus_is_visible_wherever_it_goes() {
    story(async |site| {
        for path in ["/", "/?q=登录异常", "/articles/login-failure", "/matrix"] {
            let page = site.open(path, DESKTOP).await;
            page.run("document.activeElement.blur()").await;
            for _ in 0..25 {
                page.key("Tab").await;
                let seen = "(() => {
                    const e = document.activeElement;
                    const ringed = (e) => e && getComputedStyle(e).outlineStyle !== 'none'
                      && parseFloat(getComputedStyle(e).outlineWidth) >= 1;
                    return e === document.body || ringed(e) || ringed(e.closest('.hit'));
                  })()";
                let element: String =
                    page.value("document.activeElement.outerHTML.slice(0, 160)").await;
                assert!(page.holds(seen).await, "{path}: {element}");
            }
            page.is_clean().await;
        }
    });
}

#[test]
fn the_first_tab_skips_to_the_content() {
    story(async |site| {
        let page = site.open("/articles/login-failure", DESKTOP).await;
        page.key("Tab").await;
        assert!(page.holds("document.activeElement.matches('.skip')").await);
        page.key("Enter").await;
        page.wait_for("document.activeElement.id === 'main'").await;
        page.is_clean().await;
    });
}
