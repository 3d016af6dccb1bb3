//! S1 and S2: what the program is made of.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    product::has,
    scenario::{Outcome, Profile, Run, Scenario},
};

pub(crate) const S1: Scenario = Scenario {
    id: "S1",
    injects: "the rules for dependencies; at night also two builds for release, of two copies of the \
              sources with other paths and times, from vendored crates and without a network",
    expects: "no remark of cargo-deny and ≤ 3 exceptions; both builds succeed, with equal sha256 and \
              equal lists of parts",
    broken: "with a licence of the dependencies not allowed",
    play: supply_chain,
};

pub(crate) const S2: Scenario = Scenario {
    id: "S2",
    injects: "every source file is read for the keyword unsafe; the compiler forbids it",
    expects: "0 lines",
    broken: "with `unsafe_code` allowed in Cargo.toml",
    play: no_unsafe_code,
};

/// Exceptions from advisories that may be listed.
const MAX_IGNORED: usize = 3;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn supply_chain(run: &Run) -> Outcome {
    if !has("cargo-deny") {
        return Outcome::skipped("there is no cargo-deny");
    }
    if run.profile != Profile::Push && !has("cargo-cyclonedx") {
        return Outcome::skipped("there is no cargo-cyclonedx");
    }
    let mut outcome = Outcome::new(2).failures(rules().err()).failures(exceptions().err());
    if run.profile == Profile::Push {
        return outcome.worst("rules hold; builds are not compared with every change");
    }
    outcome.count += 2;
    match two_builds() {
        Ok(sum) => outcome.worst(format!("sha256 of both builds {sum}")),
        Err(failure) => outcome.failed(failure),
    }
}

fn rules() -> Result<(), String> {
    // The rules cover all platforms, so the sources for all of them must be here. Without a
    // network they are or are not; what follows says so.
    let _ = said(Command::new("cargo").args(["fetch", "--locked", "--quiet"]).current_dir(root()));
    let mut command = Command::new("cargo-deny");
    command.args(["--offline", "--locked", "check", "bans", "licenses", "sources"]);
    said(command.current_dir(root())).map(drop)
}

/// Whoever ignores an advisory says until when.
fn exceptions() -> Result<(), String> {
    let text = fs_err::read_to_string(root().join("deny.toml")).unwrap();
    let table: toml::Table = text.parse().map_err(|error| format!("deny.toml: {error}"))?;
    let ignored = table.get("advisories").and_then(|advisories| advisories.get("ignore"));
    let ignored = ignored.and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_dated = |entry: &toml::Value| {
        let reason = entry.get("reason").and_then(toml::Value::as_str).unwrap_or_default();
        reason.contains("until 20")
    };
    match ignored.len() <= MAX_IGNORED && ignored.iter().all(is_dated) {
        true => Ok(()),
        false => Err(format!("deny.toml ignores too much or for ever: {ignored:?}")),
    }
}

/// Builds twice, as far from each other as one machine allows; the common check sum.
fn two_builds() -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let crates = folder.path().join("crates");
    said(
        Command::new("cargo")
            .args(["vendor", "--quiet", "--locked"])
            .arg(&crates)
            .current_dir(root()),
    )?;
    let one = released(&folder.path().join("one"), &crates)?;
    let other = released(&folder.path().join("a/longer/path/to/the/other"), &crates)?;
    match one == other {
        true => Ok(one.split_whitespace().next().unwrap_or_default().to_owned()),
        false => Err(format!("two builds differ:\n{one}{other}")),
    }
}

/// The check sums of a build of a copy of the sources at `place`, without a network.
fn released(place: &Path, crates: &Path) -> Result<String, String> {
    let (sources, out) = (place.join("sources"), place.join("dist"));
    fs_err::create_dir_all(&sources).unwrap();
    // What is committed or about to be, with new times; not what was built.
    let copy = "git ls-files -z --cached --others --exclude-standard | \
                xargs -0 cp --parents -t \"$0\"";
    said(Command::new("sh").args(["-c", copy]).arg(&sources).current_dir(root()))?;
    let mut release = Command::new("unshare");
    release.arg("-n").arg(sources.join("deploy/release"));
    release.arg("--out").arg(&out).arg("--vendored").arg(crates);
    // Its own time: nothing of the machine may get in.
    release.env("SOURCE_DATE_EPOCH", "1767225600").env("CARGO_TARGET_DIR", place.join("target"));
    said(&mut release)?;
    fs_err::read_to_string(out.join("SHA256SUMS")).map_err(|error| error.to_string())
}

/// What a command prints when it goes well.
fn said(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let error = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let tail: Vec<_> = error.lines().rev().take(15).collect();
        return Err(format!(
            "{command:?}: {}",
            tail.into_iter().rev().collect::<Vec<_>>().join("\n")
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn no_unsafe_code(_: &Run) -> Outcome {
    let manifest = fs_err::read_to_string(root().join("Cargo.toml")).unwrap();
    let is_forbidden = manifest.contains("unsafe_code = \"forbid\"");
    let sources = sources(&root().join("src"));
    // The keyword is followed by a block or another word; policies for browsers have it in names.
    let is_unsafe = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        code.split("unsafe").skip(1).any(|rest| rest.starts_with([' ', '{']))
    };
    let lines = |path: &PathBuf| -> Vec<String> {
        let text = fs_err::read_to_string(path).unwrap();
        let found = text.lines().enumerate().filter(|(_, line)| is_unsafe(line));
        found.map(|(n, _)| format!("{}:{}", path.display(), n + 1)).collect()
    };
    Outcome::new(sources.len())
        .failures(sources.iter().flat_map(lines))
        .expect(is_forbidden, || "the compiler does not forbid it".to_owned())
        .worst("0 lines of unsafe code")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        let paths = fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let (inner, files): (Vec<_>, Vec<_>) = paths.partition(|path| path.is_dir());
        folders.extend(inner);
        found.extend(files.into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs")));
    }
    found
}
