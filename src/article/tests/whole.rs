//! One article with every construct of the model.

use super::*;

/// One article with every construct of the model.
const WHOLE: &str = r#"---
id: disk-full
title: 磁盘满了
summary: 先停写，再找大文件
fault_type: data-loss
severity: p2
systems: [linux, mysql]
tier: l1
status: published
owner: 系统组
reviewed: 2026-11-20
aliases: [空间不足, C盘红了]
codes: ["0x11b", ENOSPC]
channels: [phone, mail]
data_risk: high
review_days: 90
related: [backup-job-failed]
supersedes: [old-disk]
incident_class: facility-fault
entry: true
expect: [电脑说磁盘满]
alerts: [{name: "Disk*", labels: {job: node}}]
team_note: {level: 3}
---

## 现象

- 提示“空间不足”。
- 不是这篇：看 [备份失败](backup-job-failed.md#s-电话)。

## 先问用户

- [ ] 哪个盘满了？
- 昨天正常吗？

## 应急策略

> [!CAUTION]
> 不要重启。

1. 停写。
2. 判断大小。
   - **如果 还有余量**：转 [备份失败](backup-job-failed.md)。
   - **否则**：做第 3 步。

### 清理

3. 删日志。

   ```bash
   rm -rf /var/log/old
   ```

   ![磁盘图](images/disk.png "图")

## 各渠道话术

### 电话

> 请先停手。

> 我来处理。

### 邮件

```text
主题：磁盘

您好
```

### 现场

- [ ] 带硬盘

## 升级与上报

| 条件 | 找谁 | 时限 | 带什么 |
| --- | --- | --- | --- |
| 删不掉 | 存储组 | 15 分钟 | 截图 |

## 预防措施

- 每周看一次。
"#;

#[test]
fn a_whole_article_is_read_field_by_field() {
    let Parsed { article, findings } = parsed("disk-full.md", WHOLE);
    let messages: Vec<_> = findings.iter().map(|f| (f.line, f.message.as_str())).collect();
    assert_eq!(messages, [(Some(23), "未知字段 `team_note`")]);
    assert_eq!((article.id.as_str(), article.title.as_str()), ("disk-full", "磁盘满了"));
    let meta = &article.meta;
    assert_eq!(meta.summary.as_deref(), Some("先停写，再找大文件"));
    assert_eq!(meta.fault_type, Some(FaultType::DataLoss));
    assert_eq!((meta.severity, meta.tier), (Some(Severity::P2), Some(Tier::L1)));
    assert_eq!((meta.status, meta.data_risk), (Status::Published, DataRisk::High));
    assert_eq!(meta.reviewed.map(|day| day.to_string()).as_deref(), Some("2026-11-20"));
    assert_eq!((meta.review_days, meta.entry), (Some(90), true));
    assert_eq!(meta.incident_class, Some(IncidentClass::FacilityFault));
    assert_eq!(meta.channels, [Channel::Phone, Channel::Mail]);
    assert_eq!(meta.systems, ["linux", "mysql"]);
    assert_eq!(meta.aliases, ["空间不足", "C盘红了"]);
    assert_eq!(meta.codes, ["0x11b", "ENOSPC"]);
    assert_eq!(
        (meta.related.as_slice(), meta.supersedes.as_slice()),
        (&["backup-job-failed".to_owned()][..], &["old-disk".to_owned()][..])
    );
    assert_eq!(meta.expect, ["电脑说磁盘满"]);
    assert_eq!(meta.alerts[0].name.as_deref(), Some("Disk*"));
    assert_eq!(meta.alerts[0].labels["job"], "node");
    assert_eq!(meta.extra["team_note"], serde_json::json!({"level": 3}));
}

#[test]
fn a_whole_article_is_read_section_by_section() {
    let article = parsed("disk-full.md", WHOLE).article;
    let sections: Vec<_> = article
        .sections
        .iter()
        .map(|s| (s.level, s.title.as_str(), s.anchor.as_str(), s.kind, s.line))
        .collect();
    assert_eq!(
        sections,
        [
            (2, "现象", "s-现象", SectionKind::Symptoms, 26),
            (2, "先问用户", "s-先问用户", SectionKind::Questions, 31),
            (2, "应急策略", "s-应急策略", SectionKind::Strategy, 36),
            (3, "清理", "s-清理", SectionKind::Strategy, 46),
            (2, "各渠道话术", "s-各渠道话术", SectionKind::Scripts, 56),
            (3, "电话", "s-电话", SectionKind::Scripts, 58),
            (3, "邮件", "s-邮件", SectionKind::Scripts, 64),
            (3, "现场", "s-现场", SectionKind::Scripts, 72),
            (2, "升级与上报", "s-升级与上报", SectionKind::Escalation, 76),
            (2, "预防措施", "s-预防措施", SectionKind::Prevention, 82),
        ]
    );
    assert_eq!(article.sections[0].text, "提示“空间不足”。\n不是这篇：看 备份失败。");
    assert_eq!(article.sections[3].text, "删日志。\nrm -rf /var/log/old\n磁盘图");
    assert_eq!(article.sections[8].text, "条件 找谁 时限 带什么\n删不掉 存储组 15 分钟 截图");
    let questions: Vec<_> =
        article.questions.iter().map(|q| (q.text.as_str(), q.checkable)).collect();
    assert_eq!(questions, [("哪个盘满了？", true), ("昨天正常吗？", false)]);
    let steps: Vec<_> = article.steps.iter().map(|s| (s.number, s.text.as_str())).collect();
    assert_eq!(steps, [(1, "停写。"), (2, "判断大小。"), (3, "删日志。")]);
    let branches: Vec<_> = article.steps[1]
        .branches
        .iter()
        .map(|b| (b.condition.as_str(), b.text.as_str(), b.goto.as_deref()))
        .collect();
    let expected = [
        ("如果 还有余量", "转 备份失败。", Some("backup-job-failed.md")),
        ("否则", "做第 3 步。", None),
    ];
    assert_eq!(branches, expected);
}

#[test]
fn a_whole_article_has_its_scripts_commands_and_links() {
    let article = parsed("disk-full.md", WHOLE).article;
    let scripts = &article.scripts;
    assert_eq!(scripts.phone.as_deref(), Some("请先停手。\n我来处理。"));
    assert_eq!(scripts.mail.as_deref(), Some("主题：磁盘\n\n您好"));
    assert_eq!(scripts.onsite.as_deref(), Some("带硬盘"));
    assert_eq!(article.escalations[0].contact, "存储组");
    let commands: Vec<_> = article
        .commands
        .iter()
        .map(|c| (c.language.as_str(), c.anchor.as_str(), c.dangerous, c.line))
        .collect();
    assert_eq!(commands, [("bash", "s-清理", true, 50), ("text", "s-邮件", false, 66)]);
    let links: Vec<_> = article
        .links
        .iter()
        .map(|l| (l.path.as_str(), l.fragment.as_deref(), l.image, l.line, l.column))
        .collect();
    assert_eq!(
        links,
        [
            ("backup-job-failed.md", Some("s-电话"), false, 29, 10),
            ("backup-job-failed.md", None, false, 43, 20),
            ("images/disk.png", None, true, 54, 4),
        ]
    );
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let expected = parsed("disk-full.md", WHOLE).article;
    for source in [WHOLE.replace('\n', "\r\n"), format!("\u{FEFF}{WHOLE}")] {
        assert_eq!(parsed("disk-full.md", &source).article, expected);
    }
}

#[test]
fn any_markdown_file_is_an_article() {
    let missing = "1:1 Error 缺少必填字段：id、title、summary、fault_type、severity、systems、tier、status、owner、reviewed";
    let cases = [
        ("net/dns/概览.md", "# 总览\n文", "net/dns/概览", "总览"),
        ("a.md", "文\n\n#### 小标题\n", "a", "小标题"),
        ("x/b.MD", "只有文字", "x/b", "b"),
        ("c.md", "", "c", "c"),
        ("d.md", "# \n\n## 二", "d", "二"),
        ("e\u{301}.md", "", "\u{e9}", "e\u{301}"),
    ];
    for (path, source, id, title) in cases {
        let article = parsed(path, source).article;
        assert_eq!((article.id.as_str(), article.title.as_str()), (id, title), "{source:?}");
        assert_eq!(findings(path, source), [missing], "{source:?}");
    }
    let only_title = "---\ntitle: 题\n---\n";
    assert_eq!(findings("a.md", only_title), [missing.replace("title、", "")]);
}
