//! Text of any script: tokens, places, snippets, and that a piece finds the whole.

use jiuji::{
    analysis::searchable_chars,
    article,
    index::Snapshot,
    search::{Query, match_set, search},
};
use time::macros::date;

use super::{is_timed, shown, targets, tried};
use crate::{
    dice::Dice,
    scenario::{Outcome, Run, Scenario},
};

/// Texts.
const TEXTS: usize = 100_000;
/// Articles of one index.
const BATCH: usize = 500;
/// Fewest searchable characters of a piece that must find its article.
const MIN_SEARCHABLE: usize = 2;
/// Longest piece, in characters.
const MAX_PIECE: usize = 40;
/// Blocks with rules of their own: first and last character.
const BLOCKS: &[(u32, u32)] = &[
    (0x20, 0x7e),       // ASCII
    (0x4e00, 0x9fff),   // Chinese
    (0xa0, 0x24f),      // Latin
    (0x300, 0x36f),     // combining marks
    (0x370, 0x52f),     // Greek, Cyrillic
    (0x590, 0x6ff),     // Hebrew, Arabic
    (0xe00, 0xe7f),     // Thai
    (0x1100, 0x11ff),   // Hangul in pieces
    (0x1e00, 0x1fff),   // Latin and Greek with marks
    (0x2000, 0x206f),   // spaces, joiners, marks of direction
    (0x2070, 0x218b),   // superscripts, letters, numbers
    (0x2460, 0x24ff),   // circled
    (0x2e80, 0x2fdf),   // radicals
    (0x3040, 0x30ff),   // Japanese
    (0x3200, 0x33ff),   // squared words
    (0xac00, 0xd7a3),   // Hangul
    (0xf900, 0xfaff),   // compatibility ideographs
    (0xfb00, 0xfdff),   // ligatures
    (0xfe00, 0xfe6f),   // variation selectors, small forms
    (0xff00, 0xffef),   // full width
    (0x1d400, 0x1d7ff), // mathematical
    (0x1f300, 0x1faff), // pictures
    (0x20000, 0x2fa1f), // rare ideographs
    (0, 0x10ffff),      // everything
];

pub(super) const Q5: Scenario = Scenario {
    id: "Q5",
    injects: "texts of all of Unicode, mixed from 24 blocks, as articles, and pieces of them as \
              queries",
    expects: "tokens in order, in range and on characters; every piece of two or more searchable \
              characters finds its article; snippets stand in the article word for word",
    broken: "no pairs of characters of the body in the index",
    play: analysis,
};

fn analysis(run: &Run) -> Outcome {
    let mut dice = Dice::of("Q5");
    let n_texts = if is_timed(run) { run.count(TEXTS) } else { run.count(TEXTS) / 10 };
    let mut failures = Vec::new();
    let mut n_pieces = 0;
    for _ in 0..n_texts.div_ceil(BATCH) {
        let texts: Vec<String> = (0..BATCH).map(|_| text(&mut dice)).collect();
        for text in &texts {
            let (_, panic) = tried(&shown(text), || targets::analyzer(text.as_bytes()));
            failures.extend(panic);
        }
        let (_, panic) = tried("index", || {
            let (tried, lost) = lost(&texts, &mut dice);
            n_pieces += tried;
            failures.extend(lost);
        });
        failures.extend(panic);
    }
    let count = n_texts.div_ceil(BATCH) * BATCH;
    let n_lost = failures.len();
    Outcome::new(count).failures(failures).worst(format!("{n_lost} of {n_pieces} pieces lost"))
}

/// Runs of characters, each from one block.
fn text(dice: &mut Dice) -> String {
    let n_runs = dice.between(1, 6);
    let run = |dice: &mut Dice| -> String {
        let (first, last) = *dice.pick(BLOCKS);
        let n_chars = dice.between(1, 20);
        let any = (0..n_chars)
            .filter_map(|_| char::from_u32(first + dice.below((last - first + 1) as usize) as u32));
        any.collect()
    };
    (0..n_runs).map(|_| run(dice)).collect()
}

/// How many pieces were looked for, and what was not found or not shown as it stands.
fn lost(texts: &[String], dice: &mut Dice) -> (usize, Vec<String>) {
    let sources: Vec<(String, String)> = texts
        .iter()
        .enumerate()
        .map(|(n, text)| (format!("a{n}.md"), format!("# 标题 {n}\n\n{text}\n")))
        .collect();
    let pairs: Vec<(&str, &str)> = sources.iter().map(|(path, text)| (&**path, &**text)).collect();
    let snapshot = targets::searching::build(&pairs).unwrap();
    let mut n_pieces = 0;
    let mut lost = Vec::new();
    for (path, source) in pairs {
        let article = article::parse(path, source).unwrap().article;
        let texts: Vec<&str> = article.sections.iter().map(|section| &*section.text).collect();
        let Some(piece) = piece(&texts, dice) else { continue };
        n_pieces += 1;
        if !match_set(&snapshot, &piece).unwrap().contains(&article.id) {
            lost.push(format!("{piece:?} does not find {source:?}"));
        }
        lost.extend(misquoted(&snapshot, &piece));
    }
    (n_pieces, lost)
}

/// A stretch of one of the texts with enough to search for.
fn piece(texts: &[&str], dice: &mut Dice) -> Option<String> {
    let texts: Vec<_> = texts.iter().filter(|text| !text.is_empty()).collect();
    if texts.is_empty() {
        return None;
    }
    let chars: Vec<char> = dice.pick(&texts).chars().collect();
    let start = dice.below(chars.len());
    let n_chars = dice.between(1, MAX_PIECE);
    let piece: String = chars.iter().skip(start).take(n_chars).collect();
    (searchable_chars(&piece).len() >= MIN_SEARCHABLE).then_some(piece)
}

/// Hits whose snippet does not stand in their article; line ends are shown as spaces.
fn misquoted(snapshot: &Snapshot, piece: &str) -> Vec<String> {
    let answer = search(snapshot, &Query::cut(piece, date!(2026 - 11 - 23))).unwrap();
    let hits = answer.hits.iter().inspect(|hit| targets::searching::assert_consistent(hit));
    let wrong = hits.filter_map(|hit| {
        let snippet = hit.snippet.as_ref()?;
        let article = snapshot.article(&hit.card.id).unwrap()?.article;
        let mut texts = article.sections.iter().map(|section| section.text.replace('\n', " "));
        let stands = texts.any(|text| text.contains(&snippet.text));
        (!stands).then(|| format!("{piece:?}: {:?} is not in {}", snippet.text, hit.card.id))
    });
    wrong.collect()
}
