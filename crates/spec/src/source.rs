//! `[source.NAME]`: which files, in which format, and what each column means.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use crate::date::{Date, DateFormat};
use crate::date_options::DateOptions;
use crate::file_name::NameOf;
use crate::file_pattern::FilePattern;
use crate::fixed_width::Position;
use crate::format::{Delimited, Format};
use crate::mark::Mark;
use crate::number_form::NumberForm;
use crate::operations::Limit;
use crate::repair::Repair;
use crate::text::{Fields, Findings, unknown_value};
use crate::unpivot::Unpivot;
use crate::variant::Variant;
use crate::{Code, ColumnType, Diagnostic};

/// One kind of input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its name, by which steps and tables call it.
    pub name: String,
    /// Paths or globs, relative to the project.
    pub files: Vec<String>,
    /// Which members of ZIP archives are read, by name or pattern; none where each has one only.
    pub member: Option<String>,
    /// How the files are laid out.
    pub format: Format,
    /// What a row is.
    pub kind: SourceKind,
    /// The concept of all cells of this source, where no column says it.
    pub concept: Option<String>,
    /// Share of rejected rows (0 to 1) above which the run fails. Cells: 0 unless stated; records: 0.01.
    pub max_rejected: f64,
    /// Whether cells are added up although some were rejected.
    #[serde(default)]
    pub incomplete_sums: bool,
    /// Rows that one person may have. An identifier that stands on more of them is a placeholder: its rows belong to nobody.
    pub max_rows_per_person: u64,
    /// The column of whole numbers that says for how many a row of records stands; none where each row is one record.
    #[serde(default)]
    pub weight: Option<String>,
    /// The dimensions of cells over which they may be added up.
    #[serde(default)]
    pub additive: Additive,
    /// What the flag `i` of Eurostat says in its cells; none where it is not stated.
    #[serde(default)]
    pub flag_i: Option<FlagI>,
    /// Whether later rows of the files are of earlier crossings, so that those of one day are read from below.
    pub newest_first: bool,
    /// Whether its rows bear where they stand ([`columns::PLACE`](crate::columns::PLACE)), for a check or a step asks for it:
    /// [`crate::Pipeline::with_error_handling`] says so.
    #[serde(default)]
    pub has_places: bool,
    /// The columns of the keys by which `op = "link"` makes persons of its rows: [`crate::Pipeline::with_error_handling`] says which.
    #[serde(default)]
    pub linked_by: Vec<String>,
    /// Which columns of a wide table become rows.
    pub unpivot: Option<Unpivot>,
    /// Columns whose numbers a program has damaged, and what holds for them.
    #[serde(default)]
    pub repair: Vec<Repair>,
    /// The columns that are read, in the order of the file.
    pub columns: Vec<Column>,
    /// How some of its files are read otherwise.
    #[serde(default)]
    pub variants: Vec<Variant>,
}

/// The dimensions of cells over which they may be added up.
///
/// Nothing is added up unless a source says so: counts of events may be, a stock over its dates or a rate over anything never.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Additive {
    /// None.
    #[default]
    None,
    /// All.
    All,
    /// These columns.
    Over(Vec<String>),
}

impl Additive {
    /// `additive = true`, or the columns.
    fn read(fields: &Fields<'_, '_>) -> Self {
        let Some(value) = fields.value("additive") else { return Self::None };
        match value.get_ref().as_bool() {
            Some(true) => Self::All,
            Some(false) => Self::None,
            None => Self::Over(fields.optional_texts("additive")),
        }
    }

    /// Whether cells may be added up over a column.
    pub fn is_over(&self, column: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Over(columns) => columns.iter().any(|name| name == column),
        }
    }
}

/// What Eurostat's flag `i` says of a value: it has had two meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagI {
    /// Imputed by Eurostat or another receiver: since 27 January 2025.
    Imputed,
    /// See the metadata: before.
    SeeMetadata,
}

impl FlagI {
    /// The day on which the flag changed its meaning.
    pub const CHANGED: Date = Date { year: 2025, month: 1, day: 27 };
}

/// What a row of a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A crossing, a permit, a person.
    Records,
    /// A cell of a published table: dimensions and a value.
    Cells,
}

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

/// What becomes of a row of which a field cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// The row is rejected.
    Reject,
    /// The row stays and does not state the field, which is counted.
    NotStated,
}

