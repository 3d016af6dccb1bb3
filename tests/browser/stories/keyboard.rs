//! Hands on the keyboard, from the question to the answer.

use crate::{
    driver::{DESKTOP, Page},
    site::story,
};

const CLIPBOARD: &str = "navigator.clipboard.readText()";

/// The hit that has the focus.
async fn focused_hit(page: &Page) -> Option<usize> {
    let at: i64 = page
        .value("[...document.querySelectorAll('.hit-link')].indexOf(document.activeElement)")
        .await;
    usize::try_from(at).ok()
}

async fn in_the_box(page: &Page) -> bool {
    page.holds("document.activeElement.id === 'q'").await
}

#[test]
fn arrows_choose_and_enter_opens() {
    story(async |site| {
        let page = site.open("/?q=病毒", DESKTOP).await;
        assert!(page.count(".hit").await >= 2);
        page.key("ArrowDown").await;
        assert_eq!(focused_hit(&page).await, Some(0));
        page.key("ArrowDown").await;
        assert_eq!(focused_hit(&page).await, Some(1));
        let second: String = page.value("document.querySelectorAll('.hit')[1].dataset.id").await;
        page.wait_for(&format!("document.getElementById('strategy').dataset.id === '{second}'"))
            .await;
        page.key("ArrowUp").await;
        assert_eq!(focused_hit(&page).await, Some(0));
        let first: String = page.value("document.querySelector('.hit').dataset.id").await;
        page.key("Enter").await;
        page.wait_for_path(&format!("/articles/{first}")).await;
        page.is_clean().await;
    });
}

#[test]
fn arrow_up_and_escape_lead_back_to_the_box() {
    story(async |site| {
        let page = site.open("/?q=病毒", DESKTOP).await;
        for key in ["ArrowUp", "Escape", "/"] {
            page.key("ArrowDown").await;
            assert_eq!(focused_hit(&page).await, Some(0), "{key}");
            page.key(key).await;
            assert!(in_the_box(&page).await, "{key}");
        }
        assert_eq!(page.value::<String>("document.getElementById('q').value").await, "病毒");
        page.goto("/articles/login-failure").await;
        page.key("/").await;
        assert!(in_the_box(&page).await);
        page.is_clean().await;
    });
}

#[test]
fn the_box_takes_the_single_keys_as_text() {
    story(async |site| {
        let page = site.open("/", DESKTOP).await;
        for key in ["c", "p", "m", "o", "/"] {
            page.key(key).await;
        }
        page.wait_for("document.getElementById('q').value === 'cpmo/'").await;
        page.is_clean().await;
    });
}

#[test]
fn c_copies_the_strategy() {
    story(async |site| {
        site.allow_clipboard().await;
        let page = site.open("/articles/login-failure", DESKTOP).await;
        page.key("c").await;
        page.wait_for("document.getElementById('toast').textContent.includes('已复制')").await;
        let copied: String = page.value(CLIPBOARD).await;
        for expected in ["登录不上系统", "先做两分钟自查", "多人同时登不上"] {
            assert!(copied.contains(expected), "{expected} in {copied}");
        }
        page.is_clean().await;
    });
}

#[test]
fn a_browser_without_clipboard_access_copies_too() {
    story(async |site| {
        site.allow_clipboard().await;
        let page = site.tab(DESKTOP).await;
        page.before_each_page("Clipboard.prototype.writeText = () => Promise.reject('no')").await;
        page.goto("/?q=登录异常").await;
        page.key("ArrowDown").await;
        page.key("c").await;
        page.wait_for("document.getElementById('toast').textContent.includes('已复制')").await;
        assert!(page.value::<String>(CLIPBOARD).await.contains("先做两分钟自查"));
        assert_eq!(focused_hit(&page).await, Some(0));
        page.is_clean().await;
    });
}

#[test]
fn keys_lead_to_the_scripts() {
    story(async |site| {
        for path in ["/articles/login-failure", "/?q=登录异常"] {
            let page = site.open(path, DESKTOP).await;
            page.wait_for("document.querySelector('#strategy') !== null").await;
            if path.starts_with("/?") {
                page.key("ArrowDown").await;
            }
            for (key, channel) in [("p", "phone"), ("m", "mail"), ("o", "onsite")] {
                page.key(key).await;
                page.wait_for(&format!("document.activeElement.dataset.channel === '{channel}'"))
                    .await;
                let visible = "(() => {
                    const box = document.activeElement.getBoundingClientRect();
                    const top = document.elementFromPoint(box.x + 20, box.y + 20);
                    return box.top >= 0 && document.activeElement.contains(top);
                  })()";
                page.wait_for(visible).await;
            }
            page.is_clean().await;
        }
    });
}

#[test]
fn a_missing_script_is_said() {
    story(async |site| {
        let page = site.open("/articles/ransomware", DESKTOP).await;
        page.key("m").await;
        page.wait_for("document.getElementById('toast').textContent === '这篇没有邮件话术'").await;
        page.is_clean().await;
    });
}

#[test]
fn a_question_mark_lists_the_keys() {
    story(async |site| {
        for path in ["/articles/login-failure", "/matrix", "/status"] {
            let page = site.open(path, DESKTOP).await;
            page.key("?").await;
            page.wait_for("document.getElementById('keys').open").await;
            assert!(page.text("#keys").await.contains("回到查找框"));
            // Nothing happens behind it, and Escape closes it alone.
            page.key("/").await;
            assert!(!in_the_box(&page).await, "{path}");
            page.key("Escape").await;
            page.wait_for("!document.getElementById('keys').open").await;
            assert!(!in_the_box(&page).await, "{path}");
            page.key("/").await;
            assert!(in_the_box(&page).await, "{path}");
            page.is_clean().await;
        }
    });
}

#[test]
fn single_keys_can_be_turned_off() {
    story(async |site| {
        let page = site.open("/articles/login-failure", DESKTOP).await;
        page.click("[data-keys-open]").await;
        page.click("[data-keys-toggle]").await;
        page.key("Escape").await;
        page.reload().await;
        page.key("/").await;
        assert!(!in_the_box(&page).await);
        page.key("Escape").await;
        assert!(in_the_box(&page).await);
        page.is_clean().await;
    });
}

#[test]
fn from_the_callers_words_to_the_copied_strategy() {
    story(async |site| {
        site.allow_clipboard().await;
        let page = site.open("/", DESKTOP).await;
        page.type_text("勒索病毒").await;
        page.wait_for_first_hit("ransomware").await;
        page.key("Enter").await;
        page.wait_for("document.activeElement.matches('.hit-link')").await;
        page.key("c").await;
        page.wait_for("document.getElementById('toast').textContent.includes('已复制')").await;
        let copied: String = page.value(CLIPBOARD).await;
        let title: String = page.value("document.getElementById('article-title').innerText").await;
        assert!(copied.starts_with(&format!("【{title}】")), "{copied}");
        page.is_clean().await;
    });
}
