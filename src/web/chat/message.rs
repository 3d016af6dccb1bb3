//! What is said of articles, whatever the form: the steps first, the link last.

use time::Date;

use crate::{
    article::{Article, Branch, DataRisk, Severity, Step, Tier},
    search::{CardBranch, Hit},
    web::{api::article_text::escalation_sentence, state::Stored, text::one_line},
};

/// A message about one article or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(super) heading: String,
    /// What should be known before reading on.
    pub(super) notes: Vec<String>,
    pub(super) entries: Vec<Entry>,
    /// Absolute address of all of it.
    pub(super) link: String,
    pub(super) link_label: &'static str,
}

/// What is said of one article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// `None` where the heading says it.
    pub(super) title: Option<String>,
    /// Absolute address of the article, where the link of the message is another one.
    pub(super) url: Option<String>,
    /// Severity, who may act, what to beware of; one line.
    pub(super) facts: String,
    pub(super) summary: Option<String>,
    pub(super) steps: Vec<Instruction>,
    pub(super) escalations: Vec<String>,
}

/// A step with its branches, each on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instruction {
    pub(super) number: u32,
    pub(super) text: String,
    pub(super) branches: Vec<String>,
}

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Heading,
    Note,
    /// Title of an entry, with its number.
    Title(usize),
    Facts,
    Summary,
    /// A step, with its number.
    Step(u32),
    Branch,
    Escalation,
    /// Where the article is, where a title cannot lead there.
    Address,
    /// Entries were left out.
    More,
    /// Something was cut here.
    Cut,
    Link,
}

/// One line of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) role: Role,
    /// Plain text on one line.
    pub(super) text: String,
    pub(super) url: Option<String>,
    /// Number of the entry it belongs to, from 0.
    pub(super) entry: usize,
}

impl Message {
    /// The articles of an answer, which are found below `origin`; `path` there shows all of it.
    pub(crate) fn of_hits(heading: &str, hits: &[Hit], origin: &str, path: &str) -> Self {
        let entries = hits.iter().map(|hit| Entry::of_hit(hit, origin)).collect();
        let heading = one_line(heading);
        Self {
            heading,
            notes: Vec::new(),
            entries,
            link: format!("{origin}{path}"),
            link_label: "查看全部结果",
        }
    }

    /// One article whole; `link` is its absolute address.
    pub(crate) fn of_article(stored: &Stored, today: Date, link: &str) -> Self {
        let heading = one_line(&stored.article.title);
        let entries = vec![Entry::of_article(&stored.article, facts_of(stored, today))];
        Self {
            heading, notes: Vec::new(), entries, link: link.to_owned(), link_label: "查看全文"
        }
    }

    /// The same with notes, which come before the articles.
    pub(crate) fn with_notes(self, notes: Vec<String>) -> Self {
        Self { notes, ..self }
    }

    /// All lines in order, of the first `max_entries` entries.
    pub(super) fn lines(&self, max_entries: usize) -> Vec<Line> {
        let mut lines = vec![Line::new(Role::Heading, &self.heading, 0)];
        lines.extend(self.notes.iter().map(|note| Line::new(Role::Note, note, 0)));
        for (n, entry) in self.entries.iter().take(max_entries).enumerate() {
            entry.add_lines(n, &mut lines);
        }
        if self.entries.len() > max_entries {
            lines.push(Line::new(Role::More, "其余见链接", max_entries));
        }
        let link = Line::new(Role::Link, self.link_label, max_entries);
        lines.push(Line { url: Some(self.link.clone()), ..link });
        lines
    }
}

impl Entry {
    fn of_hit(hit: &Hit, origin: &str) -> Self {
        let card = &hit.card;
        let known = Known {
            severity: card.severity,
            tier: card.tier,
            data_risk: card.data_risk,
            stale: hit.stale,
            broken: hit.broken,
        };
        let steps = card.steps.iter().zip(1..).map(|(step, number)| Instruction {
            number,
            text: one_line(&step.text),
            branches: step.branches.iter().map(card_branch).collect(),
        });
        Self {
            title: Some(one_line(&card.title)),
            url: Some(format!("{origin}{}", hit.url)),
            facts: known.facts(),
            summary: card.summary.as_deref().map(one_line),
            steps: steps.collect(),
            escalations: card.escalation.iter().map(|text| one_line(text)).collect(),
        }
    }

