//! Passwords that stand behind their name, in a command or in an address.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::Suspicion;

/// What a secret is called.
const NAMES: [&str; 13] = [
    "密码",
    "口令",
    "密钥",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "api_key",
    "apikey",
    "access_key",
    "secret_key",
    "token",
];

/// Shortest value that counts: shorter ones are mostly words and menu items.
const MIN_CHARS: usize = 6;

/// Longest piece of a value that is looked at.
const MAX_CHARS: usize = 128;

/// Finds a name in any case; of two that begin at one place the longer.
static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let builder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(NAMES);
    builder.expect("the names are few and short")
});

/// Passwords in clear text.
pub(super) fn find(line: &str) -> Vec<Suspicion> {
    let named = FINDER.find_iter(line).filter_map(|name| value_behind(line, name.end()));
    let mut found: Vec<_> = named.chain(in_address(line)).chain(of_client(line)).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|at| (at, "密码")).collect()
}

/// Where the value begins behind a name that ends at this byte, as in `name =` or `name:`.
fn value_behind(line: &str, end: usize) -> Option<usize> {
    let rest = line.get(end..)?;
    let value = rest.trim_start_matches(['`', '"', '\'']).trim_start();
    let value = value.strip_prefix(['=', ':', '：', '是', '为'])?;
    let value = value.trim_start_matches(['`', '"', '\'', ' ', '“']);
    is_secret(word(value)).then(|| line.len() - value.len())
}

/// `https://name:password@host` and `sqlplus name/password@host`.
fn in_address(line: &str) -> Option<usize> {
    let is_end = |c: char| c.is_whitespace() || "，。；、）)】\"'`<".contains(c);
    let (before, rest) = match line.split_once("://") {
        Some((before, rest)) => (before.len() + 3, rest),
        None => {
            let (before, rest) = line.split_once("sqlplus ")?;
            (before.len() + 8, rest)
        }
    };
    let address = rest.split(is_end).next().unwrap_or_default();
    let (login, _) = address.rsplit_once('@')?;
    let (user, password) = login.split_once([':', '/'])?;
    let is_user = !user.is_empty() && !user.contains('/');
    (is_user && is_secret(password)).then(|| before + user.len() + 1)
}

/// `mysql -psecret`; the other clients ask.
fn of_client(line: &str) -> Option<usize> {
    let command = line.find("mysql")?;
    let behind = line.get(command..)?;
    let option = behind.find(" -p")?;
    let value = behind.get(option + 3..)?.trim_start_matches(['"', '\'']);
    is_secret(word(value)).then(|| line.len() - value.len())
}

fn word(text: &str) -> &str {
    let is_end = |c: char| c.is_whitespace() || !c.is_ascii() || "\"'`,;)|<>".contains(c);
    let text =
        text.char_indices().nth(MAX_CHARS).map_or(text, |(end, _)| text.get(..end).unwrap_or(text));
    text.split(is_end).next().unwrap_or_default()
}

/// Whether a value looks like a secret and not like a word, a place, a variable or an error code.
fn is_secret(value: &str) -> bool {
    let kinds: [fn(&u8) -> bool; 4] = [
        u8::is_ascii_lowercase,
        u8::is_ascii_uppercase,
        u8::is_ascii_digit,
        u8::is_ascii_punctuation,
    ];
    let has = |kind: &fn(&u8) -> bool| value.as_bytes().iter().any(kind);
    let has_letter = value.bytes().any(|b| b.is_ascii_alphabetic());
    let has_digit = value.bytes().any(|b| b.is_ascii_digit());
    value.len() >= MIN_CHARS
        && kinds.iter().filter(|kind| has(kind)).count() >= 2
        && has_letter
        && has_digit
        && !value.starts_with(['$', '%', '{', '[', '(', '/', '\\', '-', '*', '@'])
        && !is_code(value)
        && !value.contains(['\\', '(', '[', '{'])
        && !value.to_ascii_lowercase().contains("xxx")
}

/// `0x80070005`, `ORA-28001`, `KB5012345`.
fn is_code(value: &str) -> bool {
    let digits = value.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let digits = digits.trim_start_matches(['-', '_', '.']);
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let hex = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X"));
    is_number || hex.is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_that_look_like_passwords_are_suspicious() {
        let table = [
            ("默认密码：Admin@123", Some(15)),
            ("密码是 `Abc12345`，登录后改", Some(11)),
            ("password = \"p4ssw0rd\"", Some(12)),
            ("DB_PASSWORD=Qwer1234", Some(12)),
            ("mysql -uroot -pAbc12345 -e x", Some(15)),
            ("curl https://ops:Abc12345@host/x", Some(17)),
            ("sqlplus system/Oracle123@orcl", Some(15)),
            ("密码：<密码>", None),
            ("密码：【见密码台账】", None),
            ("密码：******", None),
            ("密码错误：0xC000006A", None),
            ("密码过期: ORA-28001", None),
            ("password: $env:PASSWORD1", None),
            ("--password=<密码>", None),
            ("密码：8 位以上", None),
            ("密码为空", None),
            ("重置密码：见 https://e.cn/a1", None),
            ("mysql -u root -p -e 'select 1'", None),
            ("mysqldump -p3306xy", Some(12)),
            ("mysql --port=3306 -P 3306", None),
            ("Secret: tls-secret", None),
            ("net user <账号> <新密码>", None),
            ("https://host/a@b1c2d3", None),
            ("token: xxxxxxxx1", None),
            ("密码策略：KB5014754", None),
        ];
        for (line, expected) in table {
            assert_eq!(find(line).first().map(|(at, _)| *at), expected, "{line}");
        }
    }
}
