//! Ages: a pyramid where both sexes are there, else a profile.

use super::Sketch;
use crate::chart::{Drawing, pyramid};
use crate::columns::NONE;
use crate::cube::Kind;
use crate::figure::{Cell, Figure, Heading, Value};
use crate::panel::{Group, Panel};
use crate::words;

/// Fewer ages make no pyramid.
const FEWEST: usize = 4;

impl Sketch<'_> {
    /// A pyramid or a profile for each slice.
    pub(super) fn pyramids(&self) -> Vec<Figure> {
        let cube = &self.cube;
        let Some(ages) = cube.of_kind(Kind::Age).next() else { return Vec::new() };
        let panels = self.measures().flat_map(|group| {
            let sex = self.sexes(group);
            let shown: Vec<usize> = group.time(cube).into_iter().chain([ages]).chain(sex).collect();
            group.panels(cube, &shown, &self.names).into_iter().map(move |panel| (group, panel))
        });
        self.drawn(panels.collect(), |group, panel| self.pyramid(group, panel, ages, self.sexes(group)))
    }

    /// The dimension of the sexes, where a group has both.
    pub(super) fn sexes(&self, group: &Group) -> Option<usize> {
        let cube = &self.cube;
        cube.of_kind(Kind::Sex).next().filter(|sex| {
            let stated = group.stated(cube, *sex);
            let has =
                |code: &&str| cube.dimensions[*sex].codes.key(code).is_some_and(|key| stated.contains(&key));
            ["M", "F"].iter().all(has)
        })
    }

    fn pyramid(&self, group: &Group, panel: &Panel, ages: usize, sex: Option<usize>) -> Option<Figure> {
        let (cube, names) = (&self.cube, &self.names);
        let time = group.time(cube);
        let total = self.total_of_times(panel, time);
        let now = total.or_else(|| panel.latest(cube, group));
        let rows = panel.at(cube, time.filter(|_| now.is_some()), now.unwrap_or_default());
        let of = &cube.dimensions[ages];
        let mut keys: Vec<u32> =
            cube.codes(&rows, ages).into_iter().filter(|key| of.is_stated(*key)).collect();
        keys.sort_by_key(|key| of.codes.word(*key).map(begin));
        if keys.len() < FEWEST {
            return None;
        }
        let sexes: Vec<u32> = match sex {
            Some(sex) => ["M", "F"].iter().filter_map(|code| cube.dimensions[sex].codes.key(code)).collect(),
            None => vec![NONE],
        };
        let values = cube.by(&rows, ages, sex);
        let value =
            |age: u32, sex: u32| values.get(&(age, sex)).map(|row| cube.shown(*row)).unwrap_or_default();
        let heads: Vec<String> = match sex {
            Some(sex) => sexes.iter().map(|key| names.code(&cube.dimensions[sex], *key)).collect(),
            None => vec![self.what(group)],
        };
        let age = |age: &u32| pyramid::Age {
            label: names.code(of, *age),
            counts: sexes.iter().map(|sex| value(*age, *sex).number).collect(),
        };
        let drawn: Vec<pyramid::Age> = keys.iter().map(age).collect();
        if drawn.iter().all(|age| age.counts.iter().all(Option::is_none)) {
            return None;
        }
        let title = self.title_of_ages(group, panel, sex.is_some(), now.map(|now| (now, total)));
        let mut figure = self.drawn_ages(title, &drawn, &heads);
        figure.columns = vec![Heading::text(&of.name, &names.dimension(&of.name))];
        let has_two = heads.len() == 2;
        let head =
            |(head, code): (&String, &str)| Heading::number(if has_two { code } else { "value" }, head);
        figure.columns.extend(heads.iter().zip(["M", "F"]).map(head));
        let row = |age: &u32| {
            let code = of.codes.word(*age).unwrap_or_default().to_owned();
            let values = sexes.iter().map(|sex| Cell::Value(value(*age, *sex)));
            [Cell::Code(code, names.code(of, *age))].into_iter().chain(values).collect()
        };
        figure.rows = keys.iter().map(row).collect();
        Some(figure)
    }

    /// The key of all times together, where rows are about them: of persons who are counted once each.
    fn total_of_times(&self, panel: &Panel, time: Option<usize>) -> Option<u32> {
        let (cube, time) = (&self.cube, time?);
        let total = cube.dimensions[time].total?;
        panel.rows.iter().any(|row| cube.key(*row, time) == total).then_some(total)
    }

    /// The title of a pyramid or a profile at a time, which may be the total of all.
    fn title_of_ages(
        &self,
        group: &Group,
        panel: &Panel,
        has_sexes: bool,
        at: Option<(u32, Option<u32>)>,
    ) -> String {
        let language = self.names.language;
        let words = if has_sexes { words::BY_AGE_AND_SEX } else { words::BY_AGE };
        let what = language.fill(words, &[&self.what(group)]);
        let time = group.time(&self.cube);
        let when = match at.zip(time) {
            Some(((now, total), _)) if Some(now) == total => self.all_times(panel, time),
            Some(((now, _), time)) => Some(self.names.code(&self.cube.dimensions[time], now)),
            None => None,
        };
        let title = when.map_or(what.clone(), |when| language.fill(words::BY, &[&what, &when]));
        self.titled(title, panel)
    }

    /// The figure without its numbers.
    fn drawn_ages(&self, title: String, ages: &[pyramid::Age], heads: &[String]) -> Figure {
        let two = match heads {
            [men, women] => Some([men.as_str(), women.as_str()]),
            _ => None,
        };
        let (body, height) = pyramid::draw(ages, two, self.names.language);
        let description = self.peak(ages, heads);
        let drawing = Some(Drawing { body, height, title: title.clone(), description });
        Figure { title, drawing, ..Figure::default() }
    }

    /// The first and the last of the times that a total is over.
    fn all_times(&self, panel: &Panel, time: Option<usize>) -> Option<String> {
        let times = panel.times(&self.cube, time);
        let of = &self.cube.dimensions[time?];
        let (first, last) = (self.names.code(of, *times.first()?), self.names.code(of, *times.last()?));
        Some(if first == last { first } else { format!("{first}\u{2013}{last}") })
    }

    /// The age at which each sex has most.
    fn peak(&self, ages: &[pyramid::Age], heads: &[String]) -> String {
        let language = self.names.language;
        let most = |side: usize| {
            let counted = ages.iter().filter_map(|age| Some((age, age.counts.get(side).copied().flatten()?)));
            counted.max_by(|one, other| one.1.total_cmp(&other.1))
        };
        let told = heads.iter().enumerate().filter_map(|(side, head)| {
            let (age, count) = most(side)?;
            Some(language.fill(
                words::MOST_AT,
                &[head, &age.label, &Value { number: Some(count), ..Value::default() }.shown(language)],
            ))
        });
        told.collect::<Vec<_>>().join("; ")
    }
}

/// The first age that a code names: `00-04`, `85+`, `Y_GE85`; `<5` comes before all others.
fn begin(code: &str) -> (u32, String) {
    let is_open_below = code.starts_with('<') || code.contains("LT") || code.contains("LE");
    let digits = code.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit);
    let number: String = digits.collect();
    let from = if is_open_below {
        0
    } else {
        number.parse().map_or(u32::MAX, |number: u32| number.saturating_add(1))
    };
    (from, code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_in_the_order_of_life() {
        let mut ages = ["85+", "10-14", "5-9", "<5", "Y_GE90", "not an age"];
        ages.sort_by_key(|age| begin(age));
        assert_eq!(ages, ["<5", "5-9", "10-14", "85+", "Y_GE90", "not an age"]);
    }
}
