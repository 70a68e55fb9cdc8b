//! Published tables, code lists, comparisons and rejects as columns.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::SchemaRef;
use denizen_spec::{CodeKind, Codelist, Diagnostic, Entry, Figure, LANGUAGES, OWN_LISTS, columns};

use crate::code_order;
use crate::counts::internal;
use crate::estimates::{EstimateQuality, EstimatedPart};
use crate::export::manifest::Provenance;
use crate::export::package::{Resource, ResourceKind};
use crate::export::unwritable;
use crate::formats::parquet::Parquet;
use crate::formats::{Format, Rows};
use crate::own_lists::OwnLists;
use crate::reconcile::{Comparison, Outcome};
use crate::table::{DimensionKind, PublishedTable};

/// Where public tables go, and in which formats.
pub(crate) struct Folder<'a> {
    /// The public half of the staged release.
    pub(crate) public: &'a Path,
    pub(crate) formats: &'a [&'static dyn Format],
    pub(crate) provenance: &'a Provenance,
    /// The lists that the program makes itself.
    pub(crate) own: &'a OwnLists,
}

impl Folder<'_> {
    /// Writes a table in every format.
    fn write(
        &self,
        resource: &Resource,
        rows: &dyn Rows,
        metadata: &[(&str, String)],
    ) -> Result<(), Diagnostic> {
        self.formats.iter().try_for_each(|format| {
            write_file(&self.public.join(resource.path(*format)), *format, rows, metadata)
        })
    }
}

fn write_file(
    path: &Path,
    of: &dyn Format,
    rows: &dyn Rows,
    metadata: &[(&str, String)],
) -> Result<(), Diagnostic> {
    let file = super::create(path)?;
    let written = of.write(rows, metadata, file).map_err(|failure| failure.told(path))?;
    written.sync_all().map_err(|error| unwritable(path, error))
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

/// A published table with its vintage.
struct OfVintage<'a> {
    table: &'a PublishedTable,
    vintage: &'a str,
}

impl Rows for OfVintage<'_> {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn rows(&self) -> usize {
        self.table.rows()
    }

    fn batch(&self, rows: Range<usize>) -> Result<RecordBatch, Diagnostic> {
        self.table.batch(rows, self.vintage)
    }
}

pub(crate) fn write(folder: &Folder<'_>, table: &PublishedTable) -> Result<Resource, Diagnostic> {
    let provenance = folder.provenance;
    let title = table.title.as_deref().unwrap_or(&provenance.title);
    let lists = table.dimensions.iter();
    let lists: Vec<(String, String)> =
        lists.filter_map(|dimension| Some((dimension.name.clone(), dimension.list.clone()?))).collect();
    let resource = Resource::new(&table.name, title, ResourceKind::Table, &table.schema());
    let resource = resource.with_lists(with_own(&lists, table, folder.own)).with_key(table.key());
    let resource = resource.with_titles(&table.titles).with_indicators(&table.along, &table.parameters);
    let resource = resource.with_sampling_fraction(table.sampling_fraction);
    let resource = resource.with_wide_view(table.indicator_names(), table.columns_of_cells());
    let mut metadata = metadata(provenance, title).to_vec();
    let lists = lists.iter().map(|(column, list)| format!("{column}={list}"));
    metadata.push(("codelists", lists.collect::<Vec<_>>().join(" ")));
    metadata.push(("sampling_fraction", table.sampling_fraction.to_string()));
    metadata.push(("absent_cells", if table.complete { "zero" } else { "unknown" }.to_owned()));
    if !table.parameters.is_empty() {
        metadata.push(("indicator_parameters", table.parameters.join(" ")));
    }
    let rows = OfVintage { table, vintage: &provenance.vintage };
    folder.write(&resource, &rows, &metadata)?;
    Ok(resource)
}

/// The lists of all columns of a table, those of the program included.
fn with_own(lists: &[(String, String)], table: &PublishedTable, own: &OwnLists) -> Vec<(String, String)> {
    let mut lists = lists.to_vec();
    for dimension in table.dimensions.iter().filter(|dimension| dimension.list.is_none()) {
        let list = own.of_dimension(&dimension.name).filter(|_| dimension.kind == DimensionKind::Code);
        lists.extend(list.map(|list| (dimension.name.clone(), list.to_owned())));
    }
    let is_dimension = |name: &&str| table.dimensions.iter().any(|dimension| dimension.name == *name);
    let others = own.of_columns().filter(|name| !is_dimension(name));
    lists.extend(others.map(|name| (name.to_owned(), name.to_owned())));
    lists
}

/// One column to be written.
struct Column {
    name: String,
    array: ArrayRef,
}

impl Column {
    fn texts<T: AsRef<str>>(name: &str, texts: impl IntoIterator<Item = Option<T>>) -> Self {
        Self::new(name, texts.into_iter().collect::<StringArray>())
    }

    fn numbers(name: &str, numbers: impl IntoIterator<Item = Option<f64>>) -> Self {
        Self::new(name, numbers.into_iter().collect::<Float64Array>())
    }

