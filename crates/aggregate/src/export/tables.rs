//! Published tables, code lists, comparisons and rejects as columns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use denizen_spec::{CodeKind, Codelist, Diagnostic, Entry, LANGUAGES, columns};

use crate::cell::Value;
use crate::export::manifest::Provenance;
use crate::export::package::{Resource, ResourceKind};
use crate::export::parquet::{self, Column};
use crate::publish::{Cell, DimensionKind, PublishedTable};
use crate::reconcile::Comparison;

/// A rejected row, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectRow {
    /// Name of the source.
    pub source: String,
    /// The file.
    pub file: String,
    /// Sheet, for spreadsheets.
    pub sheet: Option<String>,
    /// Line at which the row begins, from 1.
    pub line: u64,
    /// Lines that the row takes.
    pub lines: u64,
    /// Byte at which the row begins, from 0.
    pub byte: u64,
    /// The column at fault.
    pub column: Option<String>,
    /// Code of the catalogue.
    pub reason: String,
}

fn metadata(provenance: &Provenance, title: &str) -> [(&'static str, String); 5] {
    [
        ("title", title.to_owned()),
        ("pipeline", provenance.pipeline.clone()),
        ("product", provenance.title.clone()),
        ("vintage", provenance.vintage.clone()),
        ("synthetic", provenance.synthetic.to_string()),
    ]
}

pub(crate) fn write(
    path: &Path,
    table: &PublishedTable,
    provenance: &Provenance,
) -> Result<Resource, Diagnostic> {
    let fields = table_columns(table, &provenance.vintage);
    let title = table.title.as_deref().unwrap_or(&provenance.title);
    let lists = table.dimensions.iter();
    let lists =
        lists.filter_map(|dimension| Some((dimension.name.clone(), dimension.list.clone()?))).collect();
    let key = table.dimensions.iter().map(|dimension| dimension.name.clone());
    let rule = table.cells.iter().all(|cell| cell.rule.is_some()).then(|| "rule".to_owned());
    let key = key.chain(["indicator".to_owned(), columns::CONCEPT.to_owned()]).chain(rule);
    let key: BTreeSet<_> = key.collect();
    let resource = Resource::new(&table.name, title, ResourceKind::Table, &fields);
    let resource = resource.with_lists(lists).with_key(key.into_iter().collect());
    let resource = resource.with_sampling_fraction(table.sampling_fraction);
    let mut metadata = metadata(provenance, title).to_vec();
    let lists = resource.lists.iter().map(|(column, list)| format!("{column}={list}"));
    metadata.push(("codelists", lists.collect::<Vec<_>>().join(" ")));
    metadata.push(("sampling_fraction", table.sampling_fraction.to_string()));
    metadata.push(("absent_cells", if table.complete { "zero" } else { "unknown" }.to_owned()));
    parquet::write(path, fields, &metadata)?;
    Ok(resource)
}

/// The columns of a published table: its dimensions, then those that every table has.
fn table_columns(table: &PublishedTable, vintage: &str) -> Vec<Column> {
    let cells = &table.cells;
    let mut fields: Vec<Column> = Vec::new();
    for (place, dimension) in table.dimensions.iter().enumerate() {
        fields.push(dimension_column(
            &dimension.name,
            dimension.kind,
            cells.iter().map(|cell| &cell.key[place]),
        ));
    }
    let texts = |name: &str, of: fn(&Cell) -> Option<&str>| Column::texts(name, cells.iter().map(of));
    fields.extend([
        texts("indicator", |cell| Some(cell.indicator)),
        Column::numbers("value", cells.iter().map(|cell| cell.value)),
        texts("unit", |cell| Some(&cell.unit)),
        texts("obs_status", |cell| Some(&cell.obs_status)),
        texts("conf_status", |cell| Some(cell.conf_status)),
    ]);
    // A table may show the concept as a dimension of its own.
    if !table.dimensions.iter().any(|dimension| dimension.name == columns::CONCEPT) {
        fields.push(texts("concept", |cell| Some(&cell.concept)));
    }
    fields.extend([
        Column::integers("base", cells.iter().map(|cell| cell.base)),
        texts("rule", |cell| cell.rule.as_ref().map(|rule| rule.name.as_str())),
        texts("rule_parameters", |cell| cell.rule.as_ref().map(|rule| rule.parameters.as_str())),
        Column::texts("vintage", cells.iter().map(|_| Some(vintage))),
    ]);
    fields
}

fn dimension_column<'a>(name: &str, kind: DimensionKind, values: impl Iterator<Item = &'a Value>) -> Column {
    match kind {
        DimensionKind::Code => Column::texts(name, values.map(|value| Some(value.text()))),
        DimensionKind::Number => Column::integers(
            name,
            values.map(|value| match value {
                Value::Number(number) => Some(*number),
                _ => None,
            }),
        ),
        DimensionKind::Day => Column::days(
            name,
            values.map(|value| match value {
                Value::Day(days) => Some(*days),
                _ => None,
            }),
        ),
    }
}

