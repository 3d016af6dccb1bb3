//! Where a link of an article leads.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All but the characters that RFC 3986 calls unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Longest link target, in bytes. Servers refuse longer ones.
const MAX_TARGET_BYTES: usize = 8 << 10;

/// Schemes an article may link to.
const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target<'a> {
    /// To a file of the knowledge base: its path and the decoded fragment.
    Inside { path: String, fragment: Option<String> },
    /// To a place on the same page, decoded.
    SamePage(String),
    /// To another site, with a scheme articles may use.
    Outside(&'a str),
    /// To something a page must not link to, such as `javascript:`.
    Forbidden,
    /// Wherever it leads, no browser would get there.
    TooLong,
    /// Out of the knowledge base, or nowhere at all.
    Nowhere,
}

/// Where `destination`, written in the article at `article_path`, leads.
pub(super) fn target<'a>(article_path: &str, destination: &'a str) -> Target<'a> {
    let destination = destination.trim();
    if destination.len() > MAX_TARGET_BYTES {
        return Target::TooLong;
    }
    if let Some(scheme) = scheme(destination) {
        let allowed = SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme));
        return if allowed { Target::Outside(destination) } else { Target::Forbidden };
    }
    if destination.starts_with("//") {
        return Target::Nowhere;
    }
    let (file, fragment) = match destination.split_once('#') {
        Some((file, fragment)) => (file, decode(fragment).filter(|decoded| !decoded.is_empty())),
        None => (destination, None),
    };
    if file.is_empty() {
        return fragment.map_or(Target::Nowhere, Target::SamePage);
    }
    let file = file.split_once('?').map_or(file, |(file, _)| file);
    match decode(file).and_then(|file| resolve(article_path, &file)) {
        Some(path) => Target::Inside { path, fragment },
        None => Target::Nowhere,
    }
}

/// Whether a path of the knowledge base names an article rather than an image or other file:
/// it ends in `.md` or, as in a wiki, in nothing.
pub(super) fn is_article(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').is_none_or(|(_, extension)| extension.eq_ignore_ascii_case("md"))
}

/// The id as one segment of a URL path: everything but letters, digits, `-`, `.`, `_` and `~` is
/// percent-encoded, `/` as `%2F`.
#[must_use]
pub fn percent_encode_id(id: &str) -> String {
    utf8_percent_encode(id, SEGMENT).to_string()
}

/// A path with each of its segments percent-encoded.
pub(super) fn percent_encode_path(path: &str) -> String {
    path.split('/').map(percent_encode_id).collect::<Vec<_>>().join("/")
}

fn scheme(destination: &str) -> Option<&str> {
    let (scheme, _) = destination.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_scheme.then_some(scheme)
}

fn decode(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (!decoded.chars().any(|c| c.is_control() || c == '\\')).then(|| decoded.into_owned())
}

/// `file` relative to the folder of `article_path`, or to the knowledge base when it begins with
/// `/`; `None` when it leaves the knowledge base or names a folder.
fn resolve(article_path: &str, file: &str) -> Option<String> {
    let folder = article_path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = if file.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').filter(|part| !part.is_empty()).collect()
    };
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let names_folder = file.ends_with(['/']) || file.ends_with("/..") || file == "..";
    (!parts.is_empty() && !names_folder).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(path: &str, fragment: Option<&str>) -> Target<'static> {
        Target::Inside { path: path.to_owned(), fragment: fragment.map(str::to_owned) }
    }

    #[test]
    fn destinations_resolve_against_the_folder_of_the_article() {
        let cases = [
            ("b.md", inside("net/b.md", None)),
            ("./b.md#%E7%94%B5%E8%AF%9D", inside("net/b.md", Some("电话"))),
            ("../dns/c.md?x=1#", inside("dns/c.md", None)),
            ("/images/a%20b.png", inside("images/a b.png", None)),
            ("%2e%2e/x.md", inside("x.md", None)),
            ("../../x.md", Target::Nowhere),
            ("%2e%2e%2f..%2fetc/passwd", Target::Nowhere),
            ("..", Target::Nowhere),
            ("images/", Target::Nowhere),
            ("", Target::Nowhere),
            ("#", Target::Nowhere),
            ("a\\b.md", Target::Nowhere),
            ("a%00.md", Target::Nowhere),
            ("%ff.md", Target::Nowhere),
            ("//evil.example/x", Target::Nowhere),
            ("#s-电话", Target::SamePage("s-电话".to_owned())),
            ("HTTPS://example.com/", Target::Outside("HTTPS://example.com/")),
            ("javascript:alert(1)", Target::Forbidden),
            ("C:\\x.md", Target::Forbidden),
        ];
        for (destination, expected) in cases {
            assert_eq!(target("net/a.md", destination), expected, "{destination:?}");
        }
    }

    #[test]
    fn a_destination_may_be_so_long_and_no_longer() {
        let site = format!("{:a<MAX_TARGET_BYTES$}", "https://example.com/");
        assert_eq!(target("a.md", &site), Target::Outside(&site));
        assert_eq!(target("a.md", &format!("{site}a")), Target::TooLong);
        assert_eq!(target("a.md", &"a".repeat(MAX_TARGET_BYTES + 1)), Target::TooLong);
    }

    #[test]
    fn articles_are_told_from_other_files() {
        for (path, expected) in
            [("a.md", true), ("x/A.MD", true), ("v1.0/dns", true), ("a.png", false)]
        {
            assert_eq!(is_article(path), expected, "{path}");
        }
    }

    #[test]
    fn an_id_is_one_segment_of_a_url() {
        assert_eq!(percent_encode_id("a/b c~电"), "a%2Fb%20c~%E7%94%B5");
        assert_eq!(percent_encode_path("a b/c?.png"), "a%20b/c%3F.png");
    }
}
