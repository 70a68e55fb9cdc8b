//! Faults that only show when the parts of a pipeline file are read together.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;

use crate::clean::{Derivation, Operation, Step};
use crate::diagnostic::suggestion;
use crate::pipeline::Pipeline;
use crate::source::{Column, ColumnKind, Format, Kind, Source};
use crate::table::{Indicator, Table};
use crate::{Code, Diagnostic, columns};

/// What a column holds at some step, as far as checks need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Code,
    Integer,
    Date,
    /// Yes, no, or not known.
    Answer,
}

impl Holds {
    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Code => "codes",
            Self::Integer => "whole numbers",
            Self::Date => "dates",
            Self::Answer => "answers of a rule",
        }
    }
}

/// The columns that exist at some step.
struct Known {
    /// Name, content, and whether it is personal.
    columns: Vec<(String, Holds, bool)>,
    /// The columns by which the steps so far order persons: person and date.
    history: Option<(String, String)>,
}

/// The names that every published table has beside its dimensions.
const RESERVED: [&str; 9] =
    ["indicator", "value", "unit", "obs_status", "conf_status", "base", "rule", "rule_parameters", "vintage"];

pub(crate) fn check(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for (list, section) in
        [(pipeline.sources.is_empty(), "[source.NAME]"), (pipeline.tables.is_empty(), "[[table]]")]
    {
        if list {
            let fault = Diagnostic::error(Code::MissingField, format!("the pipeline has no {section}"));
            faults.push(fault.at(0..0, "nothing to do"));
        }
    }
    // Without any source it is no news that a step or table has none.
    if !pipeline.sources.is_empty() {
        faults.extend(check_references(pipeline));
    }
    let mut signatures: BTreeMap<&str, Vec<Option<Holds>>> = BTreeMap::new();
    for source in &pipeline.sources {
        faults.extend(check_source(source));
        let mut known = Known::of(source);
        for step in pipeline.steps_of(source) {
            known.step(step, &mut faults);
        }
        faults.extend(pipeline.steps_of(source).flat_map(|step| check_direction(step, source)));
        for table in pipeline.tables_of(source) {
            check_table(table, source, pipeline, &known, &mut faults);
            let holds =
                |name: &Spanned<String>| known.find(table.column_of(name.get_ref())).map(|(holds, _)| holds);
            let signature: Vec<_> = table.dimensions.iter().map(holds).collect();
            let first = signatures.entry(table.name.get_ref().as_str()).or_insert_with(|| signature.clone());
            if *first != signature {
                let message = format!("two tables are called `{}`", table.name.get_ref());
                let label = "the dimensions of this part hold something else than those of the part above";
                faults.push(Diagnostic::error(Code::TableTwice, message).at(table.name.span(), label));
            }
        }
    }
    faults.extend(check_parts(&pipeline.tables));
    faults
}

/// Every step and table has a source, of the kind that it works on.
fn check_references(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let mut check =
        |named: Option<&Spanned<String>>, span: &Range<usize>, kind: Kind, what: &str| match pipeline
            .source(named, Some(kind))
        {
            None => faults.push(unclear_source(named, span, pipeline, what)),
            Some(source) if source.kind != kind => {
                let works_on = if kind == Kind::Records { "records" } else { "cells" };
                let message = format!("`{}` does not hold {works_on}", source.name.get_ref());
                let span = named.map_or(span.clone(), Spanned::span);
                let label = format!("this {what} works on {works_on}");
                faults.push(Diagnostic::error(Code::SourceKind, message).at(span, label));
            }
            Some(_) => {}
        };
    for step in &pipeline.clean {
        check(step.source.as_ref(), &step.span, Kind::Records, "step");
    }
    for table in &pipeline.tables {
        check(table.source.as_ref(), &table.span, table.measure.kind(), "table");
    }
    faults
}

