//! Articles that nobody has looked at for too long.

use crate::{
    article::{Finding, Level, Status},
    check::{Checked, Corpus, place},
};

/// Published articles whose review was due before the day of the check.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    let is_overdue = |checked: &&Checked| {
        let meta = &checked.article.meta;
        meta.status == Status::Published && meta.is_stale(corpus.today())
    };
    corpus.sound().filter(is_overdue).map(finding).collect()
}

fn finding(checked: &Checked) -> Finding {
    let due = checked.article.meta.review_due();
    let due = due.map(|due| format!("，应在 {due} 之前复核")).unwrap_or_default();
    let message = format!("已过复核期{due}");
    let finding = Finding::new(&checked.article.path, "review-overdue", Level::Warning, message)
        .hint("照着走一遍，改掉过时的内容，再更新 reviewed");
    place::at_field(checked, "reviewed", finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    #[test]
    fn only_published_articles_grow_old() {
        // Checked on 2026-11-23; p1 is due after 90 days.
        let table = [
            ("published", "2026-08-25", false),
            ("published", "2026-08-24", true),
            ("draft", "2020-01-01", false),
            ("retired", "2020-01-01", false),
        ];
        for (status, reviewed, is_overdue) in table {
            let text = format!("---\nseverity: p1\nstatus: {status}\nreviewed: {reviewed}\n---\n");
            let found = findings(find, &[parsed("a.md", &text)]);
            let lines: Vec<_> = found.iter().map(|finding| finding.line).collect();
            assert_eq!(lines, vec![Some(4); usize::from(is_overdue)], "{status} {reviewed}");
        }
    }
}
