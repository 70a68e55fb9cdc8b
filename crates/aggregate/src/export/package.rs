//! `datapackage.json` (Data Package, frictionlessdata.io) and `views.sql` (DuckDB).
//!
//! Where tables are written in several formats, the first is the one of the views, and keeps the plain names.

use std::path::Path;

use arrow::datatypes::Schema;
use denizen_spec::{Diagnostic, TableFormat};
use serde_json::{Value, json};

use crate::export::manifest::{Provenance, pretty};
use crate::export::{sha256, unwritable};
use crate::formats::{format, package_type};

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
        }
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
    pub(crate) fn path(&self, format: TableFormat) -> String {
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
    resources: &[Resource],
    formats: &[TableFormat],
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
    if let Some(disclosure) = &provenance.disclosure {
        package["disclosure"] = json!(disclosure);
    }
    Ok(pretty(&package))
}

/// A resource as frictionless accepts it: without `bytes`, which its Parquet reader compares with nothing, and with
/// `nan` as a missing number, which pandas makes of an absent one on the way.
fn describe(
    resource: &Resource,
    of: TableFormat,
    is_first: bool,
    staging: &Path,
) -> Result<Value, Diagnostic> {
    let path = staging.join("public").join(resource.path(of));
    let name = resource.view();
    let hash = sha256(&path).map_err(|error| unwritable(&path, error))?;
    let field = |(name, kind): &(String, &str)| {
        let mut field = json!({"name": name, "type": kind});
        if let Some((_, list)) = resource.lists.iter().find(|(column, _)| column == name) {
            field["codelist"] = json!(list);
        }
        if ["integer", "number"].contains(kind) {
            field["missingValues"] = json!(["", "nan"]);
        }
        field
    };
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
        "mediatype": format(of).media_type(),
        "hash": format!("sha256:{hash}"),
        "schema": {
            "fieldsMatch": "exact",
            "fields": resource.fields.iter().map(field).collect::<Vec<_>>(),
            "primaryKey": resource.key,
            "foreignKeys": resource.lists.iter().map(reference).collect::<Vec<_>>(),
        },
    });
    if let Some(fraction) = resource.sampling_fraction {
        described["samplingFraction"] = json!(fraction);
    }
    Ok(described)
}

/// A view for each table, to be read by DuckDB in the folder `public`, and of published tables another one with a row for each
/// cell, the labels of its codes, and a column for each measure and indicator.
pub(crate) fn views(resources: &[Resource], of: TableFormat) -> String {
    let mut text = String::from("-- In the folder of this file: duckdb -init views.sql\n");
    for resource in resources {
        let name = resource.view().replace('-', "_");
        let reader = format(of).reader(&resource.path(of), &resource.fields);
        text += &format!("CREATE OR REPLACE VIEW \"{name}\" AS SELECT * FROM {reader};\n");
    }
    let names: Vec<String> = resources.iter().map(|resource| resource.view().replace('-', "_")).collect();
    for (resource, name) in resources.iter().zip(&names) {
        let wide = format!("{name}_wide");
        // A table of that name is what it is.
        if let Some((indicators, columns)) = resource.wide.as_ref().filter(|_| !names.contains(&wide)) {
            text += &wide_view(&wide, name, indicators, columns, &resource.lists);
        }
    }
    text
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
        let list = format!("codelist_{}", list.to_lowercase().replace('-', "_"));
        shown.push(format!("l{index}.label_en AS \"{column}_label\""));
        joins += &format!(" LEFT JOIN \"{list}\" AS l{index} ON l{index}.code = t.\"{column}\"");
    }
    for indicator in indicators {
        let is_taken = columns.contains(indicator);
        let called = if is_taken { format!("{indicator}_value") } else { indicator.clone() };
        shown.push(format!("max(t.value) FILTER (WHERE t.indicator = '{indicator}') AS \"{called}\""));
    }
    let shown = shown.join(", ");
    format!("CREATE OR REPLACE VIEW \"{wide}\" AS SELECT {shown} FROM \"{name}\" AS t{joins} GROUP BY ALL;\n")
}
