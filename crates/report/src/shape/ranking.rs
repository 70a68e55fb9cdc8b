//! The largest codes of a dimension, with what they were at the time before.

use super::{Sketch, lower};
use crate::chart::{Drawing, bars};
use crate::figure::{Cell, Figure, Heading, Value};
use crate::panel::{Group, Panel, change, change_percent};
use crate::words;

/// The rows of the last time and of the time before, and what is ranked in them.
struct Moment<'a> {
    group: &'a Group,
    panel: &'a Panel,
    dimension: usize,
    rows: Vec<usize>,
    rows_before: Vec<usize>,
    /// The two times in words, where there are such.
    when: Option<String>,
    earlier: Option<String>,
}

/// A code with its values.
struct Ranked {
    key: u32,
    label: String,
    now: Value,
    before: Option<Value>,
}

impl Ranked {
    fn change(&self) -> Option<f64> {
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
        let now = panel.latest(cube, time);
        let times = panel.times(cube, time);
        let place = now.and_then(|now| times.iter().position(|time| *time == now));
        let before = place.and_then(|place| times.get(place.checked_sub(1)?)).copied();
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
        }
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
        if leading.iter().any(|one| one.now.has('P')) {
            notes.push(language.say(words::PROVISIONAL).to_owned());
        }
        notes
    }

    /// Whether codes that are not listed may be larger than those that are: the table says so of its ranks, or knows no total.
    fn is_of_listed(&self, moment: &Moment<'_>) -> bool {
        let cube = &self.cube;
        match moment.group.beside(&self.groups, cube, "rank") {
            Some(ranks) => moment.panel.slice(cube, ranks).iter().any(|row| cube.status(*row).contains('D')),
            None => !moment.group.has_total(cube, moment.dimension),
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
        let beside: Vec<Vec<usize>> = ["share", "rank"].map(|name| self.beside(moment, name)).into();
        for (name, rows) in ["share", "rank"].into_iter().zip(&beside).filter(|(_, rows)| !rows.is_empty()) {
            let unit = names.unit(cube.unit(rows[0]));
            let shown = if name == "share" {
                format!("{} ({unit})", names.indicator(name))
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
        let moves = [rise(ranked), fall(ranked)].into_iter().flatten().map(|one| one.key);
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

    /// The rows of an indicator about the same time.
    fn beside(&self, moment: &Moment<'_>, indicator: &str) -> Vec<usize> {
        let cube = &self.cube;
        let Some(group) = moment.group.beside(&self.groups, cube, indicator) else { return Vec::new() };
        let time = moment.group.time(cube);
        let at = |row: usize| time.map(|time| cube.key(row, time));
        let now = moment.rows.first().map(|row| at(*row));
        moment.panel.slice(cube, group).into_iter().filter(|row| Some(at(*row)) == now).collect()
    }

    /// The largest, the total and its change, the biggest rise and fall, what is not stated.
    fn ranking_sentences(&self, moment: &Moment<'_>, ranked: &[Ranked]) -> Vec<String> {
        let (cube, language, dimension) = (&self.cube, self.names.language, moment.dimension);
        let unit = moment.rows.first().map_or(String::new(), |row| self.names.unit(cube.unit(*row)));
        let mut sentences = Vec::new();
        if let Some(first) = ranked.first() {
            let share = cube.value_of(&self.beside(moment, "share"), dimension, first.key);
            let share = share.filter(|share| share.number.is_some());
            let share = share.map_or(String::new(), |share| {
                language.fill(words::SHARE_OF_TOTAL, &[&share.shown(language)])
            });
            sentences.push(
                language.fill(words::LARGEST, &[&first.label, &first.now.with_unit(&unit, language), &share]),
            );
        }
        let total = cube.dimensions[dimension].total;
        let now = total.and_then(|total| cube.value_of(&moment.rows, dimension, total));
        if let Some(now) = now.filter(|now| now.number.is_some()) {
            let before = total.and_then(|total| cube.value_of(&moment.rows_before, dimension, total));
            let when = moment.when.as_ref().map(|when| language.fill(words::TOTAL_AT, &[when]));
            let times = (when.as_deref(), moment.earlier.as_deref());
            sentences.push(self.told_with_change(&now, before.as_ref(), &unit, times));
        }
        if let Some(earlier) = &moment.earlier {
            let say = |words, one: &Ranked| {
                let change = language.signed(one.change().unwrap_or_default(), one.now.decimals);
                language.fill(words, &[earlier, &one.label, &change])
            };
            sentences.extend(rise(ranked).map(|one| say(words::RISE, one)));
            sentences.extend(fall(ranked).map(|one| say(words::FALL, one)));
        }
        let not_stated = cube.value_of(&moment.rows, dimension, cube.not_stated_key(dimension));
        if let Some(value) = not_stated.filter(|value| value.number.is_some()) {
            sentences.push(language.fill(words::STATED_NOT, &[&value.with_unit(&unit, language)]));
        }
        sentences
    }

    /// A value and how it has changed. `times` are its time and the one before.
    pub(super) fn told_with_change(
        &self,
        now: &Value,
        before: Option<&Value>,
        unit: &str,
        times: (Option<&str>, Option<&str>),
    ) -> String {
        let language = self.names.language;
        let (Some(when), earlier) = times else {
            return language.fill(words::TOTAL_ALONE, &[&now.with_unit(unit, language)]);
        };
        let (absolute, percent) = (change(before, now), change_percent(before, now));
        let changed = earlier.zip(absolute.number).map_or(String::new(), |(earlier, number)| {
            let percent = percent
                .number
                .map_or(String::new(), |percent| format!(" ({} %)", language.signed(percent, 1)));
            let change = format!("{}{percent}", language.signed(number, now.decimals));
            language.fill(words::CHANGED, &[&change, earlier])
        });
        language.fill(words::AT_TIME, &[&now.with_unit(unit, language), when, &changed])
    }
}

/// The code that has grown most.
fn rise(ranked: &[Ranked]) -> Option<&Ranked> {
    let most = ranked.iter().filter(|one| one.change().is_some());
    let order = |one: &&Ranked| one.change().unwrap_or_default();
    most.max_by(|one, other| order(one).total_cmp(&order(other))).filter(|one| order(one) > 0.0)
}

/// The code that has lost most.
fn fall(ranked: &[Ranked]) -> Option<&Ranked> {
    let most = ranked.iter().filter(|one| one.change().is_some());
    let order = |one: &&Ranked| one.change().unwrap_or_default();
    most.min_by(|one, other| order(one).total_cmp(&order(other))).filter(|one| order(one) < 0.0)
}
