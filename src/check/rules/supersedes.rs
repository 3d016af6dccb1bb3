//! An article that replaces another one: not in a circle, and the old one is retired.

use std::collections::BTreeMap;

use crate::{
    article::{Finding, Level, Status},
    check::{Checked, Corpus, place},
};

/// Articles that replace each other, and replaced ones that are still published.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    let edges: Vec<_> = corpus.sound().flat_map(|new| replaced(corpus, new)).collect();
    let groups = circles(&edges);
    let circle = |new: &Checked, old: &Checked| {
        let group = |checked: &Checked| groups.get(&*checked.article.path);
        new.article.path == old.article.path || group(new).is_some() && group(new) == group(old)
    };
    let (turning, straight): (Vec<Edge<'_>>, Vec<_>) =
        edges.iter().copied().partition(|(new, old)| circle(new, old));
    let still_there = straight.into_iter().filter(|(new, old)| {
        let status = |checked: &Checked| checked.article.meta.status;
        // The replacement of a draft has not happened yet.
        status(new) == Status::Published && status(old) == Status::Published
    });
    turning.into_iter().map(in_circle).chain(still_there.map(still_published)).collect()
}

type Edge<'a> = (&'a Checked, &'a Checked);

/// The article with each one that it says it replaces.
fn replaced<'a>(corpus: &Corpus<'a>, new: &'a Checked) -> Vec<Edge<'a>> {
    let old = new.article.meta.supersedes.iter().filter_map(|id| corpus.of_id(id));
    old.filter(|old| old.is_sound).map(|old| (new, old)).collect()
}

/// A number for each path; two paths that lead to each other have the same one.
fn circles<'a>(edges: &[Edge<'a>]) -> BTreeMap<&'a str, usize> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (new, old) in edges {
        next.entry(&new.article.path).or_default().push(&old.article.path);
    }
    let mut found = Walk { next, ..Walk::default() };
    let starts: Vec<_> = found.next.keys().copied().collect();
    starts.into_iter().for_each(|start| found.from(start));
    found.groups
}

/// Strongly connected components, without recursion: a chain may be as long as the knowledge base.
/// Source: Tarjan, Depth-first search and linear graph algorithms, 1972.
#[derive(Default)]
struct Walk<'a> {
    next: BTreeMap<&'a str, Vec<&'a str>>,
    numbers: BTreeMap<&'a str, usize>,
    lowest: BTreeMap<&'a str, usize>,
    open: Vec<&'a str>,
    groups: BTreeMap<&'a str, usize>,
}

impl<'a> Walk<'a> {
    fn from(&mut self, start: &'a str) {
        let mut path = vec![(start, 0)];
        while let Some((at, n_seen)) = path.pop() {
            if n_seen == 0 && !self.enter(at) {
                continue;
            }
            let step = self.next.get(at).and_then(|next| next.get(n_seen)).copied();
            if let Some(to) = step {
                path.push((at, n_seen + 1));
                path.push((to, 0));
                continue;
            }
            self.leave(at);
        }
    }

    /// Numbers a place that was not seen before.
    fn enter(&mut self, at: &'a str) -> bool {
        if self.numbers.contains_key(at) {
            return false;
        }
        let number = self.numbers.len();
        self.numbers.insert(at, number);
        self.lowest.insert(at, number);
        self.open.push(at);
        true
    }

    fn leave(&mut self, at: &'a str) {
        let next = self.next.get(at).into_iter().flatten();
        let open = next.filter(|to| !self.groups.contains_key(**to));
        let least = open.filter_map(|to| self.lowest.get(to)).min().copied();
        let own = self.lowest.get(at).copied().unwrap_or_default();
        let lowest = least.map_or(own, |least| own.min(least));
        self.lowest.insert(at, lowest);
        if self.numbers.get(at) != Some(&lowest) {
            return;
        }
        while let Some(member) = self.open.pop() {
            self.groups.insert(member, lowest);
            if member == at {
                break;
            }
        }
    }
}

fn in_circle((new, old): Edge<'_>) -> Finding {
    let id = &old.article.id;
    let message = if new.article.path == old.article.path {
        "文章写着取代自己".to_owned()
    } else {
        format!("取代关系绕成了圈：本文取代“{id}”，它又直接或间接取代本文")
    };
    let finding = Finding::new(&new.article.path, "supersedes", Level::Error, message)
        .hint("只在新文章里写 supersedes，旧文章里的去掉");
    place::at_value(new, "supersedes", id, finding)
}

fn still_published((new, old): Edge<'_>) -> Finding {
    let message = format!("已被“{}”取代，状态却还是 published", new.article.id);
    let finding = Finding::new(&old.article.path, "supersedes", Level::Error, message)
        .hint("改成 status: retired，文件保留；没有被取代就去掉那边的 supersedes");
    place::at_field(old, "status", finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    fn article(id: &str, status: &str, supersedes: &str) -> Checked {
        let text = format!("---\nid: {id}\nstatus: {status}\nsupersedes: [{supersedes}]\n---\n");
        parsed(&format!("{id}.md"), &text)
    }

    #[test]
    fn circles_of_any_length_are_found_and_chains_are_none() {
        let articles = [
            article("a", "published", "b"),
            article("b", "retired", "c"),
            article("c", "retired", "a"),
            article("d", "published", "a, e"),
            article("e", "retired", "f, gone"),
            article("f", "retired", ""),
            article("g", "published", "g"),
            article("h", "draft", "d"),
            article("i", "published", "j"),
            article("j", "published", "i"),
        ];
        let found = findings(find, &articles);
        let found: Vec<_> =
            found.iter().map(|f| (f.path.as_str(), f.line.unwrap(), f.column.unwrap())).collect();
        let circles = ["a.md", "b.md", "c.md", "g.md", "i.md", "j.md"].map(|path| (path, 4, 14));
        let mut expected = circles.to_vec();
        expected.push(("a.md", 3, 1));
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_long_chain_is_walked_in_no_time_and_without_recursion() {
        let link = |n: usize| article(&format!("x{n}"), "retired", &format!("x{}", n + 1));
        let articles: Vec<_> = (0..2_000).map(link).collect();
        assert_eq!(findings(find, &articles), []);
    }
}
