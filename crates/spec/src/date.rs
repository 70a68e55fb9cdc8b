//! Dates: layouts such as `%d/%m/%Y`, and days since 1970-01-01.

mod clock;
mod financial;
mod loose;
mod month;
mod partial;
mod zone;

pub use financial::YearNaming;
pub use month::{end_of_month, month_of};
pub use zone::utc_offset;

use financial::FinancialYears;
use partial::PartialLayouts;

use jiff_core::civil::{self, UnixEpochDay};

use serde::{Deserialize, Serialize};

/// The layout of a date in a file: fixed positions of year, month and day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateFormat {
    at: Option<(u8, u8)>,
    text: String,
    /// Bytes of a text in this layout: every part has a fixed length, and so a fixed offset.
    length: usize,
    year: usize,
    month: Option<usize>,
    day: Option<usize>,
    literals: Vec<(usize, u8)>,
    /// The parts where they have no fixed places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    loose: Option<Vec<loose::Part>>,
    /// The first of the hundred years that two digits can mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_year: Option<i32>,
    /// Minutes by which the time is ahead of UTC whose days are asked for; none where those are that are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<i32>,
    /// The layouts of dates that say their year only, or their year and month, where such are accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_part: Option<PartialLayouts>,
}

impl DateFormat {
    /// `%Y-%m-%d`, the layout of ISO 8601.
    pub fn iso() -> Self {
        use loose::Part::{Day, Literal, Month, Year};
        let (month, day) = (Month { loose: false }, Day { loose: false });
        Self::new(&[Year, Literal(b'-'), month, Literal(b'-'), day], "%Y-%m-%d")
    }

    /// A layout whose parts have fixed places.
    fn new(parts: &[loose::Part], text: &str) -> Self {
        let mut layout = Self::without_parts(text);
        for part in parts {
            let at = layout.length;
            layout.length += loose::fixed_length(part).unwrap_or_default();
            match part {
                loose::Part::Year => layout.year = at,
                loose::Part::Month { .. } => layout.month = Some(at),
                loose::Part::Day { .. } => layout.day = Some(at),
                loose::Part::Literal(byte) => layout.literals.push((at, *byte)),
                loose::Part::ShortYear | loose::Part::MonthName | loose::Part::Quarter => {}
                loose::Part::Time(_) | loose::Part::Serial(_) | loose::Part::Seconds(_) => {}
                loose::Part::Financial(_) => {}
            }
        }
        layout
    }

    fn without_parts(text: &str) -> Self {
        Self {
            at: None,
            text: text.to_owned(),
            length: 0,
            year: 0,
            month: None,
            day: None,
            literals: Vec::new(),
            loose: None,
            first_year: None,
            zone: None,
            in_part: None,
        }
    }

