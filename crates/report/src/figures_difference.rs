//! Published figures beside which a release stands: which of them, and what came of them, is different from another release.

use std::collections::{BTreeMap, HashMap};

use denizen_spec::Diagnostic;
use serde::Serialize;

use crate::columns::Column;
use crate::release::Release;

/// The table of the program that holds them.
pub(crate) const RECONCILIATION: &str = "reconciliation";

/// The numbers of a figure that are told where they differ.
const NUMBERS: [&str; 3] = ["published", "computed", "tolerance"];

/// What is told by its name alone where it differs. `difference` follows from the others, and `vintage` is that of the release.
const OTHERS: [&str; 8] =
    ["statement", "concept", "table", "indicator", "where", "unit", "sampling_fraction", "source"];

/// The figures of publications in two releases.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FiguresDifference {
    /// Figures of the older release.
    pub old: usize,
    /// Figures of the newer one.
    pub now: usize,
    /// Those that the newer one alone has, by their ids.
    pub new: Vec<String>,
    /// Those that the older one alone has.
    pub gone: Vec<String>,
    /// Those of which something differs: those with another outcome first, then by id.
    pub revised: Vec<FigureRevision>,
}

/// A figure of which something differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigureRevision {
    /// Its id.
    pub id: String,
    /// What was published, before and now.
    pub published: [Option<f64>; 2],
    /// What the release has in its place.
    pub computed: [Option<f64>; 2],
    /// How much they may differ.
    pub tolerance: [Option<f64>; 2],
    /// What came of it, such as `within_tolerance`.
    pub outcome: [String; 2],
    /// Other columns that differ.
    pub others: Vec<String>,
}

impl FigureRevision {
    /// Whether what came of it is something else.
    pub fn has_other_outcome(&self) -> bool {
        self.outcome[0] != self.outcome[1]
    }
}

/// What differs; none where neither release has such figures.
pub(crate) fn figures(old: &Release, new: &Release) -> Result<Option<FiguresDifference>, Diagnostic> {
    let [before, now] = [Figures::of(old)?, Figures::of(new)?];
    if before.is_none() && now.is_none() {
        return Ok(None);
    }
    let [before, now] = [before, now].map(Option::unwrap_or_default);
    let mut found =
        FiguresDifference { old: before.rows.len(), now: now.rows.len(), ..FiguresDifference::default() };
    for (id, row) in &now.rows {
        match before.rows.get(id) {
            None => found.new.push(id.clone()),
            Some(other) => found.revised.extend(revision(id, (&before, *other), (&now, *row))),
        }
    }
    found.gone = before.rows.keys().filter(|id| !now.rows.contains_key(*id)).cloned().collect();
    found.revised.sort_by_key(|revision| !revision.has_other_outcome());
    Ok(Some(found))
}

/// The figures of a release: the row of each id, and the columns.
#[derive(Default)]
struct Figures {
    rows: BTreeMap<String, usize>,
    columns: HashMap<String, Column>,
}

impl Figures {
    fn of(release: &Release) -> Result<Option<Self>, Diagnostic> {
        let tables = release.tables();
        let Some(table) = tables.iter().find(|table| table.stem() == RECONCILIATION) else { return Ok(None) };
        let names = [["id", "outcome"].as_slice(), &NUMBERS, &OTHERS].concat();
        let columns = release.columns(table, &names)?;
        let ids = columns.get("id");
        let rows = ids.map_or(0, |ids| ids.keys.len());
        let rows = (0..rows).filter_map(|row| Some((ids?.text(row)?.to_owned(), row))).collect();
        Ok(Some(Self { rows, columns }))
    }

    fn text(&self, column: &str, row: usize) -> Option<&str> {
        self.columns.get(column)?.text(row)
    }
}

fn revision(id: &str, old: (&Figures, usize), new: (&Figures, usize)) -> Option<FigureRevision> {
    let both = |column: &str| [old, new].map(|(figures, row)| figures.text(column, row));
    let differs = |column: &&str| {
        let [before, now] = both(column);
        before != now
    };
    let is_other = ["outcome"].iter().chain(&NUMBERS).chain(&OTHERS).any(differs);
    let numbers = |column: &str| both(column).map(|text| text.and_then(|text| text.parse().ok()));
    is_other.then(|| FigureRevision {
        id: id.to_owned(),
        published: numbers("published"),
        computed: numbers("computed"),
        tolerance: numbers("tolerance"),
        outcome: both("outcome").map(|text| text.unwrap_or_default().to_owned()),
        others: OTHERS.iter().filter(|column| differs(column)).map(|column| (*column).to_owned()).collect(),
    })
}
