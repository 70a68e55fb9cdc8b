//! The cleaned records of a source: one Parquet file for each year and part of the persons, who are pseudonyms.

use std::collections::{BTreeMap, VecDeque};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use arrow::array::{AsArray, Date32Array, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::{Date32Type, Int64Type};
use arrow::error::ArrowError;
use denizen_spec::{Code, Date, Diagnostic, columns};
use rayon::prelude::*;

use crate::cells::Cells;
use crate::export::disk::Disk;
use crate::export::parquet::ROW_GROUP;
use crate::export::record_file::RecordFile;

/// Rows that are encoded at once. Fixed, and a part of a row group, so that the bytes of a file do not depend on the
/// batches in which its rows come; large, so that the dictionaries of a file are not driven out of the cache by those of
/// the other years all the time.
const ROWS: usize = ROW_GROUP / 2;

/// Writes the cleaned records of one source.
///
/// The folder is partitioned by year only: readers of partitioned folders take codes such as `058` for numbers.
pub struct Records<'a> {
    folder: PathBuf,
    disk: &'a Disk,
    /// The part of the persons that is being written, and its files.
    part: u32,
    years: BTreeMap<Option<i64>, YearFile<'a>>,
    /// What the parts before it have.
    written: Written,
}

/// The file of a year.
struct YearFile<'a> {
    path: PathBuf,
    disk: &'a Disk,
    file: Option<RecordFile<'a>>,
    /// Rows that wait until there are enough of them.
    waiting: VecDeque<RecordBatch>,
    rows: usize,
    busy: Duration,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Number of records.
    pub rows: u64,
    /// Time that threads were busy with it, added up.
    pub busy: Duration,
}

/// Records of a batch, year by year.
pub struct ByYear(Vec<(Option<i64>, RecordBatch)>);

impl<'a> Records<'a> {
    pub(crate) fn new(folder: PathBuf, disk: &'a Disk) -> Self {
        Self { folder, disk, part: 0, years: BTreeMap::new(), written: Written::default() }
    }

    /// The rows of each year. A pure function, so that threads can share the work.
    ///
    /// # Errors
    ///
    /// Only when the batch has columns that cannot be written, which is a fault of the program.
    pub fn by_year(batch: &RecordBatch) -> Result<ByYear, Diagnostic> {
        let (slots, mut row) = (slots(batch), 0);
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); usize::from(SLOTS)];
        // Neighbours are often of one year: a person's crossings follow one another.
        for run in slots.chunk_by(|one, other| one == other) {
            let end = row + run.len() as u32;
            rows[usize::from(run[0])].extend(row..end);
            row = end;
        }
        // Each year for itself, so that a year that waits for more rows does not keep the others in memory.
        let rows = rows.into_iter().zip(0..).filter(|(rows, _)| !rows.is_empty());
        let parts = rows.map(|(rows, slot)| {
            let is_all = rows.len() == batch.num_rows();
            let part =
                if is_all { Ok(batch.clone()) } else { take_record_batch(batch, &UInt32Array::from(rows)) };
            part.map(|part| (year_of(slot), part))
        });
        parts.collect::<Result<_, ArrowError>>().map(ByYear).map_err(|error| broken(&error))
    }

    /// Begins a part of the persons, whose files are called `part-NUMBER.parquet`, and ends the part before it. Without this, there
    /// is one part, 0.
    ///
    /// # Errors
    ///
    /// When the disk refuses, or the part has been written already.
    pub fn begin_part(&mut self, number: u32) -> Result<(), Diagnostic> {
        if number != self.part {
            self.end_part()?;
            self.part = number;
        }
        Ok(())
    }

    fn end_part(&mut self) -> Result<(), Diagnostic> {
        let files: Vec<YearFile<'_>> = std::mem::take(&mut self.years).into_values().collect();
        let written = files.into_par_iter().map(YearFile::finish).collect::<Result<Vec<_>, _>>()?;
        for file in written {
            self.written.rows += file.rows;
            self.written.busy += file.busy;
        }
        Ok(())
    }

    /// Adds records. The order in which they are added is the order of the rows. The years are encoded side by side.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn add(&mut self, parts: Vec<ByYear>) -> Result<(), Diagnostic> {
        for (year, rows) in parts.into_iter().flat_map(|ByYear(years)| years) {
            let file = self.years.entry(year).or_insert_with(|| YearFile {
                path: self.folder.join(folder_of(year, &rows)).join(format!("part-{}.parquet", self.part)),
                disk: self.disk,
                file: None,
                waiting: VecDeque::new(),
                rows: 0,
                busy: Duration::ZERO,
            });
            file.rows += rows.num_rows();
            file.waiting.push_back(rows);
        }
        self.years.par_iter_mut().try_for_each(|(_, file)| file.write_full())
    }

    /// Adds cells of published tables.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn add_cells(&mut self, cells: &Cells) -> Result<(), Diagnostic> {
        cells.batches().try_for_each(|batch| self.add(vec![Self::by_year(&batch?)?]))
    }

    /// Ends the files. [`Release::finish`](crate::Release::finish) waits until the disk has them.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn finish(mut self) -> Result<Written, Diagnostic> {
        self.end_part()?;
        Ok(self.written)
    }
}

