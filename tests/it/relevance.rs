//! How well the search finds, on the shipped knowledge base.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use jiuji::{
    analysis::Kind,
    eval::{Figures, Outcome, Setting, evaluate, judgments},
    index::Snapshot,
    live::open_snapshot,
    search::{self, Note, Plan, Query},
};

use crate::{
    dice::Dice,
    driver::{Place, TODAY, TestKb},
};

/// Queries of known terms.
const KNOWN: usize = 1000;
/// Sentences around a code: a question, a report, and what is pasted from a log.
const AROUND: [(&str, &str); 2] = [
    ("请问一下，出现", "怎么办"),
    ("2026-11-23 08:12:01 [main] WARN request failed: ", " (retry)"),
];

fn snapshot() -> &'static Snapshot {
    static SNAPSHOT: OnceLock<(TestKb, Snapshot)> = OnceLock::new();
    let built = SNAPSHOT.get_or_init(|| {
        let kb = TestKb::shipped();
        let snapshot = open_snapshot(&kb.options()).unwrap();
        (kb, snapshot)
    });
    &built.1
}

fn table(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/relevance").join(name)
}

fn first(text: &str, n: usize) -> Vec<String> {
    let query = Query::new(text, TODAY).unwrap().page(n, 0).unwrap();
    search::first_ids(snapshot(), &query).unwrap()
}

fn development_queries() -> Outcome {
    let judgments = judgments::read(&table("queries.tsv")).unwrap();
    assert!(judgments.len() >= 160, "{}", judgments.len());
    evaluate(snapshot(), &judgments, Setting::default()).unwrap()
}

#[test]
fn what_callers_say_finds_the_right_article() {
    let _place = Place::beside();
    let Outcome { overall, kinds, asked } = development_queries();
    for one in asked.iter().filter(|one| one.rank != Some(1)) {
        println!("{:?} {}: {:?}, first {:?}", one.rank, one.query, one.primary, one.hits.first());
    }
    assert!(overall.top1 >= 0.92, "top-1 {:.3}", overall.top1);
    assert!(overall.top3 >= 0.98, "top-3 {:.3}", overall.top3);
    for (kind, figures) in &kinds {
        assert!(figures.top3 >= 0.8, "top-3 of {kind}: {:.3}", figures.top3);
    }
    let by_sound = ["pinyin", "initials", "homophone"];
    let sounding = asked.iter().filter(|one| by_sound.contains(&one.kind.as_str()));
    let figures = Figures::mean(sounding.map(|one| one.figures));
    assert!(figures.n >= 20 && figures.top3 >= 0.85, "by sound: {figures:?}");
}

/// A code leads to one of the articles that declare it, however it is written.
#[test]
fn every_declared_code_is_found_in_six_written_forms() {
    let _place = Place::beside();
    let mut failures = Vec::new();
    let mut n_asked = 0;
    let articles = snapshot().articles().unwrap();
    for stored in &articles {
        for code in &stored.article.meta.codes {
            let key = jiuji::analysis::code_key(code);
            let is_owner = |id: &String| {
                let owner = articles.iter().find(|other| other.article.id == *id);
                let codes = owner.map(|owner| &owner.article.meta.codes);
                codes.is_some_and(|codes| codes.iter().any(|c| jiuji::analysis::code_key(c) == key))
            };
            for form in written(code) {
                n_asked += 1;
                let hits = first(&form, 3);
                if !hits.first().is_some_and(is_owner) {
                    failures.push(format!("{}: {form:?} gives {hits:?}", stored.article.id));
                }
            }
        }
    }
    println!("{} of {n_asked} lead to an owner", n_asked - failures.len());
    assert!(n_asked > 3000, "{n_asked}");
    assert!(failures.is_empty(), "{} of {n_asked}: {failures:#?}", failures.len());
}

/// As it is, in lower case, full width, without hyphens, in a sentence, in a pasted message.
fn written(code: &str) -> Vec<String> {
    let wide = |c: char| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
        c => c,
    };
    let mut forms = vec![
        code.to_owned(),
        code.to_lowercase(),
        code.chars().map(wide).collect(),
        code.replace('-', ""),
    ];
    forms.extend(AROUND.map(|(before, behind)| format!("{before}{code}{behind}")));
    forms
}

/// What the collection knows is never corrected: not the hits, not their order.
#[test]
fn corrections_leave_known_queries_as_they_are() {
    let _place = Place::beside();
    let mut dice = Dice::of("queries of known terms");
    let texts: Vec<String> = snapshot()
        .articles()
        .unwrap()
        .into_iter()
        .flat_map(|stored| stored.article.sections.into_iter().map(|section| section.text))
        .collect();
    let mut n_asked = 0;
    while n_asked < KNOWN {
        let text = dice.pick(&texts);
        let n = dice.between(2, 12);
        let start = dice.below(text.chars().count().max(1));
        let text: String = text.chars().skip(start).take(n).collect();
        if !is_known(&text) {
            continue;
        }
        let asked = |corrects: bool| {
            let query = Query { corrects, ..Query::new(&text, TODAY).unwrap() };
            let answer = search::search(snapshot(), &query).unwrap();
            let hits = answer.hits.into_iter().map(|hit| (hit.card.id, hit.score));
            (hits.collect::<Vec<_>>(), answer.notes)
        };
        assert_eq!(asked(true), asked(false), "{text}");
        n_asked += 1;
    }
}