fn unclear_source(
    named: Option<&Spanned<String>>,
    span: &Range<usize>,
    pipeline: &Pipeline,
    what: &str,
) -> Diagnostic {
    let names = || pipeline.sources.iter().map(|source| source.name.get_ref().as_str());
    match named {
        Some(name) => {
            Diagnostic::error(Code::UnknownSource, format!("there is no source `{}`", name.get_ref()))
                .at(name.span(), "not declared as [source.NAME]")
                .maybe_help(suggestion(name.get_ref(), names().collect::<Vec<_>>()))
        }
        None => {
            Diagnostic::error(Code::UnknownSource, format!("it is not clear which source this {what} means"))
                .at(span.clone(), "name one with `source`")
                .maybe_help(suggestion("", names().collect::<Vec<_>>()))
        }
    }
}

/// Records are filed by `year` and `reference_date`, so these hold what their names say.
fn check_time(column: &Column, fault: &mut impl FnMut(Range<usize>, &str, &str)) {
    let (name, kind) = (column.name.get_ref().as_str(), &column.kind);
    if name == columns::YEAR && *kind != ColumnKind::Integer {
        fault(
            column.name.span(),
            "a year is a whole number",
            "add `type = \"integer\"`, or rename the column",
        );
    }
    if name == columns::REFERENCE_DATE && !matches!(kind, ColumnKind::Date(_)) {
        fault(
            column.name.span(),
            "a reference date is a date",
            "add `type = \"date\"`, or rename the column",
        );
    }
}

/// What cells need besides what records need: a value, one concept, and columns that can be counted on.
fn check_cells(source: &Source, fault: &mut impl FnMut(Range<usize>, &str, &str)) {
    let value = source.column(columns::VALUE).map(|column| &column.kind);
    if value != Some(&ColumnKind::Integer) {
        let label = "declare `value = { from = \"…\", type = \"integer\" }`";
        fault(source.span.clone(), "cells need a column `value` of whole numbers", label);
    }
    match (&source.concept, source.column(columns::CONCEPT)) {
        (None, None) => {
            let label = "say what the cells count: `concept = \"…\"`, or a column `concept`";
            fault(source.span.clone(), "cells need a concept", label);
        }
        (Some(_), Some(column)) => {
            fault(
                column.name.span(),
                "cells have one concept",
                "leave out this column, or the `concept` of the source",
            );
        }
        _ => {}
    }
    for column in &source.columns {
        let is_text = matches!(column.kind, ColumnKind::Text | ColumnKind::Code);
        let name = column.name.get_ref().as_str();
        if column.personal {
            fault(column.name.span(), "cells are no persons", "a column of cells cannot be personal");
        }
        if [columns::CONCEPT, columns::OBS_STATUS].contains(&name) && !is_text {
            fault(column.name.span(), "this column holds text", "leave out `type`, or give `codes`");
        }
    }
}

fn check_source(source: &Source) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let mut fault = |span: Range<usize>, message: &str, label: &str| {
        faults.push(Diagnostic::error(Code::SourceKind, message).at(span, label));
    };
    for column in &source.columns {
        let span = column.name.span();
        check_time(column, &mut fault);
        for (_, ours) in column.codes.iter().filter(|(_, ours)| ours.get_ref() == columns::TOTAL) {
            fault(ours.span(), "`_T` is the code of a total", "name the code of the file in `total` instead");
        }
        if column.kind == ColumnKind::Code && column.list.is_none() && column.codes.is_empty() {
            fault(span.clone(), "a column of codes needs its codes", "give `list` or `codes`");
        }
        let has_codes = column.list.is_some() || !column.codes.is_empty() || column.total.is_some();
        if column.total.is_some() && source.kind == Kind::Records {
            let label = "`total` belongs to a source with `kind = \"cells\"`";
            fault(span.clone(), "records have no totals", label);
        } else if column.kind != ColumnKind::Code && has_codes {
            let label = "a column of codes has `list` or `codes`, and no other `type`";
            fault(span.clone(), "only a column of codes has `list`, `codes` or `total`", label);
        }
        if column.complete && column.total.is_none() {
            fault(span, "`complete` compares the codes with their total", "give `total` as well");
        }
    }
    if source.kind == Kind::Cells {
        check_cells(source, &mut fault);
    } else if source.format == Format::SdmxCsv {
        fault(source.span.clone(), "SDMX-CSV holds cells", "add `kind = \"cells\"`");
    } else if source.concept.is_some() {
        fault(source.span.clone(), "records have no concept", "the concept belongs to each [[table]]");
    }
    faults
}

