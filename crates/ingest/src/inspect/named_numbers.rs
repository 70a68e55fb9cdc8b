//! Numbers that are names of columns: years, days and ages in order.

use super::grid::is_period;

/// Numbers from which on steps of one length are no chance.
const FEWEST: usize = 3;

/// What numbers of one row are, where the columns of a table are named by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NamedNumbers {
    Years,
    Days,
    /// Groups of ages, of which some state both ends or are open.
    AgeGroups,
    /// Single ages, or the first of each group, which rise by one step.
    Ages,
}

impl NamedNumbers {
    /// Years, days or ages in order; none where they are not.
    pub(super) fn of(texts: &[String]) -> Option<Self> {
        if are_years(texts) {
            Some(Self::Years)
        } else if are_days(texts) {
            Some(Self::Days)
        } else {
            ages(texts)
        }
    }
}

fn is_rising_or_falling<T: PartialOrd>(values: &[T]) -> bool {
    let mut pairs = values.windows(2);
    values.len() > 1 && (pairs.clone().all(|pair| pair[0] < pair[1]) || pairs.all(|pair| pair[0] > pair[1]))
}

fn are_years(texts: &[String]) -> bool {
    texts.iter().all(|text| is_period(text)) && is_rising_or_falling(texts)
}

/// Whole days, with the year before or behind.
fn are_days(texts: &[String]) -> bool {
    let days: Option<Vec<Vec<u32>>> = texts.iter().map(|text| day(text)).collect();
    days.is_some_and(|days| is_rising_or_falling(&days))
}

/// Year, month and day, or year, day and month: in order all the same where one of them is the same in all.
fn day(text: &str) -> Option<Vec<u32>> {
    let parts: Vec<&str> = text.split(['.', '-', ' ']).collect();
    let is_day = matches!(parts.as_slice(), [day, month, year] | [year, month, day]
        if year.len() == 4 && is_period(year) && month.len() <= 2 && day.len() <= 2);
    let mut numbers: Vec<u32> = parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
    if parts[0].len() < 4 {
        numbers.reverse();
    }
    is_day.then_some(numbers)
}

fn ages(texts: &[String]) -> Option<NamedNumbers> {
    let ages: Vec<(u32, bool)> = texts.iter().map(|text| age(text)).collect::<Option<_>>()?;
    let begins: Vec<u32> = ages.iter().map(|(begin, _)| *begin).collect();
    let is_rising = begins.windows(2).all(|pair| pair[0] < pair[1]);
    if !is_rising || begins.len() < 2 {
        return None;
    }
    if ages.iter().any(|(_, is_group)| *is_group) {
        return Some(NamedNumbers::AgeGroups);
    }
    let step = begins[1] - begins[0];
    let has_one_step = begins.windows(2).all(|pair| pair[1] - pair[0] == step);
    let is_step_of_ages = step == 1 || matches!((begins[0], step), (0, 5 | 10));
    (begins.len() >= FEWEST && has_one_step && is_step_of_ages).then_some(NamedNumbers::Ages)
}

/// The first age, and whether it is a group: `5`, `0-14`, `65+`.
fn age(text: &str) -> Option<(u32, bool)> {
    let number = |text: &str| -> Option<u32> {
        let text = text.trim();
        (text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse().ok())
            .flatten()
    };
    if let Some(begin) = text.strip_suffix('+') {
        return Some((number(begin)?, true));
    }
    match text.split_once('-') {
        Some((begin, end)) => {
            let (begin, end) = (number(begin)?, number(end)?);
            (begin < end).then_some((begin, true))
        }
        None => Some((number(text)?, false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_order() {
        use NamedNumbers::{AgeGroups, Ages, Days, Years};
        let table = [
            ("2021 2022 2023", Some(Years)),
            ("2023 2022", Some(Years)),
            ("2021 2021", None),
            ("2021", None),
            ("01.01.2022 01.01.2023", Some(Days)),
            ("2022-01-01 2021-01-01", Some(Years)),
            ("0 1 2 3", Some(Ages)),
            ("0 5 10 15", Some(Ages)),
            ("3 4", None),
            ("1 3 2", None),
            ("0-14 15-64 65+", Some(AgeGroups)),
            ("0 1-4 5-9", Some(AgeGroups)),
            ("15-64 0-14", None),
            ("1.5 2.5 3.5", None),
            ("", None),
        ];
        for (texts, expected) in table {
            let texts: Vec<String> = texts.split_whitespace().map(str::to_owned).collect();
            assert_eq!(NamedNumbers::of(&texts), expected, "{texts:?}");
        }
    }
}
