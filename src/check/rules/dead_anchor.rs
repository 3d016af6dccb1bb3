//! A link to a heading must find it.

use std::collections::{HashMap, HashSet};

use crate::{
    article::{Finding, Level, Link, anchor},
    check::{Checked, Corpus, Target},
};

type Anchors<'a> = HashMap<&'a str, HashSet<&'a str>>;

/// Links with a fragment that no heading of their target has, made as the page makes it.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    let anchors = corpus.sound().map(|checked| (&*checked.article.path, of_headings(checked)));
    let anchors: Anchors<'_> = anchors.collect();
    let of_article = |checked| same_page(&anchors, checked).chain(links(corpus, &anchors, checked));
    corpus.sound().flat_map(of_article).collect()
}

fn of_headings(checked: &Checked) -> HashSet<&str> {
    checked.layout.headings.iter().map(|heading| heading.anchor.as_str()).collect()
}

fn same_page<'a>(
    anchors: &'a Anchors<'_>,
    from: &'a Checked,
) -> impl Iterator<Item = Finding> + 'a {
    let path = &from.article.path;
    let links = from.layout.same_page.iter();
    links
        .filter(|link| is_dead(anchors, path, &link.fragment))
        .map(move |link| finding(from, &link.fragment, path).at(link.place.line, link.place.column))
}

fn links<'a>(
    corpus: &'a Corpus<'_>,
    anchors: &'a Anchors<'_>,
    from: &'a Checked,
) -> impl Iterator<Item = Finding> + 'a {
    from.article.links.iter().filter(|link| !link.image).filter_map(move |link: &Link| {
        let fragment = link.fragment.as_deref()?;
        let Target::Article(path) = corpus.resolve(&link.path) else { return None };
        let finding = || finding(from, fragment, path).at(link.line, link.column);
        is_dead(anchors, path, fragment).then(finding)
    })
}

/// Of a file that does not parse no headings are known, so nothing is missing there.
fn is_dead(anchors: &Anchors<'_>, path: &str, fragment: &str) -> bool {
    anchors.get(path).is_some_and(|known| !known.contains(anchor(fragment).as_str()))
}

fn finding(from: &Checked, fragment: &str, path: &str) -> Finding {
    let place = if path == from.article.path { "本文" } else { path };
    let message = format!("链接跳不到地方：没有“{fragment}”这个标题（{place}）");
    Finding::new(&from.article.path, "dead-anchor", Level::Error, message)
        .hint("# 后面照抄标题的文字，空格写成 -，标点去掉；或去掉 # 和后面的部分")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    #[test]
    fn a_fragment_must_be_a_heading_of_its_target() {
        let a = parsed(
            "a.md",
            "# 甲\n\n[1](#应急策略) [2](#没有) [3](b.md#s-现象) [4](b.md#gone) [5](x.pdf#p1)\n\
             [6](broken.md#x) [7](gone.md#x) [8](b.md#dns-设置)\n\n## 应急策略\n",
        );
        let b = parsed("b.md", "# 乙\n\n## 现象\n\n> ##### DNS 设置\n");
        let broken = parsed("broken.md", "---\ntitle: [\n---\n## 现象\n");
        let found = findings(find, &[a, b, broken]);
        let found: Vec<_> = found
            .iter()
            .map(|finding| (finding.line, finding.column, finding.message.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (Some(3), Some(12), "链接跳不到地方：没有“没有”这个标题（本文）"),
                (Some(3), Some(36), "链接跳不到地方：没有“gone”这个标题（b.md）"),
            ]
        );
    }
}
