//! `[[clean]]`: the operations on records, one file each.
//!
//! To add one: a file here that implements [`Declaration`], a variant of [`Operation`], a page of the manual
//! ([`manual`]), a line in [`READERS`], and the file of the same name in `clean/src/operations/` that carries it out. The
//! compiler asks for the rest.

mod correct;
mod deduplicate;
mod derive;
mod expand;
mod filter;
mod flows_from_stocks;
mod inherit;
mod link;
mod manual;
mod permit_records;
mod permits;
mod recode;
mod residence;
mod retention;
mod signs_of_life;
mod spells;
mod stock;

pub(crate) use correct::in_their_files;
pub use correct::{Correct, Correction, CorrectionStatus, Value};
pub use deduplicate::Deduplicate;
pub use derive::{Constant, DatePart, Derivation, Derive};
pub use expand::{Expand, ReferenceDates};
pub use filter::{Bounds, Comparison, Conditions, Filter, Limit};
pub use flows_from_stocks::FlowsFromStocks;
pub use inherit::Inherit;
pub use link::{Link, OnConflict, PAIR, PAIR_PROBABILITY, Pairs};
pub use manual::{EXAMPLE_INPUT, Manual, operations_page};
pub use permit_records::{DeclaredRule, PermitRecords};
pub use permits::Permits;
pub use recode::{OnInvalid, Recode, Role};
pub use residence::{DurationUnit, DurationsIn, Residence};
pub use retention::Retention;
pub use signs_of_life::{INDEX_SCALE, SignsOfLife};
pub use spells::Spells;
pub use stock::Stock;

use serde::{Deserialize, Serialize};

use crate::pipeline::StepId;
use crate::schema::{Schema, SchemaChange};
use crate::text::{Fields, Findings, unknown_value};
use crate::{Diagnostic, Path};

/// One `[[clean]]` step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The source whose records it works on; none means the only source of records.
    pub source: Option<String>,
    /// What it does.
    #[serde(flatten)]
    pub operation: Operation,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Operation {
    /// Keeps some of the records.
    Filter(Filter),
    /// Translates codes into those of another list.
    Recode(Recode),
    /// Makes a new column out of others.
    Derive(Derive),
    /// Drops records that repeat the one before.
    Deduplicate(Deduplicate),
    /// Decides by a rule which records are migrations.
    Residence(Box<Residence>),
    /// Makes of a record one row for each reference date that it covers.
    Expand(Expand),
    /// Gives rows what they do not state, of the rows that they name.
    Inherit(Inherit),
    /// Says which rows are of one person.
    Link(Link),
    /// Mends known faults of a source.
    Correct(Correct),
    /// Says of each permit what it is to its holder, and which permits belong together.
    Permits(Box<Permits>),
    /// Makes of permits spells that do not overlap.
    Spells(Box<Spells>),
    /// Makes of permits their holders on reference dates.
    Stock(Box<Stock>),
    /// Follows cohorts of entrants to reference dates.
    Retention(Box<Retention>),
    /// Carries an index of residence from year to year.
    SignsOfLife(Box<SignsOfLife>),
    /// Says where the persons of a stock lived on the date before.
    FlowsFromStocks(FlowsFromStocks),
}

/// Which records an operation must see together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Each row by itself.
    Row,
    /// All rows of a person, sorted.
    Person {
        /// The column that identifies the person.
        person: &'a str,
        /// The column of days that orders a person's rows.
        order: &'a str,
        /// The column of whole numbers that orders the rows of one day; none where they stand in the file in order.
        sequence: Option<&'a str>,
    },
    /// All rows of all persons, as for linking them, or for what one row takes from another.
    All,
}

/// What an operation says of itself. Where it says nothing of rows that it must see (`suits_cells`, `needs_whole_persons`,
/// `sees_later_rows`), it gets the answer by which a pipeline is refused that might be right, and none is run that might be wrong. What it
/// does to codes (`corrects`, `recoded`, `tells_apart`, `drops_totals`) nobody can guess: an operation that does it says so.
pub(crate) trait Declaration {
    /// Its name in the pipeline file.
    fn name(&self) -> &'static str;

