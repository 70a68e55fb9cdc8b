//! A page of what is different in a release from another one.

use denizen_spec::Diagnostic;

use crate::difference::{Difference, InputChange, PipelineLines, TableDifference, TableState};
use crate::facts::Facts;
use crate::figure::{Cell, Figure, Heading, Value};
use crate::figures_difference::{FigureRevision, FiguresDifference};
use crate::language::{Language, Words};
use crate::lines::{Line, LineChange};
use crate::names::Names;
use crate::other_base::OtherBase;
use crate::page::of_sections;
use crate::release::{Field, Release, Resource};
use crate::revision::Revision;
use crate::words;

/// The page; `release` is the newer one, whose words are used.
pub(crate) fn page(release: &Release, found: &Difference, language: Language) -> Result<String, Diagnostic> {
    let names = Names { release, language };
    let tables = release.tables();
    let mut sections =
        vec![("summary".to_owned(), language.say(words::WHAT_CHANGED).to_owned(), summary(found, language))];
    for table in found.tables.iter().filter(|table| table.state == TableState::Compared) {
        let resource = tables.iter().find(|resource| resource.stem() == table.name);
        if let Some((resource, facts)) = resource.and_then(|one| Some((one, of_table(table, one, names)?))) {
            let title = resource.title(language).to_owned();
            sections.push((format!("table-{}", table.name), title, facts));
        }
    }
    if let Some(figures) = &found.figures {
        let title = language.say(words::FIGURES_COMPARED).to_owned();
        sections.push(("figures".to_owned(), title, of_figures(figures, language)));
    }
    sections.push(("inputs".to_owned(), language.say(words::INPUTS).to_owned(), inputs(found, language)));
    sections.push((
        "pipeline".to_owned(),
        language.say(words::PIPELINE).to_owned(),
        pipeline(found, language),
    ));
    let editions = [&found.old, &found.new].map(String::as_str);
    let texts = [words::EDITIONS, words::COMPARED_FROM].map(|words| language.fill(words, &editions));
    of_sections(release, texts, sections, language)
}

fn count(number: usize) -> Cell {
    value(Some(number as f64), 0)
}

fn value(number: Option<f64>, decimals: usize) -> Cell {
    Cell::Value(Value { number, decimals, status: String::new() })
}

fn percent(share: Option<f64>) -> Value {
    Value { number: share.map(|share| 100.0 * share), decimals: 1, status: String::new() }
}

