//! The strategy as plain text, to paste into a chat or read out.

use crate::article::{Article, Branch, Command, SectionKind, Step};

/// Title, first thing to do, steps with branches, commands of the strategy and escalation rows;
/// Chinese, one thing a line, no Markdown.
pub(super) fn strategy(article: &Article) -> String {
    let mut lines = vec![format!("【{}】", article.title)];
    lines.extend(article.meta.summary.iter().map(|summary| format!("先做：{summary}")));
    if article.steps.is_empty() {
        lines.extend(strategy_texts(article));
    }
    for step in &article.steps {
        push_step(&mut lines, step);
    }
    lines.extend(commands(article));
    if !article.escalations.is_empty() {
        lines.push("升级：".to_owned());
    }
    lines.extend(article.escalations.iter().map(|row| {
        format!("- {}：找{}，{}，带上{}", row.condition, row.contact, row.within, row.bring)
    }));
    lines.push(format!("（知识库 {}）", article.id));
    lines.join("\n")
}

fn push_step(lines: &mut Vec<String>, step: &Step) {
    lines.push(format!("{}. {}", step.number, step.text));
    let branch = |branch: &Branch| format!("   - {}：{}", branch.condition, branch.text);
    lines.extend(step.branches.iter().map(branch));
}

/// Text of the strategy sections, for articles whose steps are no ordered list.
fn strategy_texts(article: &Article) -> impl Iterator<Item = String> {
    let sections = article.sections.iter();
    let strategy = sections.filter(|section| section.kind == SectionKind::Strategy);
    strategy.filter(|section| !section.text.is_empty()).map(|section| section.text.clone())
}

/// The commands that stand in the strategy, each after the name of its language; a dangerous one
/// says so, because its warning stands in the article and not here.
fn commands(article: &Article) -> Vec<String> {
    let in_strategy = |command: &&Command| {
        article.sections.iter().any(|section| {
            section.kind == SectionKind::Strategy && section.anchor == command.anchor
        })
    };
    let shown = |command: &Command| {
        let danger = if command.dangerous { "，危险，先看原文的提醒" } else { "" };
        format!("命令（{}{danger}）：\n{}", command.language, command.code)
    };
    article.commands.iter().filter(in_strategy).map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::sample;

    #[test]
    fn the_text_has_steps_branches_commands_and_escalation() {
        insta::assert_snapshot!(strategy(&sample::login().article), @r"
        【登录不上系统（账号、密码、域、业务系统）】
        先做：先问是一个人还是一片人；重置密码之前先核验身份。
        1. 先做两分钟自查。
        2. 判断问题在哪一层。
           - 如果 多人同时登不上：不要逐个重置密码，转 域控宕机。
        命令（powershell）：
        w32tm /query /status
        命令（powershell，危险，先看原文的提醒）：
        shutdown /r
        升级：
        - 15 分钟仍分不清是哪一层：找系统运维（l2），15 分钟，带上已做步骤
        （知识库 login-failure）
        ");
    }

    #[test]
    fn without_steps_the_text_of_the_section_is_used() {
        let mut article = sample::login().article;
        article.steps.clear();
        assert!(strategy(&article).contains("先做两分钟自查"));
    }
}
