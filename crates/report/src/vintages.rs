//! The editions of a product beside each other: the revision triangle of each table, and provisional against final values.
//!
//! Values are compared where they are of the same cell: the same codes, indicator, concept, rule with its parameters, and unit. What
//! cannot be compared is said.

mod edition;
mod month;
mod period;
mod sheet;
mod summary;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use denizen_spec::{Diagnostic, columns};
use serde::Serialize;

use self::edition::{Edition, check_one_product, month_of};
use self::month::Month;
use self::period::{Time, time, without_end};
pub use self::sheet::Sheet;
use self::sheet::Values;
pub use self::summary::{RevisedGroup, Revisions};
use crate::columns::Column;
use crate::estimates::ESTIMATES;
use crate::release::{Release, Resource};

/// Columns beside the key that must agree for values to be of the same cell; the last but for the end of the data.
const ALIKE: [&str; 2] = ["unit", "rule_parameters"];

/// What is taken of each cell.
const TAKEN: [&str; 3] = [columns::VALUE, columns::OBS_STATUS, "n_undecided"];

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
    /// A triangle for each table, `NAME_triangle`, and the table of revisions.
    #[serde(skip)]
    pub sheets: Vec<Sheet>,
}

/// The editions of a product that stand in some folders.
pub(crate) fn vintages(folders: &[&Path]) -> Result<Vintages, Diagnostic> {
    let mut editions = Vec::new();
    for folder in folders {
        let release = crate::opened(folder)?;
        let month = month_of(&release);
        editions.push(Edition { release, month });
    }
    check_one_product(&editions)?;
    let name = |edition: &Edition| edition.release.manifest.vintage.clone();
    let mut notes = Vec::new();
    let undated: Vec<String> = editions.iter().filter(|edition| edition.month.is_none()).map(name).collect();
    if undated.is_empty() {
        editions.sort_by_key(|edition| (edition.month, name(edition)));
    } else {
        editions.sort_by_key(|edition| name(edition));
        notes.push(format!(
            "editions are in the order of their names, and values of {} have no age: neither a name such as 2026-11 nor inputs with \
             `retrieved` tell their month",
            undated.join(", ")
        ));
    }
    let tables: BTreeSet<String> = editions
        .iter()
        .flat_map(|edition| edition.release.tables())
        .map(|table| table.stem().to_owned())
        .filter(|name| ![RECONCILIATION, ESTIMATES].contains(&name.as_str()))
        .collect();
    let (mut sheets, mut pairs) = (Vec::new(), BTreeMap::new());
    for table in &tables {
        let triangle = Triangle::read(table, &editions, &mut notes)?;
        triangle.add_pairs(&editions, &mut pairs, &mut notes);
        sheets.push(triangle.sheet(&editions));
    }
    let groups: BTreeMap<RevisedGroup, Revisions> =
        pairs.into_iter().map(|(group, pairs)| (group, Revisions::of(&pairs))).collect();
    sheets.push(summary::sheet(&groups));
    Ok(Vintages {
        product: editions.first().map_or(String::new(), |edition| edition.release.manifest.pipeline.clone()),
        editions: editions.iter().map(|edition| (name(edition), edition.month.map(month::shown))).collect(),
        revisions: groups.into_iter().collect(),
        notes,
        sheets,
    })
}

/// The cells of a table with their values in each edition.
struct Triangle {
    table: String,
    /// The columns that tell cells apart, those that must agree last.
    columns: Vec<String>,
    cells: Vec<Vec<Option<String>>>,
    rows: Vec<Row>,
    /// The newest edition that has the table.
    newest: usize,
    time: Time,
}

/// A cell in an edition.
struct Row {
    cell: usize,
    edition: usize,
    value: Option<f64>,
    status: Option<String>,
    undecided: Option<f64>,
}

impl Row {
    /// Whether later data may change the value. What is undecided without being provisional is so for faults of the records, and
    /// stays so.
    fn is_provisional(&self) -> bool {
        self.status.as_deref().is_some_and(|status| status.contains('P'))
    }
}

