//! Words of Taiwan for words of the mainland: 伺服器 for 服务器.

use std::sync::LazyLock;

use ferrous_opencc::{OpenCC, config::BuiltinConfig};

use super::{Correction, How};
use crate::{
    analysis::{Analyzer, Kind, Scanned, folded_string, is_han},
    index::Snapshot,
    search::{plan::Plan, weights},
};

/// Loaded from data in the binary; without it Traditional script is still folded, character by
/// character.
static CONVERTER: LazyLock<Option<OpenCC>> =
    LazyLock::new(|| OpenCC::from_config(BuiltinConfig::Tw2sp).ok());

/// The words of a query in Traditional script that the mainland says differently. Simplified text
/// is left alone: converting it damages more than it helps (source: the ranking experiment).
pub(super) fn correction(snapshot: &Snapshot, plan: &Plan) -> Option<Correction> {
    let is_traditional = |c: char| is_han(c) && folded_string(&c.to_string()) != c.to_string();
    if !plan.text.chars().any(is_traditional) {
        return None;
    }
    let said = Scanned::new(&CONVERTER.as_ref()?.convert(&plan.text));
    let typed = &plan.scanned;
    let (n_said, n_typed) = (said.cells.len(), typed.cells.len());
    let is_same = |i: usize, j: usize| said.text(i, i + 1) == typed.text(j, j + 1);
    let most = n_said.min(n_typed);
    let before = (0..most).take_while(|i| is_same(*i, *i)).count();
    let behind =
        (0..most - before).take_while(|i| is_same(n_said - 1 - i, n_typed - 1 - i)).count();
    if before + behind >= most {
        return None;
    }
    let analyzer = snapshot.analyzer();
    let (before, n_new) = whole_words(analyzer, &said, before, n_said - behind);
    let text = said.text(before, n_new);
    let cells = [before, n_typed - (n_said - n_new)];
    Some(Correction::new(analyzer, cells, &text, How::Regional, weights::REGIONAL))
}

/// The range of cells widened to the words it touches.
fn whole_words(analyzer: &Analyzer, said: &Scanned, start: usize, end: usize) -> (usize, usize) {
    let words = analyzer.tokens(said).into_iter().filter(|token| token.kind == Kind::Word);
    let touched = words.filter(|word| word.cell < end && word.cell + word.n_cells > start);
    touched.fold((start, end), |(from, to), word| {
        (from.min(word.cell), to.max(word.cell + word.n_cells))
    })
}
