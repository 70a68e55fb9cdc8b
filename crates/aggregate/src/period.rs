//! What lies outside the period of a product is not published, and what is not finished is provisional.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Int64Type};
use arrow::error::ArrowError;
use denizen_spec::{Date, Diagnostic, Measure, Period, Pipeline, Table, time_dimension};
use polars::prelude::{DataFrame, IntoColumn, NewChunkedArray, PolarsError, PolarsResult, UInt32Chunked};

use crate::counts::{Counts, EXACT, NOTE, dimension, internal};
use crate::open_durations::OpenDurations;
use crate::status::Status;
use crate::tabulate::column;
use crate::value::Value;

/// Keeps the rows of a batch that lie in the period. A row without a year stays.
pub(crate) fn keep_period(
    period: Period,
    batch: &RecordBatch,
    year: &str,
    rows: &mut Vec<u32>,
) -> Result<(), ArrowError> {
    let years = column(batch, year)?;
    if let Some(years) = years.as_primitive_opt::<Int64Type>() {
        rows.retain(|row| {
            let row = *row as usize;
            years.is_null(row) || period.contains(years.value(row))
        });
    } else if let Some(days) = years.as_primitive_opt::<Date32Type>() {
        rows.retain(|row| {
            let row = *row as usize;
            let year = || Date::year_of(days.value(row)).map(i64::from);
            days.is_null(row) || year().is_some_and(|year| period.contains(year))
        });
    }
    Ok(())
}

/// The rows that state a year in the period.
pub(crate) fn dated_in(
    period: Period,
    batch: &RecordBatch,
    year: &str,
    rows: &[u32],
) -> Result<Vec<u32>, ArrowError> {
    let years = column(batch, year)?;
    let mut rows: Vec<u32> = rows.iter().copied().filter(|row| years.is_valid(*row as usize)).collect();
    keep_period(period, batch, year, &mut rows)?;
    Ok(rows)
}

/// Whether rates divide by a table, so that its counts of the year after the period are needed: the 1 January of that year is the end
/// of the period, of which a mean population is made. They are not published.
pub(crate) fn is_asked_after(table: &Table, pipeline: &Pipeline) -> bool {
    let mut asked = pipeline.tables.iter().flat_map(|table| &table.indicators);
    asked.any(|asked| asked.per.as_ref().is_some_and(|per| per.table == table.name))
}

impl Counts {
    /// Keeps the cells of a publication that lie in the period of the pipeline, and returns how many others there were.
    ///
    /// # Errors
    ///
    /// Only when the frame lacks a column, which is a fault of the program.
    pub fn keep_period(&mut self, table: &Table, pipeline: &Pipeline) -> Result<usize, Diagnostic> {
        let Some((period, time)) = pipeline.period.zip(time_dimension(table)) else { return Ok(0) };
        let is_inside = |value: &Value| match value {
            Value::Number(year) => period.contains(*year),
            Value::Day(day) => Date::year_of(*day).is_some_and(|year| period.contains(year.into())),
            Value::Code(_) | Value::NotStated => true,
        };
        let inside: Vec<bool> = self.dimensions[time].values().iter().map(is_inside).collect();
        let before = self.cells();
        let broken = |error: PolarsError| internal("the period", &error);
        self.after = self.year_after(table, pipeline, time, period).map_err(broken)?;
        let keep = || -> PolarsResult<_> {
            let kept = self.frame.column(&dimension(time))?.u32()?.iter();
            let kept = kept.map(|index| index.is_none_or(|index| inside[index as usize])).collect();
            self.frame.filter(&kept)
        };
        self.frame = keep().map_err(broken)?;
        Ok(before - self.cells())
    }

    /// The cells of the year after the period, where [`is_asked_after`].
    fn year_after(
        &self,
        table: &Table,
        pipeline: &Pipeline,
        time: usize,
        period: Period,
    ) -> PolarsResult<Option<DataFrame>> {
        if !is_asked_after(table, pipeline) {
            return Ok(None);
        }
        let next = period.year_after();
        let is_next: Vec<bool> = self.dimensions[time]
            .values()
            .iter()
            .map(|value| match value {
                Value::Number(year) => next.contains(*year),
                Value::Day(day) => Date::year_of(*day).is_some_and(|year| next.contains(year.into())),
                Value::Code(_) | Value::NotStated => false,
            })
            .collect();
        let times = self.frame.column(&dimension(time))?.u32()?.iter();
        let kept = times.map(|index| index.is_some_and(|index| is_next[index as usize])).collect();
        self.frame.filter(&kept).map(Some)
    }

