//! What the texts of one column are: numbers, dates, codes.

use denizen_ingest::SampleColumn;
use denizen_spec::{DateFormat, MAX_SCALE};

use super::numbers::{self, Grouped};
use super::words::{self, has_word};

/// Texts that stand in the place of a value, and what they are likely to say.
const MARKS: [(&str, &str); 31] = [
    (":", "missing"),
    ("-", "missing"),
    ("–", "missing"),
    ("--", "missing"),
    ("..", "missing"),
    ("...", "missing"),
    (".", "missing"),
    ("n.d.", "missing"),
    ("n.a.", "missing"),
    ("nd", "missing"),
    ("na", "missing"),
    ("n/a", "missing"),
    ("nan", "missing"),
    ("null", "missing"),
    ("none", "missing"),
    ("#n/a", "missing"),
    ("#n/d", "missing"),
    ("*", "suppressed"),
    ("**", "suppressed"),
    ("x", "suppressed"),
    ("c", "suppressed"),
    ("s", "suppressed"),
    ("m", "missing"),
    ("z", "not_applicable"),
    ("confidential", "suppressed"),
    ("suppressed", "suppressed"),
    // Offices of the United Kingdom set them in brackets.
    ("[c]", "suppressed"),
    ("[s]", "suppressed"),
    ("[x]", "missing"),
    ("[n]", "missing"),
    ("[z]", "not_applicable"),
];

/// What a text in the place of a value is likely to say.
pub(super) fn mark(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    // Fewer than so many, which is not told.
    let least = ["<", "\u{2264}"].iter().find_map(|sign| lower.strip_prefix(sign));
    if let Some(least) = least {
        let digits = least.trim_start_matches('=').trim();
        return (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then_some("suppressed");
    }
    MARKS.iter().find(|(mark, _)| *mark == lower).map(|(_, meaning)| *meaning)
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// Nothing in any row.
    Nothing,
    Integer,
    /// With so many decimals behind this mark.
    Decimal {
        scale: u8,
        mark: char,
    },
    /// In this layout; whether day and month could be exchanged.
    Date {
        layout: String,
        is_doubtful: bool,
    },
    Time,
    Text,
}

/// A column, as its texts tell.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) content: Content,
    /// Whether its whole numbers are years.
    pub(super) is_year: bool,
    /// Rows that state something.
    pub(super) stated: usize,
    /// Distinct texts, blank ones aside.
    pub(super) distinct: usize,
    /// Texts that are no number or date where nearly all others are, with the rows that have them.
    pub(super) odd: Vec<(String, usize)>,
    /// The least and the greatest number.
    pub(super) range: Option<(i64, i64)>,
    /// What stands between groups of three digits.
    pub(super) thousands: Option<char>,
    /// The mark behind which three digits stand everywhere: before decimals, or between thousands.
    pub(super) undecided: Option<char>,
    /// Texts with which it is no column of numbers, where nearly all are numbers with some sign around them.
    pub(super) noted: Vec<String>,
    /// The texts that are no numbers of a column that is undecided.
    open_odd: Vec<(String, usize)>,
    /// Why its numbers are read so.
    pub(super) reading: Option<String>,
    /// Mean length of its texts.
    pub(super) length: usize,
    /// Something to look at.
    pub(super) doubts: Vec<String>,
}

/// Layouts of dates; those that the language does not know are passed over.
const LAYOUTS: [&str; 21] = [
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%-d/%-m/%Y",
    "%-m/%-d/%Y",
    "%-d-%-m-%Y",
    "%-d.%-m.%Y",
    "%d/%m/%y",
    // In words, in any of the languages of the reader.
    "%-d %b %Y",
    "%-d-%b-%Y",
    "%-d/%b/%Y",
    "%-d de %b de %Y",
    "%-d de %b del %Y",
    "%b %-d, %Y",
    "%Y %b %-d",
];

/// Layouts that are one another with day and month exchanged.
const EXCHANGED: [(&str, &str); 4] = [
    ("%d/%m/%Y", "%m/%d/%Y"),
    ("%d-%m-%Y", "%m-%d-%Y"),
    ("%-d/%-m/%Y", "%-m/%-d/%Y"),
    ("%m/%d/%Y", "%d/%m/%Y"),
];

impl Profile {
    pub(super) fn of(column: &SampleColumn, rows: usize) -> Self {
        let counted = || column.texts.iter().map(String::as_str).zip(column.counts());
        let texts: Vec<(&str, usize)> =
            counted().filter(|(text, count)| !text.is_empty() && *count > 0).collect();
        let empty: usize = counted().filter(|(text, _)| text.is_empty()).map(|(_, count)| count).sum();
        let length = texts.iter().map(|(text, _)| text.chars().count()).sum::<usize>() / texts.len().max(1);
        let mut profile = Self {
            content: if texts.is_empty() { Content::Nothing } else { Content::Text },
            is_year: false,
            stated: rows - empty.min(rows),
            distinct: texts.len(),
            odd: Vec::new(),
            range: None,
            thousands: None,
            undecided: None,
            noted: Vec::new(),
            open_odd: Vec::new(),
            reading: None,
            length,
            doubts: Vec::new(),
        };
        if !texts.is_empty() {
            profile.find_content(column, &texts);
        }
        profile
    }

