//! How fast is a knowledge base indexed, and how fast is an edit applied? Documents per second.

#![expect(clippy::unwrap_used, reason = "a bench may fail, and prints its figures")]

mod corpus;

use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use jiuji::{
    kb::Root,
    live::{Live, Options, open_snapshot},
};

const N_DOCUMENTS: usize = 3_000;

fn options(kb: &std::path::Path, index: &std::path::Path) -> Options {
    Options {
        root: Root::new(kb).unwrap(),
        index: index.to_owned(),
        vocabulary: None,
        watch: false,
        program: None,
    }
}

fn build(c: &mut Criterion) {
    let kb = corpus::generate(N_DOCUMENTS);
    let mut group = c.benchmark_group("build");
    group.throughput(Throughput::Elements(N_DOCUMENTS as u64)).sample_size(10);
    group.measurement_time(Duration::from_secs(20));
    group.bench_function("documents on disk", |b| {
        b.iter_batched(
            || tempfile::tempdir().unwrap(),
            |index| {
                let live = Live::start(options(kb.path(), index.path())).unwrap();
                assert_eq!(live.snapshot().n_articles(), N_DOCUMENTS);
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("documents in memory", |b| {
        b.iter(|| {
            let nowhere = kb.path().join("no-index");
            let snapshot = open_snapshot(&options(kb.path(), &nowhere)).unwrap();
            assert_eq!(snapshot.n_articles(), N_DOCUMENTS);
        });
    });
    group.finish();
}

criterion_group!(benches, build);
criterion_main!(benches);
