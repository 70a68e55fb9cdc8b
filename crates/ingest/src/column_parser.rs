//! How the fields of one column become values.

use std::cell::RefCell;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Int64Array, StringArray,
    StringDictionaryBuilder,
};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int64Type, UInt32Type};
use arrow::error::ArrowError;
use denizen_spec::{
    Code, Codelist, Column, DateFormat, Diagnostic, FieldType, Mark, NumberForm, OnError, Path, Source,
    SourceKind, columns,
};

use crate::code_column::{CodeColumn, OurCodes};
use crate::code_mapping::{OtherTexts, code_mapping};
use crate::decoder::Decoder;
use crate::dictionary::Dictionary;
use crate::field_column::FieldColumn;
use crate::formats::FileFormat;
use crate::label_index::LabelIndexes;
use crate::lookup::RawField;
use crate::number::{DecimalFormat, integer, seconds_of_day};
use crate::pseudonym::{Identifier, Key, Pseudonymiser};
use crate::rows::Rows;
use crate::stats::IngestStats;
use crate::text_column;
use crate::value_stats::ZonesSeen;

/// Digits of decimal numbers in Arrow: as many as 64 bits hold.
const PRECISION: u8 = 18;

pub(crate) struct ColumnParser {
    pub(crate) name: Arc<str>,
    pub(crate) field_parser: FieldParser,
    /// Texts that mean *not stated*; those of marks that are no value are among them.
    pub(crate) missing: Vec<String>,
    marks: Vec<(String, Mark)>,
    total: Option<String>,
    /// How numbers are written; none where they are plain.
    number: Option<NumberForm>,
    /// The byte between a whole number and its decimals.
    decimal_mark: u8,
    pub(crate) personal: bool,
    /// Whether only the shape of its texts is read.
    shape: bool,
    /// Whether a row cannot do without it.
    pub(crate) required: bool,
    /// Whether it says for how many a row stands.
    pub(crate) is_weight: bool,
    pub(crate) on_error: OnError,
}

/// What the fields of a column are turned into.
pub(crate) enum FieldParser {
    Text,
    Pseudonym(Pseudonymiser, Identifier),
    Integer,
    Time,
    Decimal(DecimalFormat),
    Date(DateFormat),
    Code(Box<CodeColumn>),
}

/// What the parsers of all columns are made from.
pub(crate) struct ParserBuilder<'a> {
    pub(crate) source: &'a Source,
    pub(crate) lists: &'a [Codelist],
    pub(crate) indexes: &'a LabelIndexes,
    pub(crate) format: &'a dyn FileFormat,
    pub(crate) key: Option<&'a Key>,
}

impl ParserBuilder<'_> {
    /// The parser of a column. `words` are our codes so far, which other forms of the source share.
    pub(crate) fn column(
        &self,
        column: &Column,
        words: &mut OurCodes,
    ) -> Result<ColumnParser, Vec<Diagnostic>> {
        let without_value = column.marks.iter().filter(|(_, mark)| mark.obs_status().is_some());
        let without_value = without_value.map(|(text, _)| text.clone());
        let is_value = self.source.kind == SourceKind::Cells && column.name == columns::VALUE;
        let of_format = if is_value { self.format.no_values() } else { &[] };
        let of_format = of_format.iter().map(|text| (*text).to_owned());
        Ok(ColumnParser {
            name: column.name.as_str().into(),
            field_parser: self.field_parser(column, words)?,
            missing: column.missing.iter().cloned().chain(without_value).chain(of_format).collect(),
            marks: column.marks.clone(),
            total: column.total.clone(),
            number: Some(column.number).filter(|form| !form.is_plain()),
            decimal_mark: self.format.decimal_mark(),
            personal: column.personal,
            shape: column.shape,
            required: is_required(self.source, &column.name),
            is_weight: self.source.is_weight(&column.name),
            on_error: column.on_error.unwrap_or(OnError::Reject),
        })
    }

    fn field_parser(&self, column: &Column, words: &mut OurCodes) -> Result<FieldParser, Vec<Diagnostic>> {
        Ok(match &column.field_type {
            FieldType::Text if column.personal => self.pseudonym(column, text_identifier(column))?,
            FieldType::Text => FieldParser::Text,
            FieldType::Integer if column.personal => self.pseudonym(column, Identifier::Integer)?,
            FieldType::Integer => FieldParser::Integer,
            FieldType::Time if column.personal => self.pseudonym(column, Identifier::Text)?,
            FieldType::Time => FieldParser::Time,
            FieldType::Decimal { scale } => {
                let format = DecimalFormat { scale: *scale, mark: self.format.decimal_mark() };
                if column.personal {
                    self.pseudonym(column, Identifier::Decimal(format))?
                } else {
                    FieldParser::Decimal(format)
                }
            }
            FieldType::Date(layout) => FieldParser::Date(layout.clone()),
            FieldType::Code => {
                let mapping = code_mapping(column, self.source, self.lists)?;
                let others = OtherTexts::new(column, self.source, self.lists, self.indexes, &mapping)?;
                let codes = CodeColumn::new(mapping, others, &column.missing, self.format.decoder(), words);
                FieldParser::Code(Box::new(codes))
            }
        })
    }

    fn pseudonym(&self, column: &Column, identifier: Identifier) -> Result<FieldParser, Vec<Diagnostic>> {
        let key = self.key.ok_or_else(|| vec![no_key(self.source, column)])?;
        // A column that names rows has the pseudonyms of the column that they are named by.
        let named_by = column.refers_to.as_ref().unwrap_or(&column.name);
        Ok(FieldParser::Pseudonym(Pseudonymiser::new(key, named_by), identifier))
    }
}

