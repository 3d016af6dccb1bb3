//! Folding: width, case, compatibility and Traditional script are made equal, character by
//! character, so that every folded character knows the original one it came from.
//!
//! Only context-free rules are used. A piece of a text therefore folds exactly as it does inside
//! the whole text, which is what lets any substring find its article.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Traditional characters with exactly one Simplified form, two characters a line.
///
/// Source: OpenCC, TSCharacters (Apache-2.0), as resolved by its `t2s` configuration; only
/// entries that map one character to one other are kept.
const TRADITIONAL: &str = include_str!("t2s.txt");

/// Marks characters of the basic plane that fold to several characters.
const SLOW: u16 = 0;

/// The single folded character for each character of the basic plane, or [`SLOW`].
static BASIC_PLANE: LazyLock<Box<[u16]>> = LazyLock::new(|| {
    let mut simplified: Vec<u16> = (0..=u16::MAX).collect();
    for (from, to) in traditional_pairs() {
        simplified[usize::from(from)] = to;
    }
    // 薴 becomes 苧, which is also the Traditional form of 苎: twice, so that all three are one.
    let simple = |unit: u16| simplified[usize::from(unit)];
    (0..=u16::MAX).map(|unit| simple(simple(fold_unit(unit)))).collect()
});

/// A folded text whose characters know their origin.
#[derive(Debug, Default, Clone)]
pub struct Folded {
    /// The folded characters.
    pub chars: Vec<char>,
    /// For each folded character the index of the original one, in Unicode scalar values.
    pub origins: Vec<u32>,
    /// Whether the original character was upper case, for splitting camel case.
    pub upper: Vec<bool>,
}

/// Folds a whole text.
#[must_use]
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded::default();
    for (origin, c) in (0u32..).zip(text.chars()) {
        let upper = c.is_uppercase();
        for_each_folded(c, |f| {
            folded.chars.push(f);
            folded.origins.push(origin);
            folded.upper.push(upper);
        });
    }
    folded
}

/// The folded text as a string.
#[must_use]
pub fn folded_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| for_each_folded(c, |f| out.push(f)));
    out
}

/// Calls `emit` with each character that `c` folds to.
#[inline]
pub fn for_each_folded(c: char, mut emit: impl FnMut(char)) {
    if c.is_ascii() {
        return emit(c.to_ascii_lowercase());
    }
    match u16::try_from(u32::from(c)).map(|unit| BASIC_PLANE[usize::from(unit)]) {
        Ok(SLOW) | Err(_) => std::iter::once(c).nfkc().flat_map(char::to_lowercase).for_each(|f| {
            emit(simplified(f));
        }),
        Ok(unit) => emit(char::from_u32(u32::from(unit)).unwrap_or(c)),
    }
}

/// The folded form of the common Chinese characters, by their number from U+4E00 on; each folds to
/// one character. For code that folds whole texts and cannot afford the general rule.
#[must_use]
pub fn common_han() -> &'static [u16] {
    &BASIC_PLANE[usize::from(COMMON_HAN_START)..]
}

/// The first of the common Chinese characters.
pub const COMMON_HAN_START: u16 = 0x4E00;
/// Number of common Chinese characters, U+4E00 to U+9FFF.
pub const N_COMMON_HAN: u32 = 0x5200;

/// Whether `c` is a Chinese character. Folded text only.
#[inline]
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '々' | '〇'
        | '\u{20000}'..='\u{323AF}' | '\u{F900}'..='\u{FAFF}')
}

/// Whether `c` can be searched for: a letter, a digit or a Chinese character. Folded text only.
#[inline]
#[must_use]
pub fn is_searchable(c: char) -> bool {
    match u16::try_from(u32::from(c)) {
        Ok(unit) => SEARCHABLE[usize::from(unit / 64)] >> (unit % 64) & 1 == 1,
        Err(_) => is_han(c) || c.is_alphanumeric(),
    }
}

/// One bit for each character of the basic plane: whether it can be searched for. Punctuation
/// is frequent, and the general test is slow on it.
static SEARCHABLE: LazyLock<Box<[u64]>> = LazyLock::new(|| {
    let is_searchable =
        |unit: u32| char::from_u32(unit).is_some_and(|c| is_han(c) || c.is_alphanumeric());
    let word = |i: u32| (0..64).map(|bit| u64::from(is_searchable(i * 64 + bit)) << bit).sum();
    (0..1024).map(word).collect()
});

fn fold_unit(unit: u16) -> u16 {
    let Some(c) = char::from_u32(u32::from(unit)) else { return SLOW };
    let mut folded = std::iter::once(c).nfkc().flat_map(char::to_lowercase);
    match (folded.next(), folded.next()) {
        (Some(only), None) => u16::try_from(u32::from(only)).unwrap_or(SLOW),
        _ => SLOW,
    }
}

fn traditional_pairs() -> impl Iterator<Item = (u16, u16)> {
    TRADITIONAL.lines().filter_map(|line| {
        let mut pair = line.chars().filter_map(|c| u16::try_from(u32::from(c)).ok());
        Some((pair.next()?, pair.next()?))
    })
}

fn simplified(c: char) -> char {
    u16::try_from(u32::from(c))
        .ok()
        .map(|unit| BASIC_PLANE[usize::from(unit)])
        .filter(|unit| *unit != SLOW)
        .and_then(|unit| char::from_u32(u32::from(unit)))
        .unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_compatibility_and_script_fold() {
        for (text, expected) in [
            ("ＨＴＴＰ　５０２", "http 502"),
            ("登錄異常", "登录异常"),
            ("薴苧苎", "苎苎苎"),
            ("①℃…", "1°c..."),
            ("㎡", "m2"),
            ("ORA-01555", "ora-01555"),
            ("ﾊﾟ", "ハ\u{309a}"),
            ("İ", "i\u{307}"),
            ("“硬盘”。", "“硬盘”。"),
        ] {
            assert_eq!(folded_string(text), expected, "{text}");
        }
    }

    #[test]
    fn folded_characters_know_their_origin() {
        let folded = fold("a…鬧");
        assert_eq!(folded.chars, ['a', '.', '.', '.', '闹']);
        assert_eq!(folded.origins, [0, 1, 1, 1, 2]);
    }

    #[test]
    fn common_characters_fold_one_to_one() {
        let table = common_han();
        for (i, c) in ('\u{4E00}'..='\u{9FFF}').enumerate() {
            let folded: Vec<char> = folded_string(&c.to_string()).chars().collect();
            assert_eq!(folded, [char::from_u32(u32::from(table[i])).unwrap()], "{c}");
            assert!(is_han(folded[0]), "{c}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for c in '\0'..=char::MAX {
            let folded = folded_string(&c.to_string());
            assert_eq!(folded_string(&folded), folded, "{c:?}");
        }
    }

    #[test]
    fn a_piece_folds_as_it_does_in_the_whole() {
        let text = "e\u{301}é①ΣΑΣ ﬃ㍿登錄Ａ１";
        let whole = folded_string(text);
        let pieces: String = text.chars().map(|c| folded_string(&c.to_string())).collect();
        assert_eq!(whole, pieces);
    }
}
