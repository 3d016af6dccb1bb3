//! What the columns of a table mean, by their headings.

use super::read::{Row, tidy};
use crate::analysis;

/// Longest heading of a column, in characters: what is longer says something.
const MAX_HEADING_CHARS: usize = 16;

/// What a column is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Meaning {
    /// 类型: the kind of fault.
    Fault,
    /// 紧急情况: what happened.
    Event,
    /// 故障现象: what people notice; the event where no other column is.
    Symptoms,
    /// 预防措施
    Prevention,
    /// 应急策略
    Strategy,
    /// 责任人: who answers for it.
    Owner,
    /// 序号: of no meaning elsewhere.
    Number,
}

/// Headings as people write them, in Simplified script without blanks and punctuation.
const HEADINGS: [(Meaning, &str); 7] = [
    (
        Meaning::Fault,
        "类型 类别 分类 种类 类 故障类型 故障类别 故障分类 事件类型 事件类别 事件分类 \
         突发事件类型 突发事件类别 问题类型 问题分类 风险类型",
    ),
    (
        Meaning::Event,
        "紧急情况 突发事件 突发情况 突发状况 紧急事件 应急事件 应急情况 异常情况 事件 \
         故障 情况 问题 场景 故障情况 故障问题 事故 事件场景 应急场景 故障场景 异常 \
         突发问题 风险 风险点 隐患 安全事件 常见问题 常见故障 故障点",
    ),
    (Meaning::Symptoms, "现象 故障现象 症状 表现 问题现象 异常现象 事件现象 故障表现"),
    (
        Meaning::Prevention,
        "预防措施 预防 防范措施 防范 预防方法 预防办法 预防手段 预防对策 预防策略 \
         防护措施 预防性措施 事前预防 日常预防 防控措施 如何预防 避免措施",
    ),
    (
        Meaning::Strategy,
        "应急策略 应急措施 应急处理 应急处置 应急处理措施 应急处置措施 应急处理方法 \
         应急方案 应急预案 应急对策 应急方法 应急办法 应急响应 应急响应措施 处理 \
         处理方法 处理措施 处理办法 处理方式 处理方案 处理流程 处理过程 处理对策 处置 \
         处置措施 处置方法 处置办法 处置方案 处置方式 处置流程 处置策略 解决 解决办法 \
         解决方法 解决方案 解决措施 解决方式 对策 应对措施 应对方法 应对办法 应对策略 \
         应对 措施 策略 方法 办法 补救措施 怎么处理 怎么办",
    ),
    (
        Meaning::Owner,
        "责任人 负责人 岗位 责任部门 负责部门 责任岗位 责任单位 负责岗位 处理人 处置人 \
         责任班组 班组 部门",
    ),
    (Meaning::Number, "序号 编号 号 no id 序 行号 项次"),
];

/// Words that change nothing before a heading, and behind it.
const BEFORE: [&str; 8] = ["主要", "常见", "具体", "相关", "相应", "可能的", "可能", "系统"];
const BEHIND: [&str; 12] = [
    "名称",
    "描述",
    "内容",
    "说明",
    "步骤",
    "及步骤",
    "要点",
    "列表",
    "一览",
    "事项",
    "建议",
    "情况",
];

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    /// Heading and meaning of each.
    columns: Vec<(String, Option<Meaning>)>,
}

impl Columns {
    /// The columns that a row heads: it names the event, and what to do before or after it.
    pub(super) fn of(row: &Row) -> Option<Self> {
        let heading = |cell: usize| row.text(cell).replace('\n', "");
        let columns = (0..row.cells.len()).map(heading);
        let columns = columns.map(|text| (meaning(&text), text)).map(|(it, text)| (text, it));
        let mut columns = Self { columns: columns.collect() };
        columns.settle();
        let has = |meaning| columns.all(meaning).next().is_some();
        let is_whole = has(Meaning::Event) && (has(Meaning::Prevention) || has(Meaning::Strategy));
        is_whole.then_some(columns)
    }

    /// Where no column is named after the event, the symptoms stand for it, else the type. A second
    /// column of the event or of the type is one like any other.
    fn settle(&mut self) {
        for stand_in in [Meaning::Symptoms, Meaning::Fault] {
            if self.all(Meaning::Event).next().is_none() {
                let found = self.columns.iter_mut().find(|(_, it)| *it == Some(stand_in));
                if let Some((_, meaning)) = found {
                    *meaning = Some(Meaning::Event);
                }
            }
        }
        for single in [Meaning::Event, Meaning::Fault, Meaning::Owner] {
            let more: Vec<_> = self.all(single).skip(1).collect();
            for column in more {
                if let Some((_, meaning)) = self.columns.get_mut(column) {
                    *meaning = None;
                }
            }
        }
    }

    /// The columns with a meaning.
    pub(super) fn all(&self, meaning: Meaning) -> impl Iterator<Item = usize> {
        let columns = self.columns.iter().enumerate();
        columns.filter(move |(_, (_, it))| *it == Some(meaning)).map(|(column, _)| column)
    }

