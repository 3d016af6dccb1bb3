//! Bounds of the bundle, and the script of the worker.

use super::*;

/// An article of `n_bytes`.
fn article(id: &str, n_bytes: usize) -> Kept {
    let [card, pane, page] = [String::new(), String::new(), "x".repeat(n_bytes)];
    Kept {
        id: id.to_owned(),
        url: format!("/articles/{id}"),
        title: id.to_owned(),
        fields: [const { String::new() }; 3],
        html: OfflineArticle { card, pane, page },
    }
}

#[test]
fn the_first_articles_that_fit_are_kept_and_no_more_are_made() {
    let sizes = [("a", 4), ("b", 5), ("c", 2), ("d", 1)];
    for (max_bytes, expected, n_made) in
        [(100, 4, 4), (12, 4, 4), (11, 3, 4), (10, 2, 3), (3, 0, 1)]
    {
        let mut made = 0;
        let articles = sizes.iter().map(|(id, n_bytes)| {
            made += 1;
            Ok(Some(article(id, *n_bytes)))
        });
        assert_eq!(bounded(articles, max_bytes).unwrap().len(), expected, "{max_bytes}");
        assert_eq!(made, n_made, "{max_bytes}");
    }
}

#[test]
fn what_is_searched_counts_too() {
    let mut kept = article("a", 4);
    kept.fields = ["登".to_owned(), String::new(), "录".to_owned()];
    assert_eq!(kept.n_bytes(), 10);
}

#[tokio::test]
async fn the_worker_has_both_files_behind_its_constants() {
    let script = script();
    let places =
        ["const FINGERPRINT = ", "const ASSETS = ", "const HEADERS = ", "function lookup("];
    let places: Vec<_> = places
        .iter()
        .chain(&["addEventListener(\"install\""])
        .map(|part| script.find(part))
        .collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    assert!(!script.contains("import ") && !script.contains("export "));
    let response = worker(HeaderMap::new(), NoParams).await;
    assert_eq!(response.headers()["content-security-policy"], PAGE_POLICY);
    let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, response.headers()["etag"].clone())]);
    assert_eq!(worker(known, NoParams).await.status(), 304);
}
