//! Which pages of other origins may read the API from a browser.
//!
//! Source of the protocol: the Fetch standard, “HTTP CORS protocol”. An origin is on the list or it
//! is not; none is ever repeated because it was sent, and cookies are never allowed.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use tower::{Layer, ServiceExt};
use tower_http::cors::CorsLayer;

use crate::web::{mcp, request_id::X_REQUEST_ID, site::vary, state::Door};

/// How long a browser may remember what a preflight said.
const MAX_AGE: Duration = Duration::from_secs(3600);

/// Marks a response that another origin may read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shared;

/// The origins that may read, and what they are told.
#[derive(Debug)]
pub(crate) struct Sharing {
    origins: Vec<HeaderValue>,
    layer: CorsLayer,
}

impl Sharing {
    pub(super) fn new(origins: &[String]) -> Self {
        let origins: Vec<_> =
            origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
        let layer = CorsLayer::new()
            .allow_origin(origins.clone())
            .allow_methods([Method::GET, Method::HEAD, Method::POST])
            .allow_headers([
                header::ACCEPT,
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::IF_NONE_MATCH,
                X_REQUEST_ID,
                // What clients of the protocol for agents send along.
                HeaderName::from_static("mcp-protocol-version"),
                HeaderName::from_static("mcp-method"),
                HeaderName::from_static("mcp-name"),
            ])
            .expose_headers([
                header::ETAG,
                header::RETRY_AFTER,
                X_REQUEST_ID,
                HeaderName::from_static("server-timing"),
                HeaderName::from_static("x-jiuji-revision"),
            ])
            .max_age(MAX_AGE);
        Self { origins, layer }
    }

    /// Whether a request comes from a page of one of the origins.
    pub(super) fn allows(&self, headers: &HeaderMap) -> bool {
        let mut given = headers.get_all(header::ORIGIN).iter();
        match (given.next(), given.next()) {
            (Some(origin), None) => self.origins.contains(origin),
            _ => false,
        }
    }
}

/// Lets the configured origins read the API, and answers what their browsers ask beforehand.
pub(crate) async fn share(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let sharing = door.access.sharing.as_ref().filter(|_| is_api(request.uri().path()));
    let Some(sharing) = sharing else { return next.run(request).await };
    if !sharing.allows(request.headers()) {
        return vary(next.run(request).await, "origin");
    }
    let Ok(mut response) = sharing.layer.layer(next).oneshot(request).await;
    response.extensions_mut().insert(Shared);
    response
}

fn is_api(path: &str) -> bool {
    path.starts_with("/api/v1/") || path == "/openapi.json" || path == mcp::PATH
}
