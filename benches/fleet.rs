//! How long a fleet takes: parsing one configuration, joining a bundle, auditing the inventory, at 10, 100 and 1,000 servers.
//!
//! `cargo bench --bench fleet`. Files are in memory, so that no disk is measured.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kerbsync_audit::Policy;
use kerbsync_collect::{Input, Options, Silent, collect};
use kerbsync_lab::{Estate, LabOptions, build};
use kerbsync_source::{DocumentId, Source};
use kerbsync_testkit::MemoryStore;
use kerbsync_xml::{Document, Limits};
use std::hint::black_box;

/// A fixed time, so that every run measures the same estate.
fn now() -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_795_000_000).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

fn estate(servers: usize) -> Estate {
    build(&LabOptions::new(1, 3, servers, now())).unwrap_or_else(|e| panic!("an estate of {servers} servers: {e}"))
}

fn input(estate: &Estate) -> [Input; 1] {
    let store: MemoryStore = estate.files().iter().map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
    [Input { label: "estate".into(), store: Box::new(store) }]
}

const OPTIONS: Options<'static> =
    Options { config: None, reference: None, prefer: Vec::new(), open_runs: &[], hardening: false, progress: &Silent };

fn fleet(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fleet");
    group.sample_size(10);
    for servers in [10, 100, 1000] {
        let estate = estate(servers);
        let bytes: u64 = estate.files().iter().map(|(_, b)| b.len() as u64).sum();
        let configurations: Vec<&[u8]> =
            estate.files().iter().filter(|(p, _)| p.ends_with("applicationHost.config")).map(|(_, b)| b.as_slice()).collect();
        group.throughput(Throughput::Bytes(configurations.iter().map(|b| b.len() as u64).sum()));
        group.bench_with_input(BenchmarkId::new("parse", servers), &configurations, |bencher, configurations| {
            bencher.iter(|| {
                for bytes in configurations {
                    let source = Source::decode(DocumentId(0), bytes.to_vec()).unwrap_or_else(|e| panic!("{e}"));
                    black_box(Document::parse(source, &Limits::default()).unwrap_or_else(|e| panic!("{e}")));
                }
            });
        });
        let inputs = input(&estate);
        group.throughput(Throughput::Bytes(bytes));
        group.bench_function(BenchmarkId::new("join", servers), |bencher| {
            bencher.iter(|| black_box(collect(&inputs, &OPTIONS).unwrap_or_else(|e| panic!("{e}"))));
        });
        let collected = collect(&inputs, &OPTIONS).unwrap_or_else(|e| panic!("{e}"));
        let policy = Policy::at(now());
        group.throughput(Throughput::Elements(servers as u64));
        group.bench_function(BenchmarkId::new("audit", servers), |bencher| {
            bencher.iter(|| black_box(kerbsync_audit::run(&collected.inventory, &policy)));
        });
    }
    group.finish();
}

criterion_group!(benches, fleet);
criterion_main!(benches);
