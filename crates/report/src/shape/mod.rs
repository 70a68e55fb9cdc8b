//! Which charts a table gets follows from its shape: codes are ranked, what adds up to a total is shown in per cent of it, ages
//! become a pyramid, times become lines; an account and what has no shape is a table.

mod account;
mod ages;
mod composition;
mod listing;
mod ranking;
mod series;
mod telling;

use std::collections::HashMap;

use denizen_spec::Diagnostic;

use crate::cube::{Cube, Kind};
use crate::figure::Figure;
use crate::names::Names;
use crate::panel::{Group, Panel, Slice, give_rows, groups};
use crate::release::Resource;
use crate::survey::{GroupKey, Keys};
use crate::words;

/// Indicators that are shown beside the codes that they are about, and not by themselves.
const BESIDE: [&str; 2] = ["share", "rank"];

/// What is shown of a table.
pub(crate) struct Section {
    /// Its name.
    pub(crate) name: String,
    pub(crate) title: String,
    /// Its file in the release.
    pub(crate) path: String,
    /// What is to be known of all of it.
    pub(crate) notes: Vec<String>,
    pub(crate) figures: Vec<Figure>,
}

/// How much is shown of each table, so that a page stays small however many tables there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// Dimensions of codes that are ranked.
    pub(crate) dimensions: usize,
    /// Codes that are ranked.
    pub(crate) codes: usize,
    /// Slices of a table that are drawn in the same way.
    pub(crate) panels: usize,
    /// Times whose composition is shown.
    pub(crate) times: usize,
    /// Rows of tables without a chart.
    pub(crate) rows: usize,
}

/// A table and what its figures are made with.
pub(crate) struct Sketch<'a> {
    resource: Resource,
    pub(crate) cube: Cube,
    pub(crate) names: Names<'a>,
    groups: Vec<Group>,
    budget: Budget,
}

impl<'a> Sketch<'a> {
    /// Reads a table.
    ///
    /// # Errors
    ///
    /// When its file cannot be read.
    pub(crate) fn read(names: Names<'a>, resource: &Resource, budget: Budget) -> Result<Self, Diagnostic> {
        let mut sketch = Self::surveyed(names, resource, budget)?;
        let slices = sketch.slices();
        sketch.hold(&|keys: &Keys, row: usize| {
            let slices = slices.get(&keys.group(row));
            slices.is_some_and(|slices| slices.iter().any(|slice| slice.holds(keys, row)))
        })?;
        Ok(sketch)
    }

    /// A table of which no row is held yet.
    fn surveyed(names: Names<'a>, resource: &Resource, budget: Budget) -> Result<Self, Diagnostic> {
        let (cube, profiles) = Cube::survey(names.release, resource)?;
        let groups = groups(&cube, profiles);
        Ok(Self { resource: resource.clone(), cube, names, groups, budget })
    }

    /// Holds the first rows, and those of which `is_kept` says so.
    fn hold(&mut self, is_kept: &dyn Fn(&Keys, usize) -> bool) -> Result<(), Diagnostic> {
        self.cube.hold(self.names.release, &self.resource, self.budget.rows, is_kept)?;
        give_rows(&mut self.groups, &self.cube);
        Ok(())
    }

    /// The rows that figures may show, by group: within the budget with which the table is read and all that are smaller.
    fn slices(&self) -> HashMap<GroupKey, Vec<Slice>> {
        let mut slices: HashMap<GroupKey, Vec<Slice>> = HashMap::new();
        for group in &self.groups {
            // What stands beside codes is about the same rows as the measure.
            let name = self.cube.indicator.word(group.indicator).unwrap_or_default();
            let of = if BESIDE.contains(&name) { self.measures_beside(group) } else { vec![group] };
            let found = of.into_iter().flat_map(|group| self.slices_of(group)).collect();
            slices.insert(group.key(), found);
        }
        slices
    }

    /// The groups of what was counted of the concept and by the rule of another group.
    fn measures_beside(&self, other: &Group) -> Vec<&Group> {
        self.measures().filter(|group| (group.concept, group.rule) == (other.concept, other.rule)).collect()
    }

    fn slices_of(&self, group: &Group) -> Vec<Slice> {
        let cube = &self.cube;
        let with_time = |shown: &[usize]| group.time(cube).into_iter().chain(shown.iter().copied()).collect();
        let mut shown: Vec<Vec<usize>> = vec![with_time(&[])];
        if cube.is_measure(group.indicator) {
            shown.extend(self.ranked(group).into_iter().map(|dimension| with_time(&[dimension])));
            let ages = cube.of_kind(Kind::Age).next();
            shown.extend(
                ages.map(|ages| with_time(&[ages].into_iter().chain(self.sexes(group)).collect::<Vec<_>>())),
            );
        }
        shown.iter().filter_map(|shown| group.slice(cube, shown)).collect()
    }

