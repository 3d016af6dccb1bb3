//! The text of a strategy as steps, and its words of decision as branches of a step.

mod role;
#[cfg(test)]
mod tests;

use super::sentences::{Clause, clauses};
use role::{Role, role};

/// Most steps of an article. Source: the article model, section 4.
const MAX_STEPS: usize = 7;

/// The text of a step that only decides.
const DECIDE: &str = "判断属于下面哪种情况。";

/// What an author has to add where a strategy does not say what to do otherwise.
const OTHERWISE_GAP: &str = "【待补：其他情况、说不清的时候怎么做；拿不准就按更坏的情况处理】";

/// A step of the strategy. All texts are plain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) text: String,
    pub(super) branches: Vec<Branch>,
}

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Branch {
    /// `如果 …` or `否则…`, as the article model wants it.
    pub(super) condition: String,
    pub(super) text: String,
}

/// A strategy taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Strategy {
    /// At most [`MAX_STEPS`].
    pub(super) steps: Vec<Step>,
    /// Whether words were left out or changed, so that the original should be kept.
    pub(super) is_reworded: bool,
}

/// Takes the text of a strategy apart.
pub(super) fn strategy(text: &str) -> Strategy {
    let (clauses, is_numbered) = clauses(text);
    let roles: Vec<Role> = clauses.iter().map(|clause| role(&clause.text)).collect();
    let mut builder = Builder::default();
    for ((clause, role), leads_to_else) in clauses.iter().zip(&roles).zip(leads_to_else(&roles)) {
        builder.add(clause, role, leads_to_else);
    }
    let mut steps = builder.finish();
    let has_branches = steps.iter().any(|step| !step.branches.is_empty());
    shorten(&mut steps);
    Strategy { steps, is_reworded: is_numbered || has_branches }
}

/// For each clause whether the first one behind it that is not plain is the other way. Told from
/// the end: a merged cell may have a hundred thousand clauses.
fn leads_to_else(roles: &[Role]) -> Vec<bool> {
    let mut next_is_else = false;
    let leads = roles.iter().rev().map(|role| match role {
        Role::Plain => next_is_else,
        role => std::mem::replace(&mut next_is_else, matches!(role, Role::Else { .. })),
    });
    let mut leads: Vec<bool> = leads.collect();
    leads.reverse();
    leads
}

#[derive(Default)]
struct Builder {
    steps: Vec<Step>,
    /// Whether the last step is deciding: further branches belong to it.
    is_deciding: bool,
    /// Whether the sentence so far began with a condition.
    in_condition: bool,
}

impl Builder {
    fn add(&mut self, clause: &Clause, role: &Role, leads_to_else: bool) {
        match role {
            Role::If { lead, condition, action, otherwise } => {
                self.decide(lead);
                self.branch(format!("如果 {condition}"), action);
                self.in_condition = true;
                if let Some((word, action)) = otherwise {
                    self.branch(otherwise_condition(word), action);
                    self.is_deciding = false;
                }
            }
            Role::Failed { condition, action } if !self.steps.is_empty() => {
                self.is_deciding = true;
                self.branch(format!("如果 {condition}"), action);
                self.in_condition = true;
            }
            Role::Failed { condition, action } => {
                self.decide("");
                self.branch(format!("如果 {condition}"), action);
            }
            Role::Else { word, action } if self.is_deciding => {
                self.branch(otherwise_condition(word), action);
                self.is_deciding = false;
            }
            Role::Plain | Role::Else { .. } if self.goes_on(leads_to_else) => {
                self.go_on(&clause.text)
            }
            Role::Plain | Role::Else { .. } => {
                self.is_deciding = false;
                self.steps.push(Step { text: clause.text.clone(), branches: Vec::new() });
            }
        }
        self.in_condition &= !clause.ends_sentence;
    }

    /// Begins a step with branches, unless one is deciding already.
    fn decide(&mut self, lead: &str) {
        if self.is_deciding && lead.is_empty() {
            return;
        }
        let separator = if lead.is_empty() { "" } else { "，" };
        let text = format!("{lead}{separator}{DECIDE}");
        self.steps.push(Step { text, branches: Vec::new() });
        self.is_deciding = true;
    }

    fn branch(&mut self, condition: String, action: &str) {
        if let Some(step) = self.steps.last_mut() {
            step.branches.push(Branch { condition, text: action.to_owned() });
        }
    }

    /// Whether a plain clause is part of the last branch: when the other way follows, or the
    /// sentence that began with the condition goes on.
    fn goes_on(&self, leads_to_else: bool) -> bool {
        let is_branch_open = self.steps.last().is_some_and(|step| !step.branches.is_empty());
        is_branch_open && (self.in_condition || self.is_deciding && leads_to_else)
    }

    fn go_on(&mut self, text: &str) {
        let branch = self.steps.last_mut().and_then(|step| step.branches.last_mut());
        if let Some(branch) = branch {
            branch.text.push_str(text);
        }
    }

    /// The steps, each with a way out.
    fn finish(mut self) -> Vec<Step> {
        for step in &mut self.steps {
            let is_open = step.branches.last().is_some_and(|it| !it.condition.starts_with("否则"));
            if is_open {
                let condition = otherwise_condition("说不清");
                step.branches.push(Branch { condition, text: OTHERWISE_GAP.to_owned() });
            }
        }
        self.steps
    }
}

/// The condition of the other way, with the word that the text has for it.
fn otherwise_condition(word: &str) -> String {
    match word {
        "否则" | "否則" => "否则".to_owned(),
        word => format!("否则（{word}）"),
    }
}

/// Joins the last steps until there are no more than the model allows: those without branches
/// first.
fn shorten(steps: &mut Vec<Step>) {
    join(steps, |step| step.branches.is_empty());
    join(steps, |_| true);
}

/// Puts steps in front of the one behind, from the end on, until there are few enough.
fn join(steps: &mut Vec<Step>, may_go: fn(&Step) -> bool) {
    let mut n_excess = steps.len().saturating_sub(MAX_STEPS);
    // From the end, each with the texts that come in front of it, these from the end too.
    let mut kept: Vec<(Step, Vec<String>)> = Vec::new();
    for step in std::mem::take(steps).into_iter().rev() {
        match kept.last_mut() {
            Some((_, before)) if n_excess > 0 && may_go(&step) => {
                before.push(flat(step));
                n_excess -= 1;
            }
            _ => kept.push((step, Vec::new())),
        }
    }
    let whole = |(step, before): (Step, Vec<String>)| {
        let text = before.into_iter().rev().chain([step.text]).collect();
        Step { text, branches: step.branches }
    };
    steps.extend(kept.into_iter().rev().map(whole));
}

/// A step as text, branches included.
fn flat(step: Step) -> String {
    let branches = step.branches.into_iter();
    let branches = branches.map(|Branch { condition, text }| format!("{condition}：{text}"));
    std::iter::once(step.text).chain(branches).collect()
}
