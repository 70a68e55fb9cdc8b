//! The editions of a product beside each other: the revision triangle of each table, and provisional against final values.
//!
//! Values are compared where they are of the same cell: the same codes, indicator, concept, rule with its parameters, and unit. What
//! cannot be compared is said.

mod edition;
mod month;
mod period;
mod sheet;
mod summary;
mod triangle;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use denizen_spec::{Diagnostic, TableFormat};
use serde::Serialize;

use self::edition::{Edition, check_one_product, month_of};
pub use self::sheet::Sheet;
use self::sheet::write_sheets;
pub use self::summary::{RevisedGroup, Revisions};
use self::triangle::Triangle;
use crate::estimates::ESTIMATES;
use crate::formats::Put;
use crate::formats::table::put_rows;

/// The table of published figures, whose rows are no cells of the product.
const RECONCILIATION: &str = "reconciliation";

/// The editions of a product, the oldest first, and how their values were revised.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Vintages {
    /// The product.
    pub product: String,
    /// The editions with their months, as far as their names or else their inputs tell them.
    pub editions: Vec<(String, Option<String>)>,
    /// How values were revised, by indicator and age.
    pub revisions: Vec<(RevisedGroup, Revisions)>,
    /// What is not compared, and why.
    pub notes: Vec<String>,
    /// The tables of which there is a triangle, `NAME_triangle`.
    #[serde(skip)]
    pub tables: Vec<String>,
    /// The table of revisions.
    #[serde(skip)]
    pub sheet: Sheet,
}

/// The editions of a product that stand in some folders, the oldest first, and what is to be said of their order.
fn editions(folders: &[&Path]) -> Result<(Vec<Edition>, Vec<String>), Diagnostic> {
    let mut editions = Vec::new();
    for folder in folders {
        let release = crate::opened(folder)?;
        let month = month_of(&release);
        editions.push(Edition { release, month });
    }
    check_one_product(&editions)?;
    let undated: Vec<&str> =
        editions.iter().filter(|edition| edition.month.is_none()).map(Edition::name).collect();
    if undated.is_empty() {
        editions.sort_by(|one, other| (one.month, one.name()).cmp(&(other.month, other.name())));
        return Ok((editions, Vec::new()));
    }
    let note = format!(
        "editions are in the order of their names, and values of {} have no age: neither a name such as 2026-11 nor inputs with \
         `retrieved` tell their month",
        undated.join(", ")
    );
    editions.sort_by(|one, other| one.name().cmp(other.name()));
    Ok((editions, vec![note]))
}

/// The editions of a product that stand in some folders.
pub(crate) fn vintages(folders: &[&Path]) -> Result<Vintages, Diagnostic> {
    let (editions, mut notes) = editions(folders)?;
    let tables: BTreeSet<String> = editions
        .iter()
        .flat_map(|edition| edition.release.tables())
        .map(|table| table.stem().to_owned())
        .filter(|name| ![RECONCILIATION, ESTIMATES].contains(&name.as_str()))
        .collect();
    let mut groups: BTreeMap<RevisedGroup, Revisions> = BTreeMap::new();
    for table in &tables {
        let resources = edition::resources(&editions, table);
        let mut triangle = Triangle::open(table, &editions, &resources, &mut notes)?;
        groups.extend(triangle.revisions(&mut notes)?);
    }
    Ok(Vintages {
        product: editions.first().map_or(String::new(), |edition| edition.release.manifest.pipeline.clone()),
        editions: editions
            .iter()
            .map(|edition| (edition.name().to_owned(), edition.month.map(month::shown)))
            .collect(),
        sheet: summary::sheet(&groups),
        revisions: groups.into_iter().collect(),
        notes,
        tables: tables.into_iter().collect(),
    })
}

/// Gives the triangle of a table piece by piece.
pub(crate) fn triangle(
    folders: &[&Path],
    table: &str,
    take: &mut dyn FnMut(Sheet) -> Result<(), Diagnostic>,
) -> Result<(), Diagnostic> {
    let (editions, _) = editions(folders)?;
    let resources = edition::resources(&editions, table);
    Triangle::open(table, &editions, &resources, &mut Vec::new())?.sheets(take)
}

/// Writes all triangles and the table of revisions, as Parquet or CSV. Gives the files with their rows.
pub(crate) fn write(
    folders: &[&Path],
    found: &Vintages,
    format: TableFormat,
    put: &mut Put<'_>,
) -> Result<Vec<(String, usize)>, Diagnostic> {
    let mut written = Vec::new();
    for table in &found.tables {
        let (file, mut rows) = (format!("{table}_triangle.{}", format.name()), 0);
        put_rows(put, &file, &mut |out| {
            rows = write_sheets(format, out, &mut |take| triangle(folders, table, take))?;
            Ok(())
        })?;
        written.push((file, rows));
    }
    let (file, mut rows) = (format!("{}.{}", found.sheet.name, format.name()), 0);
    put_rows(put, &file, &mut |out| {
        rows = write_sheets(format, out, &mut |take| take(found.sheet.clone()))?;
        Ok(())
    })?;
    written.push((file, rows));
    Ok(written)
}
