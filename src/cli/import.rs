//! `jiuji import`: articles out of tables.

use std::path::PathBuf;

use serde::Serialize;
use time::Date;

use super::{
    Outcome, Settings,
    terminal::{CAUTION, DIM, GOOD, STRONG, Terminal, Text, pad_left, pad_right, printable, width},
    today,
};
use crate::import::{self, Fate, Options, Report, RowReport, SkippedTable, Summary};

/// Columns that the title may take.
const MAX_TITLE_COLUMNS: usize = 40;

#[derive(Debug, clap::Args)]
#[command(
    about = "把表格（DOCX、XLSX、CSV、Markdown）变成文章，一行一篇",
    override_usage = "jiuji import [OPTIONS] FILE"
)]
pub(super) struct Args {
    #[arg(
        value_name = "FILE",
        help_heading = "参数",
        help = "有“紧急情况、预防措施、应急策略”或类似列的表格"
    )]
    file: PathBuf,
    #[arg(
        long,
        value_name = "DIR",
        help_heading = "选项",
        help = "文章写到这个文件夹，默认知识库文件夹；已有的文件从不改动"
    )]
    out: Option<PathBuf>,
    #[arg(long, help_heading = "选项", help = "只说明会写哪些文章，不写")]
    dry_run: bool,
    #[arg(long, help_heading = "选项", help = "输出 JSON")]
    json: bool,
    #[arg(
        long, value_name = "DATE", value_parser = super::check::date, help_heading = "选项",
        help = "文章的核对日期，如 2026-11-20，默认今天"
    )]
    today: Option<Date>,
}

/// The outcome for programs.
#[derive(Serialize)]
struct Json<'a> {
    file: String,
    out: String,
    dry_run: bool,
    rows: &'a [RowReport],
    skipped_tables: &'a [SkippedTable],
    summary: Summary,
}

pub(super) fn run(
    args: Args,
    settings: &Settings,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let options = Options {
        file: args.file,
        out: args.out.unwrap_or_else(|| settings.root.given().to_owned()),
        root: settings.root.clone(),
        today: args.today.unwrap_or_else(today),
        dry_run: args.dry_run,
    };
    let report = import::import(&options)?;
    if args.json {
        terminal.json(&Json {
            file: options.file.display().to_string(),
            out: options.out.display().to_string(),
            dry_run: options.dry_run,
            rows: &report.rows,
            skipped_tables: &report.skipped_tables,
            summary: report.summary(),
        })?;
    } else {
        show(&report, &options, terminal)?;
    }
    Ok(if report.has_articles() { Outcome::Fine } else { Outcome::Findings })
}

fn show(report: &Report, options: &Options, terminal: &mut Terminal) -> anyhow::Result<()> {
    if !report.rows.is_empty() {
        terminal.line(Text::default().styled(&heading(report), STRONG))?;
    }
    let widths = Widths::of(report);
    for row in &report.rows {
        terminal.hanging("", line(row, &widths))?;
    }
    for SkippedTable { table, begins, reason } in &report.skipped_tables {
        let table = if table.is_empty() { "这张表" } else { table };
        let text = format!("{table}没有导入（{begins}）：{reason}");
        terminal.hanging("! ", Text::default().styled(&text, CAUTION))?;
    }
    terminal.line(conclusion(report, options))?;
    Ok(())
}

/// Columns of the terminal that the columns of the summary take.
struct Widths {
    place: usize,
    id: usize,
    title: usize,
}

impl Widths {
    fn of(report: &Report) -> Self {
        let widest = |text: fn(&RowReport) -> String, heading: &str| {
            let widths = report.rows.iter().map(|row| width(&text(row)));
            widths.chain([width(heading)]).max().unwrap_or(0)
        };
        Self {
            place: widest(place, "行"),
            id: widest(id, "编号"),
            title: widest(title, "标题").min(MAX_TITLE_COLUMNS),
        }
    }
}

fn place(row: &RowReport) -> String {
    let separator = if row.table.is_empty() { "" } else { " " };
    printable(&format!("{}{separator}{}", row.table, row.row))
}

