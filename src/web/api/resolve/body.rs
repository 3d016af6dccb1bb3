//! The body of a request: its type, its size and its text.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{HeaderMap, header},
};
use serde_json::Value;

use super::payload::{Payload, recognise};
use crate::web::problem::{Code, Problem};

/// Values of a YAML document at most; a rule file of 1 MiB has fewer.
const MAX_YAML_NODES: usize = 200_000;
/// Deepest nesting of a YAML document; a rule file in a Kubernetes manifest has eight levels.
const MAX_YAML_DEPTH: usize = 32;

/// What a body is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    Yaml,
    Text,
}

/// A body that may still be unreadable.
#[derive(Debug)]
pub(super) struct Body {
    kind: Kind,
    bytes: Bytes,
}

/// Reads a body of at most `max` bytes, to which the request must have been limited.
///
/// # Errors
/// 415 for another type, 413 for a longer body, 400 for one that ends too soon.
pub(super) async fn read(request: Request, max: usize) -> Result<Body, Problem> {
    let kind = kind(request.headers())?;
    let bytes = Bytes::from_request(request, &()).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(failed) if failed.status() == 413 => {
            Problem::new(Code::BodyTooLarge, format!("请求体最多 {max} 字节。"))
        }
        _ => malformed("请求体没有收全"),
    })?;
    Ok(Body { kind, bytes })
}

fn kind(headers: &HeaderMap) -> Result<Kind, Problem> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind_of(value.unwrap_or_default())
}

fn kind_of(media_type: &str) -> Result<Kind, Problem> {
    let essence = media_type.split(';').next().unwrap_or_default();
    match essence.trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(Kind::Json),
        // The registered name, and those from before it was. Source: RFC 9512, section 2.1.
        "application/yaml" | "application/x-yaml" | "text/yaml" | "text/x-yaml" => Ok(Kind::Yaml),
        "text/plain" => Ok(Kind::Text),
        _ => Err(Problem::new(
            Code::UnsupportedMediaType,
            "请用 Content-Type 写明 application/json、application/yaml 或 text/plain。",
        )),
    }
}

impl Body {
    /// A body that was read elsewhere.
    ///
    /// # Errors
    /// 415 for another type.
    pub(super) fn of(media_type: &str, bytes: &[u8]) -> Result<Self, Problem> {
        Ok(Self { kind: kind_of(media_type)?, bytes: Bytes::copy_from_slice(bytes) })
    }

    /// The alerts in it.
    ///
    /// # Errors
    /// 400 with the place when it cannot be read, 422 when it has nothing to be resolved.
    pub(super) fn payload(&self) -> Result<Payload, Problem> {
        let text = str::from_utf8(&self.bytes).map_err(|_| malformed("请求体不是 UTF-8"))?;
        let text = text.trim_start_matches('\u{feff}');
        match self.kind {
            Kind::Text => Payload::of_text(text),
            Kind::Json => recognise(&json(text)?),
            Kind::Yaml => recognise(&yaml(text)?),
        }
    }
}

fn json(text: &str) -> Result<Value, Problem> {
    serde_json::from_str(text).map_err(|error| {
        malformed(&format!("请求体不是 JSON：第 {} 行第 {} 列", error.line(), error.column()))
    })
}

fn yaml(text: &str) -> Result<Value, Problem> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_YAML_DEPTH,
            max_nodes: MAX_YAML_NODES,
            max_events: 4 * MAX_YAML_NODES,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
            max_merge_keys: 0,
        },
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let place = error.location().map_or_else(String::new, |place| {
            format!("：第 {} 行第 {} 列", place.line(), place.column())
        });
        malformed(&format!("请求体不是单个 YAML 文档，或用了锚点{place}"))
    })
}

fn malformed(what: &str) -> Problem {
    Problem::new(Code::MalformedBody, format!("{what}。"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(kind: Kind, text: &[u8]) -> Result<Payload, Problem> {
        Body { kind, bytes: Bytes::copy_from_slice(text) }.payload()
    }

    #[test]
    fn a_type_is_read_without_its_parameters() {
        let table = [
            ("application/json", Some(Kind::Json)),
            ("Application/JSON; charset=utf-8", Some(Kind::Json)),
            ("application/yaml", Some(Kind::Yaml)),
            ("text/x-yaml", Some(Kind::Yaml)),
            ("text/plain; charset=UTF-8", Some(Kind::Text)),
            ("application/x-www-form-urlencoded", None),
            ("application/jsonp", None),
            ("", None),
        ];
        for (value, expected) in table {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, value.parse().unwrap())]);
            assert_eq!(kind(&headers).ok(), expected, "{value}");
        }
        assert_eq!(kind(&HeaderMap::new()).unwrap_err().status(), 415);
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let deep = "[".repeat(10_000);
        let anchored = "a: &x {b: 1}\nc: *x\n";
        let table: [(Kind, &[u8], &str); 6] = [
            (Kind::Json, b"{\n \"a\": ,}", "第 2 行第 7 列"),
            (Kind::Json, b"", "第 1 行第 0 列"),
            (Kind::Json, deep.as_bytes(), "不是 JSON"),
            (Kind::Yaml, b"groups:\n - a: [", "第 "),
            (Kind::Yaml, anchored.as_bytes(), "锚点"),
            (Kind::Text, &[0xff, 0xfe], "UTF-8"),
        ];
        for (kind, text, expected) in table {
            let problem = body(kind, text).unwrap_err();
            assert_eq!(problem.status(), 400, "{kind:?}");
            assert!(problem.detail().contains(expected), "{}", problem.detail());
        }
        assert!(body(Kind::Yaml, "[".repeat(10_000).as_bytes()).is_err());
    }

    #[test]
    fn what_can_be_read_but_says_nothing_is_told_apart() {
        for (kind, text) in [(Kind::Text, " \n"), (Kind::Json, "[]"), (Kind::Yaml, "a: [1]")] {
            assert_eq!(body(kind, text.as_bytes()).unwrap_err().status(), 422, "{text}");
        }
        assert!(body(Kind::Json, "\u{feff}{\"text\":\"硬盘\"}".as_bytes()).is_ok());
    }
}
