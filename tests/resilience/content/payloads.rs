//! Texts that try to run `__x(1)` in a page, and the articles that carry them.

use crate::{
    product::Place,
    scenario::{Profile, Run},
};

/// One payload a line; `@` begins a family, `\n`, `\t`, `\0`, `\\` and `\u{…}` stand for characters.
const FILE: &str = include_str!("payloads.txt");

/// Every so many-th payload is played with every change.
const SAMPLE: usize = 80;

/// Word of articles that are named after their payload.
pub(super) const NAMED: &str = "题名怪异";
/// Word right before a payload in a text.
pub(super) const QUOTED: &str = "摘录如下";

/// A payload and its number in the file.
#[derive(Clone)]
pub(super) struct Payload {
    pub(super) number: usize,
    pub(super) text: String,
}

/// The payloads of this run.
pub(super) fn of(run: &Run) -> Vec<Payload> {
    let every = if run.profile == Profile::Push { SAMPLE } else { 1 };
    all().into_iter().step_by(every).collect()
}

/// All payloads.
pub(super) fn all() -> Vec<Payload> {
    let lines = FILE.lines().filter(|line| !line.starts_with("@ "));
    let payload = |(number, line)| Payload { number, text: unescaped(line) };
    lines.enumerate().map(payload).collect()
}

fn unescaped(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let (c, behind) = escape(after).unwrap_or(('\\', after));
        out.push(c);
        rest = behind;
    }
    out + rest
}

/// The character that an escape stands for and what follows it; `None` of a plain backslash.
fn escape(after: &str) -> Option<(char, &str)> {
    for (name, c) in [("n", '\n'), ("t", '\t'), ("0", '\0'), ("\\", '\\')] {
        if let Some(behind) = after.strip_prefix(name) {
            return Some((c, behind));
        }
    }
    let (hex, behind) = after.strip_prefix("u{")?.split_once('}')?;
    let c = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)?;
    Some((c, behind))
}

impl Payload {
    /// The payload in a file: one with a NUL is no text and no article.
    fn in_file(&self) -> String {
        self.text.replace('\0', "")
    }

    /// The payload where no line may end.
    fn on_one_line(&self) -> String {
        self.in_file().replace(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}'], " ")
    }

    /// As a value in single quotes of the front matter.
    fn quoted(&self) -> String {
        let is_allowed = |c: &char| !c.is_control() && *c != '\u{feff}';
        let plain: String = self.on_one_line().chars().filter(is_allowed).collect();
        format!("'{}'", plain.replace('\'', "''"))
    }

    /// The path of its article on the site.
    pub(super) fn page(&self) -> String {
        format!("/articles/x{}", self.number)
    }

    /// An article with the payload in each place where an article has text. The body comes last: it
    /// may swallow what follows.
    fn article(&self) -> String {
        let (line, value) = (self.on_one_line(), self.quoted());
        format!(
            "---\ntitle: {value}\nsummary: {value}\nowner: {value}\nsystems: [{value}]\n\
             aliases: [{value}]\ncodes: [{value}]\nrelated: [{value}]\nx: {value}\n---\n\n\
             ## 标题处 {line}\n\n#### 小标题 {line}\n\n## 代码处\n\n```{line}\n代码 {line}\n```\n\n\
             ## 图片处\n\n![{line}](a.png) ![甲]({line}) ![乙](a.png \"{line}\")\n\n\
             ## 链接处\n\n[{line}](https://good.example/) [丙]({line}) [丁](<{line}>) \
             [戊](x.md#{line})\n\n## 应急策略\n\n1. 先看 {line}\n   - **如果 {line}**：{line}\n\n\
             ## 各渠道话术\n\n### 电话\n\n{QUOTED} {line}\n\n## 正文处\n\n{}\n",
            self.in_file()
        )
    }

    /// A file name with as much of the payload as a name can have.
    fn name(&self) -> String {
        let allowed = self.text.chars().filter(|c| *c != '/' && *c != '\0');
        let mut name = format!("{}-", self.number);
        for c in allowed {
            if name.len() + c.len_utf8() > 200 {
                break;
            }
            name.push(c);
        }
        name + ".md"
    }

    /// Writes its articles.
    pub(super) fn write(&self, place: &Place) {
        place.write(&format!("x{}.md", self.number), self.article());
        place.write(&self.name(), format!("{NAMED}\n"));
    }
}
