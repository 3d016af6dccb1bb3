//! Which host names this server answers to: the defence against DNS rebinding.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    mcp,
    problem::{Code, Problem},
    state::Door,
};

/// Names that mean this machine itself.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// A configured host that is neither `name` nor `name:port`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是主机名，应写成 name 或 name:port")]
pub struct InvalidHost(pub String);

/// The hosts a request may be addressed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHosts {
    port: u16,
    hosts: Vec<(String, Option<u16>)>,
}

impl AllowedHosts {
    /// The loopback names and the configured hosts, for a server that listens on `port`.
    ///
    /// A name without a port is allowed with `port` and without any, as a proxy on the standard
    /// port sends it; a name with a port is allowed with that one only.
    ///
    /// # Errors
    /// [`InvalidHost`] names the first entry that is no host.
    pub fn new(configured: &[String], port: u16) -> Result<Self, InvalidHost> {
        let mut allowed = Self::loopback(port);
        for entry in configured {
            let (name, port) = split(entry).ok_or_else(|| InvalidHost(entry.clone()))?;
            allowed.hosts.push((name, port));
        }
        Ok(allowed)
    }

    /// The loopback names only.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        let mut hosts: Vec<_> =
            LOOPBACK.iter().map(|name| ((*name).to_owned(), Some(port))).collect();
        if port == 80 {
            hosts.extend(LOOPBACK.iter().map(|name| ((*name).to_owned(), None)));
        }
        Self { port, hosts }
    }

    /// Whether a `Host` value is one of them; letter case does not matter.
    #[must_use]
    pub fn allows(&self, host: &str) -> bool {
        let Some((name, port)) = split(host) else { return false };
        self.hosts.iter().any(|(known, allowed)| {
            let is_loopback = LOOPBACK.contains(&known.as_str());
            let open = allowed.is_none() && !is_loopback && port == Some(self.port);
            *known == name && (*allowed == port || open)
        })
    }

    /// Whether a request names exactly one allowed host, in its target too if it names one there.
    fn admits(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (values.next(), values.next()) else { return false };
        let Ok(host) = host.to_str() else { return false };
        let target = uri.authority().is_none_or(|authority| authority.as_str() == host);
        target && self.allows(host)
    }

    /// Whether a request comes from a page of one of them, or from no page at all: programs send
    /// no `Origin`. An opaque origin (`null`) is nobody's.
    pub(crate) fn admits_origin(&self, headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(header::ORIGIN).iter();
        let Some(origin) = values.next() else { return true };
        let host = origin.to_str().ok().and_then(|origin| {
            origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))
        });
        values.next().is_none() && host.is_some_and(|host| self.allows(host))
    }
}

/// Refuses requests that are addressed to somebody else.
pub(crate) async fn check(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    if door.allowed_hosts.admits(request.uri(), request.headers()) {
        return next.run(request).await;
    }
    // The protocol of agents has a status of its own for this.
    let code = match request.uri().path() {
        mcp::PATH => Code::ForbiddenHost,
        _ => Code::UnknownHost,
    };
    // Never repeats the name: the answer must not depend on what a stranger put there.
    Problem::new(code, "请用本机地址或配置项 allowed_hosts 里的主机名访问。").into_response()
}

/// Lower-case name and port of `name`, `name:port`, `[v6]` or `[v6]:port`.
fn split(host: &str) -> Option<(String, Option<u16>)> {
    let (name, rest) = match host.strip_prefix('[') {
        Some(inner) => {
            let (address, rest) = inner.split_once(']')?;
            (format!("[{address}]"), rest)
        }
        None => {
            let end = host.find(':').unwrap_or(host.len());
            let (name, rest) = host.split_at_checked(end)?;
            (name.to_owned(), rest)
        }
    };
    let port = match rest.strip_prefix(':') {
        Some(port) => Some(digits(port)?),
        None if rest.is_empty() => None,
        None => return None,
    };
    is_name(&name).then(|| (name.to_ascii_lowercase(), port))
}

fn digits(port: &str) -> Option<u16> {
    let plain = port.bytes().all(|b| b.is_ascii_digit());
    port.parse().ok().filter(|_| plain)
}

