//! The text of a strategy as steps, and its words of decision as branches of a step.

use super::sentences::{Clause, clauses};

/// Most steps of an article. Source: the article model, section 4.
const MAX_STEPS: usize = 7;

/// The text of a step that only decides.
const DECIDE: &str = "判断属于下面哪种情况。";

/// What an author has to add where a strategy does not say what to do otherwise.
const OTHERWISE_GAP: &str = "【待补：其他情况、说不清的时候怎么做；拿不准就按更坏的情况处理】";

/// What begins a condition. Words of decision are listed in both scripts: text is kept as written.
const IF: [&str; 9] = ["如果", "假如", "倘若", "要是", "一旦", "万一", "萬一", "若是", "若"];

/// What begins a condition only where `则` follows.
const IF_WITH_THEN: [&str; 3] = ["如", "当", "當"];

/// Characters before which `若` and `如` are part of a word.
const NO_IF: [char; 7] = ['干', '下', '图', '圖', '上', '何', '此'];

/// What begins the failure of the step before.
const FAILED: [&str; 12] = [
    "无法",
    "無法",
    "仍无法",
    "仍無法",
    "仍然无法",
    "仍然無法",
    "仍不能",
    "仍未",
    "确实无法",
    "確實無法",
    "实在无法",
    "實在無法",
];

/// What begins the other way inside a sentence.
const ELSE_INSIDE: [&str; 4] = ["反之", "否则", "否則", "不然"];

/// What begins the other way.
const ELSE: [&str; 10] = [
    "反之",
    "否则",
    "否則",
    "不然",
    "其他情况",
    "其他情況",
    "其它情况",
    "其它情況",
    "其余情况",
    "其餘情況",
];

/// What follows a condition.
const IN_CASE: [&str; 2] = ["情况下", "情況下"];

const THEN: [char; 2] = ['则', '則'];

/// Characters before which `则` is part of a word.
const THEN_BEFORE: &str = "否原规規守法准準细細总總通实實";

/// What is no condition although “情况下” follows.
const NO_CONDITION: [&str; 14] = [
    "一般",
    "正常",
    "通常",
    "多数",
    "多數",
    "大多数",
    "大多數",
    "任何",
    "这种",
    "這種",
    "此种",
    "该",
    "此",
    "上述",
];

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

/// What a clause is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Role {
    Plain,
    /// A condition, what comes before it, what to do, and what to do otherwise.
    If {
        lead: String,
        condition: String,
        action: String,
        otherwise: Option<(String, String)>,
    },
    /// What to do when the step before fails.
    Failed {
        condition: String,
        action: String,
    },
    /// The word and what to do.
    Else {
        word: String,
        action: String,
    },
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

/// What a clause is for, by its words.
fn role(clause: &str) -> Role {
    let found = otherwise(clause).or_else(|| in_case(clause)).or_else(|| failed(clause));
    found.or_else(|| conditional(clause)).or_else(|| then(clause)).unwrap_or(Role::Plain)
}

/// `反之，…`
fn otherwise(clause: &str) -> Option<Role> {
    let (word, rest) = ELSE.iter().find_map(|word| Some((*word, clause.strip_prefix(word)?)))?;
    let action = action(rest.strip_prefix('下').unwrap_or(rest))?;
    Some(Role::Else { word: word.to_owned(), action })
}

/// `…，在…的情况下，…`
fn in_case(clause: &str) -> Option<Role> {
    let (before, rest) = IN_CASE.iter().find_map(|words| clause.split_once(words))?;
    let (lead, condition) = condition_at_end(before);
    let condition = condition.strip_suffix(['的', '之']).unwrap_or(&condition).trim();
    if condition.is_empty() || NO_CONDITION.contains(&condition) {
        return None;
    }
    condition_role(lead, condition, rest)
}

/// The condition at the end of a text, from the word that begins it on, and what comes before.
fn condition_at_end(text: &str) -> (String, String) {
    let parts: Vec<&str> = text.split_inclusive(['，', ',']).collect();
    let opening = ["在", "如果", "若", "当", "當", "如"];
    let begins = |part: &&str| opening.iter().any(|word| part.trim_start().starts_with(word));
    let at = parts.iter().rposition(begins).unwrap_or(parts.len().saturating_sub(1));
    let lead = parts.iter().take(at).copied().collect::<String>();
    let condition = parts.iter().skip(at).copied().collect::<String>();
    let condition = condition.trim();
    let bare = opening.iter().find_map(|word| condition.strip_prefix(word)).unwrap_or(condition);
    (without_comma(&lead), bare.trim().to_owned())
}

