//! `jiuji check`: the linter.

mod paths;
mod rules;

use std::{
    io::{self, Read},
    path::PathBuf,
};

use anyhow::{Context, ensure};
use time::{Date, macros::format_description};

use super::{Outcome, Settings, terminal::Terminal, today, with_advice};
use crate::{
    check::{self, Options, Report, render},
    kb,
};
use paths::Wanted;

#[derive(Debug, clap::Args)]
#[command(about = "检查文章", override_usage = "jiuji check [OPTIONS] [PATH]...")]
pub(super) struct Args {
    #[arg(
        value_name = "PATH",
        help_heading = "参数",
        help = "只看这些文件或文件夹，默认整个知识库"
    )]
    paths: Vec<PathBuf>,
    #[arg(
        long, value_enum, default_value_t = Format::Human, hide_default_value = true,
        hide_possible_values = true, value_name = "FORMAT", help_heading = "选项",
        help = "输出格式：human（默认）、json 或 github"
    )]
    format: Format,
    #[arg(long, help_heading = "选项", help = "有警告也算不通过（复审到期除外）")]
    strict: bool,
    #[arg(
        long, value_name = "DATE", value_parser = date, help_heading = "选项",
        help = "按这一天判断复审是否到期，如 2026-11-20，默认今天"
    )]
    today: Option<Date>,
    #[arg(
        long,
        help_heading = "选项",
        help = "先修正能稳妥修正的：章节顺序、代码块的语言和提示符、编码；再检查"
    )]
    fix: bool,
    #[arg(
        long,
        help_heading = "选项",
        help = "从标准输入读一篇文章来检查，不写文件；要配合 --path"
    )]
    stdin: bool,
    #[arg(
        long,
        value_name = "FILE",
        requires = "stdin",
        help_heading = "选项",
        help = "标准输入那篇文章在知识库里的路径，文件可以还没有"
    )]
    path: Option<PathBuf>,
    #[arg(long, help_heading = "选项", help = "列出所有规则和改法（可加 --format json）")]
    list_rules: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Human,
    Json,
    Github,
}

pub(super) fn run(
    args: &Args,
    settings: &Settings,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    refuse_contradictions(args)?;
    if args.list_rules {
        rules::list(args.format, terminal)?;
        return Ok(Outcome::Fine);
    }
    let options = settings.check_options(args.today.unwrap_or_else(today));
    let report = match &args.path {
        // The search knows what is saved, not what is typed.
        Some(path) => {
            let options = Options { first_hits: None, vocabulary: None, ..options };
            check_stdin(path, settings, &options)?
        }
        None => check_paths(args, settings, &options)?,
    };
    let text = match args.format {
        Format::Human => render::human::render(&report, terminal.has_color()),
        Format::Json => render::json::render(&report),
        Format::Github => render::github::render(&report),
    };
    terminal.raw(&text)?;
    Ok(if report.fails(args.strict) { Outcome::Findings } else { Outcome::Fine })
}

/// Here and not in the definition of the options, so that the message is Chinese.
fn refuse_contradictions(args: &Args) -> anyhow::Result<()> {
    let Args { stdin, fix, path, paths, list_rules, .. } = args;
    ensure!(!(*stdin && *fix), "--fix 不能和 --stdin 一起用：--fix 改的是知识库里的文件");
    ensure!(!stdin || path.is_some(), "--stdin 要配合 --path，说明这篇文章在知识库里的路径");
    ensure!(*stdin || path.is_none(), "--path 只和 --stdin 一起用；检查已有的文件直接写 PATH");
    ensure!(!stdin || paths.is_empty(), "--stdin 只检查标准输入那一篇，不能再写 PATH");
    ensure!(
        !list_rules || !(*stdin || *fix),
        "--list-rules 只列出规则，不能和 --stdin、--fix 一起用"
    );
    Ok(())
}

fn check_paths(args: &Args, settings: &Settings, options: &Options) -> anyhow::Result<Report> {
    let root = &settings.root;
    let wanted = Wanted::new(root, &args.paths)?;
    let mended = if args.fix {
        check::fix_folder(root, &|path| wanted.has(path)).map_err(|e| with_advice(e.into()))?
    } else {
        Vec::new()
    };
    let report = check::check_folder(root, options);
    let mut report = report.map_err(|error| with_advice(error.into()))?;
    if !args.paths.is_empty() {
        report.retain(|path| wanted.has(path));
    }
    report.mended = mended;
    Ok(report)
}

fn check_stdin(
    path: &std::path::Path,
    settings: &Settings,
    options: &Options,
) -> anyhow::Result<Report> {
    let path = paths::of_article(&settings.root, path)?;
    let mut bytes = Vec::new();
    // One byte more shows that the text is too large.
    let limit = kb::MAX_ARTICLE_BYTES + 1;
    io::stdin().lock().take(limit).read_to_end(&mut bytes).context("标准输入读不出来")?;
    let report = check::check_text(&settings.root, options, &path, &bytes);
    report.map_err(|error| with_advice(error.into()))
}

/// A day as typed.
pub(super) fn date(text: &str) -> Result<Date, String> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| "应写成 2026-11-20 这样的日期".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_one_form() {
        assert_eq!(date("2026-11-20"), Ok(time::macros::date!(2026 - 11 - 20)));
        for text in ["", "2026-13-01", "2026/11/20", "20 Nov 2026", "2026-11-20x"] {
            assert!(date(text).is_err(), "{text}");
        }
    }
}
