//! `deduplicate`: drops a record that repeats the one before it of the same person in all `keys`.
//!
//! Only neighbours in the history of one person are compared. Records without a person are never dropped: coarse
//! fields agree by chance, and dropping would lose people.

use polars::prelude::*;

pub(crate) fn apply(frame: DataFrame, person: &str, keys: &[String]) -> PolarsResult<DataFrame> {
    let persons = frame.column(person)?.str()?;
    let mut repeats = persons
        .iter()
        .zip(persons.shift(1).iter())
        .map(|(now, before)| now.is_some() && now == before)
        .collect::<Vec<_>>();
    for key in keys {
        let column = frame.column(key)?.as_materialized_series();
        // What is not stated equals nothing.
        let same = column.equal(&column.shift(1))?;
        repeats.iter_mut().zip(same.iter()).for_each(|(repeats, same)| *repeats &= same == Some(true));
    }
    let stays: BooleanChunked = repeats.iter().map(|repeats| Some(!repeats)).collect();
    frame.filter(&stays)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_neighbours_of_one_person_are_repetitions() {
        let frame = df!(
            "person" => [None, None, Some("a"), Some("a"), Some("a"), Some("a"), Some("b")],
            "day" => [Some(1), Some(1), Some(1), Some(1), Some(1), Some(1), Some(1)],
            "direction" => ["E", "E", "S", "S", "E", "S", "S"],
            "row" => [0, 1, 2, 3, 4, 5, 6],
        );
        let kept = apply(frame.unwrap(), "person", &["day".to_owned(), "direction".to_owned()]).unwrap();
        let rows: Vec<i32> = kept.column("row").unwrap().i32().unwrap().iter().flatten().collect();
        assert_eq!(rows, [0, 1, 2, 4, 5, 6]);
    }
}
