//! What is to be known of a release beside its tables: published figures, quality, protection, provenance.

use denizen_spec::{CheckOutcome, Diagnostic, Disclosure};

use crate::chart::{Drawing, dots};
use crate::columns::Column;
use crate::figure::{Cell, Figure, Heading, Value};
use crate::language::Language;
use crate::names::Names;
use crate::release::{Manifest, Release, Resource};
use crate::words;

/// Sentences and figures under one head.
#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) sentences: Vec<String>,
    pub(crate) figures: Vec<Figure>,
}

/// Figures whose difference is drawn.
const DRAWN: usize = 12;

/// The comparison with published figures: a sentence, and those that differ.
pub(crate) fn reconciliation(
    names: &Names<'_>,
    table: &Resource,
    written: usize,
) -> Result<Facts, Diagnostic> {
    let columns =
        ["statement", "computed", "published", "difference", "tolerance", "outcome", "source", "id"];
    let columns = names.release.columns(table, &columns)?;
    let none = Column::default();
    let column = |name: &str| columns.get(name).unwrap_or(&none);
    let language = names.language;
    let outcome = column("outcome");
    let count = |name: &str| {
        let key = outcome.key(name);
        outcome.keys.iter().filter(|known| Some(**known) == key).count()
    };
    let (within, context, no_cell, not_told) =
        (count("within_tolerance"), count("context"), count("no_cell"), count("not_told"));
    let compared = outcome.keys.len() - context - no_cell - not_told;
    let number = |count: usize| language.number(count as f64, 0);
    let mut facts = Facts::default();
    if compared > 0 {
        facts.sentences.push(language.fill(words::RECONCILED, &[&number(within), &number(compared)]));
    }
    let rows = differing(column("difference"), column("tolerance"), outcome);
    if compared > 0 && rows.is_empty() {
        facts.sentences.push(language.say(words::EXACTLY).to_owned());
    }
    for (count, words) in
        [(context, words::CONTEXT), (no_cell, words::WITHOUT_CELL), (not_told, words::NOT_TOLD)]
    {
        if count > 0 {
            facts.sentences.push(language.count(words, count as u64));
        }
    }
    if !rows.is_empty() {
        facts.figures.push(differences(&rows, &column, written, language));
    }
    Ok(facts)
}

/// The rows that were compared and differ, with the difference in parts of the tolerance, the largest first.
fn differing(differences: &Column, tolerances: &Column, outcomes: &Column) -> Vec<(usize, f64)> {
    let compared = ["within_tolerance", "outside_tolerance"].map(|name| outcomes.key(name));
    let (differences, tolerances) = (differences.numbers(), tolerances.numbers());
    let mut rows: Vec<(usize, f64)> = Vec::new();
    for (row, outcome) in outcomes.keys.iter().enumerate() {
        let is_other = differences[row].is_finite() && differences[row].abs() > 1e-9;
        if compared.contains(&Some(*outcome)) && is_other {
            rows.push((row, differences[row] / tolerances[row]));
        }
    }
    rows.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()).then(one.0.cmp(&other.0)));
    rows
}

fn differences<'c>(
    rows: &[(usize, f64)],
    column: &impl Fn(&str) -> &'c Column,
    written: usize,
    language: Language,
) -> Figure {
    let [computed, published, difference, tolerance] =
        ["computed", "published", "difference", "tolerance"].map(|name| column(name).numbers());
    let text = |name: &str, row: usize| column(name).text(row).unwrap_or_default().to_owned();
    let value = |numbers: &[f64], row: usize| {
        let number = numbers.get(row).copied().filter(|number| number.is_finite());
        Value { number, decimals: number.map_or(0, decimals), status: String::new() }
    };
    let mut figure = Figure {
        title: language.say(words::DIFFERENCES).to_owned(),
        columns: vec![
            Heading::text("statement", language.say(words::STATEMENT)),
            Heading::number("computed", language.say(words::COMPUTED)),
            Heading::number("published", language.say(words::PUBLISHED)),
            Heading::number("difference", language.say(words::DIFFERENCE)),
            Heading::number("tolerance", language.say(words::TOLERANCE)),
            Heading::text("source", language.say(words::SOURCE)),
        ],
        ..Figure::default()
    };
    for (row, _) in rows.iter().take(written) {
        figure.rows.push(vec![
            Cell::Text(text("statement", *row)),
            Cell::Value(value(&computed, *row)),
            Cell::Value(value(&published, *row)),
            Cell::Change(value(&difference, *row)),
            Cell::Value(value(&tolerance, *row)),
            Cell::Text(text("source", *row)),
        ]);
    }
    if rows.len() > written {
        figure.notes.push(language.fill(words::FIRST_ROWS, &[&written.to_string(), &rows.len().to_string()]));
    }
    let dot = |(row, part): &(usize, f64)| dots::Dot {
        label: text("statement", *row),
        shown: Cell::Change(value(&difference, *row)).shown(language),
        part: *part,
    };
    let drawn: Vec<dots::Dot> =
        rows.iter().take(written).filter(|(_, part)| part.is_finite()).take(DRAWN).map(dot).collect();
    figure.drawing = (!drawn.is_empty()).then(|| drawing(&drawn, &figure.title));
    figure
}