fn summary(found: &Difference, language: Language) -> Facts {
    let mut facts = Facts::default();
    let named = |is_it: fn(&TableState) -> bool| {
        let tables = found.tables.iter().filter(|table| is_it(&table.state));
        tables.map(|table| table.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let others = [
        (words::NEW_TABLES, named(|state| *state == TableState::New)),
        (words::GONE_TABLES, named(|state| *state == TableState::Gone)),
        (words::TABLES_NOT_COMPARED, named(|state| matches!(state, TableState::OtherKey(..)))),
    ];
    let others = others.into_iter().filter(|(_, names)| !names.is_empty());
    facts.sentences.extend(others.map(|(words, names)| language.fill(words, &[&names])));
    if let Some((one, other)) = &found.programs {
        facts.sentences.push(language.fill(words::PROGRAMS, &[one, other]));
    }
    let head = |name: &str, words: Words| Heading::number(name, language.say(words));
    facts.figures.push(Figure {
        title: language.say(words::TABLES_COMPARED).to_owned(),
        columns: vec![
            Heading::text("table", language.say(words::TABLE)),
            head("cells_before", words::CELLS_BEFORE),
            head("cells_now", words::CELLS_NOW),
            head("new", words::NEW),
            head("gone", words::GONE),
            head("revised", words::REVISED),
            head("revised_percent", words::REVISED_PERCENT),
            head("other_status", words::OTHER_STATUS),
        ],
        rows: found.tables.iter().filter(|table| table.state == TableState::Compared).map(row).collect(),
        ..Figure::default()
    });
    facts.figures.extend(sizes(found, language));
    facts
}

fn row(table: &TableDifference) -> Vec<Cell> {
    let share = table.revised as f64 / table.old_cells.max(1) as f64;
    let mut cells = vec![Cell::Text(table.name.clone())];
    cells.extend([table.old_cells, table.new_cells, table.new, table.gone, table.revised].map(count));
    cells.extend([Cell::Value(percent(Some(share))), count(table.other_status)]);
    cells
}

/// How large revisions are, where there are some.
fn sizes(found: &Difference, language: Language) -> Option<Figure> {
    let revised = found.tables.iter().filter(|table| table.revised > 0);
    let row = |table: &TableDifference| {
        let sizes = table.sizes;
        let counts = [
            sizes.up,
            sizes.down,
            sizes.within_1_percent,
            sizes.within_5_percent,
            sizes.within_10_percent,
            sizes.larger,
            sizes.from_zero,
            sizes.came_or_went,
            sizes.indicators,
        ];
        [Cell::Text(table.name.clone())].into_iter().chain(counts.map(count)).collect()
    };
    let rows: Vec<Vec<Cell>> = revised.map(row).collect();
    let head = |name: &str, words: Words, limit: &str| Heading::number(name, &language.fill(words, &[limit]));
    (!rows.is_empty()).then(|| Figure {
        title: language.say(words::SIZES).to_owned(),
        columns: vec![
            Heading::text("table", language.say(words::TABLE)),
            head("up", words::UP, ""),
            head("down", words::DOWN, ""),
            head("within_1_percent", words::UP_TO, "1"),
            head("within_5_percent", words::UP_TO, "5"),
            head("within_10_percent", words::UP_TO, "10"),
            head("larger", words::MORE_THAN, "10"),
            head("from_zero", words::FROM_ZERO, ""),
            head("came_or_went", words::CAME_OR_WENT, ""),
            head("indicators", words::OTHER_INDICATORS, ""),
        ],
        rows,
        ..Figure::default()
    })
}

/// A table of which something is different.
fn of_table(table: &TableDifference, resource: &Resource, names: Names<'_>) -> Option<Facts> {
    let mut facts = Facts::default();
    let other_base = |other: &OtherBase| {
        let [old, new] = [other.old_cells, other.new_cells].map(|cells| cells.to_string());
        let name = names.indicator(&other.indicator);
        names.language.fill(words::OTHER_BASE, &[&name, &other.before, &other.now, &old, &new])
    };
    facts.sentences.extend(table.other_base.iter().map(other_base));
    if !table.largest.is_empty() {
        facts.figures.push(largest(table, resource, names));
    }
    if table.by.iter().any(|column| column.all > 1) {
        facts.figures.push(by_code(table, resource, names));
    }
    (!facts.figures.is_empty() || !facts.sentences.is_empty()).then_some(facts)
}

/// The figures of publications of which something differs.
fn of_figures(found: &FiguresDifference, language: Language) -> Facts {
    let counts = [found.old, found.now, found.new.len(), found.gone.len(), found.revised.len()];
    let counts = counts.map(|count| language.number(count as f64, 0));
    let mut facts = Facts::default();
    let told = language.fill(words::FIGURES_COUNTED, &counts.each_ref().map(String::as_str));
    facts.sentences.push(told);
    let of = |what: Words, when: Words| language.fill(words::OF, &[language.say(what), language.say(when)]);
    let number = |name: &str, what, when| Heading::number(name, &of(what, when));
    let text = |name: &str, what, when| Heading::text(name, &of(what, when));
    let (before, now) = (words::VALUE_BEFORE, words::VALUE_NOW);
    let columns = vec![
        Heading::text("id", "id"),
        number("published_before", words::PUBLISHED, before),
        number("published_now", words::PUBLISHED, now),
        number("computed_before", words::COMPUTED, before),
        number("computed_now", words::COMPUTED, now),
        text("outcome_before", words::OUTCOME, before),
        text("outcome_now", words::OUTCOME, now),
        Heading::text("other_columns", language.say(words::OTHER_COLUMNS)),
    ];
    let row = |figure: &FigureRevision| {
        let mut cells = vec![Cell::Text(figure.id.clone())];
        for number in [figure.published, figure.computed].concat() {
            cells.push(value(number, number.map_or(0, decimals)));
        }
        cells.extend(figure.outcome.iter().cloned().map(Cell::Text));
        let [old, new] = figure.tolerance;
        let tolerance = (old != new).then(|| "tolerance".to_owned());
        let others: Vec<String> = tolerance.into_iter().chain(figure.others.clone()).collect();
        cells.push(Cell::Text(others.join(", ")));
        cells
    };
    if !found.revised.is_empty() {
        let title = language.say(words::FIGURES_COMPARED).to_owned();
        let rows = found.revised.iter().map(row).collect();
        facts.figures.push(Figure { title, columns, rows, ..Figure::default() });
    }
    facts
}

fn field<'r>(resource: &'r Resource, column: &str) -> Option<&'r Field> {
    resource.fields().iter().find(|field| field.name == column)
}

