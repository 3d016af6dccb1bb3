//! Who owns an id when several files want it.

use std::collections::{BTreeMap, HashMap};

use super::names;
use crate::article::{Finding, Level};

/// The id of an article that names none: its path without `.md`, NFC.
#[must_use]
pub fn path_id(path: &str) -> String {
    let id = match path.rsplit_once('.') {
        Some((id, _)) if names::has_article_extension(path) => id,
        _ => path,
    };
    names::composed(id)
}

/// Gives every file its id, no id twice.
///
/// `claims` are paths, each with the `id` of its front matter. A file gets the id it claims,
/// else its path id, else (only where `x.md` stands beside `x.MD`) its whole path. An id goes to
/// the file whose path id it is, if that file wants it; else to the first path in byte order. A
/// file keeps its path id against everyone, so that there is always an id to fall back to. The
/// outcome depends on the set of claims only, not on their order.
///
/// Each file that does not get its wish is an `id-mismatch` error that names both files.
#[must_use]
pub fn assign_ids(claims: &[(&str, Option<&str>)]) -> (BTreeMap<String, String>, Vec<Finding>) {
    let wishes: BTreeMap<&str, Vec<String>> =
        claims.iter().map(|(path, claim)| (*path, wishes(path, *claim))).collect();
    let owners = settle(&wishes);
    let mut ids = BTreeMap::new();
    for (id, owner) in &owners {
        ids.insert(owner.path.to_owned(), id.clone());
    }
    let findings = wishes
        .iter()
        .filter_map(|(path, wishes)| {
            let (wish, owner) = wishes.first().and_then(|wish| Some((wish, owners.get(wish)?)))?;
            (owner.path != *path).then(|| taken(path, wish, owner.path, ids.get(*path)))
        })
        .collect();
    (ids, findings)
}

/// The ids a file would take, the best first.
fn wishes(path: &str, claim: Option<&str>) -> Vec<String> {
    let mut wishes: Vec<_> = claim.map(str::to_owned).into_iter().collect();
    wishes.extend([path_id(path), path.to_owned()]);
    wishes.dedup();
    wishes
}

/// A file and which of its wishes it got.
#[derive(Clone, Copy)]
struct Owner<'a> {
    path: &'a str,
    wish: usize,
}

/// Deferred acceptance: each file asks for its next wish, each id keeps the best asker so far.
/// Source: Gale and Shapley, College Admissions and the Stability of Marriage, 1962.
fn settle<'a>(wishes: &BTreeMap<&'a str, Vec<String>>) -> HashMap<String, Owner<'a>> {
    let mut owners: HashMap<String, Owner<'a>> = HashMap::new();
    let mut asking: Vec<Owner<'a>> = wishes.keys().map(|path| Owner { path, wish: 0 }).collect();
    while let Some(asker) = asking.pop() {
        let Some(id) = wishes.get(asker.path).and_then(|wishes| wishes.get(asker.wish)) else {
            continue;
        };
        let refused = match owners.get(id) {
            Some(owner) if rank(id, owner.path) < rank(id, asker.path) => Some(asker),
            _ => owners.insert(id.clone(), asker),
        };
        asking.extend(refused.map(|file| Owner { wish: file.wish + 1, ..file }));
    }
    owners
}

/// How an id ranks the files that ask for it; the least gets it.
fn rank<'a>(id: &str, path: &'a str) -> (bool, &'a str) {
    (path_id(path) != id, path)
}

