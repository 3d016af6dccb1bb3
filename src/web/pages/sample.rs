//! Sample values for the tests of the pages.

use time::macros::date;

use super::{ArticleLink, ArticleView, AssetUrls};
use crate::{
    article::{
        Article, Branch, Channel, Command, DataRisk, Escalation, FaultType, FrontMatter, Question,
        Scripts, Section, SectionKind, Severity, Status as LifeCycle, Step, Tier,
    },
    index::Stored,
    live::Status,
    search::{
        Answer, Card, CardBranch, CardStep, FacetCount, Facets, Hit, MatchedBy, Note, Snippet,
        Suggestion, SuggestionKind,
    },
};

/// Text that would leave any place that does not escape it.
pub(super) const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror='x'>&";

/// Fails when [`HOSTILE`] stands anywhere unescaped, or when the page has anything that its
/// content security policy forbids.
pub(super) fn assert_harmless(html: &str) {
    assert!(html.contains("&#60;script&#62;alert(1)"), "hostile text is not shown at all");
    for forbidden in ["<script>", "<img src=x", "onerror='", "\"><script", " style=", " onclick="] {
        assert!(!html.contains(forbidden), "{forbidden} in {html}");
    }
}

/// Completions of 登陆: one that says more, the query itself and the title of the hit.
pub(super) fn completions() -> Vec<Suggestion> {
    let title = login().article.title;
    let completion = |text: &str| Suggestion {
        text: text.to_owned(),
        kind: SuggestionKind::Alias,
        id: "login-failure".to_owned(),
        title: title.clone(),
    };
    ["登陆不了", "登陆", &title].map(completion).into()
}

pub(super) fn assets() -> AssetUrls {
    AssetUrls::new(&|name| format!("/assets/{name}"))
}

fn section(title: &str, level: u8, kind: SectionKind, text: &str) -> Section {
    let anchor = format!("s-{title}");
    Section { title: title.to_owned(), anchor, level, kind, line: 1, text: text.to_owned() }
}

fn sections() -> Vec<Section> {
    let text = "先做两分钟自查\n如果 多人同时登不上：看认证服务";
    vec![
        section("现象", 2, SectionKind::Symptoms, "昨天能登，今天不能登。"),
        section("先问用户", 2, SectionKind::Questions, "只有您一个人，还是旁边同事也登不上？"),
        section("应急策略", 2, SectionKind::Strategy, text),
        section("各渠道话术", 2, SectionKind::Scripts, ""),
        section("电话", 3, SectionKind::Scripts, "请先别再试密码。"),
    ]
}

fn meta() -> FrontMatter {
    FrontMatter {
        summary: Some("先问是一个人还是一片人；重置密码之前先核验身份。".to_owned()),
        fault_type: Some(FaultType::Login),
        severity: Some(Severity::P3),
        systems: vec!["ad".to_owned()],
        tier: Some(Tier::L1),
        owner: Some("服务台".to_owned()),
        reviewed: Some(date!(2026 - 11 - 20)),
        channels: vec![Channel::Phone],
        ..FrontMatter::default()
    }
}

fn steps() -> Vec<Step> {
    let branch = Branch {
        condition: "如果 多人同时登不上".to_owned(),
        text: "不要逐个重置密码，转 域控宕机。".to_owned(),
        goto: Some("domain-controller-down.md".to_owned()),
    };
    vec![
        Step { number: 1, text: "先做两分钟自查。".to_owned(), branches: Vec::new() },
        Step { number: 2, text: "判断问题在哪一层。".to_owned(), branches: vec![branch] },
    ]
}

/// An article with one section of most kinds.
pub(super) fn login() -> Stored {
    let command = |code: &str, dangerous| Command {
        language: "powershell".to_owned(),
        code: code.to_owned(),
        anchor: "s-应急策略".to_owned(),
        dangerous,
        line: 1,
    };
    let article = Article {
        id: "login-failure".to_owned(),
        path: "login-failure.md".to_owned(),
        title: "登录不上系统（账号、密码、域、业务系统）".to_owned(),
        meta: meta(),
        sections: sections(),
        questions: vec![Question { text: "只有您一个人？".to_owned(), checkable: true }],
        steps: steps(),
        commands: vec![command("w32tm /query /status", false), command("shutdown /r", true)],
        scripts: Scripts {
            phone: Some("请先别再试密码。".to_owned()), ..Scripts::default()
        },
        escalations: vec![Escalation {
            condition: "15 分钟仍分不清是哪一层".to_owned(),
            contact: "系统运维（l2）".to_owned(),
            within: "15 分钟".to_owned(),
            bring: "已做步骤".to_owned(),
        }],
        links: Vec::new(),
    };
    Stored { article, source: "".into(), hash: "00".to_owned(), broken: false }
}

/// The article as the day after its review shows it.
pub(super) fn view(stored: &Stored) -> ArticleView<'_> {
    let html = |section: &Section| match section.kind {
        SectionKind::Questions => "<ul><li class=\"task\">只有您一个人？</li></ul>".to_owned(),
        _ => "<p>正文</p>".to_owned(),
    };
    let related =
        ArticleLink { id: "domain-account-locked".into(), title: "域账号被锁".into() };
    ArticleView {
        stored,
        sections: stored.article.sections.iter().map(html).collect(),
        related: vec![related],
        referrers: Vec::new(),
        superseded_by: None,
        today: date!(2026 - 11 - 21),
    }
}