impl YearFile<'_> {
    /// Writes what waits, as far as it comes to whole parts of a row group.
    fn write_full(&mut self) -> Result<(), Diagnostic> {
        while self.rows >= ROWS {
            self.write(ROWS)?;
        }
        Ok(())
    }

    /// Writes the first of the rows that wait.
    fn write(&mut self, rows: usize) -> Result<(), Diagnostic> {
        let start = Instant::now();
        self.encode(rows)?;
        self.busy += start.elapsed();
        Ok(())
    }

    fn encode(&mut self, rows: usize) -> Result<(), Diagnostic> {
        let (mut taken, mut missing) = (Vec::new(), rows);
        while let Some(first) = if missing > 0 { self.waiting.pop_front() } else { None } {
            if first.num_rows() > missing {
                self.waiting.push_front(first.slice(missing, first.num_rows() - missing));
            }
            let count = missing.min(first.num_rows());
            missing -= count;
            taken.push(first.slice(0, count));
        }
        self.rows -= rows;
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(RecordFile::create(self.path.clone(), &taken, columns::YEAR, self.disk)?),
        };
        file.write(&taken)
    }

    fn finish(mut self) -> Result<Written, Diagnostic> {
        let start = Instant::now();
        if self.rows > 0 {
            self.encode(self.rows)?;
        }
        let rows = self.file.map_or(Ok(0), RecordFile::close)?;
        Ok(Written { rows, busy: self.busy + start.elapsed() })
    }
}

/// Years that get a folder of their own. Wrong dates reach from year 5 to 9163 in real registers, and each folder is an
/// open file; records of other years stand under no year.
const PLAUSIBLE: RangeInclusive<i64> = 1800..=2200;

/// Places of years in the order of their files: of none, and of the plausible ones.
const SLOTS: u16 = (*PLAUSIBLE.end() - *PLAUSIBLE.start() + 2) as u16;

fn place_of(year: i64) -> u16 {
    if PLAUSIBLE.contains(&year) { (year - PLAUSIBLE.start()) as u16 + 1 } else { 0 }
}

fn year_of(slot: u16) -> Option<i64> {
    (slot > 0).then(|| i64::from(slot) - 1 + PLAUSIBLE.start())
}

/// What tells the years of the rows.
enum Years<'a> {
    Numbers(&'a Int64Array),
    Dates(&'a Date32Array),
}

/// The column `year`, else a stock's reference date.
fn years(batch: &RecordBatch) -> Option<Years<'_>> {
    let column = |name| batch.column_by_name(name);
    let numbers = column(columns::YEAR).and_then(|years| years.as_primitive_opt::<Int64Type>());
    let dates = || column(columns::REFERENCE_DATE)?.as_primitive_opt::<Date32Type>().map(Years::Dates);
    numbers.map(Years::Numbers).or_else(dates)
}

