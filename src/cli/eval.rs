//! `jiuji eval`: how well the search finds, over judged queries.

use std::{collections::BTreeSet, path::PathBuf};

use serde::Serialize;

use super::{
    Outcome, Settings,
    terminal::{CAUTION, DANGER, DIM, GOOD, STRONG, Terminal, Text},
    with_advice,
};
use crate::{
    eval::{
        self, Ablation, Asked, Comparison, Figures, Fold, Judgment, Keystrokes, Setting, judgments,
    },
    index::Snapshot,
    live,
    search::weights::{PARAMETERS, Weights},
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
        long = "set",
        value_name = "NAME=X",
        value_parser = weight,
        help_heading = "选项",
        help = "用别的权重衡量，例如 title=0.4；可以多次"
    )]
    set: Vec<(String, f32)>,
    #[arg(long, help_heading = "选项", help = "在全部查询上选权重，打印出来")]
    learn: bool,
    #[arg(long, help_heading = "选项", help = "逐项去掉排序的一个权重，看损失多少")]
    ablate: bool,
    #[arg(
        long,
        help_heading = "选项",
        help = "五折交叉验证：在五分之四的查询上选权重，看其余五分之一"
    )]
    folds: bool,
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
    ablations: Option<Vec<Ablation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    learned: Option<Weights>,
    #[serde(skip_serializing_if = "Option::is_none")]
    folds: Option<Vec<Fold>>,
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
    let unknown = unknown(&snapshot, &judgments)?.join("、");
    anyhow::ensure!(unknown.is_empty(), "评测查询里的 id 没有对应的文章：{unknown}");
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
    let outcome = eval::evaluate(snapshot, judgments, setting(&args.set))?;
    let comparison = match &args.compare {
        Some(path) => {
            let before = serde_json::from_str(&fs_err::read_to_string(path)?)?;
            Some(eval::compare(&before, &outcome))
        }
        None => None,
    };
    let keystrokes = args.keystrokes.then(|| eval::keystrokes(snapshot, judgments));
    let missing = args.missing.then(|| eval::missing_words(snapshot, &outcome));
    let ablations = args.ablate.then(|| eval::ablations(snapshot, judgments));
    let folds = args.folds.then(|| eval::folds(snapshot, judgments));
    let learned = args.learn.then(|| eval::learn(snapshot, judgments));
    Ok(Report {
        learned: learned.transpose()?,
        ablations: ablations.transpose()?,
        folds: folds.transpose()?,
        keystrokes: keystrokes.transpose()?,
        missing: missing.transpose()?,
        comparison,
        outcome,
    })
}

/// Judged ids that no article has: they could never be found.
fn unknown(snapshot: &Snapshot, judgments: &[Judgment]) -> anyhow::Result<Vec<String>> {
    let ids = judgments.iter().flat_map(|judgment| judgment.primary.iter().chain(&judgment.also));
    let ids: BTreeSet<&String> = ids.collect();
    let mut unknown = Vec::new();
    for id in ids {
        if snapshot.address(id)?.is_none() {
            unknown.push(id.clone());
        }
    }
    Ok(unknown)
}

/// A weight and its value, as given on the command line.
fn weight(given: &str) -> Result<(String, f32), String> {
    let names = || PARAMETERS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("、");
    let (name, value) = given.split_once('=').ok_or("应为 名称=数值")?;
    if !PARAMETERS.iter().any(|(known, _)| *known == name) {
        return Err(format!("没有叫 {name} 的权重，可用的有：{}", names()));
    }
    let value = value.parse().map_err(|_| format!("“{value}”不是数"))?;
    Ok((name.to_owned(), value))
}

fn setting(set: &[(String, f32)]) -> Setting {
    let mut setting = Setting::default();
    for (name, value) in set {
        let known = PARAMETERS.iter().find(|(known, _)| known == name);
        if let Some((_, weight)) = known {
            *weight(&mut setting.weights) = *value;
        }
    }
    setting
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
    if let Some(ablations) = &report.ablations {
        show_ablations(terminal, &report.outcome, ablations)?;
    }
    if let Some(mut weights) = report.learned {
        terminal.gap()?;
        for (name, weight) in PARAMETERS {
            terminal.line(Text::default().plain(&format!("{name} = {}", weight(&mut weights))))?;
        }
    }
    if let Some(folds) = &report.folds {
        show_folds(terminal, folds)?;
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

/// For each thing left out what is lost, in points of top-1 and top-3, and of top-1 by kind.
fn show_ablations(
    terminal: &mut Terminal,
    whole: &eval::Outcome,
    ablations: &[Ablation],
) -> anyhow::Result<()> {
    terminal.gap()?;
    let points = |then: f64, now: f64| format!("{:+.1}", (then - now) * 100.0);
    let kinds = whole.kinds.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>().join(" ");
    let heading = format!("去掉（百分点）  top-1 top-3 nDCG@10 | top-1：{kinds}");
    terminal.line(Text::default().styled(&heading, DIM))?;
    for Ablation { without, outcome } in ablations {
        let (then, now) = (&outcome.overall, &whole.overall);
        let by_kind = outcome.kinds.iter().zip(&whole.kinds);
        let by_kind: Vec<String> =
            by_kind.map(|((_, then), (_, now))| points(then.top1, now.top1)).collect();
        let line = format!(
            "{without:<12} {:>6} {:>6} {:>6} | {}",
            points(then.top1, now.top1),
            points(then.top3, now.top3),
            points(then.ndcg, now.ndcg),
            by_kind.join(" ")
        );
        terminal.line(Text::default().plain(&line))?;
    }
    Ok(())
}

fn show_folds(terminal: &mut Terminal, folds: &[Fold]) -> anyhow::Result<()> {
    terminal.gap()?;
    let heading = "五折：选权重的查询 → 其余的查询（出厂权重）的 top-1";
    terminal.line(Text::default().styled(heading, DIM))?;
    let line = |name: &str, [chosen_on, left_out, shipped]: [f64; 3]| {
        let [chosen_on, left_out, shipped] = [chosen_on, left_out, shipped].map(|f| f * 100.0);
        format!("{name} {chosen_on:.1}% → {left_out:.1}%（{shipped:.1}%）")
    };
    let tops = |fold: &Fold| [fold.chosen_on.top1, fold.left_out.top1, fold.shipped.top1];
    for (i, fold) in folds.iter().enumerate() {
        terminal.line(Text::default().plain(&line(&format!("{}", i + 1), tops(fold))))?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful of folds")]
    let n = folds.len().max(1) as f64;
    let mean = |i: usize| folds.iter().map(|fold| tops(fold)[i]).sum::<f64>() / n;
    let means = [mean(0), mean(1), mean(2)];
    terminal.line(Text::default().styled(&line("平均", means), STRONG))?;
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
