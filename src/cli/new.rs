//! `jiuji new`: the skeleton of an article.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::{Outcome, Settings, terminal::Terminal, today};
use crate::{
    article::{FaultType, Severity},
    scaffold::{self, CreateError, Draft},
};

#[derive(Debug, clap::Args)]
#[command(
    about = "新建一篇文章的骨架，缺的地方有标记",
    override_usage = "jiuji new <ID> --type <TYPE> [OPTIONS]",
    after_help = "例如：
  jiuji new printer-offline --type peripheral --title 打印机显示脱机"
)]
pub(super) struct Args {
    #[arg(
        value_name = "ID",
        help_heading = "参数",
        help = "编号，也是文件名：小写英文、数字和连字符"
    )]
    id: String,
    #[arg(
        long = "type",
        value_name = "TYPE",
        help_heading = "选项",
        help = "故障类型，值或名称，如 login 或 登录异常"
    )]
    fault_type: Option<String>,
    #[arg(
        long,
        value_name = "TITLE",
        help_heading = "选项",
        help = "标题，写成来电人的说法，不超过 32 字"
    )]
    title: Option<String>,
    #[arg(
        long,
        value_name = "LEVEL",
        help_heading = "选项",
        help = "级别 p1 到 p4，默认按故障类型"
    )]
    severity: Option<String>,
    #[arg(
        long,
        value_name = "DIR",
        help_heading = "选项",
        help = "写到这个文件夹，默认知识库文件夹"
    )]
    out: Option<PathBuf>,
}

pub(super) fn run(
    args: Args,
    settings: &Settings,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let draft = Draft {
        fault_type: fault_type(args.fault_type.as_deref())?,
        severity: args.severity.as_deref().map(severity).transpose()?,
        id: args.id,
        title: args.title,
        today: today(),
    };
    let path = scaffold::create_article(&settings.root, args.out.as_deref(), &draft);
    let path = path.map_err(with_advice)?;
    let n_gaps = fs_err::read_to_string(&path)?.matches("【待补：").count();
    advise(terminal, &path, n_gaps)?;
    Ok(Outcome::Fine)
}

fn advise(terminal: &mut Terminal, path: &Path, n_gaps: usize) -> anyhow::Result<()> {
    let shown = path.display();
    terminal.line(format!("已写好 {shown}（草稿，有 {n_gaps} 处待补）"))?;
    let steps = [
        "用编辑器打开，查找“待补”，把每一处【待补：…】换成内容，用不上的条目整条删掉".to_owned(),
        format!("jiuji check {shown} 查看还缺什么"),
        "请另一名工程师照着走一遍，再把 status: draft 改成 status: published".to_owned(),
        format!("jiuji check --strict {shown} 通过后提交"),
    ];
    terminal.line("下一步：")?;
    for (number, step) in (1..).zip(steps) {
        terminal.hanging(&format!("{number}. "), step.as_str())?;
    }
    Ok(())
}

/// Adds what a person can do about it.
fn with_advice(error: CreateError) -> anyhow::Error {
    match error {
        CreateError::Scan(error) => {
            anyhow::anyhow!("{error}；用 --kb 指定知识库文件夹，或先用 jiuji init 建一个")
        }
        other => other.into(),
    }
}

fn fault_type(text: Option<&str>) -> anyhow::Result<FaultType> {
    let allowed = || allowed(FaultType::ALL, FaultType::as_str, FaultType::label);
    let text = text.with_context(|| format!("要用 --type 说明故障类型：{}", allowed()))?;
    match find(text, FaultType::ALL, FaultType::as_str, FaultType::label) {
        Some(fault_type) => Ok(fault_type),
        None => bail!("没有“{text}”这个故障类型，可用的有：{}", allowed()),
    }
}

fn severity(text: &str) -> anyhow::Result<Severity> {
    find(text, Severity::ALL, Severity::as_str, Severity::label).with_context(|| {
        let allowed = allowed(Severity::ALL, Severity::as_str, Severity::label);
        format!("没有“{text}”这个级别，可用的有：{allowed}")
    })
}

/// The value of that name or label.
fn find<T: Copy>(
    text: &str,
    all: &[T],
    name: fn(T) -> &'static str,
    label: fn(T) -> &'static str,
) -> Option<T> {
    let text = text.trim();
    all.iter()
        .copied()
        .find(|value| name(*value).eq_ignore_ascii_case(text) || label(*value) == text)
}

fn allowed<T: Copy>(
    all: &[T],
    name: fn(T) -> &'static str,
    label: fn(T) -> &'static str,
) -> String {
    let values: Vec<_> =
        all.iter().map(|value| format!("{}（{}）", name(*value), label(*value))).collect();
    values.join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_type_has_a_value_and_a_name() {
        let table = [
            ("login", Some(FaultType::Login)),
            (" Data-Loss ", Some(FaultType::DataLoss)),
            ("打印与外设", Some(FaultType::Peripheral)),
            ("打印", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(fault_type(Some(text)).ok(), expected, "{text}");
        }
        let error = fault_type(Some("vpn")).unwrap_err().to_string();
        assert!(error.contains("“vpn”") && error.contains("facility（机房与动力）"), "{error}");
        assert!(fault_type(None).unwrap_err().to_string().contains("--type"));
        assert_eq!(severity("p1").ok(), Some(Severity::P1));
        assert!(severity("p9").is_err());
    }
}
