//! W8: files as editors of all ages and places save them.

use std::path::{Path, PathBuf};

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS};

use super::kit::{SETTLES, agrees, findings};
use crate::{
    http,
    product::{Place, Server, eventually},
    scenario::{Outcome, Run, Scenario},
};

pub(super) const W8: Scenario = Scenario {
    id: "W8",
    injects: "20 articles × 17 encodings: UTF-8 with and without BOM and CRLF, UTF-16 both ways, GBK, GB18030 \
              with four bytes, Big5, Shift JIS, EUC-JP, EUC-KR, UTF-32, cut, NUL",
    expects: "UTF-8, UTF-16 with BOM and GB18030 searchable (but UTF-8 with a warning); all others reported \
              and not served; 0 U+FFFD served",
    broken: "without the check that GB18030 makes sense",
    play,
};

const ARTICLES: usize = 20;
/// Characters that take four bytes in GB18030.
const FOUR_BYTES: &str = "𠮷𡘙ᠠ";

type Save = fn(&str) -> Vec<u8>;

/// How a text is saved, and the level of the finding about it: of an error nothing is served.
const ENCODINGS: [(&str, Save, Option<&str>); 17] = [
    ("utf8", |text| text.into(), None),
    ("utf8bom", |text| format!("\u{feff}{text}").into(), None),
    ("utf8crlf", |text| text.replace('\n', "\r\n").into(), None),
    ("utf16le", |text| utf16(&format!("\u{feff}{text}"), u16::to_le_bytes), Some("warning")),
    ("utf16be", |text| utf16(&format!("\u{feff}{text}"), u16::to_be_bytes), Some("warning")),
    ("utf16crlf", utf16_crlf, Some("warning")),
    ("gbk", |text| legacy(text, GBK), Some("warning")),
    ("gb18030", |text| legacy(&format!("{text}\n{FOUR_BYTES}\n"), GB18030), Some("warning")),
    ("big5", |text| legacy(text, BIG5), Some("error")),
    ("shiftjis", |text| legacy(text, SHIFT_JIS), Some("error")),
    ("eucjp", |text| legacy(text, EUC_JP), Some("error")),
    ("euckr", |text| legacy(text, EUC_KR), Some("error")),
    ("utf16nobom", |text| utf16(text, u16::to_le_bytes), Some("error")),
    ("utf32", utf32, Some("error")),
    ("nul", |text| format!("{text}\0\n").into(), Some("error")),
    ("invalid", |text| [text.as_bytes(), b"\xff\xfe\xff\n"].concat(), Some("error")),
    ("cut", cut_in_a_character, Some("error")),
];

fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes_of).collect()
}

fn utf16_crlf(text: &str) -> Vec<u8> {
    utf16(&format!("\u{feff}{}", text.replace('\n', "\r\n")), u16::to_le_bytes)
}

fn utf32(text: &str) -> Vec<u8> {
    text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()
}

/// As a program leaves it that cuts a file by bytes.
fn cut_in_a_character(text: &str) -> Vec<u8> {
    let mut bytes = format!("{text}断").into_bytes();
    bytes.pop();
    bytes
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

fn play(run: &Run) -> Outcome {
    let place = Place::new();
    let articles = shipped_articles(run.count(ARTICLES));
    let marks: Vec<(String, Option<&str>)> = articles
        .iter()
        .enumerate()
        .flat_map(|(n, article)| save_in_all_encodings(&place, n, article))
        .collect();
    let server = place.serve();
    let mut failures = Vec::from_iter(agrees(&place, &server, SETTLES).err());
    let is_scanned = || findings(&server).iter().any(|said| said.level == "error");
    eventually(SETTLES, is_scanned);
    let said = findings(&server);
    for (mark, level) in &marks {
        let path = format!("{mark}.md");
        let levels: Vec<&str> = said
            .iter()
            .filter(|said| said.path == path && said.rule == "encoding")
            .map(|said| said.level.as_str())
            .collect();
        if levels != Vec::from_iter(*level) {
            failures.push(format!("{mark}: expected {level:?}, reported {levels:?}"));
        }
        let is_found = server.found(mark).first() == Some(mark);
        if is_found == (*level == Some("error")) {
            failures.push(format!("{mark}: found: {is_found}"));
        }
        failures.extend(replacement_characters(&server, mark));
    }
    Outcome::new(marks.len()).failures(failures).worst("0 U+FFFD")
}

fn shipped_articles(n: usize) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("kb");
    let files = fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_article = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("README.md")
    };
    let mut files: Vec<_> = files.filter(is_article).collect();
    files.sort();
    files.truncate(n);
    assert_eq!(files.len(), n);
    files
}

/// Saves the body of an article under a heading of its own in every encoding.
fn save_in_all_encodings(
    place: &Place,
    n: usize,
    article: &Path,
) -> Vec<(String, Option<&'static str>)> {
    let whole = fs_err::read_to_string(article).unwrap();
    let body = whole.splitn(3, "---\n").nth(2).unwrap();
    let mut marks = Vec::new();
    for (name, save, level) in ENCODINGS {
        let mark = format!("{name}n{n}");
        place.write(&format!("{mark}.md"), save(&format!("# {mark} 处理\n\n{body}")));
        marks.push((mark, level));
    }
    marks
}

fn replacement_characters(server: &Server, mark: &str) -> Vec<String> {
    let pages = [
        format!("/api/v1/search?q={mark}"),
        format!("/api/v1/articles/{mark}"),
        format!("/articles/{mark}"),
        format!("/?q={mark}"),
    ];
    let is_clean = |page: &String| {
        let body = http::get(server.port, page).map(|answer| answer.body).unwrap_or_default();
        String::from_utf8(body).is_ok_and(|text| !text.is_empty() && !text.contains('\u{fffd}'))
    };
    let spoilt = pages.iter().filter(|page| !is_clean(page));
    spoilt.map(|page| format!("{page} has U+FFFD or is no UTF-8")).collect()
}
