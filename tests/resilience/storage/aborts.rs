//! D8: an article ends the process, in a way that no program can catch.
//!
//! The fault is a real one: with little memory allowed, a huge article of rare characters needs
//! more than there is while it is taken apart, and the program aborts. No hook in the product.

use std::{fmt::Write as _, path::Path, process::Command, time::Duration};

use super::oracle::{self, Files};
use crate::{
    dice::Dice,
    http,
    product::{Place, Server, eventually, has},
    scenario::{Outcome, Run, Scenario},
};

const ABORTS: usize = 20;
const ARTICLES: usize = 12;
/// Starts after the first abort until nothing ends the process any more.
const MAX_RESTARTS: usize = 2;
/// What the program may use beyond what it uses with small articles; the huge one needs twice this.
const SPARE_KIB: usize = 25 << 10;
/// Characters of the huge article, nearly as many as an article may have.
const HUGE_CHARS: usize = 330_000;
/// Longest wait for an abort, or for the verdict about an article.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) const D8: Scenario = Scenario {
    id: "D8",
    injects: "an abort (no memory left) inside one article, of a first build or of an edit of an \
              article that is served",
    expects: "≤ 2 restarts until stable; all others served, the last good version of the edited \
              one too; the file is named; once mended it is served without a restart",
    broken: "without a look at the marks that the last process left",
    play,
};

fn play(run: &Run) -> Outcome {
    if !has("prlimit") {
        return Outcome::skipped("prlimit is not installed");
    }
    let mut dice = Dice::of("D8");
    let memory = enough(&mut dice);
    let n_aborts = run.count(ABORTS);
    let (mut failures, mut worst) = (Vec::new(), 0);
    for n in 0..n_aborts {
        let case = Case { place: oracle::place(ARTICLES, &mut dice), memory };
        match case.play(n % 2 == 0, &mut dice) {
            Ok(n_restarts) => worst = worst.max(n_restarts),
            Err(wrong) => failures.push(format!("abort {n}: {wrong}")),
        }
    }
    Outcome::new(n_aborts).failures(failures).worst(format!("{worst} restarts until stable"))
}

/// Memory in KiB that is enough for small articles.
fn enough(dice: &mut Dice) -> usize {
    let place = oracle::place(ARTICLES, dice);
    let server = oracle::start_and_agree(&place, ARTICLES).unwrap();
    server.memory_kib("VmData") + SPARE_KIB
}

/// An article of so many rare characters.
fn huge(dice: &mut Dice) -> String {
    let mut text = "# 巨大故障\n\n".to_owned();
    (0..HUGE_CHARS / 4).for_each(|_| write!(text, "{}", dice.word()).unwrap());
    text
}

/// A place, and the memory that the program gets.
struct Case {
    place: Place,
    memory: usize,
}

impl Case {
    /// An abort and what follows; gives the number of restarts until stable.
    fn play(&self, is_edit: bool, dice: &mut Dice) -> Result<usize, String> {
        let before = oracle::files(&self.place);
        let name = if is_edit { "a3.md" } else { "huge.md" };
        if is_edit {
            let mut server = self.start().ok_or("it did not start")?;
            oracle::agree(&self.place, &server, 3)?;
            self.place.write(name, huge(dice));
            if !server.ends_within(PATIENCE) {
                return Err("nothing aborted: the scenario proves nothing".to_owned());
            }
        } else {
            self.place.write(name, huge(dice));
            if self.start().is_some() {
                return Err("nothing aborted: the scenario proves nothing".to_owned());
            }
        }
        let (server, n_restarts) = self.settled()?;
        named(&server, name, &before)?;
        drop(server);
        let server = self.start().ok_or("it did not start once more")?;
        named(&server, name, &before)?;
        self.place.write(name, oracle::text(&dice.word()));
        oracle::agree(&self.place, &server, ARTICLES)?;
        Ok(n_restarts)
    }

    fn start(&self) -> Option<Server> {
        let memory = format!("--data={}", self.memory << 10);
        let mut command: Command = self.place.wrapped(&["prlimit", &memory], "serve");
        command.stderr(std::process::Stdio::null());
        Server::try_start(command)
    }

    /// Restarts until a process has made up its mind about the article and lives on.
    fn settled(&self) -> Result<(Server, usize), String> {
        for n in 1..=MAX_RESTARTS {
            let Some(mut server) = self.start() else { continue };
            let is_over = || !server.is_alive() || is_judged(&self.place.index());
            if eventually(PATIENCE, is_over).is_some() && server.is_alive() {
                return Ok((server, n));
            }
        }
        Err(format!("not stable after {MAX_RESTARTS} restarts"))
    }
}

fn is_judged(index: &Path) -> bool {
    let suspects = fs_err::read_to_string(index.join("suspects.json")).unwrap_or_default();
    suspects.contains("\"is_guilty\":true") && !suspects.contains("\"is_guilty\":false")
}

/// All articles are as before, and the file that is left out is named.
fn named(server: &Server, name: &str, before: &Files) -> Result<(), String> {
    oracle::agree_on(server, ARTICLES, &|| before.clone(), false)?;
    let findings = http::get(server.port, "/api/v1/findings").map_err(|error| error.to_string())?;
    let findings = findings.json();
    let all = findings["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_named = all.iter().any(|f| f["rule"] == "crash" && f["path"] == name);
    let ready = http::get_json(server.port, "/readyz").unwrap_or_default();
    let is_said = ready["components"]["articles"] == "degraded";
    if is_named && is_said { Ok(()) } else { Err(format!("{name} is not named: {ready}")) }
}
