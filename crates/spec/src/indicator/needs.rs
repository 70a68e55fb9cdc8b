//! What a table must have for an indicator, and why it is refused where it does not.

use super::form::{AGES, AccountPart, Along, Denominator, Earlier, FLOW, Form, Function, Numerator, SINCE};
use super::other_table::{DayOfYear, NoTable, OtherTable};
use super::{CLOSE_OPEN_GROUP_AT, Indicator, IndicatorUse};
use crate::pipeline::Pipeline;
use crate::schema::Schema;
use crate::source::SourceKind;
use crate::table::{Measure, Table};
use crate::{ColumnType, columns};

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
            Self::Compare { of, by, .. } => {
                let less = match of {
                    Numerator::Counts => None,
                    Numerator::Net | Numerator::Gross => Some(Need::Less),
                };
                let per = match by {
                    Denominator::One | Denominator::Gross => None,
                    Denominator::Population | Denominator::AtStart | Denominator::Mean => {
                        Some(Need::Population(by))
                    }
                };
                less.into_iter().chain(per).collect()
            }
            Self::Account { of, .. } => match of {
                AccountPart::Residual | AccountPart::Items => vec![Need::Account],
                AccountPart::Natural | AccountPart::OtherThanNatural => {
                    vec![Need::Account, Need::BirthsAndDeaths]
                }
            },
            Self::Areas { .. } => vec![Need::OneOver, Need::Areas],
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
        }
    }

    /// How a pipeline states what is missing.
    fn write(&self, what: &str) -> String {
        format!("write {{ name = \"{}\", {what} }}", self.used.indicator.name)
    }

    fn time(&self) -> Option<Refusal> {
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
            | Form::Matrix { .. } => return None,
        };
        let year = self.table.breaks.iter().copied().filter(|year| *year > since).min()?;
        let message = format!(
            "{} since {since} would compare across the break in the series of {year}",
            with_article(self.used.indicator.title)
        );
        Some((message, format!("take a year from {} on: `{SINCE} = {}`", year, year)))
    }

    /// The part of a table that `per` or `less` names.
    fn other(&self, other: Option<&OtherTable>, key: &str) -> Result<&Table, Refusal> {
        let missing =
            || (format!("another table: `{key}`"), self.write(&format!("{key} = {{ table = \"…\" }}")));
        let other = other.ok_or_else(missing)?;
        let name = &other.table;
        match self.pipeline.other_table(other) {
            Ok((_, table)) if self.pipeline.has_one_concept(table) || other.concept.is_some() => Ok(table),
            Ok(_) => {
                Err((format!("one concept of `{name}`"), format!("name it in `{key}`: concept = \"…\"")))
            }
            Err(NoTable::Unknown) => {
                Err((format!("the table `{name}`, which is not there"), format!("`{key}` names it")))
            }
            Err(NoTable::Several) => Err((
                format!("one part of the table `{name}`, which has several"),
                format!("name it in `{key}`: measure = \"…\", or concept = \"…\""),
            )),
        }
    }

    fn population(&self, at: Denominator) -> Option<Refusal> {
        let other = self.used.per.as_ref();
        let table = match self.other(other, "per") {
            Ok(table) => table,
            Err(refusal) => return Some(refusal),
        };
        self.no_population(table)
            .or_else(|| self.other_dimensions(table, other?, "per", &[]))
            .or_else(|| self.times_of_population(table, other?, at))
    }

    /// A denominator is a stock of persons, and no part of the table itself.
    fn no_population(&self, table: &Table) -> Option<Refusal> {
        let name = &table.name;
        let is_itself = std::ptr::eq(table, self.table);
        match table.measure {
            Measure::Stock if is_itself => refusal("another table than itself", "`per` names this one"),
            Measure::Stock if table.unit != "persons" => {
                refusal("a population of persons", format!("`{name}` counts {}", table.unit))
            }
            Measure::Stock => None,
            Measure::Count
            | Measure::Emigration
            | Measure::Immigration
            | Measure::Flow
            | Measure::Beside(..) => refusal(
                "a population",
                format!("`{name}` counts no stock: its measure is `{}`", table.measure.name()),
            ),
        }
    }

    /// Dimensions that both tables have hold the same, and those that only the other has stand at one code. `free` are
    /// dimensions that are met in another way.
    fn other_dimensions(
        &self,
        table: &Table,
        other: &OtherTable,
        key: &str,
        free: &[&str],
    ) -> Option<Refusal> {
        let source = self.pipeline.source_of(table)?;
        let schema = self.pipeline.schema_of(source);
        let name = &table.name;
        if let Some((fixed, _)) = other.fixed.iter().find(|(fixed, _)| table.position(fixed).is_none()) {
            return refusal(
                &format!("the dimension `{fixed}` in `{name}`"),
                format!("`{key}.where` names it"),
            );
        }
        let is_time = |dimension: &str| [columns::REFERENCE_DATE, columns::YEAR].contains(&dimension);
        let open = table.dimensions.iter().filter(|dimension| {
            !is_time(dimension) && !free.contains(&dimension.as_str()) && other.fixes(dimension).is_none()
        });
        for dimension in open {
            let there = schema.get(table.column_of(dimension));
            if self.table.position(dimension).is_some() {
                let here = self.schema.get(self.table.column_of(dimension));
                let (here, there) = (here?, there?);
                if here.column_type != there.column_type || here.codelist != there.codelist {
                    return refusal(
                        &format!("`{dimension}` of the same list in both tables"),
                        format!(
                            "in `{name}` it is of another list or type, so that no code is known to mean the same"
                        ),
                    );
                }
            } else if !self.has_total(table, dimension, &schema) {
                return refusal(
                    &format!("a total of `{dimension}` in `{name}`"),
                    format!(
                        "fix it: `{key} = {{ …, where = {{ {dimension} = \"…\" }} }}`, or give `{name}` its total"
                    ),
                );
            }
        }
        None
    }

    fn has_total(&self, table: &Table, dimension: &str, schema: &Schema) -> bool {
        let Some(source) = self.pipeline.source_of(table) else { return false };
        let Some(position) = table.position(dimension) else { return false };
        match source.kind {
            SourceKind::Records => table.totalled(schema).contains(&position),
            SourceKind::Cells => {
                let column = source.column(table.column_of(dimension));
                column.is_some_and(|column| column.total.is_some())
                    || table.totals_of_cells(source).contains(&position)
            }
        }
    }

    fn times_of_population(&self, table: &Table, other: &OtherTable, at: Denominator) -> Option<Refusal> {
        let has = |table: &Table, name: &str| table.position(name).is_some();
        let name = &table.name;
        let (by_date, by_year) = (has(table, columns::REFERENCE_DATE), has(table, columns::YEAR));
        let has_day = by_date || other.on.is_some();
        match at {
            Denominator::AtStart | Denominator::Mean => {
                if self.table.measure == Measure::Stock {
                    return refusal("events", "the table counts a stock: its measure is `stock`");
                }
                if !has(self.table, columns::YEAR) {
                    return refusal("the years of its events", "add `year` to `dimensions`");
                }
                if !by_date && !by_year {
                    return refusal(
                        "the times of the population",
                        format!("`{name}` has neither `reference_date` nor `year`"),
                    );
                }
                if at == Denominator::AtStart && other.on == Some(DayOfYear::Middle) {
                    return refusal("the population of 1 January", format!("that of `{name}` is of 1 July"));
                }
                if has_day { None } else { self.day_is_missing(name) }
            }
            Denominator::Population => {
                if self.table.measure != Measure::Stock {
                    return refusal(
                        "a stock",
                        "a flow has a rate: take `crude_rate`, or `naturalisation_rate`",
                    );
                }
                let (here_date, here_year) =
                    (has(self.table, columns::REFERENCE_DATE), has(self.table, columns::YEAR));
                if (here_date || here_year) != (by_date || by_year) {
                    return refusal(
                        "the same times in both tables",
                        format!("one of this and `{name}` shows no time"),
                    );
                }
                if here_date == by_date || (here_date && has_day) {
                    None
                } else if here_year {
                    refusal("the day of its stock", "show `reference_date` in place of `year`")
                } else {
                    self.day_is_missing(name)
                }
            }
            Denominator::One | Denominator::Gross => None,
        }
    }

    fn day_is_missing(&self, name: &str) -> Option<Refusal> {
        refusal(
            "the day of the population",
            format!(
                "`{name}` says only the year: write `per = {{ table = \"{name}\", on = \"01-01\" }}`, \"07-01\" or \"12-31\""
            ),
        )
    }

    /// A population by areas: its only dimension that this table does not share names them.
    fn population_of_areas(&self) -> Option<Refusal> {
        let other = self.used.per.as_ref();
        let table = match self.other(other, "per") {
            Ok(table) => table,
            Err(refusal) => return Some(refusal),
        };
        let is_matrix = match self.used.indicator.form {
            Form::Matrix { .. } => true,
            Form::Areas { .. }
            | Form::Ratio { .. }
            | Form::Rank { .. }
            | Form::Change { .. }
            | Form::Difference { .. }
            | Form::Reduce { .. }
            | Form::Compare { .. }
            | Form::Account { .. } => false,
        };
        let areas = if is_matrix { other?.areas(self.table, table) } else { Vec::new() };
        if is_matrix && areas.len() != 1 {
            let label = "of the dimensions of `per` one must name the areas; fix the others with `where`";
            return refusal("a population by area alone", label);
        }
        self.no_population(table)
            .or_else(|| self.other_dimensions(table, other?, "per", &areas))
            .or_else(|| self.times_of_areas(table, other?, is_matrix))
    }

    /// Areas have their population of the same time; flows of a year may have that of its 1 January.
    fn times_of_areas(&self, table: &Table, other: &OtherTable, is_matrix: bool) -> Option<Refusal> {
        let has = |table: &Table, name: &str| table.position(name).is_some();
        let [date, date_there] = [self.table, table].map(|table| has(table, columns::REFERENCE_DATE));
        let [year, year_there] = [self.table, table].map(|table| has(table, columns::YEAR));
        let name = &table.name;
        if (date || year) != (date_there || year_there) {
            return refusal(
                "the same times in both tables",
                format!("one of this and `{name}` shows no time"),
            );
        }
        let is_met = date == date_there || other.on.is_some() || (is_matrix && year);
        if is_met { None } else { self.day_is_missing(name) }
    }

    /// The flow the other way is one of the same kind, by the same dimensions.
    fn less(&self) -> Option<Refusal> {
        let other = self.used.less.as_ref();
        let table = match self.other(other, "less") {
            Ok(table) => table,
            Err(refusal) => return Some(refusal),
        };
        let other = other?;
        let name = &table.name;
        let is_stock = [self.table, table].iter().any(|table| table.measure == Measure::Stock);
        if is_stock {
            return refusal("two flows", "one of the tables counts a stock");
        }
        if std::ptr::eq(table, self.table) {
            return refusal("another table than itself", "`less` names this one");
        }
        if !self.pipeline.has_one_concept(self.table) {
            return refusal("one concept", "name the `concept` of the table");
        }
        if table.unit != self.table.unit {
            return refusal(
                "one unit",
                format!("this table counts {}, `{name}` {}", self.table.unit, table.unit),
            );
        }
        if self.pipeline.rule_of(table) != self.pipeline.rule_of(self.table) {
            return refusal("one rule", format!("`{name}` is counted by another rule"));
        }
        let shown = |dimension: &&String| other.fixes(dimension).is_none();
        let of_other = table.dimensions.iter().filter(shown).count();
        let is_here = |dimension: &&String| self.table.position(dimension).is_some();
        let shared = table.dimensions.iter().filter(shown).filter(is_here).count();
        if shared != of_other || shared != self.table.dimensions.len() {
            return refusal("the same dimensions in both tables", format!("those of `{name}` are others"));
        }
        self.other_dimensions(table, other, "less", &[])
    }
}

