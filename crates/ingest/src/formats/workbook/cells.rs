//! What a workbook sends: its sheets, and row by row what stands in their cells.

use calamine::{Data, DataRef, ExcelDateTime};
use denizen_spec::DateFormat;

/// A sheet, as the workbook lists it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SheetName {
    pub(super) name: String,
    pub(super) is_hidden: bool,
    /// Whether it has cells: charts and macros have sheets too.
    pub(super) has_cells: bool,
}

/// What is read of a workbook, in this order: its sheets; then, of each that is read, what it is and its rows.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    Sheets(Vec<SheetName>),
    Sheet(SheetHead),
    Rows(Vec<SheetRow>),
}

/// A sheet that is read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SheetHead {
    /// Its index among all sheets.
    pub(super) index: u32,
    pub(super) merged: Vec<Region>,
}

/// Cells that are one: row and column of the first and of the last, from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Region {
    pub(super) first: (u32, u32),
    pub(super) last: (u32, u32),
}

impl Region {
    pub(super) fn has(&self, row: u32, column: u32) -> bool {
        (self.first.0..=self.last.0).contains(&row) && (self.first.1..=self.last.1).contains(&column)
    }
}

/// The cells of a row that hold anything, by their columns, from 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct SheetRow {
    /// From 0.
    pub(super) row: u32,
    pub(super) cells: Vec<(u32, Value)>,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Text; of an error such as `#N/A` its name, of a truth value `TRUE` or `FALSE`, of a time of day `18:05:00`.
    Text(String),
    Number(f64),
    /// Days since 1970-01-01.
    Date(i32),
    /// The same, and seconds since midnight.
    Moment(i32, u32),
    /// A formula without the value that it has.
    Uncomputed,
}

/// Numbers from here on have more digits than a spreadsheet keeps.
const INEXACT: f64 = 1e15;

impl Value {
    /// Whether it is a number that may have lost its last digits.
    pub(super) fn is_inexact(&self) -> bool {
        matches!(self, Self::Number(number) if number.abs() >= INEXACT)
    }

    /// What stands in a cell of a workbook whose days are counted from 1904 or from 1900; nothing of an empty one.
    pub(super) fn of(data: DataRef<'_>, is_1904: bool) -> Option<Self> {
        Some(match data {
            DataRef::Empty => return None,
            DataRef::Int(number) => Self::Number(number as f64),
            DataRef::Float(number) => Self::Number(number),
            DataRef::String(text) => Self::Text(text),
            DataRef::SharedString(text) => Self::Text(text.to_owned()),
            DataRef::Bool(is_true) => Self::truth(is_true),
            DataRef::DateTime(moment) => Self::moment(moment, is_1904),
            DataRef::DateTimeIso(text) => Self::iso(text),
            DataRef::DurationIso(text) => Self::Text(text),
            DataRef::Error(error) => Self::Text(error.to_string()),
        })
    }

    /// The same of a cell that is owned.
    pub(super) fn of_data(data: &Data, is_1904: bool) -> Option<Self> {
        Some(match data {
            Data::Empty => return None,
            Data::Int(number) => Self::Number(*number as f64),
            Data::Float(number) => Self::Number(*number),
            Data::String(text) => Self::Text(text.clone()),
            Data::Bool(is_true) => Self::truth(*is_true),
            Data::DateTime(moment) => Self::moment(*moment, is_1904),
            Data::DateTimeIso(text) => Self::iso(text.clone()),
            Data::DurationIso(text) => Self::Text(text.clone()),
            Data::Error(error) => Self::Text(error.to_string()),
        })
    }

    fn truth(is_true: bool) -> Self {
        Self::Text(if is_true { "TRUE" } else { "FALSE" }.to_owned())
    }

    fn moment(moment: ExcelDateTime, is_1904: bool) -> Self {
        serial(moment.as_f64(), moment.is_duration(), is_1904)
    }

