//! How long from start to the first answer, with the index present and absent?

#![expect(clippy::unwrap_used, reason = "a bench may fail, and prints its figures")]

#[expect(dead_code, reason = "shared by several benches")]
mod corpus;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use jiuji::{
    kb::Root,
    live::{Live, Options},
    search::{Query, search},
};
use time::macros::date;

fn first_answer(index: &std::path::Path) {
    let root = Root::new(corpus::shipped_kb()).unwrap();
    let options =
        Options { root, index: index.to_owned(), vocabulary: None, watch: false, program: None };
    let live = Live::start(options).unwrap();
    let query = Query::new("登录异常", date!(2026 - 11 - 23)).unwrap();
    let answer = search(&live.snapshot(), &query).unwrap();
    assert_eq!(answer.hits[0].card.id, "login-failure");
}

fn start(c: &mut Criterion) {
    let present = tempfile::tempdir().unwrap();
    first_answer(present.path());
    let mut group = c.benchmark_group("start to first answer");
    group.sample_size(10);
    group.bench_function("index present", |b| b.iter(|| first_answer(present.path())));
    group.bench_function("index absent", |b| {
        b.iter_batched(
            || tempfile::tempdir().unwrap(),
            |index| first_answer(index.path()),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, start);
criterion_main!(benches);
