//! Lists and what their items begin with, and bold text at the start of a line.

use super::{super::SectionKind, BranchList, MAX_EXCERPT_CHARS, Place, survey::Surveyor};

/// A list, item or quote that is open.
pub(super) enum Container {
    List(OpenList),
    Item(OpenItem),
    Quote,
}

pub(super) struct OpenList {
    place: Place,
    is_numbered: bool,
    /// Number of branch lists around it, itself included, once it is known to be one.
    depth: Option<usize>,
    owner: usize,
    choices: Vec<String>,
}

pub(super) struct OpenItem {
    number: usize,
    lead: String,
    is_strong: bool,
    /// Whether `lead` is complete.
    is_read: bool,
}

/// Bold text, and lists with what their items begin with.
impl Surveyor<'_> {
    pub(super) fn open_strong(&mut self, offset: usize) {
        if self.is_line_start && !self.in_code {
            self.bold = Some((self.place(offset), String::new()));
        }
        if let Some(Container::Item(item)) = self.containers.last_mut()
            && !item.is_read
            && item.lead.is_empty()
        {
            item.is_strong = true;
        }
    }

    pub(super) fn close_strong(&mut self) {
        if let Some((place, bold)) = self.bold.take()
            && bold.starts_with("危险")
        {
            self.layout.warnings.push(place);
        }
        if let Some(Container::Item(item)) = self.containers.last()
            && item.is_strong
        {
            self.end_lead();
        }
    }

    pub(super) fn add_lead(&mut self, text: &str) {
        if let Some(Container::Item(item)) = self.containers.last_mut()
            && !item.is_read
        {
            let room = MAX_EXCERPT_CHARS.saturating_sub(item.lead.chars().count());
            item.lead.extend(text.chars().take(room));
        }
    }

    /// What the item begins with is complete: it counts for its list.
    pub(super) fn end_lead(&mut self) {
        let outer_depth = self.outer_depth();
        let [.., Container::List(list), Container::Item(item)] = self.containers.as_mut_slice()
        else {
            return;
        };
        if std::mem::replace(&mut item.is_read, true) {
            return;
        }
        let lead = std::mem::take(&mut item.lead);
        let is_branch = item.is_strong && (lead.starts_with("如果") || lead.starts_with("否则"));
        if is_branch && !list.is_numbered {
            list.depth = list.depth.or(Some(outer_depth + 1));
        }
        list.choices.push(lead);
    }

    /// How many lists of branches are open around the innermost list.
    fn outer_depth(&self) -> usize {
        let lists = self.containers.iter().filter_map(|container| match container {
            Container::List(list) => Some(list),
            _ => None,
        });
        let mut lists: Vec<_> = lists.collect();
        lists.pop();
        lists.iter().filter(|list| list.depth.is_some()).count()
    }

    pub(super) fn open_list(&mut self, is_numbered: bool, offset: usize) {
        self.end_lead();
        let owner = self.containers.iter().rev().find_map(|container| match container {
            Container::Item(item) => Some(item.number),
            _ => None,
        });
        let owner = owner.unwrap_or(self.last_step);
        let place = self.place(offset);
        let choices = Vec::new();
        let list = OpenList { place, is_numbered, depth: None, owner, choices };
        self.containers.push(Container::List(list));
    }

    pub(super) fn open_item(&mut self, offset: usize) {
        self.n_items += 1;
        self.is_line_start = true;
        let place = self.place(offset);
        if let [Container::List(list)] = self.containers.as_slice() {
            match self.kind {
                SectionKind::Strategy if list.is_numbered => {
                    self.layout.steps.push(place);
                    self.last_step = self.n_items;
                }
                SectionKind::Questions => self.layout.questions.push(place),
                _ => {}
            }
        }
        let (number, lead) = (self.n_items, String::new());
        let item = OpenItem { number, lead, is_strong: false, is_read: false };
        self.containers.push(Container::Item(item));
    }

    pub(super) fn close_list(&mut self) {
        let Some(Container::List(list)) = self.containers.pop() else { return };
        let OpenList { place, depth, owner, choices, .. } = list;
        if let Some(depth) = depth
            && self.kind == SectionKind::Strategy
        {
            self.layout.branch_lists.push(BranchList { place, depth, owner, choices });
        }
    }

    pub(super) fn end_lead_of_plain_item(&mut self) {
        if let Some(Container::Item(item)) = self.containers.last()
            && !item.is_strong
        {
            self.end_lead();
        }
    }
}
