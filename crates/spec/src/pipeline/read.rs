//! The text of a pipeline file becomes a pipeline, or all its faults.

use std::collections::HashSet;
use std::ops::Range;

use toml::de::DeTable;

use super::Pipeline;
use crate::data_check::Check;
use crate::disclosure::Disclosure;
use crate::file_name::NameOf;
use crate::operations::{Operation, Step};
use crate::period::Period;
use crate::source::{Source, SourceKind};
use crate::table::{Measure, Table};
use crate::table_format::{ReleaseSettings, TableFormat};
use crate::text::{Fields, Findings};
use crate::{Code, Diagnostic};

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
}

/// `spec = 1` says in which version of this language the file is written, so that it can be read in decades.
fn read_version(fields: &Fields<'_, '_>, findings: &Findings) {
    if let Some(version) = fields.integer("spec").filter(|version| *version.get_ref() != 1) {
        let message = format!("unknown version {} of the language", version.get_ref());
        let fault = Diagnostic::error(Code::UnknownValue, message);
        findings.push(fault.at_span(version.span(), "this program reads version 1"));
    }
}