impl Triangle {
    fn read(table: &str, editions: &[Edition], notes: &mut Vec<String>) -> Result<Self, Diagnostic> {
        let find = |edition: &Edition| edition.release.tables().into_iter().find(|one| one.stem() == table);
        let resources: Vec<Option<Resource>> = editions.iter().map(find).collect();
        let newest = resources.iter().rposition(Option::is_some).unwrap_or(0);
        let key = resources.iter().rev().flatten().next().map_or(Vec::new(), |one| one.key().to_vec());
        let columns = key.iter().cloned().chain(ALIKE.map(str::to_owned)).collect();
        let mut triangle = Self {
            table: table.to_owned(),
            columns,
            cells: Vec::new(),
            rows: Vec::new(),
            newest,
            time: Time::Unknown,
        };
        let mut places = HashMap::new();
        for (index, (edition, resource)) in editions.iter().zip(&resources).enumerate() {
            let vintage = &edition.release.manifest.vintage;
            match resource {
                None => notes.push(format!("table {table}: edition {vintage} does not have it")),
                Some(resource) if resource.key() != key => notes.push(format!(
                    "table {table}: edition {vintage} is not compared, for its cells are told apart by {} and not by {}",
                    resource.key().join(", "),
                    key.join(", ")
                )),
                Some(resource) => triangle.add(index, &edition.release, resource, &mut places)?,
            }
        }
        triangle.time = time(&triangle.columns, &triangle.cells);
        if triangle.time == Time::Unknown {
            notes.push(format!(
                "table {table}: values have no age, for no one column says of which period they are"
            ));
        }
        notes.extend(triangle.unlike());
        Ok(triangle)
    }

    fn add(
        &mut self,
        edition: usize,
        release: &Release,
        resource: &Resource,
        places: &mut HashMap<Vec<Option<String>>, usize>,
    ) -> Result<(), Diagnostic> {
        let names: Vec<&str> = self.columns.iter().map(String::as_str).chain(TAKEN).collect();
        let mut found = release.columns(resource, &names)?;
        let mut take = |name: &str| found.remove(name).unwrap_or_default();
        let key: Vec<Column> = self.columns.iter().map(|name| take(name)).collect();
        let [value, status, undecided] = TAKEN.map(&mut take);
        let (values, undecided) = (value.numbers(), undecided.numbers());
        for row in 0..values.len() {
            let mut codes: Vec<Option<String>> =
                key.iter().map(|column| column.text(row).map(str::to_owned)).collect();
            if let Some(Some(parameters)) = codes.last_mut() {
                *parameters = without_end(parameters);
            }
            let next = self.cells.len();
            let cell = *places.entry(codes.clone()).or_insert(next);
            if cell == next {
                self.cells.push(codes);
            }
            let stated = |numbers: &[f64]| numbers.get(row).copied().filter(|number| number.is_finite());
            self.rows.push(Row {
                cell,
                edition,
                value: stated(&values),
                status: status.text(row).map(str::to_owned),
                undecided: stated(&undecided),
            });
        }
        Ok(())
    }

    /// Cells that have another unit, or other parameters of their rule, in some editions.
    fn unlike(&self) -> Option<String> {
        let key = self.columns.len() - ALIKE.len();
        let mut seen: HashMap<&[Option<String>], usize> = HashMap::new();
        self.cells.iter().for_each(|codes| *seen.entry(&codes[..key]).or_default() += 1);
        let unlike = seen.values().filter(|count| **count > 1).count();
        (unlike > 0).then(|| {
            format!(
                "table {}: {unlike} cells have another unit or other parameters of their rule in some editions, and are not compared \
                 with these",
                self.table
            )
        })
    }

    fn code(&self, cell: usize, column: &str) -> Option<&str> {
        let place = self.columns.iter().position(|name| name == column)?;
        self.cells[cell][place].as_deref()
    }

    /// The month in which the reference period of a cell ends.
    fn period(&self, cell: usize) -> Option<Month> {
        let code = |place: usize| self.cells[cell][place].as_deref();
        match self.time {
            Time::Unknown => None,
            Time::Column(place) => month::end_of(code(place)?),
            Time::YearAndMonth(year, number) => month::of_year(code(year)?, code(number)?),
        }
    }

