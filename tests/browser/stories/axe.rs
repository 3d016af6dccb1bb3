//! The rules of axe-core for WCAG 2.2 AA, on every page in both themes.
//!
//! axe-core is a library of its own licence (MPL-2.0) and no part of this project: `tests/run`
//! fetches it and says in `JIUJI_AXE` where it is. Without it these tests say that they are left out.

use std::{env, io::Write};

use crate::{
    driver::{DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK, Screen},
    site::story,
};

const PAGES: [&str; 11] = [
    "/",
    "/?q=登录异常",
    "/?q=鳗鱼饭烹饪",
    "/articles/login-failure",
    "/articles/ransomware",
    "/articles/no-such-article",
    // All rows are alike, and the rules take their time for each.
    "/matrix?severity=p1",
    "/status",
    "/docs",
    "/flow",
    "/panel?q=登录异常",
];

/// What axe finds, one line for each element.
const FIND: &str = "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',
       'wcag22aa', 'best-practice'] }).then(({ violations }) => violations.flatMap((rule) =>
         rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)))";

fn library() -> Option<String> {
    let Some(path) = env::var_os("JIUJI_AXE") else {
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        // Straight to the stream: what a passing test prints is captured.
        let _ = writeln!(std::io::stderr(), "跳过 {test}：JIUJI_AXE 没有指明 axe-core");
        return None;
    };
    Some(fs_err::read_to_string(path).unwrap())
}

fn no_rule_is_broken_on(screens: [Screen; 2]) {
    let Some(library) = library() else { return };
    story(async |site| {
        for screen in screens {
            let page = site.tab(screen).await;
            for path in PAGES {
                page.goto(path).await;
                page.run(&library).await;
                let found: Vec<String> = page.value(FIND).await;
                assert!(found.is_empty(), "{path} {screen:?}: {found:#?}");
            }
        }
    });
}

#[test]
fn no_rule_is_broken_in_the_light() {
    no_rule_is_broken_on([DESKTOP, PHONE]);
}

#[test]
fn no_rule_is_broken_in_the_dark() {
    no_rule_is_broken_on([DESKTOP_DARK, PHONE_DARK]);
}
