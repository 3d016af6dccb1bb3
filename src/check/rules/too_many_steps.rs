//! No more steps and questions than a technician keeps in sight.

use crate::{
    article::{Finding, Level, Place, SectionKind},
    check::{Checked, Corpus},
};

/// Most top-level steps, and most questions. Source: the article model, section 4.
const MOST: usize = 7;

/// Strategies of too many steps and callers asked too many questions.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus.sound().flat_map(of_article).collect()
}

fn of_article(checked: &Checked) -> impl Iterator<Item = Finding> {
    let (article, layout) = (&checked.article, &checked.layout);
    let steps = finding(
        checked,
        article.steps.len(),
        "应急策略",
        "步",
        "合并小步骤，或拆成另一篇再链接过去",
        first_too_many(checked, &layout.steps, SectionKind::Strategy),
    );
    let questions = finding(
        checked,
        article.questions.len(),
        "先问用户",
        "问",
        "删掉不影响后面动作的问题",
        first_too_many(checked, &layout.questions, SectionKind::Questions),
    );
    steps.into_iter().chain(questions)
}

/// The first item above the limit, else the heading of the section.
fn first_too_many(checked: &Checked, items: &[Place], kind: SectionKind) -> Place {
    let heading = || checked.layout.headings.iter().find(|heading| heading.kind == kind);
    items.get(MOST).copied().or_else(|| Some(heading()?.place)).unwrap_or_default()
}

fn finding(
    checked: &Checked,
    n: usize,
    section: &str,
    unit: &str,
    hint: &str,
    place: Place,
) -> Option<Finding> {
    let message = format!("“{section}”有 {n} {unit}，超过 {MOST} {unit}");
    let finding = Finding::new(&checked.article.path, "too-many-steps", Level::Warning, message);
    (n > MOST).then(|| finding.at(place.line, place.column).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    fn lines(n_steps: usize, n_questions: usize) -> Vec<u32> {
        let list = |mark: &str, n| format!("{mark} 甲\n   - 乙\n").repeat(n);
        let text = format!(
            "# 题\n\n## 先问用户\n\n{}\n## 应急策略\n\n{}",
            list("- [ ]", n_questions),
            list("1.", n_steps)
        );
        findings(find, &[parsed("a.md", &text)]).iter().map(|f| f.line.unwrap()).collect()
    }

    #[test]
    fn seven_are_enough() {
        assert_eq!(lines(7, 7), [] as [u32; 0]);
        assert_eq!(lines(9, 7), [36]);
        assert_eq!(lines(7, 8), [19]);
    }
}
