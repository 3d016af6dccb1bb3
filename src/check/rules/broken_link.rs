//! Links must lead to an article.

use super::wiki_link;
use crate::{
    article::{Article, DeadEnd, Finding, Level, Link},
    check::{Checked, Corpus, Target, place},
};

/// Links, `related` and `supersedes` that lead nowhere.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    let of_article =
        |checked| links(corpus, checked).chain(ids(corpus, checked)).chain(outside(checked));
    corpus.sound().flat_map(of_article).collect()
}

/// Links out of the folder, and those no page may have: `file:` and the like, or far too long.
fn outside(checked: &Checked) -> impl Iterator<Item = Finding> + '_ {
    checked.layout.dead_ends.iter().filter(|end| !end.image).map(|end| {
        let (message, hint) = explained(end);
        Finding::new(&checked.article.path, "broken-link", Level::Error, message)
            .at(end.place.line, end.place.column)
            .hint(hint)
    })
}

fn explained(end: &DeadEnd) -> (String, &'static str) {
    if end.is_too_long {
        let message = "链接太长（超过 8 KiB），在页面上打不开".to_owned();
        return (message, "换成短一些的地址");
    }
    let message = match end.destination.as_str() {
        "" => "链接没有写目标".to_owned(),
        destination => format!("链接“{destination}”在页面上打不开"),
    };
    (message, "写到另一篇文章的相对路径或 https 地址；共享路径放进 ` `")
}

fn links<'a>(corpus: &'a Corpus<'_>, checked: &'a Checked) -> impl Iterator<Item = Finding> + 'a {
    let article = &checked.article;
    let is_to_article = |link: &&Link| {
        let extension = link.path.rsplit_once('.').map(|(_, extension)| extension);
        !link.image && extension.is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
    };
    let places = wiki_link::Places::of(&checked.source);
    let leads = move |link: &Link| wiki_link::destination(corpus, &places, link).is_some();
    let links = article.links.iter().filter(is_to_article).filter(move |link| !leads(link));
    links.filter_map(|link| broken(corpus, article, link))
}

fn broken(corpus: &Corpus<'_>, article: &Article, link: &Link) -> Option<Finding> {
    let (message, hint) = match corpus.resolve(&link.path) {
        Target::Article(_) => return None,
        Target::Missing => {
            (format!("链接指向的文章 {} 不存在", link.path), "改成已有文章的路径，或去掉链接")
        }
        Target::Ambiguous(paths) => (
            format!("{} 不存在，同名的文章有多篇：{}", link.path, paths.join("、")),
            "写出到其中一篇的完整相对路径",
        ),
    };
    let finding = Finding::new(&article.path, "broken-link", Level::Error, message);
    Some(finding.at(link.line, link.column).hint(hint))
}

fn ids<'a>(corpus: &'a Corpus<'_>, checked: &'a Checked) -> impl Iterator<Item = Finding> + 'a {
    let meta = &checked.article.meta;
    let related = meta.related.iter().map(|id| ("related", id));
    let supersedes = meta.supersedes.iter().map(|id| ("supersedes", id));
    related
        .chain(supersedes)
        .filter(|(_, id)| !corpus.has_id(id))
        .map(|(field, id)| unknown_id(checked, field, id))
}

fn unknown_id(checked: &Checked, field: &str, id: &str) -> Finding {
    let message = format!("{field} 里的“{id}”不是任何文章的 id");
    let finding = Finding::new(&checked.article.path, "broken-link", Level::Error, message)
        .hint("改成已有文章的 id，或去掉它");
    place::at_value(checked, field, id, finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{checked, findings, parsed};

    fn linking(path: &str, targets: &[&str]) -> Checked {
        let mut from = checked(path, "");
        for (line, target) in (1..).zip(targets) {
            let path = (*target).to_owned();
            from.article.links.push(Link { path, fragment: None, image: false, line, column: 5 });
        }
        from
    }

    #[test]
    fn a_link_leads_to_its_path_or_else_to_the_only_file_of_that_name() {
        let targets =
            ["a.md", "网络/b.md", "moved/b.md", "gone.md", "overview.md", "x.pdf", "A.md"];
        let articles = [
            linking("a.md", &targets),
            checked("网络/b.md", ""),
            checked("x/overview.md", ""),
            checked("y/overview.md", ""),
        ];
        let found = findings(find, &articles);
        let found: Vec<_> = found
            .iter()
            .map(|finding| {
                (finding.line.unwrap(), finding.column.unwrap(), finding.message.as_str())
            })
            .collect();
        assert_eq!(
            found,
            [
                (4, 5, "链接指向的文章 gone.md 不存在"),
                (5, 5, "overview.md 不存在，同名的文章有多篇：x/overview.md、y/overview.md"),
                (7, 5, "链接指向的文章 A.md 不存在"),
            ]
        );
    }

    #[test]
    fn links_out_of_the_folder_are_broken() {
        let text =
            "# 题\n\n[甲](../b.md) [乙]() [丙](file:///c) [丁](https://e.cn) ![](../d.png)\n";
        let found = findings(find, &[parsed("a.md", text)]);
        let columns: Vec<_> = found.iter().map(|finding| finding.column.unwrap()).collect();
        assert_eq!(columns, [1, 14, 20]);
    }

    #[test]
    fn a_link_that_no_server_would_take_is_broken() {
        let text = format!("# 题\n\n[甲](https://example.com/{})\n", "a".repeat(9_000));
        let found = findings(find, &[parsed("a.md", &text)]);
        assert_eq!((found.len(), found[0].line), (1, Some(3)));
        assert!(found[0].message.starts_with("链接太长"), "{found:?}");
    }

    #[test]
    fn images_are_no_links_to_articles() {
        let mut article = linking("a.md", &["gone.md"]);
        article.article.links[0].image = true;
        assert_eq!(findings(find, &[article]), []);
    }

    #[test]
    fn related_and_superseded_ids_must_be_served() {
        let mut a = checked("a.md", "---\nid: a\nrelated: [b, gone]\nsupersedes:\n  - old\n---\n");
        a.article.meta.related = vec!["b".to_owned(), "gone".to_owned()];
        a.article.meta.supersedes = vec!["old".to_owned()];
        let found = findings(find, &[a, checked("b.md", "")]);
        let found: Vec<_> = found
            .iter()
            .map(|finding| (finding.line, finding.column, finding.message.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (Some(3), Some(14), "related 里的“gone”不是任何文章的 id"),
                (Some(5), Some(5), "supersedes 里的“old”不是任何文章的 id"),
            ]
        );
    }
}
