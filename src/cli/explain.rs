//! `jiuji explain`: why an article has its rank.

use serde::Serialize;

use super::{
    Outcome, Settings,
    terminal::{DIM, STRONG, Terminal, Text, pad_left, pad_right, width},
    today, with_advice,
};
use crate::{
    index::Snapshot,
    live,
    search::{self, Explanation, Plan, Query, TokenShare},
};

/// Columns of the bar of the whole score.
const BAR_COLUMNS: f32 = 30.0;
/// Tokens take at most so many columns in the table.
const MAX_TOKEN_COLUMNS: usize = 20;

#[derive(Debug, clap::Args)]
#[command(
    about = "说明某篇文章为什么排在这个位置",
    override_usage = "jiuji explain [OPTIONS] <QUERY> <ID>"
)]
pub(super) struct Args {
    #[arg(
        value_name = "QUERY",
        display_order = 1,
        help_heading = "参数",
        help = "查询，与 search 相同"
    )]
    query: String,
    #[arg(value_name = "ID", display_order = 2, help_heading = "参数", help = "文章的 id")]
    id: String,
    #[arg(long, help_heading = "选项", help = "输出 JSON")]
    json: bool,
}

/// An explanation with what the query was taken for.
#[derive(Serialize)]
struct Explained {
    query: String,
    plan_codes: Vec<String>,
    #[serde(flatten)]
    explanation: Explanation,
}

pub(super) fn run(
    args: &Args,
    settings: &Settings,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let query = Query::new(&args.query, today())?;
    let snapshot = live::open_snapshot(&settings.live_options(false)).map_err(with_advice)?;
    let Some(explanation) = search::explain(&snapshot, &query, &args.id)? else {
        return unknown(&snapshot, args, terminal);
    };
    let plan_codes = Plan::new(snapshot.analyzer(), &query.text).codes;
    let plan_codes = plan_codes.into_iter().map(|code| code.key).collect();
    let explained = Explained { query: query.text, plan_codes, explanation };
    if args.json {
        terminal.json(&explained)?;
    } else {
        show(terminal, &explained)?;
    }
    Ok(Outcome::Fine)
}

fn unknown(snapshot: &Snapshot, args: &Args, terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    let nearest = search::nearest_ids(snapshot, &args.id)?;
    if args.json {
        terminal.json(&serde_json::json!({ "id": args.id, "nearest": nearest }))?;
        return Ok(Outcome::Findings);
    }
    terminal.line(format!("没有 id 为“{}”的文章", args.id))?;
    if !nearest.is_empty() {
        terminal.hanging("最接近的：", nearest.join("、"))?;
    }
    Ok(Outcome::Findings)
}

fn show(terminal: &mut Terminal, explained: &Explained) -> anyhow::Result<()> {
    let Explained { query, plan_codes, explanation } = explained;
    let title = Text::default().styled(&explanation.title, STRONG);
    terminal.line(title.styled(&format!("（{}）", explanation.id), DIM))?;
    terminal.line(place(query, explanation))?;
    show_parts(terminal, explanation)?;
    show_tokens(terminal, &explanation.tokens)?;
    if !explanation.synonyms.is_empty() {
        heading(terminal, "用到的同义词")?;
        for share in &explanation.synonyms {
            let text = format!("{} → {}  +{:.2}", share.typed, share.used, share.gain);
            terminal.hanging("  ", text)?;
        }
    }
    if !explanation.missing.is_empty() {
        heading(terminal, "文章里没有的词")?;
        terminal.hanging("  ", explanation.missing.join("、"))?;
    }
    if explanation.codes > 0 {
        heading(terminal, "错误代码")?;
        let codes = explanation.codes;
        let text = format!("查询点到了文章声明的 {codes} 个代码，点到代码的文章排在最前");
        terminal.hanging("  ", text)?;
        terminal.hanging("  ", format!("查询里可能的代码：{}", plan_codes.join("、")))?;
    }
    Ok(())
}

fn place(query: &str, explanation: &Explanation) -> String {
    let Explanation { rank, n_ranked, total, .. } = explanation;
    match rank {
        Some(rank) => {
            format!("“{query}”：第 {rank} 名，共 {n_ranked} 篇参加排名，得分 {total:.2}")
        }
        None => {
            format!("“{query}”：不在结果里，共 {n_ranked} 篇参加排名；如果参加，得分 {total:.2}")
        }
    }
}

fn show_parts(terminal: &mut Terminal, explanation: &Explanation) -> anyhow::Result<()> {
    heading(terminal, "得分的组成")?;
    let name_columns = explanation.parts.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    for (name, score) in &explanation.parts {
        let share = if explanation.total > 0.0 { score / explanation.total } else { 0.0 };
        let name = pad_right(name, name_columns);
        let row = format!("{name} {score:>7.2} {:>4.0}%  {}", share * 100.0, bar(share));
        terminal.hanging("  ", row.trim_end())?;
    }
    Ok(())
}

fn bar(share: f32) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between zero and the columns of the whole bar"
    )]
    let n_columns = (share.clamp(0.0, 1.0) * BAR_COLUMNS).round() as usize;
    "█".repeat(n_columns)
}

fn show_tokens(terminal: &mut Terminal, tokens: &[TokenShare]) -> anyhow::Result<()> {
    if tokens.is_empty() {
        return Ok(());
    }
    heading(terminal, "查询的词")?;
    let columns = tokens.iter().map(|token| width(&token.text)).max().unwrap_or(0);
    let columns = columns.clamp(4, MAX_TOKEN_COLUMNS);
    let row = |[text, kind, frequency, count, flat, title]: [&str; 6]| {
        let text = pad_right(text, columns);
        let kind = pad_right(kind, 10);
        let numbers = [frequency, count, flat, title].map(|number| pad_left(number, 10)).concat();
        format!("{text}  {kind}{numbers}")
    };
    let head = row(["词", "类别", "文章数", "本文次数", "全文得分", "标题得分"]);
    terminal.hanging("  ", Text::default().styled(&head, DIM))?;
    for token in tokens {
        let TokenShare { text, kind, frequency, count, flat, title, .. } = token;
        let numbers = [
            frequency.to_string(),
            format!("{count:.1}"),
            format!("{flat:.2}"),
            format!("{title:.2}"),
        ];
        let [frequency, count, flat, title] = numbers.each_ref().map(String::as_str);
        let row = row([text, kind, frequency, count, flat, title]);
        let row = if token.filler { row + "  停用" } else { row };
        let style = if token.filler || token.count == 0.0 { DIM } else { anstyle::Style::new() };
        terminal.hanging("  ", Text::default().styled(&row, style))?;
    }
    Ok(())
}

fn heading(terminal: &mut Terminal, text: &str) -> anyhow::Result<()> {
    terminal.gap()?;
    Ok(terminal.line(Text::default().styled(text, STRONG))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        for (share, n_columns) in [(0.0, 0), (0.5, 15), (1.0, 30), (-0.2, 0), (7.0, 30)] {
            assert_eq!(width(&bar(share)), n_columns, "{share}");
        }
        assert_eq!(bar(f32::NAN), "");
    }
}
