//! X6: files that are not the pictures they seem to be.

use std::time::Duration;

use super::{
    browser::{Watch, with_browser},
    proxy::{self, Change},
};
use crate::{
    http::{encoded, get},
    product::Place,
    scenario::{Outcome, Run, Scenario},
};

pub(super) const SCENARIO: Scenario = Scenario {
    id: "X6",
    injects: "30 files beside the articles: pages, scripts, vector images with scripts, documents, \
        mixtures, wrong endings, opened and shown as pictures",
    expects: "pictures by their ending only, sandboxed, vector images to download only, all else 404; \
        0 executions in Chromium with the policy and without",
    broken: "without attachment for vector images; with hidden names allowed",
    play,
};

/// What becomes of a file.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Shown(&'static str),
    Downloaded,
    Hidden,
}
use Fate::{Downloaded, Hidden, Shown};

const PAGE: &[u8] =
    b"<!DOCTYPE html><html><body><script>__x(1)</script><img src=x onerror=__x(1)></body></html>";
const VECTOR: &[u8] =
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='__x(1)' width='9' height='9'>\
    <script>__x(1)</script><image href='https://evil.example/p.png'/></svg>";
const XML: &[u8] =
    b"<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>__x(1)</x:script>";
const GIF_PAGE: &[u8] = b"GIF89a/*<script>__x(1)</script>*/=1;__x(1)";
const PNG_PAGE: &[u8] = b"\x89PNG\r\n\x1a\n<script>__x(1)</script>";
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n<script>__x(1)</script>";
const UTF7: &[u8] =
    b"+ADw-svg onload=+ACI-__x(1)+ACI- xmlns=+ACI-http://www.w3.org/2000/svg+ACI-+AD4-";
const ENTITY: &[u8] = b"<!DOCTYPE svg [<!ATTLIST svg onload CDATA '__x(1)'>]><svg xmlns='http://www.w3.org/2000/svg'/>";

const FILES: [(&str, &[u8], Fate); 34] = [
    ("a.html", PAGE, Hidden),
    ("a.htm", PAGE, Hidden),
    ("a.xhtml", XML, Hidden),
    ("a.xml", XML, Hidden),
    ("a.xsl", XML, Hidden),
    ("a.js", b"__x(1)", Hidden),
    ("a.mjs", b"__x(1)", Hidden),
    ("a.css", b"*{background:url(https://evil.example/)}", Hidden),
    ("a.json", b"{}", Hidden),
    ("a.pdf", PDF, Hidden),
    ("a.svgz", VECTOR, Hidden),
    ("a.mht", PAGE, Hidden),
    ("a.swf", b"FWS", Hidden),
    ("a.wasm", b"\0asm", Hidden),
    ("a.txt", PAGE, Hidden),
    ("a", PAGE, Hidden),
    ("a.png.html", PAGE, Hidden),
    ("a.html.", PAGE, Hidden),
    ("a.png ", PAGE, Hidden),
    (".a.png", PAGE, Hidden),
    ("plain.svg", VECTOR, Downloaded),
    ("UPPER.SVG", VECTOR, Downloaded),
    ("utf7.svg", UTF7, Downloaded),
    ("entity.svg", ENTITY, Downloaded),
    ("page.svg", PAGE, Downloaded),
    ("page.png", PAGE, Shown("image/png")),
    ("page.html.png", PAGE, Shown("image/png")),
    ("vector.png", VECTOR, Shown("image/png")),
    ("mixed.png", PNG_PAGE, Shown("image/png")),
    ("mixed.gif", GIF_PAGE, Shown("image/gif")),
    ("document.jpg", PDF, Shown("image/jpeg")),
    ("page.JPEG", PAGE, Shown("image/jpeg")),
    ("page.webp", XML, Shown("image/webp")),
    ("script.avif", b"__x(1)", Shown("image/avif")),
];

/// A picture is shown by then; what is only downloaded never is.
const PATIENCE: Duration = Duration::from_millis(400);

const SANDBOX: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

fn play(_: &Run) -> Outcome {
    let place = Place::new();
    let pictures: String =
        FILES.iter().map(|(name, ..)| format!("![图](<{name}>)\n\n[图](<{name}>)\n\n")).collect();
    place.write("gallery.md", format!("# 图片\n\n{pictures}"));
    FILES.iter().for_each(|(name, content, _)| place.write(name, content));
    let server = place.serve();
    let answers =
        FILES.iter().flat_map(|(name, content, fate)| judged(server.port, name, content, *fate));
    let answers: Vec<_> = answers.collect();
    let naked = proxy::start(server.port, Change { keeps_policy: false, raw: vec![] });
    let ran = with_browser(async |watch| {
        let mut ran = opened(watch, server.port).await;
        ran.extend(opened(watch, naked).await);
        ran
    });
    let Some(ran) = ran else { return Outcome::skipped("no Chromium") };
    let worst = format!("{} executions", ran.len());
    Outcome::new(FILES.len()).failures(answers).failures(ran).worst(worst)
}

/// What is wrong with the answer for a file.
fn judged(port: u16, name: &str, content: &[u8], fate: Fate) -> Option<String> {
    let answer = get(port, &format!("/media/{}", encoded(name))).unwrap();
    let is_right = match fate {
        Hidden => {
            answer.status == 404 && !answer.body.windows(8).any(|part| content.starts_with(part))
        }
        Shown(kind) => answer.status == 200 && answer.header("content-type") == Some(kind),
        Downloaded => {
            answer.status == 200
                && answer.header("content-type") == Some("image/svg+xml")
                && answer.header("content-disposition") == Some("attachment")
        }
    };
    let is_boxed = fate == Hidden || answer.header("content-security-policy") == Some(SANDBOX);
    let is_fixed = answer.header("x-content-type-options") == Some("nosniff");
    (!(is_right && is_boxed && is_fixed)).then(|| format!("{name}: {}", answer.head))
}

/// What ran when each file was opened as a page and all were shown in one.
async fn opened(watch: &Watch, port: u16) -> Vec<String> {
    let origin = format!("http://127.0.0.1:{port}");
    let mut ran = Vec::new();
    let mut tab = watch.tab(format!("{origin}/")).await;
    let shown = tab.provoke(&format!("{origin}/articles/gallery"), "main summary").await;
    ran.extend(shown.into_iter().map(|what| format!("gallery: {what}")));
    for (name, ..) in FILES {
        tab.open(&format!("{origin}/media/{}", encoded(name)), PATIENCE).await;
        ran.extend(tab.happened().await.into_iter().map(|what| format!("{name}: {what}")));
    }
    ran
}
