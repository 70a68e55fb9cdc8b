//! Group disclosure: where everybody of a group is in one category, the category of each of them is disclosed.
//!
//! In a table of records a cell that is not there is nobody, so that a district of which only women are shown has no men.
//! ACRO and OpenSAFELY ask for such groups to be looked at; nothing is hidden here, only listed.

use denizen_spec::{Code, Diagnostic};
use polars::prelude::*;

use crate::counts::{CONCEPT, dimension, packed};
use crate::disclosure::SHOWN;
use crate::publish::PART;
use crate::table::Dimension;
use crate::value::Value;

/// Groups that are listed; the others are counted.
const MOST_LISTED: usize = 8;

const GROUP: &str = "group";
const CELLS: &str = "cells";

/// Warns of groups of which all that are counted have one code of another dimension, which others do not have.
pub(crate) fn told_of_all(
    name: &str,
    counts: &DataFrame,
    dimensions: &[Dimension],
    concepts: usize,
    parts: usize,
    time: Option<usize>,
) -> PolarsResult<Vec<Diagnostic>> {
    let mut warnings = Vec::new();
    // When something took place says little of a person.
    for along in (0..dimensions.len()).filter(|along| dimensions.len() > 1 && Some(*along) != time) {
        let size = |(position, of): (usize, &Dimension)| (dimension(position), of.levels.len());
        let others = dimensions.iter().enumerate().filter(|(position, _)| *position != along).map(size);
        let key = [(PART.into(), parts), (CONCEPT.into(), concepts)].into_iter().chain(others);
        let mut frame = counts.clone();
        let group = packed(&frame, &key.collect::<Vec<_>>())?;
        frame.with_column(group.with_name(GROUP.into()).into_column())?;
        let codes = frame.column(&dimension(along))?.n_unique()?;
        let groups = frame.clone().lazy().group_by([col(GROUP)]).agg([len().alias(CELLS)]);
        let alone = groups.filter(col(CELLS).eq(lit(1_u32)));
        let shown = frame.lazy().filter(col(SHOWN).gt(lit(0_i64)));
        let found = shown.inner_join(alone, col(GROUP), col(GROUP));
        let found = found.sort([GROUP], SortMultipleOptions::default()).collect()?;
        if codes > 1 && found.height() > 0 {
            warnings.push(warning(name, along, &found, dimensions)?);
        }
    }
    Ok(warnings)
}

fn warning(
    name: &str,
    along: usize,
    found: &DataFrame,
    dimensions: &[Dimension],
) -> PolarsResult<Diagnostic> {
    let (count, dimension_of) = (found.height(), &dimensions[along].name);
    let groups = if count == 1 { "a group".to_owned() } else { format!("{count} groups") };
    let message =
        format!("in {groups} of the table `{name}` everybody who is shown has one code of `{dimension_of}`",);
    let mut fault = Diagnostic::warning(Code::Disclosure, message);
    let text = |position: usize, row: usize| -> PolarsResult<String> {
        let of = &dimensions[position];
        let index = found.column(&dimension(position))?.u32()?.get(row);
        let value = index.and_then(|index| of.levels.values().get(index as usize));
        Ok(format!("{}={}", of.name, value.map_or_else(String::new, Value::text)))
    };
    for row in 0..count.min(MOST_LISTED) {
        let others = (0..dimensions.len()).filter(|position| *position != along);
        let group = others.map(|position| text(position, row)).collect::<PolarsResult<Vec<_>>>()?.join(" ");
        let shown = found.column(SHOWN)?.i64()?.get(row).unwrap_or_default();
        fault = fault.note(format!("{group}: {shown}, all of them {}", text(along, row)?));
    }
    if count > MOST_LISTED {
        fault = fault.note(format!("and {} more", count - MOST_LISTED));
    }
    Ok(fault.help("decide whether this may be known of all members of a group; else use coarser codes"))
}

#[cfg(test)]
mod tests {
    use crate::test_table::{counts, pipeline, published, rows};

    #[test]
    fn groups_of_which_all_are_in_one_category() {
        let records = rows(&[
            (["A", "F"], 12),
            (["B", "F"], 9),
            (["B", "M"], 20),
            (["C", "M"], 2),
            (["D", "F"], 30),
            (["D", "M"], 2),
        ]);
        let notes = |protection: &str| {
            let table =
                published(&pipeline("count", "'district', 'sex'", protection), counts(&records, 2)).unwrap();
            table.warnings().iter().flat_map(|warning| warning.notes.clone()).collect::<Vec<_>>()
        };
        let protection = "[disclosure]\nthreshold = 3\nrounding_base = 5";
        // Of C nothing is shown, and D has somebody else, although nobody knows how many.
        assert_eq!(notes(protection), ["district=A: 10, all of them sex=F"]);
        assert!(notes("").is_empty());
    }
}
