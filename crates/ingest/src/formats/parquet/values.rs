//! The values of Parquet columns as fields of rows.

use std::io::Write;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Decimal128Array, Decimal256Array, StringArray,
};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Date64Type, Float16Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use crate::rows::Field;

/// Whole numbers up to here a double holds exactly.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

const DAY: i64 = 86_400;

/// What stands in a row of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    /// The text that was written beside it; nothing is stated where that is empty.
    Text,
    Number(f64),
    Date(i32),
    /// A day and seconds since its midnight, with billionths of one.
    Moment {
        day: i32,
        second: u32,
        nanosecond: u32,
        is_utc: bool,
    },
    /// A number that may have lost digits.
    Inexact,
}

impl Cell {
    pub(super) fn field(self, text: &[u8]) -> Field<'_> {
        match self {
            Self::Text | Self::Inexact => Field::Text(text),
            Self::Number(number) => Field::Number(number),
            Self::Date(days) => Field::Date(days),
            Self::Moment { day, second, nanosecond: 0, is_utc: false } => Field::Moment(day, second),
            Self::Moment { day, second, nanosecond, is_utc } => {
                Field::Exact { day, second, nanosecond, is_utc }
            }
        }
    }

    fn of_number(number: f64, text: &mut Vec<u8>) -> Self {
        if !number.is_finite() {
            return write(text, number);
        }
        if number.trunc() != number {
            return Self::Number(number);
        }
        if number.abs() > LARGEST_EXACT { Self::Inexact } else { write(text, number as i64) }
    }

    /// A moment, in units of which a second has so many. The beginning of a day is a date; in UTC it is one only where no other
    /// zone is asked for.
    fn of_moment(units: i64, per_second: i64, zone: Zone, text: &mut Vec<u8>) -> Self {
        let seconds = units.div_euclid(per_second);
        let (day, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY) as u32);
        let nanosecond = (units.rem_euclid(per_second) * (1_000_000_000 / per_second)) as u32;
        let is_midnight = second == 0 && nanosecond == 0;
        match i32::try_from(day) {
            Ok(day) if is_midnight && zone != Zone::AskedFor => Self::Date(day),
            Ok(day) => Self::Moment { day, second, nanosecond, is_utc: zone != Zone::Local },
            Err(_) => write(text, format_args!("{seconds} s")),
        }
    }
}

/// What time moments are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    /// That of their place.
    Local,
    Utc,
    /// UTC, where the days of another time are asked for.
    AskedFor,
}

/// Writing to memory does not fail.
fn write(text: &mut Vec<u8>, value: impl std::fmt::Display) -> Cell {
    let _ = write!(text, "{value}");
    Cell::Text
}

/// The values of a column, of which each row has one cell.
pub(super) struct Values<'a> {
    array: &'a dyn Array,
    cell: AtRow<'a>,
}

impl Values<'_> {
    /// What stands in a row; its text is written to `text`.
    pub(super) fn at(&self, row: usize, text: &mut Vec<u8>) -> Cell {
        text.clear();
        if self.array.is_null(row) { Cell::Text } else { (self.cell)(row, text) }
    }
}

/// Whether columns of a type can be read: [`column_values`] knows it.
pub(super) fn is_read(data_type: &DataType) -> bool {
    use DataType::{
        Binary, Boolean, Date32, Date64, Decimal128, Decimal256, Float16, Float32, Float64, Int8, Int16,
        Int32, Int64, Null, Time32, Time64, Timestamp, UInt8, UInt16, UInt32, UInt64, Utf8,
    };
    matches!(
        data_type,
        Null | Boolean
            | Int8
            | Int16
            | Int32
            | Int64
            | UInt8
            | UInt16
            | UInt32
            | UInt64
            | Float16
            | Float32
            | Float64
            | Decimal128(..)
            | Decimal256(..)
            | Utf8
            | Binary
            | Date32
            | Date64
            | Time32(_)
            | Time64(_)
            | Timestamp(..)
    )
}

