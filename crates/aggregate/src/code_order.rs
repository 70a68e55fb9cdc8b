//! The order of codes in which people count: `2` before `10`, `5-9` before `10-14`, `<5` first and `85+` last.
//!
//! Ages and other bands come first, by where they begin and end. All other codes follow, their numbers as numbers. Codes
//! that are alike otherwise are in the order of their bytes, so that no two codes are equal.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::str::Chars;

/// Which of two codes comes first.
pub(crate) fn compare(one: &str, other: &str) -> Ordering {
    if one == other {
        return Ordering::Equal;
    }
    let by_band = match (Band::parse(one), Band::parse(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => by_numbers(one, other),
    };
    by_band.then_with(|| one.cmp(other))
}

/// A band of whole numbers such as ages: where it begins, and where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Band {
    from: u64,
    to: u64,
}

/// What stands before the number of an open band, longest first, and on which side it is open.
const SIGNS: [(&str, Open); 11] = [
    ("<=", Open::Below),
    (">=", Open::Above),
    ("<", Open::Below),
    (">", Open::Above),
    ("≤", Open::Below),
    ("≥", Open::Above),
    ("LE", Open::Below),
    ("LT", Open::Below),
    ("UN", Open::Below),
    ("GE", Open::Above),
    ("GT", Open::Above),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Below,
    Above,
}

impl Band {
    /// Reads `7`, `0-4`, `85+`, `<5`, and ages as SDMX writes them: `Y7`, `Y0T4`, `Y0-4`, `Y_LT5`, `Y_GE85`.
    fn parse(code: &str) -> Option<Self> {
        let text = code.strip_prefix('Y').map_or(code, |text| text.strip_prefix('_').unwrap_or(text));
        if let Some((sign, open)) = SIGNS.iter().find(|(sign, _)| text.starts_with(sign)) {
            let number = number(text[sign.len()..].trim_start())?;
            return Some(match open {
                Open::Below => Self { from: 0, to: number },
                Open::Above => Self { from: number, to: u64::MAX },
            });
        }
        if let Some(from) = text.strip_suffix('+') {
            return Some(Self { from: number(from.trim_end())?, to: u64::MAX });
        }
        let (from, to) = text.split_once(['-', 'T', '–']).unwrap_or((text, text));
        let band = Self { from: number(from.trim_end())?, to: number(to.trim_start())? };
        (band.from <= band.to).then_some(band)
    }
}

/// The whole numbers that a code names, both ends included: `80-84`, `85+`, `<5`, `7`.
pub(crate) fn range(code: &str) -> Option<(u64, u64)> {
    let Band { from, to } = Band::parse(code)?;
    let text = code.strip_prefix('Y').map_or(code, |text| text.strip_prefix('_').unwrap_or(text));
    let has_sign = |signs: &[&str]| signs.iter().any(|sign| text.starts_with(sign));
    // By where they begin and end `<5` and `<=5` come in one place; what they name differs.
    if has_sign(&["<", "LT", "UN"]) && !text.starts_with("<=") {
        Some((from, to.checked_sub(1)?))
    } else if has_sign(&[">", "GT"]) && !text.starts_with(">=") {
        Some((from.checked_add(1)?, to))
    } else {
        Some((from, to))
    }
}

/// Digits alone, and no more than a number has.
fn number(text: &str) -> Option<u64> {
    let has_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| has_digits)
}

/// Letters by letters, and digits as the number that they write.
fn by_numbers(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one.chars().peekable(), other.chars().peekable());
    loop {
        let order = match (one.peek(), other.peek()) {
            (None, None) => return Ordering::Equal,
            (Some(left), Some(right)) if left.is_ascii_digit() && right.is_ascii_digit() => {
                compare_digits(&digits(&mut one), &digits(&mut other))
            }
            (left, right) => {
                let order = left.cmp(&right);
                one.next();
                other.next();
                order
            }
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// The digits that come next, without the zeros before them.
fn digits(chars: &mut Peekable<Chars<'_>>) -> String {
    let mut digits = String::new();
    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
        if digit != '0' || !digits.is_empty() {
            digits.push(digit);
        }
    }
    digits
}

fn compare_digits(one: &str, other: &str) -> Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_name_what_they_hold() {
        let table = [
            ("7", Some((7, 7))),
            ("80-84", Some((80, 84))),
            ("Y80T84", Some((80, 84))),
            ("85+", Some((85, u64::MAX))),
            ("Y_GE85", Some((85, u64::MAX))),
            (">85", Some((86, u64::MAX))),
            ("<5", Some((0, 4))),
            ("<=5", Some((0, 5))),
            ("Y_LT5", Some((0, 4))),
            ("<0", None),
            ("2019-03", None),
            ("_T", None),
            ("ITC4", None),
        ];
        for (code, expected) in table {
            assert_eq!(range(code), expected, "{code}");
        }
    }

    #[test]
    fn codes_as_people_count() {
        let lists: [&[&str]; 10] = [
            &["0", "2", "10", "100", "_T"],
            &["0-4", "5-9", "10-14", "85+", "_T"],
            &["<1", "1-4", "5-14", "75-84", "85+"],
            &["Y_LT5", "Y5", "Y10", "Y_GE85", "_T"],
            &["Y0T4", "Y5T9", "Y10T14", "Y_GE15"],
            &["Y_UN17", "Y18-24", "Y25-29", "Y_GE60", "TOTAL"],
            &["00-17", "18-24", "25-29", "60+"],
            &["9", "0010", "010", "10"],
            &["A1", "A2", "A10", "B", "_O", "_S", "_T", "fixed_term"],
            &["2023-Q1", "2023-Q2", "2024-Q1", "AR", "IT", "PE"],
        ];
        for list in lists {
            let mut sorted = list.to_vec();
            sorted.sort_by(|one, other| compare(one, other));
            assert_eq!(sorted, list);
        }
    }

    #[test]
    fn what_is_no_band_is_a_text() {
        for code in ["", "-", "+", "Y", "5-", "29-25", "1-2-3", "+5", "99999999999999999999", "Perú", "<"] {
            assert_eq!(Band::parse(code), None, "{code}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        /// Whatever the codes are, sorting and searching them is safe.
        #[test]
        fn it_is_an_order(codes in proptest::collection::vec("[0-9Y<+T_ a-]{0,5}", 3)) {
            let [a, b, c] = [0, 1, 2].map(|index| codes[index].as_str());
            prop_assert_eq!(compare(a, b), compare(b, a).reverse());
            prop_assert_eq!(compare(a, b).is_eq(), a == b);
            if compare(a, b).is_le() && compare(b, c).is_le() {
                prop_assert!(compare(a, c).is_le());
            }
        }
    }
}
