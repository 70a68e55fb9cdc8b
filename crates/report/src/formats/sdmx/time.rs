//! `TIME_PERIOD` and `FREQ`, and the dimension that they make superfluous.

use std::collections::{BTreeSet, HashMap};

use denizen_spec::columns as names;

use crate::formats::table::{Content, Dimension};

/// When a row is, and how often there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Time {
    /// A period as SDMX writes it.
    pub(super) period: String,
    /// A code of CL_FREQ.
    pub(super) frequency: &'static str,
}

/// The times of the words of `reference_period`, and of the rows that do not say one: all years that any row names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) of_words: Vec<Option<Time>>,
    pub(super) of_all: Time,
}

/// A text of ISO 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form<'t> {
    /// Part of a year, and its frequency.
    Part(&'static str),
    /// A day: its month and its day.
    Day(&'t str),
    /// From the first to the last of some years.
    Years(i64, i64),
}

/// Any other frequency than those of the list.
const OTHER: &str = "_O";

/// The times of the words of a column; nothing where it never says one.
pub(super) fn times(periods: &[String]) -> Option<Times> {
    let forms: Vec<Option<Form<'_>>> = periods.iter().map(|word| form(word)).collect();
    let years: Vec<i64> = periods
        .iter()
        .zip(&forms)
        .filter_map(|(word, form)| form.map(|form| years(word, form)))
        .flatten()
        .collect();
    let (first, last) = (*years.iter().min()?, *years.iter().max()?);
    let days: BTreeSet<&str> = forms
        .iter()
        .filter_map(|form| match form {
            Some(Form::Day(day)) => Some(*day),
            Some(Form::Part(_) | Form::Years(..)) | None => None,
        })
        .collect();
    let of_days = frequency_of_days(&days);
    let time = |(word, form): (&String, &Option<Form<'_>>)| {
        Some(match (*form)? {
            Form::Part(frequency) => Time { period: word.clone(), frequency },
            Form::Day(_) => Time { period: word.clone(), frequency: of_days },
            Form::Years(first, last) => of_years(first, last),
        })
    };
    let of_words = periods.iter().zip(&forms).map(time).collect();
    Some(Times { of_words, of_all: of_years(first, last) })
}

/// Which dimension says nothing that the period of its row does not say: it is left out.
///
/// It is the time of the table: each of its codes is the period of the row, or one of the special ones. Rows of one period have one
/// code, so that none is lost.
pub(super) fn told_by_time(dimensions: &[Dimension<'_>], periods: &[String], times: &Times) -> Option<usize> {
    dimensions.iter().position(|dimension| is_told(dimension.content, periods, times))
}

fn is_told(codes: &Content, periods: &[String], times: &Times) -> bool {
    let (mut is_time, mut code_of_period) = (false, HashMap::new());
    for (code, period) in &codes.periods {
        let (code, text) = (codes.word(*code), periods.get(*period as usize).map(String::as_str));
        let is_special = code == Some(names::TOTAL) || code == Some(names::NOT_STATED);
        if code != text && !is_special {
            return false;
        }
        is_time |= code.is_some() && code == text;
        let time = times.of_words.get(*period as usize).and_then(Option::as_ref).unwrap_or(&times.of_all);
        if *code_of_period.entry(time.period.as_str()).or_insert(code) != code {
            return false;
        }
    }
    is_time
}

/// The years that a text names.
fn years(word: &str, form: Form<'_>) -> [i64; 2] {
    match form {
        Form::Years(first, last) => [first, last],
        Form::Part(_) | Form::Day(_) => [word.get(..4).and_then(|year| year.parse().ok()).unwrap_or(0); 2],
    }
}

/// Some years: a year, or a beginning and how long it is.
fn of_years(first: i64, last: i64) -> Time {
    if first == last {
        return Time { period: format!("{first:04}"), frequency: "A" };
    }
    Time { period: format!("{first:04}-01-01/P{}Y", last - first + 1), frequency: OTHER }
}

/// How often there are stocks, by the days (`01-01`) of the year on which they are.
fn frequency_of_days(days: &BTreeSet<&str>) -> &'static str {
    let all = |known: &[&str]| days.iter().all(|day| known.contains(day));
    let is_first = days.iter().all(|day| day.ends_with("-01"));
    let is_last = days.iter().all(|day| {
        ["01-31", "02-28", "02-29", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31"]
            .contains(day)
            || ["11-30", "12-31"].contains(day)
    });
    match days.len() {
        0 | 1 => "A",
        _ if all(&["01-01", "07-01"]) || all(&["06-30", "12-31"]) => "S",
        _ if all(&["01-01", "04-01", "07-01", "10-01"]) || all(&["03-31", "06-30", "09-30", "12-31"]) => "Q",
        _ if is_first || is_last => "M",
        _ => OTHER,
    }
}

fn form(text: &str) -> Option<Form<'_>> {
    let number = |text: &str, least: i64, most: i64, digits: usize| {
        let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<i64>().ok()).flatten().filter(|number| (least..=most).contains(number))
    };
    let year = |text: &str| number(text, 0, 9999, 4);
    if let Some((first, last)) = text.split_once('/') {
        return Some(Form::Years(year(first)?, year(last)?)).filter(|_| first <= last);
    }
    if year(text).is_some() {
        return Some(Form::Part("A"));
    }
    year(text.get(..4)?)?;
    let rest = text.get(4..)?.strip_prefix('-')?;
    if let Some((month, day)) = rest.split_once('-') {
        number(month, 1, 12, 2)?;
        number(day, 1, 31, 2)?;
        return Some(Form::Day(rest));
    }
    let part = |letter: char, most: i64, digits: usize| {
        rest.strip_prefix(letter).and_then(|rest| number(rest, 1, most, digits))
    };
    if number(rest, 1, 12, 2).is_some() {
        return Some(Form::Part("M"));
    }
    if part('Q', 4, 1).is_some() {
        return Some(Form::Part("Q"));
    }
    if part('S', 2, 1).is_some() {
        return Some(Form::Part("S"));
    }
    part('W', 53, 2).map(|_| Form::Part("W"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::Column;

    fn found(words: &[&str]) -> Option<String> {
        let times = times(&texts(words))?;
        let shown = |time: &Time| format!("{} {}", time.period, time.frequency);
        let words = times.of_words.iter().map(|time| time.as_ref().map_or("-".to_owned(), shown));
        Some(words.chain([shown(&times.of_all)]).collect::<Vec<_>>().join(", "))
    }

    #[test]
    fn periods_and_frequencies() {
        let table: [(&[&str], Option<&str>); 11] = [
            (&["2013", "2014"], Some("2013 A, 2014 A, 2013-01-01/P2Y _O")),
            (&["1990", "1990/2007"], Some("1990 A, 1990-01-01/P18Y _O, 1990-01-01/P18Y _O")),
            (&["2013-01-01", "2014-01-01"], Some("2013-01-01 A, 2014-01-01 A, 2013-01-01/P2Y _O")),
            (&["2013-01-01", "2013-07-01"], Some("2013-01-01 S, 2013-07-01 S, 2013 A")),
            (
                &["2013-03-31", "2013-06-30", "2013-09-30"],
                Some("2013-03-31 Q, 2013-06-30 Q, 2013-09-30 Q, 2013 A"),
            ),
            (&["2013-02-01", "2013-03-01"], Some("2013-02-01 M, 2013-03-01 M, 2013 A")),
            (&["2007-12-31", "2013-01-01"], Some("2007-12-31 _O, 2013-01-01 _O, 2007-01-01/P7Y _O")),
            (
                &["2013-05", "2013-Q4", "2013-S2", "2013-W53"],
                Some("2013-05 M, 2013-Q4 Q, 2013-S2 S, 2013-W53 W, 2013 A"),
            ),
            (&["2013", "spring", "2013-13", "2014/2013"], Some("2013 A, -, -, -, 2013 A")),
            (&["2013/2013"], Some("2013 A, 2013 A")),
            (&["spring"], None),
        ];
        for (words, expected) in table {
            assert_eq!(found(words).as_deref(), expected, "{words:?}");
        }
    }

    fn texts(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    /// A dimension is left out where the period of its row says the same.
    #[test]
    fn which_dimension_is_told_by_time() {
        let none = crate::columns::NONE;
        let table = [
            // Years, and their total, of which the period says nothing.
            (&["2020", "2021", "_T"][..], &[0, 1, 2][..], &[0, 1, none][..], true),
            // One that is not stated has the period of the total.
            (&["2020", "2021", "_T", "_U"], &[0, 1, 2, 3], &[0, 1, none, none], false),
            // Something else that is the same in some rows.
            (&["2020", "2019"], &[0, 1], &[0, 1], false),
            (&["_T"], &[0, 0], &[0, 1], false),
        ];
        for (words, keys, periods, expected) in table {
            let pairs = keys.iter().copied().zip(periods.iter().copied()).collect();
            let mut column = Column::default();
            column.words = texts(words);
            let mut codes = Content::default();
            (codes.texts, codes.periods) = (Some(column), pairs);
            let dimension = Dimension { name: "year", list: None, content: &codes };
            let periods = texts(&["2020", "2021"]);
            let found = told_by_time(&[dimension], &periods, &times(&periods).unwrap());
            assert_eq!(found.is_some(), expected, "{words:?}");
        }
    }
}