    /// The cells, and those of the year after the period.
    pub(crate) fn with_year_after(&self) -> PolarsResult<DataFrame> {
        self.after.as_ref().map_or_else(|| Ok(self.frame.clone()), |after| self.frame.vstack(after))
    }

    /// Flags the counts that later data may still change as provisional: those of times of which a rule on which the table
    /// rests cannot know all that it asks for.
    ///
    /// # Errors
    ///
    /// Only when the frame lacks a column, which is a fault of the program.
    pub fn flag_provisional(&mut self, table: &Table, pipeline: &Pipeline) -> Result<(), Diagnostic> {
        if let Measure::Beside(_, aspect) = table.measure
            && aspect.is_estimate()
        {
            return self.flag_estimates().map_err(|error| internal("what is provisional", &error));
        }
        let rules = || pipeline.residences_behind(table);
        let Some(decided_until) = rules().map(|rule| rule.decided_until().unwrap_or(i32::MIN)).min() else {
            return Ok(());
        };
        let have_status = rules().any(denizen_spec::Residence::has_status);
        let is_open = |value: &Value| match value {
            Value::Number(year) => Some(last_day(*year).is_none_or(|day| decided_until < day)),
            Value::Day(day) => Some(decided_until < *day),
            Value::Code(_) | Value::NotStated => None,
        };
        let open: Option<Vec<bool>> = time_dimension(table).map(|time| {
            let open: Vec<_> = self.dimensions[time].values().iter().map(is_open).collect();
            // All times together, and those that are not stated, are as open as any.
            let any = open.contains(&Some(true));
            open.into_iter().map(|open| open.unwrap_or(any)).collect()
        });
        let time = time_dimension(table).zip(open);
        let followed = rules().find_map(|rule| rule.durations_in(table));
        let followed = followed.map(|durations| OpenDurations {
            durations,
            decided_until,
            dimensions: &self.dimensions,
            time: time.as_ref().map(|(time, _)| *time),
        });
        let flagged = |frame: &mut DataFrame| -> PolarsResult<()> {
            let mut open: Vec<bool> = match &time {
                None => vec![have_status; frame.height()],
                Some((time, open)) => {
                    let times = frame.column(&dimension(*time))?.u32()?.iter();
                    times.map(|time| time.is_some_and(|time| open[time as usize])).collect()
                }
            };
            if let Some(followed) = &followed {
                followed.mark(frame, &mut open)?;
            }
            let notes = open.iter().map(|is_open| is_open.then_some(Status::PROVISIONAL.bits()));
            let notes: Vec<Option<u32>> = notes.collect();
            let notes = UInt32Chunked::from_slice_options(NOTE.into(), &notes).into_column();
            frame.with_column(notes).map(|_| ())
        };
        let mut frames = std::iter::once(&mut self.frame).chain(&mut self.after);
        frames.try_for_each(flagged).map_err(|error| internal("what is provisional", &error))
    }
}

impl Counts {
    /// Estimates are provisional, for their count is not known yet. What is not there is missing, whatever it would be.
    fn flag_estimates(&mut self) -> PolarsResult<()> {
        let status = Status::ESTIMATED.and(Status::PROVISIONAL).bits();
        let notes = self.frame.column(EXACT)?.i64()?.iter().map(|value| value.map(|_| status));
        let notes: Vec<Option<u32>> = notes.collect();
        self.frame.with_column(UInt32Chunked::from_slice_options(NOTE.into(), &notes).into_column())?;
        Ok(())
    }
}

