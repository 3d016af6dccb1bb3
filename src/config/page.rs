//! What the pages say and link to beyond the knowledge base, and who may show them in a frame.

use serde::{Deserialize, Deserializer, de::Error};

/// Longest way to reach second line.
const MAX_SECOND_LINE_CHARS: usize = 200;

pub(super) fn deserialize_origins<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    checked_origins::<D>("panel_origins", deserializer)
}

/// A list of origins; `key` names the setting in the message.
pub(super) fn checked_origins<'de, D: Deserializer<'de>>(
    key: &str,
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    let origins = Vec::<String>::deserialize(deserializer)?;
    match origins.iter().find(|origin| !is_origin(origin)) {
        Some(origin) => Err(D::Error::custom(not_an_origin(key, origin))),
        None => Ok(origins),
    }
}

pub(super) fn deserialize_origin<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let origin = String::deserialize(deserializer)?;
    if is_origin(&origin) {
        return Ok(Some(origin));
    }
    Err(D::Error::custom(not_an_origin("public_url", &origin)))
}

pub(super) fn deserialize_second_line<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let text = text.trim();
    let is_plain = !text.chars().any(char::is_control);
    if is_plain && (1..=MAX_SECOND_LINE_CHARS).contains(&text.chars().count()) {
        return Ok(Some(text.to_owned()));
    }
    Err(D::Error::custom(format!(
        "second_line 应为 1 到 {MAX_SECOND_LINE_CHARS} 个字的一行文字，写明怎样联系二线"
    )))
}

fn not_an_origin(key: &str, given: &str) -> String {
    format!(
        "{key} 里的“{given}”不是网址来源，应写成 https://kb.example.com 或带端口的 http://10.0.0.5:8017，\
         后面不带路径，也不用通配符"
    )
}

/// Whether `text` is scheme, host and perhaps a port, and nothing else: it ends up in a header,
/// where a space or `;` would begin something new. Source: RFC 6454, section 6.2.
fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some((host, port)) = rest.and_then(host_and_port) else { return false };
    is_host(host) && port.is_none_or(is_port)
}

/// Splits off the port; an address of version 6 stands in brackets.
fn host_and_port(rest: &str) -> Option<(&str, Option<&str>)> {
    let (host, tail) = match rest.split_once(']') {
        Some((address, tail)) if address.starts_with('[') => (address, tail),
        _ => {
            let (host, port) = rest.split_once(':').map_or((rest, None), |(h, p)| (h, Some(p)));
            return Some((host, port));
        }
    };
    match tail.strip_prefix(':') {
        Some(port) => Some((host, Some(port))),
        None => tail.is_empty().then_some((host, None)),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        !label.is_empty() && label.bytes().all(plain)
    };
    host.split('.').all(is_label)
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|n| n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_else() {
        let good = [
            "https://ticket.example.com",
            "http://10.0.0.5:8017",
            "https://kb",
            "http://[::1]:8017",
            "https://[2001:db8::1]",
        ];
        for origin in good {
            assert!(is_origin(origin), "{origin}");
        }
        let bad = [
            "",
            "*",
            "https://",
            "https://*",
            "https://*.example.com",
            "ticket.example.com",
            "ftp://example.com",
            "https://example.com/",
            "https://example.com/x",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:65536",
            "https://example.com:+80",
            "https://a b",
            "https://a;script-src",
            "https://a,https://b",
            "https://a'",
            "'self'",
            "https://user@example.com",
            "https://example..com",
            "https://[::1",
            "https://[x]",
            "https://[::1]8017",
            "https://a]:80",
            "https://例子",
            "https://a\nb",
        ];
        for origin in bad {
            assert!(!is_origin(origin), "{origin:?}");
        }
    }
}
