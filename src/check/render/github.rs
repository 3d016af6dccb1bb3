//! Workflow commands, which GitHub shows beside the changed lines.
//!
//! Source: GitHub Docs, Workflow commands for GitHub Actions; the escapes are those of
//! actions/toolkit, packages/core/src/command.ts.

use std::fmt::Write;

use super::shown_path;
use crate::{
    article::{Finding, Level},
    check::{Mend, Report},
};

/// One line per finding and the summary as the last line.
#[must_use]
pub fn render(report: &Report) -> String {
    let mended = report.mended.iter().map(|mend| notice(report, mend));
    let findings = report.findings.iter().map(|finding| command(report, finding));
    let mut lines: Vec<_> = mended.chain(findings).collect();
    lines.push(report.summary().to_string());
    lines.join("\n") + "\n"
}

fn notice(report: &Report, mend: &Mend) -> String {
    let file = property(&shown_path(report, &mend.path));
    let changes = mend.changes.join("\n");
    let text = match &mend.left {
        None => format!("已修正：\n{changes}"),
        Some(reason) => format!("没有修正（{reason}）：\n{changes}"),
    };
    format!("::notice file={file},title=fix::{}", data(&text))
}

fn command(report: &Report, finding: &Finding) -> String {
    let name = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "notice",
    };
    let mut properties = format!("file={}", property(&shown_path(report, &finding.path)));
    for (key, value) in [("line", finding.line), ("col", finding.column)] {
        if let Some(value) = value {
            write!(properties, ",{key}={value}").expect("a string takes everything");
        }
    }
    let title = property(&finding.rule);
    let hint = finding.hint.as_ref().map(|hint| format!("\n{hint}")).unwrap_or_default();
    format!("::{name} {properties},title={title}::{}{}", data(&finding.message), data(&hint))
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value among the properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::report::tests::report;

    #[test]
    fn what_was_mended_comes_first() {
        let mend = |left| Mend { path: "a.md".to_owned(), changes: vec!["甲".to_owned()], left };
        let mut report = report("", vec![Finding::new("a.md", "x", Level::Info, "乙")]);
        report.mended = vec![mend(None), mend(Some("文件刚被改过".to_owned()))];
        let text = render(&report);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "::notice file=kb/a.md,title=fix::已修正：%0A甲");
        assert_eq!(lines[1], "::notice file=kb/a.md,title=fix::没有修正（文件刚被改过）：%0A甲");
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn nothing_in_a_finding_can_end_its_command() {
        let table = [
            (
                Finding::new("网络/a.md", "front-matter", Level::Error, "缺少 title").at(3, 5),
                "::error file=kb/网络/a.md,line=3,col=5,title=front-matter::缺少 title",
            ),
            (
                Finding::new("a,b:c%.md", "x", Level::Warning, "100%\r\n::error::x").hint("改\n写"),
                "::warning file=kb/a%2Cb%3Ac%25.md,title=x::100%25%0D%0A::error::x%0A改%0A写",
            ),
            (
                Finding::new("a.md", "orphan", Level::Info, "x"),
                "::notice file=kb/a.md,title=orphan::x",
            ),
        ];
        for (finding, expected) in table {
            let text = render(&report("", vec![finding]));
            let lines: Vec<_> = text.lines().collect();
            assert_eq!((lines.len(), lines[0]), (2, expected));
            assert!(lines[1].starts_with("共 1 篇文章"), "{text}");
        }
    }
}
