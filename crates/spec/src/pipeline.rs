//! The whole of a pipeline file.

use toml::Spanned;
use toml::de::DeTable;

use crate::clean::{Operation, Residence, Step};
use crate::fields::{Faults, Fields};
use crate::source::{Kind, Source};
use crate::table::{Disclosure, Table, is_file_name};
use crate::table_format::TableFormat;
use crate::{Code, Diagnostic, check};

/// A statistical product, as its pipeline file declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// What it is called in print.
    pub title: String,
    /// What it shows and how to read it.
    pub description: Option<String>,
    /// Which edition the release is; the folder of the release is called so.
    pub vintage: Spanned<String>,
    /// The inputs.
    pub sources: Vec<Source>,
    /// The operations on records.
    pub clean: Vec<Step>,
    /// The tables.
    pub tables: Vec<Table>,
    /// Files of figures from publications, beside the pipeline file.
    pub published: Vec<Spanned<String>>,
    /// Protection of small counts.
    pub disclosure: Option<Disclosure>,
    /// The formats of the published tables, at least one.
    pub formats: Vec<TableFormat>,
}

/// Reads a pipeline file and reports every fault that its text alone can show.
///
/// The faults come in the order of the text.
///
/// # Errors
///
/// All faults, when there is at least one.
pub fn parse(text: &str) -> Result<Pipeline, Vec<Diagnostic>> {
    let faults = Faults::default();
    let (document, syntax) = DeTable::parse_recoverable(text);
    for error in &syntax {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().lines().next().unwrap_or("not TOML").to_owned();
        faults.push(Diagnostic::error(Code::Syntax, message).at(span, ""));
    }
    let fields = Fields::new(document.get_ref(), 0..0, &faults);
    let pipeline = Pipeline::read(&fields, &faults);
    fields.finish();
    let mut faults = faults.into_vec();
    // What could not be read properly is not judged as well.
    let is_spoilt = |fault: &Diagnostic| {
        fault.code != Code::Syntax && syntax.iter().any(|error| error.span() == fault.span())
    };
    faults.retain(|fault| !is_spoilt(fault));
    // What the parts mean together can only be judged when each of them could be read.
    if let (Some(pipeline), true) = (&pipeline, faults.is_empty()) {
        faults = check::check(pipeline);
    }
    match pipeline {
        Some(pipeline) if faults.is_empty() => Ok(pipeline),
        _ => {
            faults.sort_by_key(|fault| fault.span().map_or(0, |span| span.start));
            Err(faults)
        }
    }
}

impl Pipeline {
    fn read(fields: &Fields<'_, '_>, faults: &Faults) -> Option<Self> {
        read_version(fields, faults);
        let title = fields.string("title");
        let vintage = fields.string("vintage");
        if let Some(vintage) = vintage.as_ref().filter(|vintage| !is_file_name(vintage.get_ref())) {
            let fault = Diagnostic::error(Code::UnknownValue, "the vintage is the name of a folder");
            faults.push(fault.at(vintage.span(), "use letters, digits, `.`, `_` and `-` only"));
        }
        let sources = fields.entries("source");
        let sources: Vec<_> =
            sources.into_iter().filter_map(|(name, value)| Source::read(name, value, faults)).collect();
        let clean = fields.tables("clean").into_iter().filter_map(|step| Step::read(step, faults)).collect();
        let tables =
            fields.tables("table").into_iter().filter_map(|table| Table::read(table, faults)).collect();
        let published = fields.tables("published").into_iter().filter_map(|published| {
            let file = published.string("file");
            published.finish();
            file
        });
        let disclosure = fields.value("disclosure").and_then(|value| Fields::of(value, faults));
        let release = fields.value("release").and_then(|value| Fields::of(value, faults));
        Some(Self {
            description: fields.optional_string("description").map(Spanned::into_inner),
            published: published.collect(),
            disclosure: disclosure.map(|fields| Disclosure::read(fields, faults)),
            formats: TableFormat::read_all(release, faults),
            title: title?.into_inner(),
            vintage: vintage?,
            sources,
            clean,
            tables,
        })
    }

    /// The source called `name`, or the only one of its kind.
    pub fn source(&self, name: Option<&Spanned<String>>, kind: Option<Kind>) -> Option<&Source> {
        match name {
            Some(name) => self.sources.iter().find(|source| source.name.get_ref() == name.get_ref()),
            None => {
                let mut fitting =
                    self.sources.iter().filter(|source| kind.is_none_or(|kind| source.kind == kind));
                fitting.next().filter(|_| fitting.next().is_none())
            }
        }
    }

    /// The steps that work on the records of a source, in order.
    pub fn steps_of<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = &'a Step> {
        self.clean.iter().filter(|step| {
            self.source(step.source.as_ref(), Some(Kind::Records))
                .is_some_and(|found| found.name == source.name)
        })
    }

    /// The tables that are made from a source, in order.
    pub fn tables_of<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = &'a Table> {
        self.tables
            .iter()
            .filter(|table| self.source_of(table).is_some_and(|found| found.name == source.name))
    }

    /// The residence step by which a table counts: the one that it names with `rule`, or that of its source.
    pub fn residence_of(&self, table: &Table) -> Option<&Residence> {
        let source = self.source_of(table).filter(|_| table.measure.needs_rule())?;
        let name = table.rule.as_ref().map(Spanned::get_ref);
        self.residences_of(source).find(|residence| name.is_none_or(|name| name == residence.name.get_ref()))
    }

    /// The name of the rule by which a table counts.
    pub fn rule_of(&self, table: &Table) -> Option<&str> {
        Some(self.residence_of(table)?.name.get_ref())
    }

    /// The residence steps of a source.
    pub(crate) fn residences_of<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = &'a Residence> {
        self.steps_of(source).filter_map(|step| match &step.operation {
            Operation::Residence(residence) => Some(residence.as_ref()),
            _ => None,
        })
    }

    /// The source that a table is made from.
    pub fn source_of(&self, table: &Table) -> Option<&Source> {
        self.source(table.source.as_ref(), Some(table.measure.kind()))
    }
}

/// `spec = 1` says in which version of this language the file is written, so that it can be read in decades.
fn read_version(fields: &Fields<'_, '_>, faults: &Faults) {
    if let Some(version) = fields.integer("spec").filter(|version| *version.get_ref() != 1) {
        let message = format!("unknown version {} of the language", version.get_ref());
        let fault = Diagnostic::error(Code::UnknownValue, message);
        faults.push(fault.at(version.span(), "this program reads version 1"));
    }
}
