//! Each alert that articles declare leads to one of them.

use std::collections::BTreeMap;

use crate::{
    article::{AlertMatcher, Finding, Level, Status},
    check::{Checked, Corpus, place},
};

/// Published articles that declare an alert in the same words as another one: which of them would
/// be shown first is chance. Globs that only overlap are fine, the more exact one goes first.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    let served = |checked: &&Checked| checked.article.meta.status == Status::Published;
    let mut owners: BTreeMap<String, Vec<(&Checked, &AlertMatcher)>> = BTreeMap::new();
    for checked in corpus.sound().filter(served) {
        for matcher in &checked.article.meta.alerts {
            let owners = owners.entry(folded(matcher)).or_default();
            // Claims come article by article.
            if owners.last().is_none_or(|(last, _)| last.article.path != checked.article.path) {
                owners.push((checked, matcher));
            }
        }
    }
    owners.values().flat_map(|owners| shared(owners)).collect()
}

/// A declaration without its case, which does not count when alerts are compared.
fn folded(matcher: &AlertMatcher) -> String {
    let name = matcher.name.as_deref().unwrap_or_default().to_lowercase();
    let labels = matcher.labels.iter().map(|(label, value)| (label, value.to_lowercase()));
    format!("{name:?} {:?}", labels.collect::<Vec<_>>())
}

/// One finding for each article that declares it, if there are several.
fn shared<'a>(owners: &'a [(&'a Checked, &'a AlertMatcher)]) -> impl Iterator<Item = Finding> + 'a {
    let several = owners.iter().filter(|_| owners.len() > 1).enumerate();
    several.filter_map(|(at, (checked, matcher))| {
        let (other, _) = owners.get(usize::from(at == 0))?;
        Some(finding(checked, matcher, &other.article.path))
    })
}

fn finding(checked: &Checked, matcher: &AlertMatcher, other: &str) -> Finding {
    let label = matcher.labels.values().next();
    let shown = matcher.name.as_ref().or(label).map(String::as_str).unwrap_or_default();
    let message = format!("告警“{shown}”在 {other} 里也声明了，先显示哪一篇说不准");
    let finding = Finding::new(&checked.article.path, "duplicate-alert", Level::Warning, message)
        .hint("只留一篇，或用更具体的名称、标签分开");
    place::at_value(checked, "alerts", shown, finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    #[test]
    fn equal_declarations_of_published_articles_are_shown_on_both_sides() {
        let article = |path: &str, alerts: &str, status: &str| {
            parsed(path, &format!("---\ntitle: {path}\nalerts: {alerts}\nstatus: {status}\n---\n"))
        };
        let articles = [
            article("a.md", "[{name: \"Mysql*\"}, {name: \"Mysql*\"}]", "published"),
            article("b.md", "[{name: Redis}, {name: \"MySQL*\"}]", "published"),
            article("c.md", "[{name: \"Mysql*\", labels: {job: x}}]", "published"),
            article("d.md", "[{name: \"Mysql*\"}]", "draft"),
            article("e.md", "[{labels: {job: x}}]", "published"),
            article("f.md", "[{labels: {job: X}}]", "published"),
        ];
        let found = findings(find, &articles);
        let found: Vec<_> = found.iter().map(|f| (f.path.as_str(), f.line, f.column)).collect();
        assert_eq!(
            found,
            [
                ("a.md", Some(3), Some(18)),
                ("b.md", Some(3), Some(33)),
                ("e.md", Some(3), Some(25)),
                ("f.md", Some(3), Some(25)),
            ]
        );
    }
}
