//! The words in what a monitoring system writes: names taken apart, and left out what only
//! identifies one machine or one moment.

/// Characters of a text that are looked at.
const MAX_TEXT_CHARS: usize = 2000;
/// Pieces of a name that are joined again at most: `Rabbit` and `MQ`.
const MAX_JOINED: usize = 3;
/// Digits from which on hexadecimal characters are an id rather than a word.
const HASH_CHARS: usize = 8;
/// What alert templates append for machines: the rest of such a line is a dump. Source: the
/// `VALUE = …` and `LABELS = …` lines of the public collection of Prometheus alerting rules at
/// samber.github.io/awesome-prometheus-alerts.
const DUMPS: [&str; 2] = ["VALUE", "LABELS"];

/// The words of a name of a rule: `KubePodCrashLooping` has four. Pieces that together are a
/// `known` word stay together: `MySQL`.
pub(super) fn of_name(name: &str, known: &dyn Fn(&str) -> bool) -> Vec<String> {
    let tokens = name.split(|c: char| c.is_whitespace() || matches!(c, '_' | '(' | ')'));
    let tokens = tokens.map(trimmed).filter(|token| !is_junk(token));
    tokens.flat_map(|token| joined(&pieces(token), known)).collect()
}

/// The words of a sentence, without what a template left behind.
pub(super) fn of_text(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<String> {
    let text: String = text.chars().take(MAX_TEXT_CHARS).collect();
    let lines = text.lines().filter(|line| !is_dump(line));
    let lines = lines.map(without_templates).collect::<Vec<_>>();
    lines.iter().flat_map(|line| of_name(line, known)).collect()
}

/// Whether a line says `VALUE = 91.5`.
fn is_dump(line: &str) -> bool {
    let (name, value) = line.trim().split_once('=').unwrap_or_default();
    !value.is_empty() && DUMPS.contains(&name.trim())
}

/// A line without `{{ … }}` and without `map[…]`.
fn without_templates(line: &str) -> String {
    let mut rest = line.to_owned();
    for (open, close) in [("{{", "}}"), ("map[", "]"), ("[no", "]")] {
        while let Some((before, behind)) = rest.split_once(open) {
            let after = behind.split_once(close).map_or("", |(_, after)| after);
            rest = format!("{before} {after}");
        }
    }
    rest
}

/// A token without the punctuation around it.
fn trimmed(token: &str) -> &str {
    token.trim_matches(|c: char| !c.is_alphanumeric() && c != '/')
}

/// Whether a token names one thing or one moment: an address, a path, an id, a number with its
/// unit. A code such as `ORA-01555` and a word such as `5xx` are none.
fn is_junk(token: &str) -> bool {
    let has = |f: fn(char) -> bool| token.contains(f);
    let is_digit = |c: char| c.is_ascii_digit();
    let is_ascii = token.is_ascii();
    token.is_empty()
        || token.contains("://")
        || token.contains('@')
        || token.starts_with('/')
        || is_ascii && token.contains('=')
        || is_ascii && is_address(token)
        || is_ascii && has(is_digit) && token.contains('-') && !has(|c| c.is_ascii_uppercase())
        || is_hash(token)
        || is_quantity(token)
}

/// Whether a token is an IP address, a time or the name of a host, with or without a port.
fn is_address(token: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric());
    let (host, port) = token.split_once(':').unwrap_or((token, "0"));
    let is_port = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit() || b == b':');
    let parts: Vec<&str> = host.split(['.', '-']).collect();
    let n_dots = host.matches('.').count();
    let is_time = host.bytes().all(|b| b.is_ascii_digit()) && token.contains(':');
    is_port && (is_time || n_dots >= 2 && parts.iter().all(|part| is_part(part)))
}

