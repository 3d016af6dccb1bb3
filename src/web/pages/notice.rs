//! The bar on top of every page while something is not as it should be.

use crate::live::{Part, Trouble};

/// Characters of the bar at most; `/status` has the rest.
const MAX_CHARS: usize = 60;

/// One line about the trouble that readers should know of first; empty when all is well.
pub(crate) fn notice(troubles: &[Trouble]) -> String {
    // That articles may be out of date matters more than why.
    let is_first = |trouble: &&Trouble| matches!(trouble.part, Part::Folder | Part::Index);
    let Some(first) = troubles.iter().find(is_first).or(troubles.first()) else {
        return String::new();
    };
    let text = shortened(&first.text);
    match troubles.len() - 1 {
        0 => text,
        n => format!("{text}另有 {n} 处异常。"),
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= MAX_CHARS {
        return text.to_owned();
    }
    text.chars().take(MAX_CHARS).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_names_what_matters_most_and_counts_the_rest() {
        let trouble = |part, text: &str| Trouble { part, text: text.to_owned() };
        let (broken, full) = (trouble(Part::Articles, "有错。"), trouble(Part::Index, "磁盘满。"));
        let table = [
            (vec![], ""),
            (vec![broken.clone()], "有错。"),
            (vec![broken, full], "磁盘满。另有 1 处异常。"),
        ];
        for (troubles, expected) in table {
            assert_eq!(notice(&troubles), expected);
        }
        let long = notice(&[trouble(Part::Index, &"长".repeat(61))]);
        assert_eq!((long.chars().count(), long.ends_with('…')), (61, true));
    }
}
