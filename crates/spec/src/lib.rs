//! What a pipeline file says.
//!
//! A pipeline is one TOML file that declares a statistical product: its sources, the operations on them and the
//! tables. [`parse`] turns its text into a [`Pipeline`] or into every fault it has, each under its exact text.
//!
//! This crate knows no data frame, opens no file and has no clock, so it builds and tests in seconds. The stages
//! (`ingest`, `clean`, `aggregate`) depend on it and never on each other.

mod catalogue;
mod check;
mod check_table;
mod clean;
mod codelist;
pub mod columns;
mod date;
mod diagnostic;
mod fields;
mod figure;
mod indicator;
mod known;
mod pipeline;
mod pseudonym;
mod snapshot;
mod source;
mod table;
mod table_format;

pub use catalogue::{Code, Page};
pub use clean::{Derivation, Operation, Residence, Step};
pub use codelist::{CodeKind, Codelist, Entry, LANGUAGES};
pub use date::DateFormat;
pub use diagnostic::{Diagnostic, Place, Severity, did_you_mean};
pub use fields::Date;
pub use figure::{Figure, Tolerance};
pub use indicator::{
    Along, CLOSE_OPEN_GROUP_AT, ChangeKind, Form, Function, Indicator, IndicatorUse, Need, Parameter, Part, Unit, Whole, time_dimension,
};
pub use pipeline::{Pipeline, parse};
pub use pseudonym::{PSEUDONYM_BYTES, PSEUDONYM_LENGTH, pseudonym_text};
pub use snapshot::{Snapshot, hexadecimal};
pub use source::{Column, ColumnKind, Format, Kind, Source};
pub use table::is_file_name;
pub use table::{Disclosure, Measure, Table};
pub use table_format::TableFormat;
pub use toml::Spanned;
