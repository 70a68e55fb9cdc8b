//! Parts of years of which a source has no cell: quarters that are not published yet, months before a series began. The sum of the
//! others is not that of the year, and looks like it.

use std::collections::{BTreeMap, BTreeSet};

use denizen_spec::{Code, Date, Diagnostic, Table, columns, end_of_month, month_named, month_of};
use polars::prelude::*;

use super::Cells;
use crate::counts::{CONCEPT, dimension, internal};
use crate::value::{Levels, Value};

/// Of a time that a table fixes, and has no column for.
const FIXED: &str = "fixed";

/// Parts of years that are not there.
pub(super) struct AbsentParts {
    /// The columns that say of which times and concepts.
    groups: Vec<PlSmallStr>,
    /// The column of the parts.
    part: PlSmallStr,
    /// For each time and concept, a part of which there is no cell, by the first value that is this part of any year.
    rows: BTreeSet<(Vec<u32>, u32)>,
    /// What the parts are called, by their values.
    names: Vec<Option<String>>,
}

impl AbsentParts {
    /// Those among cells that have a column of indices for each of `groups` and for the parts. The first of `groups` is the
    /// concept: of another one other parts may be published.
    fn of(
        frame: &DataFrame,
        groups: Vec<PlSmallStr>,
        part: PlSmallStr,
        names: Vec<Option<String>>,
    ) -> PolarsResult<Self> {
        let mut first_of = BTreeMap::new();
        let firsts = (0..).zip(&names).map(|(index, name)| {
            let name = name.as_deref()?;
            Some(*first_of.entry(name).or_insert(index))
        });
        let firsts: Vec<Option<u32>> = firsts.collect();
        let columns = groups.iter().chain([&part]).map(|name| frame.column(name)?.u32());
        let columns = columns.collect::<PolarsResult<Vec<_>>>()?;
        let mut met = BTreeMap::<Vec<u32>, BTreeSet<u32>>::new();
        for row in 0..frame.height() {
            let values = columns.iter().map(|column| column.get(row)).collect::<Option<Vec<u32>>>();
            let Some((index, group)) = values.as_deref().and_then(<[u32]>::split_last) else { continue };
            if let Some(Some(first)) = firsts.get(*index as usize) {
                met.entry(group.to_vec()).or_default().insert(*first);
            }
        }
        let mut parts = BTreeMap::<u32, BTreeSet<u32>>::new();
        met.iter().for_each(|(group, of_group)| parts.entry(group[0]).or_default().extend(of_group));
        let absent = met.iter().flat_map(|(group, of_group)| {
            let absent = parts[&group[0]].difference(of_group);
            absent.map(|part| (group.clone(), *part))
        });
        Ok(Self { rows: absent.collect(), groups, part, names })
    }

