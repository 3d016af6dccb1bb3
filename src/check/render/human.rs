//! For people: each finding with the line it is about.

use annotate_snippets::{AnnotationKind, Group, Level as Mark, Origin, Renderer, Snippet};

use super::shown_path;
use crate::{
    article::{Finding, Level},
    check::{Mend, Report},
};

/// Longest line, in characters, that is quoted.
const MAX_QUOTED_CHARS: usize = 400;

/// All findings with the place underlined, and the summary as the last line. `color` adds ANSI
/// sequences; without it there are none, whatever the articles contain.
#[must_use]
pub fn render(report: &Report, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut text: String = report.mended.iter().map(|mend| mended(report, mend)).collect();
    for finding in &report.findings {
        text.push_str(&one(report, finding, &renderer));
        text.push_str("\n\n");
    }
    text.push_str(&report.summary().to_string());
    text.push('\n');
    text
}

/// What was mended in a file, ending with an empty line.
fn mended(report: &Report, mend: &Mend) -> String {
    let path = printable(&shown_path(report, &mend.path));
    let head = match &mend.left {
        None => format!("已修正 {path}"),
        Some(reason) => format!("没有修正 {path}（{reason}），本来可以"),
    };
    let changes: String = mend.changes.iter().map(|change| format!("  - {change}\n")).collect();
    format!("{head}：\n{changes}\n")
}

fn one(report: &Report, finding: &Finding, renderer: &Renderer) -> String {
    let path = printable(&shown_path(report, &finding.path));
    let mark = match finding.level {
        Level::Error => Mark::ERROR.with_name("错误"),
        Level::Warning => Mark::WARNING.with_name("警告"),
        Level::Info => Mark::INFO.with_name("提示"),
    };
    let title = mark.primary_title(printable(&finding.message)).id(printable(&finding.rule));
    let group = match quote(report, finding) {
        Some((line, start, end)) => {
            let place = AnnotationKind::Primary.span(start..end);
            let first = finding.line.unwrap_or(1) as usize;
            title.element(Snippet::source(line).line_start(first).path(path).annotation(place))
        }
        None => title.element(origin(path, finding)),
    };
    renderer.render(&[with_hint(group, finding)])
}

fn with_hint<'a>(group: Group<'a>, finding: &Finding) -> Group<'a> {
    match &finding.hint {
        Some(hint) => group.element(Mark::HELP.with_name("建议").message(printable(hint))),
        None => group,
    }
}

fn origin(path: String, finding: &Finding) -> Origin<'static> {
    let origin = Origin::path(path);
    match (finding.line, finding.column) {
        (Some(line), Some(column)) => origin.line(line as usize).char_column(column as usize),
        (Some(line), None) => origin.line(line as usize),
        _ => origin,
    }
}

/// The line of the finding, and from where to where in bytes it is underlined.
fn quote(report: &Report, finding: &Finding) -> Option<(String, usize, usize)> {
    let number = finding.line?.checked_sub(1)?;
    let line = report.sources.get(&finding.path)?.lines().nth(number as usize)?;
    if line.chars().count() > MAX_QUOTED_CHARS {
        return None;
    }
    let line = printable(line);
    let (start, end) = match finding.column {
        Some(column) => word_at(&line, column.saturating_sub(1) as usize),
        None => (line.len() - line.trim_start().len(), line.trim_end().len()),
    };
    Some((line, start, end.max(start)))
}

/// The bytes of what begins at this character: a whole link, or a word up to a space or the mark
/// that ends a value; never nothing unless the line ends there.
fn word_at(line: &str, n_before: usize) -> (usize, usize) {
    let mut rest = line.char_indices().skip(n_before);
    let Some((start, first)) = rest.next() else { return (line.len(), line.len()) };
    let is_link = matches!(first, '[' | '!');
    let is_last = |c: char| is_link && c == ')';
    let is_after = |c: char| !is_link && (c.is_whitespace() || ",，。；)）]】}\"'|".contains(c));
    for (at, c) in rest {
        if is_after(c) {
            return (start, at);
        }
        if is_last(c) {
            return (start, at + c.len_utf8());
        }
    }
    (start, line.len())
}

/// The text with a stand-in for characters that would steer a terminal, in the same number of
/// characters.
fn printable(text: &str) -> String {
    let steers = |c: char| {
        (c.is_control() && c != '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::report::tests::report;

    const SOURCE: &str =
        "---\ntitle: 断网\nrelated: [网络不通, gone]\n---\n先看[这篇](gone.md)，再重启\n";

    fn warning(message: &str) -> Finding {
        Finding::new("a.md", "broken-link", Level::Warning, message)
    }

    #[test]
    fn the_place_is_underlined_below_wide_characters() {
        let findings = vec![
            warning("related 里的“gone”不是任何文章的 id").at(3, 17).hint("改成已有文章的 id"),
            warning("链接指向的文章不存在").at(5, 3),
        ];
        insta::assert_snapshot!(render(&report(SOURCE, findings), false), @r"
        警告[broken-link]: related 里的“gone”不是任何文章的 id
         --> kb/a.md:3:17
          |
        3 | related: [网络不通, gone]
          |                     ^^^^
          |
          = 建议: 改成已有文章的 id

        警告[broken-link]: 链接指向的文章不存在
         --> kb/a.md:5:3
          |
        5 | 先看[这篇](gone.md)，再重启
          |     ^^^^^^^^^^^^^^^

        共 1 篇文章：0 个错误、2 个警告、0 个提示
        ");
    }

    #[test]
    fn what_was_mended_is_listed_by_file() {
        let mend = |left| Mend { path: "a.md".to_owned(), changes: vec!["甲".to_owned()], left };
        let mut report = report("", vec![]);
        report.mended = vec![mend(None), mend(Some("文件刚被改过，没有动".to_owned()))];
        insta::assert_snapshot!(render(&report, false), @r"
        已修正 kb/a.md：
          - 甲

        没有修正 kb/a.md（文件刚被改过，没有动），本来可以：
          - 甲

        共 1 篇文章：0 个错误、0 个警告、0 个提示
        ");
    }

    #[test]
    fn a_finding_without_a_place_names_its_file() {
        let finding = Finding::new("a.md", "encoding", Level::Error, "文件编码无法识别");
        insta::assert_snapshot!(render(&report("", vec![finding]), false), @r"
        错误[encoding]: 文件编码无法识别
        --> kb/a.md

        共 1 篇文章：1 个错误、0 个警告、0 个提示
        ");
    }

    #[test]
    fn colour_comes_only_when_asked_for() {
        let finding = Finding::new("a.md", "x", Level::Info, "\u{1b}[31m\u{202e}红").at(1, 1);
        let report = report("\u{1b}[31m\u{9b}31m", vec![finding]);
        assert!(!render(&report, false).contains(['\u{1b}', '\u{9b}', '\u{202e}']));
        assert!(render(&report, true).contains('\u{1b}'));
    }

    #[test]
    fn a_line_too_long_to_quote_still_has_its_place() {
        let text = render(&report(&"长".repeat(100_000), vec![warning("x").at(1, 90_000)]), false);
        assert!(text.contains("kb/a.md:1:90000"), "{text}");
        assert!(text.len() < 200);
    }

    proptest::proptest! {
        #[test]
        fn any_place_in_any_text_can_be_shown(
            source in "(\\PC|[ \t\n\r\u{0}\u{301}\u{200d}]){0,60}", line in 0u32..6, column in 0u32..40
        ) {
            let text = render(&report(&source, vec![warning("x").at(line, column)]), false);
            assert!(text.contains("broken-link") && text.contains("kb/a.md"));
        }
    }
}