/// How texts that identify a person are compared.
fn text_identifier(column: &Column) -> Identifier {
    match (column.fold, column.truncate) {
        (false, None) => Identifier::Text,
        (fold, truncate) => Identifier::Name { fold, truncate },
    }
}

/// A cell without its concept or its time would be in no table, or in a wrong one; of a row without weight nobody knows how
/// many it stands for.
fn is_required(source: &Source, column: &str) -> bool {
    let essential = [columns::CONCEPT, columns::REFERENCE_DATE, columns::YEAR];
    source.is_weight(column) || source.kind == SourceKind::Cells && essential.contains(&column)
}

fn no_key(source: &Source, column: &Column) -> Diagnostic {
    let name = &column.name;
    let message =
        format!("`{}` holds the personal column `{name}`, and there is no pseudonym key", source.name);
    Diagnostic::error(Code::NoKey, message)
        .help("set DENIZEN_KEY_FILE to a file with 64 hexadecimal digits (`openssl rand -hex 32`)")
        .at(Path::source(&source.name).column(name).name(), "personal")
}

impl ColumnParser {
    pub(crate) fn is_value(&self, kind: SourceKind) -> bool {
        kind == SourceKind::Cells && &*self.name == columns::VALUE
    }

    /// Whether the empty text is declared to mean something else than that nothing is stated.
    pub(crate) fn empty_has_meaning(&self) -> bool {
        let is_code = matches!(&self.field_parser, FieldParser::Code(codes) if codes.has_empty_text());
        is_code || self.total.as_deref() == Some("") || self.marks.iter().any(|(text, _)| text.is_empty())
    }

    /// Zero for texts that stand for a number: a mark of exactly nobody, and a total, which is no number of the dimension
    /// and is known by a column of its own.
    fn replaced<T: Default>(&self, text: &[u8]) -> Option<T> {
        let is_zero = |(mark, meaning): &(String, Mark)| *meaning == Mark::Zero && mark.as_bytes() == text;
        let is_total = self.total.as_ref().is_some_and(|total| total.as_bytes() == text);
        (is_total || self.marks.iter().any(is_zero)).then(T::default)
    }

    /// What cells need beside the column: what marks say, which numbers and dates are totals, and what stands in the file
    /// where several codes become one.
    pub(crate) fn beside(&self, rows: &Rows, index: usize, decoder: Decoder) -> Vec<(String, ArrayRef)> {
        let mut made = Vec::new();
        if !self.marks.is_empty() {
            made.push((columns::MARK.to_owned(), self.statuses(rows, index, decoder)));
        }
        let is_code = matches!(self.field_parser, FieldParser::Code(_));
        if let Some(total) = self.total.as_ref().filter(|_| !is_code) {
            let is_total = |field: RawField<'_>| decoder.decode(field.trimmed()).as_deref() == Some(total);
            let array: BooleanArray = rows.column(index).map(|field| Some(is_total(field))).collect();
            made.push((columns::is_total(&self.name), Arc::new(array) as ArrayRef));
        }
        if matches!(&self.field_parser, FieldParser::Code(codes) if codes.is_merging()) {
            made.push((columns::as_written(&self.name), as_written(rows, index, decoder)));
        }
        made
    }

