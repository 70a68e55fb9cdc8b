//! A total that one source gives, and parts of it that another one gives.

use std::collections::{BTreeMap, BTreeSet};

use denizen_spec::{Code, Column, Diagnostic, Source, Table};
use polars::prelude::*;

use super::{SOURCE, place_of};
use crate::cells::check::decimal;
use crate::counts::{CONCEPT, Counts, EXACT, dimension, packed};

/// A total and its parts.
#[derive(Default)]
struct Parted {
    /// Its row and its source.
    total: Option<(usize, u32)>,
    sum: i128,
    /// Parts that state a code and have a value.
    stated: usize,
    has_open: bool,
    has_negative: bool,
    /// The sources that give the parts.
    sources: BTreeSet<u32>,
}

/// Compares each total that is not given by the source of all its parts with these, as the totals of one source are compared.
pub(super) fn compare(
    table: &Table,
    sources: &[Source],
    whole: &Counts,
    frame: &DataFrame,
) -> Result<(), Box<dyn std::error::Error>> {
    for position in 0..table.dimensions.len() {
        let values = frame.column(EXACT)?.i64()?;
        for parted in parted(position, whole, frame)?.into_values() {
            let Some((row, source)) =
                parted.total.filter(|(_, source)| parted.sources.iter().any(|of| of != source))
            else {
                continue;
            };
            let column = sources.get(source as usize);
            let column =
                column.and_then(|source| source.column(table.column_of(&table.dimensions[position])));
            let Some((total, column)) = values.get(row).zip(column) else { continue };
            if parted.agrees(total.into(), column, whole.scale) {
                continue;
            }
            let name = &table.dimensions[position];
            let names: Vec<String> =
                parted.sources.iter().map(|of| format!("`{}`", sources[*of as usize].name)).collect();
            let at = place_of(table, whole, frame, row)?;
            let message = format!(
                "the codes of `{name}` in {} do not add up to their total{at} in `{}`",
                names.join(", "),
                sources[source as usize].name
            );
            let difference = parted.sum - i128::from(total);
            let [sum, total, difference] =
                [parted.sum, total.into(), difference].map(|number| decimal(number, whole.scale));
            let fault = Diagnostic::error(Code::DoesNotAddUp, message);
            return Err(Box::new(fault.note(format!("sum {sum}, total {total}, difference {difference}")).help(
                "where the publishers round, state by how much: `tolerance = …`; `compare = false` in the column takes them as they are",
            )));
        }
    }
    Ok(())
}

/// The totals of a dimension with their parts, by everything else.
fn parted(position: usize, whole: &Counts, frame: &DataFrame) -> PolarsResult<BTreeMap<i64, Parted>> {
    let levels = &whole.dimensions[position];
    let mut groups: BTreeMap<i64, Parted> = BTreeMap::new();
    let Some(total) = levels.total() else { return Ok(groups) };
    let others = whole.dimensions.iter().enumerate().filter(|(other, _)| *other != position);
    let others = others.map(|(other, levels)| (dimension(other), levels.len()));
    let others: Vec<_> = others.chain([(CONCEPT.into(), whole.concepts.len())]).collect();
    let (values, sources) = (frame.column(EXACT)?.i64()?, frame.column(SOURCE)?.u32()?);
    let codes = frame.column(&dimension(position))?.u32()?;
    for (row, group) in packed(frame, &others)?.iter().enumerate() {
        let Some(group) = group else { continue };
        let Some((code, source)) = codes.get(row).zip(sources.get(row)) else { continue };
        let parted = groups.entry(group).or_default();
        if code == total {
            parted.total = Some((row, source));
        } else {
            parted.add(values.get(row), Some(code) == levels.not_stated(), source);
        }
    }
    groups.retain(|_, parted| parted.stated > 0);
    Ok(groups)
}

impl Parted {
    fn add(&mut self, value: Option<i64>, is_not_stated: bool, source: u32) {
        self.sum += i128::from(value.unwrap_or(0));
        self.stated += usize::from(value.is_some() && !is_not_stated);
        self.has_open |= value.is_none();
        self.has_negative |= value.is_some_and(|value| value < 0);
        self.sources.insert(source);
    }

    /// Whether the parts can be those of the total, by what its column declares.
    fn agrees(&self, total: i128, column: &Column, scale: u8) -> bool {
        let is_whole = column.codes.is_empty() || self.stated == column.codes.len();
        let must_be_equal = column.complete && is_whole && !self.has_open;
        let differs = (self.sum > total && !self.has_negative) || (must_be_equal && self.sum != total);
        let borne = column.tolerance * 10_f64.powi(scale.into());
        !column.compare
            || !differs
            || (column.tolerance > 0.0 && (self.sum - total).abs() as f64 <= borne + 0.5)
    }
}