/// Whether all words, pairs and Latin runs of a text stand in at least two articles each.
fn is_known(text: &str) -> bool {
    let plan = Plan::new(snapshot().analyzer(), text);
    let kinds = [Kind::Word, Kind::Bigram, Kind::Latin];
    let mut clauses = plan.clauses.iter().filter(|clause| kinds.contains(&clause.kind));
    !plan.clauses.is_empty()
        && clauses.all(|clause| search::frequency(snapshot(), clause).unwrap() >= 2)
}

/// Faults that look or sound alike keep their own articles. Pairs that the table calls open are
/// known not to: they are printed, and say so when they have come apart.
#[test]
fn what_is_alike_stays_apart() {
    let _place = Place::beside();
    let text = fs_err::read_to_string(table("apart.tsv")).unwrap();
    let (mut failures, mut n_held) = (Vec::new(), 0);
    for row in text.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [one, other, one_id, other_id, _why, state] = columns[..] else { panic!("{row}") };
        assert_ne!(one_id, other_id, "{row}");
        let mixed: Vec<String> = [(one, one_id, other_id), (other, other_id, one_id)]
            .into_iter()
            .filter_map(|(query, own, others)| mixed_up(query, own, others))
            .collect();
        match state {
            "held" => {
                n_held += 1;
                failures.extend(mixed);
            }
            "open" => println!("open: {mixed:?}"),
            _ => panic!("state: {row}"),
        }
    }
    assert!(n_held >= 60, "{n_held}");
    assert!(failures.is_empty(), "{} of {n_held} pairs: {failures:#?}", failures.len());
}

/// What is wrong when the article of a query is not near the top, or another one is first.
fn mixed_up(query: &str, own: &str, other: &str) -> Option<String> {
    let hits = first(query, 3);
    let is_near = hits.iter().any(|id| id == own);
    let is_apart = is_near && hits.first().is_none_or(|id| id != other);
    (!is_apart).then(|| format!("{query}: {hits:?}, not {own} before {other}"))
}

/// What was searched instead of words that no article has.
fn corrected(text: &str) -> Vec<(String, Vec<String>)> {
    let answer = search::search(snapshot(), &Query::new(text, TODAY).unwrap()).unwrap();
    let notes = answer.notes.into_iter().filter_map(|note| match note {
        Note::Corrected { text, used } => Some((text, used)),
        _ => None,
    });
    notes.collect()
}

#[test]
fn unknown_words_are_searched_as_what_was_meant() {
    for (query, typed, meant) in [
        ("denglu yichang", "denglu yichang", "登录异常"),
        ("denglu yi'c", "denglu yi'c", "异常"),
        ("登录yich", "yich", "异常"),
        ("chongqi", "chongqi", "重启"),
        ("dayinji kazhi", "dayinji kazhi", "打印机卡纸"),
        ("dyjkz", "dyjkz", "打印机卡纸"),
        ("cpmle", "cpmle", "c盘满了"),
        ("打印鸡卡纸", "打印鸡", "打印机"),
        ("outlok 收不到邮件", "outlok", "outlook"),
    ] {
        let notes = corrected(query);
        let is_meant = |(text, used): &(String, Vec<String>)| {
            text == typed && used.iter().any(|used| used.replace(' ', "").contains(meant))
        };
        assert!(notes.iter().any(is_meant), "{query}: {notes:?}");
    }
}

#[test]
fn words_that_articles_have_are_never_corrected() {
    for query in ["outlook", "vpn", "登录异常", "printer offline", "重启电脑", "ORA-12541"]
    {
        assert_eq!(corrected(query), [], "{query}");
    }
}

#[test]
fn words_of_taiwan_find_those_of_the_mainland() {
    for (query, word) in [("伺服器當機", "服务器"), ("印表機卡紙", "打印机"), ("硬碟壞了", "硬盘")]
    {
        let answer = search::search(snapshot(), &Query::new(query, TODAY).unwrap()).unwrap();
        let is_said = |note: &Note| match note {
            Note::Synonym { used, .. } => used.iter().any(|used| used.contains(word)),
            _ => false,
        };
        let n_said = answer.notes.iter().filter(|note| is_said(note)).count();
        assert_eq!(n_said, 1, "{query}: {:?}", answer.notes);
    }
}