impl Known {
    fn of(source: &Source) -> Self {
        let holds = |kind: &ColumnKind| match kind {
            ColumnKind::Text => Holds::Text,
            ColumnKind::Code => Holds::Code,
            ColumnKind::Integer => Holds::Integer,
            ColumnKind::Date(_) => Holds::Date,
        };
        let columns = source.columns.iter();
        let columns =
            columns.map(|column| (column.name.get_ref().clone(), holds(&column.kind), column.personal));
        Self { columns: columns.collect(), history: None }
    }

    fn find(&self, name: &str) -> Option<(Holds, bool)> {
        self.columns.iter().find(|(known, ..)| known == name).map(|(_, holds, personal)| (*holds, *personal))
    }

    /// Faults a column that does not exist, or that holds something else than the step works on.
    fn need(&self, name: &Spanned<String>, allowed: &[Holds], faults: &mut Vec<Diagnostic>) {
        let names = || self.columns.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>();
        let Some((holds, _)) = self.find(name.get_ref()) else {
            faults.push(
                Diagnostic::error(
                    Code::UnknownColumn,
                    format!("there is no column `{}` here", name.get_ref()),
                )
                .at(name.span(), "neither the source nor an earlier step has it")
                .maybe_help(suggestion(name.get_ref(), names())),
            );
            return;
        };
        if !allowed.is_empty() && !allowed.contains(&holds) {
            let wanted: Vec<_> = allowed.iter().map(|holds| holds.name()).collect();
            faults.push(
                Diagnostic::error(
                    Code::WrongColumn,
                    format!("the column `{}` holds {}", name.get_ref(), holds.name()),
                )
                .at(name.span(), format!("a column of {} is needed here", wanted.join(" or "))),
            );
        }
    }

    /// Selections: a column of words and at least one word.
    fn need_codes(
        &self,
        selections: &[(Spanned<String>, Vec<Spanned<String>>)],
        faults: &mut Vec<Diagnostic>,
    ) {
        for (name, codes) in selections {
            self.need(name, &[Holds::Code, Holds::Text], faults);
            if self.find(name.get_ref()) == Some((Holds::Text, true)) {
                let fault =
                    Diagnostic::error(Code::PersonalDimension, format!("`{}` is personal", name.get_ref()));
                faults.push(fault.at(name.span(), "only its pseudonyms are known, which no code can equal"));
            }
            if codes.is_empty() {
                let message = format!("no code of `{}` is kept", name.get_ref());
                let fault = Diagnostic::error(Code::MissingField, message);
                faults.push(fault.at(name.span(), "name at least one code"));
            }
        }
    }

    /// Persons must be told apart, in the same way and order by every step.
    fn need_person(
        &mut self,
        person: &Spanned<String>,
        order: &Spanned<String>,
        faults: &mut Vec<Diagnostic>,
    ) {
        self.need(person, &[Holds::Text], faults);
        self.need(order, &[Holds::Date], faults);
        let fault = |message: &str| Diagnostic::error(Code::PersonColumn, message);
        if self.find(person.get_ref()) == Some((Holds::Text, false)) {
            let fault = fault("the column that identifies a person is not personal");
            faults.push(fault.at(person.span(), "declare it with `personal = true`"));
        }
        let columns = (person.get_ref().clone(), order.get_ref().clone());
        if *self.history.get_or_insert_with(|| columns.clone()) != columns {
            let fault = fault("the steps disagree on what a person's history is");
            faults.push(fault.at(person.span(), "an earlier step has another person or date column"));
        }
    }

