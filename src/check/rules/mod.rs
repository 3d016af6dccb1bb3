//! One rule per file; each has a line in [`RULES`](super::RULES).

pub(super) mod bold_broken;
pub(super) mod branch_form;
pub(super) mod broken_link;
pub(super) mod channel_script;
pub(super) mod code_lang;
pub(super) mod danger_without_warning;
pub(super) mod dead_anchor;
pub(super) mod duplicate_alert;
pub(super) mod duplicate_title;
pub(super) mod expect;
pub(super) mod gap;
pub(super) mod id_mismatch;
pub(super) mod lengths;
pub(super) mod markup_limit;
pub(super) mod missing_image;
pub(super) mod missing_section;
pub(super) mod missing_title;
pub(super) mod orphan;
pub(super) mod review_overdue;
pub(super) mod secret_like;
pub(super) mod section_order;
mod similar;
pub(super) mod supersedes;
pub(super) mod too_many_steps;
pub(super) mod unknown_system;
pub(super) mod wiki_link;

#[cfg(test)]
pub(super) mod testing;
