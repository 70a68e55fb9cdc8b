//! The page: what is shown, as the template takes it.

use std::collections::BTreeSet;

use denizen_spec::{Code, Diagnostic};
use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::base64::base64_of_hash;
use crate::chart;
use crate::estimates::{ESTIMATES, estimates};
use crate::facts::{self, Facts};
use crate::figure::{Cell, Figure, csv, data_link};
use crate::language::Language;
use crate::names::Names;
use crate::release::{Input, Release, Resource};
use crate::shape::{Budget, Section, Sketch, lower};
use crate::{since, words};

/// Bytes that a page should not exceed: one that is sent by mail and opened on a phone.
const SMALL: usize = 190_000;
/// How much of each table is shown: more where the page stays small.
const BUDGETS: [Budget; 4] = [
    Budget { dimensions: 2, codes: 12, panels: 4, times: 18, rows: 24 },
    Budget { dimensions: 2, codes: 8, panels: 3, times: 12, rows: 16 },
    Budget { dimensions: 1, codes: 6, panels: 2, times: 8, rows: 12 },
    Budget { dimensions: 1, codes: 5, panels: 1, times: 6, rows: 6 },
];

#[derive(Serialize)]
struct Page {
    language: &'static str,
    title: String,
    synthetic: Option<&'static str>,
    vintage: String,
    description: Option<String>,
    program: String,
    style: String,
    style_hash: String,
    sections: Vec<SectionView>,
    statuses: Vec<String>,
    made_by: String,
    words: Fixed,
}

/// Words of the template itself.
#[derive(Serialize)]
struct Fixed {
    edition: &'static str,
    contents: &'static str,
    numbers: &'static str,
    statuses: &'static str,
    whole: &'static str,
}

#[derive(Default, Serialize)]
struct SectionView {
    id: String,
    title: String,
    notes: Vec<String>,
    sentences: Vec<String>,
    figures: Vec<FigureView>,
    path: Option<String>,
    inputs: Vec<InputView>,
}

#[derive(Serialize)]
struct FigureView {
    id: String,
    title: String,
    sentences: Vec<String>,
    notes: Vec<String>,
    svg: Option<String>,
    /// Links that hold the files.
    alone: Option<String>,
    csv: String,
    file: String,
    columns: Vec<ColumnView>,
    rows: Vec<Vec<CellView>>,
}

#[derive(Serialize)]
struct ColumnView {
    shown: String,
    is_number: bool,
}

#[derive(Serialize)]
struct CellView {
    text: String,
    is_number: bool,
}

#[derive(Serialize)]
struct InputView {
    title: String,
    lines: Vec<String>,
}

/// The page of a release: as much of it as a small page can show.
pub(crate) fn page(release: &Release, language: Language) -> Result<String, Diagnostic> {
    let names = Names { release, language };
    let tables = release.tables();
    let published = tables.iter().filter(|table| ![RECONCILIATION, ESTIMATES].contains(&table.stem()));
    let sketches = published.map(|table| Sketch::read(names, table, BUDGETS[0]));
    let mut sketches = sketches.collect::<Result<Vec<_>, _>>()?;
    let mut page = String::new();
    for budget in BUDGETS {
        page = page_within(names, &tables, &mut sketches, budget)?;
        if page.len() <= SMALL {
            break;
        }
    }
    Ok(page)
}

