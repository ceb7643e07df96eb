//! A progress bar on standard error, for work that takes long.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kerbsync_collect::Progress;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Work that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// The bar of one run; it shows itself when the work takes long.
pub(crate) struct Bar {
    bar: ProgressBar,
    allowed: bool,
    shown: AtomicBool,
    started: Instant,
}

impl Bar {
    /// A bar that may show itself, or one that never does.
    pub(crate) fn new(allowed: bool) -> Self {
        Self::of(allowed, "reading", "files")
    }

    /// The same, for other work on other things.
    pub(crate) fn of(allowed: bool, verb: &str, things: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        // The template is fixed text; without it the bar only looks plainer.
        if let Ok(style) = ProgressStyle::with_template(&format!("{verb} {{bar:32}} {{pos}}/{{len}} {things}")) {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar, allowed, shown: AtomicBool::new(false), started: Instant::now() }
    }

    /// Takes the bar off the screen.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn total(&self, files: u64) {
        self.bar.set_length(files);
    }

    fn step(&self, files: u64) {
        if self.allowed && self.started.elapsed() > PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(files);
    }

    fn done(&self) {
        self.clear();
    }
}
