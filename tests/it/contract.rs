//! What the API promises, frozen field by field. A difference here breaks somebody's program.

use std::collections::BTreeSet;

use insta::assert_json_snapshot;
use serde_json::Value;

use crate::driver::{Answer, Running, TestKb};

const RICH: &str = include_str!("fixtures/disk-failing.md");

const LOST: &str = "---\ntitle: 文件丢失\nfault_type: data-loss\nseverity: p3\ntier: l2\n\
    systems: [desktop]\nstatus: published\n---\n\n## 现象\n\n- 桌面上的文件不见了。\n\n\
    ## 应急策略\n\n1. 先查回收站。\n";

const RETIRED: &str = "---\ntitle: 硬盘异响旧版\nstatus: retired\n---\n\n已停用，看新的。\n";

const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types jiuji";
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
const MEDIA_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// A rich article, one with some fields, one with nothing but a title, and a retired one.
fn small() -> Running {
    let kb = TestKb::new();
    kb.words("synonyms.txt", "硬盘, 硬碟片\n");
    kb.write("images/disk.png", b"\x89PNG\r\n\x1a\n");
    kb.article("disk-failing", RICH)
        .article("file-lost", LOST)
        .article("投影仪", "# 投影仪没画面\n")
        .article("disk-old", RETIRED)
        .start()
}

/// Replaces what differs from run to run, wherever it stands.
fn steady(mut value: Value) -> Value {
    fn walk(value: &mut Value) {
        match value {
            Value::Object(map) => {
                for (name, inner) in map {
                    match name.as_str() {
                        // An article that is not there has no version.
                        "version" if inner.is_null() => {}
                        "elapsed_us" | "revision" | "indexed_at" | "score" | "version" => {
                            assert!(!inner.is_null(), "{name} is missing");
                            *inner = format!("[{name}]").into();
                        }
                        // None before the first look at the folder.
                        "snapshot_age_s" | "scan_age_s" => *inner = format!("[{name}]").into(),
                        _ => walk(inner),
                    }
                }
            }
            Value::Array(values) => values.iter_mut().for_each(walk),
            _ => {}
        }
    }
    walk(&mut value);
    value
}

fn json(kb: &Running, path: &str) -> Value {
    let answer = kb.get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
    steady(answer.json())
}

#[test]
fn a_search_gives_all_that_is_known_of_an_article() {
    let kb = small();
    assert_json_snapshot!("search_rich", json(&kb, "/api/v1/search?q=硬盘咔咔响&limit=1"));
}

#[test]
fn an_article_with_only_a_title_has_nulls_and_empty_lists() {
    let kb = small();
    assert_json_snapshot!("search_title_only", json(&kb, "/api/v1/search?q=投影仪"));
}

#[test]
fn an_empty_query_lists_by_severity() {
    let kb = small();
    for query in ["", "?q=", "?q=%20%E3%80%82"] {
        let list = json(&kb, &format!("/api/v1/search{query}"));
        let ids: Vec<_> = list["hits"].as_array().unwrap().iter().map(|h| &h["id"]).collect();
        assert_eq!(ids, ["disk-failing", "file-lost", "投影仪"], "{query}");
    }
    assert_json_snapshot!("search_empty", json(&kb, "/api/v1/search?limit=1&offset=1"));
}

#[test]
fn what_nothing_matches_leads_to_the_entry_articles() {
    let kb = small();
    let answer = json(&kb, "/api/v1/search?q=qqqqqqzzzzzz");
    assert_eq!(answer["hits"][0]["id"], "disk-failing", "{answer:#}");
    let rest = without_hits(answer);
    assert_json_snapshot!("search_no_match", rest);
}

fn without_hits(mut answer: Value) -> Value {
    answer["hits"] = answer["hits"].as_array().unwrap().len().into();
    answer
}

