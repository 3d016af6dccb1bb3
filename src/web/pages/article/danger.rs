//! What must not be overlooked in the text of an article, and the commands to copy.

use std::collections::HashSet;

use crate::article::{Article, TEXT_BREAK};

/// How [`crate::article::render`] begins an alert that says something may be lost.
const ALERTS: [&str; 2] = [
    "<div class=\"alert alert-caution\"><p class=\"alert-title\">",
    "<div class=\"alert alert-warning\"><p class=\"alert-title\">",
];

const CODE: &str = "<pre><code";
const CODE_END: &str = "</code></pre>";

/// The same safe HTML with a sign from the sprite at `icons` on alerts and on what begins with
/// `**危险`.
pub(super) fn sign(html: &str, icons: &str) -> String {
    let sign = format!("<svg aria-hidden=\"true\"><use href=\"{icons}#danger\"></use></svg>");
    let mut signed = html.to_owned();
    for alert in ALERTS {
        signed = signed.replace(alert, &format!("{alert}{sign}"));
    }
    for tag in ["p", "li"] {
        let marked = format!("<{tag} class=\"danger\">{sign}<strong>危险");
        signed = signed.replace(&format!("<{tag}><strong>危险"), &marked);
    }
    signed
}

/// The commands of an article that destroy or interrupt, each with the anchor of its section.
pub(super) struct Dangerous<'a>(HashSet<(&'a str, &'a str)>);

impl<'a> Dangerous<'a> {
    /// Those of `article`.
    pub(super) fn of(article: &'a Article) -> Self {
        let dangerous = article.commands.iter().filter(|command| command.dangerous);
        Self(dangerous.map(|command| (&*command.anchor, command.code.trim_end())).collect())
    }

    /// The safe HTML of the section at `anchor` with a button to copy each block of code, and a
    /// mark on those that are dangerous.
    pub(super) fn code_blocks(&self, html: &str, anchor: &str) -> String {
        let mut parts = html.split(CODE);
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (block, rest) = part.split_once(CODE_END).unwrap_or((part, ""));
            let code = text(block.split_once('>').map_or("", |(_, code)| code));
            let is_dangerous = self.0.contains(&(anchor, code.trim_end()));
            let (class, mark) =
                if is_dangerous { ("code dangerous", "<b>危险命令</b>") } else { ("code", "") };
            out.push_str(&format!("<div class=\"{class}\">{CODE}{block}{CODE_END}{mark}"));
            out.push_str("<button type=\"button\" class=\"js\" data-copy-code>复制</button></div>");
            out.push_str(rest);
        }
        out
    }
}

/// The text of HTML that has no elements but breaks.
fn text(html: &str) -> String {
    html.replace(TEXT_BREAK, "")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{parse, render};

    #[test]
    fn alerts_and_dangerous_lines_get_a_sign() {
        let source = "> [!CAUTION]\n> 停\n\n> [!NOTE]\n> 看\n\n**危险：** 会断。\n\n- **危险**：丢\n- 安全\n";
        let html = sign(&render("a.md", source, &|_| None).concat(), "/i.svg");
        assert_eq!(html.matches("<use href=\"/i.svg#danger\">").count(), 3, "{html}");
        assert!(html.contains("<p class=\"alert-title\"><svg"), "{html}");
        assert!(html.contains("<p class=\"danger\"><svg"), "{html}");
        assert!(html.contains("<li class=\"danger\"><svg"), "{html}");
        assert!(html.contains("alert-note\"><p class=\"alert-title\">说明"), "{html}");
    }

    /// The page of an article that is only a body, with its commands.
    fn with_commands(source: &str) -> String {
        let article = parse("a.md", source).unwrap().article;
        let html = render("a.md", source, &|_| None).concat();
        Dangerous::of(&article).code_blocks(&html, &article.sections[0].anchor)
    }

    #[test]
    fn every_command_can_be_copied_and_dangerous_ones_say_so() {
        let html =
            with_commands("```sh\nls > a && b\n```\n\n```sh\nrm -rf \"/a\" && x\n```\n\n文\n");
        assert_eq!(html.matches("data-copy-code").count(), 2, "{html}");
        assert_eq!(html.matches("危险命令").count(), 1, "{html}");
        let mark = html.find("<div class=\"code dangerous\"><pre><code class=\"language-sh\">rm");
        assert!(mark.is_some() && html.trim_end().ends_with("<p>文</p>"), "{html}");
    }

    #[test]
    fn a_dangerous_command_says_so_however_long_it_is() {
        let html = with_commands(&format!("```sh\nrm -rf /{}\n```\n", "a".repeat(50_000)));
        assert!(html.contains(TEXT_BREAK) && html.contains("危险命令"), "{}", html.len());
    }
}
