//! What is told of a ranking: the largest, the total, what has grown and lost most, what is not stated.

use super::Sketch;
use super::ranking::{Moment, Ranked};
use crate::figure::Value;
use crate::language::Language;
use crate::panel::{change, change_percent};
use crate::words;

/// Codes of the same value that are named; more of them are *others*.
pub(super) const NAMED: usize = 3;

impl Sketch<'_> {
    /// The largest, the total and its change, the biggest rise and fall, what is not stated.
    pub(super) fn ranking_sentences(&self, moment: &Moment<'_>, ranked: &[Ranked]) -> Vec<String> {
        let (cube, language, dimension) = (&self.cube, self.names.language, moment.dimension);
        let unit = moment.rows.first().map_or("", |row| cube.unit(*row));
        let total = cube.dimensions[dimension].total;
        let now = total.and_then(|total| cube.value_of(&moment.rows, dimension, total));
        let now = now.filter(|now| now.number.is_some());
        let not_stated = cube.value_of(&moment.rows, dimension, cube.not_stated_key(dimension));
        let is_partial = self.is_of_listed(moment) || self.has_residual(moment);
        let mut sentences = Vec::new();
        sentences.extend(self.told_largest(moment, ranked, now.as_ref(), is_partial));
        if let Some(now) = &now {
            let before = total.and_then(|total| cube.value_of(&moment.rows_before, dimension, total));
            let when = moment.when.as_ref().map(|when| language.fill(words::TOTAL_AT, &[when]));
            let times = (when.as_deref(), moment.earlier.as_deref());
            sentences.push(self.told_with_change(now, before.as_ref(), unit, times));
        }
        if let Some(earlier) = &moment.earlier {
            let [rise, fall] = match is_partial {
                true => [words::RISE_AMONG, words::FALL_AMONG],
                false => [words::RISE, words::FALL],
            };
            for (words, moved) in [(rise, risen(ranked)), (fall, fallen(ranked))] {
                sentences.extend(told_move(language, words, earlier, &moved));
            }
        }
        if let Some(value) = not_stated.filter(|value| value.number.is_some()) {
            sentences.push(language.fill(words::STATED_NOT, &[&self.names.with_unit(&value, unit)]));
        }
        sentences
    }

    /// The largest codes with their share of the total, or of what is stated.
    fn told_largest(
        &self,
        moment: &Moment<'_>,
        ranked: &[Ranked],
        total: Option<&Value>,
        is_partial: bool,
    ) -> Option<String> {
        let (cube, language) = (&self.cube, self.names.language);
        let largest = largest(ranked);
        let first = largest.first()?;
        let unit = moment.rows.first().map_or("", |row| cube.unit(*row));
        let shares = self.beside(moment, "share");
        let share = shares.into_iter().find(|row| cube.key(*row, moment.dimension) == first.key);
        let share = share.and_then(|row| self.told_share(row, total.and_then(|total| total.number)));
        let words = if is_partial { words::LARGEST_AMONG } else { words::LARGEST };
        let value = self.names.with_unit(&first.now, unit);
        Some(language.fill(words, &[&named(language, &largest), &value, &share.unwrap_or_default()]))
    }

    /// A share and of what: of the total that is told beside it, or of its base where that is another.
    fn told_share(&self, row: usize, total: Option<f64>) -> Option<String> {
        let (cube, language) = (&self.cube, self.names.language);
        let share = cube.shown(row);
        share.number?;
        let base = cube.base(row)?;
        let is_of_stated =
            cube.not_stated(row).is_some_and(|count| count > 0.0) || total.is_some_and(|total| base < total);
        let words = match total {
            Some(total) if (total - base).abs() < 0.5 => words::SHARE_OF_TOTAL,
            Some(_) | None if is_of_stated => words::SHARE_OF_STATED,
            Some(_) | None => words::SHARE_OF_ALL,
        };
        Some(language.fill(words, &[&share.with_unit("%", language), &language.number(base, 0)]))
    }

    /// Whether some of what is ranked is in a code of what is left over.
    fn has_residual(&self, moment: &Moment<'_>) -> bool {
        let is_residual = |row: &usize| {
            let key = self.cube.key(*row, moment.dimension);
            self.cube.dimensions[moment.dimension].is_stated(key) && self.is_residual(moment.dimension, key)
        };
        moment.rows.iter().chain(&moment.rows_before).any(is_residual)
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
        let value = self.names.with_unit(now, unit);
        let (Some(when), earlier) = times else { return language.fill(words::TOTAL_ALONE, &[&value]) };
        let (absolute, percent) = (change(before, now), change_percent(before, now));
        let changed = earlier.zip(absolute.number).map_or(String::new(), |(earlier, number)| {
            let percent = percent
                .number
                .map_or(String::new(), |percent| format!(" ({} %)", language.signed(percent, 1)));
            let change = format!("{}{percent}", language.signed(number, now.decimals));
            language.fill(words::CHANGED, &[&change, earlier])
        });
        language.fill(words::AT_TIME, &[&value, when, &changed])
    }

    /// Says of some times that they are compared with none; nothing where there are none.
    pub(super) fn not_compared(&self, time: usize, open: &[u32]) -> Option<String> {
        let mut open = open.to_vec();
        open.sort_by_key(|key| self.cube.dimensions[time].codes.word(*key));
        let open: Vec<String> =
            open.iter().map(|key| self.names.code(&self.cube.dimensions[time], *key)).collect();
        (!open.is_empty()).then(|| self.names.language.fill(words::NOT_COMPARED, &[&open.join(", ")]))
    }
}

