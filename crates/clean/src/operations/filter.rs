//! `filter`: keeps the records whose columns hold one of the listed codes.
//!
//! A record of which the column is not stated is excluded: nobody said that it belongs to those kept.

use std::collections::HashSet;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use denizen_spec::{Bounds, StepReport};

use crate::batch;
use crate::operation::{Failure, Operation};
use crate::operations::in_part;

pub(crate) struct Filter {
    keep: Vec<(String, HashSet<String>)>,
    within: Vec<(String, Bounds)>,
    /// Bounds of dates of which some are said in part only.
    in_part: Vec<(String, Bounds)>,
}

impl Filter {
    /// `is_in_part` says of which columns some dates are said in part only.
    pub(crate) fn new(declared: &denizen_spec::Filter, is_in_part: &dyn Fn(&str) -> bool) -> Self {
        let codes = |codes: &[String]| codes.iter().cloned().collect();
        let keep = declared.keep.iter().map(|(column, kept)| (column.clone(), codes(kept))).collect();
        let bounds = declared.within.iter().cloned();
        let (in_part, within) = bounds.partition(|(column, _)| is_in_part(column));
        Self { keep, within, in_part }
    }
}

impl Operation for Filter {
    fn name(&self) -> String {
        "filter".to_owned()
    }

    fn apply(&self, batch: RecordBatch, report: &mut StepReport) -> Result<RecordBatch, Failure> {
        let mut stays = vec![true; batch.num_rows()];
        for (column, codes) in &self.keep {
            let kept = batch::words(&batch, column)?.map(|code| codes.contains(code));
            stays.iter_mut().zip(kept).for_each(|(stay, kept)| *stay &= kept == Some(true));
        }
        for (column, bounds) in &self.within {
            keep_within(&mut stays, &batch, column, bounds)?;
        }
        for (column, bounds) in &self.in_part {
            let undecided = in_part::keep_within(&mut stays, &batch, column, bounds)?;
            report.count(&format!("undecided_{column}"), undecided);
        }
        Ok(batch::keep(&batch, stays, report)?)
    }
}

/// Keeps the rows whose number or day lies within bounds.
fn keep_within(stays: &mut [bool], batch: &RecordBatch, column: &str, bounds: &Bounds) -> batch::Result<()> {
    let is_date = matches!(batch::column(batch, column)?.data_type(), DataType::Date32);
    if is_date {
        let days = batch::days(batch, column)?.iter().map(|day| day.map(i64::from));
        stays.iter_mut().zip(days).for_each(|(stay, day)| *stay &= day.is_some_and(|day| bounds.holds(day)));
    } else {
        let numbers = batch::integers(batch, column)?.iter();
        stays.iter_mut().zip(numbers).for_each(|(stay, number)| {
            *stay &= number.is_some_and(|number| bounds.holds(number));
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use denizen_spec::Limit;

    use super::*;
    use crate::test_batch::{batch, rows};

    fn filter(declared: &denizen_spec::Filter) -> Filter {
        Filter::new(declared, &|column| column == "birth")
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
            let within = vec![(column.to_owned(), bounds.clone())];
            let filter = filter(&denizen_spec::Filter { keep: Vec::new(), within });
            let mut report = StepReport { read: 5, ..StepReport::new("filter") };
            let kept = rows(&filter.apply(records, &mut report).unwrap());
            let kept: Vec<&str> = kept.split(" | ").filter(|row| !row.starts_with('-')).collect();
            assert_eq!(kept.join(" | "), expected, "{bounds:?}");
        }
    }

    #[test]
    fn keeps_what_is_listed() {
        let records = |kind: &str| {
            batch(&format!("citizenship:{kind} sex:{kind}"), "PE F | CL F | - F | PE M | PE - | PE X")
        };
        let keep = [("citizenship", vec!["PE"]), ("sex", vec!["F", "X"])]
            .map(|(column, codes)| (column.to_owned(), codes.into_iter().map(str::to_owned).collect()));
        let filter = filter(&denizen_spec::Filter { keep: keep.into(), within: Vec::new() });
        for kind in ["word", "text"] {
            let mut report = StepReport::new("filter");
            assert_eq!(rows(&filter.apply(records(kind), &mut report).unwrap()), "PE F | PE X", "{kind}");
            assert_eq!(report.excluded, 4);
        }
    }
}
