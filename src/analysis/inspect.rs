//! What editors of the vocabulary should know: more than what keeps it from being loaded.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use super::{
    Analyzer, SYNONYMS, Scanned, USER_DICT, Vocabulary, han_runs,
    vocabulary::{BUILT_IN, entries, read_if_present},
};

/// A line of a vocabulary file that is wrong or does harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The file.
    pub path: PathBuf,
    /// Line from 1; `None` when the whole file cannot be read.
    pub line: Option<usize>,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to do, in Chinese.
    pub hint: &'static str,
}

/// What [`inspect`] read and found.
#[derive(Debug, Clone, Default)]
pub struct Inspection {
    /// In the order of the files and lines.
    pub flaws: Vec<Flaw>,
    /// The files of the folder that could be read, with their texts.
    pub sources: Vec<(PathBuf, String)>,
}

/// Finds what is wrong with the vocabulary files in `dir`: lines that cannot be used, terms that
/// begin two groups of synonyms, and words that cut through their neighbours in one of `texts`
/// or in a term of the vocabulary.
///
/// Files that `dir` lacks are those built in; they count, but have no flaws of their own.
#[must_use]
pub fn inspect<'t>(dir: &Path, texts: impl Iterator<Item = &'t str>) -> Inspection {
    let mut inspection = Inspection::default();
    let mut vocabulary = Vocabulary::default();
    let mut word_lines = HashMap::new();
    for (name, built_in) in BUILT_IN {
        let path = dir.join(name);
        let text = match read_if_present(Some(dir), &path) {
            Ok(text) => text,
            Err(error) => {
                inspection.add(&path, None, error.reason, "检查文件权限、大小和编码（UTF-8）");
                None
            }
        };
        let mut file = File { path: &path, name, is_built_in: text.is_none() };
        let text = text.unwrap_or_else(|| built_in.to_owned());
        file.read(&text, &mut vocabulary, &mut word_lines, &mut inspection);
        if !file.is_built_in {
            inspection.sources.push((path, text));
        }
    }
    spoilers(vocabulary, texts, &word_lines, &mut inspection);
    inspection
}

impl Inspection {
    fn add(&mut self, path: &Path, line: Option<usize>, message: String, hint: &'static str) {
        self.flaws.push(Flaw { path: path.to_owned(), line, message, hint });
    }
}

/// The file and line of each word of the segmenter that is not built in.
type WordLines = HashMap<String, (PathBuf, usize)>;

struct File<'a> {
    path: &'a Path,
    name: &'a str,
    is_built_in: bool,
}

impl File<'_> {
    fn read(
        &mut self,
        text: &str,
        vocabulary: &mut Vocabulary,
        word_lines: &mut WordLines,
        inspection: &mut Inspection,
    ) {
        let mut groups: HashMap<String, usize> = HashMap::new();
        for (line, entry) in entries(text) {
            let (n_words, n_rules) = (vocabulary.words.len(), vocabulary.synonyms.len());
            if let Err(reason) = vocabulary.read_entry(self.name, entry) {
                inspection.add(self.path, Some(line), reason, hint(self.name));
            }
            if self.is_built_in {
                continue;
            }
            for word in vocabulary.words.iter().skip(n_words) {
                let place = || (self.path.to_owned(), line);
                word_lines.entry(word.word.clone()).or_insert_with(place);
            }
            for term in vocabulary.synonyms.iter().skip(n_rules).flat_map(|rule| &rule.from) {
                if let Some(first) = groups.insert(term.clone(), line) {
                    let message =
                        format!("“{term}”已经在第 {first} 行的一组里，这一行对它不起作用");
                    inspection.add(self.path, Some(line), message, "把两组合并，或只留一处");
                }
            }
        }
    }
}

fn hint(name: &str) -> &'static str {
    match name {
        USER_DICT => "写成：词 [频次] [词性]，用空格分开",
        SYNONYMS => "写成：首选词, 别的说法；单向写成 a => b, c",
        _ => "一行写一个词，或删掉这一行",
    }
}

/// Words of the files that cut through a neighbour: one that leaves a single character beside it
/// where the same stretch would divide into two known words, and the one with that character is
/// a word of the vocabulary. Those of general language meet by chance too often.
fn spoilers<'t>(
    vocabulary: Vocabulary,
    texts: impl Iterator<Item = &'t str>,
    word_lines: &WordLines,
    inspection: &mut Inspection,
) {
    let terms: Vec<String> = vocabulary
        .synonyms
        .iter()
        .flat_map(|rule| rule.from.iter().chain(&rule.to))
        .chain(vocabulary.words.iter().map(|word| &word.word))
        .cloned()
        .collect();
    let ours: HashSet<&str> = terms.iter().map(String::as_str).collect();
    let analyzer = Analyzer::new(vocabulary);
    let mut said = HashMap::new();
    let in_texts = texts.flat_map(|text| analyzer.cuts(text));
    for cut in in_texts.chain(terms.iter().flat_map(|term| analyzer.cuts(term))) {
        let is_ours = cut.whole().any(|word| ours.contains(word));
        if let Some(place) = word_lines.get(&cut.word).filter(|_| is_ours) {
            said.entry(cut.word.clone()).or_insert((place, cut));
        }
    }
    let mut said: Vec<_> = said.into_values().collect();
    said.sort_by_key(|(place, _)| *place);
    for ((path, line), cut) in said {
        let Cut { word, stretch, left, right, .. } = cut;
        let message =
            format!("词“{word}”把“{stretch}”切断了：本来是“{left}”和“{right}”，这两个词都会搜不准");
        inspection.add(path, Some(*line), message, "删掉这个词，或把整段也写成一个词");
    }
}

