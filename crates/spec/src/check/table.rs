//! Faults of a table beside its source, and of tables that are parts of one.

mod estimate;
mod totals;

use crate::diagnostic::suggestion;
use crate::pipeline::{Pipeline, TableId};
use crate::schema::Schema;
use crate::source::{Column, FieldType, Source, SourceKind};
use crate::table::{Measure, Table};
use crate::{Code, ColumnType, Diagnostic, Path, columns};

pub(crate) fn check_table(
    id: TableId,
    table: &Table,
    source: &Source,
    pipeline: &Pipeline,
    schema: &Schema,
    faults: &mut Vec<Diagnostic>,
) {
    let check = TableCheck { table, source, pipeline, schema, path: Path::table(id) };
    check.dimensions(faults);
    faults.extend(schema.need_codes(&table.filter, &check.path.clone().field("filter")));
    faults.extend(schema.need_codes(&table.except, &check.path.clone().field("except")));
    check.names_of_dimensions(faults);
    check.indicators(faults);
    check.totals(faults);
    check.estimate(faults);
    match source.kind {
        SourceKind::Cells => {
            faults.extend(check.unresolved_dimensions());
            faults.extend(check.left_out());
            check.cell_columns(faults);
            faults.extend(check.period_of_sums());
            faults.extend(check.texts_beside());
        }
        SourceKind::Records => {
            check.personal_filter(faults);
            faults.extend(check.rule());
            faults.extend(check.reference_date());
            faults.extend(check.period());
            if table.concept.is_none() {
                let fault = Diagnostic::error(Code::MissingField, "the field `concept` is missing");
                let label = "say what is counted, such as \"cumulative_outflow\"";
                faults.push(fault.at(check.path.clone(), label));
            }
        }
    }
}

struct TableCheck<'a> {
    table: &'a Table,
    source: &'a Source,
    pipeline: &'a Pipeline,
    schema: &'a Schema,
    path: Path,
}

