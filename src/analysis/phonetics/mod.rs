//! How words sound: toneless syllables of Chinese words, and syllables in what was typed.
//!
//! Entry points: [`sounds`] for Chinese, [`parses`] for Latin letters, [`rough`] for ears that
//! do not tell some sounds apart.

mod abbreviation;
mod parse;
mod readings;

pub use abbreviation::{abbreviations, is_abbreviation, spelling};
pub use parse::{Parse, beginning, parses};
pub use readings::sounds;

/// The sound of a syllable for ears that do not tell `zh` from `z`, `n` from `l` or `ing` from
/// `in`. Source: the confusions of southern Mandarin speakers, as Chinese input methods offer
/// them.
#[must_use]
pub fn rough(syllable: &str) -> String {
    let merged = [("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l")];
    let (head, tail) = merged
        .iter()
        .find_map(|(from, to)| Some((*to, syllable.strip_prefix(from)?)))
        .unwrap_or(("", syllable));
    let tail = match tail.strip_suffix('g') {
        Some(shorter) if shorter.ends_with('n') => shorter,
        _ => tail,
    };
    format!("{head}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rough_sounds_merge_what_ears_mix_up() {
        for (a, b) in [("zhong", "zong"), ("shi", "si"), ("lan", "nan"), ("ying", "yin")] {
            assert_eq!(rough(a), rough(b), "{a} {b}");
        }
        for (a, b) in [("deng", "da"), ("wang", "huang"), ("shi", "shu"), ("an", "en")] {
            assert_ne!(rough(a), rough(b), "{a} {b}");
        }
    }
}
