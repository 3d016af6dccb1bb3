//! The robot of a group in Feishu (飞书): a message of type `post`.
//!
//! Of its types this is the one whose texts are no markup: a mention is an element of its own, so a
//! text cannot be one. Source:
//! <https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot>: the body has at most
//! 20 KB, taken here as 20,000 bytes.

use serde_json::{Value, json};

use super::{
    fit::fit,
    message::{Line, Message, Role},
};

/// Most bytes of the body.
pub(super) const MAX_BODY: usize = 20_000;
/// Bytes for the names of fields.
const AROUND: usize = 200;

/// The body to post.
pub(super) fn body(message: &Message) -> Value {
    // A comma separates paragraphs; the heading, which becomes the title, takes less.
    let cost = |line: &_| paragraph(line).to_string().len() + 1;
    let lines = fit(message, MAX_BODY - AROUND, &cost);
    let title = lines.first().map_or("", |line| line.text.as_str());
    let paragraphs: Vec<_> = lines.iter().skip(1).map(paragraph).collect();
    let post = json!({ "zh_cn": { "title": title, "content": paragraphs } });
    json!({ "msg_type": "post", "content": { "post": post } })
}

/// A line as a paragraph of one element.
fn paragraph(line: &Line) -> Value {
    let text = text(line);
    match &line.url {
        Some(url) => json!([{ "tag": "a", "text": text, "href": url }]),
        None => json!([{ "tag": "text", "text": text }]),
    }
}

fn text(line: &Line) -> String {
    let text = &line.text;
    match line.role {
        Role::Note => format!("（{text}）"),
        Role::Title(n) => format!("【{n}】{text}"),
        Role::Summary => format!("先做：{text}"),
        Role::Step(n) => format!("{n}. {text}"),
        Role::Branch => format!("\u{3000}- {text}"),
        Role::Escalation => format!("升级：{text}"),
        Role::Heading | Role::Facts | Role::More | Role::Cut | Role::Address | Role::Link => {
            text.clone()
        }
    }
}
