//! Times of day, as far as they decide the day: in another zone it may be another one.

use serde::{Deserialize, Serialize};

use super::loose::digits;
use super::zone::{name_length, offset_length, utc_offset};

/// A part of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TimePart {
    /// 0 to 23.
    Hour {
        loose: bool,
    },
    /// 1 to 12.
    HourOfHalf {
        loose: bool,
    },
    /// `AM` or `PM`, in any case and with or without points.
    Half,
    Minute,
    /// With or without decimals, or without them.
    Second {
        decimals: bool,
    },
    /// The decimals of a second.
    Fraction,
    /// The distance from UTC.
    Offset,
    ZoneName,
}

impl TimePart {
    pub(super) fn of_letter(letter: char) -> Option<Self> {
        Some(match letter {
            'H' => Self::Hour { loose: false },
            'I' => Self::HourOfHalf { loose: false },
            'p' => Self::Half,
            'M' => Self::Minute,
            'S' => Self::Second { decimals: true },
            'f' => Self::Fraction,
            'z' => Self::Offset,
            'Z' => Self::ZoneName,
            _ => return None,
        })
    }

    pub(super) fn is_loose(self) -> bool {
        matches!(self, Self::Hour { loose: true } | Self::HourOfHalf { loose: true })
    }

    pub(super) fn is_zone(self) -> bool {
        matches!(self, Self::Offset | Self::ZoneName)
    }
}

/// What is wrong with the times of a layout.
pub(super) fn check(times: &[TimePart]) -> Result<(), String> {
    let has = |part: fn(&TimePart) -> bool| times.iter().filter(|time| part(time)).count();
    let hours = has(|time| matches!(time, TimePart::Hour { .. }));
    let hours_of_half = has(|time| matches!(time, TimePart::HourOfHalf { .. }));
    let once = [
        TimePart::Half,
        TimePart::Minute,
        TimePart::Second { decimals: true },
        TimePart::Fraction,
        TimePart::Offset,
        TimePart::ZoneName,
    ];
    let is_twice = once.iter().any(|part| times.iter().filter(|time| *time == part).count() > 1);
    if hours + hours_of_half > 1 || is_twice {
        return Err("a date layout has each part of a time once at most".to_owned());
    }
    if hours_of_half != has(|time| *time == TimePart::Half) {
        return Err("%I (an hour up to 12) and %p (AM or PM) belong together".to_owned());
    }
    if times.contains(&TimePart::Offset) && hours + hours_of_half == 0 {
        return Err("%z (a distance from UTC) belongs to a time with its hour".to_owned());
    }
    Ok(())
}

/// A time as it was read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clock<'t> {
    hour: i64,
    is_afternoon: bool,
    minute: i64,
    second: i64,
    /// What was said of its zone; empty where nothing was.
    pub(super) zone: &'t [u8],
    /// Minutes by which it is ahead of UTC, where it says so.
    offset: Option<i32>,
}

impl<'t> Clock<'t> {
    /// Takes a part of a time from the beginning of a text.
    pub(super) fn take(&mut self, part: TimePart, rest: &mut &'t [u8]) -> Option<()> {
        let mut number = |loose: bool, range: std::ops::RangeInclusive<i64>| {
            digits(rest, if loose { 1 } else { 2 }, 2).filter(|number| range.contains(number))
        };
        match part {
            TimePart::Hour { loose } => self.hour = number(loose, 0..=23)?,
            TimePart::HourOfHalf { loose } => self.hour = number(loose, 1..=12)? % 12,
            TimePart::Minute => self.minute = number(false, 0..=59)?,
            TimePart::Second { decimals } => {
                self.second = number(false, 0..=60)?;
                if decimals {
                    skip_decimals(rest);
                }
            }
            TimePart::Fraction => drop(digits(rest, 1, 9)?),
            TimePart::Half => self.is_afternoon = half_of_day(rest)?,
            TimePart::Offset => {
                let text = taken(rest, offset_length(rest))?;
                self.offset = Some(utc_offset(std::str::from_utf8(text).ok()?)?);
                self.zone = text;
            }
            TimePart::ZoneName => {
                let text = taken(rest, name_length(rest))?;
                if self.offset.is_none() {
                    self.zone = text;
                }
            }
        }
        Some(())
    }

