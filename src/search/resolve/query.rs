//! The text that is searched for an alert, by one rule for all sources: its name, what its telling
//! labels say and its sentences, without the words that every alert has.

use std::collections::HashSet;

use tantivy::{Term, schema::Field};

use super::{Alert, MAX_ALERT_CHARS, words};
use crate::{
    analysis::{Kind, Scanned, is_han},
    index::{IndexError, Snapshot},
    search::{
        codes::{CODE_NAMES, cells_of_declared},
        plan::Plan,
    },
};

/// Characters of the text that is searched. Names and summaries are shorter; of a long
/// description the first sentences say what it is about.
const MAX_CHARS: usize = 240;

/// Labels whose values say what something is, in the order they are read. All others name one
/// machine, one place or one rule. Source: labels of the public mixins and exporters.
const TELLING_LABELS: &[&str] = &[
    "reason",
    "condition",
    "phase",
    "component",
    "target",
    "class",
    "service",
    "application",
    "app",
    "job",
    "area",
    "type",
    "code",
    "status_code",
];

/// Words without weight of their own in an alert: English function words, and words that nearly
/// every alert has. In a phrase that the vocabulary or an article knows they count.
const FILLER: &[&str] = &[
    "a",
    "an",
    "the",
    "this",
    "that",
    "its",
    "it",
    "of",
    "on",
    "in",
    "at",
    "to",
    "for",
    "from",
    "by",
    "with",
    "within",
    "without",
    "and",
    "or",
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "being",
    "has",
    "have",
    "had",
    "do",
    "does",
    "did",
    "not",
    "no",
    "more",
    "most",
    "less",
    "than",
    "over",
    "under",
    "above",
    "below",
    "only",
    "all",
    "any",
    "some",
    "one",
    "two",
    "out",
    "up",
    "last",
    "next",
    "now",
    "about",
    "almost",
    "likely",
    "soon",
    "can",
    "may",
    "will",
    "please",
    "due",
    "per",
    "as",
    "if",
    "when",
    "which",
    "who",
    "there",
    "too",
    "minutes",
    "minute",
    "hours",
    "hour",
    "days",
    "day",
    "seconds",
    "second",
    "time",
    "value",
    "values",
    "current",
    "currently",
    "rate",
    "percent",
    "threshold",
    "instance",
    "instances",
    "alert",
    "alerts",
    "alerting",
    "prometheus",
    "exporter",
    "metrics",
    "metric",
    "labels",
    "job",
    "problem",
    "summary",
    "description",
    "warning",
    "critical",
    "severity",
    "average",
    "trigger",
    "event",
    "events",
    "started",
    "original",
    "operational",
    "kube",
];

/// The text that is searched for an alert; empty when it says nothing.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn text(snapshot: &Snapshot, alert: &Alert) -> Result<String, IndexError> {
    let is_word = |word: &str| has(snapshot, snapshot.fields().flat(Kind::Latin), word);
    let name: String = alert.name.chars().take(MAX_ALERT_CHARS).collect();
    let mut telling = vec![name];
    telling.extend(labels(alert));
    let mut said = Said::default();
    for text in &telling {
        said.add(snapshot, &words::of_text(text, &is_word).join(" "), &|_| true)?;
    }
    // Sentences of a language that no article is written in say little by their other words.
    let is_name = |word: &str| names(snapshot, word);
    for text in &alert.texts {
        said.add(snapshot, &words::of_text(text, &is_word).join(" "), &is_name)?;
    }
    Ok(said.text.chars().take(MAX_CHARS).collect())
}

/// Whether a term stands in a field of some article.
fn has(snapshot: &Snapshot, field: Field, text: &str) -> bool {
    let term = Term::from_field_text(field, text);
    snapshot.searcher().doc_freq(&term).is_ok_and(|n| n > 0)
}

/// Whether a word is the name of something: it stands in a title or names a system.
fn names(snapshot: &Snapshot, word: &str) -> bool {
    let fields = snapshot.fields();
    has(snapshot, fields.title(Kind::Latin), word) || has(snapshot, fields.system, word)
}

/// A name of a rule as words, for a search box: `NodeFilesystemFull` is `Node Filesystem Full`.
#[must_use]
pub fn spoken(name: &str) -> String {
    let name: String = name.chars().take(MAX_ALERT_CHARS).collect();
    let words = words::of_name(&name, &|_| false).join(" ");
    if words.is_empty() { name } else { words }
}

