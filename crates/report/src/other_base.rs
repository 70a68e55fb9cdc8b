//! Indicators that have one name in two releases and are not the same: shares of something else, or with other parameters.

use std::collections::BTreeMap;

use denizen_spec::Indicator;
use serde::Serialize;

use crate::release::{Resource, Taken};

/// Cells that are not compared, for they are of another base, or in another unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherBase {
    /// The indicator or measure.
    pub indicator: String,
    /// What it was before: `along citizenship`, `largest=5`, `in persons`.
    pub before: String,
    /// What it is now.
    pub now: String,
    /// Cells of the older table.
    pub old_cells: usize,
    /// Cells of the newer table.
    pub new_cells: usize,
}

/// The indicators of a table whose bases differ, each with both.
pub(crate) fn other_bases(old: &Resource, new: &Resource) -> BTreeMap<String, [String; 2]> {
    let mut found = BTreeMap::new();
    for taken in &new.indicators {
        let Some(before) = old.indicators.iter().find(|known| known.name == taken.name) else { continue };
        let bases = [base(before), base(taken)];
        if bases[0] != bases[1] {
            found.insert(taken.name.clone(), bases);
        }
    }
    found
}

/// What an indicator is taken over, and with which parameters, those that hold without being stated among them.
fn base(taken: &Taken) -> String {
    let mut along = taken.along.clone();
    along.sort();
    let mut parameters = taken.parameters.clone();
    let known = Indicator::named(&taken.name).map_or(&[][..], |indicator| indicator.form.parameters());
    for parameter in known {
        let stated = format!("{}=", parameter.name);
        if let Some(default) =
            parameter.default.filter(|_| !parameters.iter().any(|one| one.starts_with(&stated)))
        {
            parameters.push(format!("{stated}{default}"));
        }
    }
    parameters.sort();
    let along = (!along.is_empty()).then(|| format!("along {}", along.join(", ")));
    let parts: Vec<String> = along.into_iter().chain(parameters).collect();
    if parts.is_empty() { "along nothing".to_owned() } else { parts.join(", ") }
}
