//! Who is about to destroy something is told before.

use crate::{
    article::{Fence, Finding, Level, Place},
    check::{Checked, Corpus},
};

/// Dangerous commands that nothing in their section announces.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus.sound().flat_map(of_article).collect()
}

fn of_article(checked: &Checked) -> impl Iterator<Item = Finding> {
    let fences = checked.layout.fences.iter().filter(|fence| fence.danger.is_some());
    let fences = fences.filter(|fence| !is_announced(checked, fence));
    fences.filter_map(|fence| Some(finding(checked, fence.danger?)))
}

/// Whether a warning stands between the nearest heading above the fence and the fence.
fn is_announced(checked: &Checked, fence: &Fence) -> bool {
    // Both lists are in the order of the file.
    let headings = &checked.layout.headings;
    let n_headings = headings.partition_point(|heading| heading.place < fence.place);
    let heading = headings.get(..n_headings).and_then(<[_]>::last).map(|heading| heading.place);
    let warnings = &checked.layout.warnings;
    let n_warnings = warnings.partition_point(|place| *place < fence.place);
    let warning = warnings.get(..n_warnings).and_then(<[_]>::last).copied();
    warning.is_some_and(|warning| heading.is_none_or(|heading| warning > heading))
}

fn finding(checked: &Checked, place: Place) -> Finding {
    Finding::new(
        &checked.article.path,
        "danger-without-warning",
        Level::Error,
        "危险命令之前没有提醒",
    )
    .at(place.line, place.column)
    .hint("在同一节、命令之前写 > [!CAUTION]、> [!WARNING] 或一行 **危险：** 加上后果、谁批准、怎么退回")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    const COMMAND: &str = "```bash\nls\nmkfs.xfs /dev/sdb\n```\n";

    #[test]
    fn danger_is_announced_in_the_same_section_and_before_it() {
        let table = [
            (format!("## 甲\n\n{COMMAND}"), Some(7)),
            (format!("## 甲\n\n> [!CAUTION]\n> 会丢\n\n{COMMAND}"), None),
            (format!("## 甲\n\n> [!NOTE]\n> 会丢\n\n{COMMAND}"), Some(10)),
            (format!("## 甲\n\n{COMMAND}\n> [!WARNING]\n> 会丢\n"), Some(7)),
            (format!("## 甲\n\n> [!WARNING]\n> 会丢\n\n#### 乙\n\n{COMMAND}"), Some(12)),
            (format!("## 甲\n\n文\n**危险：** 会丢\n\n{COMMAND}"), None),
            (format!("## 甲\n\n文 **危险：** 会丢\n\n{COMMAND}"), Some(9)),
            (format!("## 甲\n\n> [!WARNING]\n> 会丢\n\n{COMMAND}\n{COMMAND}"), None),
            ("## 甲\n\n```text\nmkfs x\n```\n".to_owned(), None),
        ];
        for (body, line) in table {
            let found = findings(find, &[parsed("a.md", &format!("# 题\n\n{body}"))]);
            assert_eq!(found.first().and_then(|finding| finding.line), line, "{body}");
        }
    }
}