fn is_name(name: &str) -> bool {
    let bracketed = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    match bracketed {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
            !name.is_empty() && name.bytes().all(plain) && !name.ends_with('.')
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt;

    use super::*;
    use crate::web::limits::Limits;

    #[tokio::test]
    async fn the_layer_passes_on_what_is_for_this_server() {
        let door = Arc::new(Door::new(hosts(&[]), Limits::default()));
        let layer = from_fn_with_state(door, check);
        let router = Router::new().route("/{*path}", get(|| async {})).layer(layer);
        for (host, path, status) in [
            ("localhost:8017", "/x", 200),
            ("evil.com", "/x", 421),
            ("localhost:8017", mcp::PATH, 200),
            ("evil.com", mcp::PATH, 403),
        ] {
            let request = Request::builder().uri(path).header(header::HOST, host);
            let request = request.body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), status, "{host} {path}");
        }
    }

    fn hosts(configured: &[&str]) -> AllowedHosts {
        let configured: Vec<_> = configured.iter().map(|host| (*host).to_owned()).collect();
        AllowedHosts::new(&configured, 8017).unwrap()
    }

    #[test]
    fn loopback_names_need_the_port() {
        for host in ["localhost:8017", "127.0.0.1:8017", "[::1]:8017", "LOCALHOST:8017"] {
            assert!(hosts(&[]).allows(host), "{host}");
        }
        let refused = [
            "",
            "localhost",
            "localhost:80",
            "localhost:",
            "localhost:8017:1",
            "localhost:+8017",
            "localhost.:8017",
            "evil.com",
            "evil.com:8017",
            "localhost.evil.com:8017",
            "127.0.0.1.evil.com:8017",
            "a@localhost:8017",
            "localhost:8017/x",
            "127.1:8017",
            "[::1]",
            "::1:8017",
            "[::1]x:8017",
            "[::2]:8017",
            "0.0.0.0:8017",
            "localhost:98017",
            "localhost :8017",
            "ｌocalhost:8017",
            ":8017",
            "[]:8017",
            "[localhost]:8017",
            "[::1]8017",
        ];
        for host in refused {
            assert!(!hosts(&[]).allows(host), "{host}");
        }
    }

    #[test]
    fn configured_names_match_with_and_without_a_port() {
        let table = [
            ("kb.corp", "kb.corp", true),
            ("kb.corp", "kb.corp:8017", true),
            ("kb.corp", "kb.corp:9000", false),
            ("KB.corp", "kb.CORP", true),
            ("kb.corp:443", "kb.corp:443", true),
            ("kb.corp:443", "kb.corp", false),
            ("kb.corp", "evil-kb.corp", false),
            ("10.1.2.3:8017", "10.1.2.3:8017", true),
        ];
        for (configured, host, expected) in table {
            assert_eq!(hosts(&[configured]).allows(host), expected, "{configured} {host}");
        }
        let wrong =
            ["http://kb.corp", "", "kb corp", "kb.corp.", "kb/corp", "[kb]", "知识库", "[::1]x"];
        for entry in wrong.map(str::to_owned) {
            assert_eq!(AllowedHosts::new(std::slice::from_ref(&entry), 1), Err(InvalidHost(entry)));
        }
    }

    #[test]
    fn a_page_of_another_origin_is_told_from_a_program() {
        let table: [(&[&str], bool); 14] = [
            (&[], true),
            (&["http://localhost:8017"], true),
            (&["http://127.0.0.1:8017"], true),
            (&["https://kb.corp"], true),
            (&["http://KB.corp:8017"], true),
            (&["http://localhost:8017", "http://localhost:8017"], false),
            (&["null"], false),
            (&[""], false),
            (&["localhost:8017"], false),
            (&["http://localhost"], false),
            (&["http://evil.com"], false),
            (&["http://localhost:8017.evil.com"], false),
            (&["http://localhost:8017/"], false),
            (&["ftp://localhost:8017"], false),
        ];
        for (origins, expected) in table {
            let origins = origins.iter().map(|value| (header::ORIGIN, value.parse().unwrap()));
            let headers = HeaderMap::from_iter(origins.clone());
            assert_eq!(hosts(&["kb.corp"]).admits_origin(&headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn exactly_one_host_and_no_other_in_the_target() {
        let headers = |values: &[&str]| -> HeaderMap {
            values.iter().map(|value| (header::HOST, value.parse().unwrap())).collect()
        };
        let good = "localhost:8017";
        let table: [(&str, &[&str], bool); 5] = [
            ("/", &[good], true),
            ("/", &[], false),
            ("/", &[good, good], false),
            ("http://localhost:8017/", &[good], true),
            ("http://evil.com/", &[good], false),
        ];
        for (uri, values, expected) in table {
            let admitted = hosts(&[]).admits(&uri.parse().unwrap(), &headers(values));
            assert_eq!(admitted, expected, "{uri} {values:?}");
        }
    }
}
