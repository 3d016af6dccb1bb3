//! The recall floor: whatever piece of an article somebody types, the article is found.
//!
//! The pieces are cut at random from the shipped knowledge base and, where `JIUJI_EVAL_DIR`
//! names a folder of collections (`../shared/eval` is tried), from those.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use aho_corasick::AhoCorasick;
use jiuji::{
    analysis::searchable_chars,
    article::{Article, Status},
    index::Snapshot,
    kb::Root,
    live::{Options, open_snapshot},
    search::{MAX_QUERY_CHARS, Query, match_set, search},
};

use crate::{
    dice::Dice,
    driver::{Place, TODAY, shipped_kb},
};

/// Substrings, over all collections.
const SUBSTRINGS: usize = 10_000;
/// Sentences, over all collections.
const SENTENCES: usize = 500;
/// Characters of a substring.
const SUBSTRING_CHARS: (usize, usize) = (2, 12);
/// Fewest letters, digits or Chinese characters of a substring.
const MIN_SEARCHABLE: usize = 2;
/// The same for a substring that must rank well, when no other article has it.
const MIN_RANKED: usize = 4;
/// The same for a sentence.
const MIN_SENTENCE: usize = 12;
/// Name of the shipped knowledge base.
const SHIPPED: &str = "kb";
/// Collections of the folder of collections.
const COLLECTIONS: [&str; 2] = ["opseval_zh", "stard_law"];
/// Lowest shares of unique substrings in the first three, and of sentences first. The shipped
/// articles are written to one model, with much the same phrases: they resemble each other more
/// than manuals do, so they have floors of their own, whichever collections are there.
const SHIPPED_FLOORS: (f64, f64) = (0.99, 0.965);
const FOREIGN_FLOORS: (f64, f64) = (0.995, 0.99);
/// Failures that are printed.
const SHOWN: usize = 40;

/// A knowledge base, built once for all tests.
struct Collection {
    name: String,
    snapshot: Snapshot,
    articles: Vec<Article>,
    /// For each article all its texts, folded, one a line.
    folded: Vec<String>,
}

/// A piece of an article.
struct Piece {
    /// Which article.
    article: usize,
    /// As it stands there.
    text: String,
    folded: String,
}

/// Figures over all collections, and what failed.
#[derive(Default)]
struct Tally {
    n: usize,
    failures: Vec<String>,
}

impl Tally {
    fn count(&mut self, is_good: bool, failure: impl FnOnce() -> String) {
        self.n += 1;
        if !is_good {
            self.failures.push(failure());
        }
    }

    fn add(&mut self, other: Self) {
        self.n += other.n;
        self.failures.extend(other.failures);
    }

    /// Prints the figure and the failures.
    fn report(&self, what: &str) {
        let n_good = self.n - self.failures.len();
        println!("{what}: {n_good} of {} ({:.2} %)", self.n, 100.0 * self.share());
        for failure in self.failures.iter().take(SHOWN) {
            println!("  failed: {failure}");
        }
    }

    #[track_caller]
    fn expect(&self, floor: f64, name: &str) {
        assert!(self.share() >= floor, "{name}: {:.3} %", 100.0 * self.share());
    }

    fn share(&self) -> f64 {
        1.0 - self.failures.len() as f64 / self.n.max(1) as f64
    }
}

#[test]
fn every_piece_of_an_article_finds_it() {
    let _place = Place::beside();
    let collections = collections();
    let mut dice = Dice::of("recall of substrings");
    let (mut matched, mut ranked) = (Tally::default(), Tally::default());
    for collection in collections {
        let n = SUBSTRINGS.div_ceil(collections.len());
        let pieces = substrings(collection, n, &mut dice);
        let (own_matched, own_ranked) = check_substrings(collection, &pieces);
        own_matched.report(&format!("{}: substrings that match", collection.name));
        own_ranked.report(&format!("{}: unique ones among the first three", collection.name));
        own_ranked.expect(collection.floors().0, &collection.name);
        matched.add(own_matched);
        ranked.add(own_ranked);
    }
    println!("all: {} substrings, {} misses", matched.n, matched.failures.len());
    println!("all: {} unique, {:.3} % in the first three", ranked.n, 100.0 * ranked.share());
    assert!(matched.failures.is_empty(), "{} misses, listed above", matched.failures.len());
    assert!(ranked.n > SUBSTRINGS / 10, "too few unique substrings: {}", ranked.n);
}

