//! Ages as they are written: `34`, `25-29`, `85+`.
//!
//! Completed ages `a` to `b` are exact ages from a up to b + 1. An open group has no end of its own.

use denizen_spec::{CLOSE_OPEN_GROUP_AT, Code, Diagnostic};

use super::Inputs;
use crate::value::Value;

/// First exact age of a group, and the first that is above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ages {
    pub(super) from: i64,
    pub(super) to: i64,
    /// Whether the group has no end of its own.
    pub(super) open: bool,
}

/// Which codes of a dimension lie within some ages.
pub(super) struct Picked(Vec<bool>);

impl Picked {
    /// Whether the code with this index does.
    pub(super) fn has(&self, index: u32) -> bool {
        self.0.get(index as usize).copied().unwrap_or_default()
    }
}

impl Inputs<'_> {
    /// The ages of each value of the dimension that occurs; open groups have their first age as their end.
    pub(super) fn ages(&self, along: usize) -> Result<Vec<Option<Ages>>, Diagnostic> {
        let levels = self.dimensions[along].values();
        let mut occurs = vec![false; levels.len()];
        self.rows.keys.dimensions[along].iter().for_each(|index| occurs[*index as usize] = true);
        let mut ages = vec![None; levels.len()];
        for index in (0..levels.len() as u32).filter(|index| occurs[*index as usize]) {
            let value = &levels[index as usize];
            // A code such as `_X` states no age either.
            let is_residual = self.residuals.get(along).is_some_and(|residuals| residuals.contains(&index));
            if value.is_detail() && !is_residual {
                let read = ages_of(value).ok_or_else(|| {
                    let fault = refused(&format!("`{}` is no age", value.text()));
                    fault.help("ages are whole years below 130, or groups such as `25-29` and `85+`; name others `_U` where they say that the age is not stated, or leave them out by `filter`")
                })?;
                ages[index as usize] = Some(read);
            }
        }
        Ok(ages)
    }

    /// The same, open groups ended, and no age in two groups.
    pub(super) fn ended_ages(
        &self,
        along: usize,
        end: impl Fn(Ages) -> Result<Ages, Diagnostic>,
    ) -> Result<Vec<Option<Ages>>, Diagnostic> {
        let ages = self.ages(along)?.into_iter().map(|ages| ages.map(&end).transpose());
        let ages: Vec<Option<Ages>> = ages.collect::<Result<_, _>>()?;
        let mut stated: Vec<Ages> = ages.iter().flatten().copied().collect();
        stated.sort_by_key(|ages| ages.from);
        let overlap = stated.windows(2).find(|pair| pair[0].to > pair[1].from || pair[0].open);
        match overlap {
            Some(pair) => {
                let fault = refused(&format!("two of its groups have the age {}", pair[1].from));
                Err(fault.help("keep groups of one width by `filter`; groups that include others are totals"))
            }
            None => Ok(ages),
        }
    }

    /// Which codes lie within some ages. A group on both sides of a bound is refused.
    pub(super) fn picked_ages(
        &self,
        along: usize,
        wanted: &[denizen_spec::Ages],
    ) -> Result<Picked, Diagnostic> {
        let ages = self.ended_ages(along, Ok)?;
        let last = |to: Option<i64>| to.unwrap_or(i64::MAX);
        let picked = ages.into_iter().zip(self.dimensions[along].values()).map(|(ages, value)| {
            let Some(ages) = ages else { return Ok(false) };
            let to = if ages.open { i64::MAX } else { ages.to };
            let is_within = wanted.iter().any(|wanted| wanted.from <= ages.from && to <= last(wanted.to));
            let is_apart = wanted.iter().all(|wanted| to <= wanted.from || last(wanted.to) <= ages.from);
            let bounds = || {
                wanted.iter().map(|wanted| wanted.from).chain(wanted.iter().filter_map(|wanted| wanted.to))
            };
            let bound = || bounds().find(|bound| ages.from < *bound && *bound < to).unwrap_or(ages.from);
            let is_known = is_within || is_apart;
            let fault = || {
                let age = bound();
                let fault =
                    refused(&format!("the group `{}` lies on both sides of the age {age}", value.text()));
                fault.help(format!("the indicator needs groups that end at {age}, or single years"))
            };
            if is_known { Ok(is_within) } else { Err(fault()) }
        });
        picked.collect::<Result<_, _>>().map(Picked)
    }
}

/// Reads `34`, `25-29`, `85+`, or a number.
pub(super) fn ages_of(value: &Value) -> Option<Ages> {
    let text = match value {
        Value::Number(age) => age.to_string(),
        Value::Code(code) => code.clone(),
        Value::Day(_) | Value::NotStated => return None,
    };
    let age = |text: &str| text.parse::<i64>().ok().filter(|age| (0..150).contains(age));
    if let Some(from) = text.strip_suffix('+') {
        return Some(Ages { from: age(from)?, to: age(from)?, open: true });
    }
    let (from, last) = text.split_once('-').unwrap_or((&text, &text));
    let ages = Ages { from: age(from)?, to: age(last)? + 1, open: false };
    (ages.to > ages.from).then_some(ages)
}

/// An open group gets the end that the pipeline states.
pub(super) fn ended(ages: Ages, end: Option<i64>) -> Result<Ages, Diagnostic> {
    match end {
        _ if !ages.open => Ok(ages),
        Some(end) if end > ages.from => Ok(Ages { to: end, ..ages }),
        _ => Err(refused(&format!("the group {}+ is open", ages.from))
            .help(format!("state an age above it: {{ name = …, {CLOSE_OPEN_GROUP_AT} = … }}"))),
    }
}

/// What is said until the indicator is known.
pub(super) const REFUSED: &str = "an indicator of ages cannot be computed";

pub(super) fn refused(reason: &str) -> Diagnostic {
    Diagnostic::error(Code::Indicator, REFUSED).note(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_as_they_are_written() {
        let table = [
            ("0", Some((0, 1, false))),
            ("34", Some((34, 35, false))),
            ("00-17", Some((0, 18, false))),
            ("25-29", Some((25, 30, false))),
            ("85+", Some((85, 85, true))),
            ("29-25", None),
            ("-5", None),
            ("Y_UN17", None),
            ("200+", None),
            ("", None),
        ];
        for (text, expected) in table {
            let found = ages_of(&Value::code(text)).map(|ages| (ages.from, ages.to, ages.open));
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(ages_of(&Value::Number(34)), ages_of(&Value::code("34")));
        assert_eq!(ages_of(&Value::Day(34)), None);
    }

    #[test]
    fn open_groups_are_ended() {
        let open = ages_of(&Value::code("60+")).unwrap();
        let table = [(None, None), (Some(60), None), (Some(61), Some(61)), (Some(100), Some(100))];
        for (end, expected) in table {
            assert_eq!(ended(open, end).ok().map(|ages| ages.to), expected, "{end:?}");
        }
    }
}