    /// The day on which a time of `day` is in the zone that is asked for: the same where none is, or where the text does not say
    /// its distance from UTC.
    pub(super) fn day_in(&self, day: i32, zone: Option<i32>) -> Option<i32> {
        let Some((zone, offset)) = zone.zip(self.offset) else { return Some(day) };
        let hour = self.hour + if self.is_afternoon { 12 } else { 0 };
        let seconds = (hour * 60 + self.minute) * 60 + self.second;
        shifted(day, seconds + i64::from(zone - offset) * 60)
    }
}

/// The day of a number of seconds that is counted from the beginning of another.
pub(super) fn shifted(day: i32, seconds: i64) -> Option<i32> {
    day.checked_add(i32::try_from(seconds.div_euclid(86_400)).ok()?)
}

/// Takes bytes, at least one.
fn taken<'t>(rest: &mut &'t [u8], length: usize) -> Option<&'t [u8]> {
    let (text, behind) = rest.split_at_checked(length).filter(|_| length > 0)?;
    *rest = behind;
    Some(text)
}

/// Passes over the decimals of a second, where there are any.
fn skip_decimals(rest: &mut &[u8]) {
    if let [b'.' | b',', behind @ ..] = *rest {
        let mut after = behind;
        if digits(&mut after, 1, 9).is_some() {
            *rest = after;
        }
    }
}

/// Whether `PM` stands there: `pm`, `p.m.`, `p. m.` too.
fn half_of_day(rest: &mut &[u8]) -> Option<bool> {
    let is_afternoon = match rest.first()?.to_ascii_lowercase() {
        b'a' => false,
        b'p' => true,
        _ => return None,
    };
    let mut behind = &rest[1..];
    for passed in [&b"."[..], b" ", "\u{a0}".as_bytes(), "\u{202f}".as_bytes()] {
        behind = behind.strip_prefix(passed).unwrap_or(behind);
    }
    let behind = behind.strip_prefix(b"m").or(behind.strip_prefix(b"M"))?;
    *rest = behind.strip_prefix(b".").unwrap_or(behind);
    Some(is_afternoon)
}

#[cfg(test)]
mod tests {
    use super::super::{Date, DateFormat};

    #[test]
    fn days_of_another_zone() {
        let table = [
            ("%Y-%m-%dT%H:%M:%S%z", "2019-03-02T04:30:00Z", -300, "2019-03-01"),
            ("%Y-%m-%dT%H:%M:%S%z", "2019-03-02T05:00:00Z", -300, "2019-03-02"),
            ("%Y-%m-%dT%H:%M:%S%z", "2019-03-01T23:30:00-05:00", 0, "2019-03-02"),
            ("%Y-%m-%dT%H:%M:%S%z", "2019-03-01T23:30:00-05:00", -300, "2019-03-01"),
            ("%Y-%m-%dT%H:%M:%S%z", "2019-01-01T00:15:00+05:30", 60, "2018-12-31"),
            ("%-d/%-m/%Y %-I:%M %p %z", "1/5/2007 11:30 PM +00", 60, "2007-05-02"),
            ("%-d/%-m/%Y %-I:%M %p %z", "1/5/2007 12:30 AM +01", 0, "2007-04-30"),
        ];
        for (layout, text, zone, expected) in table {
            let layout = DateFormat::parse(layout).unwrap().in_zone(zone);
            let day = layout.days(text.as_bytes()).and_then(Date::from_days);
            assert_eq!(day.map(|day| day.to_string()).as_deref(), Some(expected), "{text} {zone}");
        }
    }

    #[test]
    fn moments_of_utc_have_a_day_where_a_zone_is_asked_for() {
        let layout = DateFormat::iso();
        assert_eq!((layout.day_of_utc(10, 0), layout.day_of_utc(10, 1)), (Some(10), None));
        let lima = layout.in_zone(-300);
        assert_eq!((lima.day_of_utc(10, 0), lima.day_of_utc(10, 18_000)), (Some(9), Some(10)));
    }
}
