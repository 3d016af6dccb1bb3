//! Writing an article with its page open beside the editor.

use crate::{
    driver::{DESKTOP, PHONE, Page, Screen},
    site::{Site, story},
};

const ID: &str = "login-failure";
const PATH: &str = "/articles/login-failure";

/// Opens the article, written so that nothing is wrong with it: without links to other articles.
async fn open(site: &Site, screen: Screen) -> Page {
    let text = site.article(ID);
    let related = |line: &&str| !line.starts_with("related:");
    let text: String =
        text.lines().filter(related).map(|line| without_links(line) + "\n").collect();
    site.save(ID, &text);
    let page = site.open(PATH, screen).await;
    page.wait_for("document.getElementById('findings') === null").await;
    page
}

/// `[text](path)` becomes `text`.
fn without_links(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, (text, after))) = rest.split_once('[').and_then(|(before, tail)| {
        let (text, target) = tail.split_once("](")?;
        Some((before, (text, target.split_once(')')?.1)))
    }) {
        plain += before;
        plain += text;
        rest = after;
    }
    plain + rest
}

/// Puts a mark on the page that a reload would wipe out.
async fn mark(page: &Page) {
    page.run("globalThis.marked = true").await;
}

async fn is_same_page(page: &Page) -> bool {
    page.holds("globalThis.marked === true").await
}

async fn wait_for_text(page: &Page, text: &str) {
    page.wait_for(&format!("document.getElementById('strategy').innerText.includes('{text}')"))
        .await;
}

/// The article with items before its scripts, so that all below them moves.
fn longer(text: &str) -> String {
    let paragraph = "- 这是刚加上的一条，很长，好让下面的内容都往下移动。\n".repeat(12);
    let (head, rest) = text.split_once("\n## 各渠道话术").unwrap();
    format!("{head}\n{paragraph}\n## 各渠道话术{rest}")
}

/// The article with a list in its front matter that never ends, and the line of that.
fn broken(text: &str) -> (String, usize) {
    let (front, body) = text.split_once("\n---\n").unwrap();
    (format!("{front}\nteams: [网络组\n---\n{body}"), front.lines().count() + 1)
}

#[test]
fn a_save_shows_in_the_open_page_without_a_reload() {
    story(async |site| {
        let page = open(site, DESKTOP).await;
        mark(&page).await;
        page.click(".tick").await;
        page.run("document.getElementById('s-升级与上报').scrollIntoView(); scrollBy(0, -120)")
            .await;
        let top = "document.getElementById('s-升级与上报').getBoundingClientRect().top";
        let (before, scrolled): (f64, f64) = (page.value(top).await, page.value("scrollY").await);
        page.run("document.querySelector('#s-升级与上报').focus({ preventScroll: true })").await;

        site.save(ID, &longer(&site.article(ID)));
        wait_for_text(&page, "这是刚加上的一条").await;
        assert!(is_same_page(&page).await);
        let (after, moved): (f64, f64) = (page.value(top).await, page.value("scrollY").await);
        assert!((before - after).abs() < 1.5, "{before} {after}");
        assert!(moved > scrolled + 100.0, "{scrolled} {moved}: nothing grew above");
        assert!(page.holds("document.activeElement.id === 's-升级与上报'").await);
        assert_eq!(page.count(".tick input:checked").await, 1);
        // What the other script adds is there again, and the stream goes on.
        assert_eq!(page.count(".code button").await, page.count(".prose pre").await);
        site.save(ID, &site.article(ID).replace("这是刚加上的一条", "又改了一次"));
        wait_for_text(&page, "又改了一次").await;
        assert!(is_same_page(&page).await);
        page.is_clean().await;
    });
}

#[test]
fn a_broken_save_says_what_is_wrong_and_shows_the_last_good_text() {
    story(async |site| {
        for (screen, name) in [(DESKTOP, "desktop"), (PHONE, "phone")] {
            let page = open(site, screen).await;
            break_and_mend(site, &page, name).await;
        }
    });
}

