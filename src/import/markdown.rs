//! A draft as the Markdown of an article: all sections of the model, cells where they belong, and
//! marks that say what is still to be written.

use time::Date;

use super::{
    draft::{Draft, cut, one_line},
    escape::{markdown, markdown_lines, yaml},
    fault, sentences,
    strategy::{Strategy, strategy},
    systems,
};
use crate::article::{FaultType, MAX_SUMMARY_CHARS};

/// What a mark of something to be written begins with.
const GAP: &str = "【待补：";

/// Longest owner, in characters.
const MAX_OWNER_CHARS: usize = 32;

/// Most preventive measures of an article. Source: the article model, section 4.
const MAX_MEASURES: usize = 10;

/// Who answers for an article whose row does not say.
const DEFAULT_OWNER: &str = "服务台";

/// The kind of fault where no word gives a hint.
const DEFAULT_FAULT: FaultType = FaultType::Software;

/// The article of a draft; `source` is the name of its document.
pub(super) fn article(draft: &Draft, source: &str, today: Date) -> String {
    let strategy = strategy(&draft.strategy);
    let mut article = front_matter(draft, today);
    article.push_str(&symptoms(draft));
    article.push_str(&impact(draft));
    article.push_str("## 先问用户\n\n- [ ] 【待补：要问的话，每问都要影响后面的动作】\n\n");
    article.push_str(&steps(&strategy));
    article.push_str(SCRIPTS_AND_ESCALATION);
    article.push_str(&prevention(draft));
    article.push_str(&references(draft, source, strategy.is_reworded));
    article
}

/// Number of marks of something to be written.
pub(super) fn n_gaps(article: &str) -> usize {
    article.matches(GAP).count()
}

/// Sections of which a table says nothing.
const SCRIPTS_AND_ESCALATION: &str = "\
## 各渠道话术

### 电话

> 【待补：照着念给来电人的话，一块引用一句意思】

### 邮件

```text
主题：【待补：邮件主题】

【待补：邮件正文】
```

### 现场

- [ ] 【待补：带什么、做什么、走之前确认什么】

## 升级与上报

| 条件 | 找谁 | 时限 | 带什么信息 |
| --- | --- | --- | --- |
| 【待补：什么情况要升级】 | 【待补：岗位】 | 【待补：时限】 | 【待补：带什么信息】 |

";

fn front_matter(draft: &Draft, today: Date) -> String {
    let fault = fault(draft).unwrap_or(DEFAULT_FAULT);
    let texts = [&draft.event, &draft.fault, &draft.symptoms, &draft.strategy];
    let systems = systems::guess(&texts.map(String::as_str), fault);
    let owner = owner(draft);
    let owner = owner.as_deref().unwrap_or(DEFAULT_OWNER);
    format!(
        "---\nid: {}\ntitle: {}\nsummary: {}\nfault_type: {fault}\nseverity: p3\n\
         systems: [{}]\ntier: l1\nstatus: draft\nowner: {}\nreviewed: {today}\n\
         channels: [phone, mail, onsite]\ndata_risk: {}\n---\n\n",
        draft.id,
        yaml(&draft.title()),
        yaml(&summary(draft)),
        systems.join(", "),
        yaml(owner),
        data_risk(draft, fault),
    )
}

fn fault(draft: &Draft) -> Option<FaultType> {
    fault::guess(&draft.event, &draft.fault)
}

/// The beginning of the strategy: it is what is to be done first.
fn summary(draft: &Draft) -> String {
    let first = one_line(&sentences::first_sentence(&draft.strategy));
    if first.is_empty() {
        format!("{GAP}第一件要做的事】")
    } else {
        cut(&first, MAX_SUMMARY_CHARS)
    }
}

/// Who answers for it, when the row says so in a few words.
fn owner(draft: &Draft) -> Option<String> {
    let owner = one_line(&draft.owner);
    (!owner.is_empty() && owner.chars().count() <= MAX_OWNER_CHARS).then_some(owner)
}

/// Nobody shall read that data is safe where the table speaks of its loss.
fn data_risk(draft: &Draft, fault: FaultType) -> &'static str {
    let speaks_of_data = [&draft.event, &draft.strategy]
        .iter()
        .any(|text| crate::analysis::folded_string(text).contains("数据"));
    match fault {
        FaultType::DataLoss => "high",
        _ if speaks_of_data => "possible",
        _ => "none",
    }
}

fn symptoms(draft: &Draft) -> String {
    let mut section = "## 现象\n\n".to_owned();
    let event = if draft.title_is_whole() { "" } else { draft.event.as_str() };
    for line in event.lines().chain(draft.symptoms.lines()) {
        section.push_str(&format!("- {}\n", markdown(line)));
    }
    section.push_str("- 【待补：用户看到、听到的，报错原文；不是这篇的话看哪篇】\n\n");
    section
}

fn impact(draft: &Draft) -> String {
    let mut section =
        "## 影响\n\n【待补：一句话影响；级别暂按 p3，请核对 severity】\n\n".to_owned();
    if fault(draft).is_none() {
        let label = DEFAULT_FAULT.label();
        section.push_str(&format!("{GAP}故障类型暂按“{label}”，请核对 fault_type】\n\n"));
    }
    section.push_str("| 出现以下情况 | 调整为 |\n| --- | --- |\n");
    section.push_str("| 【待补：什么情况要调整级别】 | 【待补：级别】 |\n\n");
    section
}

