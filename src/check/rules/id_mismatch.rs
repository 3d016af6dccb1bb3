//! Two files must not claim one id.

use crate::{
    article::Finding,
    check::{Corpus, place},
};

/// What was found while ids were given out, at the `id` of the front matter.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    let placed = |finding: &Finding| match corpus.of_path(&finding.path) {
        Some(checked) => place::at_value(checked, "id", &checked.article.id, finding.clone()),
        None => finding.clone(),
    };
    corpus.id_findings().iter().map(placed).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::rules::testing::{checked, findings};

    #[test]
    fn the_second_article_with_an_id_is_an_error_at_its_id() {
        let mut second = checked("b.md", "---\ntitle: b\nid: a\n---\n");
        second.article.id = "a".to_owned();
        let found = findings(super::find, &[second, checked("a.md", "")]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].path.as_str(), found[0].line), ("b.md", Some(3)));
        assert!(found[0].message.contains("a.md"), "{}", found[0].message);
    }
}
