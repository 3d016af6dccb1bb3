//! An article as plain text, to be pasted into a chat or read out on the phone.

use crate::article::{Article, DataRisk, Escalation, Step};

/// Title, first thing to do, numbered steps with their branches, and whom to call.
///
/// Lines end with `\n`; there is no markup. What the article lacks is left out.
pub(crate) fn plain_text(article: &Article) -> String {
    let mut parts = vec![head(article)];
    if !article.steps.is_empty() {
        parts.push(format!("应急策略\n{}", step_lines(&article.steps)));
    }
    if !article.escalations.is_empty() {
        let line = |row| format!("- {}", escalation_sentence(row));
        let rows: Vec<_> = article.escalations.iter().map(line).collect();
        parts.push(format!("升级与上报\n{}", rows.join("\n")));
    }
    parts.join("\n\n") + "\n"
}

/// Numbered steps, one a line, each followed by its branches.
pub(crate) fn step_lines(steps: &[Step]) -> String {
    steps.iter().flat_map(lines_of).collect::<Vec<_>>().join("\n")
}

fn head(article: &Article) -> String {
    let risk = article.meta.data_risk;
    let warning = (risk != DataRisk::None).then(|| format!("【{}，先保数据】", risk.label()));
    let summary = article.meta.summary.as_ref().map(|summary| format!("先做：{summary}"));
    let lines = [Some(article.title.clone()), warning, summary];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn lines_of(step: &Step) -> Vec<String> {
    let mut lines = vec![format!("{}. {}", step.number, one_line(&step.text))];
    for branch in &step.branches {
        let (condition, text) = (one_line(&branch.condition), one_line(&branch.text));
        lines.push(format!("   - {condition}：{text}"));
    }
    lines
}

/// `条件：找谁，时限，带上……`, without the cells that are empty.
pub(crate) fn escalation_sentence(row: &Escalation) -> String {
    let bring = match row.bring.as_str() {
        "" => String::new(),
        bring => format!("带上：{bring}"),
    };
    let cells = [row.contact.clone(), row.within.clone(), bring];
    let cells: Vec<_> = cells.iter().map(|cell| one_line(cell)).filter(|c| !c.is_empty()).collect();
    format!("{}：{}", one_line(&row.condition), cells.join("，"))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{article::Branch, web::api::tests::empty_article};

    #[test]
    fn the_text_has_what_is_said_on_the_phone() {
        let mut article = empty_article("disk-failing");
        article.title = "硬盘异响".into();
        article.meta.summary = Some("先别重启".into());
        article.meta.data_risk = DataRisk::High;
        let branch = |condition: &str, text: &str| Branch {
            condition: condition.into(),
            text: text.into(),
            goto: None,
        };
        article.steps = vec![
            Step { number: 1, text: "停止\n写入".into(), branches: vec![] },
            Step {
                number: 2,
                text: "判断数据".into(),
                branches: vec![branch("如果 已丢失", "转文件找回"), branch("否则", "先备份")],
            },
        ];
        article.escalations = vec![Escalation {
            condition: "超过 1 小时".into(),
            contact: "值班经理".into(),
            within: "立即".into(),
            bring: String::new(),
        }];
        let expected = "硬盘异响\n【数据高风险，先保数据】\n先做：先别重启\n\n应急策略\n1. 停止 写入\n\
                        2. 判断数据\n   - 如果 已丢失：转文件找回\n   - 否则：先备份\n\n\
                        升级与上报\n- 超过 1 小时：值班经理，立即\n";
        assert_eq!(plain_text(&article), expected);
    }

    #[test]
    fn a_bare_article_is_its_title() {
        assert_eq!(plain_text(&empty_article("x")), "x\n");
    }
}
