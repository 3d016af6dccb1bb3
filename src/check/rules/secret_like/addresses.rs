//! Public IPv4 addresses.

use std::net::Ipv4Addr;

use super::{Suspicion, words};

/// Resolvers that anybody may name.
/// Source: what their operators publish (114DNS, AliDNS, DNSPod, Baidu, 360, CNNIC, OneDNS,
/// Volcengine, Google, Cloudflare, Quad9, OpenDNS, Level 3).
const RESOLVERS: [[u8; 4]; 36] = [
    [114, 114, 114, 114],
    [114, 114, 115, 115],
    [114, 114, 114, 119],
    [114, 114, 115, 119],
    [114, 114, 114, 110],
    [114, 114, 115, 110],
    [223, 5, 5, 5],
    [223, 6, 6, 6],
    [119, 29, 29, 29],
    [182, 254, 116, 116],
    [1, 12, 12, 12],
    [120, 53, 53, 53],
    [180, 76, 76, 76],
    [101, 226, 4, 6],
    [218, 30, 118, 6],
    [123, 125, 81, 6],
    [140, 207, 198, 6],
    [1, 2, 4, 8],
    [210, 2, 4, 8],
    [117, 50, 10, 10],
    [117, 50, 11, 11],
    [52, 80, 66, 66],
    [180, 184, 1, 1],
    [180, 184, 2, 2],
    [8, 8, 8, 8],
    [8, 8, 4, 4],
    [1, 1, 1, 1],
    [1, 0, 0, 1],
    [9, 9, 9, 9],
    [149, 112, 112, 112],
    [208, 67, 222, 222],
    [208, 67, 220, 220],
    [4, 2, 2, 1],
    [4, 2, 2, 2],
    // Everybody's example of an address.
    [1, 2, 3, 4],
    [5, 6, 7, 8],
];

/// Words shortly before four numbers that make them a version.
const VERSION_WORDS: [&str; 14] = [
    "版本",
    "补丁",
    "升级到",
    "升至",
    "version",
    "release",
    "oracle",
    "weblogic",
    "psu",
    "build",
    "固件",
    "驱动",
    "客户端",
    "jdk",
];

/// Characters before an address among which a word of [`VERSION_WORDS`] counts.
const VERSION_REACH: usize = 14;

/// Addresses that belong to somebody on the internet.
pub(super) fn find(line: &str) -> Vec<Suspicion> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let addresses = words(line, is_part).filter(|(at, word)| {
        let word = word.trim_end_matches(['.', '-']);
        let before = line.get(..*at).unwrap_or_default();
        word.parse().is_ok_and(is_public) && !is_version(before, word)
    });
    addresses.map(|(at, _)| (at, "公网 IP")).collect()
}

fn is_public(address: Ipv4Addr) -> bool {
    let [a, b, c, d] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_benchmark = a == 198 && (18..20).contains(&b);
    let is_protocol = a == 192 && b == 0 && c == 0;
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224;
    !(is_special || is_shared || is_benchmark || is_protocol || RESOLVERS.contains(&[a, b, c, d]))
}

/// `11.2.0.4` is a version of Oracle, `版本 7.1.3.2` of something else.
fn is_version(before: &str, word: &str) -> bool {
    let mut parts = word.split('.').map(|part| part.parse::<u8>().unwrap_or_default());
    let (first, _, third) = (parts.next(), parts.next(), parts.next());
    let start = before.char_indices().rev().nth(VERSION_REACH - 1).map_or(0, |(at, _)| at);
    let near = before.get(start..).unwrap_or_default().to_lowercase();
    let is_named = VERSION_WORDS.iter().any(|word| near.contains(word)) || near.ends_with(" v");
    is_named || first.is_some_and(|first| first < 32) && third == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_somebody_are_suspicious() {
        let table = [
            ("ping 47.96.1.2。", true),
            ("http://47.96.1.2:8080/x", true),
            ("（47.96.1.2）", true),
            ("ping 8.8.8.8 或 114.114.114.114", false),
            ("192.0.2.1、198.51.100.7、203.0.113.9", false),
            ("10.0.0.1 172.16.3.4 192.168.1.1 127.0.0.1 169.254.1.2 100.64.0.1", false),
            ("255.255.255.0 0.0.0.255 224.0.0.251", false),
            ("Oracle 11.2.0.4 与 19.3.0.0", false),
            ("版本 7.1.3.2 之前", false),
            ("固件升级到 5.12.4.1", false),
            ("OID 1.3.6.1.4.1", false),
            ("10.0.19041.1", false),
            ("v47.96.1.2", false),
            ("<47.96.x.x>", false),
        ];
        for (line, is_suspicious) in table {
            assert_eq!(!find(line).is_empty(), is_suspicious, "{line}");
        }
        assert_eq!(find("连 47.96.1.2"), [(4, "公网 IP")]);
    }
}
