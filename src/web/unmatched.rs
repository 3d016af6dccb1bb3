//! Names of alerts that no article declares: what is asked for most is worth an article, or a line
//! in one. Kept in memory only, in a table of bounded size.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::ToSchema;

/// Names that are remembered.
const MAX_NAMES: usize = 500;
/// Characters of a name that are kept.
const MAX_NAME_CHARS: usize = 128;

/// A name, how often it came and when it came last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct UnmatchedAlert {
    /// Name of the alert, without control characters, at most 128 characters.
    pub(crate) name: String,
    /// How often it came since the start of the server.
    pub(crate) count: u64,
    /// When it came last, RFC 3339.
    pub(crate) last_seen: String,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    count: u64,
    last: OffsetDateTime,
}

/// The table.
#[derive(Debug, Default)]
pub(crate) struct Unmatched(Mutex<HashMap<String, Seen>>);

impl Unmatched {
    /// Counts a name that no article declares; one without a visible character is not counted.
    pub(crate) fn count(&self, name: &str) {
        self.count_at(name, OffsetDateTime::now_utc());
    }

    fn count_at(&self, name: &str, now: OffsetDateTime) {
        let visible = name.chars().filter(|c| !c.is_control());
        let name: String = visible.take(MAX_NAME_CHARS).collect();
        let name = name.trim();
        if name.is_empty() {
            return;
        }
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= MAX_NAMES && !names.contains_key(name) {
            forget_one(&mut names);
        }
        let seen = names.entry(name.to_owned()).or_insert(Seen { count: 0, last: now });
        (seen.count, seen.last) = (seen.count.saturating_add(1), now);
    }

    /// The names that came most, with the number of all that are remembered.
    pub(crate) fn top(&self, n: usize) -> (Vec<UnmatchedAlert>, usize) {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let n_names = names.len();
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort_by(|a, b| (b.1.count, b.1.last, &a.0).cmp(&(a.1.count, a.1.last, &b.0)));
        let top = names.into_iter().take(n).map(|(name, Seen { count, last })| {
            let last_seen = last.replace_nanosecond(0).unwrap_or(last).format(&Rfc3339);
            UnmatchedAlert { name, count, last_seen: last_seen.unwrap_or_default() }
        });
        (top.collect(), n_names)
    }
}

/// Makes room: the name that came least goes, of several the one that came longest ago.
fn forget_one(names: &mut HashMap<String, Seen>) {
    let least = names.iter().min_by_key(|(name, seen)| (seen.count, seen.last, *name));
    if let Some(name) = least.map(|(name, _)| name.clone()) {
        names.remove(&name);
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-23 12:00:00.5 UTC);

    #[test]
    fn names_are_counted_and_the_most_frequent_come_first() {
        let unmatched = Unmatched::default();
        for (minute, name) in (0..).zip(["A", "B", "B", "C", "\u{0}\n ", ""]) {
            unmatched.count_at(name, NOON + Duration::minutes(minute));
        }
        let (top, n_names) = unmatched.top(2);
        let row = |name: &str, count, last_seen: &str| UnmatchedAlert {
            name: name.into(),
            count,
            last_seen: last_seen.into(),
        };
        assert_eq!(n_names, 3);
        assert_eq!(top, [row("B", 2, "2026-11-23T12:02:00Z"), row("C", 1, "2026-11-23T12:03:00Z")]);
    }

    #[test]
    fn names_are_cut_and_cleaned() {
        let unmatched = Unmatched::default();
        unmatched.count_at(&format!(" a\u{0}\r\n{}", "字".repeat(500)), NOON);
        let (top, _) = unmatched.top(1);
        assert_eq!(top[0].name.chars().count(), 127);
        assert!(top[0].name.starts_with("a字"), "{}", top[0].name);
    }

    #[test]
    fn a_full_table_forgets_what_came_least() {
        let unmatched = Unmatched::default();
        for _ in 0..2 {
            unmatched.count_at("often", NOON - Duration::days(1));
        }
        for n in 0..2_000 {
            unmatched.count_at(&format!("n{n}"), NOON + Duration::seconds(n));
        }
        let (top, n_names) = unmatched.top(usize::MAX);
        assert_eq!(n_names, MAX_NAMES);
        assert_eq!((top[0].name.as_str(), top[0].count), ("often", 2));
        assert_eq!(top[1].name, "n1999");
    }
}