fn id(row: &RowReport) -> String {
    row.id.clone().unwrap_or_else(|| "-".to_owned())
}

fn title(row: &RowReport) -> String {
    printable(&row.title)
}

fn heading(report: &Report) -> String {
    let widths = Widths::of(report);
    let place = pad_right("行", widths.place);
    let id = pad_right("编号", widths.id);
    let title = pad_right("标题", widths.title);
    format!("{place}  {id}  {title}  {}  待补", pad_right("结果", 6))
}

fn line(row: &RowReport, widths: &Widths) -> Text {
    let style = match row.fate {
        Fate::Written | Fate::Planned => GOOD,
        Fate::Existing => DIM,
        Fate::Skipped => CAUTION,
    };
    let n_gaps = match row.fate {
        Fate::Written | Fate::Planned => pad_left(&row.n_gaps.to_string(), 4),
        Fate::Existing | Fate::Skipped => pad_left("-", 4),
    };
    let reason = row.reason.as_deref().map(|reason| format!("  {reason}")).unwrap_or_default();
    Text::default()
        .plain(&format!("{}  ", pad_right(&place(row), widths.place)))
        .plain(&format!("{}  ", pad_right(&id(row), widths.id)))
        .plain(&format!("{}  ", pad_right(&title(row), widths.title)))
        .styled(row.fate.label(), style)
        .plain(&format!("  {n_gaps}{reason}"))
}

fn conclusion(report: &Report, options: &Options) -> String {
    let file = options.file.display();
    if report.rows.is_empty() && report.skipped_tables.is_empty() {
        return format!("{file} 里没有表格");
    }
    let Summary { n_written, n_planned, n_existing, n_skipped } = report.summary();
    let (n_new, verb) =
        if options.dry_run { (n_planned, "将写入") } else { (n_written, "写入") };
    let folder = options.out.display();
    let counts = format!(
        "{verb} {folder}：{n_new} 篇；已存在 {n_existing} 篇，没有改动；跳过 {n_skipped} 行"
    );
    if n_new > 0 && !options.dry_run {
        format!("{counts}。新文章都是草稿，补完“【待补：…】”再发布；用 jiuji check 查看")
    } else {
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fate: Fate, reason: Option<&str>) -> RowReport {
        RowReport {
            table: "第 1 张表".to_owned(),
            row: 3,
            id: (fate != Fate::Skipped).then(|| "duan-wang-1a2b".to_owned()),
            title: "断\u{1b}网".to_owned(),
            file: None,
            fate,
            reason: reason.map(str::to_owned),
            n_gaps: 12,
        }
    }

    #[test]
    fn a_line_has_row_id_title_fate_and_gaps_or_the_reason() {
        let rows = vec![row(Fate::Written, None), row(Fate::Skipped, Some("没有写是什么紧急情况"))];
        let report = Report { rows, skipped_tables: Vec::new() };
        let widths = Widths::of(&report);
        let shown: Vec<_> = report
            .rows
            .iter()
            .map(|row| format!("{:?}", line(row, &widths)).matches("c: ").count())
            .collect();
        assert_eq!(shown[1], shown[0] + 2 + "没有写是什么紧急情况".chars().count());
        assert_eq!(title(&report.rows[0]), "断\u{fffd}网");
        assert_eq!(heading(&report), "行           编号            标题   结果    待补");
    }

    #[test]
    fn the_conclusion_counts() {
        let rows = vec![row(Fate::Written, None), row(Fate::Existing, None)];
        let report = Report { rows, skipped_tables: Vec::new() };
        let root = crate::kb::Root::new("kb").unwrap();
        let options = Options {
            file: "方案.docx".into(),
            out: "kb".into(),
            root,
            today: time::macros::date!(2026 - 11 - 23),
            dry_run: false,
        };
        let text = conclusion(&report, &options);
        assert!(text.starts_with("写入 kb：1 篇；已存在 1 篇，没有改动；跳过 0 行"), "{text}");
        assert_eq!(conclusion(&Report::default(), &options), "方案.docx 里没有表格");
    }
}
