//! Cells of several sources in one table. Each cell is given by one of them: two values of one cell stop the run, be they equal or
//! not, for that they are of the same thing nobody has said.

mod totals;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ahash::RandomState;
use denizen_spec::{Code, Diagnostic, Source, Table};
use polars::prelude::*;

use super::added::{flag_incomplete, with_totals};
use super::fault_of_table;
use crate::counts::{
    CONCEPT, CONFIDENTIALITY, Counts, EXACT, NOTE, PERSONS, dimension, double, in_levels, internal, packed,
    text_column,
};
use crate::overlap::Wholes;
use crate::publish::union_of_texts;
use crate::value::{Levels, Value};

/// Number of the source among those of the table.
const SOURCE: &str = "source";
/// Codes that are named in a message.
const NAMED: usize = 5;

/// What one source gives to a table that others feed too.
pub struct CellsOfSource {
    pub(super) source: Source,
    pub(super) wholes: BTreeMap<String, Wholes>,
    /// The codes over which its cells were added up, by column.
    pub(super) summed: BTreeMap<String, BTreeSet<String>>,
    /// Whether sums of its cells lack some that were rejected.
    pub(super) is_incomplete: bool,
    pub(super) counts: Counts,
}

impl CellsOfSource {
    /// The name of the source.
    pub fn name(&self) -> &str {
        &self.source.name
    }
}

/// The cells of all sources of a table, with the totals that it asks for, and what is to be said of these. The pipeline was checked, so that dimensions mean the
/// same in all of them and values have the same decimals.
///
/// # Errors
///
/// A cell that two sources give, sums that 64 bits do not hold, and faults of the program.
pub fn put_together(
    table: &Table,
    shares: Vec<CellsOfSource>,
) -> Result<(Counts, Vec<Diagnostic>), Diagnostic> {
    let first = shares.first().map(|share| (share.source.clone(), share.wholes.clone()));
    let Some((source, wholes)) = first else {
        return Err(internal("cells of a table", &"no source gives any"));
    };
    let only =
        table.totals_of_cells(&source).into_iter().map(|position| (position, only_codes(position, &shares)));
    let only: Vec<(usize, Vec<Value>)> = only.filter(|(_, codes)| !codes.is_empty()).collect();
    let is_incomplete = shares.iter().any(|share| share.is_incomplete);
    let mut warnings = other_parts(table, &shares);
    let whole = whole(table, shares).map_err(fault_of_table)?;
    for (position, codes) in &only {
        let partial = partial_totals(table, &whole, *position, codes);
        warnings.extend(partial.map_err(|error| internal("cells of a table", &error))?);
    }
    // What one source does not reach, another one may.
    let absent = BTreeMap::new();
    let counts = with_totals(&source, &wholes, &absent, table, whole).map_err(fault_of_table)?;
    if !is_incomplete {
        return Ok((counts, warnings));
    }
    let flagged = flag_incomplete(&source, table, counts, false);
    Ok((flagged.map_err(|error| internal("cells of a table", &error))?, warnings))
}

/// Says where the cells of two sources are sums over different codes, such as 107 provinces and 3 of them.
fn other_parts(table: &Table, shares: &[CellsOfSource]) -> Vec<Diagnostic> {
    let Some((first, others)) = shares.split_first() else { return Vec::new() };
    let mut warnings = Vec::new();
    for (name, codes) in &first.summed {
        let differs = others.iter().filter_map(|other| Some((other, other.summed.get(name)?)));
        // A source without any cell for the table adds nothing up.
        let mut differs =
            differs.filter(|(_, other)| *other != codes && !other.is_empty() && !codes.is_empty());
        let Some((other, other_codes)) = differs.next() else { continue };
        let only = |in_one: &CellsOfSource, one: &BTreeSet<String>, another: &BTreeSet<String>| {
            let only: Vec<&String> = one.difference(another).collect();
            let named: Vec<String> = only.iter().take(NAMED).map(|code| format!("`{code}`")).collect();
            let more =
                if only.len() > NAMED { format!(" and {} more", only.len() - NAMED) } else { String::new() };
            (!only.is_empty()).then(|| format!("only in `{}`: {}{more}", in_one.name(), named.join(", ")))
        };
        let message =
            format!("`{}` adds cells up over other codes of `{name}` in each of its sources", table.name);
        let notes = [only(first, codes, other_codes), only(other, other_codes, codes)];
        let warning = Diagnostic::warning(Code::PartialTotal, message);
        let warning = notes.into_iter().flatten().fold(warning, Diagnostic::note);
        warnings.push(warning.help(format!(
            "where they are not parts of one whole, show `{name}` in `dimensions`, or keep the same codes of both with a step \
             `filter`"
        )));
    }
    warnings
}

