//! Words in sentences.

use jiff::Timestamp;
use jiff::civil::Date;
pub(crate) use kerbsync_source::count;
use kerbsync_source::{Tell, Text, text};

/// `a`, `a and b`, `a, b and c`; from the fifth on `a, b, c and 4 more`.
pub(crate) fn list<T: Tell>(items: &[T]) -> Text {
    match items {
        [] => Text::EMPTY,
        [one] => text!("{one}"),
        [first @ .., last] if items.len() <= 4 => text!("{} and {last}", joined(first)),
        _ => text!("{} and {} more", joined(&items[..3]), items.len() - 3),
    }
}

fn joined<T: Tell>(items: &[T]) -> Text {
    Text::join(items.iter().map(|item| text!("{item}")), ", ")
}

/// The day of a time, in UTC. A report that tells no time is put before every other one; no day is named then.
pub(crate) fn day(time: Timestamp) -> Text {
    if time == Timestamp::MIN {
        return "a day that it does not tell".into();
    }
    date(time.to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// A day.
pub(crate) fn date(day: Date) -> Text {
    text!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// Whole days from `then` to `now`; negative where `then` lies ahead.
pub(crate) fn days_between(then: Timestamp, now: Timestamp) -> i64 {
    now.as_second().saturating_sub(then.as_second()).div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_stay_short() {
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c", "d"]), "a, b, c and d");
        assert_eq!(list(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
        assert_eq!(list::<&str>(&[]), "");
    }
}
