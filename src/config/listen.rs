//! On which address the server may be reached, and under which names.

use std::net::SocketAddr;

use serde::{Deserialize, Deserializer, de::Error};

/// An address that must not be listened on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListenError {
    /// Others can reach the address, and no names are set.
    #[error(
        "监听地址 {addr} 不是本机回环地址，必须设置 allowed_hosts（浏览器访问时用的主机名或 IP）"
    )]
    HostsMissing {
        /// The address.
        addr: SocketAddr,
    },
}

/// Whether the server may listen on `addr`. On an address that others can reach it must know its
/// own names, or any web page could talk to it in the name of its visitors (DNS rebinding).
///
/// # Errors
/// When `addr` is no loopback address and `allowed_hosts` is empty.
pub fn validate_listen(addr: SocketAddr, allowed_hosts: &[String]) -> Result<(), ListenError> {
    // The canonical form shows the IPv4 address in ::ffff:127.0.0.1.
    if addr.ip().to_canonical().is_loopback() || !allowed_hosts.is_empty() {
        Ok(())
    } else {
        Err(ListenError::HostsMissing { addr })
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let reason = || format!("“{text}”不是 IP 和端口，应写成 127.0.0.1:8017 或 [::1]:8017");
    text.parse().map(Some).map_err(|_| D::Error::custom(reason()))
}

pub(super) fn deserialize_hosts<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    let hosts = Vec::<String>::deserialize(deserializer)?;
    let is_name = |host: &String| {
        !host.is_empty() && !host.contains(|c: char| "/@?#*\\".contains(c) || c.is_whitespace())
    };
    match hosts.iter().find(|host| !is_name(host)) {
        Some(host) => Err(D::Error::custom(format!(
            "“{host}”不是主机名，应写成 kb.example.com、10.0.0.5 或带端口的 kb.example.com:8017"
        ))),
        None => Ok(hosts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_needs_no_names() {
        let table = [
            ("127.0.0.1:8017", true),
            ("127.9.9.9:0", true),
            ("[::1]:8017", true),
            ("[::ffff:127.0.0.1]:8017", true),
            ("0.0.0.0:8017", false),
            ("[::]:8017", false),
            ("10.0.0.5:80", false),
        ];
        for (addr, is_loopback) in table {
            let addr = addr.parse().unwrap();
            assert_eq!(validate_listen(addr, &[]).is_ok(), is_loopback, "{addr}");
            assert_eq!(validate_listen(addr, &["kb.local".to_owned()]), Ok(()), "{addr}");
        }
    }
}
