//! Articles that can only be searched for.

use std::collections::HashSet;

use crate::{
    article::{Finding, Level, Status},
    check::{Checked, Corpus, Target, place},
};

/// Articles that no other one links to. Retired ones are meant to be left alone.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    let linked: HashSet<_> =
        corpus.articles().iter().flat_map(|from| targets(corpus, from)).collect();
    let is_orphan = |checked: &&Checked| {
        let article = &checked.article;
        article.meta.status != Status::Retired && !linked.contains(article.path.as_str())
    };
    corpus.sound().filter(is_orphan).map(finding).collect()
}

/// The paths of the other articles that `from` leads to.
fn targets<'a>(corpus: &'a Corpus<'_>, from: &'a Checked) -> impl Iterator<Item = &'a str> {
    let meta = &from.article.meta;
    let ids = meta.related.iter().chain(&meta.supersedes).filter_map(|id| corpus.of_id(id));
    let ids = ids.map(|to| to.article.path.as_str());
    let links = from.article.links.iter().filter(|link| !link.image);
    let links = links.filter_map(|link| match corpus.resolve(&link.path) {
        Target::Article(path) => Some(path),
        _ => None,
    });
    ids.chain(links).filter(|path| *path != from.article.path)
}

fn finding(checked: &Checked) -> Finding {
    let finding =
        Finding::new(&checked.article.path, "orphan", Level::Info, "没有任何文章链接到这一篇")
            .hint("在相近文章的 related 或“不是这篇”里加上它");
    place::at_field(checked, "id", finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    #[test]
    fn a_link_a_relation_or_a_succession_is_enough() {
        let articles = [
            parsed(
                "a.md",
                "---\nid: a\nrelated: [b]\nsupersedes: [c]\n---\n[乙](sub/d.md) [自](a.md)\n",
            ),
            parsed("b.md", "# 乙\n"),
            parsed("c.md", "# 丙\n"),
            parsed("sub/d.md", "# 丁\n"),
            parsed("e.md", "---\nid: e\nstatus: retired\n---\n"),
            parsed("f.md", "# 己\n"),
        ];
        let found = findings(find, &articles);
        let found: Vec<_> = found.iter().map(|f| (f.path.as_str(), f.line.unwrap())).collect();
        assert_eq!(found, [("a.md", 2), ("f.md", 1)]);
    }
}