    fn of_article(article: &Article, facts: String) -> Self {
        Self {
            title: None,
            url: None,
            facts,
            summary: article.meta.summary.as_deref().map(one_line),
            steps: article.steps.iter().map(Instruction::from).collect(),
            escalations: article.escalations.iter().map(escalation_sentence).collect(),
        }
    }

    fn add_lines(&self, n: usize, lines: &mut Vec<Line>) {
        let line = |role: Role, text: &str| Line::new(role, text, n);
        if let Some(title) = &self.title {
            lines.push(Line { url: self.url.clone(), ..line(Role::Title(n + 1), title) });
        }
        if !self.facts.is_empty() {
            lines.push(line(Role::Facts, &self.facts));
        }
        lines.extend(self.summary.iter().map(|text| line(Role::Summary, text)));
        for step in &self.steps {
            lines.push(line(Role::Step(step.number), &step.text));
            lines.extend(step.branches.iter().map(|text| line(Role::Branch, text)));
        }
        lines.extend(self.escalations.iter().map(|text| line(Role::Escalation, text)));
        let address = self
            .url
            .iter()
            .map(|url| Line { url: Some(url.clone()), ..line(Role::Address, "链接") });
        lines.extend(address);
    }
}

impl From<&Step> for Instruction {
    fn from(step: &Step) -> Self {
        let branch = |branch: &Branch| {
            format!("{}：{}", one_line(&branch.condition), one_line(&branch.text))
        };
        let branches = step.branches.iter().map(branch).collect();
        Self { number: step.number, text: one_line(&step.text), branches }
    }
}

impl Line {
    pub(super) fn new(role: Role, text: &str, entry: usize) -> Self {
        Self { role, text: text.to_owned(), url: None, entry }
    }
}

fn card_branch(branch: &CardBranch) -> String {
    format!("{}：{}", one_line(&branch.condition), one_line(&branch.text))
}

/// What decides how urgent an article is, who may act and whether to trust it.
struct Known {
    severity: Option<Severity>,
    tier: Option<Tier>,
    data_risk: DataRisk,
    stale: bool,
    broken: bool,
}

fn facts_of(stored: &Stored, today: Date) -> String {
    let meta = &stored.article.meta;
    let known = Known {
        severity: meta.severity,
        tier: meta.tier,
        data_risk: meta.data_risk,
        stale: meta.is_stale(today),
        broken: stored.broken,
    };
    known.facts()
}

impl Known {
    fn facts(&self) -> String {
        let risk = Some(self.data_risk).filter(|risk| *risk != DataRisk::None);
        let facts = [
            self.severity.map(Severity::shown),
            self.tier.map(|tier| tier.label().to_owned()),
            risk.map(|risk| format!("{}，先保数据", risk.label())),
            self.stale.then(|| "复审已到期".to_owned()),
            self.broken.then(|| "文件有错，这是上一个可用的版本".to_owned()),
        ];
        facts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_come_before_the_escalation_and_the_link_is_last() {
        let entry = Entry {
            title: Some("硬盘异响".into()),
            url: Some("http://kb/articles/a".into()),
            facts: "P2 高".into(),
            summary: Some("先停".into()),
            steps: vec![Instruction {
                number: 1,
                text: "停".into(),
                branches: vec!["否则：备份".into()],
            }],
            escalations: vec!["多人：值班经理".into()],
        };
        let message = Message {
            heading: "硬盘".into(),
            notes: vec!["已放宽".into()],
            entries: vec![entry.clone(), entry],
            link: "http://kb/".into(),
            link_label: "查看全部结果",
        };
        let roles: Vec<_> = message.lines(1).iter().map(|line| line.role).collect();
        let expected = [
            Role::Heading,
            Role::Note,
            Role::Title(1),
            Role::Facts,
            Role::Summary,
            Role::Step(1),
            Role::Branch,
            Role::Escalation,
            Role::Address,
            Role::More,
            Role::Link,
        ];
        assert_eq!(roles, expected);
    }
}
