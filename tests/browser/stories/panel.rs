//! The panel in a frame of another system.

use std::net::TcpListener;

use jiuji::web::PageSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    driver::{DESKTOP, NARROW, Page},
    site::{Site, story, story_with},
};

const PANEL: &str = "/panel?q=登录异常";

/// What only the panel for [`PANEL`] says.
const HIT: &str = "登录不上系统";

/// Another system: whatever path is asked for, its page has this server's page of that path in a
/// frame.
struct Tickets {
    listener: TcpListener,
    origin: String,
}

impl Tickets {
    fn bind() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        Self { listener, origin }
    }

    /// A page of it that frames `path` of the site.
    async fn open(self, site: &Site, path: &str) -> Page {
        let html = format!("<!doctype html><title>t</title><iframe src=\"{}\">", site.url(path));
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{html}",
            html.len()
        );
        let listener = tokio::net::TcpListener::from_std(self.listener).unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        let page = site.tab(DESKTOP).await;
        page.visit(&self.origin).await;
        page
    }
}

fn allowing(origin: &str) -> PageSettings {
    PageSettings { panel_origins: vec![origin.to_owned()], ..PageSettings::default() }
}

#[test]
fn a_configured_origin_may_frame_the_panel() {
    let tickets = Tickets::bind();
    story_with(allowing(&tickets.origin), async |site| {
        let page = tickets.open(site, PANEL).await;
        page.wait_for_anywhere(HIT).await;
        page.is_clean().await;
    });
}

#[test]
fn another_origin_may_not() {
    let tickets = Tickets::bind();
    story_with(allowing("https://ticket.example.com"), async |site| {
        let page = tickets.open(site, PANEL).await;
        is_refused(&page).await;
    });
}

#[test]
fn unless_configured_nobody_may() {
    story(async |site| is_refused(&Tickets::bind().open(site, PANEL).await).await);
}

#[test]
fn no_other_page_can_be_framed() {
    let tickets = Tickets::bind();
    story_with(allowing(&tickets.origin), async |site| {
        is_refused(&tickets.open(site, "/?q=登录异常").await).await;
    });
}

/// The frame has an error in place of the page, and the console says why.
async fn is_refused(page: &Page) {
    page.wait_for_complaint("frame-ancestors").await;
    assert!(!page.everything().await.contains(HIT));
}

#[test]
fn it_is_a_form_and_links_in_the_narrowest_frame() {
    story(async |site| {
        let page = site.tab(NARROW).await;
        page.without_scripts().await;
        page.goto("/panel").await;
        page.click("#q").await;
        page.type_text("登录异常").await;
        page.key("Enter").await;
        page.wait_for(
            "document.querySelector('.hit') !== null && document.readyState === 'complete'",
        )
        .await;
        assert!(page.count(".hit").await <= 5);
        assert_eq!(page.count("li:first-child > .hit > .steps > li").await, 3);
        assert_eq!(page.count("script").await, 0);
        assert!(page.holds("document.scrollingElement.scrollWidth <= innerWidth").await);
        assert!(page.holds("document.querySelector('.hit a').target === '_blank'").await);
        page.screenshot("panel").await;
        page.goto("/panel?q=鳗鱼饭烹饪").await;
        assert!(page.text("main").await.contains("联系二线"));
        page.is_clean().await;
    });
}