fn steps(strategy: &Strategy) -> String {
    let mut section = "## 应急策略\n\n".to_owned();
    if strategy.steps.is_empty() {
        section.push_str("1. 【待补：应急策略】\n");
    }
    for (number, step) in (1..).zip(&strategy.steps) {
        section.push_str(&format!("{number}. {}\n", markdown(&step.text)));
        for branch in &step.branches {
            let condition = markdown(&branch.condition);
            section.push_str(&format!("   - **{condition}**：{}\n", markdown(&branch.text)));
        }
    }
    section.push('\n');
    section
}

fn prevention(draft: &Draft) -> String {
    let mut section = "## 预防措施\n\n".to_owned();
    let measures = sentences::clauses(&draft.prevention).0;
    if measures.is_empty() {
        section.push_str("- 【待补：预防措施】\n");
    }
    let (listed, more) = measures.split_at(measures.len().min(MAX_MEASURES - 1));
    for measure in listed {
        section.push_str(&format!("- {}\n", markdown(&measure.text)));
    }
    let rest: String = more.iter().map(|measure| measure.text.as_str()).collect();
    if !rest.is_empty() {
        section.push_str(&format!("- {}\n", markdown(&rest)));
    }
    section.push('\n');
    section
}

/// Where it comes from, and word for word what the sections above do not say as it was written.
fn references(draft: &Draft, source: &str, is_reworded: bool) -> String {
    let place = if draft.table.is_empty() { String::new() } else { format!("，{}", draft.table) };
    let source = format!("来源：{source}{place}，第 {} 行", draft.row);
    let mut section = format!("## 参考\n\n- {}\n", markdown(&one_line(&source)));
    let mut quote = |heading: &str, text: &str| {
        let heading = one_line(heading);
        let name =
            if heading.is_empty() { "原表".to_owned() } else { format!("原表“{heading}”") };
        let text = markdown_lines(text, 2);
        section.push_str(&format!("- {}：{text}\n", markdown(&name)));
    };
    if !draft.fault.is_empty() {
        quote("类型", &draft.fault);
    }
    if is_reworded {
        quote(&draft.strategy_heading, &draft.strategy);
    }
    if sentences::clauses(&draft.prevention).1 {
        quote("预防措施", &draft.prevention);
    }
    if owner(draft).is_none() && !draft.owner.is_empty() {
        quote("责任人", &draft.owner);
    }
    for (heading, text) in &draft.notes {
        quote(heading, text);
    }
    section
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn draft(event: &str, prevention: &str, strategy: &str) -> Draft {
        Draft {
            id: "cao-zuo-shi-wu-1a2b".to_owned(),
            table: "第 1 张表".to_owned(),
            row: 3,
            event: event.to_owned(),
            prevention: prevention.to_owned(),
            strategy: strategy.to_owned(),
            strategy_heading: "应急策略".to_owned(),
            ..Draft::default()
        }
    }

    fn article_of(draft: &Draft) -> String {
        article(draft, "方案.docx", date!(2026 - 11 - 23))
    }

    #[test]
    fn an_article_has_its_cells_in_the_right_sections() {
        let strategy = "数据未丢失情况下，保障数据安全；反之，进行补救。强调注意事项。";
        let article = article_of(&draft("操作失误", "加强培训。\n检验水准；提示注意", strategy));
        for expected in [
            "id: cao-zuo-shi-wu-1a2b\ntitle: \"操作失误\"\n",
            "summary: \"数据未丢失情况下，保障数据安全；反之，进行补救。\"\n",
            "fault_type: user-error\nseverity: p3\nsystems: [desktop]\n",
            "owner: \"服务台\"\nreviewed: 2026-11-23\n",
            "data_risk: possible\n",
            "1. 判断属于下面哪种情况。\n   - **如果 数据未丢失**：保障数据安全；\n   - **否则（反之）**：进行补救。\n2. 强调注意事项。\n",
            "## 预防措施\n\n- 加强培训。\n- 检验水准；\n- 提示注意\n",
            "- 来源：方案.docx，第 1 张表，第 3 行\n- 原表“应急策略”：数据未丢失情况下",
        ] {
            assert!(article.contains(expected), "no {expected} in {article}");
        }
    }

    #[test]
    fn what_is_missing_is_marked_and_counted() {
        let article = article_of(&draft("奇怪的事", "", ""));
        for expected in
            ["1. 【待补：应急策略】", "- 【待补：预防措施】", "fault_type】", "第一件要做的事"]
        {
            assert!(article.contains(expected), "no {expected} in {article}");
        }
        let full = article_of(&draft("断网", "巡检", "看线"));
        assert_eq!(n_gaps(&article), n_gaps(&full) + 4);
    }

    #[test]
    fn long_events_and_more_measures_than_the_model_allows_lose_nothing() {
        let event = format!("打印机不出纸，{}", "卡纸了".repeat(20));
        let article = article_of(&draft(&event, &"巡检。".repeat(15), "看线"));
        assert!(article.contains(&format!("## 现象\n\n- {event}\n")), "{article}");
        assert_eq!(article.matches("\n- 巡检。").count(), MAX_MEASURES);
        assert_eq!(article.matches("巡检。").count(), 15);
    }

    #[test]
    fn other_columns_are_quoted() {
        let mut draft = draft("断网", "巡检", "看线");
        draft.owner = "网络组".to_owned();
        draft.fault = "网络".to_owned();
        draft.notes =
            vec![("备\n注".to_owned(), "甲\n# 乙".to_owned()), (String::new(), "丙".to_owned())];
        let article = article_of(&draft);
        assert!(article.contains("owner: \"网络组\"\n"));
        let quoted = "- 原表“类型”：网络\n- 原表“备 注”：甲\\\n  \\# 乙\n- 原表：丙\n";
        assert!(article.ends_with(quoted), "{article}");
    }
}
