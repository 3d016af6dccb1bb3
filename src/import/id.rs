//! The id of the article that a row becomes: readable, and the same whenever it is brought in.

use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;

use super::draft::Draft;

/// Longest readable part, in characters.
const MAX_NAME_CHARS: usize = 40;

/// The readable part where the event has neither Chinese characters nor Latin letters.
const NAMELESS: &str = "shijian";

/// Hexadecimal digits of the hash that make ids differ; more where fewer do not.
const N_DIGITS: [usize; 3] = [4, 8, 16];

/// BLAKE3 of what a row says, lower-case hex. Blanks and line breaks do not count, for they change
/// with the format of the document.
pub(super) fn hash(draft: &Draft) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        let text: String = text.nfc().filter(|c| !c.is_whitespace()).collect();
        hasher.update(text.as_bytes());
        hasher.update(b"\x1f");
    };
    let Draft { fault, event, symptoms, prevention, strategy, owner, notes, .. } = draft;
    for text in [fault, event, symptoms, prevention, strategy, owner] {
        add(text);
    }
    for (heading, text) in notes {
        add(heading);
        add(text);
    }
    hasher.finalize().to_hex().to_string()
}

/// The ids that a draft may have, the best first.
pub(super) fn candidates(draft: &Draft, hash: &str) -> Vec<String> {
    let name = name(&draft.event);
    let digits = N_DIGITS.into_iter().map(|n| hash.chars().take(n).collect::<String>());
    digits.map(|digits| format!("{name}-{digits}")).collect()
}

/// The event in pinyin, cut behind a syllable.
fn name(event: &str) -> String {
    let mut name = String::new();
    for syllable in syllables(event) {
        let separator = if name.is_empty() { "" } else { "-" };
        if name.len() + separator.len() + syllable.len() > MAX_NAME_CHARS {
            break;
        }
        name.push_str(separator);
        name.push_str(&syllable);
    }
    if name.is_empty() { NAMELESS.to_owned() } else { name }
}

/// Chinese characters as one syllable each, and runs of Latin letters and digits.
fn syllables(event: &str) -> Vec<String> {
    let (mut syllables, mut run) = (Vec::new(), String::new());
    for c in event.nfkc() {
        if c.is_ascii_alphanumeric() {
            run.push(c.to_ascii_lowercase());
            continue;
        }
        syllables.extend(Some(std::mem::take(&mut run)).filter(|run| !run.is_empty()));
        syllables.extend(c.to_pinyin().map(|syllable| ascii(syllable.plain())));
    }
    syllables.extend(Some(run).filter(|run| !run.is_empty()));
    syllables.retain(|syllable| !syllable.is_empty());
    syllables
}

/// Ids are ASCII: `ü` is typed as `v`, and other marks go.
fn ascii(syllable: &str) -> String {
    let letters = syllable.replace('ü', "v");
    letters.nfd().filter(char::is_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_readable_names() {
        let table = [
            ("硬件损坏", "ying-jian-sun-huai"),
            ("硬體損壞", "ying-ti-sun-huai"),
            ("操作失誤", "cao-zuo-shi-wu"),
            ("VPN 连不上（ORA-12541）", "vpn-lian-bu-shang-ora-12541"),
            ("绿屏、女", "lv-ping-nv"),
            ("Ｗｏｒｄ打不开", "word-da-bu-kai"),
            ("？！", "shijian"),
            ("装装装装装装装装装", "zhuang-zhuang-zhuang-zhuang-zhuang"),
        ];
        for (event, expected) in table {
            let name = name(event);
            assert_eq!(name, expected, "{event}");
            assert!(name.len() <= MAX_NAME_CHARS);
        }
        assert_eq!(name(&"a".repeat(41)), "shijian");
    }

    #[test]
    fn the_hash_is_of_what_the_row_says_and_not_of_its_blanks() {
        let draft = |event: &str, strategy: &str, row| Draft {
            event: event.to_owned(),
            strategy: strategy.to_owned(),
            row,
            ..Draft::default()
        };
        let first = hash(&draft("断网", "看线\n看灯", 1));
        assert_eq!(first, hash(&draft("断 网", "看线看灯", 7)));
        assert_ne!(first, hash(&draft("断网", "看线", 1)));
        assert_ne!(hash(&draft("断", "网", 1)), hash(&draft("断网", "", 1)));
    }
}
