//! The HTML of the product in pieces: well formed, attributes in double quotes, as its templates
//! and its sanitiser write it. No parser for anything else.

/// Text between tags, as it is escaped, or a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'h> {
    /// Escaped text.
    Text(&'h str),
    /// A start or end tag.
    Tag(Tag<'h>),
}

/// A start or end tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'h> {
    /// Name of the element.
    pub(super) name: &'h str,
    /// Whether it ends the element.
    pub(super) is_end: bool,
    /// Names and escaped values; an attribute without a value has none.
    pub(super) attributes: Vec<(&'h str, Option<&'h str>)>,
    /// The whole tag.
    pub(super) source: &'h str,
}

impl<'h> Tag<'h> {
    /// The escaped value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&'h str> {
        self.attributes.iter().find(|(known, _)| *known == name).and_then(|(_, value)| *value)
    }

    /// Whether it has a class.
    pub(super) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|all| all.split(' ').any(|known| known == class))
    }
}

/// The pieces of `html`, which together are all of it.
pub(super) fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let is_tag = begins_tag(rest);
        let end = if is_tag { tag_end(rest) } else { text_end(rest) };
        let (piece, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = behind;
        Some(if is_tag { Piece::Tag(tag(piece)) } else { Piece::Text(piece) })
    })
}

fn begins_tag(html: &str) -> bool {
    let mut chars = html.chars();
    chars.next() == Some('<')
        && chars.next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
}

/// Where the text ends that `html` begins with.
fn text_end(html: &str) -> usize {
    let opened = html.match_indices('<').map(|(at, _)| at).filter(|at| *at > 0);
    let mut tags = opened.filter(|at| html.get(*at..).is_some_and(begins_tag));
    tags.next().unwrap_or(html.len())
}

/// Behind the `>` of the tag that `html` begins with; one in quotes is none.
fn tag_end(html: &str) -> usize {
    let mut quoted = false;
    for (at, c) in html.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    html.len()
}

fn tag(source: &str) -> Tag<'_> {
    let inside = source.trim_start_matches('<').trim_end_matches('>');
    let is_end = inside.starts_with('/');
    let inside = inside.trim_matches('/');
    let (name, rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    Tag { name, is_end, attributes: attributes(rest), source }
}

fn attributes(text: &str) -> Vec<(&str, Option<&str>)> {
    let (mut attributes, mut rest) = (Vec::new(), text.trim_start());
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (name, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let quoted = behind.strip_prefix("=\"").and_then(|value| value.split_once('"'));
        attributes.push((name, quoted.map(|(value, _)| value)));
        rest = quoted.map_or(behind.trim_start_matches('='), |(_, behind)| behind).trim_start();
    }
    attributes
}

/// Text or the value of an attribute as it is meant.
pub(super) fn unescaped(text: &str) -> String {
    const NAMED: [(&str, &str); 6] =
        [("lt", "<"), ("gt", ">"), ("quot", "\""), ("nbsp", "\u{a0}"), ("apos", "'"), ("amp", "&")];
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let known = part.split_once(';').and_then(|(name, behind)| {
            let named = NAMED.iter().find(|(known, _)| *known == name);
            let numbered = || name.strip_prefix('#').and_then(numbered);
            Some((named.map(|(_, text)| (*text).to_owned()).or_else(numbered)?, behind))
        });
        match known {
            Some((text, behind)) => plain.extend([text.as_str(), behind]),
            None => plain.extend(["&", part]),
        }
    }
    plain
}

fn numbered(number: &str) -> Option<String> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag_of<'h>(
        source: &'h str,
        name: &'h str,
        values: &[(&'h str, Option<&'h str>)],
    ) -> Piece<'h> {
        Piece::Tag(Tag { name, is_end: false, attributes: values.to_vec(), source })
    }

    #[test]
    fn html_comes_apart_into_tags_and_text() {
        let html = "<a href=\"/x?a&amp;b\" title=\"1 > 0\">a < b \"c\"</a><input disabled>";
        let all: Vec<_> = pieces(html).collect();
        let link = [("href", Some("/x?a&amp;b")), ("title", Some("1 > 0"))];
        let end = Tag { name: "a", is_end: true, attributes: vec![], source: "</a>" };
        let expected = [
            tag_of("<a href=\"/x?a&amp;b\" title=\"1 > 0\">", "a", &link),
            Piece::Text("a < b \"c\""),
            Piece::Tag(end),
            tag_of("<input disabled>", "input", &[("disabled", None)]),
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn nothing_is_lost_whatever_the_text() {
        for html in ["", "<", "a<", "<a", "<!doctype html>\n<p>x", "<p class=\"a\"", "<br/>急<救>"]
        {
            let joined: String = pieces(html)
                .map(|piece| match piece {
                    Piece::Text(text) => text,
                    Piece::Tag(tag) => tag.source,
                })
                .collect();
            assert_eq!(joined, html);
        }
    }

    #[test]
    fn escaped_text_is_what_was_meant() {
        for (escaped, plain) in [
            ("a &lt;b&gt; &amp;amp; &quot;", "a <b> &amp; \""),
            ("&#38;&#x27;&nbsp;|", "&'\u{a0}|"),
            ("&unknown; & &;&#xFFFFFFFF;", "&unknown; & &;&#xFFFFFFFF;"),
        ] {
            assert_eq!(unescaped(escaped), plain);
        }
    }
}
