//! The rules of residence on arrays.
//!
//! Persons and days come as Arrow arrays and are not copied, and what is found goes back as such.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Int8Array, RecordBatch, make_array};
use arrow::compute::{CastOptions, cast, cast_with_options};
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use arrow_pyarrow::PyArrowType;
use denizen_residence::{
    Classification, Crossings, Direction, InitialStatus, Method, Options, Status, classify_parallel, preset,
    presets,
};
use denizen_spec::{Code, Diagnostic, did_you_mean};
use pyo3::prelude::*;

use crate::fault::raised_alone;
use crate::table::Table;

/// Classifies crossings that are sorted by person and day: `migration`, `return_migration`, `status_before`, `status_after` (1 resident,
/// 0 not, null not known), and the days on which both are decided.
#[pyfunction]
pub(crate) fn residence(
    py: Python<'_>,
    rule: &str,
    person: PyArrowType<arrow::array::ArrayData>,
    day: PyArrowType<arrow::array::ArrayData>,
    is_arrival: PyArrowType<arrow::array::ArrayData>,
    until: i32,
    observed_from: Option<i32>,
) -> PyResult<Table> {
    let [person, day, is_arrival] = [person, day, is_arrival].map(|array| make_array(array.0));
    py.detach(|| classified(rule, &person, &day, &is_arrival, until, observed_from)).map_err(raised_alone)
}

fn wrong(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::UnknownValue, message)
}

fn classified(
    rule: &str,
    person: &ArrayRef,
    day: &ArrayRef,
    is_arrival: &ArrayRef,
    until: i32,
    observed_from: Option<i32>,
) -> Result<Table, Diagnostic> {
    let known = preset(rule).ok_or_else(|| {
        let names = presets().iter().map(|preset| preset.name);
        let fault = wrong(format!("there is no rule `{rule}`"));
        match did_you_mean(rule, names) {
            Some(help) => fault.help(help),
            None => fault.help("`denizen explain` lists all of them"),
        }
    })?;
    let Method::Crossings(method) = known.method else {
        return Err(wrong(format!("`{rule}` is no rule for crossings")).help("use it in a pipeline"));
    };
    if [day.len(), is_arrival.len()] != [person.len(); 2] {
        let lengths = format!("{}, {} and {}", person.len(), day.len(), is_arrival.len());
        return Err(wrong(format!(
            "`person`, `day` and `is_arrival` have {lengths} values, and not as many each"
        )));
    }
    let days = whole("day", day, &DataType::Date32)?;
    let days = days.as_primitive::<Date32Type>();
    let starts = starts(person)?;
    let directions = directions(is_arrival)?;
    let crossings = Crossings { person_starts: &starts, days: days.values(), directions: &directions };
    let initial = InitialStatus { observed_from, ..InitialStatus::UNKNOWN };
    let options = Options { initial, ..Options::new(until) };
    let found = classify_parallel(&crossings, &method, &options).map_err(|error| wrong(error.to_string()))?;
    columns(found).map(Table::of).map_err(|error| wrong(error.to_string()))
}

/// An array as one of a type, without anything that is missing: days may come as times, or as numbers since 1970-01-01.
fn whole(name: &str, array: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, Diagnostic> {
    if array.null_count() > 0 {
        return Err(wrong(format!("`{name}` has values that are missing")).help("leave these rows out"));
    }
    if array.data_type() == wanted {
        return Ok(Arc::clone(array));
    }
    let is_number_of_days = array.data_type().is_integer() && *wanted == DataType::Date32;
    let array = if is_number_of_days { cast(array, &DataType::Int32) } else { Ok(Arc::clone(array)) };
    let cast_to = array.and_then(|array| {
        cast_with_options(&array, wanted, &CastOptions { safe: false, ..CastOptions::default() })
    });
    cast_to.map_err(|error| wrong(format!("`{name}` cannot be read as {wanted}: {error}")))
}

/// Where each person begins. A person that comes again further down would be two.
fn starts(person: &ArrayRef) -> Result<Vec<usize>, Diagnostic> {
    if person.data_type().is_integer() {
        let array = whole("person", person, &DataType::Int64)?;
        starts_of(array.as_primitive::<Int64Type>().values())
    } else if [DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View].contains(person.data_type()) {
        let array = whole("person", person, &DataType::Utf8)?;
        let texts: Vec<&str> = array.as_string::<i32>().iter().flatten().collect();
        starts_of(&texts)
    } else {
        Err(wrong(format!("`person` is of type {}: numbers or texts are read", person.data_type())))
    }
}

fn starts_of<T: Eq + Hash + Copy>(persons: &[T]) -> Result<Vec<usize>, Diagnostic> {
    let is_first = |row: &usize| *row == 0 || persons[*row] != persons[*row - 1];
    let starts: Vec<usize> = (0..persons.len()).filter(is_first).collect();
    let distinct: HashSet<T> = starts.iter().map(|row| persons[*row]).collect();
    if distinct.len() == starts.len() {
        Ok(starts)
    } else {
        Err(wrong("the rows of a person do not stand together").help("sort by person and day"))
    }
}

fn directions(is_arrival: &ArrayRef) -> Result<Vec<Direction>, Diagnostic> {
    let array = is_arrival.as_boolean_opt().filter(|array| array.null_count() == 0);
    let array = array
        .ok_or_else(|| wrong("`is_arrival` says of each row whether it is an arrival: true or false"))?;
    Ok(array.values().iter().map(|is| if is { Direction::Arrival } else { Direction::Departure }).collect())
}

fn columns(found: Classification) -> Result<RecordBatch, arrow::error::ArrowError> {
    let status = |column: Vec<Option<Status>>| -> ArrayRef {
        let numbers =
            column.into_iter().map(|status| status.map(|status| i8::from(status == Status::Resident)));
        Arc::new(Int8Array::from_iter(numbers))
    };
    RecordBatch::try_from_iter([
        ("migration", Arc::new(BooleanArray::from(found.migration)) as ArrayRef),
        ("return_migration", Arc::new(BooleanArray::from(found.return_migration))),
        ("status_before", status(found.status_before)),
        ("status_after", status(found.status_after)),
        ("status_decided_on", Arc::new(Date32Array::from(found.status_decided_on))),
        ("migration_decided_on", Arc::new(Date32Array::from(found.migration_decided_on))),
    ])
}
