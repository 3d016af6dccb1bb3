//! The web files built into the binary, under names that change with their content.
//!
//! All names carry one fingerprint over all files: a module that imports `./keys.js` changes its
//! name when `keys.js` changes, without anyone working out who imports whom. Requests are looked
//! up in a table made at the start; no path is ever built from a URL.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::LazyLock,
};

use axum::{
    body::Bytes,
    extract::{Path, rejection::PathRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use super::{
    etag::Tag,
    headers::PAGE_POLICY,
    params::NoParams,
    problem::{Problem, not_found},
};

/// Files that are also served under their plain name, for browsers ask for them unasked or keep
/// the name for longer than one version.
const PLAIN: [&str; 4] = ["favicon.ico", "favicon.svg", "manifest.webmanifest", "manifest.json"];

const TYPES: [(&str, &str); 11] = [
    ("css", "text/css; charset=utf-8"),
    ("ico", "image/vnd.microsoft.icon"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("md", "text/markdown; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("webmanifest", "application/manifest+json"),
    ("woff2", "font/woff2"),
];

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/web/assets"]
struct Embedded;

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let files = Embedded::iter().filter_map(|name| {
        let file = Embedded::get(&name)?;
        Some((name.into_owned(), file.data.into_owned()))
    });
    Assets::new(files.collect())
});

struct Assets {
    fingerprint: String,
    by_name: HashMap<String, Asset>,
}

#[derive(Clone)]
struct Asset {
    bytes: Bytes,
    media_type: &'static str,
    is_hashed: bool,
}

/// Path of an embedded file such as `app.css`, safe to cache for ever.
pub(crate) fn asset_url(name: &str) -> String {
    format!("/assets/{}", hashed(name, fingerprint()))
}

/// Changes whenever an embedded file or the program does.
pub(crate) fn fingerprint() -> &'static str {
    &ASSETS.fingerprint
}

/// Names of the embedded files that are served, sorted.
pub(crate) fn names() -> impl Iterator<Item = String> {
    let names: BTreeSet<_> = Embedded::iter().map(Cow::into_owned).collect();
    names.into_iter().filter(|name| media_type(name).is_some())
}

/// An embedded file as it was written; `None` when there is none or it is no UTF-8.
pub(crate) fn text(name: &str) -> Option<String> {
    String::from_utf8(Embedded::get(name)?.data.into_owned()).ok()
}

/// `GET /assets/{*path}`.
pub(crate) async fn asset(
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    _: NoParams,
) -> Result<Response, Problem> {
    let Ok(Path(path)) = path else { return Err(not_found().await) };
    match ASSETS.by_name.get(&path) {
        Some(asset) => Ok(respond(asset, &path, &headers)),
        None => Err(not_found().await),
    }
}

fn respond(asset: &Asset, path: &str, headers: &HeaderMap) -> Response {
    // A worker lives by the policy its script came with, so scripts carry that of the pages.
    let fixed =
        [(header::CONTENT_TYPE, asset.media_type), (header::CONTENT_SECURITY_POLICY, PAGE_POLICY)];
    if asset.is_hashed {
        let forever = [(header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
        return (fixed, forever, asset.bytes.clone()).into_response();
    }
    let tag = Tag::new("asset", &[path, fingerprint()]);
    if tag.matches(headers) {
        return tag.not_modified();
    }
    tag.on((fixed, asset.bytes.clone()).into_response())
}

impl Assets {
    fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        let fingerprint = digest(&files);
        let names: Vec<_> = files.keys().cloned().collect();
        let mut by_name = HashMap::new();
        for (name, content) in files {
            let Some(media_type) = media_type(&name) else { continue };
            let bytes = Bytes::from(link(content, media_type, &names, &fingerprint));
            let asset = Asset { bytes, media_type, is_hashed: true };
            if PLAIN.contains(&name.as_str()) {
                by_name.insert(name.clone(), Asset { is_hashed: false, ..asset.clone() });
            }
            by_name.insert(hashed(&name, &fingerprint), asset);
        }
        Self { fingerprint, by_name }
    }
}

fn digest(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    for (name, content) in files {
        hasher.update(name.as_bytes()).update(blake3::hash(content).as_bytes());
    }
    hasher.finalize().to_hex().chars().take(16).collect()
}

/// `app.css` → `app.<fingerprint>.css`.
fn hashed(name: &str, fingerprint: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{fingerprint}.{extension}"),
        None => format!("{name}.{fingerprint}"),
    }
}

fn media_type(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    TYPES.iter().find(|(known, _)| *known == extension).map(|(_, media_type)| *media_type)
}

/// Replaces `./name` in quotes or parentheses, as imports and `url()` write it, by the hashed
/// name, in style sheets, scripts and manifests. Names are relative to the top folder.
fn link(content: Vec<u8>, media_type: &str, names: &[String], fingerprint: &str) -> Vec<u8> {
    let is_linking = ["text/css", "text/javascript", "application/manifest+json"]
        .map(|kind| media_type.starts_with(kind));
    if !is_linking.contains(&true) {
        return content;
    }
    let mut text = match String::from_utf8_lossy(&content) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(_) => return content,
    };
    for name in names {
        let hashed = hashed(name, fingerprint);
        for (open, close) in [('"', '"'), ('\'', '\''), ('(', ')')] {
            text = text
                .replace(&format!("{open}./{name}{close}"), &format!("{open}./{hashed}{close}"));
        }
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets(files: &[(&str, &str)]) -> Assets {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
        Assets::new(files.iter().map(owned).collect())
    }

    #[test]
    fn only_hashed_names_and_the_plain_few_exist() {
        let assets =
            assets(&[("app.css", "a"), ("favicon.svg", "b"), ("x.exe", "c"), ("README", "d")]);
        let print = &assets.fingerprint;
        let mut names: Vec<_> = assets.by_name.keys().cloned().collect();
        names.sort();
        let expected =
            [format!("app.{print}.css"), format!("favicon.{print}.svg"), "favicon.svg".into()];
        assert_eq!(names, expected);
        assert!(!assets.by_name["favicon.svg"].is_hashed);
    }

    #[test]
    fn imports_follow_the_names() {
        let script = "import { a } from \"./keys.js\"; import './icons/x.svg'; './other.js'";
        let assets = assets(&[("app.js", script), ("keys.js", ""), ("icons/x.svg", "")]);
        let print = &assets.fingerprint;
        let linked = &assets.by_name[&format!("app.{print}.js")].bytes;
        let expected = format!(
            "import {{ a }} from \"./keys.{print}.js\"; import './icons/x.{print}.svg'; './other.js'"
        );
        assert_eq!(linked.as_ref(), expected.as_bytes());
    }

    #[test]
    fn a_change_of_one_file_changes_all_names() {
        let before = assets(&[("app.js", ""), ("keys.js", "1")]).fingerprint;
        let after = assets(&[("app.js", ""), ("keys.js", "2")]).fingerprint;
        assert_ne!(before, after);
        assert_eq!(before.len(), 16);
    }

    #[test]
    fn hashed_files_are_immutable_and_plain_ones_revalidated() {
        let asset = Asset { bytes: Bytes::from("x"), media_type: "text/css", is_hashed: true };
        let response = respond(&asset, "app.1.css", &HeaderMap::new());
        assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(response.headers()["content-type"], "text/css");
        let plain = Asset { is_hashed: false, ..asset };
        let response = respond(&plain, "favicon.ico", &HeaderMap::new());
        assert_eq!(response.headers()["cache-control"], "no-cache");
        let known = [(header::IF_NONE_MATCH, response.headers()["etag"].clone())];
        assert_eq!(respond(&plain, "favicon.ico", &HeaderMap::from_iter(known)).status(), 304);
    }

    #[test]
    fn urls_are_the_names_that_are_served() {
        for name in Embedded::iter().filter(|name| media_type(name).is_some()) {
            let url = asset_url(&name);
            let key = url.strip_prefix("/assets/").unwrap();
            assert!(ASSETS.by_name.contains_key(key), "{url}");
        }
        assert!(asset_url("app.css").starts_with("/assets/app."));
    }
}
