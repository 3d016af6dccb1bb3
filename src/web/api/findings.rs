//! `GET /api/v1/findings`: what authors should know about the served files.

use std::collections::HashSet;

use axum::{Json, extract::State};
use serde::Serialize;

use crate::{
    article::{self, Finding, Level, Parsed},
    check::{self, Checked, Corpus},
    web::{
        params::NoParams,
        problem::Problem,
        state::{App, Stored},
    },
};

/// All findings, in the order of paths and lines.
#[derive(Debug, Serialize)]
pub(crate) struct Findings {
    n_errors: usize,
    n_warnings: usize,
    n_infos: usize,
    findings: Vec<Finding>,
}

/// Lists the findings.
pub(crate) async fn list(State(app): State<App>, _: NoParams) -> Result<Json<Findings>, Problem> {
    Ok(Json(counted(findings(&app).await?)))
}

/// What the linter says of the served articles, and what is wrong with files that could not be
/// read as written.
///
/// # Errors
/// When the index cannot be read.
pub(crate) async fn findings(app: &App) -> Result<Vec<Finding>, Problem> {
    let (reading, today) = (app.live().findings(), app.today());
    app.read(app.live().snapshot(), move |snapshot| -> Result<_, Problem> {
        let stored = snapshot.articles()?;
        let is_broken = |stored: &&Stored| stored.broken;
        let broken: HashSet<String> =
            stored.iter().filter(is_broken).map(|s| s.article.path.clone()).collect();
        let articles = stored.into_iter().map(checked).collect::<Vec<_>>();
        let mut findings = check::check(&Corpus::new(&articles, today));
        // The last good version is no longer in the file: its findings would name wrong lines.
        findings.retain(|finding| !broken.contains(&finding.path));
        findings.extend(reading.iter().cloned());
        findings.sort();
        findings.dedup();
        Ok(findings)
    })
    .await
}

/// An article with what its stored source gives again when it is parsed, under the id it claims.
fn checked(stored: Stored) -> Checked {
    let Stored { article, source, .. } = stored;
    match article::parse(&article.path, &source) {
        Ok(Parsed { article, findings }) => Checked { article, source, findings },
        Err(_) => Checked { article, source, findings: Vec::new() },
    }
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
