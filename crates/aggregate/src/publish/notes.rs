//! What is noted beside values: their status, who may see them, their texts, and which indicators cannot be given.

use denizen_spec::{Code, Codelist, Diagnostic, IndicatorUse, Table};
use polars::prelude::*;

use crate::cell_columns::Found;
use crate::counts::{CONFIDENTIALITY, Counts, NOTE, index};
use crate::disclosure::{SHOWN, SUPPRESSED};
use crate::status::{Confidentiality, Status};
use crate::table::Dimension;
use crate::value::{Levels, Value};

/// The publisher's note, as long as it says something about a value that is there, or why it is not.
pub(crate) fn status() -> Expr {
    let own = |status: Status| index(status.bits());
    let note = || col(NOTE);
    let is_there = || col(SHOWN).is_not_null();
    let is_noted = note().is_not_null().and(is_there().or(note().neq(own(Status::NORMAL))));
    // What the publisher keeps to himself is there, and suppressed, unless he says why it is not.
    let is_free = col(CONFIDENTIALITY).fill_null(confidentiality(Confidentiality::FREE));
    let is_free = is_free.eq(confidentiality(Confidentiality::FREE));
    let says_why = note().gt_eq(own(Status::INCLUDED_ELSEWHERE)).fill_null(lit(false));
    let is_kept_back = is_there().or(is_free).or(says_why).not();
    let normal = when(is_there()).then(own(Status::NORMAL)).otherwise(own(Status::MISSING));
    let status = when(is_noted).then(note()).otherwise(normal);
    when(col(SUPPRESSED).or(is_kept_back)).then(own(Status::SUPPRESSED)).otherwise(status)
}

pub(crate) fn confidentiality(of: Confidentiality) -> Expr {
    index(of.index())
}

/// What is said of an indicator that a table asks for and cannot have.
pub(super) fn not_given(asked: &IndicatorUse, table: &Table) -> Diagnostic {
    let indicator = asked.indicator;
    let title = indicator.title.to_lowercase();
    let concept = table.concept.as_ref().map(|concept| format!(" of `{concept}`")).unwrap_or_default();
    let message = format!("the table `{}` has no {title}{concept}: none can be computed", table.name);
    Diagnostic::warning(Code::Indicator, message)
        .note(indicator.absent)
        .help(format!("`denizen explain indicator:{}` shows what it is computed from", indicator.name))
}

/// How many accounts that do not close are told one by one.
const TOLD: usize = 8;

/// Says which accounts do not close, cell by cell.
pub(super) fn not_closed(
    table: &Table,
    dimensions: &[Dimension],
    residuals: &Found,
    scale: u8,
) -> Option<Diagnostic> {
    let open = residuals.values.iter().enumerate();
    let open: Vec<(usize, f64)> =
        open.filter_map(|(row, value)| Some((row, value.filter(|value| *value != 0.0)?))).collect();
    let is_shown = |of: &Dimension| table.account.as_ref().is_none_or(|account| account.dimension != of.name);
    let cell = |(row, value): &(usize, f64)| {
        let columns = dimensions.iter().zip(&residuals.keys.dimensions).filter(|(of, _)| is_shown(of));
        let codes = columns
            .filter_map(|(of, indices)| of.levels.values().get(indices[*row] as usize).map(Value::text));
        let value = value / 10_f64.powi(scale.into());
        format!("{}: {value}", codes.collect::<Vec<_>>().join(" "))
    };
    let told: Vec<String> = open.iter().take(TOLD).map(cell).collect();
    let more = open.len().saturating_sub(TOLD);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!(
        "the account of `{}` does not close in {} of {} cells",
        table.name,
        open.len(),
        residuals.len()
    );
    let fault = Diagnostic::warning(Code::Indicator, message)
        .note(format!("residuals: {}{more}", told.join(", ")))
        .help("closing less opening population and all items is not zero: an item is missing in `account`, or the publisher's figures do not add up");
    (!told.is_empty()).then_some(fault)
}

/// Beginnings of what codes for the rest are called, in the languages of code lists.
const RESTS: [&str; 19] = [
    "other",
    "unknown",
    "stateless",
    "not stated",
    "not specified",
    "unspecified",
    "rest of",
    "altr",
    "apolid",
    "sconosciut",
    "non specific",
    "non indicat",
    "otr",
    "apátrid",
    "desconocid",
    "sin especific",
    "no especific",
    "no declarad",
    "resto",
];

/// Warns of codes that are ranked as others are, although they are called as if they stood for the rest.
pub(super) fn ranked_rests(name: &str, of: &Dimension, lists: &[Codelist]) -> Option<Diagnostic> {
    let residuals = of.residuals(lists);
    let list = lists.iter().find(|list| Some(&list.name) == of.list.as_ref());
    let is_rest = |text: &str| RESTS.iter().any(|rest| text.to_lowercase().starts_with(rest));
    let is_called_so = |code: &str| {
        let entry = list.and_then(|list| list.entries.get(code));
        is_rest(code) || entry.is_some_and(|entry| entry.labels.iter().any(|label| is_rest(label)))
    };
    let ranked = (0..).zip(of.levels.values()).filter(|(index, _)| !residuals.contains(index));
    let codes: Vec<String> = ranked
        .filter_map(|(_, value)| match value {
            Value::Code(code) if is_called_so(code) => Some(format!("`{code}`")),
            Value::Code(_) | Value::Number(_) | Value::Day(_) | Value::NotStated => None,
        })
        .collect();
    let dimension = &of.name;
    let message = format!("the table `{name}` ranks codes of `{dimension}` that seem to stand for the rest");
    let help = "give them the kind `residual` in their code list, or codes that begin with an underscore, such as \
                `_O`, in the source: they are never ranked then";
    let fault = Diagnostic::warning(Code::Indicator, message);
    (!codes.is_empty()).then(|| fault.note(codes.join(", ")).help(help))
}

/// The texts of all parts under each name.
pub(crate) fn union_of_texts(counts: &[Counts]) -> Vec<(String, Levels)> {
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in counts.iter().flat_map(|part| &part.texts) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let union = |name: &String| {
        let of_name = counts.iter().flat_map(|part| &part.texts).filter(|(known, _)| known == name);
        (name.clone(), Levels::new(of_name.flat_map(|(_, texts)| texts.values().to_vec())))
    };
    names.into_iter().map(union).collect()
}