fn page_within(
    names: Names<'_>,
    tables: &[Resource],
    sketches: &mut [Sketch<'_>],
    budget: Budget,
) -> Result<String, Diagnostic> {
    let Names { release, language } = names;
    let mut sections = Vec::new();
    let mut letters = BTreeSet::new();
    for sketch in sketches {
        let section = sketch.section(budget);
        note_letters(&mut letters, &section.figures);
        sections.push(of_table(section, language));
    }
    sections.extend(of_estimates(names, tables)?);
    sections.extend(of_reconciliation(names, tables, budget)?);
    if let Some(previous) = &release.manifest.previous {
        sections.push(of_facts(
            "since",
            language.say(words::SINCE),
            since::since(previous, language),
            language,
        ));
    }
    let quality = facts::quality(release, language);
    sections.push(of_facts("quality", language.say(words::QUALITY), quality, language));
    sections.push(SectionView {
        id: "disclosure".to_owned(),
        title: language.say(words::DISCLOSURE).to_owned(),
        sentences: vec![facts::disclosure(&release.manifest, language)],
        ..SectionView::default()
    });
    sections.push(SectionView {
        id: "provenance".to_owned(),
        title: language.say(words::PROVENANCE).to_owned(),
        inputs: release.manifest.inputs.iter().map(|input| provenance(input, language)).collect(),
        ..SectionView::default()
    });
    render(&whole(release, language, sections, &letters))
}

/// The estimates, where the release has some.
fn of_estimates(names: Names<'_>, tables: &[Resource]) -> Result<Option<SectionView>, Diagnostic> {
    let Some(table) = tables.iter().find(|table| table.stem() == ESTIMATES) else { return Ok(None) };
    let language = names.language;
    let facts = estimates(&names, table)?;
    let view = of_facts(ESTIMATES, language.say(words::estimates::ESTIMATES), facts, language);
    Ok(Some(SectionView { path: Some(table.path().to_owned()), ..view }))
}

/// Published figures beside the results, where the release has some.
fn of_reconciliation(
    names: Names<'_>,
    tables: &[Resource],
    budget: Budget,
) -> Result<Option<SectionView>, Diagnostic> {
    let Some(table) = tables.iter().find(|table| table.stem() == RECONCILIATION) else { return Ok(None) };
    let language = names.language;
    let facts = facts::reconciliation(&names, table, budget.rows)?;
    let view = of_facts("reconciliation", language.say(words::RECONCILIATION), facts, language);
    Ok(Some(SectionView { path: Some(table.path().to_owned()), ..view }))
}

/// A page about a product that is not that of one release: sections with their names and heads. In place of the edition and of
/// what the program made stand two texts.
pub(crate) fn of_sections(
    release: &Release,
    [edition, made_by]: [String; 2],
    sections: Vec<(String, String, Facts)>,
    language: Language,
) -> Result<String, Diagnostic> {
    let sections = sections.into_iter().map(|(id, title, facts)| of_facts(&id, &title, facts, language));
    let page = whole(release, language, sections.collect(), &BTreeSet::new());
    render(&Page { vintage: edition, description: None, statuses: Vec::new(), made_by, ..page })
}

/// The table of published figures.
const RECONCILIATION: &str = "reconciliation";

fn whole(
    release: &Release,
    language: Language,
    sections: Vec<SectionView>,
    letters: &BTreeSet<char>,
) -> Page {
    let manifest = &release.manifest;
    let style = format!("{}{}", chart::STYLE, include_str!("page.css"));
    let meaning = |letter: &char| {
        let known = denizen_spec::label("obs_status", letter.encode_utf8(&mut [0; 4]));
        known.map(|words| format!("{letter} {}", lower(language.say(words))))
    };
    let mut statuses: Vec<String> = letters.iter().filter_map(meaning).collect();
    statuses.push(language.say(words::ABSENT_DASH).to_owned());
    let short = manifest.pipeline_sha256.get(..12).unwrap_or_default();
    Page {
        language: language.code(),
        title: manifest.title(language).to_owned(),
        synthetic: release.package.synthetic.then(|| language.say(words::SYNTHETIC)),
        vintage: manifest.vintage.clone(),
        description: manifest.description(language).map(str::to_owned),
        program: manifest.program.clone(),
        style_hash: base64_of_hash(&style),
        style,
        sections,
        statuses,
        made_by: language.fill(words::MADE_BY, &[&manifest.program, &manifest.pipeline, short]),
        words: Fixed {
            edition: language.say(words::EDITION),
            contents: language.say(words::CONTENTS),
            numbers: language.say(words::NUMBERS),
            statuses: language.say(words::STATUSES),
            whole: language.say(words::WHOLE_TABLE),
        },
    }
}

fn render(page: &Page) -> Result<String, Diagnostic> {
    let mut environment = Environment::new();
    environment.add_template("page.html", include_str!("page.html")).map_err(template_fault)?;
    let template = environment.get_template("page.html").map_err(template_fault)?;
    let mut text = template.render(Serde(page)).map_err(template_fault)?;
    text.push('\n');
    Ok(text)
}

/// A fault of a template, which is one of the program.
pub(crate) fn template_fault(error: minijinja::Error) -> Diagnostic {
    Diagnostic::error(Code::Internal, "the page cannot be made").note(format!("{error:#}"))
}

/// The letters of statuses that stand behind numbers.
fn note_letters(letters: &mut BTreeSet<char>, figures: &[Figure]) {
    for cell in figures.iter().flat_map(|figure| figure.rows.iter().flatten()) {
        match cell {
            Cell::Value(value) => letters.extend(value.flag().chars()),
            Cell::Code(..) | Cell::Text(_) | Cell::Change(_) => {}
        }
    }
}

fn of_table(section: Section, language: Language) -> SectionView {
    let id = format!("table-{}", section.name);
    let figures = views(&section.name, section.figures, language);
    SectionView {
        id,
        title: section.title,
        notes: section.notes,
        figures,
        path: Some(section.path),
        ..SectionView::default()
    }
}

fn of_facts(name: &str, title: &str, facts: Facts, language: Language) -> SectionView {
    SectionView {
        id: name.to_owned(),
        title: title.to_owned(),
        sentences: facts.sentences,
        figures: views(name, facts.figures, language),
        ..SectionView::default()
    }
}

fn views(name: &str, figures: Vec<Figure>, language: Language) -> Vec<FigureView> {
    let view = |(index, figure): (usize, Figure)| view(&format!("{name}-{}", index + 1), figure, language);
    figures.into_iter().enumerate().map(view).collect()
}

fn view(id: &str, figure: Figure, language: Language) -> FigureView {
    let file = csv(&figure);
    let column = |index: usize| figure.columns.get(index).is_some_and(|heading| heading.is_number);
    let cell =
        |(index, cell): (usize, &Cell)| CellView { text: cell.shown(language), is_number: column(index) };
    let rows = figure.rows.iter().map(|row| row.iter().enumerate().map(cell).collect()).collect();
    let columns = figure.columns.iter();
    let columns =
        columns.map(|heading| ColumnView { shown: heading.shown.clone(), is_number: heading.is_number });
    FigureView {
        id: id.to_owned(),
        svg: figure.drawing.as_ref().map(|drawing| drawing.inline(id)),
        alone: figure
            .drawing
            .as_ref()
            .map(|drawing| attribute(&data_link("image/svg+xml", &drawing.alone()))),
        csv: attribute(&data_link("text/csv", &file)),
        file: id.to_owned(),
        columns: columns.collect(),
        rows,
        title: figure.title,
        sentences: figure.sentences,
        notes: figure.notes,
    }
}

/// A text within the double quotes of an attribute. Only these two characters end it or begin something else there.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;")
}

fn provenance(input: &Input, language: Language) -> InputView {
    let mut lines = Vec::new();
    let fields = [
        (words::PRODUCER, input.producer.clone()),
        (words::LICENCE, input.licence.clone()),
        (words::ORIGIN, input.origin.clone()),
        (words::RETRIEVED, input.retrieved.as_deref().map(|day| language.time(day))),
        (words::FILE, Some(input.file.clone())),
        (["SHA-256"; 3], input.sha256.get(..12).map(|begin| format!("{begin}…"))),
    ];
    for (name, value) in fields {
        lines.extend(value.map(|value| language.fill(words::OF, &[language.say(name), &value])));
    }
    let title = input.titles.get(language.code()).or(input.title.as_deref());
    InputView {
        title: title.map_or_else(|| format!("{} ({})", input.file, input.source), str::to_owned),
        lines,
    }
}
