//! Layouts of dates whose parts have no fixed place: days without leading zero, names of months, years of two digits, times and
//! their zones, numbers of days since a first one.

use serde::{Deserialize, Serialize};

use super::Date;
use super::clock::{Clock, TimePart};
use super::financial::FinancialYears;

/// What a layout without fixed places consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part {
    /// Four digits.
    Year,
    /// Two digits; the years from `first_year` on, a hundred of them.
    ShortYear,
    /// Two digits, or one or two where `loose`.
    Month {
        loose: bool,
    },
    /// The name of a month or its beginning.
    MonthName,
    /// One digit: the first day of the quarter.
    Quarter,
    Day {
        loose: bool,
    },
    /// A part of a time, which says nothing of the day where no other zone is asked for.
    Time(TimePart),
    Literal(u8),
    /// Whole days since a first one, as days since 1970-01-01; a part of a day after a point says nothing.
    Serial(i32),
    /// Whole seconds since midnight of a first day.
    Seconds(i32),
    /// A financial year or a quarter of one: its first day.
    Financial(FinancialYears),
}

/// Days before 1970-01-01 of the day 0 of spreadsheets (1899-12-30; 1904-01-01 on old Macintoshes) and of SAS (1960-01-01).
const SERIALS: [(&str, Part); 4] = [
    ("excel", Part::Serial(-25_569)),
    ("excel-1904", Part::Serial(-24_107)),
    ("sas", Part::Serial(-3_653)),
    ("sas-datetime", Part::Seconds(-3_653)),
];

/// Days of spreadsheets before this are those of a calendar with a 29 February 1900.
const FIRST_SURE_EXCEL_DAY: i64 = 61;

/// Months by the beginnings of their names in Italian, Spanish, English, French and Portuguese: no beginning is that of two
/// months. Case and accents aside.
const MONTHS: [(&str, u8, &[&str]); 30] = [
    ("gen", 1, &["gennaio"]),
    ("ene", 1, &["enero"]),
    ("jan", 1, &["january", "janvier", "janeiro"]),
    ("feb", 2, &["febbraio", "febrero", "february"]),
    ("fev", 2, &["fevrier", "fevereiro"]),
    ("mar", 3, &["marzo", "march", "mars", "marco"]),
    ("apr", 4, &["aprile", "april"]),
    ("abr", 4, &["abril"]),
    ("avr", 4, &["avril"]),
    ("mag", 5, &["maggio"]),
    ("may", 5, &["mayo", "may"]),
    ("mai", 5, &["mai", "maio"]),
    ("giu", 6, &["giugno"]),
    ("jun", 6, &["junio", "june", "junho"]),
    ("juin", 6, &["juin"]),
    ("lug", 7, &["luglio"]),
    ("jul", 7, &["julio", "july", "julho"]),
    ("juil", 7, &["juillet"]),
    ("ago", 8, &["agosto"]),
    ("aug", 8, &["august"]),
    ("aou", 8, &["aout"]),
    ("set", 9, &["settembre", "setiembre", "setembro"]),
    ("sep", 9, &["septiembre", "september", "septembre"]),
    ("ott", 10, &["ottobre"]),
    ("oct", 10, &["octubre", "october", "octobre"]),
    ("out", 10, &["outubro"]),
    ("nov", 11, &["novembre", "noviembre", "november", "novembro"]),
    ("dic", 12, &["dicembre", "diciembre"]),
    ("dec", 12, &["december", "decembre"]),
    ("dez", 12, &["dezembro"]),
];

/// The month of a name, with or without a point behind its beginning; `sept` too.
pub(super) fn month_of(name: &str) -> Option<u8> {
    let folded: String = name.chars().flat_map(char::to_lowercase).map(without_accent).collect();
    let is_it = |(beginning, _, names): &&(&str, u8, &[&str])| {
        folded == *beginning || names.contains(&folded.as_str()) || (*beginning == "sep" && folded == "sept")
    };
    MONTHS.iter().find(is_it).map(|(_, month, _)| *month)
}

fn without_accent(letter: char) -> char {
    match letter {
        'é' | 'è' | 'ê' => 'e',
        'û' | 'ù' | 'ú' => 'u',
        'ç' => 'c',
        'á' | 'à' | 'ã' => 'a',
        letter => letter,
    }
}

