//! One id per request: in its log lines, in `X-Request-Id` and in the `instance` of a problem.

use std::{
    future::Future,
    hash::{BuildHasher, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

/// The header that carries the id in both directions.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id taken from a client.
const MAX_CHARS: usize = 64;

/// Crockford's base 32. Source: the ULID specification.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request this task answers; a new one outside of a request.
pub(crate) fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_else(|_| generate())
}

/// Runs `work` as part of the request `id`.
pub(crate) async fn scope<F: Future>(id: String, work: F) -> F::Output {
    CURRENT.scope(id, work).await
}

/// Takes the client's id if it is safe to repeat, else makes one, and sends it back.
pub(crate) async fn assign(request: Request, next: Next) -> Response {
    let received = request.headers().get(&X_REQUEST_ID).and_then(|value| value.to_str().ok());
    let id = received.filter(|id| is_safe(id)).map_or_else(generate, str::to_owned);
    let value = HeaderValue::from_str(&id);
    let mut response = scope(id, next.run(request)).await;
    if let Ok(value) = value {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

/// Whether an id can go into logs and headers as it is.
fn is_safe(id: &str) -> bool {
    (1..=MAX_CHARS).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// A ULID: 48 bits of milliseconds since 1970 and 80 bits nobody else has.
fn generate() -> String {
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let unique = (u128::from(SEED.hash_one(count)) << 16) | u128::from(count & 0xffff);
    encode(((millis & 0xffff_ffff_ffff) << 80) | unique)
}

/// 26 digits, the most significant first.
fn encode(value: u128) -> String {
    (0..26).rev().map(|place| char::from(DIGITS[(value >> (5 * place) & 31) as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_plain_ids_are_repeated() {
        for id in ["a", "01J9-x_y.z", &"a".repeat(64)] {
            assert!(is_safe(id), "{id}");
        }
        for id in ["", "a b", "a\tb", "<x>", "编号", &"a".repeat(65)] {
            assert!(!is_safe(id), "{id}");
        }
    }

    #[test]
    fn generated_ids_are_ulids_and_differ() {
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| generate()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 26 && is_safe(id)));
        assert_eq!(encode(0), "0".repeat(26));
        assert_eq!(encode(u128::MAX), format!("7{}", "Z".repeat(25)));
    }
}
