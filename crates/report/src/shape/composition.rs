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
    /// The parts in per cent of what is stated, as the table has them where it does.
    shares: Vec<f64>,
    not_stated: Value,
}

impl Sketch<'_> {
    /// The parts of a total in per cent of what is stated of it, time by time; nothing where they are many, some are hidden, or they do not add up.
    pub(super) fn composition(&self, group: &Group, panel: &Panel, dimension: usize) -> Option<Figure> {
        let (cube, names, language) = (&self.cube, &self.names, self.names.language);
        let of = &cube.dimensions[dimension];
        let keys: Vec<u32> =
            cube.codes(&panel.rows, dimension).into_iter().filter(|key| of.is_stated(*key)).collect();
        if of.total.is_none() || !(2..=COLOURS).contains(&keys.len()) {
            return None;
        }
        let wholes = self.wholes(group, panel, dimension, &keys)?;
        let labels: Vec<String> = keys.iter().map(|key| names.code(of, *key)).collect();
        let is_stated_in_part = wholes.iter().any(|whole| whole.not_stated.number != Some(0.0));
        let words = if is_stated_in_part { words::COMPOSITION_OF_STATED } else { words::COMPOSITION };
        let title = language.fill(words, &[&self.what(group), &lower(&names.dimension(&of.name))]);
        let title = self.titled(title, panel);
        let bars: Vec<(String, Vec<f64>)> =
            wholes.iter().map(|whole| (whole.label.clone(), whole.shares.clone())).collect();
        let (body, height) = stacked::draw(&bars, &labels, language);
        let last = wholes.last()?;
        let parts = labels
            .iter()
            .enumerate()
            .map(|(part, label)| format!("{label} {} %", language.number(last.shares[part], 1)));
        let told = if last.label.is_empty() { self.what(group) } else { last.label.clone() };
        let description = format!("{told}: {}", parts.collect::<Vec<_>>().join("; "));
        let time = group.time(cube).map(|time| cube.dimensions[time].name.clone());
        let mut columns = vec![match &time {
            Some(time) => Heading::text(time, &names.dimension(time)),
            None => Heading::text("counted", language.say(words::COUNTED)),
        }];
        for (key, label) in keys.iter().zip(&labels) {
            let code = of.codes.word(*key).unwrap_or_default();
            columns.push(Heading::number(code, label));
            columns.push(Heading::number(&format!("{code}_percent"), "%"));
        }
        if is_stated_in_part {
            columns.push(Heading::number("not_stated", language.say(words::NOT_STATED)));
        }
        columns.push(Heading::number("total", language.say(words::TOTAL)));
        let what = self.what(group);
        let rows =
            wholes.iter().map(|whole| Self::composition_row(whole, &what, is_stated_in_part)).collect();
        let drawing = Some(Drawing { body, height, title: title.clone(), description });
        Some(Figure { title, drawing, columns, rows, ..Figure::default() })
    }

    fn composition_row(whole: &Whole, what: &str, has_not_stated: bool) -> Vec<Cell> {
        let mut cells = vec![match whole.label.as_str() {
            "" => Cell::Text(what.to_owned()),
            label => Cell::Code(whole.code.clone(), label.to_owned()),
        }];
        for (part, value) in whole.parts.iter().enumerate() {
            cells.push(Cell::Value(value.clone()));
            let share = Value { number: Some(whole.shares[part]), decimals: 1, status: String::new() };
            cells.push(Cell::Value(share));
        }
        if has_not_stated {
            cells.push(Cell::Value(whole.not_stated.clone()));
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
        let mut times = panel.times(cube, time);
        let time = time.filter(|_| !times.is_empty());
        let values = cube.by(&panel.rows, dimension, time);
        if time.is_none() {
            times.push(NONE);
        }
        // Of what is hardly decided, parts say nothing.
        times.retain(|key| values.get(&(total, *key)).is_none_or(|row| self.upper(*row).is_none()));
        times.retain(|key| *key == NONE || !group.times.is_unripe(*key));
        times.drain(..times.len().saturating_sub(self.budget.times));
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
            let not_stated = match values.get(&(cube.not_stated_key(dimension), key)) {
                Some(row) => Value { number: Some(cube.value(*row)?), ..cube.shown(*row) },
                None => Value { number: Some(0.0), ..Value::default() },
            };
            let stated: f64 = parts.iter().filter_map(|part| part.number).sum();
            let sum = stated + not_stated.number.unwrap_or_default();
            let is_whole = stated > 0.0 && (sum - whole).abs() <= ROUNDING * whole;
            if !is_whole || parts.iter().any(|part| part.number.is_some_and(|number| number < 0.0)) {
                return None;
            }
            let label = time.map_or(String::new(), |time| self.names.code(&cube.dimensions[time], key));
            let code =
                time.and_then(|time| cube.dimensions[time].codes.word(key)).unwrap_or_default().to_owned();
            let shares = self.shares_of(group, panel, dimension, (time, key), keys, &parts)?;
            wholes.push(Whole { code, label, total: whole, parts, shares, not_stated });
        }
        Some(wholes)
    }

    /// The parts of what is stated in per cent, at a time: those that the table has along the dimension, where it has such. Nothing
    /// where it holds some of them back.
    fn shares_of(
        &self,
        group: &Group,
        panel: &Panel,
        dimension: usize,
        (time, at): (Option<usize>, u32),
        keys: &[u32],
        parts: &[Value],
    ) -> Option<Vec<f64>> {
        let cube = &self.cube;
        let numbers = parts.iter().map(|part| part.number.unwrap_or_default());
        let stated: f64 = numbers.clone().sum();
        let beside = group.beside(&self.groups, cube, "share").filter(|_| self.is_along("share", dimension));
        let Some(beside) = beside else { return Some(numbers.map(|part| 100.0 * part / stated).collect()) };
        let rows = cube.by(&panel.slice(cube, beside), dimension, time);
        let share = |(key, part): (&u32, f64)| match rows.get(&(*key, at)) {
            Some(row) => cube.value(*row),
            // What is not there is nobody.
            None => (part == 0.0).then_some(0.0),
        };
        keys.iter().zip(numbers).map(share).collect()
    }
}

/// How far parts may be from their total, of which they are a part each: publishers round.
const ROUNDING: f64 = 0.001;
