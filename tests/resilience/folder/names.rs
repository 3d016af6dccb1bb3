//! W7: names that people and programs give to files.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

use fs_err as fs;

use serde_json::Value;

use super::kit::{self, SETTLES, agrees, findings};
use crate::{
    dice::Dice,
    http,
    product::{Place, Server},
    scenario::{Outcome, Run, Scenario},
};

pub(super) const W7: Scenario = Scenario {
    id: "W7",
    injects: "60 names of files: twins in Unicode form and in case, spaces, quotes, markup, `%2e`, control \
              characters, writing from right to left, emoji, 255 bytes, deep and long; later and at a start",
    expects: "every name leads from the search to its page and back, or a finding names it; one winner of twins",
    broken: "names not composed (NFC)",
    play,
};

/// Names without `.md`, each of which must lead to its article.
#[expect(clippy::too_many_lines, reason = "a table of names")]
fn served_names() -> Vec<String> {
    let names = [
        "a b",
        " before",
        "after ",
        "a%2eb",
        "%2e%2e",
        "%00",
        "%2f",
        "a%b",
        "100%",
        "%",
        "a+b",
        "a&b=c",
        "a?b",
        "a#b",
        "a;b",
        "a,b",
        "a:b",
        "a'b",
        "a\"b",
        "a<b>c",
        "<img src=x onerror=alert(1)>",
        "a\\b",
        "a|b",
        "a*b",
        "$(id)",
        "`id`",
        "{{ a }}",
        "{id}",
        "[a](b)",
        "-rf",
        "--help",
        "con",
        "a.md",
        "a..b",
        "a.",
        "Case",
        "case",
        "断网",
        "断网 (副本)",
        "🔥",
        "👩\u{200d}🚒",
        "\u{202e}dm.a",
        "שלום",
        "a\u{200b}b",
        "\u{feff}bom",
        "ﬁ",
        "Ａ",
        "İ",
        "ß",
        "a\u{a0}b",
        "a\u{2028}b",
        "é",
        "e\u{301}x",
        "한",
        "\u{1112}\u{1161}\u{11ab}x",
        "网络/断网",
        "a/b/overview",
        "c/overview",
    ];
    let longest = ["断".repeat(84), "x".repeat(252)];
    names.map(str::to_owned).into_iter().chain(longest).collect()
}

/// Bytes of names of which a finding must speak.
const REFUSED: [&[u8]; 7] = [
    b"line\nbreak",
    b"tab\there",
    b"escape\x1b[31m",
    b"delete\x7f",
    b"next\xc2\x85line",
    b"\xb6\xcf\xcd\xf8",
    b"nul\xc0\x80",
];

fn play(_: &Run) -> Outcome {
    let mut dice = Dice::of("W7");
    let place = Place::new();
    place.write("first.md", kit::article("第一"));
    let server = place.serve();
    let names: Vec<(String, String)> =
        served_names().into_iter().map(|name| (name, dice.word())).collect();
    for (name, word) in &names {
        place.write(&format!("{name}.md"), kit::article(word));
    }
    for name in REFUSED {
        let name = [name, b".md"].concat();
        fs::write(place.kb().join(OsStr::from_bytes(&name)), kit::article("不可")).unwrap();
    }
    let twins = [("cafe\u{301}", dice.word()), ("caf\u{e9}", dice.word())];
    for (name, word) in &twins {
        place.write(&format!("{name}.md"), kit::article(word));
    }
    let mut failures = Vec::from_iter(agrees(&place, &server, SETTLES).err());
    // Names that are not read are found by the scan of every minute, or with any new folder.
    fs::create_dir(place.kb().join("scan")).unwrap();
    failures.extend(agrees(&place, &server, SETTLES).err());
    failures.extend(judge(&server, &names, &twins));
    drop(server);
    let server = place.serve();
    failures.extend(agrees(&place, &server, SETTLES).err());
    failures.extend(
        judge(&server, &names, &twins).into_iter().map(|text| format!("restarted: {text}")),
    );
    let n = names.len() + REFUSED.len() + twins.len();
    Outcome::new(2 * n).failures(failures).worst("all lead to their pages")
}

fn judge(server: &Server, names: &[(String, String)], twins: &[(&str, String)]) -> Vec<String> {
    let mut failures: Vec<String> = names
        .iter()
        .filter_map(|(name, word)| leads_there_and_back(server, name, word).err())
        .collect();
    let said = findings(server);
    let refused = said.iter().filter(|said| said.rule == "file-name").count();
    if refused != REFUSED.len() {
        failures.push(format!("{refused} of {} unusable names are reported", REFUSED.len()));
    }
    // The first in byte order, which is the decomposed one.
    let served = twins.iter().map(|(_, word)| kit::finds(server, word)).collect::<Vec<_>>();
    let is_said = said.iter().any(|said| said.rule == "same-path" && said.path == "caf\u{e9}.md");
    if served != [true, false] || !is_said {
        failures.push(format!("of twins are served {served:?}; reported: {is_said}"));
    }
    failures
}

/// From the word to the hit, from its address to the page, from the id to the article.
fn leads_there_and_back(server: &Server, name: &str, word: &str) -> Result<(), String> {
    let failed = |what: &str| Err(format!("{name:?}: {what}"));
    let search = format!("/api/v1/search?q={}", http::encoded(word));
    let answer = http::get_json(server.port, &search).unwrap_or_default();
    let hit = &answer["hits"][0];
    if hit["title"] != format!("{word}故障") {
        return failed("is not found");
    }
    let id = hit["id"].as_str().unwrap_or_default();
    let url = hit["url"].as_str().unwrap_or_default();
    let page = http::get(server.port, url).map_err(|error| error.to_string())?;
    if page.status != 200 || !page.text().contains(word) {
        return failed(&format!("{url} answers {}", page.status));
    }
    let address = format!("/api/v1/articles/{}", http::encoded(id));
    let article = http::get_json(server.port, &address).unwrap_or(Value::Null);
    let composed: String = unicode_normalization::UnicodeNormalization::nfc(name).collect();
    if article["id"] != composed.as_str() || article["title"] != format!("{word}故障") {
        return failed(&format!("{address} gives {}", article["id"]));
    }
    Ok(())
}
