//! `[source.NAME.columns]`: where a column stands, and what its texts mean.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use super::FieldType;
use crate::ColumnType;
use crate::date::DateFormat;
use crate::file_name::NameOf;
use crate::file_pattern::FilePattern;
use crate::fixed_width::Position;
use crate::mark::Mark;
use crate::number_form::NumberForm;
use crate::operations::Limit;
use crate::text::{Fields, Findings};

/// One column of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name with us.
    pub name: String,
    /// Its name in the file.
    pub from: String,
    /// Further columns of the file that identify a person only together with `from`, such as the issuing country of a
    /// passport number.
    pub with: Vec<String>,
    /// The form of the name of a file, of which a part is what the column holds in all rows of the file.
    pub file_pattern: Option<FilePattern>,
    /// Whether the files of a variant do not have it: no row states it.
    #[serde(default)]
    pub absent: bool,
    /// What all rows say in it, as it would stand in the file, where no field does.
    #[serde(default)]
    pub constant: Option<String>,
    /// Where it stands in a line whose fields have places.
    pub position: Option<Position>,
    /// What its text is turned into.
    pub field_type: FieldType,
    /// How its numbers are written.
    #[serde(default)]
    pub number: NumberForm,
    /// The code list that its codes belong to.
    pub codelist: Option<String>,
    /// How texts of the file are found in the list, which `codes` add to then. None: they are codes, and where `codes` are
    /// given only these are accepted.
    #[serde(rename = "match")]
    pub matching: Option<Matching>,
    /// Codes of the file and ours, in the order written.
    pub codes: Vec<(String, String)>,
    /// A table of weights, relative to the project, by which cells of some codes are divided among others.
    pub split: Option<String>,
    /// A file of further codes, relative to the project: `codes = "FILE.csv"`.
    pub codes_file: Option<String>,
    /// The text of the file that stands for the total of all others.
    pub total: Option<String>,
    /// Whether the other codes add up to the total, so that this is checked.
    pub complete: bool,
    /// Whether totals are compared with their parts at all.
    pub compare: bool,
    /// By how much a sum of parts may differ from its total, in units of the value: publishers round each by itself.
    pub tolerance: f64,
    /// Texts of the file that mean *not stated*, besides the empty text.
    pub missing: Vec<String>,
    /// Texts of the file in the place of a value, and what each says.
    pub marks: Vec<(String, Mark)>,
    /// What becomes of a row whose field cannot be read; none:
    /// [`crate::Pipeline::with_error_handling`] decides.
    pub on_error: Option<OnError>,
    /// Whether its values could identify a person: they are never shown and cannot be a dimension, and texts and numbers
    /// are replaced by pseudonyms.
    pub personal: bool,
    /// Whether its texts become pseudonyms without case, accents, blanks and signs: names are written in many ways.
    #[serde(default)]
    pub fold: bool,
    /// How many characters of each of its texts are looked at: as many as the card had room for.
    #[serde(default)]
    pub truncate: Option<u16>,
    /// The column whose values it holds, where it names other rows: of equal texts its pseudonyms are those of that column.
    #[serde(default)]
    pub refers_to: Option<String>,
    /// Whether only the shape of its texts is read, which says of a number or name how it is written and not what it is.
    #[serde(default)]
    pub shape: bool,
}

/// How the texts of a column are found in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Matching {
    /// Each is a code, as it stands.
    Code,
    /// Each is a code that is a number: zeros before it mean nothing.
    Number,
    /// Each is a label in any language, or another name that the reference of the list knows.
    Label,
}

