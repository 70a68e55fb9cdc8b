//! The cleaned records of a source: one Parquet file for each year, persons as pseudonyms.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use denizen_spec::{Code, Date, Diagnostic, columns};
use polars::prelude::*;

use crate::export::parquet::{self, Writer};

/// Writes the cleaned records of one source.
///
/// The folder is partitioned by year only: readers of partitioned folders take codes such as `058` for numbers.
pub struct Records {
    folder: PathBuf,
    years: BTreeMap<Option<i64>, (PathBuf, Writer)>,
}

impl Records {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, years: BTreeMap::new() }
    }

    /// Adds records. The order in which frames are added is the order of the rows.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn add(&mut self, frame: &DataFrame) -> Result<(), Diagnostic> {
        for (year, rows) in self.by_year(frame).map_err(|error| broken(&error))? {
            let columns = parquet::columns(&rows, &[columns::YEAR]).map_err(|error| broken(&error))?;
            if !self.years.contains_key(&year) {
                let path = self.folder.join(folder_of(year)).join("part-0.parquet");
                let writer = Writer::create(&path, &columns, &[])?;
                self.years.insert(year, (path, writer));
            }
            if let Some((path, writer)) = self.years.get_mut(&year) {
                writer.write(path, columns)?;
            }
        }
        Ok(())
    }

    /// Closes the files and returns the number of records.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn finish(self) -> Result<u64, Diagnostic> {
        self.years.into_values().map(|(path, writer)| writer.close(&path)).sum()
    }

    /// The rows of each year.
    fn by_year(&self, frame: &DataFrame) -> PolarsResult<Vec<(Option<i64>, DataFrame)>> {
        let mut rows: BTreeMap<Option<i64>, Vec<IdxSize>> = BTreeMap::new();
        for (row, year) in years(frame)?.into_iter().enumerate() {
            rows.entry(year).or_default().push(row as IdxSize);
        }
        let take = |(year, rows)| Ok((year, frame.take(&IdxCa::from_vec("rows".into(), rows))?));
        rows.into_iter().map(take).collect()
    }
}

/// Years that get a folder of their own. Wrong dates reach from year 5 to 9163 in real registers, and each folder is an
/// open file; records of other years stand under no year.
const PLAUSIBLE: RangeInclusive<i64> = 1800..=2200;

/// The year of each row: of the column `year`, else of a stock's reference date, else none.
fn years(frame: &DataFrame) -> PolarsResult<Vec<Option<i64>>> {
    if let Ok(years) = frame.column(columns::YEAR) {
        let years = years.as_materialized_series().cast(&DataType::Int64)?;
        return Ok(years.i64()?.iter().map(|year| year.filter(|year| PLAUSIBLE.contains(year))).collect());
    }
    let Ok(dates) = frame.column(columns::REFERENCE_DATE) else { return Ok(vec![None; frame.height()]) };
    let year = |days: i32| Date::from_days(days).map(|date| i64::from(date.year));
    let years = dates.date()?.physical().iter().map(|days| days.and_then(year));
    Ok(years.map(|year| year.filter(|year| PLAUSIBLE.contains(year))).collect())
}

/// Hive's own name stands for *no year*, so that readers show an absent year.
fn folder_of(year: Option<i64>) -> String {
    year.map_or("year=__HIVE_DEFAULT_PARTITION__".to_owned(), |year| format!("year={year}"))
}

fn broken(error: &PolarsError) -> Diagnostic {
    Diagnostic::error(Code::Internal, "records could not be written").note(error.to_string())
}
