//! What a client must show where tokens are configured: `Authorization: Bearer jiuji_<id>_<secret>`.
//!
//! Only a SHA-256 of a token is known here. A secret has 256 random bits, so no slow hash is
//! needed, and nobody can guess one: a right token is let in even while wrong ones from the same
//! client are refused, or one broken script behind a proxy could shut out everybody.

use std::{num::NonZeroU32, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use governor::Quota;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{budgets::Budgets, client::Client, is_health_or_asset};
use crate::web::{
    problem::{Code, Problem},
    state::Door,
};

/// What every token begins with, so that scanners for leaked secrets can find one.
const PREFIX: &str = "jiuji_";

/// Characters of 32 bytes in base64url without padding.
const SECRET_CHARS: usize = 43;

/// Longest id of a token.
const MAX_ID_CHARS: usize = 32;

/// Wrong tokens of one client in a minute that are still looked at.
const MAX_FAILURES: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// Compared with for an id that is not known, so that it takes as long as for one that is.
const NOBODY: [u8; 32] = [0; 32];

/// One token that is accepted; the token itself is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadToken {
    /// Its name: lower-case letters, digits and `-`, at most 32.
    pub id: String,
    /// SHA-256 of the whole token.
    pub sha256: [u8; 32],
}

impl ReadToken {
    /// A new token of this name, made from 32 random bytes, and what is kept of it.
    #[must_use]
    pub fn issue(id: &str, random: &[u8; 32]) -> (String, Self) {
        let token = format!("{PREFIX}{id}_{}", URL_SAFE_NO_PAD.encode(random));
        let sha256 = Sha256::digest(&token).into();
        (token, Self { id: id.to_owned(), sha256 })
    }
}

/// The name of the token that let a request in, kept in the response for the log.
#[derive(Debug, Clone)]
pub(crate) struct TokenId(pub(crate) String);

/// The tokens that are accepted, and who has tried others.
#[derive(Debug)]
pub(crate) struct Guard {
    tokens: Vec<ReadToken>,
    failures: Budgets,
}

/// Why a request is not let in.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// It shows no token.
    Missing,
    /// What it shows is no token that is accepted.
    Wrong,
}

impl Guard {
    pub(super) fn new(tokens: Vec<ReadToken>) -> Self {
        Self { tokens, failures: Budgets::new(Quota::per_minute(MAX_FAILURES)) }
    }

    /// The token that a request shows.
    fn admit(&self, headers: &HeaderMap) -> Result<&ReadToken, Refusal> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let value = values.next().ok_or(Refusal::Missing)?;
        let only = values.next().is_none().then_some(value);
        only.and_then(bearer).and_then(|token| self.find(token)).ok_or(Refusal::Wrong)
    }

    /// The accepted token that this is.
    fn find(&self, token: &str) -> Option<&ReadToken> {
        let id = id_of(token)?;
        let known = self.tokens.iter().find(|known| known.id == id);
        let expected = known.map_or(&NOBODY, |known| &known.sha256);
        let is_same = Sha256::digest(token).ct_eq(expected);
        known.filter(|_| bool::from(is_same))
    }

    fn refuse(&self, refusal: &Refusal, request: &Request) -> Response {
        if *refusal == Refusal::Missing {
            return unauthorized("需要读取令牌，放在请求头 Authorization: Bearer 之后。", "Bearer");
        }
        let mut values = request.headers().get_all(header::AUTHORIZATION).iter();
        // A name is safe to log; what does not have the form of a token may be anything.
        let token = values.next().and_then(bearer).and_then(id_of);
        tracing::warn!(request_id = crate::web::request_id::current(), token, "token refused");
        match self.failures.spend(Client::of(request)) {
            Ok(()) => unauthorized("读取令牌不对或已停用。", "Bearer error=\"invalid_token\""),
            Err(seconds) => Problem::new(
                Code::TooManyAttempts,
                "错误的令牌试得太多，请按响应头 Retry-After 的秒数稍后再试。",
            )
            .retry_after(seconds)
            .into_response(),
        }
    }
}

/// Lets in whoever shows an accepted token; health and assets are for all.
pub(crate) async fn check(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let guard = door.access.guard.as_ref();
    let Some(guard) = guard.filter(|_| !is_health_or_asset(request.uri().path())) else {
        return next.run(request).await;
    };
    match guard.admit(request.headers()) {
        Ok(token) => {
            let mut response = next.run(request).await;
            response.extensions_mut().insert(TokenId(token.id.clone()));
            response
        }
        Err(refusal) => guard.refuse(&refusal, &request),
    }
}

