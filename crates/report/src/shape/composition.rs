//! What a total is made up of: bars of one length.

use super::{Sketch, lower};
use crate::chart::{COLOURS, Drawing, stacked};
use crate::columns::NONE;
use crate::figure::{Cell, Figure, Heading, Value};
use crate::panel::{Group, Panel};
use crate::words;

/// A total and its parts, in the order of the codes.
struct Whole {
    /// The time; nothing where there is none.
    code: String,
    label: String,
    total: f64,
    parts: Vec<Value>,
}

impl Whole {
    fn share(&self, part: usize) -> f64 {
        100.0 * self.parts[part].number.unwrap_or_default() / self.total
    }
}

impl Sketch<'_> {
    /// The parts of a total in per cent of it, time by time; nothing where they are many, some are hidden, or they do not add up.
    pub(super) fn composition(&self, group: &Group, panel: &Panel, dimension: usize) -> Option<Figure> {
        let (cube, names, language) = (&self.cube, &self.names, self.names.language);
        let of = &cube.dimensions[dimension];
        let keys: Vec<u32> =
            cube.codes(&panel.rows, dimension).into_iter().filter(|key| Some(*key) != of.total).collect();
        if of.total.is_none() || !(2..=COLOURS).contains(&keys.len()) {
            return None;
        }
        let wholes = self.wholes(group, panel, dimension, &keys)?;
        let labels: Vec<String> = keys.iter().map(|key| names.code(of, *key)).collect();
        let title =
            language.fill(words::COMPOSITION, &[&self.what(group), &lower(&names.dimension(&of.name))]);
        let title = self.titled(title, panel);
        let bars: Vec<(String, Vec<f64>)> = wholes
            .iter()
            .map(|whole| (whole.label.clone(), (0..keys.len()).map(|part| whole.share(part)).collect()))
            .collect();
        let (body, height) = stacked::draw(&bars, &labels, language);
        let last = wholes.last()?;
        let parts = labels
            .iter()
            .enumerate()
            .map(|(part, label)| format!("{label} {} %", language.number(last.share(part), 1)));
        let description = format!("{}: {}", last.label, parts.collect::<Vec<_>>().join("; "));
        let time = group.time(cube).map(|time| cube.dimensions[time].name.clone());
        let mut columns = vec![match &time {
            Some(time) => Heading::text(time, &names.dimension(time)),
            None => Heading::text("total", language.say(words::TOTAL)),
        }];
        for (key, label) in keys.iter().zip(&labels) {
            let code = of.codes.word(*key).unwrap_or_default();
            columns.push(Heading::number(code, label));
            columns.push(Heading::number(&format!("{code}_percent"), "%"));
        }
        columns.push(Heading::number("total", language.say(words::TOTAL)));
        let rows = wholes.iter().map(Self::composition_row).collect();
        let drawing = Some(Drawing { body, height, title: title.clone(), description });
        Some(Figure { title, drawing, columns, rows, ..Figure::default() })
    }

    fn composition_row(whole: &Whole) -> Vec<Cell> {
        let mut cells = vec![Cell::Code(whole.code.clone(), whole.label.clone())];
        for (part, value) in whole.parts.iter().enumerate() {
            cells.push(Cell::Value(value.clone()));
            let share = Value { number: Some(whole.share(part)), decimals: 1, status: String::new() };
            cells.push(Cell::Value(share));
        }
        let decimals = whole.parts.first().map_or(0, |value| value.decimals);
        cells.push(Cell::Value(Value { number: Some(whole.total), decimals, status: String::new() }));
        cells
    }

    /// The totals with their parts; nothing where one of them does not add up.
    fn wholes(&self, group: &Group, panel: &Panel, dimension: usize, keys: &[u32]) -> Option<Vec<Whole>> {
        let cube = &self.cube;
        let total = cube.dimensions[dimension].total?;
        let time = group.time(cube);
        let times = panel.times(cube, time);
        let times = if times.is_empty() {
            vec![NONE]
        } else {
            times[times.len().saturating_sub(self.budget.times)..].to_vec()
        };
        let time = time.filter(|_| times != [NONE]);
        let values = cube.by(&panel.rows, dimension, time);
        let mut wholes = Vec::new();
        for key in times {
            let whole = cube.value(*values.get(&(total, key))?)?;
            let mut parts = Vec::new();
            for code in keys {
                // What is not there is nobody; what is there without a value is not known.
                match values.get(&(*code, key)) {
                    Some(row) => parts.push(Value { number: Some(cube.value(*row)?), ..cube.shown(*row) }),
                    None => parts.push(Value { number: Some(0.0), decimals: 0, status: String::new() }),
                }
            }
            let sum: f64 = parts.iter().filter_map(|part| part.number).sum();
            let is_whole = whole > 0.0 && (sum - whole).abs() <= ROUNDING * whole;
            if !is_whole || parts.iter().any(|part| part.number.is_some_and(|number| number < 0.0)) {
                return None;
            }
            let label = time.map_or(String::new(), |time| self.names.code(&cube.dimensions[time], key));
            let code =
                time.and_then(|time| cube.dimensions[time].codes.word(key)).unwrap_or_default().to_owned();
            wholes.push(Whole { code, label, total: whole, parts });
        }
        Some(wholes)
    }
}

/// How far parts may be from their total, of which they are a part each: publishers round.
const ROUNDING: f64 = 0.001;
