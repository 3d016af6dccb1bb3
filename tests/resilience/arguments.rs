//! What is asked of the runner.

use crate::scenario::Profile;

const USAGE: &str =
    "usage: resilience [--profile push|nightly|release] [--only ID,ID…] [--list] [--record]

  --profile   how often: push a tenth and times not judged, nightly in full (the figures of
              docs/resilience.md), release ten times where more is stronger; push by default
  --only      scenarios whose ids begin with one of these
  --list      names them only
  --record    writes what was seen into docs/resilience.md";

/// The arguments, understood.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) profile: Profile,
    pub(crate) list: bool,
    pub(crate) record: bool,
    only: Vec<String>,
}

impl Arguments {
    /// Reads the arguments after the program's name.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self { profile: Profile::Push, list: false, record: false, only: vec![] };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--profile" => parsed.profile = profile(arguments.next())?,
                "--only" => {
                    let ids = arguments.next().unwrap_or_default();
                    parsed.only = ids.split(',').map(str::to_owned).collect();
                }
                "--list" => parsed.list = true,
                "--record" => parsed.record = true,
                // What cargo and its friends hand to every test program.
                "--nocapture" | "--quiet" | "-q" => {}
                _ => return Err(USAGE.to_owned()),
            }
        }
        Ok(parsed)
    }

    /// Whether a scenario of this id is to be played: `D` means D1, D2 and so on, `D1` not D10.
    pub(crate) fn chooses(&self, id: &str) -> bool {
        let is_group = |wanted: &str| wanted.chars().all(|c| c.is_ascii_alphabetic());
        let names = |wanted: &String| id == wanted || (is_group(wanted) && id.starts_with(wanted));
        self.only.is_empty() || self.only.iter().any(names)
    }
}

fn profile(name: Option<String>) -> Result<Profile, String> {
    match name.as_deref() {
        Some("push") => Ok(Profile::Push),
        Some("nightly") => Ok(Profile::Nightly),
        Some("release") => Ok(Profile::Release),
        _ => Err(USAGE.to_owned()),
    }
}
