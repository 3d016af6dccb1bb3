//! The robot of a group in WeCom (企业微信): a message of type `markdown`.
//!
//! Sources: <https://developer.work.weixin.qq.com/document/path/91770>, section markdown: the
//! content has at most 4,096 bytes of UTF-8, and `<@userid>` in it is a mention. What is longer is
//! refused with code 40058, see <https://github.com/dromara/domain-admin/issues/82>.

use serde_json::{Value, json};

use super::{fit::fit, markdown, message::Message};
use crate::web::text::json_len;

/// Most bytes of `content`. They are counted as JSON, where a line end takes two.
pub(super) const MAX_CONTENT: usize = 4096;

/// Separates lines.
const BREAK: &str = "\n";

/// The body to post.
pub(super) fn body(message: &Message) -> Value {
    let cost = |line: &_| json_len(&markdown::line(line)) + json_len(BREAK);
    let lines: Vec<_> = fit(message, MAX_CONTENT, &cost).iter().map(markdown::line).collect();
    json!({ "msgtype": "markdown", "markdown": { "content": lines.join(BREAK) } })
}
