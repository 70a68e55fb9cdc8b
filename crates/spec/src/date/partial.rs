//! Dates that say their year only, or their year and month.

use serde::{Deserialize, Serialize};

use super::Date;
use super::loose::{Part, digits, name};

/// The layouts of the dates of a column, whole and in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PartialLayouts(Vec<Vec<Part>>);

impl PartialLayouts {
    /// Those of a layout: as it stands, without its day, and without its month too.
    pub(super) fn of(parts: &[Part]) -> Self {
        let is_day = |part: &Part| matches!(part, Part::Day { .. });
        let is_month = |part: &Part| matches!(part, Part::Month { .. } | Part::MonthName);
        let without_day = without(parts, is_day);
        let year = without(&without_day, is_month);
        let mut layouts = vec![parts.to_vec(), without_day];
        // Two digits alone could be anything.
        layouts.extend(Some(year).filter(|parts| parts.contains(&Part::Year)));
        Self(layouts)
    }

    /// The first and the last day that a text can mean. `first_year` is the first of the years that two digits can mean.
    pub(super) fn possible_days(&self, text: &[u8], first_year: i32) -> Option<(i32, i32)> {
        self.0.iter().find_map(|parts| known(parts, text, first_year)?.possible_days())
    }
}

/// A layout without a part, and without what stands between it and its neighbour.
fn without(parts: &[Part], is_it: impl Fn(&Part) -> bool) -> Vec<Part> {
    let Some(index) = parts.iter().position(is_it) else { return parts.to_vec() };
    let is_literal = |part: &&Part| matches!(part, Part::Literal(_));
    let before = parts[..index].iter().rev().take_while(is_literal).count();
    let behind = parts[index + 1..].iter().take_while(is_literal).count();
    // Of the first part what follows goes, of another one what stands before it.
    let is_first = before == index;
    let (from, to) = if is_first { (0, index + 1 + behind) } else { (index - before, index + 1) };
    [&parts[..from], &parts[to..]].concat()
}

/// What a date says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known {
    year: i32,
    month: Option<u8>,
    day: Option<u8>,
}

impl Known {
    /// The first and the last day that it can be; none where it says the day of a month that it does not say.
    fn possible_days(self) -> Option<(i32, i32)> {
        let date = |month, day| Date { year: self.year, month, day }.days().filter(|_| self.year > 0);
        let last_of = |month| (28..=31).rev().find_map(|day| date(month, day));
        match (self.month, self.day) {
            (Some(month), Some(day)) => date(month, day).map(|day| (day, day)),
            (Some(month), None) => date(month, 1).zip(last_of(month)),
            (None, None) => date(1, 1).zip(date(12, 31)),
            (None, Some(_)) => None,
        }
    }
}

/// What a text in a layout says; months and days may be left open.
fn known(parts: &[Part], text: &[u8], first_year: i32) -> Option<Known> {
    let mut rest = text;
    let mut known = Known { year: 0, month: None, day: None };
    for part in parts {
        match part {
            Part::Year => known.year = i32::try_from(digits(&mut rest, 4, 4)?).ok()?,
            Part::ShortYear => {
                let short = i32::try_from(digits(&mut rest, 2, 2)?).ok()?;
                known.year = first_year + (short - first_year).rem_euclid(100);
            }
            Part::Month { loose } => known.month = stated(&mut rest, *loose)?,
            Part::Day { loose } => known.day = stated(&mut rest, *loose)?,
            Part::MonthName => known.month = Some(name(&mut rest)?),
            Part::Literal(byte) => rest = rest.strip_prefix(&[*byte])?,
            // Layouts with these are not read in part.
            Part::Quarter | Part::Time(_) | Part::Serial(_) | Part::Seconds(_) | Part::Financial(_) => {
                return None;
            }
        }
    }
    rest.is_empty().then_some(known)
}

