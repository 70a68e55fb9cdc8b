//! `[source.NAME]`: which files, in which format, and what they hold.

mod column;
mod field_type;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

pub use column::{Column, Matching, OnError};
pub use field_type::{FieldType, MAX_SCALE};

use crate::date::Date;
use crate::file_name::NameOf;
use crate::format::{Delimited, Format};
use crate::repair::Repair;
use crate::text::{Fields, Findings};
use crate::unpivot::Unpivot;
use crate::variant::Variant;

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
    const ALL: [(&'static str, Self); 2] = [("imputed", Self::Imputed), ("see_metadata", Self::SeeMetadata)];

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

/// Rows that a person may have unless the source says otherwise: seven crossings a day for forty years.
const MAX_ROWS_PER_PERSON: u64 = 100_000;

impl SourceKind {
    const ALL: [(&'static str, Self); 2] = [("records", Self::Records), ("cells", Self::Cells)];

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
        let kind = fields.optional_one_of("kind", &SourceKind::ALL).unwrap_or(SourceKind::Records);
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
        let flag_i = fields.optional_one_of("flag_i", &FlagI::ALL);
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
