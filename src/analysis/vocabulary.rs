//! The vocabulary: words of the trade, synonyms and words without weight of their own.
//!
//! Each list is a plain text file that people edit. A file in the vocabulary folder replaces the
//! built-in file of that name; the others stay.

use std::path::{Path, PathBuf};

use super::fold::{folded_string, is_han, is_searchable};

/// File name of the user dictionary.
pub const USER_DICT: &str = "user_dict.txt";
/// File name of the synonyms.
pub const SYNONYMS: &str = "synonyms.txt";
/// File name of the stop words.
pub const STOP_WORDS: &str = "stop_words.txt";

/// The vocabulary files that are part of the program: file name and text.
pub const BUILT_IN: [(&str, &str); 3] = [
    (USER_DICT, include_str!("../../index/user_dict.txt")),
    (SYNONYMS, include_str!("../../index/synonyms.txt")),
    (STOP_WORDS, include_str!("../../index/stop_words.txt")),
];

/// Longest vocabulary file, in bytes.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// Synonym terms of this many Chinese characters are words for the segmenter too.
/// Source: the ranking experiment, kind W.
const WORD_CHARS: std::ops::RangeInclusive<usize> = 2..=4;

/// A line of a vocabulary file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}：{reason}", path.display())]
pub struct VocabularyError {
    /// The file.
    pub path: PathBuf,
    /// Line from 1; 0 when the whole file cannot be read.
    pub line: usize,
    /// What is wrong and what was expected, in Chinese.
    pub reason: String,
}

/// A word for the segmenter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DictWord {
    /// The word, folded, Chinese characters only.
    pub word: String,
    /// How often it occurs; `None` lets the segmenter choose one that keeps the word whole.
    pub frequency: Option<usize>,
}

/// Terms that are searched for one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynonymRule {
    /// Terms that trigger the rule, folded.
    pub from: Vec<String>,
    /// Terms that are searched besides, folded, as they are shown.
    pub to: Vec<String>,
}

/// Everything editable that shapes retrieval, read and checked.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// Words for the segmenter.
    pub words: Vec<DictWord>,
    /// Synonym rules.
    pub synonyms: Vec<SynonymRule>,
    /// Words without weight of their own, folded.
    pub stop_words: Vec<String>,
    /// BLAKE3 of all files as used, lower-case hex.
    pub fingerprint: String,
}

impl Vocabulary {
    /// The vocabulary that is part of the program.
    ///
    /// # Errors
    /// Never for a released program: a test reads the built-in files.
    pub fn built_in() -> Result<Self, VocabularyError> {
        Self::load(None)
    }

    /// Reads the vocabulary, each file from `dir` if it is there, else the built-in one.
    ///
    /// # Errors
    /// The first line that cannot be used, or a file that cannot be read.
    pub fn load(dir: Option<&Path>) -> Result<Self, VocabularyError> {
        let mut hasher = blake3::Hasher::new();
        let mut vocabulary = Self::default();
        for (name, built_in) in BUILT_IN {
            let path = dir.map_or_else(|| PathBuf::from(name), |dir| dir.join(name));
            let text = read_if_present(dir, &path)?.unwrap_or_else(|| built_in.to_owned());
            hasher.update(name.as_bytes()).update(text.as_bytes());
            for (line, entry) in entries(&text) {
                let read = vocabulary.read_entry(name, entry);
                read.map_err(|reason| VocabularyError { path: path.clone(), line, reason })?;
            }
        }
        vocabulary.fingerprint = hasher.finalize().to_hex().to_string();
        Ok(vocabulary)
    }

    /// Takes in one entry of the file called `name`, or says what was expected.
    pub(super) fn read_entry(&mut self, name: &str, entry: &str) -> Result<(), String> {
        match name {
            USER_DICT => self.read_word(entry),
            SYNONYMS => self.read_synonyms(entry),
            _ => self.read_stop_word(entry),
        }
    }

    /// `词 [频次] [词性]`
    fn read_word(&mut self, line: &str) -> Result<(), String> {
        let mut columns = line.split_whitespace();
        let word = folded_string(columns.next().unwrap_or_default());
        let frequency = match columns.next() {
            Some(number) if number.bytes().all(|b| b.is_ascii_digit()) => {
                Some(number.parse().map_err(|_| format!("频次“{number}”太大"))?)
            }
            _ => None,
        };
        if columns.count() > 1 {
            return Err("每行最多三列：词、频次、词性".to_owned());
        }
        self.add_word(word, frequency);
        Ok(())
    }

