//! On paper.

use crate::{driver::DESKTOP, site::story};

/// Articles that are printed: the longest, for they need the most paper.
const N_LONGEST: usize = 12;

/// A4 in points, as PDF writes it, to the nearest whole one.
const A4: (i64, i64) = (595, 842);

fn longest_articles() -> Vec<String> {
    let kb = concat!(env!("CARGO_MANIFEST_DIR"), "/kb");
    let files = fs_err::read_dir(kb).unwrap().map(|entry| entry.unwrap());
    let mut sizes: Vec<_> = files
        .map(|file| (file.metadata().unwrap().len(), file.file_name().into_string().unwrap()))
        .filter(|(_, name)| name.ends_with(".md") && name != "README.md")
        .collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let ids = sizes.iter().map(|(_, name)| name.trim_end_matches(".md").to_owned());
    ids.take(N_LONGEST).collect()
}

#[test]
fn an_article_fits_on_two_sheets() {
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        for id in longest_articles() {
            page.goto(&format!("/articles/{id}")).await;
            let sheets = page.sheets().await;
            assert!((1..=2).contains(&sheets.len()), "{id}: {} sheets", sheets.len());
            assert!(sheets.iter().all(|size| *size == A4), "{id}: {sheets:?}");
        }
        page.is_clean().await;
    });
}

#[test]
fn the_table_is_printed_across() {
    story(async |site| {
        let page = site.open("/matrix", DESKTOP).await;
        let sheets = page.sheets().await;
        assert!(sheets.iter().all(|size| *size == (A4.1, A4.0)), "{sheets:?}");
        page.is_clean().await;
    });
}

#[test]
fn a_search_is_printed_as_the_chosen_strategy() {
    story(async |site| {
        let page = site.open("/?q=登录异常", DESKTOP).await;
        let sheets = page.sheets().await;
        assert!((1..=2).contains(&sheets.len()), "{} sheets", sheets.len());
        page.is_clean().await;
    });
}
