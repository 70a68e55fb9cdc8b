//! Spells that a residence rule has made by following migrations.

use super::{Asked, Refusal, SPELL, refusal};
use crate::columns;
use crate::indicator::form::Along;
use crate::operations::{Operation, Residence, Step};

impl Asked<'_> {
    /// Durations and outcomes of other migrations than those that are counted, or of some of them only, are a wrong number each.
    pub(super) fn followed(&self) -> Option<Refusal> {
        let source = self.pipeline.source_of(self.table)?;
        let steps: Vec<&Step> = self.pipeline.steps_of(source).map(|(_, step)| step).collect();
        let shown: Vec<&str> = SPELL.iter().filter_map(|along| self.column_along(*along)).collect();
        let mut followed = steps.iter().filter_map(|step| step.operation.as_residence());
        let is_shown = |step: &&Residence| {
            step.durations.is_some()
                && columns::durations(&step.name).iter().any(|column| shown.contains(&column.as_str()))
        };
        let own = followed.find(is_shown)?;
        let [duration, outcome] = columns::durations(&own.name);
        let counts = self.pipeline.residence_of(self.table).map(|rule| rule.name.as_str());
        if counts != Some(own.name.as_str()) || shown != [duration.as_str(), outcome.as_str()] {
            let label = format!(
                "count `emigration` or `immigration` with `rule = \"{0}\"`, and `from = {{ duration = \"{duration}\", outcome = \"{outcome}\" }}`",
                own.name
            );
            return refusal("durations and outcomes of the migrations that the table counts", label);
        }
        let is_own = |column: &&str| *column == duration || *column == outcome;
        let of_steps = steps.iter().filter(|step| matches!(step.operation, Operation::Filter(_)));
        let of_steps = of_steps.flat_map(|step| step.operation.decisive_columns(&|_| false));
        let column = self.table.chosen_by().chain(of_steps).find(is_own)?;
        let what = format!("all migrations, and some are left out by `{column}`");
        refusal(&what, "leave the condition out: who is not back is among those of whom a share is told")
    }

    /// The column of a dimension of spells.
    fn column_along(&self, along: Along) -> Option<&str> {
        let position = *along.find(self.table).first()?;
        Some(self.table.column_of(&self.table.dimensions[position]))
    }
}

#[cfg(test)]
mod tests {
    /// A step that follows migrations by each of two rules, and a table.
    fn faults(table: &str) -> Vec<String> {
        let step = |name: &str| {
            format!(
                "[[clean]]\nop = 'residence'\nrule = 'nz_12_16'\nname = '{name}'\nuntil = 2007-12-31\ndurations = 'years'\n"
            )
        };
        let text = format!(
            "spec = 1\ntitle = 'T'\nvintage = '1'\n[source.s]\nfiles = 'x.csv'\nformat = 'csv'\n[source.s.columns]\n\
             person = {{ personal = true }}\ncrossed_on = {{ type = 'date' }}\n\
             direction = {{ codes = {{ E = 'arrival', S = 'departure' }} }}\n{}{}\
             [[table]]\nname = 't'\nconcept = 'c'\ndimensions = ['duration', 'outcome']\n{table}\n\
             [disclosure]\nmethod = 'none'\nreason = 'a test'\n",
            step("a"),
            step("b")
        );
        match crate::parse(&text) {
            Ok(pipeline) => pipeline.check().into_iter().map(|fault| fault.message).collect(),
            Err(faults) => faults.into_iter().map(|fault| fault.message).collect(),
        }
    }

    #[test]
    fn durations_are_those_of_the_migrations_that_are_counted() {
        let own = "from = { duration = 'duration_a', outcome = 'outcome_a' }";
        let table = [
            ("measure = 'emigration'\nrule = 'a'", own, ""),
            ("measure = 'emigration'\nrule = 'b'", own, "of the migrations that the table counts"),
            ("measure = 'count'", own, "of the migrations that the table counts"),
            (
                "measure = 'emigration'\nrule = 'a'",
                "from = { duration = 'duration_a', outcome = 'outcome_b' }",
                "of the migrations that the table counts",
            ),
            (
                "measure = 'emigration'\nrule = 'a'\nfilter = { outcome_a = ['ended'] }",
                own,
                "some are left out by `outcome_a`",
            ),
            ("measure = 'immigration'\nrule = 'a'", own, "needs emigrants"),
        ];
        for (counted, from, expected) in table {
            let found = faults(&format!("{counted}\n{from}\nindicators = ['return_ratio']")).join("; ");
            let is_told = if expected.is_empty() { found.is_empty() } else { found.contains(expected) };
            assert!(is_told, "{counted} {from}: {found}");
        }
    }
}
