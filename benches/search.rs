//! How long does a search take, with cards, snippets and facets? Microseconds; nothing is cached
//! between searches but the index itself.

#![expect(clippy::unwrap_used, reason = "a bench may fail, and prints its figures")]

mod corpus;

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use jiuji::{
    index::Snapshot,
    kb::Root,
    live::{Options, open_snapshot},
    search::{Query, search},
};
use time::macros::date;

const QUERIES: [&str; 12] = [
    "登录异常",
    "硬盘坏了数据还在吗",
    "文件误删",
    "流量异常",
    "打印机卡纸",
    "0xC000006A",
    "ORA-12541 无监听程序",
    "网页打不开怎么办",
    "电脑一直转圈点哪都没反应",
    "data 52e",
    "备份",
    "我刚才不小心把合同那个文件夹删掉了回收站也没有能不能帮我找回来",
];

fn snapshot(kb: &Path) -> Snapshot {
    let index = kb.join("no-index");
    let root = Root::new(kb).unwrap();
    open_snapshot(&Options { root, index, vocabulary: None, watch: false, program: None }).unwrap()
}

fn totals(snapshot: &Snapshot) -> usize {
    let today = date!(2026 - 11 - 23);
    let total = |text| search(snapshot, &Query::cut(text, today)).unwrap().total;
    QUERIES.into_iter().map(total).sum()
}

fn searches(c: &mut Criterion) {
    let large = corpus::generate(11_430);
    let shipped = corpus::shipped_kb();
    for (name, kb) in [("shipped", shipped.as_path()), ("11,430 documents", large.path())] {
        let snapshot = snapshot(kb);
        let expected = totals(&snapshot);
        assert!(expected > QUERIES.len() - 2, "{expected}");
        let mut group = c.benchmark_group(format!("12 searches, {name}"));
        group.sample_size(20);
        group.bench_function("all", |b| b.iter(|| assert_eq!(totals(&snapshot), expected)));
        group.finish();
    }
}

criterion_group!(benches, searches);
criterion_main!(benches);