    /// What the mark of each row says, as a code of `OBS_STATUS`.
    fn statuses(&self, rows: &Rows, index: usize, decoder: Decoder) -> ArrayRef {
        let status = |field: RawField<'_>| {
            let text = decoder.decode(field.trimmed())?;
            let (_, mark) = self.marks.iter().find(|(mark, _)| *mark == text)?;
            mark.obs_status()
        };
        Arc::new(rows.column(index).map(status).collect::<StringArray>())
    }

    /// A whole number in the form of the column. Cells of a workbook that are numbers have no form.
    fn integer(&self, text: &[u8], is_typed: bool) -> Option<i64> {
        let Some(form) = &self.number else { return integer(text) };
        let exact = DecimalFormat { scale: form.power, mark: self.decimal_mark };
        if is_typed {
            return exact.of_field(true).parse(text);
        }
        exact.parse(form.plain(std::str::from_utf8(text).ok()?, self.decimal_mark)?.as_bytes())
    }

    /// A number in the form of the column, in units of its last decimal.
    fn decimal(&self, text: &[u8], is_typed: bool, format: DecimalFormat) -> Option<i64> {
        let Some(form) = &self.number else { return format.of_field(is_typed).parse(text) };
        // Thousands with two decimals are as many hundredths as thousands with five decimals have of their last.
        let exact = DecimalFormat { scale: format.scale + form.power, ..format };
        if is_typed {
            return exact.of_field(true).parse(text);
        }
        exact.parse(form.plain(std::str::from_utf8(text).ok()?, format.mark)?.as_bytes())
    }

    /// Decimal numbers, exact.
    fn decimals(
        &self,
        column: &mut FieldColumn<'_>,
        format: DecimalFormat,
    ) -> Result<Decimal128Array, ArrowError> {
        let read = |text: &[u8], is_typed: bool| {
            self.replaced(text).or_else(|| self.decimal(text, is_typed, format).map(i128::from))
        };
        let numbers = column.values::<Decimal128Type>(Code::BadDecimal, read);
        numbers.with_precision_and_scale(PRECISION, format.scale as i8)
    }

    fn dates(&self, column: &mut FieldColumn<'_>, layout: &DateFormat) -> Date32Array {
        let iso = DateFormat::iso();
        column.values::<Date32Type>(Code::BadDate, |text, is_typed| {
            let typed = if is_typed { typed_day(&iso, layout, text) } else { None };
            self.replaced(text).or(typed).or_else(|| layout.days(text))
        })
    }

    /// The same of times that say something of their zone, which is noted.
    fn zoned_dates(
        &self,
        column: &mut FieldColumn<'_>,
        layout: &DateFormat,
        stats: &mut IngestStats,
    ) -> Date32Array {
        let (iso, seen) = (DateFormat::iso(), RefCell::new(ZonesSeen::default()));
        let dates = column.values::<Date32Type>(Code::BadDate, |text, is_typed| {
            let typed = if is_typed { typed_day(&iso, layout, text) } else { None };
            self.replaced(text).or(typed).or_else(|| {
                let (day, zone) = layout.day_and_zone(text)?;
                seen.borrow_mut().add(zone);
                Some(day)
            })
        });
        stats.values.add_zones(&self.name, seen.into_inner());
        dates
    }

    /// The layout of its dates, where some are said in part only.
    pub(crate) fn layout_in_part(&self) -> Option<&DateFormat> {
        match &self.field_parser {
            FieldParser::Date(layout) if layout.is_in_part() => Some(layout),
            FieldParser::Date(_) | FieldParser::Text | FieldParser::Pseudonym(..) => None,
            FieldParser::Integer | FieldParser::Time | FieldParser::Decimal(_) | FieldParser::Code(_) => None,
        }
    }

    /// The days of dates of which some are said in part only, where they say one; and the first and the last day that each can be.
    pub(crate) fn possible_days(
        &self,
        column: &mut FieldColumn<'_>,
        layout: &DateFormat,
    ) -> (Date32Array, [Date32Array; 2]) {
        let iso = DateFormat::iso();
        // Both days in one number, so that the fields are read once.
        let packed = column.values::<Int64Type>(Code::BadDate, |text, is_typed| {
            let typed = if is_typed { typed_day(&iso, layout, text) } else { None };
            let (first, last) = typed.map(|day| (day, day)).or_else(|| layout.possible_days(text))?;
            Some(i64::from(first) << 32 | i64::from(last.cast_unsigned()))
        });
        let first = |packed: i64| (packed >> 32) as i32;
        let last = |packed: i64| packed as i32;
        let day = packed.iter().map(|packed| packed.map(first).filter(|day| packed.map(last) == Some(*day)));
        let bounds = [packed.unary(first), packed.unary(last)];
        (day.collect(), bounds)
    }

    pub(crate) fn parse(
        &self,
        mut column: FieldColumn<'_>,
        dictionary: &Dictionary,
        stats: &mut IngestStats,
    ) -> Result<ArrayRef, ArrowError> {
        let form = column.form();
        Ok(match &self.field_parser {
            FieldParser::Text if self.shape => Arc::new(text_column::shapes(&mut column)),
            FieldParser::Text => text_column::texts(&mut column, dictionary)?,
            FieldParser::Pseudonym(pseudonymiser, identifier) => {
                text_column::pseudonyms(&mut column, pseudonymiser, *identifier)?
            }
            FieldParser::Integer if self.is_weight => {
                let read = |text: &[u8], is_typed| self.integer(text, is_typed).filter(|weight| *weight >= 0);
                Arc::new(column.values::<Int64Type>(Code::BadWeight, read))
            }
            FieldParser::Integer => {
                let read =
                    |text: &[u8], is_typed| self.replaced(text).or_else(|| self.integer(text, is_typed));
                Arc::new(column.values::<Int64Type>(Code::BadInteger, read))
            }
            FieldParser::Time => {
                Arc::new(column.values::<Int64Type>(Code::BadTime, |text, _| seconds_of_day(text)))
            }
            FieldParser::Decimal(format) => Arc::new(self.decimals(&mut column, *format)?),
            FieldParser::Date(layout) if layout.says_zone() => {
                Arc::new(self.zoned_dates(&mut column, layout, stats))
            }
            FieldParser::Date(layout) => Arc::new(self.dates(&mut column, layout)),
            FieldParser::Code(codes) => {
                let (array, seen) = codes.parse(&mut column)?;
                stats.codes.seen.entry(form).or_default().insert(self.name.to_string(), seen);
                array
            }
        })
    }
}

