//! `filter`: keeps the rows that meet what is asked of them, or leaves them out.
//!
//! A row of which a column is not stated meets nothing: nobody said that it belongs to those kept, nor to those left out.

use std::collections::HashSet;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::DataType;
use denizen_spec::{Bounds, Comparison, StepReport, columns};

use crate::batch::{self, Result as BatchResult};
use crate::operation::{Failure, Operation};
use crate::operations::in_part;

pub(crate) struct Filter {
    keep: Conditions,
    drop: Conditions,
}

/// What is asked of a row.
pub(crate) struct Conditions {
    codes: Vec<(String, HashSet<String>)>,
    bounds: Vec<(String, Bounds)>,
    /// Bounds of dates of which some are said in part only.
    in_part: Vec<(String, Bounds)>,
}

impl Filter {
    /// `is_in_part` says of which columns some dates are said in part only.
    pub(crate) fn new(declared: &denizen_spec::Filter, is_in_part: &dyn Fn(&str) -> bool) -> Self {
        // The total of a column is of what is left out as well: what is left of it nobody counted.
        let with_total = |(column, codes): &(String, HashSet<String>)| {
            let total = std::iter::once(columns::TOTAL.to_owned());
            (column.clone(), codes.iter().cloned().chain(total).collect())
        };
        let drop = Conditions::new(&declared.drop, is_in_part);
        let codes = drop.codes.iter().map(with_total).collect();
        Self { keep: Conditions::new(&declared.keep, is_in_part), drop: Conditions { codes, ..drop } }
    }
}

impl Operation for Filter {
    fn name(&self) -> String {
        "filter".to_owned()
    }

    fn apply(&self, batch: RecordBatch, report: &mut StepReport) -> Result<RecordBatch, Failure> {
        let mut stays = self.keep.met(&batch, false, report)?;
        if !self.drop.is_empty() {
            let goes = self.drop.met(&batch, true, report)?;
            stays.iter_mut().zip(goes).for_each(|(stays, goes)| *stays &= !goes);
        }
        Ok(batch::keep(&batch, stays, report)?)
    }
}

impl Conditions {
    pub(crate) fn new(declared: &denizen_spec::Conditions, is_in_part: &dyn Fn(&str) -> bool) -> Self {
        let codes = |codes: &[String]| codes.iter().cloned().collect();
        let codes = declared.codes.iter().map(|(column, wanted)| (column.clone(), codes(wanted)));
        let (in_part, bounds) = declared.bounds.iter().cloned().partition(|(column, _)| is_in_part(column));
        Self { codes: codes.collect(), bounds, in_part }
    }

    fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.bounds.is_empty() && self.in_part.is_empty()
    }

    /// Which rows meet all of it. Of cells, totals of a column of numbers or dates have none: whether they meet its bounds is
    /// said by `totals`. A date that is said in part meets bounds if all days do that it can be; where only some do, that is
    /// counted.
    pub(crate) fn met(
        &self,
        batch: &RecordBatch,
        totals: bool,
        report: &mut StepReport,
    ) -> BatchResult<Vec<bool>> {
        let mut met = vec![true; batch.num_rows()];
        for (column, codes) in &self.codes {
            let wanted = batch::words(batch, column)?.map(|code| codes.contains(code));
            met.iter_mut().zip(wanted).for_each(|(met, wanted)| *met &= wanted == Some(true));
        }
        let of_totals = |met: &[bool], column: &str, bounds: &Bounds| -> BatchResult<Vec<(usize, bool)>> {
            let rows = total_rows(batch, column, bounds)?;
            Ok(rows.into_iter().map(|row| (row, met[row] && totals)).collect())
        };
        for (column, bounds) in &self.bounds {
            let decided = of_totals(&met, column, bounds)?;
            keep_within(&mut met, batch, column, bounds)?;
            decided.into_iter().for_each(|(row, is_met)| met[row] = is_met);
        }
        for (column, bounds) in &self.in_part {
            let decided = of_totals(&met, column, bounds)?;
            let undecided = in_part::keep_within(&mut met, batch, column, bounds)?;
            report.count(&format!("undecided_{column}"), undecided);
            decided.into_iter().for_each(|(row, is_met)| met[row] = is_met);
        }
        Ok(met)
    }
}

