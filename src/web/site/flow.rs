//! `GET /flow`: how an incident is handled, with an article of this knowledge base as example.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};

use super::{noting_urls, variant};
use crate::{
    article::{Article, SectionKind},
    search,
    web::{
        etag::Tag,
        pages::{self, Example, FlowView},
        params::NoParams,
        problem::Problem,
        state::{App, Snapshot},
    },
};

/// Sections that the stages of the flow lead to.
const SHOWN: [SectionKind; 5] = [
    SectionKind::Questions,
    SectionKind::Strategy,
    SectionKind::Scripts,
    SectionKind::Escalation,
    SectionKind::Report,
];

/// Shows the flow.
pub(crate) async fn flow(
    State(app): State<App>,
    headers: HeaderMap,
    _: NoParams,
) -> Result<Response, Problem> {
    let snapshot = app.live().snapshot();
    let tag = Tag::of_snapshot(&snapshot, app.today(), &variant(&app, "flow"));
    if tag.matches(&headers) {
        return Ok(tag.not_modified());
    }
    let assets = noting_urls(&app);
    let work = move |snapshot: &Snapshot| {
        let example = example(snapshot)?;
        let view = FlowView { example: example.as_ref(), assets: &assets };
        pages::flow_page(&view).map_err(Problem::internal)
    };
    let html = app.read(snapshot, work).await?;
    Ok(tag.on(Html(html).into_response()))
}

/// The entry article with most of the sections; of equals the first in the order of fault types.
fn example(snapshot: &Snapshot) -> Result<Option<Example>, Problem> {
    let mut best: Option<Example> = None;
    for entry in search::overview(snapshot)?.into_iter().filter_map(|of| of.entry) {
        let Some(stored) = snapshot.article(&entry.id)? else { continue };
        let found = of_article(stored.article);
        if best.as_ref().is_none_or(|best| found.anchors.len() > best.anchors.len()) {
            best = Some(found);
        }
        if best.as_ref().is_some_and(|best| best.anchors.len() == SHOWN.len()) {
            break;
        }
    }
    Ok(best)
}

fn of_article(article: Article) -> Example {
    let anchor = |kind: SectionKind| {
        let section = article.sections.iter().find(|section| section.kind == kind)?;
        (!section.title.is_empty()).then(|| (kind, section.anchor.clone()))
    };
    let anchors = SHOWN.into_iter().filter_map(anchor).collect();
    Example { id: article.id, title: article.title, anchors }
}
