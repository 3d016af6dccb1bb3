//! Task lists that can be ticked: each task of rendered Markdown becomes a labelled checkbox.

/// How [`crate::article::render`] begins a task.
const TASK: &str = "<li class=\"task\">";

/// Where the text of a task ends: the next tag that is not inline.
const BLOCKS: [&str; 9] =
    ["</li", "</p", "<p", "<ul", "<ol", "<pre", "<blockquote", "<table", "<div"];

/// The same safe HTML with each task's text in the label of a checkbox, whose value is that text
/// and whose name says what kind of task it is.
pub(super) fn enable(html: &str, name: &str) -> String {
    let mut parts = html.split(TASK);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(TASK);
        let part = part.trim_start();
        let part = match part.strip_prefix("<p>") {
            Some(paragraph) => {
                out.push_str("<p>");
                paragraph
            }
            None => part,
        };
        let (text, rest) = split_before_block(part);
        let (text, value) = (text.trim(), attribute(text));
        out.push_str(&format!(
            "<label class=\"tick\"><input type=\"checkbox\" name=\"{name}\" value=\"{value}\">\
             <span>{text}</span></label>{rest}"
        ));
    }
    out
}

/// The text of an item before its first element that is not inline, and the rest.
pub(super) fn split_before_block(html: &str) -> (&str, &str) {
    // Tag by tag: looking for each kind would go to the end of the article for the kinds it lacks.
    let is_block = |at: &usize| {
        html.get(*at..).is_some_and(|rest| BLOCKS.iter().any(|tag| rest.starts_with(tag)))
    };
    let end = html.match_indices('<').map(|(at, _)| at).find(is_block).unwrap_or(html.len());
    html.split_at(end)
}

/// The text of safe HTML, as the value of an attribute.
pub(super) fn attribute(html: &str) -> String {
    let text = html.split('<').enumerate().map(|(index, part)| match part.split_once('>') {
        Some((_, text)) if index > 0 => text,
        _ => part,
    });
    text.collect::<String>().trim().replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_become_labelled_checkboxes() {
        let cases = [
            (
                r#"<ul><li class="task">网线<a href="x">拔了</a>吗？</li></ul>"#,
                r#"<ul><li class="task"><label class="tick"><input type="checkbox" name="item" value="网线拔了吗？"><span>网线<a href="x">拔了</a>吗？</span></label></li></ul>"#,
            ),
            (
                "<li class=\"task\">\n<p>甲</p><pre>x</pre></li>",
                r#"<li class="task"><p><label class="tick"><input type="checkbox" name="item" value="甲"><span>甲</span></label></p><pre>x</pre></li>"#,
            ),
            (
                r#"<li class="task">甲<ul><li class="task">乙</li></ul></li>"#,
                r#"<li class="task"><label class="tick"><input type="checkbox" name="item" value="甲"><span>甲</span></label><ul><li class="task"><label class="tick"><input type="checkbox" name="item" value="乙"><span>乙</span></label></li></ul></li>"#,
            ),
            ("<ul><li>没有任务</li></ul>", "<ul><li>没有任务</li></ul>"),
            ("", ""),
        ];
        for (html, expected) in cases {
            assert_eq!(enable(html, "item"), expected);
        }
    }

    #[test]
    fn a_value_is_the_text_alone() {
        let html = "\n<p>看 <code>a &lt; \"b\"</code>，1 > 0</p>";
        assert_eq!(attribute(html), "看 a &lt; &quot;b&quot;，1 > 0");
    }
}
