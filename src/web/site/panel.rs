//! `GET /panel`: hits for the frame of another system, such as the tickets'.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};

use super::asset_urls;
use crate::{
    search::{self, Query},
    web::{
        headers::{Framed, framed_policy},
        pages::{self, PanelView},
        params::Params,
        problem::Problem,
        state::{App, Snapshot},
    },
};

/// Hits that are shown.
const N_HITS: usize = 5;

/// Shows the panel; who may frame it is configured.
pub(crate) async fn panel(State(app): State<App>, params: Params) -> Result<Response, Problem> {
    let mut params = params.without_empty();
    let query = Query::cut(&params.one("q")?.unwrap_or_default(), app.today());
    params.finish()?;
    let query = query.page(N_HITS, 0)?.within(app.door().limits.search_time);
    let state = app.clone();
    let work = move |snapshot: &Snapshot| page(&state, snapshot, &query);
    let html = app.read(app.live().snapshot(), work).await?;
    framed(Html(html).into_response(), &app.pages().panel_origins)
}

fn page(app: &App, snapshot: &Snapshot, query: &Query) -> Result<String, Problem> {
    let is_asked = !query.text.trim().is_empty();
    let answer = is_asked.then(|| search::search(snapshot, query)).transpose()?;
    if let Some(answer) = &answer {
        app.door().metrics.count_answer(answer);
    }
    let view = PanelView {
        query: &query.text,
        answer: answer.as_ref(),
        second_line: app.pages().second_line(),
        assets: &asset_urls(app),
    };
    pages::panel_page(&view).map_err(Problem::internal)
}

/// The response for frames in pages of `origins`, if there are any.
fn framed(mut response: Response, origins: &[String]) -> Result<Response, Problem> {
    if !origins.is_empty() {
        let policy = HeaderValue::try_from(framed_policy(origins)).map_err(Problem::internal)?;
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        response.extensions_mut().insert(Framed);
    }
    Ok(response)
}
