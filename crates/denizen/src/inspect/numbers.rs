//! Numbers that are not written plainly: which signs group their digits, and what the totals say where that is open.

use denizen_ingest::FoundFile;
use denizen_spec::{Minus, NumberForm, Thousands};

use super::profile::{Content, Profile, mark};
use super::totals::{self, Written};
use super::words::{self, has_word};

/// Signs between groups of three digits, and the decimal mark beside them.
const GROUPED: [(char, Thousands, char); 6] = [
    ('.', Thousands::Point, ','),
    (',', Thousands::Comma, '.'),
    (' ', Thousands::Blank, ','),
    (' ', Thousands::Blank, '.'),
    ('\'', Thousands::Apostrophe, '.'),
    ('\'', Thousands::Apostrophe, ','),
];

/// A number as it is written plainly; none where it is no number with these marks.
pub(super) fn plain(text: &str, thousands: Option<char>, decimal_mark: char) -> Option<String> {
    let of_sign = GROUPED.iter().find(|(sign, ..)| Some(*sign) == thousands).map(|(_, form, _)| *form);
    let form = NumberForm { thousands: of_sign, ..NumberForm::default() };
    form.plain(text, u8::try_from(decimal_mark).ok()?)
}

/// Texts that are read as numbers with groups of digits.
pub(super) struct Grouped {
    pub(super) thousands: char,
    pub(super) decimal_mark: char,
    pub(super) scale: usize,
    /// Texts that are none of them.
    pub(super) odd: Vec<(String, usize)>,
}

/// The signs with which most texts are numbers, where at least one has several groups of digits.
pub(super) fn grouped(
    texts: &[(&str, usize)],
    others: impl Fn(&dyn Fn(&str) -> bool) -> Option<Vec<(String, usize)>>,
) -> Option<Grouped> {
    let read = |(thousands, _, decimal_mark): (char, Thousands, char)| {
        let is_number = |text: &str| plain(text, Some(thousands), decimal_mark).is_some();
        let odd = others(&is_number)?;
        let numbers = || texts.iter().map(|(text, _)| *text).filter(|text| is_number(text));
        let has_groups = |text: &str| plain(text, None, decimal_mark).is_none();
        // Zeros before a number are part of a code.
        let is_code = |text: &str| text.starts_with('0') && has_groups(text);
        let scale =
            numbers().map(|text| text.split_once(decimal_mark).map_or(0, |(_, rest)| rest.len())).max();
        // `1.412` beside `1,980`: which of the two are decimals, nothing tells.
        let decimals = |text: &str| text.split_once(decimal_mark).map(|(_, decimals)| decimals.len());
        let is_open = |text: &str| decimals(text) == Some(3) && !text.contains(thousands);
        let is_clear =
            !numbers().any(is_open) || numbers().any(|text| decimals(text).is_some() && !is_open(text));
        let is_grouped = numbers().any(has_groups) && !numbers().any(is_code) && is_clear;
        is_grouped.then_some(Grouped { thousands, decimal_mark, scale: scale?, odd })
    };
    GROUPED.into_iter().filter_map(read).min_by_key(|read| unknown(&read.odd))
}

/// How many of the texts that are no numbers are no usual marks either.
pub(super) fn unknown(odd: &[(String, usize)]) -> usize {
    odd.iter().filter(|(text, _)| mark(text).is_none()).count()
}

/// Of texts of which most are numbers with signs around them (brackets, a hyphen, a note): those that are not written plainly.
pub(super) fn noted(texts: &[(&str, usize)], kept: usize) -> Vec<String> {
    let rows = |is_it: &dyn Fn(&str) -> bool| -> usize {
        texts.iter().filter(|(text, _)| is_it(text)).map(|(_, count)| count).sum()
    };
    // Beside commas, points are not plainly those before decimals.
    let has_commas = texts.iter().any(|(text, _)| text.contains(','));
    let is_plain = |text: &str| plain(text, None, '.').is_some() && !(has_commas && text.contains('.'));
    let is_like = |text: &str| is_signed(text) || is_signed(without_note(text));
    let is_likely =
        |text: &str| is_like(text) || is_like(text.trim_end_matches(char::is_alphabetic).trim_end());
    let has_zeros = texts.iter().any(|(text, _)| {
        text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
    });
    let known = rows(&|text| is_likely(text) || mark(text).is_some());
    let is_numbers = !has_zeros && rows(&is_like) * 2 >= kept && known * 10 >= kept * 9;
    let odd = texts.iter().map(|(text, _)| *text).filter(|text| !is_plain(text) && mark(text).is_none());
    if is_numbers { odd.map(str::to_owned).collect() } else { Vec::new() }
}

