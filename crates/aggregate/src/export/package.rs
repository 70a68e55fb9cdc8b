//! `datapackage.json` (Data Package, frictionlessdata.io) and `views.sql` (DuckDB).
//!
//! Where tables are written in several formats, the first is the one of the views, and keeps the plain names.

use std::path::Path;

use arrow::datatypes::Schema;
use denizen_spec::{
    Diagnostic, Indicator, LANGUAGES, Snapshot, SourceReport, Translations, Unit, column_description, label,
};
use serde_json::{Value, json};

use crate::export::manifest::{Provenance, pretty};
use crate::export::{sha256, unwritable};
use crate::formats::{Format, package_type};

/// A table of the public half, in all its formats.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Resource {
    name: String,
    title: String,
    kind: ResourceKind,
    fields: Vec<(String, &'static str)>,
    /// Columns and the code lists that their codes belong to.
    pub(crate) lists: Vec<(String, String)>,
    /// The columns that tell its rows apart.
    key: Vec<String>,
    /// The measures and indicators of a published table, and the columns that a row of all of them has.
    wide: Option<(Vec<String>, Vec<String>)>,
    /// Persons in its source for each person of the population; none for a code list.
    sampling_fraction: Option<f64>,
    /// Its title by language, where it is in several.
    titles: Translations,
    /// Its indicators, each with the dimensions along which it is taken.
    indicators: Vec<(String, Vec<String>)>,
    /// What is stated of them: `mean_age:close_open_group_at=100`.
    parameters: Vec<String>,
}

/// Which folder a resource lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResourceKind {
    Table,
    Codelist,
}

impl Resource {
    pub(crate) fn new(name: &str, title: &str, kind: ResourceKind, schema: &Schema) -> Self {
        let fields = schema.fields().iter();
        let fields = fields.map(|field| (field.name().clone(), package_type(field.data_type())));
        let (name, title) = (name.to_owned(), title.to_owned());
        Self {
            name,
            title,
            kind,
            fields: fields.collect(),
            lists: Vec::new(),
            key: Vec::new(),
            wide: None,
            sampling_fraction: None,
            titles: Translations::default(),
            indicators: Vec::new(),
            parameters: Vec::new(),
        }
    }

    pub(crate) fn with_titles(self, titles: &Translations) -> Self {
        Self { titles: titles.clone(), ..self }
    }

    pub(crate) fn with_indicators(self, indicators: &[(String, Vec<String>)], parameters: &[String]) -> Self {
        Self { indicators: indicators.to_vec(), parameters: parameters.to_vec(), ..self }
    }

    pub(crate) fn with_lists(self, lists: Vec<(String, String)>) -> Self {
        Self { lists, ..self }
    }

    pub(crate) fn with_key(self, key: Vec<String>) -> Self {
        Self { key, ..self }
    }

    /// A row for each cell can be made of it, with a column for each indicator.
    pub(crate) fn with_wide_view(self, indicators: Vec<String>, columns: Vec<String>) -> Self {
        Self { wide: Some((indicators, columns)), ..self }
    }

    pub(crate) fn with_sampling_fraction(self, fraction: f64) -> Self {
        Self { sampling_fraction: Some(fraction), ..self }
    }

    /// Its path in the public half.
    pub(crate) fn path(&self, format: &dyn Format) -> String {
        let folder = match self.kind {
            ResourceKind::Table => "tables",
            ResourceKind::Codelist => "codelists",
        };
        format!("{folder}/{}.{}", self.name, format.name())
    }

    /// Its name as a view and in the data package: a prefix distinguishes code lists from tables.
    fn view(&self) -> String {
        match self.kind {
            ResourceKind::Table => self.name.to_lowercase(),
            ResourceKind::Codelist => format!("codelist-{}", self.name.to_lowercase()),
        }
    }
}

pub(crate) fn data_package(
    provenance: &Provenance,
    sources: &[SourceReport],
    resources: &[Resource],
    formats: &[&dyn Format],
    staging: &Path,
) -> Result<Vec<u8>, Diagnostic> {
    let files = formats.iter().enumerate();
    let files =
        files.flat_map(|(index, format)| resources.iter().map(move |resource| (index, *format, resource)));
    let resources: Vec<Value> = files
        .map(|(index, format, resource)| describe(resource, format, index == 0, staging))
        .collect::<Result<_, _>>()?;
    let mark = if provenance.synthetic { "SYNTHETIC DATA, no record is about a real person: " } else { "" };
    let description = provenance.description.as_deref().unwrap_or_default();
    let mut package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": provenance.pipeline.to_lowercase(),
        "title": format!("{mark}{}", provenance.title),
        "description": format!("{mark}{description}"),
        "version": provenance.vintage,
        "synthetic": provenance.synthetic,
        "resources": resources,
    });
    for (name, texts) in [("titles", &provenance.titles), ("descriptions", &provenance.descriptions)] {
        if !texts.is_empty() {
            package[name] = json!(texts);
        }
    }
    add_origins(&mut package, provenance, sources);
    if let Some(disclosure) = &provenance.disclosure {
        package["disclosure"] = json!(disclosure);
    }
    Ok(pretty(&package))
}

