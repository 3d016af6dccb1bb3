//! The little Markdown that the robots of WeCom and DingTalk have in common.

use super::message::{Line, Role};

/// A line whose text is neutral already.
pub(super) fn line(line: &Line) -> String {
    let text = &line.text;
    match line.role {
        Role::Heading => format!("### {text}"),
        Role::Note => format!("（{text}）"),
        Role::Title(n) => match &line.url {
            Some(url) => format!("**{n}.** [{text}]({url})"),
            None => format!("**{n}.** {text}"),
        },
        Role::Facts | Role::More | Role::Cut => text.clone(),
        Role::Summary => format!("**先做：**{text}"),
        Role::Step(n) => format!("{n}. {text}"),
        // An ideographic space: an indent in any robot, and a list in none.
        Role::Branch => format!("\u{3000}- {text}"),
        Role::Escalation => format!("**升级：**{text}"),
        Role::Link | Role::Address => {
            format!("[{text}]({})", line.url.as_deref().unwrap_or_default())
        }
    }
}