    /// Finds out whether the texts are dates, numbers or times.
    fn find_content(&mut self, column: &SampleColumn, texts: &[(&str, usize)]) {
        let kept: usize = texts.iter().map(|(_, count)| count).sum();
        self.find_date(&column.name, texts, kept, column.typed > 0);
        if self.content != Content::Text || self.find_number(&column.name, texts, kept) {
            return;
        }
        self.noted = numbers::noted(texts, kept);
        if texts.iter().all(|(text, _)| is_time(text)) {
            self.content = Content::Time;
        }
    }

    /// Whether they are numbers, read in the way that leaves the fewest texts over.
    fn find_number(&mut self, name: &str, texts: &[(&str, usize)], kept: usize) -> bool {
        let grouped = numbers::grouped(texts, |is_it| others(texts, kept, is_it));
        match (plain_numbers(texts, kept), grouped) {
            (Some((odd, _)), Some(grouped)) if numbers::unknown(&grouped.odd) < numbers::unknown(&odd) => {
                self.grouped(grouped, texts);
            }
            (Some((odd, content)), _) => {
                self.odd = odd;
                self.content = content;
                self.number(name, texts);
            }
            (None, Some(grouped)) => self.grouped(grouped, texts),
            (None, None) => return false,
        }
        true
    }

    fn find_date(&mut self, name: &str, texts: &[(&str, usize)], kept: usize, is_typed: bool) {
        for layout in LAYOUTS {
            let Ok(format) = DateFormat::parse(layout) else { continue };
            // Eight digits are dates where something says so.
            if layout == "%Y%m%d" && !has_word(name, &words::DATE) {
                continue;
            }
            let is_date = |text: &str| {
                let day = if is_typed && text.as_bytes().get(10) == Some(&b' ') {
                    text.get(..10).unwrap_or(text)
                } else {
                    text
                };
                format.days(day.as_bytes()).is_some()
            };
            let Some(odd) = others(texts, kept, is_date) else { continue };
            let exchanged = EXCHANGED.iter().find(|(one, _)| *one == layout);
            let other = exchanged.and_then(|(_, other)| DateFormat::parse(other).ok());
            let is_doubtful = other.is_some_and(|other| {
                texts.iter().all(|(text, _)| !is_date(text) || other.days(text.as_bytes()).is_some())
            });
            if is_doubtful {
                self.doubts.push("no date tells day from month: they could be exchanged".to_owned());
            }
            self.odd = odd;
            self.content = Content::Date { layout: layout.to_owned(), is_doubtful };
            return;
        }
    }

    fn grouped(&mut self, grouped: Grouped, texts: &[(&str, usize)]) {
        let Grouped { thousands, decimal_mark: mark, scale, odd } = grouped;
        self.odd = odd;
        self.thousands = Some(thousands);
        self.content = match scale {
            0 => Content::Integer,
            scale if scale <= usize::from(MAX_SCALE) => Content::Decimal { scale: scale as u8, mark },
            scale => {
                self.doubts.push(format!("numbers with {scale} decimals: {MAX_SCALE} can be kept"));
                self.odd.clear();
                self.thousands = None;
                Content::Text
            }
        };
        let numbers = texts.iter().filter_map(|(text, _)| numbers::plain(text, Some(thousands), mark));
        self.set_range(numbers.collect());
        self.reading = Some(format!("`{thousands}` stands between thousands in all its numbers"));
    }

    fn set_range(&mut self, numbers: Vec<String>) {
        let values: Vec<i64> = numbers.iter().filter_map(|text| text.parse().ok()).collect();
        let is_whole = self.content == Content::Integer;
        self.range = values.iter().min().copied().zip(values.iter().max().copied()).filter(|_| is_whole);
    }

    /// Three digits behind each mark were thousands.
    pub(super) fn read_as_thousands(&mut self, sign: char, why: &str) {
        self.read_open(Content::Integer, why);
        self.thousands = Some(sign);
    }

    /// Three digits behind each mark were decimals.
    pub(super) fn read_as_decimals(&mut self, mark: char, why: &str) {
        self.read_open(Content::Decimal { scale: 3, mark }, why);
    }

    fn read_open(&mut self, content: Content, why: &str) {
        self.content = content;
        self.odd = std::mem::take(&mut self.open_odd);
        self.doubts.clear();
        self.undecided = None;
        self.reading = Some(why.to_owned());
    }