/// Reads a layout: its parts.
pub(super) fn parse(text: &str) -> Result<Vec<Part>, String> {
    if let Some((_, serial)) = SERIALS.iter().find(|(name, _)| *name == text) {
        return Ok(vec![*serial]);
    }
    if let Some(years) = FinancialYears::of_format(text) {
        return Ok(vec![Part::Financial(years)]);
    }
    let mut parts = Vec::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            let byte = u8::try_from(character).ok().filter(u8::is_ascii);
            parts.push(Part::Literal(byte.ok_or("a date layout is written in ASCII")?));
            continue;
        }
        let part = match characters.next() {
            Some('Y') => Part::Year,
            Some('m') => Part::Month { loose: false },
            Some('d') => Part::Day { loose: false },
            Some('y') => Part::ShortYear,
            Some('b' | 'B') => Part::MonthName,
            Some('q') => Part::Quarter,
            Some('-') => match characters.next() {
                Some('m') => Part::Month { loose: true },
                Some('d') => Part::Day { loose: true },
                Some('H') => Part::Time(TimePart::Hour { loose: true }),
                Some('I') => Part::Time(TimePart::HourOfHalf { loose: true }),
                _ => return Err("`%-` is followed by `d`, `m`, `H` or `I`".to_owned()),
            },
            Some(letter) if TimePart::of_letter(letter).is_some() => {
                TimePart::of_letter(letter).map_or(Part::Literal(0), Part::Time)
            }
            _ => {
                return Err("a date layout knows %Y, %y, %m, %-m, %b, %q, %d, %-d, and of times %H, %-H, %I, %-I, %p, %M, %S, \
                            %f, %z and %Z only"
                    .to_owned());
            }
        };
        parts.push(part);
    }
    check(&parts)?;
    // Where the layout says how decimals of a second begin, they are no part of the second.
    for index in 1..parts.len() {
        let begins = matches!(parts[index], Part::Literal(b'.' | b','));
        if let Part::Time(TimePart::Second { decimals }) = &mut parts[index - 1] {
            *decimals = !begins;
        }
    }
    Ok(parts)
}

/// What is wrong with the parts of a layout.
fn check(parts: &[Part]) -> Result<(), String> {
    let has = |wanted: &dyn Fn(&Part) -> bool| parts.iter().filter(|part| wanted(part)).count();
    let years = has(&|part| matches!(part, Part::Year | Part::ShortYear));
    let months = has(&|part| matches!(part, Part::Month { .. } | Part::MonthName | Part::Quarter));
    let days = has(&|part| matches!(part, Part::Day { .. }));
    if years != 1 || months > 1 || days > 1 {
        return Err(
            "a date layout has one %Y and at most one %m and %d, or one of their other forms".to_owned()
        );
    }
    let is_run_together = parts.windows(2).any(|pair| match pair[0] {
        Part::Month { loose } | Part::Day { loose } => loose && !matches!(pair[1], Part::Literal(_)),
        Part::Time(time) => time.is_loose() && !matches!(pair[1], Part::Literal(_)),
        _ => false,
    });
    if is_run_together {
        return Err("something must stand behind a part of one or two digits".to_owned());
    }
    let times = parts.iter().filter_map(|part| if let Part::Time(time) = part { Some(*time) } else { None });
    super::clock::check(&times.collect::<Vec<_>>())
}

/// Bytes that a part takes in each text of a layout whose parts have fixed places; none where it has no fixed place.
pub(super) fn fixed_length(part: &Part) -> Option<usize> {
    match part {
        Part::Year => Some(4),
        Part::Month { loose } | Part::Day { loose } => (!loose).then_some(2),
        Part::Literal(_) => Some(1),
        Part::ShortYear | Part::MonthName | Part::Quarter | Part::Time(_) => None,
        Part::Serial(_) | Part::Seconds(_) | Part::Financial(_) => None,
    }
}

/// Whether a layout says month and day.
pub(super) fn is_whole(parts: &[Part]) -> bool {
    let has_month = parts.iter().any(|part| matches!(part, Part::Month { .. } | Part::MonthName));
    let has_day = parts.iter().any(|part| matches!(part, Part::Day { .. }));
    let is_whole =
        |part: &Part| matches!(part, Part::Quarter | Part::Serial(_) | Part::Seconds(_) | Part::Financial(_));
    has_month && has_day || parts.iter().any(is_whole)
}

/// Whether a layout has years of two digits.
pub(super) fn has_short_year(parts: &[Part]) -> bool {
    parts.contains(&Part::ShortYear)
}