#[test]
fn a_facet_ignores_its_own_filter_and_obeys_the_others() {
    let kb = small();
    let all = json(&kb, "/api/v1/search?q=文件");
    let filtered = json(&kb, "/api/v1/search?q=文件&fault_type=data-loss");
    assert_eq!((&all["total"], &filtered["total"]), (&2.into(), &1.into()));
    assert_eq!(all["facets"]["fault_type"], filtered["facets"]["fault_type"]);
    assert_eq!(filtered["facets"]["severity"].as_array().unwrap().len(), 1);
    assert_json_snapshot!("search_filtered", filtered);
    let many = "fault_type=data-loss&fault_type=hardware&system=laptop&severity=p2&tier=l1";
    let narrow = json(&kb, &format!("/api/v1/search?q=文件&{many}"));
    assert_eq!((&narrow["total"], &narrow["hits"][0]["id"]), (&1.into(), &"disk-failing".into()));
    let retired = json(&kb, "/api/v1/search?q=硬盘&status=retired");
    assert_eq!((&retired["total"], &retired["hits"][0]["id"]), (&1.into(), &"disk-old".into()));
}

#[test]
fn notes_say_what_the_search_did() {
    let kb = small();
    let notes = |query: &str| json(&kb, &format!("/api/v1/search?q={query}"))["notes"].take();
    assert_json_snapshot!("note_synonym", notes("硬碟片"));
    assert_json_snapshot!("note_missing", notes("硬盘异响冰箱"));
    assert_eq!(notes("硬盘"), serde_json::json!([]));
    let long = kb.get(&format!("/?q={}", "硬盘".repeat(251)));
    assert_eq!(long.status, 200);
    assert!(long.text().contains("500"), "the page does not say that the query was cut");
}

#[test]
fn suggestions() {
    let kb = small();
    assert_json_snapshot!("suggest_title", json(&kb, "/api/v1/suggest?q=文件"));
    assert_json_snapshot!("suggest_alias", json(&kb, "/api/v1/suggest?q=坏"));
    assert_json_snapshot!("suggest_code", json(&kb, "/api/v1/suggest?q=0x8007"));
    let empty = json(&kb, "/api/v1/suggest?q=");
    assert_eq!(empty["suggestions"], serde_json::json!([]));
}

#[test]
fn articles_are_listed() {
    let kb = small();
    assert_json_snapshot!("articles", json(&kb, "/api/v1/articles?limit=2"));
    let page = json(&kb, "/api/v1/articles?limit=2&offset=2");
    let ids: Vec<_> = page["articles"].as_array().unwrap().iter().map(|a| &a["id"]).collect();
    assert_eq!(ids, ["投影仪"]);
    assert_eq!(page["total"], 3);
}

#[test]
fn an_article_comes_in_three_forms() {
    let kb = small();
    let path = "/api/v1/articles/disk-failing";
    assert_json_snapshot!("article", json(&kb, path));
    let of = |kind: &str| kb.call("GET", path, &[("accept", kind)]);
    let markdown = of("text/markdown");
    assert_eq!(markdown.header("content-type"), Some("text/markdown; charset=utf-8"));
    assert_eq!(markdown.text(), RICH);
    let plain = of("text/plain");
    assert_eq!(plain.header("content-type"), Some("text/plain; charset=utf-8"));
    insta::assert_snapshot!("article_plain", plain.text());
    for kind in ["application/json", "*/*", "image/png", "text/html,*/*;q=0.8"] {
        assert_eq!(of(kind).header("content-type"), Some("application/json"), "{kind}");
    }
    let tags: BTreeSet<_> =
        ["text/markdown", "text/plain", "*/*"].map(|kind| tag_of(&of(kind))).into();
    assert_eq!(tags.len(), 3, "each form needs a tag of its own: {tags:?}");
}

#[test]
fn an_article_with_only_a_title_is_whole_too() {
    let kb = small();
    let path = "/api/v1/articles/%E6%8A%95%E5%BD%B1%E4%BB%AA";
    assert_json_snapshot!("article_title_only", json(&kb, path));
}

