//! Each thing that callers say belongs to one article.

use std::collections::{BTreeMap, HashMap};

use super::similar::{Title, similar};
use crate::{
    analysis::{folded_string, is_searchable},
    article::{Finding, Level, Status},
    check::{Checked, Corpus, place},
};

/// Titles and aliases that another article has too, and titles that hardly differ. Retired
/// articles may keep the names of those that replaced them; codes may be shared.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    let served = |checked: &&Checked| checked.article.meta.status != Status::Retired;
    let articles: Vec<_> = corpus.sound().filter(served).collect();
    let names = names(&articles);
    let mut findings: Vec<_> = names.values().flat_map(|claims| shared(claims)).collect();
    findings.extend(alike(&articles));
    findings
}

/// A title or alias of an article.
#[derive(Clone, Copy)]
struct Claim<'a> {
    checked: &'a Checked,
    name: &'a str,
    is_title: bool,
}

/// Who claims each folded name, each article once, titles first.
fn names<'a>(articles: &[&'a Checked]) -> BTreeMap<String, Vec<Claim<'a>>> {
    let mut names: BTreeMap<String, Vec<Claim<'a>>> = BTreeMap::new();
    for checked in articles.iter().copied() {
        let article = &checked.article;
        let title = Claim { checked, name: &article.title, is_title: true };
        let aliases = article.meta.aliases.iter();
        let aliases = aliases.map(|alias| Claim { checked, name: alias, is_title: false });
        for claim in [title].into_iter().chain(aliases) {
            let claims = names.entry(folded(claim.name)).or_default();
            // Claims come article by article.
            if claims.last().is_none_or(|last| last.checked.article.path != article.path) {
                claims.push(claim);
            }
        }
    }
    names.remove("");
    names
}

/// What is compared: letters, digits and Chinese characters, without width, case and script.
fn folded(name: &str) -> String {
    folded_string(name).chars().filter(|c| is_searchable(*c)).collect()
}

/// One finding for each article that claims the name, if there are several.
fn shared<'a>(claims: &'a [Claim<'a>]) -> impl Iterator<Item = Finding> + 'a {
    let n_others = claims.len().saturating_sub(1);
    let others = claims.iter().filter(move |_| n_others > 0).enumerate();
    others.filter_map(move |(at, claim)| {
        let other = claims.get(usize::from(at == 0))?;
        let what = if claim.is_title { "标题" } else { "别称" };
        let whose = if other.is_title { "标题" } else { "别称" };
        let more = if n_others > 1 { format!("等 {n_others} 篇") } else { String::new() };
        let path = &other.checked.article.path;
        let message = format!("{what}“{}”与 {path} {more}的{whose}相同", claim.name);
        Some(finding(*claim, message))
    })
}

/// Titles that hardly differ from that of one other article.
fn alike(articles: &[&Checked]) -> Vec<Finding> {
    // Equal titles are one title here: they have their own finding.
    let mut owners: HashMap<String, &Checked> = HashMap::new();
    for checked in articles {
        owners.entry(folded(&checked.article.title)).or_insert(checked);
    }
    let mut titles: Vec<_> = owners.keys().map(|title| Title::new(title)).collect();
    titles.sort_by(|a, b| a.text.cmp(b.text));
    let pairs = similar(&titles);
    let both = pairs.into_iter().flat_map(|(a, b)| [(a, b), (b, a)]);
    let one_each: BTreeMap<_, _> = both.collect();
    let found = one_each.into_iter().filter_map(|(own, other)| {
        let (checked, other) = (owners.get(own)?, owners.get(other)?);
        let article = &other.article;
        let message = format!("标题与 {} 的“{}”几乎一样", article.path, article.title);
        let claim = Claim { checked, name: &checked.article.title, is_title: true };
        Some(finding(claim, message))
    });
    found.collect()
}

fn finding(claim: Claim<'_>, message: String) -> Finding {
    let checked = claim.checked;
    let finding = Finding::new(&checked.article.path, "duplicate-title", Level::Warning, message)
        .hint("一个说法只归一篇：换个说法，或把两篇合并");
    if claim.is_title {
        place::at_title(checked, finding)
    } else {
        place::at_value(checked, "aliases", claim.name, finding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    fn article(path: &str, title: &str, aliases: &str, status: &str) -> Checked {
        let text = format!("---\ntitle: {title}\naliases: [{aliases}]\nstatus: {status}\n---\n");
        parsed(path, &text)
    }

    #[test]
    fn equal_names_are_compared_folded_and_shown_on_both_sides() {
        let articles = [
            article("a.md", "上不了网", "断网, 网页打不开", "published"),
            article("b.md", "打印机卡纸", "斷 網！", "draft"),
            article("c.md", "网页打不开", "网页打不开", "published"),
            article("d.md", "断网", "", "retired"),
            article("e.md", "？！", "", "published"),
        ];
        let found = findings(find, &articles);
        let found: Vec<_> =
            found.iter().map(|f| (f.path.as_str(), f.line.unwrap(), f.message.as_str())).collect();
        assert_eq!(
            found,
            [
                ("a.md", 3, "别称“断网”与 b.md 的别称相同"),
                ("a.md", 3, "别称“网页打不开”与 c.md 的标题相同"),
                ("b.md", 3, "别称“斷 網！”与 a.md 的别称相同"),
                ("c.md", 2, "标题“网页打不开”与 a.md 的别称相同"),
            ]
        );
    }

    #[test]
    fn titles_that_hardly_differ_are_shown_once_each() {
        let articles = [
            article("a.md", "电脑突然开不了机", "", "published"),
            article("b.md", "电脑突然开不了机了", "", "published"),
            article("c.md", "打印机打不出来", "", "published"),
        ];
        let found = findings(find, &articles);
        let found: Vec<_> = found.iter().map(|f| (f.path.as_str(), f.message.as_str())).collect();
        assert_eq!(
            found,
            [
                ("a.md", "标题与 b.md 的“电脑突然开不了机了”几乎一样"),
                ("b.md", "标题与 a.md 的“电脑突然开不了机”几乎一样"),
            ]
        );
    }
}
