//! How many are undecided of flows that are compared with those the other way: both may turn out to be more.

use denizen_spec::{Denominator, Diagnostic, IndicatorUse};

use super::Inputs;
use super::other::{Key, Other};
use crate::cell_columns::Keys;

/// For each row, how many are undecided of what is taken off or added by `less`; none where it is not counted. Nobody is undecided
/// where the rule of the other table can always tell.
pub(crate) fn undecided_the_other_way(
    inputs: &Inputs<'_>,
    asked: &IndicatorUse,
    of: &Keys,
) -> Result<Vec<Option<i64>>, Diagnostic> {
    let other = inputs.other(asked.less.as_ref())?;
    let Some(undecided) = &other.undecided else { return Ok(vec![Some(0); of.len()]) };
    let lookup = inputs.lookup(undecided, Denominator::One, None)?;
    let keys = lookup.keys(of);
    let is_counted = is_counted(inputs, undecided, of);
    let count = |(key, is_counted): (&Key, &bool)| match key {
        Key::Of([key, _]) => {
            let found = lookup.one(*key).map(|cell| cell.shown.unwrap_or_default());
            found.or_else(|| is_counted.then_some(0))
        }
        // At a time at which nobody is undecided, there is none of it.
        Key::NoTime => is_counted.then_some(0),
        Key::NotStated => None,
    };
    Ok(keys.iter().zip(&is_counted).map(count).collect())
}

/// Whether the undecided of each row would be counted if there were some: not of totals that the other table does not make.
fn is_counted(inputs: &Inputs<'_>, other: &Other<'_>, of: &Keys) -> Vec<bool> {
    let mut is_counted = vec![true; of.len()];
    for (position, name) in inputs.table.dimensions.iter().enumerate() {
        let total = inputs.dimensions[position].total();
        if other.has_total(name) {
            continue;
        }
        for (is_counted, index) in is_counted.iter_mut().zip(&of.dimensions[position]) {
            *is_counted &= Some(*index) != total;
        }
    }
    is_counted
}
