//! `expand`: a record with a first and a last day becomes one row for each reference date that it covers.
//!
//! Counting the rows of a date gives the stock of that day: the persons, permits or stays that were there. Both ends of
//! a record are included (the usage of population registers: who leaves on a day was there on it).

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Date32Array, RecordBatch, UInt32Array};
use denizen_spec::{Code, Date, Diagnostic, Path, StepReport};

use crate::batch;
use crate::operation::{Context, Failure, Operation};
use crate::operations::holders::rows_of;

pub(crate) struct Expand {
    first: String,
    last: String,
    /// The reference dates in order, as days since 1970-01-01.
    dates: Vec<i32>,
    until: Option<i32>,
    column: String,
    path: Path,
}

/// What a record covers.
enum Coverage {
    /// Reference dates, possibly none of them.
    Dates(Range<usize>),
    /// Nobody said when it begins.
    NoFirstDay,
    /// It ends before it begins.
    Reversed,
    /// Nobody said when it ends, nor until when that was observed.
    OpenEnd,
}

impl Expand {
    pub(crate) fn new(declared: &denizen_spec::Expand, context: &Context<'_>) -> Self {
        Self {
            first: declared.first.clone(),
            last: declared.last.clone(),
            dates: declared.dates.dates().filter_map(Date::days).collect(),
            until: declared.until.and_then(Date::days),
            column: declared.column.clone(),
            path: context.path.clone(),
        }
    }

    fn coverage(&self, first: Option<i32>, last: Option<i32>) -> Coverage {
        let Some(first) = first else { return Coverage::NoFirstDay };
        if last.is_some_and(|last| last < first) {
            return Coverage::Reversed;
        }
        let Some(last) = last.or(self.until) else { return Coverage::OpenEnd };
        if last < first {
            // A record without a last day that begins after what was observed covers nothing, and is no mistake.
            return Coverage::Dates(0..0);
        }
        let start = self.dates.partition_point(|date| *date < first);
        let end = self.dates.partition_point(|date| *date <= last);
        Coverage::Dates(start..end)
    }

    fn open_end(&self) -> Diagnostic {
        Diagnostic::error(Code::OpenEnd, format!("records have no `{}`", self.last))
            .at(self.path.clone(), "how long they last is not known")
            .help("say until when the data were observed, such as `until = 2024-12-31`: they last at least until then")
    }
}

impl Operation for Expand {
    fn name(&self) -> String {
        format!("expand {}", self.column)
    }

    fn apply(
        &self,
        batch: RecordBatch,
        report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        let firsts = batch::days(&batch, &self.first)?;
        let lasts = batch::days(&batch, &self.last)?;
        let mut rows: Vec<u32> = Vec::with_capacity(batch.num_rows());
        let mut dates: Vec<i32> = Vec::with_capacity(batch.num_rows());
        let (mut without_first_day, mut reversed) = (0, 0);
        for (row, (first, last)) in (0_u32..).zip(firsts.iter().zip(lasts.iter())) {
            match self.coverage(first, last) {
                Coverage::Dates(covered) if covered.is_empty() => report.excluded += 1,
                Coverage::Dates(covered) => {
                    report.made += covered.len() as u64 - 1;
                    rows.extend(covered.clone().map(|_| row));
                    dates.extend(&self.dates[covered]);
                }
                Coverage::NoFirstDay => {
                    report.excluded += 1;
                    without_first_day += 1;
                }
                Coverage::Reversed => {
                    report.excluded += 1;
                    reversed += 1;
                }
                Coverage::OpenEnd => return Err(self.open_end().into()),
            }
        }
        report.count("rows_without_first_day", without_first_day);
        report.count("rows_that_end_before_they_begin", reversed);
        let expanded = rows_of(&batch, &UInt32Array::from(rows))?;
        Ok(batch::with_column(expanded, &self.column, Arc::new(Date32Array::from(dates)))?)
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::ArrayRef;
    use proptest::prelude::*;

    use super::*;
    use crate::test_batch::{batch, rows};

    fn expand(dates: &[&str], until: Option<&str>) -> Expand {
        let day = |text: &str| text.parse().ok().and_then(Date::days).unwrap();
        Expand {
            first: "first".to_owned(),
            last: "last".to_owned(),
            dates: dates.iter().map(|text| day(text)).collect(),
            until: until.map(day),
            column: "on".to_owned(),
            path: Path::root(),
        }
    }

    #[test]
    fn a_record_is_there_on_the_dates_from_its_first_day_to_its_last() {
        let records = "
            a 2007-01-01 2007-12-31
            b 2008-01-01 2008-01-01
            c 2007-06-01 2010-01-01
            d 2008-01-02 2008-12-31
            e -          2009-01-01
            f 2009-01-01 2008-01-01
            g 2008-06-01 -
            h 2011-01-01 -
            i 2010-07-01 2010-06-30";
        let table = records.trim().lines().map(str::trim).collect::<Vec<_>>().join(" | ");
        let expand = expand(&["2008-01-01", "2009-01-01", "2010-01-01"], Some("2010-06-30"));
        let mut report = StepReport::new("expand");
        let records = batch("id first:day last:day", &table);
        let made = expand.apply(records, &mut report).unwrap().project(&[0, 3]).unwrap();
        assert_eq!(
            rows(&made),
            "b 2008-01-01 | c 2008-01-01 | c 2009-01-01 | c 2010-01-01 | g 2009-01-01 | g 2010-01-01"
        );
        assert_eq!((report.excluded, report.made), (6, 3));
        let counts = [("rows_without_first_day", 1), ("rows_that_end_before_they_begin", 2)];
        assert_eq!(report.counts, counts.map(|(name, count)| (name.to_owned(), count)));
    }

    #[test]
    fn an_open_end_needs_to_know_until_when_it_was_observed() {
        let records = batch("first:day last:day", "2008-06-01 -");
        let failure = expand(&["2009-01-01"], None).apply(records, &mut StepReport::new("expand"));
        match failure {
            Err(Failure::Data(fault)) => assert_eq!(fault.code, Code::OpenEnd),
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        /// The stock of a date is, by definition, the records that begin on it or before and end on it or after.
        #[test]
        fn the_rows_of_a_date_are_its_stock(
            records in proptest::collection::vec((0..40_i32, 0..40_i32), 0..30),
            dates in proptest::collection::btree_set(0..40_i32, 1..6),
        ) {
            let dates: Vec<i32> = dates.into_iter().collect();
            let expand = Expand { dates: dates.clone(), ..expand(&[], None) };
            let column = |days: Vec<i32>| -> ArrayRef { Arc::new(Date32Array::from(days)) };
            let batch = RecordBatch::try_from_iter([
                ("first", column(records.iter().map(|(first, _)| *first).collect())),
                ("last", column(records.iter().map(|(_, last)| *last).collect())),
            ]).unwrap();
            let mut report = StepReport { read: records.len() as u64, ..StepReport::new("expand") };
            let made = expand.apply(batch, &mut report).unwrap();
            prop_assert_eq!(report.accepted(), Some(made.num_rows() as u64));
            let on = batch::days(&made, "on").unwrap();
            for date in dates {
                let stock = records.iter().filter(|(first, last)| (*first..=*last).contains(&date)).count();
                prop_assert_eq!(on.iter().filter(|day| *day == Some(date)).count(), stock);
            }
        }
    }
}