impl Matching {
    const ALL: [(&'static str, Self); 3] =
        [("code", Self::Code), ("number", Self::Number), ("label", Self::Label)];
}

/// What becomes of a row of which a field cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// The row is rejected.
    Reject,
    /// The row stays and does not state the field, which is counted.
    NotStated,
}

impl OnError {
    const ALL: [(&'static str, Self); 2] = [("reject", Self::Reject), ("not_stated", Self::NotStated)];
}

/// What a column says of its codes: `list` and `codes`.
struct StatedCodes {
    codelist: Option<String>,
    codes: Vec<(String, String)>,
    codes_file: Option<String>,
}

impl StatedCodes {
    fn read(fields: &Fields<'_, '_>) -> Self {
        let codelist = fields.optional_name("list", NameOf::Codelist);
        let (codes, codes_file) = fields.optional_pairs_or_text("codes");
        Self { codelist, codes, codes_file }
    }

    /// Whether the column says anything, and is one of codes therefore.
    fn is_any(&self) -> bool {
        self.codelist.is_some() || !self.codes.is_empty() || self.codes_file.is_some()
    }
}

impl Column {
    /// What the column holds when it has been read. A personal number is a pseudonym: numbers of documents are numbers.
    pub fn column_type(&self) -> ColumnType {
        match self.field_type.column_type() {
            ColumnType::Integer | ColumnType::Decimal { .. } if self.personal => ColumnType::Text,
            column_type => column_type,
        }
    }

    /// The layout of its dates, where it holds such.
    pub fn date_format(&self) -> Option<&DateFormat> {
        match &self.field_type {
            FieldType::Date(layout) => Some(layout),
            FieldType::Text | FieldType::Code | FieldType::Integer => None,
            FieldType::Decimal { .. } | FieldType::Time => None,
        }
    }

    /// Whether it holds dates of which some say their year only, or their year and month.
    pub fn is_in_part(&self) -> bool {
        self.date_format().is_some_and(DateFormat::is_in_part)
    }

    /// A column with the same name in the file and nothing else declared.
    pub fn new(name: &str, field_type: FieldType) -> Self {
        Self {
            name: name.to_owned(),
            from: name.to_owned(),
            field_type,
            number: NumberForm::default(),
            codelist: None,
            matching: None,
            codes: Vec::new(),
            codes_file: None,
            split: None,
            with: Vec::new(),
            file_pattern: None,
            absent: false,
            constant: None,
            position: None,
            total: None,
            complete: false,
            compare: true,
            tolerance: 0.0,
            missing: Vec::new(),
            marks: Vec::new(),
            on_error: None,
            personal: false,
            fold: false,
            truncate: None,
            refers_to: None,
            shape: false,
        }
    }

    /// Whether it says itself what its codes are.
    pub(crate) fn has_codes(&self) -> bool {
        !self.codes.is_empty() || self.codes_file.is_some()
    }

    /// The columns of the file that it is read from; none where it is read from the name of the file, is absent, or is the same
    /// in all rows.
    pub fn names_in_file(&self) -> impl Iterator<Item = &str> {
        let from = self.is_field().then_some(self.from.as_str());
        let with = self.with.iter().filter(|_| !self.absent && self.constant.is_none());
        from.into_iter().chain(with.map(String::as_str))
    }

    /// Whether it is a field of the rows, and not of the name of their file, or of nothing.
    pub fn is_field(&self) -> bool {
        self.file_pattern.is_none() && !self.absent && self.constant.is_none()
    }

    pub(super) fn read(
        name: Spanned<String>,
        value: &Spanned<DeValue<'_>>,
        findings: &Findings,
    ) -> Option<Self> {
        let fields = Fields::of(value, findings)?;
        fields.in_section("column");
        let mut stated = StatedCodes::read(&fields);
        let constant = constant(&fields);
        let default = default_type(&stated, constant.as_ref());
        let field_type = FieldType::read(&fields, default, findings);
        // A word that all rows have is a code, and means what it says.
        if let (Some(FieldType::Code), false, Some((text, _))) = (&field_type, stated.is_any(), &constant) {
            stated.codes.push((text.clone(), text.clone()));
        }
        let name = name.into_inner();
        let mut from = fields.optional_texts("from").into_iter();
        let column = Self {
            from: from.next().unwrap_or_else(|| name.clone()),
            with: from.collect(),
            file_pattern: file_pattern(&fields, &name),
            absent: fields.optional_bool("absent").unwrap_or(false),
            constant: constant.map(|(text, _)| text),
            position: Position::read(&fields, findings),
            number: NumberForm::read(&fields),
            codelist: stated.codelist,
            matching: fields.optional_one_of("match", &Matching::ALL),
            codes: stated.codes,
            codes_file: stated.codes_file,
            split: fields.optional_text("split"),
            total: fields.optional_text("total"),
            complete: fields.optional_bool("complete").unwrap_or(false),
            compare: fields.optional_bool("compare").unwrap_or(true),
            tolerance: fields.optional_number("tolerance", 0.0..=1e15, "a number from 0").unwrap_or(0.0),
            missing: fields.optional_texts("missing"),
            marks: Mark::read_all(&fields, findings),
            on_error: fields.optional_one_of("on_error", &OnError::ALL),
            personal: fields.optional_bool("personal").unwrap_or(false),
            fold: fields.optional_bool("fold").unwrap_or(false),
            truncate: truncate(&fields),
            refers_to: fields.optional_text("refers_to"),
            shape: fields.optional_bool("shape").unwrap_or(false),
            field_type: field_type.clone().unwrap_or(FieldType::Text),
            name,
        };
        fields.finish();
        field_type.map(|_| column)
    }
}

/// The type of a column unless another is stated.
fn default_type(codes: &StatedCodes, constant: Option<&(String, &'static str)>) -> &'static str {
    if codes.is_any() { "code" } else { constant.map_or("string", |(_, its_type)| *its_type) }
}

/// `value`: the text that all rows have, and the type of column that it is unless another is stated.
fn constant(fields: &Fields<'_, '_>) -> Option<(String, &'static str)> {
    let value = fields.value("value")?;
    if fields.has("from") {
        fields.fault(
            value,
            "no `value` beside `from`: a column is the same in all rows, or is read from the files",
        );
    }
    if let Some(text) = value.get_ref().as_str() {
        return Some((text.to_owned(), "code"));
    }
    match fields.limit_of(value)? {
        Limit::Number(number) => Some((number.to_string(), "integer")),
        Limit::Date(date) => Some((date.to_string(), "date")),
    }
}

/// `truncate`: a number of characters.
fn truncate(fields: &Fields<'_, '_>) -> Option<u16> {
    let written = fields.optional_integer("truncate")?;
    let characters = u16::try_from(*written.get_ref()).ok().filter(|characters| *characters > 0);
    if characters.is_none() {
        fields.fault(&written, "a number of characters from 1 on");
    }
    characters
}

/// `pattern`, with `from = "file"`.
fn file_pattern(fields: &Fields<'_, '_>, name: &str) -> Option<FilePattern> {
    let text = fields.optional_string("pattern")?;
    let pattern = FilePattern::new(text.get_ref(), name);
    if pattern.is_none() {
        let expected =
            format!("the name of the files with `{{{name}}}` once in it, such as \"permits_{{{name}}}.csv\"");
        fields.fault(&text, &expected);
    }
    pattern
}
