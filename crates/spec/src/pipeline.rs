//! The whole of a pipeline.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::de::DeTable;

use crate::check;
use crate::data_check::Check;
use crate::disclosure::Disclosure;
use crate::file_name::NameOf;
use crate::indicator::{Form, Indicator, Whole};
use crate::operations::{Correction, Operation, Residence, Step};
use crate::period::Period;
use crate::schema::Schema;
use crate::source::{Column, OnError, Source, SourceKind};
use crate::table::{Measure, Table};
use crate::table_format::{ReleaseSettings, TableFormat};
use crate::text::{Fields, Findings};
use crate::translations::Translations;
use crate::{Code, Diagnostic};

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

/// Reads a pipeline file and reports every fault that its text alone can show.
///
/// The faults come in the order of the text.
///
/// ```
/// let text = r#"
/// spec    = 1
/// title   = "Visas"
/// vintage = "2026"
///
/// [source.visas]
/// files  = "data/raw/visas.csv"
/// format = "csv"
///
/// [source.visas.columns]
/// year = { type = "integer" }
///
/// [[table]]
/// name       = "visas"
/// measure    = "count"
/// concept    = "visas"
/// dimensions = ["year"]
/// "#;
/// let pipeline = denizen_spec::parse(text).unwrap();
/// assert_eq!((pipeline.title.as_str(), pipeline.tables[0].name.as_str()), ("Visas", "visas"));
///
/// let faults = denizen_spec::parse(&text.replace("measure", "mesure")).unwrap_err();
/// assert!(faults.iter().any(|fault| fault.message == "unknown field `mesure`"));
/// ```
///
/// # Errors
///
/// All faults, when there is at least one.
pub fn parse(text: &str) -> Result<Pipeline, Vec<Diagnostic>> {
    let findings = Findings::default();
    let (document, syntax) = DeTable::parse_recoverable(text);
    for error in &syntax {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().lines().next().unwrap_or("not TOML").to_owned();
        findings.push(Diagnostic::error(Code::Syntax, message).at_span(span, ""));
    }
    let fields = Fields::new(document.get_ref(), 0..0, &findings);
    let pipeline = Pipeline::read(&fields, &findings);
    fields.finish();
    let mut findings = findings.into_vec();
    // What could not be read properly is not judged as well.
    let ends = |span: Range<usize>| (span.start, span.end);
    let damaged: HashSet<Option<(usize, usize)>> =
        syntax.iter().map(|error| error.span().map(ends)).collect();
    let follows_syntax_error =
        |fault: &Diagnostic| fault.code != Code::Syntax && damaged.contains(&fault.span().map(ends));
    findings.retain(|fault| !follows_syntax_error(fault));
    // What the parts mean together can only be judged when each of them could be read.
    if let (Some(pipeline), true) = (&pipeline, findings.is_empty()) {
        findings = pipeline.check();
    }
    match pipeline {
        Some(pipeline) if findings.is_empty() => Ok(pipeline.with_monthly_answers().with_aspects()),
        _ => {
            let located = findings.into_iter().map(|fault| fault.located(document.get_ref()));
            let mut findings: Vec<Diagnostic> = located.collect();
            findings.sort_by_key(|fault| fault.span().map_or(0, |span| span.start));
            Err(findings)
        }
    }
}

