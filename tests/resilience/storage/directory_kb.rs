//! A knowledge base in this process, of which it is known what every search must give.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiuji::{
    analysis::{Analyzer, Vocabulary},
    index::{Disk, Snapshot},
    kb::Root,
    live::{Live, LiveError, Options, Seams},
    search::{Query, search},
};
use time::macros::date;

use crate::{
    dice::Dice,
    product::{Place, eventually},
};

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);
/// First wait before a failed update is tried again.
const FIRST_RETRY: Duration = Duration::from_millis(20);

/// Articles `a0.md`, `a1.md` and so on, each with a word of its own.
pub(super) struct Articles {
    pub(super) place: Place,
    pub(super) words: Vec<String>,
    /// Every text that was ever written.
    pub(super) texts: BTreeSet<String>,
}

/// The text of the article of a word.
pub(super) fn text(word: &str) -> String {
    format!("---\ntitle: {word}故障\n---\n\n## 应急策略\n\n1. 先看{word}。\n")
}

impl Articles {
    pub(super) fn new(n: usize, dice: &mut Dice) -> Self {
        let (place, texts) = (Place::new(), BTreeSet::new());
        let mut articles = Self { place, words: Vec::new(), texts };
        fs_err::create_dir(articles.vocabulary()).unwrap();
        for n in 0..n {
            articles.words.push(String::new());
            articles.edit(n, dice);
        }
        articles
    }

    /// Gives an article a new word.
    pub(super) fn edit(&mut self, n: usize, dice: &mut Dice) {
        let word = dice.word();
        let text = text(&word);
        self.place.write(&format!("a{n}.md"), &text);
        self.texts.insert(text);
        self.words[n] = word;
    }

    pub(super) fn options(&self, index: PathBuf, watch: bool) -> Options {
        let root = Root::new(self.place.kb()).unwrap();
        Options { root, index, vocabulary: Some(self.vocabulary()), watch, program: None }
    }

    fn vocabulary(&self) -> PathBuf {
        self.place.path().join("words")
    }

    /// Writes the synonyms of the vocabulary.
    pub(super) fn place_words(&self, synonyms: &str) {
        fs_err::write(self.vocabulary().join("synonyms.txt"), synonyms).unwrap();
    }

    /// Serves with the index on this disk, in the usual folder.
    pub(super) fn serve(&self, disk: impl Disk + 'static) -> Result<Live, LiveError> {
        Live::start_with(self.options(self.place.index(), true), self.seams(disk))
    }

    /// The product on this disk, impatient.
    pub(super) fn seams(&self, disk: impl Disk + 'static) -> Seams {
        let analyzer = Some(analyzer(&self.vocabulary()));
        Seams { disk: Arc::new(disk), first_retry: FIRST_RETRY, analyzer, ..Seams::default() }
    }

    /// Waits until everything is found as it was written last; what is wrong, if that never
    /// happens.
    pub(super) fn is_served(&self, live: &Live) -> Result<Duration, String> {
        let mut wrong = String::new();
        let took = eventually(PATIENCE, || {
            let outcome = self.is_shown(&live.snapshot());
            wrong = outcome.err().unwrap_or_default();
            wrong.is_empty()
        });
        took.ok_or(wrong)
    }

    /// Whether a snapshot has all articles as they were written last, and nothing else.
    pub(super) fn is_shown(&self, snapshot: &Snapshot) -> Result<(), String> {
        let n_articles = snapshot.n_articles();
        if n_articles != self.words.len() {
            return Err(format!("{n_articles} articles"));
        }
        for (n, word) in self.words.iter().enumerate() {
            let id = format!("a{n}");
            let stored = snapshot.article(&id).map_err(|error| format!("{id}: {error}"))?;
            let source = stored.map(|stored| stored.source.to_string()).unwrap_or_default();
            if source != text(word) {
                return Err(format!("{id} is {source:?} and not of {word}"));
            }
            let found = found(snapshot, word)?;
            if found.first() != Some(&id) {
                return Err(format!("{word} finds {found:?} and not {id}"));
            }
        }
        Ok(())
    }

    /// Whether all that a snapshot has was written at some time: an older state is no lie.
    pub(super) fn is_no_lie(&self, snapshot: &Snapshot) -> Result<(), String> {
        let articles = snapshot.articles().map_err(|error| error.to_string())?;
        if articles.len() != snapshot.n_articles() {
            return Err(format!("{} of {} articles", articles.len(), snapshot.n_articles()));
        }
        for stored in articles {
            let (id, source) = (&stored.article.id, stored.source.to_string());
            if !self.texts.contains(&source) {
                return Err(format!("{id} is {source:?}, which nobody wrote"));
            }
            let word = stored.article.title.trim_end_matches("故障");
            let found = found(snapshot, word)?;
            if found.first() != Some(id) {
                return Err(format!("{word} finds {found:?} and not {id}"));
            }
        }
        Ok(())
    }
}

/// The analyzer of the vocabulary in a folder, made once.
fn analyzer(vocabulary: &Path) -> Arc<Analyzer> {
    static MADE: Mutex<BTreeMap<String, Arc<Analyzer>>> = Mutex::new(BTreeMap::new());
    let vocabulary = Vocabulary::load(Some(vocabulary)).unwrap();
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let analyzer = made.entry(vocabulary.fingerprint.clone());
    Arc::clone(analyzer.or_insert_with(|| Arc::new(Analyzer::new(vocabulary))))
}

/// Ids found for a word, best first; none where the hits are only what may help instead.
pub(super) fn found(snapshot: &Snapshot, word: &str) -> Result<Vec<String>, String> {
    let query = Query::new(word, date!(2026 - 11 - 23)).map_err(|error| error.to_string())?;
    let answer = search(snapshot, &query).map_err(|error| error.to_string())?;
    if answer.total == 0 {
        return Ok(Vec::new());
    }
    Ok(answer.hits.into_iter().map(|hit| hit.card.id).collect())
}

/// Waits until the index is on disk, how long that took; how it is instead, if it never is.
pub(super) fn is_saved(live: &Live) -> Result<Duration, String> {
    let is_well = || {
        let status = live.status();
        status.index.unsaved.is_none() && status.last_error.is_none()
    };
    eventually(PATIENCE, is_well).ok_or_else(|| format!("{:?}", live.status()))
}

/// Time since `begin`, for the worst figure.
pub(super) fn worst_of(worst: &mut Duration, begin: Instant) {
    *worst = begin.elapsed().max(*worst);
}
