//! Faults of tables of one name, which are parts of one file: they must look alike and differ in what they count.

use std::collections::{BTreeMap, BTreeSet};

use crate::pipeline::{Pipeline, TableId};
use crate::source::Source;
use crate::table::Table;
use crate::{Code, Diagnostic, Path};

/// The tables are looked at one after another, each beside what is known of those above it.
pub(crate) fn check_parts(pipeline: &Pipeline, sources: &[Vec<&Source>]) -> Vec<Diagnostic> {
    let mut files: BTreeMap<String, File<'_>> = BTreeMap::new();
    let mut faults = Vec::new();
    for ((id, table), sources) in pipeline.table_ids().zip(sources) {
        let sources = || sources.iter().map(|source| source.name.as_str()).collect::<Vec<_>>();
        let statistic = Statistic { concept: table.concept.as_deref(), rule: pipeline.rule_of(table) };
        let file = files.entry(plain_name(table)).or_default();
        let path = || Path::table(id).field("name");
        if let Some(other) = file.names.keys().find(|name| **name != table.name) {
            let message = format!("`{other}` and `{}` are too alike", table.name);
            faults.push(Diagnostic::error(Code::TableTwice, message).at(path(), "rename one of them"));
        }
        let parts = file.names.entry(&table.name).or_insert_with(|| Parts::new(table, sources()));
        if let Some(label) = parts.add(id, table, &sources(), statistic) {
            let message = format!("two tables are called `{}`", table.name);
            faults.push(Diagnostic::error(Code::TableTwice, message).at(path(), label));
        }
    }
    faults.extend(names_of_views(pipeline));
    faults
}

/// Endings of the views that each table has beside its own in `views.sql`.
const VIEWS: [&str; 2] = ["_wide", "_labelled"];

/// Tables that are called as a view of another one: one of the two would take the place of the other.
fn names_of_views(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let tables: BTreeMap<String, &Table> =
        pipeline.tables.iter().map(|table| (plain_name(table), table)).collect();
    let mut told = BTreeSet::new();
    let mut faults = Vec::new();
    for (id, table) in pipeline.table_ids() {
        let name = plain_name(table);
        let of = VIEWS.iter().find_map(|ending| tables.get(name.strip_suffix(ending)?));
        if let Some(of) = of.filter(|_| told.insert(name.clone())) {
            let message = format!("`{}` is also the name of a view of the table `{}`", table.name, of.name);
            let fault = Diagnostic::error(Code::TableTwice, message)
                .at(Path::table(id).field("name"), "`views.sql` has views with these endings for each table");
            faults.push(fault.help("rename one of them"));
        }
    }
    faults
}

/// File systems and SQL do not all tell `Totals` from `totals`, or `a-b` from `a_b`.
fn plain_name(table: &Table) -> String {
    table.name.to_lowercase().replace('-', "_")
}

/// The tables whose names some readers take for one.
#[derive(Default)]
struct File<'a> {
    names: BTreeMap<&'a str, Parts<'a>>,
}

/// The tables of one name so far.
struct Parts<'a> {
    first: Option<TableId>,
    dimensions: &'a [String],
    sources: Vec<&'a str>,
    /// By measure and rule.
    counted: BTreeMap<(&'static str, Option<&'a str>), Concepts<'a>>,
    /// By indicator and rule: rows of an indicator do not say of which measure they are.
    indicators: BTreeMap<(&'static str, Option<&'a str>), Concepts<'a>>,
}

/// What a table is about.
#[derive(Clone, Copy)]
struct Statistic<'a> {
    concept: Option<&'a str>,
    rule: Option<&'a str>,
}

/// The concepts of some tables.
#[derive(Default)]
struct Concepts<'a> {
    named: BTreeSet<&'a str>,
    /// A table of cells without a concept has those of all concepts.
    has_all: bool,
}

impl<'a> Concepts<'a> {
    /// Adds the concept of a table, and says whether another table has it.
    fn add(&mut self, concept: Option<&'a str>) -> bool {
        match concept {
            Some(concept) => !self.named.insert(concept) || self.has_all,
            None => std::mem::replace(&mut self.has_all, true) || !self.named.is_empty(),
        }
    }
}

impl<'a> Parts<'a> {
    fn new(table: &'a Table, sources: Vec<&'a str>) -> Self {
        let (counted, indicators) = (BTreeMap::new(), BTreeMap::new());
        Self { first: None, dimensions: &table.dimensions, sources, counted, indicators }
    }

    /// Adds a table, and says what is wrong with it beside the others.
    fn add(
        &mut self,
        id: TableId,
        table: &'a Table,
        sources: &[&'a str],
        statistic: Statistic<'a>,
    ) -> Option<&'static str> {
        let Statistic { concept, rule } = statistic;
        let is_first = *self.first.get_or_insert(id) == id;
        let counts_alike = self.counted.entry((table.measure.name(), rule)).or_default().add(concept);
        let mut shares_an_indicator = false;
        let names: BTreeSet<&'static str> =
            table.indicators.iter().map(|asked| asked.indicator.name).collect();
        for name in names {
            shares_an_indicator |= self.indicators.entry((name, rule)).or_default().add(concept);
        }
        if is_first {
            None
        } else if self.dimensions != table.dimensions {
            Some("parts of one table have the same dimensions in the same order")
        } else if self.sources != sources {
            Some("parts of one table are made from the same source, or the same sources in the same order")
        } else if counts_alike {
            Some("parts of one table differ in measure, concept or rule")
        } else if shares_an_indicator {
            Some("parts with one concept and rule cannot have the same indicator")
        } else {
            None
        }
    }
}
