//! What is wrong with a file, as its author reads it.

use askama::Template;

use crate::article::{Finding, Level};

/// Findings that the bar shows; a file with more has one cause, and the API has all.
const MAX_SHOWN: usize = 50;

/// The bar above an article: one line, and the findings folded away below it.
#[derive(Template)]
#[template(path = "findings_bar.html")]
pub(super) struct FindingsBar<'a> {
    findings: &'a [Finding],
    n_findings: usize,
    /// Whether the page shows an older version because of a finding.
    is_broken: bool,
}

impl<'a> FindingsBar<'a> {
    /// The bar for the findings of one file; there is none without findings.
    pub(super) fn new(findings: &'a [Finding], is_broken: bool) -> Option<Self> {
        let shown = findings.get(..MAX_SHOWN).unwrap_or(findings);
        let bar = Self { findings: shown, n_findings: findings.len(), is_broken };
        (!findings.is_empty()).then_some(bar)
    }

    fn class(&self) -> &'static str {
        let has_error = self.findings.iter().any(|finding| finding.level == Level::Error);
        if has_error || self.is_broken { "error" } else { "warning" }
    }

    fn n_hidden(&self) -> usize {
        self.n_findings - self.findings.len()
    }
}

/// Line and column as a person reads them; nothing when the finding is about the whole file.
fn place(finding: &Finding) -> String {
    match (finding.line, finding.column) {
        (Some(line), Some(column)) => format!("第 {line} 行第 {column} 列"),
        (Some(line), None) => format!("第 {line} 行"),
        (None, _) => "全文".to_owned(),
    }
}

/// Chinese name of the level of a finding.
pub(super) const fn level_label(finding: &Finding) -> &'static str {
    match finding.level {
        Level::Error => "错误",
        Level::Warning => "警告",
        Level::Info => "提示",
    }
}

/// CSS class of the mark of a finding.
pub(super) const fn level_class(finding: &Finding) -> &'static str {
    match finding.level {
        Level::Error => "p1",
        Level::Warning => "p2",
        Level::Info => "p4",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(level: Level) -> Finding {
        Finding::new("a.md", "x", level, "缺少标题")
    }

    #[test]
    fn a_place_has_what_is_known() {
        let table = [
            (finding(Level::Error), "全文"),
            (finding(Level::Error).at(3, 9), "第 3 行第 9 列"),
            (Finding { line: Some(3), ..finding(Level::Error) }, "第 3 行"),
            (Finding { column: Some(3), ..finding(Level::Error) }, "全文"),
        ];
        for (finding, expected) in table {
            assert_eq!(place(&finding), expected);
        }
    }

    #[test]
    fn the_bar_is_open_when_an_older_version_is_shown() {
        let bar = |findings: &[Finding], is_broken| {
            FindingsBar::new(findings, is_broken).map(|bar| bar.render().unwrap())
        };
        assert_eq!(bar(&[], false), None);
        let folded = bar(&[finding(Level::Warning), finding(Level::Warning)], false).unwrap();
        assert!(folded.contains("本文有 2 个问题") && !folded.contains(" open"), "{folded}");
        assert!(folded.contains("bar-findings warning"), "{folded}");
        let open = bar(&[finding(Level::Error)], true).unwrap();
        assert!(open.contains(" open") && open.contains("上一个正确的版本"), "{open}");
        let many = bar(&vec![finding(Level::Error); 51], false).unwrap();
        assert!(many.contains("本文有 51 个问题") && many.contains("还有 1 条"), "{many}");
    }
}
