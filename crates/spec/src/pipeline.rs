//! The whole of a pipeline.

mod error_handling;
mod read;
mod sources;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use self::read::parse;
use crate::Diagnostic;
use crate::check;
use crate::data_check::Check;
use crate::disclosure::Disclosure;
use crate::indicator::{Form, Indicator, Whole};
use crate::operations::{Correction, Operation, Residence, Step};
use crate::period::Period;
use crate::schema::Schema;
use crate::source::{Column, Source, SourceKind};
use crate::table::Table;
use crate::table_format::TableFormat;
use crate::translations::Translations;

/// A statistical product: its sources, the operations on them and its tables.
///
/// It is plain data. [`parse`] reads one from the text of a pipeline file; a program can as well build one, or read it
/// from JSON, and ask [`Pipeline::check`] what is wrong with it.
///
/// ```
/// use denizen_spec::{Column, FieldType, Measure, Pipeline, Source, Table};
///
/// let mut crossings = Source::records("crossings", ["data/crossings.csv"]);
/// crossings.columns.push(Column::new("year", FieldType::Integer));
/// let table = Table {
///     concept: Some("crossings".to_owned()),
///     dimensions: vec!["year".to_owned()],
///     ..Table::new("crossings", Measure::Count)
/// };
/// let pipeline = Pipeline {
///     title: "Crossings by year".to_owned(),
///     vintage: "2026".to_owned(),
///     sources: vec![crossings],
///     tables: vec![table],
///     ..Pipeline::default()
/// };
/// assert_eq!(pipeline.check(), []);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pipeline {
    /// What it is called in print.
    pub title: String,
    /// The title by language, where it is in several.
    #[serde(default)]
    pub titles: Translations,
    /// What it shows and how to read it.
    pub description: Option<String>,
    /// The description by language, where it is in several.
    #[serde(default)]
    pub descriptions: Translations,
    /// The years that are published; none means all.
    pub period: Option<Period>,
    /// The country or region that the product is about, as a code such as `IT`; tables may state another one.
    #[serde(default)]
    pub reference_area: Option<String>,
    /// Which edition the release is; the folder of the release is called so.
    pub vintage: String,
    /// The folder of the release that this one follows, relative to the project.
    #[serde(default)]
    pub previous: Option<String>,
    /// The inputs.
    pub sources: Vec<Source>,
    /// The operations on records, in order.
    pub steps: Vec<Step>,
    /// What must hold of the rows.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// The tables.
    pub tables: Vec<Table>,
    /// Files of figures from publications, beside the pipeline file.
    pub published: Vec<String>,
    /// Protection of small counts.
    pub disclosure: Option<Disclosure>,
    /// The formats of the published tables; Parquet where none is named.
    pub formats: Vec<TableFormat>,
    /// The agency that maintains the structures of SDMX, such as `IT1`.
    #[serde(default)]
    pub agency: Option<String>,
    /// Whether the text of the pipeline stays in the restricted half of the release.
    #[serde(default)]
    pub hides_text: bool,
}

/// A step of a pipeline: its index among [`Pipeline::steps`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepId(pub(crate) usize);

/// A check of a pipeline: its index among [`Pipeline::checks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CheckId(pub(crate) usize);

/// A table of a pipeline, or one part of a table: its index among [`Pipeline::tables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableId(pub(crate) usize);

impl TableId {
    /// The index among [`Pipeline::tables`].
    pub fn index(self) -> usize {
        self.0
    }
}

impl Pipeline {
    /// Every fault that the pipeline itself can show, without looking at any file.
    pub fn check(&self) -> Vec<Diagnostic> {
        crate::operations::in_their_files(self, check::check(self))
    }

