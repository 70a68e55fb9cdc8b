//! What a table must have for an indicator, and why it is refused where it does not.

use super::form::{
    AGES, AccountPart, Along, Denominator, Earlier, FLOW, Form, Function, Numerator, SINCE, SPELL, SpellEnds,
};
use super::{CLOSE_OPEN_GROUP_AT, Indicator, IndicatorUse};
use crate::operations::{Derivation, Operation, Step};
use crate::pipeline::Pipeline;
use crate::schema::Schema;
use crate::table::{Measure, Table};
use crate::{ColumnType, Migration, columns};

mod followed;
mod others;

/// What a table must have for an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// At least one dimension, over which parts are compared: `over`, or the last one.
    Over,
    /// Just one of them.
    OneOver,
    /// The dimension of this name.
    Dimension(&'static str),
    /// `reference_date` as a date, or `year` as a whole number, but not both.
    Time,
    /// `age` or `age_group`, but not both.
    Ages,
    /// An end of the open group of ages, if there is one.
    ClosingAge,
    /// The year from which changes are told.
    Since,
    /// The codes of an account.
    Account,
    /// Births and deaths among them.
    BirthsAndDeaths,
    /// A population, at a time.
    Population(Denominator),
    /// A population of areas.
    Areas,
    /// A table whose counts go the other way.
    Less,
    /// Migrations that are no immigrations.
    Emigrants,
    /// Where migrations are followed by a rule: all that it counts, with their own durations.
    Followed,
}

/// Why an indicator is refused: what it needs, and what to do.
type Refusal = (String, String);

impl Need {
    /// What it asks for, in words.
    pub fn in_words(self) -> String {
        match self {
            Self::Over | Self::OneOver => "a dimension over which parts are compared: `over`, or the last one".to_owned(),
            Self::Dimension(name) => format!("the dimension `{name}`"),
            Self::Time => "one dimension of time: `reference_date` or `year`".to_owned(),
            Self::Ages => "the dimension `age` (single years) or `age_group` (such as 25-29, 85+)".to_owned(),
            Self::ClosingAge => format!("`{CLOSE_OPEN_GROUP_AT}`, where a group of ages is open"),
            Self::Since => format!("`{SINCE}`: the year of the earlier count"),
            Self::Account => {
                "`account` in the table: the codes of opening and closing population and of what came in between".to_owned()
            }
            Self::BirthsAndDeaths => "`births` and `deaths` in the `account`".to_owned(),
            Self::Population(Denominator::Population) => {
                "`per`: a table of the population at the same times, by dimensions that this table has".to_owned()
            }
            Self::Population(Denominator::AtStart) => {
                "`per`: a table of the population on 1 January, and the dimension `year`".to_owned()
            }
            Self::Population(Denominator::Mean) => {
                "`per`: a table of the population on 1 January of each year and of the next, or on 1 July, and the dimension \
                 `year`"
                    .to_owned()
            }
            Self::Population(Denominator::One | Denominator::Gross) => "nothing else".to_owned(),
            Self::Areas => "`per`: a table of the population of the areas".to_owned(),
            Self::Less => "`less`: a table of the flow the other way, by the same dimensions".to_owned(),
            Self::Emigrants => "counts of emigrants".to_owned(),
            Self::Followed => "`duration` and `outcome` of all the migrations that the table counts, where a `residence` step makes them".to_owned(),
        }
    }
}

impl Along {
    fn need(self, of_several: bool) -> Need {
        match self {
            Self::Over if of_several => Need::Over,
            Self::Over => Need::OneOver,
            Self::Named(name) => Need::Dimension(name),
            Self::Ages => Need::Ages,
        }
    }
}

impl Numerator {
    fn need(self) -> Option<Need> {
        match self {
            Self::Counts => None,
            Self::Net | Self::Gross => Some(Need::Less),
        }
    }
}

impl Denominator {
    fn need(self) -> Option<Need> {
        match self {
            Self::One | Self::Gross => None,
            Self::Population | Self::AtStart | Self::Mean => Some(Need::Population(self)),
        }
    }
}

impl AccountPart {
    fn needs(self) -> Vec<Need> {
        match self {
            Self::Residual | Self::Items => vec![Need::Account],
            Self::Natural | Self::OtherThanNatural => vec![Need::Account, Need::BirthsAndDeaths],
        }
    }
}

