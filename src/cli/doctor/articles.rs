//! What is wrong with the files of the knowledge base, by kind and with the first place of each.

use std::collections::BTreeMap;

use super::{Diagnosis, Grade};
use crate::{
    article::{Finding, Level},
    check,
    cli::{Settings, today},
};

/// Rules about files as such: what they find is not served, or not as it was meant. The name for
/// people comes second.
const OF_FILES: &[(&str, &str)] = &[
    ("unreadable", "读不出来"),
    ("too-large", "太大"),
    ("encoding", "编码"),
    ("symlink", "符号链接"),
    ("same-path", "重名"),
    ("file-name", "名称不可用"),
    ("not-a-file", "不是普通文件"),
    ("too-deep", "层数太深"),
    ("too-many-files", "文件太多"),
    ("broken-link", "失效的链接"),
    ("missing-image", "缺图片"),
];

/// Examines the files and what is written in them.
pub(super) fn all(settings: &Settings) -> Vec<Diagnosis> {
    let Ok(report) = check::check_folder(&settings.root, &settings.check_options(today())) else {
        return Vec::new();
    };
    let is_of_file = |finding: &Finding| kind(&finding.rule).is_some();
    let (of_files, of_texts): (Vec<_>, Vec<_>) =
        report.findings.iter().partition(|f| is_of_file(f));
    vec![files(&of_files), texts(&of_texts)]
}

fn kind(rule: &str) -> Option<&'static str> {
    OF_FILES.iter().find(|(name, _)| *name == rule).map(|(_, kind)| *kind)
}

fn files(findings: &[&Finding]) -> Diagnosis {
    let name = "文件";
    let mut kinds: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.level != Level::Info) {
        kinds.entry(kind(&finding.rule).unwrap_or_default()).or_default().push(finding);
    }
    if kinds.is_empty() {
        return Diagnosis::new(name, Grade::Ok, "都能读，没有失效的链接");
    }
    let group = |(kind, found): (&&str, &Vec<&Finding>)| {
        format!("{kind} {} 处（{}）", found.len(), found.first().map(place).unwrap_or_default())
    };
    let message = kinds.iter().map(group).collect::<Vec<_>>().join("，");
    Diagnosis::new(name, Grade::Warning, message).advice("运行 jiuji check 查看")
}

fn texts(findings: &[&Finding]) -> Diagnosis {
    let name = "文章检查";
    let of = |level: Level| findings.iter().filter(move |finding| finding.level == level);
    let message =
        format!("{} 个错误、{} 个警告", of(Level::Error).count(), of(Level::Warning).count());
    // An article must not spoil the outcome by growing old.
    let first = of(Level::Error)
        .next()
        .or_else(|| of(Level::Warning).find(|finding| finding.rule != "review-overdue"));
    match first {
        None => Diagnosis::new(name, Grade::Ok, message),
        Some(first) => {
            let message = format!("{message}，第一个在 {}：{}", place(first), first.message);
            Diagnosis::new(name, Grade::Warning, message).advice("运行 jiuji check 查看")
        }
    }
}

/// Path and, where known, line.
fn place(finding: &&Finding) -> String {
    match finding.line {
        Some(line) => format!("{}:{line}", finding.path),
        None => finding.path.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_counted_by_kind_with_the_first_place() {
        let link = |path: &str| Finding::new(path, "symlink", Level::Warning, "x");
        let found =
            [link("a.md"), link("b.md"), Finding::new("c.md", "encoding", Level::Error, "")];
        let diagnosis = files(&found.iter().collect::<Vec<_>>());
        assert_eq!(diagnosis.grade, Grade::Warning);
        assert_eq!(diagnosis.message, "符号链接 2 处（a.md），编码 1 处（c.md）");
        assert_eq!(files(&[]).grade, Grade::Ok);
    }

    #[test]
    fn every_kind_is_one_the_linter_knows_or_the_scan_finds() {
        for (rule, _) in OF_FILES.iter().filter(|(rule, _)| rule.contains("link")) {
            let of_scan = *rule == "symlink";
            assert!(of_scan || check::RULES.iter().any(|known| known.name == *rule), "{rule}");
        }
    }

    #[test]
    fn texts_name_the_first_error_and_forgive_age() {
        let overdue = Finding::new("a.md", "review-overdue", Level::Warning, "过期");
        let error = Finding::new("b.md", "front-matter", Level::Error, "坏了").at(3, 1);
        assert_eq!(texts(&[&overdue]).grade, Grade::Ok);
        let diagnosis = texts(&[&overdue, &error]);
        assert_eq!(diagnosis.message, "1 个错误、1 个警告，第一个在 b.md:3：坏了");
    }
}