    fn number(&mut self, name: &str, texts: &[(&str, usize)]) {
        let texts = texts.iter().map(|(text, _)| *text);
        let numbers: Vec<&str> = texts.filter(|text| !self.odd.iter().any(|(odd, _)| odd == text)).collect();
        match self.content {
            Content::Integer => self.integer(name, &numbers),
            Content::Decimal { mark, .. } => self.decimal(mark, &numbers),
            Content::Nothing | Content::Date { .. } | Content::Time | Content::Text => {}
        }
    }

    fn integer(&mut self, name: &str, numbers: &[&str]) {
        // Zeros before a number are part of a code.
        let is_code = |text: &&str| {
            text.len() > 15 || text.len() > 1 && text.trim_start_matches('-').starts_with('0') && *text != "0"
        };
        if numbers.iter().any(is_code) {
            self.content = Content::Text;
            self.odd.clear();
            return;
        }
        let values: Vec<i64> = numbers.iter().filter_map(|text| text.parse().ok()).collect();
        self.range = values.iter().min().copied().zip(values.iter().max().copied());
        self.doubts.extend(stand_in(values).map(str::to_owned).or_else(|| {
            let is_old = has_word(name, &words::AGE) && self.range.is_some_and(|(_, most)| most > OLDEST);
            is_old.then(|| format!("nobody is older than {OLDEST}: its largest numbers are no ages"))
        }));
        let years = 1850..=2150;
        let is_recent =
            self.range.is_some_and(|(least, most)| years.contains(&least) && years.contains(&most));
        let is_year_word = |word: &String| word.starts_with("anno") || word.ends_with("year");
        self.is_year =
            is_recent && (has_word(name, &words::YEAR) || words::words(name).iter().any(is_year_word));
    }

    fn decimal(&mut self, mark: char, numbers: &[&str]) {
        let decimals = |text: &&str| text.split_once(mark).map_or(0, |(_, decimals)| decimals.len());
        let scale = numbers.iter().map(decimals).max().unwrap_or(0);
        let are_three = scale == 3 && numbers.iter().map(decimals).all(|count| count == 0 || count == 3);
        // `0.123` and `1234.567` are no thousands.
        let may_be_thousands = |text: &&str| {
            let whole = text.split_once(mark).map_or("1", |(whole, _)| whole);
            let whole = whole.trim_start_matches(['-', '+']);
            (1..=3).contains(&whole.len()) && !whole.starts_with('0')
        };
        if are_three && numbers.iter().all(may_be_thousands) {
            self.doubts
                .push(format!("three digits stand behind each `{mark}`: it may be a mark of thousands"));
            self.content = Content::Text;
            self.undecided = Some(mark);
            self.open_odd = std::mem::take(&mut self.odd);
        } else if scale > usize::from(MAX_SCALE) {
            self.doubts.push(format!("numbers with {scale} decimals: {MAX_SCALE} can be kept"));
            self.content = Content::Text;
            self.odd.clear();
        } else {
            self.content = Content::Decimal { scale: scale.max(1) as u8, mark };
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self.content, Content::Integer | Content::Decimal { .. })
    }

    pub(super) fn is_date(&self) -> bool {
        matches!(self.content, Content::Date { .. })
    }
}

/// The form in which texts are numbers without thousands, the first of those that leave the fewest texts over, and these.
fn plain_numbers(texts: &[(&str, usize)], kept: usize) -> Option<(Vec<(String, usize)>, Content)> {
    type IsContent = fn(&str) -> bool;
    let forms: [(IsContent, Content); 3] = [
        (is_integer, Content::Integer),
        (|text| is_decimal(text, '.'), Content::Decimal { scale: 0, mark: '.' }),
        (|text| is_decimal(text, ','), Content::Decimal { scale: 0, mark: ',' }),
    ];
    let read = |(is_it, content)| Some((others(texts, kept, is_it)?, content));
    forms.into_iter().filter_map(read).min_by_key(|(odd, _)| numbers::unknown(odd))
}

/// The texts that are not what nearly all are; nothing where too many are not.
fn others(
    texts: &[(&str, usize)],
    kept: usize,
    is_it: impl Fn(&str) -> bool,
) -> Option<Vec<(String, usize)>> {
    let odd: Vec<(String, usize)> = texts
        .iter()
        .filter(|(text, _)| !is_it(text))
        .map(|(text, count)| ((*text).to_owned(), *count))
        .collect();
    let unknown: Vec<&(String, usize)> = odd.iter().filter(|(text, _)| mark(text).is_none()).collect();
    let unknown_rows: usize = unknown.iter().map(|(_, count)| count).sum();
    let is_whole = odd.len() < texts.len() && unknown.len() <= 5 && unknown_rows * 20 <= kept;
    is_whole.then_some(odd)
}