impl Form {
    /// What a table must have.
    pub fn needs(self) -> Vec<Need> {
        match self {
            Self::Ratio { along, .. } => along.iter().map(|along| along.need(true)).collect(),
            Self::Rank { along } => vec![along.need(false)],
            Self::Change { from: Earlier::Lag(_), .. } => vec![Need::Time],
            Self::Change { from: Earlier::Since, .. } => vec![Need::Time, Need::Since],
            Self::Difference { of, .. } => {
                let of = Indicator::named(of).map(|of| of.form.needs()).unwrap_or_default();
                of.into_iter().chain([Need::Time]).collect()
            }
            Self::Reduce { along, function: Function::MeanAge } => vec![along.need(false), Need::ClosingAge],
            Self::Reduce {
                along,
                function:
                    Function::MedianAge
                    | Function::TopShare
                    | Function::Herfindahl
                    | Function::EffectiveNumber
                    | Function::Simpson
                    | Function::Shannon
                    | Function::Evenness,
            } => vec![along.need(false)],
            Self::Compare { of, by, .. } => of.need().into_iter().chain(by.need()).collect(),
            Self::Account { of, .. } => of.needs(),
            Self::Areas { .. } => vec![Need::OneOver, Need::Areas],
            Self::Decomposition { .. } => {
                vec![Need::OneOver, Need::Time, Need::Population(Denominator::Mean)]
            }
            Self::Survival { function, .. } => {
                let of_whom = match function {
                    SpellEnds::Survival => None,
                    SpellEnds::Ended => Some(Need::Emigrants),
                };
                let needs = SPELL.iter().map(|along| along.need(false));
                needs.chain([Need::Followed]).chain(of_whom).collect()
            }
            Self::Matrix { function } => {
                let areas = function.uses_population().then_some(Need::Areas);
                FLOW.iter().map(|along| along.need(false)).chain(areas).collect()
            }
        }
    }
}

/// A table beside its pipeline.
struct Asked<'a> {
    used: &'a IndicatorUse,
    pipeline: &'a Pipeline,
    table: &'a Table,
    schema: &'a Schema,
}

impl IndicatorUse {
    /// Why the indicator cannot be computed from the cells of a table: message, and what to do.
    pub(crate) fn refusals(&self, pipeline: &Pipeline, table: &Table, schema: &Schema) -> Vec<Refusal> {
        let asked = Asked { used: self, pipeline, table, schema };
        let needs = self.indicator.form.needs().into_iter();
        let refused = needs.filter_map(|need| asked.refused(need));
        let title = with_article(self.indicator.title);
        let refused: Vec<Refusal> =
            refused.map(|(what, label)| (format!("{title} needs {what}"), label)).collect();
        refused.into_iter().chain(asked.broken_series()).collect()
    }
}

/// `a share`, `an index`.
fn with_article(title: &str) -> String {
    let title = title.to_lowercase();
    let article = if title.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {title}")
}

fn refusal(what: &str, label: impl Into<String>) -> Option<Refusal> {
    Some((what.to_owned(), label.into()))
}

