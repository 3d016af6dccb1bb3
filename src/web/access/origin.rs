//! Pages of other sites that make a browser send something here.
//!
//! Whatever is no plain reading is refused when a browser says that another site asks for it. A
//! type that browsers would not send unasked is no defence: alerts may come as plain text.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::web::{
    problem::{Code, Problem},
    state::Door,
};

/// Refuses what changes something or costs much to pages of other sites, except those that may
/// read the API anyway. Programs send neither header.
pub(crate) async fn check(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_ours = || door.allowed_hosts.admits_origin(headers) && is_same_site(headers);
    if request.method().is_safe() || door.access.shares_with(headers) || is_ours() {
        return next.run(request).await;
    }
    Problem::new(Code::ForbiddenOrigin, "不接受其他网站的页面发来的请求。").into_response()
}

/// Whether the browser says that the page is one of this origin, or says nothing. A page of a
/// neighbour in the same domain is a stranger too.
fn is_same_site(headers: &HeaderMap) -> bool {
    let mut said = headers.get_all("sec-fetch-site").iter();
    said.all(|value| value == "same-origin" || value == "none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_origin_and_no_page_at_all_are_the_same_site() {
        let table: [(&[&str], bool); 7] = [
            (&[], true),
            (&["same-origin"], true),
            (&["none"], true),
            (&["same-site"], false),
            (&["cross-site"], false),
            (&["same-origin", "cross-site"], false),
            (&[""], false),
        ];
        for (values, expected) in table {
            let lines = values.iter().map(|value| {
                let name = axum::http::HeaderName::from_static("sec-fetch-site");
                (name, value.parse().unwrap())
            });
            assert_eq!(is_same_site(&lines.collect()), expected, "{values:?}");
        }
    }
}
