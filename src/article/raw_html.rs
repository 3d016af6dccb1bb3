//! The text inside raw HTML of an article. The HTML itself is never shown.

/// Whether an inline tag is `<br>`.
pub(super) fn is_line_break(tag: &str) -> bool {
    let name = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/').trim();
    name.eq_ignore_ascii_case("br")
}

/// The text between the tags of a block of raw HTML: comments, scripts and styles left out,
/// entities decoded. What is never closed counts as text, so that nothing is lost to a typo.
pub(super) fn text(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    // Where one end is missing no more are looked for: a block full of unclosed comments or
    // scripts must not be read to its end again and again.
    let mut ends_exist = true;
    while let Some((before, after)) = rest.split_once('<') {
        push_decoded(&mut out, before);
        rest = after;
        if ends_exist && let Some(comment) = after.strip_prefix("!--") {
            match comment.split_once("-->") {
                Some((_, behind)) => rest = behind,
                None => ends_exist = false,
            }
        } else if after.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
            let Some((tag, behind)) = after.split_once('>') else { break };
            rest = behind;
            if ends_exist && let Some(name) = hidden_element(tag) {
                match behind_end(name, behind) {
                    Some(behind) => rest = behind,
                    None => ends_exist = false,
                }
            }
        } else {
            out.push('<');
        }
    }
    push_decoded(&mut out, rest);
    out
}

/// The name of the element that `tag` opens, if its content is not for readers.
fn hidden_element(tag: &str) -> Option<&'static str> {
    let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    ["script", "style"].into_iter().find(|hidden| name.eq_ignore_ascii_case(hidden))
}

/// What follows the end tag of the element `name`.
fn behind_end<'a>(name: &str, content: &'a str) -> Option<&'a str> {
    content
        .match_indices("</")
        .filter_map(|(at, _)| content.get(at + 2..))
        .find(|end| end.get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name)))
        .and_then(|end| end.split_once('>'))
        .map(|(_, rest)| rest)
}

fn push_decoded(out: &mut String, text: &str) {
    let mut parts = text.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        match part.split_once(';').and_then(|(name, rest)| Some((entity(name)?, rest))) {
            Some((c, rest)) => {
                out.push(c);
                out.push_str(rest);
            }
            None => {
                out.push('&');
                out.push_str(part);
            }
        }
    }
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_and_markup_does_not() {
        let cases = [
            ("<p>你好 <b>世界</b></p>", "你好 世界"),
            ("a<!-- <b>x</b> -->b", "ab"),
            ("a<!-- open", "a!-- open"),
            ("<script>alert(1)</script>后", "后"),
            ("<STYLE type=x>p{}</style >后", "后"),
            ("<script>没有结尾", "没有结尾"),
            ("1 < 2 &amp;&amp; 3 &gt; 2 &#65;&#x42; &unknown; &", "1 < 2 && 3 > 2 AB &unknown; &"),
            ("&lt;b&gt; &quot;x&quot; &apos;y&apos;&nbsp;z", "<b> \"x\" 'y' z"),
            ("<div 没有结尾", "div 没有结尾"),
        ];
        for (html, expected) in cases {
            assert_eq!(text(html), expected, "{html:?}");
        }
    }

    #[test]
    fn line_breaks_are_told_from_other_tags() {
        for (tag, expected) in [("<br>", true), ("<BR />", true), ("<b>", false), ("<hr/>", false)]
        {
            assert_eq!(is_line_break(tag), expected, "{tag}");
        }
    }
}
