//! Which tables can be estimated: those of which a run knows what it would have known at the end of each earlier month.

use super::TableCheck;
use crate::disclosure::Disclosure;
use crate::estimate::Estimate;
use crate::operations::Residence;
use crate::source::SourceKind;
use crate::table::Measure;
use crate::{Code, Diagnostic, Path, end_of_month, month_of};

/// Why a table cannot be estimated: what is wrong, where, and what to do.
type Refusal = (String, Path, String);

impl TableCheck<'_> {
    pub(super) fn estimate(&self, faults: &mut Vec<Diagnostic>) {
        // What stands beside a count is estimated with it.
        let is_beside = matches!(self.table.measure, Measure::Beside(..));
        let Some(estimate) = self.table.estimate.as_ref().filter(|_| !is_beside) else { return };
        let path = self.path.clone().field("estimate");
        let refusal = self.not_estimated(estimate, &path);
        faults.extend(refusal.map(|(message, path, help)| {
            Diagnostic::error(Code::NoEstimate, message).at(path, "cannot be estimated").help(help)
        }));
    }

    fn not_estimated(&self, estimate: &Estimate, path: &Path) -> Option<Refusal> {
        let refused = |message: String, help: &str| Some((message, path.clone(), help.to_owned()));
        if self.source.kind != SourceKind::Records || self.table.migration().is_none() {
            let message =
                format!("`{}` is not what a residence rule finds undecided", self.table.measure.name());
            return refused(message, "estimates are of `emigration` or `immigration`, counted from records");
        }
        if self.pipeline.sources_of(self.table).len() > 1 {
            return refused(
                "the table is made of several sources, each with its own end".to_owned(),
                "make a table of each source",
            );
        }
        if self.pipeline.disclosure.as_ref().is_some_and(|disclosure: &Disclosure| disclosure.threshold() > 0)
        {
            return refused(
                "what is expected of a cell tells what is hidden of it".to_owned(),
                "leave `estimate` out where small counts are suppressed",
            );
        }
        // Without a rule the table has another fault already.
        let residence = self.pipeline.residence_of(self.table)?;
        self.rule_without_end(residence, path)
            .or_else(|| self.no_period(residence, path))
            .or_else(|| self.wrong_group(estimate, path))
            .or_else(|| self.later_rows_matter(residence, path))
    }

    /// The rule must leave crossings undecided for a time, up to the end of a month.
    fn rule_without_end(&self, residence: &Residence, path: &Path) -> Option<Refusal> {
        let name = &residence.name;
        if !residence.has_status() || residence.decided_after_months().is_none() {
            let message = format!("the rule `{name}` does not decide after a window of time");
            let help = "estimates are for rules that follow a status, such as `nz_12_16` or `continuous_12`";
            return Some((message, path.clone(), help.to_owned()));
        }
        // Without a cut-off the step has another fault already.
        let last = residence.last_day()?;
        if month_of(last).map(end_of_month) == Some(last) {
            return None;
        }
        let message = format!("the cut-off of the rule `{name}` is not the last day of a month");
        let help = "end it with a month that the data cover wholly: periods are compared with earlier ones of the same age in months";
        Some((message, path.clone(), format!("`until` of the `residence` step: {help}")))
    }

    fn no_period(&self, residence: &Residence, path: &Path) -> Option<Refusal> {
        if self.pipeline.crossing_period(self.table).is_some() {
            return None;
        }
        let date = &residence.date;
        let message = format!("no dimension is the year, quarter or month of `{date}`");
        let help = format!("make one: op = \"derive\", method = \"year\", from = \"{date}\"");
        Some((message, path.clone(), help))
    }

    fn wrong_group(&self, estimate: &Estimate, path: &Path) -> Option<Refusal> {
        let (time, _) = self.pipeline.crossing_period(self.table)?;
        let is_wrong = |name: &String| self.table.position(name).is_none_or(|position| position == time);
        let wrong = estimate.by.iter().find(|name| is_wrong(name))?;
        let message = format!("`{wrong}` is no dimension that tells crossings of one time apart");
        let help = "name dimensions of the table other than its time";
        Some((message, path.clone().field("by"), help.to_owned()))
    }

    /// What was known at the end of an earlier month must not depend on rows that came later, other than by the rule.
    fn later_rows_matter(&self, residence: &Residence, path: &Path) -> Option<Refusal> {
        let dimensions = self.table.dimensions.iter().map(|name| self.table.column_of(name));
        let columns = || dimensions.clone().chain(self.table.chosen_by());
        if let Some(rule) = self.schema.rules_behind(columns()).next() {
            let message = format!(
                "which rows are in a cell depends on the rule `{rule}`, and so on rows that come later"
            );
            let help = "leave out dimensions, filters and steps that are made of what a rule says";
            return Some((message, path.clone(), help.to_owned()));
        }
        let mut steps = self.pipeline.steps_of(self.source).map(|(_, step)| &step.operation);
        let step = steps.find(|operation| operation.sees_later_rows(residence))?;
        let message = format!("a step `{}` changes earlier rows by what comes later", step.name());
        let help = "estimate from a source whose steps look at one row, leave out repetitions, or apply a residence rule";
        Some((message, path.clone(), help.to_owned()))
    }
}
