//! What is exported is what the product says, and whole.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    env,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::Command,
};

use jiuji::{
    article::Status,
    export::{ExportError, Format, Job, Summary, export},
    live::open_snapshot,
};
use serde_json::Value;

use crate::driver::{Place, TODAY, TestKb, encoded, eventually, shipped_kb};

/// Most bytes of a copy of the shipped knowledge base.
const COPY_BYTES: u64 = 10 << 20;
/// Longest path below the folder of a copy, in bytes.
const NAME_BYTES: usize = 100;

const LOGIN: &str = "---\ntitle: 登录不上\nsummary: 先看大写灯\nfault_type: login\nseverity: p1\n\
    data_risk: high\nrelated: [disk, draft]\n---\n\n## 现象\n\n进不去 ![灯](images/灯.png) \
    ![图](images/plan.svg) [附件](images/secret.pdf) [手册](https://example.com/a?b=1&c=2)\n\n## 应急策略\n\n1. 看灯 `a < b`\n   \
    - **如果 灭**：转 [硬盘](disk.md)\n   - **否则**：转 [草稿](draft.md)\n";

fn small() -> TestKb {
    let kb = TestKb::new()
        .article("login", LOGIN)
        .article("disk", "---\ntitle: 硬盘<异响>\nfault_type: hardware\n---\n\n## 应急策略\n\n1. 先备份\u{7}\n2. 再换盘\n\n```sh\nrm -rf \"$x\" && echo 1\n```\n")
        .article("draft", "---\ntitle: 草稿\nstatus: draft\n---\n\n还没写完\n")
        .article("网络/断网", "# 上不了网\n\n插好网线\n");
    for name in ["灯.png", "plan.svg", "secret.pdf"] {
        kb.write(&format!("images/{name}"), name);
    }
    kb
}

/// Exports what is in the folder of `kb`.
fn exported(
    kb: &TestKb,
    target: &Path,
    format: Format,
    force: bool,
) -> Result<Summary, ExportError> {
    exported_with(kb, target, format, force, &[Status::Published])
}

fn exported_with(
    kb: &TestKb,
    target: &Path,
    format: Format,
    force: bool,
    status: &[Status],
) -> Result<Summary, ExportError> {
    let snapshot = open_snapshot(&kb.options()).unwrap();
    let job = Job {
        snapshot: &snapshot,
        kb_root: kb.root(),
        today: TODAY,
        status,
        force,
        progress: &|n_done, n_articles| assert!(n_done <= n_articles),
    };
    export(target, format, &job)
}

/// The articles of an export by id.
fn by_id(export: &Value) -> BTreeMap<String, Value> {
    let articles = export["articles"].as_array().unwrap();
    articles.iter().map(|a| (a["id"].as_str().unwrap().to_owned(), a.clone())).collect()
}

#[test]
fn json_is_what_the_api_says() {
    let out = tempfile::tempdir().unwrap();
    let kb = small().start();
    let status = [Status::Published, Status::Draft];
    let summary = exported_with(&kb.kb, out.path(), Format::Json, false, &status).unwrap();
    let bytes = fs_err::read(out.path().join("jiuji.json")).unwrap();
    assert_eq!((summary.n_articles, summary.n_bytes), (4, bytes.len() as u64));
    let mut written: Value = serde_json::from_slice(&bytes).unwrap();
    let articles = by_id(&written);
    assert_eq!(articles.len(), 4);
    for (id, article) in &articles {
        assert_eq!(kb.get(&format!("/api/v1/articles/{}", encoded(id))).json(), *article, "{id}");
    }
    let mut sent = kb.get("/api/v1/export.json?status=published&status=draft").json();
    for export in [&mut sent, &mut written] {
        let time = export.as_object_mut().unwrap().remove("exported_at").unwrap();
        assert!(time.as_str().unwrap().ends_with('Z'), "{time}");
    }
    assert_eq!(sent, written);
}

#[test]
fn the_table_is_what_the_api_says() {
    let out = tempfile::tempdir().unwrap();
    let kb = small().start();
    let summary = exported(&kb.kb, &out.path().join("计划.csv"), Format::Csv, false).unwrap();
    assert_eq!(summary.n_articles, 3);
    let written = fs_err::read(out.path().join("计划.csv")).unwrap();
    assert_eq!(written, kb.get("/api/v1/matrix?format=csv").body);
}

