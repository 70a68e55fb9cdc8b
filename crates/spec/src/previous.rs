//! The release that another one follows, and what has changed since.

use serde::{Deserialize, Serialize};

use crate::operations::{Correction, CorrectionStatus, Operation};
use crate::pipeline::Pipeline;

/// The release that another one follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// Its title.
    pub title: String,
    /// Its edition.
    pub vintage: String,
    /// SHA-256 of its `manifest.json`, which names all its files with theirs.
    pub manifest_sha256: String,
    /// What has changed since.
    pub changes: Changes,
}

/// What has changed from one release to the next. Counts are cells of the tables that both have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Cells of the earlier release.
    pub cells: usize,
    /// Cells that the later one alone has.
    pub new: usize,
    /// Cells that the earlier one alone has.
    pub gone: usize,
    /// Cells with another value.
    pub revised: usize,
    /// Cells with the same value and another status.
    pub other_status: usize,
    /// Tables that the later one alone has.
    pub new_tables: Vec<String>,
    /// Tables that the earlier one alone has.
    pub gone_tables: Vec<String>,
    /// Tables whose cells are told apart by other columns than before.
    pub not_compared: Vec<String>,
    /// What has become of the corrections of the sources; none where the earlier release does not hold its pipeline.
    pub corrections: Option<CorrectionChanges>,
}

/// What has become of the corrections of the sources (`op = "correct"`), as numbers of entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionChanges {
    /// That were not applied before.
    pub new: usize,
    /// That were applied before, and are withdrawn: whoever publishes the source has made them, or they were wrong.
    pub withdrawn: usize,
    /// That were applied before, and are not there any more.
    pub gone: usize,
}

impl Changes {
    /// Whether all is as it was.
    pub fn is_none(&self) -> bool {
        let corrections = self.corrections.unwrap_or_default();
        [self.new, self.gone, self.revised, self.other_status] == [0; 4]
            && [&self.new_tables, &self.gone_tables, &self.not_compared]
                .iter()
                .all(|tables| tables.is_empty())
            && corrections == CorrectionChanges::default()
    }
}

impl CorrectionChanges {
    /// What has become of the corrections of a pipeline in a later one.
    pub fn between(old: &Pipeline, new: &Pipeline) -> Self {
        let (before, now) = (entries(old), entries(new));
        let (applied_before, applied_now) = (applied(&before), applied(&now));
        let has =
            |entries: &[Entry<'_>], entry: &Entry<'_>| entries.iter().any(|other| is_same(other, entry));
        let without = |some: &[Entry<'_>], others: &[Entry<'_>]| {
            some.iter().filter(|entry| !has(others, entry)).count()
        };
        let gone = without(&applied_before, &now);
        Self {
            new: without(&applied_now, &applied_before),
            withdrawn: without(&applied_before, &applied_now) - gone,
            gone,
        }
    }
}

/// A correction with the source that it is of.
type Entry<'p> = (Option<&'p str>, &'p Correction);

fn applied<'p>(entries: &[Entry<'p>]) -> Vec<Entry<'p>> {
    let is_applied = |entry: &Correction| entry.status != CorrectionStatus::Withdrawn;
    entries.iter().copied().filter(|(_, entry)| is_applied(entry)).collect()
}

/// Whether two entries correct the same; what is said of them, and in how many rows it is, may differ.
fn is_same((source, one): &Entry<'_>, (other_source, other): &Entry<'_>) -> bool {
    source == other_source
        && (&one.rows, &one.column, &one.from, &one.to)
            == (&other.rows, &other.column, &other.from, &other.to)
}

fn entries(pipeline: &Pipeline) -> Vec<Entry<'_>> {
    let mut found = Vec::new();
    for step in &pipeline.steps {
        if let Operation::Correct(correct) = &step.operation {
            let source = pipeline.source_of_step(step).map(|source| source.name.as_str());
            found.extend(correct.entries.iter().map(|entry| (source, entry)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipeline(entries: &[(&str, u64, &str)]) -> Pipeline {
        let entry = |(sex, count, status): &(&str, u64, &str)| {
            format!(
                "[[clean.entries]]\nwhere = {{ sex = \"{sex}\" }}\ncount = {count}\ncolumn = \"year\"\nfrom = 1\nto = 2\n\
                 reason = 'r'\nsource = 's'\nstatus = \"{status}\"\n"
            )
        };
        let entries: String = entries.iter().map(entry).collect();
        let step = if entries.is_empty() { "" } else { "[[clean]]\nop = \"correct\"\n" };
        let text = format!(
            "spec = 1\ntitle = 'T'\nvintage = '1'\n[source.s]\nfiles = 's'\nformat = 'csv'\n[source.s.columns]\n\
             sex = {{ codes = {{ F = 'F', M = 'M' }} }}\nyear = {{ type = 'integer' }}\n{step}{entries}\
             [[table]]\nname = 't'\nmeasure = 'count'\nconcept = 'c'\ndimensions = ['sex']\n"
        );
        crate::parse(&text).unwrap()
    }

    #[test]
    fn corrections_of_two_pipelines() {
        let table: [(&[_], &[_], [usize; 3]); 6] = [
            (&[], &[], [0, 0, 0]),
            (&[("F", 1, "assumed")], &[("F", 2, "confirmed")], [0, 0, 0]),
            (&[("F", 1, "assumed")], &[("F", 1, "withdrawn")], [0, 1, 0]),
            (&[("F", 1, "assumed")], &[], [0, 0, 1]),
            (&[("F", 1, "assumed")], &[("M", 1, "assumed")], [1, 0, 1]),
            (&[("F", 1, "withdrawn")], &[("F", 1, "assumed")], [1, 0, 0]),
        ];
        for (old, new, [new_entries, withdrawn, gone]) in table {
            let found = CorrectionChanges::between(&pipeline(old), &pipeline(new));
            assert_eq!(found, CorrectionChanges { new: new_entries, withdrawn, gone }, "{old:?} {new:?}");
        }
    }
}
