//! The fixed second-level headings, in their order.

use crate::{
    article::{Finding, HeadingPlace, Level, SectionKind},
    check::{Checked, Corpus, place},
};

/// Headings the model does not know, that stand twice or in the wrong place.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus.sound().flat_map(of_article).collect()
}

fn of_article(checked: &Checked) -> Vec<Finding> {
    let headings = checked.layout.headings.iter().filter(|heading| heading.is_section);
    let (mut findings, mut known) = (Vec::new(), Vec::<&HeadingPlace>::new());
    for heading in headings {
        match heading {
            HeadingPlace { level: 1, .. }
                if place::of_field(&checked.source, "title").is_some() =>
            {
                findings.push(first_level(checked, heading));
            }
            HeadingPlace { level: 2, kind: SectionKind::Other, .. } => {
                findings.push(unknown(checked, heading));
            }
            HeadingPlace { level: 2, kind, .. } => {
                if known.iter().any(|earlier| earlier.kind == *kind) {
                    findings.push(twice(checked, heading));
                } else {
                    known.push(heading);
                }
            }
            _ => {}
        }
    }
    let can_be_moved = findings.is_empty();
    let misplaced = misplaced(&known).into_iter();
    findings.extend(misplaced.map(|heading| wrong_place(checked, heading, can_be_moved)));
    findings
}

/// The fewest headings that must move so that all are in order.
fn misplaced<'a>(known: &[&'a HeadingPlace]) -> Vec<&'a HeadingPlace> {
    let rank = |heading: &HeadingPlace| SectionKind::ORDER.iter().position(|k| *k == heading.kind);
    // The longest rising run that ends with each heading; there are at most ten.
    let mut runs: Vec<Vec<&HeadingPlace>> = Vec::new();
    for heading in known {
        let before =
            runs.iter().filter(|run| run.last().is_some_and(|last| rank(last) < rank(heading)));
        let mut run = before.max_by_key(|run| run.len()).cloned().unwrap_or_default();
        run.push(heading);
        runs.push(run);
    }
    let kept = runs.into_iter().max_by_key(Vec::len).unwrap_or_default();
    let is_kept = |heading: &HeadingPlace| kept.iter().any(|kept| kept.kind == heading.kind);
    known.iter().copied().filter(|heading| !is_kept(heading)).collect()
}

fn first_level(checked: &Checked, heading: &HeadingPlace) -> Finding {
    let message = format!("正文里不写一级标题，“{}”应是二级或更低的标题", heading.title);
    finding(checked, heading, message, "标题来自开头的 title；这里改用 ## 或 ###".to_owned())
}

fn unknown(checked: &Checked, heading: &HeadingPlace) -> Finding {
    let titles = SectionKind::ORDER.map(SectionKind::title).join("、");
    let message = format!("未知的二级标题“{}”", heading.title);
    let hint = format!("改成固定标题之一（{titles}），或降为三级标题放进其中一节");
    finding(checked, heading, message, hint)
}

fn twice(checked: &Checked, heading: &HeadingPlace) -> Finding {
    let message = format!("二级标题“{}”写了两次", heading.title);
    finding(checked, heading, message, "合并到前一处".to_owned())
}

fn wrong_place(checked: &Checked, heading: &HeadingPlace, can_be_moved: bool) -> Finding {
    let kinds = SectionKind::ORDER.iter();
    let before: Vec<_> = kinds.take_while(|kind| **kind != heading.kind).collect();
    let message = format!("章节“{}”的位置不对", heading.title);
    let place = match before.last() {
        Some(previous) => format!("移到“{}”之后", previous.title()),
        None => "移到最前面".to_owned(),
    };
    let offer = if can_be_moved { "；jiuji check --fix 可以代劳" } else { "" };
    finding(checked, heading, message, place + offer)
}

fn finding(checked: &Checked, heading: &HeadingPlace, message: String, hint: String) -> Finding {
    Finding::new(&checked.article.path, "section-order", Level::Warning, message)
        .at(heading.place.line, heading.place.column)
        .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    #[test]
    fn as_few_headings_as_possible_are_in_the_wrong_place() {
        let table: [(&[&str], &[u32]); 6] = [
            (&["## 现象", "## 影响", "### 随意", "## 参考"], &[]),
            (&["## 现象", "## 各渠道话术", "## 影响", "## 应急策略"], &[5]),
            (&["## 应急策略", "## 现象", "## 影响"], &[4]),
            (&["## 现象", "## 常见问题", "## 影响"], &[5]),
            (&["## 现象", "## 影响", "## 现象"], &[6]),
            (&["# 别的", "## 现象", "> ## 引"], &[4]),
        ];
        for (body, lines) in table {
            let text = format!("---\ntitle: 题\n---\n{}\n", body.join("\n"));
            let found = findings(find, &[parsed("a.md", &text)]);
            let found: Vec<_> = found.iter().map(|finding| finding.line.unwrap()).collect();
            assert_eq!(found, lines, "{body:?}");
        }
    }

    #[test]
    fn the_heading_that_gives_the_title_is_in_order() {
        assert_eq!(findings(find, &[parsed("a.md", "# 断网\n\n# 断网之二\n")]), []);
    }
}
