//! The addresses of the served pages, as they are in a copy.

use std::{cell::RefCell, collections::BTreeMap, io::Read, path::Path};

use percent_encoding::percent_decode_str;

use super::names::{Names, with_digest};
use crate::{
    export::html::{Piece, Tag, pieces, unescaped},
    web::media,
};

/// Letters of the digest in the name of an image.
const DIGEST: usize = 12;

/// What stands before the ids of icons: sections and controls have ids too.
const ICON: &str = "icon-";

/// Puts the addresses of a copy into pages `up` of which the copy lies.
pub(super) struct Links<'a> {
    pub(super) names: &'a Names,
    pub(super) media: &'a Media<'a>,
    /// The way from the page to the folder of the copy.
    pub(super) up: &'static str,
}

/// What becomes of an attribute.
enum Change {
    Keep,
    Put(String),
    Drop,
}

impl Links<'_> {
    /// `html` with relative addresses. What is not in the copy loses its address; addresses of
    /// other sites, which authors wrote, stay.
    pub(super) fn relink(&self, html: &str) -> String {
        let mut out = String::with_capacity(html.len());
        for piece in pieces(html) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Tag(tag) => self.tag(&mut out, &tag),
            }
        }
        out
    }

    fn tag(&self, out: &mut String, tag: &Tag<'_>) {
        let changes: Vec<_> =
            tag.attributes.iter().map(|(name, v)| self.change(name, *v)).collect();
        if changes.iter().all(|change| matches!(change, Change::Keep)) {
            return out.push_str(tag.source);
        }
        out.extend(["<", tag.name]);
        let mut is_dead = false;
        for ((name, value), change) in tag.attributes.iter().zip(changes) {
            let value = match change {
                Change::Keep => value.map(str::to_owned),
                Change::Put(value) => Some(value),
                Change::Drop => {
                    is_dead |= *name == "href";
                    continue;
                }
            };
            out.extend([" ", name]);
            if let Some(value) = value {
                out.extend(["=\"", &value, "\""]);
            }
        }
        if is_dead && tag.attribute("class").is_none() {
            out.push_str(" class=\"dead-link\"");
        }
        out.push('>');
    }

    fn change(&self, name: &str, value: Option<&str>) -> Change {
        match (name, value) {
            // The address under which the server opens a hit beside the list.
            ("data-show", _) => Change::Drop,
            ("href" | "src" | "action", Some(value)) if value.starts_with('/') => {
                self.address(name, &unescaped(value)).map_or(Change::Drop, Change::Put)
            }
            _ => Change::Keep,
        }
    }

    /// The address in the copy for one of the server; `None` when there is none. Neither needs
    /// escaping: names are safe, and what follows them is percent-encoded.
    fn address(&self, attribute: &str, url: &str) -> Option<String> {
        let (path, fragment) = match url.split_once('#') {
            Some((path, fragment)) => (path, format!("#{fragment}")),
            None => (url, String::new()),
        };
        let file = match path {
            "/" => "index.html".to_owned(),
            "/matrix" => "matrix.html".to_owned(),
            "/data.js" => "data.js".to_owned(),
            "/assets/icons.svg" => return Some(fragment.replacen('#', &format!("#{ICON}"), 1)),
            _ => {
                let (folder, rest) = path.trim_start_matches('/').split_once('/')?;
                match folder {
                    "articles" => self.names.file(&decoded(rest)?)?,
                    "media" => self.media.file(attribute, &decoded(rest)?)?,
                    "assets" => format!("assets/{rest}"),
                    _ => return None,
                }
            }
        };
        Some(format!("{}{file}{fragment}", self.up))
    }
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned())
}

/// The icons of the web side, for use within the page: a page that is a file may not take them
/// from another one. The name space is for files of their own.
pub(super) fn icons(svg: &str) -> String {
    let icons = svg.trim_end().replacen(" xmlns=\"http://www.w3.org/2000/svg\"", " hidden", 1);
    icons.replace(" id=\"", &format!(" id=\"{ICON}"))
}

/// Images that pages show, by the rules under which the server gives them.
pub(super) struct Media<'a> {
    root: &'a Path,
    /// Name and content by path; `None` for what is not given.
    known: RefCell<BTreeMap<String, Option<Image>>>,
}

struct Image {
    name: String,
    bytes: Vec<u8>,
}

impl<'a> Media<'a> {
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root, known: RefCell::default() }
    }

    /// Where the image at `path` is in the copy. Opened by itself, a vector image is a page that
    /// can carry scripts, so none is linked to.
    fn file(&self, attribute: &str, path: &str) -> Option<String> {
        let is_vector = path.to_ascii_lowercase().ends_with(".svg");
        if is_vector && attribute != "src" {
            return None;
        }
        let mut known = self.known.borrow_mut();
        let image = known.entry(path.to_owned()).or_insert_with(|| read(self.root, path));
        image.as_ref().map(|image| image.name.clone())
    }

    /// All images that were asked for, by their names below the folder of the copy.
    pub(super) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let known = self.known.take().into_values().flatten();
        known.map(|image| (image.name, image.bytes)).collect()
    }
}