    /// Which records it must see together.
    fn scope(&self) -> Scope<'_> {
        Scope::Row
    }

    /// The field that names the column of days by which it orders a person's rows.
    fn order_field(&self) -> &'static str {
        "order"
    }

    /// The residence rule, where the operation is one.
    fn as_residence(&self) -> Option<&Residence> {
        None
    }

    /// The name of its rule for permits or signs of life, which a table may state beside what it counts.
    fn rule_name(&self) -> Option<&str> {
        None
    }

    /// Codes of columns that it names, which a row must be able to have: where each stands in the step at `path`, the column, and
    /// the code.
    fn named_codes(&self, _path: &Path) -> Vec<(Path, &str, &str)> {
        Vec::new()
    }

    /// The code list that it translates to.
    fn translates_to(&self) -> Option<&str> {
        None
    }

    /// Whether it can work on the cells of a published table: it looks at each by itself, and makes no others, or at all of them.
    fn suits_cells(&self) -> bool {
        false
    }

    /// Whether it says something of a person that rests on all records of the person, other than by a residence rule, which the columns
    /// that it makes tell.
    fn needs_whole_persons(&self) -> bool {
        matches!(self.scope(), Scope::Person { .. })
    }

    /// Whether what it makes of a row may depend on rows of later days, where persons are told apart and ordered as by a residence rule.
    fn sees_later_rows(&self, _residence: &Residence) -> bool {
        true
    }

    /// Whether it changes values of a column, one by one.
    fn corrects(&self, _column: &str) -> bool {
        false
    }

    /// The columns whose codes it replaces by others.
    fn recoded(&self) -> &[String] {
        &[]
    }

    /// The column that it makes and that tells cells apart, where the others do not: then it looks at all cells together.
    fn tells_apart(&self) -> Option<&'static str> {
        None
    }

    /// The columns of cells of which it leaves no totals.
    fn drops_totals(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Whether it asks what codes stood for at some time, which the reference of their list knows.
    fn needs_reference(&self) -> bool {
        false
    }

    /// The columns whose values decide which rows stay, which belong together, or what is said of a person. A row of which
    /// one of them cannot be read is rejected, unless the source says otherwise. `is_decisive` tells whether a column is one
    /// for a later step.
    fn decisive_columns(&self, is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str>;

    /// Checks that the columns are there that it works on, and adds those that it makes.
    fn change(&self, schema: &mut SchemaChange<'_>);
}

type Reader = fn(&Fields<'_, '_>, &Findings) -> Option<Operation>;

/// The name of each operation, how it is read, and its page.
const READERS: [(&str, Reader, &Manual); 15] = [
    ("filter", |fields, _| Some(Operation::Filter(Filter::read(fields))), &manual::FILTER),
    ("recode", |fields, _| Recode::read(fields).map(Operation::Recode), &manual::RECODE),
    ("derive", |fields, findings| Derive::read(fields, findings).map(Operation::Derive), &manual::DERIVE),
    ("deduplicate", |fields, _| Deduplicate::read(fields).map(Operation::Deduplicate), &manual::DEDUPLICATE),
    (
        "residence",
        |fields, _| Residence::read(fields).map(Box::new).map(Operation::Residence),
        &manual::RESIDENCE,
    ),
    ("expand", |fields, findings| Expand::read(fields, findings).map(Operation::Expand), &manual::EXPAND),
    ("inherit", |fields, _| Inherit::read(fields).map(Operation::Inherit), &manual::INHERIT),
    ("link", |fields, _| Link::read(fields).map(Operation::Link), &manual::LINK),
    ("correct", |fields, findings| Correct::read(fields, findings).map(Operation::Correct), &manual::CORRECT),
    ("permits", |fields, _| Permits::read(fields).map(Box::new).map(Operation::Permits), &manual::PERMITS),
    ("spells", |fields, _| Spells::read(fields).map(Box::new).map(Operation::Spells), &manual::SPELLS),
    (
        "stock",
        |fields, findings| Stock::read(fields, findings).map(Box::new).map(Operation::Stock),
        &manual::STOCK,
    ),
    (
        "retention",
        |fields, findings| Retention::read(fields, findings).map(Box::new).map(Operation::Retention),
        &manual::RETENTION,
    ),
    (
        "signs_of_life",
        |fields, findings| SignsOfLife::read(fields, findings).map(Box::new).map(Operation::SignsOfLife),
        &manual::SIGNS_OF_LIFE,
    ),
    (
        "flows_from_stocks",
        |fields, _| Some(Operation::FlowsFromStocks(FlowsFromStocks::read(fields))),
        &manual::FLOWS_FROM_STOCKS,
    ),
];

impl Operation {
    fn declaration(&self) -> &dyn Declaration {
        match self {
            Self::Filter(filter) => filter,
            Self::Recode(recode) => recode,
            Self::Derive(derive) => derive,
            Self::Deduplicate(deduplicate) => deduplicate,
            Self::Residence(residence) => residence.as_ref(),
            Self::Expand(expand) => expand,
            Self::Inherit(inherit) => inherit,
            Self::Link(link) => link,
            Self::Correct(correct) => correct,
            Self::Permits(permits) => permits.as_ref(),
            Self::Spells(spells) => spells.as_ref(),
            Self::Stock(stock) => stock.as_ref(),
            Self::Retention(retention) => retention.as_ref(),
            Self::SignsOfLife(signs) => signs.as_ref(),
            Self::FlowsFromStocks(flows) => flows,
        }
    }

    /// Its name in the pipeline file.
    pub fn name(&self) -> &'static str {
        self.declaration().name()
    }

    /// Which records it must see together.
    pub fn scope(&self) -> Scope<'_> {
        self.declaration().scope()
    }

    /// The columns after the step; what is wrong with it is added to `findings`.
    pub(crate) fn schema(&self, before: Schema, step: StepId, findings: &mut Vec<Diagnostic>) -> Schema {
        let mut change = SchemaChange::new(before, Path::step(step), findings);
        let declaration = self.declaration();
        declaration.change(&mut change);
        match declaration.scope() {
            Scope::Person { person, order, sequence } => {
                change.need_person(person, order, declaration.order_field(), sequence);
            }
            Scope::Row | Scope::All => {}
        }
        change.finish()
    }

    /// Whether it can work on the cells of a published table: it looks at each by itself, and makes no others, or at all of them.
    pub fn suits_cells(&self) -> bool {
        self.declaration().suits_cells()
    }

    /// Whether it looks at all cells of a published table together, and at nothing else.
    pub fn needs_all_cells(&self) -> bool {
        self.tells_apart().is_some()
    }

    /// The column that it makes and that tells cells apart, where the others do not.
    pub fn tells_apart(&self) -> Option<&'static str> {
        self.declaration().tells_apart()
    }

    /// The columns of cells of which it leaves no totals.
    pub(crate) fn drops_totals(&self) -> Vec<&str> {
        self.declaration().drops_totals()
    }

    /// Whether it says something of a person that rests on all records of the person, other than by a residence rule, which the columns
    /// that it makes tell.
    pub(crate) fn needs_whole_persons(&self) -> bool {
        self.declaration().needs_whole_persons()
    }

    /// Whether what it makes of a row may depend on rows of later days, where persons are told apart and ordered as by a residence rule.
    pub(crate) fn sees_later_rows(&self, residence: &Residence) -> bool {
        self.declaration().sees_later_rows(residence)
    }

    /// Whether it changes values of a column, one by one.
    pub(crate) fn corrects(&self, column: &str) -> bool {
        self.declaration().corrects(column)
    }

    /// The columns whose codes it replaces by others.
    pub fn recoded(&self) -> &[String] {
        self.declaration().recoded()
    }

    /// The residence rule, where the operation is one.
    pub fn as_residence(&self) -> Option<&Residence> {
        self.declaration().as_residence()
    }

    /// The name of its rule for permits or signs of life.
    pub fn rule_name(&self) -> Option<&str> {
        self.declaration().rule_name()
    }

    /// Codes of columns that the step at `path` names: where each stands, the column, and the code. One that no row can have would change
    /// what is counted without a word.
    pub fn named_codes(&self, path: &Path) -> Vec<(Path, &str, &str)> {
        self.declaration().named_codes(path)
    }

    /// The columns that must be readable for it: see [`Declaration::decisive_columns`].
    pub(crate) fn decisive_columns(&self, is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        self.declaration().decisive_columns(is_decisive)
    }

    /// Whether it asks what codes stood for at some time.
    pub fn needs_reference(&self) -> bool {
        self.declaration().needs_reference()
    }

    /// The code list that the operation translates to.
    pub fn translates_to(&self) -> Option<&str> {
        self.declaration().translates_to()
    }
}

