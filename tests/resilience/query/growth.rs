//! Time as text grows: no reader of what strangers write may be slower than it is long.

use std::time::Duration;

use jiuji::{
    analysis::{Scanned, grams},
    article, check,
    config::Config,
    import, kb, web,
};
use time::macros::date;

use super::{
    is_timed,
    patterns::{self, Pattern},
    targets, tried,
};
use crate::scenario::{Outcome, Run, Scenario};

/// A reader, what it is given, and the longest text that the product gives it.
struct Reader {
    name: &'static str,
    patterns: &'static [Pattern],
    most: usize,
    read: fn(&str),
}

const KIB: usize = 1024;
/// Shortest of three lengths, each twice the one before.
const SHORT: usize = 64 * KIB;
/// Four times the text may take so many times the time.
const MOST_GROWTH: f64 = 6.0;
/// Below this a time says nothing.
const LEAST: Duration = Duration::from_millis(20);
/// Unless the longest text takes no longer than this.
const MOST: Duration = Duration::from_secs(2);

const READERS: &[Reader] = &[
    Reader { name: "Markdown", patterns: patterns::MARKDOWN, most: 1024 * KIB, read: markdown },
    Reader { name: "rules", patterns: patterns::MARKDOWN, most: 1024 * KIB, read: rules },
    Reader { name: "front matter", patterns: patterns::YAML, most: 8 * KIB, read: front_matter },
    Reader { name: "tokens", patterns: patterns::TEXTS, most: 1024 * KIB, read: tokens },
    Reader { name: "index", patterns: patterns::TEXTS, most: 1024 * KIB, read: index },
    Reader { name: "encoding", patterns: patterns::TEXTS, most: 1024 * KIB, read: encoding },
    Reader { name: "alerts in JSON", patterns: patterns::JSON, most: 1024 * KIB, read: json },
    Reader { name: "alerts in YAML", patterns: patterns::YAML, most: 1024 * KIB, read: yaml },
    Reader { name: "alerts as text", patterns: patterns::TEXTS, most: 1024 * KIB, read: plain },
    Reader { name: "settings", patterns: patterns::TOML, most: 64 * KIB, read: settings },
    Reader { name: "CSV", patterns: patterns::TABLES, most: 1024 * KIB, read: csv },
    Reader {
        name: "tables in Markdown",
        patterns: patterns::TABLES,
        most: 1024 * KIB,
        read: pipes,
    },
    Reader { name: "Word", patterns: patterns::WORD, most: 1024 * KIB, read: word },
    Reader { name: "Excel", patterns: patterns::SHEET, most: 1024 * KIB, read: excel },
];

pub(super) const Q3: Scenario = Scenario {
    id: "Q3",
    injects: "text that has been quadratic or worse in some reader, at n, 2n and 4n: Markdown, \
              the linter, front matter, tokens, index, encodings, alerts, settings, tables of all formats",
    expects: "4n takes less than 6 times what n takes, or the longest text that is read (1 MiB, \
              front matter 8 KiB, settings 64 KiB) at most 2 s; no panic",
    broken: "runs of text of any length: a megabyte of `&` took 15 s; the rules of links as they were",
    play: growth,
};

fn growth(run: &Run) -> Outcome {
    let (mut count, mut failures) = (0, Vec::new());
    let (mut slowest, mut worst) = (Duration::ZERO, String::new());
    targets::warm_up();
    for reader in READERS {
        for (i, make) in reader.patterns.iter().enumerate() {
            count += 1;
            let name = format!("{}, pattern {i}, {:?}", reader.name, make(12));
            let (time, failure) = if is_timed(run) {
                judged(&name, reader, *make)
            } else {
                tried(&name, || (reader.read)(&make(reader.most.min(4 * KIB))))
            };
            failures.extend(failure);
            if time > slowest {
                (slowest, worst) = (time, name);
            }
        }
    }
    Outcome::new(count).failures(failures).worst(format!("{slowest:.1?} ({worst})"))
}

