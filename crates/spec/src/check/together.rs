//! Faults of a table that several sources feed. What they give is counted, or put, into the same cells: it must be of the same
//! kind, say the same of its dimensions, and be about the same.

use std::collections::BTreeSet;

use super::vocabulary::{Vocabulary, vocabulary};
use crate::pipeline::{Pipeline, TableId};
use crate::schema::Schema;
use crate::source::{Column, FieldType, Source, SourceKind};
use crate::table::Table;
use crate::{Code, Diagnostic, Path, columns};

/// What is wrong with the sources of a table beside each other. Each is right by itself.
pub(super) fn check(pipeline: &Pipeline, id: TableId, table: &Table, sources: &[&Source]) -> Vec<Diagnostic> {
    let Some((first, others)) = sources.split_first() else { return Vec::new() };
    let feed = |source| Feed { source, schema: pipeline.schema_of(source) };
    let first = feed(first);
    let mut faults = Vec::new();
    let path = Path::table(id);
    faults.extend(rests_on_a_rule(pipeline, table, sources, &path));
    for (index, source) in others.iter().enumerate() {
        let path = path.clone().field("source").index(index + 1);
        faults.extend(Pair { pipeline, table, first: &first, other: &feed(source), path }.faults());
    }
    faults
}

/// Whether all of them hold records, or all cells.
pub(super) fn are_of_one_kind(sources: &[&Source]) -> bool {
    sources.windows(2).all(|pair| pair[0].kind == pair[1].kind)
}

/// Sources of a table that are named twice, or of which one holds records and another cells.
pub(super) fn check_kinds(id: TableId, sources: &[&Source]) -> Vec<Diagnostic> {
    let Some((first, others)) = sources.split_first() else { return Vec::new() };
    let mut faults = Vec::new();
    for (index, source) in others.iter().enumerate() {
        let path = Path::table(id).field("source").index(index + 1);
        if sources[..=index].iter().any(|known| known.name == source.name) {
            let message = format!("`{}` feeds one table twice", source.name);
            let fault = Diagnostic::error(Code::SeveralSources, message);
            faults.push(fault.at(path, "name each source once"));
        } else if source.kind != first.kind {
            let what = "the one holds records and the other cells";
            let label = "records are counted, and cells have been counted already";
            faults.push(cannot_feed([first, source], what, path, label));
        }
    }
    faults
}

fn cannot_feed([first, other]: [&Source; 2], what: &str, path: Path, label: &str) -> Diagnostic {
    let message = format!("`{}` and `{}` cannot feed one table: {what}", first.name, other.name);
    Diagnostic::error(Code::SeveralSources, message).at(path, label)
}

/// A rule asks for all crossings of a person together, and an answer that was got from some of them is another one.
fn rests_on_a_rule(
    pipeline: &Pipeline,
    table: &Table,
    sources: &[&Source],
    path: &Path,
) -> Option<Diagnostic> {
    let counted = table.dimensions.iter().map(|dimension| table.column_of(dimension));
    let columns: Vec<&str> = counted.chain(table.chosen_by()).collect();
    let rests = |source: &&Source| {
        pipeline.schema_of(source).rules_behind(columns.iter().copied()).next().map(str::to_owned)
    };
    let rule = sources.iter().find_map(rests);
    let of_persons = |source: &&Source| {
        let mut steps = pipeline.steps_of(source);
        steps.find(|(_, step)| step.operation.needs_whole_persons()).map(|(_, step)| step.operation.name())
    };
    let step = sources.iter().find_map(of_persons);
    if !table.measure.needs_rule() && rule.is_none() && step.is_none() {
        return None;
    }
    let behind = step.map_or("a residence rule".to_owned(), |step| format!("a step `{step}`"));
    let message = format!("`{}` rests on {behind}, and several sources feed it", table.name);
    let fault = Diagnostic::error(Code::SeveralSources, message)
        .at(path.clone().field("source"), "a rule sees the rows of one source only")
        .note("who has an arrival or a permit in the one and a departure or another permit in the other would have neither history, or be counted twice");
    Some(fault.help(
        "read the files as one source: `files` names all of them, and a `[[source.NAME.variant]]` says how some are read \
         otherwise",
    ))
}

/// A source with its columns after all steps.
struct Feed<'a> {
    source: &'a Source,
    schema: Schema,
}

/// Two sources of one table.
struct Pair<'a> {
    pipeline: &'a Pipeline,
    table: &'a Table,
    first: &'a Feed<'a>,
    other: &'a Feed<'a>,
    /// Where the table names the other one.
    path: Path,
}