/// The rows that are of the total of a column, or of one that it is compared with: whatever stands in the place of their number or
/// code is none to be compared.
pub(crate) fn total_rows(batch: &RecordBatch, column: &str, bounds: &Bounds) -> BatchResult<Vec<usize>> {
    let mut rows = Vec::new();
    for name in std::iter::once(column).chain(bounds.beside.iter().map(|(_, other)| other.as_str())) {
        let is_number = matches!(batch::column(batch, name)?.data_type(), DataType::Date32 | DataType::Int64);
        let flags = batch.column_by_name(&columns::is_total(name)).and_then(|flags| flags.as_boolean_opt());
        let are_totals: Vec<Option<bool>> = match flags {
            Some(flags) => flags.iter().collect(),
            None if is_number => continue,
            None => batch::words(batch, name)?.map(|code| code == columns::TOTAL),
        };
        rows.extend((0..batch.num_rows()).filter(|row| are_totals[*row] == Some(true)));
    }
    Ok(rows)
}

/// Keeps the rows whose number or day lies within bounds, and is beside other columns as they say.
pub(crate) fn keep_within(
    met: &mut [bool],
    batch: &RecordBatch,
    column: &str,
    bounds: &Bounds,
) -> BatchResult<()> {
    let has_limits = Bounds { beside: Vec::new(), ..bounds.clone() } != Bounds::default();
    if has_limits {
        let is_date = matches!(batch::column(batch, column)?.data_type(), DataType::Date32);
        if is_date {
            let days = batch::days(batch, column)?.iter().map(|day| day.map(i64::from));
            met.iter_mut().zip(days).for_each(|(met, day)| *met &= day.is_some_and(|day| bounds.holds(day)));
        } else {
            let numbers = batch::integers(batch, column)?.iter();
            met.iter_mut().zip(numbers).for_each(|(met, number)| {
                *met &= number.is_some_and(|number| bounds.holds(number));
            });
        }
    }
    bounds.beside.iter().try_for_each(|(comparison, other)| compare(met, batch, *comparison, [column, other]))
}

/// Keeps the rows whose value in one column is so beside that in another.
fn compare(
    met: &mut [bool],
    batch: &RecordBatch,
    comparison: Comparison,
    [one, other]: [&str; 2],
) -> BatchResult<()> {
    fn keep<T: Ord>(
        met: &mut [bool],
        comparison: Comparison,
        pairs: impl Iterator<Item = (Option<T>, Option<T>)>,
    ) {
        met.iter_mut().zip(pairs).for_each(|(met, (one, other))| {
            *met &= one.zip(other).is_some_and(|(one, other)| comparison.holds(one, other));
        });
    }
    if matches!(batch::column(batch, one)?.data_type(), DataType::Date32 | DataType::Int64) {
        let (one, other) = (numbers(batch, one)?, numbers(batch, other)?);
        keep(met, comparison, one.into_iter().zip(other));
    } else {
        let (one, other) = (batch::words(batch, one)?, batch::words(batch, other)?);
        keep(met, comparison, (0..batch.num_rows()).map(|row| (one.get(row), other.get(row))));
    }
    Ok(())
}

