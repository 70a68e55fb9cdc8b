//! A figure from a publication, which a product must meet or which is kept beside it for comparison.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::pipeline::Pipeline;
use crate::{Code, ColumnType, Date, Diagnostic, Indicator, Table, Unit, columns, did_you_mean};

/// One published figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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

    /// Whether a result that is so far from `figure` is within it. That 62.5 and 62.4 are more than 0.1 apart in binary numbers does not
    /// count.
    ///
    /// ```
    /// use denizen_spec::Tolerance;
    ///
    /// let tolerance = Tolerance::Absolute(0.1);
    /// assert!(tolerance.bears(62.5_f64 - 62.4, 62.4));
    /// assert!(!tolerance.bears(0.100_001, 62.4));
    /// ```
    pub fn bears(self, difference: f64, figure: f64) -> bool {
        let magnitude = figure.abs() + difference.abs();
        difference.abs() <= self.allows(figure) + 4.0 * f64::EPSILON * magnitude
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
        let mut parts = pipeline.tables.iter().filter(|table| table.name == *name).collect::<Vec<_>>();
        let Some(table) = parts.first().copied() else {
            let names = pipeline.tables.iter().map(|table| table.name.as_str());
            let help = did_you_mean(name, names);
            return fault(format!("there is no table `{name}`")).map(|fault| fault.maybe_help(help));
        };
        let concepts: Vec<&str> = parts.iter().filter_map(|part| part.concept.as_deref()).collect();
        parts.retain(|part| part.concept.as_ref().is_none_or(|concept| *concept == self.concept));
        if parts.is_empty() {
            let help = format!("it has {}", concepts.join(", "));
            return fault(format!("the table `{name}` has no concept `{}`", self.concept))
                .map(|fault| fault.help(help));
        }
        let derived = parts.iter().flat_map(|part| &part.indicators).map(|asked| asked.indicator.name);
        let indicators: BTreeSet<&str> =
            derived.chain(parts.iter().map(|part| part.measure.name())).collect();
        if !indicators.contains(self.indicator.as_str()) {
            let help = format!("it has {}", indicators.into_iter().collect::<Vec<_>>().join(", "));
            return fault(format!("the table `{name}` has no indicator `{}`", self.indicator))
                .map(|fault| fault.help(help));
        }
        if let Some(fault) = self.check_meaning(pipeline, &parts) {
            return Some(fault);
        }
        let known = |dimension: &str| {
            let own = [columns::CONCEPT, "rule"];
            own.contains(&dimension) || table.dimensions.iter().any(|known| known == dimension)
        };
        if let Some((unknown, _)) = self.conditions.iter().find(|(dimension, _)| !known(dimension)) {
            return fault(format!("the table `{name}` has no dimension `{unknown}`"));
        }
        let concept = self.conditions.iter().find(|(dimension, _)| dimension == columns::CONCEPT);
        if concept.is_some_and(|(_, concept)| *concept != self.concept) {
            return fault("`where` names another concept than the figure has".to_owned());
        }
        self.check_values(pipeline, table).or_else(|| self.check_rules(pipeline, name, &parts))
    }

    /// A figure is compared with what counts the same in the same unit.
    fn check_meaning(&self, pipeline: &Pipeline, parts: &[&Table]) -> Option<Diagnostic> {
        let sources: Vec<_> = parts.iter().flat_map(|part| pipeline.sources_of(part)).collect();
        let concepts: Option<Vec<&str>> = sources.iter().map(|source| source.concept.as_deref()).collect();
        // Where a table states one, or a column, it is looked for there.
        let concepts = concepts.filter(|_| parts.iter().all(|part| part.concept.is_none()));
        if let Some(concepts) = concepts.filter(|concepts| !concepts.contains(&self.concept.as_str())) {
            let message = format!("nothing in the table is of the concept `{}`", self.concept);
            let help = format!("it has {}", concepts.join(", "));
            return Some(Diagnostic::error(Code::PublishedFile, message).help(help));
        }
        let units: BTreeSet<&str> = match Indicator::named(&self.indicator).map(|indicator| indicator.unit) {
            Some(Unit::Named(unit)) => BTreeSet::from([unit]),
            Some(Unit::OfCounts) | None => parts.iter().map(|part| part.unit.as_str()).collect(),
        };
        if units.contains(self.unit.as_str()) {
            return None;
        }
        let message =
            format!("the figure is in `{}`, and `{}` of the table is not", self.unit, self.indicator);
        let help = format!("it is in {}", units.into_iter().collect::<Vec<_>>().join(", "));
        Some(Diagnostic::error(Code::PublishedFile, message).help(help))
    }

    /// Numbers and days are written as such.
    fn check_values(&self, pipeline: &Pipeline, table: &Table) -> Option<Diagnostic> {
        let schema = pipeline.schema_of(pipeline.source_of(table)?);
        let is_code = |code: &str| [columns::TOTAL, columns::NOT_STATED].contains(&code);
        for (dimension, code) in self.conditions.iter().filter(|(_, code)| !is_code(code)) {
            let Some(column) = schema.get(table.column_of(dimension)) else { continue };
            let expected = match column.column_type {
                ColumnType::Integer if code.parse::<i64>().is_err() => "a whole number",
                ColumnType::Date if code.parse::<Date>().is_err() => "a day, such as 2008-01-01",
                ColumnType::Integer
                | ColumnType::Date
                | ColumnType::Text
                | ColumnType::Code
                | ColumnType::Boolean
                | ColumnType::Decimal { .. } => continue,
            };
            let message = format!("`{dimension}={code}`: `{dimension}` is {expected}");
            return Some(Diagnostic::error(Code::PublishedFile, message));
        }
        None
    }

    /// A figure is met by one rule: results of several rules are never added.
    fn check_rules(&self, pipeline: &Pipeline, name: &str, parts: &[&Table]) -> Option<Diagnostic> {
        let rules: BTreeSet<&str> = parts.iter().filter_map(|part| pipeline.rule_of(part)).collect();
        let named = self.conditions.iter().find(|(dimension, _)| dimension == "rule");
        let message = match named {
            Some((_, rule)) if !rules.contains(rule.as_str()) => {
                format!("the table `{name}` has no rule `{rule}`")
            }
            None if rules.len() > 1 => format!("the table `{name}` has this concept under several rules"),
            _ => return None,
        };
        let rules: Vec<&str> = rules.into_iter().collect();
        let help = match rules.as_slice() {
            [] => "leave out `rule=`: it is counted by no rule".to_owned(),
            rules => format!("`rule=` in `where` can be {}", rules.join(", ")),
        };
        Some(Diagnostic::error(Code::PublishedFile, message).help(help))
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

    const PIPELINE: &str = r#"
        spec = 1
        title = "T"
        vintage = "2026"

        [source.crossings]
        files = "crossings.csv"
        format = "csv"

        [source.crossings.columns]
        person = { personal = true }
        crossed_on = { type = "date" }
        direction = { codes = { E = "arrival", S = "departure" } }
        citizenship = { list = "country" }

        [[clean]]
        op = "residence"
        rule = "nz_12_16"
        person = "person"
        date = "crossed_on"
        direction = "direction"

        [[table]]
        name = "flows"
        measure = "emigration"
        concept = "outflow"
        dimensions = ["citizenship"]

        [[table]]
        name = "flows"
        measure = "immigration"
        concept = "inflow"
        dimensions = ["citizenship"]
        indicators = ["rank"]
    "#;

    fn figure(table: &str, concept: &str, indicator: &str, conditions: &str) -> Figure {
        let condition = |pair: &str| {
            let (name, code) = pair.split_once('=').unwrap();
            (name.to_owned(), code.to_owned())
        };
        Figure {
            id: "f".to_owned(),
            statement: "S".to_owned(),
            table: Some(table.to_owned()),
            indicator: indicator.to_owned(),
            conditions: conditions.split_whitespace().map(condition).collect(),
            value: 1.0,
            unit: if indicator == "rank" { "rank" } else { "persons" }.to_owned(),
            tolerance: Tolerance::Absolute(0.0),
            concept: concept.to_owned(),
            source: String::new(),
            line: 2,
        }
    }

    /// A figure on what no table has must not be compared with the sum of nothing.
    #[test]
    fn figures_ask_for_what_a_table_has() {
        let pipeline = crate::parse(PIPELINE).unwrap();
        let cases = [
            ("flows", "outflow", "emigration", "citizenship=PE", None),
            ("flows", "outflow", "emigration", "rule=nz_12_16 concept=outflow", None),
            ("flows", "inflow", "immigration", "", None),
            ("flows", "inflow", "rank", "citizenship=PE", None),
            ("flow", "inflow", "rank", "", Some("there is no table `flow`")),
            ("flows", "stock", "emigration", "", Some("the table `flows` has no concept `stock`")),
            ("flows", "outflow", "rank", "", Some("the table `flows` has no indicator `rank`")),
            ("flows", "inflow", "rank", "sex=F", Some("the table `flows` has no dimension `sex`")),
            ("flows", "outflow", "emigration", "rule=nz", Some("the table `flows` has no rule `nz`")),
            (
                "flows",
                "outflow",
                "emigration",
                "concept=inflow",
                Some("`where` names another concept than the figure has"),
            ),
        ];
        let unlike = Figure { unit: "percent".to_owned(), ..figure("flows", "outflow", "emigration", "") };
        let found = unlike.check(&pipeline).map(|fault| fault.message);
        let expected = "the figure is in `percent`, and `emigration` of the table is not";
        assert_eq!(found.as_deref(), Some(expected));
        for (table, concept, indicator, conditions, expected) in cases {
            let found = figure(table, concept, indicator, conditions).check(&pipeline);
            let found = found.map(|fault| fault.message);
            assert_eq!(found.as_deref(), expected, "{table} {concept} {indicator} {conditions}");
        }
    }
}