pub(crate) fn write_reconciliation(
    path: &Path,
    comparisons: &[Comparison<'_>],
    provenance: &Provenance,
) -> Result<Resource, Diagnostic> {
    let texts = |name: &str, of: &dyn Fn(&Comparison<'_>) -> Option<String>| {
        Column::texts(name, comparisons.iter().map(of))
    };
    let allowed = |comparison: &Comparison<'_>| comparison.figure.tolerance.allows(comparison.figure.value);
    let compared = |comparison: &&Comparison<'_>| comparison.figure.table.is_some();
    let conditions = |comparison: &Comparison<'_>| {
        let pairs =
            comparison.figure.conditions.iter().map(|(dimension, code)| format!("{dimension}={code}"));
        pairs.collect::<Vec<_>>().join(" ")
    };
    let fields = vec![
        texts("id", &|comparison| Some(comparison.figure.id.clone())),
        texts("statement", &|comparison| Some(comparison.figure.statement.clone())),
        texts("concept", &|comparison| Some(comparison.figure.concept.clone())),
        texts("table", &|comparison| comparison.figure.table.clone()),
        texts("indicator", &|comparison| {
            Some(comparison.figure.indicator.clone()).filter(|name| !name.is_empty())
        }),
        texts("where", &|comparison| Some(conditions(comparison)).filter(|text| !text.is_empty())),
        Column::numbers("computed", comparisons.iter().map(Comparison::shown)),
        Column::numbers("published", comparisons.iter().map(|comparison| Some(comparison.figure.value))),
        Column::numbers("difference", comparisons.iter().map(Comparison::difference)),
        Column::numbers(
            "tolerance",
            comparisons.iter().map(|comparison| Some(comparison).filter(compared).map(allowed)),
        ),
        texts("unit", &|comparison| Some(comparison.figure.unit.clone())),
        texts("outcome", &|comparison| Some(comparison.outcome.name().to_owned())),
        // What `computed` has been divided by: persons in the input for each person of the population.
        Column::numbers(
            "sampling_fraction",
            comparisons.iter().map(|comparison| Some(comparison.sampling_fraction)),
        ),
        texts("source", &|comparison| Some(comparison.figure.source.clone())),
        texts("vintage", &|_| Some(provenance.vintage.clone())),
    ];
    let title = "Published figures beside the results of this release";
    let resource =
        Resource::new("reconciliation", title, ResourceKind::Table, &fields).with_key(vec!["id".to_owned()]);
    parquet::write(path, fields, &metadata(provenance, title))?;
    Ok(resource)
}

pub(crate) fn write_codelist(
    path: &Path,
    list: &Codelist,
    provenance: &Provenance,
) -> Result<Resource, Diagnostic> {
    let own = own_codes(list);
    let entries = || list.entries.iter().chain(&own).collect::<BTreeMap<_, _>>().into_iter();
    let mut fields = vec![Column::texts("code", entries().map(|(code, _)| Some(code)))];
    for (place, language) in LANGUAGES.iter().enumerate() {
        let labels = entries().map(|(_, entry)| Some(&entry.labels[place]).filter(|label| !label.is_empty()));
        fields.push(Column::texts(&format!("label_{language}"), labels));
    }
    fields.push(Column::texts("kind", entries().map(|(_, entry)| Some(entry.kind.name()))));
    for (place, other) in list.translates_to.iter().enumerate() {
        let codes = entries().map(|(_, entry)| entry.translations.get(place).filter(|code| !code.is_empty()));
        fields.push(Column::texts(other, codes));
    }
    let title = format!("Code list {}", list.name);
    let resource =
        Resource::new(&list.name, &title, ResourceKind::Codelist, &fields).with_key(vec!["code".to_owned()]);
    parquet::write(path, fields, &metadata(provenance, &title))?;
    Ok(resource)
}

/// The codes that every published table may have besides those of its list.
fn own_codes(list: &Codelist) -> BTreeMap<String, Entry> {
    let entry =
        |labels: [&str; 3], kind| Entry { labels: labels.map(str::to_owned), kind, translations: Vec::new() };
    let own = [
        (columns::TOTAL, entry(["Total", "Totale", "Total"], CodeKind::Total)),
        (columns::NOT_STATED, entry(["Not stated", "Non indicato", "No declarado"], CodeKind::Detail)),
    ];
    let missing = own.into_iter().filter(|(code, _)| !list.entries.contains_key(*code));
    missing.map(|(code, entry)| (code.to_owned(), entry)).collect()
}

pub(crate) fn write_rejects(path: &Path, rejects: &[RejectRow]) -> Result<(), Diagnostic> {
    let texts = |name: &str, of: fn(&RejectRow) -> Option<&str>| Column::texts(name, rejects.iter().map(of));
    let numbers = |name: &str, of: fn(&RejectRow) -> u64| {
        Column::integers(name, rejects.iter().map(|reject| i64::try_from(of(reject)).ok()))
    };
    let columns = vec![
        texts("source", |reject| Some(&reject.source)),
        texts("file", |reject| Some(&reject.file)),
        texts("sheet", |reject| reject.sheet.as_deref()),
        numbers("line", |reject| reject.line),
        numbers("lines", |reject| reject.lines),
        numbers("byte", |reject| reject.byte),
        texts("column", |reject| reject.column.as_deref()),
        texts("reason", |reject| Some(&reject.reason)),
    ];
    parquet::write(path, columns, &[]).map(|_| ())
}
