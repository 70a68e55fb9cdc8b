//! The largest codes of a dimension, with what they were at the time before.

use super::telling::{NAMED, fallen, largest, risen};
use super::{BESIDE, Sketch, lower};
use crate::chart::{Drawing, bars};
use crate::figure::{Cell, Figure, Heading, Value};
use crate::panel::{Group, Panel, change, change_percent};
use crate::words;

/// Measures of records, of which a table has all codes.
const COUNTED: [&str; 3] = ["count", "emigration", "immigration"];

/// The rows of the last time and of the time before, and what is ranked in them.
pub(super) struct Moment<'a> {
    pub(super) group: &'a Group,
    pub(super) panel: &'a Panel,
    pub(super) dimension: usize,
    pub(super) rows: Vec<usize>,
    pub(super) rows_before: Vec<usize>,
    /// The two times in words, where there are such; none before that may be compared.
    pub(super) when: Option<String>,
    pub(super) earlier: Option<String>,
    /// Those of them that are not whole.
    open: Vec<u32>,
}

/// A code with its values.
pub(super) struct Ranked {
    pub(super) key: u32,
    pub(super) label: String,
    pub(super) now: Value,
    pub(super) before: Option<Value>,
}

impl Ranked {
    pub(super) fn change(&self) -> Option<f64> {
        change(self.before.as_ref(), &self.now).number
    }
}

