//! `correct`: known faults of a source are mended, one by one.
//!
//! Each entry counts what it meets: the run stops at the end of the source when that is not what it expects.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Decimal128Array, DictionaryArray, Int64Array, RecordBatch,
    StringArray,
};
use arrow::datatypes::UInt16Type;
use denizen_spec::{Code, Correction, Diagnostic, Path, StepReport, Value};

use crate::batch::{self, Result, Words};
use crate::operation::{Context, Failure, Operation};
use crate::operations::filter::Conditions;

pub(crate) struct Correct {
    entries: Vec<(usize, Conditions, Correction)>,
}

/// Words that a column of numbered words can have.
const MOST_WORDS: usize = 1 << 16;

impl Correct {
    /// Prepares the entries that are applied.
    ///
    /// # Errors
    ///
    /// When a code is none of the list of its column.
    pub(crate) fn new(
        declared: &denizen_spec::Correct,
        context: &Context<'_>,
    ) -> std::result::Result<Self, Diagnostic> {
        for (number, entry) in declared.applied() {
            let Some(list) = context.codelist_of(&entry.column) else { continue };
            for (field, value) in [("from", &entry.from), ("to", &entry.to)] {
                let Value::Text(code) = value else { continue };
                if !list.entries.get(code).is_some_and(|entry| entry.kind.is_part()) {
                    let message = format!("`{code}` is no code of a row in the list `{}`", list.name);
                    let fault = Diagnostic::error(Code::NoTranslation, message);
                    let label = "take a code of that list, or add it there";
                    return Err(declared.fault(fault, number, &context.path, field, label));
                }
            }
        }
        Ok(Self::of(declared, &|column| context.is_in_part(column)))
    }

    fn of(declared: &denizen_spec::Correct, is_in_part: &dyn Fn(&str) -> bool) -> Self {
        let entries = declared
            .applied()
            .map(|(number, entry)| (number, Conditions::new(&entry.rows, is_in_part), entry.clone()));
        Self { entries: entries.collect() }
    }
}

impl Operation for Correct {
    fn name(&self) -> String {
        "correct".to_owned()
    }

    fn apply(
        &self,
        batch: RecordBatch,
        report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        // Each entry looks at the rows as they came, so that none meets what another one has changed.
        let mut corrected = batch.clone();
        for (number, rows, entry) in &self.entries {
            let met = rows.met(&batch, false, report)?;
            let met: Vec<usize> = (0..met.len()).filter(|row| met[*row]).collect();
            let values = Values::of(&batch, &entry.column)?;
            let is_value = |row: &usize, value: &Value| values.is(*row, value);
            let wrong: Vec<usize> = met.iter().copied().filter(|row| is_value(row, &entry.from)).collect();
            let healed = met.iter().filter(|row| is_value(row, &entry.to)).count();
            report.count(&met_by(*number), met.len() as u64);
            report.count(&corrected_by(*number), wrong.len() as u64);
            report.count(&healed_before(*number), healed as u64);
            if !wrong.is_empty() {
                let array = Values::of(&corrected, &entry.column)?.with(&wrong, &entry.to)?;
                corrected = batch::with_column(corrected, &entry.column, array)?;
            }
        }
        Ok(corrected)
    }
}

/// The name of the count of rows that an entry is about.
fn met_by(entry: usize) -> String {
    format!("rows_of_entry_{entry}")
}

/// Of rows that it corrected.
fn corrected_by(entry: usize) -> String {
    format!("corrected_by_entry_{entry}")
}

/// Of rows whose value was right already.
fn healed_before(entry: usize) -> String {
    format!("healed_before_entry_{entry}")
}

/// What entries did not find, by the report of their step, which stands at `path`.
pub(crate) fn unexpected(
    declared: &denizen_spec::Correct,
    report: &StepReport,
    path: &Path,
) -> Vec<Diagnostic> {
    let count = |name: String| {
        let found = report.counts.iter().find(|(known, _)| *known == name);
        found.map_or(0, |(_, count)| *count)
    };
    let fault = |(number, entry): (usize, &Correction)| {
        let [met, corrected, healed] =
            [met_by(number), corrected_by(number), healed_before(number)].map(count);
        let (message, label) = if met == 0 {
            ("a correction matches no row".to_owned(), "no row is like this")
        } else if healed > 0 {
            (
                format!("the source was healed: {healed} of {met} rows are right already"),
                "set it to `withdrawn`",
            )
        } else if corrected < met {
            (format!("{} of {met} rows have neither value of a correction", met - corrected), "look at them")
        } else if met != entry.count {
            (format!("a correction is about {} rows, and matches {met}", entry.count), "state their `count`")
        } else {
            return None;
        };
        let field = if met == 0 || met != entry.count { "where" } else { "from" };
        Some(declared.fault(Diagnostic::error(Code::Correction, message), number, path, field, label))
    };
    declared.applied().filter_map(fault).collect()
}