    /// What somebody should look at although it can be run.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        check::warnings(self)
    }

    /// The column of published cells that an indicator of a table divides by the total of, where its source declares no
    /// total: the parts may be a selection, whose sum would be no total, and the indicator can never be given.
    pub fn missing_total(&self, table: &Table, indicator: &Indicator) -> Option<&Column> {
        let along = match indicator.form {
            Form::Ratio { to: Whole::Total, .. } => indicator.form.along(table),
            Form::Ratio { to: Whole::Codes(_) | Whole::Ages(_), .. }
            | Form::Rank { .. }
            | Form::Change { .. }
            | Form::Reduce { .. }
            | Form::Compare { .. }
            | Form::Account { .. }
            | Form::Areas { .. }
            | Form::Survival { .. }
            | Form::Decomposition { .. }
            | Form::Matrix { .. } => return None,
            Form::Difference { of, .. } => return self.missing_total(table, Indicator::named(of)?),
        };
        let sources = self.sources_of(table).into_iter().filter(|source| source.kind == SourceKind::Cells);
        let mut columns = sources.flat_map(|source| {
            let made = table.totals_of_cells(source);
            let without = along.iter().copied().filter(move |index| !made.contains(index));
            without.filter_map(|index| source.column(table.column_of(&table.dimensions[index])))
        });
        columns.find(|column| column.total.is_none())
    }

    /// All steps, in order.
    pub fn step_ids(&self) -> impl Iterator<Item = (StepId, &Step)> {
        self.steps.iter().enumerate().map(|(index, step)| (StepId(index), step))
    }

    /// All tables, in order.
    pub fn table_ids(&self) -> impl Iterator<Item = (TableId, &Table)> {
        self.tables.iter().enumerate().map(|(index, table)| (TableId(index), table))
    }

    /// The columns of a source's records or cells after all its steps.
    pub fn schema_of(&self, source: &Source) -> Schema {
        let mut schema = Schema::of_source(source);
        for (id, step) in self.steps_of(source) {
            schema = schema.after(&step.operation, id);
        }
        schema
    }

    /// A source of cells as its tables see it, after its steps: without the totals that these leave out.
    pub fn as_changed(&self, source: &Source) -> Source {
        let mut changed = source.clone();
        for (_, step) in self.steps_of(source) {
            let dropped = step.operation.drops_totals();
            let columns = changed.columns.iter_mut();
            columns
                .filter(|column| dropped.contains(&column.name.as_str()))
                .for_each(|column| column.total = None);
        }
        changed
    }

    /// Gives a step that corrects the entries of its file.
    pub fn set_corrections(&mut self, step: StepId, entries: Vec<Correction>) {
        if let Some(Step { operation: Operation::Correct(correct), .. }) = self.steps.get_mut(step.0) {
            correct.entries = entries;
        }
    }

    /// The columns before a step.
    pub fn schema_before(&self, step: StepId) -> Option<Schema> {
        self.sources.iter().find_map(|source| {
            let mut schema = Schema::of_source(source);
            for (id, other) in self.steps_of(source) {
                if id == step {
                    return Some(schema);
                }
                schema = schema.after(&other.operation, id);
            }
            None
        })
    }

    /// The residence step by which a table counts: the one that it names with `rule`, or that of its source.
    pub fn residence_of(&self, table: &Table) -> Option<&Residence> {
        let source = self.source_of(table).filter(|_| table.measure.needs_rule())?;
        let name = table.rule.as_deref();
        self.residences_of(source).find(|residence| name.is_none_or(|name| name == residence.name))
    }

    /// The residence steps on whose answers the cells of a table rest: the one by which it counts, or those from which its
    /// dimensions and filters are made.
    ///
    /// ```
    /// let text = r#"
    ///     spec = 1
    ///     title = "Exits by what a rule says of them"
    ///     vintage = "2008"
    ///     [source.crossings]
    ///     files = "*.csv"
    ///     format = "csv"
    ///     [source.crossings.columns]
    ///     person = { personal = true }
    ///     crossed_on = { type = "date" }
    ///     direction = { codes = { E = "arrival", S = "departure" } }
    ///     [[clean]]
    ///     op = "residence"
    ///     rule = "pe_1990_2007"
    ///     [[clean]]
    ///     op = "residence"
    ///     rule = "continuous_12"
    ///     until = 2007-12-31
    ///     [[clean]]
    ///     op = "derive"
    ///     column = "agreement"
    ///     method = "agreement"
    ///     rules = ["pe_1990_2007", "continuous_12"]
    ///     [[table]]
    ///     name = "rules_compared"
    ///     measure = "count"
    ///     concept = "exits"
    ///     dimensions = ["agreement"]
    /// "#;
    /// let pipeline = denizen_spec::parse(text).unwrap();
    /// assert_eq!(pipeline.residences_behind(&pipeline.tables[0]).count(), 2);
    /// ```
    pub fn residences_behind<'a>(&'a self, table: &'a Table) -> impl Iterator<Item = &'a Residence> {
        let counted_by = self.residence_of(table).map(|residence| residence.name.clone());
        let source = self.source_of(table).filter(|source| source.kind == SourceKind::Records);
        let schema = source.map(|source| self.schema_of(source));
        let columns = table.dimensions.iter().map(|dimension| table.column_of(dimension));
        let columns = columns.chain(table.chosen_by());
        let rules: BTreeSet<String> = schema.as_ref().map_or_else(BTreeSet::new, |schema| {
            schema.rules_behind(columns).map(str::to_owned).chain(counted_by).collect()
        });
        let residences = source.into_iter().flat_map(|source| self.residences_of(source));
        residences.filter(move |residence| rules.contains(&residence.name))
    }

    /// The name of the rule by which a table counts: that of a residence step, or one for permits or signs of life that the table
    /// names.
    pub fn rule_of<'a>(&'a self, table: &'a Table) -> Option<&'a str> {
        let of_residence = self.residence_of(table).map(|residence| residence.name.as_str());
        of_residence.or(table.rule.as_deref().filter(|_| !table.measure.needs_rule()))
    }

    /// The residence steps of a source.
    pub(crate) fn residences_of<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = &'a Residence> {
        self.steps_of(source).filter_map(|(_, step)| step.operation.as_residence())
    }
}
