//! The cells that published figures single out, and what they come to.
//!
//! Counts of records are added up over the dimensions that a figure does not name, and an absent cell of such a table
//! counts nobody. Cells of publications and indicators are never added: exactly one must fit, a dimension that is not
//! named being taken at its total.

use std::collections::BTreeMap;

use denizen_spec::{Code, Diagnostic, Figure, Indicator, columns};
use polars::prelude::*;

use super::Computed;
use crate::counts::{CONCEPT, EXACT, dimension, internal, packed};
use crate::publish::{INDICATOR, PART, VALUE};
use crate::sums;
use crate::table::PublishedTable;
use crate::value::{Levels, Value};

/// Place of a figure.
const FIGURE: &str = "figure";
const KEY: &str = "key";
const CELLS: &str = "cells";
const HIDDEN_CELLS: &str = "hidden cells";
const SHOWN: &str = "shown";

/// Figures that name the same dimensions are joined with the cells at once.
type Named = (Vec<usize>, bool);

/// What the cells of a table come to for each figure that asks for it.
pub(super) fn computed(
    figures: &[Figure],
    table: &PublishedTable,
) -> Result<Vec<(usize, Option<Computed>)>, Diagnostic> {
    let mut sets: BTreeMap<Named, Vec<usize>> = BTreeMap::new();
    let of_table =
        figures.iter().enumerate().filter(|(_, figure)| figure.table.as_ref() == Some(&table.name));
    for (position, figure) in of_table {
        let names = |name: &str| condition(figure, name).is_some();
        // The total of counts of records is their sum, whether or not a row says it.
        let is_sum = |position: usize, name: &str| {
            condition(figure, name) == Some(columns::TOTAL) && table.complete && !table.has_totals(position)
        };
        let dimensions = table.dimensions.iter().enumerate();
        let dimensions = dimensions.filter(|(position, dimension)| !is_sum(*position, &dimension.name));
        let dimensions =
            dimensions.filter(|(_, dimension)| names(&dimension.name)).map(|(position, _)| position);
        sets.entry((dimensions.collect(), names("rule"))).or_default().push(position);
    }
    let asked = figures.iter().filter(|figure| figure.table.as_ref() == Some(&table.name));
    let indicators =
        asked.filter_map(|figure| table.indicators.iter().position(|name| *name == figure.indicator));
    let rows = table.rows.frame(&indicators.map(|index| index as u32).collect())?;
    let mut computed = Vec::new();
    for (named, positions) in sets {
        let cells = cells(figures, &positions, &named, (table, &rows))
            .map_err(|error| internal("figures", &error))?;
        for position in positions {
            computed.push((position, value_of(&figures[position], position, &cells, table)?));
        }
    }
    Ok(computed)
}

fn condition<'a>(figure: &'a Figure, name: &str) -> Option<&'a str> {
    let found = figure.conditions.iter().find(|(dimension, _)| dimension == name);
    found.map(|(_, code)| code.as_str())
}

/// What the cells of each figure come to: their number, exact and shown sum, one row for each figure that has any.
fn cells(
    figures: &[Figure],
    positions: &[usize],
    named: &Named,
    (table, rows): (&PublishedTable, &DataFrame),
) -> PolarsResult<DataFrame> {
    let rules = table.rules();
    let mut columns =
        vec![(CONCEPT.into(), table.concepts.len()), (INDICATOR.into(), table.indicators.len())];
    columns.extend(
        named.0.iter().map(|position| (dimension(*position), table.dimensions[*position].levels.len())),
    );
    if named.1 {
        columns.push(("rule".into(), rules.len()));
    }
    let keyed = |mut frame: DataFrame| {
        let key = packed(&frame, &columns)?.with_name(KEY.into());
        frame.with_column(key.into_column())?;
        PolarsResult::Ok(frame.lazy())
    };
    let mut frame = rows.clone();
    frame.with_column(
        crate::counts::mapped(frame.column(PART)?, &table.rules_of_parts())?.with_name("rule".into()),
    )?;
    let wanted = wanted(figures, positions, named, table)?;
    let wanted = keyed(wanted)?.select([col(FIGURE), col(KEY)]);
    let mut cells = wanted.inner_join(keyed(frame)?, col(KEY), col(KEY));
    for position in (0..table.dimensions.len()).filter(|position| !named.0.contains(position)) {
        cells = at_total(cells, position, &table.dimensions[position].levels)?;
    }
    let cells = cells.with_columns([
        col(VALUE).is_null().cast(DataType::UInt32).alias(HIDDEN_CELLS),
        col(VALUE).fill_null(lit(0.0)).alias(SHOWN),
    ]);
    let cells = cells.with_columns(sums::halves(EXACT)).sort([FIGURE], SortMultipleOptions::default());
    let aggregates = [
        len().alias(CELLS),
        col(HIDDEN_CELLS).sum(),
        col(EXACT).null_count().alias("unknown"),
        // Whole numbers, so that their order makes no difference; or one value.
        col(SHOWN).sum(),
    ];
    let aggregates: Vec<Expr> = aggregates.into_iter().chain(sums::added(EXACT)).collect();
    cells.group_by([col(FIGURE)]).agg(aggregates).with_column(sums::sum(EXACT).alias(EXACT)).collect()
}

