//! Wiki links work here and in Obsidian, but nowhere else Markdown is read.

use std::collections::HashSet;

use crate::{
    article::{Finding, Level, Link},
    check::{Corpus, Target, corpus::stem},
};

/// Name of the rule.
const RULE: &str = "wiki-link";

/// Wiki links that lead to an article. Those that lead nowhere are broken links like any other.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for checked in corpus.articles() {
        let places = Places::of(&checked.source);
        for link in checked.article.links.iter().filter(|link| !link.image) {
            if let Some(path) = destination(corpus, &places, link) {
                findings.push(finding(&checked.article.path, link, path));
            }
        }
    }
    findings
}

/// The path of the article that a wiki link leads to. Case does not matter, as in Obsidian.
pub(super) fn destination<'c>(
    corpus: &'c Corpus<'_>,
    places: &Places,
    link: &Link,
) -> Option<&'c str> {
    if !places.0.contains(&(link.line, link.column)) {
        return None;
    }
    match corpus.resolve(&link.path) {
        Target::Article(path) => Some(path),
        Target::Ambiguous(_) => None,
        Target::Missing => corpus.only_of_stem(stem(&link.path)),
    }
}

/// Lines and columns at which links are written with two brackets, noted in one walk over the
/// source: an article may have a hundred thousand links.
pub(super) struct Places(HashSet<(u32, u32)>);

impl Places {
    /// The places in a source.
    pub(super) fn of(source: &str) -> Self {
        let lines = (1..).zip(source.lines()).filter(|(_, line)| line.contains("[["));
        Self(lines.flat_map(|(number, line)| columns(line).map(move |at| (number, at))).collect())
    }
}

/// The columns of `[[`, and of `!` in front of it.
fn columns(line: &str) -> impl Iterator<Item = u32> {
    let mut before = [' ', ' '];
    (0..).zip(line.chars()).flat_map(move |(at, c)| {
        let [first, second] = before;
        before = [second, c];
        let begins = second == '[' && c == '[';
        // Columns count from 1, so that `at` is the one of the character before.
        let link = begins.then_some(at);
        link.into_iter().chain(link.filter(|_| first == '!').map(|at| at - 1))
    })
}

fn finding(from: &str, link: &Link, path: &str) -> Finding {
    let name = stem(&link.path);
    let fragment = link.fragment.as_ref().map(|f| format!("#{f}")).unwrap_or_default();
    let url = format!("{}{fragment}", relative(from, path));
    // Spaces and parentheses end a plain address.
    let url = if url.contains([' ', '(', ')']) { format!("<{url}>") } else { url };
    Finding::new(from, RULE, Level::Info, format!("[[{name}]] 只有部分软件认得"))
        .at(link.line, link.column)
        .hint(format!("改成普通链接 [{name}]({url})"))
}

/// The path `to` as seen from the folder of `from`.
fn relative(from: &str, to: &str) -> String {
    let folders: Vec<_> = from.split('/').collect();
    let folders = folders.split_last().map_or(&[][..], |(_, folders)| folders);
    let parts: Vec<_> = to.split('/').collect();
    let n_shared = folders.iter().zip(&parts).take_while(|(a, b)| a == b).count();
    let up = folders.iter().skip(n_shared).map(|_| "..");
    up.chain(parts.iter().skip(n_shared).copied()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{checked, findings};

    #[test]
    fn a_wiki_link_is_told_how_to_be_a_plain_one() {
        let source = "看 [[vpn 慢#重连]] 和 [普通](b.md)\n![[b]] [[没有]]\n";
        let mut from = checked("网络/a.md", source);
        let links = [
            ("vpn 慢.md", Some("重连"), 1, 3),
            ("b.md", None, 1, 17),
            ("b.md", None, 2, 1),
            ("没有.md", None, 2, 8),
        ];
        for (path, fragment, line, column) in links {
            let (path, fragment) = (path.to_owned(), fragment.map(str::to_owned));
            from.article.links.push(Link { path, fragment, image: false, line, column });
        }
        let articles = [from, checked("网络/组/VPN 慢.md", ""), checked("b.md", "")];
        let found = findings(find, &articles);
        let found: Vec<_> =
            found.iter().map(|f| (f.line, f.column, f.hint.as_deref().unwrap())).collect();
        let expected = [
            (Some(1), Some(3), "改成普通链接 [vpn 慢](<组/VPN 慢.md#重连>)"),
            (Some(2), Some(1), "改成普通链接 [b](../b.md)"),
        ];
        assert_eq!(found, expected);
    }
}
