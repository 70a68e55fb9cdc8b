//! Faults of a table beside its source, and of tables that are parts of one.

use toml::Spanned;

use crate::diagnostic::suggestion;
use crate::known::{Holds, Known};
use crate::pipeline::Pipeline;
use crate::source::{ColumnKind, Kind, Source};
use crate::table::Table;
use crate::{Code, Diagnostic, columns};

/// The names that every published table has beside its dimensions.
const RESERVED: [&str; 9] =
    ["indicator", "value", "unit", "obs_status", "conf_status", "base", "rule", "rule_parameters", "vintage"];

pub(crate) fn check_table(
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
        let has_code = |other: &Spanned<String>| {
            let holds = known.find(table.column_of(other.get_ref())).map(|(holds, _)| holds);
            columns::code_of(other.get_ref()) == *name && matches!(holds, Some(Holds::Integer | Holds::Date))
        };
        if table.dimensions.iter().any(has_code) {
            let fault =
                Diagnostic::error(Code::ColumnTwice, format!("the table would have two columns `{name}`"));
            faults.push(fault.at(dimension.span(), "the program gives this name to the codes of a dimension"));
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
    for asked in &table.indicators {
        let refusals = asked.refusals(table, source, pipeline, known).into_iter();
        faults.extend(refusals.map(|(message, label)| {
            Diagnostic::error(Code::UnknownColumn, message).at(table.span.clone(), label)
        }));
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
    let rules: Vec<&str> =
        pipeline.residences_of(source).map(|residence| residence.name.get_ref().as_str()).collect();
    let measure = table.measure.name();
    match &table.rule {
        Some(rule) if !table.measure.needs_rule() => Some(
            Diagnostic::error(Code::UnknownValue, format!("`{measure}` is counted by no rule"))
                .at(rule.span(), "leave it out"),
        ),
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
pub(crate) fn check_parts(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let tables = &pipeline.tables;
    let source = |table: &Table| pipeline.source_of(table).map(|source| source.name.get_ref());
    let dimensions = |table: &Table| -> Vec<String> {
        table.dimensions.iter().map(|dimension| dimension.get_ref().clone()).collect()
    };
    let counts_alike = |one: &Table, other: &Table| {
        // A table of cells without a concept has those of all concepts.
        let concepts = one.concept.as_ref().zip(other.concept.as_ref());
        one.measure == other.measure
            && concepts.is_none_or(|(one, other)| one.get_ref() == other.get_ref())
            && pipeline.rule_of(one) == pipeline.rule_of(other)
    };
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
        } else if parts().any(|other| source(other) != source(table)) {
            "parts of one table are made from one source"
        } else if parts().any(|other| counts_alike(other, table)) {
            "parts of one table differ in measure, concept or rule"
        } else {
            continue;
        };
        let message = format!("two tables are called `{}`", table.name.get_ref());
        faults.push(Diagnostic::error(Code::TableTwice, message).at(table.name.span(), label));
    }
    faults
}