pub(crate) fn last_day(year: i64) -> Option<i32> {
    Date { year: i32::try_from(year).ok()?, month: 12, day: 31 }.days()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_table::{counts, rows};

    fn pipeline(rule: &str, dimensions: &str) -> Pipeline {
        counting("emigration", rule, dimensions)
    }

    fn counting(measure: &str, rule: &str, dimensions: &str) -> Pipeline {
        let text = format!(
            r#"
            spec = 1
            title = "t"
            vintage = "1"
            period = [1990, 2007]
            [source.s]
            files = "f"
            format = "csv"
            [source.s.columns]
            person = {{ personal = true }}
            crossed_on = {{ type = "date" }}
            direction = {{ codes = {{ E = "arrival", S = "departure" }} }}
            year = {{ type = "integer" }}
            sex = {{ codes = {{ F = "F", M = "M" }} }}
            [[clean]]
            op = "residence"
            {rule}
            [[table]]
            name = "t"
            measure = "{measure}"
            concept = "c"
            dimensions = [{dimensions}]
            "#
        );
        denizen_spec::parse(&text).unwrap()
    }

    /// Which cells are provisional.
    fn flags(pipeline: &Pipeline, mut counts: Counts) -> Vec<bool> {
        counts.flag_provisional(&pipeline.tables[0], pipeline).unwrap();
        counts.frame.column(NOTE).unwrap().u32().unwrap().iter().map(|note| note.is_some()).collect()
    }

    /// Of a year that ends after the last day of which the rule can know all, the counts are provisional.
    #[test]
    fn years_that_are_not_over_are_provisional() {
        let years = || counts(&rows(&[(["2005"], 1), (["2006"], 2), (["2007"], 3), (["_U"], 4)]), 1);
        let until = |rule: &str, day: &str| format!("rule = '{rule}'\nuntil = {day}");
        let table = [
            (until("nz_12_16", "2007-12-31"), [false, true, true, true]),
            (until("nz_12_16", "2008-04-29"), [false, true, true, true]),
            (until("nz_12_16", "2008-04-30"), [false, false, true, true]),
            (until("continuous_12", "2007-12-29"), [false, true, true, true]),
            (until("continuous_12", "2007-12-30"), [false, false, true, true]),
            (until("pe_1990_2007", "2007-05-31"), [false, false, true, true]),
            (until("pe_1990_2007", "2007-12-31"), [false; 4]),
            (until("pe_inei_2025", "2007-12-31"), [false, false, true, true]),
        ];
        for (rule, expected) in table {
            assert_eq!(flags(&pipeline(&rule, "'year'"), years()), expected, "{rule}");
        }
    }

    /// Without a time, the count has the crossings of all times.
    #[test]
    fn a_table_without_a_time_is_provisional_where_its_rule_cannot_know() {
        let sexes = || counts(&rows(&[(["F"], 1), (["M"], 2)]), 1);
        let nz = pipeline("rule = 'nz_12_16'\nuntil = 2007-12-31", "'sex'");
        assert_eq!(flags(&nz, sexes()), [true, true]);
        assert_eq!(flags(&pipeline("rule = 'pe_1990_2007'", "'sex'"), sexes()), [false, false]);
    }

    /// Which of two rules calls a crossing a migration is open as long as one of them is.
    #[test]
    fn what_is_made_from_the_answers_of_rules_is_provisional_with_them() {
        let rules = "rule = 'pe_1990_2007'
            [[clean]]
            op = 'residence'
            rule = 'nz_12_16'
            until = 2008-04-30
            [[clean]]
            op = 'derive'
            column = 'agreement'
            method = 'agreement'
            rules = ['pe_1990_2007', 'nz_12_16']";
        let years = || counts(&rows(&[(["2006"], 1), (["2007"], 2), (["2008"], 3)]), 1);
        let counted = |rules: &str, also: &str| {
            let mut pipeline = counting("count", rules, "'year'");
            pipeline.tables[0].filter = vec![(also.to_owned(), vec!["both".to_owned()])];
            flags(&pipeline, years())
        };
        let filtered = format!("{rules}\n[[clean]]\nop = 'filter'\nkeep = {{ agreement = ['both'] }}");
        let table = [
            (rules, "agreement", [false, true, true]),
            (filtered.as_str(), "sex", [false, true, true]),
            (rules, "sex", [false; 3]),
        ];
        for (rules, also, expected) in table {
            assert_eq!(counted(rules, also), expected, "{rules} {also}");
        }
    }

    #[test]
    fn cells_of_other_years_are_left_out() {
        let pipeline = pipeline("rule = 'pe_1990_2007'", "'year'");
        let mut counts = counts(&rows(&[(["1989"], 1), (["1990"], 2), (["2007"], 3), (["2008"], 4)]), 1);
        assert_eq!(counts.keep_period(&pipeline.tables[0], &pipeline).unwrap(), 2);
        assert_eq!(counts.sum().unwrap(), 5);
    }
}
