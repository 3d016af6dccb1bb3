//! The emergency plan as a document to attach to a contract: title, table, and a chapter for each
//! article by fault type.
//!
//! Text of articles comes out of their safe HTML, so nothing of it is left out. The styles are a
//! file of their own, for the library writes them in an order that the standard does not allow.
//! Source: ECMA-376, part 1, section 17.7.4.17.

mod chapter;
mod flow;
mod matrix;
mod order;
mod package;
mod paragraph;
mod table;

use docx_rs::{Docx, Footer, PageMargin, PageNum, PageOrientationType, PageSize, Section, XMLDocx};

use self::paragraph::{Block, styled, text};
use super::{ExportError, Job, NO_TYPE, place::NewFile};
use crate::{article::FaultType, search::listed_ids};

/// Looks of all paragraphs, in Word's names for the built-in ones, which its navigation knows.
const STYLES: &str = include_str!("styles.xml");

const TITLE: &str = "运维应急策略";

/// Width and height of A4 and its margins, in twentieths of a point.
const PAGE: (u32, u32) = (11_906, 16_838);
const MARGIN: i32 = 1_134;
/// What is left of the width between the margins, upright and across.
const WIDTH: usize = 11_906 - 2 * 1_134;
const WIDE: usize = 16_838 - 2 * 1_134;

/// Writes the document; gives the number of its articles.
pub(super) fn write(file: &mut NewFile, job: &Job<'_>) -> Result<usize, ExportError> {
    let filters = job.filters();
    let ids = listed_ids(job.snapshot, &filters)?;
    let (chapters, n_articles) = chapters(job, &ids)?;
    let mark = format!("{TITLE} · {} · 版本 {}", job.today, short_revision(job));
    let document = Docx::new()
        .page_size(PAGE.0, PAGE.1)
        .page_margin(margin())
        .footer(footer(&mark))
        .add_section(title_page(job, n_articles))
        .add_section(wide(matrix::matrix(job, &filters)?).footer(footer(&mark)));
    let document = chapters.into_iter().fold(document, |document, block| match block {
        Block::Paragraph(paragraph) => document.add_paragraph(*paragraph),
        Block::Table(table) => document.add_table(*table),
    });
    let parts = finished(document.build());
    package::write(parts, file.writer()).map_err(|source| file.failed(source))?;
    Ok(n_articles)
}

/// The chapters, fault type by fault type, and the number of articles in them.
fn chapters(job: &Job<'_>, ids: &[String]) -> Result<(Vec<Block>, usize), ExportError> {
    let mut groups: Vec<(&str, Vec<Block>)> =
        FaultType::ALL.iter().map(|fault_type| (fault_type.label(), Vec::new())).collect();
    groups.push((NO_TYPE, Vec::new()));
    let mut n_articles = 0;
    for (n, id) in ids.iter().enumerate() {
        if let Some(stored) = job.snapshot.article(id)? {
            let label = stored.article.meta.fault_type.map_or(NO_TYPE, FaultType::label);
            let group = groups.iter_mut().find(|(known, _)| *known == label);
            if let Some((_, blocks)) = group {
                blocks.extend(chapter::chapter(job, &stored));
            }
            n_articles += 1;
        }
        (job.progress)(n + 1, ids.len());
    }
    groups.retain(|(_, blocks)| !blocks.is_empty());
    let heading =
        |label| std::iter::once(Block::paragraph(styled("Heading1").add_run(text(label))));
    let all = groups.into_iter().flat_map(|(label, blocks)| heading(label).chain(blocks));
    Ok((all.collect(), n_articles))
}

fn title_page(job: &Job<'_>, n_articles: usize) -> Section {
    let lines = [
        format!("共 {n_articles} 篇"),
        format!("导出日期 {}", job.today),
        format!("知识库版本 {}", short_revision(job)),
        "这是导出的副本，之后的修改不在里面".to_owned(),
    ];
    let title = Section::new()
        .page_size(PageSize::new().size(PAGE.0, PAGE.1))
        .page_margin(margin())
        .add_paragraph(styled("Title").add_run(text(TITLE)));
    lines
        .iter()
        .fold(title, |page, line| page.add_paragraph(styled("Subtitle").add_run(text(line))))
}

/// A section on sheets that lie across.
fn wide(blocks: Vec<Block>) -> Section {
    let section = Section::new()
        .page_size(PageSize::new().size(PAGE.1, PAGE.0))
        .page_orient(PageOrientationType::Landscape)
        .page_margin(margin());
    blocks.into_iter().fold(section, |section, block| match block {
        Block::Paragraph(paragraph) => section.add_paragraph(*paragraph),
        Block::Table(table) => section.add_table(*table),
    })
}

fn margin() -> PageMargin {
    let (top, left, bottom, right) = (MARGIN, MARGIN, MARGIN, MARGIN);
    PageMargin { top, left, bottom, right, header: 567, footer: 567, gutter: 0 }
}

fn footer(mark: &str) -> Footer {
    let line = styled("Footer").add_run(text(&format!("{mark} · 第 ")));
    Footer::new().add_paragraph(line.add_page_num(PageNum::new()).add_run(text(" 页")))
}

/// The first characters of the revision, enough to tell two of them apart.
fn short_revision(job: &Job<'_>) -> String {
    job.snapshot.revision().chars().take(12).collect()
}

/// The parts with our styles, and with what the library cannot say.
fn finished(mut parts: XMLDocx) -> XMLDocx {
    parts.styles = STYLES.as_bytes().to_vec();
    parts.document = order::ordered(&String::from_utf8_lossy(&parts.document)).into_bytes();
    parts
}
