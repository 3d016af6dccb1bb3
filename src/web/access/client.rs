//! Who is at the other end of a connection.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::Request;

/// The address at the other end, put into every request by the accept loop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    /// One address.
    V4(Ipv4Addr),
    /// The first 64 bits: a host chooses the others itself, and changes them. Source: RFC 7421.
    V6([u16; 4]),
    /// Requests that came over no socket.
    Unknown,
    /// All for whom a table has no room.
    Others,
}

impl Client {
    pub(crate) fn of(request: &Request) -> Self {
        request.extensions().get::<Peer>().map_or(Self::Unknown, |peer| peer.0.into())
    }
}

impl From<IpAddr> for Client {
    fn from(address: IpAddr) -> Self {
        // The canonical form shows the IPv4 address in ::ffff:10.0.0.5.
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6([a, b, c, d])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_an_address_or_a_network_of_version_6() {
        let client = |text: &str| Client::from(text.parse::<IpAddr>().unwrap());
        let table = [
            ("10.0.0.5", "10.0.0.5", true),
            ("10.0.0.5", "10.0.0.6", false),
            ("10.0.0.5", "::ffff:10.0.0.5", true),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ];
        for (one, other, is_same) in table {
            assert_eq!(client(one) == client(other), is_same, "{one} {other}");
        }
    }
}
