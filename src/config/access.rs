//! Who may ask, from where and how often, as the file says it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error};

use super::page::checked_origins;

/// Longest name of a token.
const MAX_ID_CHARS: usize = 32;
/// Most tokens: each service has one, and two while it changes.
const MAX_TOKENS: usize = 64;
/// Most requests per second that may be set.
const MAX_RATE: i64 = 10_000;

/// What is kept of a token that clients must show, written `<id>:<SHA-256 in hex>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadToken {
    /// Its name: lower-case letters, digits and `-`, at most 32.
    pub id: String,
    /// SHA-256 of the whole token.
    pub sha256: [u8; 32],
}

impl fmt::Display for ReadToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.id)?;
        self.sha256.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for ReadToken {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (id, hex) = text.split_once(':').ok_or(())?;
        let sha256 = digest(hex).filter(|_| is_token_id(id)).ok_or(())?;
        Ok(Self { id: id.to_owned(), sha256 })
    }
}

/// Whether a token may have this name: it stands in the token, in settings and in logs.
#[must_use]
pub fn is_token_id(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=MAX_ID_CHARS).contains(&id.len()) && id.bytes().all(plain)
}

/// 32 bytes from 64 hexadecimal digits.
fn digest(hex: &str) -> Option<[u8; 32]> {
    let nibbles: Vec<u8> = hex
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = nibbles.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    bytes.try_into().ok().filter(|_| nibbles.len() == 64)
}

pub(super) fn deserialize_tokens<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<ReadToken>, D::Error> {
    let mut tokens: Vec<ReadToken> = Vec::new();
    for (n, line) in Vec::<String>::deserialize(deserializer)?.iter().enumerate() {
        // Never repeats the entry: somebody may have written the token itself there.
        let malformed = |()| {
            D::Error::custom(format!(
                "read_tokens 第 {} 项应写成 \"编号:64 位十六进制 SHA-256\"，用 jiuji token 生成；\
                 编号只用小写字母、数字和 -，不要写令牌本身",
                n + 1
            ))
        };
        let token: ReadToken = line.parse().map_err(malformed)?;
        if tokens.iter().any(|other| other.id == token.id) {
            let reason = format!("read_tokens 里编号 {} 出现了两次，请换一个编号", token.id);
            return Err(D::Error::custom(reason));
        }
        tokens.push(token);
    }
    if tokens.len() > MAX_TOKENS {
        return Err(D::Error::custom(format!("read_tokens 最多 {MAX_TOKENS} 个")));
    }
    Ok(tokens)
}

pub(super) fn deserialize_cors<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    let origins = checked_origins::<D>("cors_origins", deserializer)?;
    Ok(origins.iter().map(|origin| as_sent(origin)).collect())
}

/// An origin as browsers send it: in lower case, without the usual port of the scheme.
/// Source: the URL standard, serialising a host and its port.
fn as_sent(origin: &str) -> String {
    let origin = origin.to_ascii_lowercase();
    let usual = if origin.starts_with("https:") { ":443" } else { ":80" };
    origin.strip_suffix(usual).map_or(origin.clone(), str::to_owned)
}

pub(super) fn deserialize_rate<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u32>, D::Error> {
    let rate = i64::deserialize(deserializer)?;
    let fitting = (1..=MAX_RATE).contains(&rate).then(|| u32::try_from(rate).ok()).flatten();
    let reason = || format!("rate_limit 应为 1 到 {MAX_RATE} 的整数，每个客户端每秒的请求数");
    fitting.map(Some).ok_or_else(|| D::Error::custom(reason()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_name_and_a_hash_and_nothing_else() {
        let hash = "0123456789abcdef".repeat(4);
        let line = format!("cmdb-1:{hash}");
        let token: ReadToken = line.parse().unwrap();
        assert_eq!((token.id.as_str(), token.sha256[1]), ("cmdb-1", 0x23));
        assert_eq!(token.to_string(), line);
        assert_eq!(format!("cmdb-1:{}", hash.to_uppercase()).parse(), Ok(token));
        let longest = format!("{}:{hash}", "a".repeat(32));
        assert!(longest.parse::<ReadToken>().is_ok());
        let bad = [
            String::new(),
            "cmdb-1".to_owned(),
            hash.clone(),
            format!(":{hash}"),
            format!("CMDB:{hash}"),
            format!("a_b:{hash}"),
            format!("编号:{hash}"),
            format!("a{longest}"),
            format!("a:{hash}0"),
            format!("a:{hash}00"),
            format!("a: {hash}"),
            format!("a:{}", hash.replace('0', "g")),
            format!("a:{}", hash.replace("01", "é")),
            format!("jiuji_a_{}", "A".repeat(43)),
        ];
        for line in bad {
            assert!(line.parse::<ReadToken>().is_err(), "{line}");
        }
    }

    #[test]
    fn an_origin_is_compared_as_browsers_send_it() {
        let table = [
            ("https://Ticket.Example.com", "https://ticket.example.com"),
            ("https://a:443", "https://a"),
            ("http://a:80", "http://a"),
            ("http://a:443", "http://a:443"),
            ("http://[::1]:8017", "http://[::1]:8017"),
        ];
        for (given, sent) in table {
            assert_eq!(as_sent(given), sent);
        }
    }
}
