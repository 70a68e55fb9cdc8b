//! `README.md` of what is published: what lies there, how to read it, whose data it is.

use std::collections::BTreeSet;
use std::path::Path;

use denizen_spec::{Diagnostic, Indicator, TableFormat, Unit, column_description, label};
use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::columns::{Column, holds};
use crate::facts;
use crate::formats::xlsx;
use crate::language::Language;
use crate::page::template_fault;
use crate::release::{Input, Release, Resource};
use crate::words;

#[derive(Serialize)]
struct Readme {
    title: String,
    vintage: String,
    synthetic: Option<&'static str>,
    descriptions: Vec<String>,
    tables: Vec<TableView>,
    columns: Vec<(String, &'static str)>,
    statuses: Vec<String>,
    indicators: Vec<IndicatorView>,
    disclosure: String,
    inputs: Vec<InputView>,
    citation: String,
    first: String,
    /// Whether there is SDMX.
    sdmx: bool,
    /// The name of the workbook, where there is one.
    workbook: Option<String>,
    /// Whether there is JSON.
    json: bool,
}

#[derive(Serialize)]
struct TableView {
    name: String,
    path: String,
    titles: Vec<String>,
    /// Its rows, where it is one of cells.
    rows: Option<String>,
    /// What shares are parts of, and the like.
    along: Vec<String>,
    sample: Option<String>,
}

#[derive(Serialize)]
struct IndicatorView {
    name: &'static str,
    title: &'static str,
    unit: &'static str,
    formula: &'static str,
    source: &'static str,
}

#[derive(Serialize)]
struct InputView {
    title: String,
    line: String,
}

/// The text of the file.
pub(crate) fn readme(release: &Release, formats: &[TableFormat]) -> Result<String, Diagnostic> {
    let manifest = &release.manifest;
    let tables = release.tables();
    let (mut views, mut letters) = (Vec::new(), BTreeSet::new());
    for table in &tables {
        let (rows, statuses) = statuses(release, table)?;
        letters.extend(statuses.iter().flat_map(|status| status.chars()));
        views.push(of_table(table, rows));
    }
    let columns: BTreeSet<&str> =
        tables.iter().flat_map(|table| table.fields().iter().map(|field| field.name.as_str())).collect();
    let described = |name: &&str| Some(((*name).to_owned(), column_description(name)?[0]));
    let descriptions = Language::ALL.into_iter().filter_map(|language| manifest.description(language));
    let descriptions: BTreeSet<String> = descriptions.map(str::to_owned).collect();
    let status = |letter: &char| {
        let words = label("obs_status", letter.encode_utf8(&mut [0; 4]))?;
        Some(format!("`{letter}` {}", words[0]))
    };
    let view = Readme {
        title: manifest.title(Language::English).to_owned(),
        vintage: manifest.vintage.clone(),
        synthetic: release.package.synthetic.then_some(words::SYNTHETIC[0]),
        descriptions: descriptions.into_iter().collect(),
        first: tables.first().map_or(String::new(), |table| table.path().to_owned()),
        columns: columns.iter().filter_map(described).collect(),
        statuses: letters.iter().filter_map(status).collect(),
        indicators: indicators(&tables),
        disclosure: facts::disclosure(manifest, Language::English),
        inputs: manifest.inputs.iter().map(of_input).collect(),
        citation: release.package.citation.clone().unwrap_or_default(),
        tables: views,
        sdmx: formats.contains(&TableFormat::SdmxCsv),
        workbook: formats.contains(&TableFormat::Xlsx).then(|| xlsx::file_name(release, Language::English)),
        json: formats.contains(&TableFormat::Json),
    };
    let mut environment = Environment::new();
    environment.add_template("readme.md", include_str!("readme.md")).map_err(template_fault)?;
    let template = environment.get_template("readme.md").map_err(template_fault)?;
    Ok(template.render(Serde(view)).map_err(template_fault)? + "\n")
}

/// The rows of a table, nothing where it is none of cells, and the statuses that they have.
fn statuses(release: &Release, table: &Resource) -> Result<(usize, Vec<String>), Diagnostic> {
    let mut chunks = release.chunks(table, &["obs_status", "indicator"])?;
    let (mut statuses, mut rows) = (Column::default(), 0);
    while let Some(chunk) = chunks.next()? {
        if let Some(array) = chunk.column(0) {
            let found = statuses.encode(array, &mut Vec::new());
            found.map_err(|kind| holds(Path::new(table.path()), "obs_status", &kind))?;
        }
        rows += chunk.column(1).map_or(0, |_| chunk.rows);
    }
    Ok((rows, statuses.words))
}

fn of_table(table: &Resource, rows: usize) -> TableView {
    let mut titles: Vec<String> = Vec::new();
    for language in Language::ALL {
        let title = table.title(language).to_owned();
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    let along = table.indicators.iter().filter(|taken| !taken.along.is_empty());
    let along = along.map(|taken| format!("`{}` is taken over {}", taken.name, taken.along.join(", ")));
    let sample = table.sampling_fraction.filter(|fraction| *fraction < 1.0);
    TableView {
        name: table.stem().to_owned(),
        path: table.path().to_owned(),
        titles,
        rows: (rows > 0).then(|| Language::English.number(rows as f64, 0)),
        along: along.collect(),
        sample: sample
            .map(|fraction| Language::English.fill(words::SAMPLE, &[&(100.0 * fraction).to_string()])),
    }
}

/// The indicators of some tables, each once, in the order of their names.
fn indicators(tables: &[Resource]) -> Vec<IndicatorView> {
    let names: BTreeSet<&str> =
        tables.iter().flat_map(|table| table.indicators.iter().map(|taken| taken.name.as_str())).collect();
    let view = |name: &&str| {
        let indicator = Indicator::named(name)?;
        let unit = match indicator.unit {
            Unit::Named(unit) => unit,
            Unit::OfCounts => "the unit of the counts",
        };
        let Indicator { name, title, formula, source, .. } = indicator;
        Some(IndicatorView { name, title, unit, formula, source })
    };
    names.iter().filter_map(view).collect()
}

fn of_input(input: &Input) -> InputView {
    let fields = [&input.producer, &input.origin, &input.licence];
    let mut parts: Vec<String> = fields.into_iter().flatten().cloned().collect();
    parts.extend(input.retrieved.as_ref().map(|day| format!("retrieved {day}")));
    InputView { title: input.title.clone().unwrap_or_else(|| input.file.clone()), line: parts.join("; ") }
}

#[cfg(test)]
mod tests {
    use denizen_spec::LANGUAGES;

    #[test]
    fn the_template_names_the_columns_of_labels() {
        let text = include_str!("readme.md");
        assert!(LANGUAGES.iter().all(|language| text.contains(&format!("label_{language}"))));
    }
}