#[test]
fn the_api_exports_published_articles_unless_asked_and_knows_what_a_client_has() {
    let kb = small().start();
    let answer = kb.get("/api/v1/export.json");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let ids: Vec<_> = by_id(&answer.json()).into_keys().collect();
    assert_eq!(ids, ["disk", "login", "网络/断网"]);
    let tag = answer.header("etag").unwrap();
    for coding in ["gzip", "br"] {
        let small = kb.call("GET", "/api/v1/export.json", &[("accept-encoding", coding)]);
        assert_eq!(small.header("content-encoding"), Some(coding));
        assert!(!small.body.is_empty() && small.body.len() < answer.body.len());
    }
    let again = kb.call("GET", "/api/v1/export.json", &[("if-none-match", tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    for (query, parameter) in [("status=gone", "status"), ("q=a", "q"), ("limit=5", "limit")] {
        let answer = kb.get(&format!("/api/v1/export.json?{query}"));
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &parameter.into()));
    }
    let empty = TestKb::new().start().get("/api/v1/export.json").json();
    assert_eq!(empty["articles"], serde_json::json!([]));
}

#[test]
fn an_answer_under_way_is_of_one_revision_whatever_changes() {
    let kb = TestKb::new();
    for n in 0..40 {
        kb.write(&format!("a{n}.md"), format!("# 篇 {n}\n\n{}\n", "很长的正文。".repeat(1500)));
    }
    let kb = kb.start();
    let revision = kb.get("/api/v1/status").json()["revision"].clone();
    let mut stream = kb.open("/api/v1/export.json", &[]);
    let mut text = stream.next().unwrap();
    kb.kb.write("a39.md", "# 新的\n");
    kb.kb.remove("a38.md");
    eventually("changed", || kb.search("新的").ids().contains(&"a39"));
    let mut n_pieces = 0;
    while let Some(piece) = stream.next() {
        text.push_str(&piece);
        n_pieces += 1;
    }
    assert!(n_pieces > 5, "{n_pieces}");
    let export: Value = serde_json::from_str(&text).unwrap();
    let articles = by_id(&export);
    assert_eq!((articles.len(), &export["revision"]), (40, &revision));
    assert!(articles.values().all(|article| article["revision"] == revision));
    assert_eq!(articles["a39"]["title"], "篇 39");
}

/// Every file below a folder by its path, `/` between the parts.
fn files(folder: &Path) -> BTreeSet<String> {
    let (mut files, mut folders) = (BTreeSet::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs_err::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                files.insert(name);
            }
        }
    }
    files
}

fn read(folder: &Path, name: &str) -> String {
    fs_err::read_to_string(folder.join(name)).unwrap()
}

/// Values of the attributes that lead somewhere or load something, with the name of the attribute.
fn addresses(html: &str) -> Vec<(&str, &str)> {
    let tags = html.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    let names = ["href", "src", "action", "data-show", "data-template", "data-history"];
    let of_tag = |(tag, _)| {
        let value = move |name: &'static str| {
            let (_, behind): (&str, &str) = str::split_once(tag, &format!(" {name}=\""))?;
            Some((name, behind.split_once('"')?.0))
        };
        names.into_iter().filter_map(value).collect::<Vec<_>>()
    };
    tags.flat_map(of_tag).collect()
}

/// Expects of each address in the pages of a copy that it is a file of the copy and, with a
/// fragment, a place in it.
fn expect_links(folder: &Path, outside: &[&str]) -> usize {
    let files = files(folder);
    let pages: HashMap<_, _> = files
        .iter()
        .filter(|name| name.ends_with(".html"))
        .map(|name| (name.clone(), read(folder, name)))
        .collect();
    let mut n_links = 0;
    for (page, html) in &pages {
        let up = if page.contains('/') { "../" } else { "" };
        for (attribute, value) in addresses(html) {
            if outside.contains(&value) || value.starts_with("mailto:") {
                continue;
            }
            let (file, fragment) = value.split_once('#').unwrap_or((value, ""));
            let target = match file {
                "" => page.clone(),
                file => {
                    let inside = file.strip_prefix(up).unwrap_or_else(|| panic!("{page}: {value}"));
                    inside.to_owned()
                }
            };
            assert!(files.contains(&target), "{page}: {attribute}={value}");
            if !fragment.is_empty() {
                let id = percent_encoding::percent_decode_str(fragment).decode_utf8().unwrap();
                let there = pages[&target].contains(&format!(" id=\"{id}\""));
                assert!(there, "{page}: {value}");
            }
            n_links += 1;
        }
    }
    n_links
}

