//! What tables that are compared must have in common.

use super::{Asked, Refusal, refusal};
use crate::columns;
use crate::indicator::form::{Denominator, Form};
use crate::indicator::other_table::{DayOfYear, NoTable, OtherTable};
use crate::schema::{ColumnInfo, Schema};
use crate::source::SourceKind;
use crate::table::{Measure, Table};

fn is_time(dimension: &str) -> bool {
    [columns::REFERENCE_DATE, columns::YEAR].contains(&dimension)
}

/// Codes of two lists are not known to mean the same. `name` is the other table, whose column comes second.
fn other_list(dimension: &str, name: &str, [here, there]: [&ColumnInfo; 2]) -> Option<Refusal> {
    if here.column_type == there.column_type && here.codelist == there.codelist {
        return None;
    }
    refusal(
        &format!("`{dimension}` of the same list in both tables"),
        format!("in `{name}` it is of another list or type, so that no code is known to mean the same"),
    )
}

impl Asked<'_> {
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

    pub(super) fn population(&self, at: Denominator) -> Option<Refusal> {
        let other = self.used.per.as_ref();
        let table = match self.other(other, "per") {
            Ok(table) => table,
            Err(refusal) => return Some(refusal),
        };
        self.no_population(table)
            .or_else(|| self.is_of_one_make_up(table))
            .or_else(|| self.other_dimensions(table, other?, "per", &[]))
            .or_else(|| self.times_of_population(table, other?, at))
    }

    /// The make-up of a population is told by the dimension that its events are taken over.
    fn is_of_one_make_up(&self, table: &Table) -> Option<Refusal> {
        let along = match self.used.indicator.form {
            Form::Decomposition { .. } => self.used.indicator.form.along(self.table),
            Form::Ratio { .. }
            | Form::Rank { .. }
            | Form::Change { .. }
            | Form::Difference { .. }
            | Form::Reduce { .. }
            | Form::Compare { .. }
            | Form::Account { .. }
            | Form::Areas { .. }
            | Form::Survival { .. }
            | Form::Matrix { .. } => return None,
        };
        let over = &self.table.dimensions[*along.first()?];
        if is_time(over) {
            return refusal("a dimension of persons in `over`", "the change is one over time already");
        }
        let is_fixed = self.used.per.as_ref().is_some_and(|per| per.fixes(over).is_some());
        if table.position(over).is_some() && !is_fixed {
            return None;
        }
        refusal(
            &format!("a population by `{over}`"),
            format!("`{}` does not show it: its make-up would not be known", table.name),
        )
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
        let open = table.dimensions.iter().filter(|dimension| {
            !is_time(dimension) && !free.contains(&dimension.as_str()) && other.fixes(dimension).is_none()
        });
        for dimension in open {
            let there = schema.get(table.column_of(dimension));
            if self.table.position(dimension).is_some() {
                let here = self.schema.get(self.table.column_of(dimension));
                if let Some(refusal) = other_list(dimension, name, [here?, there?]) {
                    return Some(refusal);
                }
                let totals = [
                    self.has_total(self.table, dimension, self.schema),
                    self.has_total(table, dimension, &schema),
                ];
                // Of records, a total that nobody made would be taken for nobody.
                let is_lacking = totals == [true, false] || (key == "less" && totals == [false, true]);
                if source.kind == SourceKind::Records && is_lacking {
                    return refusal(
                        &format!("totals of `{dimension}` in both tables"),
                        format!("give `{name}` the `totals` that this table has, and the other way round"),
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
        self.second_day(table, other).or_else(|| match at {
            Denominator::AtStart | Denominator::Mean => self.times_of_events(table, other, at),
            Denominator::Population => self.times_of_stock(table, other),
            Denominator::One | Denominator::Gross => None,
        })
    }

    /// Events of a year have the population at its start, or the mean of it.
    fn times_of_events(&self, table: &Table, other: &OtherTable, at: Denominator) -> Option<Refusal> {
        let name = &table.name;
        let by_date = table.position(columns::REFERENCE_DATE).is_some();
        let by_year = table.position(columns::YEAR).is_some();
        if self.table.measure == Measure::Stock {
            return refusal("events", "the table counts a stock: its measure is `stock`");
        }
        if self.table.position(columns::YEAR).is_none() {
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
        if by_date || other.on.is_some() { None } else { self.day_is_missing(name) }
    }

    /// A stock has the population of its own day.
    fn times_of_stock(&self, table: &Table, other: &OtherTable) -> Option<Refusal> {
        if self.table.measure != Measure::Stock {
            return refusal("a stock", "a flow has a rate: take `crude_rate`, or `naturalisation_rate`");
        }
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
        if date == date_there || (date && other.on.is_some()) {
            None
        } else if year {
            refusal("the day of its stock", "show `reference_date` in place of `year`")
        } else {
            self.day_is_missing(name)
        }
    }

    /// A day for years, where there are none.
    fn second_day(&self, table: &Table, other: &OtherTable) -> Option<Refusal> {
        let has_days = table.position(columns::REFERENCE_DATE).is_some();
        let label = format!("`{}` has days of its own: leave out `on`", table.name);
        if has_days && other.on.is_some() { refusal("one day of the population", label) } else { None }
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
    pub(super) fn population_of_areas(&self) -> Option<Refusal> {
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
            | Form::Account { .. }
            | Form::Decomposition { .. }
            | Form::Survival { .. } => false,
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
        if let Some(refusal) = self.second_day(table, other) {
            return Some(refusal);
        }
        let is_met = date == date_there || other.on.is_some() || (is_matrix && year);
        if is_met {
            None
        } else if date_there {
            refusal("the day of its stock", "show `reference_date` in place of `year`")
        } else {
            self.day_is_missing(name)
        }
    }

    /// The flow the other way is one of the same kind, by the same dimensions.
    pub(super) fn less(&self) -> Option<Refusal> {
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
