//! What is shown of an article, wherever it stands.

use std::collections::BTreeSet;

use askama::Template;

use super::{
    ArticleView, Place,
    danger::{self, Dangerous},
    mail::Mail,
    order, step_links, steps, ticks,
};
use crate::{
    article::{Article, Channel, DataRisk, FaultType, Section, SectionKind, Severity},
    web::pages::{
        AssetUrls,
        badges::{Badges, response},
        links::{article_url, with_anchor},
        plain,
    },
};

/// An article without the page around it.
#[derive(Template)]
#[template(path = "article_body.html")]
pub(crate) struct ArticleBody<'a> {
    view: &'a ArticleView<'a>,
    assets: &'a AssetUrls,
    in_pane: bool,
    badges: Badges,
    sections: Vec<Part<'a>>,
    scripts: Vec<ScriptLink>,
    /// The strategy as plain text, for the clipboard.
    plain: String,
}

/// One section with the level of its heading in the page.
struct Part<'a> {
    section: &'a Section,
    html: String,
    heading: u8,
    /// The first section of a channel has it.
    channel: Option<Channel>,
    mail: Option<Mail<'a>>,
    /// Whether the tabs of all channels stand before it.
    has_tabs: bool,
}

/// A script of the article and where it stands.
struct ScriptLink {
    channel: Channel,
    key: char,
    anchor: String,
}

impl<'a> ArticleBody<'a> {
    /// The article as it is shown at `place`.
    pub(crate) fn new(view: &'a ArticleView<'a>, assets: &'a AssetUrls, place: Place) -> Self {
        let in_pane = place == Place::Pane;
        let title_level = if in_pane { 2 } else { 1 };
        let sections = parts(view, assets, title_level);
        let mut sections = order::for_a_call(sections, |part| part.section);
        let scripts = script_links(&sections);
        if let Some(first) = sections.iter_mut().find(|part| part.channel.is_some()) {
            first.has_tabs = scripts.len() > 1;
        }
        Self {
            view,
            assets,
            in_pane,
            badges: Badges::of_article(view),
            scripts,
            sections,
            plain: plain::strategy(&view.stored.article),
        }
    }

    /// Sections that the list of contents names.
    pub(super) fn contents(&self) -> impl Iterator<Item = &Section> {
        let named = |section: &&Section| !section.title.is_empty() && section.level <= 2;
        self.sections.iter().map(|part| part.section).filter(named)
    }

    fn url(&self) -> String {
        article_url(&self.view.stored.article.id)
    }

    fn data_first(&self) -> bool {
        self.view.stored.article.meta.data_risk == DataRisk::High
    }

    /// What must be seen first of an article of the highest severity.
    fn urgent(&self) -> Option<String> {
        let severity = self.view.stored.article.meta.severity;
        severity
            .filter(|severity| *severity == Severity::P1)
            .map(|severity| format!("{} · {}", Severity::shown(severity), response(severity)))
    }

    fn severity(&self) -> Option<String> {
        self.view.stored.article.meta.severity.map(Severity::shown)
    }

    fn fault_type(&self) -> &'static str {
        self.view.stored.article.meta.fault_type.map_or("", FaultType::label)
    }

    /// The article as a report names it.
    fn source(&self) -> String {
        let reviewed = self.reviewed().unwrap_or_else(|| "无记录".to_owned());
        format!("{}（核对 {reviewed}）", self.view.stored.article.id)
    }

    /// What a report on the incident has to answer, as a Markdown list with gaps.
    fn questions(&self) -> String {
        let sections = self.view.stored.article.sections.iter();
        let report = sections.filter(|section| section.kind == SectionKind::Report);
        let lines = report.flat_map(|section| section.text.lines());
        let questions = lines.filter(|line| line.contains('？'));
        questions.map(|line| format!("- {line}【待补：答复】")).collect::<Vec<_>>().join("\n")
    }

    /// The channel to try first: one that has a script.
    fn first_channel(&self) -> Option<Channel> {
        let channels = self.view.stored.article.meta.channels.iter().copied();
        let has_script = |channel: &Channel| self.scripts.iter().any(|s| s.channel == *channel);
        channels.chain(self.scripts.iter().map(|script| script.channel)).find(has_script)
    }

    fn reviewed(&self) -> Option<String> {
        self.view.stored.article.meta.reviewed.map(|date| date.to_string())
    }

    fn review_due(&self) -> Option<String> {
        self.view.stored.article.meta.review_due().map(|date| date.to_string())
    }
}

