//! `GET /api/v1/findings`: what authors should know about the served files.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Serialize;

use super::tagged_json;
use crate::{
    article::{Finding, Level},
    web::{checks, params::NoParams, problem::Problem, state::App},
};

/// All findings, in the order of paths and lines.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Findings {
    n_errors: usize,
    n_warnings: usize,
    n_infos: usize,
    findings: Vec<Finding>,
}

/// Lists the findings.
#[utoipa::path(
    get,
    path = "/api/v1/findings",
    tag = "operations",
    operation_id = "list_findings",
    summary = "检查出的问题，按文件和行排序",
    responses(
        (status = 200, description = "全部问题", body = Findings),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    headers: HeaderMap,
    _: NoParams,
) -> Result<Response, Problem> {
    let verdict = checks::verdict(&app).await?;
    // Findings depend on the images of the folder as well: only their content tells them apart.
    tagged_json(&counted(verdict.findings.clone()), &verdict.revision, &headers)
}

fn counted(mut findings: Vec<Finding>) -> Findings {
    findings.sort();
    let n = |level| findings.iter().filter(|finding| finding.level == level).count();
    Findings {
        n_errors: n(Level::Error),
        n_warnings: n(Level::Warning),
        n_infos: n(Level::Info),
        findings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_sorted_and_counted_by_level() {
        let finding = |path, level| Finding::new(path, "front-matter", level, "缺少标题");
        let given = vec![
            finding("b.md", Level::Error),
            finding("a.md", Level::Warning),
            finding("a.md", Level::Error),
        ];
        let counted = counted(given);
        assert_eq!((counted.n_errors, counted.n_warnings, counted.n_infos), (2, 1, 0));
        let paths: Vec<_> = counted.findings.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(paths, ["a.md", "a.md", "b.md"]);
    }
}