impl Asked<'_> {
    fn refused(&self, need: Need) -> Option<Refusal> {
        match need {
            Need::Over | Need::OneOver if self.table.dimensions.is_empty() => {
                refusal("a dimension", "add one to `dimensions`: parts are compared over it")
            }
            Need::Over => None,
            Need::OneOver if self.table.over().len() != 1 => {
                refusal("one dimension in `over`", "name one: only shares are taken over several")
            }
            Need::OneOver => None,
            Need::Dimension(name) if self.table.position(name).is_none() => {
                refusal(&format!("the dimension `{name}`"), format!("add `{name}` to `dimensions`"))
            }
            Need::Dimension(_) => None,
            Need::Time => self.time(),
            Need::Ages => self.ages(),
            Need::ClosingAge => self.closing_age(),
            Need::Since => match self.used.parameter(SINCE) {
                Some(_) => None,
                None => refusal("the year of the earlier count", self.write(&format!("{SINCE} = 2010"))),
            },
            Need::Account => self.account(),
            Need::BirthsAndDeaths => {
                let account = self.table.account.as_ref()?;
                let has_both = account.births.is_some() && account.deaths.is_some();
                if has_both { None } else { refusal("births and deaths", "name their codes in `account`") }
            }
            Need::Population(at) => self.population(at),
            Need::Areas => self.population_of_areas(),
            Need::Less => self.less(),
            Need::Followed => self.followed(),
            Need::Emigrants => match self.table.measure {
                Measure::Immigration | Measure::Beside(Migration::Immigration, _) => {
                    refusal("emigrants", "of immigrants, `survival` tells who is still there")
                }
                Measure::Emigration
                | Measure::Beside(Migration::Emigration, _)
                | Measure::Count
                | Measure::Stock
                | Measure::Flow => None,
            },
        }
    }

    /// How a pipeline states what is missing.
    fn write(&self, what: &str) -> String {
        format!("write {{ name = \"{}\", {what} }}", self.used.indicator.name)
    }

    fn time(&self) -> Option<Refusal> {
        if let Some(part) = self.part_of_year() {
            return refusal(
                "one dimension of time",
                format!("leave out `{part}`: a year before, it is another one"),
            );
        }
        let times = [(columns::REFERENCE_DATE, ColumnType::Date), (columns::YEAR, ColumnType::Integer)];
        let shown: Vec<_> =
            times.into_iter().filter(|(name, _)| self.table.position(name).is_some()).collect();
        let label = match shown.as_slice() {
            [] => "add `year` or `reference_date` to `dimensions`",
            [(name, wanted)] => match self.schema.get(self.table.column_of(name)) {
                Some(column) if column.column_type != *wanted => {
                    "its dimension of time is neither a date nor a year as a whole number"
                }
                Some(_) | None => return None,
            },
            _ => "leave out one of `year` and `reference_date`",
        };
        refusal("one dimension of time", label)
    }

    /// A dimension of months, quarters or financial years, which are never those of another year.
    fn part_of_year(&self) -> Option<&str> {
        let source = self.pipeline.source_of(self.table)?;
        let is_part = |step: &Step, column: &str| match &step.operation {
            Operation::Derive(derive) if derive.column == column => match derive.method {
                Derivation::Month { .. } | Derivation::Quarter { .. } | Derivation::FinancialYear { .. } => {
                    true
                }
                Derivation::Year { .. }
                | Derivation::Date { .. }
                | Derivation::Constant { .. }
                | Derivation::Age { .. }
                | Derivation::AgeGroup { .. }
                | Derivation::Agreement { .. } => false,
            },
            Operation::Derive(_)
            | Operation::Filter(_)
            | Operation::Recode(_)
            | Operation::Deduplicate(_)
            | Operation::Residence(_)
            | Operation::Expand(_)
            | Operation::Inherit(_)
            | Operation::Link(_)
            | Operation::Permits(_)
            | Operation::Spells(_)
            | Operation::Stock(_)
            | Operation::Retention(_)
            | Operation::SignsOfLife(_)
            | Operation::FlowsFromStocks(_)
            | Operation::Correct(_) => false,
        };
        let steps: Vec<_> = self.pipeline.steps_of(source).map(|(_, step)| step).collect();
        let dimensions = self.table.dimensions.iter().map(String::as_str);
        dimensions.into_iter().find(|name| steps.iter().any(|step| is_part(step, self.table.column_of(name))))
    }

    fn ages(&self) -> Option<Refusal> {
        match AGES.map(|name| self.table.position(name).is_some()) {
            [true, false] | [false, true] => None,
            [true, true] => refusal("ages once", "leave out one of them"),
            [false, false] => refusal("ages", "add `age` (single years) or `age_group` to `dimensions`"),
        }
    }

    fn closing_age(&self) -> Option<Refusal> {
        let name = AGES.into_iter().find(|name| self.table.position(name).is_some())?;
        let open = self.schema.get(self.table.column_of(name))?.open_age?;
        let what = format!("an end of the open group {open}+");
        match self.used.parameter(CLOSE_OPEN_GROUP_AT) {
            None => refusal(&what, self.write(&format!("{CLOSE_OPEN_GROUP_AT} = …"))),
            Some(end) if end <= open => {
                refusal(&what, format!("`{CLOSE_OPEN_GROUP_AT}` is not above {open}"))
            }
            Some(_) => None,
        }
    }

    fn account(&self) -> Option<Refusal> {
        let Some(account) = &self.table.account else {
            let label = "write `account = { dimension = …, opening = …, closing = …, plus = […], minus = […] }` in the table";
            return refusal("an account", label);
        };
        let name = &account.dimension;
        if self.table.position(name).is_none() {
            return refusal(&format!("the dimension `{name}` of its account"), "add it to `dimensions`");
        }
        let codes = account.codes();
        let twice = codes.iter().enumerate().find(|(index, code)| codes[..*index].contains(code));
        if let Some((_, code)) = twice {
            return refusal(
                &format!("each code of its account once, and `{code}` is there twice"),
                "leave one out",
            );
        }
        let is_item = |code: &String| account.items().iter().any(|(item, _)| item == code);
        if let Some(code) = account.optional.iter().find(|code| !is_item(code)) {
            return refusal(
                &format!("optional items that are items, and `{code}` is none"),
                "add it to `plus` or `minus`",
            );
        }
        let kept = self.table.filter.iter().find(|(column, _)| column == self.table.column_of(name));
        let lost =
            codes.iter().find(|code| kept.is_some_and(|(_, kept)| !kept.iter().any(|kept| kept == *code)));
        let code = lost?;
        refusal(&format!("the code `{code}` of its account"), "the table's `filter` leaves it out")
    }

    /// After a declared break, no earlier count can be compared with.
    fn broken_series(&self) -> Option<Refusal> {
        let since = match self.used.indicator.form {
            Form::Change { from: Earlier::Since, .. } => self.used.parameter(SINCE)?,
            Form::Change { from: Earlier::Lag(_), .. }
            | Form::Ratio { .. }
            | Form::Rank { .. }
            | Form::Difference { .. }
            | Form::Reduce { .. }
            | Form::Compare { .. }
            | Form::Account { .. }
            | Form::Areas { .. }
            | Form::Survival { .. }
            | Form::Decomposition { .. }
            | Form::Matrix { .. } => return None,
        };
        let year = self.table.breaks.iter().copied().filter(|year| *year > since).min()?;
        let message = format!(
            "{} since {since} would compare across the break in the series of {year}",
            with_article(self.used.indicator.title)
        );
        Some((message, format!("take a year from {} on: `{SINCE} = {}`", year, year)))
    }
}

#[cfg(test)]
mod tests;
