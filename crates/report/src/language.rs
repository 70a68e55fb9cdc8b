//! How a language writes numbers and days.

use denizen_spec::LANGUAGES;

/// The language of a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Italian.
    Italian,
    /// Spanish.
    Spanish,
}

/// A text in English, Italian and Spanish. `{0}`, `{1}` … stand for what is filled in.
pub(crate) type Words = [&'static str; 3];

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::Italian, Self::Spanish];

    /// Its two letters (ISO 639-1), such as `en`.
    pub fn code(self) -> &'static str {
        LANGUAGES[self.index()]
    }

    /// The language of two letters.
    ///
    /// ```
    /// use denizen_report::Language;
    /// assert_eq!(Language::of_code("it"), Some(Language::Italian));
    /// assert_eq!(Language::of_code("fr"), None);
    /// ```
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// Its place among [`LANGUAGES`].
    pub(crate) fn index(self) -> usize {
        match self {
            Self::English => 0,
            Self::Italian => 1,
            Self::Spanish => 2,
        }
    }

    /// A text in this language.
    pub(crate) fn say(self, words: Words) -> &'static str {
        words[self.index()]
    }

    /// A text in this language, with its gaps filled in.
    pub(crate) fn fill(self, words: Words, parts: &[&str]) -> String {
        let mut text = self.say(words).to_owned();
        for (index, part) in parts.iter().enumerate() {
            text = text.replace(&format!("{{{index}}}"), part);
        }
        text
    }

    /// A number with so many decimals: `1,234.5` in English, `1.234,5` in Italian, `1234,5` and `12 345` in Spanish, where the
    /// space may not be broken.
    pub(crate) fn number(self, value: f64, decimals: usize) -> String {
        let plain = format!("{:.decimals$}", value.abs());
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let is_zero = plain.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let sign = if value < 0.0 && !is_zero { "\u{2212}" } else { "" };
        let point = match self {
            Self::English => ".",
            Self::Italian | Self::Spanish => ",",
        };
        let fraction = if fraction.is_empty() { String::new() } else { format!("{point}{fraction}") };
        format!("{sign}{}{fraction}", self.grouped(whole))
    }

    fn grouped(self, digits: &str) -> String {
        let (separator, shortest) = match self {
            Self::English => (',', 4),
            Self::Italian => ('.', 4),
            Self::Spanish => ('\u{a0}', 5),
        };
        if digits.len() < shortest {
            return digits.to_owned();
        }
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    }

    /// A sentence about so many, which stands for `{0}`; the first is about one.
    pub(crate) fn count(self, [one, several]: [Words; 2], count: u64) -> String {
        self.fill(if count == 1 { one } else { several }, &[&self.number(count as f64, 0)])
    }

    /// A number with as many decimals as it has, but no more than six.
    pub(crate) fn exact(self, value: f64) -> String {
        let decimals = (0..6).find(|decimals| {
            let scaled = value * 10_f64.powi(*decimals);
            (scaled - scaled.round()).abs() < 1e-6
        });
        self.number(value, decimals.unwrap_or(6) as usize)
    }

    /// A number with its sign: `+4`, `−4`, `0`.
    pub(crate) fn signed(self, value: f64, decimals: usize) -> String {
        let text = self.number(value, decimals);
        let is_positive = value > 0.0 && text.contains(|c: char| matches!(c, '1'..='9'));
        if is_positive { format!("+{text}") } else { text }
    }

    /// A time as it is written: days (`2024-01-31`) and months (`2024-01`) in words, anything else as it is.
    pub(crate) fn time(self, text: &str) -> String {
        let parts: Vec<&str> = text.split('-').collect();
        let month =
            |month: &str| month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
        match parts[..] {
            [year, number] if is_year(year) => {
                let Some(name) = month(number) else { return text.to_owned() };
                match self {
                    Self::English | Self::Italian => format!("{} {year}", self.say(*name)),
                    Self::Spanish => format!("{} de {year}", self.say(*name)),
                }
            }
            [year, number, day] if is_year(year) => {
                let (Some(name), Ok(day)) = (month(number), day.parse::<u8>()) else {
                    return text.to_owned();
                };
                match self {
                    Self::English | Self::Italian => format!("{day} {} {year}", self.say(*name)),
                    Self::Spanish => format!("{day} de {} de {year}", self.say(*name)),
                }
            }
            _ => text.to_owned(),
        }
    }
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

const MONTHS: [Words; 12] = [
    ["January", "gennaio", "enero"],
    ["February", "febbraio", "febrero"],
    ["March", "marzo", "marzo"],
    ["April", "aprile", "abril"],
    ["May", "maggio", "mayo"],
    ["June", "giugno", "junio"],
    ["July", "luglio", "julio"],
    ["August", "agosto", "agosto"],
    ["September", "settembre", "septiembre"],
    ["October", "ottobre", "octubre"],
    ["November", "novembre", "noviembre"],
    ["December", "dicembre", "diciembre"],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let table = [
            (0.0, 0, ["0", "0", "0"]),
            (1234.0, 0, ["1,234", "1.234", "1234"]),
            (1_234_567.0, 0, ["1,234,567", "1.234.567", "1\u{a0}234\u{a0}567"]),
            (-12_345.678, 1, ["\u{2212}12,345.7", "\u{2212}12.345,7", "\u{2212}12\u{a0}345,7"]),
            (-0.04, 1, ["0.0", "0,0", "0,0"]),
        ];
        for (value, decimals, expected) in table {
            assert_eq!(Language::ALL.map(|language| language.number(value, decimals)), expected);
        }
        assert_eq!(Language::ALL.map(|language| language.exact(0.2)), ["0.2", "0,2", "0,2"]);
        assert_eq!(Language::English.exact(1.0), "1");
        assert_eq!(Language::English.signed(4.0, 0), "+4");
        assert_eq!(Language::English.signed(0.01, 1), "0.0");
    }

    #[test]
    fn times() {
        let table = [
            ("2024-01-31", ["31 January 2024", "31 gennaio 2024", "31 de enero de 2024"]),
            ("2024-12", ["December 2024", "dicembre 2024", "diciembre de 2024"]),
            ("2024", ["2024", "2024", "2024"]),
            ("2024-Q1", ["2024-Q1", "2024-Q1", "2024-Q1"]),
            ("2024-13-01", ["2024-13-01", "2024-13-01", "2024-13-01"]),
        ];
        for (text, expected) in table {
            assert_eq!(Language::ALL.map(|language| language.time(text)), expected);
        }
    }
}
