//! Which paths can name an image at all.

/// The media type that can carry scripts.
pub(super) const SVG: &str = "image/svg+xml";

/// Deepest path.
const MAX_PARTS: usize = 32;

/// Allowed extensions, in lower case, with their types.
const TYPES: [(&str, &str); 7] = [
    ("avif", "image/avif"),
    ("gif", "image/gif"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
    ("svg", SVG),
    ("webp", "image/webp"),
];

/// The media type of a decoded path below the folder; `None` when nothing may be served there.
pub(super) fn media_type(path: &str) -> Option<&'static str> {
    let parts: Vec<_> = path.split('/').collect();
    if parts.len() > MAX_PARTS || !parts.iter().all(|part| is_plain(part)) {
        return None;
    }
    let (_, extension) = parts.last()?.rsplit_once('.')?;
    let known = |(name, _): &&(&str, &str)| name.eq_ignore_ascii_case(extension);
    TYPES.iter().find(known).map(|(_, media_type)| *media_type)
}

/// Neither empty nor hidden, no `.` or `..`, nothing that some system reads as a separator.
fn is_plain(part: &str) -> bool {
    let is_odd = |c: char| c.is_control() || c == '\\' || c == ':';
    !part.is_empty() && part.len() <= 255 && !part.starts_with('.') && !part.contains(is_odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_their_extension() {
        let table = [
            ("images/a.png", "image/png"),
            ("a.JPG", "image/jpeg"),
            ("图片/机房 1.webp", "image/webp"),
            ("a.b.svg", SVG),
        ];
        for (path, expected) in table {
            assert_eq!(media_type(path), Some(expected), "{path}");
        }
    }

    #[test]
    fn everything_else_is_nothing() {
        let refused = [
            "",
            "a",
            "png",
            ".png",
            "a.md",
            "a.html",
            "a.png.html",
            "a.svg~",
            "a.pdf",
            "../a.png",
            "x/../a.png",
            "./a.png",
            "x/./a.png",
            "/a.png",
            "//a.png",
            "x//a.png",
            "x/",
            "a.png/",
            ".git/a.png",
            "x/.hidden.png",
            "..\\a.png",
            "x\\a.png",
            "a\0.png",
            "a.png\0",
            "C:a.png",
            "a.png:stream.png",
            "%2e%2e/a.md",
            "a.png%00",
            "\n.png",
        ];
        for path in refused {
            assert_eq!(media_type(path), None, "{path:?}");
        }
        assert_eq!(media_type(&format!("{}a.png", "x/".repeat(32))), None);
        assert_eq!(media_type(&format!("{}a.png", "x/".repeat(31))), Some("image/png"));
        assert_eq!(media_type(&format!("{}.png", "x".repeat(252))), None);
    }
}
