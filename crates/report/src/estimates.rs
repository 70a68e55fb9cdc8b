//! How good estimates of the last periods were, had they been made earlier.

use denizen_spec::Diagnostic;

use crate::columns::Column;
use crate::facts::Facts;
use crate::figure::{Cell, Figure, Heading, Value};
use crate::language::Words;
use crate::names::Names;
use crate::release::Resource;
use crate::words::estimates as words;

/// The table of the program that holds it.
pub(crate) const ESTIMATES: &str = "estimates";

/// Numbers that are shown, with their decimals and what they are called.
const NUMBERS: [(&str, usize, Words); 7] = [
    ("age_months", 0, words::AGE_MONTHS),
    ("n_estimates", 0, words::EARLIER_ESTIMATES),
    ("certain_percent", 1, words::CERTAIN_PERCENT),
    ("bias_percent", 1, words::BIAS_PERCENT),
    ("absolute_error_percent", 1, words::ERROR_PERCENT),
    ("n_intervals", 0, words::INTERVALS),
    ("coverage_percent", 1, words::COVERAGE_PERCENT),
];

/// What estimators said of earlier periods, by their age: of all crossings of a table together, and cell by cell.
pub(crate) fn estimates(names: &Names<'_>, table: &Resource) -> Result<Facts, Diagnostic> {
    let language = names.language;
    let texts = ["table", "rule", "indicator", "of"];
    let wanted: Vec<&str> = texts.into_iter().chain(NUMBERS.map(|(name, ..)| name)).collect();
    let columns = names.release.columns(table, &wanted)?;
    let none = Column::default();
    let column = |name: &str| columns.get(name).unwrap_or(&none);
    let mut figure = Figure { title: language.say(words::ESTIMATES_BY_AGE).to_owned(), ..Figure::default() };
    figure.columns = vec![
        Heading::text("table", language.say(words::TABLE)),
        Heading::text("rule", &names.named("column", "rule")),
        Heading::text("indicator", &names.named("column", "indicator")),
        Heading::text("of", language.say(words::OF_WHAT)),
    ];
    figure.columns.extend(NUMBERS.iter().map(|(name, _, words)| Heading::number(name, language.say(*words))));
    let numbers: Vec<(usize, Vec<f64>)> =
        NUMBERS.iter().map(|(name, decimals, _)| (*decimals, column(name).numbers())).collect();
    for row in 0..column("table").keys.len() {
        let text = |name: &str| column(name).text(row).unwrap_or_default().to_owned();
        let of = if text("of") == "total" { words::ALL_TOGETHER } else { words::CELL_BY_CELL };
        let mut cells = vec![
            Cell::Text(text("table")),
            Cell::Text(names.named("rule", &text("rule"))),
            Cell::Text(names.named("indicator", &text("indicator"))),
            Cell::Text(language.say(of).to_owned()),
        ];
        cells.extend(numbers.iter().map(|(decimals, numbers)| {
            let number = numbers.get(row).copied().filter(|number| number.is_finite());
            Cell::Value(Value { number, decimals: *decimals, status: String::new() })
        }));
        figure.rows.push(cells);
    }
    let sentences = vec![language.say(words::HOW_ESTIMATED).to_owned()];
    Ok(Facts { sentences, figures: vec![figure] })
}
