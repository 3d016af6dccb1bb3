//! The architecture as a test: who may use whom, and who may use which crate.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Which modules a module may use. A line may name modules that do not exist yet.
const MAY_USE: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "web", "check", "scaffold", "import", "eval", "export", "live", "search", "index",
            "kb", "article", "analysis", "config",
        ],
    ),
    // `index` for its types only: a snapshot, a stored article and an error pass through the
    // web side by name. It opens, builds and changes no index; `live` does.
    ("web", &["live", "check", "search", "article", "index", "history"]),
    // `index` for its types, as the web side; `analysis` because the copy of the pages takes
    // synonyms and sounds along.
    ("export", &["search", "article", "web", "index", "analysis"]),
    ("check", &["search", "kb", "analysis", "article"]),
    ("scaffold", &["kb", "analysis", "article"]),
    ("import", &["kb", "article", "analysis"]),
    // `analysis` because Chinese is typed through its pinyin.
    ("eval", &["search", "index", "analysis", "article"]),
    // `analysis` because the vocabulary is loaded, and reloaded, here.
    ("live", &["kb", "index", "search", "article", "analysis"]),
    ("search", &["index", "analysis", "article"]),
    ("index", &["analysis", "article"]),
    ("kb", &["article"]),
    ("article", &[]),
    ("analysis", &[]),
    ("config", &[]),
    ("history", &[]),
];

/// Which files may use a crate: everything below these paths of `src/`.
const CRATE_ONLY_IN: &[(&str, &[&str])] = &[
    ("axum", &["web/"]),
    ("tower", &["web/"]),
    ("tower_http", &["web/"]),
    ("hyper", &["web/"]),
    ("hyper_util", &["web/"]),
    ("futures_util", &["web/"]),
    ("atom_syndication", &["web/feed/"]),
    ("http_body_util", &["web/"]),
    ("rmcp", &["web/mcp/"]),
    ("schemars", &["web/"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("jiff", &["cli/"]),
    ("tantivy", &["index/", "search/", "analysis/adapter.rs"]),
    ("jieba_rs", &["analysis/"]),
    ("strsim", &["search/correct/", "config/explain.rs"]),
    ("governor", &["web/"]),
    ("subtle", &["web/"]),
    ("sha2", &["web/"]),
    ("getrandom", &["cli/"]),
    ("wildmatch", &["index/alerts.rs"]),
    ("ferrous_opencc", &["search/correct/"]),
    ("pulldown_cmark", &["article/"]),
    ("ammonia", &["article/"]),
    ("notify", &["kb/"]),
    ("zip", &["import/", "export/docx/"]),
    ("quick_xml", &["import/"]),
    ("calamine", &["import/"]),
    ("csv", &["import/"]),
    // The derive stands on the types that answers are made of, as that of serde does.
    ("utoipa", &["web/", "search/", "index/", "article/", "live/", "history/"]),
    ("docx_rs", &["export/docx/"]),
    ("pinyin", &["import/", "analysis/phonetics/"]),
];

#[test]
fn modules_use_only_what_the_table_allows() {
    let broken: Vec<_> = sources().iter().flat_map(|(path, text)| breaches(path, text)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_table_has_no_circle() {
    for (module, _) in MAY_USE {
        let mut reached = BTreeSet::new();
        let mut open = vec![*module];
        while let Some(next) = open.pop() {
            let row = MAY_USE.iter().find(|(name, _)| *name == next);
            let (_, used) = row.unwrap_or_else(|| panic!("{next} has no line in the table"));
            open.extend(used.iter().filter(|used| reached.insert(**used)));
        }
        assert!(!reached.contains(module), "{module} uses itself in the end: {reached:?}");
    }
}

#[test]
fn the_library_lists_all_modules_and_the_table_knows_them() {
    let sources = sources();
    let on_disk: BTreeSet<_> =
        sources.keys().map(|path| module_of(path)).filter(|name| *name != "lib").collect();
    for module in &on_disk {
        assert!(MAY_USE.iter().any(|(name, _)| name == module), "{module} is not in the table");
    }
    let declared: BTreeSet<_> = sources["lib.rs"]
        .lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .chain(["main"])
        .collect();
    assert_eq!(declared, on_disk);
}

#[test]
fn breaches_are_noticed() {
    let table = [
        ("article/made_up.rs", "use crate::index::Snapshot;", 1),
        (
            "article/made_up.rs",
            "use crate::{\n    article::{Finding, Level},\n    kb::Root,\n};",
            1,
        ),
        ("kb/made_up.rs", "fn f() -> crate::live::Live { todo!() }", 1),
        ("main.rs", "use jiuji::{cli, web::router};", 1),
        ("search/made_up.rs", "use axum::Json;", 1),
        ("web/made_up.rs", "fn f(t: tantivy::Term) {}", 1),
        ("analysis/made_up.rs", "use tantivy::Term;\nuse crate::search;", 2),
        ("live/made_up.rs", "use notify::Event; use clap::Parser;", 2),
        ("nowhere/made_up.rs", "use crate::article::Article;", 1),
        ("analysis/adapter.rs", "use tantivy::Term;", 0),
        ("search/made_up.rs", "use crate::{analysis::{Kind, fold}, index, search::Query};", 0),
        ("article/made_up.rs", "//! As [`crate::index`] says, `axum::Json` is elsewhere.", 0),
        ("article/made_up.rs", "let my_axum::x = super::notify::y;", 0),
    ];
    for (path, text, n_breaches) in table {
        let found = breaches(path, text);
        assert_eq!(found.len(), n_breaches, "{path}: {text}: {found:?}");
    }
}

/// Every source file by its path below `src/`.
fn sources() -> BTreeMap<String, String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut files, mut folders) = (BTreeMap::new(), vec![src.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs_err::read_to_string(&path).unwrap());
            }
        }
    }
    assert!(files.len() > 100, "the sources were not found: {}", files.len());
    files
}

