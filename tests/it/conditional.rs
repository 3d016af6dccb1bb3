//! What every answer says of itself: the revision it was made from, a tag, and its encoding.

use crate::driver::{Running, TestKb, eventually};

/// Answers that are made from a snapshot, with a tag.
const TAGGED: &[&str] = &[
    "/api/v1/search?q=a",
    "/api/v1/suggest?q=a",
    "/api/v1/articles",
    "/api/v1/articles/file-deleted",
    "/api/v1/articles/file-deleted/history",
    "/api/v1/changes",
    "/api/v1/fault-types",
    "/api/v1/matrix",
    "/api/v1/matrix?format=csv",
    "/api/v1/findings",
    "/api/v1/review?days=3650",
    "/feed.xml",
];

/// Answers with a tag that are made from no snapshot.
const FIXED: &[&str] = &["/api/v1/front-matter.schema.json", "/opensearch.xml"];

fn settled(kb: TestKb) -> Running {
    let kb = kb.start();
    eventually("scanned", || !kb.get("/api/v1/status").json()["scanned_at"].is_null());
    kb.get("/api/v1/findings");
    kb
}

#[test]
fn an_answer_names_its_revision_and_is_not_sent_twice() {
    let article = "---\ntitle: 文件误删\nsupersedes: [file-lost]\n---\n";
    let kb = settled(TestKb::new().article("file-deleted", article));
    let revision = kb.get("/readyz").json()["revision"].clone();
    let revision = revision.as_str().unwrap();
    for path in TAGGED.iter().chain(FIXED) {
        let expected = TAGGED.contains(path).then_some(revision);
        let whole = kb.get(path);
        assert_eq!((whole.status, whole.header("x-jiuji-revision")), (200, expected), "{path}");
        assert_eq!(whole.header("cache-control"), Some("no-cache"), "{path}");
        let tag = whole.header("etag").unwrap_or_else(|| panic!("{path} has no tag"));
        let again = kb.call("GET", path, &[("if-none-match", tag)]);
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.header("x-jiuji-revision"), expected, "{path}");
        assert_eq!(again.header("etag"), Some(tag), "{path}");
        assert_eq!(kb.call("GET", path, &[("if-none-match", "\"x\"")]).status, 200, "{path}");
    }
    for (path, status) in [
        ("/api/v1/articles/file-lost", 301),
        ("/api/v1/articles/file-lost/history", 301),
        ("/api/v1/articles/nothing", 404),
        ("/api/v1/articles/nothing/history", 404),
        ("/api/v1/changes?since=0", 410),
    ] {
        let answer = kb.get(path);
        assert_eq!((answer.status, answer.header("x-jiuji-revision")), (status, Some(revision)));
    }
    let status = kb.get("/api/v1/status");
    assert_eq!((status.header("x-jiuji-revision"), status.header("etag")), (Some(revision), None));
}

#[test]
fn another_state_has_another_tag_and_revision() {
    let kb = settled(TestKb::new().article("file-deleted", "# 文件误删\n"));
    let asked = |path: &str| {
        let answer = kb.get(path);
        let header = |name| answer.header(name).unwrap().to_owned();
        (header("etag"), header("x-jiuji-revision"))
    };
    let before: Vec<_> = TAGGED.iter().map(|path| asked(path)).collect();
    kb.kb.write("file-deleted.md", "---\ntitle: [文件\n---\n");
    kb.kb.write("new.md", "# 断网\n\n[不存在](gone.md)\n");
    let n_articles = || kb.get("/api/v1/status").json()["n_articles"] == 2;
    eventually("there", || n_articles() && kb.get("/readyz").json()["articles_broken"] == 1);
    for (path, (tag, revision)) in TAGGED.iter().zip(before) {
        let (new_tag, new_revision) = asked(path);
        assert_ne!(new_revision, revision, "{path}");
        // Git knows nothing here, and says so again.
        assert_eq!(new_tag == tag, path.ends_with("/history"), "{path}");
    }
}

#[test]
fn what_is_long_is_compressed_for_who_can_read_it() {
    let kb = TestKb::shipped().start();
    let mut n_long = 0;
    for path in TAGGED.iter().chain(FIXED).chain(&["/api/v1/status", "/offline.json"]) {
        let plain = kb.get(path);
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None), "{path}");
        if plain.body.len() <= 1024 {
            continue;
        }
        n_long += 1;
        for encoding in ["br", "gzip"] {
            let packed = kb.call("GET", path, &[("accept-encoding", encoding)]);
            assert_eq!(packed.header("content-encoding"), Some(encoding), "{path}");
            assert!(packed.body.len() < plain.body.len(), "{path}: {encoding}");
            let vary = packed.headers.get_all("vary").iter();
            let vary: Vec<_> = vary.map(|value| value.to_str().unwrap()).collect();
            assert!(vary.join(",").contains("accept-encoding"), "{path}: {vary:?}");
        }
    }
    assert!(n_long >= 9, "too few long answers to say anything: {n_long}");
}
