//! What authors are told about their front matter.

use super::*;

/// Complete front matter, with the lines `changed` in place of the fields they begin with.
fn with_fields(changed: &[&str]) -> String {
    let name = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
    let mut lines: Vec<String> = [
        "id: a",
        "title: 题",
        "summary: 概要",
        "fault_type: login",
        "severity: p3",
        "systems: [ad]",
        "tier: l1",
        "status: published",
        "owner: 组",
        "reviewed: 2026-01-31",
    ]
    .into_iter()
    .filter(|line| !changed.iter().any(|new| name(new) == name(line)))
    .map(str::to_owned)
    .collect();
    lines.extend(changed.iter().map(|line| (*line).to_owned()));
    format!("---\n{}\n---\n\n## 现象\n", lines.join("\n"))
}

/// Changed lines of front matter, and what is said of them.
const WRONG_FIELDS: [(&[&str], &[&str]); 20] = [
    (&[], &[]),
    (&["severity: P2"], &["12:11 Error 字段 `severity` 写的是“P2”，应为以下之一：p1、p2、p3、p4"]),
    (&["tier: [l1]"], &["12:7 Error 字段 `tier` 写的是一个列表，应为一段文字"]),
    (
        &["reviewed: 2026-02-30"],
        &["12:11 Error 字段 `reviewed` 写的是“2026-02-30”，应为真实存在的日期 YYYY-MM-DD"],
    ),
    (
        &["reviewed: 2026-1-3"],
        &["12:11 Error 字段 `reviewed` 写的是“2026-1-3”，应为真实存在的日期 YYYY-MM-DD"],
    ),
    (
        &["review_days: 很久"],
        &["12:14 Error 字段 `review_days` 写的是“很久”，应为1 到 3650 的整数"],
    ),
    (&["review_days: -1"], &["12:14 Error 字段 `review_days` 写的是“-1”，应为1 到 3650 的整数"]),
    (&["entry: 是"], &["12:8 Error 字段 `entry` 写的是“是”，应为true 或 false"]),
    (&["aliases: 单个"], &["12:10 Warning 字段 `aliases` 应为列表，写的是单个值，按一项读取"]),
    (&["aliases: {a: 1}"], &["12:10 Error 字段 `aliases` 写的是一组“键: 值”，应为一个列表"]),
    (
        &["aliases: [甲, '', ~]"],
        &[
            "12:14 Warning 字段 `aliases` 里有一项是空的，已略过",
            "12:18 Warning 字段 `aliases` 里有一项是空的，已略过",
        ],
    ),
    (
        &["codes: [4625, true]"],
        &[
            "12:9 Warning 代码 4625 没有加引号，按原文读取",
            "12:15 Warning 代码 true 没有加引号，按原文读取",
        ],
    ),
    (
        &["channels: [phone, fax]"],
        &["12:19 Error 字段 `channels` 写的是“fax”，应为以下之一：phone、mail、onsite"],
    ),
    (
        &["alerts: [x, {}, {name: a, b: c}]"],
        &[
            "12:10 Error 字段 `alerts` 写的是“x”，应为带 name 或 labels 的一项",
            "12:13 Error 字段 `alerts` 有一项既没有 name 也没有 labels，已略过",
            "12:27 Error 字段 `alerts` 里不能有 `b`，已略过",
        ],
    ),
    (&["alias: [甲]"], &["12:1 Warning 未知字段 `alias`"]),
    (&["owner:"], &["1:1 Error 缺少必填字段：owner"]),
    (&["systems: []", "title: ''"], &["1:1 Error 缺少必填字段：title、systems"]),
    (
        &["id: B_1"],
        &["12:5 Error 字段 `id` 写的是“B_1”，应为小写英文、数字和连字符，不超过 128 个"],
    ),
    (&["id: b"], &["12:5 Error id 是 `b`，文件名却是 `a.md`，两者应一致"]),
    (&["incident_class: ~", "data_risk:"], &[]),
];

#[test]
fn a_wrong_field_is_a_finding_and_has_its_default() {
    for (fields, expected) in WRONG_FIELDS {
        let expected: Vec<_> = expected
            .iter()
            // The changed fields stand last: their line depends on how many there are.
            .map(|line| match fields.first() {
                Some(first) if !is_extra(first) => line.replacen("12:", "11:", 1),
                _ => (*line).to_owned(),
            })
            .collect();
        assert_eq!(findings("a.md", &with_fields(fields)), expected, "{fields:?}");
    }
}

