//! What articles may consist of, written down a second time, and a browser's parser to hold HTML
//! against it.

use html5ever::{LocalName, QualName, ns, parse_fragment, tendril::TendrilSink};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// Elements. Source: the hardening defaults of the plan, with `div` and `span` for what the
/// renderer marks.
const ELEMENTS: &str = "h1 h2 h3 h4 h5 h6 p br hr a img ul ol li dl dt dd blockquote pre code kbd samp var \
    em strong del ins s sub sup mark small table thead tbody tfoot tr th td caption details summary \
    ruby rt rp abbr figure figcaption time div span";

/// Classes the product itself writes.
const CLASSES: &str = "alert alert-caution|alert alert-important|alert alert-warning|alert alert-note|\
    alert alert-tip|alert-title|task|step|branch|dead-link";

/// What of this HTML, as a browser reads it, no article may have.
pub(super) fn violations(html: &str) -> Vec<String> {
    let context = QualName::new(None, ns!(html), LocalName::from("div"));
    let dom =
        parse_fragment(RcDom::default(), Default::default(), context, Vec::new(), false).one(html);
    let mut found = Vec::new();
    let mut open = vec![dom.document.clone()];
    while let Some(node) = open.pop() {
        open.extend(node.children.borrow().iter().cloned());
        found.extend(wrong(&node));
    }
    found
}

fn wrong(node: &Handle) -> Vec<String> {
    match &node.data {
        NodeData::Document | NodeData::Text { .. } => Vec::new(),
        NodeData::Element { name, .. } if name.local == *"html" => Vec::new(),
        NodeData::Element { name, attrs, .. } => {
            let element = name.local.to_string();
            let mut found = Vec::new();
            if name.ns != ns!(html) || !ELEMENTS.split_whitespace().any(|known| known == element) {
                found.push(format!("<{element}>"));
            }
            for attribute in attrs.borrow().iter() {
                let (name, value) = (attribute.name.local.to_string(), attribute.value.to_string());
                if !may_have(&element, &name, &value) {
                    found.push(format!("<{element} {name}={value:?}>"));
                }
            }
            found
        }
        other => vec![format!("{other:?}")],
    }
}

fn may_have(element: &str, name: &str, value: &str) -> bool {
    let is_number = || value.chars().all(|c| c.is_ascii_digit());
    match (element, name) {
        ("a", "href") => is_safe_link(value),
        ("a", "rel") => value == "noopener noreferrer nofollow",
        ("img", "src") => value.starts_with("/media/"),
        ("code", "class") => is_language_class(value),
        (_, "class") => CLASSES.split('|').any(|class| class == value),
        ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", "id") => value.starts_with("s-"),
        ("li", "value") => is_number(),
        ("a" | "img" | "span", "title") | ("img", "alt" | "width" | "height") => true,
        ("td" | "th", "align" | "colspan" | "rowspan" | "scope") | ("ol", "start") => true,
        _ => false,
    }
}

/// A browser leaves out tabs and line ends anywhere, and blanks and control characters before the
/// scheme; it takes `\` for `/`. Source: the URL standard, basic URL parser.
fn is_safe_link(href: &str) -> bool {
    let read: String = href
        .trim_start_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .map(|c| if c == '\\' { '/' } else { c.to_ascii_lowercase() })
        .collect();
    let is_scheme = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    match read.split_once(':') {
        Some((name, _)) if is_scheme(name) => ["http", "https", "mailto", "tel"].contains(&name),
        _ => !read.starts_with("//"),
    }
}

fn is_language_class(value: &str) -> bool {
    value.strip_prefix("language-").is_some_and(|language| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '+' || c == '-';
        (1..=20).contains(&language.len()) && language.chars().all(plain)
    })
}
