//! Entity tags and the answer to a client that already has what it asks for.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use time::Date;

use super::{assets, state::Snapshot};

/// Names the revision that an answer was made from, also where its body has no place for it.
const X_JIUJI_REVISION: HeaderName = HeaderName::from_static("x-jiuji-revision");

/// A weak entity tag: compression and timings may change the bytes, not what they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    value: HeaderValue,
    /// The revision of the snapshot, for what is made from one.
    revision: Option<String>,
}

impl Tag {
    /// The tag of whatever is computed from a snapshot.
    ///
    /// The revision alone is not enough: the day decides what is stale, the time of indexing
    /// changes when an article breaks, and another build has other pages and other asset names.
    /// `variant` separates representations of one address.
    pub(crate) fn of_snapshot(snapshot: &Snapshot, today: Date, variant: &str) -> Self {
        let rest = [snapshot.indexed_at(), &today.to_string(), variant, assets::fingerprint()];
        Self::new(snapshot.revision(), &rest).of_revision(snapshot.revision())
    }

    /// The tag of an answer that is known whole; for what depends on more than a snapshot.
    pub(crate) fn of_content(content: &[u8]) -> Self {
        Self::new(&blake3::hash(content).to_hex(), &[])
    }

    /// The same tag on an answer that was made from this revision.
    pub(crate) fn of_revision(self, revision: &str) -> Self {
        Self { revision: Some(revision.to_owned()), ..self }
    }

    /// A tag that shows `visible` and depends on `rest` as well.
    pub(crate) fn new(visible: &str, rest: &[&str]) -> Self {
        let digest = blake3::hash(rest.join("\n").as_bytes()).to_hex();
        let short: String = digest.chars().take(12).collect();
        let shown = visible.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let value = HeaderValue::try_from(format!("W/\"{shown}-{short}\""));
        let value = value.unwrap_or(HeaderValue::from_static("W/\"\""));
        Self { value, revision: None }
    }

    /// Whether `If-None-Match` has this tag, compared weakly, or `*`.
    pub(crate) fn matches(&self, headers: &HeaderMap) -> bool {
        let ours = self.value.to_str().unwrap_or_default();
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
        headers.insert(header::ETAG, self.value.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        match &self.revision {
            Some(revision) => with_revision(response, revision),
            None => response,
        }
    }

    /// The response with this tag, or none of it for a client that has it already.
    pub(crate) fn answer(&self, asked: &HeaderMap, response: Response) -> Response {
        if self.matches(asked) { self.not_modified() } else { self.on(response) }
    }
}

/// The response with the revision it was made from, for answers without a tag.
pub(crate) fn with_revision(mut response: Response, revision: &str) -> Response {
    if let Ok(value) = HeaderValue::try_from(revision) {
        response.headers_mut().insert(X_JIUJI_REVISION, value);
    }
    response
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
        let text = tag.value.to_str().unwrap().to_owned();
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
    fn who_has_the_content_gets_none_of_it() {
        let tag = Tag::of_content(b"{}");
        let asked = HeaderMap::from_iter([(header::IF_NONE_MATCH, tag.value.clone())]);
        assert_eq!(tag.answer(&asked, "{}".into_response()).status(), 304);
        let other = Tag::of_content(b"[]");
        let response = other.answer(&asked, "[]".into_response());
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["etag"], other.value);
        assert!(!response.headers().contains_key("x-jiuji-revision"));
    }

    #[test]
    fn the_tag_depends_on_all_its_parts() {
        assert_ne!(Tag::new("a", &["json", "1"]), Tag::new("a", &["plain", "1"]));
        assert_ne!(Tag::new("a", &[]), Tag::new("b", &[]));
    }

    #[test]
    fn not_modified_repeats_the_tag_and_the_revision() {
        let tag = Tag::new("3f2a", &[]).of_revision("3f2a");
        let response = tag.not_modified();
        assert_eq!(response.status(), 304);
        assert_eq!(response.headers()["x-jiuji-revision"], "3f2a");
        assert_eq!(response.headers()["etag"], tag.value);
        assert_eq!(response.headers()["cache-control"], "no-cache");
    }
}