    /// Reads a layout made of `%Y` (four digits), `%m`, `%d` (two digits each), their other forms, and ASCII characters: `%-m` and
    /// `%-d` have one or two digits, `%b` is the name of a month in Italian, Spanish, English, French or Portuguese or its
    /// beginning, `%q` a quarter, `%y` a year of two digits. Of a time, `%H`, `%I` and `%p`, `%M`, `%S` (with or without decimals),
    /// `%f`, the distance from UTC `%z` and the name of a zone `%Z` say nothing of the day, unless a `zone` asks for
    /// another one. `excel`, `excel-1904`, `sas` and `sas-datetime` are numbers of days, or seconds, since a first day;
    /// `financial-year` and `financial-quarter` begin on the first day of a month.
    ///
    /// # Errors
    ///
    /// What is wrong with the layout.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = loose::parse(text)?;
        if parts.iter().all(|part| loose::fixed_length(part).is_some()) {
            return Ok(Self::new(&parts, text));
        }
        Ok(Self { loose: Some(parts), ..Self::without_parts(text) })
    }

    pub(crate) fn is_whole(&self) -> bool {
        match &self.loose {
            Some(parts) => loose::is_whole(parts),
            None => self.month.is_some() && self.day.is_some(),
        }
    }

    /// Whether its years have two digits, so that the first of them must be known.
    pub(crate) fn has_short_year(&self) -> bool {
        self.loose.as_deref().is_some_and(loose::has_short_year)
    }

    /// With the first of the hundred years that two digits can mean.
    pub(crate) fn with_first_year(self, year: i32) -> Self {
        Self { first_year: Some(year), ..self }
    }

    pub(crate) fn completed(self, month: u8, day: u8) -> Self {
        Self { at: Some((month, day)), ..self }
    }

    /// With the days of the time that is so many minutes ahead of UTC, in place of those that are written.
    pub(crate) fn in_zone(self, minutes: i32) -> Self {
        Self { zone: Some(minutes), ..self }
    }

    /// Minutes by which the time is ahead of UTC whose days are asked for; none where those are that are written.
    pub fn zone(&self) -> Option<i32> {
        self.zone
    }

    /// Whether its texts say how far their time is from UTC, or the name of their zone.
    pub fn says_zone(&self) -> bool {
        self.loose.iter().flatten().any(|part| matches!(part, loose::Part::Time(time) if time.is_zone()))
    }

    /// Whether its texts say how far their time is from UTC.
    pub(crate) fn says_offset(&self) -> bool {
        let is_offset = |part: &loose::Part| *part == loose::Part::Time(clock::TimePart::Offset);
        self.loose.iter().flatten().any(is_offset)
    }

    /// With dates that say their year only, or their year and month; none where the layout has no day of a month.
    pub(crate) fn in_part(self) -> Option<Self> {
        let parts = loose::parse(&self.text).ok()?;
        let is_plain = parts.iter().all(|part| {
            use loose::Part::{Day, Literal, Month, MonthName, ShortYear, Year};
            matches!(part, Year | ShortYear | Month { .. } | MonthName | Day { .. } | Literal(_))
        });
        let is_read = is_plain && self.is_whole();
        is_read.then(|| Self { in_part: Some(PartialLayouts::of(&parts)), ..self })
    }

    /// Whether dates are accepted that say their year only, or their year and month.
    pub fn is_in_part(&self) -> bool {
        self.in_part.is_some()
    }

    /// The first and the last day that a text can mean: the same where it says its day. A text that says its year only, or its year
    /// and month, means any day of them where the layout accepts such.
    pub fn possible_days(&self, text: &[u8]) -> Option<(i32, i32)> {
        if let Some(day) = self.days(text) {
            return Some((day, day));
        }
        self.in_part.as_ref()?.possible_days(text, self.first_year.unwrap_or(1))
    }

    /// The financial years that it has.
    fn financial_years(&self) -> Option<FinancialYears> {
        match self.loose.as_deref() {
            Some([loose::Part::Financial(years)]) => Some(*years),
            Some(_) | None => None,
        }
    }

    /// The month in which its financial years begin, where it has such; 0 while that is not stated.
    pub fn first_month(&self) -> Option<u8> {
        Some(self.financial_years()?.first_month)
    }

    /// With the month in which its financial years begin, and which of their years they are called by.
    pub(crate) fn with_first_month(self, first_month: u8, named_by: Option<YearNaming>) -> Self {
        let years = self.financial_years().map(|years| FinancialYears { first_month, named_by, ..years });
        Self { loose: years.map(|years| vec![loose::Part::Financial(years)]).or(self.loose), ..self }
    }

    /// The layout as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Days since 1970-01-01 of a date in this layout; nothing when the text is not a date of the calendar, or one of the
    /// year 0, which readers of tables take for another or cannot read at all.
    ///
    /// ```
    /// let layout = denizen_spec::DateFormat::iso();
    /// assert_eq!(layout.days(b"1970-01-02"), Some(1));
    /// assert_eq!(layout.days(b"1970-02-30"), None);
    /// assert_eq!(layout.days(b"0000-01-01"), None);
    /// ```
    pub fn days(&self, text: &[u8]) -> Option<i32> {
        if let Some(parts) = &self.loose {
            return self.loose_day(parts, text).map(|(day, _)| day);
        }
        if text.len() != self.length {
            return None;
        }
        if self.literals.iter().any(|(at, byte)| text[*at] != *byte) {
            return None;
        }
        let (month, day) = self.at.unwrap_or((1, 1));
        let two = |at: Option<usize>, otherwise: u8| match at {
            Some(at) => Some(u16::from_le_bytes(*text[at..].first_chunk()?)),
            None => Some(u16::from_le_bytes([b'0' + otherwise / 10, b'0' + otherwise % 10])),
        };
        let year = u32::from_le_bytes(*text[self.year..].first_chunk()?);
        let (month, day) = (two(self.month, month)?, two(self.day, day)?);
        let numbers = pairs(u64::from(year) | u64::from(month) << 32 | u64::from(day) << 48)?;
        let number = |index: u32| (numbers >> (16 * index)) as u8;
        let year = i32::from(number(0)) * 100 + i32::from(number(1));
        if year == 0 { None } else { Date { year, month: number(2), day: number(3) }.days() }
    }
}

