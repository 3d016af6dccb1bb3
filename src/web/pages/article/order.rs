//! In which order the sections of an article are shown: what is needed on the phone comes first.

use crate::article::{Section, SectionKind};

/// Second-level sections as somebody with a caller on the line needs them.
const ORDER: [SectionKind; 10] = [
    SectionKind::Questions,
    SectionKind::Strategy,
    SectionKind::Scripts,
    SectionKind::Escalation,
    SectionKind::Symptoms,
    SectionKind::Impact,
    SectionKind::Prevention,
    SectionKind::Causes,
    SectionKind::Report,
    SectionKind::References,
];

/// `items`, each with its section, in the order to show them.
///
/// Text before the first heading stays first, a section keeps those below it, and other sections
/// come last as they are written. An article without a strategy, or one that is divided by
/// first-level headings, keeps its own order: its headings mean something else.
pub(super) fn for_a_call<T>(items: Vec<T>, section: impl Fn(&T) -> &Section) -> Vec<T> {
    let has = |holds: &dyn Fn(&Section) -> bool| items.iter().any(|item| holds(section(item)));
    if has(&|section| section.level == 1) || !has(&|s| s.kind == SectionKind::Strategy) {
        return items;
    }
    let mut ranked = Vec::new();
    let mut rank = None;
    for item in items {
        let section = section(&item);
        if section.level == 2 {
            rank = Some(place(section.kind));
        }
        ranked.push((rank, item));
    }
    // `None`, which is before the first heading, is less than any place. The sort is stable.
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, item)| item).collect()
}

fn place(kind: SectionKind) -> usize {
    ORDER.iter().position(|known| *known == kind).unwrap_or(ORDER.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::parse;

    fn order(source: &str) -> String {
        let sections = parse("a.md", source).unwrap().article.sections;
        let sections = for_a_call(sections, |section| section);
        let name = |section: Section| {
            if section.title.is_empty() { "前文".to_owned() } else { section.title }
        };
        sections.into_iter().map(name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_the_call_needs_comes_first_and_takes_its_parts_along() {
        let cases = [
            (
                "前\n\n## 现象\n\n## 影响\n\n## 先问用户\n\n## 应急策略\n\n### 甲\n\n## 各渠道话术\n\n\
                 ### 电话\n\n### 邮件\n\n## 升级与上报\n\n## 参考\n",
                "前文 先问用户 应急策略 甲 各渠道话术 电话 邮件 升级与上报 现象 影响 参考",
            ),
            (
                "### 早\n\n## 备注\n\n### 乙\n\n## 复盘报告\n\n## 应急策略\n\n## 另外\n\n## 预防措施\n",
                "早 应急策略 预防措施 复盘报告 备注 乙 另外",
            ),
            ("## 现象\n\n## 先问用户\n\n## 做法\n", "现象 先问用户 做法"),
            ("前\n\n# 一\n\n## 现象\n\n## 应急策略\n", "前文 一 现象 应急策略"),
            ("", ""),
        ];
        for (source, expected) in cases {
            assert_eq!(order(source), expected, "{source:?}");
        }
    }
}
