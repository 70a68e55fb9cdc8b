//! Counts become published tables: parts are merged, small counts protected, indicators added, rows put in order.

mod draft;
mod indicated;
mod lines;
mod notes;
mod undecided;

use std::collections::BTreeMap;
use std::path::Path;

use denizen_spec::{Codelist, Diagnostic, Pipeline, TableId};

use crate::counts::{Counts, internal};
use crate::indicators;
use crate::table::PublishedTable;

use draft::Draft;
pub(crate) use notes::{confidentiality, status, union_of_texts};

/// Number of the `[[table]]` among those of one name.
pub(crate) const PART: &str = "part";
/// Index of the measure or indicator.
pub(crate) const INDICATOR: &str = "indicator";
/// The value as published, null when it is missing or hidden.
pub(crate) const VALUE: &str = "value";
/// What a share is a share of, and the like.
pub(crate) const BASE: &str = "base";
/// The counts that a value is of, as they are shown.
pub(crate) const N: &str = "n";
/// How many do not state what an indicator is over.
pub(crate) const NOT_STATED: &str = "n not stated";
/// How many more there may be, of which a rule cannot tell yet.
pub(crate) const UNDECIDED: &str = "n undecided";
/// Bits of the status.
pub(crate) const STATUS: &str = "status";

/// What tables must know of a source that the pipeline does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceFacts {
    /// Name of the source.
    pub source: String,
    /// Persons in it for each person of the population.
    pub sampling_fraction: f64,
    /// The residence rules that are applied to it.
    pub rules: Vec<Rule>,
}

/// A residence rule as tables name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// Its name in the pipeline.
    pub name: String,
    /// Its parameters, such as `threshold=365 days`.
    pub parameters: String,
}

