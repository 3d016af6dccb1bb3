//! Which names belong to articles.

use std::path::{Component, Path};

use unicode_normalization::UnicodeNormalization;

/// Whether a file or folder of this name is not part of the knowledge base.
///
/// Hidden and private names, and what editors leave beside a file while they save it: `x.md~`,
/// `#x.md#`, `x.md.swp` and the `4913` with which vim tries whether it may write.
pub(super) fn is_ignored(name: &str) -> bool {
    name.starts_with(['.', '_'])
        || name.ends_with('~')
        || (name.starts_with('#') && name.ends_with('#'))
        || name.ends_with(".swp")
        || name == "4913"
}

/// Whether a file of this name is an article.
pub(super) fn is_article(name: &str) -> bool {
    !is_ignored(name) && !name.eq_ignore_ascii_case("README.md") && has_article_extension(name)
}

/// The path in the knowledge base of a file at `path`, relative to it, that would be an article if
/// it were there; `None` for a path out of the folder and for names of other files. NFC.
#[must_use]
pub fn article_path(path: &Path) -> Option<String> {
    let parts = path.components().filter(|part| !matches!(part, Component::CurDir));
    let names: Option<Vec<&str>> = parts
        .map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    let names = names?;
    let is_usable = |name: &&str| !is_ignored(name) && is_printable(name);
    let is_article = names.last().is_some_and(|name| is_article(name));
    (is_article && names.iter().all(is_usable)).then(|| composed(&names.join("/")))
}

/// Whether the name ends with `.md` in any case.
pub(super) fn has_article_extension(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("md"))
}

/// Whether the name can be shown and written in a URL, a log line and a terminal.
pub(super) fn is_printable(name: &str) -> bool {
    !name.chars().any(char::is_control)
}

/// The composed form (NFC), in which paths and ids are compared.
pub(super) fn composed(name: &str) -> String {
    name.nfc().collect()
}

/// Whether other names on the disk can have the same composed form.
///
/// False for names of Han and ASCII characters, which is why it pays to ask before listing a
/// folder.
pub(super) fn has_variants(name: &str) -> bool {
    !name.nfd().eq(name.chars())
}

/// `folder/name`, or `name` in the root.
pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { composed(name) } else { format!("{folder}/{}", composed(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_visible_markdown_files_are_articles() {
        let articles = ["a.md", "断网.md", "A.MD", "a.b.md", "readme2.md", "#1.md", "4913.md"];
        let others = [
            "README.md",
            "readme.MD",
            ".a.md",
            "_template.md",
            ".#a.md",
            "a.md~",
            "#a.md#",
            ".a.md.swp",
            "a.swp",
            "4913",
            "a.txt",
            "md",
            ".md",
            "amd",
        ];
        for name in articles {
            assert!(is_article(name), "{name}");
        }
        for name in others {
            assert!(!is_article(name), "{name}");
        }
    }

    #[test]
    fn hidden_names_and_what_editors_leave_behind_are_ignored() {
        for name in [".git", "_drafts", "a~", "#a#", "a.swp", "4913"] {
            assert!(is_ignored(name), "{name}");
        }
        for name in ["#a", "a#", "a.swpx", "49130", "~a", "a_", "a."] {
            assert!(!is_ignored(name), "{name}");
        }
    }

    #[test]
    fn control_characters_cannot_be_shown() {
        assert!(is_printable("断网 printer-01.md"));
        assert!(!is_printable("a\nb.md") && !is_printable("\u{1b}[2J.md"));
    }

    #[test]
    fn a_path_is_that_of_an_article_or_nothing() {
        let table = [
            ("a.md", Some("a.md")),
            ("./网络/cafe\u{301}.md", Some("网络/caf\u{e9}.md")),
            ("../a.md", None),
            ("/a.md", None),
            ("_x/a.md", None),
            ("README.md", None),
            ("a.txt", None),
            ("", None),
        ];
        for (path, expected) in table {
            assert_eq!(article_path(Path::new(path)).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn only_decomposable_names_have_variants() {
        assert!(!has_variants("断网 printer-01.md"));
        assert!(has_variants("caf\u{e9}.md"));
        assert_eq!(join("a", "cafe\u{301}.md"), "a/caf\u{e9}.md");
    }
}
