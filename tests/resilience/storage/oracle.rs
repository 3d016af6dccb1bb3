//! What must hold after every start, asked of the folder and of the server: the same articles, each
//! once, each found first by its own word, and nobody had to help.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    dice::Dice,
    http,
    product::{Place, Server, eventually},
};

/// Longest wait until the server says what the folder says.
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes article `n`, which is found by `word` alone.
pub(super) fn write(place: &Place, n: usize, word: &str) {
    place.write(&format!("a{n}.md"), text(word));
}

/// An article that is found by `word` alone.
pub(super) fn text(word: &str) -> String {
    format!(
        "---\ntitle: {word}故障\n---\n\n## 应急策略\n\n1. 先看{word}的指示灯。\n2. 重启设备，\
         等两分钟。\n   - **如果没有恢复**：联系二线，说明时间、地点和报错。\n\n## 原因\n\n电源或网线松动。\n"
    )
}

/// A place with so many articles.
pub(super) fn place(n_articles: usize, dice: &mut Dice) -> Place {
    let place = Place::new();
    (0..n_articles).for_each(|n| write(&place, n, &dice.word()));
    place
}

/// What is to be served: by id the hash and the word.
pub(super) type Files = BTreeMap<String, (String, String)>;

/// The files of the folder.
pub(super) fn files(place: &Place) -> Files {
    let mut files = BTreeMap::new();
    for entry in fs_err::read_dir(place.kb()).unwrap() {
        let path = entry.unwrap().path();
        let id = path.file_stem().unwrap().to_string_lossy().into_owned();
        let bytes = fs_err::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let word = text.split_once("title: ").and_then(|(_, rest)| rest.split_once("故障"));
        let word = word.map_or_else(String::new, |(word, _)| word.to_owned());
        files.insert(id, (blake3::hash(&bytes).to_hex().to_string(), word));
    }
    files
}

/// The articles of the server: by id the hash.
fn served(port: u16) -> BTreeMap<String, String> {
    // HTTP/1.0, so that the answer is not cut into chunks.
    let request = format!("GET /api/v1/export.json HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    let answer = http::exchange(port, request.as_bytes()).map(|answer| answer.json());
    let answer = answer.unwrap_or_default();
    let articles = answer["articles"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    articles.map(|article| (text(&article["id"]), text(&article["hash"]))).collect()
}

/// How the server differs from what is to be served; with `is_whole` it must also say that all is
/// well.
fn difference(server: &Server, words: usize, files: &Files, is_whole: bool) -> Option<String> {
    let served = served(server.port);
    if let Some(id) = files.keys().find(|id| !served.contains_key(*id)) {
        return Some(format!("{id} is not served"));
    }
    if let Some(id) = served.keys().find(|id| !files.contains_key(*id)) {
        return Some(format!("{id} is served without a file"));
    }
    if let Some((id, _)) = files.iter().find(|(id, (hash, _))| served[*id] != *hash) {
        return Some(format!("{id} is served in another version"));
    }
    // The newest articles are spread over the folder, so every n-th one stands for all.
    let step = files.len().div_ceil(words.max(1)).max(1);
    let mut asked = files.iter().step_by(step);
    let lost = asked.find(|(id, (_, word))| server.found(word).first() != Some(id));
    if let Some((id, (_, word))) = lost {
        return Some(format!("{id} is not found first by {word}"));
    }
    let ready = http::get(server.port, "/readyz").map(|answer| answer.text()).unwrap_or_default();
    let status = http::get_json(server.port, "/api/v1/status").unwrap_or_default();
    let is_well = ready.contains("\"status\":\"ok\"") || !is_whole;
    let is_counted = status["n_articles"] == files.len() && status["n_broken"] == 0;
    (!is_well || !is_counted).then(|| format!("{ready} {status}"))
}

/// Waits until folder and server agree and so many articles are found by their words; `Err` says
/// what is still wrong then.
pub(super) fn agree(place: &Place, server: &Server, words: usize) -> Result<Duration, String> {
    agree_on(server, words, &|| files(place), true)
}

/// The same with what is to be served, where that is not what the folder holds.
pub(super) fn agree_on(
    server: &Server,
    words: usize,
    files: &dyn Fn() -> Files,
    is_whole: bool,
) -> Result<Duration, String> {
    let mut wrong = None;
    let took = eventually(PATIENCE, || {
        wrong = difference(server, words, &files(), is_whole);
        wrong.is_none()
    });
    took.ok_or_else(|| wrong.unwrap_or_default())
}

/// Starts the server and waits until it agrees with the folder.
pub(super) fn start_and_agree(place: &Place, words: usize) -> Result<Server, String> {
    let server =
        Server::try_start(place.command("serve")).ok_or_else(|| "it did not start".to_owned())?;
    agree(place, &server, words).map(|_| server)
}
