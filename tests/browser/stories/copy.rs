//! A copy of the knowledge base that is opened from a folder, without any server.

use std::path::{Path, PathBuf};

use jiuji::{
    article::Status,
    export::{Format, Job, export},
    kb::Root,
    live::{Options, open_snapshot},
};
use tempfile::TempDir;
use time::macros::date;
use tokio::task::spawn_blocking;

use crate::{
    driver::{DESKTOP, PHONE, Page, Screen},
    site::{Site, story},
};

/// Of the development queries, one in so many is typed.
const EVERY: usize = 3;
/// Least number of queries that is asked, and the share that finds its article in the first three.
const LEAST: usize = 30;
const FOUND_PERCENT: usize = 90;

/// A copy of the shipped knowledge base.
struct Copy {
    folder: TempDir,
}

impl Copy {
    async fn make() -> Self {
        let folder = TempDir::new().unwrap();
        let out = folder.path().to_owned();
        spawn_blocking(move || write(&out)).await.unwrap();
        Self { folder }
    }

    fn url(&self, path: &str) -> String {
        format!("file://{}/copy/{path}", self.folder.path().display())
    }

    async fn open(&self, site: &Site, path: &str, screen: Screen) -> Page {
        let page = site.tab(screen).await;
        page.visit(&self.url(path)).await;
        page
    }
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn write(out: &Path) {
    let root = Root::new(repository("kb")).unwrap();
    let options =
        Options { root, index: out.join("index"), vocabulary: None, watch: false, program: None };
    let job = Job {
        snapshot: &open_snapshot(&options).unwrap(),
        kb_root: options.root.path(),
        today: date!(2026 - 11 - 23),
        status: &[Status::Published],
        force: false,
        progress: &|_, _| {},
    };
    export(&out.join("copy"), Format::Html, &job).unwrap();
}

/// Every third of the development queries with the article it is about.
fn queries() -> Vec<(String, String)> {
    let table = fs_err::read_to_string(repository("tests/relevance/queries.tsv")).unwrap();
    let row = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        Some((cells.next()?, cells.next()?))
    };
    table.lines().skip(1).step_by(EVERY).filter_map(row).collect()
}

/// Types `query` in place of what stands in the box.
async fn search(page: &Page, query: &str) {
    page.run("document.getElementById('q').focus(); document.getElementById('q').select()").await;
    page.insert(query).await;
}

#[test]
fn what_callers_say_finds_the_right_article_without_a_server() {
    story(async |site| {
        let copy = Copy::make().await;
        site.stop_server().await;
        let page = copy.open(site, "index.html", DESKTOP).await;
        page.screenshot("copy-home-desktop").await;
        let (queries, mut missed) = (queries(), Vec::new());
        assert!(queries.len() >= LEAST, "{}", queries.len());
        for (query, id) in &queries {
            search(&page, query).await;
            let first: Vec<String> = page
                .value(
                    "[...document.querySelectorAll('.hit')].slice(0, 3).map((h) => h.dataset.id)",
                )
                .await;
            if !first.contains(id) {
                missed.push((query, id, first));
            }
        }
        let n_found = queries.len() - missed.len();
        assert!(n_found >= LEAST && n_found * 100 >= queries.len() * FOUND_PERCENT, "{missed:#?}");
        page.is_clean().await;
    });
}

#[test]
fn a_hit_is_opened_by_keys_and_works_as_in_the_product() {
    story(async |site| {
        let copy = Copy::make().await;
        site.stop_server().await;
        let page = copy.open(site, "index.html", DESKTOP).await;
        search(&page, "文件打不开，后缀变了要付款").await;
        page.wait_for_first_hit("ransomware").await;
        assert_eq!(page.count(".hit-list > li:first-child .steps > li").await, 3);
        page.screenshot("copy-search-desktop").await;
        page.key("Enter").await;
        page.wait_for("document.activeElement.matches('.hit-link')").await;
        page.key("Enter").await;
        page.wait_for("location.pathname.endsWith('/articles/ransomware.html')").await;
        page.wait_for("document.readyState === 'complete'").await;
        assert!(page.text("h1").await.contains("勒索"));
        assert!(page.text(".offline-bar").await.contains("2026-11-23 导出的副本（145 篇"));
        page.screenshot("copy-article-desktop").await;
        // The hit leads to a section further down, and the bar on top would cover it.
        page.run("document.querySelector('.tick input').click()").await;
        page.wait_for("document.getElementById('call-state').textContent.includes('勾选 1')").await;
        page.key("p").await;
        page.wait_for("document.activeElement.dataset.channel === 'phone'").await;
        assert!(page.sheets().await.len() <= 4, "it prints as an article does");
        search(&page, "打印机卡纸").await;
        page.key("Enter").await;
        page.wait_for("location.pathname.endsWith('/copy/index.html')").await;
        page.wait_for_first_hit("printer-paper-jam").await;
        page.back().await;
        page.wait_for("location.pathname.endsWith('/articles/ransomware.html')").await;
        page.is_clean().await;
    });
}

#[test]
fn what_is_typed_is_text_and_nothing_found_says_so() {
    story(async |site| {
        let copy = Copy::make().await;
        let page = copy.open(site, "index.html?q=%22%3E%3Cimg%20src%3Dx%3E", PHONE).await;
        assert_eq!(page.count("main img").await, 0);
        search(&page, "䶮䶮䶮").await;
        page.wait_for(
            "document.getElementById('found-heading').textContent.startsWith('没有找到')",
        )
        .await;
        assert!(page.holds("!document.getElementById('overview').hidden").await);
        search(&page, "打印机卡纸").await;
        page.wait_for_first_hit("printer-paper-jam").await;
        assert!(page.holds("document.documentElement.scrollWidth <= innerWidth").await);
        page.full_screenshot("copy-search-phone").await;
        page.is_clean().await;
    });
}

#[test]
fn a_copy_is_read_without_scripts() {
    story(async |site| {
        let copy = Copy::make().await;
        let page = site.tab(PHONE).await;
        page.without_scripts().await;
        page.visit(&copy.url("index.html")).await;
        let html = page.everything().await;
        assert!(html.contains("articles/ransomware.html") && html.contains("matrix.html"));
        page.visit(&copy.url("articles/ransomware.html")).await;
        page.wait_for_anywhere("文件被加密").await;
        page.visit(&copy.url("matrix.html")).await;
        page.wait_for_anywhere("应急策略总表").await;
        page.is_clean().await;
    });
}
