//! The last step before HTML leaves this module: only what is listed here gets through.

use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};

use super::html::is_language;

/// Elements articles may consist of.
const TAGS: [&str; 51] = [
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

/// Attributes by element; the values of those in [`allowed_value`] are checked there too.
const ATTRIBUTES: [(&str, &[&str]); 16] = [
    ("a", &["href", "title", "rel"]),
    ("img", &["src", "alt", "title", "width", "height"]),
    ("td", &["align", "colspan", "rowspan", "scope"]),
    ("th", &["align", "colspan", "rowspan", "scope"]),
    ("ol", &["start"]),
    ("code", &["class"]),
    ("div", &["class"]),
    ("p", &["class"]),
    ("li", &["class", "value"]),
    ("span", &["class", "title"]),
    ("h1", &["id"]),
    ("h2", &["id"]),
    ("h3", &["id"]),
    ("h4", &["id"]),
    ("h5", &["id"]),
    ("h6", &["id"]),
];

/// Classes the renderer writes, by element; `code` has its own rule.
const CLASSES: [(&str, &str); 10] = [
    ("div", "alert alert-caution"),
    ("div", "alert alert-important"),
    ("div", "alert alert-warning"),
    ("div", "alert alert-note"),
    ("div", "alert alert-tip"),
    ("p", "alert-title"),
    ("li", "task"),
    ("li", "step"),
    ("li", "branch"),
    ("span", "dead-link"),
];

static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(TAGS))
        .tag_attributes(
            ATTRIBUTES.iter().map(|(tag, names)| (*tag, names.iter().copied().collect())).collect(),
        )
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .attribute_filter(allowed_value);
    builder
});

/// Most rounds of cleaning.
const MAX_ROUNDS: usize = 4;

/// `html` without anything that is not on the lists above, in a form that a parser reads as it
/// was meant: cleaning it once more changes nothing. What does not come to rest is shown as text.
#[must_use]
pub fn clean(html: &str) -> String {
    let mut cleaned = Cow::Borrowed(html);
    for _ in 0..MAX_ROUNDS {
        let next = cleaned_once(&cleaned);
        if next == cleaned {
            return next;
        }
        cleaned = Cow::Owned(next);
    }
    cleaned_once(&ammonia::clean_text(html))
}

/// Goes without the line ends that begin a `<pre>`: the first of them is no text, so that one would
/// go each time the rest is read again. Source: HTML, section 13.1.2.5.
fn cleaned_once(html: &str) -> String {
    let cleaned = SANITIZER.clean(html).to_string();
    let mut parts = cleaned.split("<pre>");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| whole + "<pre>" + part.trim_start_matches('\n'))
}

fn allowed_value<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let is_allowed = match (element, attribute) {
        ("code", "class") => value.strip_prefix("language-").is_some_and(is_language),
        (_, "class") => CLASSES.contains(&(element, value)),
        ("li", "value") => value.bytes().all(|b| b.is_ascii_digit()),
        (_, "id") => value.starts_with("s-"),
        ("img", "src") => value.starts_with("/media/"),
        ("a", "rel") => value == "noopener noreferrer nofollow",
        // Browsers differ in what they make of control characters, and no author means them.
        ("a", "href") => !value.contains(char::is_control) && !is_other_origin(value),
        _ => true,
    };
    is_allowed.then_some(Cow::Borrowed(value))
}

/// Whether a relative address leads to another host; browsers read `\` as `/`.
fn is_other_origin(href: &str) -> bool {
    let mut start = href.chars().filter(|c| *c != ' ');
    let is_slash = |c: Option<char>| matches!(c, Some('/' | '\\'));
    is_slash(start.next()) && is_slash(start.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed_gets_through() {
        let cases = [
            ("<script>alert(1)</script>x", "x"),
            ("<svg onload=alert(1)>x</svg>", "x"),
            ("<math><mi>x</mi></math>y", "y"),
            ("<iframe src=x></iframe><form><input></form>y", "y"),
            ("<p style=\"color:red\" id=x class=x onclick=x>y</p>", "<p>y</p>"),
            ("<div class=\"alert alert-evil\">y</div>", "<div>y</div>"),
            ("<div class=\"alert alert-tip\">y</div>", "<div class=\"alert alert-tip\">y</div>"),
            ("<h4 id=\"x\">y</h4><h4 id=\"s-x\">y</h4>", "<h4>y</h4><h4 id=\"s-x\">y</h4>"),
            ("<a href=\"javascript:x\" target=_blank>y</a>", "<a>y</a>"),
            ("<a href=\"&#x64;ata:x\">y</a>", "<a>y</a>"),
            ("<a href=\"j\u{1}avascript:x\">y</a>", "<a>y</a>"),
            ("<a href=\"//evil.example\">y</a>", "<a>y</a>"),
            ("<a href=\"\u{1}//evil.example\">y</a>", "<a>y</a>"),
            ("<a href=\"/\\evil.example\">y</a>", "<a>y</a>"),
            ("<a href=\"/\t/evil.example\">y</a>", "<a>y</a>"),
            ("<a href=\"/ /evil.example\">y</a>", "<a>y</a>"),
            ("<a href=\"/articles/a\" rel=\"opener\">y</a>", "<a href=\"/articles/a\">y</a>"),
            ("<img src=\"https://x/y.png\">", "<img>"),
            ("<img src=\"/media/a.png\" onerror=x>", "<img src=\"/media/a.png\">"),
            ("<code class=\"language-sh x\">y</code>", "<code>y</code>"),
            ("<code class=\"language-sh\">y</code>", "<code class=\"language-sh\">y</code>"),
            ("<li class=\"step\" value=\"3\">y</li>", "<li class=\"step\" value=\"3\">y</li>"),
            ("<li class=\"hit\" value=\"-3\">y</li>", "<li>y</li>"),
            ("<base href=x><meta http-equiv=refresh><link>x", "x"),
            (
                "<a><table><a href=/x>y</a></table></a>",
                "<a></a><a href=\"/x\">y</a><table></table>",
            ),
            ("\u{feff}\u{feff}x", "x"),
            ("<pre>\n\n\n\n\n\nx</pre>", "<pre>x</pre>"),
        ];
        for (html, expected) in cases {
            assert_eq!(clean(html), expected, "{html}");
            assert_eq!(clean(expected), expected, "{html}");
        }
    }
}