    fn new(name: &str, array: impl arrow::array::Array + 'static) -> Self {
        Self { name: name.to_owned(), array: Arc::new(array) }
    }
}

fn batch(columns: Vec<Column>) -> Result<RecordBatch, Diagnostic> {
    let columns = columns.into_iter().map(|column| (column.name, column.array, true));
    RecordBatch::try_from_iter_with_nullable(columns).map_err(|error| internal("tables", &error))
}

/// Writes what may be published of the comparisons.
pub(crate) fn write_reconciliation(
    folder: &Folder<'_>,
    comparisons: &[Comparison<'_>],
) -> Result<Resource, Diagnostic> {
    let title = "Published figures beside the results of this release";
    let rows = reconciliation(folder.provenance, comparisons, Results::Shown)?;
    let resource = Resource::new("reconciliation", title, ResourceKind::Table, &rows.schema());
    let resource = resource.with_key(vec!["id".to_owned()]);
    folder.write(&resource, &rows, &metadata(folder.provenance, title))?;
    Ok(resource)
}

/// Writes the comparisons with exact results.
pub(crate) fn write_exact_reconciliation(
    path: &Path,
    provenance: &Provenance,
    comparisons: &[Comparison<'_>],
) -> Result<(), Diagnostic> {
    let title = "Published figures beside the exact results of this run";
    let rows = reconciliation(provenance, comparisons, Results::Exact)?;
    write_file(path, &Parquet, &rows, &metadata(provenance, title))
}

/// Which results stand beside the figures.
#[derive(Clone, Copy)]
enum Results {
    /// As they are, for the restricted half alone.
    Exact,
    /// As they may be shown.
    Shown,
}

impl Results {
    fn computed(self, comparison: &Comparison<'_>) -> Option<f64> {
        match self {
            Self::Exact => comparison.computed.map(|computed| computed.exact),
            Self::Shown => comparison.shown(),
        }
    }

    fn outcome(self, comparison: &Comparison<'_>) -> Outcome {
        match self {
            Self::Exact => comparison.outcome,
            Self::Shown => comparison.public_outcome(),
        }
    }
}

/// The cell that a figure is of: `sex=F year=2019`.
fn conditions(figure: &Figure) -> String {
    let pairs = figure.conditions.iter().map(|(dimension, code)| format!("{dimension}={code}"));
    pairs.collect::<Vec<_>>().join(" ")
}

fn reconciliation(
    provenance: &Provenance,
    comparisons: &[Comparison<'_>],
    results: Results,
) -> Result<RecordBatch, Diagnostic> {
    let computed = |comparison: &Comparison<'_>| results.computed(comparison);
    let difference =
        |comparison: &Comparison<'_>| computed(comparison).map(|computed| computed - comparison.figure.value);
    let texts = |name: &str, of: &dyn Fn(&Comparison<'_>) -> Option<String>| {
        Column::texts(name, comparisons.iter().map(of))
    };
    let allowed = |comparison: &Comparison<'_>| comparison.figure.tolerance.allows(comparison.figure.value);
    let compared = |comparison: &&Comparison<'_>| comparison.figure.table.is_some();
    let fields = vec![
        texts("id", &|comparison| Some(comparison.figure.id.clone())),
        texts("statement", &|comparison| Some(comparison.figure.statement.clone())),
        texts("concept", &|comparison| Some(comparison.figure.concept.clone())),
        texts("table", &|comparison| comparison.figure.table.clone()),
        texts("indicator", &|comparison| {
            Some(comparison.figure.indicator.clone()).filter(|name| !name.is_empty())
        }),
        texts("where", &|comparison| Some(conditions(comparison.figure)).filter(|text| !text.is_empty())),
        Column::numbers("computed", comparisons.iter().map(computed)),
        Column::numbers("published", comparisons.iter().map(|comparison| Some(comparison.figure.value))),
        Column::numbers("difference", comparisons.iter().map(difference)),
        Column::numbers(
            "tolerance",
            comparisons.iter().map(|comparison| Some(comparison).filter(compared).map(allowed)),
        ),
        texts("unit", &|comparison| Some(comparison.figure.unit.clone())),
        texts("outcome", &|comparison| Some(results.outcome(comparison).name().to_owned())),
        // What `computed` has been divided by: persons in the input for each person of the population.
        Column::numbers(
            "sampling_fraction",
            comparisons.iter().map(|comparison| Some(comparison.sampling_fraction)),
        ),
        texts("source", &|comparison| Some(comparison.figure.source.clone())),
        texts("vintage", &|_| Some(provenance.vintage.clone())),
    ];
    batch(fields)
}

/// Writes what estimators said of earlier periods, beside what these came to; nothing where nothing is estimated.
pub(crate) fn write_estimates(
    folder: &Folder<'_>,
    tables: &[PublishedTable],
) -> Result<Option<Resource>, Diagnostic> {
    let rows: Vec<(&str, &EstimatedPart)> = tables
        .iter()
        .flat_map(|table| table.estimates().iter().map(|part| (table.name.as_str(), part)))
        .collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let title = "Estimates of earlier periods beside what these came to";
    let rows = estimates(folder.provenance, &rows)?;
    let key = ["table", "concept", "rule", "indicator", "period_months", "age_months", "of"];
    let resource = Resource::new("estimates", title, ResourceKind::Table, &rows.schema());
    let resource = resource.with_key(key.map(str::to_owned).to_vec());
    folder.write(&resource, &rows, &metadata(folder.provenance, title))?;
    Ok(Some(resource))
}

fn estimates(provenance: &Provenance, rows: &[(&str, &EstimatedPart)]) -> Result<RecordBatch, Diagnostic> {
    let texts = |name: &str, of: &dyn Fn(&EstimatedPart) -> Option<String>| {
        Column::texts(name, rows.iter().map(|(_, part)| of(part)))
    };
    let whole = |name: &str, of: &dyn Fn(&EstimateQuality) -> i64| {
        Column::new(name, rows.iter().map(|(_, part)| Some(of(&part.quality))).collect::<Int64Array>())
    };
    let numbers = |name: &str, of: &dyn Fn(&EstimateQuality) -> Option<f64>| {
        Column::numbers(name, rows.iter().map(|(_, part)| of(&part.quality)))
    };
    let mean = |sum: f64, of: &EstimateQuality| (of.estimates > 0).then(|| sum / of.estimates as f64);
    batch(vec![
        Column::texts("table", rows.iter().map(|(table, _)| Some(*table))),
        texts("concept", &|part| part.concept.clone()),
        texts("rule", &|part| part.rule.clone()),
        texts("indicator", &|part| Some(part.quality.measure.to_owned())),
        whole("period_months", &|of| of.period_months.into()),
        whole("age_months", &|of| of.age_months.into()),
        texts("of", &|part| Some(if part.quality.is_total { "total" } else { "cells" }.to_owned())),
        texts("unit", &|part| Some(part.unit.clone())),
        whole("training_months", &|of| of.training_months.into()),
        whole("level_percent", &|of| of.level.into()),
        whole("n_cells", &|of| of.cells as i64),
        whole("n_estimates", &|of| of.estimates as i64),
        whole("n_intervals", &|of| of.intervals as i64),
        whole("n_covered", &|of| of.covered as i64),
        numbers("coverage_percent", &EstimateQuality::coverage_percent),
        numbers("mean_error", &|of| mean(of.error, of)),
        numbers("mean_absolute_error", &|of| mean(of.absolute_error, of)),
        numbers("bias_percent", &EstimateQuality::bias_percent),
        numbers("absolute_error_percent", &EstimateQuality::error_percent),
        numbers("certain_percent", &EstimateQuality::certain_percent),
        texts("vintage", &|_| Some(provenance.vintage.clone())),
    ])
}

pub(crate) fn write_codelist(folder: &Folder<'_>, list: &Codelist) -> Result<Resource, Diagnostic> {
    let provenance = folder.provenance;
    // A unit or a status is never the total of others.
    let has_totals = !OWN_LISTS.contains(&list.name.as_str()) && list.name != "column";
    let own = if has_totals { own_codes(list) } else { BTreeMap::new() };
    let mut entries: Vec<(&String, &Entry)> = list.entries.iter().chain(&own).collect();
    entries.sort_by(|(one, _), (other, _)| code_order::compare(one, other));
    let entries = || entries.iter().copied();
    let mut fields = vec![Column::texts("code", entries().map(|(code, _)| Some(code)))];
    for (index, language) in LANGUAGES.iter().enumerate() {
        let labels = entries().map(|(_, entry)| Some(&entry.labels[index]).filter(|label| !label.is_empty()));
        fields.push(Column::texts(&format!("label_{language}"), labels));
    }
    fields.push(Column::texts("kind", entries().map(|(_, entry)| Some(entry.kind.name()))));
    for (index, other) in list.translates_to.iter().enumerate() {
        let codes = entries().map(|(_, entry)| entry.translations.get(index).filter(|code| !code.is_empty()));
        fields.push(Column::texts(other, codes));
    }
    let title = format!("Code list {}", list.name);
    let rows = batch(fields)?;
    let resource = Resource::new(&list.name, &title, ResourceKind::Codelist, &rows.schema());
    let resource = resource.with_key(vec!["code".to_owned()]);
    folder.write(&resource, &rows, &metadata(provenance, &title))?;
    Ok(resource)
}

/// The codes that every published table may have besides those of its list.
fn own_codes(list: &Codelist) -> BTreeMap<String, Entry> {
    let entry =
        |labels: [&str; 3], kind| Entry { labels: labels.map(str::to_owned), kind, translations: Vec::new() };
    let own = [
        (columns::TOTAL, entry(["Total", "Totale", "Total"], CodeKind::Total)),
        (columns::NOT_STATED, entry(["Not stated", "Non indicato", "No declarado"], CodeKind::Residual)),
    ];
    let missing = own.into_iter().filter(|(code, _)| !list.entries.contains_key(*code));
    missing.map(|(code, entry)| (code.to_owned(), entry)).collect()
}
