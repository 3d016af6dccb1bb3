//! Errors as RFC 9457 `application/problem+json`: the only map from errors to status codes.

use std::fmt;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::request_id;
use crate::{index::IndexError, search::QueryError};

/// Kinds of failure, each with its status, its stable name and its Chinese title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(as = ProblemCode, rename_all = "snake_case")]
pub(crate) enum Code {
    MalformedQuery,
    UnknownParameter,
    RepeatedParameter,
    InvalidParameter,
    QueryTooLong,
    MalformedBody,
    ArticleNotFound,
    NotFound,
    MethodNotAllowed,
    BodyTooLarge,
    UriTooLong,
    EncodedBody,
    UnsupportedMediaType,
    NotAcceptable,
    ScriptNotFound,
    UnknownRevision,
    NothingToResolve,
    UnknownHost,
    ForbiddenHost,
    ForbiddenOrigin,
    Unauthorized,
    TooManyAttempts,
    RateLimited,
    Busy,
    Timeout,
    Internal,
}

impl Code {
    /// Status, name in JSON, title.
    const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::MalformedQuery => (S::BAD_REQUEST, "malformed_query", "查询串格式不对"),
            Self::UnknownParameter => (S::BAD_REQUEST, "unknown_parameter", "不认识的参数"),
            Self::RepeatedParameter => (S::BAD_REQUEST, "repeated_parameter", "参数重复"),
            Self::InvalidParameter => (S::BAD_REQUEST, "invalid_parameter", "参数值不对"),
            Self::QueryTooLong => (S::BAD_REQUEST, "query_too_long", "查询太长"),
            Self::MalformedBody => (S::BAD_REQUEST, "malformed_body", "请求体读不出来"),
            Self::ArticleNotFound => (S::NOT_FOUND, "article_not_found", "没有这篇文章"),
            Self::NotFound => (S::NOT_FOUND, "not_found", "没有这个地址"),
            Self::MethodNotAllowed => {
                (S::METHOD_NOT_ALLOWED, "method_not_allowed", "不支持这种请求方法")
            }
            Self::BodyTooLarge => (S::PAYLOAD_TOO_LARGE, "body_too_large", "请求体太大"),
            Self::UriTooLong => (S::URI_TOO_LONG, "uri_too_long", "地址太长"),
            Self::EncodedBody => (S::UNSUPPORTED_MEDIA_TYPE, "encoded_body", "不接受压缩的请求体"),
            Self::UnsupportedMediaType => {
                (S::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "不接受这种内容类型")
            }
            Self::NotAcceptable => (S::NOT_ACCEPTABLE, "not_acceptable", "没有要的内容类型"),
            Self::ScriptNotFound => (S::NOT_FOUND, "script_not_found", "没有这个渠道的话术"),
            Self::ForbiddenHost => (S::FORBIDDEN, "forbidden_host", "主机名不在允许名单里"),
            Self::ForbiddenOrigin => (S::FORBIDDEN, "forbidden_origin", "来源不在允许名单里"),
            Self::UnknownRevision => (S::GONE, "unknown_revision", "修订号不认识或太旧"),
            Self::NothingToResolve => {
                (S::UNPROCESSABLE_ENTITY, "nothing_to_resolve", "请求体里没有可处置的内容")
            }
            Self::UnknownHost => (S::MISDIRECTED_REQUEST, "unknown_host", "主机名不在允许名单里"),
            Self::Unauthorized => (S::UNAUTHORIZED, "unauthorized", "需要读取令牌"),
            Self::TooManyAttempts => {
                (S::TOO_MANY_REQUESTS, "too_many_attempts", "错误的令牌试得太多")
            }
            Self::RateLimited => (S::TOO_MANY_REQUESTS, "rate_limited", "请求太频繁"),
            Self::Busy => (S::SERVICE_UNAVAILABLE, "busy", "正忙，请稍后再试"),
            Self::Timeout => (S::SERVICE_UNAVAILABLE, "timeout", "处理超时"),
            Self::Internal => (S::INTERNAL_SERVER_ERROR, "internal", "内部错误"),
        }
    }
}

/// A failed request, made where the failure is found and worded for the person who sent it.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    code: Code,
    detail: String,
    parameter: Option<String>,
    nearest: Option<Vec<String>>,
    retry_after_s: Option<u32>,
    /// What really happened; logged, never sent.
    cause: Option<String>,
}

/// What is sent of a [`Problem`], as RFC 9457 says.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[schema(value_type = Code)]
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parameter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<Vec<String>>)]
    nearest: Option<&'a [String]>,
    instance: String,
}