/// A month or a day. What no month and no day is says that it is open: `00`, `99`, `XX`, `??`, and `0` where it may have one digit.
fn stated(rest: &mut &[u8], loose: bool) -> Option<Option<u8>> {
    if let [a @ (b'X' | b'x' | b'?'), b, behind @ ..] = rest
        && a == b
    {
        *rest = behind;
        return Some(None);
    }
    let number = digits(rest, if loose { 1 } else { 2 }, 2)?;
    Some(u8::try_from(number).ok().filter(|number| !matches!(number, 0 | 99)))
}

#[cfg(test)]
mod tests {
    use super::super::DateFormat;
    use super::*;

    #[test]
    fn dates_say_what_they_say() {
        let table = [
            ("%Y-%m-%d", "1980-05-17", Some("1980-05-17 1980-05-17")),
            ("%Y-%m-%d", "1980-05-00", Some("1980-05-01 1980-05-31")),
            ("%Y-%m-%d", "1980-02-99", Some("1980-02-01 1980-02-29")),
            ("%Y-%m-%d", "1980-00-00", Some("1980-01-01 1980-12-31")),
            ("%Y-%m-%d", "1980-XX-XX", Some("1980-01-01 1980-12-31")),
            ("%Y-%m-%d", "1980-05", Some("1980-05-01 1980-05-31")),
            ("%Y-%m-%d", "1980", Some("1980-01-01 1980-12-31")),
            ("%d/%m/%Y", "00/05/1980", Some("1980-05-01 1980-05-31")),
            ("%d/%m/%Y", "00/00/1980", Some("1980-01-01 1980-12-31")),
            ("%d/%m/%Y", "??/??/1980", Some("1980-01-01 1980-12-31")),
            ("%d/%m/%Y", "05/1980", Some("1980-05-01 1980-05-31")),
            ("%-d/%-m/%Y", "0/5/1980", Some("1980-05-01 1980-05-31")),
            ("%m/%d/%Y", "05/00/1980", Some("1980-05-01 1980-05-31")),
            ("%Y%m%d", "19800500", Some("1980-05-01 1980-05-31")),
            ("%Y%m%d", "198005", Some("1980-05-01 1980-05-31")),
            ("%d-%b-%Y", "00-ENE-1980", Some("1980-01-01 1980-01-31")),
            ("%d-%b-%Y", "ENE-1980", Some("1980-01-01 1980-01-31")),
            ("%-d de %B de %Y", "mayo de 1980", Some("1980-05-01 1980-05-31")),
            ("%d/%m/%y", "00/05/80", Some("1980-05-01 1980-05-31")),
            // Neither a date nor a part of one.
            ("%d/%m/%y", "80", None),
            ("%Y-%m-%d", "1980-00-17", None),
            ("%Y-%m-%d", "1980-13-00", None),
            ("%Y-%m-%d", "1980-02-30", None),
            ("%Y-%m-%d", "0000-00-00", None),
            ("%Y-%m-%d", "1980-", None),
            ("%Y-%m-%d", "1980-0-0", None),
            ("%Y-%m-%d", "80-05-00", None),
            ("%Y-%m-%d", "00-05-1980", None),
            ("%Y-%m-%d", "1980-X?-00", None),
            ("%Y-%m-%d", "", None),
        ];
        for (layout, text, expected) in table {
            let layout = DateFormat::parse(layout).unwrap().with_first_year(1950).in_part().unwrap();
            let days = layout.possible_days(text.as_bytes());
            let shown = days.map(|(first, last)| {
                let [first, last] = [first, last].map(|day| Date::from_days(day).unwrap());
                format!("{first} {last}")
            });
            assert_eq!(shown.as_deref(), expected, "{} {text}", layout.as_str());
            // Nothing that is said in part only is a day.
            let is_day = days.is_some_and(|(first, last)| first == last);
            assert_eq!(layout.days(text.as_bytes()).is_some(), is_day, "{} {text}", layout.as_str());
        }
    }

    #[test]
    fn layouts_that_are_not_read_in_part() {
        for layout in ["excel", "%Y-Q%q", "%Y-%m-%d %H:%M:%S", "%Y", "%Y-%m", "financial-year"] {
            assert!(DateFormat::parse(layout).unwrap().in_part().is_none(), "{layout}");
        }
    }
}
