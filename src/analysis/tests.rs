use proptest::prelude::*;

use super::*;

fn analyzer() -> &'static Analyzer {
    static ANALYZER: std::sync::LazyLock<Analyzer> =
        std::sync::LazyLock::new(|| Analyzer::new(Vocabulary::built_in().unwrap()));
    &ANALYZER
}

fn texts(kind: Kind, text: &str) -> Vec<String> {
    let tokens = analyzer().tokens(&Scanned::new(text));
    tokens.into_iter().filter(|t| t.kind == kind).map(|t| t.text).collect()
}

#[test]
fn words_are_segmented_for_search() {
    for (text, expected) in [
        ("硬盘损坏导致", vec!["硬盘", "损坏", "导致"]),
        ("登錄異常", vec!["登录", "异常"]),
        ("堡垒机连不上", vec!["堡垒机", "连不上"]),
    ] {
        let words = texts(Kind::Word, text);
        for word in expected {
            assert!(words.iter().any(|w| w == word), "{word} in {words:?}");
        }
    }
}

#[test]
fn pairs_touch_and_a_run_of_one_is_itself_too() {
    assert_eq!(
        texts(Kind::Bigram, "硬盘坏，换win盘"),
        ["硬盘", "盘坏", "换", "换win", "win盘", "盘"]
    );
}

#[test]
fn tokens_carry_cells_and_original_places() {
    let scanned = Scanned::new("ＨＴＴＰ　５０２错误");
    let tokens = analyzer().tokens(&scanned);
    let error = tokens.iter().find(|t| t.text == "错误").unwrap();
    assert_eq!((error.cell, error.n_cells), (2, 2));
    assert_eq!(scanned.origin(error.cell, error.cell + error.n_cells), [8, 10]);
    let http = tokens.iter().find(|t| t.text == "http").unwrap();
    assert_eq!(scanned.origin(http.cell, http.cell + 1), [0, 4]);
}

#[test]
fn grams_cross_runs_and_skip_punctuation() {
    assert_eq!(grams("硬盘，C盘"), ["c盘", "盘c", "硬盘"]);
}

#[test]
fn filler_and_synonyms_are_found_by_cell() {
    let scanned = Scanned::new("请问登陆异常怎么办");
    assert_eq!(
        analyzer().filler(&scanned),
        [true, true, false, false, false, false, true, true, true]
    );
    let synonyms = analyzer().synonyms(&scanned);
    let (occurrence, others) = &synonyms[0];
    assert_eq!((occurrence.start, occurrence.end), (2, 4));
    assert!(others.contains(&"登录"), "{others:?}");
}

proptest! {
    #[test]
    fn every_token_is_a_range_of_its_text(text in "\\PC{0,60}") {
        let scanned = Scanned::new(&text);
        let n_chars = text.chars().count();
        let mut previous = (0, 0);
        for token in analyzer().tokens(&scanned) {
            prop_assert!(token.n_cells >= 1);
            prop_assert!(token.cell + token.n_cells <= scanned.cells.len());
            prop_assert!((token.cell, token.n_cells) >= previous);
            previous = (token.cell, token.n_cells);
            let [start, end] = scanned.origin(token.cell, token.cell + token.n_cells);
            prop_assert!(start < end && end <= n_chars);
            if matches!(token.kind, Kind::Word | Kind::Bigram | Kind::Unigram | Kind::Latin) {
                prop_assert_eq!(scanned.text(token.cell, token.cell + token.n_cells), token.text);
            }
        }
    }

    #[test]
    fn a_piece_has_only_grams_of_the_whole(
        text in "[a-zA-Z0-9硬盘坏了登錄，。 _é①℃\u{301}-]{2,40}",
        from in 0usize..40,
        n in 2usize..12,
    ) {
        let piece: String = text.chars().skip(from).take(n).collect();
        let whole = grams(&text);
        for gram in grams(&piece) {
            prop_assert!(whole.contains(&gram), "{gram}");
        }
    }
}