/// The values of a column of a type that is read; of any other, nothing. `asks_for_zone` says whether days of another time than
/// UTC are asked for.
pub(super) fn column_values(array: &ArrayRef, asks_for_zone: bool) -> Values<'_> {
    let cell: AtRow<'_> = match array.data_type() {
        DataType::Utf8 => {
            let texts: &StringArray = array.as_string();
            Box::new(move |row, text| bytes(texts.value(row).as_bytes(), text))
        }
        DataType::Binary => {
            let texts: &BinaryArray = array.as_binary();
            Box::new(move |row, text| bytes(texts.value(row), text))
        }
        DataType::Boolean => {
            let values: &BooleanArray = array.as_boolean();
            Box::new(move |row, text| write(text, if values.value(row) { "TRUE" } else { "FALSE" }))
        }
        DataType::Int8 => whole::<Int8Type>(array),
        DataType::Int16 => whole::<Int16Type>(array),
        DataType::Int32 => whole::<Int32Type>(array),
        DataType::Int64 => whole::<Int64Type>(array),
        DataType::UInt8 => whole::<UInt8Type>(array),
        DataType::UInt16 => whole::<UInt16Type>(array),
        DataType::UInt32 => whole::<UInt32Type>(array),
        DataType::UInt64 => whole::<UInt64Type>(array),
        DataType::Float16 => {
            of::<Float16Type>(array, |number, text| Cell::of_number(f64::from(number), text))
        }
        // The shortest text that is this number: 0.1, not 0.10000000149011612.
        DataType::Float32 => of::<Float32Type>(array, |number, text| {
            let number = number.to_string().parse().unwrap_or(f64::from(number));
            Cell::of_number(number, text)
        }),
        DataType::Float64 => of::<Float64Type>(array, Cell::of_number),
        DataType::Decimal128(..) => {
            let values: &Decimal128Array = array.as_primitive();
            Box::new(move |row, text| decimal(&values.value_as_string(row), text))
        }
        DataType::Decimal256(..) => {
            let values: &Decimal256Array = array.as_primitive();
            Box::new(move |row, text| decimal(&values.value_as_string(row), text))
        }
        _ => dates_and_times(array, asks_for_zone),
    };
    Values { array: &**array, cell }
}

/// The same for dates and times.
fn dates_and_times(array: &ArrayRef, asks_for_zone: bool) -> AtRow<'_> {
    match array.data_type() {
        DataType::Date32 => of::<Date32Type>(array, |days, _| Cell::Date(days)),
        DataType::Date64 => {
            of::<Date64Type>(array, |units, text| Cell::of_moment(units, 1000, Zone::Local, text))
        }
        DataType::Time32(TimeUnit::Second) => {
            of::<Time32SecondType>(array, |units, text| time(units.into(), 1, text))
        }
        DataType::Time32(_) => {
            of::<Time32MillisecondType>(array, |units, text| time(units.into(), 1000, text))
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            of::<Time64NanosecondType>(array, |units, text| time(units, 1_000_000_000, text))
        }
        DataType::Time64(_) => of::<Time64MicrosecondType>(array, |units, text| time(units, 1_000_000, text)),
        DataType::Timestamp(unit, zone) => {
            let of_utc = if asks_for_zone { Zone::AskedFor } else { Zone::Utc };
            timestamps(array, *unit, if zone.is_some() { of_utc } else { Zone::Local })
        }
        _ => Box::new(|_, _| Cell::Text),
    }
}

type AtRow<'a> = Box<dyn Fn(usize, &mut Vec<u8>) -> Cell + 'a>;

fn of<T: ArrowPrimitiveType>(
    array: &ArrayRef,
    cell: impl Fn(T::Native, &mut Vec<u8>) -> Cell + 'static,
) -> AtRow<'_> {
    let values = array.as_primitive::<T>();
    Box::new(move |row, text| cell(values.value(row), text))
}

fn whole<T: ArrowPrimitiveType<Native: std::fmt::Display>>(array: &ArrayRef) -> AtRow<'_> {
    of::<T>(array, |number, text| write(text, number))
}

fn timestamps(array: &ArrayRef, unit: TimeUnit, zone: Zone) -> AtRow<'_> {
    match unit {
        TimeUnit::Second => {
            of::<TimestampSecondType>(array, move |units, text| Cell::of_moment(units, 1, zone, text))
        }
        TimeUnit::Millisecond => {
            of::<TimestampMillisecondType>(array, move |units, text| Cell::of_moment(units, 1000, zone, text))
        }
        TimeUnit::Microsecond => of::<TimestampMicrosecondType>(array, move |units, text| {
            Cell::of_moment(units, 1_000_000, zone, text)
        }),
        TimeUnit::Nanosecond => of::<TimestampNanosecondType>(array, move |units, text| {
            Cell::of_moment(units, 1_000_000_000, zone, text)
        }),
    }
}

fn bytes(bytes: &[u8], text: &mut Vec<u8>) -> Cell {
    text.extend_from_slice(bytes);
    Cell::Text
}

/// A number with decimals, without zeros at their end.
fn decimal(number: &str, text: &mut Vec<u8>) -> Cell {
    let is_fraction = number.contains('.') && !number.contains(['e', 'E']);
    write(text, if is_fraction { number.trim_end_matches('0').trim_end_matches('.') } else { number })
}

/// A time of day, with decimals of a second where it has some.
fn time(units: i64, per_second: i64, text: &mut Vec<u8>) -> Cell {
    let seconds = units.div_euclid(per_second);
    let decimals = format!(".{:09}", units.rem_euclid(per_second) * (1_000_000_000 / per_second));
    let decimals = decimals.trim_end_matches('0').trim_end_matches('.');
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    write(text, format_args!("{hours:02}:{minutes:02}:{:02}{decimals}", seconds % 60))
}
