//! CSV as every reader likes it (RFC 4180): UTF-8 without a mark, a header, commas, quotes only where they are needed.
//!
//! `NA`, the code of Namibia, and other texts that readers take for a missing value stand in quotes: `fread` and readr
//! (`quoted_na = FALSE`) of R and DuckDB know the difference. `read.csv` and pandas do not: the README of a release says what to
//! tell them.
//!
//! A value that is not there is an empty field, an empty text is `""`. Dates are ISO 8601; doubles have the fewest digits
//! that give them back. Lines end in LF: RFC 4180 says CRLF, but all readers take both, and tools that know nothing of CSV
//! (`cut`, `awk`, `diff`) take only this.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use denizen_spec::{Code, Date, Diagnostic, is_taken_for_missing};

use super::{Failure, Format, Rows, batches};

/// CSV.
pub(crate) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn media_type(&self) -> &'static str {
        "text/csv"
    }

    fn write(&self, rows: &dyn Rows, _: &[(&str, String)], file: File) -> Result<File, Failure> {
        let mut out = BufWriter::with_capacity(1 << 18, file);
        write(rows, &mut out)?;
        Ok(out.into_inner().map_err(io::IntoInnerError::into_error)?)
    }

    fn reader(&self, path: &str, fields: &[(String, &'static str)]) -> String {
        let kind = |name: &str| match name {
            "integer" => "BIGINT",
            "number" => "DOUBLE",
            "date" => "DATE",
            "boolean" => "BOOLEAN",
            _ => "VARCHAR",
        };
        let column =
            |(name, of): &(String, &'static str)| format!("'{}': '{}'", name.replace('\'', "''"), kind(of));
        let columns = fields.iter().map(column).collect::<Vec<_>>().join(", ");
        // Types are given to the reader: it would take codes such as 058 for numbers; NA is the code of Namibia.
        let options = "header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false";
        format!("read_csv({path}, auto_detect = false, {options}, columns = {{{columns}}})")
    }
}

pub(crate) fn write(rows: &dyn Rows, out: &mut impl Write) -> Result<(), Failure> {
    let schema = rows.schema();
    let names = schema.fields().iter().map(|field| field.name().as_str());
    line(out, names.map(|name| move |out: &mut _| text(out, name)))?;
    for batch in batches(rows) {
        let batch = batch?;
        let columns = batch.columns().iter().map(|array| Column::of(array)).collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            line(out, columns.iter().map(|column| move |out: &mut _| column.field(row, out)))?;
        }
    }
    Ok(())
}

fn line<W: Write>(
    out: &mut W,
    fields: impl Iterator<Item = impl FnOnce(&mut W) -> io::Result<()>>,
) -> io::Result<()> {
    for (position, field) in fields.enumerate() {
        if position > 0 {
            out.write_all(b",")?;
        }
        field(out)?;
    }
    out.write_all(b"\n")
}

/// A column by its type.
enum Column<'a> {
    Text(&'a arrow::array::StringArray),
    Integer(&'a arrow::array::Int64Array),
    Number(&'a arrow::array::Float64Array),
    Day(&'a arrow::array::Date32Array),
}

impl<'a> Column<'a> {
    fn of(array: &'a dyn Array) -> Result<Self, Diagnostic> {
        match array.data_type() {
            DataType::Utf8 => Ok(Self::Text(array.as_string())),
            DataType::Int64 => Ok(Self::Integer(array.as_primitive::<Int64Type>())),
            DataType::Float64 => Ok(Self::Number(array.as_primitive::<Float64Type>())),
            DataType::Date32 => Ok(Self::Day(array.as_primitive::<Date32Type>())),
            other => {
                Err(Diagnostic::error(Code::Internal, "a table cannot be written as CSV")
                    .note(other.to_string()))
            }
        }
    }

    fn field(&self, row: usize, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Text(array) if array.is_valid(row) => text(out, array.value(row)),
            Self::Integer(array) if array.is_valid(row) => write!(out, "{}", array.value(row)),
            Self::Number(array) if array.is_valid(row) => write!(out, "{}", array.value(row)),
            Self::Day(array) if array.is_valid(row) => match Date::from_days(array.value(row)) {
                Some(date) => write!(out, "{date}"),
                None => Err(io::Error::other("a day is not in the calendar")),
            },
            Self::Text(_) | Self::Integer(_) | Self::Number(_) | Self::Day(_) => Ok(()),
        }
    }
}

fn text(out: &mut impl Write, text: &str) -> io::Result<()> {
    if !text.is_empty() && !text.contains(['"', ',', '\n', '\r']) && !is_taken_for_missing(text) {
        return out.write_all(text.as_bytes());
    }
    write!(out, "\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};

    use super::*;

    fn written(batch: &RecordBatch) -> String {
        let mut out = Vec::new();
        assert!(write(batch, &mut out).is_ok());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn fields_as_they_are_written() {
        let texts = ["", "_T", "a,b", "say \"so\"", "two\nlines", "cr\rlf", " città ", "NA"];
        let text = texts.map(Some).into_iter().chain([None]).collect::<StringArray>();
        let integers = [0, 1, -1, i64::MAX, i64::MIN, 7, 8, 9].map(Some).into_iter().chain([None]);
        let doubles = [0.1, 10.0, 66.666_666_666_666_67, 1e21, -0.5, 1.0 / 3.0, 5e-324, f64::MAX];
        let numbers = doubles.map(Some).into_iter().chain([None]).collect::<Float64Array>();
        let days =
            [0, -1, 11_016, 365, 1, 2, 3, 4].map(Some).into_iter().chain([None]).collect::<Date32Array>();
        let columns: [(&str, ArrayRef); 4] = [
            ("text,", Arc::new(text)),
            ("whole", Arc::new(integers.collect::<Int64Array>())),
            ("number", Arc::new(numbers)),
            ("day", Arc::new(days)),
        ];
        let batch =
            RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
                .unwrap();
        let found = written(&batch);
        let lines: Vec<&str> = found.split('\n').collect();
        assert_eq!(lines[0], "\"text,\",whole,number,day");
        assert_eq!(lines[1], "\"\",0,0.1,1970-01-01");
        assert_eq!(lines[2], "_T,1,10,1969-12-31");
        assert_eq!(lines[3], "\"a,b\",-1,66.66666666666667,2000-02-29");
        assert_eq!(lines[4], "\"say \"\"so\"\"\",9223372036854775807,1000000000000000000000,1971-01-01");
        assert_eq!(
            &lines[9..],
            ["\"NA\",9,NUMBER,1970-01-05", ",,,", ""]
                .map(|line| line.replace("NUMBER", &f64::MAX.to_string()))
        );
    }

    #[test]
    fn what_readers_take_for_missing_is_quoted() {
        let table = [
            ("NA", "\"NA\""),
            ("na", "\"na\""),
            ("null", "\"null\""),
            ("#N/A", "\"#N/A\""),
            ("<NA>", "\"<NA>\""),
            ("NAM", "NAM"),
            ("N", "N"),
            ("none left", "none left"),
            ("-", "-"),
        ];
        for (found, expected) in table {
            let mut out = Vec::new();
            text(&mut out, found).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn no_rows_are_a_header() {
        let batch = RecordBatch::new_empty(Arc::new(arrow::datatypes::Schema::new(vec![
            arrow::datatypes::Field::new("value", DataType::Float64, true),
        ])));
        assert_eq!(written(&batch), "value\n");
    }
}