impl Pipeline {
    fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        fields.in_section("pipeline");
        read_version(fields, findings);
        let (title, titles) = fields.translated("title");
        let (description, descriptions) = fields.optional_translated("description");
        let vintage = fields.name("vintage", NameOf::Vintage);
        let sources = fields.entries("source");
        let sources = sources.into_iter().filter_map(|(name, value)| Source::read(name, value, findings));
        let steps = fields.tables("clean").into_iter().filter_map(|step| Step::read(step, findings));
        let checks = fields.tables("check").into_iter().filter_map(|check| Check::read(check, findings));
        let checks = checks.collect();
        let tables = fields.tables("table").into_iter().filter_map(|table| Table::read(table, findings));
        let published = fields.tables("published").into_iter().filter_map(|published| {
            published.in_section("published");
            let file = published.text("file");
            published.finish();
            file
        });
        let (sources, steps) = (sources.collect(), steps.collect());
        let (tables, published) = (tables.collect(), published.collect());
        let disclosure = fields.value("disclosure").and_then(|value| Fields::of(value, findings));
        let release = fields.value("release").and_then(|value| Fields::of(value, findings));
        let ReleaseSettings { formats, agency, hides_text } = TableFormat::read_release(release, findings);
        let pipeline = Self {
            formats,
            agency,
            hides_text,
            titles,
            description,
            descriptions,
            period: Period::read(fields, findings),
            reference_area: fields.optional_text("reference_area"),
            previous: fields.optional_text("previous"),
            published,
            disclosure: disclosure.and_then(|fields| Disclosure::read(fields, findings)),
            title: title?,
            vintage: vintage?,
            sources,
            steps,
            checks,
            tables,
        };
        Some(pipeline.with_units())
    }

    /// With what tables count that do not say so. A record that covers a day is no person: somebody may have two permits. Steps that
    /// make a row for each person and day do.
    fn with_units(mut self) -> Self {
        let unit = |table: &Table| {
            let source = self.source_of(table).filter(|source| source.kind == SourceKind::Records);
            let steps: Vec<&Step> =
                source.into_iter().flat_map(|source| self.steps_of(source)).map(|(_, step)| step).collect();
            let expands = |step: &&Step| matches!(step.operation, Operation::Expand(_));
            let is_of_records = table.measure == Measure::Stock
                && steps.iter().any(expands)
                && !steps.iter().any(|step| step.operation.needs_whole_persons());
            if is_of_records { Measure::Count.unit() } else { table.measure.unit() }
        };
        let units: Vec<&str> = self.tables.iter().map(unit).collect();
        for (table, unit) in self.tables.iter_mut().zip(units).filter(|(table, _)| table.unit.is_empty()) {
            table.unit = unit.to_owned();
        }
        self
    }

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

    /// The source called `name`, or the only one of its kind.
    pub fn source(&self, name: Option<&str>, kind: SourceKind) -> Option<&Source> {
        match name {
            Some(name) => self.sources.iter().find(|source| source.name == name),
            None => {
                let mut fitting = self.sources.iter().filter(|source| source.kind == kind);
                fitting.next().filter(|_| fitting.next().is_none())
            }
        }
    }

    /// The source that a step works on: the one that it names, or the only one of records, or the only one of cells where
    /// there are no records.
    pub fn source_of_step(&self, step: &Step) -> Option<&Source> {
        let has_records = self.sources.iter().any(|source| source.kind == SourceKind::Records);
        let kind = if has_records { SourceKind::Records } else { SourceKind::Cells };
        self.source(step.source.as_deref(), kind)
    }

    /// The steps that work on the rows of a source, in order.
    pub fn steps_of<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = (StepId, &'a Step)> {
        self.step_ids().filter(|(_, step)| {
            let found = self.source_of_step(step);
            found.is_some_and(|found| found.name == source.name)
        })
    }

    /// The source that a check looks at: the one that it names, or the only one of records, or the only one of cells where
    /// there are no records.
    pub fn source_of_check(&self, check: &Check) -> Option<&Source> {
        let has_records = self.sources.iter().any(|source| source.kind == SourceKind::Records);
        let kind = if has_records { SourceKind::Records } else { SourceKind::Cells };
        self.source(check.source.as_deref(), kind)
    }

    /// The checks of the rows of a source, in order.
    pub fn checks_of<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = (CheckId, &'a Check)> {
        let checks = self.checks.iter().enumerate().map(|(index, check)| (CheckId(index), check));
        checks.filter(|(_, check)| self.source_of_check(check).is_some_and(|found| found.name == source.name))
    }

    /// The tables that are made from a source, by itself or together with others, in order.
    pub fn tables_of<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = (TableId, &'a Table)> {
        let of_source =
            move |table: &Table| self.sources_of(table).iter().any(|found| found.name == source.name);
        self.table_ids().filter(move |(_, table)| of_source(table))
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

    /// A source in which every column says what becomes of a row whose field cannot be read: `on_error` where it is
    /// stated. Otherwise rows of cells are rejected, and rows of records where a key, a filter or a rule reads the column;
    /// what nothing of these reads is not stated.
    pub fn with_error_handling(&self, source: &Source) -> Source {
        let decisive = self.decisive_columns(source);
        let has_places = self.checks_of(source).next().is_some();
        let linked_by = self.linked_by(source);
        let mut source = Source { has_places, linked_by, ..source.clone() };
        source.variants.iter_mut().for_each(|variant| variant.source.has_places = has_places);
        let of_variants = source.variants.iter_mut().flat_map(|variant| &mut variant.source.columns);
        for column in source.columns.iter_mut().chain(of_variants) {
            let is_decisive = source.kind == SourceKind::Cells || decisive.contains(column.name.as_str());
            let otherwise = if is_decisive { OnError::Reject } else { OnError::NotStated };
            column.on_error.get_or_insert(otherwise);
        }
        source
    }

    /// The columns of keys that link the rows of a source.
    fn linked_by(&self, source: &Source) -> Vec<String> {
        let mut columns = BTreeSet::new();
        for (_, step) in self.steps_of(source) {
            if let Operation::Link(link) = &step.operation {
                columns.extend(link.keys.iter().flat_map(|(_, columns)| columns.iter().cloned()));
            }
        }
        columns.into_iter().collect()
    }

    /// The columns of records by which rows are filtered, persons told apart, and rules decide, through all steps that
    /// make them from others.
    fn decisive_columns<'a>(&'a self, source: &'a Source) -> BTreeSet<&'a str> {
        let filters = self.tables_of(source).flat_map(|(_, table)| table.chosen_by());
        let mut decisive: BTreeSet<&str> = filters.collect();
        decisive.extend(source.weight.as_deref());
        let steps: Vec<&Step> = self.steps_of(source).map(|(_, step)| step).collect();
        for step in steps.into_iter().rev() {
            let columns = step.operation.decisive_columns(&|column| decisive.contains(column));
            decisive.extend(columns);
        }
        decisive
    }

    /// The source that a table is made from; the first of several, whose columns mean what those of the others mean.
    pub fn source_of(&self, table: &Table) -> Option<&Source> {
        self.source(table.sources.first().map(String::as_str), self.source_kind_of(table))
    }

    /// The sources that a table is made from, in the order in which it names them.
    pub fn sources_of(&self, table: &Table) -> Vec<&Source> {
        match table.sources.as_slice() {
            [] => self.source_of(table).into_iter().collect(),
            names => names.iter().filter_map(|name| self.source(Some(name), SourceKind::Records)).collect(),
        }
    }

    /// The kind of source that a table counts. A stock is taken from cells where there are any.
    pub(crate) fn source_kind_of(&self, table: &Table) -> SourceKind {
        let has_kind = |kind| self.sources.iter().any(|source| source.kind == kind);
        let kinds = table.measure.source_kinds();
        let named = table.sources.first();
        let named = self.sources.iter().find(|source| Some(&source.name) == named);
        let kind = named.map(|source| source.kind).filter(|kind| kinds.contains(kind));
        kind.unwrap_or_else(|| kinds.iter().copied().find(|kind| has_kind(*kind)).unwrap_or(kinds[0]))
    }
}

/// `spec = 1` says in which version of this language the file is written, so that it can be read in decades.
fn read_version(fields: &Fields<'_, '_>, findings: &Findings) {
    if let Some(version) = fields.integer("spec").filter(|version| *version.get_ref() != 1) {
        let message = format!("unknown version {} of the language", version.get_ref());
        let fault = Diagnostic::error(Code::UnknownValue, message);
        findings.push(fault.at_span(version.span(), "this program reads version 1"));
    }
}