    /// A date, or a date and a time, as ISO 8601 writes it: `2007-05-31`, `2007-05-31T18:00:00`.
    fn iso(text: String) -> Self {
        let day = text.get(..10).and_then(|day| DateFormat::iso().days(day.as_bytes()));
        let seconds = match text.get(10..) {
            Some("") => Some(0),
            Some(time) => time.strip_prefix('T').and_then(seconds),
            None => None,
        };
        match (day, seconds) {
            (Some(day), Some(0)) => Self::Date(day),
            (Some(day), Some(seconds)) => Self::Moment(day, seconds),
            (None, _) | (_, None) => Self::Text(text),
        }
    }
}

/// Seconds since midnight of `18:05:00`, or of `18:05:00.000`.
fn seconds(time: &str) -> Option<u32> {
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let is_whole = fraction.bytes().all(|digit| digit == b'0');
    let seconds = crate::number::seconds_of_day(time.as_bytes()).filter(|_| is_whole)?;
    u32::try_from(seconds).ok()
}

/// The last day that spreadsheets know, 9999-12-31, counted from 1899-12-31.
const LAST_DAY: i64 = 2_958_465;

/// What a number says that is shown as a date or a time: days since the end of 1899, or since the beginning of 1904.
fn serial(number: f64, is_duration: bool, is_1904: bool) -> Value {
    if !(0.0..=LAST_DAY as f64 + 1.0).contains(&number) {
        return Value::Number(number);
    }
    let all_seconds = (number * 86_400.0).round() as i64;
    let (day, seconds) = (all_seconds / 86_400, (all_seconds % 86_400) as u32);
    let hours = all_seconds / 3600;
    if is_duration || day == 0 {
        return Value::Text(format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60));
    }
    let unix = match (is_1904, day) {
        (true, _) => day - 24_107,
        (false, 1..=59) => day - 25_568,
        // A day that never was: Excel took over from Lotus 1-2-3 that 1900 had one.
        (false, 60) => return Value::Text("1900-02-29".to_owned()),
        (false, _) => day - 25_569,
    };
    match (i32::try_from(unix), seconds) {
        (Ok(day), 0) => Value::Date(day),
        (Ok(day), seconds) => Value::Moment(day, seconds),
        (Err(_), _) => Value::Number(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Value {
        Value::Date(DateFormat::iso().days(text.as_bytes()).unwrap())
    }

    #[test]
    fn serials_are_days_of_two_calendars() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (number, is_duration, is_1904, expected) in [
            (1.0, false, false, day("1900-01-01")),
            (59.0, false, false, day("1900-02-28")),
            (60.0, false, false, text("1900-02-29")),
            (61.0, false, false, day("1900-03-01")),
            (39_233.0, false, false, day("2007-05-31")),
            (37_771.0, false, true, day("2007-05-31")),
            (2_958_465.0, false, false, day("9999-12-31")),
            (39_233.75, false, false, Value::Moment(13_664, 64_800)),
            // A thousandth of a second before midnight is midnight.
            (39_232.999_999_99, false, false, day("2007-05-31")),
            (0.75, false, false, text("18:00:00")),
            (1.5, true, false, text("36:00:00")),
            (-1.0, false, false, Value::Number(-1.0)),
            (3e6, false, false, Value::Number(3e6)),
        ] {
            assert_eq!(serial(number, is_duration, is_1904), expected, "{number} {is_duration} {is_1904}");
        }
    }

    #[test]
    fn dates_of_iso_8601() {
        for (text, expected) in [
            ("2007-05-31", day("2007-05-31")),
            ("2007-05-31T00:00:00", day("2007-05-31")),
            ("2007-05-31T18:00:00.000", Value::Moment(13_664, 64_800)),
            ("2007-05-31T18:00:00Z", Value::Text("2007-05-31T18:00:00Z".to_owned())),
            ("2007-02-30", Value::Text("2007-02-30".to_owned())),
            ("", Value::Text(String::new())),
        ] {
            assert_eq!(Value::iso(text.to_owned()), expected, "{text}");
        }
    }
}
