//! A message as plain text and as Markdown, whole: nothing is cut.

use super::message::{Line, Message, Role};

/// Lines that end with `\n`, without markup; a blank line before each article.
pub(super) fn plain(message: &Message) -> String {
    whole(message, |line| {
        let (text, url) = (&line.text, line.url.as_deref().unwrap_or_default());
        match line.role {
            Role::Note => format!("（{text}）"),
            Role::Title(n) => format!("\n【{n}】{text}"),
            Role::Summary => format!("先做：{text}"),
            Role::Step(n) => format!("{n}. {text}"),
            Role::Branch => format!("   - {text}"),
            Role::Escalation => format!("升级：{text}"),
            Role::Address => format!("{text}：{url}"),
            Role::Link => format!("\n{text}：{url}"),
            Role::Heading | Role::Facts | Role::More | Role::Cut => text.clone(),
        }
    })
}

/// Markdown in which what articles say is text, whatever is in it.
pub(super) fn markdown(message: &Message) -> String {
    whole(message, |line| {
        let (text, url) = (escaped(&line.text), line.url.as_deref().unwrap_or_default());
        match line.role {
            Role::Heading => format!("# {text}\n"),
            Role::Note => format!("> {text}\n"),
            Role::Title(n) => format!("\n## {n}. {text}\n"),
            Role::Summary => format!("**先做：** {text}\n"),
            Role::Step(n) => format!("{n}. {text}"),
            Role::Branch => format!("   - {text}"),
            Role::Escalation => format!("\n**升级：** {text}"),
            Role::Address | Role::Link => format!("\n[{text}]({url})"),
            Role::Facts | Role::More | Role::Cut => format!("{text}\n"),
        }
    })
}

fn whole(message: &Message, text: impl Fn(&Line) -> String) -> String {
    let lines = message.lines(message.entries.len());
    lines.iter().map(text).collect::<Vec<_>>().join("\n") + "\n"
}

/// `text` with a backslash before each character that could be markup. Source: CommonMark 0.31,
/// section 2.4.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>&#|~!".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_markup_is_escaped() {
        let table = [
            ("**粗** <b> [a](b)", "\\*\\*粗\\*\\* \\<b\\> \\[a\\](b)"),
            ("C:\\Users", "C:\\\\Users"),
            ("srv_01 100%", "srv\\_01 100%"),
        ];
        for (text, expected) in table {
            assert_eq!(escaped(text), expected);
        }
    }
}