    /// `a, b, c` both ways, or `a => b, c` one way.
    fn read_synonyms(&mut self, line: &str) -> Result<(), String> {
        let (from, to, one_way) = match line.split_once("=>") {
            Some((from, to)) => (terms(from), terms(to), true),
            None => (terms(line), terms(line), false),
        };
        let needed = if one_way { 1 } else { 2 };
        if from.is_empty() || to.len() < needed {
            return Err("一组同义词至少两个词，用英文逗号分隔；单向写成 a => b, c".to_owned());
        }
        for term in from.iter().chain(&to) {
            let n_chars = term.chars().count();
            if WORD_CHARS.contains(&n_chars) && term.chars().all(is_han) {
                self.add_word(term.clone(), None);
            }
        }
        self.synonyms.push(SynonymRule { from, to });
        Ok(())
    }

    fn read_stop_word(&mut self, line: &str) -> Result<(), String> {
        let word = folded_string(line);
        if !word.chars().any(is_searchable) {
            return Err("停用词里至少要有一个字、字母或数字".to_owned());
        }
        self.stop_words.push(word);
        Ok(())
    }

    /// Mixed words such as `U盘` need no entry: the segmenter only ever sees Chinese runs.
    fn add_word(&mut self, word: String, frequency: Option<usize>) {
        if word.chars().count() >= 2 && word.chars().all(is_han) {
            self.words.push(DictWord { word, frequency });
        }
    }
}

/// The lines of a vocabulary file that are no comments, with their numbers from 1.
pub(super) fn entries(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let line = |line| str::trim(line).trim_start_matches('\u{feff}');
    let is_entry = |(_, line): &(usize, &str)| !line.is_empty() && !line.starts_with('#');
    (1..).zip(text.lines().map(line)).filter(is_entry)
}

fn terms(list: &str) -> Vec<String> {
    list.split([',', '，'])
        .map(|term| folded_string(term.trim()))
        .filter(|term| term.chars().any(is_searchable))
        .collect()
}

/// The text of a file in the folder, if there is one.
pub(super) fn read_if_present(
    dir: Option<&Path>,
    path: &Path,
) -> Result<Option<String>, VocabularyError> {
    if dir.is_none() {
        return Ok(None);
    }
    let fail = |reason: String| VocabularyError { path: path.to_owned(), line: 0, reason };
    let metadata = match fs_err::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(format!("读不了：{error}"))),
    };
    if metadata.len() > MAX_FILE_BYTES {
        return Err(fail(format!("文件超过 {MAX_FILE_BYTES} 字节")));
    }
    let text = fs_err::read_to_string(path).map_err(|error| fail(format!("读不了：{error}")))?;
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(name: &str, text: &str) -> Result<Vocabulary, VocabularyError> {
        let dir = tempfile::tempdir().unwrap();
        fs_err::write(dir.path().join(name), text).unwrap();
        Vocabulary::load(Some(dir.path()))
    }

    #[test]
    fn the_built_in_files_are_valid_and_not_empty() {
        let vocabulary = Vocabulary::built_in().unwrap();
        assert!(vocabulary.words.len() > 500, "{}", vocabulary.words.len());
        assert!(vocabulary.synonyms.len() > 100, "{}", vocabulary.synonyms.len());
        assert!(vocabulary.stop_words.iter().any(|word| word == "怎么办"));
    }

    #[test]
    fn a_file_in_the_folder_replaces_the_built_in_one() {
        let vocabulary = load(STOP_WORDS, "# 注释\n拜托\n").unwrap();
        assert_eq!(vocabulary.stop_words, ["拜托"]);
        assert!(!vocabulary.synonyms.is_empty());
        assert_ne!(vocabulary.fingerprint, Vocabulary::built_in().unwrap().fingerprint);
    }

    #[test]
    fn words_may_carry_a_frequency_and_a_tag() {
        let vocabulary = load(USER_DICT, "堡垒机 300 n\n開不了機\nU盘\n").unwrap();
        let words: Vec<_> = vocabulary.words.iter().take(2).collect();
        assert_eq!((words[0].word.as_str(), words[0].frequency), ("堡垒机", Some(300)));
        assert_eq!((words[1].word.as_str(), words[1].frequency), ("开不了机", None));
    }

    #[test]
    fn synonyms_go_both_ways_or_one() {
        let vocabulary = load(SYNONYMS, "宕机, 挂了\nUSB => U盘\n").unwrap();
        assert_eq!(vocabulary.synonyms[0].from, ["宕机", "挂了"]);
        assert_eq!(vocabulary.synonyms[1].from, ["usb"]);
        assert_eq!(vocabulary.synonyms[1].to, ["u盘"]);
    }

    #[test]
    fn an_error_names_file_line_and_what_was_expected() {
        let error = load(SYNONYMS, "宕机, 挂了\n\n孤单\n").unwrap_err();
        assert_eq!(error.line, 3);
        assert!(error.to_string().contains("synonyms.txt:3：一组同义词至少两个词"), "{error}");
    }
}
