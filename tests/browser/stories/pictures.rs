//! The pictures of the documentation: the main views, light and dark, on desk and telephone.
//!
//! Drawn in every run into `target/screenshots`; `JIUJI_PICTURES=1` draws them into
//! `docs/pictures`, where the documentation shows them.

use std::env;

use crate::{
    driver::{DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK},
    site::story,
};

const VIEWS: [(&str, &str); 6] = [
    ("overview", "/"),
    ("search", "/?q=登录异常"),
    ("article", "/articles/ransomware"),
    ("matrix", "/matrix"),
    ("flow", "/flow"),
    ("status", "/status"),
];

#[test]
fn the_pictures_of_the_documentation_are_drawn() {
    let folder = match env::var_os("JIUJI_PICTURES") {
        Some(_) => "docs/pictures",
        None => "target/screenshots/pictures",
    };
    story(async |site| {
        let screens = [
            ("desktop-light", DESKTOP),
            ("desktop-dark", DESKTOP_DARK),
            ("phone-light", PHONE),
            ("phone-dark", PHONE_DARK),
        ];
        for (screen, size) in screens {
            let page = site.tab(size).await;
            for (view, path) in VIEWS {
                page.goto(path).await;
                page.picture(folder, &format!("{view}-{screen}")).await;
            }
            page.is_clean().await;
        }
    });
}

#[test]
fn the_documentation_shows_every_view() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/docs");
    let text = fs_err::read_to_string(format!("{root}/page.md")).unwrap();
    for (view, _) in VIEWS {
        for screen in ["desktop-light", "desktop-dark", "phone-light", "phone-dark"] {
            let picture = format!("pictures/{view}-{screen}.webp");
            assert!(text.contains(&picture), "docs/page.md does not show {picture}");
            assert!(fs_err::metadata(format!("{root}/{picture}")).unwrap().len() > 2_000);
        }
    }
}
