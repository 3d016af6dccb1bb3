//! Whether the server that runs here answers as it should: asked once, over its own socket.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use super::{Diagnosis, Grade};
use crate::cli::{Settings, serve::reachable};

/// A server on this machine that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(2);
/// Bytes read of an answer.
const MAX_ANSWER: u64 = 64 * 1024;

/// Header lines that every page has, with a part of their value. A proxy is not asked: this is the
/// server itself.
const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", "default-src 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-request-id", ""),
];

/// Asks the running server for its state. Only for when something listens there.
pub(super) fn ask(settings: &Settings) -> Diagnosis {
    let name = "正在运行的服务";
    match answer(reachable(settings.listen)) {
        Err(error) => Diagnosis::new(name, Grade::Error, format!("没有应答：{error}"))
            .advice("看日志：journalctl -u jiuji；必要时重启"),
        Ok(answer) => judge(&answer),
    }
}

fn judge(answer: &str) -> Diagnosis {
    let name = "正在运行的服务";
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let head = head.to_ascii_lowercase();
    let missing: Vec<_> = HEADERS
        .iter()
        .filter(|(name, part)| !has(&head, name, part))
        .map(|(name, _)| *name)
        .collect();
    if !head.starts_with("http/1.1 200 ") {
        let status = head.lines().next().unwrap_or_default().to_owned();
        return Diagnosis::new(name, Grade::Error, format!("/readyz 回答 {status}"))
            .advice("正在停止，或这个端口上不是救急");
    }
    if !missing.is_empty() {
        return Diagnosis::new(name, Grade::Warning, format!("缺响应头 {}", missing.join("、")))
            .advice("升级后重启服务");
    }
    match body.contains("\"status\":\"ok\"") {
        true => Diagnosis::new(name, Grade::Ok, "应答正常，响应头齐全"),
        false => Diagnosis::new(name, Grade::Warning, "能应答，但有部分降级")
            .advice("打开 /status 或 /readyz 查看"),
    }
}

fn has(head: &str, name: &str, part: &str) -> bool {
    let values = head.lines().filter_map(|line| line.split_once(':'));
    values.filter(|(known, _)| *known == name).any(|(_, value)| value.contains(part))
}

fn answer(address: SocketAddr) -> io::Result<String> {
    let mut socket = TcpStream::connect_timeout(&address, PATIENCE)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    // This machine's own name is always allowed, and /readyz needs no token.
    let port = address.port();
    let request =
        format!("GET /readyz HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    socket.take(MAX_ANSWER).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_judged_by_status_headers_and_state() {
        let headers = "Content-Security-Policy: default-src 'none'; sandbox\r\n\
            X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n\
            Cross-Origin-Resource-Policy: same-origin\r\nX-Request-Id: 1\r\n";
        let ok = "{\"status\":\"ok\"}";
        let table = [
            (format!("HTTP/1.1 200 OK\r\n{headers}\r\n{ok}"), Grade::Ok),
            (
                format!("HTTP/1.1 200 OK\r\n{headers}\r\n{{\"status\":\"degraded\"}}"),
                Grade::Warning,
            ),
            (format!("HTTP/1.1 200 OK\r\nX-Request-Id: 1\r\n\r\n{ok}"), Grade::Warning),
            (format!("HTTP/1.1 503 Service Unavailable\r\n{headers}\r\n"), Grade::Error),
            (String::new(), Grade::Error),
        ];
        for (answer, expected) in table {
            assert_eq!(judge(&answer).grade, expected, "{answer}");
        }
    }
}
