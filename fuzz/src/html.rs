//! Whether HTML consists of nothing but what articles may have, read more strictly than any browser
//! reads.

use std::iter::Peekable;
use std::str::Chars;

/// Elements. A list of its own: one shared with the sanitiser would prove nothing.
const ELEMENTS: &[&str] = &[
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "br",
    "hr",
    "a",
    "img",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "pre",
    "code",
    "kbd",
    "samp",
    "var",
    "em",
    "strong",
    "del",
    "ins",
    "s",
    "sub",
    "sup",
    "mark",
    "small",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "caption",
    "details",
    "summary",
    "ruby",
    "rt",
    "rp",
    "abbr",
    "figure",
    "figcaption",
    "time",
    "div",
    "span",
];
const ATTRIBUTES: &[&str] = &[
    "href", "title", "rel", "src", "alt", "width", "height", "align", "colspan", "rowspan",
    "scope", "start", "class", "value", "id",
];
const SCHEMES: &[&str] = &["http", "https", "mailto", "tel"];

/// Fails unless `html` is text, closing tags and opening tags of the list with quoted attributes of
/// the list, and nothing in it leads elsewhere than it may.
pub(crate) fn assert_safe(html: &str) {
    let mut chars = html.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '<' => tag(&mut chars).unwrap_or_else(|why| panic!("{why} in {html:?}")),
            '>' => panic!("a bare > in {html:?}"),
            _ => {}
        }
    }
}

fn tag(chars: &mut Peekable<Chars<'_>>) -> Result<(), String> {
    let closes = chars.next_if_eq(&'/').is_some();
    let element = name(chars);
    if !ELEMENTS.contains(&element.as_str()) {
        return Err(format!("element {element:?}"));
    }
    while !closes && chars.next_if_eq(&' ').is_some() {
        attribute(&element, chars)?;
    }
    match chars.next() {
        Some('>') => Ok(()),
        other => Err(format!("{other:?} in a tag of {element}")),
    }
}

fn attribute(element: &str, chars: &mut Peekable<Chars<'_>>) -> Result<(), String> {
    let attribute = name(chars);
    if !ATTRIBUTES.contains(&attribute.as_str()) {
        return Err(format!("attribute {attribute:?} of {element}"));
    }
    if (chars.next(), chars.next()) != (Some('='), Some('"')) {
        return Err(format!("{attribute} has no quoted value"));
    }
    let value: String = chars.by_ref().take_while(|c| *c != '"').collect();
    let is_good = match attribute.as_str() {
        "href" => is_good_address(&value),
        "src" => value.starts_with("/media/"),
        "id" => value.starts_with("s-"),
        _ => true,
    };
    if is_good { Ok(()) } else { Err(format!("{attribute}={value:?}")) }
}

fn name(chars: &mut Peekable<Chars<'_>>) -> String {
    std::iter::from_fn(|| chars.next_if(char::is_ascii_alphanumeric)).collect()
}

/// Whether a browser that follows this address stays here or knows that it leaves.
fn is_good_address(value: &str) -> bool {
    // Browsers leave out control characters at the start, and tabs and line ends anywhere.
    let value = value.replace("&amp;", "&");
    let seen: String = value.chars().filter(|c| !c.is_ascii_control()).collect();
    let seen = seen.trim_start();
    match seen.split_once(':') {
        Some((scheme, _)) if is_scheme(scheme) => {
            SCHEMES.contains(&scheme.to_ascii_lowercase().as_str())
        }
        _ => !seen.replace('\\', "/").starts_with("//"),
    }
}

/// Whether this is a scheme where a colon follows. Source: RFC 3986, section 3.1.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}