fn largest(table: &TableDifference, resource: &Resource, names: Names<'_>) -> Figure {
    let language = names.language;
    let code = |column: usize, row: usize| table.largest.get(row)?.codes.get(column)?.as_deref();
    let label = |column: usize, row: usize| {
        names.code_in(field(resource, &resource.key()[column]), code(column, row))
    };
    let differs = |column: &usize| (1..table.largest.len()).any(|row| code(*column, row) != code(*column, 0));
    let (shown, common): (Vec<usize>, Vec<usize>) = (0..resource.key().len()).partition(differs);
    let stated = common.iter().filter(|column| code(**column, 0).is_some()).map(|column| {
        let dimension = names.dimension(&resource.key()[*column]);
        language.fill(words::OF, &[&dimension, &label(*column, 0)])
    });
    let stated: Vec<String> = stated.collect();
    let mut figure = Figure {
        title: language.fill(words::LARGEST_REVISIONS, &[resource.title(language)]),
        columns: shown
            .iter()
            .map(|column| Heading::text(&resource.key()[*column], &names.dimension(&resource.key()[*column])))
            .collect(),
        ..Figure::default()
    };
    if !stated.is_empty() {
        figure.notes.push(language.fill(words::IN_COMMON, &[&stated.join("; ")]));
    }
    if table.revised > table.largest.len() {
        let counts = [table.largest.len(), table.revised].map(|count| count.to_string());
        figure.notes.push(language.fill(words::FIRST_ROWS, &counts.each_ref().map(String::as_str)));
    }
    figure.notes.push(language.say(words::IN_POINTS).to_owned());
    let heads = [
        ("before", words::VALUE_BEFORE),
        ("now", words::VALUE_NOW),
        ("change", words::CHANGE),
        ("change_percent", words::CHANGE_PERCENT),
    ];
    figure.columns.extend(heads.map(|(name, words)| Heading::number(name, language.say(words))));
    for (row, revision) in table.largest.iter().enumerate() {
        let mut cells: Vec<Cell> = shown
            .iter()
            .map(|column| Cell::Code(code(*column, row).unwrap_or_default().to_owned(), label(*column, row)))
            .collect();
        cells.extend(before_and_now(revision));
        figure.rows.push(cells);
    }
    figure
}

/// A value before and now, and by how much it has changed; all with the decimals of the one that needs most.
fn before_and_now(revision: &Revision) -> [Cell; 4] {
    let numbers = [revision.old, revision.new, revision.difference];
    let decimals = numbers.iter().flatten().map(|number| decimals(*number)).max().unwrap_or(0);
    [
        value(revision.old, decimals),
        value(revision.new, decimals),
        Cell::Change(Value { number: revision.difference, decimals, status: String::new() }),
        Cell::Change(percent(revision.share)),
    ]
}