/// The slot of each row's year.
fn slots(batch: &RecordBatch) -> Vec<u16> {
    let of_day = |days| Date::year_of(days).map_or(0, |year| place_of(year.into()));
    match years(batch) {
        None => vec![0; batch.num_rows()],
        Some(Years::Numbers(years)) => years.iter().map(|year| year.map_or(0, place_of)).collect(),
        Some(Years::Dates(dates)) => dates.iter().map(|days| days.map_or(0, of_day)).collect(),
    }
}

/// Hive's own name stands for *no year*, so that readers show an absent year. Where no record can have one there are no
/// folders: a reader that guesses types from their names would find nothing to guess from.
fn folder_of(year: Option<i64>, rows: &RecordBatch) -> String {
    match year {
        Some(year) => format!("year={year}"),
        None if years(rows).is_none() => String::new(),
        None => "year=__HIVE_DEFAULT_PARTITION__".to_owned(),
    }
}

fn broken(error: &(dyn std::error::Error + 'static)) -> Diagnostic {
    Diagnostic::error(Code::Internal, "records could not be written").note(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, StringArray};

    use super::*;

    const NO_YEAR: &str = "year=__HIVE_DEFAULT_PARTITION__/part-0.parquet";

    #[test]
    fn a_file_for_each_part() {
        let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::new().unwrap());
        let years = Arc::new(Int64Array::from(vec![1990, 1991])) as ArrayRef;
        let batch = RecordBatch::try_from_iter([("year", years)]).unwrap();
        let mut records = Records::new(folder.path().to_path_buf(), &disk);
        for part in [0, 2, 2, 7] {
            records.begin_part(part).unwrap();
            records.add(vec![Records::by_year(&batch).unwrap()]).unwrap();
        }
        assert_eq!(records.finish().unwrap().rows, 8);
        disk.finish().unwrap();
        let names = ["1990", "1991"]
            .map(|year| [0, 2, 7].map(|part| folder.path().join(format!("year={year}/part-{part}.parquet"))));
        assert_eq!(crate::export::files_under(folder.path()).unwrap(), names.concat());
    }

    #[test]
    fn folders_by_what_tells_the_year() {
        let ages = || ("age", Arc::new(Int64Array::from(vec![1, 2, 3])) as ArrayRef);
        let years =
            |years: [Option<i64>; 3]| ("year", Arc::new(Int64Array::from(years.to_vec())) as ArrayRef);
        let text = ("year", Arc::new(StringArray::from(vec!["1990"; 3])) as ArrayRef);
        // The first days of 1971 and 2000.
        let dates = Arc::new(Date32Array::from(vec![Some(365), Some(10957), None])) as ArrayRef;
        let cases = [
            (vec![ages()], vec!["part-0.parquet"]),
            (vec![ages(), text], vec!["part-0.parquet"]),
            (vec![ages(), years([Some(1990); 3])], vec!["year=1990/part-0.parquet"]),
            (vec![ages(), years([Some(1990), None, Some(2201)])], vec!["year=1990/part-0.parquet", NO_YEAR]),
            (
                vec![ages(), ("reference_date", dates)],
                vec!["year=1971/part-0.parquet", "year=2000/part-0.parquet", NO_YEAR],
            ),
        ];
        for (columns, expected) in cases {
            let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::new().unwrap());
            let columns = columns.into_iter().map(|(name, array)| (name, array, true));
            let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
            let mut records = Records::new(folder.path().to_path_buf(), &disk);
            records.add(vec![Records::by_year(&batch).unwrap()]).unwrap();
            assert_eq!(records.finish().unwrap().rows, 3);
            disk.finish().unwrap();
            let files = crate::export::files_under(folder.path()).unwrap();
            let files: Vec<_> = files.iter().map(|file| file.strip_prefix(folder.path()).unwrap()).collect();
            assert_eq!(files, expected.iter().map(std::path::Path::new).collect::<Vec<_>>());
        }
    }
}
