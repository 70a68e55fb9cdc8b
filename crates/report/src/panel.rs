//! Slices of a table: one for each combination of codes over which nothing can be added up, all else at its total.

use std::collections::{BTreeMap, HashMap};

use denizen_spec::columns as names;

use crate::columns::NONE;
use crate::cube::{Choice, Cube, Kind};
use crate::figure::Value;
use crate::names::Names;
use crate::survey::{GroupKey, Keys, Profile};
use crate::whole::Times;

/// The rows of one concept, rule and indicator.
pub(crate) struct Group {
    pub(crate) concept: u32,
    pub(crate) rule: u32,
    pub(crate) indicator: u32,
    /// Those that are held.
    rows: Vec<usize>,
    pub(crate) times: Times,
    /// What is known of all of them.
    profile: Profile,
}

/// A slice of a group in which only some dimensions are left.
pub(crate) struct Panel {
    /// What it is called beside others of its concept: its rule where there are several, and the codes that it is about.
    pub(crate) name: String,
    pub(crate) rows: Vec<usize>,
    choice: Choice,
}

/// More combinations than this are not looked at: no page can show them.
const MOST: usize = 400;

/// The rows of a group that some figure may show: of each dimension the codes that they have; none where it does not matter.
pub(crate) struct Slice {
    codes: Vec<Option<Vec<bool>>>,
}

impl Slice {
    /// Whether it holds a row of a chunk.
    pub(crate) fn holds(&self, keys: &Keys, row: usize) -> bool {
        let fits = |(codes, keys): (&Option<Vec<bool>>, &Vec<u32>)| {
            codes.as_ref().is_none_or(|codes| codes.get(keys[row] as usize) == Some(&true))
        };
        self.codes.iter().zip(&keys.dimensions).all(fits)
    }
}

/// The groups of a table, in its order, without rows.
pub(crate) fn groups(cube: &Cube, profiles: BTreeMap<GroupKey, Profile>) -> Vec<Group> {
    let group = |((concept, rule, indicator), profile): (GroupKey, Profile)| {
        let times = Times::of(cube, indicator, &profile);
        Group { concept, rule, indicator, rows: Vec::new(), times, profile }
    };
    profiles.into_iter().map(group).collect()
}

/// Gives groups their rows, as far as these are held.
pub(crate) fn give_rows(groups: &mut [Group], cube: &Cube) {
    let mut rows = cube.groups();
    for group in groups {
        group.rows = rows.remove(&group.key()).unwrap_or_default();
    }
}

impl Group {
    pub(crate) fn key(&self) -> GroupKey {
        (self.concept, self.rule, self.indicator)
    }

    /// The codes of a dimension in its rows that are neither the total nor *not stated*.
    pub(crate) fn stated(&self, cube: &Cube, dimension: usize) -> Vec<u32> {
        let codes = self.profile.codes(dimension).iter().copied();
        codes.filter(|key| cube.dimensions[dimension].is_stated(*key)).collect()
    }

    /// Whether some of its rows are totals over a dimension.
    pub(crate) fn has_total(&self, cube: &Cube, dimension: usize) -> bool {
        let total = cube.dimensions[dimension].total;
        total.is_some_and(|total| self.profile.has(dimension, total))
    }

    /// The dimension of time: the first that there is.
    pub(crate) fn time(&self, cube: &Cube) -> Option<usize> {
        cube.of_kind(Kind::Time).next()
    }

    /// Whether each time has one code of a dimension only, such as the day of the report about it.
    fn follows_time(&self, cube: &Cube, dimension: usize) -> bool {
        let time = self.time(cube).filter(|time| *time != dimension);
        time.is_some_and(|time| self.profile.follows(time, dimension))
    }

