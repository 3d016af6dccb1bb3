//! Files as editors of all ages and places save them.

use std::collections::BTreeSet;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS};

use crate::driver::{Running, TestKb, encoded, shipped_kb};

/// Articles of the shipped knowledge base that are saved anew.
const ARTICLES: [&str; 5] =
    ["login-failure", "file-deleted", "pc-hardware-damage", "ransomware", "isp-line-outage"];

type Save = fn(&str) -> Vec<u8>;

/// How a text is saved, and whether the finding about it is an error: then nothing is served.
const ENCODINGS: [(&str, Save, Option<&str>); 12] = [
    ("utf8", |text| text.into(), None),
    ("utf8bom", |text| format!("\u{feff}{text}").into(), None),
    ("utf8crlf", |text| text.replace('\n', "\r\n").into(), None),
    ("utf16le", |text| utf16(&format!("\u{feff}{text}"), u16::to_le_bytes), Some("warning")),
    ("utf16be", |text| utf16(&format!("\u{feff}{text}"), u16::to_be_bytes), Some("warning")),
    ("gb18030", |text| legacy(text, GB18030), Some("warning")),
    ("big5", |text| legacy(text, BIG5), Some("error")),
    ("shiftjis", |text| legacy(text, SHIFT_JIS), Some("error")),
    ("eucjp", |text| legacy(text, EUC_JP), Some("error")),
    ("euckr", |text| legacy(text, EUC_KR), Some("error")),
    ("utf16nobom", |text| utf16(text, u16::to_le_bytes), Some("error")),
    (
        "utf32",
        |text| text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        Some("error"),
    ),
];

fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes_of).collect()
}

/// The text without the characters that the encoding lacks.
fn legacy(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let encoded = |c: char| {
        let text = c.to_string();
        let (bytes, _, is_lossy) = encoding.encode(&text);
        if is_lossy { Vec::new() } else { bytes.into_owned() }
    };
    text.chars().flat_map(encoded).collect()
}

/// The body of a shipped article under a heading that no other file has.
fn text(article: &str, mark: &str) -> String {
    let whole = fs_err::read_to_string(shipped_kb().join(format!("{article}.md"))).unwrap();
    let body = whole.splitn(3, "---\n").nth(2).unwrap();
    format!("# {mark} 处理\n\n{body}")
}

fn saved_in_all_encodings() -> TestKb {
    let kb = TestKb::new();
    for (n, article) in (1..).zip(ARTICLES) {
        for (name, save, _) in ENCODINGS {
            let mark = format!("{name}n{n}");
            kb.write(&format!("{mark}.md"), save(&text(article, &mark)));
        }
    }
    kb
}

fn no_answer_has_a_replacement_character(kb: &Running, mark: &str) {
    let pages = [
        format!("/api/v1/search?q={mark}"),
        format!("/api/v1/articles/{mark}"),
        format!("/articles/{mark}"),
        format!("/?q={}", encoded(mark)),
    ];
    for page in pages {
        let body = kb.get(&page).body;
        let text = String::from_utf8(body).unwrap_or_else(|_| panic!("{page} is no UTF-8"));
        assert!(!text.contains('\u{fffd}'), "{page}");
    }
}

#[test]
fn readable_encodings_are_served_and_reported_and_the_others_reported() {
    let kb = saved_in_all_encodings().start();
    let report = kb.get("/api/v1/findings").json();
    let found: BTreeSet<(&str, &str)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == "encoding")
        .map(|finding| (finding["path"].as_str().unwrap(), finding["level"].as_str().unwrap()))
        .collect();
    for n in 1..=ARTICLES.len() {
        for (name, _, level) in ENCODINGS {
            let mark = format!("{name}n{n}");
            let path = format!("{mark}.md");
            let said: Vec<_> =
                found.iter().filter(|(found, _)| *found == path).map(|(_, level)| *level).collect();
            assert_eq!(said, level.into_iter().collect::<Vec<_>>(), "{mark}");
            if level == Some("error") {
                assert!(!kb.search(&mark).ids().contains(&mark.as_str()), "{mark}");
            } else {
                kb.search(&mark).finds_first(&mark);
            }
            no_answer_has_a_replacement_character(&kb, &mark);
        }
    }
}

#[test]
fn a_character_that_was_lost_before_is_reported_and_never_served() {
    let text = "# 断网\n\n先查\u{fffd}\u{fffd}再查交换机\n";
    let kb = TestKb::new().article("a", text).start();
    no_answer_has_a_replacement_character(&kb, "a");
    let source = kb.call("GET", "/api/v1/articles/a", &[("accept", "text/markdown")]).text();
    assert_eq!(source, "# 断网\n\n先查□□再查交换机\n");
    let findings = kb.get("/api/v1/findings").json();
    let lost = findings["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "encoding");
    assert_eq!(lost.map(|finding| &finding["line"]), Some(&3.into()), "{findings:#}");
}
