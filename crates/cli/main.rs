//! The kerbsync program.

mod undumped;

use kerbsync::{Io, Memory};
use std::io::{BufWriter, IsTerminal, Write};
use std::process::ExitCode;

#[global_allocator]
static MEMORY: Memory = kerbsync::wiped_memory();

fn main() -> ExitCode {
    undumped::keep_out_of_dumps();
    work_along();
    let mut stdout = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let mut stderr = std::io::stderr();
    #[allow(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    let env = |name: &str| match name {
        // A console that does not take escape sequences is as good as one whose user wants no colours.
        "NO_COLOR" if !takes_escapes() => Some("1".to_owned()),
        _ => std::env::var(name).ok(),
    };
    #[allow(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    let now = || jiff::Timestamp::now();
    let terminals = (std::io::stdout().is_terminal(), std::io::stderr().is_terminal());
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let mut stdin = std::io::stdin().lock();
    let io = Io::new(&mut stdout, &mut stderr, terminals, &env, &now).on_host(host).wide(width);
    let mut io = if stdin.is_terminal() { io.answered_by(&mut stdin) } else { io };
    let code = kerbsync::run(std::env::args_os(), &mut io);
    // A reader that went away (`kerbsync … | head`) is no failure of ours.
    let _ = stdout.flush();
    ExitCode::from(code)
}

/// Makes this thread one of those that share the work: where it only waits for them, it has a store of memory of its own in the C library of
/// Linux, and what is free in one store is of no use to another thread. (On Windows it has a smaller stack than they have.)
fn work_along() {
    #[allow(clippy::disallowed_methods, reason = "the variable of the library that shares the work")]
    let wished = std::env::var("RAYON_NUM_THREADS").ok().and_then(|n| n.parse().ok()).filter(|n| *n > 0);
    let threads = wished.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    // Not where it would be alone: what another thread asks for, while this one waits for that thread, must find somebody.
    if cfg!(target_os = "linux") && threads > 1 {
        // It fails where there is a pool already, which does the work then.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread().build_global();
    }
}

/// Whether the console takes escape sequences: those of Windows are asked to, and older ones cannot.
#[cfg(windows)]
fn takes_escapes() -> bool {
    anstyle_query::windows::enable_ansi_colors().unwrap_or(false)
}

#[cfg(not(windows))]
const fn takes_escapes() -> bool {
    true
}