/// The day of a date of a workbook or a Parquet file, which is one whatever the layout; its numbers may be dates too, such as 2007.
/// Of a moment the day is asked for; one in UTC has a day where one is at midnight, or the zone is stated.
fn typed_day(iso: &DateFormat, layout: &DateFormat, text: &[u8]) -> Option<i32> {
    match text {
        [day @ .., b'Z'] if day.len() >= 19 && day[10] == b'T' => {
            let second = u32::try_from(seconds_of_day(&day[11..])?).ok()?;
            // Decimals of a second make no other day, but no midnight.
            let second = if day.len() > 19 && layout.zone().is_none() { second.max(1) } else { second };
            layout.day_of_utc(iso.days(&day[..10])?, second)
        }
        text if text.get(10) == Some(&b' ') => iso.days(&text[..10]),
        text => iso.days(text),
    }
}

/// Values times a power of ten.
pub(crate) fn multiplied<'a>(
    values: &ArrayRef,
    powers: impl Iterator<Item = &'a [u8]>,
    column: &mut FieldColumn<'_>,
) -> Result<ArrayRef, ArrowError> {
    let factors: Vec<Option<i64>> = powers.map(power_of_ten).collect();
    if factors.iter().all(|factor| *factor == Some(1)) {
        return Ok(Arc::clone(values));
    }
    let mut product = |row: usize, value: Option<i128>| {
        let product = value.zip(factors[row]).and_then(|(value, factor)| value.checked_mul(factor.into()));
        let product = product.filter(|product| product.unsigned_abs() < 10_u128.pow(PRECISION.into()));
        if value.is_some() && product.is_none() {
            column.reject(row, Code::UnitMultiplier);
        }
        product
    };
    Ok(match values.data_type() {
        DataType::Decimal128(precision, scale) => {
            let numbers = values.as_primitive::<Decimal128Type>().iter().enumerate();
            let numbers: Decimal128Array = numbers.map(|(row, value)| product(row, value)).collect();
            Arc::new(numbers.with_precision_and_scale(*precision, *scale)?)
        }
        _ => {
            let numbers = values.as_primitive::<Int64Type>().iter().enumerate();
            let numbers =
                numbers.map(|(row, value)| product(row, value.map(i128::from)).map(|value| value as i64));
            Arc::new(numbers.collect::<Int64Array>())
        }
    })
}

/// The power of ten that `UNIT_MULT` names; 1 where it names none.
fn power_of_ten(text: &[u8]) -> Option<i64> {
    if text.is_empty() {
        return Some(1);
    }
    let power: u32 = std::str::from_utf8(text).ok()?.parse().ok()?;
    10_i64.checked_pow(power)
}

/// The fields of a column of text, as far as they state anything.
pub(crate) fn as_stated(rows: &Rows, column: usize, decoder: Decoder) -> ArrayRef {
    let texts =
        rows.column(column).map(|field| decoder.decode(field.trimmed()).filter(|text| !text.is_empty()));
    Arc::new(texts.collect::<StringArray>())
}

/// The fields of a column as they stand in the file, without blanks around them.
pub(crate) fn as_written(rows: &Rows, column: usize, decoder: Decoder) -> ArrayRef {
    let mut texts = StringDictionaryBuilder::<UInt32Type>::new();
    for field in rows.column(column) {
        let bytes = field.trimmed();
        match decoder.decode(bytes) {
            Some(text) => texts.append_value(text),
            None => texts.append_value(String::from_utf8_lossy(bytes)),
        }
    }
    Arc::new(texts.finish())
}
