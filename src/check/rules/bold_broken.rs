//! Text that was meant to be bold and is not.

use crate::{
    article::{Finding, Level},
    check::{Checked, Corpus},
};

/// Stars that are left in the rendered text.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus.sound().flat_map(of_article).collect()
}

fn of_article(checked: &Checked) -> impl Iterator<Item = Finding> {
    let hint = "收尾的 ** 前面不要是标点：把标点移到 ** 外面，或在收尾后空一格；\
                本来就要写星号的放进 ` `";
    checked.layout.loose_stars.iter().map(move |place| {
        let message = "加粗没有生效，页面上会露出 **";
        Finding::new(&checked.article.path, "bold-broken", Level::Warning, message)
            .at(place.line, place.column)
            .hint(hint)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    #[test]
    fn stars_in_the_text_are_shown_at_their_place() {
        let text = "# 题\n\n**危险：** 好\n\n先**停手。**再看\n";
        let found = findings(find, &[parsed("a.md", text)]);
        let found: Vec<_> = found.iter().map(|f| (f.line, f.column)).collect();
        assert_eq!(found, [(Some(5), Some(2))]);
    }
}