/// `无法…，…`
fn failed(clause: &str) -> Option<Role> {
    FAILED.iter().find(|word| clause.starts_with(**word))?;
    let (condition, rest) = condition_and_rest(clause)?;
    Some(Role::Failed { condition, action: action(&rest)? })
}

/// `…，如果…，则…`
fn conditional(clause: &str) -> Option<Role> {
    let parts: Vec<&str> = clause.split_inclusive(['，', ',']).collect();
    for (at, part) in parts.iter().enumerate() {
        let here: String = parts.iter().skip(at).copied().collect();
        let has_then = position_of_then(&here).is_some();
        let word = IF.iter().chain(IF_WITH_THEN.iter().filter(|_| has_then));
        let Some(word) = word.into_iter().find(|word| part.trim_start().starts_with(**word)) else {
            continue;
        };
        let rest = here.trim_start().strip_prefix(word).unwrap_or_default();
        if rest.starts_with(NO_IF) {
            return None;
        }
        let (condition, rest) = condition_and_rest(rest)?;
        let lead: String = parts.iter().take(at).copied().collect();
        return condition_role(without_comma(&lead), &condition, &rest);
    }
    None
}

/// `…则…`
fn then(clause: &str) -> Option<Role> {
    position_of_then(clause)?;
    let (condition, rest) = condition_and_rest(clause)?;
    if condition.chars().count() < 3 {
        return None;
    }
    let (lead, condition) = match condition.rsplit_once(['，', ',']) {
        Some((lead, condition)) => (lead.to_owned(), condition.trim().to_owned()),
        None => (String::new(), condition),
    };
    condition_role(lead, &condition, &rest)
}

/// What comes before `则`, else before the first comma, and what comes after.
fn condition_and_rest(text: &str) -> Option<(String, String)> {
    let (condition, rest) = match position_of_then(text) {
        Some(at) => (text.get(..at)?, text.get(at + "则".len()..)?),
        None => text.split_once(['，', ',', '：', ':'])?,
    };
    let condition = without_comma(condition);
    let bare = ["的话", "的話", "的时候", "的時候", "的"]
        .iter()
        .find_map(|end| condition.strip_suffix(end));
    let condition = bare.unwrap_or(&condition).to_owned();
    (!condition.is_empty()).then(|| (condition, rest.to_owned()))
}

/// Where `则` stands as a word of its own, in bytes.
fn position_of_then(text: &str) -> Option<usize> {
    let at = text.match_indices(THEN).map(|(at, _)| at);
    at.into_iter().find(|at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        before.is_some_and(|before| !THEN_BEFORE.contains(before))
    })
}

/// A condition with what to do, which may hold the other way.
fn condition_role(lead: String, condition: &str, rest: &str) -> Option<Role> {
    let other = ELSE_INSIDE.iter().find_map(|word| {
        let at = ["，", ","].iter().find_map(|comma| rest.find(&format!("{comma}{word}")))?;
        let (then, other) = rest.split_at_checked(at)?;
        let other = action(without_mark(other).strip_prefix(word)?)?;
        Some((then, ((*word).to_owned(), other)))
    });
    let (rest, otherwise) = match other {
        Some((then, otherwise)) => (then, Some(otherwise)),
        None => (rest, None),
    };
    let condition = condition.to_owned();
    Some(Role::If { lead, condition, action: action(rest)?, otherwise })
}

/// What to do, without the comma and the `则` before it; `None` if there is nothing to do.
fn action(text: &str) -> Option<String> {
    let text = without_mark(text);
    let text = text.strip_prefix(THEN).unwrap_or(text).trim();
    text.contains(char::is_alphanumeric).then(|| text.to_owned())
}

fn without_mark(text: &str) -> &str {
    text.trim_start_matches(['，', ',', '、', '：', ':', ' '])
}