#[test]
fn a_copy_of_the_shipped_knowledge_base_is_whole_and_small() {
    let _place = Place::beside();
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("copy");
    let summary = exported(&TestKb::shipped(), &folder, Format::Html, false).unwrap();
    let files = files(&folder);
    let n_articles = files.iter().filter(|name| name.starts_with("articles/")).count();
    let n_kept = fs_err::read_dir(shipped_kb()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name().to_string_lossy().into_owned();
        name.ends_with(".md") && name != "README.md"
    });
    assert_eq!((n_articles, summary.n_articles), (n_kept.count(), n_articles));
    let bytes: u64 = files.iter().map(|name| folder.join(name).metadata().unwrap().len()).sum();
    assert!((1 << 20..=COPY_BYTES).contains(&bytes), "{bytes}");
    let names: BTreeSet<_> = files.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(names.len(), files.len(), "names that differ in case only");
    assert!(files.iter().all(|name| name.len() <= NAME_BYTES && name.is_ascii()));
    assert!(expect_links(&folder, &[]) > 5 * n_articles);
    let index = read(&folder, "index.html");
    assert_eq!(index.matches("<a href=\"articles/").count(), n_articles);
}

#[test]
fn a_copy_takes_images_by_the_rules_of_the_server_and_nothing_that_is_not_in_it() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("copy");
    exported(&small(), &folder, Format::Html, false).unwrap();
    let outside = "https://example.com/a?b=1&amp;c=2";
    expect_links(&folder, &[outside]);
    let all = files(&folder);
    let media: Vec<_> = all.iter().filter(|name| name.starts_with("media/")).collect();
    assert_eq!(media.len(), 2, "{media:?}");
    assert!(media.iter().all(|name| name.ends_with(".png") || name.ends_with(".svg")));
    let page = read(&folder, "articles/login.html");
    assert!(page.contains(outside) && page.contains("<a class=\"dead-link\">草稿</a>"), "{page}");
    assert!(!page.contains("draft.html") && !page.contains("draft.md"), "{page}");
    for (name, text) in all.iter().filter(|n| n.ends_with(".html")).map(|n| (n, read(&folder, n))) {
        for expected in
            ["2026-11-23 导出的副本（3 篇，版本 ", "http-equiv=\"Content-Security-Policy\""]
        {
            assert!(text.contains(expected), "{name}: {expected}");
        }
        let has_inline =
            text.contains("<style") || text.contains(" style=") || text.contains("<script>");
        assert!(!has_inline && !text.contains("http://"), "{name}");
    }
    assert!(read(&folder, "data.js").contains("硬盘<异响>") && all.contains("matrix.html"));
    let digested = |name: &&String| name.starts_with("articles/") && name.len() == 26;
    assert_eq!(all.iter().filter(digested).count(), 1, "网络/断网: {all:?}");
}