/// Whether a token is hexadecimal with letters and digits, as hashes and UUIDs are.
fn is_hash(token: &str) -> bool {
    let n_hex = token.bytes().filter(u8::is_ascii_hexdigit).count();
    let has_digit = token.bytes().any(|b| b.is_ascii_digit());
    n_hex >= HASH_CHARS && has_digit && token.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Whether a token is a decimal number, or a number with a unit of measure or time.
fn is_quantity(token: &str) -> bool {
    const UNITS: [&str; 16] = [
        "s", "ms", "m", "min", "h", "d", "w", "b", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "c",
    ];
    let unit = token.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let n_digits = token.len() - unit.len();
    n_digits > 0
        && (UNITS.contains(&unit.to_ascii_lowercase().as_str())
            || unit.is_empty() && token.contains('.'))
}

/// A token where capitals begin new words: `CPUThrottlingHigh` has three, `Http5xx` has two.
fn pieces(token: &str) -> Vec<String> {
    let chars: Vec<char> = token.chars().collect();
    let mut pieces: Vec<String> = Vec::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let behind = chars.get(at + 1);
        if !c.is_alphanumeric() {
            // A hyphen holds codes together: `ORA-01555`.
            let is_inside = *c == '-' && before.is_some_and(char::is_ascii_uppercase);
            if is_inside && let Some(last) = pieces.last_mut() {
                last.push('-');
            } else {
                pieces.push(String::new());
            }
            continue;
        }
        let is_new = before.is_none_or(|before| begins(*before, *c, behind));
        match pieces.last_mut() {
            Some(last) if !is_new => last.push(*c),
            _ => pieces.push(c.to_string()),
        }
    }
    pieces.retain(|piece| piece.contains(char::is_alphanumeric));
    pieces
}

/// Whether a capital begins a word behind the character before it; a row of capitals is one word
/// up to the capital that a small letter follows.
fn begins(before: char, c: char, behind: Option<&char>) -> bool {
    c.is_ascii_uppercase()
        && (before.is_ascii_lowercase()
            || before.is_ascii_digit()
            || before.is_ascii_uppercase()
                && behind.is_some_and(char::is_ascii_lowercase)
                && behind != Some(&'s'))
}

/// Pieces with those put together again that are a known word together.
fn joined(pieces: &[String], known: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut words = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let longest = (2..=MAX_JOINED.min(pieces.len() - at)).rev();
        let mut together = longest.map(|n| (n, pieces[at..at + n].concat()));
        let (n, word) = together
            .find(|(_, word)| known(&word.to_lowercase()))
            .unwrap_or_else(|| (1, pieces[at].clone()));
        words.push(word);
        at += n;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(word: &str) -> bool {
        ["mysql", "notready", "rabbitmq", "postgresql"].contains(&word)
    }

    #[test]
    fn names_are_taken_apart_into_words() {
        let table = [
            ("NodeFilesystemAlmostOutOfSpace", "Node Filesystem Almost Out Of Space"),
            ("KubePodCrashLooping", "Kube Pod Crash Looping"),
            ("MySQLDown", "MySQL Down"),
            ("MysqlTooManyConnections(>80%)", "Mysql Too Many Connections 80"),
            ("KubeNodeNotReady", "Kube Node NotReady"),
            ("RabbitMQNodeDown", "RabbitMQ Node Down"),
            ("PostgreSQLMaxConnectionsReached", "PostgreSQL Max Connections Reached"),
            ("CPUThrottlingHigh", "CPU Throttling High"),
            ("NginxHighHttp5xxErrorRate", "Nginx High Http5xx Error Rate"),
            ("node_disk_full", "node disk full"),
            ("ORA-01555", "ORA-01555"),
            ("机器负载-CPU较高，请关注", "机器负载 CPU较高 请关注"),
            ("MySQL: Service is down", "MySQL Service is down"),
            ("", ""),
        ];
        for (name, expected) in table {
            assert_eq!(of_name(name, &known).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn what_names_one_machine_or_one_moment_is_left_out() {
        let junk = [
            "10.20.3.17:9100",
            "10.20.3.17",
            "https://oa.example.com/x",
            "oa.example.com",
            "10:14:05",
            "2026.11.23",
            "payment-7d9c8b6f5d-x2x4z",
            "k8s-worker-07",
            "6f0d6a5e-7f8e-4f1c-9d0e-3c5a2f8b1e77",
            "c3ab8ff13720e8ad",
            "/dev/sda2",
            "nobody@example.com",
            "job=mysql",
            "2.41",
            "15m",
            "50.0GB",
        ];
        for token in junk {
            assert!(is_junk(token), "{token}");
        }
        for token in ["ORA-01555", "502", "5xx", "md0", "win10", "load", "磁盘", "deadbeef"] {
            assert!(!is_junk(token), "{token}");
        }
    }

    #[test]
    fn the_rests_of_templates_are_left_out() {
        let text = "Too many connections\n  VALUE = 91.5\n  LABELS = map[a:b]";
        assert_eq!(of_text(text, &known).join(" "), "Too many connections");
        let text = "Down {{ $labels.instance }} map[a:b c:d] now {{ broken";
        assert_eq!(of_text(text, &known).join(" "), "Down now");
    }
}
