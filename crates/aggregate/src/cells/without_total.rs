//! Cells of which a publisher gives the parts and not their total: a table that takes the total has no row of them.

use denizen_spec::{Code, Diagnostic, Table, columns};
use polars::prelude::*;

use super::Cells;
use crate::counts::{EXACT, dimension, index, internal};
use crate::value::Value;

/// Whether a place has the total, and parts that are not nobody.
const HAS_TOTAL: &str = "has total";
const HAS_PARTS: &str = "has parts";

impl Cells {
    /// What is to be said where a table leaves a dimension out, takes its published totals, and some of them were not published.
    ///
    /// # Errors
    ///
    /// Only faults of the program.
    pub fn cells_without_total(&self, table: &Table) -> Result<Option<Diagnostic>, Diagnostic> {
        self.without_total(table).map_err(|error| internal("cells of a table", &error))
    }

    fn without_total(&self, table: &Table) -> PolarsResult<Option<Diagnostic>> {
        // Where others are added up, such a sum is there, and missing.
        if !self.summed(table).is_empty() {
            return Ok(None);
        }
        for position in self.at_totals(table) {
            let name = self.key[position].0.as_str();
            let places = self.places_without_total(table, position)?;
            let count = places.height();
            if count == 0 {
                continue;
            }
            let source = &self.source.name;
            let cells = if count == 1 { "a cell".to_owned() } else { format!("{count} cells") };
            let message = format!(
                "`{}` has no row of {cells} of `{source}`, for no total over `{name}` was published",
                table.name
            );
            let mut named = self.kept(table)?;
            named.retain(|kept| self.key[*kept].0 != columns::CONCEPT);
            let first = self.first_place(&places, &named)?;
            let warning = Diagnostic::warning(Code::NoTotal, message).help(format!(
                "show `{name}` in the table; where its codes have nothing in common, `additive = [\"{name}\"]` in the source lets \
                 them be added up"
            ));
            let note = format!("parts are there: {first}");
            return Ok(Some(if first.is_empty() { warning } else { warning.note(note) }));
        }
        Ok(None)
    }

    /// Where the first cell of a frame is, by these columns of the key: `year=2019 sex=F`.
    pub(super) fn first_place(&self, frame: &DataFrame, columns: &[usize]) -> PolarsResult<String> {
        let text = |position: &usize| -> PolarsResult<String> {
            let (name, levels) = &self.key[*position];
            let first = frame.column(&dimension(*position))?.u32()?.get(0);
            let value = first.and_then(|first| levels.values().get(first as usize));
            Ok(format!("{name}={}", value.map(Value::text).unwrap_or_default()))
        };
        Ok(columns.iter().map(text).collect::<PolarsResult<Vec<_>>>()?.join(" "))
    }

    /// The columns that tell cells of the table apart.
    fn kept(&self, table: &Table) -> PolarsResult<Vec<usize>> {
        let shown = table.dimensions.iter().map(|dimension| table.column_of(dimension));
        let mut kept = shown
            .chain([columns::CONCEPT])
            .map(|name| self.position(name))
            .collect::<PolarsResult<Vec<_>>>()?;
        kept.sort_unstable();
        kept.dedup();
        Ok(kept)
    }

    /// The cells that the table would have, had a total over this dimension been published beside its parts.
    fn places_without_total(&self, table: &Table, position: usize) -> PolarsResult<DataFrame> {
        let (name, levels) = &self.key[position];
        // All values of the dimension, and the totals of the others.
        let mut open = table.clone();
        open.filter.retain(|(fixed, _)| fixed != name);
        let shown: Vec<&str> = table.dimensions.iter().map(|dimension| table.column_of(dimension)).collect();
        let shown: Vec<&str> = shown.into_iter().chain([name.as_str()]).collect();
        let frame = self.chosen(&open, &shown, &[])?;
        let kept: Vec<Expr> = self.kept(table)?.into_iter().map(|kept| col(dimension(kept))).collect();
        let is_total = levels.total().map_or(lit(false), |total| col(dimension(position)).eq(index(total)));
        let is_one = |expression: Expr, name: &str| expression.cast(DataType::UInt32).max().alias(name);
        let is_part = is_total.clone().not().and(col(EXACT).neq_missing(lit(0_i64)));
        let places =
            frame.group_by(kept.clone()).agg([is_one(is_total, HAS_TOTAL), is_one(is_part, HAS_PARTS)]);
        let has = |name: &str, number: u32| col(name).eq(lit(number));
        places
            .filter(has(HAS_TOTAL, 0).and(has(HAS_PARTS, 1)))
            .select(kept.clone())
            .sort_by_exprs(kept, SortMultipleOptions::default())
            .collect()
    }
}
