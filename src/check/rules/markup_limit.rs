//! Markup that is not read any more, because there is too much of it.

use crate::{
    article::{Finding, Level, Limit},
    check::{Checked, Corpus},
};

/// Where an article goes beyond a limit of its Markdown.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus.sound().flat_map(of_article).collect()
}

fn of_article(checked: &Checked) -> impl Iterator<Item = Finding> {
    checked.layout.limits.iter().map(|(limit, place)| {
        let (message, hint) = explained(*limit);
        Finding::new(&checked.article.path, "markup-limit", Level::Error, message)
            .at(place.line, place.column)
            .hint(hint)
    })
}

fn explained(limit: Limit) -> (String, &'static str) {
    let most = limit.most();
    match limit {
        Limit::Depth => (
            format!("排版嵌套超过 {most} 层，更里面的只显示文字"),
            "减少层数，或拆成另一篇再链接过去",
        ),
        Limit::Elements => (
            format!("排版标记超过 {most} 处，从这里起只显示文字，不再有步骤、命令和链接"),
            "拆成几篇文章",
        ),
        Limit::Sections => {
            (format!("章节超过 {most} 个，从这里起的标题都算在上一节里"), "拆成几篇文章")
        }
        Limit::Brackets => (
            format!("左方括号超过 {most} 个，全文只显示文字，没有章节、步骤和命令"),
            "拆成几篇文章，大段日志和数据不要放进来",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    /// Line and message of what is found in this body.
    fn found(body: &str) -> Vec<(u32, String)> {
        let found = findings(find, &[parsed("a.md", &format!("---\ntitle: 题\n---\n{body}"))]);
        found.into_iter().map(|finding| (finding.line.unwrap(), finding.message)).collect()
    }

    #[test]
    fn each_limit_is_named_once_where_it_is_passed() {
        let cases = [
            (format!("文\n\n{} 深\n", "> ".repeat(70)), 6, "嵌套超过 64 层"),
            (format!("文\n\n{}", "`a`\n".repeat(30_009)), 30_004, "标记超过 30000 处"),
            (format!("文\n\n{}", "# 甲\n".repeat(2_009)), 2_005, "章节超过 2000 个"),
            (format!("文\n\n{}", "[".repeat(250_009)), 4, "左方括号超过 250000 个"),
        ];
        for (body, line, message) in cases {
            let found = found(&body);
            assert_eq!(found.len(), 1, "{message}: {found:?}");
            assert!(found[0].0 == line && found[0].1.contains(message), "{message}: {found:?}");
        }
    }

    #[test]
    fn what_is_just_within_the_limits_is_fine() {
        for body in ["> ".repeat(60), "`a`\n".repeat(29_000), "# 甲\n".repeat(2_000)] {
            assert_eq!(found(&format!("{body}文\n")), []);
        }
    }
}