impl TableCheck<'_> {
    fn path_of_dimension(&self, index: usize) -> Path {
        self.path.clone().field("dimensions").index(index)
    }

    fn has_dimension(&self, name: &str) -> bool {
        self.table.dimensions.iter().any(|dimension| dimension == name)
    }

    /// Whether a column of the source is one of the dimensions.
    fn shows(&self, column: &str) -> bool {
        self.table.dimensions.iter().any(|dimension| self.table.column_of(dimension) == column)
    }

    fn dimensions(&self, faults: &mut Vec<Diagnostic>) {
        const ALLOWED: [ColumnType; 4] =
            [ColumnType::Text, ColumnType::Code, ColumnType::Integer, ColumnType::Date];
        for (index, name) in self.table.dimensions.iter().enumerate() {
            let path = self.path_of_dimension(index);
            if columns::OF_TABLES.contains(&name.as_str()) || self.table.dimensions[..index].contains(name) {
                let message = format!("the table would have two columns `{name}`");
                let fault = Diagnostic::error(Code::ColumnTwice, message);
                faults.push(fault.at(path.clone(), "leave it out, or rename it with `from`"));
            }
            if self.table.dimensions.iter().any(|other| self.has_codes_in(other, name)) {
                let message = format!("the table would have two columns `{name}`");
                let fault = Diagnostic::error(Code::ColumnTwice, message);
                let label = "the program gives this name to the codes of a dimension";
                faults.push(fault.at(path.clone(), label));
            }
            let column = self.table.column_of(name);
            faults.extend(self.schema.need(column, &ALLOWED, path.clone()));
            if self.source.is_weight(column) {
                let fault =
                    Diagnostic::error(Code::WrongColumn, format!("`{name}` is the weight of the rows"));
                let label = "it says how many a row counts for, and is no dimension: leave it out";
                faults.push(fault.at(path.clone(), label));
            }
            if self.schema.get(column).is_some_and(|column| column.personal) {
                let fault = Diagnostic::error(Code::PersonalDimension, format!("`{name}` is personal"));
                faults.push(fault.at(path, "a personal column cannot be a dimension"));
            }
        }
    }

    /// A table of one code of a personal column tells as much as a row of that code.
    fn personal_filter(&self, faults: &mut Vec<Diagnostic>) {
        for (field, name) in self.choices() {
            let column = self.schema.get(name);
            // Pseudonyms are refused already: no code equals one.
            if column.is_some_and(|column| column.personal && column.column_type != ColumnType::Text) {
                let fault = Diagnostic::error(Code::PersonalDimension, format!("`{name}` is personal"));
                let path = self.path.clone().field(field).field(name).name();
                faults.push(fault.at(path, "a table cannot be of one code of a personal column"));
            }
        }
    }

    /// The columns by which it chooses rows, and where it says so.
    fn choices(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let filter = self.table.filter.iter().map(|(name, _)| ("filter", name));
        filter.chain(self.table.except.iter().map(|(name, _)| ("except", name)))
    }

    /// Cells of some codes are left out of those of a dimension that is shown, or of a sum. A published total has them in it.
    fn left_out(&self) -> Vec<Diagnostic> {
        let path = self.path.clone().field("except");
        let is_in_total = |name: &str| {
            let column = self.source.column(name);
            !self.shows(name)
                && !column.is_some_and(|column| column.total.is_none() && self.is_additive(column))
        };
        let known = self.table.except.iter().filter(|(name, _)| self.schema.get(name).is_some());
        let open = known.filter(|(name, _)| is_in_total(name));
        open.map(|(name, _)| {
            let message = format!("the table leaves codes of `{name}` out, and does not show it");
            Diagnostic::error(Code::OpenDimension, message)
                .at(path.clone().field(name).name(), "what is left could only be told by adding up")
                .help(format!(
                    "add `{name}` to `dimensions`; or leave the codes out with a step `filter` and `drop`"
                ))
        })
        .collect()
    }

    /// Whether the codes of a dimension of numbers or dates would stand in the column `name`.
    fn has_codes_in(&self, dimension: &str, name: &str) -> bool {
        let column = self.schema.get(self.table.column_of(dimension));
        let has_codes =
            column.is_some_and(|column| matches!(column.column_type, ColumnType::Integer | ColumnType::Date));
        has_codes && columns::code_of(dimension) == name
    }

    /// Where a field of the table names a dimension, it must be one.
    fn names_of_dimensions(&self, faults: &mut Vec<Diagnostic>) {
        let from = self.path.clone().field("from");
        let renamed = self.table.from.iter().map(|(name, _)| (name, from.clone().field(name).name()));
        let path_of = |index: usize| {
            let path = self.path.clone().field("over");
            if self.table.over.len() == 1 { path } else { path.index(index) }
        };
        let over = self.table.over.iter().enumerate().map(|(index, name)| (name, path_of(index)));
        for (name, path) in renamed.chain(over).filter(|(name, _)| !self.has_dimension(name)) {
            let dimensions = self.table.dimensions.iter().map(String::as_str);
            faults.push(
                Diagnostic::error(Code::UnknownColumn, format!("the table has no dimension `{name}`"))
                    .at(path, "not among `dimensions`")
                    .maybe_help(suggestion(name, dimensions)),
            );
        }
    }

    fn indicators(&self, faults: &mut Vec<Diagnostic>) {
        let path = self.path.clone().field("indicators");
        let is_one = self.table.indicators.len() == 1;
        for (index, asked) in self.table.indicators.iter().enumerate() {
            let path = if is_one { path.clone() } else { path.clone().index(index) };
            let refusals = asked.refusals(self.pipeline, self.table, self.schema).into_iter();
            faults.extend(refusals.map(|(message, label)| {
                Diagnostic::error(Code::UnknownColumn, message).at(path.clone(), label)
            }));
        }
    }

    /// What a table of cells shows or fixes must be codes, numbers or dates, and a column that is fixed but not shown
    /// must have one code: with several, one cell of the table would be several.
    fn cell_columns(&self, faults: &mut Vec<Diagnostic>) {
        const ALLOWED: [ColumnType; 3] = [ColumnType::Code, ColumnType::Integer, ColumnType::Date];
        let filter = self.path.clone().field("filter");
        let dimensions = self.table.dimensions.iter().enumerate();
        let shown =
            dimensions.map(|(index, name)| (self.table.column_of(name), self.path_of_dimension(index)));
        let except = self.path.clone().field("except");
        let fixed = self.choices().map(|(field, name)| {
            let chosen = if field == "filter" { &filter } else { &except };
            (name.as_str(), chosen.clone().field(name).name())
        });
        for (name, path) in shown.chain(fixed).filter(|(name, _)| *name != columns::CONCEPT) {
            faults.extend(self.schema.need(name, &ALLOWED, path));
        }
        let hidden = self.table.filter.iter().filter(|(name, _)| !self.shows(name));
        for (name, codes) in hidden.filter(|(_, codes)| codes.len() != 1) {
            if self.source.additive.is_over(name) && !codes.iter().any(|code| code == columns::TOTAL) {
                continue;
            }
            let message = format!("the table fixes `{name}` at several codes and does not show it");
            let path = filter.clone().field(name).name();
            let fault = Diagnostic::error(Code::OpenDimension, message);
            faults.push(fault.at(path, "give one code, or add it to `dimensions`"));
        }
    }

    /// A dimension of the cells that the table does not show must stand at its total: adding its codes could count
    /// twice.
    fn unresolved_dimensions(&self) -> Vec<Diagnostic> {
        let is_fixed = |name: &str| self.table.filter.iter().any(|(column, _)| column == name);
        const OTHERS: [&str; 4] =
            [columns::VALUE, columns::OBS_STATUS, columns::CONF_STATUS, columns::CONCEPT];
        let is_dimension = |name: &str| !OTHERS.contains(&name);
        let steps = self.pipeline.steps_of(self.source);
        let made: Vec<Column> = steps
            .filter_map(|(_, step)| Some(Column::new(step.operation.tells_apart()?, FieldType::Code)))
            .collect();
        let open = self.source.columns.iter().chain(&made).filter(|column| {
            is_dimension(&column.name)
                && !self.shows(&column.name)
                && !is_fixed(&column.name)
                && column.total.is_none()
                && !self.is_additive(column)
                && column.field_type != FieldType::Text
        });
        open.map(|column| {
            let name = &column.name;
            Diagnostic::error(Code::OpenDimension, format!("the table leaves `{name}` open"))
                .at(self.path.clone(), "its codes could be counted together with their total")
                .help(if self.source.additive.is_over(name) {
                    format!("the same persons are there at each `{name}`: add it to `dimensions`, or keep one with a step `filter`")
                } else {
                    format!(
                        "add `{name}` to `dimensions`, fix it with `filter`, declare its `total` in the source, or say there that \
                         cells add up over it: `additive = [\"{name}\"]`"
                    )
                })
        })
        .collect()
    }

    fn is_additive(&self, column: &Column) -> bool {
        self.table.adds_up_over(self.source, column)
    }

    fn rule(&self) -> Option<Diagnostic> {
        if !self.table.measure.needs_rule() && self.table.rule.is_none() {
            return None;
        }
        let rules: Vec<&str> =
            self.pipeline.residences_of(self.source).map(|residence| residence.name.as_str()).collect();
        let measure = self.table.measure.name();
        let path = self.path.clone().field("rule");
        match &self.table.rule {
            Some(rule) if !self.table.measure.needs_rule() => self.other_rule(rule),
            Some(rule) if !rules.contains(&rule.as_str()) => Some(
                Diagnostic::error(Code::UnknownValue, format!("no step applies the rule `{rule}`"))
                    .at(path, "not a rule of a `residence` step")
                    .maybe_help(suggestion(rule, rules)),
            ),
            None if self.table.measure.needs_rule() && rules.len() != 1 => {
                let message = format!("it is not clear by which rule `{measure}` is counted");
                let help = suggestion("", rules);
                let help = help.or(Some("add a step with `op = \"residence\"`".to_owned()));
                Some(
                    Diagnostic::error(Code::MissingField, message)
                        .at(self.path.clone(), "name one with `rule`")
                        .maybe_help(help),
                )
            }
            Some(_) | None => None,
        }
    }

    /// A table that no residence rule counts may say which rule for permits or signs of life is behind it.
    fn other_rule(&self, rule: &str) -> Option<Diagnostic> {
        let steps = self.pipeline.steps_of(self.source);
        let names: Vec<&str> = steps.filter_map(|(_, step)| step.operation.rule_name()).collect();
        let path = self.path.clone().field("rule");
        if names.contains(&rule) {
            return None;
        }
        if names.is_empty() {
            let message = format!("`{}` is counted by no rule", self.table.measure.name());
            return Some(Diagnostic::error(Code::UnknownValue, message).at(path, "leave it out"));
        }
        let fault = Diagnostic::error(Code::UnknownValue, format!("no step applies the rule `{rule}`"));
        Some(fault.at(path, "not a rule of a step above").maybe_help(suggestion(rule, names)))
    }

    /// Cells that are added up over all times would be of years outside the period too.
    fn period_of_sums(&self) -> Option<Diagnostic> {
        let period = self.pipeline.period?;
        let is_time = |column: &&Column| {
            column.name == columns::YEAR || matches!(column.field_type, FieldType::Date(_))
        };
        let shows_time = crate::indicator::time_dimension(self.table).is_some();
        let open = self.source.columns.iter().filter(is_time);
        let open = open.filter(|column| !self.shows(&column.name) && self.is_additive(column));
        let column = open.filter(|_| !shows_time).map(|column| column.name.as_str()).next()?;
        let (first, last) = (period.first, period.last);
        let fault = Diagnostic::error(
            Code::OpenDimension,
            format!("cells of all times are added up over `{column}`"),
        );
        let help = format!(
            "keep those from {first} to {last} with a step `filter`, or add `year` to `dimensions` (`derive` makes it of a date)"
        );
        Some(fault.at(self.path.clone(), "those outside the `period` among them").help(help))
    }

    /// Records of years outside the period are not counted, for which their year must be known.
    fn period(&self) -> Option<Diagnostic> {
        self.pipeline.period?;
        if self.schema.year_column(self.table).is_some() {
            return None;
        }
        let message = "it is not known which records lie in the `period`";
        let fault = Diagnostic::error(Code::UnknownColumn, message);
        let help = "derive a column `year`, or show `reference_date`";
        Some(fault.at(self.path.clone(), "its records have no year").help(help))
    }

    /// Rows of several reference dates are the same persons: they are counted date by date.
    fn reference_date(&self) -> Option<Diagnostic> {
        let Some(expansion) = self.schema.expansion() else {
            let needs_dates = match self.table.measure {
                Measure::Stock => true,
                Measure::Count
                | Measure::Emigration
                | Measure::Immigration
                | Measure::Flow
                | Measure::Beside(..) => false,
            };
            let fault = Diagnostic::error(Code::SourceKind, "a stock is counted on reference dates");
            let fault = fault.at(self.path.clone().field("measure"), "no step makes a reference date");
            let help = "add a step with `op = \"expand\"` or `op = \"stock\"`, or count the records with `measure = \"count\"`";
            return needs_dates.then(|| fault.help(help));
        };
        let column = &expansion.column;
        if expansion.dates.len() > 1 && !self.shows(column) {
            let label = "who is there on several dates would be counted several times";
            return Some(self.open(column, label));
        }
        let cohort = expansion.cohort.as_ref().filter(|cohort| !self.shows(cohort))?;
        Some(self.open(cohort, "who belongs to several cohorts would be counted several times"))
    }

    fn open(&self, column: &str, label: &str) -> Diagnostic {
        Diagnostic::error(Code::OpenDimension, format!("the table leaves `{column}` open"))
            .at(self.path.clone(), label)
            .help(format!("add `{column}` to `dimensions`"))
    }
}