    /// The rows of all panels that are left when some dimensions are shown; nothing where there are too many.
    pub(crate) fn slice(&self, cube: &Cube, shown: &[usize]) -> Option<Slice> {
        let (mut codes, mut panels) = (vec![None; cube.dimensions.len()], 1);
        for dimension in (0..cube.dimensions.len()).filter(|dimension| !shown.contains(dimension)) {
            let chosen = self.codes_to_choose(cube, dimension);
            if chosen.is_empty() {
                continue;
            }
            panels *= chosen.len();
            if panels > MOST {
                return None;
            }
            let mut is_chosen = vec![false; cube.dimensions[dimension].codes.words.len()];
            chosen.iter().for_each(|key| is_chosen[*key as usize] = true);
            codes[dimension] = Some(is_chosen);
        }
        Some(Slice { codes })
    }

    /// What is left when some dimensions are shown: all others stand at their total, or there is a panel for each of their codes.
    pub(crate) fn panels(&self, cube: &Cube, shown: &[usize], names: &Names<'_>) -> Vec<Panel> {
        let mut choices: Vec<Choice> = vec![Vec::new()];
        for dimension in (0..cube.dimensions.len()).filter(|dimension| !shown.contains(dimension)) {
            let codes = self.codes_to_choose(cube, dimension);
            if codes.is_empty() {
                continue;
            }
            if choices.len() * codes.len() > MOST {
                return Vec::new();
            }
            let with =
                |choice: &Choice, code: u32| choice.iter().copied().chain([(dimension, code)]).collect();
            choices =
                choices.iter().flat_map(|choice| codes.iter().map(move |code| with(choice, *code))).collect();
        }
        let mut by_choice: HashMap<Choice, Vec<usize>> = HashMap::new();
        let chosen: Vec<usize> = choices.iter().take(1).flatten().map(|(dimension, _)| *dimension).collect();
        for row in &self.rows {
            let choice = chosen.iter().map(|dimension| (*dimension, cube.key(*row, *dimension)));
            by_choice.entry(choice.collect()).or_default().push(*row);
        }
        let panel = |choice: Choice| {
            let rows = by_choice.remove(&choice)?;
            Some(Panel { name: self.name(cube, &choice, names), rows, choice })
        };
        choices.into_iter().filter_map(panel).collect()
    }

    /// The codes of a dimension that is not shown: its total; where there is none, each of its codes; where there is one code
    /// beside the total, both. Nothing where there is nothing to choose.
    fn codes_to_choose(&self, cube: &Cube, dimension: usize) -> Vec<u32> {
        let stated = self.stated(cube, dimension);
        let total = cube.dimensions[dimension].total.filter(|_| self.has_total(cube, dimension));
        match (total, stated.len()) {
            (Some(total), 1) if cube.dimensions[dimension].kind != Kind::Time => vec![total, stated[0]],
            (Some(total), _) => vec![total],
            (None, 0 | 1) => Vec::new(),
            (None, _) if self.follows_time(cube, dimension) => Vec::new(),
            (None, _) => stated,
        }
    }

    fn name(&self, cube: &Cube, choice: &Choice, names: &Names<'_>) -> String {
        let mut parts: Vec<String> = names.rule(cube, self.concept, self.rule).into_iter().collect();
        for (dimension, key) in choice {
            let is_plain =
                cube.dimensions[*dimension].total == Some(*key) && self.stated(cube, *dimension).len() != 1;
            if !is_plain {
                parts.push(names.code(&cube.dimensions[*dimension], *key));
            }
        }
        parts.retain(|part| !part.is_empty());
        parts.join(", ")
    }

    /// The rows of another indicator that are about what a panel of this one is about.
    pub(crate) fn beside<'a>(&self, groups: &'a [Group], cube: &Cube, indicator: &str) -> Option<&'a Group> {
        let key = cube.indicator.key(indicator)?;
        groups
            .iter()
            .find(|group| (group.concept, group.rule, group.indicator) == (self.concept, self.rule, key))
    }
}

impl Panel {
    /// The same slice of other rows.
    pub(crate) fn slice(&self, cube: &Cube, group: &Group) -> Vec<usize> {
        cube.chosen(&group.rows, &self.choice)
    }