fn taken(path: &str, wish: &str, owner: &str, id: Option<&String>) -> Finding {
    let served = match id {
        Some(id) => format!("本文件改用 id “{id}”"),
        None => "本文件没有可用的 id，未收录".to_owned(),
    };
    let message = format!("id “{wish}” 重复：{owner} 已在使用，{served}");
    Finding::new(path, "id-mismatch", Level::Error, message)
        .hint(format!("给 {path} 和 {owner} 写不同的 id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids in the order of the sorted paths, and the paths with findings.
    fn assigned(claims: &[(&str, Option<&str>)]) -> (Vec<String>, Vec<String>) {
        let (ids, findings) = assign_ids(claims);
        let mut reversed = claims.to_vec();
        reversed.reverse();
        assert_eq!(assign_ids(&reversed), (ids.clone(), findings.clone()), "order must not matter");
        for finding in &findings {
            assert_eq!((finding.rule.as_str(), finding.level), ("id-mismatch", Level::Error));
        }
        (ids.into_values().collect(), findings.into_iter().map(|finding| finding.path).collect())
    }

    #[test]
    fn the_path_id_is_the_composed_path_without_extension() {
        let table = [
            ("a.md", "a"),
            ("a/b/overview.MD", "a/b/overview"),
            ("a.b.md", "a.b"),
            ("cafe\u{301}.md", "caf\u{e9}"),
            ("a.b/c", "a.b/c"),
        ];
        for (path, id) in table {
            assert_eq!(path_id(path), id, "{path}");
        }
    }

    #[test]
    fn every_file_gets_an_id_and_none_is_given_twice() {
        type Case<'a> = (&'a str, &'a [(&'a str, Option<&'a str>)], &'a [&'a str], &'a [&'a str]);
        let table: &[Case<'_>] = &[
            ("no claims", &[("a.md", None), ("b/a.md", None)], &["a", "b/a"], &[]),
            ("own path id", &[("a.md", Some("a")), ("b.md", Some("x"))], &["a", "x"], &[]),
            (
                "two claim one id: the first path keeps it",
                &[("a.md", Some("x")), ("b.md", Some("x")), ("c.md", Some("x"))],
                &["x", "b", "c"],
                &["b.md", "c.md"],
            ),
            (
                "a path id is safe from an earlier path",
                &[("a.md", Some("x")), ("x.md", Some("x"))],
                &["a", "x"],
                &["a.md"],
            ),
            (
                "even when it was not written down",
                &[("a.md", Some("x")), ("x.md", None)],
                &["a", "x"],
                &["a.md"],
            ),
            (
                "a path id that its own file does not want is free",
                &[("db/x.md", Some("x")), ("x.md", Some("overview"))],
                &["x", "overview"],
                &[],
            ),
            (
                "exchanged ids are distinct ids",
                &[("a.md", Some("b")), ("b.md", Some("a"))],
                &["b", "a"],
                &[],
            ),
            (
                "a file that loses its claim takes its path id back",
                &[("a.md", Some("y")), ("db/x.md", Some("x")), ("x.md", Some("y"))],
                &["y", "db/x", "x"],
                &["db/x.md", "x.md"],
            ),
            ("twin extensions", &[("x.MD", None), ("x.md", None)], &["x", "x.md"], &["x.md"]),
        ];
        for (story, claims, ids, findings) in table {
            let (got_ids, got_findings) = assigned(claims);
            assert_eq!((got_ids, got_findings), (owned(ids), owned(findings)), "{story}");
        }
    }

    fn owned(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn the_finding_names_both_files_and_the_id_that_is_served() {
        let (_, findings) = assign_ids(&[("a.md", Some("x")), ("b.md", Some("x"))]);
        assert_eq!(findings[0].message, "id “x” 重复：a.md 已在使用，本文件改用 id “b”");
        assert_eq!(findings[0].path, "b.md");
    }

    proptest::proptest! {
        #[test]
        fn whatever_files_claim_ids_stay_unique_and_complete(
            files in proptest::collection::btree_map("[a-c]{1,2}\\.md", proptest::option::of("[a-d]{1,2}"), 0..12)
        ) {
            let claims: Vec<_> = files.iter().map(|(path, id)| (path.as_str(), id.as_deref())).collect();
            let (ids, findings) = assign_ids(&claims);
            let distinct: std::collections::BTreeSet<_> = ids.values().collect();
            assert_eq!((ids.len(), distinct.len()), (files.len(), files.len()));
            let unfulfilled = claims.iter().filter(|(path, claim)| {
                ids[*path] != claim.map_or_else(|| path_id(path), str::to_owned)
            });
            assert_eq!(unfulfilled.count(), findings.len());
        }
    }
}
