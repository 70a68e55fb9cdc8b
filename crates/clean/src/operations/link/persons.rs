//! Who the groups are, and whether they can be one person.

use std::sync::{Mutex, PoisonError};

use arrow::array::{Array, FixedSizeBinaryArray, RecordBatch, UInt64Array};
use arrow::error::ArrowError;
use denizen_spec::{Diagnostic, OnConflict, PSEUDONYM_BYTES, StepReport};

use super::bits::Bits;
use super::forest::{ALONE, Groups};
use super::{Link, Links};
use crate::batch;
use crate::histories::{Histories, UnitRows};
use crate::keys::{Key, Pseudonym, person_of};
use crate::plan::fault;

/// Larger than every pseudonym: of rows that have none.
const NONE: Pseudonym = [u8::MAX; PSEUDONYM_BYTES];

/// How many rows persons have.
const SIZES: [(u32, &str); 5] = [
    (1, "persons_of_1_row"),
    (5, "persons_of_2_to_5_rows"),
    (20, "persons_of_6_to_20_rows"),
    (100, "persons_of_21_to_100_rows"),
    (u32::MAX, "persons_of_more_than_100_rows"),
];

/// What is known of each group.
pub(super) struct Persons {
    groups: Vec<Group>,
    /// The first value of each property that a row of a group states.
    first: Vec<u64>,
    /// Properties that there are.
    properties: usize,
    /// Rows that hang together with no other, and are persons; and rows of nobody.
    alone: u64,
    nobody: u64,
}

#[derive(Clone)]
struct Group {
    least_key: Pseudonym,
    least_id: Pseudonym,
    /// A bit for each property that some row states, and of which two rows state unlike values.
    stated: u16,
    conflicts: u16,
}

/// What the rows of one unit say of their groups.
#[derive(Default)]
struct Said {
    /// Group, least key, identifier and row, of rows that have a group.
    rows: Vec<(u32, Pseudonym, Pseudonym, usize)>,
    properties: Vec<UInt64Array>,
    alone: u64,
    nobody: u64,
}

impl Persons {
    /// Looks at all rows once more.
    pub(super) fn of(
        link: &Link,
        rows: &Histories,
        groups: &Groups,
        usable: &[Bits],
        check: &(dyn Fn() -> Result<(), Diagnostic> + Sync),
    ) -> Result<Self, Diagnostic> {
        let properties = link.properties().count();
        let unknown = Group { least_key: NONE, least_id: NONE, stated: 0, conflicts: 0 };
        let persons = Mutex::new(Self {
            groups: vec![unknown; groups.sizes.len()],
            first: vec![0; groups.sizes.len() * properties],
            properties,
            alone: 0,
            nobody: 0,
        });
        rows.for_each(check, &|UnitRows { first_row, batch, .. }| {
            let said = link.said(&batch, first_row as u32, &groups.of_rows, usable);
            let said = said.map_err(|error| fault("link", &error))?;
            // A thread that panics while it holds the lock has ended the run.
            persons.lock().unwrap_or_else(PoisonError::into_inner).add(&said);
            Ok(())
        })?;
        Ok(persons.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&mut self, said: &Said) {
        self.alone += said.alone;
        self.nobody += said.nobody;
        for (number, key, id, _) in &said.rows {
            let group = &mut self.groups[*number as usize];
            group.least_key = group.least_key.min(*key);
            group.least_id = group.least_id.min(*id);
        }
        for (index, values) in said.properties.iter().enumerate() {
            for (number, _, _, row) in said.rows.iter().filter(|(.., row)| values.is_valid(*row)) {
                let group = &mut self.groups[*number as usize];
                let first = &mut self.first[*number as usize * self.properties + index];
                if group.stated >> index & 1 == 0 {
                    group.stated |= 1 << index;
                    *first = values.value(*row);
                } else if *first != values.value(*row) {
                    group.conflicts |= 1 << index;
                }
            }
        }
    }

    /// Groups whose rows conflict.
    pub(super) fn conflicts(&self) -> usize {
        self.groups.iter().filter(|group| group.conflicts > 0).count()
    }

    /// The same by property.
    pub(super) fn conflicts_by_property(&self) -> impl Iterator<Item = usize> {
        (0..self.properties)
            .map(|index| self.groups.iter().filter(|group| group.conflicts >> index & 1 == 1).count())
    }

    /// Tells how many persons there are, of how many rows, and how many conflict.
    pub(super) fn note(&self, link: &Link, groups: &Groups, report: &mut StepReport) {
        let is_held_back =
            |group: &Group| group.conflicts > 0 && link.declared.on_conflict == OnConflict::HoldBack;
        let both = || self.groups.iter().zip(&groups.sizes);
        let mut most_before = 0;
        for (most, name) in SIZES {
            let fits = |size: u32| size > most_before && size <= most;
            let several = both().filter(|(group, size)| !is_held_back(group) && fits(**size)).count() as u64;
            report.count(name, several + if most == 1 { self.alone } else { 0 });
            most_before = most;
        }
        let held_back = || both().filter(|(group, _)| is_held_back(group));
        report.count("rows_of_nobody", self.nobody);
        report.count("conflicting_groups", self.conflicts() as u64);
        report.count("held_back_groups", held_back().count() as u64);
        report.count("held_back_rows", held_back().map(|(_, size)| u64::from(*size)).sum());
        for (column, count) in link.properties().zip(self.conflicts_by_property()) {
            report.count(&format!("groups_with_two_{column}"), count as u64);
        }
    }

    /// The person of each group.
    pub(super) fn finish(self, on_conflict: OnConflict) -> Vec<Option<Pseudonym>> {
        let person = |group: Group| {
            let is_held_back = group.conflicts > 0 && on_conflict == OnConflict::HoldBack;
            if is_held_back { None } else { named(&group.least_key, &group.least_id) }
        };
        self.groups.into_iter().map(person).collect()
    }
}

/// The pseudonym of a person: the identifier, where there is one, or what the least key makes.
fn named(key: &Pseudonym, id: &Pseudonym) -> Option<Pseudonym> {
    match (*id != NONE, *key != NONE) {
        (true, _) => Some(*id),
        (false, true) => Some(person_of(key)),
        (false, false) => None,
    }
}

/// The keys and the identifier of rows, as far as they say who the rows are.
struct Names<'a> {
    keys: Vec<(Key<'a>, &'a Bits)>,
    id: Option<(&'a FixedSizeBinaryArray, &'a Bits)>,
}

