//! Days and spans of time: whole days since 1970-01-01, and the two units that rules are written in.

use std::fmt;

/// 0001-01-01, the first day that is accepted.
pub const FIRST_DAY: i32 = -719_162;
/// 9999-12-31, the last day that is accepted.
pub const LAST_DAY: i32 = 2_932_896;
/// The longest span that a rule may ask for, in days: 400 years. Keeps all date arithmetic inside 32 bits.
pub(crate) const LONGEST_SPAN: i32 = 146_097;

const DAYS_BEFORE_MONTH: [i32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_before_year(year: i32) -> i32 {
    let full = year - 1;
    full * 365 + full / 4 - full / 100 + full / 400
}

const fn days_before_month(year: i32, month: i32) -> i32 {
    DAYS_BEFORE_MONTH[(month - 1) as usize] + (is_leap(year) && month > 2) as i32
}

const fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 => 28 + is_leap(year) as i32,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a calendar date of the years 1 to 9999 (Gregorian); a month or day beyond its range counts as the nearest.
///
/// ```
/// use denizen_residence::day;
///
/// assert_eq!([day(1970, 1, 1), day(2000, 3, 1) - day(2000, 2, 28)], [0, 2]);
/// assert_eq!(day(2023, 2, 31), day(2023, 2, 28));
/// ```
pub const fn day(year: i32, month: i32, day_of_month: i32) -> i32 {
    let year = clamp(year, 1, 9999);
    let month = clamp(month, 1, 12);
    let day_of_month = clamp(day_of_month, 1, days_in_month(year, month));
    FIRST_DAY + days_before_year(year) + days_before_month(year, month) + day_of_month - 1
}

const fn clamp(value: i32, low: i32, high: i32) -> i32 {
    if value < low {
        low
    } else if value > high {
        high
    } else {
        value
    }
}

/// Year, month and day of the month of a day; days beyond the years 1 to 9999 count as the nearest of these.
///
/// ```
/// use denizen_residence::{calendar, day};
///
/// assert_eq!(calendar(day(2008, 3, 31) + 1), (2008, 4, 1));
/// ```
pub const fn calendar(day: i32) -> (i32, i32, i32) {
    let since = clamp(day, FIRST_DAY, LAST_DAY) - FIRST_DAY;
    // A year has at most 366 days, so this is at most twenty years early.
    let mut year = since / 366 + 1;
    while days_before_year(year + 1) <= since {
        year += 1;
    }
    let of_year = since - days_before_year(year);
    let mut month = 12;
    while days_before_month(year, month) > of_year {
        month -= 1;
    }
    (year, month, of_year - days_before_month(year, month) + 1)
}

/// `2007-05-31` of the day that it stands for.
///
/// ```
/// use denizen_residence::{day, iso};
///
/// assert_eq!(iso(day(2007, 5, 31)), "2007-05-31");
/// ```
pub fn iso(day: i32) -> String {
    let (year, month, of_month) = calendar(day);
    format!("{year:04}-{month:02}-{of_month:02}")
}

/// A length of time as a rule states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// So many days. The statistical packages count in days: 12 months are 365, 16 months are 487.
    Days(i32),
    /// So many calendar months, as laws count them. A day that the month of arrival lacks becomes its last day:
    /// 31 August and 6 months are 28 February.
    Months(i32),
}