    /// The times that it is about, the earliest first.
    pub(crate) fn times(&self, cube: &Cube, time: Option<usize>) -> Vec<u32> {
        time.map_or(Vec::new(), |time| cube.times(&self.rows, time))
    }

    /// The last time that is over and of which the rule has decided about everybody, or else the last one: of a year that is hardly
    /// decided, an order of codes says nothing.
    pub(crate) fn latest(&self, cube: &Cube, group: &Group) -> Option<u32> {
        let time = group.time(cube)?;
        let times = self.times(cube, Some(time));
        let is_open = |key: &u32| {
            let rows = self.rows.iter().filter(|row| cube.key(**row, time) == *key);
            rows.into_iter()
                .any(|row| cube.undecided(*row).unwrap_or(0.0) > 0.0 && cube.status(*row).contains('P'))
        };
        times
            .iter()
            .rev()
            .find(|key| !group.times.is_unripe(**key) && !is_open(key))
            .or(times.last())
            .copied()
    }

    /// Its rows of one time; all of them where there is no time.
    pub(crate) fn at(&self, cube: &Cube, time: Option<usize>, key: u32) -> Vec<usize> {
        match time {
            Some(time) => self.rows.iter().copied().filter(|row| cube.key(*row, time) == key).collect(),
            None => self.rows.clone(),
        }
    }
}

impl Cube {
    /// The value of a row as it is shown.
    pub(crate) fn shown(&self, row: usize) -> Value {
        Value { number: self.value(row), decimals: self.decimals(row), status: self.status(row).to_owned() }
    }

    /// The value of the row with a code, among some rows.
    pub(crate) fn value_of(&self, rows: &[usize], dimension: usize, key: u32) -> Option<Value> {
        rows.iter().find(|row| self.key(**row, dimension) == key).map(|row| self.shown(*row))
    }

    /// The key of *not stated* in a dimension.
    pub(crate) fn not_stated_key(&self, dimension: usize) -> u32 {
        self.dimensions[dimension].codes.key(names::NOT_STATED).unwrap_or(NONE)
    }
}

/// How much a value has changed, where the two may be compared: nothing of which there is something to be known.
pub(crate) fn change(before: Option<&Value>, now: &Value) -> Value {
    let none = Value { decimals: now.decimals, ..Value::default() };
    let Some(before) = before else { return none };
    if [before, now].iter().any(|value| !value.flag().is_empty()) {
        return none;
    }
    Value { number: now.number.zip(before.number).map(|(now, before)| now - before), ..none }
}

/// The same in per cent of the earlier value, where that is large enough for it to mean anything.
pub(crate) fn change_percent(before: Option<&Value>, now: &Value) -> Value {
    let change = change(before, now);
    let base = before.and_then(|before| before.number).filter(|base| *base >= SMALLEST_BASE);
    let number = change.number.zip(base).map(|(change, base)| 100.0 * change / base);
    Value { number, decimals: 1, status: String::new() }
}

/// A change from fewer than this says nothing in per cent.
const SMALLEST_BASE: f64 = 50.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_compared_has_no_change() {
        let value = |number: f64, status: &str| Value {
            number: Some(number),
            decimals: 0,
            status: status.to_owned(),
        };
        let table = [
            (value(100.0, "A"), value(120.0, "A"), Some(20.0), Some(20.0)),
            (value(40.0, "A"), value(60.0, "A"), Some(20.0), None),
            (value(100.0, "A"), value(120.0, "B"), None, None),
            (value(100.0, "B"), value(120.0, "A"), None, None),
            (value(100.0, "E"), value(120.0, "E"), None, None),
            (value(100.0, "A"), value(120.0, "P"), None, None),
            (value(100.0, "P"), value(120.0, "P"), None, None),
            (Value { status: "Q".to_owned(), ..Value::default() }, value(120.0, "A"), None, None),
        ];
        for (before, now, absolute, percent) in table {
            assert_eq!(change(Some(&before), &now).number, absolute);
            assert_eq!(change_percent(Some(&before), &now).number, percent);
        }
        assert_eq!(change(None, &value(1.0, "A")).number, None);
    }
}
