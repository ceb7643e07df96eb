//! Times of directory attributes.

use jiff::Timestamp;
use jiff::civil::DateTime;
use kerbsync_inventory::directory::Moment;

/// Seconds from 1601 to 1970.
const EPOCH: i64 = 11_644_473_600;

/// A file time: 100 nanoseconds since 1601 UTC; 0 and the greatest value mean never (documented: Microsoft, "Account-Expires attribute").
/// A directory stores none that is negative: -1 is what a program writes to have the time of day put there.
pub(crate) fn file_time(text: &str) -> Option<Moment> {
    let ticks: i64 = text.trim().parse().ok()?;
    if ticks == 0 || ticks == i64::MAX {
        return Some(Moment::Never);
    }
    if ticks < 0 {
        return None;
    }
    let (seconds, rest) = (ticks.div_euclid(10_000_000), ticks.rem_euclid(10_000_000));
    let nanoseconds = i32::try_from(rest * 100).ok()?;
    Timestamp::new(seconds.checked_sub(EPOCH)?, nanoseconds).ok().map(Moment::At)
}

/// A time of an export: generalised time (`20181101164503.0Z`), ISO 8601 with offset, `/Date(1541000000000)/` (milliseconds since 1970 UTC).
///
/// ISO 8601 without offset is taken as UTC (inferred: PowerShell writes an offset for local times).
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("/Date(").and_then(|r| r.strip_suffix(")/")) {
        // Behind the number there may be an offset for display, which changes nothing: the number is UTC.
        let end =
            rest[usize::from(rest.starts_with('-'))..].find(['+', '-']).map_or(rest.len(), |e| e + usize::from(rest.starts_with('-')));
        return Timestamp::from_millisecond(rest[..end].parse().ok()?).ok();
    }
    if let Some(time) = generalised(text) {
        return Some(time);
    }
    // A date alone, or a local format, is not a time.
    if text.get(10..11) != Some("T") {
        return None;
    }
    let utc = |d: DateTime| d.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|z| z.timestamp());
    text.parse().ok().or_else(|| text.parse::<DateTime>().ok().and_then(utc))
}

/// `YYYYMMDDHHMMSS[.f]Z` (RFC 4517 3.3.13); Active Directory always writes UTC.
fn generalised(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z')?;
    let digits = digits.split('.').next()?;
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let iso = format!("{}-{}-{}T{}:{}:{}Z", &digits[..4], &digits[4..6], &digits[6..8], &digits[8..10], &digits[10..12], &digits[12..]);
    iso.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_of_every_export() {
        for text in [
            "20181101164503.0Z",
            "20181101164503Z",
            "2018-11-01T16:45:03Z",
            "2018-11-01T17:45:03.0000000+01:00",
            "2018-11-01T16:45:03",
            "/Date(1541090703000)/",
            "/Date(1541090703000+0100)/",
        ] {
            assert_eq!(time(text).unwrap().to_string(), "2018-11-01T16:45:03Z", "{text}");
        }
        assert_eq!(time("/Date(-62135596800000)/").unwrap().to_string(), "0001-01-01T00:00:00Z");
        for text in [
            "",
            "11/1/2018 4:45:03 PM",
            "01.11.2018 16:45:03",
            "2018-11-01",
            "20181301164503Z",
            "/Date()/",
            "/Date(99999999999999999999)/",
            "é",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
        assert_eq!(file_time("131855643030000000"), Some(Moment::At("2018-11-01T16:45:03Z".parse().unwrap())));
        assert_eq!(file_time("0"), Some(Moment::Never));
        assert_eq!(file_time("9223372036854775807"), Some(Moment::Never));
        assert_eq!(file_time("9223372036854775806"), None);
        assert_eq!(file_time("x"), None);
        assert_eq!(file_time("-1"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9TZ:+./Date()é -]{0,40}", ticks: i64) {
            let _ = (time(&text), file_time(&text), file_time(&ticks.to_string()));
        }
    }
}