    /// The cells with one that is missing for each part that is not there: a sum of which a part is missing is missing.
    pub(super) fn added_to(
        &self,
        frame: LazyFrame,
        others: &[PlSmallStr],
        missing: Vec<Expr>,
    ) -> PolarsResult<LazyFrame> {
        let frame = frame.collect()?;
        // What a table fixes at one time has no column for it.
        let kept = (0..self.groups.len()).filter(|column| others.contains(&self.groups[*column]));
        let kept: Vec<usize> = kept.collect();
        let mut absent: Vec<Column> = Vec::new();
        for column in &kept {
            let indices: Vec<u32> = self.rows.iter().map(|(group, _)| group[*column]).collect();
            absent.push(crate::counts::indices(self.groups[*column].clone(), indices));
        }
        let parts: Vec<u32> = self.rows.iter().map(|(_, part)| *part).collect();
        absent.push(crate::counts::indices(self.part.clone(), parts));
        let keys: Vec<Expr> = kept.iter().map(|column| col(self.groups[*column].clone())).collect();
        let order: Vec<Expr> = frame.get_column_names().into_iter().cloned().map(col).collect();
        let groups: Vec<Expr> = others.iter().cloned().map(col).collect();
        let sums = frame.clone().lazy().group_by(groups.clone()).agg([len()]).select(groups);
        let absent = DataFrame::new_infer_height(absent)?.lazy();
        let absent = sums.join(absent, keys.clone(), keys, JoinArgs::new(JoinType::Inner));
        concat([frame.lazy(), absent.with_columns(missing).select(order)], UnionArgs::default())
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Cells {
    /// The parts of years that are not there, where a table adds up over this dimension and tells the years apart.
    pub(super) fn absent_parts(&self, table: &Table, position: usize) -> PolarsResult<Option<AbsentParts>> {
        let (name, levels) = &self.key[position];
        let Some(parts) = parts_of_years(name, levels) else { return Ok(None) };
        let summed = self.summed(table);
        let kept = (0..self.key.len()).filter(|other| *other != position && !summed.contains(other));
        // Years of birth, or codes that look like years, are no times.
        let (times, others): (Vec<usize>, Vec<usize>) =
            kept.partition(|other| self.key[*other].0 == columns::YEAR);
        let is_shown =
            |name: &str| table.dimensions.iter().any(|dimension| table.column_of(dimension) == name);
        // A quarter that is shown has its own months only.
        let is_within = |other: &usize| {
            let (name, levels) = &self.key[*other];
            is_shown(name) && is_time_within_years(name, levels)
        };
        if times.is_empty() || others.iter().any(is_within) {
            return Ok(None);
        }
        let is_asked = |column: &str| column == name || times.iter().any(|time| self.key[*time].0 == column);
        let frame = self.of_all_places(table, is_asked)?;
        let concept = self.position(columns::CONCEPT)?;
        let groups: Vec<PlSmallStr> = [concept].into_iter().chain(times).map(dimension).collect();
        let absent = AbsentParts::of(&frame.collect()?, groups, dimension(position), parts)?;
        Ok(Some(absent).filter(|absent| !absent.is_empty()))
    }

    /// The cells of the table's concept, of those codes that it takes of the columns asked for, and of all codes of the others.
    pub(super) fn of_all_places(
        &self,
        table: &Table,
        is_asked: impl Fn(&str) -> bool,
    ) -> PolarsResult<LazyFrame> {
        let mut frame = self.frame.clone().lazy();
        for (column, codes) in table.filter.iter().filter(|(column, _)| is_asked(column)) {
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            frame = frame.filter(self.is_one_of(column, &codes)?);
        }
        for (column, codes) in table.except.iter().filter(|(column, _)| is_asked(column)) {
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            frame = frame.filter(self.is_one_of(column, &codes)?.not());
        }
        match &table.concept {
            Some(concept) => Ok(frame.filter(self.is_one_of(columns::CONCEPT, &[concept])?)),
            None => Ok(frame),
        }
    }

    /// The parts of years that are not there for the totals that a table asks for, by its dimensions. Whether a part is there
    /// is asked of all cells of the source: where the table shows some of them only, a part without a row is nobody.
    pub(super) fn absent_parts_of_totals(&self, table: &Table) -> PolarsResult<BTreeMap<usize, AbsentParts>> {
        let concept = dimension(self.position(columns::CONCEPT)?);
        let shown = table.dimensions.iter().map(|dimension| self.position(table.column_of(dimension)));
        let shown: Vec<PlSmallStr> =
            shown.map(|position| position.map(dimension)).collect::<PolarsResult<_>>()?;
        let of_table = |name: &PlSmallStr| match shown.iter().position(|shown| shown == name) {
            Some(position) => dimension(position),
            None if *name == concept => CONCEPT.into(),
            None => FIXED.into(),
        };
        let mut found = BTreeMap::new();
        for total in table.totals_of_cells(&self.source) {
            let position = self.position(table.column_of(&table.dimensions[total]))?;
            if let Some(absent) = self.absent_parts(table, position)? {
                let groups = absent.groups.iter().map(of_table).collect();
                found.insert(total, AbsentParts { groups, part: dimension(total), ..absent });
            }
        }
        Ok(found)
    }

    /// The columns of the key over which a table adds cells up: to a cell of its own, or to a total that it asks for.
    pub(super) fn added_over(&self, table: &Table) -> Vec<usize> {
        let totals = table.totals_of_cells(&self.source).into_iter();
        let totals = totals.filter_map(|total| self.position(table.column_of(&table.dimensions[total])).ok());
        self.summed(table).into_iter().chain(totals).collect()
    }

    /// What is to be said where a table adds up over parts of years of which some are not there: these sums are missing.
    ///
    /// # Errors
    ///
    /// Only faults of the program.
    pub fn sums_without_parts(&self, table: &Table) -> Result<Option<Diagnostic>, Diagnostic> {
        for position in self.added_over(table) {
            let absent = self.absent_parts(table, position);
            let Some(absent) = absent.map_err(|error| internal("cells of a table", &error))? else {
                continue;
            };
            let name = &self.key[position].0;
            let message = format!(
                "`{}` adds cells of `{}` up over `{name}`, of which some are not there at all",
                table.name, self.source.name
            );
            let examples: Vec<String> =
                absent.rows.iter().take(MOST_EXAMPLES).map(|row| self.said(&absent, row)).collect();
            let others = absent.rows.len() - examples.len();
            let more = if others > 0 { format!(", and {others} others") } else { String::new() };
            return Ok(Some(
                Diagnostic::warning(Code::IncompleteSum, message)
                    .note(format!("no cell is of {}{more}", examples.join(", ")))
                    .help("the sums of their years are missing (`O`): leave these years out with a step `filter`, or show the dimension"),
            ));
        }
        Ok(None)
    }

    /// A part that is not there, and of which time.
    fn said(&self, absent: &AbsentParts, (group, part): &(Vec<u32>, u32)) -> String {
        let text = |column: usize, index: u32| {
            let value = self.key[column].1.values().get(index as usize);
            value.map(Value::text).unwrap_or_default()
        };
        let of_column = |name: &PlSmallStr| (0..self.key.len()).find(|column| dimension(*column) == *name);
        let times = absent.groups.iter().zip(group).skip(1);
        let times = times.filter_map(|(name, index)| Some(text(of_column(name)?, *index)));
        let times: Vec<String> = times.collect();
        let part = absent.names.get(*part as usize).cloned().flatten().unwrap_or_default();
        format!("`{part}` of `{}`", times.join(" "))
    }
}

/// Parts that are named in a message.
const MOST_EXAMPLES: usize = 5;

/// The texts of all values that are no total, and stated.
fn details(levels: &Levels) -> Vec<String> {
    levels.values().iter().filter(|value| value.is_detail()).map(Value::text).collect()
}

/// Whether these are whole years.
fn are_years(levels: &Levels) -> bool {
    let details = details(levels);
    !details.is_empty() && details.iter().all(|text| text.len() == 4 && is_time(text))
}

/// Whether these are times within years: `2019-Q1`, `Q1`, a day.
fn is_time_within_years(name: &str, levels: &Levels) -> bool {
    let is_of_days = levels.values().iter().any(|value| matches!(value, Value::Day(_)));
    is_of_days || are_parts_of_years(name, levels) || are_times(levels) && !are_years(levels)
}

/// Whether these are years, or times within them.
pub(super) fn are_times(levels: &Levels) -> bool {
    let details = details(levels);
    !details.is_empty() && details.iter().all(|text| is_time(text))
}

/// What part of its year each value is, where all are parts of years: a code such as `Q1`, what stands behind the year in `2019-Q1`, or
/// the month of a day, where all days are the first or all the last of their months. Totals and what is not stated are none.
fn parts_of_years(name: &str, levels: &Levels) -> Option<Vec<Option<String>>> {
    let details = || levels.values().iter().filter(|value| value.is_detail());
    let is_named = are_parts_of_years(name, levels);
    let are_all = |is_it: &dyn Fn(&Date) -> bool| {
        details().all(|value| matches!(value, Value::Day(day) if Date::from_days(*day).is_some_and(|date| is_it(&date))))
    };
    let is_last = |date: &Date| {
        let day = date.days();
        day.is_some_and(|day| month_of(day).is_some_and(|month| end_of_month(month) == day))
    };
    let are_months = are_all(&|date| date.day == 1) || are_all(&is_last);
    let are_years_and_parts =
        details().all(|value| matches!(value, Value::Code(code) if code.len() > 4 && is_time(code)));
    let part = |value: &Value| match value {
        Value::Day(day) if are_months => Some(format!("{:02}", Date::from_days(*day)?.month)),
        Value::Code(code) if are_years_and_parts => Some(code[4..].trim_start_matches('-').to_owned()),
        Value::Code(_) | Value::Number(_) if is_named => Some(value.text()),
        Value::Day(_) | Value::Code(_) | Value::Number(_) | Value::NotStated => None,
    };
    let parts = levels.values().iter().map(|value| if value.is_detail() { part(value) } else { None });
    let parts: Vec<Option<String>> = parts.collect();
    let distinct: BTreeSet<&String> = parts.iter().flatten().collect();
    (distinct.len() > 1).then_some(parts)
}

/// Whether these are parts of any year: months, quarters, halves. One code by itself may be called like a month, such as `MAR`.
pub(super) fn are_parts_of_years(name: &str, levels: &Levels) -> bool {
    let details = details(levels);
    details.len() > 1 && details.iter().all(|text| is_part_of_year(name, text))
}

/// Whether a code is a year, a month or a quarter: `2019`, `2019-03`, `2019-Q1`.
fn is_time(code: &str) -> bool {
    let (year, part) = code.split_at_checked(4).unwrap_or((code, ""));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let part = part.strip_prefix('-').unwrap_or(part);
    let is_part =
        part.is_empty() || is_number(part) || part.strip_prefix(['Q', 'T', 'q', 't']).is_some_and(is_number);
    year.len() == 4 && is_number(year) && is_part && (1800..2200).contains(&year.parse().unwrap_or(0))
}

/// What parts of years are called that are numbers.
const PARTS_OF_YEARS: [&str; 16] = [
    "month",
    "mese",
    "mes",
    "mois",
    "quarter",
    "trimestre",
    "trimester",
    "semester",
    "semestre",
    "half",
    "week",
    "settimana",
    "semana",
    "semaine",
    "period",
    "periodo",
];

/// Whether a code of a dimension of this name is a time within any year: a month, a quarter (`Q1`, `T1`), a half (`S1`, `H1`), or a day
/// (`31/03`).
fn is_part_of_year(dimension: &str, code: &str) -> bool {
    let is_number =
        |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_called_so =
        dimension.to_lowercase().split(['_', '-', ' ']).any(|word| PARTS_OF_YEARS.contains(&word));
    let is_numbered = code.strip_prefix(['Q', 'T', 'S', 'H', 'q', 't', 's', 'h']).is_some_and(is_number);
    let is_day =
        code.split_once(['/', '.', '-']).is_some_and(|(day, month)| is_number(day) && is_number(month));
    month_named(code).is_some() || is_numbered || is_day || (is_called_so && is_number(code))
}
