//! Checks on the cells of published tables: no cell twice, and parts that add up to their total.

use std::collections::BTreeMap;

use arrow::array::{Array, RecordBatch};
use arrow::error::ArrowError;
use denizen_spec::{Code, Diagnostic, FieldType, Source, columns};
use polars::prelude::*;

use crate::batch;
use crate::plan::fault;

/// What the checks found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CellReport {
    /// Cells that came in.
    pub read: u64,
    /// Cells left out because the same cell with the same value was there before.
    pub repeated: u64,
    /// Totals that were compared with their parts, by dimension.
    pub compared: BTreeMap<String, u64>,
}

/// A cell's place in the table: its codes, in the order of [`Cells::dimensions`].
type Key = Vec<Option<String>>;

struct Cells<'a> {
    source: &'a Source,
    dimensions: Vec<String>,
    values: BTreeMap<Key, Option<i64>>,
}

/// The cells of a source as one data frame. They are few, and are compared and joined as a whole.
///
/// # Errors
///
/// Only when the chunks differ in their columns, which is a fault of the program.
pub fn cells(chunks: &[RecordBatch]) -> Result<DataFrame, Diagnostic> {
    let Some(first) = chunks.first() else { return Ok(DataFrame::empty()) };
    let names = first.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    let columns = names.iter().map(|name| cell_column(name, chunks)).collect::<Result<Vec<_>, _>>();
    let columns = columns.map_err(|error| fault("cells", &error))?;
    let rows = chunks.iter().map(RecordBatch::num_rows).sum();
    DataFrame::new(rows, columns).map_err(|error| fault("cells", &error))
}

fn cell_column(name: &str, chunks: &[RecordBatch]) -> Result<Column, ArrowError> {
    let label = PlSmallStr::from_str(name);
    let is = |kind: &arrow::datatypes::DataType| {
        chunks.iter().all(|chunk| chunk.column_by_name(name).is_some_and(|column| column.data_type() == kind))
    };
    if is(&arrow::datatypes::DataType::Int64) {
        let mut numbers: Vec<Option<i64>> = Vec::new();
        for chunk in chunks {
            numbers.extend(batch::integers(chunk, name)?.iter());
        }
        return Ok(Column::new(label, numbers));
    }
    if is(&arrow::datatypes::DataType::Date32) {
        let mut days: Vec<Option<i32>> = Vec::new();
        for chunk in chunks {
            days.extend(batch::days(chunk, name)?.iter());
        }
        return Ok(Int32Chunked::from_slice_options(label, &days).into_date().into_column());
    }
    let mut words: Vec<Option<&str>> = Vec::new();
    for chunk in chunks {
        words.extend(batch::words(chunk, name)?.map(|word| word));
    }
    Ok(Column::new(label, words))
}