    /// Adds a column that a step makes; `personal` says whether it gives away a personal value.
    fn add(&mut self, name: &Spanned<String>, holds: Holds, personal: bool, faults: &mut Vec<Diagnostic>) {
        if self.find(name.get_ref()).is_some() {
            faults.push(
                Diagnostic::error(
                    Code::ColumnTwice,
                    format!("the column `{}` exists already", name.get_ref()),
                )
                .at(name.span(), "give the new column another name"),
            );
        }
        self.columns.push((name.get_ref().clone(), holds, personal));
    }

    fn step(&mut self, step: &Step, faults: &mut Vec<Diagnostic>) {
        match &step.operation {
            Operation::Filter { keep } => {
                if keep.is_empty() {
                    let fault = Diagnostic::error(Code::MissingField, "the filter keeps everything");
                    faults.push(
                        fault.at(step.span.clone(), "say what stays: `keep = { column = [\"code\"] }`"),
                    );
                }
                self.need_codes(keep, faults);
            }
            Operation::Recode { columns, .. } => {
                columns.iter().for_each(|name| self.need(name, &[Holds::Code], faults));
            }
            Operation::Derive { column, method } => self.derive(column, method, faults),
            Operation::Deduplicate { person, order, keys } => {
                self.need_person(person, order, faults);
                keys.iter().for_each(|name| self.need(name, &[], faults));
            }
            Operation::Residence(residence) => {
                self.need_person(&residence.person, &residence.date, faults);
                self.need(&residence.direction, &[Holds::Code], faults);
                residence.declared.iter().for_each(|name| self.need(name, &[Holds::Code], faults));
                let column =
                    Spanned::new(residence.name.span(), columns::migration(residence.name.get_ref()));
                self.add(&column, Holds::Answer, false, faults);
            }
        }
    }

    fn derive(&mut self, column: &Spanned<String>, method: &Derivation, faults: &mut Vec<Diagnostic>) {
        let holds = match method {
            Derivation::Year { from } => {
                self.need(from, &[Holds::Date], faults);
                Holds::Integer
            }
            Derivation::Age { birth, at } => {
                self.need(birth, &[Holds::Date], faults);
                self.need(at, &[Holds::Date], faults);
                Holds::Integer
            }
            Derivation::AgeGroup { from, .. } => {
                self.need(from, &[Holds::Integer], faults);
                Holds::Code
            }
            Derivation::Agreement { rules } => {
                for rule in rules {
                    let column = Spanned::new(rule.span(), columns::migration(rule.get_ref()));
                    self.need(&column, &[Holds::Answer], faults);
                }
                Holds::Code
            }
        };
        // A year or an age made from a date of birth is personal as well; a group of ages is not.
        let made_from = match method {
            Derivation::Year { from } => Some(from),
            Derivation::Age { birth, .. } => Some(birth),
            Derivation::AgeGroup { .. } | Derivation::Agreement { .. } => None,
        };
        let personal =
            made_from.and_then(|from| self.find(from.get_ref())).is_some_and(|(_, personal)| personal);
        self.add(column, holds, personal, faults);
    }
}

/// A residence rule reads two words; what a source calls them is mapped by its `codes`.
fn check_direction(step: &Step, source: &Source) -> Vec<Diagnostic> {
    let Operation::Residence(residence) = &step.operation else { return Vec::new() };
    let column = source.column(residence.direction.get_ref());
    let Some(column) = column.filter(|column| column.kind == ColumnKind::Code) else { return Vec::new() };
    let fault = |span, label: &str| {
        Diagnostic::error(Code::Direction, "a direction is `arrival` or `departure`").at(span, label)
    };
    if column.codes.is_empty() {
        return vec![fault(column.name.span(), "give `codes = { … = \"arrival\", … = \"departure\" }`")];
    }
    let words = column.codes.iter().map(|(_, ours)| ours);
    let wrong = words.filter(|ours| !["arrival", "departure"].contains(&ours.get_ref().as_str()));
    wrong.map(|ours| fault(ours.span(), "neither of the two")).collect()
}

