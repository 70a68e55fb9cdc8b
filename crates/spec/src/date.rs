//! Dates: layouts such as `%d/%m/%Y`, and days since 1970-01-01.

use crate::fields::Date;

/// The layout of a date in a file: fixed positions of year, month and day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat {
    parts: Vec<Part>,
    at: Option<(u8, u8)>,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    Literal(u8),
}

impl DateFormat {
    /// `%Y-%m-%d`, the layout of ISO 8601.
    pub fn iso() -> Self {
        use Part::{Day, Literal, Month, Year};
        let parts = vec![Year, Literal(b'-'), Month, Literal(b'-'), Day];
        Self { parts, at: None, text: "%Y-%m-%d".to_owned() }
    }

    /// Reads a layout made of `%Y` (four digits), `%m`, `%d` (two digits each) and ASCII characters.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            parts.push(match byte {
                b'%' => match bytes.next() {
                    Some(b'Y') => Part::Year,
                    Some(b'm') => Part::Month,
                    Some(b'd') => Part::Day,
                    _ => return Err("a date layout knows %Y, %m and %d only".to_owned()),
                },
                byte if byte.is_ascii() => Part::Literal(byte),
                _ => return Err("a date layout is written in ASCII".to_owned()),
            });
        }
        let has = |part| parts.iter().filter(|&&other| other == part).count();
        if has(Part::Year) != 1 || has(Part::Month) > 1 || has(Part::Day) > 1 {
            return Err("a date layout has one %Y and at most one %m and %d".to_owned());
        }
        Ok(Self { parts, at: None, text: text.to_owned() })
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.parts.contains(&Part::Month) && self.parts.contains(&Part::Day)
    }

    pub(crate) fn completed(self, month: u8, day: u8) -> Self {
        Self { at: Some((month, day)), ..self }
    }

    /// The layout as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Days since 1970-01-01 of a date in this layout; nothing when the text is not a date of the calendar.
    ///
    /// ```
    /// let layout = denizen_spec::DateFormat::iso();
    /// assert_eq!(layout.days(b"1970-01-02"), Some(1));
    /// assert_eq!(layout.days(b"1970-02-30"), None);
    /// ```
    pub fn days(&self, text: &[u8]) -> Option<i32> {
        let (mut year, mut rest) = (0, text);
        let (mut month, mut day) = self.at.unwrap_or((1, 1));
        for part in &self.parts {
            match part {
                Part::Year => (year, rest) = digits(rest, 4)?,
                Part::Month => (month, rest) = small(digits(rest, 2)?)?,
                Part::Day => (day, rest) = small(digits(rest, 2)?)?,
                Part::Literal(byte) => rest = rest.strip_prefix(std::slice::from_ref(byte))?,
            }
        }
        if !rest.is_empty() {
            return None;
        }
        Date { year, month, day }.days()
    }
}

fn digits(text: &[u8], count: usize) -> Option<(i32, &[u8])> {
    let (head, rest) = text.split_at_checked(count)?;
    let number = head
        .iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i32::from(byte - b'0')))?;
    Some((number, rest))
}

fn small((number, rest): (i32, &[u8])) -> Option<(u8, &[u8])> {
    Some((u8::try_from(number).ok()?, rest))
}

impl Date {
    /// Days since 1970-01-01; nothing when the calendar has no such day.
    pub fn days(self) -> Option<i32> {
        let (year, month) = (i16::try_from(self.year).ok()?, i8::try_from(self.month).ok()?);
        let date = jiff::civil::Date::new(year, month, i8::try_from(self.day).ok()?).ok()?;
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        Some(epoch.until(date).ok()?.get_days())
    }

    /// The date that lies so many days after 1970-01-01; nothing outside the years -9999 to 9999.
    pub fn from_days(days: i32) -> Option<Self> {
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        let date = epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        Some(Self {
            year: i32::from(date.year()),
            month: date.month().unsigned_abs(),
            day: date.day().unsigned_abs(),
        })
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
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
        ];
        for (layout, text, expected) in table {
            let days = DateFormat::parse(layout).unwrap().days(text.as_bytes());
            let date = days.and_then(Date::from_days).map(|date| date.to_string());
            assert_eq!(date.as_deref(), expected, "{layout} {text}");
        }
    }

    #[test]
    fn a_year_stands_for_a_day() {
        let layout = DateFormat::parse("%Y").unwrap();
        assert!(!layout.is_whole());
        assert_eq!(layout.completed(1, 1).days(b"1971"), Some(365));
    }
}
