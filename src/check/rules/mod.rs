//! One rule per file; each has a line in [`RULES`](super::RULES).

pub(super) mod broken_link;
pub(super) mod id_mismatch;
pub(super) mod missing_title;
pub(super) mod wiki_link;

#[cfg(test)]
pub(super) mod testing;
