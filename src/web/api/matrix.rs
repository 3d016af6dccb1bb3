//! `GET /api/v1/matrix`: every article as the row 类型 / 紧急情况 / 预防措施 / 应急策略.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{article_text::step_lines, id_url, label, passes};
use crate::{
    article::{Article, FaultType, SectionKind},
    search::Filters,
    web::{
        etag::Tag,
        openapi::params::Filtering,
        params::Params,
        problem::Problem,
        query::filters,
        state::{App, Snapshot},
    },
};

/// Heading of the table, in the words of the emergency plan.
pub(crate) const HEADING: [&str; 4] = ["类型", "紧急情况", "预防措施", "应急策略"];

/// One article as a row of the table.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = MatrixRow)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) fault_type: Option<FaultType>,
    /// 类型
    pub(crate) fault_type_label: Option<&'static str>,
    /// 紧急情况
    pub(crate) title: String,
    /// 预防措施, plain text, one measure a line.
    pub(crate) prevention: String,
    /// 应急策略, plain text, one step or branch a line.
    pub(crate) strategy: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Matrix {
    revision: String,
    indexed_at: String,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
enum Format {
    Json,
    Csv,
}

/// The whole table, as JSON or, with `format=csv`, as a file for a spreadsheet.
#[utoipa::path(
    get,
    path = "/api/v1/matrix",
    tag = "articles",
    operation_id = "get_matrix",
    summary = "应急预案表：类型、紧急情况、预防措施、应急策略",
    params(
        ("format" = inline(Option<Format>), Query, example = "json",
            description = "json（默认）或 csv（给电子表格用，带字节序标记）"),
        Filtering,
    ),
    responses(
        (status = 200, description = "每篇文章一行，按类型、编号排序", content(
            (Matrix = "application/json"),
            (String = "text/csv; charset=utf-8; header=present"),
        )),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
pub(crate) async fn matrix(
    State(app): State<App>,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, Problem> {
    let format = format(&mut params)?;
    let filters = filters(&mut params)?;
    params.finish()?;
    let snapshot = app.live().snapshot();
    let tag = Tag::of_snapshot(&snapshot, app.today(), &format!("matrix {format:?}"));
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    let (revision, indexed_at) = (snapshot.revision().to_owned(), snapshot.indexed_at().to_owned());
    let rows = app.read(snapshot, move |snapshot| table(snapshot, &filters)).await?.rows;
    Ok(tag.on(match format {
        Format::Json => Json(Matrix { revision, indexed_at, rows }).into_response(),
        Format::Csv => spreadsheet(&rows),
    }))
}

fn format(params: &mut Params) -> Result<Format, Problem> {
    match params.one("format")?.as_deref() {
        None | Some("json") => Ok(Format::Json),
        Some("csv") => Ok(Format::Csv),
        Some(_) => Err(Problem::invalid("format", "format 应为 json 或 csv。")),
    }
}

/// The table and by what it can be narrowed.
pub(crate) struct Table {
    /// The rows of the articles that pass, by kind of fault, then by id.
    pub(crate) rows: Vec<Row>,
    /// Systems of all published articles, sorted.
    pub(crate) systems: Vec<String>,
}

/// The articles that pass as rows.
///
/// # Errors
/// When the index cannot be read.
pub(crate) fn table(snapshot: &Snapshot, filters: &Filters) -> Result<Table, Problem> {
    let articles: Vec<_> = snapshot.articles()?.into_iter().map(|stored| stored.article).collect();
    let systems = systems(&articles);
    let passing = articles.into_iter().filter(|article| passes(article, filters));
    let mut rows: Vec<_> = passing.map(row).collect();
    // Stable, so ids keep their order; articles without a kind come last.
    rows.sort_by_key(|row| (row.fault_type.is_none(), row.fault_type));
    Ok(Table { rows, systems })
}

fn systems(articles: &[Article]) -> Vec<String> {
    let published = articles.iter().filter(|article| passes(article, &Filters::default()));
    let systems: BTreeSet<_> = published.flat_map(|article| article.meta.systems.iter()).collect();
    systems.into_iter().cloned().collect()
}

fn row(article: Article) -> Row {
    let steps = step_lines(&article.steps);
    let strategy = match steps.is_empty() {
        true => section_text(&article, SectionKind::Strategy),
        false => steps,
    };
    Row {
        url: id_url("/articles/", &article.id),
        fault_type: article.meta.fault_type,
        fault_type_label: label(article.meta.fault_type),
        prevention: section_text(&article, SectionKind::Prevention),
        strategy,
        id: article.id,
        title: article.title,
    }
}

fn section_text(article: &Article, kind: SectionKind) -> String {
    let sections = article.sections.iter().filter(|section| section.kind == kind);
    let texts = sections.map(|section| section.text.as_str()).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join("\n")
}

fn spreadsheet(rows: &[Row]) -> Response {
    let lines = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"jiuji-matrix.csv\""),
    ];
    (lines, csv(rows)).into_response()
}

/// The table as RFC 4180 says, after a byte order mark without which spreadsheets take it for
/// the local code page.
pub(crate) fn csv(rows: &[Row]) -> String {
    let heading = HEADING.map(quote).join(",");
    let body = rows.iter().map(|row| {
        let kind = row.fault_type_label.unwrap_or_default();
        [kind, &row.title, &row.prevention, &row.strategy].map(quote).join(",")
    });
    let lines: Vec<_> = std::iter::once(heading).chain(body).collect();
    format!("\u{feff}{}\r\n", lines.join("\r\n"))
}

/// A quoted cell; `'` keeps a spreadsheet from running a text as a formula.
/// Source: OWASP, CSV Injection.
fn quote(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        article::{Section, Status, Step},
        web::api::tests::empty_article,
    };

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let table = [
            ("", "\"\""),
            ("停电", "\"停电\""),
            ("a,b\nc", "\"a,b\nc\""),
            ("说\"好\"", "\"说\"\"好\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("+86", "\"'+86\""),
            ("-1", "\"'-1\""),
            ("@sum", "\"'@sum\""),
            ("\t=1", "\"'\t=1\""),
            ("1=1", "\"1=1\""),
        ];
        for (cell, expected) in table {
            assert_eq!(quote(cell), expected, "{cell:?}");
        }
    }

    #[test]
    fn the_file_starts_with_a_mark_and_a_heading() {
        let mut article = empty_article("power-cut");
        article.meta.fault_type = Some(FaultType::Facility);
        let expected = "\u{feff}\"类型\",\"紧急情况\",\"预防措施\",\"应急策略\"\r\n\
                        \"机房与动力\",\"power-cut\",\"\",\"\"\r\n";
        assert_eq!(csv(&[row(article)]), expected);
    }

    #[test]
    fn a_strategy_without_steps_is_its_text() {
        let section = |kind, text: &str| Section {
            title: String::new(),
            anchor: "s-x".into(),
            level: 2,
            kind,
            line: 1,
            text: text.into(),
        };
        let mut article = empty_article("x");
        article.sections = vec![
            section(SectionKind::Strategy, "先断电"),
            section(SectionKind::Prevention, "每月巡检"),
            section(SectionKind::Prevention, "每年演练"),
        ];
        let plain = row(article.clone());
        assert_eq!(
            (plain.strategy.as_str(), plain.prevention.as_str()),
            ("先断电", "每月巡检\n每年演练")
        );
        article.steps = vec![Step { number: 1, text: "拉闸".into(), branches: vec![] }];
        assert_eq!(row(article).strategy, "1. 拉闸");
    }

    #[test]
    fn systems_are_those_of_published_articles() {
        let article = |status, systems: &[&str]| {
            let mut article = empty_article("x");
            article.meta.status = status;
            article.meta.systems = systems.iter().map(|name| (*name).to_owned()).collect();
            article
        };
        let articles = [
            article(Status::Published, &["oa", "ad"]),
            article(Status::Published, &["ad"]),
            article(Status::Draft, &["his"]),
        ];
        assert_eq!(systems(&articles), ["ad", "oa"]);
    }

    #[test]
    fn the_format_is_one_of_two() {
        let read = |query: &str| format(&mut Params::parse(query).unwrap());
        assert_eq!(read("").unwrap(), Format::Json);
        assert_eq!(read("format=csv").unwrap(), Format::Csv);
        assert!(read("format=xls").is_err());
    }
}