/// The age that nobody has passed.
const OLDEST: i64 = 122;

/// What is said where the largest number is of nines only and far from all others, or the least the only one below zero.
fn stand_in(mut values: Vec<i64>) -> Option<&'static str> {
    values.sort_unstable();
    values.dedup();
    let [least, second, .., before, last] = values.as_slice() else { return None };
    let is_nines = *last > 9 && last.to_string().bytes().all(|digit| digit == b'9');
    if is_nines && before.saturating_mul(2) < *last {
        return Some(
            "its largest number is of nines only, and far from the others: it may stand for what is not stated (`missing`), or \
             for all together (`total`)",
        );
    }
    (*least < 0 && *second >= 0)
        .then_some("one of its numbers is below zero: it may stand for what is not stated (`missing`)")
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_decimal(text: &str, mark: char) -> bool {
    match text.split_once(mark) {
        Some((whole, decimals)) => {
            let whole = whole.strip_prefix(['-', '+']).unwrap_or(whole);
            whole.bytes().all(|byte| byte.is_ascii_digit())
                && !decimals.is_empty()
                && decimals.bytes().all(|byte| byte.is_ascii_digit())
        }
        None => is_integer(text),
    }
}

fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let is_part =
        |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()) && **part < *"60";
    (2..=3).contains(&parts.len())
        && parts[0].parse::<u8>().is_ok_and(|hour| hour < 24)
        && parts[0].len() <= 2
        && parts[1..].iter().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that stand for something else are said, and nothing else is.
    #[test]
    fn numbers_that_are_none() {
        let table: [(&str, &[&str], Option<&str>); 7] = [
            ("age", &["3", "47", "88", "999"], Some("nines only")),
            ("grade", &["1", "2", "3", "99"], Some("nines only")),
            ("age", &["3", "47", "88", "99"], None),
            ("edad", &["3", "47", "88", "130"], Some("nobody is older than 122")),
            ("altitude", &["3", "47", "88", "130"], None),
            ("age", &["-1", "3", "47", "88"], Some("below zero")),
            ("balance", &["-1", "-7", "47", "88"], None),
        ];
        for (name, texts, expected) in table {
            let doubts = Profile::of(&SampleColumn::of(name, texts.iter().copied()), texts.len()).doubts;
            let is_met = match expected {
                Some(part) => doubts.len() == 1 && doubts[0].contains(part),
                None => doubts.is_empty(),
            };
            assert!(is_met, "{name} {texts:?}: {doubts:?}");
        }
    }

    #[test]
    fn contents_of_columns() {
        let decimal = |scale, mark| Content::Decimal { scale, mark };
        let date = |layout: &str, is_doubtful| Content::Date { layout: layout.to_owned(), is_doubtful };
        let table: [(&str, &[&str], Content); 23] = [
            ("n", &["1", "20", "-3"], Content::Integer),
            ("n", &["1", "20", ":", ".."], Content::Integer),
            ("code", &["01", "20"], Content::Text),
            ("n", &["1.5", "20"], decimal(1, '.')),
            ("n", &["1,50", "20"], decimal(2, ',')),
            // Thousands, or three decimals.
            ("n", &["13.171", "12.004"], Content::Text),
            ("n", &["1.081.836", "12.004"], Content::Integer),
            ("n", &["1.007,3", "12"], decimal(1, ',')),
            ("n", &["1 412", "12"], Content::Integer),
            ("n", &["0.412", "1.412"], decimal(3, '.')),
            ("n", &["1.412", "1", "2", "3", "4", "5"], Content::Text),
            ("d", &["31/12/2020", "01/02/2020"], date("%d/%m/%Y", false)),
            ("d", &["01/12/2020", "01/02/2020"], date("%d/%m/%Y", true)),
            ("d", &["12/31/2020", "01/02/2020"], date("%m/%d/%Y", false)),
            ("d", &["12 marzo 1995", "1 gen 2001"], date("%-d %b %Y", false)),
            ("d", &["12 de marzo de 1995", "1 de Setiembre de 2001"], date("%-d de %b de %Y", false)),
            ("d", &["12-MAR-1995", "01-ene-2001"], date("%-d-%b-%Y", false)),
            ("d", &["March 12, 1995", "Sept 1, 2001"], date("%b %-d, %Y", false)),
            ("d", &["12 marzo", "1 gennaio"], Content::Text),
            ("fecha", &["20201231"], date("%Y%m%d", false)),
            ("n", &["20201231"], Content::Integer),
            ("t", &["9:05", "12:30"], Content::Time),
            ("t", &["Lima", "Roma"], Content::Text),
        ];
        for (name, texts, expected) in table {
            let column = SampleColumn::of(name, texts.iter().copied());
            assert_eq!(Profile::of(&column, texts.len()).content, expected, "{texts:?}");
        }
    }
}
