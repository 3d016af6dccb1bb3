//! Snippets for Visual Studio Code, which completes nothing in front matter by itself.

use serde_json::{Map, Value, json};

use crate::article::{DataRisk, FaultType, SYSTEMS, Severity, Status, Tier};

/// Shortest text that offers every snippet.
const PREFIX: &str = "jj";

/// A snippet file for Markdown; the choices are the allowed values.
pub(super) fn snippets() -> String {
    let snippets: Map<_, _> = table().into_iter().map(snippet).collect();
    format!("{:#}\n", Value::Object(snippets))
}

/// Name, what is typed after the prefix, and body.
type Row = (&'static str, &'static str, String);

fn snippet((name, prefix, body): Row) -> (String, Value) {
    let lines: Vec<_> = body.lines().collect();
    let prefixes = [format!("{PREFIX}-{prefix}"), format!("{PREFIX}{name}")];
    (name.to_owned(), json!({ "scope": "markdown", "prefix": prefixes, "body": lines }))
}

fn table() -> Vec<Row> {
    let text = |name, prefix, body: &str| (name, prefix, body.to_owned());
    vec![
        ("前言", "front", front_matter()),
        ("故障类型", "type", format!("fault_type: {}", values(1, FaultType::ALL))),
        ("级别", "severity", format!("severity: {}", values(1, Severity::ALL))),
        ("系统", "system", choices(1, SYSTEMS.iter().copied())),
        text("步骤", "step", "${1:1}. ${2:动词开头的一个动作}。看到${3:什么现象}就对了。$0"),
        text("分支", "branch", BRANCHES),
        text("危险", "danger", "> [!CAUTION]\n> ${1:做了会怎样}；${2:谁批准}；${3:怎么退回}。$0"),
        text("警告", "warning", "> [!WARNING]\n> ${1:会中断什么}；${2:谁授权}。$0"),
        text("重要", "important", "> [!IMPORTANT]\n> ${1:必须先做的事，或必须告诉用户的话}。$0"),
        text("命令", "code", "```${1|powershell,cmd,bash,sql,text|}\n${2:命令}\n```\n$0"),
        text("提问", "ask", "- [ ] ${1:问什么}？（${2:怎样回答就做什么}）$0"),
        text("邮件", "mail", "```text\n主题：【工单号】${1:事情}处理结果\n\n您好：\n$0\n```"),
        text("升级", "escalate", "| ${1:条件} | ${2:找谁} | ${3:时限} | ${4:带什么信息} |$0"),
        text("链接", "link", "[${1:标题}](${2:文件名}.md)$0"),
        text("待补", "gap", "【待补：${1:写什么}】$0"),
    ]
}

const BRANCHES: &str = "\
   - **如果 ${1:情况一}**：${2:做什么，然后到第几步}。
   - **如果 ${3:情况二}**：${4:做什么，然后转哪一篇}。
   - **否则（说不清）**：${5:按更坏的情况处理}。$0";

fn front_matter() -> String {
    [
        "---".to_owned(),
        "id: ${1:$TM_FILENAME_BASE}".to_owned(),
        "title: ${2:来电人的说法，不超过 32 字}".to_owned(),
        "summary: ${3:第一件要做的事，不超过 80 字}".to_owned(),
        format!("fault_type: {}", values(4, FaultType::ALL)),
        format!("severity: {}", values(5, Severity::ALL)),
        format!("systems: [{}]", choices(6, SYSTEMS.iter().copied())),
        format!("tier: {}", values(7, Tier::ALL)),
        format!("status: {}", Status::Draft),
        "owner: ${8:服务台}".to_owned(),
        "reviewed: $CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE".to_owned(),
        "aliases: [${9}]".to_owned(),
        "codes: [${10}]".to_owned(),
        format!("data_risk: {}", values(11, DataRisk::ALL)),
        "---".to_owned(),
        "$0".to_owned(),
    ]
    .join("\n")
}

fn values(number: u32, all: &[impl ToString]) -> String {
    let names: Vec<_> = all.iter().map(ToString::to_string).collect();
    choices(number, names.iter().map(String::as_str))
}

/// A place to choose one of some values, none of which has a comma or bar.
fn choices<'v>(number: u32, values: impl Iterator<Item = &'v str>) -> String {
    format!("${{{number}|{}|}}", values.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_snippet_is_for_markdown_and_can_be_reached() {
        let snippets: Value = serde_json::from_str(&snippets()).unwrap();
        for (name, snippet) in snippets.as_object().unwrap() {
            assert_eq!(snippet["scope"], "markdown", "{name}");
            assert!(snippet["body"].as_array().is_some_and(|body| !body.is_empty()), "{name}");
            let prefixes = snippet["prefix"].as_array().unwrap();
            assert!(prefixes.iter().all(|p| p.as_str().unwrap().starts_with(PREFIX)), "{name}");
        }
    }

    #[test]
    fn front_matter_offers_the_allowed_values() {
        let lines = front_matter();
        assert!(lines.contains("\nseverity: ${5|p1,p2,p3,p4|}\n"), "{lines}");
        for fault_type in FaultType::ALL {
            assert!(lines.contains(fault_type.as_str()), "{fault_type}");
        }
    }
}
