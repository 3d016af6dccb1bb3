//! `jiuji eval`: how well the search finds, over judged queries.

use std::path::PathBuf;

use serde::Serialize;

use super::{
    Outcome, Settings,
    terminal::{CAUTION, DANGER, DIM, GOOD, STRONG, Terminal, Text},
    today, with_advice,
};
use crate::{
    eval::{self, Asked, Comparison, Figures, Judgment, Keystrokes, judgments},
    index::Snapshot,
    live,
};

/// Failures that people are shown.
const SHOWN_FAILURES: usize = 50;

#[derive(Debug, clap::Args)]
#[command(
    about = "用评测查询衡量检索效果",
    override_usage = "jiuji eval [OPTIONS] --queries <FILE>"
)]
pub(super) struct Args {
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "选项",
        help = "评测查询（TSV：查询、主文章 id、也有用的 id、类别；有 --qrels 时：编号、查询）"
    )]
    queries: PathBuf,
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "选项",
        help = "评判（TSV：查询编号、文章 id、等级）"
    )]
    qrels: Option<PathBuf>,
    #[arg(long, help_heading = "选项", help = "逐键输入每条查询，统计多少键之后策略出现")]
    keystrokes: bool,
    #[arg(long, help_heading = "选项", help = "列出没找对的查询里哪些词在所有文章中都没有")]
    missing: bool,
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "选项",
        help = "与以前用 --json 保存的结果比较，并做配对随机化检验"
    )]
    compare: Option<PathBuf>,
    #[arg(long, help_heading = "选项", help = "输出 JSON")]
    json: bool,
    #[arg(long, value_name = "X", help_heading = "选项", help = "首位命中率低于 X（0–1）时返回 1")]
    min_top1: Option<f64>,
    #[arg(long, value_name = "X", help_heading = "选项", help = "前三命中率低于 X（0–1）时返回 1")]
    min_top3: Option<f64>,
    #[arg(long, value_name = "X", help_heading = "选项", help = "nDCG@10 低于 X（0–1）时返回 1")]
    min_ndcg: Option<f64>,
}

/// Everything that was asked for, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Report {
    #[serde(flatten)]
    outcome: eval::Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    keystrokes: Option<Keystrokes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Comparison>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Vec<eval::MissingWord>>,
}

pub(super) fn run(
    args: &Args,
    settings: &Settings,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let judgments = match &args.qrels {
        Some(qrels) => judgments::read_with_qrels(&args.queries, qrels)?,
        None => judgments::read(&args.queries)?,
    };
    let snapshot = live::open_snapshot(&settings.live_options(false)).map_err(with_advice)?;
    let report = report(args, &snapshot, &judgments)?;
    if args.json {
        terminal.json(&report)?;
    } else {
        show(terminal, &report)?;
    }
    let Figures { top1, top3, ndcg, .. } = report.outcome.overall;
    let floors = [(args.min_top1, top1), (args.min_top3, top3), (args.min_ndcg, ndcg)];
    let is_below = floors.iter().any(|(floor, value)| floor.is_some_and(|floor| *value < floor));
    Ok(if is_below { Outcome::Findings } else { Outcome::Fine })
}

fn report(args: &Args, snapshot: &Snapshot, judgments: &[Judgment]) -> anyhow::Result<Report> {
    let outcome = eval::evaluate(snapshot, judgments, today())?;
    let comparison = match &args.compare {
        Some(path) => {
            let before = serde_json::from_str(&fs_err::read_to_string(path)?)?;
            Some(eval::compare(&before, &outcome))
        }
        None => None,
    };
    let keystrokes = args.keystrokes.then(|| eval::keystrokes(snapshot, judgments, today()));
    let missing = args.missing.then(|| eval::missing_words(snapshot, &outcome));
    Ok(Report {
        keystrokes: keystrokes.transpose()?,
        missing: missing.transpose()?,
        comparison,
        outcome,
    })
}

