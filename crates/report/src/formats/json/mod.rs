//! JSON-stat 2.0 (`tables/NAME.json`), which the web pages of statistical offices read: a cube of values, with labels, units and
//! statuses. Source: json-stat.org/full, version 2.0.
//!
//! A standard was taken over a form of our own, for charts and tables that read it are there. What it has no place for (labels in
//! Italian and Spanish, counts beside the value, licences) stands in `extension`. Cells are written by their place in the cube where
//! most of it is empty; columns of which all cells say the same, once.

mod cube;
mod labels;

use std::io::Write;

use denizen_spec::Diagnostic;
use serde_json::{Map, Value, json};

use self::cube::{Cube, Dimension};
use super::table::{Fault, Table, put_rows};
use super::{Put, day_of};
use crate::facts;
use crate::language::Language;
use crate::release::Release;

/// The largest whole number that JavaScript holds exactly; beyond it, whole numbers are texts.
const LARGEST: u64 = (1 << 53) - 1;

pub(super) fn write(release: &Release, put: &mut Put<'_>) -> Result<(), Diagnostic> {
    for resource in release.tables() {
        let table = Table::read(release, &resource)?;
        if !table.is_of_cells() {
            continue;
        }
        let cube = Cube::of(&table)?;
        let (head, tail) = (head(&table, &cube), tail(&table));
        let file = format!("tables/{}.json", table.name());
        put_rows(put, &file, &mut |out| write_cube(&cube, &head, &tail, out))?;
    }
    Ok(())
}

fn write_cube(
    cube: &Cube<'_>,
    head: &Value,
    tail: &Map<String, Value>,
    out: &mut dyn Write,
) -> Result<(), Fault> {
    let head = head.to_string();
    // What stands before the cells, without the brace that closes it.
    out.write_all(head.strip_suffix('}').unwrap_or(&head).as_bytes())?;
    out.write_all(b",\"value\":")?;
    cube.write_values(out)?;
    out.write_all(b",\"status\":")?;
    cube.write_column(&cube.status, out)?;
    out.write_all(b",\"extension\":{")?;
    for (name, value) in tail {
        write!(out, "{}:{value},", Value::from(name.as_str()))?;
    }
    out.write_all(b"\"cells\":{")?;
    for (place, column) in cube.beside.iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        write!(out, "{comma}{}:", Value::from(column.name))?;
        cube.write_column(column, out)?;
    }
    out.write_all(b"}}}\n")?;
    Ok(())
}

/// What a table is, and its dimensions.
fn head(table: &Table<'_>, cube: &Cube<'_>) -> Value {
    let (release, english) = (table.release, Language::English);
    let producers = distinct(release.manifest.inputs.iter().filter_map(|input| input.producer.as_deref()));
    let mut notes: Vec<String> =
        release.manifest.description(english).map(str::to_owned).into_iter().collect();
    let along = table.resource.indicators.iter().filter(|taken| !taken.along.is_empty());
    notes.extend(along.map(|taken| format!("{} is taken over {}.", taken.name, taken.along.join(", "))));
    let mut role = Map::new();
    let is_there = |name: &str| cube.dimensions.iter().any(|of| of.name == name);
    for (of, name) in [("metric", Some("indicator")), ("time", cube.time)] {
        if let Some(name) = name.filter(|name| is_there(name)) {
            role.insert(of.to_owned(), json!([name]));
        }
    }
    let dimensions: Map<String, Value> =
        cube.dimensions.iter().map(|of| (of.name.to_owned(), dimension(table, cube, of))).collect();
    let mut head = json!({
        "version": "2.0",
        "class": "dataset",
        "label": table.resource.title(english),
        "source": producers.join("; "),
        "note": notes,
        "id": cube.dimensions.iter().map(|of| of.name).collect::<Vec<_>>(),
        "size": cube.dimensions.iter().map(|of| of.codes.len()).collect::<Vec<_>>(),
        "role": role,
        "dimension": dimensions,
    });
    if let Some(day) = day_of(release) {
        head["updated"] = day.into();
    }
    head
}

fn dimension(table: &Table<'_>, cube: &Cube<'_>, of: &Dimension<'_>) -> Value {
    let label = labels::of_dimension(table, of, Language::English);
    let mut category = json!({ "index": of.codes, "label": label });
    if of.name == "indicator" {
        let units: Map<String, Value> = cube
            .units
            .iter()
            .map(|(indicator, (unit, decimals))| {
                let label = table.release.label("unit", unit, Language::English).unwrap_or(unit);
                let unit = json!({ "label": label, "decimals": decimals.parse::<u8>().unwrap_or(0), "extension": { "code": unit } });
                ((*indicator).to_owned(), unit)
            })
            .collect();
        if !units.is_empty() {
            category["unit"] = units.into();
        }
    }
    json!({ "label": labels::title(table, of.name, Language::English), "category": category })
}

/// What JSON-stat has no place for.
fn tail(table: &Table<'_>) -> Map<String, Value> {
    let (release, manifest) = (table.release, &table.release.manifest);
    let mut tail = Map::new();
    let licences = distinct(manifest.inputs.iter().filter_map(|input| input.licence.as_deref()));
    tail.insert("product".to_owned(), manifest.title(Language::English).into());
    tail.insert("edition".to_owned(), manifest.vintage.as_str().into());
    tail.insert("synthetic".to_owned(), release.package.synthetic.into());
    tail.insert("licences".to_owned(), json!(licences));
    tail.insert("citation".to_owned(), json!(release.package.citation));
    tail.insert("disclosure".to_owned(), facts::disclosure(manifest, Language::English).into());
    if let Some(fraction) = table.resource.sampling_fraction.filter(|fraction| *fraction < 1.0) {
        tail.insert("sampling_fraction".to_owned(), json!(fraction));
    }
    tail.insert("statuses".to_owned(), labels::of_statuses(release));
    tail.insert("translations".to_owned(), labels::translations(table));
    tail
}

/// Texts, each once, in their order.
fn distinct<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let mut found: Vec<&str> = Vec::new();
    for text in texts {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}