/// Drops cells that repeat an earlier one, and compares each total with its parts.
///
/// Where all codes of a dimension that is `complete` are there, they must add up exactly; in any case the parts must
/// not exceed their total.
///
/// # Errors
///
/// Cells that have two values, and totals that do not fit their parts.
pub fn check_cells(source: &Source, frame: DataFrame) -> Result<(DataFrame, CellReport), Vec<Diagnostic>> {
    let failed = |error: PolarsError| vec![fault("cells", &error)];
    let mut report = CellReport { read: frame.height() as u64, ..CellReport::default() };
    let (cells, first) = Cells::read(source, &frame).map_err(failed)??;
    report.repeated = first.iter().filter(|first| !**first).count() as u64;
    let mut faults = Vec::new();
    for (place, dimension) in cells.dimensions.iter().enumerate() {
        if source.column(dimension).is_some_and(|column| column.total.is_some()) {
            let compared = cells.compare(place, &mut faults);
            report.compared.insert(dimension.clone(), compared);
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let frame = frame.filter(&BooleanChunked::from_slice("first".into(), &first)).map_err(failed)?;
    Ok((frame, report))
}

impl<'a> Cells<'a> {
    /// The cells by place, and for each row whether it is the first at its place.
    #[expect(clippy::type_complexity, reason = "faults of the data are not faults of the frame")]
    fn read(
        source: &'a Source,
        frame: &DataFrame,
    ) -> PolarsResult<Result<(Self, Vec<bool>), Vec<Diagnostic>>> {
        let dimensions = dimensions(source, frame);
        let texts: Vec<Column> = dimensions
            .iter()
            .map(|name| frame.column(name)?.cast(&DataType::String))
            .collect::<Result<_, _>>()?;
        let texts: Vec<&StringChunked> = texts.iter().map(|column| column.str()).collect::<Result<_, _>>()?;
        let values = frame.column(columns::VALUE)?.i64()?;
        let mut cells = BTreeMap::new();
        let (mut first, mut faults) = (Vec::with_capacity(frame.height()), Vec::new());
        for (row, value) in values.iter().enumerate() {
            let key: Key = texts.iter().map(|text| text.get(row).map(str::to_owned)).collect();
            match cells.get(&key) {
                None => {
                    cells.insert(key, value);
                    first.push(true);
                }
                Some(before) if *before == value => first.push(false),
                Some(before) => {
                    first.push(false);
                    faults.push(cell_twice(&dimensions, &key, *before, value));
                }
            }
        }
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        Ok(Ok((Self { source, dimensions, values: cells }, first)))
    }

    /// Compares the totals of one dimension with their parts and says how many were compared.
    fn compare(&self, place: usize, faults: &mut Vec<Diagnostic>) -> u64 {
        let mut groups: BTreeMap<Key, Group> = BTreeMap::new();
        for (key, value) in &self.values {
            let mut others = key.clone();
            let code = others[place].take();
            groups.entry(others).or_default().add(code.as_deref(), *value);
        }
        let name = &self.dimensions[place];
        let column = self.source.column(name);
        let codes = column.map_or(0, |column| column.codes.len());
        let complete = column.is_some_and(|column| column.complete);
        let comparable = groups.iter().filter_map(|(key, group)| Some((key, group, group.total?)));
        let mut compared = 0;
        for (key, group, total) in comparable.filter(|(_, group, _)| group.parts > 0) {
            compared += 1;
            // Without `codes`, the publisher's list decides which parts there are: all that came count as all.
            let all_there = complete && (codes == 0 || group.parts == codes) && !group.open;
            if group.sum > total || (all_there && group.sum != total) {
                faults.push(does_not_add_up(name, &self.dimensions, key, group.sum, total));
            }
        }
        compared
    }
}

/// The parts and the total of one dimension, all other dimensions being fixed.
#[derive(Default)]
struct Group {
    total: Option<i64>,
    parts: usize,
    sum: i64,
    /// Whether some part has no value.
    open: bool,
}

impl Group {
    fn add(&mut self, code: Option<&str>, value: Option<i64>) {
        match (code, value) {
            (Some(columns::TOTAL), value) => self.total = value,
            // What is not stated is a part of the total too, but none of the codes that must all be there.
            (code, Some(value)) => {
                self.parts += usize::from(code.is_some());
                self.sum += value;
            }
            (_, None) => self.open = true,
        }
    }
}

/// The columns that say which cell it is: all but its value, its note, and free text such as a source.
fn dimensions(source: &Source, frame: &DataFrame) -> Vec<String> {
    let is_text = |name: &str| source.column(name).is_some_and(|column| column.field_type == FieldType::Text);
    let names = frame.get_column_names().into_iter().map(|name| name.as_str());
    let names = names.filter(|name| ![columns::VALUE, columns::OBS_STATUS].contains(name));
    names.filter(|name| !is_text(name) || *name == columns::CONCEPT).map(str::to_owned).collect()
}

fn place_of(dimensions: &[String], key: &Key) -> String {
    let stated =
        dimensions.iter().zip(key).filter_map(|(name, code)| Some(format!("{name}={}", code.as_ref()?)));
    stated.collect::<Vec<_>>().join(" ")
}

fn cell_twice(dimensions: &[String], key: &Key, before: Option<i64>, now: Option<i64>) -> Diagnostic {
    let shown = |value: Option<i64>| value.map_or("no value".to_owned(), |value| value.to_string());
    Diagnostic::error(Code::CellTwice, format!("the cell {} has two values", place_of(dimensions, key)))
        .note(format!("{} and {}", shown(before), shown(now)))
        .help("use one of the files only, or declare the dimension that tells the two cells apart")
}

fn does_not_add_up(name: &str, dimensions: &[String], key: &Key, sum: i64, total: i64) -> Diagnostic {
    let message =
        format!("the codes of `{name}` do not add up to their total at {}", place_of(dimensions, key));
    Diagnostic::error(Code::DoesNotAddUp, message)
        .note(format!("sum {sum}, total {total}, difference {}", sum - total))
}