/// Whether the field is not among those of [`with_fields`], so that it makes a line more.
fn is_extra(field: &str) -> bool {
    let base = ["id:", "title:", "severity:", "systems:", "tier:", "owner:", "reviewed:"];
    !base.iter().any(|name| field.starts_with(name))
}

#[test]
fn values_that_can_be_understood_are_used() {
    let source = with_fields(&["codes: [4625, 0x011b, 1.50]", "aliases: 单个", "owner: 12"]);
    let meta = parsed("a.md", &source).article.meta;
    assert_eq!(meta.codes, ["4625", "0x011b", "1.50"]);
    assert_eq!((meta.aliases, meta.owner), (vec!["单个".to_owned()], Some("12".to_owned())));
    let article = parsed("x/a.md", &with_fields(&["id: B_1", "title: \"甲\\u2028\\e乙\""])).article;
    assert_eq!((article.id.as_str(), article.title.as_str()), ("x/a", "甲乙"));
}

#[test]
fn front_matter_that_is_no_yaml_is_refused_with_its_place() {
    let cases = [
        ("---\ntitle: 甲\n## 现象\n", "1:1 Error 前言没有结束：应有单独一行 ---"),
        ("---\ntitle: 甲\ntitle: 乙\n---\n", "3:1 Error 字段 `title` 写了两次"),
        ("---\n- a\n- b\n---\n", "2:1 Error 前言应为一行一个“字段: 值”"),
        ("---\ntitle: &a 甲\n---\n", "2:11 Error 前言里不能用锚点（&）和引用（*）"),
        ("---\ntitle: *a\n---\n", "2:8 Error 前言里不能用锚点（&）和引用（*）"),
    ];
    for (source, expected) in cases {
        assert_eq!(findings("a.md", source), [expected], "{source:?}");
    }
}

#[test]
fn every_kind_of_broken_yaml_is_explained_in_chinese() {
    let cases = [
        ("title: 甲: 乙", 2, "一行里有两个“冒号加空格”"),
        ("id: a\ntitle: \"甲", 3, "引号没有配对"),
        ("id: a\ncodes: [a, b\ntier: l1", 3, "列表"),
        ("id: a\n\ttitle: 甲", 3, "制表符"),
        ("id: a\ntitle 甲\ntier: l1", 3, "这一行不是“字段: 值”"),
        ("title: @甲", 2, "值不能以这个字符开头"),
        ("title: `甲`", 2, "值不能以这个字符开头"),
        ("alerts: {name: a", 2, "{"),
        ("a: [[[[[[[[[[1]]]]]]]]]]", 2, "前言嵌套太深"),
        ("title: \"a\\qb\"", 2, "反斜杠"),
        ("title: \"甲\" 乙", 2, "引号后面还有内容"),
        ("codes: [a, b", 2, "列表的“[”没有配上“]”"),
        ("title: 甲]\ncodes: ]", 3, "多了一个右括号"),
        ("codes: - a", 2, "不能写在字段名的同一行"),
        ("aliases:\n  - a\n - b", 4, "缩进不对"),
        ("a: !!int 甲", 2, "标签"),
        ("%a: b", 3, "%"),
        ("<<: {a: 1}", 2, "<<"),
    ];
    for (yaml, line, expected) in cases {
        let finding = parse("a.md", &format!("---\n{yaml}\n---\n")).unwrap_err();
        assert!(finding.message.contains(expected), "{yaml:?}: {}", finding.message);
        assert!(finding.line.is_some_and(|at| at.abs_diff(line) <= 1), "{yaml:?}: {finding:?}");
        assert!(finding.column.is_some() && finding.hint.is_some(), "{yaml:?}");
        assert_eq!((finding.rule.as_str(), finding.level), ("front-matter", Level::Error));
    }
    let finding = parse("a.md", "---\nid: a\ntitle：甲\n---\n").unwrap_err();
    assert_eq!(finding.hint.as_deref(), Some("字段名后面的冒号要用半角，并空一格"));
}

#[test]
fn a_broken_file_is_still_an_article_with_all_its_text() {
    let source = "---\ntitle: 甲\nstatus: draft\ncodes: [A-1\n---\n## 应急策略\n1. 停\n";
    assert!(parse("x/a.md", source).is_err());
    let article = salvage("x/a.md", source);
    assert_eq!((article.id.as_str(), article.title.as_str()), ("x/a", "甲"));
    assert_eq!(article.meta.status, Status::Draft);
    assert_eq!(article.sections[0].text, "codes: [A-1");
    assert_eq!(article.steps[0].text, "停");
    assert_eq!(html("x/a.md", source).len(), article.sections.len());
}
