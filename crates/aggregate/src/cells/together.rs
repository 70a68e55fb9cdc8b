//! Cells of several sources in one table. Each cell is given by one of them: two values of one cell stop the run, be they equal or
//! not, for that they are of the same thing nobody has said.

use std::collections::{BTreeMap, HashMap};

use ahash::RandomState;
use denizen_spec::{Code, Diagnostic, Source, Table};
use polars::prelude::*;

use super::added::with_totals;
use super::fault_of_table;
use crate::counts::{
    CONCEPT, CONFIDENTIALITY, Counts, EXACT, NOTE, PERSONS, dimension, double, in_levels, packed, text_column,
};
use crate::overlap::Wholes;
use crate::publish::union_of_texts;
use crate::value::{Levels, Value};

/// Number of the source among those of the table.
const SOURCE: &str = "source";

/// What one source gives to a table that others feed too.
pub struct CellsOfSource {
    pub(super) source: Source,
    pub(super) wholes: BTreeMap<String, Wholes>,
    pub(super) counts: Counts,
}

impl CellsOfSource {
    /// The name of the source.
    pub fn name(&self) -> &str {
        &self.source.name
    }
}

/// The cells of all sources of a table, with the totals that it asks for. The pipeline was checked, so that dimensions mean the
/// same in all of them and values have the same decimals.
///
/// # Errors
///
/// A cell that two sources give, sums that 64 bits do not hold, and faults of the program.
pub fn put_together(table: &Table, shares: Vec<CellsOfSource>) -> Result<Counts, Diagnostic> {
    let first = shares.first().map(|share| (share.source.clone(), share.wholes.clone()));
    let Some((source, wholes)) = first else {
        return Err(crate::counts::internal("cells of a table", &"no source gives any"));
    };
    let whole = whole(table, shares).map_err(fault_of_table)?;
    with_totals(&source, &wholes, table, whole).map_err(fault_of_table)
}

fn whole(table: &Table, shares: Vec<CellsOfSource>) -> Result<Counts, Box<dyn std::error::Error>> {
    let names: Vec<String> = shares.iter().map(|share| share.source.name.clone()).collect();
    let counts: Vec<Counts> = shares.into_iter().map(|share| share.counts).collect();
    let scale = counts.first().map_or(0, |counts| counts.scale);
    if counts.iter().any(|counts| counts.scale != scale) {
        return Err("the values of two sources have different decimals".into());
    }
    let union = |of: &dyn Fn(&Counts) -> Vec<Value>| Levels::new(counts.iter().flat_map(of));
    let dimensions: Vec<Levels> = (0..table.dimensions.len())
        .map(|position| union(&|counts: &Counts| counts.dimensions[position].values().to_vec()))
        .collect();
    let concepts = union(&|counts: &Counts| counts.concepts.values().to_vec());
    let texts = union_of_texts(&counts);
    let mut whole = Counts { dimensions, concepts, texts, scale, frame: DataFrame::empty() };
    let frames = (0..).zip(&counts).map(|(number, counts)| in_levels_of(&whole, counts, number));
    let frames = frames.collect::<PolarsResult<Vec<_>>>()?;
    let frame = concat(frames, UnionArgs::default())?.collect()?;
    each_once(table, &whole, &frame, &names)?;
    whole.frame = frame.drop(SOURCE)?;
    Ok(whole)
}

/// The cells of a source, with the levels and the texts of all.
fn in_levels_of(whole: &Counts, counts: &Counts, number: u32) -> PolarsResult<LazyFrame> {
    let mut columns = Vec::new();
    for (position, levels) in whole.dimensions.iter().enumerate() {
        let column = counts.frame.column(&dimension(position))?;
        columns.push(in_levels(column, &counts.dimensions[position], levels)?);
    }
    columns.push(in_levels(counts.frame.column(CONCEPT)?, &counts.concepts, &whole.concepts)?);
    for name in [EXACT, NOTE, CONFIDENTIALITY, PERSONS] {
        columns.push(counts.frame.column(name)?.clone());
    }
    for (position, (name, levels)) in whole.texts.iter().enumerate() {
        let own = counts.texts.iter().position(|(known, _)| known == name);
        columns.push(match own {
            Some(own) => {
                let column = counts.frame.column(&text_column(own))?;
                in_levels(column, &counts.texts[own].1, levels)?.with_name(text_column(position))
            }
            None => UInt32Chunked::full_null(text_column(position), counts.cells()).into_column(),
        });
    }
    columns.push(UInt32Chunked::full(SOURCE.into(), number, counts.cells()).into_column());
    Ok(DataFrame::new(counts.cells(), columns)?.lazy())
}

/// A cell that two sources give has two values.
fn each_once(
    table: &Table,
    whole: &Counts,
    frame: &DataFrame,
    names: &[String],
) -> Result<(), Box<dyn std::error::Error>> {
    let dimensions = whole.dimensions.iter().enumerate();
    let key = dimensions.map(|(position, levels)| (dimension(position), levels.len()));
    let key: Vec<_> = key.chain([(CONCEPT.into(), whole.concepts.len())]).collect();
    let sources = frame.column(SOURCE)?.u32()?;
    let mut met: HashMap<i64, usize, RandomState> = HashMap::default();
    let (mut first, mut more) = (None, 0_u64);
    for (row, key) in packed(frame, &key)?.iter().flatten().enumerate() {
        match met.get(&key) {
            None => {
                met.insert(key, row);
            }
            Some(before) if first.is_none() => first = Some((*before, row)),
            Some(_) => more += 1,
        }
    }
    let Some((before, row)) = first else { return Ok(()) };
    let name = |row: usize| {
        sources.get(row).and_then(|number| names.get(number as usize)).cloned().unwrap_or_default()
    };
    let value = |row: usize| -> PolarsResult<String> {
        let value = frame.column(EXACT)?.i64()?.get(row);
        Ok(value.map_or("no value".to_owned(), |value| double(value, whole.scale).to_string()))
    };
    let at = place_of(table, whole, frame, row)?;
    let message = format!("the cell{at} of `{}` is given by two sources", table.name);
    let mut fault = Diagnostic::error(Code::CellTwice, message).note(format!(
        "`{}` has {}, `{}` has {}",
        name(before),
        value(before)?,
        name(row),
        value(row)?
    ));
    if more > 0 {
        fault = fault.note(format!("and {more} other cells"));
    }
    let help = "leave such cells out of one of them with a step `filter`, or show in `dimensions` what tells them apart: a column \
                with one `value` in each source";
    Err(Box::new(fault.help(help)))
}

/// The codes of a cell: ` year=2019 sex=F`.
fn place_of(table: &Table, whole: &Counts, frame: &DataFrame, row: usize) -> PolarsResult<String> {
    let mut place = String::new();
    for (position, name) in table.dimensions.iter().enumerate() {
        let index = frame.column(&dimension(position))?.u32()?.get(row);
        let value = index.and_then(|index| whole.dimensions[position].values().get(index as usize));
        place += &value.map_or(String::new(), |value| format!(" {name}={}", value.text()));
    }
    Ok(place)
}
