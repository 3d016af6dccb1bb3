//! How an incident is handled from the first call to its last lesson, and where each stage is.

use askama::Template;

use super::{
    AssetUrls, Header,
    links::{article_url, with_anchor},
};
use crate::article::SectionKind;

/// Stages in a row of the picture.
const IN_A_ROW: usize = 4;

/// From the left edge of a stage to that of the next one, and between the rows, in the picture.
const STEP: (usize, usize) = (320, 140);

/// The article whose sections stand for those of every article.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    /// Article id.
    pub(crate) id: String,
    /// Title.
    pub(crate) title: String,
    /// Kinds of its sections with their anchors.
    pub(crate) anchors: Vec<(SectionKind, String)>,
}

impl Example {
    fn url(&self, kind: SectionKind) -> String {
        let anchor = self.anchors.iter().find(|(known, _)| *known == kind);
        with_anchor(&article_url(&self.id), anchor.map(|(_, anchor)| anchor.as_str()))
    }
}

/// What the page of the flow shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FlowView<'a> {
    /// The example, when the knowledge base has an entry article.
    pub(crate) example: Option<&'a Example>,
    /// Addresses of styles and scripts.
    pub(crate) assets: &'a AssetUrls,
}

/// The page of the flow.
///
/// # Errors
/// When the template cannot be rendered.
pub(crate) fn flow_page(view: &FlowView<'_>) -> Result<String, askama::Error> {
    let FlowView { example, assets } = *view;
    let header = Header::plain(assets, "/flow");
    FlowPage { assets, header, example, stages: stages(example) }.render()
}

#[derive(Template)]
#[template(path = "flow.html")]
struct FlowPage<'a> {
    assets: &'a AssetUrls,
    header: Header<'a>,
    example: Option<&'a Example>,
    stages: Vec<Stage>,
}

impl FlowPage<'_> {
    fn example_url(&self) -> String {
        self.example.map(|example| article_url(&example.id)).unwrap_or_default()
    }
}

/// Where a stage of the flow is found in the product.
enum Place {
    /// At this address.
    Page(&'static str),
    /// In the sections of this kind.
    Section(SectionKind),
}

/// A stage of the flow with its place in the picture.
struct Stage {
    number: usize,
    title: &'static str,
    /// A few words for the picture.
    note: &'static str,
    /// What is done, in a sentence.
    sentence: &'static str,
    url: String,
    x: usize,
    y: usize,
}

/// Title, note, sentence and place of a stage.
type Words = (&'static str, &'static str, &'static str, Place);

/// The stages of the service plan in their order. Source: the article model, section 1.2.
const STAGES: [Words; 8] = [
    (
        "获悉突发事件",
        "原话、报错代码、拼音都能查",
        "接到电话、邮件或告警，把来电人的原话或屏幕上的报错代码直接贴进查找框。",
        Place::Page("/#q"),
    ),
    (
        "从知识库取策略",
        "先看第一件事、级别、谁能动手",
        "先看摘要、级别、谁能动手和数据有没有风险；说不清时从故障类型进入。",
        Place::Page("/#hits"),
    ),
    (
        "结合具体情况",
        "先问用户，逐条核对",
        "照“先问用户”逐条核对，对不上就转到更准的那一篇。",
        Place::Section(SectionKind::Questions),
    ),
    (
        "给出方案",
        "应急策略的步骤与分支",
        "按应急策略的步骤做，遇到“如果”就走对应的分支。",
        Place::Section(SectionKind::Strategy),
    ),
    (
        "电话、邮件、现场",
        "各渠道话术",
        "电话照着念，邮件复制，上门带齐清单上的东西。",
        Place::Section(SectionKind::Scripts),
    ),
    (
        "升级上报",
        "协调资源，定临时措施",
        "到了条件就报各级负责人，协调资源，先用临时措施顶住。",
        Place::Section(SectionKind::Escalation),
    ),
    (
        "问题汇报",
        "稳定或彻底解决之后",
        "恢复以后按复盘报告的格式写清经过、原因、影响和改进。",
        Place::Section(SectionKind::Report),
    ),
    (
        "避免再次发生",
        "写回文章，到期复核",
        "把结论写回文章的预防措施与根因，到期的文章重新核对。",
        Place::Page("/status#review"),
    ),
];

fn stages(example: Option<&Example>) -> Vec<Stage> {
    STAGES.iter().enumerate().map(|(at, stage)| Stage::new(at, stage, example)).collect()
}

impl Stage {
    fn new(at: usize, words: &Words, example: Option<&Example>) -> Self {
        let (title, note, sentence, place) = words;
        let url = match (place, example) {
            (Place::Page(url), _) => (*url).to_owned(),
            (Place::Section(kind), Some(example)) => example.url(*kind),
            (Place::Section(_), None) => "/".to_owned(),
        };
        let (x, y) = (10 + at % IN_A_ROW * STEP.0, 50 + at / IN_A_ROW * STEP.1);
        Self { number: at + 1, title, note, sentence, url, x, y }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::sample;

    fn html(example: Option<&Example>) -> String {
        flow_page(&FlowView { example, assets: &sample::assets() }).unwrap()
    }

    fn example(text: &str) -> Example {
        let anchors = vec![(SectionKind::Questions, "s-先问用户".to_owned())];
        Example { id: text.to_owned(), title: text.to_owned(), anchors }
    }

    #[test]
    fn each_stage_is_in_the_picture_and_in_the_list() {
        let html = html(Some(&example("login-failure")));
        for (title, note, sentence, _) in STAGES {
            assert_eq!(html.matches(&format!(">{title}</")).count(), 2, "{title} in {html}");
            assert!(html.contains(note) && html.contains(sentence), "{title}");
        }
        let questions = "href=\"/articles/login-failure#s-%E5%85%88%E9%97%AE%E7%94%A8%E6%88%B7\"";
        assert_eq!(html.matches(questions).count(), 2, "{html}");
        assert!(html.contains("href=\"/articles/login-failure\""), "a section that is missing");
    }

    #[test]
    fn without_an_entry_article_no_link_is_dead() {
        assert!(!html(None).contains("/articles/"));
    }

    #[test]
    fn hostile_text_is_escaped() {
        sample::assert_harmless(&html(Some(&example(sample::HOSTILE))));
    }
}