impl DateFormat {
    /// The day of a text whose parts have no fixed places, in the zone that is asked for, and what it says of its zone.
    fn loose_day<'t>(&self, parts: &[loose::Part], text: &'t [u8]) -> Option<(i32, &'t [u8])> {
        let (day, clock) = loose::moment(parts, text, self.at, self.first_year.unwrap_or(1))?;
        let day = clock.day_in(day, self.zone)?;
        loose::is_of_calendar(&day).then_some((day, clock.zone))
    }

    /// The same as [`DateFormat::days`], and what the text says of its zone: `-05:00`, `Z`, `CET`; nothing where it says none.
    ///
    /// ```
    /// let layout = denizen_spec::DateFormat::parse("%Y-%m-%dT%H:%M%z").unwrap();
    /// assert_eq!(layout.day_and_zone(b"1970-01-02T23:30-05:00"), Some((1, &b"-05:00"[..])));
    /// ```
    pub fn day_and_zone<'t>(&self, text: &'t [u8]) -> Option<(i32, &'t [u8])> {
        match &self.loose {
            Some(parts) => self.loose_day(parts, text),
            None => Some((self.days(text)?, b"")),
        }
    }

    /// The day of a moment of UTC, in the zone that is asked for; without one, only where it is the beginning of a day.
    pub fn day_of_utc(&self, day: i32, second: u32) -> Option<i32> {
        match self.zone {
            Some(zone) => {
                clock::shifted(day, i64::from(second) + i64::from(zone) * 60).filter(loose::is_of_calendar)
            }
            None => (second == 0).then_some(day),
        }
    }
}

/// The numbers of four pairs of digits, all at once: of each sixteen bits, the lower eight.
#[inline]
fn pairs(digits: u64) -> Option<u64> {
    // Of the digits, what is left are their values; of nothing else it is less than ten.
    let values = digits ^ u64::from_ne_bytes([b'0'; 8]);
    let not_digits =
        (values.wrapping_add(u64::from_ne_bytes([0x80 - 10; 8])) | values) & u64::from_ne_bytes([0x80; 8]);
    if not_digits != 0 {
        return None;
    }
    // No byte leaves its place: ninety-nine is the largest.
    Some(values.wrapping_mul(10).wrapping_add(values >> 8))
}

/// Days of a leap year before each month, from 1 on.
const DAYS_BEFORE: [i32; 13] = [0, 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335];

#[inline]
fn civil_date(days: i32) -> Option<civil::Date> {
    Some(UnixEpochDay::new(days).ok()?.to_date())
}

/// A date of the Gregorian calendar, written as ISO 8601 does: `2007-05-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Date {
    /// Year of the Gregorian calendar.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

impl Date {
    /// Days since 1970-01-01; nothing when the calendar has no such day.
    #[inline]
    pub fn days(self) -> Option<i32> {
        let year = i16::try_from(self.year).ok()?;
        let month = i8::try_from(self.month).ok()?;
        let day = i8::try_from(self.day).ok()?;
        Some(civil::Date::new(year, month, day).ok()?.to_unix_epoch_day().day())
    }

    /// The date this number of days after 1970-01-01; nothing outside the years -9999 to 9999.
    pub fn from_days(days: i32) -> Option<Self> {
        let date = civil_date(days)?;
        let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
        Some(Self { year: date.year().into(), month, day })
    }

    /// The year of a day since 1970-01-01; nothing outside the years -9999 to 9999.
    ///
    /// ```
    /// assert_eq!(denizen_spec::Date::year_of(-1), Some(1969));
    /// ```
    #[inline]
    pub fn year_of(days: i32) -> Option<i32> {
        Some(civil_date(days)?.year().into())
    }

    /// The year of a day since 1970-01-01, and its index in a leap year, from 0: 1 March has index 60 in every year, so that
    /// indices compare as months and days do. Nothing outside the years -9999 to 9999.
    ///
    /// ```
    /// assert_eq!(denizen_spec::Date::year_and_index(59), Some((1970, 60)));
    /// ```
    #[inline]
    pub fn year_and_index(days: i32) -> Option<(i32, i32)> {
        let date = civil_date(days)?;
        let index = DAYS_BEFORE[usize::from(date.month().unsigned_abs())] + i32::from(date.day()) - 1;
        Some((date.year().into(), index))
    }
}