/// Whether a text is a number with groups, decimals or another sign for negative ones.
fn is_signed(text: &str) -> bool {
    let minus = [None, Some(Minus::Sign), Some(Minus::Trailing), Some(Minus::Brackets)];
    text.starts_with(|c: char| c.is_ascii_digit() || "-+(\u{2212}\u{2013}".contains(c))
        && GROUPED.iter().any(|(_, thousands, decimal_mark)| {
            minus.iter().any(|minus| {
                let form = NumberForm { thousands: Some(*thousands), minus: *minus, ..NumberForm::default() };
                form.plain(text, *decimal_mark as u8).is_some()
            })
        })
}

/// A text without what points to a note behind it: `55*`, `100(a)`, `7 [2]`.
fn without_note(text: &str) -> &str {
    let text = text.trim_end_matches(['*', '†', '‡', '°', '^', '¹', '²', '³']).trim_end();
    let note = |open: char, close: char| {
        let (number, note) = text.strip_suffix(close)?.rsplit_once(open)?;
        (!number.is_empty() && note.chars().count() <= 3).then(|| number.trim_end())
    };
    note('(', ')').or_else(|| note('[', ']')).unwrap_or(text)
}

/// Decides of columns with three digits behind each mark whether they are thousands or decimals: by a column that tells, or by
/// sums that hold with one reading alone. What nothing tells stays open.
pub(super) fn decide(found: &FoundFile, profiles: &mut [Profile]) {
    for sign in ['.', ','] {
        let open: Vec<usize> =
            (0..profiles.len()).filter(|index| profiles[*index].undecided == Some(sign)).collect();
        if open.is_empty() {
            continue;
        }
        let other = if sign == '.' { ',' } else { '.' };
        let has_thousands = profiles.iter().any(|profile| {
            profile.thousands == Some(sign)
                || matches!(profile.content, Content::Decimal { mark, .. } if mark == other)
        });
        if has_thousands {
            let why = format!("another column shows that `{sign}` stands between thousands");
            open.iter().for_each(|index| profiles[*index].read_as_thousands(sign, &why));
            continue;
        }
        let thousands = Written { scale: 0, decimal_mark: other, thousands: Some(sign) };
        let decimals = Written { scale: 3, decimal_mark: sign, thousands: None };
        let adds_up = |written| adds_up(found, profiles, &open, written);
        match (adds_up(thousands), adds_up(decimals)) {
            (true, false) => {
                let why =
                    format!("the totals add up where `{sign}` stands between thousands, and not otherwise");
                open.iter().for_each(|index| profiles[*index].read_as_thousands(sign, &why));
            }
            (false, true) => {
                let why =
                    format!("the totals add up where `{sign}` stands before decimals, and not otherwise");
                open.iter().for_each(|index| profiles[*index].read_as_decimals(sign, &why));
            }
            (true, true) | (false, false) => {}
        }
    }
}

/// Whether a total is the sum of the others wherever it stands: a column of each row, or a row of a column.
fn adds_up(found: &FoundFile, profiles: &[Profile], open: &[usize], written: Written) -> bool {
    let names = &found.names;
    let is_value = |index: usize| {
        open.contains(&index)
            || profiles[index].is_number()
                && !profiles[index].is_year
                && !has_word(&names[index], &words::CODES)
    };
    let (values, keys): (Vec<usize>, Vec<usize>) = (0..names.len()).partition(|index| is_value(*index));
    let keys: Vec<usize> =
        keys.into_iter().filter(|index| profiles[*index].content != Content::Nothing).collect();
    let of_column = |index: &usize| totals::values(&found.sample, *index, written);
    let is_sum = |index: &usize| {
        let numbers = of_column(index);
        keys.iter().any(|key| {
            let find =
                |keys: &[usize]| totals::find(&found.sample, keys, *key, &numbers, words::is_total_text);
            [find(&keys), find(&[*key])].into_iter().flatten().any(|total| total.is_complete())
        })
    };
    let columns: Vec<totals::Values> = values.iter().map(of_column).collect();
    let total = values.iter().position(|index| has_word(&names[*index], &words::TOTALS));
    let of_columns = total.is_some_and(|total| totals::is_sum_of_others(&columns, total));
    of_columns || open.iter().any(is_sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_signs_around_them() {
        let table: [(&[&str], &[&str]); 7] = [
            (&["12", "(20)", "5-"], &["(20)", "5-"]),
            (&["100(a)", "55*", "7"], &["100(a)", "55*"]),
            (&["12", "1.412", "1,412"], &["1.412", "1,412"]),
            (&["12", "15", "7 p", ".."], &["7 p"]),
            // Ages, codes and words are no values.
            (&["0-14", "15-64", "65+"], &[]),
            (&["022001", "022002*"], &[]),
            (&["1A", "2B", "Lima"], &[]),
        ];
        for (texts, expected) in table {
            let texts: Vec<(&str, usize)> = texts.iter().map(|text| (*text, 1)).collect();
            assert_eq!(noted(&texts, texts.len()), expected, "{texts:?}");
        }
    }
}
