//! Words typed by initials, whole syllables, or a mixture of both.

use super::{parse::is_syllable, readings::sounds};
use crate::analysis::is_han;

/// Ways to cut one run of letters that are kept at most.
const MAX_CUTS: usize = 64;
/// Characters of an abbreviated word.
const CHARS: std::ops::RangeInclusive<usize> = 2..=8;
/// Longest syllable, in letters.
const LONGEST: usize = 6;

/// The ways to read letters as one syllable or initial a character, those of the most characters
/// first: `dyj` is `d y j`; `cpmle` is `c p m l e` or `c p m le`.
#[must_use]
pub fn abbreviations(letters: &str) -> Vec<Vec<&str>> {
    let mut cuts = Vec::new();
    cut(letters, &mut Vec::new(), &mut cuts);
    cuts.retain(|cut| CHARS.contains(&cut.len()));
    cuts.sort_by_key(|cut| std::cmp::Reverse(cut.len()));
    cuts
}

fn cut<'l>(rest: &'l str, before: &mut Vec<&'l str>, cuts: &mut Vec<Vec<&'l str>>) {
    if rest.is_empty() {
        cuts.push(before.clone());
        return;
    }
    for length in 1..=LONGEST.min(rest.len()) {
        let Some((head, tail)) = rest.split_at_checked(length) else { continue };
        let is_whole = length == 1 || matches!(head, "zh" | "ch" | "sh") || is_syllable(head);
        if is_whole && before.len() < *CHARS.end() && cuts.len() < MAX_CUTS {
            before.push(head);
            cut(tail, before, cuts);
            before.pop();
        }
    }
}

/// Whether each part begins the sound of the character in its place.
#[must_use]
pub fn is_abbreviation(parts: &[&str], word: &str) -> bool {
    spelling(word).is_some_and(|sound| {
        let begins = |(part, sound): (&&str, &String)| {
            // A part of several letters is all of its syllable, or `zh`, `ch`, `sh`.
            part.len() == 1 && sound.starts_with(part)
                || sound == part
                || matches!(*part, "zh" | "ch" | "sh") && sound.starts_with(part)
        };
        sound.len() == parts.len() && parts.iter().zip(&sound).all(begins)
    })
}

/// The usual sound of a folded word, one entry a character; single Latin letters, as in C盘,
/// stand for themselves. `None` for anything else.
#[must_use]
pub fn spelling(word: &str) -> Option<Vec<String>> {
    let mut spelling = Vec::new();
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        if is_han(c) {
            let end = rest.find(|c| !is_han(c)).unwrap_or(rest.len());
            let (run, behind) = rest.split_at_checked(end)?;
            spelling.extend(sounds(run).into_iter().next()?.into_iter().map(str::to_owned));
            rest = behind;
        } else {
            c.is_ascii_lowercase().then(|| spelling.push(c.to_string()))?;
            rest = rest.strip_prefix(c)?;
        }
    }
    Some(spelling)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_cut_into_initials_and_syllables() {
        let joined: Vec<String> = abbreviations("cpmle").iter().map(|cut| cut.join(" ")).collect();
        assert_eq!(joined, ["c p m l e", "c p m le"]);
        assert!(abbreviations("x").is_empty());
        assert!(abbreviations(&"a".repeat(40)).len() <= MAX_CUTS);
    }

    #[test]
    fn parts_stand_for_the_characters_in_their_place() {
        for (parts, word, expected) in [
            (vec!["d", "y", "j"], "打印机", true),
            (vec!["c", "p", "m", "le"], "c盘满了", true),
            (vec!["zh", "s", "d"], "账锁定", true),
            (vec!["d", "yin"], "打印机", false),
            (vec!["d", "in"], "打印", false),
        ] {
            assert_eq!(is_abbreviation(&parts, word), expected, "{parts:?} {word}");
        }
    }
}