    /// What is shown of it, within a budget.
    pub(crate) fn section(&mut self, budget: Budget) -> Section {
        self.budget = budget;
        let (cube, language) = (&self.cube, self.names.language);
        let mut notes = Vec::new();
        notes.extend(self.common());
        notes.extend(self.share_of());
        if let Some(fraction) = self.resource.sampling_fraction.filter(|fraction| *fraction < 1.0) {
            notes.push(language.fill(words::SAMPLE, &[&language.exact(100.0 * fraction)]));
        }
        if cube.suppressed > 0 {
            notes.push(language.count(words::SUPPRESSED, cube.suppressed as u64));
        }
        if cube.all_rows == 0 {
            notes.push(language.say(words::NO_CELL).to_owned());
        }
        Section {
            name: self.resource.stem().to_owned(),
            title: self.resource.title(language).to_owned(),
            path: self.resource.path().to_owned(),
            notes,
            figures: self.figures(),
        }
    }

    /// The groups of what was counted.
    fn measures(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(|group| self.cube.is_measure(group.indicator))
    }

    /// Who or what a group counts.
    fn what(&self, group: &Group) -> String {
        match self.cube.concept.word(group.concept) {
            Some(concept) => self.names.named("concept", concept),
            None => self.measure(group),
        }
    }

    /// The name of what was counted or computed.
    fn measure(&self, group: &Group) -> String {
        self.names.indicator(self.cube.indicator.word(group.indicator).unwrap_or_default())
    }

    /// What a slice is called beside all others of the table.
    fn full_name(&self, group: &Group, panel: &Panel) -> String {
        let concept = Some(self.what(group)).filter(|_| self.cube.concept.words.len() > 1);
        let name = Some(panel.name.clone()).filter(|name| !name.is_empty());
        concept.into_iter().chain(name).collect::<Vec<_>>().join(", ")
    }

    /// The dimensions of codes of which the largest codes are shown: those with totals, or the longest of those over which nothing
    /// can be added up.
    fn ranked(&self, group: &Group) -> Vec<usize> {
        let cube = &self.cube;
        let has_ages = cube.of_kind(Kind::Age).any(|ages| group.stated(cube, ages).len() > 1);
        let is_code = |dimension: &usize| match cube.dimensions[*dimension].kind {
            Kind::Code => true,
            Kind::Sex => !has_ages,
            Kind::Time | Kind::Age => false,
        };
        let open = (0..cube.dimensions.len()).filter(is_code);
        let open: Vec<usize> = open.filter(|dimension| group.stated(cube, *dimension).len() > 1).collect();
        let (with, without): (Vec<usize>, Vec<usize>) =
            open.into_iter().partition(|dimension| group.has_total(cube, *dimension));
        let longest = without.iter().copied().max_by_key(|dimension| group.stated(cube, *dimension).len());
        match longest {
            Some(longest) if with.is_empty() || group.stated(cube, longest).len() > 6 => vec![longest],
            Some(_) | None => with.into_iter().take(self.budget.dimensions).collect(),
        }
    }

    /// The title of a figure of a panel: what, and of whom.
    fn titled(&self, title: String, panel: &Panel) -> String {
        match panel.name.as_str() {
            "" => title,
            name => format!("{title} ({name})"),
        }
    }

    fn figures(&self) -> Vec<Figure> {
        let mut figures = self.lines();
        for dimension in 0..self.cube.dimensions.len() {
            figures.extend(self.of_codes(dimension));
        }
        figures.extend(self.pyramids());
        if figures.is_empty() {
            figures.extend(self.listing());
        } else {
            figures.extend(self.indicators());
        }
        figures
    }

    /// The figures of a dimension of codes, one for each slice.
    fn of_codes(&self, dimension: usize) -> Vec<Figure> {
        let groups = self.measures().filter(|group| self.ranked(group).contains(&dimension));
        let panels = groups.flat_map(|group| {
            let shown: Vec<usize> = group.time(&self.cube).into_iter().chain([dimension]).collect();
            group.panels(&self.cube, &shown, &self.names).into_iter().map(move |panel| (group, panel))
        });
        self.drawn(panels.collect(), |group, panel| {
            if self.is_account(panel, dimension) {
                return self.account(group, panel, dimension);
            }
            let composition = self.composition(group, panel, dimension);
            composition.or_else(|| self.ranking(group, panel, dimension))
        })
    }

    /// The figures of the first slices, and how many more there are.
    fn drawn(
        &self,
        panels: Vec<(&Group, Panel)>,
        draw: impl Fn(&Group, &Panel) -> Option<Figure>,
    ) -> Vec<Figure> {
        let mut figures = Vec::new();
        let mut left_out = 0;
        for (group, panel) in &panels {
            if figures.len() < self.budget.panels {
                figures.extend(draw(group, panel));
            } else {
                left_out += 1;
            }
        }
        self.note_more(&mut figures, left_out);
        figures
    }

