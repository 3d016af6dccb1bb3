//! Mobile phone and identity numbers.

use super::{Suspicion, words};

/// Weights and check characters of identity numbers. Source: GB 11643-1999.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

/// Runs in numbers that nobody has: they were made up to show the form.
const MADE_UP: [&str; 4] = ["0000", "1111", "12345678", "8888888"];

/// Numbers of persons, with or without spaces and hyphens in them.
pub(super) fn find(line: &str) -> Vec<Suspicion> {
    let mut found = Vec::new();
    for (at, word) in words(line, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')) {
        if is_identity(word) {
            found.push((at, "身份证号"));
        } else if is_phone(word) || is_grouped_phone(line, at, word) {
            found.push((at, "手机号"));
        }
    }
    found
}

/// `13912345670` and `139-1234-5670`.
fn is_phone(word: &str) -> bool {
    let digits = match word.split('-').map(str::len).collect::<Vec<_>>().as_slice() {
        [11] | [3, 4, 4] => word.replace('-', ""),
        _ => return false,
    };
    is_mobile(&digits)
}

/// `139 1234 5670`, of which `word` is the first group.
fn is_grouped_phone(line: &str, at: usize, word: &str) -> bool {
    if word.len() != 3 {
        return false;
    }
    let ends = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_' | '-');
    // Three groups and what ends the last one.
    let rest: String = line.get(at..).unwrap_or_default().chars().take(14).collect();
    let mut groups = rest.splitn(3, ' ');
    let (first, second) = (groups.next().unwrap_or_default(), groups.next().unwrap_or_default());
    let third = groups.next().unwrap_or_default();
    let third = third.split(ends).next().unwrap_or_default();
    second.len() == 4 && third.len() == 4 && is_mobile(&[first, second, third].concat())
}

fn is_mobile(digits: &str) -> bool {
    let is_second = |b: &u8| (b'3'..=b'9').contains(b);
    digits.len() == 11
        && digits.starts_with('1')
        && digits.as_bytes().get(1).is_some_and(is_second)
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !MADE_UP.iter().any(|run| digits.contains(run))
}

/// Eighteen characters with a real birthday and the right check character.
fn is_identity(word: &str) -> bool {
    let bytes = word.as_bytes();
    let Some((check, digits)) = bytes.split_last().filter(|_| bytes.len() == 18) else {
        return false;
    };
    let number = |from: usize, to: usize| {
        word.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default()
    };
    let is_birthday = (1900..2100).contains(&number(6, 10))
        && (1..=12).contains(&number(10, 12))
        && (1..=31).contains(&number(12, 14));
    let sum: u32 =
        digits.iter().zip(WEIGHTS).map(|(b, w)| u32::from(b.wrapping_sub(b'0')) * w).sum();
    let expected = CHECKS.get(usize::try_from(sum % 11).unwrap_or_default());
    digits.iter().all(u8::is_ascii_digit)
        && is_birthday
        && expected == Some(&check.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_persons_are_suspicious() {
        let table = [
            ("打 13912345670 找人", Some("手机号")),
            ("139-1234-5670", Some("手机号")),
            ("电话：139 1234 5670。", Some("手机号")),
            ("13900000000", None),
            ("13812345678", None),
            ("1391234567", None),
            ("139123456701", None),
            ("0x13912345670", None),
            ("工单 ID13912345670", None),
            ("12987654321", None),
            ("事件 1391234567 8 9012", None),
            ("1712345670123", None),
            ("身份证 11010519491231002X", Some("身份证号")),
            ("110105194912310021", None),
            ("110105194913310020", None),
            ("123456789012345678", None),
            ("400-810-8888", None),
        ];
        for (line, expected) in table {
            assert_eq!(find(line).first().map(|(_, what)| *what), expected, "{line}");
        }
    }
}
