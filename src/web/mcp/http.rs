//! `POST /mcp`: the tools by Streamable HTTP, without sessions, one JSON answer to one request.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};

use super::{server::Server, source::Source};
use crate::web::{
    params::NoParams,
    problem::{Code, Problem},
    state::App,
};

/// Path of the route.
pub(crate) const PATH: &str = "/mcp";

/// Answers one message of a client. `GET` and `DELETE` are not allowed: there is no stream to
/// open and no session to end.
///
/// # Errors
/// A problem for what is refused before the protocol is spoken; afterwards errors are JSON-RPC's.
#[utoipa::path(
    post,
    path = "/mcp",
    tag = "search",
    operation_id = "mcp",
    summary = "给智能体的三个只读工具（Model Context Protocol，Streamable HTTP）",
    description = "请用现成的 MCP 客户端。Accept 须同时列出 application/json 和 text/event-stream；\
        没有会话，也没有流，每个请求得到一个 JSON 回答。",
    request_body(description = "一条 JSON-RPC 2.0 消息", content(
        (Object = "application/json", example = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/list"
        })),
    )),
    responses(
        (status = 200, description = "JSON-RPC 2.0 的回答", body = Object),
        (status = 202, description = "收到通知，没有回答"),
        (status = 400, description = "不是一条 JSON-RPC 消息，或协议版本不认识"),
        (status = 403, description = "Host 或 Origin 不在允许名单里"),
        (status = 404, description = "没有这个方法"),
        (status = 406, description = "Accept 没有同时列出两种类型"),
    )
)]
pub(crate) async fn endpoint(
    State(app): State<App>,
    _: NoParams,
    request: Request,
) -> Result<Response, Problem> {
    let (head, body) = request.into_parts();
    let limit = app.door().limits.body_bytes;
    let too_large = |_| Problem::new(Code::BodyTooLarge, format!("请求体最多 {limit} 字节。"));
    let body = to_bytes(body, limit).await.map_err(too_large)?;
    let origin = app.pages().origin(&head.headers);
    let is_json = is_json(&head.headers);
    let service = service(Server { source: Source::served(app, &origin) });
    let answer = service.handle(Request::from_parts(head, Body::from(body))).await;
    translated(answer.map(Body::new), is_json)
}

/// Host and origin are checked by this server for all routes alike, with the port it listens on
/// and the hosts of the settings: a second list could only disagree, and would answer in another
/// form. So those of the library are off.
fn service(server: Server) -> StreamableHttpService<Server, NeverSessionManager> {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .disable_allowed_hosts()
        .disable_allowed_origins();
    StreamableHttpService::new(move || Ok(server.clone()), Default::default(), config)
}

/// What the library refuses with a line of English becomes a problem; JSON-RPC stays as it is.
fn translated(answer: Response, is_json: bool) -> Result<Response, Problem> {
    let status = answer.status();
    if status.is_success() || self::is_json(answer.headers()) {
        return Ok(answer);
    }
    let (code, detail) = match status {
        StatusCode::NOT_ACCEPTABLE => {
            (Code::NotAcceptable, "Accept 须同时列出 application/json 和 text/event-stream。")
        }
        // The library answers bodies that are no message in the same way.
        StatusCode::UNSUPPORTED_MEDIA_TYPE if is_json => {
            (Code::MalformedBody, "请求体不是一条 JSON-RPC 消息。")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            (Code::UnsupportedMediaType, "Content-Type 须为 application/json。")
        }
        status if status.is_client_error() => {
            (Code::MalformedBody, "不认识的 MCP-Protocol-Version，或请求不符合协议。")
        }
        status => return Err(Problem::internal(format!("the protocol failed with {status}"))),
    };
    Err(Problem::new(code, detail))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_the_library_become_problems() {
        let table = [
            (406, "text/plain", true, Some(406)),
            (415, "text/plain", false, Some(415)),
            (415, "text/plain", true, Some(400)),
            (400, "text/plain", true, Some(400)),
            (400, "application/json", true, None),
            (404, "application/json; charset=utf-8", true, None),
            (500, "text/plain", true, Some(500)),
            (202, "text/plain", true, None),
            (200, "application/json", true, None),
        ];
        for (status, kind, asked_json, expected) in table {
            let answer = Response::builder().status(status).header("content-type", kind);
            let translated = translated(answer.body(Body::empty()).unwrap(), asked_json);
            let problem = translated.err().map(|problem| problem.status().as_u16());
            assert_eq!(problem, expected, "{status} {kind} {asked_json}");
        }
    }
}