/// The values of labels that say something; a code with the word that makes it one.
fn labels(alert: &Alert) -> impl Iterator<Item = String> {
    let labels = TELLING_LABELS.iter().filter_map(|label| alert.labels.get_key_value(*label));
    labels.map(|(label, value)| match label.ends_with("code") {
        true => format!("code {value}"),
        false => value.clone(),
    })
}

/// What has been said so far, each thing once.
#[derive(Default)]
struct Said {
    text: String,
    seen: HashSet<String>,
}

impl Said {
    /// Adds what a text says: declared codes as they are, what the vocabulary can say in Chinese
    /// in Chinese, Chinese as it is, and of the other words those that `is_wanted` takes.
    fn add(
        &mut self,
        snapshot: &Snapshot,
        text: &str,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Result<(), IndexError> {
        let plan = Plan::new(snapshot.analyzer(), text);
        let coded = cells_of_declared(snapshot, &plan)?;
        let mut at = 0;
        while let Some(cell) = plan.scanned.cells.get(at) {
            let word = plan.scanned.text(at, at + 1);
            if coded[at] || cell.han {
                self.push(&plan.typed(at, at + 1), cell.han, cell.han && cell.joined);
            } else if let Some((end, chinese)) = in_chinese(snapshot, &plan, at) {
                self.push(chinese, false, false);
                at = end;
                continue;
            } else if says_something(&plan.scanned, at, &word) && is_wanted(&word) {
                self.push(&plan.typed(at, at + 1), false, false);
            }
            at += 1;
        }
        Ok(())
    }

    /// Adds a word unless it was said; single characters of Chinese may always be said again.
    fn push(&mut self, word: &str, may_repeat: bool, is_joined: bool) {
        if !may_repeat && !self.seen.insert(word.to_lowercase()) {
            return;
        }
        if !is_joined && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(word);
    }
}

/// What the vocabulary says in Chinese for the longest phrase that begins at a cell, with the cell
/// behind it. What names something stays as it is.
fn in_chinese<'p>(snapshot: &Snapshot, plan: &'p Plan, at: usize) -> Option<(usize, &'p str)> {
    let here = plan.concepts.iter().filter(|concept| concept.start == at);
    let concept = here.max_by_key(|concept| concept.end)?;
    let is_one = concept.end == at + 1;
    if is_one && names(snapshot, &plan.scanned.text(at, at + 1)) {
        return None;
    }
    let mut said = concept.alternatives.iter().map(|alternative| alternative.text.as_str());
    let chinese = said.find(|text| text.chars().any(is_han))?;
    Some((concept.end, chinese))
}

/// Whether a Latin cell is neither filler nor a number that nothing calls a code.
fn says_something(scanned: &Scanned, at: usize, word: &str) -> bool {
    if scanned.cells[at].is_number(&scanned.folded) {
        let before = at.checked_sub(1).map(|before| scanned.text(before, at));
        return before.is_some_and(|before| CODE_NAMES.contains(&before.as_str()));
    }
    !FILLER.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_spoken_as_words() {
        let table = [
            ("NodeFilesystemFull", "Node Filesystem Full"),
            ("磁盘满了", "磁盘满了"),
            ("10.0.0.1", "10.0.0.1"),
        ];
        for (name, expected) in table {
            assert_eq!(spoken(name), expected);
        }
    }

    #[test]
    fn labels_that_name_one_machine_say_nothing() {
        let all = [("instance", "10.0.0.1:9100"), ("pod", "x-1"), ("job", "mysql")];
        let all = all.map(|(label, value)| (label.to_owned(), value.to_owned()));
        let alert = Alert { labels: all.into(), ..Alert::default() };
        assert_eq!(labels(&alert).collect::<Vec<_>>(), ["mysql"]);
    }

    #[test]
    fn the_lists_have_each_word_once_and_as_it_is_compared() {
        for list in [TELLING_LABELS, FILLER] {
            let different: HashSet<_> = list.iter().collect();
            assert_eq!(different.len(), list.len());
            assert!(list.iter().all(|word| *word == word.to_lowercase()));
        }
    }
}
