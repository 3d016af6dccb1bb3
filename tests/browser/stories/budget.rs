//! How much a first visit loads, and from where.

use serde::Deserialize;

use crate::{driver::DESKTOP, site::story};

/// Most bytes over the network for the first search page, with headers.
const FIRST_LOAD_BYTES: u64 = 100_000;

/// Most bytes of all scripts, and of the one style sheet, before compression.
const SCRIPT_BYTES: usize = 40_000;
const STYLE_BYTES: usize = 30_000;

#[derive(Debug, Deserialize)]
struct Loaded {
    url: String,
    bytes: u64,
}

#[test]
fn the_first_load_is_small_and_all_ours() {
    story(async |site| {
        let page = site.open("/?q=登录异常", DESKTOP).await;
        let loaded: Vec<Loaded> = page
            .value(
                "[...performance.getEntriesByType('navigation'),
                  ...performance.getEntriesByType('resource')]
                   .map((entry) => ({ url: entry.name, bytes: entry.transferSize }))",
            )
            .await;
        let origin: String = page.value("location.origin").await;
        assert!(loaded.len() > 4, "page, style, scripts, icons: {loaded:?}");
        assert!(loaded.iter().all(|part| part.url.starts_with(&origin)), "{loaded:#?}");
        let bytes: u64 = loaded.iter().map(|part| part.bytes).sum();
        assert!((5_000..=FIRST_LOAD_BYTES).contains(&bytes), "{bytes}: {loaded:#?}");
        page.is_clean().await;
    });
}

#[test]
fn scripts_and_styles_stay_small() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/web/assets");
    let bytes = |extension: &str| -> usize {
        let files = fs_err::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let files = files.filter(|path| path.extension().is_some_and(|found| found == extension));
        files.map(|path| fs_err::read(path).unwrap().len()).sum()
    };
    let (scripts, styles) = (bytes("js"), bytes("css"));
    assert!((1_000..=SCRIPT_BYTES).contains(&scripts), "{scripts} bytes of scripts");
    assert!((1_000..=STYLE_BYTES).contains(&styles), "{styles} bytes of styles");
}
