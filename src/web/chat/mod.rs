//! Answers for people in other tools: a short text, or a message that is ready to be posted to the
//! robot of a group.
//!
//! ```text
//! hits, or an article ─▶ Message ─▶ lines ─┬─▶ text, Markdown
//!                                          └─▶ fitted into a limit ─▶ wecom, dingtalk, feishu
//! ```
//!
//! Entry points: [`Message`] for what is said, [`Form`] for how. Nothing is sent from here: whoever
//! asked posts the body to the address that their robot has.

mod dingtalk;
mod feishu;
mod fit;
mod form;
mod markdown;
mod message;
mod text;
mod wecom;

pub(crate) use form::{Form, MarkdownMessage, PostMessage, Robot, reply};
pub(crate) use message::Message;
