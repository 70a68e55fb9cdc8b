//! How numbers are written in a column, beyond digits and a decimal mark.

use serde::{Deserialize, Serialize};

use crate::text::Fields;

/// What may stand in the numbers of a column, by declaration only: nobody can tell whether `1.234` is a thousand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberForm {
    /// What stands between groups of three digits.
    pub thousands: Option<Thousands>,
    /// How negative numbers are written, besides by a hyphen before them.
    pub minus: Option<Minus>,
    /// Whether each number is followed by `%`.
    pub percent: bool,
    /// Whether whole numbers may have decimals that are zeros, such as `12.0`.
    pub zero_decimals: bool,
    /// The power of ten in which the numbers are given: 3 where they are thousands.
    pub power: u8,
}

/// What stands between groups of three digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thousands {
    /// A point.
    Point,
    /// A comma.
    Comma,
    /// A blank, also one that does not break or is narrow.
    Blank,
    /// An apostrophe, straight or curved.
    Apostrophe,
}

/// How negative numbers are written, besides by a hyphen before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Minus {
    /// By the sign U+2212 or a dash before them.
    Sign,
    /// By a hyphen behind them.
    Trailing,
    /// By brackets around them.
    Brackets,
}

impl Thousands {
    /// Whether a character is such.
    fn is(self, c: char) -> bool {
        match self {
            Self::Point => c == '.',
            Self::Comma => c == ',',
            Self::Blank => matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}'),
            Self::Apostrophe => matches!(c, '\'' | '\u{2019}'),
        }
    }

    /// The byte that it is, where it could be a decimal mark too.
    pub fn mark(self) -> Option<u8> {
        match self {
            Self::Point => Some(b'.'),
            Self::Comma => Some(b','),
            Self::Blank | Self::Apostrophe => None,
        }
    }
}

impl NumberForm {
    pub(crate) fn read(fields: &Fields<'_, '_>) -> Self {
        const THOUSANDS: [(&str, Thousands); 4] = [
            (".", Thousands::Point),
            (",", Thousands::Comma),
            (" ", Thousands::Blank),
            ("'", Thousands::Apostrophe),
        ];
        const MINUS: [(&str, Minus); 3] =
            [("\u{2212}", Minus::Sign), ("trailing", Minus::Trailing), ("brackets", Minus::Brackets)];
        const POWERS: [(&str, u8); 4] = [("ones", 0), ("hundreds", 2), ("thousands", 3), ("millions", 6)];
        Self {
            thousands: fields.optional_one_of("thousands", &THOUSANDS),
            minus: fields.optional_one_of("minus", &MINUS),
            percent: fields.optional_bool("percent").unwrap_or(false),
            zero_decimals: fields.optional_bool("zero_decimals").unwrap_or(false),
            power: fields.optional_one_of("given_in", &POWERS).unwrap_or(0),
        }
    }

    /// Whether numbers are written plainly.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// A number of this form as it is written plainly: with a hyphen before it and `mark` before its decimals. None where
    /// it has another form.
    ///
    /// ```
    /// use denizen_spec::{NumberForm, Thousands};
    ///
    /// let form = NumberForm { thousands: Some(Thousands::Point), ..NumberForm::default() };
    /// assert_eq!(form.plain("1.234.567,5", b',').as_deref(), Some("1234567,5"));
    /// assert_eq!(form.plain("1.23", b','), None);
    /// ```
    pub fn plain(&self, text: &str, mark: u8) -> Option<String> {
        let text = if self.percent { text.strip_suffix('%')?.trim_end() } else { text };
        let (is_negative, text) = self.without_sign(text);
        let (whole, decimals) = match text.split_once(char::from(mark)) {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (text, None),
        };
        let whole = match self.thousands {
            Some(thousands) => without_groups(whole, thousands)?,
            None => whole.to_owned(),
        };
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(&whole) || (whole.is_empty() && decimals.is_none()) || !decimals.is_none_or(is_digits) {
            return None;
        }
        let mut plain = String::with_capacity(text.len() + 1);
        plain.extend(is_negative.then_some('-'));
        plain.push_str(&whole);
        if let Some(decimals) = decimals.filter(|decimals| !self.zero_decimals || !is_zero(decimals)) {
            plain.push(char::from(mark));
            plain.push_str(decimals);
        }
        Some(plain)
    }