/// Turns the counts of each `[[table]]` into published tables, in the order of the pipeline; parts of one name become
/// one table.
///
/// `counts` holds those of every table, `lists` the code lists of all columns. Rows that are too many for memory wait in a file
/// without a name in the folder `scratch`.
///
/// ```
/// use std::sync::Arc;
///
/// use arrow::array::{ArrayRef, Int64Array, RecordBatch};
/// use denizen_aggregate::{SourceFacts, Tabulation, publish};
///
/// let text = r#"
/// spec    = 1
/// title   = "Visas"
/// vintage = "2026"
/// [source.visas]
/// files  = "visas.csv"
/// format = "csv"
/// [source.visas.columns]
/// year = { type = "integer" }
/// [[table]]
/// name       = "visas"
/// measure    = "count"
/// concept    = "visas"
/// dimensions = ["year"]
/// "#;
/// let pipeline = denizen_spec::parse(text).unwrap();
/// let (id, table) = pipeline.table_ids().next().unwrap();
/// let mut tabulation = Tabulation::new(table, &pipeline);
/// let years = Int64Array::from(vec![2024, 2025, 2025]);
/// let records = RecordBatch::try_from_iter_with_nullable([("year", Arc::new(years) as ArrayRef, true)]).unwrap();
/// tabulation.add(&records).unwrap();
///
/// let counts = [(id, tabulation.finish().unwrap())].into();
/// let facts = [SourceFacts { source: "visas".to_owned(), sampling_fraction: 1.0, rules: Vec::new() }];
/// let tables = publish(&pipeline, counts, &facts, &[], &std::env::temp_dir()).unwrap();
/// assert_eq!((tables[0].name.as_str(), tables[0].dimensions.len()), ("visas", 1));
/// ```
///
/// # Errors
///
/// An indicator that the data do not allow; counts or facts that are not there, which is a fault of the program.
pub fn publish(
    pipeline: &Pipeline,
    mut counts: BTreeMap<TableId, Counts>,
    facts: &[SourceFacts],
    lists: &[Codelist],
    scratch: &Path,
) -> Result<Vec<PublishedTable>, Diagnostic> {
    let mut names: Vec<&str> = Vec::new();
    for table in &pipeline.tables {
        if !names.contains(&table.name.as_str()) {
            names.push(&table.name);
        }
    }
    let others = indicators::others(pipeline, &counts, facts)?;
    let mut publish = |name: &str| {
        let (mut tables, mut parts) = (Vec::new(), Vec::new());
        for (id, table) in pipeline.table_ids().filter(|(_, table)| table.name == name) {
            let part = counts.remove(&id);
            parts.push(part.ok_or_else(|| internal(&format!("table `{name}`"), &"it has no counts"))?);
            tables.push(table);
        }
        let draft = Draft::new(pipeline, tables, parts, facts, &others)?;
        draft.published(lists, scratch)
    };
    names.into_iter().map(&mut publish).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_table::{counts, facts, key, pipeline, published, rows, scratch, texts};

    #[test]
    fn rows_by_indicator_and_codes_with_what_is_not_stated_last() {
        let records = rows(&[(["_U", "F"], 1), (["2001", "M"], 2), (["2001", "_U"], 3), (["2000", "F"], 4)]);
        let pipeline = pipeline("count", "'year', 'sex'", "unit = 'exits'");
        let table = published(&pipeline, counts(&records, 2)).unwrap();
        let found = texts(&table, &["year", "year_code", "sex", "indicator", "value", "unit", "obs_status"]);
        let expected = [
            "2000 2000 F count 4.0 exits A",
            "2001 2001 M count 2.0 exits A",
            "2001 2001 _U count 3.0 exits A",
            "- _U F count 1.0 exits A",
        ];
        assert_eq!(found, expected);
        assert_eq!(table.key(), ["concept", "indicator", "sex", "year_code"]);
    }

    #[test]
    fn years_that_are_all_stated_have_no_codes() {
        let pipeline = pipeline("count", "'year'", "");
        let table = published(&pipeline, counts(&rows(&[(["2000"], 4)]), 1)).unwrap();
        assert!(table.schema().field_with_name("year_code").is_err());
        assert_eq!(table.key(), ["concept", "indicator", "year"]);
    }

    #[test]
    fn what_a_publisher_notes_is_kept() {
        let row = |country: &str, count, note| (key(&[country]), count, note);
        let cells = [
            row("AR", Some(1), Some("b")),
            row("BO", None, Some("u")),
            row("CL", None, None),
            row("CO", None, Some("A")),
            row("EC", Some(2), None),
        ];
        let table = published(&pipeline("stock", "'country'", ""), counts(&cells, 1)).unwrap();
        let found = texts(&table, &["country", "value", "obs_status", "conf_status"]);
        assert_eq!(found, ["AR 1.0 B F", "BO - U F", "CL - O F", "CO - O F", "EC 2.0 A F"]);
    }

    #[test]
    fn codes_for_the_rest_that_are_ranked_are_said() {
        let of = |codes: [&str; 3]| {
            let records = rows(&codes.map(|code| ([code], 5)));
            let pipeline = pipeline("count", "'country'", "indicators = 'rank'");
            let table = published(&pipeline, counts(&records, 1)).unwrap();
            table.warnings().iter().flat_map(|warning| warning.notes.clone()).collect::<Vec<_>>()
        };
        assert_eq!(of(["AR", "Other", "apolidi"]), ["`Other`, `apolidi`"]);
        assert!(of(["AR", "BO", "_O"]).is_empty());
        assert!(of(["AR", "BO", "_U"]).is_empty());
    }

    #[test]
    fn decimals_are_the_nearest_doubles_and_so_is_the_base() {
        let mut of_tenths = counts(&rows(&[(["AR"], 3), (["_T"], 125)]), 1);
        of_tenths.scale = 1;
        let pipeline = pipeline("stock", "'country'", "indicators = 'share'");
        let table = published(&pipeline, of_tenths).unwrap();
        let found = texts(&table, &["country", "indicator", "value", "base"]);
        assert_eq!(found, ["AR share 2.4 12.5", "AR stock 0.3 -", "_T stock 12.5 -"]);
    }

    #[test]
    fn a_table_without_counts_is_a_fault_of_the_program() {
        let pipeline = pipeline("count", "'country'", "");
        assert!(publish(&pipeline, BTreeMap::new(), &facts(1.0), &[], &scratch()).is_err());
        let id = pipeline.table_ids().map(|(id, _)| id);
        let counts = id.zip([counts(&rows(&[(["AR"], 3)]), 1)]).collect();
        assert!(publish(&pipeline, counts, &[], &[], &scratch()).is_err(), "nothing is known of its source");
    }
}
