//! Financial years: they begin in one calendar year and end in the next.

use serde::{Deserialize, Serialize};

use super::Date;

/// How a column writes financial years, or quarters of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FinancialYears {
    /// The month in which they begin, 2 to 12; 0 while it is not stated.
    pub(super) first_month: u8,
    /// Which of its two calendar years a single one is that stands for a financial year.
    pub(super) named_by: Option<YearNaming>,
    /// Whether its fields are quarters, and not years.
    pub(super) are_quarters: bool,
}

/// Which of the two calendar years of a financial year it is called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YearNaming {
    /// The one in which it begins.
    First,
    /// The one in which it ends.
    Last,
}

impl FinancialYears {
    /// The format of this name, still without its first month.
    pub(super) fn of_format(name: &str) -> Option<Self> {
        let are_quarters = match name {
            "financial-year" => false,
            "financial-quarter" => true,
            _ => return None,
        };
        Some(Self { first_month: 0, named_by: None, are_quarters })
    }

    /// The first day of the period that a text names: `2018/19`, `2018-19`, `2018/2019`, `FY2018/19`, `FY2019` where it is stated
    /// which year that is; with `Q1` to `Q4` before or behind it where fields are quarters.
    pub(super) fn first_day(self, text: &[u8]) -> Option<i32> {
        let text = std::str::from_utf8(text).ok()?;
        let (text, quarter) = if self.are_quarters { with_quarter(text)? } else { (text, 1) };
        let text = text.strip_prefix("FY").or(text.strip_prefix("fy")).unwrap_or(text).trim_start();
        let year = self.first_year(text)?;
        let month = i32::from(self.first_month) - 1 + 3 * (quarter - 1);
        let (year, month) = (year + month / 12, (month % 12 + 1) as u8);
        Date { year, month, day: 1 }.days().filter(|_| year > 0)
    }

    /// The calendar year in which the financial year begins that is written so.
    fn first_year(self, text: &str) -> Option<i32> {
        let Some((first, last)) = text.split_once(['/', '-', '\u{2013}']) else {
            let year = number(text, 4)?;
            return match self.named_by? {
                YearNaming::First => Some(year),
                YearNaming::Last => Some(year - 1),
            };
        };
        let (first, next) = (number(first, 4)?, number(first, 4)? + 1);
        let follows = match last.len() {
            2 => number(last, 2)? == next % 100,
            _ => number(last, 4)? == next,
        };
        follows.then_some(first)
    }
}

/// The rest of a text, and the quarter that stands before or behind it.
fn with_quarter(text: &str) -> Option<(&str, i32)> {
    let quarter = |text: &str| match text.as_bytes() {
        [b'Q' | b'q', digit @ b'1'..=b'4'] => Some(i32::from(digit - b'0')),
        _ => None,
    };
    let between = [' ', '-', '/', ':'];
    let ends = [text.split_at_checked(2), text.len().checked_sub(2).and_then(|at| text.split_at_checked(at))];
    let [before, behind] = ends.map(Option::unwrap_or_default);
    match (quarter(before.0), quarter(behind.1)) {
        (Some(quarter), None) => Some((before.1.trim_start_matches(between), quarter)),
        (None, Some(quarter)) => Some((behind.0.trim_end_matches(between), quarter)),
        (None, None) | (Some(_), Some(_)) => None,
    }
}

fn number(text: &str, digits: usize) -> Option<i32> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn financial_years_begin_in_the_first_of_their_years() {
        let years = FinancialYears { first_month: 4, named_by: None, are_quarters: false };
        let last = FinancialYears { named_by: Some(YearNaming::Last), first_month: 10, ..years };
        let first = FinancialYears { named_by: Some(YearNaming::First), ..years };
        let quarters = FinancialYears { are_quarters: true, first_month: 7, ..years };
        let table = [
            (years, "2018/19", Some("2018-04-01")),
            (years, "2018-19", Some("2018-04-01")),
            (years, "2018/2019", Some("2018-04-01")),
            (years, "2018–19", Some("2018-04-01")),
            (years, "1999/00", Some("1999-04-01")),
            (years, "1999/2000", Some("1999-04-01")),
            (years, "FY2018/19", Some("2018-04-01")),
            (years, "FY 2018-19", Some("2018-04-01")),
            // Not two years that follow one another, or nobody says which is meant.
            (years, "2018/20", None),
            (years, "2018/2020", None),
            (years, "2018/18", None),
            (years, "2018-12", None),
            (years, "18/19", None),
            (years, "2019", None),
            (years, "FY2019", None),
            (years, "2018/19 Q1", None),
            (years, "2018/19/20", None),
            (years, "2018/9", None),
            (years, "", None),
            (last, "FY2019", Some("2018-10-01")),
            (last, "2019", Some("2018-10-01")),
            (last, "FY19", None),
            (first, "FY2019", Some("2019-04-01")),
            (quarters, "2018/19 Q1", Some("2018-07-01")),
            (quarters, "2018/19 Q3", Some("2019-01-01")),
            (quarters, "2018-19-Q4", Some("2019-04-01")),
            (quarters, "Q2 2018/19", Some("2018-10-01")),
            (quarters, "2018/19Q2", Some("2018-10-01")),
            (quarters, "2018/19 Q5", None),
            (quarters, "2018/19", None),
            (quarters, "Q1 2018/19 Q1", None),
            (quarters, "é1", None),
        ];
        for (form, text, expected) in table {
            let date = form.first_day(text.as_bytes()).and_then(Date::from_days).map(|date| date.to_string());
            assert_eq!(date.as_deref(), expected, "{text}");
        }
    }
}