/// The date of a text, and its time. `at` are the month and day that the layout leaves out, `first_year` is the first of the years
/// that two digits can mean.
pub(super) fn moment<'t>(
    parts: &[Part],
    text: &'t [u8],
    at: Option<(u8, u8)>,
    first_year: i32,
) -> Option<(i32, Clock<'t>)> {
    let (mut rest, mut clock) = (text, Clock::default());
    let (mut year, (mut month, mut day)) = (0, at.unwrap_or((1, 1)));
    for part in parts {
        match part {
            Part::Year => year = i32::try_from(digits(&mut rest, 4, 4)?).ok()?,
            Part::ShortYear => {
                let short = i32::try_from(digits(&mut rest, 2, 2)?).ok()?;
                year = first_year + (short - first_year).rem_euclid(100);
            }
            Part::Month { loose } => month = u8::try_from(digits(&mut rest, least(*loose), 2)?).ok()?,
            Part::Day { loose } => day = u8::try_from(digits(&mut rest, least(*loose), 2)?).ok()?,
            Part::Quarter => {
                let quarter = u8::try_from(digits(&mut rest, 1, 1)?).ok()?;
                (month, day) = (3 * quarter.checked_sub(1).filter(|before| *before < 4)? + 1, 1);
            }
            Part::MonthName => month = name(&mut rest)?,
            Part::Time(time) => clock.take(*time, &mut rest)?,
            Part::Literal(byte) => rest = rest.strip_prefix(&[*byte])?,
            Part::Serial(first) => return Some((serial(rest, *first)?, clock)),
            Part::Seconds(first) => return Some((day_of_second(rest, *first)?, clock)),
            Part::Financial(years) => return Some((years.first_day(rest)?, clock)),
        }
    }
    let date = Date { year, month, day };
    if rest.is_empty() && year > 0 { Some((date.days()?, clock)) } else { None }
}

/// The day of a number of seconds.
fn day_of_second(text: &[u8], first: i32) -> Option<i32> {
    let seconds: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    i32::try_from(seconds.div_euclid(86_400)).ok()?.checked_add(first).filter(is_of_calendar)
}

/// A number of days, with a part of a day behind a point.
fn serial(text: &[u8], first: i32) -> Option<i32> {
    let text = std::str::from_utf8(text).ok()?;
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let days: i64 = whole.strip_prefix('-').unwrap_or(whole).parse().ok().filter(|_| is_number(part))?;
    let days = if whole.starts_with('-') { -days } else { days };
    let is_excel = SERIALS[0].1 == Part::Serial(first);
    if is_excel && days < FIRST_SURE_EXCEL_DAY || !is_excel && first == -24_107 && days < 0 {
        return None;
    }
    i32::try_from(days).ok()?.checked_add(first).filter(is_of_calendar)
}

pub(super) fn is_of_calendar(days: &i32) -> bool {
    Date::from_days(*days).is_some_and(|date| date.year > 0)
}

fn least(loose: bool) -> usize {
    if loose { 1 } else { 2 }
}

/// Takes digits, as many as there are up to `most`.
pub(super) fn digits(rest: &mut &[u8], least: usize, most: usize) -> Option<i64> {
    let count = rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    let (found, behind) = rest.split_at_checked(count).filter(|_| count >= least)?;
    *rest = behind;
    std::str::from_utf8(found).ok()?.parse().ok()
}

/// Takes the letters of a month, and a point behind them where they are not the whole name.
pub(super) fn name(rest: &mut &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(rest).ok()?;
    let end = text.find(|letter: char| !letter.is_alphabetic()).unwrap_or(text.len());
    let (letters, behind) = text.split_at(end);
    let month = month_of(letters)?;
    *rest = behind.strip_prefix('.').unwrap_or(behind).as_bytes();
    Some(month)
}

#[cfg(test)]
mod tests {
    use super::super::DateFormat;
    use super::*;