#[cfg(test)]
mod tests {
    /// What is said of the first table, `here`, beside `there`: measure, dimensions, indicators and more of each.
    fn refusals(here: [&str; 3], there: [&str; 3]) -> Vec<String> {
        let [measure, dimensions, more] = here;
        let [measure_there, dimensions_there, more_there] = there;
        let source = |name: &str| {
            format!(
                "[source.{name}]\nfiles = '{name}'\nformat = 'csv'\nkind = 'cells'\nconcept = '{name}'\n[source.{name}.columns]\n\
                 year = {{ type = 'integer' }}\nreference_date = {{ type = 'date' }}\nsex = {{ list = 'sex', total = 'T' }}\n\
                 country = {{ list = '{name}-country', total = 'T' }}\norigin = {{ list = 'c', total = 'T' }}\n\
                 area = {{ list = 'c' }}\nitem = {{ list = 'item', total = 'T' }}\nvalue = {{ type = 'integer' }}\n"
            )
        };
        let fixed = |dimensions: &str| {
            let open =
                ["year", "reference_date", "area"].into_iter().filter(|name| !dimensions.contains(name));
            let open: Vec<String> = open.map(|name| format!("{name} = '1'")).collect();
            format!("filter = {{ {} }}", open.join(", "))
        };
        let table = |name: &str, measure: &str, dimensions: &str, more: &str| {
            let filter = fixed(dimensions);
            format!(
                "[[table]]\nname = '{name}'\nsource = '{name}'\nmeasure = '{measure}'\ndimensions = [{dimensions}]\n{filter}\n{more}\n"
            )
        };
        let text = format!(
            "spec = 1\ntitle = 'T'\nvintage = '1'\n{}{}{}{}",
            source("here"),
            source("there"),
            table("here", measure, dimensions, more),
            table("there", measure_there, dimensions_there, more_there)
        );
        let faults = crate::parse(&text).err().unwrap_or_default();
        faults.into_iter().map(|fault| fault.message).collect()
    }