/// What the text of a field is turned into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// Text as it stands, without the blanks around it, be they within quotes or not.
    Text,
    /// A code of a list or of `codes`.
    Code,
    /// A whole number.
    Integer,
    /// An exact number with up to `scale` decimals.
    Decimal {
        /// Decimals that are kept, 0 to [`MAX_SCALE`].
        scale: u8,
    },
    /// A date in a declared layout; what the layout leaves out is given by `at`.
    Date(DateFormat),
    /// A time of day, `9:05` or `09:05:59`: seconds since midnight.
    Time,
}

/// Decimals that an exact number can have: together with nine digits before the mark they fit into 64 bits.
pub const MAX_SCALE: u8 = 9;

impl FieldType {
    /// What a pipeline calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Code => "code",
            Self::Integer => "integer",
            Self::Decimal { .. } => "decimal",
            Self::Date(_) => "date",
            Self::Time => "time",
        }
    }

    /// The type of the column that such fields make.
    pub fn column_type(&self) -> ColumnType {
        match self {
            Self::Text => ColumnType::Text,
            Self::Code => ColumnType::Code,
            Self::Integer | Self::Time => ColumnType::Integer,
            Self::Decimal { scale } => ColumnType::Decimal { scale: *scale },
            Self::Date(_) => ColumnType::Date,
        }
    }
}

/// Rows that a person may have unless the source says otherwise: seven crossings a day for forty years.
const MAX_ROWS_PER_PERSON: u64 = 100_000;

impl SourceKind {
    /// Rejected rows that are borne unless `max_rejected` says otherwise: of records one in a hundred, of cells none.
    fn default_max_rejected(self) -> f64 {
        match self {
            Self::Records => 0.01,
            Self::Cells => 0.0,
        }
    }
}

impl Source {
    /// A source of records in CSV, still without columns.
    pub fn records<F: Into<String>>(name: &str, files: impl IntoIterator<Item = F>) -> Self {
        Self {
            name: name.to_owned(),
            files: files.into_iter().map(Into::into).collect(),
            member: None,
            format: Format::Csv(Delimited::default()),
            kind: SourceKind::Records,
            concept: None,
            max_rejected: SourceKind::Records.default_max_rejected(),
            incomplete_sums: false,
            max_rows_per_person: MAX_ROWS_PER_PERSON,
            weight: None,
            additive: Additive::None,
            flag_i: None,
            newest_first: false,
            has_places: false,
            linked_by: Vec::new(),
            unpivot: None,
            repair: Vec::new(),
            columns: Vec::new(),
            variants: Vec::new(),
        }
    }

    /// The source as it stands, then as each of its variants reads its files. Their columns have the same names and types.
    pub fn forms(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.variants.iter().map(|variant| &variant.source))
    }

    /// One of [`Source::forms`]: 0 is the source as it stands, 1 its first variant.
    pub fn form(&self, number: usize) -> &Self {
        self.forms().nth(number).unwrap_or(self)
    }

    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether a column says for how many a row stands.
    pub fn is_weight(&self, column: &str) -> bool {
        self.weight.as_deref() == Some(column)
    }

    /// Whether a text of its files could be about a person: then none is shown.
    pub fn has_personal_columns(&self) -> bool {
        self.columns.iter().any(|column| column.personal)
    }

    pub(crate) fn read(
        name: Spanned<String>,
        value: &Spanned<DeValue<'_>>,
        findings: &Findings,
    ) -> Option<Self> {
        let fields = Fields::of(value, findings)?;
        fields.in_section("source");
        findings.check_name(&name, NameOf::Source);
        let kinds = [("records", SourceKind::Records), ("cells", SourceKind::Cells)];
        let kind = fields.optional_one_of("kind", &kinds).unwrap_or(SourceKind::Records);
        let files = fields.texts("files");
        let member = fields.optional_text("member");
        let format = Format::read(&fields, findings);
        let columns = fields.entries("columns").into_iter();
        let columns = columns.filter_map(|(name, value)| Column::read(name, value, findings)).collect();
        let concept = fields.optional_text("concept");
        let max_rejected = fields.optional_number("max_rejected", 0.0..=1.0, "a share between 0 and 1");
        let incomplete_sums = fields.optional_bool("incomplete_sums");
        let max_rows_per_person = max_rows_per_person(&fields, kind);
        let row_order =
            fields.optional_one_of("row_order", &[("oldest_first", false), ("newest_first", true)]);
        let weight = fields.optional_text("weight");
        let additive = Additive::read(&fields);
        const FLAG_I: [(&str, FlagI); 2] =
            [("imputed", FlagI::Imputed), ("see_metadata", FlagI::SeeMetadata)];
        let flag_i = fields.optional_one_of("flag_i", &FLAG_I);
        let unpivot = Unpivot::read(&fields, findings);
        let repair = Repair::read_all(&fields, findings);
        let variants = Variant::read_all(name.get_ref(), value, &fields, findings);
        fields.finish();
        Some(Self {
            kind,
            weight,
            additive,
            flag_i,
            concept,
            max_rejected: max_rejected.unwrap_or(kind.default_max_rejected()),
            incomplete_sums: incomplete_sums.unwrap_or(false),
            max_rows_per_person,
            newest_first: row_order == Some(true),
            has_places: false,
            linked_by: Vec::new(),
            unpivot,
            repair,
            columns,
            variants,
            name: name.into_inner(),
            files: files?,
            member,
            format: format?,
        })
    }
}

