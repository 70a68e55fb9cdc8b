//! Of which period the cells of a table are, and by which rule but for the end of the data.

use denizen_spec::columns;

use crate::cube::is_time;

/// Where a table says of which period its cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Time {
    /// In a column of years, months, quarters or days.
    Column(usize),
    /// In a column of years and one of the numbers of months.
    YearAndMonth(usize, usize),
    /// Nowhere, or in several columns.
    Unknown,
}

/// Which columns of a table say of which period its cells are: `reference_date`, the year with the number of a month, `month`,
/// `quarter`, `year`, or the only one of times. `words` are the codes of each column.
pub(crate) fn time(names: &[String], words: &[&[String]]) -> Time {
    let stated = |place: usize| {
        let codes = words[place].iter().map(String::as_str);
        codes.filter(|code| *code != columns::TOTAL && *code != columns::NOT_STATED)
    };
    let is_time = |place: &usize| {
        stated(*place).next().is_some() && stated(*place).all(|code| is_time(code, &names[*place]))
    };
    let times: Vec<usize> = (0..names.len()).filter(is_time).collect();
    let named = |name: &str| times.iter().copied().find(|place| names[*place] == name);
    let is_number = |code: &str| code.parse().is_ok_and(|number: u8| (1..=12).contains(&number));
    let number = names.iter().position(|name| name == "month");
    let number = number.filter(|place| stated(*place).next().is_some() && stated(*place).all(is_number));
    let finer = named("month").or_else(|| named("quarter"));
    let only = times.first().copied().filter(|_| times.len() == 1);
    match (named(columns::REFERENCE_DATE), named(columns::YEAR), number) {
        (Some(day), _, _) => Time::Column(day),
        (None, Some(year), Some(number)) => Time::YearAndMonth(year, number),
        (None, None, Some(_)) => Time::Unknown,
        (None, year, None) => finer.or(year).or(only).map_or(Time::Unknown, Time::Column),
    }
}

/// Parameters of a rule without the end of the data, which is what tells vintages apart: `until`, and the end of `period`.
pub(crate) fn without_end(parameters: &str) -> String {
    let (name, rest) = parameters.split_once('(').unwrap_or((parameters, ""));
    let parts = rest.trim_end_matches(')').split(", ").filter(|part| !part.starts_with("until="));
    let parts = parts.map(|part| match part.split_once("..") {
        Some((begin, _)) if begin.starts_with("period=") => format!("{begin}.."),
        Some(_) | None => part.to_owned(),
    });
    if rest.is_empty() {
        name.to_owned()
    } else {
        format!("{name}({})", parts.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_data_makes_no_other_rule() {
        let table = [
            ("", ""),
            (
                "continuous(threshold=365 days, until=2005-12-31, same_day=keep_order)",
                "continuous(threshold=365 days, same_day=keep_order)",
            ),
            ("last_exit(until=2007-05-31)", "last_exit()"),
            ("last_exit(period=1990-01-01..2007-05-31, a=1)", "last_exit(period=1990-01-01.., a=1)"),
        ];
        for (parameters, expected) in table {
            assert_eq!(without_end(parameters), expected);
        }
    }

    #[test]
    fn columns_that_say_when() {
        type Cells = &'static [&'static [&'static str]];
        let table: [(&[&str], Cells, Time); 8] = [
            (&["sex", "year_code"], &[&["F", "2020"], &["M", "_T"]], Time::Column(1)),
            (&["country", "sex"], &[&["2020", "F"]], Time::Unknown),
            (&["year", "birth_year"], &[&["2020", "1990"]], Time::Column(0)),
            (&["birth_year", "entry_year"], &[&["2020", "1990"]], Time::Unknown),
            (&["year", "month"], &[&["2020", "5"], &["2020", "12"]], Time::YearAndMonth(0, 1)),
            (&["year", "month"], &[&["2020", "2020-05"]], Time::Column(1)),
            (&["month"], &[&["2020-05"]], Time::Column(0)),
            (&["reference_date", "year"], &[&["2020-01-01", "2020"]], Time::Column(0)),
        ];
        for (columns, cells, expected) in table {
            let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            let of = |column: usize| cells.iter().map(|codes| codes[column].to_owned()).collect();
            let words: Vec<Vec<String>> = (0..columns.len()).map(of).collect();
            let words: Vec<&[String]> = words.iter().map(Vec::as_slice).collect();
            assert_eq!(time(&texts(columns), &words), expected, "{columns:?}");
        }
    }
}