fn without_comma(text: &str) -> String {
    text.trim().trim_end_matches(['，', ',']).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps, each followed by its branches behind ` | `.
    fn shown(text: &str) -> Vec<String> {
        let steps = strategy(text).steps.into_iter();
        steps
            .map(|step| {
                let branches = step.branches.iter().map(|it| {
                    let text = if it.text == OTHERWISE_GAP { "?" } else { &it.text };
                    format!(" | {} > {text}", it.condition)
                });
                format!("{}{}", step.text, branches.collect::<String>())
            })
            .collect()
    }

    #[test]
    fn the_strategies_of_the_plan_become_steps_and_branches() {
        let table: [(&str, &[&str]); 5] = [
            (
                "项目单位操作用电脑硬件损坏，在磁盘数据未丢失情况下，保证数据安全性，建议项目单位替换相关硬件。",
                &[
                    "项目单位操作用电脑硬件损坏，判断属于下面哪种情况。 | 如果 磁盘数据未丢失 > 保证数据安全性，建议项目单位替换相关硬件。 | 否则（说不清） > ?",
                ],
            ),
            (
                "操作失误未造成既成结果或数据未丢失情况下，保障数据安全；反之，协调相关部门，进行补救。对操作人员强调注意事项。",
                &[
                    "判断属于下面哪种情况。 | 如果 操作失误未造成既成结果或数据未丢失 > 保障数据安全； | 否则（反之） > 协调相关部门，进行补救。",
                    "对操作人员强调注意事项。",
                ],
            ),
            (
                "派出上门维护、培训人员重新配置，并耐心讲解。",
                &["派出上门维护、培训人员重新配置，并耐心讲解。"],
            ),
            (
                "协调有关部门，进行补救；无法补救，提交报告说明原因。",
                &[
                    "协调有关部门，进行补救； | 如果 无法补救 > 提交报告说明原因。 | 否则（说不清） > ?",
                ],
            ),
            (
                "联系网络服务商；流量异常大则查杀病毒",
                &[
                    "联系网络服务商；",
                    "判断属于下面哪种情况。 | 如果 流量异常大 > 查杀病毒 | 否则（说不清） > ?",
                ],
            ),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn words_of_decision_are_understood() {
        let table: [(&str, &[&str]); 12] = [
            (
                "如果断网，则看线；如果断电，就看闸；否则报修。",
                &[
                    "判断属于下面哪种情况。 | 如果 断网 > 看线； | 如果 断电 > 就看闸； | 否则 > 报修。",
                ],
            ),
            (
                "检查电源，若电源损坏，更换；再试一次。看灯。",
                &[
                    "检查电源，判断属于下面哪种情况。 | 如果 电源损坏 > 更换；再试一次。 | 否则（说不清） > ?",
                    "看灯。",
                ],
            ),
            (
                "若断网的话，看线。\n重启。\n反之，报修",
                &["判断属于下面哪种情况。 | 如果 断网 > 看线。重启。 | 否则（反之） > 报修"],
            ),
            (
                "若能恢复则恢复，否则报修。",
                &["判断属于下面哪种情况。 | 如果 能恢复 > 恢复 | 否则 > 报修。"],
            ),
            (
                "在断网，且无法恢复的情况下，报修。",
                &["判断属于下面哪种情况。 | 如果 断网，且无法恢复 > 报修。 | 否则（说不清） > ?"],
            ),
            (
                "停机。无法开机的，换电源。",
                &["停机。 | 如果 无法开机 > 换电源。 | 否则（说不清） > ?"],
            ),
            (
                "无法开机，换电源。",
                &["判断属于下面哪种情况。 | 如果 无法开机 > 换电源。 | 否则（说不清） > ?"],
            ),
            ("按规则处理，原则上不关机。", &["按规则处理，原则上不关机。"]),
            ("立即停手，否则数据会丢。", &["立即停手，否则数据会丢。"]),
            ("否则报修。", &["否则报修。"]),
            (
                "一般情况下，重启即可。如图所示，若干台。",
                &["一般情况下，重启即可。", "如图所示，若干台。"],
            ),
            ("不能关机，以免丢数据；无法联系", &["不能关机，以免丢数据；", "无法联系"]),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn traditional_script_decides_as_well() {
        let expected =
            ["判断属于下面哪种情况。 | 如果 數據未丟失 > 備份； | 否则（反之） > 補救。"];
        assert_eq!(shown("數據未丟失情況下，備份；反之，補救。"), expected);
    }

    #[test]
    fn no_strategy_has_more_steps_than_the_model_allows() {
        let steps = strategy(&"甲。".repeat(9)).steps;
        let texts: Vec<_> = steps.iter().map(|step| step.text.as_str()).collect();
        assert_eq!(texts, ["甲。", "甲。", "甲。", "甲。", "甲。", "甲。", "甲。甲。甲。"]);
        let steps = strategy(&"若断网，看线。说明。".repeat(9)).steps;
        assert_eq!(steps.len(), MAX_STEPS);
        let all: String = steps.iter().map(|step| step.text.as_str()).collect();
        assert_eq!(all.matches("说明。").count(), 9);
        let steps = strategy(&"先看，若断网，看线。\n".repeat(9)).steps;
        assert_eq!(steps.len(), MAX_STEPS);
        assert!(steps.iter().all(|step| !step.text.is_empty()));
    }
}
