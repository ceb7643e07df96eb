//! Keeps the process out of dumps: what it holds while it works may be a secret.

/// Writes no core file, and (on Linux) lets no other process of the same user look into this one. Where the system refuses, the program
/// works all the same: secrets are still wiped when they are freed.
#[cfg(unix)]
pub(crate) fn keep_out_of_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    {
        let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    }
}

/// Windows writes dumps only where its error reporting is told to; a process cannot refuse them safely.
#[cfg(not(unix))]
pub(crate) const fn keep_out_of_dumps() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn no_core_is_written_and_nobody_looks_in() {
        keep_out_of_dumps();
        let core = getrlimit(Resource::Core);
        assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