/// The time of the longest text that was read, and what is wrong with the growth.
fn judged(name: &str, reader: &Reader, make: Pattern) -> (Duration, Option<String>) {
    let short = SHORT.min(reader.most / 4);
    let mut times = [Duration::ZERO; 3];
    for (time, n) in times.iter_mut().zip([short, 2 * short, 4 * short]) {
        match quickest(name, reader, &make(n)) {
            Ok(quickest) => *time = quickest,
            Err(panic) => return (*time, Some(panic)),
        }
    }
    let [first, _, last] = times;
    let growth = last.as_secs_f64() / first.as_secs_f64();
    if growth < MOST_GROWTH || last < LEAST {
        return (last, None);
    }
    let (longest, panic) = tried(name, || (reader.read)(&make(reader.most)));
    let is_slow = longest > MOST;
    let slow = || format!("{name}: {times:?} at {short} ×1, ×2, ×4; {longest:.1?} at the most");
    (longest, panic.or_else(|| is_slow.then(slow)))
}

/// The shortest time of three.
fn quickest(name: &str, reader: &Reader, text: &str) -> Result<Duration, String> {
    let mut quickest = Duration::MAX;
    for _ in 0..3 {
        let (time, panic) = tried(name, || (reader.read)(text));
        if let Some(panic) = panic {
            return Err(panic);
        }
        quickest = quickest.min(time);
        // One that is slow was not slow by chance.
        if quickest > MOST {
            break;
        }
    }
    Ok(quickest)
}

fn markdown(text: &str) {
    let source = format!("---\ntitle: a\n---\n\n{text}");
    let parsed = article::parse("a.md", &source);
    let title = parsed.map(|parsed| parsed.article.title).unwrap_or_default();
    let _ = article::render("a.md", &source, &|path| Some(path.to_owned()));
    let _ = article::layout("a.md", &source, &title);
    let _ = article::markdown(&source);
}

/// All rules of the linter.
fn rules(text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let root = kb::Root::new(folder.path()).unwrap();
    let options = check::Options::new(date!(2026 - 11 - 23));
    let source = format!("# a\n\n{text}");
    let _ = check::check_text(&root, &options, "a.md", source.as_bytes());
}

fn front_matter(text: &str) {
    let source = format!("---\n{text}\n---\n\n# a\n");
    let _ = article::parse("a.md", &source);
    let _ = article::salvage("a.md", &source);
}

fn tokens(text: &str) {
    let analyzer = targets::searching::analyzer();
    let scanned = Scanned::new(text);
    let _ = analyzer.tokens(&scanned);
    let _ = analyzer.synonyms(&scanned);
    let _ = analyzer.filler(&scanned);
    let _ = grams(text);
}

/// An article of this text, built into an index and found by what it begins with.
fn index(text: &str) {
    let source = format!("# a\n\n{text}\n");
    let snapshot = targets::searching::build(&[("a.md", &source)]).unwrap();
    targets::searching::answered(&snapshot, text);
}

fn encoding(text: &str) {
    let gb18030 = encoding_rs::GB18030.encode(text).0;
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let _ = kb::decode(text.as_bytes());
    let _ = kb::decode(&gb18030);
    let _ = kb::decode(&[&[0xff, 0xfe], &*utf16].concat());
}

fn json(text: &str) {
    alerts("application/json", text);
}

fn yaml(text: &str) {
    alerts("application/yaml", text);
}

fn plain(text: &str) {
    alerts("text/plain", text);
}

fn alerts(media_type: &str, text: &str) {
    for alert in web::alerts_of(media_type, text.as_bytes()).into_iter().flatten().take(3) {
        targets::searching::resolve(&alert);
    }
}

fn settings(text: &str) {
    let _ = Config::parse("/etc/jiuji.toml".as_ref(), text);
}

fn csv(text: &str) {
    articles(text.as_bytes(), "csv");
}

fn pipes(text: &str) {
    articles(text.as_bytes(), "md");
}

fn word(text: &str) {
    let document = format!("<w:document xmlns:w=\"w\"><w:body>{text}</w:body></w:document>");
    articles(&targets::office::word(document.as_bytes()), "docx");
}

fn excel(text: &str) {
    let xmlns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let sheet = format!("<worksheet xmlns=\"{xmlns}\"><sheetData>{text}</sheetData></worksheet>");
    articles(&targets::office::excel(sheet.as_bytes()), "xlsx");
}

fn articles(bytes: &[u8], extension: &str) {
    let _ = import::articles_of(bytes, extension, date!(2026 - 11 - 23));
}