/// Source of the challenge: RFC 6750, section 3.
fn unauthorized(detail: &str, challenge: &'static str) -> Response {
    let mut response = Problem::new(Code::Unauthorized, detail).into_response();
    let challenge = HeaderValue::from_static(challenge);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// What follows the scheme `Bearer`, whose letter case does not matter.
fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The name in a token that has the right form.
fn id_of(token: &str) -> Option<&str> {
    let (id, secret) = token.strip_prefix(PREFIX)?.split_once('_')?;
    let is_secret = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let has_form = secret.len() == SECRET_CHARS && secret.bytes().all(is_secret);
    (has_form && is_id(id)).then_some(id)
}

fn is_id(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=MAX_ID_CHARS).contains(&id.len()) && id.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt;

    use super::*;
    use crate::web::{access::AccessSettings, host::AllowedHosts, limits::Limits};

    /// What the layer answers for `path` with this `Authorization`, in front of a route that says
    /// nothing.
    async fn answer(kept: &[ReadToken], path: &str, value: Option<&str>) -> Response {
        let settings = AccessSettings { read_tokens: kept.to_vec(), ..AccessSettings::default() };
        let door = Door::new(AllowedHosts::loopback(8017), Limits::default());
        let layer = from_fn_with_state(Arc::new(door.with_access(settings)), check);
        let router = Router::new().route("/{*path}", get(|| async {})).layer(layer);
        let mut request = Request::builder().uri(path);
        if let Some(value) = value {
            request = request.header(header::AUTHORIZATION, value);
        }
        router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn the_layer_lets_in_who_may_and_says_to_others_what_is_missing() {
        let (token, kept) = ReadToken::issue("cmdb", &[7; 32]);
        let kept = [kept];
        let let_in = answer(&kept, "/x", Some(&format!("Bearer {token}"))).await;
        assert_eq!(let_in.status(), 200);
        assert_eq!(let_in.extensions().get::<TokenId>().unwrap().0, "cmdb");
        assert_eq!(answer(&kept, "/livez", None).await.status(), 200);
        assert_eq!(answer(&[], "/x", None).await.status(), 200);
        let challenge = |response: &Response| {
            assert_eq!(response.status(), 401);
            response.headers()[header::WWW_AUTHENTICATE].to_str().unwrap().to_owned()
        };
        assert_eq!(challenge(&answer(&kept, "/x", None).await), "Bearer");
        let wrong = answer(&kept, "/x", Some("Bearer jiuji")).await;
        assert_eq!(challenge(&wrong), "Bearer error=\"invalid_token\"");
    }

    #[test]
    fn a_token_has_one_form() {
        let secret = "A-_9".repeat(11).chars().take(SECRET_CHARS).collect::<String>();
        let id = |id: &str| id_of(&format!("jiuji_{id}_{secret}")).is_some();
        assert!(id("a") && id("cmdb-1") && id(&"a".repeat(32)));
        for wrong in ["", "A", "a b", "a.b", "é", &"a".repeat(33)] {
            assert!(!id(wrong), "{wrong}");
        }
        let with = |secret: &str| id_of(&format!("jiuji_a_{secret}")).is_some();
        assert!(with(&secret));
        for odd in ['.', '+', '/', '='] {
            assert!(!with(&secret.replace('9', &odd.to_string())), "{odd}");
        }
        assert!(!with(&format!("{secret}A")) && !with(secret.trim_start_matches('A')));
    }

    fn shown(values: &[&str]) -> HeaderMap {
        let line = |value: &&str| (header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        values.iter().map(line).collect()
    }

    #[test]
    fn what_is_kept_is_the_hash_of_the_whole_token() {
        let (token, kept) = ReadToken::issue("cmdb-1", &[7; 32]);
        assert_eq!(token, "jiuji_cmdb-1_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc");
        assert_eq!(id_of(&token), Some("cmdb-1"));
        assert_eq!(kept.sha256, <[u8; 32]>::from(Sha256::digest(token)));
    }

    #[test]
    fn only_an_accepted_token_as_it_is_lets_in() {
        let (old, kept_old) = ReadToken::issue("old", &[0xff; 32]);
        let (new, kept_new) = ReadToken::issue("new", &[2; 32]);
        let (stranger, _) = ReadToken::issue("stranger", &[2; 32]);
        let guard = Guard::new(vec![kept_old, kept_new]);
        let admitted = |values: &[&str]| match guard.admit(&shown(values)) {
            Ok(token) => token.id.clone(),
            Err(refusal) => format!("{refusal:?}"),
        };
        let bearer = |token: &str| format!("Bearer {token}");
        assert_eq!(admitted(&[]), "Missing");
        assert_eq!(admitted(&[&bearer(&old)]), "old");
        assert_eq!(admitted(&[&format!("bEARER  {new} ")]), "new");
        let wrong = [
            old.clone(),
            bearer(&stranger),
            bearer(&old.replace("old", "new")),
            bearer(&new.replace('A', "B")),
            bearer(&format!("{new}A")),
            bearer(&new.chars().take(new.len() - 1).collect::<String>()),
            bearer(&new.to_ascii_uppercase()),
            format!("Basic {new}"),
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
            "Bearer jiuji_new_".to_owned(),
            format!("Bearer jiuji__{}", "A".repeat(43)),
        ];
        for value in wrong {
            assert_eq!(admitted(&[&value]), "Wrong", "{value}");
        }
        assert_eq!(admitted(&[&bearer(&old), &bearer(&old)]), "Wrong", "two lines");
    }
}
