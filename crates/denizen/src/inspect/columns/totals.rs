//! Which value of a column is the total of the others.

use super::super::shape::Role;
use super::super::toml_text::{quoted, shown};
use super::super::totals::{self, TotalFound};
use super::super::words::{self, has_word};
use super::{ColumnLine, Columns};

impl Columns<'_> {
    pub(super) fn find_total(&self, index: usize) -> Option<TotalFound> {
        let dimensions: Vec<usize> =
            (0..self.shape.roles.len()).filter(|index| self.shape.roles[*index] == Role::Dimension).collect();
        let mut sum: Option<TotalFound> = None;
        for values in self.values() {
            let found = totals::find(&self.found.sample, &dimensions, index, &values, words::is_total_text)?;
            sum = match sum {
                None => Some(found),
                Some(sum) if sum.text == found.text => Some(TotalFound {
                    text: sum.text,
                    sums: sum.sums + found.sums,
                    groups: sum.groups + found.groups,
                    exceeded: sum.exceeded + found.exceeded,
                }),
                Some(_) => return None,
            };
        }
        sum
    }

    pub(super) fn total(&self, index: usize, text: &str, line: &mut ColumnLine) {
        match self.find_total(index).filter(|found| found.text == text) {
            Some(found) => self.total_line(&found, line),
            None => line.settings.push(("total", quoted(text))),
        }
    }

    pub(super) fn total_line(&self, total: &TotalFound, line: &mut ColumnLine) {
        line.settings.push(("total", quoted(&total.text)));
        let TotalFound { sums, groups, exceeded, .. } = total;
        if total.is_complete() {
            line.settings.push(("complete", "true".to_owned()));
            line.comments
                .push(format!("{} is the sum of the others in all {groups} groups", shown(&total.text)));
        } else if *exceeded > 0 {
            line.settings.push(("compare", "false".to_owned()));
            line.comments.push(format!(
                "DOUBT: {} is the sum of the others in {sums} of {groups} groups, and less in {exceeded}: some codes are parts of others, or values are rounded",
                shown(&total.text)
            ));
        } else {
            line.comments.push(format!(
                "{} is called as a total, and the sum of the others in {sums} of {groups} groups",
                shown(&total.text)
            ));
        }
    }

    /// The column that is the sum of the others in every row.
    pub(super) fn total_column(&self, columns: &[usize]) -> Option<(usize, TotalFound)> {
        let values: Vec<totals::Values> = columns
            .iter()
            .map(|index| totals::values(&self.found.sample, *index, self.written(*index)))
            .collect();
        let named = columns.iter().position(|index| words::is_total_text(&self.found.names[*index]));
        let named = named.or_else(|| {
            columns.iter().position(|index| has_word(&self.found.names[*index], &words::TOTALS))
        })?;
        let mut found =
            TotalFound { text: self.found.names[columns[named]].clone(), sums: 0, groups: 0, exceeded: 0 };
        for row in 0..self.found.sample.rows {
            let Some(total) = values[named][row] else { continue };
            let parts: Vec<i64> = values
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != named)
                .filter_map(|(_, values)| values[row])
                .collect();
            if parts.is_empty() {
                continue;
            }
            let sum: i128 = parts.iter().map(|value| i128::from(*value)).sum();
            found.groups += 1;
            found.sums += usize::from(sum == i128::from(total));
            found.exceeded += usize::from(sum > i128::from(total));
        }
        Some((columns[named], found))
    }
}
