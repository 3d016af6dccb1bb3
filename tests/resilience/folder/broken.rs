//! W10: articles that are saved with a mistake.

use std::{
    collections::BTreeSet,
    os::unix::fs::symlink,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use fs_err as fs;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::Value;

use super::kit::{self, SETTLES, VISIBLE, agrees, findings, finds, ready, source};
use crate::{
    http,
    product::{Place, Server, eventually},
    scenario::{Outcome, Run, Scenario},
};

pub(super) const W10: Scenario = Scenario {
    id: "W10",
    injects: "30 mistakes: YAML that does not parse, no end, twice the same field, no text, unreadable, too \
              large, not a file; scans and a restart; then no title and an id that is taken",
    expects: "the last good version with its mark, a finding with file and line, `check` exits with 1; the fix \
              visible within 2 s and nothing said any more",
    broken: "unreadable files without the mark, a pipe in the place of an article taken for its deletion",
    play,
};

/// A mistake: what comes in the place of the file, and the line that the finding names.
struct Mistake(&'static str, fn(&Path), Option<u64>);

/// Front matter in the place of a good one.
macro_rules! front {
    ($name:literal, $yaml:literal, $line:literal) => {
        Mistake(
            $name,
            |path| fs::write(path, concat!("---\n", $yaml, "\n---\n\n新的正文\n")).unwrap(),
            Some($line),
        )
    };
}

const MISTAKES: [Mistake; 30] = [
    front!("two colons", "title: 甲: 乙", 2),
    front!("quote", "severity: p1\ntitle: \"甲", 3),
    front!("list", "severity: p1\ncodes: [a, b\ntier: l1", 3),
    front!("tab", "severity: p1\n\ttitle: 甲", 3),
    front!("no colon", "severity: p1\ntitle 甲\ntier: l1", 3),
    front!("full-width colon", "severity: p1\ntitle：甲", 3),
    front!("at", "title: @甲", 2),
    front!("backtick", "title: `甲`", 2),
    front!("map", "alerts: {name: a", 2),
    front!("too deep", "a: [[[[[[[[[[1]]]]]]]]]]", 2),
    front!("backslash", "title: \"a\\qb\"", 2),
    front!("after the quote", "title: \"甲\" 乙", 2),
    front!("bracket", "title: 甲]\ncodes: ]", 3),
    front!("list in the line", "codes: - a", 2),
    front!("indentation", "aliases:\n  - a\n - b", 4),
    front!("tag", "a: !!int 甲", 2),
    front!("percent", "%a: b", 3),
    front!("merge", "<<: {a: 1}", 2),
    front!("anchor", "title: &a 甲", 2),
    front!("alias", "title: *a", 2),
    front!("twice", "title: 甲\ntitle: 乙", 3),
    front!("a list", "- a\n- b", 2),
    Mistake("no end", |path| fs::write(path, "---\ntitle: 甲\n## 现象\n").unwrap(), Some(1)),
    Mistake("huge front matter", huge_front_matter, None),
    Mistake("no encoding", |path| fs::write(path, b"# abc \xff\xff\n").unwrap(), None),
    Mistake("NUL", |path| fs::write(path, "# 甲\0乙\n").unwrap(), None),
    Mistake("too large", |path| fs::write(path, vec![b'a'; (1 << 20) + 1]).unwrap(), None),
    Mistake("a pipe", pipe, None),
    Mistake("a link out", |path| replace_by_link(path, "/etc/passwd"), None),
    Mistake("a link to nothing", |path| replace_by_link(path, "nowhere.md"), None),
];

fn huge_front_matter(path: &Path) {
    let line = "# 注释注释注释注释注释注释注释注释\n";
    fs::write(path, format!("---\ntitle: 甲\n{}---\n", line.repeat(400))).unwrap();
}

fn pipe(path: &Path) {
    fs::remove_file(path).unwrap();
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

fn replace_by_link(path: &Path, target: &str) {
    let link = path.with_file_name(".link");
    symlink(target, &link).unwrap();
    fs::rename(link, path).unwrap();
}

fn name(n: usize) -> String {
    format!("m{n}")
}

fn good(n: usize, version: &str) -> String {
    kit::article(&format!("甲{n}号{version}"))
}

fn play(run: &Run) -> Outcome {
    let place = Place::new();
    for n in 0..MISTAKES.len() {
        place.write(&format!("{}.md", name(n)), good(n, "旧"));
    }
    let server = place.serve();
    let mut failures = Vec::from_iter(agrees(&place, &server, SETTLES).err());
    let before = all_said(&server);
    for (n, Mistake(_, make, _)) in MISTAKES.iter().enumerate() {
        make(&place.kb().join(format!("{}.md", name(n))));
    }
    failures.extend(keeps_the_last_good(&server, "at once"));
    fs::create_dir(place.kb().join("scan")).unwrap();
    failures.extend(keeps_the_last_good(&server, "after a scan"));
    failures.extend(check_fails(&place));
    drop(server);
    let server = place.serve();
    failures.extend(keeps_the_last_good(&server, "after a restart"));

    let mut times = Vec::new();
    for (n, Mistake(mistake, ..)) in MISTAKES.iter().enumerate() {
        // Half of them go back to what they were, to the byte.
        let version = if n.is_multiple_of(2) { "旧" } else { "新" };
        mend(&place, n, &good(n, version));
        let begin = Instant::now();
        let mended = || is_mended(&server, n, &good(n, version));
        match eventually(SETTLES, mended) {
            Some(_) => times.push(begin.elapsed()),
            None => failures.push(format!("{}: the fix is not seen", mistake)),
        }
    }
    failures.extend(all_is_well(&server, &before));
    failures.extend(taken_ids_and_missing_titles(&place, &server));
    let late = times.iter().filter(|time| run.judges_times() && **time > VISIBLE).count();
    Outcome::new(3 * MISTAKES.len() + times.len())
        .failures(failures)
        .expect(late == 0, || format!("{late} fixes were seen after {VISIBLE:?}"))
        .worst(kit::figure("fix visible", &times))
}

fn keeps_the_last_good(server: &Server, when: &str) -> Vec<String> {
    let failures = || -> Vec<String> {
        let said = findings(server);
        (0..MISTAKES.len())
            .filter_map(|n| {
                let Mistake(mistake, _, line) = &MISTAKES[n];
                let path = format!("{}.md", name(n));
                let article = article(server, n);
                let mut errors = said.iter().filter(|said| said.path == path);
                let is_said = errors.any(|said| {
                    let is_near = |line: u64| said.line.is_some_and(|at| at.abs_diff(line) <= 1);
                    said.level != "info" && line.is_none_or(is_near)
                });
                let is_kept = source(server, &name(n)) == Some(good(n, "旧"));
                let is_marked = article["broken"] == true;
                let is_right = is_kept && is_marked && is_said;
                (!is_right).then(|| {
                    format!("{when}: {mistake}: kept {is_kept}, marked {is_marked}, told {is_said}")
                })
            })
            .collect()
    };
    if eventually(Duration::from_secs(5), || failures().is_empty()).is_some() {
        return Vec::new();
    }
    failures()
}

fn article(server: &Server, n: usize) -> Value {
    http::get_json(server.port, &format!("/api/v1/articles/{}", name(n))).unwrap_or_default()
}

/// `jiuji check` says for every line of front matter where it is, and ends with 1.
fn check_fails(place: &Place) -> Vec<String> {
    let mut command = Command::new(crate::product::PROGRAM);
    command.args(["check", "--kb"]).arg(place.kb()).current_dir(place.path());
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let mut failures = Vec::new();
    if output.status.code() != Some(1) {
        failures.push(format!("check ends with {:?}", output.status.code()));
    }
    let named = |n: &usize| text.contains(&format!("{}.md", name(*n)));
    let missing = (0..MISTAKES.len()).filter(|n| !named(n)).map(|n| MISTAKES[n].0);
    failures.extend(missing.map(|mistake| format!("check does not name the file of: {mistake}")));
    failures
}

fn mend(place: &Place, n: usize, text: &str) {
    let path = place.kb().join(format!("{}.md", name(n)));
    let temporary = path.with_file_name(".mended");
    fs::write(&temporary, text).unwrap();
    fs::rename(temporary, path).unwrap();
}

fn is_mended(server: &Server, n: usize, text: &str) -> bool {
    source(server, &name(n)).as_deref() == Some(text) && article(server, n)["broken"] == false
}

/// Everything that is said, in words that can be compared.
fn all_said(server: &Server) -> BTreeSet<String> {
    findings(server).iter().map(|said| format!("{said:?}")).collect()
}

/// Nothing more is said than before the mistakes.
fn all_is_well(server: &Server, before: &BTreeSet<String>) -> Vec<String> {
    let is_well = || all_said(server).is_subset(before) && ready(server)["articles_broken"] == 0;
    if eventually(SETTLES, is_well).is_some() {
        return Vec::new();
    }
    let left = all_said(server);
    let left = left.difference(before).map(|said| format!("still said: {said}"));
    left.chain([format!("{}", ready(server))]).collect()
}

/// Mistakes that cost an article its id or its title, and no more.
fn taken_ids_and_missing_titles(place: &Place, server: &Server) -> Vec<String> {
    let mut failures = Vec::new();
    let taken = good(0, "二").replace("title:", "id: m0\ntitle:");
    place.write("zz.md", taken);
    place.write("无题.md", "没有标题，只有无题正文。\n");
    failures.extend(agrees(place, server, SETTLES).err());
    let said = findings(server);
    let is_said = |path: &str| said.iter().any(|said| said.path == path && said.level != "info");
    if source(server, "m0") != Some(good(0, "旧"))
        || source(server, "zz").is_none()
        || !is_said("zz.md")
    {
        failures.push("an id that is taken".to_owned());
    }
    if !finds(server, "无题") || !is_said("无题.md") {
        failures.push("no title".to_owned());
    }
    failures
}