fn max_rows_per_person(fields: &Fields<'_, '_>, kind: SourceKind) -> u64 {
    let Some(written) = fields.optional_integer("max_rows_per_person") else { return MAX_ROWS_PER_PERSON };
    let rows = u64::try_from(*written.get_ref()).ok().filter(|rows| *rows > 0);
    match (kind, rows) {
        (SourceKind::Records, Some(rows)) => return rows,
        (SourceKind::Records, None) => fields.fault(&written, "a number of rows from 1 on"),
        (SourceKind::Cells, _) => fields.fault(&written, "no `max_rows_per_person`: cells are no persons"),
    }
    MAX_ROWS_PER_PERSON
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

    fn read(name: Spanned<String>, value: &Spanned<DeValue<'_>>, findings: &Findings) -> Option<Self> {
        let fields = Fields::of(value, findings)?;
        fields.in_section("column");
        let codelist = fields.optional_name("list", NameOf::Codelist);
        let (mut codes, codes_file) = fields.optional_pairs_or_text("codes");
        let has_codes = codelist.is_some() || !codes.is_empty() || codes_file.is_some();
        let constant = constant(&fields);
        let default = match &constant {
            _ if has_codes => "code",
            Some((_, its_type)) => its_type,
            None => "string",
        };
        let field_type = FieldType::read(&fields, default, findings);
        // A word that all rows have is a code, and means what it says.
        if let (Some(FieldType::Code), false, Some((text, _))) = (&field_type, has_codes, &constant) {
            codes.push((text.clone(), text.clone()));
        }
        const MATCHING: [(&str, Matching); 3] =
            [("code", Matching::Code), ("number", Matching::Number), ("label", Matching::Label)];
        let name = name.into_inner();
        let mut from = fields.optional_texts("from").into_iter();
        const ON_ERROR: [(&str, OnError); 2] =
            [("reject", OnError::Reject), ("not_stated", OnError::NotStated)];
        let column = Self {
            from: from.next().unwrap_or_else(|| name.clone()),
            with: from.collect(),
            file_pattern: file_pattern(&fields, &name),
            absent: fields.optional_bool("absent").unwrap_or(false),
            constant: constant.map(|(text, _)| text),
            position: Position::read(&fields, findings),
            number: NumberForm::read(&fields),
            codelist,
            matching: fields.optional_one_of("match", &MATCHING),
            codes,
            codes_file,
            split: fields.optional_text("split"),
            total: fields.optional_text("total"),
            complete: fields.optional_bool("complete").unwrap_or(false),
            compare: fields.optional_bool("compare").unwrap_or(true),
            tolerance: fields.optional_number("tolerance", 0.0..=1e15, "a number from 0").unwrap_or(0.0),
            missing: fields.optional_texts("missing"),
            marks: Mark::read_all(&fields, findings),
            on_error: fields.optional_one_of("on_error", &ON_ERROR),
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

impl FieldType {
    fn read(fields: &Fields<'_, '_>, default: &str, findings: &Findings) -> Option<Self> {
        const NAMES: [&str; 6] = ["string", "code", "integer", "decimal", "date", "time"];
        let written = fields.optional_string("type");
        let format = fields.optional_string("format");
        let at = fields.optional_string("at");
        let first_year = fields.optional_integer("first_year");
        let options = DateOptions::read(fields);
        let scale = fields.optional_integer("scale");
        let name = written.as_ref().map_or(default, |text| text.get_ref());
        if let Some(text) =
            format.as_ref().or(at.as_ref()).filter(|_| name != "date" && NAMES.contains(&name))
        {
            findings.push(
                Diagnostic::error(Code::DateFormat, "`format` and `at` belong to a date")
                    .at_span(text.span(), "this column is no date")
                    .help("add `type = \"date\"`"),
            );
        }
        if let Some(year) = first_year.as_ref().filter(|_| name != "date" && NAMES.contains(&name)) {
            let fault = Diagnostic::error(Code::DateFormat, "`first_year` belongs to a date");
            findings.push(fault.at_span(year.span(), "this column is no date").help("add `type = \"date\"`"));
        }
        if name != "date" && NAMES.contains(&name) {
            options.refuse(findings);
        }
        if let Some(scale) = scale.as_ref().filter(|_| name != "decimal" && NAMES.contains(&name)) {
            let fault = Diagnostic::error(Code::WrongColumn, "`scale` belongs to a decimal number");
            findings.push(fault.at_span(scale.span(), "add `type = \"decimal\"`"));
        }
        match name {
            "string" => Some(Self::Text),
            "code" => Some(Self::Code),
            "integer" => Some(Self::Integer),
            "time" => Some(Self::Time),
            "decimal" => Some(Self::Decimal { scale: decimals(fields, scale) }),
            "date" => date_type(format, at, first_year, options, findings),
            _ => {
                findings.push(unknown_value("type", written.as_ref()?, NAMES));
                None
            }
        }
    }
}

/// How many decimals are kept; two unless stated, as in rates and per cents.
fn decimals(fields: &Fields<'_, '_>, scale: Option<Spanned<i64>>) -> u8 {
    const DEFAULT: u8 = 2;
    let Some(scale) = scale else { return DEFAULT };
    u8::try_from(*scale.get_ref()).ok().filter(|scale| *scale <= MAX_SCALE).unwrap_or_else(|| {
        fields.fault(&scale, &format!("a number of decimals from 0 to {MAX_SCALE}"));
        DEFAULT
    })
}

fn date_type(
    format: Option<Spanned<String>>,
    at: Option<Spanned<String>>,
    first_year: Option<Spanned<i64>>,
    options: DateOptions,
    findings: &Findings,
) -> Option<FieldType> {
    let layout = match &format {
        None => DateFormat::iso(),
        Some(text) => match DateFormat::parse(text.get_ref()) {
            Ok(layout) => layout,
            Err(message) => {
                findings.push(
                    Diagnostic::error(Code::DateFormat, message)
                        .at_span(text.span(), "not a date layout")
                        .help("build it from %Y, %m and %d, for example `%d/%m/%Y`; `%-d/%-m/%Y` where there are no leading zeros"),
                );
                return None;
            }
        },
    };
    let layout = with_first_year(layout, format.as_ref(), first_year, findings)?;
    let layout = options.apply(layout, format.as_ref(), findings)?;
    match at {
        None if layout.is_whole() => Some(FieldType::Date(layout)),
        None => {
            let span = format.map_or(0..0, |text| text.span());
            findings.push(
                Diagnostic::error(Code::DateFormat, "the layout leaves the month or the day open")
                    .at_span(span, "a year alone is no date")
                    .help("add `at = \"01-01\"`: the month and day that the year stands for"),
            );
            None
        }
        Some(at) => match month_and_day(at.get_ref()) {
            Some((month, day)) => Some(FieldType::Date(layout.completed(month, day))),
            None => {
                let fault = Diagnostic::error(Code::DateFormat, "`at` is a month and a day")
                    .at_span(at.span(), "write it like \"01-01\" or \"12-31\"");
                findings.push(fault);
                None
            }
        },
    }
}

/// Two digits mean a year of a hundred, of which the first must be stated; the other layouts have none.
fn with_first_year(
    layout: DateFormat,
    format: Option<&Spanned<String>>,
    first_year: Option<Spanned<i64>>,
    findings: &Findings,
) -> Option<DateFormat> {
    let fault = |message: &str, span, label: &str| {
        let fault = Diagnostic::error(Code::DateFormat, message).at_span(span, label);
        findings.push(fault.help("`first_year = 1930` says that `%y` means the years 1930 to 2029"));
        None
    };
    let year =
        |year: &Spanned<i64>| i32::try_from(*year.get_ref()).ok().filter(|year| (1..=9900).contains(year));
    match (layout.has_short_year(), &first_year) {
        (false, None) => Some(layout),
        (false, Some(stated)) => {
            fault("`first_year` belongs to years of two digits", stated.span(), "the layout has no %y")
        }
        (true, None) => {
            let span = format.map_or(0..0, Spanned::span);
            fault("nobody knows which century years of two digits are of", span, "add `first_year`")
        }
        (true, Some(stated)) => match year(stated) {
            Some(year) => Some(layout.with_first_year(year)),
            None => fault("a first year is one from 1 to 9900", stated.span(), "not a year"),
        },
    }
}

fn month_and_day(text: &str) -> Option<(u8, u8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A leap year, so that 29 February may be written; a common year then fails where it is read.
    Date { year: 2000, month, day }.days().map(|_| (month, day))
}