    #[test]
    fn what_is_compared_must_be_of_one_kind() {
        let rate = |more: &str| {
            format!("indicators = [{{ name = 'crude_rate', per = {{ table = 'there'{more} }} }}]")
        };
        let (plain, on) = (rate(""), rate(", on = '01-01'"));
        let share = "indicators = [{ name = 'population_share', per = { table = 'there' } }]";
        let net = "indicators = [{ name = 'net_migration', less = { table = 'there' } }]";
        let naturalised =
            "indicators = [{ name = 'naturalisation_rate', per = { table = 'there', on = '07-01' } }]";
        let nothing: &[&str] = &[];
        let table: [([&str; 3], [&str; 3], &[&str]); 19] = [
            (["flow", "'year'", &on], ["stock", "'year'", ""], nothing),
            (["flow", "'year'", &plain], ["stock", "'reference_date'", ""], nothing),
            (["flow", "'year', 'sex'", &on], ["stock", "'year', 'sex', 'item'", ""], nothing),
            (
                ["flow", "'year'", "indicators = 'crude_rate'"],
                ["stock", "'year'", ""],
                &["another table: `per`"],
            ),
            (["flow", "'year'", &plain], ["stock", "'year'", ""], &["the day of the population"]),
            (["stock", "'year'", &on], ["stock", "'year'", ""], &["events"]),
            (["flow", "'sex'", &on], ["stock", "'year'", ""], &["the years of its events"]),
            (["flow", "'year'", &on], ["stock", "'sex'", ""], &["the times of the population"]),
            (["flow", "'year'", &on], ["flow", "'year'", ""], &["a population"]),
            (["flow", "'year'", &on], ["stock", "'year'", "unit = 'permits'"], &["a population of persons"]),
            (
                ["flow", "'year', 'country'", &on],
                ["stock", "'year', 'country'", ""],
                &["`country` of the same list in both tables"],
            ),
            (["flow", "'year'", &on], ["stock", "'year', 'area'", ""], &["a total of `area` in `there`"]),
            (
                ["flow", "'year'", &rate(", on = '01-01', where = { area = 'A' }")],
                ["stock", "'year', 'area'", ""],
                nothing,
            ),
            (
                ["flow", "'year'", &rate(", concept = 'x'")],
                ["stock", "'year'", "concept = 'y'"],
                &["the table `there`, which is not there"],
            ),
            (["flow", "'year'", naturalised], ["stock", "'year'", ""], &["the population of 1 January"]),
            (["stock", "'reference_date'", share], ["stock", "'year'", ""], &["the day of the population"]),
            (["flow", "'year'", net], ["flow", "'year', 'sex'", ""], &["the same dimensions in both tables"]),
            (["flow", "'year'", net], ["flow", "'year'", "unit = 'permits'"], &["one unit"]),
            (["flow", "'year'", net], ["stock", "'year'", ""], &["two flows"]),
        ];
        for (here, there, expected) in table {
            let found = refusals(here, there);
            let needs: Vec<&str> = found
                .iter()
                .map(|message| message.split_once(" needs ").map_or(&**message, |(_, what)| what))
                .collect();
            assert_eq!(needs, expected, "{here:?} {there:?}");
        }
    }