    /// The columns of no known meaning, with their headings. Those without a heading too.
    pub(super) fn others(&self, n_columns: usize) -> impl Iterator<Item = (usize, &str)> {
        (0..n_columns).filter_map(|column| match self.columns.get(column) {
            Some((_, Some(_))) => None,
            Some((heading, None)) => Some((column, heading.as_str())),
            None => Some((column, "")),
        })
    }

    /// The heading of the first column with a meaning.
    pub(super) fn heading(&self, meaning: Meaning) -> Option<&str> {
        let column = self.all(meaning).next()?;
        self.columns.get(column).map(|(heading, _)| heading.as_str())
    }
}

/// What a heading says. Of one that names several things, the first that is known counts.
fn meaning(heading: &str) -> Option<Meaning> {
    let folded = analysis::folded_string(&tidy(heading));
    let is_separator =
        |c: char| matches!(c, '/' | '、' | '(' | ')' | '和' | '与' | '及' | '或' | '&' | '+');
    let whole = bare(&folded);
    if whole.chars().count() > MAX_HEADING_CHARS {
        return None;
    }
    known(&whole).or_else(|| folded.split(is_separator).map(bare).find_map(|part| known(&part)))
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn known(heading: &str) -> Option<Meaning> {
    let exactly = |heading: &str| {
        let mut found = HEADINGS.iter();
        let found = found.find(|(_, headings)| headings.split(' ').any(|it| it == heading));
        found.map(|(meaning, _)| *meaning)
    };
    let before = BEFORE.iter().filter_map(|word| heading.strip_prefix(word));
    let behind = BEHIND.iter().filter_map(|word| heading.strip_suffix(word));
    let both = BEFORE
        .iter()
        .filter_map(|word| heading.strip_prefix(word))
        .flat_map(|rest| BEHIND.iter().filter_map(move |word| rest.strip_suffix(word)));
    exactly(heading).or_else(|| before.chain(behind).chain(both).find_map(exactly))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::read::Cell;

    fn row(texts: &[&str]) -> Row {
        let cell = |text: &&str| Cell { text: tidy(text).into(), ..Cell::default() };
        Row { number: 1, cells: texts.iter().map(cell).collect() }
    }

    #[test]
    fn headings_are_known_as_people_write_them() {
        let table = [
            ("紧急情况", Some(Meaning::Event)),
            ("紧 急\n情 况", Some(Meaning::Event)),
            ("緊急情況", Some(Meaning::Event)),
            ("突發事件名稱", Some(Meaning::Event)),
            ("事件描述", Some(Meaning::Event)),
            ("故障现象", Some(Meaning::Symptoms)),
            ("預防措施", Some(Meaning::Prevention)),
            ("预防及防范措施", Some(Meaning::Prevention)),
            ("主要预防措施", Some(Meaning::Prevention)),
            ("應急策略", Some(Meaning::Strategy)),
            ("處理", Some(Meaning::Strategy)),
            ("解决办法（步骤）", Some(Meaning::Strategy)),
            ("处理方法/应急措施", Some(Meaning::Strategy)),
            ("故障类型", Some(Meaning::Fault)),
            ("責任人", Some(Meaning::Owner)),
            ("No.", Some(Meaning::Number)),
            ("备注", None),
            ("影响范围", None),
            ("处理时限", None),
            ("事件级别", None),
            ("培训时强调使用和配置方法和步骤", None),
            ("", None),
        ];
        for (heading, expected) in table {
            assert_eq!(meaning(heading), expected, "{heading}");
        }
    }

    #[test]
    fn a_row_heads_a_table_when_it_names_the_event_and_what_to_do() {
        let table: [(&[&str], bool); 8] = [
            (&["类型", "事件", "预防措施", "处理"], true),
            (&["应急策略", "紧急情况"], true),
            (&["故障现象", "解决办法"], true),
            (&["类型", "", "预防措施"], true),
            (&["事件级别", "响应时间", "处理时限"], false),
            (&["紧急情况", "联系人"], false),
            (&["信息系统突发事件应急策略"], false),
            (&[], false),
        ];
        for (texts, expected) in table {
            assert_eq!(Columns::of(&row(texts)).is_some(), expected, "{texts:?}");
        }
    }

    #[test]
    fn columns_without_a_meaning_keep_their_heading() {
        let columns = Columns::of(&row(&["序号", "事件", "处理", "备注", "故障"])).unwrap();
        let others: Vec<_> = columns.others(6).collect();
        assert_eq!(others, [(3, "备注"), (4, "故障"), (5, "")]);
        assert_eq!(columns.heading(Meaning::Strategy), Some("处理"));
        let columns = Columns::of(&row(&["故障类型", "现象", "处理", "措施"])).unwrap();
        assert_eq!(columns.all(Meaning::Strategy).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(columns.all(Meaning::Event).collect::<Vec<_>>(), [1]);
    }
}
