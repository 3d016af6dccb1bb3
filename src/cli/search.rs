//! `jiuji search`: the search of the page, in the terminal.

use anstyle::Style;

use super::{
    Outcome, Settings,
    filters::FilterOptions,
    terminal::{CAUTION, DANGER, DIM, STRONG, Terminal, Text},
    today, with_advice,
};
use crate::{
    article::{DataRisk, Severity, Status},
    live,
    search::{self, Answer, CardStep, DEFAULT_LIMIT, Hit, Note, Query},
};

/// Hits that people are shown unless they ask for more: what they read first stays on the screen.
const SHOWN_HITS: usize = 3;

#[derive(Debug, clap::Args)]
#[command(about = "查找应急策略，显示前三步", override_usage = "jiuji search [OPTIONS] <QUERY>")]
pub(super) struct Args {
    #[arg(value_name = "QUERY", help_heading = "参数", help = "来电人的说法、错误代码或关键词")]
    query: String,
    #[arg(
        long,
        value_name = "N",
        help_heading = "选项",
        help = "最多显示几篇（1–50），默认 3，用 --json 时默认 10"
    )]
    limit: Option<usize>,
    #[arg(long, help_heading = "选项", help = "输出 JSON，与接口 /api/v1/search 的内容相同")]
    json: bool,
    #[command(flatten)]
    filters: FilterOptions,
}

pub(super) fn run(
    args: Args,
    settings: &Settings,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let default_limit = if args.json { DEFAULT_LIMIT } else { SHOWN_HITS };
    let query = Query::new(&args.query, today())?
        .filters(args.filters.into())
        .page(args.limit.unwrap_or(default_limit), 0)?;
    let snapshot = live::open_snapshot(&settings.live_options(false)).map_err(with_advice)?;
    let answer = search::search(&snapshot, &query)?;
    if args.json {
        terminal.json(&answer)?;
    } else {
        show(terminal, &answer)?;
    }
    Ok(if answer.total == 0 { Outcome::Findings } else { Outcome::Fine })
}

fn show(terminal: &mut Terminal, answer: &Answer) -> anyhow::Result<()> {
    terminal.line(Text::default().styled(&headline(answer), DIM))?;
    for note in &answer.notes {
        terminal.hanging("· ", Text::default().styled(&sentence(note), CAUTION))?;
    }
    for (n, hit) in answer.hits.iter().enumerate() {
        terminal.gap()?;
        show_hit(terminal, n + 1, hit)?;
    }
    let n_more = answer.total.saturating_sub(answer.hits.len());
    if n_more > 0 {
        terminal.gap()?;
        let more = format!("还有 {n_more} 篇，用 --limit 多看几篇");
        terminal.line(Text::default().styled(&more, DIM))?;
    }
    Ok(())
}

fn headline(answer: &Answer) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let elapsed_ms = answer.elapsed_us as f64 / 1000.0;
    let total = answer.total;
    match answer.query.trim() {
        "" => format!("全部文章 {total} 篇，按严重程度和标题排列"),
        query => format!("“{query}”：{total} 篇，{elapsed_ms:.1} 毫秒"),
    }
}

fn sentence(note: &Note) -> String {
    let quoted =
        |words: &[String]| -> String { words.iter().map(|word| format!("“{word}”")).collect() };
    match note {
        Note::Synonym { text, used } => format!("“{text}”也按{}查找", quoted(used)),
        Note::Corrected { text, used } => {
            format!("知识库里没有“{text}”，已按{}查找", quoted(used))
        }
        Note::Missing { dropped } => format!("第一篇里没有{}", quoted(dropped)),
        Note::Cut { kept } => format!("输入太长，只按前 {kept} 个字查找"),
        Note::NoMatch => "没有找到对应的策略，下面是最接近的总入口".to_owned(),
    }
}

