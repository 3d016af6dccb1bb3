//! How fast is text turned into tokens? Megabytes per second on one thread.

#![expect(clippy::unwrap_used, reason = "a bench may fail, and prints its figures")]

mod corpus;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiuji::analysis::{Analyzer, Scanned, Vocabulary};

fn analyzer(c: &mut Criterion) {
    let analyzer = Analyzer::new(Vocabulary::built_in().unwrap());
    let dir = corpus::generate(400);
    let texts: Vec<String> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| fs_err::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let count = |text: &String| {
        let mut n = 0usize;
        analyzer.for_each_token(&Scanned::new(text), |_, _, _, _| n += 1);
        n
    };
    let expected: usize = texts.iter().map(count).sum();
    assert!(expected > 100_000, "{expected}");

    let bytes: usize = texts.iter().map(String::len).sum();
    let mut group = c.benchmark_group("analyzer");
    group.throughput(Throughput::Bytes(bytes as u64)).sample_size(10);
    group.bench_function("tokens", |b| {
        b.iter(|| assert_eq!(texts.iter().map(count).sum::<usize>(), expected));
    });
    group.finish();
}

criterion_group!(benches, analyzer);
criterion_main!(benches);