#[test]
fn a_sentence_of_one_article_ranks_it_first() {
    let _place = Place::beside();
    let collections = collections();
    let mut dice = Dice::of("recall of sentences");
    let mut first = Tally::default();
    for collection in collections {
        let n = SENTENCES.div_ceil(collections.len());
        let own = check_sentences(collection, &sentences(collection, n, &mut dice));
        own.report(&format!("{}: sentences with their article first", collection.name));
        own.expect(collection.floors().1, &collection.name);
        first.add(own);
    }
    println!("all: {} sentences, {:.2} % first", first.n, 100.0 * first.share());
    assert!(first.n >= SENTENCES / 5, "too few sentences: {}", first.n);
}

fn collections() -> &'static [Collection] {
    static ALL: OnceLock<Vec<Collection>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut folders = vec![(SHIPPED.to_owned(), shipped_kb())];
        folders.extend(evaluation_folders());
        std::thread::scope(|scope| {
            let tasks: Vec<_> = folders
                .into_iter()
                .map(|(name, folder)| scope.spawn(move || Collection::build(name, folder)))
                .collect();
            tasks.into_iter().map(|task| task.join().unwrap()).collect()
        })
    })
}

/// The collections that are there; says so when there are none.
fn evaluation_folders() -> Vec<(String, PathBuf)> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/eval");
    let root = std::env::var_os("JIUJI_EVAL_DIR").map_or(beside, PathBuf::from);
    let folders: Vec<_> = COLLECTIONS
        .iter()
        .map(|name| ((*name).to_owned(), root.join(name).join("md")))
        .filter(|(_, folder)| folder.is_dir())
        .collect();
    if folders.len() < COLLECTIONS.len() {
        let n_missing = COLLECTIONS.len() - folders.len();
        println!("SKIPPED: {n_missing} collections are not in {} (JIUJI_EVAL_DIR)", root.display());
    }
    folders
}

impl Collection {
    fn floors(&self) -> (f64, f64) {
        if self.name == SHIPPED { SHIPPED_FLOORS } else { FOREIGN_FLOORS }
    }

    fn build(name: String, folder: PathBuf) -> Self {
        let nowhere = tempfile::tempdir().unwrap();
        let options = Options {
            root: Root::new(folder).unwrap(),
            index: nowhere.path().join("data"),
            vocabulary: None,
            watch: false,
            program: None,
        };
        let snapshot = open_snapshot(&options).unwrap();
        let stored = snapshot.articles().unwrap().into_iter().map(|stored| stored.article);
        let articles: Vec<_> = stored.filter(|a| a.meta.status == Status::Published).collect();
        assert!(!articles.is_empty(), "{name} has no articles");
        let folded = articles.iter().map(|article| {
            let texts = names(article).chain(article.meta.summary.as_deref());
            let texts = texts.chain(article.sections.iter().flat_map(|s| [&*s.title, &*s.text]));
            texts.map(folded).collect::<Vec<_>>().join("\n")
        });
        let folded = folded.collect();
        Self { name, snapshot, articles, folded }
    }

    /// For each piece the number of articles in which it stands.
    fn n_holders(&self, pieces: &[Piece]) -> Vec<usize> {
        let finder = AhoCorasick::new(pieces.iter().map(|piece| &piece.folded)).unwrap();
        let mut n_holders = vec![0; pieces.len()];
        for text in &self.folded {
            let found: BTreeSet<_> =
                finder.find_overlapping_iter(text).map(|found| found.pattern()).collect();
            for pattern in found {
                n_holders[pattern.as_usize()] += 1;
            }
        }
        n_holders
    }

    /// Place of the article of a piece in the search for it, from 0.
    fn rank(&self, piece: &Piece) -> Option<usize> {
        let answer = search(&self.snapshot, &Query::new(&piece.text, TODAY).unwrap()).unwrap();
        let id = &self.articles[piece.article].id;
        answer.hits.iter().position(|hit| answer.total > 0 && hit.card.id == *id)
    }

    fn failure(&self, piece: &Piece, rank: Option<usize>) -> String {
        let id = &self.articles[piece.article].id;
        let answer = search(&self.snapshot, &Query::new(&piece.text, TODAY).unwrap()).unwrap();
        let best: Vec<_> = answer.hits.iter().take(3).map(|hit| hit.card.id.as_str()).collect();
        format!("{}/{id} {:?}: rank {rank:?} of {}, {best:?}", self.name, piece.text, answer.total)
    }
}

/// Title, aliases and codes.
fn names(article: &Article) -> impl Iterator<Item = &str> {
    let others = article.meta.aliases.iter().chain(&article.meta.codes).map(String::as_str);
    std::iter::once(article.title.as_str()).chain(others)
}

fn folded(text: &str) -> String {
    searchable_chars(text).into_iter().collect()
}

