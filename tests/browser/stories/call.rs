//! One call from the first question to the report.

use crate::{
    driver::{DESKTOP, PHONE, Page, Screen},
    site::{Site, story},
};

const CLIPBOARD: &str = "navigator.clipboard.readText()";
const STATE: &str = "document.getElementById('call-state').textContent";

/// A call in which one question was asked, one step done, one branch chosen.
async fn work(page: &Page) {
    page.click("#ticket").await;
    page.type_text("INC-42").await;
    page.click(".tick input").await;
    page.click(".done input").await;
    page.click("[name=branch-2]").await;
    page.wait_for(&format!("{STATE}.includes('勾选 2 · 分支 1')")).await;
}

async fn open(site: &Site, screen: Screen) -> Page {
    site.allow_clipboard().await;
    site.open("/articles/login-failure", screen).await
}

async fn wait_for_toast(page: &Page, text: &str) {
    page.wait_for(&format!("document.getElementById('toast').textContent === '{text}'")).await;
}

#[test]
fn the_record_of_a_call_is_copied() {
    story(async |site| {
        let page = open(site, DESKTOP).await;
        work(&page).await;
        page.reload().await;
        page.wait_for(&format!("{STATE}.includes('勾选 2 · 分支 1')")).await;
        page.screenshot("call-desktop").await;
        page.click("[data-call=record]").await;
        wait_for_toast(&page, "已复制处理记录").await;
        let copied: String = page.value(CLIPBOARD).await;
        for expected in [
            "工单号：INC-42",
            "登录不上系统（账号、密码、域、业务系统）（P3 中）",
            "/articles/login-failure",
            "已问：只有您一个人",
            "第 1 步已做：先做两分钟自查",
            "第 2 步选了：如果 多人同时登不上",
        ] {
            assert!(copied.contains(expected), "{expected} in {copied}");
        }
        page.is_clean().await;
    });
}

#[test]
fn what_is_handed_over_has_the_seven_items() {
    story(async |site| {
        let page = open(site, DESKTOP).await;
        page.click("[data-call=handover]").await;
        wait_for_toast(&page, "已复制交接单").await;
        let untouched: String = page.value(CLIPBOARD).await;
        assert!(untouched.contains("1. 工单号：【待补：工单号】"), "{untouched}");
        work(&page).await;
        page.click("#strategy [data-call=handover]").await;
        page.wait_for("navigator.clipboard.readText().then((text) => text.includes('INC-42'))")
            .await;
        let copied: String = page.value(CLIPBOARD).await;
        for expected in
            ["ad；windows", "第 2 步选了", "7. 数据是否有风险：数据无风险", "【待补：影响人数】"]
        {
            assert!(copied.replace('、', "；").contains(expected), "{expected} in {copied}");
        }
        page.is_clean().await;
    });
}

