//! What happened over time: a line for each concept, rule or code of what is measured in one unit.

use super::Sketch;
use crate::chart::{Drawing, lines};
use crate::figure::{Cell, Figure, Heading, Value};
use crate::language::Words;
use crate::panel::{Group, Panel, change, change_percent};
use crate::whole::MUCH;
use crate::words;

/// Lines that can be told apart.
const LINES: usize = 6;
/// Fewer times are compared better in words.
const FEWEST: usize = 3;
/// Times whose numbers are shown; a chart of days has more.
const ROWS: usize = 70;

/// A line: the values of a panel by time.
struct Line<'a> {
    group: &'a Group,
    name: String,
    unit: &'a str,
    values: Vec<(u32, usize)>,
}

impl Sketch<'_> {
    /// A chart for each unit in which something is counted at several times.
    pub(super) fn lines(&self) -> Vec<Figure> {
        let mut lines: Vec<(Line<'_>, String)> = Vec::new();
        let groups: Vec<&Group> = self.measures().collect();
        let per_group = (LINES / groups.len().max(1)).max(1);
        let mut left_out = 0;
        for group in groups {
            let mut of_group = self.lines_of(group);
            left_out += of_group.len().saturating_sub(per_group);
            of_group.truncate(per_group);
            lines.extend(of_group.into_iter().map(|line| (line, self.measure(group))));
        }
        let mut kinds: Vec<(&str, String)> =
            lines.iter().map(|(line, what)| (line.unit, what.clone())).collect();
        kinds.dedup();
        let mut figures = Vec::new();
        for (unit, what) in kinds {
            let fits = |(line, of): &&(Line<'_>, String)| line.unit == unit && *of == what;
            let mut chosen: Vec<&Line<'_>> = lines.iter().filter(fits).map(|(line, _)| line).collect();
            left_out += chosen.len().saturating_sub(LINES);
            chosen.truncate(LINES);
            figures.extend(self.chart_of_lines(&chosen, &what));
        }
        self.note_more(&mut figures, left_out);
        figures
    }

    /// The lines of a group, the one with the largest last value first.
    fn lines_of<'g>(&'g self, group: &'g Group) -> Vec<Line<'g>> {
        let cube = &self.cube;
        let Some(time) = group.time(cube) else { return Vec::new() };
        let panels = group.panels(cube, &[time], &self.names);
        let line = |panel: &Panel| {
            let mut values: Vec<(u32, usize)> =
                panel.rows.iter().map(|row| (cube.key(*row, time), *row)).collect();
            values.retain(|(key, _)| cube.dimensions[time].is_stated(*key));
            values.sort_by_key(|(key, _)| cube.dimensions[time].codes.word(*key));
            let unit = values.first().map_or("", |(_, row)| cube.unit(*row));
            let name = self.full_name(group, panel);
            let name = if name.is_empty() { self.what(group) } else { name };
            Line { group, name, unit, values }
        };
        let mut lines: Vec<Line<'_>> = panels.iter().map(line).collect();
        lines.retain(|line| {
            line.values.iter().filter(|(_, row)| cube.value(*row).is_some()).count() >= FEWEST
        });
        let last = |line: &Line<'_>| {
            line.values.iter().rev().find_map(|(_, row)| cube.value(*row)).unwrap_or(f64::NEG_INFINITY)
        };
        lines.sort_by(|one, other| last(other).total_cmp(&last(one)));
        lines
    }

    fn chart_of_lines(&self, chosen: &[&Line<'_>], what: &str) -> Option<Figure> {
        let (cube, language) = (&self.cube, self.names.language);
        let group = self.measures().next()?;
        let time = group.time(cube)?;
        if chosen.is_empty() {
            return None;
        }
        let codes = &cube.dimensions[time].codes;
        let x = |key: u32| position(codes.word(key).unwrap_or_default());
        let point = |(key, row): &(u32, usize)| {
            let value = cube.shown(*row);
            lines::Point {
                x: x(*key),
                y: value.number,
                is_break: value.has('B'),
                is_provisional: value.has('P'),
                upper: self.upper(*row),
                interval: interval(cube.estimate(*row)),
            }
        };
        let series: Vec<lines::Series> = chosen
            .iter()
            .map(|line| lines::Series {
                name: line.name.clone(),
                points: line.values.iter().map(point).collect(),
            })
            .collect();
        let mut times: Vec<u32> =
            chosen.iter().flat_map(|line| line.values.iter().map(|(key, _)| *key)).collect();
        times.sort_by_key(|key| codes.word(*key));
        times.dedup();
        let marks: Vec<(f64, String)> = times
            .iter()
            .copied()
            .map(|key| (x(key), codes.word(key).unwrap_or_default().to_owned()))
            .collect();
        let (body, height) = lines::draw(&series, &marks, language);
        let only = self.cube.concept.words.len() == 1;
        let what = if only { self.what(group) } else { what.to_owned() };
        let title = language.fill(words::OVER_TIME, &[&what]);
        let mut figure = Figure { title: title.clone(), ..Figure::default() };
        self.tell_of_lines(&mut figure, chosen, time);
        let has = |is: fn(&lines::Point) -> bool| series.iter().any(|series| series.points.iter().any(is));
        if has(|point| point.is_provisional) {
            figure.notes.push(language.say(words::PROVISIONAL).to_owned());
        }
        if has(|point| point.interval.is_some()) {
            figure.notes.push(language.say(words::estimates::INTERVAL_DRAWN).to_owned());
        }
        if has(|point| point.upper.is_some() && point.interval.is_none()) {
            figure.notes.push(language.say(words::UPPER).to_owned());
        }
        if has(|point| point.is_break) {
            figure.notes.push(language.say(words::BREAKS).to_owned());
        }
        let is_open = |key: &&u32| chosen.iter().any(|line| line.group.times.is_open(**key));
        let open: Vec<u32> = times.iter().rev().take(2).filter(is_open).copied().collect();
        figure.notes.extend(self.not_compared(time, &open));
        let description = figure.sentences.join(" ");
        figure.drawing = Some(Drawing { body, height, title, description });
        self.numbers_of_lines(&mut figure, chosen, &times, time);
        Some(figure)
    }

    /// The most that a value may become, where much of it is not decided yet.
    pub(super) fn upper(&self, row: usize) -> Option<f64> {
        let (value, open) = (self.cube.value(row)?, self.cube.undecided(row)?);
        (open > MUCH * (value + open)).then_some(value + open)
    }

    /// The last value of each line of which most is decided and its change, and what is not decided yet.
    fn tell_of_lines(&self, figure: &mut Figure, chosen: &[&Line<'_>], time: usize) {
        let (cube, names, language) = (&self.cube, &self.names, self.names.language);
        let code = |key: u32| names.code(&cube.dimensions[time], key);
        for line in chosen {
            let known: Vec<&(u32, usize)> = line
                .values
                .iter()
                .filter(|(_, row)| cube.value(*row).is_some() && self.upper(*row).is_none())
                .collect();
            let is_ripe = |value: &&(u32, usize)| !line.group.times.is_unripe(value.0);
            let last = known.iter().rposition(is_ripe).or(known.len().checked_sub(1));
            let Some(last) = last else { continue };
            let (key, row) = known[last];
            let before = last.checked_sub(1).map(|place| known[place]);
            let is_whole = before.is_some_and(|before| line.group.times.are_whole(before.0, *key));
            let (when, earlier) = (code(*key), before.map(|(key, _)| code(*key)));
            let before = before.filter(|_| is_whole && tells_change(chosen)).map(|(_, row)| cube.shown(*row));
            let times = (Some(when.as_str()), earlier.as_deref());
            let told = self.told_with_change(&cube.shown(*row), before.as_ref(), line.unit, times);
            let told = if chosen.len() > 1 { language.fill(words::OF, &[&line.name, &told]) } else { told };
            figure.sentences.push(told);
            let open =
                line.values.iter().rev().find(|(_, row)| cube.undecided(*row).is_some_and(|open| open > 0.0));
            if let Some((key, row)) = open {
                let open = language.number(cube.undecided(*row).unwrap_or_default(), 0);
                figure.sentences.push(language.fill(words::UNDECIDED, &[&open, &code(*key)]));
            }
        }
    }

    fn numbers_of_lines(&self, figure: &mut Figure, chosen: &[&Line<'_>], times: &[u32], time: usize) {
        let (cube, names, language) = (&self.cube, &self.names, self.names.language);
        let of = &cube.dimensions[time];
        figure.columns = vec![Heading::text(&of.name, &names.dimension(&of.name))];
        let is_open = |line: &&Line<'_>| {
            line.values.iter().any(|(_, row)| cube.undecided(*row).is_some_and(|open| open > 0.0))
        };
        let is_estimated = |line: &Line<'_>| line.values.iter().any(|(_, row)| cube.estimate(*row).is_some());
        for line in chosen {
            figure.columns.push(Heading::number(&line.name, &line.name));
            if tells_change(chosen) {
                let head =
                    |words, name| Heading::number(&format!("{} {name}", line.name), language.say(words));
                figure.columns.push(head(words::CHANGE, "change"));
                figure.columns.push(head(words::CHANGE_PERCENT, "change_percent"));
            }
            if is_open(line) {
                let undecided = names.named("column", "n_undecided");
                figure.columns.push(Heading::number(&format!("{} n_undecided", line.name), &undecided));
            }
            if is_estimated(line) {
                figure.columns.extend(ESTIMATED.map(|(name, words)| {
                    Heading::number(&format!("{} {name}", line.name), language.say(words))
                }));
            }
        }
        let first = times.len().saturating_sub(ROWS);
        for key in &times[first..] {
            let code = of.codes.word(*key).unwrap_or_default().to_owned();
            let mut cells = vec![Cell::Code(code, names.code(of, *key))];
            for line in chosen {
                let row = line.values.iter().find(|(known, _)| known == key).map(|(_, row)| *row);
                let now = row.map(|row| cube.shown(row)).unwrap_or_default();
                if tells_change(chosen) {
                    let known = line.values.iter().take_while(|(known, _)| known != key);
                    let known =
                        known.filter(|(_, row)| cube.value(*row).is_some() && self.upper(*row).is_none());
                    let before = known.last().filter(|(before, _)| line.group.times.are_whole(*before, *key));
                    let before = before.map(|(_, row)| cube.shown(*row));
                    let (absolute, percent) =
                        (change(before.as_ref(), &now), change_percent(before.as_ref(), &now));
                    cells.extend([Cell::Value(now), Cell::Change(absolute), Cell::Change(percent)]);
                } else {
                    cells.push(Cell::Value(now));
                }
                if is_open(line) {
                    let number = row.and_then(|row| cube.undecided(row));
                    cells.push(Cell::Value(Value { number, ..Value::default() }));
                }
                if is_estimated(line) {
                    let [lower, estimate, upper] = row.and_then(|row| cube.estimate(row)).unwrap_or_default();
                    cells.extend([estimate, lower, upper].map(|number| {
                        let status = number.map_or(String::new(), |_| "EP".to_owned());
                        Cell::Value(Value { number, status, ..Value::default() })
                    }));
                }
            }
            figure.rows.push(cells);
        }
        if first > 0 {
            let (shown, all) = ((times.len() - first).to_string(), times.len().to_string());
            figure.notes.push(language.fill(words::LAST_ROWS, &[&shown, &all]));
        }
    }
}

/// The columns of an estimate, in their order.
const ESTIMATED: [(&str, Words); 3] = [
    ("estimate", words::estimates::ESTIMATE),
    ("estimate_lower", words::estimates::AT_LEAST),
    ("estimate_upper", words::estimates::AT_MOST),
];

/// The lower end, the estimate and the upper end, where all are known.
fn interval(estimate: Option<[Option<f64>; 3]>) -> Option<[f64; 3]> {
    let [lower, estimate, upper] = estimate?;
    Some([lower?, estimate?, upper?])
}

/// Whether changes stand beside the values: of many lines they would make a table that nobody can read.
fn tells_change(chosen: &[&Line<'_>]) -> bool {
    chosen.len() <= 2
}

/// A year, month, quarter or day as a number of years.
fn position(code: &str) -> f64 {
    let mut parts = code.split('-');
    let year: f64 = parts.next().and_then(|year| year.parse().ok()).unwrap_or_default();
    let Some(rest) = parts.next() else { return year };
    let part = |text: &str| text.trim_start_matches(['Q', 'S']).parse::<f64>().unwrap_or(1.0) - 1.0;
    let months = match rest.as_bytes().first() {
        Some(b'Q') => 3.0 * part(rest),
        Some(b'S') => 6.0 * part(rest),
        _ => part(rest),
    };
    let days = parts.next().map_or(0.0, |day| day.parse::<f64>().unwrap_or(1.0) - 1.0);
    year + months / 12.0 + days / 372.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_grow() {
        let times =
            ["1999", "2000-01-02", "2000-02-01", "2000-Q2", "2000-05", "2000-S2", "2000-12-31", "2001"];
        let places: Vec<f64> = times.iter().map(|time| position(time)).collect();
        assert!(places.is_sorted_by(|one, other| one < other), "{places:?}");
    }
}
