//! The robot of a group in DingTalk (钉钉): a message of type `markdown`.
//!
//! Sources: <https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages> for the
//! fields, `at` among them, which alone decides who is mentioned, and for line ends with two spaces
//! on both sides. The body has at most 20,000 bytes: what is longer is refused with code 460101, as
//! in <https://github.com/timonwong/prometheus-webhook-dingtalk/issues/30>.

use serde_json::{Value, json};

use super::{fit::fit, markdown, message::Message};
use crate::web::text::{cut_json, json_len};

/// Most bytes of the body.
pub(super) const MAX_BODY: usize = 20_000;
/// Most bytes of the title, which is what a list of chats shows.
const MAX_TITLE: usize = 120;
/// Bytes for the names of fields and the title.
const AROUND: usize = 400;

/// Separates lines.
const BREAK: &str = "  \n  ";

/// The body to post.
pub(super) fn body(message: &Message) -> Value {
    let cost = |line: &_| json_len(&markdown::line(line)) + json_len(BREAK);
    let lines = fit(message, MAX_BODY - AROUND, &cost);
    let title = lines.first().map_or("", |line| line.text.as_str());
    let text = lines.iter().map(markdown::line).collect::<Vec<_>>().join(BREAK);
    json!({
        "msgtype": "markdown",
        "markdown": { "title": cut_json(title, MAX_TITLE), "text": text },
        "at": { "isAtAll": false },
    })
}
