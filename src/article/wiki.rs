//! Wiki links, `[[Page#Heading|text]]` and `![[image.png]]`, as the links they stand for.
//!
//! Folders that come from Obsidian and wikis are full of them. Everything behind this module sees
//! ordinary links with a path from the root of the knowledge base; `[[Page]]` becomes `/Page.md`,
//! which resolves by its file name wherever the file lies.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};
use unicode_normalization::UnicodeNormalization;

use super::links::{is_article, percent_encode_id, percent_encode_path};

/// Files that are attached rather than written; a name that ends otherwise is that of an article.
const ATTACHMENTS: [&str; 12] =
    ["avif", "bmp", "gif", "jpeg", "jpg", "png", "svg", "webp", "mp3", "mp4", "pdf", "canvas"];

/// Whether `body` is written with wiki links. Bracketed link texts, `[[1]](…)`, look like them
/// and are plain Markdown, so a text that has those has no wiki links.
pub(super) fn is_used(body: &str) -> bool {
    body.contains("[[") && !body.contains("]](")
}

/// Events with ordinary links in place of wiki links, one for one.
pub(super) struct Ordinary<'a, I> {
    events: I,
    /// What ends each open link and image.
    ends: Vec<Event<'a>>,
}

impl<'a, I> Ordinary<'a, I> {
    /// Passes `events` on.
    pub(super) fn new(events: I) -> Self {
        Self { events, ends: Vec::new() }
    }

    fn start(&mut self, tag: Tag<'a>) -> Event<'a> {
        let (event, end) = match tag {
            Tag::Link { link_type: LinkType::WikiLink { .. }, dest_url, .. } => {
                match destination(&dest_url) {
                    Some((url, _)) => (link(url), Event::End(TagEnd::Link)),
                    None => (text("[["), text("]]")),
                }
            }
            Tag::Image { link_type: LinkType::WikiLink { .. }, dest_url, title, id } => {
                match destination(&dest_url) {
                    // An article cannot be shown inside another, but linked.
                    Some((url, true)) => (link(url), Event::End(TagEnd::Link)),
                    Some((url, false)) => {
                        let (link_type, dest_url) = (LinkType::Inline, url.into());
                        let image = Tag::Image { link_type, dest_url, title, id };
                        (Event::Start(image), Event::End(TagEnd::Image))
                    }
                    None => (text("![["), text("]]")),
                }
            }
            tag => {
                let end = Event::End(tag.to_end());
                (Event::Start(tag), end)
            }
        };
        self.ends.push(end);
        event
    }
}

impl<'a, I: Iterator<Item = (Event<'a>, Range<usize>)>> Iterator for Ordinary<'a, I> {
    type Item = (Event<'a>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let (event, range) = self.events.next()?;
        let event = match event {
            Event::Start(tag @ (Tag::Link { .. } | Tag::Image { .. })) => self.start(tag),
            Event::End(TagEnd::Link | TagEnd::Image) => self.ends.pop().unwrap_or(event),
            event => event,
        };
        Some((event, range))
    }
}

fn text(text: &'static str) -> Event<'static> {
    Event::Text(CowStr::Borrowed(text))
}

fn link<'a>(url: String) -> Event<'a> {
    let (title, id) = (CowStr::Borrowed(""), CowStr::Borrowed(""));
    Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url: url.into(), title, id })
}

/// The address of `[[name]]`, and whether it is an article's; `None` for what only looks like a
/// wiki link, such as a shell's `[[ -f x ]]` and `[[:alpha:]]`.
fn destination(name: &str) -> Option<(String, bool)> {
    // In a table the bar before the text is escaped, and the escape stays with the name.
    let name = name.strip_suffix('\\').unwrap_or(name);
    let is_name = name.trim() == name && !name.contains(['\n', '\\', '[', ']', '"', '<', '>']);
    if name.is_empty() || !is_name || name.starts_with([':', '|']) {
        return None;
    }
    let (file, heading) = name.split_once('#').unwrap_or((name, ""));
    // Of nested headings the last counts; `^name` marks a block, which has no anchor.
    let heading = heading.rsplit('#').next().unwrap_or_default();
    let heading = if heading.starts_with('^') { "" } else { heading };
    let fragment = if heading.is_empty() { String::new() } else { encoded_fragment(heading) };
    if file.is_empty() {
        return (!fragment.is_empty()).then_some((fragment, true));
    }
    let file: String = file.nfc().collect();
    let extension = file.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let is_attached = extension.as_deref().is_some_and(|e| ATTACHMENTS.contains(&e));
    let has_extension = extension.as_deref() == Some("md");
    let file = if is_attached || has_extension { file } else { format!("{file}.md") };
    let path = percent_encode_path(file.trim_start_matches('/'));
    Some((format!("/{path}{fragment}"), is_article(&file)))
}

fn encoded_fragment(heading: &str) -> String {
    format!("#{}", percent_encode_id(heading))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::links::{Target, target};

    #[test]
    fn names_become_paths_from_the_root() {
        let inside = |path: &str, fragment: Option<&str>| Target::Inside {
            path: path.to_owned(),
            fragment: fragment.map(str::to_owned),
        };
        let table = [
            ("断网", inside("断网.md", None)),
            ("v1.0 说明", inside("v1.0 说明.md", None)),
            ("网络/VPN 100%?#怎么办#重连", inside("网络/VPN 100%?.md", Some("重连"))),
            ("a.md#^block", inside("a.md", None)),
            ("图.PNG", inside("图.PNG", None)),
            ("cafe\u{301}", inside("caf\u{e9}.md", None)),
            ("甲\\", inside("甲.md", None)),
            ("../../etc/passwd", Target::Nowhere),
            ("#电话", Target::SamePage("电话".to_owned())),
        ];
        for (name, expected) in table {
            let (url, _) = destination(name).unwrap();
            assert_eq!(target("net/x.md", &url), expected, "{name}");
        }
        for name in ["", " -f x ", ":alpha:", "1,2],[3,4", "a\nb", "#", "#^b", "\\"] {
            assert_eq!(destination(name), None, "{name:?}");
        }
    }

    #[test]
    fn bracketed_link_texts_are_no_wiki_links() {
        let table = [("看 [[甲]]", true), ("见[[1]](a.md) [[甲]]", false), ("[甲](a.md)", false)];
        for (body, expected) in table {
            assert_eq!(is_used(body), expected, "{body}");
        }
    }
}
