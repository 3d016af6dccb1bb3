//! The table 类型 / 紧急情况 / 预防措施 / 应急策略.

use docx_rs::Paragraph;

use super::{
    WIDE,
    paragraph::{Block, indented, styled, text},
    table::table,
};
use crate::{
    export::{ExportError, Job},
    search::Filters,
    web::api::matrix::{self, HEADING, Row},
};

/// Parts of the width that the columns take, in hundredths.
const SHARES: [usize; 4] = [9, 17, 33, 41];

/// The table of the articles that pass, with its heading.
pub(super) fn matrix(job: &Job<'_>, filters: &Filters) -> Result<Vec<Block>, ExportError> {
    let head = HEADING.map(|name| vec![styled("CellHead").add_run(text(name))]).to_vec();
    let rows = matrix::table(job.snapshot, filters)?.rows;
    let rows = std::iter::once(head).chain(rows.iter().map(row)).collect();
    let widths = SHARES.map(|share| WIDE * share / 100);
    let heading = styled("Heading1").page_break_before(false).add_run(text("应急策略总表"));
    let table = Block::Table(Box::new(table(rows, 1, &widths, 0)));
    Ok(vec![Block::paragraph(heading), table])
}

fn row(row: &Row) -> Vec<Vec<Paragraph>> {
    let label = row.fault_type_label.unwrap_or_default();
    let title = styled("CellHead").add_run(text(&row.title));
    vec![lines(label), vec![title], lines(&row.prevention), lines(&row.strategy)]
}

/// A paragraph a line; branches of steps are moved in.
fn lines(all: &str) -> Vec<Paragraph> {
    let line = |line: &str| match line.trim_start().strip_prefix("- ") {
        Some(branch) => indented(styled("Cell"), 1, false).add_run(text(&format!("→ {branch}"))),
        None => styled("Cell").add_run(text(line)),
    };
    all.lines().map(line).collect()
}