fn show_hit(terminal: &mut Terminal, number: usize, hit: &Hit) -> anyhow::Result<()> {
    let card = &hit.card;
    let lead = format!("{number}. ");
    let indent = " ".repeat(lead.len());
    let title = Text::default().marked(&card.title, &hit.title_highlights, STRONG);
    terminal.hanging(&lead, title)?;
    terminal.hanging(&indent, facts(hit))?;
    if let Some(summary) = &card.summary {
        terminal.hanging(&indent, summary.as_str())?;
    }
    for (n, step) in card.steps.iter().enumerate() {
        show_step(terminal, &format!("{indent}{}) ", n + 1), step)?;
    }
    if let Some(snippet) = &hit.snippet {
        let section = match snippet.section.as_str() {
            "" => "正文",
            section => section,
        };
        let text = Text::default().styled(&format!("〔{section}〕"), DIM);
        terminal.hanging(&indent, text.marked(&snippet.text, &snippet.highlights, DIM))?;
    }
    if let Some(escalation) = &card.escalation {
        let text = Text::default().styled("〔升级〕", DIM).styled(escalation, DIM);
        terminal.hanging(&indent, text)?;
    }
    Ok(())
}

fn show_step(terminal: &mut Terminal, lead: &str, step: &CardStep) -> anyhow::Result<()> {
    terminal.hanging(lead, step.text.as_str())?;
    let lead = format!("{}- ", " ".repeat(lead.len()));
    for branch in &step.branches {
        let text = Text::default().styled(&branch.condition, STRONG);
        let text = text.plain("：").plain(&branch.text);
        let text = match &branch.goto {
            Some(id) => text.styled(&format!("（→ {id}）"), DIM),
            None => text,
        };
        terminal.hanging(&lead, text)?;
    }
    Ok(())
}

/// What to know before acting, in one line, the most urgent first; the id last.
fn facts(hit: &Hit) -> Text {
    let card = &hit.card;
    let mut facts: Vec<(String, Style)> = Vec::new();
    if let Some(severity) = card.severity {
        let style = match severity {
            Severity::P1 => DANGER,
            Severity::P2 => CAUTION,
            Severity::P3 | Severity::P4 => Style::new(),
        };
        facts.push((format!("{severity} {}", severity.label()), style));
    }
    facts.extend(card.tier.map(|tier| (tier.label().to_owned(), Style::new())));
    facts.extend(card.fault_type_label.clone().map(|label| (label, Style::new())));
    match card.data_risk {
        DataRisk::None => {}
        DataRisk::Possible => facts.push((card.data_risk.label().to_owned(), CAUTION)),
        DataRisk::High => facts.push((card.data_risk.label().to_owned(), DANGER)),
    }
    if card.status != Status::Published {
        facts.push((card.status.label().to_owned(), CAUTION));
    }
    if hit.stale {
        facts.push(("复审已到期".to_owned(), CAUTION));
    }
    if hit.broken {
        facts.push(("文件有错，这是上一个可用的版本".to_owned(), CAUTION));
    }
    facts.push((card.id.clone(), DIM));
    let first = Text::default();
    facts.iter().enumerate().fold(first, |text, (n, (fact, style))| {
        let text = if n == 0 { text } else { text.styled(" · ", DIM) };
        text.styled(fact, *style)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_note_is_a_sentence() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let table = [
            (
                Note::Synonym { text: "登陆".into(), used: words(&["登录", "登入"]) },
                "“登陆”也按“登录”“登入”查找",
            ),
            (
                Note::Corrected { text: "dnegl".into(), used: words(&["dengl"]) },
                "知识库里没有“dnegl”，已按“dengl”查找",
            ),
            (Note::Missing { dropped: words(&["财务"]) }, "第一篇里没有“财务”"),
            (Note::Cut { kept: 500 }, "输入太长，只按前 500 个字查找"),
            (Note::NoMatch, "没有找到对应的策略，下面是最接近的总入口"),
        ];
        for (note, expected) in table {
            assert_eq!(sentence(&note), expected);
        }
    }
}