impl Pair<'_> {
    fn fault(&self, what: &str, label: &str) -> Diagnostic {
        cannot_feed([self.first.source, self.other.source], what, self.path.clone(), label)
    }

    fn faults(&self) -> Vec<Diagnostic> {
        let mut faults: Vec<Diagnostic> = self.dimensions();
        match self.first.source.kind {
            SourceKind::Records => {
                faults.extend(self.reference_dates());
                faults.extend(self.persons());
            }
            SourceKind::Cells => faults.extend(self.cells()),
        }
        faults
    }

    /// Dimensions and columns of the filter mean the same.
    fn dimensions(&self) -> Vec<Diagnostic> {
        let shown = self.table.dimensions.iter().map(|dimension| self.table.column_of(dimension));
        let columns: BTreeSet<&str> = shown.chain(self.table.chosen_by()).collect();
        columns.into_iter().filter_map(|column| self.dimension(column)).collect()
    }

    fn dimension(&self, column: &str) -> Option<Diagnostic> {
        let (first, other) = (self.first.schema.get(column)?, self.other.schema.get(column)?);
        // A file of codes is read later, and the pipeline is checked once more then.
        let is_unread = |feed: &Feed<'_>| {
            let declared = feed.source.column(column);
            declared.is_some_and(|column| column.codes_file.is_some() && column.codes.is_empty())
        };
        if is_unread(self.first) || is_unread(self.other) {
            return None;
        }
        let what = if first.column_type != other.column_type {
            let (first, other) = (first.column_type.contents(), other.column_type.contents());
            format!("`{column}` holds {first} in the one and {other} in the other")
        } else if first.unit.as_ref().zip(other.unit.as_ref()).is_some_and(|(one, other)| one != other) {
            format!("`{column}` is in two units")
        } else {
            self.vocabularies(column)?
        };
        Some(self.fault(&what, "what they give would stand in one column").help(format!(
            "give `{column}` the same `list` in both, or codes of which the same are declared in both"
        )))
    }

    /// What tells the codes of a column apart from those of the other source.
    fn vocabularies(&self, column: &str) -> Option<String> {
        let of = |feed: &Feed<'_>| vocabulary(self.pipeline, feed.source, &feed.schema, column, None);
        let [first, other] = [self.first, self.other].map(of);
        match (first, other) {
            (Vocabulary::List(first), Vocabulary::List(other)) => (first != other).then(|| {
                format!("`{column}` has codes of `{first}` in the one and of `{other}` in the other")
            }),
            (Vocabulary::Codes(first), Vocabulary::Codes(other)) => {
                // One code alone is a constant, such as the direction of a file of exits.
                let is_same = first == other || first.len() == 1 || other.len() == 1;
                let differing = first.symmetric_difference(&other).next().cloned().unwrap_or_default();
                (!is_same).then(|| {
                    format!("`{column}` has codes of its own in each, and `{differing}` is not one of both")
                })
            }
            (Vocabulary::List(list), _) | (_, Vocabulary::List(list)) => {
                Some(format!("`{column}` has codes of `{list}` in the one only"))
            }
            (first, other) => (first != other).then(|| format!("`{column}` is made in two ways")),
        }
    }

    /// Stocks of both are of the same days.
    fn reference_dates(&self) -> Option<Diagnostic> {
        let dates = |feed: &Feed<'_>| feed.schema.expansion().cloned();
        let (first, other) = (dates(self.first), dates(self.other));
        let what = match (&first, &other) {
            (None, None) => return None,
            (Some(first), Some(other)) if first == other => return None,
            (Some(_), Some(_)) => "they are expanded to other reference dates",
            (None, Some(_)) | (Some(_), None) => "only one of them is expanded to reference dates",
        };
        let label = "at some dates the persons of one source only would be counted";
        Some(self.fault(what, label).help("give both steps `expand` the same dates and the same `column`"))
    }

    /// Where small counts are suppressed, persons of both are told apart by the same pseudonyms.
    fn persons(&self) -> Option<Diagnostic> {
        self.pipeline.disclosure.as_ref().filter(|disclosure| disclosure.threshold() > 0)?;
        let forms = |feed: &Feed<'_>| -> Vec<(String, Option<PersonForm>)> {
            let columns = feed.schema.persons().into_iter();
            columns.map(|name| (name.to_owned(), feed.source.column(name).map(PersonForm::of))).collect()
        };
        let (first, other) = (forms(self.first), forms(self.other));
        (first != other).then(|| {
            let what = "their persons are not told apart in the same way";
            let label = "a threshold counts the persons of both together";
            self.fault(what, label).help(
                "let the same columns, with the same name, type and number of fields, identify persons in both; pseudonyms of \
                 other columns cannot be compared",
            )
        })
    }

    /// Cells of both are of one concept, have the same decimals, and may be added up over the same dimensions.
    fn cells(&self) -> Vec<Diagnostic> {
        let (first, other) = (self.first.source, self.other.source);
        let mut faults = Vec::new();
        let concepts = [first, other].map(|source| self.table.concept.as_ref().or(source.concept.as_ref()));
        let own = [first, other].map(|source| source.concept.as_ref());
        let is_other = |own: Option<&String>| {
            own.is_some_and(|own| self.table.concept.as_ref().is_some_and(|one| one != own))
        };
        if concepts.contains(&None) {
            let what = "a column says what the cells of one of them count";
            faults.push(self.fault(what, "state the `concept` of the table: it is the same for both"));
        } else if concepts[0] != concepts[1] || own.into_iter().any(is_other) {
            let what = "they count different concepts";
            faults.push(self.fault(what, "unlike concepts are never put together: make two tables of them"));
        }
        let value = |source: &Source| source.column(columns::VALUE).map(Column::column_type);
        if value(first) != value(other) {
            let help = "give the `value` of both the same `type` and `scale`";
            faults.push(self.fault("their values have other decimals", "values of two kinds").help(help));
        }
        if self.table.totals_of_cells(first) != self.table.totals_of_cells(other) {
            let help = "state the same `additive` in both, and the same `total` of their columns";
            let label = "the totals of this table would be of one of them only";
            faults.push(self.fault("they are not additive over the same dimensions", label).help(help));
        }
        faults
    }
}

/// How a column that identifies persons becomes a pseudonym.
#[derive(PartialEq)]
struct PersonForm {
    form: std::mem::Discriminant<FieldType>,
    fields: usize,
}

impl PersonForm {
    fn of(column: &Column) -> Self {
        Self { form: std::mem::discriminant(&column.field_type), fields: column.with.len() + 1 }
    }
}