fn drawing(dots: &[dots::Dot], title: &str) -> Drawing {
    let (body, height) = dots::draw(dots);
    let told: Vec<String> = dots.iter().take(5).map(|dot| format!("{} {}", dot.label, dot.shown)).collect();
    Drawing { body, height, title: title.to_owned(), description: told.join("; ") }
}

/// The decimals in which a figure is written: whole numbers have none, small differences as many as they need.
fn decimals(number: f64) -> usize {
    if (number - number.round()).abs() < 1e-9 {
        return 0;
    }
    (1..4).find(|decimals| number.abs() * 10_f64.powi(*decimals) >= 1.0).unwrap_or(4) as usize + 1
}

/// What became of the rows that were read.
pub(crate) fn quality(release: &Release, language: Language) -> Facts {
    let manifest = &release.manifest;
    let mut facts = Facts::default();
    let sum =
        |of: fn(&crate::release::Input) -> Option<u64>| manifest.inputs.iter().filter_map(of).sum::<u64>();
    if manifest.inputs.iter().any(|input| input.read.is_none()) {
        facts.sentences.push(language.say(words::ROWS_HIDDEN).to_owned());
        facts.figures.extend(checks(manifest, language));
        return facts;
    }
    let sums = [
        sum(|input| input.read),
        sum(|input| input.accepted),
        sum(|input| input.rejected),
        sum(|input| input.excluded),
    ];
    let sums = sums.map(|sum| language.number(sum as f64, 0));
    facts.sentences.push(language.fill(words::ROWS, &sums.each_ref().map(String::as_str)));
    let told = [
        (sum(|input| Some(input.incomplete)), words::INCOMPLETE),
        (sum(|input| Some(input.repaired_numbers)), words::REPAIRED_NUMBERS),
    ];
    for (count, words) in told.into_iter().filter(|(count, _)| *count > 0) {
        facts.sentences.push(language.count(words, count));
    }
    facts.figures.push(files(manifest, language));
    facts.figures.extend(reasons(manifest, language));
    facts.figures.extend(checks(manifest, language));
    facts.figures.extend(steps(manifest, language));
    facts
}

fn count(number: Option<u64>) -> Cell {
    Cell::Value(Value { number: number.map(|number| number as f64), ..Value::default() })
}

fn files(manifest: &Manifest, language: Language) -> Figure {
    let row = |input: &crate::release::Input| {
        let numbers = [input.read, input.accepted, input.rejected, input.excluded];
        [Cell::Text(input.file.clone())].into_iter().chain(numbers.map(count)).collect()
    };
    Figure {
        title: language.say(words::ROWS_HEAD).to_owned(),
        columns: vec![
            Heading::text("file", language.say(words::FILE)),
            Heading::number("read", language.say(words::READ)),
            Heading::number("accepted", language.say(words::ACCEPTED)),
            Heading::number("rejected", language.say(words::REJECTED)),
            Heading::number("excluded", language.say(words::EXCLUDED)),
        ],
        rows: manifest.inputs.iter().map(row).collect(),
        ..Figure::default()
    }
}

