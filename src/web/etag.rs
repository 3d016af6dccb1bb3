//! Entity tags and the answer to a client that already has what it asks for.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use time::Date;

use super::{assets, state::Snapshot};

/// A weak entity tag: compression and timings may change the bytes, not what they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag(HeaderValue);

impl Tag {
    /// The tag of whatever is computed from a snapshot.
    ///
    /// The revision alone is not enough: the day decides what is stale, the time of indexing
    /// changes when an article breaks, and another build has other pages and other asset names.
    /// `variant` separates representations of one address.
    pub(crate) fn of_snapshot(snapshot: &Snapshot, today: Date, variant: &str) -> Self {
        let rest = [snapshot.indexed_at(), &today.to_string(), variant, assets::fingerprint()];
        Self::new(snapshot.revision(), &rest)
    }

    /// A tag that shows `visible` and depends on `rest` as well.
    pub(crate) fn new(visible: &str, rest: &[&str]) -> Self {
        let digest = blake3::hash(rest.join("\n").as_bytes()).to_hex();
        let short: String = digest.chars().take(12).collect();
        let shown = visible.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let value = HeaderValue::try_from(format!("W/\"{shown}-{short}\""));
        Self(value.unwrap_or(HeaderValue::from_static("W/\"\"")))
    }

    /// Whether `If-None-Match` has this tag, compared weakly, or `*`.
    pub(crate) fn matches(&self, headers: &HeaderMap) -> bool {
        let ours = self.0.to_str().unwrap_or_default();
        let values = headers.get_all(header::IF_NONE_MATCH).iter();
        let mut tags = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim);
        tags.any(|tag| tag == "*" || opaque(tag) == opaque(ours))
    }

    /// 304 without a body.
    pub(crate) fn not_modified(&self) -> Response {
        // The whole answer has it from the layer that compresses; a 304 must repeat it.
        let vary = [(header::VARY, "accept-encoding")];
        self.on((StatusCode::NOT_MODIFIED, vary).into_response())
    }

    /// The response with this tag, to be asked about before it is used again.
    pub(crate) fn on(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.0.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_none_match_is_a_list_compared_weakly() {
        let tag = Tag::new("3f2a", &["x"]);
        let text = tag.0.to_str().unwrap().to_owned();
        let strong = text.strip_prefix("W/").unwrap();
        let table = [
            (text.clone(), true),
            (strong.to_owned(), true),
            (format!("\"other\", {text}"), true),
            ("*".into(), true),
            ("\"3f2a\"".into(), false),
            (String::new(), false),
        ];
        for (value, expected) in table {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, value.parse().unwrap())]);
            assert_eq!(tag.matches(&headers), expected, "{value}");
        }
        assert!(!tag.matches(&HeaderMap::new()));
    }

    #[test]
    fn the_tag_depends_on_all_its_parts() {
        assert_ne!(Tag::new("a", &["json", "1"]), Tag::new("a", &["plain", "1"]));
        assert_ne!(Tag::new("a", &[]), Tag::new("b", &[]));
    }

    #[test]
    fn not_modified_repeats_the_tag() {
        let tag = Tag::new("3f2a", &[]);
        let response = tag.not_modified();
        assert_eq!(response.status(), 304);
        assert_eq!(response.headers()["etag"], tag.0);
        assert_eq!(response.headers()["cache-control"], "no-cache");
    }
}
