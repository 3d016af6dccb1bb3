//! What a scenario is, how often it is played, and what comes out of it.

use std::{fmt, time::Duration};

/// How often and how strictly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// With every change: about a tenth of the counts, and times are told but not judged, for the
    /// machine may be doing other work and the build need not be optimised.
    Push,
    /// Every night: the counts of the plan.
    Nightly,
    /// Before a release: ten times the counts where more is stronger.
    Release,
}

/// One row of the plan.
pub(crate) struct Scenario {
    /// Its id, such as `D1`.
    pub(crate) id: &'static str,
    /// The fault or attack.
    pub(crate) injects: &'static str,
    /// What must be true, with the figure.
    pub(crate) expects: &'static str,
    /// The deliberately broken build against which it was seen to fail.
    pub(crate) broken: &'static str,
    /// Plays it.
    pub(crate) play: fn(&Run) -> Outcome,
}

/// The run that a scenario is part of.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) profile: Profile,
}

impl Run {
    /// How often to do what the plan wants `full` times.
    pub(crate) fn count(&self, full: usize) -> usize {
        match self.profile {
            Profile::Push => full.div_ceil(10),
            Profile::Nightly | Profile::Release => full,
        }
    }

    /// The same for what gets stronger with numbers.
    pub(crate) fn count_or_tenfold(&self, full: usize) -> usize {
        self.count(full) * if self.profile == Profile::Release { 10 } else { 1 }
    }

    /// Whether times and ratios of times decide.
    pub(crate) fn judges_times(&self) -> bool {
        self.profile != Profile::Push
    }
}

/// What a scenario has shown.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// How often something was tried.
    pub(crate) count: usize,
    /// What went wrong, one text each.
    pub(crate) failures: Vec<String>,
    /// The worst figure seen, such as `start p99 0.8 s`.
    pub(crate) worst: String,
    /// Why it could not be played here.
    pub(crate) skipped: Option<String>,
    /// How long it took.
    pub(crate) elapsed: Duration,
}

impl Outcome {
    /// So many tries, nothing wrong yet.
    pub(crate) fn new(count: usize) -> Self {
        Self { count, ..Self::default() }
    }

    /// Not playable here: a program or a right is missing.
    pub(crate) fn skipped(reason: &str) -> Self {
        Self { skipped: Some(reason.to_owned()), ..Self::default() }
    }

    /// The same with one failure more.
    pub(crate) fn failed(mut self, failure: impl Into<String>) -> Self {
        self.failures.push(failure.into());
        self
    }

    /// The same, failed unless `condition`.
    pub(crate) fn expect(self, condition: bool, failure: impl FnOnce() -> String) -> Self {
        if condition { self } else { self.failed(failure()) }
    }

    /// The same with these failures more.
    pub(crate) fn failures(mut self, failures: impl IntoIterator<Item = String>) -> Self {
        self.failures.extend(failures);
        self
    }

    /// The same with the worst figure.
    pub(crate) fn worst(self, worst: impl Into<String>) -> Self {
        Self { worst: worst.into(), ..self }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.skipped {
            return write!(f, "skipped: {reason}");
        }
        let (n, seconds) = (self.failures.len(), self.elapsed.as_secs_f32());
        write!(f, "{} tried, {n} failed, {}; {seconds:.1} s", self.count, self.worst)?;
        self.failures.iter().take(10).try_for_each(|failure| write!(f, "\n   FAILED {failure}"))
    }
}

/// The value below which `share` of `values` lie; `None` of nothing.
pub(crate) fn percentile(values: &[Duration], share: f64) -> Option<Duration> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() as f64 * share) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied()
}