/// The operations by name, with their pages, in the order of the manual.
///
/// ```
/// let (_, recode) = denizen_spec::manuals().find(|(name, _)| *name == "recode").unwrap();
/// assert!(recode.pipeline.contains("op "));
/// ```
pub fn manuals() -> impl Iterator<Item = (&'static str, &'static Manual)> {
    READERS.into_iter().map(|(name, _, manual)| (name, manual))
}

impl Step {
    pub(crate) fn read(fields: Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        fields.in_section("clean");
        let op = fields.string("op");
        let source = fields.optional_text("source");
        let reader = op.as_ref().and_then(|op| READERS.iter().find(|(name, ..)| name == op.get_ref()));
        let operation = match reader {
            Some((name, read, _)) => {
                fields.in_section(name);
                read(&fields, findings)
            }
            None => {
                let names = READERS.map(|(name, ..)| name);
                op.iter().for_each(|op| findings.push(unknown_value("operation", op, names)));
                fields.ignore_unknown();
                None
            }
        };
        fields.finish();
        Some(Self { source, operation: operation? })
    }
}

/// A column that has a customary name: the field need not be written when that name is used.
fn column(fields: &Fields<'_, '_>, key: &'static str, customary: &str) -> String {
    fields.optional_text(key).unwrap_or_else(|| customary.to_owned())
}