/// What a file uses although it may not.
fn breaches(path: &str, text: &str) -> Vec<String> {
    let code = without_comments(text);
    let module = module_of(path);
    if module == "lib" {
        return Vec::new();
    }
    let allowed = MAY_USE.iter().find(|(name, _)| *name == module).map(|(_, used)| *used);
    let Some(allowed) = allowed else { return vec![format!("{path}: not in the table")] };
    let own = if module == "main" { "jiuji" } else { "crate" };
    let modules = below(&code, own)
        .into_iter()
        .filter(|used| *used != module && is_module(used) && !allowed.contains(&used.as_str()));
    let modules = modules.map(|used| format!("{path}: {module} may not use {used}"));
    let crates = CRATE_ONLY_IN.iter().filter(|(name, places)| {
        uses_crate(&code, name) && !places.iter().any(|place| path.starts_with(place))
    });
    let crates = crates.map(|(name, _)| format!("{path}: may not use the crate {name}"));
    modules.chain(crates).collect()
}

fn module_of(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or(path);
    first.trim_end_matches(".rs")
}

fn is_module(name: &str) -> bool {
    MAY_USE.iter().any(|(module, _)| *module == name)
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The first names after `root::`, those of a group `root::{…}` each, once.
fn below(code: &str, root: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for rest in paths_from(code, root) {
        match rest.strip_prefix('{') {
            None => drop(names.insert(name_at(rest))),
            Some(group) => names.extend(names_of_group(group)),
        }
    }
    names
}

/// What follows each `root::` that starts a path.
fn paths_from<'a>(code: &'a str, root: &str) -> Vec<&'a str> {
    let starts = code.match_indices(root).filter(|(at, _)| {
        let before = code.get(..*at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':')
    });
    starts.filter_map(|(at, _)| code.get(at + root.len()..)?.strip_prefix("::")).collect()
}

fn name_at(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The names at the top of a group whose opening brace is gone.
fn names_of_group(group: &str) -> Vec<String> {
    let (mut names, mut depth, mut item) = (Vec::new(), 0, String::new());
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(std::mem::take(&mut item)),
            _ if depth == 0 => item.push(c),
            _ => {}
        }
    }
    names.push(item);
    names.iter().map(|item| name_at(item.trim_start())).filter(|name| !name.is_empty()).collect()
}

fn uses_crate(code: &str, name: &str) -> bool {
    let as_path = !paths_from(code, name).is_empty();
    as_path || code.contains(&format!("use {name};")) || code.contains(&format!("use {name} as "))
}
