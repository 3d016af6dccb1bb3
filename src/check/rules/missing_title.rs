//! An article should say what it is called.

use crate::{
    article::{Finding, Level},
    check::{Checked, Corpus, corpus::stem, place},
};

/// Articles that are called like their file for want of a title and of any heading.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus.sound().filter(|checked| is_untitled(checked)).map(finding).collect()
}

fn is_untitled(checked: &Checked) -> bool {
    let article = &checked.article;
    article.title == stem(&article.path)
        && !article.sections.iter().any(|section| section.title == article.title)
        && place::of_field(&checked.source, "title").is_none()
}

fn finding(checked: &Checked) -> Finding {
    let article = &checked.article;
    let message = format!("没有标题，暂用文件名“{}”", article.title);
    Finding::new(&article.path, "missing-title", Level::Warning, message)
        .at(1, 1)
        .hint("在开头的 --- 之间写 title: 来电人的说法")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{checked, findings, section};

    #[test]
    fn only_a_title_made_from_the_file_name_is_missing() {
        let untitled = checked("sub/断网.md", "没有标题\n");
        let mut headed = checked("a.md", "# a\n");
        headed.article.sections.push(section("a"));
        let mut titled = checked("b.md", "# 断网\n");
        titled.article.title = "断网".to_owned();
        let named_alike = checked("c.md", "---\ntitle: c\n---\n");
        let found = findings(find, &[untitled, headed, titled, named_alike]);
        let paths: Vec<_> = found.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(paths, ["sub/断网.md"]);
        assert_eq!(found[0].message, "没有标题，暂用文件名“断网”");
    }
}