/// A word in a stretch of text that would divide into two other words.
struct Cut {
    word: String,
    stretch: String,
    left: String,
    right: String,
    /// Whether a single character is left before the word, and after it.
    singles: [bool; 2],
}

impl Cut {
    /// The words that would be whole: those with a character that is left.
    fn whole(&self) -> impl Iterator<Item = &str> {
        let [before, after] = self.singles;
        let left = before.then_some(self.left.as_str());
        left.into_iter().chain(after.then_some(self.right.as_str()))
    }
}

impl Analyzer {
    fn cuts(&self, text: &str) -> Vec<Cut> {
        let Scanned { folded, cells } = Scanned::new(text);
        let mut cuts = Vec::new();
        for (start, end) in han_runs(&cells) {
            let run: String = folded.chars[cells[start].start..cells[end - 1].end].iter().collect();
            let words: Vec<&str> =
                self.jieba.cut(&run, false).into_iter().map(|token| token.word).collect();
            for n in [2, 3] {
                cuts.extend(words.windows(n).filter_map(|stretch| self.cut_of(stretch)));
            }
        }
        cuts
    }

    /// What the word in the middle, or one of two, cuts: beside it stands a single character,
    /// and all together would be two known words.
    fn cut_of(&self, stretch: &[&str]) -> Option<Cut> {
        let is_single = |word: &&str| word.chars().count() == 1;
        let (word, singles) = match stretch {
            [before, word, after] if is_single(before) || is_single(after) => {
                (word, [is_single(before), is_single(after)])
            }
            [word, after] if is_single(after) => (word, [false, true]),
            [before, word] if is_single(before) => (word, [true, false]),
            _ => return None,
        };
        let whole = stretch.concat();
        let borders = whole.char_indices().map(|(at, _)| at).skip(2);
        let (left, right) = borders
            .filter_map(|at| whole.split_at_checked(at))
            .filter(|(_, right)| !is_single(right))
            .find(|(left, right)| self.jieba.has_word(left) && self.jieba.has_word(right))?;
        let (left, right) = (left.to_owned(), right.to_owned());
        Some(Cut { word: (*word).to_owned(), stretch: whole, left, right, singles })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaws(files: &[(&str, &str)], texts: &[&str]) -> Vec<(String, Option<usize>, String)> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs_err::write(dir.path().join(name), text).unwrap();
        }
        let inspection = inspect(dir.path(), texts.iter().copied());
        assert_eq!(inspection.sources.len(), files.len());
        let name = |flaw: &Flaw| flaw.path.file_name().unwrap().to_str().unwrap().to_owned();
        inspection.flaws.iter().map(|flaw| (name(flaw), flaw.line, flaw.message.clone())).collect()
    }

    #[test]
    fn the_built_in_files_have_no_flaws() {
        assert_eq!(flaws(&BUILT_IN, &["外网上不去", "内网能上外网不能上"]), []);
        assert_eq!(flaws(&[], &[]), []);
    }

    #[test]
    fn every_unusable_line_is_named_not_only_the_first() {
        let found = flaws(&[(SYNONYMS, "# a\n孤单\n断网, 没网\n也孤单\n")], &[]);
        let lines: Vec<_> = found.iter().map(|(_, line, _)| *line).collect();
        assert_eq!(lines, [Some(2), Some(4)], "{found:?}");
    }

    #[test]
    fn a_term_in_two_groups_is_named_with_both_lines() {
        let found = flaws(&[(SYNONYMS, "断网, 没网\n上不了网, 没網\nusb => 断网\n")], &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].1, found[0].2.contains("第 1 行")), (Some(2), true), "{found:?}");
    }

    #[test]
    fn a_word_that_cuts_through_its_neighbours_is_named_with_an_example() {
        let texts = ["数据线路慢"];
        let found = flaws(&[(USER_DICT, "线路\n据线 90000000\n")], &texts);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].0.as_str(), found[0].1), (USER_DICT, Some(2)));
        assert!(found[0].2.contains("“数据”和“线路”"), "{found:?}");
        assert_eq!(flaws(&[(USER_DICT, "线路\n")], &texts), []);
        // The stretch divides into words of general language only.
        assert_eq!(flaws(&[(USER_DICT, "交换机\n")], &["交换机变慢"]), []);
    }

    #[test]
    fn a_file_that_is_no_text_is_a_flaw_of_the_whole_file() {
        let dir = tempfile::tempdir().unwrap();
        fs_err::write(dir.path().join(SYNONYMS), b"\xff\xfe\x00").unwrap();
        let inspection = inspect(dir.path(), std::iter::empty());
        assert_eq!(inspection.flaws.len(), 1);
        assert_eq!(inspection.flaws[0].line, None);
    }
}