    fn age(&self, row: &Row, editions: &[Edition]) -> Option<i64> {
        Some(i64::from(editions[row.edition].month? - self.period(row.cell)?))
    }

    fn group(&self, row: &Row, editions: &[Edition]) -> RevisedGroup {
        let code = |column| self.code(row.cell, column).map(str::to_owned);
        RevisedGroup {
            table: self.table.clone(),
            indicator: code("indicator").unwrap_or_default(),
            concept: code(columns::CONCEPT),
            rule: code("rule"),
            unit: code("unit"),
            age_months: self.age(row, editions),
        }
    }

    /// Adds each value of an earlier edition with that of the newest one, where that is final.
    fn add_pairs(
        &self,
        editions: &[Edition],
        pairs: &mut BTreeMap<RevisedGroup, Vec<(f64, f64)>>,
        notes: &mut Vec<String>,
    ) {
        let newest = || self.rows.iter().filter(|row| row.edition == self.newest);
        let last: HashMap<usize, f64> = newest()
            .filter(|row| !row.is_provisional())
            .filter_map(|row| Some((row.cell, row.value?)))
            .collect();
        let open: BTreeSet<usize> = newest().filter(|row| row.is_provisional()).map(|row| row.cell).collect();
        let earlier = || self.rows.iter().filter(|row| row.edition < self.newest);
        for row in earlier() {
            if let (Some(first), Some(last)) = (row.value, last.get(&row.cell)) {
                pairs.entry(self.group(row, editions)).or_default().push((first, *last));
            }
        }
        let before: BTreeSet<usize> = earlier().map(|row| row.cell).collect();
        let still_open = before.intersection(&open).count();
        let there: BTreeSet<usize> = newest().map(|row| row.cell).collect();
        let gone = before.difference(&there).count();
        for (count, what) in
            [(still_open, "are provisional in the newest edition"), (gone, "are not in the newest edition")]
        {
            if count > 0 {
                notes.push(format!(
                    "table {}: {count} cells of earlier editions {what}: no final value",
                    self.table
                ));
            }
        }
    }

    /// A row for each cell and edition, in the order of cells, then of editions.
    fn sheet(&self, editions: &[Edition]) -> Sheet {
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by(|one, other| {
            let key = |row: &Row| (&self.cells[row.cell], row.edition);
            key(one).cmp(&key(other))
        });
        let text =
            |of: &dyn Fn(&Row) -> Option<String>| Values::Texts(rows.iter().map(|row| of(row)).collect());
        let number = |of: fn(&Row) -> Option<f64>| Values::Numbers(rows.iter().map(|row| of(row)).collect());
        let mut columns: Vec<(String, Values)> = Vec::new();
        for (place, name) in self.columns.iter().enumerate() {
            columns.push((name.clone(), text(&|row| self.cells[row.cell][place].clone())));
        }
        let ages = rows.iter().map(|row| self.age(row, editions)).collect();
        columns.extend(
            [
                ("period_ends", text(&|row| self.period(row.cell).map(month::shown))),
                ("vintage", text(&|row| Some(editions[row.edition].release.manifest.vintage.clone()))),
                ("vintage_month", text(&|row| editions[row.edition].month.map(month::shown))),
                ("age_months", Values::Whole(ages)),
                ("value", number(|row| row.value)),
                ("obs_status", text(&|row| row.status.clone())),
                ("n_undecided", number(|row| row.undecided)),
                ("undecided_percent", number(undecided_percent)),
            ]
            .map(|(name, values)| (name.to_owned(), values)),
        );
        Sheet { name: format!("{}_triangle", self.table), columns }
    }
}

/// The undecided as a share of all that the value may come to.
fn undecided_percent(row: &Row) -> Option<f64> {
    let (value, undecided) = (row.value?, row.undecided?);
    (value + undecided > 0.0).then(|| 100.0 * undecided / (value + undecided))
}