impl Part<'_> {
    fn anchor_url(&self) -> String {
        with_anchor("", Some(&self.section.anchor))
    }

    /// The text to hand the incident over with belongs where escalation begins.
    fn begins_escalation(&self) -> bool {
        self.section.kind == SectionKind::Escalation && self.section.level == 2
    }
}

/// The sections as they are written, with everything that can be ticked, chosen and copied.
fn parts<'a>(view: &'a ArticleView<'a>, assets: &'a AssetUrls, title_level: u8) -> Vec<Part<'a>> {
    let mut finish = Finish::new(view, assets);
    let mut channels = Vec::new();
    let mut part = |(section, html): (&'a Section, &'a String)| {
        let channel = channel_of(section).filter(|channel| !channels.contains(channel));
        channels.extend(channel);
        Part {
            section,
            html: finish.section(section, html),
            heading: title_level + if section.level >= 3 { 2 } else { 1 },
            channel,
            mail: mail(&view.stored.article, channel),
            has_tabs: false,
        }
    };
    view.stored.article.sections.iter().zip(&view.sections).map(&mut part).collect()
}

fn mail(article: &Article, channel: Option<Channel>) -> Option<Mail<'_>> {
    let text = article.scripts.mail.as_deref()?;
    (channel == Some(Channel::Mail)).then(|| Mail::new(text))
}

/// Makes the HTML of one section after the other into what a page shows.
struct Finish<'a> {
    icons: &'a str,
    dangerous: Dangerous<'a>,
    /// The numbers that links to steps may name.
    steps: BTreeSet<u32>,
    controls: steps::Controls<'a>,
}

impl<'a> Finish<'a> {
    fn new(view: &'a ArticleView<'a>, assets: &'a AssetUrls) -> Self {
        let article = &view.stored.article;
        let steps = steps::numbers(view.sections.iter().map(String::as_str));
        Self {
            icons: &assets.icons,
            dangerous: Dangerous::of(article),
            steps,
            controls: steps::Controls::new(&article.steps),
        }
    }

    fn section(&mut self, section: &Section, html: &str) -> String {
        let html = self.dangerous.code_blocks(html, &section.anchor);
        let mut html = danger::sign(&html, self.icons);
        if section.kind == SectionKind::Strategy {
            html = self.controls.add(&step_links::link(&html, &self.steps));
        }
        ticks::enable(&html, task_name(section))
    }
}

/// What the tasks of a section are, in the record of a call.
fn task_name(section: &Section) -> &'static str {
    if section.kind == SectionKind::Questions { "question" } else { "item" }
}

/// The channel whose script a section is, by the name in its heading.
fn channel_of(section: &Section) -> Option<Channel> {
    let is_script = section.kind == SectionKind::Scripts && section.level >= 3;
    let named = |channel: &&Channel| section.title.contains(channel.label());
    Channel::ALL.iter().filter(|_| is_script).find(named).copied()
}

/// The scripts in the order of the article.
fn script_links(sections: &[Part<'_>]) -> Vec<ScriptLink> {
    let link = |part: &Part<'_>| {
        let channel = part.channel?;
        Some(ScriptLink { channel, key: key(channel), anchor: part.anchor_url() })
    };
    sections.iter().filter_map(link).collect()
}

/// The key that jumps to the script of a channel.
const fn key(channel: Channel) -> char {
    match channel {
        Channel::Phone => 'p',
        Channel::Mail => 'm',
        Channel::Onsite => 'o',
    }
}