/// Whose data it is: sources, licences, contributors, and how to cite it all.
fn add_origins(package: &mut Value, provenance: &Provenance, sources: &[SourceReport]) {
    let files = sources.iter().flat_map(|source| &source.files);
    let mut snapshots: Vec<&Snapshot> = Vec::new();
    for snapshot in files.filter_map(|file| file.snapshot.as_ref()) {
        let is_known =
            |known: &&Snapshot| (&known.title, &known.origin) == (&snapshot.title, &snapshot.origin);
        if !snapshots.iter().any(is_known) {
            snapshots.push(snapshot);
        }
    }
    let distinct = |of: fn(&Snapshot) -> &String| {
        let mut texts: Vec<&String> = Vec::new();
        for text in snapshots.iter().map(|snapshot| of(snapshot)) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts
    };
    let producers = distinct(|snapshot| &snapshot.producer);
    let licences = distinct(|snapshot| &snapshot.licence);
    if snapshots.is_empty() {
        return;
    }
    package["licenses"] =
        licences.iter().map(|licence| json!({"name": licence_name(licence), "title": licence})).collect();
    let source = |snapshot: &&Snapshot| {
        let (title, version) = (&snapshot.title, snapshot.retrieved.to_string());
        let mut source = json!({"title": title, "version": version});
        let is_address = snapshot.origin.starts_with("https://") || snapshot.origin.starts_with("http://");
        // Anything else is no path: it says in words how the file was got.
        let field = if is_address && !snapshot.origin.contains(' ') { "path" } else { "origin" };
        source[field] = json!(snapshot.origin);
        source
    };
    package["sources"] = snapshots.iter().map(source).collect();
    package["contributors"] =
        producers.iter().map(|producer| json!({"title": producer, "roles": ["producer"]})).collect();
    let of = producers.iter().map(|producer| producer.as_str()).collect::<Vec<_>>().join("; ");
    let Provenance { title, vintage, program, pipeline, .. } = provenance;
    package["citation"] = json!(format!(
        "{title}, edition {vintage}. Made by {program} (pipeline {pipeline}) from data of {of}."
    ));
}