impl Span {
    /// A span as it is written: `365 days`, `1 day`, `12 months`.
    ///
    /// ```
    /// use denizen_residence::Span;
    /// assert_eq!(Span::parse("12 months"), Some(Span::Months(12)));
    /// assert_eq!(Span::parse("a year"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.split_once(' ')?;
        let number: i32 = number.parse().ok().filter(|number| *number >= 0)?;
        match unit.trim().trim_end_matches('s') {
            "day" => Some(Span::Days(number)),
            "month" => Some(Span::Months(number)),
            _ => None,
        }
    }

    /// The day that lies this span after `day`.
    pub const fn after(self, day: i32) -> i32 {
        match self {
            Span::Days(days) => day.saturating_add(days),
            Span::Months(months) => months_after(day, months),
        }
    }

    pub(crate) const fn is_negative(self) -> bool {
        match self {
            Span::Days(length) | Span::Months(length) => length < 0,
        }
    }

    pub(crate) const fn is_too_long(self) -> bool {
        match self {
            Span::Days(days) => days > LONGEST_SPAN,
            Span::Months(months) => months > 4800,
        }
    }

    /// The fewest days that the span can have, whatever day it starts on.
    pub(crate) const fn fewest_days(self) -> i32 {
        match self {
            Span::Days(days) => days,
            Span::Months(months) => {
                const SHORTEST: [i32; 12] = [0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334];
                let years = months / 12;
                let leap_days = if years >= 4 { years / 4 - 1 } else { 0 };
                365 * years + leap_days + SHORTEST[(months % 12) as usize]
            }
        }
    }

    /// The most days that the span can have, whatever day it starts on.
    pub(crate) const fn most_days(self) -> i32 {
        match self {
            Span::Days(days) => days,
            Span::Months(months) => {
                const LONGEST: [i32; 12] = [0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337];
                let years = months / 12;
                let leap_days = if years >= 1 { years / 4 + 1 } else { 0 };
                365 * years + leap_days + LONGEST[(months % 12) as usize]
            }
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Span::Days(1) => write!(f, "1 day"),
            Span::Days(days) => write!(f, "{days} days"),
            Span::Months(1) => write!(f, "1 month"),
            Span::Months(months) => write!(f, "{months} months"),
        }
    }
}

const fn months_after(from: i32, months: i32) -> i32 {
    let (year, month, of_month) = calendar(from);
    let count = (year * 12 + (month - 1)).saturating_add(months);
    day(count.div_euclid(12), count.rem_euclid(12) + 1, of_month)
}

/// Whether a length that is exactly the limit meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Comparison {
    /// The limit itself is enough: "12 months or more".
    #[default]
    AtLeast,
    /// The limit itself is not enough: "more than 12 months".
    MoreThan,
}

impl Comparison {
    /// Days on top of the limit that the comparison asks for: time is whole days, so "more than" is "at least one more".
    pub(crate) const fn extra_days(self) -> i32 {
        matches!(self, Comparison::MoreThan) as i32
    }

    /// Whether the time from `from` to `to` meets the limit.
    pub(crate) const fn is_met(self, limit: Span, from: i32, to: i32) -> bool {
        match self {
            Comparison::AtLeast => to >= limit.after(from),
            Comparison::MoreThan => to > limit.after(from),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Comparison::AtLeast => "at least",
            Comparison::MoreThan => "more than",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(day(1970, 1, 1), 0);
        assert_eq!(day(2007, 5, 31), 13_664);
        assert_eq!(day(1, 1, 1), FIRST_DAY);
        assert_eq!(day(9999, 12, 31), LAST_DAY);
        assert_eq!(iso(day(2000, 2, 29)), "2000-02-29");
    }

    #[test]
    fn every_day_is_that_of_jiff() {
        for each in FIRST_DAY..=LAST_DAY {
            let expected = jiff_core::civil::UnixEpochDay::new(each).unwrap().to_date();
            let (year, month, of_month) = (expected.year(), expected.month(), expected.day());
            assert_eq!(calendar(each), (year.into(), month.into(), of_month.into()));
            assert_eq!(day(year.into(), month.into(), of_month.into()), each);
        }
    }

    #[test]
    fn months_keep_to_the_end_of_the_month() {
        let cases = [
            ("2015-12-31", 6, "2016-06-30"),
            ("2017-08-31", 6, "2018-02-28"),
            ("2016-02-29", 12, "2017-02-28"),
            ("2017-05-30", 12, "2018-05-30"),
        ];
        for (from, months, to) in cases {
            let part = |at: std::ops::Range<usize>| from[at].parse().unwrap();
            let from = day(part(0..4), part(5..7), part(8..10));
            assert_eq!(iso(Span::Months(months).after(from)), to);
        }
    }

    #[test]
    fn bounds_of_months_hold_on_every_day_of_a_century() {
        for months in 0..=60 {
            let span = Span::Months(months);
            for from in (day(1895, 1, 1)..day(1995, 1, 1)).step_by(1) {
                let length = span.after(from) - from;
                assert!(
                    span.fewest_days() <= length && length <= span.most_days(),
                    "{span} from {}",
                    iso(from)
                );
            }
        }
    }
}
