//! Pictures of every page for a person to look at, and a check that the driver hears complaints.

use crate::{
    driver::{DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK},
    site::story,
};

const PAGES: [(&str, &str); 11] = [
    ("home", "/"),
    ("search", "/?q=登录异常"),
    ("article", "/articles/login-failure"),
    ("data-first", "/articles/ransomware"),
    ("urgent", "/articles/fire-alarm"),
    ("matrix", "/matrix"),
    ("flow", "/flow"),
    ("panel", "/panel?q=登录异常"),
    ("status", "/status"),
    ("no-match", "/?q=鳗鱼饭烹饪"),
    ("error", "/articles/login-failur"),
];

#[test]
fn every_page_is_drawn_on_every_screen() {
    story(async |site| {
        let screens = [
            ("desktop", DESKTOP),
            ("desktop-dark", DESKTOP_DARK),
            ("phone", PHONE),
            ("phone-dark", PHONE_DARK),
        ];
        for (screen, size) in screens {
            let page = site.tab(size).await;
            for (name, path) in PAGES {
                page.goto(path).await;
                let file = format!("{name}-{screen}");
                if screen.starts_with("phone") {
                    page.full_screenshot(&file).await;
                } else {
                    page.screenshot(&file).await;
                }
            }
            let complaints = page.complaints().await;
            assert!(complaints.iter().all(|line| line.contains("404")), "{complaints:#?}");
            assert_eq!(complaints.len(), 1, "the page that is not there");
        }
    });
}

#[test]
fn dark_colours_follow_the_system() {
    story(async |site| {
        let background = "getComputedStyle(document.body).backgroundColor";
        let light: String = site.open("/", DESKTOP).await.value(background).await;
        let dark: String = site.open("/", DESKTOP_DARK).await.value(background).await;
        assert_ne!(light, dark);
    });
}

#[test]
fn complaints_of_a_page_are_heard() {
    story(async |site| {
        let cases = [
            ("console.warn('careful')", "careful"),
            ("setTimeout(() => { throw new Error('broken'); })", "broken"),
            ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
            (
                "document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:1/x' }))",
                "Content Security Policy",
            ),
            ("try { document.body.innerHTML = 'x'; } catch {}", "TrustedHTML"),
        ];
        for (script, expected) in cases {
            let page = site.open("/", DESKTOP).await;
            page.run(script).await;
            // What was thrown later has been by then.
            page.run("await new Promise((done) => setTimeout(done, 50))").await;
            let complaints = page.complaints().await;
            assert!(
                complaints.iter().any(|line| line.contains(expected)),
                "{script}: {complaints:?}"
            );
        }
    });
}
