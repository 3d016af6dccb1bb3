//! Sections: whole ones are moved into the order of the model.

use std::collections::BTreeSet;

use super::{Mended, Parts};
use crate::{
    article::{self, HeadingPlace, Layout, SectionKind},
    check::lines::{with_ends, without_end},
};

/// Puts the second-level sections in order, when all are known and none stands twice.
///
/// Blank lines between sections stay where they are; each section takes its text along.
pub(super) fn mend(parts: &Parts<'_>) -> Option<Mended> {
    let headings = movable(parts.layout)?;
    let mut order = headings.clone();
    order.sort_by_key(|heading| rank(heading));
    if order == headings {
        return None;
    }
    let text = moved(parts.source, &headings, &order)?;
    let titles: Vec<_> = order.iter().map(|heading| heading.title.as_str()).collect();
    let changes = vec![format!("章节按固定顺序排好：{}", titles.join("、"))];
    is_same(parts, &text).then_some(Mended { text, changes })
}

fn rank(heading: &HeadingPlace) -> Option<usize> {
    SectionKind::ORDER.iter().position(|kind| *kind == heading.kind)
}

/// The second-level headings; `None` when one is unknown or stands twice, or when a first-level
/// heading comes between them.
fn movable(layout: &Layout) -> Option<Vec<&HeadingPlace>> {
    let sections: Vec<_> = layout.headings.iter().filter(|heading| heading.is_section).collect();
    let first = sections.iter().position(|heading| heading.level == 2)?;
    let behind = sections.get(first..)?;
    let kinds: Vec<_> = behind.iter().filter(|heading| heading.level == 2).copied().collect();
    let ranks: BTreeSet<_> = kinds.iter().filter_map(|heading| rank(heading)).collect();
    let is_plain = behind.iter().all(|heading| heading.level > 1) && ranks.len() == kinds.len();
    is_plain.then_some(kinds)
}

/// The source with its sections in another order.
fn moved(source: &str, headings: &[&HeadingPlace], order: &[&HeadingPlace]) -> Option<String> {
    let lines: Vec<_> = with_ends(source).collect();
    let starts: Vec<_> = headings.iter().map(|h| h.place.line.saturating_sub(1) as usize).collect();
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let blocks: Vec<_> = starts
        .iter()
        .zip(ends)
        .map(|(start, end)| lines.get(*start..end))
        .collect::<Option<_>>()?;
    let blocks: Vec<_> = blocks.into_iter().map(|block| without_gap(&block.concat())).collect();
    let mut text =
        if source.starts_with('\u{feff}') { "\u{feff}".to_owned() } else { String::new() };
    text.push_str(&lines.get(..*starts.first()?)?.concat());
    for (heading, (_, gap)) in order.iter().zip(&blocks) {
        let at = headings.iter().position(|other| other == heading)?;
        text.push_str(&blocks.get(at)?.0);
        text.push_str(gap);
    }
    Some(text)
}

/// A section and, apart, the end of its last line with the blank lines behind it.
fn without_gap(block: &str) -> (String, String) {
    let lines: Vec<_> = with_ends(block).collect();
    let n_blank = lines.iter().rev().take_while(|line| line.trim().is_empty()).count();
    let (text, gap) = lines.split_at_checked(lines.len() - n_blank).unwrap_or_default();
    let last = text.last().copied().unwrap_or_default();
    let end = last.strip_prefix(without_end(last)).unwrap_or_default();
    let text = text.concat();
    let text = text.strip_suffix(end).unwrap_or(&text).to_owned();
    (text, format!("{end}{}", gap.concat()))
}

/// Whether every section still says what it said: a fence or comment without an end would have
/// swallowed what is behind it now.
fn is_same(parts: &Parts<'_>, text: &str) -> bool {
    let (path, title) = (parts.path, parts.title);
    let sections = |source: &str| {
        let article = article::parse(path, source).ok()?.article;
        let mut sections: Vec<_> = article
            .sections
            .into_iter()
            .map(|section| (section.kind.title(), section.level, section.title, section.text))
            .collect();
        // Stable: third-level sections of one kind keep their order.
        sections.sort_by_key(|(kind, ..)| *kind);
        Some((article.title, sections))
    };
    let is_ordered = movable(&article::layout(path, text, title))
        .is_some_and(|headings| headings.is_sorted_by_key(|heading| rank(heading)));
    is_ordered && sections(parts.source).is_some() && sections(parts.source) == sections(text)
}

#[cfg(test)]
mod tests {
    use crate::check::fix::mend;

    fn mended(text: &str) -> String {
        mend("a.md", text).map_or_else(|| text.to_owned(), |mended| mended.text)
    }

    #[test]
    fn whole_sections_are_moved_and_nothing_else() {
        let table = [
            (
                "# 题\n\n前\n\n## 影响\n\n乙\n\n\n## 现象\n\n甲\n### 细\n文",
                "# 题\n\n前\n\n## 现象\n\n甲\n### 细\n文\n\n\n## 影响\n\n乙",
            ),
            (
                "# 题\r\n## 影响\r\n乙\r\n## 现象\r\n甲\r\n",
                "# 题\r\n## 现象\r\n甲\r\n## 影响\r\n乙\r\n",
            ),
            (
                "# 题\n\n影响\n---\n乙\n\n现象\n---\n甲\n",
                "# 题\n\n现象\n---\n甲\n\n影响\n---\n乙\n",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(mended(text), expected);
            assert_eq!(mended(expected), expected);
        }
    }

    #[test]
    fn what_is_not_sure_to_be_right_is_left_alone() {
        let texts = [
            // The title would change with the first heading.
            "## 影响\n乙\n\n## 现象\n甲\n",
            "# 题\n\n## 影响\n乙\n\n## 现象\n甲\n\n## 随意\n丙\n",
            "# 题\n\n## 影响\n乙\n\n## 现象\n甲\n\n## 影响\n丙\n",
            "# 题\n\n## 影响\n乙\n\n# 中\n\n## 现象\n甲\n",
            "# 题\n\n## 影响\n乙\n\n## 现象\n```\n甲\n",
            "# 题\n\n## 影响\n乙\n\n## 现象\n<!-- 甲\n",
            "## 现象\n甲\n\n## 影响\n乙\n",
            "---\ntitle: [\n---\n## 影响\n乙\n\n## 现象\n甲\n",
            "",
        ];
        for text in texts {
            assert_eq!(mended(text), text);
        }
    }
}
