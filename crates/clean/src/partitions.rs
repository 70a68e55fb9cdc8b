//! Records are scattered by person, so that each partition holds whole histories and can be worked on alone.

use denizen_spec::Diagnostic;
use polars::prelude::*;

use crate::plan::fault;

/// Number of partitions. It is fixed, so that results do not depend on the machine.
const PARTITIONS: usize = 64;

/// Records on their way from chunks, which hold rows of many persons, to partitions, which hold whole persons.
///
/// A pseudonym's first character decides the partition. Pseudonyms are spread evenly and sort as their bits do, so
/// the partitions in order, each sorted by person, are all records sorted by person.
pub struct Partitions {
    person: String,
    order: String,
    parts: Vec<Vec<DataFrame>>,
}

impl Partitions {
    /// Empty partitions by the column `person`; a person's records will be sorted by the date column `order`.
    pub fn new(person: &str, order: &str) -> Self {
        Self { person: person.to_owned(), order: order.to_owned(), parts: vec![Vec::new(); PARTITIONS] }
    }

    /// Cuts a chunk into its share of each partition. A pure function, so that threads can share the work.
    ///
    /// # Errors
    ///
    /// Only when the frame lacks the person column, which is a fault of the program.
    pub fn cut(&self, frame: &DataFrame) -> Result<Vec<DataFrame>, Diagnostic> {
        let cut = || -> PolarsResult<Vec<DataFrame>> {
            let mut rows: Vec<Vec<IdxSize>> = vec![Vec::new(); PARTITIONS];
            for (row, person) in frame.column(&self.person)?.str()?.iter().enumerate() {
                rows[partition(person)].push(row as IdxSize);
            }
            rows.into_iter().map(|rows| frame.take(&IdxCa::from_vec("rows".into(), rows))).collect()
        };
        cut().map_err(|error| fault("scatter", &error))
    }

    /// Adds the shares of a chunk. Chunks must be added in their order.
    pub fn add(&mut self, shares: Vec<DataFrame>) {
        for (part, share) in self.parts.iter_mut().zip(shares).filter(|(_, share)| share.height() > 0) {
            part.push(share);
        }
    }

    /// The partitions, in order.
    pub fn into_parts(self) -> Vec<Partition> {
        let Self { person, order, parts } = self;
        let part = |frames| Partition { person: person.clone(), order: order.clone(), frames };
        parts.into_iter().map(part).collect()
    }
}

/// The records of some persons, all of them.
pub struct Partition {
    person: String,
    order: String,
    frames: Vec<DataFrame>,
}

impl Partition {
    /// Whole histories, sorted by person and date, and in the order of the files where these are equal; nothing when
    /// there are no records. Records without a person come first.
    ///
    /// # Errors
    ///
    /// Only when the frames differ in their columns, which is a fault of the program.
    pub fn collect(self) -> Result<Option<DataFrame>, Diagnostic> {
        let Some((first, others)) = self.frames.split_first() else { return Ok(None) };
        let sort = || -> PolarsResult<DataFrame> {
            let mut whole = first.clone();
            for frame in others {
                whole.vstack_mut(frame)?;
            }
            whole.rechunk_mut();
            whole.take(&order(&whole, &self.person, &self.order)?)
        };
        sort().map(Some).map_err(|error| fault("sort", &error))
    }
}

/// The partition of a pseudonym: its first six bits, read back from its first character.
fn partition(person: Option<&str>) -> usize {
    let Some(first) = person.and_then(|person| person.bytes().next()) else { return 0 };
    let place = match first {
        b'0'..=b'9' => first - b'0',
        b'A'..=b'Z' => 10 + first - b'A',
        b'_' => 36,
        b'a'..=b'z' => 37 + first - b'a',
        _ => 63,
    };
    usize::from(place)
}

/// Row numbers sorted by person, date and row number.
fn order(frame: &DataFrame, person: &str, date: &str) -> PolarsResult<IdxCa> {
    let persons = frame.column(person)?.str()?;
    let dates = frame.column(date)?.date()?.physical();
    let keys =
        persons.iter().zip(dates.iter()).zip(0..).map(|((person, date), row)| (key(person, date), row));
    let mut keys: Vec<(u128, IdxSize)> = keys.collect();
    keys.sort_unstable();
    Ok(IdxCa::from_vec("rows".into(), keys.into_iter().map(|(_, row)| row).collect()))
}

/// Twelve bytes of pseudonym and four of date in one number that sorts as they do; what is absent comes first.
fn key(person: Option<&str>, date: Option<i32>) -> u128 {
    let mut bytes = [0; 16];
    let person = person.unwrap_or_default().as_bytes();
    let length = person.len().min(12);
    bytes[..length].copy_from_slice(&person[..length]);
    let date = date.map_or(0, |days| (i64::from(days) - i64::from(i32::MIN)) as u32);
    bytes[12..].copy_from_slice(&date.to_be_bytes());
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_first_character_has_a_partition_of_its_own() {
        let characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";
        let places: Vec<usize> = characters.chars().map(|c| partition(Some(&c.to_string()))).collect();
        assert_eq!(places, (0..64).collect::<Vec<_>>());
        assert_eq!(partition(None), 0);
    }

    #[test]
    fn histories_come_out_whole_and_sorted() {
        let chunk = |persons: &[Option<&str>], days: &[Option<i32>], rows: &[i64]| {
            let dates = Int32Chunked::from_slice_options("day".into(), days).into_date().into_column();
            df!("person" => persons, "row" => rows).unwrap().hstack(&[dates]).unwrap()
        };
        let mut partitions = Partitions::new("person", "day");
        for frame in [
            chunk(&[Some("aX"), Some("B"), Some("aX")], &[Some(7), Some(1), Some(5)], &[0, 1, 2]),
            chunk(&[Some("aA"), None, Some("aX")], &[Some(-9), Some(3), Some(5)], &[3, 4, 5]),
        ] {
            let shares = partitions.cut(&frame).unwrap();
            partitions.add(shares);
        }
        let rows: Vec<i64> = partitions
            .into_parts()
            .into_iter()
            .filter_map(|part| part.collect().unwrap())
            .flat_map(|frame| {
                frame.column("row").unwrap().i64().unwrap().iter().flatten().collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(rows, [4, 1, 3, 2, 5, 0]);
    }
}
