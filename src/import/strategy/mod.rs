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
    for (index, (clause, role)) in clauses.iter().zip(&roles).enumerate() {
        let upcoming = roles.get(index + 1..).unwrap_or_default();
        builder.add(clause, role, upcoming);
    }
    let mut steps = builder.finish();
    let has_branches = steps.iter().any(|step| !step.branches.is_empty());
    shorten(&mut steps);
    Strategy { steps, is_reworded: is_numbered || has_branches }
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
    fn add(&mut self, clause: &Clause, role: &Role, upcoming: &[Role]) {
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
            Role::Plain | Role::Else { .. } if self.goes_on(upcoming) => self.go_on(&clause.text),
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
    fn goes_on(&self, upcoming: &[Role]) -> bool {
        let next = upcoming.iter().find(|role| **role != Role::Plain);
        let is_branch_open = self.steps.last().is_some_and(|step| !step.branches.is_empty());
        is_branch_open
            && (self.in_condition || self.is_deciding && matches!(next, Some(Role::Else { .. })))
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

/// Joins the last steps until there are no more than the model allows.
fn shorten(steps: &mut Vec<Step>) {
    while steps.len() > MAX_STEPS {
        let mut before_last = steps.iter().take(steps.len() - 1);
        let plain = before_last.rposition(|step| step.branches.is_empty());
        let Some(at) = plain else {
            flatten(steps);
            continue;
        };
        let step = steps.remove(at);
        if let Some(next) = steps.get_mut(at) {
            next.text = format!("{}{}", step.text, next.text);
        }
    }
}

/// Makes text of the branches of the last step but one that has any.
fn flatten(steps: &mut [Step]) {
    let before_last = steps.len().saturating_sub(1);
    let step = steps.get_mut(..before_last).and_then(<[Step]>::last_mut);
    let Some(step) = step else { return };
    for Branch { condition, text } in std::mem::take(&mut step.branches) {
        step.text.push_str(&format!("{condition}：{text}"));
    }
}