fn show(terminal: &mut Terminal, report: &Report) -> anyhow::Result<()> {
    let kinds = &report.outcome.kinds;
    terminal.line(Text::default().styled(&heading(), DIM))?;
    for (kind, figures) in kinds.iter().filter(|(kind, _)| !kind.is_empty()) {
        terminal.line(Text::default().plain(&row(kind, figures)))?;
    }
    terminal.line(Text::default().styled(&row("全部", &report.outcome.overall), STRONG))?;
    if let Some(Keystrokes { median, p90, .. }) = &report.keystrokes {
        let keys = |keys: &Option<usize>| keys.map_or("到不了".to_owned(), |k| k.to_string());
        let line =
            format!("按键数（策略进入前三并留住）：中位数 {}，p90 {}", keys(median), keys(p90));
        terminal.line(Text::default().plain(&line))?;
    }
    show_failures(terminal, &report.outcome.asked)?;
    if let Some(missing) = &report.missing {
        terminal.gap()?;
        terminal.line(Text::default().styled("没找对的查询里，这些词在所有文章中都没有：", DIM))?;
        for word in missing {
            let line = format!("{}（{}）", word.word, word.queries.join("；"));
            terminal.hanging("· ", Text::default().plain(&line))?;
        }
    }
    match &report.comparison {
        Some(comparison) => show_comparison(terminal, comparison),
        None => Ok(()),
    }
}

fn heading() -> String {
    format!(
        "{:<14}{:>5} {:>7} {:>7} {:>7} {:>8} {:>7}",
        "kind", "n", "top-1", "top-3", "MRR@10", "nDCG@10", "R@10"
    )
}

fn row(kind: &str, f: &Figures) -> String {
    let name = super::terminal::pad_right(kind, 14);
    format!(
        "{name}{:>5} {:>6.1}% {:>6.1}% {:>7.4} {:>8.4} {:>7.4}",
        f.n,
        f.top1 * 100.0,
        f.top3 * 100.0,
        f.mrr,
        f.ndcg,
        f.recall
    )
}

fn show_failures(terminal: &mut Terminal, asked: &[Asked]) -> anyhow::Result<()> {
    let failed: Vec<&Asked> = asked.iter().filter(|one| one.rank != Some(1)).collect();
    if failed.is_empty() {
        return Ok(());
    }
    terminal.gap()?;
    terminal.line(Text::default().styled(&format!("没有排在第一的 {} 条：", failed.len()), DIM))?;
    for one in failed.iter().take(SHOWN_FAILURES) {
        let place = one.rank.map_or("前十没有".to_owned(), |rank| format!("第 {rank}"));
        let style = if one.rank.is_some_and(|rank| rank <= 3) { CAUTION } else { DANGER };
        let first = one.hits.first().map_or("无", String::as_str);
        let line = format!(
            " {}（{}）：应为 {}，第一是 {first}",
            one.query,
            one.kind,
            one.primary.join("、")
        );
        terminal.hanging("· ", Text::default().styled(&place, style).plain(&line))?;
    }
    Ok(())
}

fn show_comparison(terminal: &mut Terminal, comparison: &Comparison) -> anyhow::Result<()> {
    let Comparison { n, ndcg, p, better, worse } = comparison;
    terminal.gap()?;
    let line = format!("与以前相比（{n} 条）：nDCG@10 {ndcg:+.4}，p = {p:.4}");
    terminal.line(Text::default().styled(&line, STRONG))?;
    for (moved, style) in [(better, GOOD), (worse, DANGER)] {
        for one in moved {
            let place =
                |place: Option<usize>| place.map_or("十名外".to_owned(), |p| p.to_string());
            let change = format!("{} → {}", place(one.before), place(one.after));
            let text = Text::default().styled(&change, style).plain(&format!(" {}", one.query));
            terminal.hanging("· ", text)?;
        }
    }
    Ok(())
}