#[test]
fn a_former_export_is_replaced_and_survives_one_that_fails() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("copy");
    let kb = small();
    exported(&kb, &folder, Format::Html, false).unwrap();
    let before = files(&folder);
    // Where the new one is written there is something that cannot be replaced by a folder.
    let blocked = out.path().join(".copy.jiuji-tmp");
    fs_err::write(&blocked, "x").unwrap();
    kb.remove("disk.md");
    assert!(exported(&kb, &folder, Format::Html, true).is_err());
    assert_eq!(files(&folder), before);
    fs_err::remove_file(&blocked).unwrap();
    exported(&kb, &folder, Format::Html, false).unwrap();
    let after = files(&folder);
    assert!(before.contains("articles/disk.html") && !after.contains("articles/disk.html"));
    assert_eq!(fs_err::read_dir(out.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_foreign_folder_is_left_alone_unless_forced_and_then_kept() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("letters");
    fs_err::create_dir(&folder).unwrap();
    fs_err::write(folder.join("letter.txt"), "x").unwrap();
    for format in [Format::Html, Format::Json, Format::Csv, Format::Docx] {
        let refused = exported(&small(), &folder, format, false).unwrap_err();
        assert!(refused.to_string().contains("--force"), "{refused}");
        assert_eq!(files(&folder).len(), 1);
    }
    let kept = exported(&small(), &folder, Format::Html, true).unwrap().kept.unwrap();
    assert!(kept.join("letter.txt").is_file() && folder.join("index.html").is_file());
    let kb = small();
    let around = kb.root().parent().unwrap();
    assert!(exported(&kb, around, Format::Html, true).is_err(), "the knowledge base is in there");
    assert!(kb.root().join("login.md").is_file());
}

/// The main part of a document.
fn document(path: &Path) -> String {
    let mut package = zip::ZipArchive::new(fs_err::File::open(path).unwrap()).unwrap();
    let mut xml = String::new();
    package.by_name("word/document.xml").unwrap().read_to_string(&mut xml).unwrap();
    xml
}

/// The text of a document, a paragraph a line; fails when it is not well formed.
fn text_of(xml: &str) -> String {
    use quick_xml::{Reader, events::Event};
    let mut reader = Reader::from_str(xml);
    let (mut text, mut depth) = (String::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(_) => depth += 1,
            Event::End(tag) => {
                depth -= 1;
                if tag.name().as_ref() == "w:p" {
                    text.push('\n');
                }
            }
            Event::Empty(tag) if tag.name().as_ref() == "w:br" => text.push('\n'),
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(name) => text.push_str(match name.xml10_content().as_ref() {
                "lt" => "<",
                "gt" => ">",
                "amp" => "&",
                "quot" => "\"",
                "apos" => "'",
                other => panic!("{other}"),
            }),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    text
}

/// All characters that are not white space.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn a_document_has_every_title_step_and_command() {
    let _place = Place::beside();
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("plan.docx");
    let kb = TestKb::shipped();
    exported(&kb, &path, Format::Docx, false).unwrap();
    let xml = document(&path);
    assert!(xml.matches("<w:tblHeader />").count() > 100 && xml.contains("w:orient=\"landscape\""));
    let text = squeezed(&text_of(&xml));
    let articles = open_snapshot(&kb.options()).unwrap().articles().unwrap();
    assert!(articles.len() >= 145);
    for article in articles.iter().map(|stored| &stored.article) {
        let steps = article.steps.iter().map(|step| &step.text);
        let commands = article.commands.iter().map(|command| &command.code);
        let sections = article.sections.iter().map(|section| &section.title);
        let questions = article.questions.iter().map(|question| &question.text);
        let parts = [&article.title].into_iter().chain(article.meta.summary.iter());
        for part in parts.chain(steps).chain(commands).chain(sections).chain(questions) {
            assert!(text.contains(&squeezed(part)), "{}: {part}", article.id);
        }
    }
}

#[test]
fn a_document_holds_hostile_text_as_text() {
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("plan.docx");
    exported(&small(), &path, Format::Docx, false).unwrap();
    let xml = document(&path);
    let text = text_of(&xml);
    for expected in
        ["硬盘<异响>", "rm -rf \"$x\" && echo 1", "a < b", "P1 紧急", "数据高风险", "［图：灯］"]
    {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!xml.contains('\u{7}'));
}

/// A program in the `PATH`, or where the environment says.
fn program(variable: &str, name: &str) -> Option<PathBuf> {
    let given = env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    let in_path = || {
        let path = env::var_os("PATH")?;
        env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
    };
    given.or_else(in_path)
}

fn counts(text: &str) -> BTreeMap<char, usize> {
    let mut counts = BTreeMap::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        *counts.entry(c).or_default() += 1;
    }
    counts
}

#[test]
fn another_office_reads_the_document_and_nothing_is_lost() {
    let (Some(office), Some(pdftotext)) =
        (program("JIUJI_SOFFICE", "soffice"), program("JIUJI_PDFTOTEXT", "pdftotext"))
    else {
        // Straight to the stream: what a passing test prints is captured.
        let _ = writeln!(std::io::stderr(), "skipped: soffice or pdftotext is missing");
        return;
    };
    let out = tempfile::tempdir().unwrap();
    let kb = TestKb::new();
    let mut shipped: Vec<_> =
        fs_err::read_dir(shipped_kb()).unwrap().map(|entry| entry.unwrap().path()).collect();
    shipped.sort();
    // A tenth of them: all take a minute.
    for path in shipped.iter().filter(|path| path.is_file()).step_by(10) {
        kb.write(&path.file_name().unwrap().to_string_lossy(), fs_err::read(path).unwrap());
    }
    exported(&kb, &out.path().join("plan.docx"), Format::Docx, false).unwrap();
    let profile = format!("-env:UserInstallation=file://{}/profile", out.path().display());
    let run = |program: &Path, args: &[&str]| {
        let output = Command::new(program).current_dir(out.path()).args(args).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    run(&office, &["--headless", &profile, "--convert-to", "pdf", "plan.docx"]);
    run(&pdftotext, &["plan.pdf", "plan.txt"]);
    let seen = counts(&read(out.path(), "plan.txt"));
    let articles = open_snapshot(&kb.options()).unwrap().articles().unwrap();
    assert!(articles.len() >= 10);
    let sections = articles.iter().flat_map(|stored| &stored.article.sections);
    let written: String = sections.map(|section| section.text.as_str()).collect();
    let lost: Vec<_> = counts(&written)
        .into_iter()
        .filter(|(c, n)| seen.get(c).copied().unwrap_or_default() < *n)
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}
