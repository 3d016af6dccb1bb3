//! “第 3 步” in a text becomes a link to that step.

use std::collections::BTreeSet;

/// Elements whose text stays as it is.
const SKIPPED: [&str; 9] = ["a", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6"];

/// The same safe HTML with links to the steps whose numbers are `known`.
pub(super) fn link(html: &str, known: &BTreeSet<u32>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut depth = 0_usize;
    for (index, part) in html.split('<').enumerate() {
        let (tag, text) = match part.split_once('>') {
            Some((tag, text)) if index > 0 => (Some(tag), text),
            _ => (None, part),
        };
        if let Some(tag) = tag {
            out.push_str(&format!("<{tag}>"));
            let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
            if SKIPPED.contains(&name) {
                depth = if tag.starts_with('/') { depth.saturating_sub(1) } else { depth + 1 };
            }
        }
        if depth == 0 { push_linked(&mut out, text, known) } else { out.push_str(text) }
    }
    out
}

fn push_linked(out: &mut String, text: &str, known: &BTreeSet<u32>) {
    let mut parts = text.split('第');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        match reference(part).filter(|(number, _)| known.contains(number)) {
            Some((number, rest)) => {
                out.push_str(&format!("<a href=\"#step-{number}\">第 {number} 步</a>{rest}"));
            }
            None => out.push_str(&format!("第{part}")),
        }
    }
}

/// The number in ` 3 步…`, and what follows.
fn reference(text: &str) -> Option<(u32, &str)> {
    let text = text.trim_start_matches(' ');
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, rest) = text.split_at(end);
    let rest = rest.trim_start_matches(' ').strip_prefix('步')?;
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_steps_that_exist_become_links_and_only_in_text() {
        let link_3 = "<a href=\"#step-3\">第 3 步</a>";
        let cases = [
            ("做第 3 步，再看", format!("做{link_3}，再看")),
            ("第3步和第 3  步", format!("{link_3}和{link_3}")),
            ("第 4 步、第一步、第 3、4 步、第 3 次", String::new()),
            ("<p>第 3 步</p>", format!("<p>{link_3}</p>")),
            (
                "<a href=\"x\">第 3 步</a><strong>第 3 步</strong>",
                format!("<a href=\"x\">第 3 步</a><strong>{link_3}</strong>"),
            ),
            ("<code>第 3 步</code><pre><code>第 3 步</code></pre><h4>第 3 步</h4>", String::new()),
            ("第 99999999999 步 a &lt; 第", String::new()),
            ("", String::new()),
        ];
        let known = BTreeSet::from([1, 3]);
        for (html, expected) in cases {
            let expected = if expected.is_empty() { html } else { &expected };
            assert_eq!(link(html, &known), expected);
        }
    }
}