#[test]
fn the_report_has_what_is_known_and_marks_the_gaps() {
    story(async |site| {
        let page = open(site, DESKTOP).await;
        work(&page).await;
        page.click("[data-call=report]").await;
        page.wait_for("document.getElementById('report').open").await;
        let text: String = page.value("document.querySelector('#report textarea').value").await;
        for expected in [
            "INC-42 / login-failure（核对 2026-11-23）",
            "P3 中 → 【待补：最终级别",
            "| 故障类型 | 登录异常 |",
            "第 2 步选了：如果 多人同时登不上",
            "卡在哪一层",
            "【待补：发生时间】",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
        assert!(!text.contains("{{"), "{text}");
        page.screenshot("call-report").await;
        page.click("[data-report=copy]").await;
        page.wait_for(
            "document.querySelector('#report [role=status]').textContent.includes('已复制')",
        )
        .await;
        assert_eq!(page.value::<String>(CLIPBOARD).await.trim_end(), text.trim_end());
        page.click("[data-report=save]").await;
        assert!(
            page.holds("document.querySelector('[data-report=save]').href.startsWith('blob:')")
                .await
        );
        page.key("Escape").await;
        page.wait_for("!document.getElementById('report').open").await;
        assert!(!page.holds("document.activeElement.id === 'q'").await, "Escape did one thing");
        page.is_clean().await;
    });
}

#[test]
fn clearing_asks_once() {
    story(async |site| {
        let page = open(site, DESKTOP).await;
        work(&page).await;
        page.click("[data-call=clear]").await;
        page.wait_for("document.querySelector('[data-call=clear]').textContent === '确定清空？'")
            .await;
        assert!(page.holds("document.querySelector('.tick input').checked").await);
        page.click("[data-call=clear]").await;
        page.wait_for("document.querySelectorAll('#strategy :checked').length === 0").await;
        page.reload().await;
        assert_eq!(page.count("#strategy :checked").await, 0);
        assert!(page.holds("document.getElementById('ticket').value === ''").await);
        page.is_clean().await;
    });
}

/// Writes down every request of a page that is not a plain reading one.
const WATCH: &str = "
    globalThis.sent = [];
    const real = fetch;
    globalThis.fetch = (url, options) => {
      if ((options?.method ?? 'GET') !== 'GET' || options?.body || /INC/.test(url)) sent.push(url);
      return real(url, options);
    };
    navigator.sendBeacon = (url) => sent.push(url);
    XMLHttpRequest.prototype.open = (method, url) => sent.push(url);
    HTMLFormElement.prototype.submit = () => sent.push('form');
    globalThis.WebSocket = function (url) { sent.push(url); };";

#[test]
fn the_record_follows_into_the_next_article_and_nothing_is_sent() {
    story(async |site| {
        site.allow_clipboard().await;
        let page = site.tab(DESKTOP).await;
        page.before_each_page(WATCH).await;
        page.goto("/articles/login-failure").await;
        work(&page).await;
        page.click(".branch:has(:checked) .leads a").await;
        page.wait_for_path("/articles/domain-controller-down").await;
        assert_eq!(page.count("#strategy :checked").await, 0, "ticks are of one article");
        page.click(".done input").await;
        page.wait_for(&format!("{STATE}.includes('勾选 3 · 分支 1')")).await;
        page.click("[data-call=record]").await;
        wait_for_toast(&page, "已复制处理记录").await;
        let copied: String = page.value(CLIPBOARD).await;
        for id in ["login-failure", "domain-controller-down"] {
            assert!(copied.contains(&format!("/articles/{id}")), "{id} in {copied}");
        }
        page.click("[data-call=report]").await;
        page.wait_for("document.getElementById('report').open").await;
        assert_eq!(page.value::<Vec<String>>("sent").await, Vec::<String>::new());
        assert_eq!(page.value::<String>("document.cookie").await, "");
        page.is_clean().await;
    });
}

#[test]
fn two_tabs_keep_one_record() {
    story(async |site| {
        let first = open(site, DESKTOP).await;
        let second = site.open("/articles/ransomware", DESKTOP).await;
        work(&first).await;
        second.wait_for(&format!("{STATE}.includes('勾选 2 · 分支 1')")).await;
        second.click(".done input").await;
        first.wait_for(&format!("{STATE}.includes('勾选 3 · 分支 1')")).await;
        assert!(second.holds("document.getElementById('ticket').value === 'INC-42'").await);
        first.is_clean().await;
        second.is_clean().await;
    });
}

#[test]
fn where_storage_is_forbidden_the_record_lasts_as_long_as_the_page() {
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        let forbid = "Storage.prototype.setItem = () => { throw new Error('full'); };
            Storage.prototype.getItem = () => { throw new Error('no'); };";
        page.before_each_page(forbid).await;
        page.goto("/articles/login-failure").await;
        work(&page).await;
        assert!(page.holds("document.querySelector('.tick input').checked").await);
        page.is_clean().await;
    });
}

#[test]
fn in_a_network_without_a_secure_context_copying_works() {
    story(async |site| {
        site.allow_clipboard().await;
        let page = site.open_in_lan("/articles/login-failure", DESKTOP).await;
        assert!(page.holds("!isSecureContext && !navigator.clipboard").await);
        work(&page).await;
        page.click("[data-call=record]").await;
        wait_for_toast(&page, "已复制处理记录").await;
        let other = site.open("/", DESKTOP).await;
        assert!(other.value::<String>(CLIPBOARD).await.contains("工单号：INC-42"));
        // Inside of the dialog too.
        page.click("[data-call=report]").await;
        page.wait_for("document.getElementById('report').open").await;
        page.click("[data-report=copy]").await;
        page.wait_for(
            "document.querySelector('#report [role=status]').textContent.includes('已复制')",
        )
        .await;
        assert!(other.value::<String>(CLIPBOARD).await.starts_with("# 问题汇报"));
        // The browser says that it cannot keep other windows away without HTTPS; nothing else.
        let complaints = page.complaints().await;
        let is_known = |line: &String| line.contains("Cross-Origin-Opener-Policy");
        assert!(complaints.iter().all(is_known), "{complaints:#?}");
    });
}

#[test]
fn on_a_phone_the_record_stands_at_the_end() {
    story(async |site| {
        let page = open(site, PHONE).await;
        page.run("document.querySelector('.tick input').click()").await;
        page.run("scrollTo(0, document.body.scrollHeight)").await;
        page.wait_for("document.getElementById('call').checkVisibility()").await;
        page.screenshot("call-phone").await;
        page.is_clean().await;
    });
}
