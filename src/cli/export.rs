//! `jiuji export`: the knowledge base as files for others.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{
    Outcome, Settings,
    filters::one_of,
    index::printed_size,
    terminal::{CAUTION, Terminal, Text, has_progress},
    today, with_advice,
};
use crate::{
    article::Status,
    export::{Format, Job, Summary, export},
    live,
    search::Filters,
};

#[derive(Debug, clap::Args)]
#[command(
    about = "导出知识库：不用服务器就能查的网页副本、JSON、表格或 Word 文档",
    override_usage = "jiuji export [OPTIONS] <DIR>",
    after_help = "先写在旁边，写完整了才换上去；中断不会损坏上一次的导出。\n\
        没有 --force 时，只写进新的、空的或以前导出过的文件夹；\n\
        有 --force 时，原来的文件夹改名留在旁边，原来的文件被覆盖。"
)]
pub(super) struct Args {
    #[arg(
        value_name = "DIR",
        help_heading = "参数",
        help = "导出到哪个文件夹；json、csv、docx 也可以直接写文件名"
    )]
    target: PathBuf,
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "html",
        hide_default_value = true,
        hide_possible_values = true,
        value_parser = format(),
        help_heading = "选项",
        help = "html（默认，网页副本）、json（jiuji.json）、csv（matrix.csv）、docx（strategies.docx）"
    )]
    format: Format,
    #[arg(
        long, value_name = "STATUS", hide_possible_values = true,
        value_parser = one_of(Status::ALL, Status::as_str, Status::label),
        help_heading = "选项",
        help = "哪些状态的文章（可重复）：published（默认）、draft 草稿、retired 已停用"
    )]
    status: Vec<Status>,
    #[arg(long, help_heading = "选项", help = "里面有别的内容也导出")]
    force: bool,
}

fn format() -> impl TypedValueParser<Value = Format> {
    let values = [
        PossibleValue::new("html").alias("site").help("网页副本"),
        PossibleValue::new("json").help("全部文章，与接口相同"),
        PossibleValue::new("csv").help("总表"),
        PossibleValue::new("docx").help("Word 文档"),
    ];
    PossibleValuesParser::new(values).map(|name| match name.as_str() {
        "json" => Format::Json,
        "csv" => Format::Csv,
        "docx" => Format::Docx,
        _ => Format::Html,
    })
}

pub(super) fn run(
    args: Args,
    settings: &Settings,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let snapshot = live::open_snapshot(&settings.live_options(false)).map_err(with_advice)?;
    let status = if args.status.is_empty() { Filters::default().status } else { args.status };
    let bar = progress();
    let job = Job {
        snapshot: &snapshot,
        kb_root: settings.root.path(),
        today: today(),
        status: &status,
        force: args.force,
        progress: &|n_done, n_articles| {
            bar.set_length(n_articles as u64);
            bar.set_position(n_done as u64);
        },
    };
    let outcome = export(&args.target, args.format, &job);
    bar.finish_and_clear();
    let summary = outcome?;
    terminal.line(headline(&summary, started.elapsed()))?;
    if let Some(kept) = &summary.kept {
        let remark = format!("原来的文件夹改名为 {}", kept.display());
        terminal.hanging("! ", Text::default().styled(&remark, CAUTION))?;
    }
    Ok(if summary.n_articles == 0 { Outcome::Findings } else { Outcome::Fine })
}

fn progress() -> ProgressBar {
    let target =
        if has_progress() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    match ProgressStyle::with_template("正在导出 {wide_bar} {pos}/{len}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn headline(summary: &Summary, elapsed: Duration) -> String {
    let Summary { place, n_articles, n_bytes, .. } = summary;
    let (place, size, seconds) = (place.display(), printed_size(*n_bytes), elapsed.as_secs_f64());
    format!("已导出 {n_articles} 篇到 {place}（{size}），用时 {seconds:.1} 秒")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_says_how_many_where_and_how_large() {
        let summary =
            Summary { place: "/out/x".into(), n_articles: 145, n_bytes: 3 << 20, kept: None };
        let text = headline(&summary, Duration::from_millis(1240));
        assert_eq!(text, "已导出 145 篇到 /out/x（3.0 MB），用时 1.2 秒");
    }
}
