//! Fields that are too long to be read at a glance.

use crate::{
    article::{
        Finding, Level, MAX_ALIAS_CHARS, MAX_ALIASES, MAX_RELATED, MAX_SUMMARY_CHARS, MAX_SYSTEMS,
        MAX_TITLE_CHARS,
    },
    check::{Checked, Corpus, place},
};

/// Titles, summaries and aliases that are too long, and lists of too many items.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus
        .sound()
        .flat_map(|checked| texts(checked).chain(aliases(checked)).chain(lists(checked)))
        .collect()
}

fn texts(checked: &Checked) -> impl Iterator<Item = Finding> {
    let article = &checked.article;
    let title = too_long(&article.title, MAX_TITLE_CHARS).map(|n| {
        let message = format!("标题有 {n} 个字，超过 {MAX_TITLE_CHARS} 个");
        place::at_title(checked, finding(checked, message, "只留来电人会说的那一句，其余移到别称"))
    });
    let summary = article.meta.summary.as_deref();
    let summary = summary.and_then(|text| too_long(text, MAX_SUMMARY_CHARS)).map(|n| {
        let message = format!("summary 有 {n} 个字，超过 {MAX_SUMMARY_CHARS} 个");
        place::at_field(checked, "summary", finding(checked, message, "只写第一件要做的事"))
    });
    title.into_iter().chain(summary)
}

fn aliases(checked: &Checked) -> impl Iterator<Item = Finding> {
    checked.article.meta.aliases.iter().filter_map(|alias| {
        let n = too_long(alias, MAX_ALIAS_CHARS)?;
        let message = format!("别称有 {n} 个字，超过 {MAX_ALIAS_CHARS} 个");
        let finding = finding(checked, message, "拆成几个短的说法");
        Some(place::at_value(checked, "aliases", alias, finding))
    })
}

fn lists(checked: &Checked) -> impl Iterator<Item = Finding> {
    let meta = &checked.article.meta;
    let lists = [
        ("aliases", meta.aliases.len(), MAX_ALIASES),
        ("related", meta.related.len(), MAX_RELATED),
        ("systems", meta.systems.len(), MAX_SYSTEMS),
    ];
    lists.into_iter().filter(|(_, n, most)| n > most).map(|(field, n, most)| {
        let message = format!("{field} 有 {n} 项，超过 {most} 项");
        place::at_field(checked, field, finding(checked, message, "只留最要紧的几项"))
    })
}

/// The number of characters, if it is above `most`.
fn too_long(text: &str, most: usize) -> Option<usize> {
    Some(text.chars().count()).filter(|n| *n > most)
}

fn finding(checked: &Checked, message: String, hint: &str) -> Finding {
    Finding::new(&checked.article.path, "title-length", Level::Warning, message).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    fn found(title: usize, summary: usize, alias: usize, n: usize) -> Vec<(u32, String)> {
        let text = |n| "字".repeat(n);
        let list = |n| (0..n).map(|i| format!("x{i}")).collect::<Vec<_>>().join(", ");
        let source = format!(
            "---\ntitle: {}\nsummary: {}\naliases: [{}]\nrelated: [{}]\n---\n",
            text(title),
            text(summary),
            text(alias),
            list(n)
        );
        let found = findings(find, &[parsed("a.md", &source)]);
        found.into_iter().map(|finding| (finding.line.unwrap(), finding.message)).collect()
    }

    #[test]
    fn the_longest_that_is_allowed_is_fine_and_one_more_is_not() {
        assert_eq!(found(32, 80, 24, 8), []);
        let lines: Vec<_> = found(33, 81, 25, 9).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [2, 3, 4, 5]);
        assert_eq!(found(33, 1, 1, 1), [(2, "标题有 33 个字，超过 32 个".to_owned())]);
    }

    #[test]
    fn a_title_that_is_a_heading_is_measured_there() {
        let found = findings(find, &[parsed("a.md", &format!("文\n\n# {}\n", "字".repeat(33)))]);
        assert_eq!((found.len(), found[0].line), (1, Some(3)));
    }
}
