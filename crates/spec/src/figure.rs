//! A figure from a publication, which a product must meet or which is kept beside it for comparison.

use crate::pipeline::Pipeline;
use std::collections::BTreeSet;

use crate::{Code, Diagnostic, Indicator, Table, columns, did_you_mean};

/// One published figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Its name, unique in its file.
    pub id: String,
    /// What was published, in words.
    pub statement: String,
    /// The table that must meet it; none for a figure that this product cannot compute.
    pub table: Option<String>,
    /// The indicator of that table.
    pub indicator: String,
    /// Dimensions and codes that single out its cells. A dimension that is not named is taken at its total.
    pub conditions: Vec<(String, String)>,
    /// The figure.
    pub value: f64,
    /// What it counts, in the plural.
    pub unit: String,
    /// How far a result may be from it.
    pub tolerance: Tolerance,
    /// What it counts: figures of unlike concepts are never compared.
    pub concept: String,
    /// Publication, page, date.
    pub source: String,
    /// Its line in the file.
    pub line: u64,
}

/// How far a result may be from a published figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tolerance {
    /// In the unit of the figure.
    Absolute(f64),
    /// In percent of the figure.
    Percent(f64),
}

impl Tolerance {
    /// Reads `50` or `0.5%`; an empty text is a tolerance of nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, build): (&str, fn(f64) -> Self) = match text.trim().strip_suffix('%') {
            Some(number) => (number, Self::Percent),
            None => (text, Self::Absolute),
        };
        if number.trim().is_empty() {
            return text.trim().is_empty().then_some(Self::Absolute(0.0));
        }
        let number: f64 = number.trim().parse().ok()?;
        (number >= 0.0 && number.is_finite()).then(|| build(number))
    }

    /// The largest difference from `figure`, in its unit.
    pub fn allows(self, figure: f64) -> f64 {
        match self {
            Self::Absolute(difference) => difference,
            Self::Percent(percent) => figure.abs() * percent / 100.0,
        }
    }
}

impl std::fmt::Display for Tolerance {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absolute(difference) => write!(formatter, "{difference}"),
            Self::Percent(percent) => write!(formatter, "{percent} %"),
        }
    }
}

impl Figure {
    /// What is wrong with the figure as a question to this pipeline: an unknown table, dimension or indicator.
    pub fn check(&self, pipeline: &Pipeline) -> Option<Diagnostic> {
        let name = self.table.as_ref()?;
        let fault = |message: String| Some(Diagnostic::error(Code::PublishedFile, message));
        let Some(table) = pipeline.tables.iter().find(|table| table.name.get_ref() == name) else {
            let names = pipeline.tables.iter().map(|table| table.name.get_ref().as_str());
            let help = did_you_mean(name, names);
            return fault(format!("there is no table `{name}`")).map(|fault| fault.maybe_help(help));
        };
        let derived = table.indicators.iter().copied().map(Indicator::name);
        let indicators: Vec<&str> = derived.chain([table.measure.name()]).collect();
        if !indicators.contains(&self.indicator.as_str()) {
            let help = format!("it has {}", indicators.join(", "));
            return fault(format!("the table `{name}` has no indicator `{}`", self.indicator))
                .map(|fault| fault.help(help));
        }
        let known = |dimension: &str| {
            let own = [columns::CONCEPT, "rule"];
            own.contains(&dimension) || table.dimensions.iter().any(|known| known.get_ref() == dimension)
        };
        if let Some((unknown, _)) = self.conditions.iter().find(|(dimension, _)| !known(dimension)) {
            return fault(format!("the table `{name}` has no dimension `{unknown}`"));
        }
        let concept = self.conditions.iter().find(|(dimension, _)| dimension == columns::CONCEPT);
        if concept.is_some_and(|(_, concept)| *concept != self.concept) {
            return fault("`where` names another concept than the figure has".to_owned());
        }
        self.check_rules(pipeline, name)
    }

    /// A figure is met by one rule: results of several rules are never added.
    fn check_rules(&self, pipeline: &Pipeline, name: &str) -> Option<Diagnostic> {
        let is_part = |table: &&Table| {
            let concept = table.concept.as_ref().map(|concept| concept.get_ref());
            table.name.get_ref() == name && concept.is_none_or(|concept| *concept == self.concept)
        };
        let rules = pipeline.tables.iter().filter(is_part).filter_map(|table| table.rule.as_ref());
        let rules: BTreeSet<&str> = rules.map(|rule| rule.get_ref().as_str()).collect();
        let names_rule = self.conditions.iter().any(|(dimension, _)| dimension == "rule");
        if rules.len() < 2 || names_rule {
            return None;
        }
        let message = format!("the table `{name}` has this concept under several rules");
        let rules: Vec<&str> = rules.into_iter().collect();
        Some(
            Diagnostic::error(Code::PublishedFile, message)
                .help(format!("add `rule=` to `where`: {}", rules.join(", "))),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerances() {
        let table = [
            ("0", Some(Tolerance::Absolute(0.0))),
            ("", Some(Tolerance::Absolute(0.0))),
            ("50", Some(Tolerance::Absolute(50.0))),
            ("0.5%", Some(Tolerance::Percent(0.5))),
            ("0.5 %", Some(Tolerance::Percent(0.5))),
            ("%", None),
            ("-1", None),
            ("NaN", None),
            ("about 3", None),
        ];
        for (text, expected) in table {
            assert_eq!(Tolerance::parse(text), expected, "{text}");
        }
        assert_eq!(Tolerance::Percent(0.5).allows(-200.0), 1.0);
    }
}