    #[test]
    fn dates_without_fixed_places() {
        let table = [
            ("%-d/%-m/%Y", "1/10/2024", Some("2024-10-01")),
            ("%-d/%-m/%Y", "01/10/2024", Some("2024-10-01")),
            ("%-d/%-m/%Y", "31/2/2024", None),
            ("%-d/%-m/%Y", "1/10/24", None),
            ("%-d/%-m/%Y", "001/10/2024", None),
            ("%-d/%-m/%Y", "/10/2024", None),
            ("%-d/%-m/%Y", "1/10/2024 ", None),
            ("%-m/%-d/%Y", "1/10/2024", Some("2024-01-10")),
            ("%d-%b-%y", "05-ENE-49", Some("2049-01-05")),
            ("%d-%b-%y", "05-Jan-50", Some("1950-01-05")),
            ("%d-%b-%y", "05-Foo-50", None),
            ("%-d de %B de %Y", "3 de março de 1998", Some("1998-03-03")),
            ("%-d %B %Y", "1 août 2001", Some("2001-08-01")),
            ("%-d %B %Y", "1 Sept. 2001", Some("2001-09-01")),
            ("%-d %B %Y", "15 dicembre 2001", Some("2001-12-15")),
            ("%Y-%m-%dT%H:%M:%SZ", "2021-07-01T23:59:60Z", Some("2021-07-01")),
            ("%Y-%m-%dT%H:%M:%SZ", "2021-07-01T24:00:00Z", None),
            ("%Y-%m-%d %H:%M:%S", "2021-07-01 23:59:59.123456", Some("2021-07-01")),
            ("%Y-%m-%d %H:%M:%S", "2021-07-01 23:59:59,5", Some("2021-07-01")),
            ("%Y-%m-%d %H:%M:%S", "2021-07-01 23:59:59.", None),
            ("%Y-%m-%d %H:%M:%S.%f", "2021-07-01 23:59:59.123", Some("2021-07-01")),
            ("%Y-%m-%d %H:%M:%S.000", "2021-07-01 23:59:59.000", Some("2021-07-01")),
            ("%Y-%m-%dT%H:%M:%S%z", "2019-03-01T23:30:00-05:00", Some("2019-03-01")),
            ("%Y-%m-%dT%H:%M:%S%z", "2019-03-01T23:30:00.25Z", Some("2019-03-01")),
            ("%Y-%m-%d %H:%M:%S%z", "2019-03-01 23:30:00+01", Some("2019-03-01")),
            ("%Y-%m-%d %H:%M:%S %z", "2019-03-01 23:30:00 UTC", Some("2019-03-01")),
            ("%Y-%m-%dT%H:%M:%S%z", "2019-03-01T23:30:00", None),
            ("%Y-%m-%dT%H:%M:%S%z", "2019-03-01T23:30:00CET", None),
            ("%Y-%m-%dT%H:%M:%S%z[%Z]", "2019-03-01T23:30:00-05:00[America/Lima]", Some("2019-03-01")),
            ("%Y-%m-%d %H:%M %Z", "2019-03-01 23:30 CET", Some("2019-03-01")),
            ("%Y-%m-%d %H:%M %Z", "2019-03-01 23:30 ", None),
            ("%-m/%-d/%Y %-I:%M:%S %p", "1/5/2007 11:30:00 PM", Some("2007-01-05")),
            ("%-m/%-d/%Y %-I:%M %p", "1/5/2007 12:30 a. m.", Some("2007-01-05")),
            ("%-m/%-d/%Y %-I:%M %p", "1/5/2007 13:30 PM", None),
            ("%-m/%-d/%Y %-I:%M %p", "1/5/2007 0:30 PM", None),
            ("%-d/%-m/%Y %-H:%M", "1/5/2007 9:05", Some("2007-05-01")),
            ("%Y-Q%q", "2019-Q4", Some("2019-10-01")),
            ("%Y-Q%q", "2019-Q5", None),
            ("%Y-Q%q", "2019-Q0", None),
            ("excel", "45292", Some("2024-01-01")),
            ("excel", "45292.75", Some("2024-01-01")),
            ("excel", "61", Some("1900-03-01")),
            ("excel", "60", None),
            ("excel", "45292,5", None),
            ("excel-1904", "43830", Some("2024-01-01")),
            ("sas", "0", Some("1960-01-01")),
            ("sas", "-1", Some("1959-12-31")),
            ("sas-datetime", "86400", Some("1960-01-02")),
            ("sas-datetime", "-1", Some("1959-12-31")),
        ];
        for (layout, text, expected) in table {
            let layout = DateFormat::parse(layout).unwrap().with_first_year(1950);
            let date = layout.days(text.as_bytes()).and_then(Date::from_days).map(|date| date.to_string());
            assert_eq!(date.as_deref(), expected, "{} {text}", layout.as_str());
        }
    }

    #[test]
    fn layouts_that_cannot_be_read() {
        for layout in [
            "%-d%-m%Y",
            "%-x",
            "%d/%m",
            "%Y %y",
            "%b %m %Y",
            "%j",
            "%",
            "%Y-%m-%d %I:%M",
            "%Y-%m-%d %H:%M %p",
            "%Y-%m-%d %H:%H",
            "%Y-%m-%d %-H%M",
            "%Y-%m-%d %z",
        ] {
            assert!(DateFormat::parse(layout).is_err(), "{layout}");
        }
    }

    #[test]
    fn no_name_is_that_of_two_months() {
        let names = |(beginning, month, names): &(&'static str, u8, &'static [&'static str])| {
            names.iter().chain([beginning]).map(|name| (*name, *month)).collect::<Vec<_>>()
        };
        let known: Vec<(&str, u8)> = MONTHS.iter().flat_map(names).collect();
        for (name, month) in &known {
            assert!(known.iter().all(|(other, of)| other != name || of == month), "{name}");
            assert_eq!(month_of(&name.to_uppercase()), Some(*month), "{name}");
        }
    }
}