    /// Whether a number is negative, and the rest of it.
    fn without_sign<'a>(&self, text: &'a str) -> (bool, &'a str) {
        if let Some(rest) = text.strip_prefix('-') {
            return (true, rest);
        }
        let stripped = match self.minus {
            None => None,
            Some(Minus::Sign) => text.strip_prefix(['\u{2212}', '\u{2013}']),
            Some(Minus::Trailing) => text.strip_suffix('-').map(str::trim_end),
            Some(Minus::Brackets) => text.strip_prefix('(').and_then(|text| text.strip_suffix(')')),
        };
        stripped.map_or((false, text.strip_prefix('+').unwrap_or(text)), |rest| (true, rest.trim_start()))
    }
}

/// Whether decimals are zeros that say nothing. Three may be the end of a thousand.
fn is_zero(decimals: &str) -> bool {
    !matches!(decimals.len(), 0 | 3) && decimals.bytes().all(|digit| digit == b'0')
}

/// The digits of a whole number, which is either without groups, or has one to three digits and then groups of three. No group stands
/// behind a zero: `0.123` has decimals.
fn without_groups(text: &str, thousands: Thousands) -> Option<String> {
    let groups: Vec<&str> = text.split(|c| thousands.is(c)).collect();
    let (first, rest) = groups.split_first()?;
    let is_grouped = rest.is_empty() || (1..=3).contains(&first.len()) && !first.starts_with('0');
    (is_grouped && rest.iter().all(|group| group.len() == 3)).then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_as_they_are_written() {
        let form = NumberForm::default();
        let point = NumberForm { thousands: Some(Thousands::Point), ..form };
        let comma = NumberForm { thousands: Some(Thousands::Comma), ..form };
        let blank = NumberForm { thousands: Some(Thousands::Blank), ..form };
        let apostrophe = NumberForm { thousands: Some(Thousands::Apostrophe), ..form };
        let minus = |minus| NumberForm { minus: Some(minus), ..blank };
        let percent = NumberForm { percent: true, ..form };
        let zero = NumberForm { zero_decimals: true, ..form };
        let table = [
            (point, b',', "1.234", Some("1234")),
            (point, b',', "1.234.567,80", Some("1234567,80")),
            (point, b',', "999", Some("999")),
            (point, b',', "1234", Some("1234")),
            (point, b',', "0.123", None),
            (point, b',', "012.345", None),
            (point, b',', "0,123", Some("0,123")),
            (point, b',', "0123", Some("0123")),
            (point, b',', "1.23", None),
            (point, b',', "1.2345", None),
            (point, b',', "1234.567", None),
            (point, b',', "1..234", None),
            (point, b',', ".234", None),
            (point, b',', "1.234.", None),
            (point, b',', "1,234.5", None),
            (comma, b'.', "-1,234.5", Some("-1234.5")),
            (comma, b'.', "1,23", None),
            (blank, b',', "12 345", Some("12345")),
            (blank, b',', "12\u{a0}345\u{202f}678", Some("12345678")),
            (blank, b',', "1 2", None),
            (apostrophe, b'.', "1'234", Some("1234")),
            (apostrophe, b'.', "1’234", Some("1234")),
            (minus(Minus::Sign), b',', "\u{2212}1 234", Some("-1234")),
            (minus(Minus::Sign), b',', "-5", Some("-5")),
            (minus(Minus::Trailing), b',', "1 234-", Some("-1234")),
            (minus(Minus::Trailing), b',', "-5-", None),
            (minus(Minus::Brackets), b',', "(12)", Some("-12")),
            (minus(Minus::Brackets), b',', "(12", None),
            (blank, b',', "\u{2212}5", None),
            (percent, b'.', "12.5 %", Some("12.5")),
            (percent, b'.', "12.5", None),
            (zero, b'.', "12.0", Some("12")),
            (zero, b'.', "12.00", Some("12")),
            (zero, b'.', "12.000", Some("12.000")),
            (zero, b'.', "12.5", Some("12.5")),
            (zero, b'.', "", None),
            (form, b'.', "1e3", None),
        ];
        for (form, mark, text, expected) in table {
            assert_eq!(form.plain(text, mark).as_deref(), expected, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// What is written with groups is read as the number that it was.
        #[test]
        fn groups_are_read_as_they_are_written(number in any::<u32>()) {
            let digits = number.to_string();
            let groups: Vec<String> = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned()).collect();
            for (thousands, sign) in [(Thousands::Point, "."), (Thousands::Blank, "\u{202f}"), (Thousands::Apostrophe, "'")] {
                let form = NumberForm { thousands: Some(thousands), ..NumberForm::default() };
                prop_assert_eq!(form.plain(&groups.join(sign), b','), Some(digits.clone()));
            }
        }
    }
}
