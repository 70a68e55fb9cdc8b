//! Small tables for tests: counts in, published rows as text out.

use arrow::util::display::{ArrayFormatter, FormatOptions};
use denizen_spec::{Diagnostic, Pipeline};
use polars::prelude::*;

use crate::counts::{CONCEPT, CONFIDENTIALITY, Counts, EXACT, NOTE, PERSONS, dimension, encoded, indices};
use crate::publish::{SourceFacts, publish};
use crate::status::Note;
use crate::table::PublishedTable;
use crate::value::{Levels, Value};

/// A count: its key, the count, and the publisher's note.
pub(crate) type Row = (Vec<Value>, Option<i64>, Option<&'static str>);

/// Keys of texts: numbers are numbers, `_U` is not stated.
pub(crate) fn key(texts: &[&str]) -> Vec<Value> {
    let value = |text: &&str| text.parse().map_or_else(|_| Value::code(text), Value::Number);
    texts.iter().map(value).collect()
}

/// Rows of texts and counts.
pub(crate) fn rows<const N: usize>(rows: &[([&str; N], i64)]) -> Vec<Row> {
    rows.iter().map(|(texts, count)| (key(texts), Some(*count), None)).collect()
}

pub(crate) fn counts(rows: &[Row], dimensions: usize) -> Counts {
    let column = |position: usize| rows.iter().map(|(key, ..)| key[position].clone()).collect::<Vec<_>>();
    let (mut levels, mut columns) = (Vec::new(), Vec::new());
    for position in 0..dimensions {
        let (of_column, of_rows) = encoded(&column(position));
        levels.push(of_column);
        columns.push(indices(dimension(position), of_rows));
    }
    let note = |row: &Row| row.2.and_then(|note| Some(Note::parse(note, None)?.status?.bits()));
    let exact: Vec<_> = rows.iter().map(|(_, exact, _)| *exact).collect();
    columns.push(indices(CONCEPT, vec![0; rows.len()]));
    columns.push(Int64Chunked::from_slice_options(EXACT.into(), &exact).into_column());
    let of_rows: Vec<_> = rows.iter().map(note).collect();
    columns.push(UInt32Chunked::from_slice_options(NOTE.into(), &of_rows).into_column());
    columns.push(UInt32Chunked::full_null(CONFIDENTIALITY.into(), rows.len()).into_column());
    columns.push(Int64Chunked::full_null(PERSONS.into(), rows.len()).into_column());
    let frame = DataFrame::new(rows.len(), columns).unwrap();
    let concepts = Levels::new([Value::code("c")]);
    Counts {
        dimensions: levels,
        concepts,
        texts: Vec::new(),
        scale: 0,
        frame,
        after: None,
        told: Default::default(),
    }
}

/// A pipeline with one table `t` of records, or of cells when `measure` is one of them.
pub(crate) fn pipeline(measure: &str, dimensions: &str, more: &str) -> Pipeline {
    let is_cells = ["stock", "flow"].contains(&measure);
    let (kind, value, concept) = match is_cells {
        true => ("kind = 'cells'\nconcept = 'c'", "value = { type = 'integer' }", ""),
        false => ("", "", "concept = 'c'"),
    };
    let column = |name: &str| match name {
        "year" | "age" | "duration" => "{ type = 'integer' }".to_owned(),
        "reference_date" => "{ type = 'date' }".to_owned(),
        name if is_cells => format!("{{ list = '{name}', total = 'all' }}"),
        name => format!("{{ list = '{name}' }}"),
    };
    let names = dimensions.split(", ").map(|name| name.trim_matches('\''));
    let columns: String = names.map(|name| format!("{name} = {}\n", column(name))).collect();
    let text = format!(
        "spec = 1\ntitle = 'T'\nvintage = '1'\n[source.s]\nfiles = 's'\nformat = 'csv'\n{kind}\n\
         [source.s.columns]\n{columns}{value}\n\
         [[table]]\nname = 't'\nmeasure = '{measure}'\n{concept}\ndimensions = [{dimensions}]\n{more}"
    );
    denizen_spec::parse(&text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// A table of its own source: name, measure, dimensions, and what else stands in it.
pub(crate) type TableText<'a> = (&'a str, &'a str, &'a [&'a str], &'a str);

/// A pipeline with several tables.
pub(crate) fn pipeline_of(tables: &[TableText<'_>]) -> Result<Pipeline, Vec<Diagnostic>> {
    let (mut sources, mut sections) = (String::new(), String::new());
    for (name, measure, dimensions, more) in tables {
        let is_cells = ["stock", "flow"].contains(measure);
        let (kind, concept) = match is_cells {
            true => (format!("kind = 'cells'\nconcept = '{name}'"), String::new()),
            false => (String::new(), format!("concept = '{name}'")),
        };
        let column = |dimension: &&str| match *dimension {
            "year" | "age" => format!("{dimension} = {{ type = 'integer' }}\n"),
            "reference_date" => "reference_date = { type = 'date' }\n".to_owned(),
            _ if is_cells => format!("{dimension} = {{ list = '{dimension}', total = 'all' }}\n"),
            _ => format!("{dimension} = {{ list = '{dimension}' }}\n"),
        };
        let columns: String = dimensions.iter().map(column).collect();
        let value = if is_cells { "value = { type = 'integer' }\n" } else { "" };
        sources += &format!(
            "[source.{name}]\nfiles = '{name}'\nformat = 'csv'\n{kind}\n[source.{name}.columns]\n{columns}{value}"
        );
        let quoted: Vec<String> = dimensions.iter().map(|name| format!("'{name}'")).collect();
        sections += &format!(
            "[[table]]\nname = '{name}'\nsource = '{name}'\nmeasure = '{measure}'\nunit = 'persons'\n{concept}\ndimensions = [{}]\n{more}\n",
            quoted.join(", ")
        );
    }
    denizen_spec::parse(&format!("spec = 1\ntitle = 'T'\nvintage = '1'\n{sources}{sections}"))
}

/// Publishes all tables of a pipeline.
pub(crate) fn all_published(
    pipeline: &Pipeline,
    counts: Vec<Counts>,
) -> Result<Vec<PublishedTable>, Diagnostic> {
    let fact = |source: &denizen_spec::Source| SourceFacts {
        source: source.name.clone(),
        sampling_fraction: 1.0,
        rules: Vec::new(),
    };
    let facts: Vec<_> = pipeline.sources.iter().map(fact).collect();
    let ids = pipeline.table_ids().map(|(id, _)| id);
    publish(pipeline, ids.zip(counts).collect(), &facts, &[], &scratch())
}

pub(crate) fn scratch() -> std::path::PathBuf {
    std::env::temp_dir()
}

pub(crate) fn facts(sampling_fraction: f64) -> Vec<SourceFacts> {
    vec![SourceFacts { source: "s".to_owned(), sampling_fraction, rules: Vec::new() }]
}

/// Publishes the only table of a pipeline.
pub(crate) fn published(pipeline: &Pipeline, counts: Counts) -> Result<PublishedTable, Diagnostic> {
    let id = pipeline.table_ids().map(|(id, _)| id);
    Ok(publish(pipeline, id.zip([counts]).collect(), &facts(1.0), &[], &scratch())?.remove(0))
}

/// The columns of all rows, joined by spaces; `-` is null.
pub(crate) fn texts(table: &PublishedTable, columns: &[&str]) -> Vec<String> {
    let batch = table.batch(0..table.rows(), "1").unwrap();
    let options = FormatOptions::default().with_null("-");
    let columns: Vec<_> = columns.iter().map(|name| batch.column_by_name(name).unwrap()).collect();
    let columns: Vec<_> =
        columns.iter().map(|array| ArrayFormatter::try_new(array, &options).unwrap()).collect();
    let row = |row| columns.iter().map(|column| column.value(row).to_string()).collect::<Vec<_>>().join(" ");
    (0..table.rows()).map(row).collect()
}

/// The rows of one indicator: the codes of a dimension, then value, status and base.
pub(crate) fn indicator(table: &PublishedTable, name: &str, dimensions: &[&str]) -> Vec<String> {
    let columns: Vec<&str> = ["indicator"].into_iter().chain(dimensions.iter().copied()).collect();
    let columns: Vec<&str> = columns.into_iter().chain(["value", "obs_status", "base"]).collect();
    let start = format!("{name} ");
    texts(table, &columns).iter().filter_map(|row| row.strip_prefix(&start).map(str::to_owned)).collect()
}
