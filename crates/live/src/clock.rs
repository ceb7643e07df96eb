//! What time it is, for messages that are refused where the clocks differ by five minutes.

use jiff::Timestamp;
use std::time::Instant;

/// A clock that was read once and goes on from then: a run may take longer than the difference that a domain allows.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    read: Timestamp,
    at: Instant,
}

impl Clock {
    /// A clock that shows this time now.
    #[must_use]
    pub fn showing(now: Timestamp) -> Self {
        Self { read: now, at: Instant::now() }
    }

    /// The time of now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.read.saturating_add(self.at.elapsed()).unwrap_or(self.read)
    }

    /// The time of now as Kerberos writes it, and its microseconds.
    pub(crate) fn kerberos(&self) -> (String, u32) {
        let now = self.now();
        (now.strftime("%Y%m%d%H%M%SZ").to_string(), u32::try_from(now.subsec_microsecond()).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn times_are_those_of_kerberos() {
        let (text, micros) = Clock::showing("2026-11-26T08:09:10.000123Z".parse().unwrap()).kerberos();
        assert_eq!(text, "20261126080910Z");
        assert!(micros >= 123);
    }

    #[test]
    fn a_clock_goes_on_after_it_was_read() {
        let read: Timestamp = "2026-11-26T08:09:10Z".parse().unwrap();
        let clock = Clock { read, at: Instant::now().checked_sub(Duration::from_secs(900)).unwrap() };
        assert!(clock.now().duration_since(read).as_secs() >= 900);
        let copy = clock;
        assert!(copy.kerberos().0.as_str() >= "20261126082410Z");
    }
}