    #[test]
    fn accounts_series_and_flows() {
        let account = |codes: &str| {
            format!(
                "indicators = 'balance_residual'\naccount = {{ dimension = 'item', opening = 'A', closing = 'B'{codes} }}"
            )
        };
        let natural = account("").replace("balance_residual", "natural_increase");
        let index =
            |breaks: &str| format!("indicators = [{{ name = 'index', since = 2010 }}]\nbreaks = [{breaks}]");
        let table: [(&str, &str, &[&str]); 13] = [
            ("'year', 'item'", &account(""), &[]),
            (
                "'year', 'item'",
                "indicators = 'balance_residual'",
                &["a residual of the account needs an account"],
            ),
            (
                "'year'",
                &account(""),
                &["a residual of the account needs the dimension `item` of its account"],
            ),
            (
                "'year', 'item'",
                &account(", plus = 'A'"),
                &["a residual of the account needs each code of its account once, and `A` is there twice"],
            ),
            (
                "'year', 'item'",
                &account(", optional = 'C'"),
                &["a residual of the account needs optional items that are items, and `C` is none"],
            ),
            ("'year', 'item'", &natural, &["a natural increase needs births and deaths"]),
            ("'year'", "indicators = 'index'", &["an index needs the year of the earlier count"]),
            ("'year'", &index("2010, 2005"), &[]),
            (
                "'year'",
                &index("2019"),
                &["an index since 2010 would compare across the break in the series of 2019"],
            ),
            ("'year', 'sex'", "indicators = ['women_share', 'rank_change']", &[]),
            ("'sex'", "indicators = 'rank_change'", &["a change of the rank needs one dimension of time"]),
            (
                "'year', 'origin'",
                "indicators = 'connectivity'",
                &["a connectivity needs the dimension `destination`"],
            ),
            ("'year'", "breaks = ['2019']", &["expected a year, such as 2019, found string"]),
        ];
        for (dimensions, more, expected) in table {
            let found = refusals(["flow", dimensions, more], ["stock", "'year'", ""]);
            assert_eq!(found, expected, "{dimensions} {more}");
        }
    }
}
