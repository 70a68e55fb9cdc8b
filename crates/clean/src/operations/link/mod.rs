//! `link`: which rows are of one person.
//!
//! All rows wait in the order of their files, and are looked at three times. First each value of a key goes, with the number
//! of its row and what the row says of the person, to partitions of its own ([`keys`]): rows with one value come out
//! together, and are joined in a forest of row numbers ([`forest`]), unless they conflict. Then each row adds to what is known
//! of its group ([`persons`]): its least key, which names the person, and whether it conflicts. At last each row gets its person.
//!
//! In memory are four bytes a row, a bit for each key, and some forty bytes for each group of several rows; all else waits on
//! the disk.

mod bits;
mod forest;
mod keys;
mod pairs;
mod persons;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use denizen_spec::{Code, Diagnostic, OnConflict, Path, StepReport};

use crate::batch::{Result, with_column};
use crate::histories::Histories;
use crate::keys::Pseudonym;
use crate::operation::{AllRows, Context, Failure, Limits, Operation, Resolved};
use bits::Bits;
use forest::{ALONE, Forest};
use keys::GroupedKeys;
use pairs::JoinedPairs;
pub use pairs::Pairs;
use persons::Persons;

/// The step, as it is declared.
pub(crate) struct Link {
    declared: denizen_spec::Link,
    /// Where it is in the pipeline.
    path: Path,
}

/// Who the rows are.
pub(crate) struct Links {
    /// The group of each row, or [`ALONE`].
    groups: Vec<u32>,
    /// The person of each group; none where its rows conflict and are held back.
    persons: Vec<Option<Pseudonym>>,
    /// For each key, then the identifier, and then pairs: the rows of which it says who they are.
    usable: Vec<Bits>,
}

impl Link {
    pub(crate) fn new(declared: &denizen_spec::Link, context: &Context<'_>) -> Self {
        Self { declared: declared.clone(), path: context.path.clone() }
    }

    /// Which columns tell properties of persons: the identifier first.
    fn properties(&self) -> impl Iterator<Item = &str> {
        self.declared.id.iter().chain(&self.declared.same).map(String::as_str)
    }

    /// The number of the identifier among the keys, where there is one.
    fn id(&self) -> Option<usize> {
        self.declared.id.is_some().then_some(self.declared.keys.len())
    }

    /// The number of pairs behind the keys and the identifier.
    fn pairs(&self) -> usize {
        self.keys().len()
    }

    /// The names and columns of the keys; the identifier is the last.
    fn keys(&self) -> Vec<(&str, &[String])> {
        let keys = self.declared.keys.iter().map(|(name, columns)| (name.as_str(), columns.as_slice()));
        keys.chain(self.declared.id.as_ref().map(|id| ("id", std::slice::from_ref(id)))).collect()
    }

    /// Finds out who the rows are. They are in the order of the files, or in any other: the persons are the same.
    ///
    /// # Errors
    ///
    /// When rows conflict and the pipeline says that this stops the run, or the disk is full.
    fn links(
        &self,
        rows: &Histories,
        limits: &Limits<'_>,
        report: &mut StepReport,
    ) -> std::result::Result<Links, Diagnostic> {
        let Some(count) = u32::try_from(rows.row_count()).ok().filter(|count| *count < ALONE) else {
            let message = "there are more than 4294967294 rows to link";
            return Err(Diagnostic::error(Code::Limit, message).at(self.path.clone(), "divide the source"));
        };
        let mut forest = Forest::new(count);
        // Of the keys, the identifier and the pairs.
        let mut usable: Vec<Bits> = (0..=self.pairs()).map(|_| Bits::new(count)).collect();
        let mut keys: Vec<Option<GroupedKeys>> = self.gather(rows, limits)?.into_iter().map(Some).collect();
        // Whose identifier is known decides whether two identifiers conflict.
        let order = self.id().into_iter().chain(0..self.declared.keys.len());
        for number in order {
            if let Some(grouped) = keys[number].take() {
                let joined = self.join(number, &grouped, usable, forest, limits.check)?;
                joined.note(self.keys()[number].0, report);
                (usable, forest) = (joined.usable, joined.forest);
            }
        }
        if let Some(pairs) = &self.declared.pairs {
            let joined = self.join_pairs(pairs, rows, &usable, forest, limits, report)?;
            let JoinedPairs { usable: of_pairs, forest: with_pairs } = joined;
            (usable[self.pairs()], forest) = (of_pairs, with_pairs);
        }
        let groups = forest.into_groups();
        let persons = Persons::of(self, rows, &groups, &usable, limits.check)?;
        persons.note(self, &groups, report);
        if persons.conflicts() > 0 && self.declared.on_conflict == OnConflict::Fail {
            return Err(self.conflict(&persons));
        }
        let persons = persons.finish(self.declared.on_conflict);
        Ok(Links { groups: groups.of_rows, persons, usable })
    }

    fn conflict(&self, persons: &Persons) -> Diagnostic {
        let message = match persons.conflicts() {
            1 => "one person would have two values of a property of which persons have one".to_owned(),
            several => {
                format!("{several} persons would have two values of a property of which persons have one")
            }
        };
        let mut fault = Diagnostic::error(Code::LinkConflict, message);
        for (column, count) in self.properties().zip(persons.conflicts_by_property()) {
            if count > 0 {
                fault = fault.note(format!("two values of `{column}`: {count}"));
            }
        }
        fault.at(self.path.clone().field("on_conflict"), "`fail` stops the run")
    }
}

impl Links {
    /// The batch with the persons of its rows, of which the first has this number among all rows.
    pub(crate) fn apply(&self, link: &Link, batch: RecordBatch, first_row: u64) -> Result<RecordBatch> {
        let persons = self.persons_of(link, &batch, first_row as u32)?;
        with_column(batch, &link.declared.column, Arc::new(persons))
    }
}

impl Operation for Link {
    fn name(&self) -> String {
        format!("link {}", self.declared.column)
    }

    fn apply(
        &self,
        _batch: RecordBatch,
        _report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        Err(ArrowError::InvalidArgumentError("rows are linked when all of them are there".to_owned()).into())
    }

    fn over_all_rows(&self) -> Option<&dyn AllRows> {
        Some(self)
    }
}

impl AllRows for Link {
    fn resolve<'a>(
        &'a self,
        rows: &Histories,
        limits: &Limits<'_>,
        report: &mut StepReport,
    ) -> std::result::Result<Resolved<'a>, Diagnostic> {
        let links = self.links(rows, limits, report)?;
        Ok(Resolved::new(move |batch, first_row, _| links.apply(self, batch, first_row)))
    }
}