/// The numbers of a column, or its days as numbers.
fn numbers(batch: &RecordBatch, column: &str) -> BatchResult<Vec<Option<i64>>> {
    if matches!(batch::column(batch, column)?.data_type(), DataType::Date32) {
        Ok(batch::days(batch, column)?.iter().map(|day| day.map(i64::from)).collect())
    } else {
        Ok(batch::integers(batch, column)?.iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use denizen_spec::Limit;

    use super::*;
    use crate::test_batch::{batch, rows};

    fn keeping(keep: denizen_spec::Conditions) -> Filter {
        Filter::new(&denizen_spec::Filter { keep, ..Default::default() }, &|_| false)
    }

    fn dropping(drop: denizen_spec::Conditions) -> Filter {
        Filter::new(&denizen_spec::Filter { drop, ..Default::default() }, &|_| false)
    }

    /// Rows by what a column is beside another one. What one of them does not state meets nothing.
    #[test]
    fn columns_are_compared() {
        let records = batch(
            "entry:day exit:day n:integer m:integer born here:text there:text",
            "2020-01-01 2020-01-02 1 1 PE a b | 2020-01-02 2020-01-01 1 2 PE a a | 2020-01-01 2020-01-01 2 1 EC b - | - 2020-01-01 - 1 - - -",
        );
        use Comparison::{After, Before, From, SameAs, To};
        let table = [
            ("exit", vec![(After, "entry")], "0", "1 2 3"),
            ("exit", vec![(From, "entry")], "0 2", "1 3"),
            ("exit", vec![(Before, "entry")], "1", "0 2 3"),
            ("exit", vec![(To, "entry")], "1 2", "0 3"),
            ("exit", vec![(SameAs, "entry")], "2", "0 1 3"),
            ("exit", vec![(From, "entry"), (To, "entry")], "2", "0 1 3"),
            ("n", vec![(Before, "m")], "1", "0 2 3"),
            ("n", vec![(SameAs, "m")], "0", "1 2 3"),
            ("here", vec![(SameAs, "there")], "1", "0 2 3"),
        ];
        let all = rows(&records);
        let of = |found: RecordBatch| {
            let found = rows(&found);
            let number = |row: &str| all.split(" | ").position(|known| known == row).unwrap().to_string();
            let numbers: Vec<String> = found.split(" | ").filter(|row| !row.is_empty()).map(number).collect();
            numbers.join(" ")
        };
        for (column, beside, kept, dropped) in table {
            let beside: Vec<_> = beside.into_iter().map(|(how, other)| (how, other.to_owned())).collect();
            let bounds = vec![(column.to_owned(), Bounds { beside, ..Bounds::default() })];
            let asked = denizen_spec::Conditions { bounds, codes: Vec::new() };
            let mut report = StepReport::new("filter");
            let of_keep = keeping(asked.clone()).apply(records.clone(), &mut report).unwrap();
            let of_drop = dropping(asked.clone()).apply(records.clone(), &mut report).unwrap();
            assert_eq!((of(of_keep).as_str(), of(of_drop).as_str()), (kept, dropped), "{asked:?}");
        }
    }

    /// A row goes that meets all that is asked; totals go with what they are of.
    #[test]
    fn leaves_out_what_is_listed() {
        let records = batch("citizenship:word sex:word", "IT F | IT M | PE F | - F | _T F | PE _T");
        let codes = |columns: &[(&str, &str)]| {
            columns.iter().map(|(column, code)| ((*column).to_owned(), vec![(*code).to_owned()])).collect()
        };
        let table = [
            (codes(&[("citizenship", "IT")]), "PE F | - F | PE _T"),
            (codes(&[("citizenship", "IT"), ("sex", "F")]), "IT M | PE F | - F | PE _T"),
            (codes(&[("citizenship", "XX")]), "IT F | IT M | PE F | - F | PE _T"),
        ];
        for (codes, expected) in table {
            let asked = denizen_spec::Conditions { codes, bounds: Vec::new() };
            let mut report = StepReport::new("filter");
            assert_eq!(rows(&dropping(asked).apply(records.clone(), &mut report).unwrap()), expected);
        }
    }

    /// The total of a column of numbers has none, whatever stands there.
    #[test]
    fn totals_of_numbers_lie_within_no_bounds() {
        let flags = arrow::array::BooleanArray::from(vec![false, true, false]);
        let cells = batch("age:integer", "0 | 0 | 9");
        let cells = batch::with_column(cells, &columns::is_total("age"), std::sync::Arc::new(flags)).unwrap();
        let asked = denizen_spec::Conditions {
            codes: Vec::new(),
            bounds: vec![("age".to_owned(), Bounds { to: Some(Limit::Number(5)), ..Bounds::default() })],
        };
        let mut report = StepReport::new("filter");
        let kept = keeping(asked.clone()).apply(cells.clone(), &mut report).unwrap();
        let left = dropping(asked).apply(cells, &mut report).unwrap();
        assert_eq!((kept.num_rows(), left.num_rows()), (1, 1));
        assert_eq!(batch::integers(&left, "age").unwrap().value(0), 9);
    }

    #[test]
    fn keeps_what_lies_within_bounds() {
        let number = |number| Some(Limit::Number(number));
        let day = |text: &str| Limit::Date(text.parse().unwrap());
        let none = Bounds::default;
        let table = [
            ("age", Bounds { from: number(18), to: number(64), ..none() }, "18 2019-12-31 | 64 2020-01-01"),
            ("age", Bounds { after: number(17), before: number(64), ..none() }, "18 2019-12-31"),
            (
                "age",
                Bounds { values: vec![Limit::Number(17), Limit::Number(65)], ..none() },
                "17 2018-12-31 | 65 -",
            ),
            ("day", Bounds { every: Some((12, 31)), ..none() }, "17 2018-12-31 | 18 2019-12-31"),
            (
                "day",
                Bounds { every: Some((12, 31)), from: Some(day("2019-01-01")), ..none() },
                "18 2019-12-31",
            ),
            ("day", Bounds { before: Some(day("2020-01-01")), ..none() }, "17 2018-12-31 | 18 2019-12-31"),
            ("day", Bounds { values: vec![day("2020-01-01")], ..none() }, "64 2020-01-01"),
        ];
        for (column, bounds, expected) in table {
            let records = batch(
                "age:integer day:day",
                "17 2018-12-31 | 18 2019-12-31 | 64 2020-01-01 | 65 - | - 2017-06-01",
            );
            let bounds = vec![(column.to_owned(), bounds.clone())];
            let asked = denizen_spec::Conditions { bounds: bounds.clone(), codes: Vec::new() };
            let mut report = StepReport { read: 5, ..StepReport::new("filter") };
            let kept = rows(&keeping(asked.clone()).apply(records.clone(), &mut report).unwrap());
            let named: Vec<&str> = kept.split(" | ").filter(|row| !row.starts_with('-')).collect();
            assert_eq!(named.join(" | "), expected, "{bounds:?}");
            // What goes is what would have stayed.
            let dropped = rows(&dropping(asked).apply(records.clone(), &mut report).unwrap());
            let both = [kept.as_str(), dropped.as_str()].into_iter().flat_map(|rows| rows.split(" | "));
            let both: std::collections::BTreeSet<&str> = both.filter(|row| !row.is_empty()).collect();
            let all = rows(&records);
            assert_eq!(both, all.split(" | ").collect(), "{bounds:?}");
        }
    }

    #[test]
    fn keeps_what_is_listed() {
        let records = |kind: &str| {
            batch(&format!("citizenship:{kind} sex:{kind}"), "PE F | CL F | - F | PE M | PE - | PE X")
        };
        let keep = [("citizenship", vec!["PE"]), ("sex", vec!["F", "X"])]
            .map(|(column, codes)| (column.to_owned(), codes.into_iter().map(str::to_owned).collect()));
        let filter = keeping(denizen_spec::Conditions { codes: keep.into(), bounds: Vec::new() });
        for kind in ["word", "text"] {
            let mut report = StepReport::new("filter");
            assert_eq!(rows(&filter.apply(records(kind), &mut report).unwrap()), "PE F | PE X", "{kind}");
            assert_eq!(report.excluded, 4);
        }
    }
}