    /// Who is counted where all rows have that in common, and by which rules.
    fn common(&self) -> Vec<String> {
        let (names, language) = (&self.names, self.names.language);
        let tell = |column: &str, code: &str| {
            language.fill(words::OF, &[&names.named("column", column), &names.named(column, code)])
        };
        let concept = Some(&self.cube.concept.words).filter(|words| words.len() == 1);
        let concept = concept.into_iter().flatten().map(|code| tell("concept", code));
        concept.chain(self.cube.rule.words.iter().map(|code| tell("rule", code))).collect()
    }

    /// Whether an indicator of the table is taken along a dimension and no other: only then it is about the codes of this one.
    fn is_along(&self, indicator: &str, dimension: usize) -> bool {
        let name = &self.cube.dimensions[dimension].name;
        let taken = self.resource.indicators.iter().find(|taken| taken.name == indicator);
        taken.is_some_and(|taken| taken.along.as_slice() == [name.as_str()])
    }

    /// What the shares of the table are shares of.
    fn share_of(&self) -> Option<String> {
        let share = self.resource.indicators.iter().find(|taken| taken.name == "share")?;
        let over: Vec<String> = share.along.iter().map(|name| self.names.dimension(name)).collect();
        (!over.is_empty()).then(|| self.names.language.fill(words::SHARE_OVER, &[&over.join(", ")]))
    }

    /// Says behind the last of some figures that there is more.
    fn note_more(&self, figures: &mut [Figure], more: usize) {
        if let Some(last) = figures.last_mut().filter(|_| more > 0) {
            last.notes.push(self.names.language.fill(words::MORE_SERIES, &[&more.to_string()]));
        }
    }
}

/// A noun within a sentence.
pub(crate) fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().collect::<String>() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::language::Language;
    use crate::test_release::TestRelease;

    const COLUMNS: &str = "year,citizenship,sex,age_group,indicator,value,unit,decimals,obs_status,concept,n_undecided,rule,rule_parameters";
    const INDICATORS: [&str; 4] = ["stock", "share", "rank", "change"];

    /// A few codes of each dimension, an indicator and a concept.
    fn keys() -> impl Strategy<Value = [&'static str; 6]> {
        let of = |codes: &'static [&'static str]| prop::sample::select(codes);
        (
            of(&["2019", "2020", "2021", "2022", "_T"]),
            of(&["PE", "EC", "BR", "_U", "_T", "undecided"]),
            of(&["M", "F", "_T"]),
            of(&["00-17", "18-39", "40-64", "65+", "_T"]),
            of(&INDICATORS),
            of(&["a", "b"]),
        )
            .prop_map(|(year, code, sex, age, indicator, concept)| [year, code, sex, age, indicator, concept])
    }

    /// A value, its status, and what is undecided.
    fn values() -> impl Strategy<Value = (Option<i8>, &'static str, Option<u8>)> {
        let status = prop::sample::select(&["A", "A", "A", "P", "BP", "Q"][..]);
        (prop::option::weighted(0.9, -2..40_i8), status, prop::option::of(0..4_u8))
    }

    fn row(key: &[&str; 6], (value, status, undecided): (Option<i8>, &str, Option<u8>)) -> String {
        let [year, code, sex, age, indicator, concept] = key;
        let [value, undecided] = [value.map(i32::from), undecided.map(i32::from)]
            .map(|of| of.map_or(String::new(), |of| of.to_string()));
        format!(
            "{year},{code},{sex},{age},{indicator},{value},persons,0,{status},{concept},{undecided},r,r(extracted=2021-07-01)"
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
        /// What figures show does not depend on the rows that are not held.
        #[test]
        fn rows_that_are_not_held_are_not_missed(
            rows in prop::collection::btree_map(keys(), values(), 0..160),
            has_totals in prop::array::uniform4(any::<bool>()),
        ) {
            // Some dimensions have no total at all.
            let is_left = |key: &[&str; 6]| (0..4).all(|place| has_totals[place] || key[place] != "_T");
            let rows: BTreeMap<_, _> = rows.into_iter().filter(|(key, _)| is_left(key)).collect();
            let lines: Vec<String> = rows.iter().map(|(key, values)| row(key, *values)).collect();
            let release = TestRelease::of(COLUMNS, &["indicator"], &lines);
            let names = Names { release: &release.release, language: Language::English };
            let resource = &release.release.tables()[0];
            let budget = Budget { dimensions: 2, codes: 3, panels: 4, times: 3, rows: 5 };
            let mut some = Sketch::read(names, resource, budget).unwrap();
            let mut all = Sketch::surveyed(names, resource, budget).unwrap();
            all.hold(&|_, _| true).unwrap();
            for budget in [budget, Budget { dimensions: 1, panels: 1, ..budget }] {
                let [some, all] = [&mut some, &mut all].map(|sketch| sketch.section(budget));
                prop_assert_eq!(some.figures, all.figures);
                prop_assert_eq!(some.notes, all.notes);
            }
        }
    }
}
