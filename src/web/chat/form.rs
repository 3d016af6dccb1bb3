//! Which form of an answer is asked for.

use std::str::FromStr;

use axum::{
    Json,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{dingtalk, feishu, message::Message, text, wecom};
use crate::{
    article::UnknownValue,
    web::{accept, params::Params, problem::Problem},
};

/// Media types of the forms that `Accept` chooses from; the first is the default.
const MEDIA_TYPES: [&str; 3] = ["application/json", "text/markdown", "text/plain"];

/// The robot of a group that a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum Robot {
    /// WeCom (企业微信).
    Wecom,
    /// DingTalk (钉钉).
    Dingtalk,
    /// Feishu (飞书).
    Feishu,
}

impl Robot {
    const ALL: [(&str, Self); 3] =
        [("wecom", Self::Wecom), ("dingtalk", Self::Dingtalk), ("feishu", Self::Feishu)];

    /// The body that is posted to the robot, within what it takes.
    pub(crate) fn body(self, message: &Message) -> Value {
        match self {
            Self::Wecom => wecom::body(message),
            Self::Dingtalk => dingtalk::body(message),
            Self::Feishu => feishu::body(message),
        }
    }
}

impl FromStr for Robot {
    type Err = UnknownValue;

    fn from_str(value: &str) -> Result<Self, UnknownValue> {
        let found = Self::ALL.iter().find(|(name, _)| *name == value);
        found.map(|(_, robot)| *robot).ok_or_else(|| {
            let allowed: Vec<_> = Self::ALL.iter().map(|(name, _)| *name).collect();
            UnknownValue { value: value.to_owned(), allowed: allowed.join("、") }
        })
    }
}

/// What a resource answers in JSON, for the description of the interface: itself, or a message. A
/// generic type would repeat the schema of the resource in place of its name.
macro_rules! reply {
    ($name:ident, $whole:ty) => {
        #[derive(utoipa::ToSchema)]
        #[serde(untagged)]
        #[expect(dead_code, reason = "describes what is written as one or the other")]
        enum $name {
            Whole(Box<$whole>),
            Markdown($crate::web::chat::MarkdownMessage),
            Post($crate::web::chat::PostMessage),
        }
    };
}
pub(crate) use reply;

/// A message for the robots of WeCom and DingTalk.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes what is written elsewhere")]
pub(crate) struct MarkdownMessage {
    /// `markdown`.
    msgtype: String,
    /// `content`, or `title` and `text`.
    #[schema(value_type = Object)]
    markdown: Value,
    /// Whom to call, DingTalk only: nobody.
    #[schema(nullable = false, value_type = Option<Object>)]
    at: Option<Value>,
}

/// A message for the robot of Feishu.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes what is written elsewhere")]
pub(crate) struct PostMessage {
    /// `post`.
    msg_type: String,
    /// Title and lines.
    #[schema(value_type = Object)]
    content: Value,
}

/// A form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// All that is known, for programs.
    Json,
    /// Markdown.
    Markdown,
    /// Plain text.
    Plain,
    /// A message for a robot.
    Robot(Robot),
}

impl Form {
    /// What `Accept` prefers, unless the parameter `format` names a robot.
    ///
    /// # Errors
    /// A problem that lists the robots there are.
    pub(crate) fn asked(params: &mut Params, headers: &HeaderMap) -> Result<Self, Problem> {
        if let Some(name) = params.one("format")? {
            let wrong = |error| Problem::invalid("format", format!("format：{error}。"));
            return name.parse().map(Self::Robot).map_err(wrong);
        }
        Ok(match accept::preferred(headers, &MEDIA_TYPES) {
            Some("text/markdown") => Self::Markdown,
            Some("text/plain") => Self::Plain,
            _ => Self::Json,
        })
    }

    /// A name for entity tags.
    pub(crate) fn name(self) -> String {
        format!("{self:?}")
    }

    /// The message in this form; as text where it is JSON, which each resource makes itself.
    pub(crate) fn response(self, message: &Message) -> Response {
        let text = |kind: &'static str, text: String| {
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        };
        match self {
            Self::Plain | Self::Json => text("text/plain; charset=utf-8", text::plain(message)),
            Self::Markdown => text("text/markdown; charset=utf-8", text::markdown(message)),
            Self::Robot(robot) => Json(robot.body(message)).into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_robot_goes_before_what_is_accepted() {
        let table = [
            ("", "*/*", Some(Form::Json)),
            ("", "text/plain", Some(Form::Plain)),
            ("", "text/markdown, text/plain;q=0.5", Some(Form::Markdown)),
            ("", "text/html, application/xhtml+xml", Some(Form::Json)),
            ("format=wecom", "text/plain", Some(Form::Robot(Robot::Wecom))),
            ("format=feishu", "*/*", Some(Form::Robot(Robot::Feishu))),
            ("format=dingtalk", "*/*", Some(Form::Robot(Robot::Dingtalk))),
            ("format=", "*/*", None),
            ("format=slack", "*/*", None),
            ("format=wecom&format=wecom", "*/*", None),
        ];
        for (query, accept, expected) in table {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            let form = Form::asked(&mut Params::parse(query).unwrap(), &headers);
            assert_eq!(form.ok(), expected, "{query} {accept}");
        }
    }
}
