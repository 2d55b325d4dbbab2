//! Durations as users write them: `"250ms"`, `"2s"`, `"1m"`, `"1h"`.

use std::time::Duration;

/// The advice how to write a duration, for every message about one.
pub(crate) const WRITE: &str = "write for example \"250ms\", \"2s\", \"1m\" or \"never\"";

/// Reads a whole number and its unit.
///
/// # Errors
/// A sentence that names what is wrong.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return Err(format!("`{text}` is not a duration; {WRITE}"));
    }
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "" => return Err(format!("`{text}` has no unit; {WRITE}")),
        unit => return Err(format!("`{unit}` is not a unit of time; {WRITE}")),
    };
    let duration = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(milliseconds))
        .map(Duration::from_millis);
    match duration {
        Some(Duration::ZERO) => Err(format!("`{text}` leaves no time for an answer; {WRITE}")),
        // The runtime counts nanoseconds in 64 bits.
        Some(duration)
            if u64::try_from(duration.as_nanos()).is_ok_and(|count| count < u64::MAX) =>
        {
            Ok(duration)
        }
        _ => Err(format!("`{text}` is more than five centuries; write \"never\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_number_and_unit() {
        assert_eq!(parse("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(parse("1m"), Ok(Duration::from_secs(60)));
        assert_eq!(parse("3h"), Ok(Duration::from_secs(3 * 3600)));
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, words) in [
            ("", "is not a duration"),
            ("s", "is not a duration"),
            ("-1s", "is not a duration"),
            ("2", "`2` has no unit"),
            ("2 s", "` s` is not a unit"),
            ("1.5s", "`.5s` is not a unit"),
            ("2sec", "`sec` is not a unit"),
            ("0ms", "leaves no time for an answer"),
            ("99999999999999999999s", "more than five centuries"),
            ("9999999999999h", "more than five centuries"),
            ("٣s", "is not a duration"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
