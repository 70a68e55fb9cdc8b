//! What a pipeline file says.
//!
//! A pipeline is one TOML file that declares a statistical product: its sources, the operations on them and the
//! tables. [`parse`] turns its text into a [`Pipeline`] or into every fault it has, each under its exact text.
//!
//! This crate knows no data frame, opens no file and has no clock, so it builds and tests in seconds. The stages
//! (`ingest`, `clean`, `aggregate`) depend on it and never on each other.

mod balance_words;
mod beside;
mod catalogue;
mod check;
mod chunk_number;
mod codelist;
pub mod columns;
mod data_check;
mod date;
mod date_options;
mod diagnostic;
mod disclosure;
mod estimate;
mod figure;
mod file_name;
mod file_pattern;
mod fixed_width;
mod format;
mod indicator;
mod json;
mod labels;
mod language;
mod layout;
mod list_sidecar;
mod mark;
mod missing_words;
mod monthly_answers;
mod named_codes;
mod number_form;
mod operations;
mod path;
mod period;
mod pipeline;
mod previous;
mod profile;
mod pseudonym;
mod reference;
mod repair;
mod report;
mod schema;
mod snapshot;
mod source;
mod table;
mod table_format;
mod text;
mod total_words;
mod translations;
mod unpivot;
mod variant;
mod weights;
mod workbook;

pub use balance_words::names_balance;
pub use beside::{Aspect, Migration};
pub use catalogue::{Code, Page};
pub use chunk_number::ChunkNumber;
pub use codelist::{CodeKind, Codelist, Entry, LANGUAGES, ReferenceView};
pub use data_check::{Against, Balance, Check, CheckKind, CheckedRows, Volume, VolumePeriod};
pub use date::{Date, DateFormat, YearNaming, end_of_month, month_named, month_of, utc_offset};
pub use diagnostic::{
    Diagnostic, Location, Place, Severity, did_you_mean, is_nearly, is_obeyed, located, printable_line,
};
pub use disclosure::Disclosure;
pub use estimate::{CrossingPeriod, Estimate};
pub use figure::{Figure, Tolerance};
pub use file_name::is_file_name;
pub use file_pattern::FilePattern;
pub use fixed_width::{FixedWidth, Position};
pub use format::{Delimited, EurostatTsv, Format, SdmxCsv};
pub use indicator::{
    Account, AccountBase, AccountPart, Ages, Along, CLOSE_OPEN_GROUP_AT, ChangeKind, DayOfYear, Denominator,
    Earlier, Effect, Flows, Form, Function, Indicator, IndicatorUse, LARGEST, Need, NoTable, Numerator,
    OtherTable, Parameter, Part, SINCE, SpellEnds, Spread, Unit, Whole, time_dimension,
};
pub use json::Json;
pub use labels::{
    Label, OWN_LISTS, age_label, column_description, label, permit_labels, plain_label, status_label,
};
pub use language::{FieldMeaning, PATTERNS, Pattern, SECTIONS, Section, language_page, rule_step};
pub use layout::{HeaderRows, Layout, Skip};
pub use list_sidecar::ListSidecar;
pub use mark::Mark;
pub use missing_words::is_taken_for_missing;
pub use monthly_answers::{is_certain_answer, is_undecided_answer, monthly_answer};
pub use named_codes::NamedCode;
pub use number_form::{Minus, NumberForm, Thousands};
pub use operations::{
    Bounds, Comparison, Conditions, Constant, Correct, Correction, CorrectionStatus, DatePart, DeclaredRule,
    Deduplicate, Derivation, Derive, DurationUnit, DurationsIn, EXAMPLE_INPUT, Expand, Filter,
    FlowsFromStocks, INDEX_SCALE, Inherit, Limit, Link, Manual, OnConflict, OnInvalid, Operation, PAIR,
    PAIR_PROBABILITY, Pairs, PermitRecords, Permits, Recode, ReferenceDates, Residence, Retention, Role,
    Scope, SignsOfLife, Spells, Step, Stock, Value, manuals, operations_page,
};
pub use path::Path;
pub use period::Period;
pub use pipeline::{CheckId, Pipeline, StepId, TableId, parse};
pub use previous::{Changes, CorrectionChanges, Previous};
pub use profile::{ColumnProfile, FileProfile, RecordedInput};
pub use pseudonym::{PSEUDONYM_BYTES, PSEUDONYM_LENGTH, pseudonym_text};
pub use reference::{
    Entity, EntityCode, EntityName, GROUP, Membership, OTHERS, PSEUDO, Reference, Succession, TimeSpan,
    Validity, is_same_code, plain_code,
};
pub use repair::Repair;
pub use report::{
    CheckOutcome, CheckReport, FileReport, PackedPlace, Reject, RowPlace, SourceReport, StepReport,
    WeightReport, is_above_share,
};
pub use schema::{ColumnInfo, ColumnType, Schema};
pub use snapshot::{Snapshot, hexadecimal};
pub use source::{Additive, Column, FieldType, FlagI, MAX_SCALE, Matching, OnError, Source, SourceKind};
pub use table::{Measure, Table, Totals};
pub use table_format::TableFormat;
pub use total_words::{TOTALS, names_total};
pub use translations::Translations;
pub use unpivot::{FLAG, Selection, Unpivot};
pub use variant::{Variant, year_in_name, years_in_name};
pub use weights::{WHOLE, Weights, divided};
pub use workbook::{MergedCells, SheetChoice, Workbook};
