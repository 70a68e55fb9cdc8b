//! Rows that are the sums of others.

use std::collections::HashMap;

use denizen_ingest::Sample;
use denizen_spec::names_balance;

use super::numbers;

/// A code that is likely to be a total.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TotalFound {
    pub(super) text: String,
    /// Groups in which it is the sum of the others, of those that have it and others.
    pub(super) sums: usize,
    pub(super) groups: usize,
    /// Groups in which the others come to more.
    pub(super) exceeded: usize,
}

impl TotalFound {
    /// Whether it is the sum of the others wherever it stands.
    pub(super) fn is_complete(&self) -> bool {
        self.groups > 0 && self.sums == self.groups
    }
}

/// Values of cells, as whole numbers of their last decimal; none where there is no number.
pub(super) type Values = Vec<Option<i64>>;

/// Looks at each text of a column: whether its value is the sum of those of all others, with the other dimensions the same.
/// `named` says which texts are called as totals.
pub(super) fn find(
    sample: &Sample,
    dimensions: &[usize],
    column: usize,
    values: &Values,
    named: impl Fn(&str) -> bool,
) -> Option<TotalFound> {
    let texts = &sample.columns[column].texts;
    let others: Vec<usize> = dimensions.iter().copied().filter(|index| *index != column).collect();
    let mut groups: HashMap<Vec<u32>, Vec<(u32, i64)>> = HashMap::new();
    for (row, value) in values.iter().enumerate() {
        let key = others.iter().map(|index| sample.columns[*index].keys[row]).collect();
        if let Some(value) = value {
            groups.entry(key).or_default().push((sample.columns[column].keys[row], *value));
        }
    }
    let mut found: Vec<(usize, usize, usize)> = vec![(0, 0, 0); texts.len()];
    for cells in groups.values().filter(|cells| cells.len() > 2) {
        let sum: i128 = cells.iter().map(|(_, value)| i128::from(*value)).sum();
        for (key, value) in cells {
            let (twice, Some(counts)) = (2 * i128::from(*value), found.get_mut(*key as usize)) else {
                continue;
            };
            counts.0 += usize::from(twice == sum);
            counts.1 += 1;
            counts.2 += usize::from(sum > twice);
        }
    }
    let total = |index: usize| {
        let (sums, groups, exceeded) = found[index];
        TotalFound { text: texts[index].clone(), sums, groups, exceeded }
    };
    let by_name = (0..texts.len()).find(|index| named(&texts[*index]));
    // What comes in is the sum of what goes out and the balance of both, and the total of nothing.
    let has_balance = texts.iter().any(|text| names_balance(text));
    // A sum by chance is one of few groups.
    let is_sum = |index: &usize| found[*index].1 >= 3 && found[*index].0 == found[*index].1;
    let by_sums = (0..texts.len()).filter(|index| !has_balance && is_sum(index));
    let is_positive = |index: &usize| {
        let of_total =
            values.iter().enumerate().filter(|(row, _)| sample.columns[column].keys[*row] as usize == *index);
        of_total.filter_map(|(_, value)| *value).any(|value| value > 0)
    };
    by_name.or_else(|| by_sums.filter(is_positive).max_by_key(|index| found[*index].1)).map(total)
}

/// How numbers are written, and how many of their decimals are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    pub(super) scale: u8,
    pub(super) decimal_mark: char,
    pub(super) thousands: Option<char>,
}

/// The numbers of a column.
pub(super) fn values(sample: &Sample, column: usize, written: Written) -> Values {
    let of_text: Vec<Option<i64>> =
        sample.columns[column].texts.iter().map(|text| number(text, written)).collect();
    sample.columns[column].keys.iter().map(|key| of_text.get(*key as usize).copied().flatten()).collect()
}

fn number(text: &str, written: Written) -> Option<i64> {
    let Written { scale, decimal_mark, thousands } = written;
    let text = numbers::plain(text, thousands, decimal_mark)?;
    let (whole, decimals) = text.split_once(decimal_mark).unwrap_or((&text, ""));
    let digits = format!("{whole}{decimals:0<width$}", width = usize::from(scale));
    (decimals.len() <= usize::from(scale)).then(|| digits.parse().ok()).flatten()
}

/// Whether one column is the sum of the others in all rows, of which there are some.
pub(super) fn is_sum_of_others(columns: &[Values], total: usize) -> bool {
    let is_sum = |row: usize| -> Option<bool> {
        let total_of_row = i128::from(columns[total][row]?);
        let others = columns.iter().enumerate().filter(|(index, _)| *index != total);
        let parts: Vec<i64> = others.filter_map(|(_, values)| values[row]).collect();
        let sum = parts.iter().map(|value| i128::from(*value)).sum::<i128>();
        (parts.len() > 1).then_some(sum == total_of_row)
    };
    let rows = columns.first().map_or(0, Vec::len);
    let mut sums = (0..rows).filter_map(is_sum).peekable();
    sums.peek().is_some() && sums.all(|is_sum| is_sum)
}

#[cfg(test)]
mod tests {
    use denizen_ingest::SampleColumn;

    use super::*;

    #[test]
    fn totals_are_found_by_name_and_by_sums() {
        let table = [
            ("a F 1,a M 2,a Total 3,b F 1,b M 1,b Total 2", Some(("Total", true))),
            ("a F 1,a M 2,a 9 3,b F 1,b M 1,b 9 2,c F 4,c M 3,c 9 7", Some(("9", true))),
            ("a F 1,a M 2,a 9 3,b F 1,b M 1,b 9 3", None),
            ("a In 3,a Out 2,a Net 1,b In 2,b Out 1,b Net 1,c In 7,c Out 4,c Net 3", None),
            ("a F 1,a M 2,a Total 4,b F 1,b M 1,b Total 2", Some(("Total", false))),
        ];
        for (rows, expected) in table {
            let fields: Vec<Vec<&str>> = rows.split(',').map(|row| row.split(' ').collect()).collect();
            let column = |index: usize| SampleColumn::of("c", fields.iter().map(|row| row[index]));
            let sample = Sample {
                columns: vec![column(0), column(1), column(2)],
                rows: fields.len(),
                ..Sample::default()
            };
            let written = Written { scale: 0, decimal_mark: '.', thousands: None };
            let values = values(&sample, 2, written);
            let found = find(&sample, &[0, 1], 1, &values, |text| text == "Total");
            let found = found.map(|found| (found.text.clone(), found.is_complete()));
            assert_eq!(found, expected.map(|(text, is_complete)| (text.to_owned(), is_complete)), "{rows}");
        }
    }
}
