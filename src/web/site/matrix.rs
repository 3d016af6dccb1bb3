//! `GET /matrix`: the articles as rows of the plan's table, whole or narrowed.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};

use super::{noting_urls, variant};
use crate::web::{
    api::matrix::{Row, Table, table},
    etag::Tag,
    pages::{self, MatrixRow, MatrixView},
    params::Params,
    problem::Problem,
    query::filters,
    state::{App, Snapshot},
};

/// Shows the table.
pub(crate) async fn matrix(
    State(app): State<App>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, Problem> {
    let mut params = params.without_empty();
    let filters = filters(&mut params)?;
    params.finish()?;
    let snapshot = app.live().snapshot();
    let tag = Tag::of_snapshot(&snapshot, app.today(), &variant(&app, "matrix"));
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    let assets = noting_urls(&app);
    let work = move |snapshot: &Snapshot| {
        let Table { rows, systems } = table(snapshot, &filters)?;
        let rows: Vec<_> = rows.into_iter().map(matrix_row).collect();
        let view =
            MatrixView { rows: &rows, filters: &filters, systems: &systems, assets: &assets };
        pages::matrix_page(&view).map_err(Problem::internal)
    };
    let html = app.read(snapshot, work).await?;
    Ok(tag.on(Html(html).into_response()))
}

/// A row of the API as the table page shows it.
pub(crate) fn matrix_row(row: Row) -> MatrixRow {
    let lines = |text: &str| text.lines().map(str::to_owned).collect();
    MatrixRow {
        fault_type_label: row.fault_type_label.unwrap_or_default().to_owned(),
        id: row.id,
        title: row.title,
        prevention: lines(&row.prevention),
        strategy: lines(&row.strategy),
    }
}
