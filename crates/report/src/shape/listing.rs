//! Tables: of what has no shape, and of indicators beside what was counted.

use super::{BESIDE, Sketch};
use crate::cube::Kind;
use crate::figure::{Cell, Figure, Heading};
use crate::panel::{Group, Panel};
use crate::words;

/// The column that says which slice an indicator is about.
const SERIES: usize = 1;
/// Times of a table of indicators.
const TIMES: usize = 6;

impl Sketch<'_> {
    /// The rows as they stand, the first ones only.
    pub(super) fn listing(&self) -> Option<Figure> {
        let (cube, names, language) = (&self.cube, &self.names, self.names.language);
        if cube.all_rows == 0 {
            return None;
        }
        let mut columns: Vec<Heading> =
            cube.dimensions.iter().map(|of| Heading::text(&of.name, &names.dimension(&of.name))).collect();
        columns.push(Heading::text("concept", &names.named("column", "concept")));
        columns.push(Heading::text("indicator", language.say(words::INDICATOR)));
        columns.push(Heading::number("value", language.say(words::VALUE)));
        columns.push(Heading::text("unit", language.say(words::UNIT)));
        let text = |text: Option<&str>, shown: String| Cell::Code(text.unwrap_or_default().to_owned(), shown);
        let row = |row: usize| {
            let dimensions = cube.dimensions.iter().enumerate();
            let mut cells: Vec<Cell> = dimensions
                .map(|(place, of)| {
                    text(of.codes.word(cube.key(row, place)), names.code(of, cube.key(row, place)))
                })
                .collect();
            let (concept, indicator) = (cube.concept.text(row), cube.indicator.text(row));
            cells.push(text(
                concept,
                concept.map_or(String::new(), |concept| names.named("concept", concept)),
            ));
            cells.push(text(indicator, indicator.map_or(String::new(), |name| names.indicator(name))));
            cells.push(Cell::Value(cube.shown(row)));
            cells.push(text(Some(cube.unit(row)), names.unit(cube.unit(row))));
            cells
        };
        let shown = cube.all_rows.min(self.budget.rows);
        let mut figure = Figure {
            title: language.say(words::NUMBERS).to_owned(),
            columns,
            rows: (0..shown).map(row).collect(),
            ..Figure::default()
        };
        if shown < cube.all_rows {
            figure
                .notes
                .push(language.fill(words::FIRST_ROWS, &[&shown.to_string(), &cube.all_rows.to_string()]));
        }
        Some(figure)
    }

    /// The indicators that are given for all together, at the last times.
    pub(super) fn indicators(&self) -> Option<Figure> {
        let (cube, names, language) = (&self.cube, &self.names, self.names.language);
        let time = cube.of_kind(Kind::Time).next();
        // They stand beside their codes.
        let is_shown = |group: &&Group| {
            let name = cube.indicator.word(group.indicator).unwrap_or_default();
            !cube.is_measure(group.indicator) && !BESIDE.contains(&name)
        };
        let mut lines: Vec<(&Group, Panel)> = Vec::new();
        for group in self.groups.iter().filter(is_shown) {
            let panels = group.panels(cube, &time.into_iter().collect::<Vec<_>>(), names);
            let has_values = |panel: &Panel| {
                panel.rows.iter().any(|row| cube.value(*row).is_some_and(|value| value != 0.0))
            };
            lines.extend(panels.into_iter().filter(has_values).map(|panel| (group, panel)));
        }
        if lines.is_empty() {
            return None;
        }
        let all = lines.len();
        lines.truncate(self.budget.rows);
        let (times, mut columns) = self.columns_of_indicators(&lines, time);
        let rows = lines.iter().map(|(group, panel)| self.indicator_row(group, panel, time, &times));
        let mut rows: Vec<Vec<Cell>> = rows.collect();
        if rows.iter().all(|row| row[SERIES] == Cell::Text(String::new())) {
            columns.remove(SERIES);
            rows.iter_mut().for_each(|row| drop(row.remove(SERIES)));
        }
        let mut figure = Figure {
            title: language.say(words::OTHER_INDICATORS).to_owned(),
            columns,
            rows,
            ..Figure::default()
        };
        if all > self.budget.rows {
            let shown = self.budget.rows.to_string();
            figure.notes.push(language.fill(words::FIRST_ROWS, &[&shown, &all.to_string()]));
        }
        Some(figure)
    }

    /// The last times of some slices, and the columns of a table of these.
    fn columns_of_indicators(
        &self,
        lines: &[(&Group, Panel)],
        time: Option<usize>,
    ) -> (Vec<u32>, Vec<Heading>) {
        let (cube, names, language) = (&self.cube, &self.names, self.names.language);
        let mut times: Vec<u32> = match time {
            Some(time) => {
                let rows: Vec<usize> =
                    lines.iter().flat_map(|(_, panel)| panel.rows.iter().copied()).collect();
                cube.times(&rows, time)
            }
            None => Vec::new(),
        };
        times.drain(..times.len().saturating_sub(TIMES));
        let mut columns = vec![
            Heading::text("indicator", language.say(words::INDICATOR)),
            Heading::text("series", language.say(words::SERIES)),
            Heading::text("unit", language.say(words::UNIT)),
        ];
        for key in &times {
            let of = &cube.dimensions[time.unwrap_or_default()];
            columns.push(Heading::number(of.codes.word(*key).unwrap_or_default(), &names.code(of, *key)));
        }
        if times.is_empty() {
            columns.push(Heading::number("value", language.say(words::VALUE)));
        }
        (times, columns)
    }

    fn indicator_row(&self, group: &Group, panel: &Panel, time: Option<usize>, times: &[u32]) -> Vec<Cell> {
        let cube = &self.cube;
        let name = cube.indicator.word(group.indicator).unwrap_or_default().to_owned();
        let unit = panel.rows.first().map_or("", |row| cube.unit(*row));
        let mut cells = vec![
            Cell::Code(name, self.measure(group)),
            Cell::Text(self.full_name(group, panel)),
            Cell::Code(unit.to_owned(), self.names.unit(unit)),
        ];
        let shown = |row: Option<&usize>| Cell::Value(row.map(|row| cube.shown(*row)).unwrap_or_default());
        match time.filter(|_| !times.is_empty()) {
            Some(time) => cells.extend(
                times.iter().map(|key| shown(panel.rows.iter().find(|row| cube.key(**row, time) == *key))),
            ),
            None => cells.push(shown(panel.rows.first())),
        }
        cells
    }
}
