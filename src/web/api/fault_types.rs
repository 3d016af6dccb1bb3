//! `GET /api/v1/fault-types`: the kinds of fault and how many published articles each has.

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::passes;
use crate::{
    article::{Article, FaultType},
    search::{FacetCount, Filters},
    web::{
        etag::Tag,
        params::NoParams,
        problem::Problem,
        state::{App, Snapshot},
    },
};

/// All kinds of fault, in the order of the article model.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct FaultTypes {
    revision: String,
    fault_types: Vec<FacetCount>,
}

/// Lists the kinds of fault.
#[utoipa::path(
    get,
    path = "/api/v1/fault-types",
    tag = "articles",
    operation_id = "list_fault_types",
    summary = "故障类型和各类已发布的文章数",
    responses(
        (status = 200, description = "全部故障类型，没有文章的也在内", body = FaultTypes),
        (status = 304, description = "与 If-None-Match 里的标签相同"),
    )
)]
pub(crate) async fn fault_types(
    State(app): State<App>,
    headers: HeaderMap,
    _: NoParams,
) -> Result<Response, Problem> {
    let snapshot = app.live().snapshot();
    let tag = Tag::of_snapshot(&snapshot, app.today(), "fault-types");
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    let revision = snapshot.revision().to_owned();
    let fault_types = app.read(snapshot, counts).await?;
    Ok(tag.on(Json(FaultTypes { revision, fault_types }).into_response()))
}

/// The kinds of fault with their numbers of published articles.
///
/// # Errors
/// When the index cannot be read.
pub(crate) fn counts(snapshot: &Snapshot) -> Result<Vec<FacetCount>, Problem> {
    let articles = snapshot.articles()?;
    Ok(count(articles.iter().map(|stored| &stored.article)))
}

fn count<'a>(articles: impl Iterator<Item = &'a Article>) -> Vec<FacetCount> {
    let filters = Filters::default();
    let shown = articles.filter(|article| passes(article, &filters));
    let types: Vec<_> = shown.filter_map(|article| article.meta.fault_type).collect();
    let of = |fault_type: &FaultType| FacetCount {
        value: fault_type.as_str().to_owned(),
        label: fault_type.label().to_owned(),
        count: types.iter().filter(|found| *found == fault_type).count(),
    };
    FaultType::ALL.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{article::Status, web::api::tests::empty_article};

    #[test]
    fn only_published_articles_count_and_empty_kinds_are_listed() {
        let article = |fault_type, status| {
            let mut article = empty_article("x");
            article.meta.fault_type = fault_type;
            article.meta.status = status;
            article
        };
        let articles = [
            article(Some(FaultType::Login), Status::Published),
            article(Some(FaultType::Login), Status::Published),
            article(Some(FaultType::Login), Status::Draft),
            article(None, Status::Published),
        ];
        let counts = count(articles.iter());
        assert_eq!(counts.len(), FaultType::ALL.len());
        let login = counts.iter().find(|count| count.value == "login").unwrap();
        assert_eq!((login.label.as_str(), login.count), ("登录异常", 2));
        assert_eq!(counts.iter().map(|count| count.count).sum::<usize>(), 2);
    }
}