/// A licence as a name: `CC BY 4.0` becomes `CC-BY-4.0`.
fn licence_name(licence: &str) -> String {
    let letters = licence
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' });
    let name: String = letters.collect();
    name.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// What is to be known of the indicators of a table: what they are in, along which dimensions they are taken, and with which parameters.
fn describe_indicators(resource: &Resource) -> Vec<Value> {
    let describe = |(name, along): &(String, Vec<String>)| {
        let indicator = Indicator::named(name);
        let title = indicator.map_or(name.as_str(), |indicator| indicator.title);
        let mut described = json!({"name": name, "title": title, "along": along});
        match indicator.map(|indicator| indicator.unit) {
            Some(Unit::Named(unit)) => described["unit"] = json!(unit),
            Some(Unit::OfCounts) | None => {}
        }
        let of_it = |parameter: &String| Some(parameter.strip_prefix(name)?.strip_prefix(':')?.to_owned());
        let parameters: Vec<String> = resource.parameters.iter().filter_map(of_it).collect();
        if !parameters.is_empty() {
            described["parameters"] = json!(parameters);
        }
        described
    };
    resource.indicators.iter().map(describe).collect()
}

/// A column. Of numbers `nan` is a missing one too, which pandas makes of an absent one on the way.
fn describe_field(resource: &Resource, name: &str, kind: &str) -> Value {
    let mut field = json!({"name": name, "type": kind});
    if let Some([title, ..]) = label("column", name) {
        field["title"] = json!(title);
    }
    if let Some([description, ..]) = column_description(name) {
        field["description"] = json!(description);
    }
    if let Some((_, list)) = resource.lists.iter().find(|(column, _)| column == name) {
        field["codelist"] = json!(list);
    }
    if ["integer", "number"].contains(&kind) {
        field["missingValues"] = json!(["", "nan"]);
    }
    field
}

/// A resource as frictionless accepts it: without `bytes`, which its Parquet reader compares with nothing.
fn describe(
    resource: &Resource,
    of: &dyn Format,
    is_first: bool,
    staging: &Path,
) -> Result<Value, Diagnostic> {
    let path = staging.join("public").join(resource.path(of));
    let name = resource.view();
    let hash = sha256(&path).map_err(|error| unwritable(&path, error))?;
    let field = |(name, kind): &(String, &str)| describe_field(resource, name, kind);
    let reference = |(column, list): &(String, String)| {
        let resource = format!("codelist-{}", list.to_lowercase());
        json!({"fields": [column], "reference": {"resource": resource, "fields": ["code"]}})
    };
    let mut described = json!({
        "name": if is_first { name } else { format!("{name}-{}", of.name()) },
        "type": "table",
        "title": resource.title,
        "path": resource.path(of),
        "format": of.name(),
        "mediatype": of.media_type(),
        "hash": format!("sha256:{hash}"),
        "schema": {
            "fieldsMatch": "exact",
            "fields": resource.fields.iter().map(field).collect::<Vec<_>>(),
            "primaryKey": resource.key,
            "foreignKeys": resource.lists.iter().map(reference).collect::<Vec<_>>(),
        },
    });
    if !resource.titles.is_empty() {
        described["titles"] = json!(resource.titles);
    }
    if !resource.indicators.is_empty() {
        described["indicators"] = describe_indicators(resource).into();
    }
    if let Some(fraction) = resource.sampling_fraction {
        described["samplingFraction"] = json!(fraction);
    }
    Ok(described)
}

/// The head of `views.sql`. Paths in it begin where the variable says, so that it works wherever the release lies.
const HEAD: &str = "\
-- In the folder of this file: duckdb -init views.sql
-- From anywhere else: SET VARIABLE release = '/the/folder/of/this/file'; then read this file.
SET VARIABLE release = coalesce(getvariable('release'), '.');
";

/// A view for each table, to be read by DuckDB. Of published tables there are more: `_labelled` has a column of labels in each
/// language beside each column of codes; `_wide` has a row for each cell, with a column for each measure and indicator.
pub(crate) fn views(resources: &[Resource], of: &dyn Format) -> String {
    let mut text = String::from(HEAD);
    for resource in resources {
        let name = resource.view().replace('-', "_");
        let path = format!("getvariable('release') || '/{}'", resource.path(of));
        let reader = of.reader(&path, &resource.fields);
        text += &format!("CREATE OR REPLACE VIEW \"{name}\" AS SELECT * FROM {reader};\n");
    }
    let names: Vec<String> = resources.iter().map(|resource| resource.view().replace('-', "_")).collect();
    for (resource, name) in resources.iter().zip(&names) {
        let Some((indicators, columns)) = &resource.wide else { continue };
        let (wide, labelled) = (format!("{name}_wide"), format!("{name}_labelled"));
        // A table of that name is what it is.
        if !names.contains(&wide) {
            text += &wide_view(&wide, name, indicators, columns, &resource.lists);
        }
        if !names.contains(&labelled) {
            text += &labelled_view(&labelled, name, resource);
        }
    }
    text
}

/// The name of the view of a code list.
fn view_of_list(list: &str) -> String {
    format!("codelist_{}", list.to_lowercase().replace('-', "_"))
}

fn wide_view(
    wide: &str,
    name: &str,
    indicators: &[String],
    columns: &[String],
    lists: &[(String, String)],
) -> String {
    let (mut shown, mut joins) = (Vec::new(), String::new());
    for (index, column) in columns.iter().enumerate() {
        shown.push(format!("t.\"{column}\""));
        let Some((_, list)) = lists.iter().find(|(known, _)| known == column) else { continue };
        shown.push(format!("l{index}.label_en AS \"{column}_label\""));
        joins +=
            &format!(" LEFT JOIN \"{}\" AS l{index} ON l{index}.code = t.\"{column}\"", view_of_list(list));
    }
    for indicator in indicators {
        let is_taken = columns.contains(indicator);
        let called = if is_taken { format!("{indicator}_value") } else { indicator.clone() };
        shown.push(format!("max(t.value) FILTER (WHERE t.indicator = '{indicator}') AS \"{called}\""));
    }
    let shown = shown.join(", ");
    format!("CREATE OR REPLACE VIEW \"{wide}\" AS SELECT {shown} FROM \"{name}\" AS t{joins} GROUP BY ALL;\n")
}

/// The rows as they are, with labels in each language. A code that has none in a language has the English one.
fn labelled_view(labelled: &str, name: &str, resource: &Resource) -> String {
    let (mut shown, mut joins) = (Vec::new(), String::new());
    for (index, (column, _)) in resource.fields.iter().enumerate() {
        shown.push(format!("t.\"{column}\""));
        let Some((_, list)) = resource.lists.iter().find(|(known, _)| known == column) else { continue };
        for language in LANGUAGES {
            let label = format!("coalesce(l{index}.label_{language}, l{index}.label_en)");
            shown.push(format!("{label} AS \"{column}_{language}\""));
        }
        joins +=
            &format!(" LEFT JOIN \"{}\" AS l{index} ON l{index}.code = t.\"{column}\"", view_of_list(list));
    }
    let shown = shown.join(", ");
    format!("CREATE OR REPLACE VIEW \"{labelled}\" AS SELECT {shown} FROM \"{name}\" AS t{joins};\n")
}