impl Sketch<'_> {
    /// The largest codes at the last time; nothing where there are not two that can be compared.
    pub(super) fn ranking(&self, group: &Group, panel: &Panel, dimension: usize) -> Option<Figure> {
        let moment = self.moment(group, panel, dimension);
        let ranked = self.ordered(&moment);
        if ranked.iter().filter(|one| one.now.number.is_some()).count() < 2 {
            return None;
        }
        let leading = &ranked[..self.budget.codes.min(ranked.len())];
        let title = self.title_of(&moment);
        let figure = Figure {
            title: title.clone(),
            sentences: self.ranking_sentences(&moment, &ranked),
            notes: self.ranking_notes(&moment, leading, ranked.len()),
            drawing: Some(self.ranking_drawing(&moment, leading, title)),
            ..Figure::default()
        };
        Some(self.with_ranking_table(figure, &moment, &ranked))
    }

    fn moment<'g>(&self, group: &'g Group, panel: &'g Panel, dimension: usize) -> Moment<'g> {
        let (cube, time) = (&self.cube, group.time(&self.cube));
        let times = panel.times(cube, time);
        let latest = panel.latest(cube, group);
        let is_past = |key: &&u32| {
            latest.is_none_or(|latest| time.is_none_or(|time| !cube.is_later(time, **key, latest)))
        };
        // Of the last day there may be nothing but a total.
        let can_rank = |key: &&u32| self.can_rank(panel, time, **key, dimension);
        let now = times.iter().rev().filter(is_past).find(can_rank).copied().or(latest);
        let place = now.and_then(|now| times.iter().position(|time| *time == now));
        let before = place.and_then(|place| times.get(place.checked_sub(1)?)).copied();
        let open = now.into_iter().chain(before).filter(|key| group.times.is_open(*key)).collect();
        let before = before.filter(|before| now.is_some_and(|now| group.times.are_whole(*before, now)));
        let in_words =
            |key: Option<u32>| time.zip(key).map(|(time, key)| self.names.code(&cube.dimensions[time], key));
        Moment {
            group,
            panel,
            dimension,
            rows: panel.at(cube, time.filter(|_| now.is_some()), now.unwrap_or_default()),
            rows_before: before.map_or(Vec::new(), |before| panel.at(cube, time, before)),
            when: in_words(now),
            earlier: in_words(before),
            open,
        }
    }

    /// Whether two codes have a value at a time.
    fn can_rank(&self, panel: &Panel, time: Option<usize>, key: u32, dimension: usize) -> bool {
        let cube = &self.cube;
        let rows = panel.at(cube, time, key).into_iter().filter(|row| cube.value(*row).is_some());
        let codes = rows.map(|row| cube.key(row, dimension));
        codes
            .filter(|key| cube.dimensions[dimension].is_stated(*key) && !self.is_residual(dimension, *key))
            .count()
            > 1
    }

    fn title_of(&self, moment: &Moment<'_>) -> String {
        let dimension = self.names.dimension(&self.cube.dimensions[moment.dimension].name);
        let language = self.names.language;
        let what = language.fill(words::BY_DIMENSION, &[&self.what(moment.group), &lower(&dimension)]);
        let title = match &moment.when {
            Some(when) => language.fill(words::BY, &[&what, when]),
            None => what,
        };
        self.titled(title, moment.panel)
    }

    /// The codes that can be ranked, the largest first; what is hidden or missing comes last.
    fn ordered(&self, moment: &Moment<'_>) -> Vec<Ranked> {
        let (cube, dimension) = (&self.cube, moment.dimension);
        let of = &cube.dimensions[dimension];
        let is_ranked = |key: u32| of.is_stated(key) && !self.is_residual(dimension, key);
        let rows = moment.rows.iter().filter(|row| is_ranked(cube.key(**row, dimension)));
        let ranked = rows.map(|row| {
            let key = cube.key(*row, dimension);
            let before = cube.value_of(&moment.rows_before, dimension, key);
            Ranked { key, label: self.names.code(of, key), now: cube.shown(*row), before }
        });
        let mut ranked: Vec<Ranked> = ranked.collect();
        let order = |one: &Ranked| one.now.number.unwrap_or(f64::NEG_INFINITY);
        ranked.sort_by(|one, other| order(other).total_cmp(&order(one)).then(one.key.cmp(&other.key)));
        ranked
    }

    /// Whether a code is what is left over, which has no place among others.
    pub(super) fn is_residual(&self, dimension: usize, key: u32) -> bool {
        let of = &self.cube.dimensions[dimension];
        let code = of.codes.word(key).unwrap_or_default();
        code.starts_with('_')
            || of.list.as_ref().is_some_and(|list| self.names.release.is_residual(list, code))
    }

    fn ranking_notes(&self, moment: &Moment<'_>, leading: &[Ranked], all: usize) -> Vec<String> {
        let language = self.names.language;
        let mut notes = Vec::new();
        if all > leading.len() {
            notes.push(language.fill(words::LEADING, &[&leading.len().to_string(), &all.to_string()]));
        }
        if self.is_of_listed(moment) {
            notes.push(language.say(words::LISTED).to_owned());
        }
        let time = moment.group.time(&self.cube);
        notes.extend(time.and_then(|time| self.not_compared(time, &moment.open)));
        if leading.iter().any(|one| one.now.has('P')) {
            notes.push(language.say(words::PROVISIONAL).to_owned());
        }
        notes
    }

    /// Whether codes that are not listed may be larger than those that are: the table says so of its ranks, or knows no total.
    pub(super) fn is_of_listed(&self, moment: &Moment<'_>) -> bool {
        let cube = &self.cube;
        let shares = self.beside(moment, "share");
        let whole: f64 = shares.iter().filter_map(|row| cube.value(*row)).sum();
        let is_all = (whole - 100.0).abs() < 0.1;
        let measure = cube.indicator.word(moment.group.indicator).unwrap_or_default();
        // What was counted from records was counted for all codes.
        let is_counted = COUNTED.contains(&measure)
            || moment.rows.iter().any(|row| cube.parameters.text(*row).is_some_and(|text| !text.is_empty()));
        match moment
            .group
            .beside(&self.groups, cube, "rank")
            .filter(|_| self.is_along("rank", moment.dimension))
        {
            Some(ranks) => moment.panel.slice(cube, ranks).iter().any(|row| cube.status(*row).contains('D')),
            None => !is_all && !is_counted && !moment.group.has_total(cube, moment.dimension),
        }
    }

    fn ranking_drawing(&self, moment: &Moment<'_>, leading: &[Ranked], title: String) -> Drawing {
        let language = self.names.language;
        let bar = |one: &Ranked| bars::Bar {
            label: one.label.clone(),
            shown: one.now.shown(language),
            value: one.now.number,
            before: one.before.as_ref().and_then(|before| before.number),
            is_hollow: one.now.has('P'),
        };
        let bars: Vec<bars::Bar> = leading.iter().map(bar).collect();
        let earlier = moment.earlier.as_ref().filter(|_| bars.iter().any(|bar| bar.before.is_some()));
        let mark = earlier.map(|earlier| language.fill(words::BEFORE, &[earlier]));
        let (body, height) = bars::draw(&bars, mark.as_deref());
        let first = bars.iter().take(5).enumerate();
        let first: Vec<String> =
            first.map(|(place, bar)| format!("{} {} {}", place + 1, bar.label, bar.shown)).collect();
        Drawing { body, height, title, description: first.join("; ") }
    }

    /// The numbers: those that are drawn, those that sentences speak of, the rest and the total.
    fn with_ranking_table(&self, mut figure: Figure, moment: &Moment<'_>, ranked: &[Ranked]) -> Figure {
        let (cube, names, language) = (&self.cube, &self.names, self.names.language);
        let of = &cube.dimensions[moment.dimension];
        let value = moment.when.clone().unwrap_or_else(|| self.what(moment.group));
        figure.columns =
            vec![Heading::text(&of.name, &names.dimension(&of.name)), Heading::number("value", &value)];
        if let Some(earlier) = &moment.earlier {
            figure.columns.push(Heading::number("before", earlier));
            figure.columns.push(Heading::number("change", language.say(words::CHANGE)));
            figure.columns.push(Heading::number("change_percent", language.say(words::CHANGE_PERCENT)));
        }
        let beside: Vec<Vec<usize>> = BESIDE.map(|name| self.beside(moment, name)).into();
        for (name, rows) in BESIDE.into_iter().zip(&beside).filter(|(_, rows)| !rows.is_empty()) {
            let unit = names.unit(cube.unit(rows[0]));
            let shown = if name == "share" {
                let base = cube.base(rows[0]).map(|base| language.number(base, 0));
                let of = base.map_or(unit.clone(), |base| language.fill(words::UNIT_OF, &[&unit, &base]));
                format!("{} ({of})", names.indicator(name))
            } else {
                names.indicator(name)
            };
            figure.columns.push(Heading::number(name, &shown));
        }
        for key in self.keys_of_table(moment, ranked) {
            let now = cube.value_of(&moment.rows, moment.dimension, key).unwrap_or_default();
            let code = of.codes.word(key).unwrap_or_default().to_owned();
            let mut cells = vec![Cell::Code(code, names.code(of, key)), Cell::Value(now.clone())];
            if moment.earlier.is_some() {
                let before = cube.value_of(&moment.rows_before, moment.dimension, key);
                cells.push(Cell::Value(before.clone().unwrap_or_default()));
                cells.push(Cell::Change(change(before.as_ref(), &now)));
                cells.push(Cell::Change(change_percent(before.as_ref(), &now)));
            }
            for rows in beside.iter().filter(|rows| !rows.is_empty()) {
                cells.push(Cell::Value(cube.value_of(rows, moment.dimension, key).unwrap_or_default()));
            }
            figure.rows.push(cells);
        }
        figure
    }

    fn keys_of_table(&self, moment: &Moment<'_>, ranked: &[Ranked]) -> Vec<u32> {
        let of = &self.cube.dimensions[moment.dimension];
        let mut keys: Vec<u32> = ranked.iter().take(self.budget.codes).map(|one| one.key).collect();
        let told = [largest(ranked), risen(ranked), fallen(ranked)];
        let moves = told.iter().flat_map(|told| told.iter().take(NAMED)).map(|one| one.key);
        for key in moves {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let rest = moment.rows.iter().map(|row| self.cube.key(*row, moment.dimension));
        let is_rest = |key: &u32| !of.is_stated(*key) || self.is_residual(moment.dimension, *key);
        keys.extend(rest.filter(is_rest).filter(|key| of.codes.word(*key).is_some()));
        keys
    }

    /// The rows of an indicator about the same time, where it is taken along the dimension that is ranked and no other.
    pub(super) fn beside(&self, moment: &Moment<'_>, indicator: &str) -> Vec<usize> {
        let cube = &self.cube;
        if !self.is_along(indicator, moment.dimension) {
            return Vec::new();
        }
        let Some(group) = moment.group.beside(&self.groups, cube, indicator) else { return Vec::new() };
        let time = moment.group.time(cube);
        let at = |row: usize| time.map(|time| cube.key(row, time));
        let now = moment.rows.first().map(|row| at(*row));
        moment.panel.slice(cube, group).into_iter().filter(|row| Some(at(*row)) == now).collect()
    }
}