fn card() -> Card {
    let branch = CardBranch {
        condition: "如果 多人同时登不上".to_owned(),
        text: "不要逐个重置密码，转 域控宕机。".to_owned(),
        goto: Some("domain-controller-down".to_owned()),
    };
    Card {
        id: "login-failure".to_owned(),
        title: "登录不上系统（账号、密码、域、业务系统）".to_owned(),
        summary: Some("先问是一个人还是一片人。".to_owned()),
        fault_type: Some(FaultType::Login),
        fault_type_label: Some("登录异常".to_owned()),
        severity: Some(Severity::P3),
        tier: Some(Tier::L1),
        systems: vec!["ad".to_owned()],
        data_risk: DataRisk::None,
        channels: vec![Channel::Phone],
        status: LifeCycle::Published,
        owner: Some("服务台".to_owned()),
        reviewed: Some("2026-11-20".to_owned()),
        questions: vec!["只有您一个人？".to_owned()],
        steps: vec![
            CardStep { text: "先做两分钟自查。".to_owned(), branches: Vec::new() },
            CardStep { text: "判断问题在哪一层。".to_owned(), branches: vec![branch] },
        ],
        escalation: Some("5 人以上登不上：找值班经理，立即".to_owned()),
    }
}

/// The answer to “登陆” with one hit.
pub(super) fn answer() -> Answer {
    let hit = Hit {
        card: card(),
        stale: false,
        broken: false,
        url: "/articles/login-failure".to_owned(),
        anchor: Some("s-现象".to_owned()),
        score: 12.3,
        matched_by: vec![MatchedBy::Title, MatchedBy::Synonym],
        title_highlights: vec![[0, 2]],
        snippet: Some(Snippet {
            section: "现象".to_owned(),
            text: "昨天能登，今天不能".to_owned(),
            highlights: vec![[3, 4]],
        }),
    };
    let count = |value: &str, label: &str| FacetCount {
        value: value.to_owned(),
        label: label.to_owned(),
        count: 1,
    };
    Answer {
        query: "登陆".to_owned(),
        total: 1,
        elapsed_us: 412,
        revision: "3f2a".to_owned(),
        indexed_at: "2026-11-23T03:00:00Z".to_owned(),
        notes: vec![Note::Synonym { text: "登陆".to_owned(), used: vec!["登录".to_owned()] }],
        hits: vec![hit],
        facets: Facets {
            fault_type: vec![count("login", "登录异常")],
            severity: vec![count("p3", "中")],
            system: vec![count("ad", "ad")],
            tier: vec![count("l1", "服务台可独立完成")],
        },
    }
}

/// Puts [`HOSTILE`] into every text of an answer.
pub(super) fn make_answer_hostile(answer: &mut Answer) {
    let hostile = || HOSTILE.to_owned();
    answer.query = hostile();
    answer.notes = vec![
        Note::Synonym { text: hostile(), used: vec![hostile()] },
        Note::Missing { dropped: vec![hostile()] },
    ];
    let count = FacetCount { value: hostile(), label: hostile(), count: 1 };
    answer.facets.system = vec![count];
    for hit in &mut answer.hits {
        let branch = CardBranch { condition: hostile(), text: hostile(), goto: Some(hostile()) };
        hit.card.id = hostile();
        hit.card.title = hostile();
        hit.card.summary = Some(hostile());
        hit.card.steps = vec![CardStep { text: hostile(), branches: vec![branch] }];
        hit.card.escalation = Some(hostile());
        hit.card.owner = Some(hostile());
        hit.url = hostile();
        hit.anchor = Some(hostile());
        hit.title_highlights = vec![[0, 3], [5, 9]];
        hit.snippet =
            Some(Snippet { section: hostile(), text: hostile(), highlights: vec![[1, 4]] });
    }
}

/// Puts [`HOSTILE`] into every text of an article; the HTML of its sections is safe by contract.
pub(super) fn make_hostile(stored: &mut Stored) {
    let hostile = || HOSTILE.to_owned();
    let article = &mut stored.article;
    article.id = hostile();
    article.path = hostile();
    article.title = hostile();
    article.meta.summary = Some(hostile());
    article.meta.owner = Some(hostile());
    article.meta.codes = vec![hostile()];
    article.meta.aliases = vec![hostile()];
    article.meta.systems = vec![hostile()];
    for section in &mut article.sections {
        section.title = format!("电话{HOSTILE}");
        section.anchor = hostile();
    }
    for step in &mut article.steps {
        step.text = hostile();
    }
}

pub(super) fn status() -> Status {
    Status {
        n_articles: 104,
        n_broken: 1,
        n_findings: 3,
        revision: "3f2a9c".to_owned(),
        indexed_at: "2026-11-23T03:00:00Z".to_owned(),
        scanned_at: Some("2026-11-23T03:01:00Z".to_owned()),
        watcher: crate::live::Watching::Events,
        n_held: 0,
        n_withheld: 0,
        n_swaps: 7,
        n_rebuilds: 1,
        last_error: None,
        index: crate::live::IndexHealth::default(),
    }
}
