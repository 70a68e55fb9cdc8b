//! `[[source.NAME.variant]]`: how some files of a source are read otherwise than the others.
//!
//! A source of many years changes: columns are renamed, added and dropped, the delimiter or the encoding is another one. A
//! variant states what differs; all else is as the source says, so that the rows of all files have the same columns.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::source::Source;
use crate::text::{Fields, Findings};
use crate::{Code, Diagnostic};

/// Some files of a source, and how they are read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Its name, which the manifest gives for each file that it read.
    pub name: String,
    /// The files that it holds for, as paths or globs relative to the project.
    pub files: Vec<String>,
    /// The first and the last year that it holds for, as the names of the files say.
    pub years: Option<(i64, i64)>,
    /// The source as these files have it; it has no variants of its own.
    pub source: Source,
}

/// Fields of a source that hold for all of its files.
const COMMON: [&str; 11] = [
    "kind",
    "concept",
    "member",
    "max_rejected",
    "incomplete_sums",
    "max_rows_per_person",
    "row_order",
    "weight",
    "additive",
    "flag_i",
    "variant",
];

/// Fields of a column that may differ between files; the others say what the column is.
const OF_FILE: [&str; 23] = [
    "from",
    "value",
    "type",
    "format",
    "at",
    "first_year",
    "zone",
    "named_by",
    "codes",
    "match",
    "missing",
    "marks",
    "total",
    "pattern",
    "start",
    "width",
    "on_error",
    "absent",
    "thousands",
    "minus",
    "percent",
    "zero_decimals",
    "given_in",
];

impl Variant {
    /// Whether it names its files, so that no header decides.
    pub fn names_its_files(&self) -> bool {
        !self.files.is_empty() || self.years.is_some()
    }

    /// The variants of a source, of which `value` is the table.
    pub(crate) fn read_all(
        source: &str,
        value: &Spanned<DeValue<'_>>,
        fields: &Fields<'_, '_>,
        findings: &Findings,
    ) -> Vec<Self> {
        let Some(base) = value.get_ref().as_table() else { return Vec::new() };
        let Some(written) = fields.value("variant") else { return Vec::new() };
        let one = DeArray::new();
        let items = written.get_ref().as_array().unwrap_or(&one);
        if written.get_ref().as_array().is_none() {
            let fault = crate::text::wrong_type(written, "an array of tables");
            findings.push(fault.help(format!("write `[[source.{source}.variant]]`")));
        }
        items.iter().filter_map(|item| Self::read(source, base, item, findings)).collect()
    }

    fn read(
        source: &str,
        base: &DeTable<'_>,
        value: &Spanned<DeValue<'_>>,
        findings: &Findings,
    ) -> Option<Self> {
        let fields = Fields::of(value, findings)?;
        fields.in_section("variant");
        let name = fields.text("name");
        let files = fields.optional_texts("files");
        let years = years(&fields);
        // What else it says is of the sections of sources and columns, and is judged where they are read.
        fields.ignore_unknown();
        fields.finish();
        let table = value.get_ref().as_table()?;
        let is_common = refuse_common(base, table, findings);
        let merged = Spanned::new(value.span(), DeValue::Table(merged(base, table)));
        let inner = Findings::default();
        let read = Source::read(Spanned::new(value.span(), source.to_owned()), &merged, &inner);
        for fault in inner.into_vec() {
            findings.push_once(fault);
        }
        let source = read.filter(|_| !is_common)?;
        Some(Self { name: name?, files, years, source })
    }
}

/// `years = 2019`, or the first and the last.
fn years(fields: &Fields<'_, '_>) -> Option<(i64, i64)> {
    let value = fields.value("years")?;
    let integer = |value: &Spanned<DeValue<'_>>| {
        let integer = value.get_ref().as_integer()?;
        i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok()
    };
    let years = match value.get_ref() {
        DeValue::Array(items) => match &items[..] {
            [first, last] => integer(first).zip(integer(last)),
            _ => None,
        },
        _ => integer(value).map(|year| (year, year)),
    };
    let years = years.filter(|(first, last)| first <= last && (1000..=9999).contains(first) && *last <= 9999);
    if years.is_none() {
        fields.fault(value, "a year such as 2019, or the first and the last: [2010, 2018]");
    }
    years
}

/// Faults for what cannot differ between files. Whether there are any.
fn refuse_common(base: &DeTable<'_>, variant: &DeTable<'_>, findings: &Findings) -> bool {
    let mut is_faulty = false;
    let mut fault = |span, message: String, label: &str| {
        is_faulty = true;
        findings.push(Diagnostic::error(Code::SourceVariant, message).at_span(span, label));
    };
    for (key, _) in variant.iter().filter(|(key, _)| COMMON.contains(&key.get_ref().as_ref())) {
        let message = format!("`{}` holds for all files of a source", key.get_ref());
        fault(key.span(), message, "state it in [source.NAME], or read these files as a source of their own");
    }
    let columns = |table: &'_ DeTable<'_>| -> Vec<String> {
        let columns = table.get("columns").and_then(|columns| columns.get_ref().as_table());
        columns.iter().flat_map(|columns| columns.keys()).map(|key| key.get_ref().to_string()).collect()
    };
    let known = columns(base);
    let Some(own) = variant.get("columns").and_then(|columns| columns.get_ref().as_table()) else {
        return is_faulty;
    };
    for (column, value) in own {
        if !known.iter().any(|name| name == column.get_ref().as_ref()) {
            let message = format!("the source has no column `{}`", column.get_ref());
            let label = "declare it in [source.NAME], and `absent = true` in the variants without it";
            fault(column.span(), message, label);
        }
        for (key, _) in value.get_ref().as_table().into_iter().flatten() {
            if !OF_FILE.contains(&key.get_ref().as_ref()) {
                let message = format!("`{}` says what a column is, in all files", key.get_ref());
                fault(key.span(), message, "state it in the column of the source");
            }
        }
    }
    is_faulty
}

