//! A copy of the articles that follows the changes is the same as the original, always.

use std::collections::{BTreeMap, BTreeSet};

use jiuji::{
    index::LogBound,
    live::{Done, update_index},
};
use serde_json::{Value, json};

use crate::{
    dice::Dice,
    driver::{Running, TestKb, encoded, eventually},
};

/// Edits that are made.
const EDITS: usize = 100;
/// Articles at the start: so many that the edits do not look like a vanished disk.
const ARTICLES: usize = 60;
const ALL: &str = "status=published&status=draft&status=retired";

/// Hashes by id.
type Articles = BTreeMap<String, String>;

/// All articles, and the revision that has them.
fn listed(kb: &Running) -> (String, Articles) {
    'anew: loop {
        let (mut articles, mut revision) = (Articles::new(), None);
        loop {
            let offset = articles.len();
            let page = kb.get(&format!("/api/v1/articles?{ALL}&limit=50&offset={offset}")).json();
            if *revision.get_or_insert(page["revision"].clone()) != page["revision"] {
                continue 'anew;
            }
            for article in page["articles"].as_array().unwrap() {
                articles.insert(text_of(&article["id"]), text_of(&article["hash"]));
            }
            if articles.len() == page["total"] {
                return (text_of(&page["revision"]), articles);
            }
        }
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A copy that was listed once and follows the changes since.
struct Mirror {
    revision: String,
    articles: Articles,
    /// Ids that were ever told.
    n_told: usize,
}

impl Mirror {
    fn of(kb: &Running) -> Self {
        let (revision, articles) = listed(kb);
        Self { revision, articles, n_told: 0 }
    }

    /// Follows the changes to the end, in pages of so many.
    fn poll(&mut self, kb: &Running, limit: usize) {
        loop {
            let path = format!("/api/v1/changes?since={}&limit={limit}", self.revision);
            let answer = kb.get(&path);
            assert_eq!(answer.status, 200, "{}", answer.text());
            let page = answer.json();
            assert_eq!(page["since"], *self.revision);
            self.make(page["changes"].as_array().unwrap());
            self.revision = text_of(&page["next"]);
            if page["complete"] == true {
                assert_eq!(page["revision"], *self.revision);
                return;
            }
        }
    }

    fn make(&mut self, changes: &[Value]) {
        self.n_told += changes.len();
        for change in changes {
            let id = text_of(&change["id"]);
            assert_eq!(change["url"], format!("/articles/{}", encoded_segment(&id)));
            let was_there = match change["change"].as_str().unwrap() {
                "removed" => {
                    assert!(change["hash"].is_null(), "{change}");
                    self.articles.remove(&id)
                }
                _ => self.articles.insert(id, text_of(&change["hash"])),
            };
            // What is told exactly is also told rightly: nothing is added twice.
            assert_eq!(was_there.is_some(), change["change"] != "added", "{change}");
        }
    }

    /// Expects that the copy is the original, in the same revision.
    fn expect_the_same(&mut self, kb: &Running, limit: usize) {
        loop {
            self.poll(kb, limit);
            let (revision, articles) = listed(kb);
            // An edit may have come in between.
            if revision == self.revision {
                assert_eq!(self.articles, articles);
                return;
            }
        }
    }
}

/// An id of these tests as one segment of an address.
fn encoded_segment(id: &str) -> String {
    encoded(id).replace("%2D", "-")
}

/// The files of a knowledge base as they should be.
struct Model {
    /// Text and claimed id by path without `.md`.
    files: BTreeMap<String, (String, Option<String>)>,
    n: usize,
}

impl Model {
    fn new() -> Self {
        Self { files: BTreeMap::new(), n: 0 }
    }

    /// Adds an article, now and then under an id of its own.
    fn add(&mut self, kb: &TestKb, dice: &mut Dice) {
        self.n += 1;
        let path = if self.n.is_multiple_of(5) {
            format!("夹/文 {}", self.n)
        } else {
            format!("a{}", self.n)
        };
        let id = self.n.is_multiple_of(3).then(|| format!("own-{}", self.n));
        self.files.insert(path.clone(), (String::new(), id));
        self.write(kb, &path, dice);
    }

    fn write(&mut self, kb: &TestKb, path: &str, dice: &mut Dice) {
        let (text, id) = self.files.get_mut(path).unwrap();
        let id = id.as_ref().map(|id| format!("id: {id}\n")).unwrap_or_default();
        let status = dice.pick(&["published", "draft", "retired"]);
        *text = format!("---\n{id}title: {}\nstatus: {status}\n---\n\n登录\n", dice.word());
        kb.write(&format!("{path}.md"), &*text);
    }

    /// Makes one edit.
    fn edit(&mut self, kb: &TestKb, dice: &mut Dice) {
        let paths: Vec<_> = self.files.keys().cloned().collect();
        let path = dice.pick(&paths).clone();
        match dice.below(8) {
            0 | 1 => self.add(kb, dice),
            2 => {
                kb.remove(&format!("{path}.md"));
                self.files.remove(&path);
            }
            3 => {
                self.n += 1;
                let to = format!("moved-{}", self.n);
                kb.rename(&format!("{path}.md"), &format!("{to}.md"));
                let file = self.files.remove(&path).unwrap();
                self.files.insert(to, file);
            }
            _ => self.write(kb, &path, dice),
        }
    }

    /// What should be served of these files.
    fn articles(&self) -> Articles {
        let article = |(path, (text, id)): (&String, &(String, Option<String>))| {
            let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
            (id.clone().unwrap_or_else(|| path.clone()), hash)
        };
        self.files.iter().map(article).collect()
    }
}

#[test]
fn a_mirror_is_the_same_at_each_poll_over_restarts_and_a_new_vocabulary() {
    let mut dice = Dice::of("changes");
    let (kb, mut model) = (TestKb::new(), Model::new());
    (0..ARTICLES).for_each(|_| model.add(&kb, &mut dice));
    let mut kb = kb.start();
    let (mut mirror, mut revisions) = (Mirror::of(&kb), BTreeSet::new());
    for n in 0..EDITS {
        model.edit(&kb.kb, &mut dice);
        match n {
            50 => {
                kb = kb.restarted(|kb| (0..5).for_each(|_| model.edit(kb, &mut dice)));
            }
            75 => kb.kb.words("synonyms.txt", "登录, 芝麻开门\n"),
            _ => {}
        }
        // Half of the polls are in the middle of what is still being noticed.
        if dice.below(3) == 0 {
            let expected = model.articles();
            eventually("seen", || n % 2 == 0 || listed(&kb).1 == expected);
            mirror.expect_the_same(&kb, dice.between(1, 20));
            revisions.insert(mirror.revision.clone());
        }
    }
    let expected = model.articles();
    eventually("all edits are told", || {
        mirror.expect_the_same(&kb, 1000);
        mirror.articles == expected
    });
    let (n_told, n_revisions) = (mirror.n_told, revisions.len());
    println!("{n_told} changes told over {n_revisions} revisions");
    assert!(n_told > EDITS / 2 && n_revisions > 5, "too little to say anything");
    let note = kb.search("芝麻开门").answer["notes"][0]["kind"].clone();
    assert_eq!(note, "synonym", "the new vocabulary is not served");
}

/// A small knowledge base after its first look at the folder.
fn settled(kb: TestKb) -> Running {
    let kb = kb.start();
    eventually("scanned", || !kb.get("/api/v1/status").json()["scanned_at"].is_null());
    kb
}

fn revision(kb: &Running) -> String {
    text_of(&kb.get("/api/v1/changes").json()["revision"])
}

/// Writes an article and waits until the revision is another one.
fn edit(kb: &Running, name: &str, title: &str) -> String {
    let before = revision(kb);
    kb.kb.write(&format!("{name}.md"), format!("# {title}\n"));
    eventually("edited", || revision(kb) != before);
    revision(kb)
}

fn since(kb: &Running, revision: &str) -> Value {
    let answer = kb.get(&format!("/api/v1/changes?since={revision}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn expect_gone(kb: &Running, revision: &str) {
    let answer = kb.get(&format!("/api/v1/changes?since={revision}"));
    assert_eq!(answer.status, 410, "{}", answer.text());
    let body = answer.json();
    assert_eq!((&body["code"], &body["parameter"]), (&"unknown_revision".into(), &"since".into()));
    assert!(body["detail"].as_str().unwrap().contains("/api/v1/articles?status="), "{body}");
}

#[test]
fn a_change_names_article_content_and_revision() {
    let kb = settled(TestKb::new().article("a", "# 断网\n").article("b", "# 蓝屏\n"));
    let first = revision(&kb);
    let now = since(&kb, &first);
    assert_eq!((&now["complete"], &now["changes"]), (&true.into(), &json!([])));
    assert_eq!((&now["next"], &now["revision"]), (&json!(first), &json!(first)));
    let second = edit(&kb, "a", "断网了");
    let article = kb.get("/api/v1/articles/a").json();
    let page = since(&kb, &first);
    let change = &page["changes"][0];
    let at = change["at"].clone();
    let expected = json!([{ "id": "a", "change": "changed", "hash": article["hash"],
        "title": "断网了", "url": "/articles/a", "revision": second, "at": at }]);
    assert_eq!(page["changes"], expected);
    assert!(at.as_str().unwrap().ends_with('Z'), "{at}");
    let without = kb.get("/api/v1/changes").json();
    assert_eq!((&without["oldest"], &without["revision"]), (&json!(first), &json!(second)));
    assert_eq!((&without["since"], &without["changes"]), (&Value::Null, &json!([])));

    let third = edit(&kb, "a", "断网");
    assert_eq!(third, first, "equal content has an equal revision");
    assert_eq!(since(&kb, &first)["changes"], json!([]));
    assert_eq!(since(&kb, &second)["changes"][0]["title"], "断网");
}

#[test]
fn what_is_beyond_the_bound_is_gone() {
    let bound = LogBound { revisions: 3, changes: 100 };
    let kb = settled(TestKb::new().article("a", "# 断网\n").bound(bound));
    let first = revision(&kb);
    let second = edit(&kb, "b", "蓝屏");
    for n in 0..2 {
        edit(&kb, "b", &format!("蓝屏{n}"));
    }
    assert_eq!(since(&kb, &first)["changes"][0]["change"], "added");
    edit(&kb, "b", "蓝屏2");
    expect_gone(&kb, &first);
    assert_eq!(since(&kb, &second)["changes"][0]["change"], "changed");
    assert_eq!(kb.get("/api/v1/changes").json()["oldest"], second);
    expect_gone(&kb, &"0".repeat(32));
    // The bound holds after a restart too, whatever is in the file.
    let kb = kb.restarted(|_| ());
    expect_gone(&kb, &first);
    assert_eq!(since(&kb, &second)["changes"][0]["title"], "蓝屏2");
}

#[test]
fn a_damaged_log_makes_followers_start_over_and_nothing_else() {
    let mut kb = settled(TestKb::new().article("a", "# 断网\n"));
    for damage in [&b"\0\xff{[\n"[..], b"", b"{\"from\":\"x\"}\n"] {
        let old = revision(&kb);
        let new = edit(&kb, "a", &format!("断网{}", damage.len()));
        assert_eq!(since(&kb, &old)["next"], new);
        kb = kb.restarted(|kb| {
            let log = kb.index().join("changes.jsonl");
            assert!(fs_err::metadata(&log).unwrap().len() > 0);
            fs_err::write(log, damage).unwrap();
        });
        assert_eq!(revision(&kb), new);
        expect_gone(&kb, &old);
        assert_eq!(since(&kb, &new)["complete"], true);
        let newer = edit(&kb, "b", &format!("蓝屏{}", damage.len()));
        kb = kb.restarted(|_| ());
        assert_eq!(
            (&since(&kb, &new)["next"], kb.search("断网").ids()),
            (&newer.into(), vec!["a"])
        );
    }
}

#[test]
fn a_log_that_cannot_be_written_stops_nothing() {
    let kb = settled(TestKb::new().article("a", "# 断网\n"));
    let log = kb.kb.index().join("changes.jsonl");
    fs_err::create_dir(&log).unwrap();
    let first = revision(&kb);
    let second = edit(&kb, "a", "断网了");
    assert_eq!(since(&kb, &first)["next"], second);
    assert_eq!(kb.get("/api/v1/status").json()["last_error"], Value::Null);
    let kb = kb.restarted(|_| ());
    expect_gone(&kb, &first);
    assert_eq!(since(&kb, &second)["complete"], true);
}

#[test]
fn what_happens_while_nobody_serves_is_told_afterwards() {
    let kb = settled(TestKb::new().article("a", "# 断网\n").article("b", "# 蓝屏\n"));
    let first = revision(&kb);
    let second = edit(&kb, "a", "断网了");
    // Edits that `jiuji index` saw, a rebuild included, and one that it did not.
    let kb = kb.restarted(|kb| {
        kb.write("c.md", "# 卡纸\n");
        let update = |rebuild| update_index(&kb.options(), rebuild, &|_, _| ()).unwrap().done;
        assert_eq!(update(false), Done::Applied);
        kb.remove("b.md");
        assert_eq!(update(true), Done::Built);
        kb.write("a.md", "# 又断网了\n");
    });
    let told = |since_revision: &str| {
        let page = since(&kb, since_revision);
        let changes = page["changes"].as_array().unwrap().iter();
        changes
            .map(|change| (text_of(&change["id"]), text_of(&change["change"])))
            .collect::<BTreeMap<_, _>>()
    };
    let pairs = [("a", "changed"), ("b", "removed"), ("c", "added")];
    let expected = pairs.map(|(id, change)| (id.to_owned(), change.to_owned())).into();
    eventually("told", || told(&second) == expected);
    assert_eq!(told(&first), expected);
}

#[test]
fn a_new_vocabulary_is_a_revision_without_changes() {
    let kb = settled(TestKb::new().article("a", "# 断网\n"));
    let first = revision(&kb);
    kb.kb.words("synonyms.txt", "断网, 上不了网\n");
    eventually("another revision", || revision(&kb) != first);
    let page = since(&kb, &first);
    assert_eq!((&page["next"], &page["complete"]), (&page["revision"], &true.into()));
    assert_eq!(page["changes"], json!([]));
}

#[test]
fn who_is_up_to_date_is_told_so_without_a_body() {
    let kb = settled(TestKb::new().article("a", "# 断网\n"));
    let first = revision(&kb);
    let path = format!("/api/v1/changes?since={first}");
    let tag = kb.get(&path).header("etag").unwrap().to_owned();
    let asked = || kb.call("GET", &path, &[("if-none-match", &tag)]);
    assert_eq!((asked().status, asked().body.len()), (304, 0));
    edit(&kb, "a", "断网了");
    assert_eq!(asked().status, 200);
}