/// Codes of a dimension that are all that some source gives, such as the sex of a file of women.
fn only_codes(position: usize, shares: &[CellsOfSource]) -> Vec<Value> {
    let only = |share: &CellsOfSource| {
        let mut details = share.counts.dimensions[position].values().iter().filter(|value| value.is_detail());
        details.next().filter(|_| details.next().is_none()).cloned()
    };
    shares.iter().filter_map(only).collect()
}

/// Says where a total is made without a code that a source of its own gives: that one may end earlier than the others.
fn partial_totals(
    table: &Table,
    whole: &Counts,
    position: usize,
    codes: &[Value],
) -> PolarsResult<Option<Diagnostic>> {
    let wanted: Vec<u32> = codes.iter().filter_map(|code| whole.dimensions[position].index(code)).collect();
    let others = whole.dimensions.iter().enumerate().filter(|(other, _)| *other != position);
    let others = others.map(|(other, levels)| (dimension(other), levels.len()));
    let others: Vec<_> = others.chain([(CONCEPT.into(), whole.concepts.len())]).collect();
    let given = whole.frame.column(&dimension(position))?.u32()?;
    let mut groups: BTreeMap<i64, (usize, BTreeSet<u32>)> = BTreeMap::new();
    for (row, (group, code)) in packed(&whole.frame, &others)?.iter().zip(given.iter()).enumerate() {
        let Some((group, code)) = group.zip(code) else { continue };
        groups.entry(group).or_insert_with(|| (row, BTreeSet::new())).1.insert(code);
    }
    let lacks = |(_, codes): &&(usize, BTreeSet<u32>)| wanted.iter().any(|code| !codes.contains(code));
    let mut partial = groups.values().filter(lacks);
    let Some((row, _)) = partial.next() else { return Ok(None) };
    let (name, others) = (&table.dimensions[position], partial.count());
    let at = place_of(table, whole, &whole.frame, *row)?;
    let codes: Vec<String> = codes.iter().map(|code| format!("`{}`", code.text())).collect();
    let message = format!(
        "{} totals of `{name}` in `{}` are made without some of {}",
        others + 1,
        table.name,
        codes.join(", ")
    );
    let help =
        "where a source does not reach so far, leave those times out with a step `filter`, or the total";
    let note = format!("the first is beside{at}: a source that gives this code alone has no such cell");
    Ok(Some(Diagnostic::warning(Code::PartialTotal, message).note(note).help(help)))
}

fn whole(table: &Table, shares: Vec<CellsOfSource>) -> Result<Counts, Box<dyn std::error::Error>> {
    let names: Vec<String> = shares.iter().map(|share| share.source.name.clone()).collect();
    let (sources, counts): (Vec<Source>, Vec<Counts>) =
        shares.into_iter().map(|share| (share.source, share.counts)).unzip();
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
    let mut whole = Counts {
        dimensions,
        concepts,
        texts,
        scale,
        frame: DataFrame::empty(),
        after: None,
        told: Default::default(),
    };
    let frames = (0..).zip(&counts).map(|(number, counts)| in_levels_of(&whole, counts, number));
    let frames = frames.collect::<PolarsResult<Vec<_>>>()?;
    let frame = concat(frames, UnionArgs::default())?.collect()?;
    each_once(table, &whole, &frame, &names)?;
    totals::compare(table, &sources, &whole, &frame)?;
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
