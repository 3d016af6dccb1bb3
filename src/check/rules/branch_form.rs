//! Branches that leave nobody without a way on.

use crate::{
    article::{BranchList, Finding, Level},
    check::{Checked, Corpus},
};

/// Deepest nesting of branches. Source: the article model, section 5.2.
const MAX_DEPTH: usize = 2;

/// How a way out may begin.
const WAYS_OUT: [&str; 8] = ["否则", "其他", "其它", "其余", "以上都", "都不", "都没", "不属于"];

/// What a condition may say to be a way out.
const UNSURE: [&str; 12] = [
    "说不清",
    "说不准",
    "说不出",
    "不清楚",
    "不确定",
    "不知道",
    "拿不准",
    "分不清",
    "无法判断",
    "判断不了",
    "以上都不",
    "其他情况",
];

/// Lists of branches that do not say what to do when none holds, and nested ones.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus.sound().flat_map(|checked| closed(checked).chain(deep(checked))).collect()
}

/// Lists without a way out. A later list of the same step may give it.
fn closed(checked: &Checked) -> impl Iterator<Item = Finding> {
    let mut lists: Vec<_> = checked.layout.branch_lists.iter().collect();
    lists.sort_by_key(|list| (list.owner, list.place));
    let mut closed = Vec::new();
    for of_owner in lists.chunk_by(|a, b| a.owner == b.owner) {
        let last_way_out = of_owner.iter().rposition(|list| has_way_out(list));
        let behind = last_way_out.map_or(0, |at| at + 1);
        closed.extend(of_owner.get(behind..).and_then(<[_]>::first));
    }
    closed.into_iter().map(|list| {
        let hint = "最后加一项 **否则（说不清）**：写明按什么处理";
        finding(checked, list, "分支没有出路：都不符合或说不清时不知道怎么办", hint)
    })
}

fn deep(checked: &Checked) -> impl Iterator<Item = Finding> {
    let lists = checked.layout.branch_lists.iter().filter(|list| list.depth > MAX_DEPTH);
    lists.map(|list| {
        let hint = "把里面的判断拆成另一篇文章，链接过去";
        finding(checked, list, "分支嵌套超过两层", hint)
    })
}

fn has_way_out(list: &BranchList) -> bool {
    list.choices.iter().any(|choice| {
        let condition = choice.strip_prefix("如果").unwrap_or(choice).trim_start();
        WAYS_OUT.iter().any(|start| condition.starts_with(start))
            || UNSURE.iter().any(|words| condition.contains(words))
    })
}

fn finding(checked: &Checked, list: &BranchList, message: &str, hint: &str) -> Finding {
    Finding::new(&checked.article.path, "branch-form", Level::Warning, message)
        .at(list.place.line, list.place.column)
        .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    #[test]
    fn a_list_of_branches_needs_a_way_out() {
        let table: [(&str, &[u32]); 7] = [
            ("   - **如果 A**：甲\n   - **否则**：乙\n", &[]),
            ("   - **如果 A**：甲\n   - **如果 B**：乙\n", &[6]),
            ("   - **如果 A**：甲\n   - **如果 说不清**：乙\n", &[]),
            ("   - **如果 A**：甲\n   - 其他情况：乙\n", &[]),
            ("   - **如果 A**：说不清就停\n", &[6]),
            ("   - **如果 A**：甲\n\n   文\n\n   - **否则**：乙\n", &[]),
            ("   - **否则**：甲\n\n   文\n\n   - **如果 A**：乙\n", &[10]),
        ];
        for (list, lines) in table {
            let text = format!("# 题\n\n## 应急策略\n\n1. 判断\n{list}");
            let found = findings(find, &[parsed("a.md", &text)]);
            let found: Vec<_> = found.iter().map(|finding| finding.line.unwrap()).collect();
            assert_eq!(found, lines, "{list}");
        }
    }

    #[test]
    fn branches_may_be_nested_once() {
        let text = "# 题\n\n## 应急策略\n\n1. 判断\n   - **如果 A**：甲\n     - **如果 B**：乙\n       \
                    - **否则**：丙\n     - **否则**：丁\n   - **否则**：戊\n";
        let found = findings(find, &[parsed("a.md", text)]);
        let found: Vec<_> = found.iter().map(|f| (f.line, f.column, f.message.as_str())).collect();
        assert_eq!(found, [(Some(8), Some(8), "分支嵌套超过两层")]);
    }
}