/// The values of a column.
enum Values<'a> {
    Days(&'a Date32Array),
    Numbers(&'a Int64Array),
    Decimals(&'a Decimal128Array),
    Words(Words<'a>),
}

impl<'a> Values<'a> {
    fn of(batch: &'a RecordBatch, column: &str) -> Result<Self> {
        use arrow::datatypes::DataType;
        Ok(match batch::column(batch, column)?.data_type() {
            DataType::Date32 => Self::Days(batch::days(batch, column)?),
            DataType::Int64 => Self::Numbers(batch::integers(batch, column)?),
            DataType::Decimal128(..) => Self::Decimals(batch::column(batch, column)?.as_primitive()),
            _ => Self::Words(batch::words(batch, column)?),
        })
    }

    fn is(&self, row: usize, value: &Value) -> bool {
        match (self, value) {
            (Self::Days(array), Value::NotStated) => array.is_null(row),
            (Self::Numbers(array), Value::NotStated) => array.is_null(row),
            (Self::Decimals(array), Value::NotStated) => array.is_null(row),
            (Self::Decimals(array), Value::Number(_) | Value::Decimal { .. }) => {
                array.is_valid(row) && Some(array.value(row)) == value.scaled(decimals_of(array))
            }
            (Self::Words(words), Value::NotStated) => words.get(row).is_none(),
            (Self::Days(array), Value::Date(date)) => {
                array.is_valid(row) && Some(array.value(row)) == date.days()
            }
            (Self::Numbers(array), Value::Number(number)) => {
                array.is_valid(row) && array.value(row) == *number
            }
            (Self::Words(words), Value::Text(text)) => words.get(row) == Some(text),
            (Self::Days(_), Value::Text(_) | Value::Number(_) | Value::Decimal { .. })
            | (Self::Numbers(_), Value::Text(_) | Value::Date(_) | Value::Decimal { .. })
            | (Self::Decimals(_), Value::Text(_) | Value::Date(_))
            | (Self::Words(_), Value::Number(_) | Value::Date(_) | Value::Decimal { .. }) => false,
        }
    }

    /// The column with another value in some rows, which are in order.
    fn with(&self, rows: &[usize], value: &Value) -> Result<ArrayRef> {
        let is_one = |row: usize| rows.binary_search(&row).is_ok();
        Ok(match self {
            Self::Days(array) => {
                let day = if let Value::Date(date) = value { date.days() } else { None };
                let days = array.iter().enumerate().map(|(row, old)| if is_one(row) { day } else { old });
                Arc::new(days.collect::<Date32Array>())
            }
            Self::Numbers(array) => {
                let number = if let Value::Number(number) = value { Some(*number) } else { None };
                let numbers =
                    array.iter().enumerate().map(|(row, old)| if is_one(row) { number } else { old });
                Arc::new(numbers.collect::<Int64Array>())
            }
            Self::Decimals(array) => {
                let number = value.scaled(decimals_of(array));
                let numbers =
                    array.iter().enumerate().map(|(row, old)| if is_one(row) { number } else { old });
                let numbers = numbers.collect::<Decimal128Array>();
                Arc::new(numbers.with_precision_and_scale(array.precision(), array.scale())?)
            }
            Self::Words(words) => {
                let text = if let Value::Text(text) = value { Some(text.as_str()) } else { None };
                with_word(words, &is_one, text)?
            }
        })
    }
}

fn decimals_of(array: &Decimal128Array) -> u8 {
    u8::try_from(array.scale()).unwrap_or(0)
}

/// The same of words. Numbers of the others stay; that of a new word is the next one.
fn with_word(words: &Words<'_>, is_one: &dyn Fn(usize) -> bool, text: Option<&str>) -> Result<ArrayRef> {
    let (keys, known) = match words {
        Words::Numbered(keys, known) if known.len() < MOST_WORDS => (*keys, *known),
        Words::Numbered(keys, _) => return Ok(Arc::new(texts(words, keys.len(), is_one, text))),
        Words::Plain(plain) => return Ok(Arc::new(texts(words, plain.len(), is_one, text))),
    };
    let found = text.and_then(|text| known.iter().position(|word| word == Some(text)));
    let key = text.map(|_| found.unwrap_or(known.len()) as u16);
    let all: StringArray = match (found, text) {
        (None, Some(text)) => known.iter().chain([Some(text)]).collect(),
        (Some(_), _) | (None, None) => known.clone(),
    };
    let keys = keys.iter().enumerate().map(|(row, old)| if is_one(row) { key } else { old });
    let keys = batch::primitive::<UInt16Type>(keys.collect::<Vec<_>>().into_iter());
    Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(keys, Arc::new(all))?))
}

fn texts(words: &Words<'_>, rows: usize, is_one: &dyn Fn(usize) -> bool, text: Option<&str>) -> StringArray {
    (0..rows).map(|row| if is_one(row) { text } else { words.get(row) }).collect()
}

#[cfg(test)]
mod tests {
    use denizen_spec::{Bounds, Conditions as Asked, CorrectionStatus, Date, Limit};

    use super::*;
    use crate::test_batch::{batch, rows};

    fn entry(permit: i64, column: &str, from: Value, to: Value) -> Correction {
        let bounds = Bounds { values: vec![Limit::Number(permit)], ..Bounds::default() };
        Correction {
            rows: Asked { codes: Vec::new(), bounds: vec![("permit".to_owned(), bounds)] },
            count: 1,
            column: column.to_owned(),
            from,
            to,
            reason: "r".to_owned(),
            source: "s".to_owned(),
            status: CorrectionStatus::Confirmed,
            line: None,
        }
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn day(year: i32) -> Value {
        Value::Date(Date { year, month: 1, day: 1 })
    }

    /// What is left of rows, and what entries did not find.
    fn corrected(entries: Vec<Correction>) -> (String, Vec<String>) {
        let records = batch(
            "permit:integer reason plain:text expires:day n:integer",
            "1 W a 2019-01-01 5 | 2 F b 2020-01-01 - | 3 - c 2021-01-01 7 | 3 W d - 8",
        );
        let declared = denizen_spec::Correct { entries, file: None };
        let mut report = StepReport::new("correct");
        let found = Correct::of(&declared, &|_| false).apply(records, &mut report).unwrap();
        let faults = unexpected(&declared, &report, &Path::root());
        (rows(&found), faults.into_iter().map(|fault| fault.message).collect())
    }

    #[test]
    fn each_kind_of_value_is_mended() {
        let entries = vec![
            entry(1, "reason", text("W"), text("S")),
            entry(1, "plain", text("a"), text("z")),
            entry(1, "expires", day(2019), Value::NotStated),
            entry(2, "n", Value::NotStated, Value::Number(6)),
            entry(2, "reason", text("F"), text("W")),
            entry(2, "expires", day(2020), day(2022)),
        ];
        let (rows, faults) = corrected(entries);
        assert_eq!(rows, "1 S z - 5 | 2 W b 2022-01-01 6 | 3 - c 2021-01-01 7 | 3 W d - 8");
        assert_eq!(faults, [""; 0]);
    }

    /// Decimals are exact, however many zeros are behind them.
    #[test]
    fn decimals_are_mended() {
        let rates: Decimal128Array = [Some(1250), None, Some(1200)].into_iter().collect();
        let rates = rates.with_precision_and_scale(18, 3).unwrap();
        let values = Values::Decimals(&rates);
        let number = |text: &str| Value::number(text).unwrap();
        for (text, is) in [("1.25", [true, false, false]), ("1.2", [false, false, true]), ("1", [false; 3])] {
            assert_eq!([0, 1, 2].map(|row| values.is(row, &number(text))), is, "{text}");
        }
        assert_eq!([0, 1, 2].map(|row| values.is(row, &Value::NotStated)), [false, true, false]);
        let mended = values.with(&[0, 1], &number("7.50")).unwrap();
        let mended: Vec<_> = mended.as_primitive::<arrow::datatypes::Decimal128Type>().iter().collect();
        assert_eq!(mended, [Some(7500), Some(7500), Some(1200)]);
    }

    #[test]
    fn what_is_not_as_expected_stops_the_run() {
        let before = "1 W a 2019-01-01 5 | 2 F b 2020-01-01 - | 3 - c 2021-01-01 7 | 3 W d - 8";
        let table = [
            (entry(9, "n", Value::Number(5), Value::Number(6)), "a correction matches no row"),
            (
                entry(1, "n", Value::Number(4), Value::Number(5)),
                "the source was healed: 1 of 1 rows are right already",
            ),
            (
                entry(1, "n", Value::Number(4), Value::Number(6)),
                "1 of 1 rows have neither value of a correction",
            ),
            (
                entry(3, "n", Value::Number(7), Value::Number(6)),
                "1 of 2 rows have neither value of a correction",
            ),
        ];
        for (entry, expected) in table {
            let changes = entry.rows.bounds[0].1.values == [Limit::Number(3)];
            let (rows, faults) = corrected(vec![entry.clone()]);
            assert_eq!(faults, [expected]);
            assert_eq!(rows == before, !changes);
            let withdrawn = Correction { status: CorrectionStatus::Withdrawn, ..entry };
            assert_eq!(corrected(vec![withdrawn]), (before.to_owned(), Vec::new()));
        }
    }

    /// None changes what another one has changed: both say what stands in the file.
    #[test]
    fn entries_look_at_the_rows_as_they_came() {
        let entries = vec![
            entry(1, "n", Value::Number(5), Value::Number(6)),
            entry(1, "n", Value::Number(6), Value::Number(7)),
        ];
        let (rows, faults) = corrected(entries);
        assert!(rows.starts_with("1 W a 2019-01-01 6"));
        assert_eq!(faults, ["1 of 1 rows have neither value of a correction"]);
    }
}