impl std::str::FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let days = DateFormat::iso().days(text.as_bytes());
        days.and_then(Self::from_days).ok_or_else(|| "not a date such as 2007-05-31".to_owned())
    }
}

impl TryFrom<String> for Date {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// The month of a name in Italian, Spanish, English, French or Portuguese, or of its beginning.
///
/// ```
/// assert_eq!(denizen_spec::month_named("Março"), Some(3));
/// assert_eq!(denizen_spec::month_named("ott."), None);
/// ```
pub fn month_named(name: &str) -> Option<u8> {
    loose::month_of(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts() {
        let table = [
            ("%d/%m/%Y", "31/05/2007", Some("2007-05-31")),
            ("%d/%m/%Y", "29/02/2000", Some("2000-02-29")),
            ("%d/%m/%Y", "29/02/1900", None),
            ("%d/%m/%Y", "31/05/2007 ", None),
            ("%d/%m/%Y", "1/5/2007", None),
            ("%d/%m/%Y", "", None),
            ("%Y%m%d", "19691231", Some("1969-12-31")),
            ("%Y%m%d", "00010101", Some("0001-01-01")),
            ("%Y%m%d", "99991231", Some("9999-12-31")),
            ("%Y%m%d", "00000101", None),
            ("%d/%m/%Y", "29/02/0000", None),
        ];
        for (layout, text, expected) in table {
            let days = DateFormat::parse(layout).unwrap().days(text.as_bytes());
            let date = days.and_then(Date::from_days).map(|date| date.to_string());
            assert_eq!(date.as_deref(), expected, "{layout} {text}");
        }
    }

    /// Every day of the calendar, from -9999-01-01 to 9999-12-31, and the days beside it.
    #[test]
    fn all_days_are_those_of_jiff() {
        let first = jiff::civil::Date::constant(1970, 1, 1).until(jiff::civil::Date::MIN).unwrap().get_days();
        let mut next = Some(jiff::civil::Date::MIN);
        let mut days = first;
        while let Some(expected) = next {
            let (year, month, day) =
                (i32::from(expected.year()), expected.month() as u8, expected.day() as u8);
            let in_leap_year = jiff::civil::Date::constant(2000, expected.month(), expected.day());
            let date = Date { year, month, day };
            assert_eq!((date.days(), Date::from_days(days)), (Some(days), Some(date)));
            assert_eq!(Date::year_of(days), Some(year));
            assert_eq!(Date::year_and_index(days), Some((year, i32::from(in_leap_year.day_of_year()) - 1)));
            (next, days) = (expected.tomorrow().ok(), days + 1);
        }
        assert_eq!(days - first, 7_304_484);
        for outside in [i32::MIN, first - 1, days, i32::MAX] {
            assert_eq!((Date::from_days(outside), Date::year_of(outside)), (None, None));
            assert_eq!(Date::year_and_index(outside), None);
        }
    }

    #[test]
    fn dates_that_do_not_exist_have_no_day() {
        for year in [i32::MIN, -32_768, -10_000, -9999, -4, 0, 1900, 2000, 2023, 2024, 9999, 10_000, 65_537] {
            for month in (0..=13).chain([255]) {
                for day in (0..=32).chain([255]) {
                    let date = Date { year, month, day };
                    let exists = i16::try_from(year)
                        .is_ok_and(|year| jiff::civil::Date::new(year, month as i8, day as i8).is_ok());
                    assert_eq!(date.days().is_some(), exists, "{date}");
                }
            }
        }
    }

    #[test]
    fn only_digits_are_numbers() {
        let pairs = |digits: [u8; 8]| {
            let numbers = pairs(u64::from_le_bytes(digits))?.to_le_bytes();
            Some([0, 2, 4, 6].map(|index| numbers[index]))
        };
        assert_eq!(pairs(*b"20070531"), Some([20, 7, 5, 31]));
        assert_eq!(pairs(*b"99999999"), Some([99; 4]));
        for index in 0..8 {
            for byte in 0..=255 {
                let mut text = *b"19990909";
                text[index] = byte;
                assert_eq!(pairs(text).is_some(), byte.is_ascii_digit(), "{index} {byte}");
            }
        }
    }

    #[test]
    fn a_year_stands_for_a_day() {
        let layout = DateFormat::parse("%Y").unwrap();
        assert!(!layout.is_whole());
        assert_eq!(layout.completed(1, 1).days(b"1971"), Some(365));
    }
}