impl Problem {
    /// A problem of this kind; `detail` is Chinese and names neither files nor versions.
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { code, detail, parameter: None, nearest: None, retry_after_s: None, cause: None }
    }

    /// A parameter whose value cannot be used; `expected` says in Chinese what can be.
    pub(crate) fn invalid(parameter: &str, expected: impl Into<String>) -> Self {
        Self::new(Code::InvalidParameter, expected).parameter(parameter)
    }

    /// A failure on our side: `cause` goes to the log, not to the client.
    pub(crate) fn internal(cause: impl fmt::Display) -> Self {
        let problem = Self::new(Code::Internal, "服务器内部出错，已记入日志，请稍后再试。");
        Self { cause: Some(cause.to_string()), ..problem }
    }

    /// An id that no article has, with those that are nearest to it.
    pub(crate) fn no_article(nearest: Vec<String>) -> Self {
        let problem = Self::new(Code::ArticleNotFound, "知识库里没有这个编号的文章。");
        Self { nearest: Some(nearest), ..problem }
    }

    /// Work that was given up because it took too long.
    pub(crate) fn late() -> Self {
        Self::new(Code::Timeout, "处理时间太长，已放弃。").retry_after(1)
    }

    /// The same problem about this parameter.
    pub(crate) fn parameter(mut self, name: &str) -> Self {
        self.parameter = Some(name.to_owned());
        self
    }

    /// The same problem with the time after which it is worth trying again.
    pub(crate) fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Status of the response.
    pub(crate) fn status(&self) -> StatusCode {
        self.code.parts().0
    }

    /// Chinese title of its kind.
    pub(crate) fn title(&self) -> &'static str {
        self.code.parts().2
    }

    /// What went wrong this time, in Chinese.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// Ids near the one that was asked for.
    pub(crate) fn nearest(&self) -> &[String] {
        self.nearest.as_deref().unwrap_or_default()
    }

    /// Stable name of its kind.
    pub(crate) fn name(&self) -> &'static str {
        self.code.parts().1
    }

    /// The parameter that is to blame.
    pub(crate) fn parameter_name(&self) -> Option<&str> {
        self.parameter.as_deref()
    }

    /// Seconds after which it is worth trying again.
    pub(crate) fn retry_after_s(&self) -> Option<u32> {
        self.retry_after_s
    }

    /// Writes what really happened to the log, if that is not said already.
    pub(crate) fn log(&self) {
        if let Some(cause) = &self.cause {
            tracing::error!(request_id = request_id::current(), cause, "request failed");
        }
    }

    fn body(&self) -> Vec<u8> {
        let (status, code, title) = self.code.parts();
        let body = Body {
            r#type: format!("urn:jiuji:problem:{code}"),
            title,
            status: status.as_u16(),
            detail: &self.detail,
            code,
            parameter: self.parameter.as_deref(),
            nearest: self.nearest.as_deref(),
            instance: request_id::current(),
        };
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.log();
        let mut response = (self.status(), self.body()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // Kept so that a browser can be shown the same problem as a page.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        let detail = error.to_string();
        match error {
            QueryError::TooLong { .. } => Self::new(Code::QueryTooLong, detail).parameter("q"),
            QueryError::Limit { .. } => Self::invalid("limit", detail),
            QueryError::Depth { .. } => Self::invalid("offset", detail),
            QueryError::Late => Self::late(),
            QueryError::Index(cause) => cause.into(),
        }
    }
}

impl From<IndexError> for Problem {
    fn from(error: IndexError) -> Self {
        Self::internal(error)
    }
}

/// Answers addresses that no route has.
pub(crate) async fn not_found() -> Problem {
    Problem::new(Code::NotFound, "没有这个地址，请检查拼写。")
}

/// Answers methods that a route does not have; the router adds `Allow`.
pub(crate) async fn method_not_allowed() -> Problem {
    Problem::new(Code::MethodNotAllowed, "这个地址不支持这种请求方法，支持的方法见响应头 Allow。")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use http_body_util::BodyExt;
    use serde_json::{Value, json};

    use super::*;

    async fn parts(problem: Problem) -> (Response<()>, Value) {
        let (head, body) = problem.into_response().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (Response::from_parts(head, ()), serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn a_problem_has_the_members_of_the_standard_and_names_the_parameter() {
        let problem = Problem::invalid("limit", "limit 应为整数");
        let (head, mut body) = request_id::scope("r-1".into(), parts(problem)).await;
        assert_eq!(head.status(), StatusCode::BAD_REQUEST);
        assert_eq!(head.headers()["content-type"], "application/problem+json");
        assert_eq!(
            body.take(),
            json!({ "type": "urn:jiuji:problem:invalid_parameter", "title": "参数值不对",
                    "status": 400, "detail": "limit 应为整数", "code": "invalid_parameter",
                    "parameter": "limit", "instance": "r-1" })
        );
    }

    #[tokio::test]
    async fn the_cause_of_a_failure_on_our_side_is_not_sent() {
        let error = IndexError::Damaged("/srv/index/data/gen-1: bad magic".into());
        let (head, body) = parts(Problem::from(QueryError::Index(error))).await;
        assert_eq!(head.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!body.to_string().contains("gen-1"), "{body}");
        assert_eq!(body["code"], "internal");
    }

    #[tokio::test]
    async fn query_errors_name_their_parameter() {
        let table = [
            (QueryError::TooLong { chars: 501, max: 500 }, "query_too_long", "q"),
            (QueryError::Limit { limit: 0, max: 50 }, "invalid_parameter", "limit"),
            (QueryError::Depth { depth: 1001, max: 1000 }, "invalid_parameter", "offset"),
        ];
        for (error, code, parameter) in table {
            let (head, body) = parts(error.into()).await;
            assert_eq!(head.status(), StatusCode::BAD_REQUEST);
            assert_eq!((&body["code"], &body["parameter"]), (&json!(code), &json!(parameter)));
        }
    }

    #[test]
    fn the_names_of_codes_are_those_of_the_schema() {
        use utoipa::PartialSchema;
        let schema = serde_json::to_value(Code::schema()).unwrap();
        let described: BTreeSet<_> =
            schema["enum"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let rows = include_str!("problem.rs").split("(S::").skip(1);
        let sent: BTreeSet<_> = rows.filter_map(|row| row.split('"').nth(1)).collect();
        assert!(described.len() >= 15);
        assert!(described.is_subset(&sent), "{described:?} {sent:?}");
    }

    #[tokio::test]
    async fn optional_members_and_retry_after() {
        let (head, body) = parts(Problem::new(Code::Busy, "忙").retry_after(3)).await;
        assert_eq!(head.headers()["retry-after"], "3");
        assert!(body.get("parameter").is_none() && body.get("nearest").is_none());
        let (_, body) = parts(Problem::no_article(vec!["a/b".into()])).await;
        assert_eq!(body["nearest"], json!(["a/b"]));
    }
}