async fn break_and_mend(site: &Site, page: &Page, name: &str) {
    mark(page).await;
    let good = site.article(ID);
    let title = page.text("#article-title").await;
    assert_eq!(page.count("#findings").await, 0);

    let (text, line) = broken(&good);
    site.save(ID, &text);
    page.wait_for("document.getElementById('findings')?.open === true").await;
    let bar = page.text("#findings").await;
    assert!(bar.contains("错误") && bar.contains("本文有 1 个问题"), "{bar}");
    assert!(bar.contains(&format!("第 {line} 行")), "{line}: {bar}");
    assert_eq!(page.text("#article-title").await, title);
    page.screenshot(&format!("preview-broken-{name}")).await;

    site.save(ID, &good.replace("fault_type: login", "fault_type: vpn"));
    page.wait_for("document.getElementById('findings')?.open === false").await;
    assert!(page.text("#findings summary").await.contains("本文有"));
    page.screenshot(&format!("preview-warned-{name}")).await;

    site.save(ID, &good);
    page.wait_for("document.getElementById('findings') === null").await;
    assert!(is_same_page(page).await);
    page.is_clean().await;
}

#[test]
fn findings_that_need_all_articles_follow_by_themselves() {
    story(async |site| {
        let page = open(site, DESKTOP).await;
        mark(&page).await;
        let good = site.article(ID);
        site.save(
            ID,
            &good.replace("## 复盘报告", "见[没有的](still-missing.md)。\n\n## 复盘报告"),
        );
        page.wait_for("document.getElementById('findings') !== null").await;
        assert!(page.count(".bar-findings .p1").await >= 1);
        page.click("#findings summary").await;
        page.wait_for("document.getElementById('findings').open").await;
        assert!(page.text("#findings").await.contains("still-missing.md"));
        // The other file comes: the page of this one is right again.
        site.save("still-missing", "---\ntitle: 补上的一篇\n---\n\n正文\n");
        page.wait_for(
            "!(document.getElementById('findings')?.innerText ?? '').includes('still-missing')",
        )
        .await;
        page.wait_for(
            "document.querySelector('.prose a[href=\"/articles/still-missing\"]') !== null",
        )
        .await;
        assert!(is_same_page(&page).await);
        page.is_clean().await;
    });
}

#[test]
fn a_deleted_article_is_announced_and_comes_back() {
    story(async |site| {
        let page = open(site, DESKTOP).await;
        mark(&page).await;
        let good = site.article(ID);
        site.remove(ID);
        page.wait_for("document.querySelector('.gone') !== null").await;
        assert!(page.text(".gone").await.contains("删除"));
        wait_for_text(&page, "先问用户").await;
        page.screenshot("preview-gone").await;
        site.save(ID, &good);
        page.wait_for("document.querySelector('.gone') === null").await;
        assert!(is_same_page(&page).await);
    });
}

#[test]
fn hidden_pages_hold_no_connection() {
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        let count = "
            globalThis.open = 0;
            const Real = EventSource;
            globalThis.EventSource = class extends Real {
              constructor(url) { super(url); open += 1; }
              close() { if (this.readyState !== 2) open -= 1; super.close(); }
            };
            globalThis.hide = (hidden) => {
              Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
              document.dispatchEvent(new Event('visibilitychange'));
            };";
        page.before_each_page(count).await;
        page.goto(PATH).await;
        page.wait_for("open === 1").await;
        page.run("hide(true)").await;
        assert!(page.holds("open === 0").await);
        let good = site.article(ID);
        site.save(ID, &good.replace("## 复盘报告", "隐藏时写的一行。\n\n## 复盘报告"));
        page.run("hide(false)").await;
        wait_for_text(&page, "隐藏时写的一行").await;
        assert!(page.holds("open === 1").await);
        page.is_clean().await;
    });
}