/// Fields of a source that are no options of its format.
const NO_OPTIONS: [&str; 4] = ["files", "columns", "unpivot", "repair"];

/// The table of a source as a variant has it: each field that the variant states in place of that of the source, those of
/// its columns one by one. A variant that states a format has the options of that one only.
fn merged<'i>(base: &DeTable<'i>, variant: &DeTable<'i>) -> DeTable<'i> {
    let mut merged = base.clone();
    merged.remove("variant");
    let has_format = variant.contains_key("format");
    if has_format {
        let is_option = |key: &str| !COMMON.contains(&key) && !NO_OPTIONS.contains(&key);
        let options: Vec<String> = merged.keys().map(|key| key.get_ref().to_string()).collect();
        for option in options.iter().filter(|key| is_option(key)) {
            merged.remove(option.as_str());
        }
    }
    if let Some(columns) = table_mut(&mut merged, "columns").filter(|_| has_format) {
        for (_, column) in columns.iter_mut() {
            if let DeValue::Table(column) = column.get_mut() {
                column.remove("start");
                column.remove("width");
            }
        }
    }
    for (key, value) in variant {
        match key.get_ref().as_ref() {
            "name" | "files" | "years" => {}
            "columns" => merge_columns(&mut merged, value),
            none @ ("unpivot" | "repair") if value.get_ref().as_bool() == Some(false) => {
                merged.remove(none);
            }
            other => {
                merged.remove(other);
                merged.insert(key.clone(), value.clone());
            }
        }
    }
    merged
}

fn merge_columns<'i>(merged: &mut DeTable<'i>, own: &Spanned<DeValue<'i>>) {
    let (Some(columns), Some(own)) = (table_mut(merged, "columns"), own.get_ref().as_table()) else { return };
    for (name, fields) in own {
        let Some(column) = table_mut(columns, name.get_ref()) else { continue };
        for (key, value) in fields.get_ref().as_table().into_iter().flatten() {
            column.remove(key.get_ref().as_ref());
            // Where a column comes from is one thing in a file.
            for other in other_origins(key.get_ref()) {
                column.remove(*other);
            }
            column.insert(key.clone(), value.clone());
        }
    }
}

/// The fields that say of a column that it comes from elsewhere than this one says.
fn other_origins(key: &str) -> &'static [&'static str] {
    match key {
        "value" => &["from", "pattern", "start", "width", "absent"],
        "from" | "pattern" | "start" | "width" | "absent" => &["value"],
        _ => &[],
    }
}

fn table_mut<'t, 'i>(table: &'t mut DeTable<'i>, key: &str) -> Option<&'t mut DeTable<'i>> {
    match table.get_mut(key)?.get_mut() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

/// The year in the name of a file: the only one from 1900 to 2099 in it, by itself (`2019`) or in a date (`201901`, `20190131`,
/// `31012019`).
///
/// ```
/// use denizen_spec::year_in_name;
///
/// assert_eq!(year_in_name("data/2019/permits_2018-01.csv"), Some(2018));
/// assert_eq!(year_in_name("data/2019/permits.csv"), None);
/// assert_eq!(year_in_name("permits_20180131.csv"), Some(2018));
/// assert_eq!(year_in_name("permits_2018_2019.csv"), None);
/// ```
pub fn year_in_name(path: &str) -> Option<i64> {
    match years_in_name(path).as_slice() {
        [year] => Some(*year),
        _ => None,
    }
}

/// All years from 1900 to 2099 in the name of a file, each once.
///
/// ```
/// use denizen_spec::years_in_name;
///
/// assert_eq!(years_in_name("permits_2018-2019.csv"), [2018, 2019]);
/// ```
pub fn years_in_name(path: &str) -> Vec<i64> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let numbers = name.split(|c: char| !c.is_ascii_digit());
    let mut years: Vec<i64> = numbers.filter_map(year_of_digits).collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// The year that digits are, or the date that they are has.
fn year_of_digits(digits: &str) -> Option<i64> {
    let number = |text: &str, bounds: std::ops::RangeInclusive<i64>| {
        text.parse::<i64>().ok().filter(|number| bounds.contains(number))
    };
    let year = |text: &str| number(text, 1900..=2099);
    let is_month = |text: &str| number(text, 1..=12).is_some();
    let is_day = |text: &str| number(text, 1..=31).is_some();
    match digits.len() {
        4 => year(digits),
        6 => year(&digits[..4]).filter(|_| is_month(&digits[4..])),
        8 => {
            let first = year(&digits[..4]).filter(|_| is_month(&digits[4..6]) && is_day(&digits[6..]));
            let last = || year(&digits[4..]).filter(|_| is_day(&digits[..2]) && is_month(&digits[2..4]));
            first.or_else(last)
        }
        _ => None,
    }
}