#[test]
fn fault_types_and_the_matrix() {
    let kb = small();
    assert_json_snapshot!("fault_types", json(&kb, "/api/v1/fault-types"));
    assert_json_snapshot!("matrix", json(&kb, "/api/v1/matrix"));
    let csv = kb.get("/api/v1/matrix?format=csv");
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let disposition = "attachment; filename=\"jiuji-matrix.csv\"";
    assert_eq!(csv.header("content-disposition"), Some(disposition));
    assert!(csv.text().starts_with('\u{feff}'));
    insta::assert_snapshot!("matrix_csv", csv.text().replace("\r\n", "\n"));
    let one = json(&kb, "/api/v1/matrix?fault_type=data-loss");
    assert_eq!(one["rows"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_due_for_review() {
    let article = |severity: &str, reviewed: &str, rest: &str| {
        format!("---\ntitle: 断网\nseverity: {severity}\nreviewed: {reviewed}\n{rest}---\n\n正文\n")
    };
    let kb = TestKb::new()
        .article("never", "# 从没看过\n")
        .article("overdue", &article("p1", "2026-08-24", "owner: 网络组\n"))
        .article("today", &article("p1", "2026-08-25", "owner: 服务台\n"))
        .article("soon/b", &article("p3", "2026-11-01", "owner: 网络组\nreview_days: 52\n"))
        .article("later", &article("p3", "2026-11-01", "owner: 网络组\nreview_days: 53\n"))
        .article("draft", &article("p1", "2020-01-01", "status: draft\n"))
        .start();
    assert_json_snapshot!("review", json(&kb, "/api/v1/review"));
    let ids = |query: &str| {
        let review = json(&kb, &format!("/api/v1/review?{query}"));
        let articles = review["articles"].as_array().unwrap().iter();
        articles.map(|article| article["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids("days=0"), ["never", "overdue", "today"]);
    assert_eq!(ids("days=31"), ["never", "overdue", "today", "soon/b", "later"]);
    assert_eq!(ids("owner=网络组"), ["overdue", "soon/b"]);
    assert_eq!(ids("owner=网络组&owner=服务台&days=0"), ["overdue", "today"]);
    assert!(ids("owner=网络").is_empty());
    let status = kb.get("/status").text();
    for expected in
        ["从未复核", "过期 1 天", "今天到期", "还有 30 天", "href=\"/articles/soon%2Fb\""]
    {
        assert!(status.contains(expected), "{expected} in {status}");
    }
    assert!(!status.contains("/articles/later") && !status.contains("/articles/draft"));
}

#[test]
fn the_history_of_an_article_is_what_git_knows() {
    let kb = small();
    let path = "/api/v1/articles/disk-failing/history";
    assert_json_snapshot!("history_none", json(&kb, path));
    assert!(!kb.get("/articles/disk-failing").text().contains(path));
    kb.kb.git(&["init", "--quiet"]);
    kb.kb.git(&["add", "--all"]);
    kb.kb.git(&["commit", "--quiet", "-m", "硬盘：写明先停写"]);
    let mut history = json(&kb, path);
    // How long it is, is a setting of git.
    let hash = history["changes"][0]["hash"].take();
    assert!(hash.as_str().is_some_and(|hash| hash.len() >= 4), "{hash}");
    assert_json_snapshot!("history", history);
    assert!(kb.get("/articles/disk-failing").text().contains(path));
    assert_eq!(kb.get("/api/v1/articles/nothing/history").status, 404);
}

#[test]
fn findings_name_file_line_rule_and_what_to_do() {
    let kb = TestKb::new()
        .article("a", "---\ntitle: 甲\n---\n\n[不存在](gone.md)\n")
        .article("b", "---\ntitle: [乙\n---\n\n正文\n")
        .start();
    assert_json_snapshot!("findings", json(&kb, "/api/v1/findings"));
}

#[test]
fn health_has_these_fields() {
    let kb = small();
    let keys = |path: &str| {
        let value = json(&kb, path);
        value.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_json_snapshot!("status_keys", keys("/api/v1/status"));
    assert_json_snapshot!("readyz", json(&kb, "/readyz"));
    assert_json_snapshot!("livez", json(&kb, "/livez"));
    let metrics = kb.get("/metrics");
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!((metrics.status, metrics.header("content-type")), (200, Some(kind)));
    let text = metrics.text();
    let names: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    assert_json_snapshot!("metrics", names);
    assert!(text.ends_with("# EOF\n"));
    assert!(text.contains("route=\"/readyz\",method=\"GET\",status=\"200\""), "{text}");
}

#[test]
fn an_event_names_revision_and_article() {
    let kb = small();
    assert_json_snapshot!("event", steady(kb.stream("/api/v1/events").event()));
    let mut of_one = kb.stream("/api/v1/events?article=disk-failing");
    assert_eq!(of_one.head.headers["cache-control"], "no-cache");
    assert_eq!(of_one.head.headers["content-security-policy"], API_POLICY);
    assert_json_snapshot!("event_article", steady(of_one.event()));
    let mut of_none = kb.stream("/api/v1/events?article=nothing");
    assert_json_snapshot!("event_no_article", steady(of_none.event()));
}

fn tag_of(answer: &Answer) -> String {
    answer.header("etag").expect("has a tag").to_owned()
}

#[test]
fn what_the_client_already_has_is_not_sent_again() {
    let kb = small();
    let paths = [
        "/",
        "/?q=硬盘",
        "/articles/disk-failing",
        "/matrix",
        "/flow",
        "/api/v1/search?q=硬盘",
        "/api/v1/articles",
        "/api/v1/articles/disk-failing",
        "/api/v1/matrix",
        "/api/v1/matrix?format=csv",
        "/api/v1/review",
        "/media/images/disk.png",
        "/assets/favicon.svg",
        "/offline.json",
        "/sw.js",
    ];
    // A page changes once more when its findings are there.
    kb.get("/api/v1/findings");
    let asked = |path: &str, tag: &str| kb.call("GET", path, &[("if-none-match", tag)]);
    let mut tags = Vec::new();
    for path in paths {
        let whole = kb.get(path);
        assert_eq!(
            (whole.status, whole.header("cache-control")),
            (200, Some("no-cache")),
            "{path}"
        );
        let tag = tag_of(&whole);
        let again = asked(path, &tag);
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(tag_of(&again), tag, "{path}");
        assert_eq!(again.header("cache-control"), Some("no-cache"), "{path}");
        let (of_whole, of_again) = (vary(&whole), vary(&again));
        assert!(of_again.is_superset(&of_whole), "{path}: {of_whole:?} {of_again:?}");
        // A browser takes over what it gets here: the policy of data would disarm a stored page.
        let policy = again.header("content-security-policy");
        let same = whole.header("content-security-policy");
        assert!(policy.is_none() || policy == same, "{path}: {policy:?}");
        assert_eq!(asked(path, "\"other\"").status, 200, "{path}");
        tags.push((path, tag));
    }
    kb.kb.write("new.md", "# 新文章\n");
    crate::driver::eventually("tag changed", || asked(tags[0].0, &tags[0].1).status == 200);
    for (path, tag) in tags {
        let stays = ["/media", "/assets", "/sw.js"].iter().any(|start| path.starts_with(start));
        assert_eq!(asked(path, &tag).status == 304, stays, "{path}");
    }
}

/// The request headers that an answer depends on.
fn vary(answer: &Answer) -> BTreeSet<String> {
    let values = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap());
    values.flat_map(|value| value.split(',')).map(|name| name.trim().to_owned()).collect()
}

/// A path, and the headers that are special about its answer.
type Expected = (String, Vec<(&'static str, String)>);

/// Header lines that are expected of a path, beside those that every answer has.
fn expected_headers(kb: &Running) -> Vec<Expected> {
    let page = |path: &str, cache: &str, vary: Option<&str>| {
        let mut lines = vec![
            ("cache-control", cache.to_owned()),
            ("content-security-policy", PAGE_POLICY.to_owned()),
            ("content-type", "text/html; charset=utf-8".to_owned()),
        ];
        lines.extend(vary.map(|vary| ("vary", vary.to_owned())));
        (path.to_owned(), lines)
    };
    let data = |path: &str, cache: &str, kind: &str| {
        let lines = vec![
            ("cache-control", cache.to_owned()),
            ("content-security-policy", API_POLICY.to_owned()),
            ("content-type", kind.to_owned()),
        ];
        (path.to_owned(), lines)
    };
    let json = "application/json";
    let image = vec![
        ("cache-control", "no-cache".to_owned()),
        ("content-length", "8".to_owned()),
        ("content-security-policy", MEDIA_POLICY.to_owned()),
        ("content-type", "image/png".to_owned()),
    ];
    let script = vec![
        ("cache-control", "public, max-age=31536000, immutable".to_owned()),
        ("content-security-policy", PAGE_POLICY.to_owned()),
        ("content-type", "text/javascript; charset=utf-8".to_owned()),
    ];
    let worker = vec![
        ("cache-control", "no-cache".to_owned()),
        ("content-security-policy", PAGE_POLICY.to_owned()),
        ("content-type", "text/javascript; charset=utf-8".to_owned()),
    ];
    vec![
        ("/sw.js".to_owned(), worker),
        data("/offline.json", "no-cache", json),
        page("/", "no-cache", Some("x-fragment")),
        page("/articles/disk-failing", "no-cache", Some("x-fragment")),
        page("/matrix", "no-cache", None),
        page("/flow", "no-cache", None),
        page("/panel?q=硬盘", "no-store", None),
        page("/status", "no-store", None),
        formed(data("/api/v1/search?q=x", "no-cache", json)),
        data("/api/v1/suggest?q=x", "no-cache", json),
        data("/api/v1/articles", "no-cache", json),
        data("/api/v1/articles/disk-failing/history", "no-cache", json),
        data("/api/v1/fault-types", "no-cache", json),
        data("/api/v1/front-matter.schema.json", "no-cache", "application/schema+json"),
        data("/api/v1/findings", "no-cache", json),
        data("/api/v1/review", "no-cache", json),
        data("/api/v1/status", "no-store", json),
        data("/opensearch.xml", "no-cache", "application/opensearchdescription+xml"),
        data("/livez", "no-store", json),
        data("/readyz", "no-store", json),
        data("/api/v1/nothing", "no-store", "application/problem+json"),
        ("/media/images/disk.png".to_owned(), image),
        (asset(kb, "search"), script),
    ]
}

/// The headers of what has other forms besides JSON, which `Accept` chooses.
fn formed((path, mut lines): Expected) -> Expected {
    lines.push(("vary", "accept".to_owned()));
    (path, lines)
}

/// The address of a script, as a page names it.
fn asset(kb: &Running, name: &str) -> String {
    let page = kb.get("/").text();
    let mut links = page.split('"').filter(|link| link.starts_with("/assets/"));
    let found = links.find(|link| link.contains(name) && link.ends_with(".js"));
    found.unwrap_or_else(|| panic!("no {name} in the page")).to_owned()
}

#[test]
fn headers_are_exactly_these() {
    let kb = small();
    let everywhere = [
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ];
    for (path, own) in expected_headers(&kb) {
        let answer = kb.get(&path);
        let changing = ["etag", "server-timing", "x-jiuji-revision", "x-request-id"];
        let mut given: Vec<_> = answer
            .headers
            .iter()
            .filter(|(name, _)| !changing.contains(&name.as_str()))
            .filter(|(name, _)| *name != "content-length" || path.starts_with("/media"))
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap().to_owned()))
            // Compression may add its own name to the list of an answer that is long enough.
            .map(|(name, value)| (name, value.replace(", accept-encoding", "")))
            .filter(|(name, value)| (*name, value.as_str()) != ("vary", "accept-encoding"))
            .collect();
        given.sort();
        let fixed = everywhere.map(|(name, value)| (name, value.to_owned()));
        let mut expected: Vec<_> = own.into_iter().chain(fixed).collect();
        expected.sort();
        assert_eq!(given, expected, "{path}");
        assert_eq!(answer.header("x-request-id").map(str::len), Some(26), "{path}");
    }
}
