//! An account of a population: its items as a table, for none of them is larger than another in any useful sense.

use super::{Sketch, lower};
use crate::figure::{Cell, Figure, Heading};
use crate::panel::{Group, Panel};
use crate::words;

/// Times that a table of items shows.
const TIMES: usize = 6;
/// The dimension that pipelines call the items of an account.
const ITEM: &str = "item";

impl Sketch<'_> {
    /// Whether codes are items of an account: they are called so, or some of them take away.
    pub(super) fn is_account(&self, panel: &Panel, dimension: usize) -> bool {
        let cube = &self.cube;
        let takes_away = |row: &usize| cube.value(*row).is_some_and(|value| value < 0.0);
        cube.dimensions[dimension].name == ITEM || panel.rows.iter().any(takes_away)
    }

    /// The items by time, the last times only.
    pub(super) fn account(&self, group: &Group, panel: &Panel, dimension: usize) -> Option<Figure> {
        let (cube, names) = (&self.cube, &self.names);
        let (of, time) = (&cube.dimensions[dimension], group.time(cube));
        let name = names.dimension(&of.name);
        let title = names.language.fill(words::BY_DIMENSION, &[&self.what(group), &lower(&name)]);
        let times = panel.times(cube, time);
        let times = &times[times.len().saturating_sub(TIMES)..];
        let mut columns = vec![Heading::text(&of.name, &name)];
        for key in times {
            let time = time.map(|time| &cube.dimensions[time]);
            let code = time.and_then(|time| time.codes.word(*key)).unwrap_or_default();
            columns.push(Heading::number(code, &time.map_or(String::new(), |time| names.code(time, *key))));
        }
        if times.is_empty() {
            columns.push(Heading::number("value", &self.what(group)));
        }
        let values = cube.by(&panel.rows, dimension, time.filter(|_| !times.is_empty()));
        let value = |key: u32, time: u32| {
            Cell::Value(values.get(&(key, time)).map(|row| cube.shown(*row)).unwrap_or_default())
        };
        let keys = cube.codes(&panel.rows, dimension);
        let row = |key: u32| {
            let code = of.codes.word(key).unwrap_or_default().to_owned();
            let mut cells = vec![Cell::Code(code, names.code(of, key))];
            match times.is_empty() {
                true => cells.push(value(key, crate::columns::NONE)),
                false => cells.extend(times.iter().map(|time| value(key, *time))),
            }
            cells
        };
        let rows: Vec<Vec<Cell>> = keys.into_iter().map(row).collect();
        (!rows.is_empty()).then(|| Figure {
            title: self.titled(title, panel),
            columns,
            rows,
            ..Figure::default()
        })
    }
}
