//! On paper.

use crate::{driver::DESKTOP, site::story};

/// Articles that are printed: the longest, for they need the most paper.
const N_LONGEST: usize = 12;

/// A4 in points, as PDF writes it, to the nearest whole one.
const A4: (i64, i64) = (595, 842);

/// Width and height of each page of a PDF, in points.
fn pages(pdf: &[u8]) -> Vec<(i64, i64)> {
    let text = String::from_utf8_lossy(pdf);
    let boxes = text.split("/MediaBox").skip(1).filter_map(|rest| {
        let numbers = rest.split_once('[')?.1.split_once(']')?.0;
        let numbers: Vec<f64> = numbers.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        let [_, _, width, height] = numbers[..] else { return None };
        Some((width.round() as i64, height.round() as i64))
    });
    boxes.collect()
}

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
            let pages = pages(&page.print().await);
            assert!((1..=2).contains(&pages.len()), "{id}: {} pages", pages.len());
            assert!(pages.iter().all(|size| *size == A4), "{id}: {pages:?}");
        }
        page.is_clean().await;
    });
}

#[test]
fn the_table_is_printed_across() {
    story(async |site| {
        let page = site.open("/matrix", DESKTOP).await;
        let pages = pages(&page.print().await);
        assert!(pages.iter().all(|size| *size == (A4.1, A4.0)), "{pages:?}");
        page.is_clean().await;
    });
}

#[test]
fn a_search_is_printed_as_the_chosen_strategy() {
    story(async |site| {
        let page = site.open("/?q=登录异常", DESKTOP).await;
        let pages = pages(&page.print().await);
        assert!((1..=2).contains(&pages.len()), "{} pages", pages.len());
        page.is_clean().await;
    });
}