fn check_table(
    table: &Table,
    source: &Source,
    pipeline: &Pipeline,
    known: &Known,
    faults: &mut Vec<Diagnostic>,
) {
    for (index, dimension) in table.dimensions.iter().enumerate() {
        let name = dimension.get_ref();
        if RESERVED.contains(&name.as_str())
            || table.dimensions[..index].iter().any(|other| other.get_ref() == name)
        {
            let fault =
                Diagnostic::error(Code::ColumnTwice, format!("the table would have two columns `{name}`"));
            faults.push(fault.at(dimension.span(), "leave it out, or rename it with `from`"));
        }
        let column = Spanned::new(dimension.span(), table.column_of(name).to_owned());
        known.need(&column, &[Holds::Text, Holds::Code, Holds::Integer, Holds::Date], faults);
        if known.find(column.get_ref()).is_some_and(|(_, personal)| personal) {
            let fault = Diagnostic::error(Code::PersonalDimension, format!("`{name}` is personal"));
            faults.push(fault.at(dimension.span(), "a personal column cannot be a dimension"));
        }
    }
    known.need_codes(&table.filter, faults);
    let dimensions =
        || table.dimensions.iter().map(|dimension| dimension.get_ref().as_str()).collect::<Vec<_>>();
    let renamed = table.from.iter().map(|(name, _)| name);
    for name in renamed.chain(&table.over).filter(|name| !dimensions().contains(&name.get_ref().as_str())) {
        faults.push(
            Diagnostic::error(
                Code::UnknownColumn,
                format!("the table has no dimension `{}`", name.get_ref()),
            )
            .at(name.span(), "not among `dimensions`")
            .maybe_help(suggestion(name.get_ref(), dimensions())),
        );
    }
    if table.indicators.contains(&Indicator::SexRatio) && !dimensions().contains(&"sex") {
        let fault = Diagnostic::error(Code::UnknownColumn, "a sex ratio needs the dimension `sex`");
        faults.push(fault.at(table.span.clone(), "add `sex` to `dimensions`"));
    }
    if source.kind == Kind::Cells {
        faults.extend(unresolved_dimensions(table, source));
        check_cell_columns(table, known, faults);
    } else {
        faults.extend(check_rule(table, source, pipeline));
        if table.concept.is_none() {
            let fault = Diagnostic::error(Code::MissingField, "the field `concept` is missing");
            faults.push(fault.at(table.span.clone(), "say what is counted, such as \"cumulative_outflow\""));
        }
    }
}

/// What a table of cells shows or fixes must be codes, numbers or dates, and a column that is fixed but not shown must
/// have one code: with several, one cell of the table would be several.
fn check_cell_columns(table: &Table, known: &Known, faults: &mut Vec<Diagnostic>) {
    let shown: Vec<Spanned<String>> = table
        .dimensions
        .iter()
        .map(|dimension| Spanned::new(dimension.span(), table.column_of(dimension.get_ref()).to_owned()))
        .collect();
    let fixed = table.filter.iter().map(|(name, _)| name);
    for name in shown.iter().chain(fixed).filter(|name| name.get_ref() != columns::CONCEPT) {
        known.need(name, &[Holds::Code, Holds::Integer, Holds::Date], faults);
    }
    let hidden =
        table.filter.iter().filter(|(name, _)| !shown.iter().any(|shown| shown.get_ref() == name.get_ref()));
    for (name, _) in hidden.filter(|(_, codes)| codes.len() != 1) {
        let message = format!("the table fixes `{}` at several codes and does not show it", name.get_ref());
        faults.push(
            Diagnostic::error(Code::OpenDimension, message)
                .at(name.span(), "give one code, or add it to `dimensions`"),
        );
    }
}

