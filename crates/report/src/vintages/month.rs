//! The month that a time belongs to: all that is needed to say how old a figure was when it was published.

/// Months since the year 0.
pub(crate) type Month = i32;

/// The month in which a time ends: that of a day or a month, the last of a quarter, a half or a year.
pub(crate) fn end_of(time: &str) -> Option<Month> {
    let parts: Vec<&str> = time.split('-').collect();
    match parts[..] {
        [year] => month(year, 12),
        [year, quarter] if quarter.starts_with('Q') => {
            let quarter: i32 = quarter[1..].parse().ok().filter(|quarter| (1..=4).contains(quarter))?;
            month(year, 3 * quarter)
        }
        [year, half] if half.starts_with('S') => {
            let half: i32 = half[1..].parse().ok().filter(|half| (1..=2).contains(half))?;
            month(year, 6 * half)
        }
        [year, number] => month(year, digits(number)?),
        [year, number, day] => {
            digits(day).filter(|day| (1..=31).contains(day))?;
            month(year, digits(number)?)
        }
        _ => None,
    }
}

/// The month of a year and the number of one: `2024`, `5`.
pub(crate) fn of_year(year: &str, number: &str) -> Option<Month> {
    month(year, number.parse().ok()?)
}

/// The month with which the name of an edition begins: `2026-11`, `2026-11-30`, `2026-11-synthetic`. A year alone is none.
pub(crate) fn of_edition(name: &str) -> Option<Month> {
    let begin = name.get(..7)?;
    let is_more_of_a_number = name[7..].starts_with(|c: char| c.is_ascii_alphanumeric());
    let (year, number) = begin.split_once('-')?;
    month(year, digits(number)?).filter(|_| !is_more_of_a_number)
}

/// As it is written: `2024-05`.
pub(crate) fn shown(month: Month) -> String {
    format!("{:04}-{:02}", (month - 1).div_euclid(12), (month - 1).rem_euclid(12) + 1)
}

fn month(year: &str, number: i32) -> Option<Month> {
    let year: i32 =
        year.parse().ok().filter(|_| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()))?;
    (1..=12).contains(&number).then_some(12 * year + number)
}

/// A number of two digits.
fn digits(text: &str) -> Option<i32> {
    text.parse().ok().filter(|_| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_of_times() {
        let table = [
            ("2024", Some("2024-12")),
            ("2024-05", Some("2024-05")),
            ("2024-05-31", Some("2024-05")),
            ("2024-Q1", Some("2024-03")),
            ("2024-Q5", None),
            ("2024-S1", Some("2024-06")),
            ("2024-S3", None),
            ("2024-13", None),
            ("2024-5", None),
            ("05", None),
            ("_T", None),
            ("85+", None),
            ("2004-2007", None),
        ];
        for (time, expected) in table {
            assert_eq!(end_of(time).map(shown).as_deref(), expected, "{time}");
        }
        let editions = [
            ("2026-11", Some("2026-11")),
            ("2026-11-30", Some("2026-11")),
            ("2026-11-synthetic", Some("2026-11")),
            ("2026", None),
            ("2026-1", None),
            ("2026-111", None),
            ("2026-synthetic", None),
            ("été-2026", None),
        ];
        for (name, expected) in editions {
            assert_eq!(of_edition(name).map(shown).as_deref(), expected, "{name}");
        }
        assert_eq!(of_year("2024", "5"), end_of("2024-05"));
    }
}
