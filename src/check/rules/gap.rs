//! What a generated article leaves to its author.

use crate::{
    article::{Finding, Level, Status},
    check::{
        Checked, Corpus,
        lines::{column, lines},
        place::front_matter,
    },
};

/// What a mark begins with; it is `【待补：…】`.
const MARK: &str = "【待补";

/// Most marks that are shown of one line: to place each, the line is counted from its start.
const MAX_A_LINE: usize = 16;

/// Marks that were not filled in. Comments of the front matter are no text.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus.sound().flat_map(of_article).collect()
}

fn of_article(checked: &Checked) -> impl Iterator<Item = Finding> {
    let last_of_front = front_matter(&checked.source).last().map_or(0, |(number, _)| number);
    let lines = lines(&checked.source).filter(move |(number, line)| {
        *number > last_of_front || !line.trim_start().starts_with('#')
    });
    lines.flat_map(move |(number, line)| {
        marks(line).take(MAX_A_LINE).map(move |at| finding(checked, number, line, at))
    })
}

/// Where the marks of a line begin, in bytes.
fn marks(line: &str) -> impl Iterator<Item = usize> {
    line.match_indices(MARK).map(|(at, _)| at).filter(|at| {
        let behind = line.get(at + MARK.len()..).unwrap_or_default();
        behind.trim_start().starts_with(['：', ':', '】'])
    })
}

fn finding(checked: &Checked, number: u32, line: &str, at: usize) -> Finding {
    let is_draft = checked.article.meta.status == Status::Draft;
    let level = if is_draft { Level::Warning } else { Level::Error };
    let rest = line.get(at..).unwrap_or_default();
    let mark = rest.split_inclusive('】').next().unwrap_or(rest);
    let shown: String = mark.chars().take(40).collect();
    Finding::new(&checked.article.path, "gap", level, format!("还有没补的内容：{shown}"))
        .at(number, column(line, at))
        .hint("把整个【待补：…】换成真实内容；用不上就整句删掉")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    #[test]
    fn marks_are_found_everywhere_but_in_comments_and_placeholders_are_none() {
        let text = "---\nid: a\n# 【待补：注释】\nsummary: 先【待补：第一件事】再看\n---\n\
                    甲【待补: 乙】丙【待补】\n【工单号】【待补充材料】\n\n```text\n【待补：邮件】\n```\n";
        let places = |text: &str| -> Vec<_> {
            let found = findings(find, &[parsed("a.md", text)]);
            found.iter().map(|f| (f.line.unwrap(), f.column.unwrap(), f.level)).collect()
        };
        let error = Level::Error;
        assert_eq!(places(text), [(4, 11, error), (6, 2, error), (6, 10, error), (10, 1, error)]);
        let draft = text.replace("id: a", "status: draft");
        assert!(places(&draft).iter().all(|(.., level)| *level == Level::Warning));
    }
}