/// A dimension of the cells that the table does not show must stand at its total: adding its codes could count twice.
fn unresolved_dimensions(table: &Table, source: &Source) -> Vec<Diagnostic> {
    let shown =
        |name: &str| table.dimensions.iter().any(|dimension| table.column_of(dimension.get_ref()) == name);
    let fixed = |name: &str| table.filter.iter().any(|(column, _)| column.get_ref() == name);
    let is_dimension = |name: &str| ![columns::VALUE, columns::OBS_STATUS, columns::CONCEPT].contains(&name);
    let open = source.columns.iter().filter(|column| {
        let name = column.name.get_ref().as_str();
        is_dimension(name)
            && !shown(name)
            && !fixed(name)
            && column.total.is_none()
            && column.kind != ColumnKind::Text
    });
    open.map(|column| {
        let name = column.name.get_ref();
        Diagnostic::error(Code::OpenDimension, format!("the table leaves `{name}` open"))
            .at(table.span.clone(), "its codes could be counted together with their total")
            .help(format!(
                "add `{name}` to `dimensions`, fix it with `filter`, or declare its `total` in the source"
            ))
    })
    .collect()
}

fn check_rule(table: &Table, source: &Source, pipeline: &Pipeline) -> Option<Diagnostic> {
    let rules: Vec<&str> = pipeline
        .steps_of(source)
        .filter_map(|step| match &step.operation {
            Operation::Residence(residence) => Some(residence.name.get_ref().as_str()),
            _ => None,
        })
        .collect();
    let measure = table.measure.name();
    match &table.rule {
        _ if !table.measure.needs_rule() => None,
        Some(rule) if !rules.contains(&rule.get_ref().as_str()) => Some(
            Diagnostic::error(Code::UnknownValue, format!("no step applies the rule `{}`", rule.get_ref()))
                .at(rule.span(), "not a rule of a `residence` step")
                .maybe_help(suggestion(rule.get_ref(), rules)),
        ),
        None if rules.len() != 1 => Some(
            Diagnostic::error(
                Code::MissingField,
                format!("it is not clear by which rule `{measure}` is counted"),
            )
            .at(table.span.clone(), "name one with `rule`")
            .maybe_help(suggestion("", rules).or(Some("add a step with `op = \"residence\"`".to_owned()))),
        ),
        _ => None,
    }
}

/// Tables of one name are parts of one file, so they must look alike and differ in what they count.
fn check_parts(tables: &[Table]) -> Vec<Diagnostic> {
    let dimensions = |table: &Table| -> Vec<String> {
        table.dimensions.iter().map(|dimension| dimension.get_ref().clone()).collect()
    };
    let text = |field: &Option<Spanned<String>>| field.as_ref().map(|text| text.get_ref().clone());
    let counts = |table: &Table| (table.measure, text(&table.concept), text(&table.rule));
    let mut faults = Vec::new();
    for (index, table) in tables.iter().enumerate() {
        // File systems and SQL do not all tell `Totals` from `totals`, or `a-b` from `a_b`.
        let plain = |table: &Table| table.name.get_ref().to_lowercase().replace('-', "_");
        let mut alike = tables[..index].iter().filter(|other| plain(other) == plain(table));
        if let Some(other) = alike.find(|other| other.name.get_ref() != table.name.get_ref()) {
            let message = format!("`{}` and `{}` are too alike", other.name.get_ref(), table.name.get_ref());
            faults.push(
                Diagnostic::error(Code::TableTwice, message).at(table.name.span(), "rename one of them"),
            );
        }
        let parts = || tables[..index].iter().filter(|other| other.name.get_ref() == table.name.get_ref());
        let label = if parts().any(|other| dimensions(other) != dimensions(table)) {
            "parts of one table have the same dimensions in the same order"
        } else if parts().any(|other| other.measure.counts_records() != table.measure.counts_records()) {
            "parts of one table are all made from records, or all from cells"
        } else if parts().any(|other| counts(other) == counts(table)) {
            "parts of one table differ in measure, concept or rule"
        } else {
            continue;
        };
        let message = format!("two tables are called `{}`", table.name.get_ref());
        faults.push(Diagnostic::error(Code::TableTwice, message).at(table.name.span(), label));
    }
    faults
}