/// Random substrings: a quarter from titles, a quarter from aliases and codes as far as there
/// are any, the others from headings and texts.
fn substrings(collection: &Collection, n: usize, dice: &mut Dice) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(n);
    while pieces.len() < n {
        let article = dice.below(collection.articles.len());
        let text = cut(text_of(&collection.articles[article], dice), dice);
        let folded = folded(&text);
        if folded.chars().count() >= MIN_SEARCHABLE {
            pieces.push(Piece { article, text, folded });
        }
    }
    pieces
}

fn text_of<'a>(article: &'a Article, dice: &mut Dice) -> &'a str {
    let others: Vec<_> = names(article).skip(1).collect();
    match dice.below(4) {
        0 => &article.title,
        1 if !others.is_empty() => dice.pick::<&str>(&others),
        _ if article.sections.is_empty() => &article.title,
        _ => {
            let section = dice.pick(&article.sections);
            if dice.below(6) == 0 { &section.title } else { &section.text }
        }
    }
}

fn cut(text: &str, dice: &mut Dice) -> String {
    let n_chars = text.chars().count();
    let (low, high) = SUBSTRING_CHARS;
    let length = dice.between(low, high);
    let start = dice.below(n_chars.saturating_sub(length) + 1);
    text.chars().skip(start).take(length).collect()
}

fn check_substrings(collection: &Collection, pieces: &[Piece]) -> (Tally, Tally) {
    let n_holders = collection.n_holders(pieces);
    let tallies = halves(pieces, &n_holders, |piece, n_holders| {
        let (mut matched, mut ranked) = (Tally::default(), Tally::default());
        assert!(n_holders > 0, "the article of {:?} does not hold it", piece.text);
        let ids = match_set(&collection.snapshot, &piece.text).unwrap();
        let is_found = ids.contains(&collection.articles[piece.article].id);
        matched.count(is_found, || collection.failure(piece, None));
        if n_holders == 1 && piece.folded.chars().count() >= MIN_RANKED {
            let rank = collection.rank(piece);
            let is_near = rank.is_some_and(|rank| rank < 3);
            ranked.count(is_near, || collection.failure(piece, rank));
        }
        (matched, ranked)
    });
    tallies.into_iter().fold(Default::default(), |(mut a, mut b): (Tally, Tally), (c, d)| {
        a.add(c);
        b.add(d);
        (a, b)
    })
}

/// Random sentences that stand in one article only.
fn sentences(collection: &Collection, n: usize, dice: &mut Dice) -> Vec<Piece> {
    let mut all = Vec::new();
    for (article, content) in collection.articles.iter().enumerate() {
        let texts = content.sections.iter().map(|section| section.text.as_str());
        let sentences = texts.flat_map(|text| text.split(['。', '！', '？', '；', '\n']));
        for text in sentences.filter(|text| text.chars().count() <= MAX_QUERY_CHARS) {
            let folded = folded(text);
            if folded.chars().count() >= MIN_SENTENCE {
                all.push(Piece { article, text: text.to_owned(), folded });
            }
        }
    }
    let mut chosen = Vec::new();
    while chosen.len() < 3 * n && !all.is_empty() {
        chosen.push(all.swap_remove(dice.below(all.len())));
    }
    let n_holders = collection.n_holders(&chosen);
    let unique = chosen.into_iter().zip(n_holders).filter(|(_, n_holders)| *n_holders == 1);
    unique.map(|(piece, _)| piece).take(n).collect()
}

fn check_sentences(collection: &Collection, sentences: &[Piece]) -> Tally {
    let nothing = vec![1; sentences.len()];
    let tallies = halves(sentences, &nothing, |piece, _| {
        let mut tally = Tally::default();
        let rank = collection.rank(piece);
        tally.count(rank == Some(0), || collection.failure(piece, rank));
        tally
    });
    tallies.into_iter().fold(Tally::default(), |mut all, tally| {
        all.add(tally);
        all
    })
}

/// Checks pieces on two threads, in order.
fn halves<T: Send>(
    pieces: &[Piece],
    n_holders: &[usize],
    check: impl Fn(&Piece, usize) -> T + Sync,
) -> Vec<T> {
    let size = pieces.len().div_ceil(2).max(1);
    let chunks = pieces.chunks(size).zip(n_holders.chunks(size));
    let check = &check;
    std::thread::scope(|scope| {
        let tasks: Vec<_> = chunks
            .map(|(pieces, n_holders)| {
                let both = pieces.iter().zip(n_holders);
                scope.spawn(move || both.map(|(piece, n)| check(piece, *n)).collect::<Vec<_>>())
            })
            .collect();
        tasks.into_iter().flat_map(|task| task.join().unwrap()).collect()
    })
}
