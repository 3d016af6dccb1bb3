//! How many requests one client may send.

use std::{num::NonZeroU32, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::Quota;

use super::{budgets::Budgets, client::Client, is_health_or_asset};
use crate::web::{
    problem::{Code, Problem},
    state::Door,
};

/// How many times the requests of one second may come at once: a page with all that it loads.
const BURST: u32 = 2;

/// The requests each client has left.
#[derive(Debug)]
pub(crate) struct Rate(Budgets);

impl Rate {
    /// A limit of so many requests per second; none for zero.
    pub(super) fn new(per_second: u32) -> Option<Self> {
        let per_second = NonZeroU32::new(per_second)?;
        let burst = per_second.saturating_mul(NonZeroU32::new(BURST)?);
        Some(Self(Budgets::new(Quota::per_second(per_second).allow_burst(burst))))
    }
}

/// Refuses requests of a client that sends too many.
pub(crate) async fn limit(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let Some(rate) = &door.access.rate else { return next.run(request).await };
    if is_free(request.uri().path()) {
        return next.run(request).await;
    }
    match rate.0.spend(Client::of(&request)) {
        Ok(()) => next.run(request).await,
        Err(seconds) => too_many(seconds).into_response(),
    }
}

/// Images are left out too: an article may load more of them at once than a burst allows.
fn is_free(path: &str) -> bool {
    is_health_or_asset(path) || path.starts_with("/media/")
}

fn too_many(seconds: u32) -> Problem {
    Problem::new(Code::RateLimited, "请求太频繁，请按响应头 Retry-After 的秒数稍后再试。")
        .retry_after(seconds)
}
