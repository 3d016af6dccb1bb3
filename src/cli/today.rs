//! The day of whoever sits at this machine.
//!
//! Reviews are overdue by days, and in China a day of UTC begins at eight in the morning. The zone
//! is that of `TZ`, else of `/etc/localtime`; a machine that names none has UTC. jiff reads both
//! without calling into C, where a change of the environment by another thread would be a race.

use jiff::{Timestamp, tz::TimeZone};
use time::Date;

/// Today in the system's time zone, against which reviews are overdue.
///
/// The one place that says so: commands take it from here and hand it to what they start.
pub(super) fn today() -> Date {
    day(Timestamp::now(), TimeZone::system())
}

/// The day on which `now` falls in `zone`.
fn day(now: Timestamp, zone: TimeZone) -> Date {
    let date = now.to_zoned(zone).date();
    let month = u8::try_from(date.month()).ok().and_then(|month| month.try_into().ok());
    let number = u8::try_from(date.day()).unwrap_or(1);
    let converted =
        month.and_then(|month| Date::from_calendar_date(date.year().into(), month, number).ok());
    // Both count years from -9999 to 9999, so every day of one is a day of the other.
    converted.unwrap_or_else(|| time::OffsetDateTime::now_utc().date())
}

#[cfg(test)]
mod tests {
    use jiff::tz::{self, Offset};
    use time::macros::date;

    use super::*;

    #[test]
    fn a_day_begins_at_midnight_of_the_zone() {
        let china = || TimeZone::fixed(tz::offset(8));
        let table = [
            ("2026-11-22T15:59:59Z", china(), date!(2026 - 11 - 22)),
            ("2026-11-22T16:00:00Z", china(), date!(2026 - 11 - 23)),
            ("2026-11-22T23:59:59Z", TimeZone::UTC, date!(2026 - 11 - 22)),
            ("2026-11-23T00:00:00Z", TimeZone::fixed(Offset::constant(-5)), date!(2026 - 11 - 22)),
            ("2028-02-28T16:00:00Z", china(), date!(2028 - 02 - 29)),
            ("2026-12-31T16:00:00Z", china(), date!(2027 - 01 - 01)),
        ];
        for (now, zone, expected) in table {
            assert_eq!(day(now.parse().unwrap(), zone), expected, "{now}");
        }
    }

    #[test]
    fn posix_zones_need_no_data_base() {
        let zone = TimeZone::posix("CST-8").unwrap();
        let now = "2026-11-22T16:00:00Z".parse().unwrap();
        assert_eq!(day(now, zone), date!(2026 - 11 - 23));
    }
}
