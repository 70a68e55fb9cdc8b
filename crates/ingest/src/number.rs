//! Numbers as they are written in files.

/// Numbers that can be added up a thousand times without overflow, and that a double holds exactly. Of decimal numbers, the
/// last decimals are counted.
const LARGEST: i64 = 1_000_000_000_000_000;

/// A whole number.
pub(crate) fn integer(text: &[u8]) -> Option<i64> {
    let number: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    (-LARGEST..=LARGEST).contains(&number).then_some(number)
}

/// How decimal numbers are written, and how exactly they are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DecimalFormat {
    /// Decimals that are kept, 0 to 9.
    pub(crate) scale: u8,
    /// The byte between whole number and decimals.
    pub(crate) mark: u8,
}

impl DecimalFormat {
    /// The format of a field, which may have been a number before it became text.
    pub(crate) fn of_field(self, is_typed: bool) -> Self {
        if is_typed { Self { mark: b'.', ..self } } else { self }
    }

    /// A decimal number in units of its last decimal: 1250 for `12.5` with two decimals.
    ///
    /// A number with more decimals is none, even if they are zeros: it would have to be rounded, and `1.000` may be a
    /// thousand.
    pub(crate) fn parse(self, text: &[u8]) -> Option<i64> {
        let (is_negative, digits) = match text {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] => (false, digits),
            digits => (false, digits),
        };
        let (whole, decimals) = match memchr::memchr(self.mark, digits) {
            // Some programs write `.5`; nothing but a damaged field ends with the mark.
            Some(mark) if mark + 1 < digits.len() => (&digits[..mark], &digits[mark + 1..]),
            None if !digits.is_empty() => (digits, &[][..]),
            Some(_) | None => return None,
        };
        let missing = usize::from(self.scale).checked_sub(decimals.len())?;
        let number = whole.iter().chain(decimals).try_fold(0, push_digit)?;
        let number = (0..missing).try_fold(number, |number, _| push_digit(number, &b'0'))?;
        (number <= LARGEST).then_some(if is_negative { -number } else { number })
    }
}

fn push_digit(number: i64, digit: &u8) -> Option<i64> {
    let digit = digit.checked_sub(b'0').filter(|digit| *digit <= 9)?;
    number.checked_mul(10)?.checked_add(digit.into())
}

/// Seconds since midnight of a time of day such as `9:05` or `09:05:59`. Decimals of a second are left out.
pub(crate) fn seconds_of_day(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let (text, decimals) =
        text.split_once(['.', ',']).map_or((text, None), |(text, part)| (text, Some(part)));
    let is_fraction = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !decimals.is_none_or(is_fraction) || decimals.is_some() && text.matches(':').count() != 2 {
        return None;
    }
    let mut parts = text.split(':');
    let part = |text: Option<&str>, digits: std::ops::RangeInclusive<usize>, most: i64| {
        let text = text?;
        let is_number = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| is_number && *number <= most)
    };
    let hours: i64 = part(parts.next(), 1..=2, 23)?;
    let minutes = part(parts.next(), 2..=2, 59)?;
    let seconds = match parts.next() {
        None => 0,
        seconds => part(seconds, 2..=2, 59)?,
    };
    parts.next().is_none().then_some((hours * 60 + minutes) * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals() {
        let table: [(&str, u8, Option<i64>); 24] = [
            ("12.5", 2, Some(1250)),
            ("12.50", 2, Some(1250)),
            ("12", 2, Some(1200)),
            ("-0.05", 2, Some(-5)),
            ("+7.1", 1, Some(71)),
            ("0012.5", 1, Some(125)),
            (".5", 1, Some(5)),
            ("12", 0, Some(12)),
            ("0.000000001", 9, Some(1)),
            ("1000000", 9, Some(1_000_000_000_000_000)),
            // More decimals than are kept, be they zeros.
            ("12.345", 2, None),
            ("1.000", 2, None),
            ("12.0", 0, None),
            // Damaged, or written in another way.
            ("12.", 2, None),
            ("12.", 0, None),
            (".", 2, None),
            ("-", 2, None),
            ("", 2, None),
            ("1.2.3", 3, None),
            ("12,5", 2, None),
            ("1e3", 2, None),
            ("1 000", 2, None),
            // Too large.
            ("10000000000000.01", 2, None),
            ("99999999999999999999", 2, None),
        ];
        for (text, scale, expected) in table {
            let format = DecimalFormat { scale, mark: b'.' };
            assert_eq!(format.parse(text.as_bytes()), expected, "{text} {scale}");
        }
        assert_eq!(DecimalFormat { scale: 1, mark: b',' }.parse(b"-12,5"), Some(-125));
        assert_eq!(DecimalFormat { scale: 1, mark: b',' }.parse(b"12.5"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// The obvious way: the mark goes, and what is left is a whole number.
        #[test]
        fn decimals_are_whole_numbers_of_their_last_digit(text in "[-+]?[0-9]{0,16}(\\.[0-9]{0,4})?|[-+0-9.,e ]{0,8}", scale in 0..=4_u8) {
            let (whole, decimals) = text.split_once('.').unwrap_or((&text, "0"));
            let is_written = text.chars().filter(char::is_ascii_digit).count() > 0
                && decimals.chars().all(|c| c.is_ascii_digit())
                && !decimals.is_empty()
                && (decimals.len() <= usize::from(scale) || !text.contains('.'));
            let decimals = if scale == 0 { "" } else { decimals };
            let digits = format!("{whole}{decimals:0<width$}", width = usize::from(scale));
            let expected = digits.parse().ok().filter(|number: &i64| is_written && number.abs() <= LARGEST);
            prop_assert_eq!(DecimalFormat { scale, mark: b'.' }.parse(text.as_bytes()), expected);
        }
    }

    #[test]
    fn times_of_day() {
        let table = [
            ("0:00", Some(0)),
            ("09:05", Some(32_700)),
            ("23:59:59", Some(86_399)),
            ("23:59:59.25", Some(86_399)),
            ("23:59:59.", None),
            ("23:59.5", None),
            ("9:5", None),
            ("24:00", None),
            ("12:60", None),
            ("12", None),
            ("1:00:00:00", None),
            ("+1:00", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(seconds_of_day(text.as_bytes()), expected, "{text}");
        }
    }
}