/// Why rows were rejected, where some were.
fn reasons(manifest: &Manifest, language: Language) -> Option<Figure> {
    let told = manifest
        .inputs
        .iter()
        .flat_map(|input| input.rejected_for.iter().map(move |(code, rows)| (input, code, rows)));
    let row = |(input, code, rows): (&crate::release::Input, &String, &u64)| {
        let reason = Cell::Code(code.clone(), words::rejected_for(code, language));
        vec![Cell::Text(input.file.clone()), reason, count(Some(*rows))]
    };
    let rows: Vec<Vec<Cell>> = told.map(row).collect();
    (!rows.is_empty()).then(|| Figure {
        title: language.say(words::WHY_REJECTED).to_owned(),
        columns: vec![
            Heading::text("file", language.say(words::FILE)),
            Heading::text("reason", language.say(words::REASON)),
            Heading::number("rows", language.say(words::ROWS_HEAD)),
        ],
        rows,
        ..Figure::default()
    })
}

/// What came of the checks of the pipeline, where it has some.
fn checks(manifest: &Manifest, language: Language) -> Option<Figure> {
    let row = |check: &crate::release::Check| {
        let outcome = match check.outcome {
            CheckOutcome::Passed => words::PASSED,
            CheckOutcome::Warned => words::WARNED,
            CheckOutcome::Failed => words::FAILED,
            CheckOutcome::NotRun => words::NOT_RUN,
        };
        let mut cells = vec![
            Cell::Text(format!("{}: {}", check.source, check.name.replace('_', " "))),
            Cell::Text(language.say(outcome).to_owned()),
        ];
        cells.extend([check.passed, check.failed, check.not_checked].map(count));
        cells
    };
    let rows: Vec<Vec<Cell>> = manifest.checks.iter().map(row).collect();
    (!rows.is_empty()).then(|| Figure {
        title: language.say(words::CHECKS).to_owned(),
        columns: vec![
            Heading::text("check", language.say(words::CHECK)),
            Heading::text("outcome", language.say(words::OUTCOME)),
            Heading::number("passed", language.say(words::HOLDS)),
            Heading::number("failed", language.say(words::HOLDS_NOT)),
            Heading::number("not_checked", language.say(words::NOT_CHECKED)),
        ],
        rows,
        ..Figure::default()
    })
}

/// What steps took out, made and counted; those that did nothing of it are not told.
fn steps(manifest: &Manifest, language: Language) -> Option<Figure> {
    let mut rows = Vec::new();
    for stage in &manifest.stages {
        let counts = stage
            .counts
            .iter()
            .filter_map(|(name, count)| Some((name, count.as_u64().filter(|count| *count > 0)?)));
        let counts: Vec<String> = counts
            .map(|(name, count)| {
                format!("{} {}", words::counted(name, language), language.number(count as f64, 0))
            })
            .collect();
        if stage.excluded.unwrap_or_default() > 0 || stage.made > 0 || !counts.is_empty() {
            rows.push(vec![
                Cell::Text(format!("{}: {}", stage.source, stage.operation)),
                count(stage.read),
                count(stage.accepted),
                count(stage.excluded),
                count(Some(stage.made)),
                Cell::Text(counts.join("; ")),
            ]);
        }
    }
    (!rows.is_empty()).then(|| Figure {
        title: language.say(words::STEPS).to_owned(),
        columns: vec![
            Heading::text("step", language.say(words::STEP)),
            Heading::number("read", language.say(words::READ)),
            Heading::number("kept", language.say(words::KEPT)),
            Heading::number("excluded", language.say(words::EXCLUDED)),
            Heading::number("made", language.say(words::MADE)),
            Heading::text("counted", language.say(words::COUNTED)),
        ],
        rows,
        ..Figure::default()
    })
}

/// How persons are protected, in words.
pub(crate) fn disclosure(manifest: &Manifest, language: Language) -> String {
    match &manifest.disclosure {
        Some(Disclosure::SuppressAndRound { threshold, rounding_base }) => {
            language.fill(words::PROTECTED, &[&threshold.to_string(), &rounding_base.to_string()])
        }
        Some(Disclosure::None { reason, reasons }) => {
            language.fill(words::UNPROTECTED, &[reasons.get(language.code()).unwrap_or(reason)])
        }
        None => language.say(words::NO_DISCLOSURE).to_owned(),
    }
}