/// The decimals that a value needs, no more than three.
fn decimals(number: f64) -> usize {
    let is_exact = |decimals: &i32| {
        let scaled = number * 10_f64.powi(*decimals);
        (scaled - scaled.round()).abs() < 1e-6
    };
    (0..3).find(is_exact).unwrap_or(3) as usize
}

fn by_code(table: &TableDifference, resource: &Resource, names: Names<'_>) -> Figure {
    let language = names.language;
    let mut figure = Figure {
        title: language.fill(words::WHERE_CELLS_DIFFER, &[resource.title(language)]),
        columns: vec![
            Heading::text("column", language.say(words::COLUMN)),
            Heading::text("code", language.say(words::CODE)),
            Heading::number("cells", language.say(words::CELLS)),
        ],
        ..Figure::default()
    };
    for column in table.by.iter().filter(|column| column.all > 1) {
        let dimension = names.dimension(&column.column);
        for counted in &column.codes {
            let code = Some(counted.code.as_str()).filter(|code| !code.is_empty());
            figure.rows.push(vec![
                Cell::Code(column.column.clone(), dimension.clone()),
                Cell::Code(counted.code.clone(), names.code_in(field(resource, &column.column), code)),
                count(counted.cells),
            ]);
        }
        if column.all > column.codes.len() {
            let counts = [column.codes.len(), column.all].map(|count| count.to_string());
            figure.notes.push(language.fill(words::FIRST_CODES, &[&counts[0], &counts[1], &dimension]));
        }
    }
    figure
}

fn inputs(found: &Difference, language: Language) -> Facts {
    if found.inputs.is_empty() {
        let sentences = vec![language.say(words::SAME_INPUTS).to_owned()];
        return Facts { sentences, ..Facts::default() };
    }
    let row = |input: &crate::difference::InputDifference| {
        let change = match input.change {
            InputChange::New => words::NEW_FILE,
            InputChange::Gone => words::GONE_FILE,
            InputChange::Changed => words::OTHER_BYTES,
        };
        vec![Cell::Text(input.file.clone()), Cell::Text(language.say(change).to_owned())]
    };
    let figure = Figure {
        title: language.say(words::INPUTS).to_owned(),
        columns: vec![
            Heading::text("file", language.say(words::FILE)),
            Heading::text("change", language.say(words::CHANGE)),
        ],
        rows: found.inputs.iter().map(row).collect(),
        ..Figure::default()
    };
    Facts { figures: vec![figure], ..Facts::default() }
}

fn pipeline(found: &Difference, language: Language) -> Facts {
    let sentence =
        |words: Words| Facts { sentences: vec![language.say(words).to_owned()], ..Facts::default() };
    match &found.pipeline {
        _ if !found.pipeline_changed => sentence(words::SAME_PIPELINE),
        PipelineLines::NotHeld => sentence(words::TEXT_NOT_HELD),
        PipelineLines::Restricted => sentence(words::TEXT_RESTRICTED),
        PipelineLines::TooLong => sentence(words::TEXT_TOO_LONG),
        PipelineLines::Told(lines) => {
            Facts { figures: vec![lines_figure(lines, language)], ..Facts::default() }
        }
    }
}

fn lines_figure(lines: &[Line], language: Language) -> Figure {
    let row = |line: &Line| {
        let change = match line.change {
            LineChange::New => words::NEW_LINE,
            LineChange::Gone => words::GONE_LINE,
        };
        let change = Cell::Text(language.say(change).to_owned());
        vec![change, count(line.number), Cell::Text(line.text.clone())]
    };
    Figure {
        title: language.say(words::LINES).to_owned(),
        columns: vec![
            Heading::text("change", language.say(words::CHANGE)),
            Heading::number("line", language.say(words::LINE)),
            Heading::text("text", language.say(words::TEXT)),
        ],
        rows: lines.iter().map(row).collect(),
        ..Figure::default()
    }
}
