//! Commands that can be copied as they are.

use crate::{
    article::{Fence, Finding, Level},
    check::{Checked, Corpus, prompt::prompt},
};

/// Code blocks without a language, or with the prompt of a shell.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus.sound().flat_map(of_article).collect()
}

fn of_article(checked: &Checked) -> impl Iterator<Item = Finding> {
    let fences = checked.layout.fences.iter();
    fences.flat_map(|fence| unnamed(checked, fence).into_iter().chain(prompted(checked, fence)))
}

fn unnamed(checked: &Checked, fence: &Fence) -> Option<Finding> {
    let finding = || {
        finding(
            checked,
            "代码块没有标语言",
            "在开头的 ``` 后面写 powershell、cmd、bash、sql 或 text",
        )
        .at(fence.place.line, fence.place.column)
    };
    fence.language.is_empty().then(finding)
}

/// The first line with a prompt. Plain text is output, where prompts belong.
fn prompted(checked: &Checked, fence: &Fence) -> Option<Finding> {
    if fence.language.eq_ignore_ascii_case("text") {
        return None;
    }
    let at = fence.code.lines().position(|line| prompt(line).is_some())?;
    let place = fence.place_of(at);
    let hint = "去掉提示符，只留命令本身；输出另放一个 text 块";
    Some(
        finding(checked, "命令前带着提示符，复制后不能直接执行", hint).at(place.line, place.column),
    )
}

fn finding(checked: &Checked, message: &str, hint: &str) -> Finding {
    Finding::new(&checked.article.path, "code-lang", Level::Warning, message).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    #[test]
    fn a_block_has_a_language_and_no_prompts() {
        let table: [(&str, &[(u32, u32)]); 7] = [
            ("```bash\nls\n```", &[]),
            ("```\nls\n```", &[(3, 1)]),
            ("- 甲\n\n  ~~~\n  $ ls\n  $ pwd\n  ~~~", &[(5, 3), (6, 3)]),
            ("```text\n$ ls\n```", &[]),
            ("```cmd\ncd x\n\nC:\\>dir\n```", &[(6, 1)]),
            ("```bash\n# 先看\nls\n```", &[]),
            ("    ls\n", &[]),
        ];
        for (body, expected) in table {
            let found = findings(find, &[parsed("a.md", &format!("# 题\n\n{body}\n"))]);
            let found: Vec<_> =
                found.iter().map(|f| (f.line.unwrap(), f.column.unwrap())).collect();
            assert_eq!(found, expected, "{body}");
        }
    }
}
