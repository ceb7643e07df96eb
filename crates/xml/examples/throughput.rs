//! Measures how fast files are decoded and parsed: `cargo run --release -p kerbsync-xml --example throughput -- FILE...`
#![expect(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr, reason = "a measuring tool run by hand")]

use kerbsync_source::{DocumentId, Source};
use kerbsync_xml::{Document, Limits};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Time spent on each measured loop.
const BUDGET: Duration = Duration::from_millis(400);

/// Runs `f` until the budget is used up and gives the best time of one run.
fn best(mut f: impl FnMut()) -> Duration {
    let (begin, mut best) = (Instant::now(), Duration::MAX);
    while begin.elapsed() < BUDGET {
        let start = Instant::now();
        f();
        best = best.min(start.elapsed());
    }
    best
}

fn main() {
    let limits = Limits::default();
    for path in std::env::args().skip(1) {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) => {
                eprintln!("{path}: {e}");
                continue;
            }
        };
        let rate = |t: Duration| bytes.len() as f64 / t.as_secs_f64() / 1e6;
        let Ok(source) = Source::decode(DocumentId(0), bytes.clone()) else { continue };
        if let Err(e) = Document::parse(source.clone(), &limits) {
            println!("{path}: {e}");
        }
        let copy = best(|| drop(black_box(source.clone())));
        let decode = best(|| drop(black_box(Source::decode(DocumentId(0), bytes.clone()))));
        let parse = best(|| drop(black_box(Document::parse(source.clone(), &limits))));
        println!(
            "{path}: {} bytes, copy {copy:?}, decode {decode:?}, parse {parse:?} ({:.0} MB/s, {:.0} without the copy)",
            bytes.len(),
            rate(parse),
            rate(parse.saturating_sub(copy))
        );
    }
}