fn read(root: &Path, path: &str) -> Option<Image> {
    let (file, n_bytes) = media::find(root, path)?;
    let mut bytes = Vec::new();
    file.take(n_bytes).read_to_end(&mut bytes).ok()?;
    let (stem, extension) = path.rsplit_once('.')?;
    let stem = stem.rsplit('/').next().unwrap_or(stem);
    let digest = with_digest(path, DIGEST);
    let digest = digest.rsplit('-').next().unwrap_or(&digest);
    let hint: String = stem.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    let (hint, extension) = (hint.to_ascii_lowercase(), extension.to_ascii_lowercase());
    Some(Image { name: format!("media/{hint}-{digest}.{extension}"), bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relinked(html: &str, up: &'static str) -> String {
        let dir = tempfile::tempdir().unwrap();
        fs_err::create_dir(dir.path().join("images")).unwrap();
        for name in ["images/灯 1.PNG", "images/a.svg", "plan.pdf"] {
            fs_err::write(dir.path().join(name), "x").unwrap();
        }
        let names = Names::new(&["disk-failing".to_owned(), "网络/断网".to_owned()]);
        let media = Media::new(dir.path());
        Links { names: &names, media: &media, up }.relink(html)
    }

    #[test]
    fn addresses_of_the_server_become_files() {
        let other = Names::new(&["网络/断网".to_owned()]).file("网络/断网").unwrap();
        let coded = "/articles/%E7%BD%91%E7%BB%9C%2F%E6%96%AD%E7%BD%91";
        for (html, expected) in [
            (
                "<a href=\"/articles/disk-failing#s-1\">x</a>",
                "<a href=\"articles/disk-failing.html#s-1\">x</a>".to_owned(),
            ),
            (&format!("<a href=\"{coded}\">"), format!("<a href=\"{other}\">")),
            ("<form action=\"/\">", "<form action=\"index.html\">".to_owned()),
            ("<link href=\"/assets/app.css\">", "<link href=\"assets/app.css\">".to_owned()),
            ("<use href=\"/assets/icons.svg#copy\">", "<use href=\"#icon-copy\">".to_owned()),
            ("<a href=\"#s-x\" class=\"y\">", "<a href=\"#s-x\" class=\"y\">".to_owned()),
            (
                "<a href=\"https://example.com/a\" rel=\"noopener\">",
                "<a href=\"https://example.com/a\" rel=\"noopener\">".to_owned(),
            ),
            ("<p>href=\"/status\"</p>", "<p>href=\"/status\"</p>".to_owned()),
        ] {
            assert_eq!(relinked(html, ""), expected);
        }
        assert_eq!(relinked("<a href=\"/matrix\">", "../"), "<a href=\"../matrix.html\">");
    }

    #[test]
    fn what_is_not_in_the_copy_has_no_address() {
        for (html, expected) in [
            ("<a href=\"/articles/gone\">x</a>", "<a class=\"dead-link\">x</a>"),
            ("<a class=\"goto\" href=\"/articles/gone\">", "<a class=\"goto\">"),
            ("<a href=\"/status#review\">", "<a class=\"dead-link\">"),
            ("<a href=\"//example.com/x\">", "<a class=\"dead-link\">"),
            ("<a href=\"/media/plan.pdf\">", "<a class=\"dead-link\">"),
            ("<a href=\"/media/images/a.svg\">", "<a class=\"dead-link\">"),
            ("<img src=\"/media/images/gone.png\" alt=\"灯\">", "<img alt=\"灯\">"),
            ("<img src=\"/media/../plan.png\" alt=\"\">", "<img alt=\"\">"),
            ("<article class=\"hit\" data-show=\"/?q=x\">", "<article class=\"hit\">"),
        ] {
            assert_eq!(relinked(html, ""), expected);
        }
    }

    #[test]
    fn images_have_safe_names() {
        let html = relinked("<img src=\"/media/images/%E7%81%AF%201.PNG\" alt=\"\">", "../");
        assert!(html.starts_with("<img src=\"../media/1-") && html.contains(".png\""), "{html}");
        let html = relinked("<img src=\"/media/images/a.svg\" alt=\"\">", "");
        assert!(html.starts_with("<img src=\"media/a-"), "{html}");
    }

    #[test]
    fn icons_have_names_of_their_own() {
        let svg =
            "<svg xmlns=\"http://www.w3.org/2000/svg\">\n<symbol id=\"copy\"></symbol></svg>\n";
        let expected = "<svg hidden>\n<symbol id=\"icon-copy\"></symbol></svg>";
        assert_eq!(icons(svg), expected);
    }
}
