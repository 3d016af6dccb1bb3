//! What an article is found by besides its own words: the sounds of its names and their synonyms,
//! worked out when the copy is made, because the page has neither dictionary nor vocabulary.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Analyzer, Kind, Scanned, folded_string, is_han, phonetics};

/// Characters of a name from one word on that are spelled.
const MAX_SPELLED: usize = 12;

/// How a name is typed in Latin letters: from each of its words on, in whole syllables and by
/// first letters.
pub(super) fn sounds(analyzer: &Analyzer, name: &str) -> BTreeSet<String> {
    let scanned = Scanned::new(name);
    let mut starts = BTreeSet::new();
    analyzer.for_each_token(&scanned, |kind, _, cell, _| {
        if kind == Kind::Word {
            starts.insert(scanned.cells[cell].start);
        }
    });
    let tails = starts.into_iter().filter_map(|start| scanned.folded.chars.get(start..));
    tails.flat_map(spelled).collect()
}

fn spelled(tail: &[char]) -> Vec<String> {
    let is_spelled = |c: &&char| is_han(**c) || c.is_ascii_lowercase();
    let text: String = tail.iter().take_while(is_spelled).take(MAX_SPELLED).collect();
    let syllables = phonetics::spelling(&text).filter(|syllables| syllables.len() > 1);
    let Some(syllables) = syllables else { return Vec::new() };
    let initials = syllables.iter().filter_map(|syllable| syllable.chars().next()).collect();
    vec![syllables.concat(), initials]
}

/// What else the vocabulary calls the things in a name.
pub(super) fn synonyms(analyzer: &Analyzer, name: &str) -> BTreeSet<String> {
    let scanned = Scanned::new(name);
    let found = analyzer.synonyms(&scanned).into_iter();
    found.flat_map(|(_, others)| others).map(str::to_owned).collect()
}

/// Every Traditional character before the one it is searched as.
pub(super) fn simplified() -> String {
    let fold = |c: char| {
        let folded = folded_string(&c.to_string());
        let is_other = folded.chars().count() == 1 && !folded.starts_with(c);
        is_other.then(|| format!("{c}{folded}"))
    };
    ('\u{4E00}'..='\u{9FFF}').filter_map(fold).collect()
}

/// The characters of a text by their usual sound.
pub(super) fn by_sound(characters: &BTreeSet<char>) -> BTreeMap<String, String> {
    let mut sounds: BTreeMap<String, String> = BTreeMap::new();
    for c in characters {
        let syllables = phonetics::spelling(&c.to_string()).unwrap_or_default();
        if let [syllable] = syllables.as_slice() {
            sounds.entry(syllable.clone()).or_default().push(*c);
        }
    }
    sounds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Vocabulary;

    #[test]
    fn a_name_is_typed_from_each_word_on() {
        let analyzer = Analyzer::new(Vocabulary::built_in().unwrap());
        let sounds = sounds(&analyzer, "打印机卡纸，C盘满了");
        for typed in ["dayinjikazhi", "dyjkz", "kazhi", "kz"] {
            assert!(sounds.contains(typed), "{typed} in {sounds:?}");
        }
        assert!(sounds.iter().all(|typed| typed.chars().all(|c| c.is_ascii_lowercase())));
    }

    #[test]
    fn a_name_is_found_by_its_synonyms() {
        let analyzer = Analyzer::new(Vocabulary::built_in().unwrap());
        assert!(synonyms(&analyzer, "登录不上").contains("登陆"));
        assert!(synonyms(&analyzer, "喵").is_empty());
    }

    #[test]
    fn tables_have_what_is_typed_and_what_is_meant() {
        let pairs = simplified();
        assert!(pairs.contains("網网") && pairs.contains("機机"));
        assert!(pairs.chars().count() > 4000);
        let sounds = by_sound(&BTreeSet::from(['登', '灯', '路', 'a']));
        assert_eq!(sounds["deng"], "灯登");
        assert_eq!(sounds["lu"], "路");
    }
}