fn told_move(
    language: Language,
    words: crate::language::Words,
    earlier: &str,
    moved: &[&Ranked],
) -> Option<String> {
    let first = moved.first()?;
    let change = language.signed(first.change()?, first.now.decimals);
    Some(language.fill(words, &[earlier, &named(language, moved), &change]))
}

/// The names of codes that have the same value.
fn named(language: Language, codes: &[&Ranked]) -> String {
    let names: Vec<&str> = codes.iter().take(NAMED).map(|one| one.label.as_str()).collect();
    let names = names.join(", ");
    if codes.len() > NAMED { language.fill(words::AND_OTHERS, &[&names]) } else { names }
}

/// The largest codes: several where they are shown with the same number.
pub(super) fn largest(ranked: &[Ranked]) -> Vec<&Ranked> {
    greatest(ranked, |one| one.now.number)
}

/// The codes that have grown most.
pub(super) fn risen(ranked: &[Ranked]) -> Vec<&Ranked> {
    let mut risen = greatest(ranked, Ranked::change);
    risen.retain(|one| one.change().is_some_and(|change| change > 0.0));
    risen
}

/// The codes that have lost most.
pub(super) fn fallen(ranked: &[Ranked]) -> Vec<&Ranked> {
    let mut fallen = greatest(ranked, |one| one.change().map(|change| -change));
    fallen.retain(|one| one.change().is_some_and(|change| change < 0.0));
    fallen
}

/// The codes with the greatest number; those that differ from it by less than is shown have the same.
fn greatest(ranked: &[Ranked], number: impl Fn(&Ranked) -> Option<f64>) -> Vec<&Ranked> {
    let most = ranked.iter().filter_map(&number).max_by(f64::total_cmp);
    let shown = |one: &Ranked, number: f64| format!("{number:.*}", one.now.decimals);
    let is_most = |one: &&Ranked| {
        number(one).zip(most).is_some_and(|(one_s, most)| shown(one, one_s) == shown(one, most))
    };
    ranked.iter().filter(is_most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of codes before and now; who is largest, has grown most, has lost most.
    type Case = (&'static [(f64, f64)], [&'static str; 3]);

    #[test]
    fn codes_of_the_same_value_are_named_together() {
        let ranked = |values: &[(f64, f64)]| -> Vec<Ranked> {
            let value = |number| Value { number: Some(number), ..Value::default() };
            let one = |(place, (before, now)): (usize, &(f64, f64))| Ranked {
                key: place as u32,
                label: ["A", "B", "C", "D"][place].to_owned(),
                now: value(*now),
                before: Some(value(*before)),
            };
            values.iter().enumerate().map(one).collect()
        };
        let table: [Case; 4] = [
            (&[(1.0, 5.0), (1.0, 4.0)], ["A", "A", ""]),
            (&[(1.0, 5.0), (9.0, 5.0), (9.0, 5.0)], ["A, B, C", "A", "B, C"]),
            (
                &[(1.0, 5.0), (1.0, 5.0), (1.0, 5.0), (1.0, 5.0)],
                ["A, B, C and others", "A, B, C and others", ""],
            ),
            (&[(5.0, 5.0), (4.0, 4.0)], ["A", "", ""]),
        ];
        for (values, expected) in table {
            let ranked = ranked(values);
            let found = [largest(&ranked), risen(&ranked), fallen(&ranked)];
            assert_eq!(found.map(|codes| named(Language::English, &codes)), expected, "{values:?}");
        }
    }
}