/// Only the total of a dimension, for figures that have it.
fn at_total(cells: LazyFrame, position: usize, levels: &Levels) -> PolarsResult<LazyFrame> {
    let Some(total) = levels.total() else { return Ok(cells) };
    let is_total = || col(dimension(position)).eq(lit(total));
    let with_total = cells.clone().filter(is_total()).group_by([col(FIGURE)]).agg([]);
    let without = cells.clone().anti_join(with_total, col(FIGURE), col(FIGURE));
    concat([cells.filter(is_total()), without], UnionArgs::default())
}

/// The figures as rows of indices; one that asks for what no row has is left out.
fn wanted(
    figures: &[Figure],
    positions: &[usize],
    named: &Named,
    table: &PublishedTable,
) -> PolarsResult<DataFrame> {
    let rules = table.rules();
    let row = |position: &usize| {
        let figure = &figures[*position];
        let indicator = table.indicators.iter().position(|name| *name == figure.indicator)?;
        let mut row =
            vec![*position as u32, table.concepts.index(&Value::code(&figure.concept))?, indicator as u32];
        for position in &named.0 {
            let of_table = &table.dimensions[*position];
            let code = condition(figure, &of_table.name)?;
            row.push(of_table.levels.values().iter().position(|value| value.text() == code)? as u32);
        }
        if named.1 {
            let wanted = condition(figure, "rule")?;
            row.push(rules.iter().position(|rule| *rule == Some(wanted))? as u32);
        }
        Some(row)
    };
    let rows: Vec<Vec<u32>> = positions.iter().filter_map(row).collect();
    let mut names: Vec<PlSmallStr> = vec![FIGURE.into(), CONCEPT.into(), INDICATOR.into()];
    names.extend(named.0.iter().map(|position| dimension(*position)));
    names.extend(named.1.then(|| "rule".into()));
    let column = |(at, name): (usize, PlSmallStr)| {
        crate::counts::indices(name, rows.iter().map(|row| row[at]).collect())
    };
    DataFrame::new(rows.len(), names.into_iter().enumerate().map(column).collect())
}

fn value_of(
    figure: &Figure,
    position: usize,
    cells: &DataFrame,
    table: &PublishedTable,
) -> Result<Option<Computed>, Diagnostic> {
    let read = || -> PolarsResult<_> {
        let row = cells.column(FIGURE)?.u32()?.iter().position(|found| found == Some(position as u32));
        let Some(row) = row else { return Ok((0, 0, Some(0), 0.0)) };
        let number = |name: &str| PolarsResult::Ok(cells.column(name)?.u32()?.get(row).unwrap_or_default());
        let exact = cells.column(EXACT)?.i64()?.get(row);
        let shown = cells.column(SHOWN)?.f64()?.get(row).unwrap_or_default();
        Ok((number(CELLS)?, number(HIDDEN_CELLS)?, exact, shown))
    };
    let (count, hidden, exact, shown) = read().map_err(|error| internal("figures", &error))?;
    let shown = (hidden == 0).then_some(shown);
    let is_count = Indicator::named(&figure.indicator).is_none();
    if is_count && table.complete {
        let Some(exact) = exact else {
            return Err(Diagnostic::error(
                Code::DoesNotAddUp,
                format!("the cells of `{}` are too many", figure.id),
            ));
        };
        let whole = |sum: f64| sum / table.sampling_fraction;
        let rounding = rounding(table, count).map(whole);
        return Ok(Some(Computed { exact: whole(exact as f64), shown: shown.map(whole), rounding }));
    }
    if count != 1 {
        return Ok(None);
    }
    // An indicator is computed from what is shown; of a count that is not there nothing is known.
    let exact = if is_count { exact_of_one(cells, position, exact, table)? } else { shown };
    let rounding = rounding(table, count).filter(|_| is_count);
    Ok(exact.map(|exact| Computed { exact, shown, rounding }))
}

/// How far the sum of a number of counts as they are shown may be from the exact one.
fn rounding(table: &PublishedTable, cells: u32) -> Option<f64> {
    (table.rounding_base > 1).then(|| (table.rounding_base / 2) as f64 * f64::from(cells))
}

/// The exact count of the only cell, which the publisher may have left open.
fn exact_of_one(
    cells: &DataFrame,
    position: usize,
    exact: Option<i64>,
    table: &PublishedTable,
) -> Result<Option<f64>, Diagnostic> {
    let read = || -> PolarsResult<bool> {
        let row = cells.column(FIGURE)?.u32()?.iter().position(|found| found == Some(position as u32));
        Ok(row.and_then(|row| cells.column("unknown").ok()?.u32().ok()?.get(row)) == Some(0))
    };
    let is_known = read().map_err(|error| internal("figures", &error))?;
    Ok(exact.filter(|_| is_known).map(|exact| table.double(exact)))
}