impl<'a> Names<'a> {
    fn of(link: &'a Link, batch: &'a RecordBatch, usable: &'a [Bits]) -> Result<Self, ArrowError> {
        let keys = link.declared.keys.iter().enumerate();
        let keys = keys.map(|(number, (_, columns))| Ok((Key::of(batch, number, columns)?, &usable[number])));
        // A row that a pair links is known by what the pair calls it.
        let row = link.declared.pairs.as_ref().map(|pairs| std::slice::from_ref(&pairs.row));
        let row = row.map(|row| Ok((Key::of(batch, link.pairs(), row)?, &usable[link.pairs()])));
        let keys = keys.chain(row);
        let id = link.declared.id.as_ref().zip(link.id());
        let id = id.map(|(id, number)| Ok::<_, ArrowError>((batch::pseudonyms(batch, id)?, &usable[number])));
        Ok(Self { keys: keys.collect::<Result<_, ArrowError>>()?, id: id.transpose()? })
    }

    fn least_key(&self, row: usize, number: u32, message: &mut Vec<u8>) -> Pseudonym {
        let known = self.keys.iter().filter(|(_, usable)| usable.get(number));
        known.filter_map(|(key, _)| key.hash(row, message)).min().unwrap_or(NONE)
    }

    fn id(&self, row: usize, number: u32) -> Pseudonym {
        let id = self.id.filter(|(_, usable)| usable.get(number));
        id.and_then(|(ids, _)| ids.value(row).first_chunk().copied()).unwrap_or(NONE)
    }
}

impl Link {
    fn said(
        &self,
        batch: &RecordBatch,
        first_row: u32,
        groups: &[u32],
        usable: &[Bits],
    ) -> Result<Said, ArrowError> {
        let names = Names::of(self, batch, usable)?;
        let (mut said, mut message) = (Said::default(), Vec::new());
        for (row, number) in (0..batch.num_rows()).zip(first_row..) {
            let (key, id) = (names.least_key(row, number, &mut message), names.id(row, number));
            match groups[number as usize] {
                ALONE if key == NONE && id == NONE => said.nobody += 1,
                ALONE => said.alone += 1,
                group => said.rows.push((group, key, id, row)),
            }
        }
        said.properties = self.stated_properties(batch, first_row, usable)?;
        Ok(said)
    }
}

impl Links {
    /// The persons of the rows of a batch, of which the first has a number among all rows.
    pub(super) fn persons_of(
        &self,
        link: &Link,
        batch: &RecordBatch,
        first_row: u32,
    ) -> Result<FixedSizeBinaryArray, ArrowError> {
        let names = Names::of(link, batch, &self.usable)?;
        let mut message = Vec::new();
        let persons = (0..batch.num_rows()).zip(first_row..).map(|(row, number)| {
            match self.groups[number as usize] {
                ALONE => named(&names.least_key(row, number, &mut message), &names.id(row, number)),
                // Those of a group that is held back are those of their identifier.
                group => self.persons[group as usize].or_else(|| named(&NONE, &names.id(row, number))),
            }
        });
        let persons: Vec<Option<Pseudonym>> = persons.collect();
        FixedSizeBinaryArray::try_from_sparse_iter_with_size(persons.into_iter(), PSEUDONYM_BYTES as i32)
    }
}
