//! Histories are whole and sorted, however their records came.

use arrow::array::AsArray;
use denizen_spec::ChunkNumber;
use proptest::prelude::*;

use super::*;
use crate::test_batch::{batch, rows};
use crate::{Partitions, Scratch};

/// Person, day, a word that repeats and one that does not.
type Row = (Option<u8>, Option<u8>, u8, usize);

/// Of three persons one partition has all, and one counter two.
fn name(person: u8) -> String {
    let letter = char::from(b'0' + person / 3 * 13);
    format!("{letter}{}", ["P0", "P1", "Q0"][usize::from(person % 3)])
}

fn written(row: &Row) -> String {
    let stated = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let person = stated(row.0.map(name));
    let day = stated(row.1.map(|day| format!("2001-01-{:02}", day + 1)));
    let word = ["x", "y", "z"].get(usize::from(row.2)).map(|word| (*word).to_owned());
    format!("{person} {day} {} w{}", stated(word), row.3)
}

fn chunk(rows: &[Row], plain: bool) -> RecordBatch {
    let texts: Vec<String> = rows.iter().map(written).collect();
    let kind = if plain { "text" } else { "word" };
    batch(&format!("person:person day:day word unlike:{kind}"), &texts.join(" | "))
}

/// What must come out: a stable sort, those without a person first and in their order; behind them those of persons with
/// too many rows, partition by partition.
fn obvious(all: &[Row], most: u64) -> Vec<String> {
    let rows_of = |person: u8| all.iter().filter(|row| row.0 == Some(person)).count() as u64;
    let is_crowded = |row: &Row| row.0.is_some_and(|person| rows_of(person) > most);
    let (mut crowded, mut rows): (Vec<Row>, Vec<Row>) = all.iter().partition(|row| is_crowded(row));
    crowded.sort_by_key(|row| row.0.map(|person| person / 3));
    rows.sort_by_key(|row| (row.0.map(name), row.0.and(row.1)));
    let persons = rows.split_off(rows.iter().filter(|row| row.0.is_none()).count());
    let crowded = crowded.into_iter().map(|row| (None, row.1, row.2, row.3));
    rows.into_iter().chain(crowded).chain(persons).map(|row| written(&row)).collect()
}

/// The numbers of chunks, some of which begin a stream.
fn numbers(begins_stream: &[bool]) -> Vec<ChunkNumber> {
    let mut next = ChunkNumber::from(0);
    let number = begins_stream.iter().map(|begins| {
        if *begins {
            next = ChunkNumber { stream: next.stream + 1, index: 0 };
        }
        let number = next;
        next.index += 1;
        number
    });
    number.collect()
}

fn row() -> impl Strategy<Value = (Option<u8>, Option<u8>, u8)> {
    (proptest::option::weighted(0.8, 0..6_u8), proptest::option::weighted(0.9, 0..4_u8), 0..4_u8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn histories_are_whole_and_sorted_however_they_came(
        drawn in proptest::collection::vec(proptest::collection::vec(row(), 0..12), 1..8),
        plain in proptest::collection::vec(any::<bool>(), 8),
        begins_stream in proptest::collection::vec(any::<bool>(), 8),
        memory in prop_oneof![Just(0_u64), Just(20_000), Just(u64::MAX)],
        order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle(),
        most in prop_oneof![Just(u64::MAX), 0..9_u64],
    ) {
        let mut number = 0;
        let chunks: Vec<Vec<Row>> = drawn.iter().map(|rows| rows.iter().map(|(person, day, word)| {
            number += 1;
            (*person, *day, *word, number)
        }).collect()).collect();
        let folder = tempfile::tempdir().unwrap();
        let partitions =
            Partitions::new(Some(crate::By::new("person", "day")), memory, Scratch::new(folder.path(), false));
        let partitions = partitions.limit_rows(most);
        let numbers = numbers(&begins_stream);
        for index in order.into_iter().filter(|index| *index < chunks.len()) {
            let rows = &chunks[index];
            let records = if rows.is_empty() { chunk(&[(None, None, 0, 0)], false).slice(0, 0) } else { chunk(rows, plain[index]) };
            partitions.add(numbers[index], &records).unwrap();
        }
        let histories = partitions.into_histories().unwrap();
        let found: Vec<String> = (0..histories.units())
            .flat_map(|unit| {
                let records = histories.get(unit).unwrap();
                assert_eq!(records.num_rows(), histories.rows(unit));
                rows(&records).split(" | ").map(str::to_owned).collect::<Vec<_>>()
            })
            .collect();
        let all = chunks.concat();
        prop_assert_eq!(&found, &obvious(&all, most));
        let unlinked = |rows: &[String]| rows.iter().filter(|row| row.starts_with('-')).count();
        let of_nobody = all.iter().filter(|row| row.0.is_none()).count();
        prop_assert_eq!(histories.crowded().1, unlinked(&found) - of_nobody);
        let schemas: Vec<_> =
            (0..histories.units()).map(|unit| histories.get(unit).unwrap().schema()).collect();
        prop_assert!(schemas.windows(2).all(|pair| pair[0] == pair[1]));
        prop_assert!(histories.spilled() > 0 || memory > 0 || chunks.concat().is_empty());
        prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Each part is what it is where it is worked on by itself: the rows, their order, and the types of the columns.
    #[test]
    fn a_part_does_not_know_the_others(
        drawn in proptest::collection::vec(proptest::collection::vec(row(), 1..12), 1..8),
        plain in proptest::collection::vec(any::<bool>(), 8),
        memory in prop_oneof![Just(0_u64), Just(u64::MAX)],
        parts in prop_oneof![Just(1_u32), 2..9_u32, Just(1024)],
        most in prop_oneof![Just(u64::MAX), 0..9_u64],
    ) {
        let mut number = 0;
        let chunks: Vec<RecordBatch> = drawn.iter().zip(&plain).map(|(rows, plain)| {
            let rows: Vec<Row> = rows.iter().map(|(person, day, word)| {
                number += 1;
                (*person, *day, *word, number)
            }).collect();
            chunk(&rows, *plain)
        }).collect();
        let folder = tempfile::tempdir().unwrap();
        let histories = |batches: &[RecordBatch], memory| {
            let by = Some(crate::By::new("person", "day"));
            let partitions = Partitions::new(by, memory, Scratch::new(folder.path(), false)).limit_rows(most);
            (0_u64..).zip(batches).for_each(|(number, batch)| partitions.add(number, batch).unwrap());
            partitions.into_histories().unwrap().in_parts(parts).unwrap()
        };
        let units = |histories: &Histories, units: Range<usize>| -> Vec<RecordBatch> {
            units.map(|unit| histories.get(unit).unwrap()).collect()
        };
        let all = histories(&chunks, memory);
        let mut pieces: BTreeMap<u32, Vec<RecordBatch>> = BTreeMap::new();
        for chunk in &chunks {
            for (part, rows) in crate::split(chunk, Some("person"), parts).unwrap() {
                pieces.entry(part).or_default().push(rows);
            }
        }
        prop_assert!(all.parts().map(|(part, _)| part).eq(pieces.keys().copied()));
        for (part, of_part) in all.parts() {
            let alone = histories(&pieces[&part], u64::MAX);
            let (found, expected) = (units(&all, of_part), units(&alone, 0..alone.units()));
            // One part alone is texts where any chunk is.
            let is_same_type = parts == 1 || found[0].schema() == expected[0].schema();
            prop_assert!(is_same_type);
            let texts = |batches: &[RecordBatch]| batches.iter().map(rows).collect::<Vec<_>>().join(" | ");
            prop_assert_eq!(texts(&found), texts(&expected));
        }
    }
}

/// Which chunk has more words than numbers depends on the threads, and a filter may leave none of its rows.
#[test]
fn texts_of_a_chunk_without_rows_make_texts_of_all() {
    for numbers in [[0_u64, 1], [1, 0]] {
        let folder = tempfile::tempdir().unwrap();
        let partitions = Partitions::new(None, 1000, Scratch::new(folder.path(), false));
        let chunks = [batch("word", "a | b | -"), batch("word:text", "c").slice(0, 0)];
        for (number, chunk) in numbers.into_iter().zip(&chunks) {
            partitions.add(number, chunk).unwrap();
        }
        let records = partitions.into_histories().unwrap().get(0).unwrap();
        assert!(records.column(0).as_string_opt::<i32>().is_some());
        assert_eq!(rows(&records), "a | b | -");
    }
}

#[test]
fn more_words_than_numbers_become_texts() {
    let folder = tempfile::tempdir().unwrap();
    let partitions = Partitions::new(None, 1000, Scratch::new(folder.path(), false));
    let mut expected = Vec::new();
    // Each chunk is scattered by itself; the first ones still have a number for every word.
    for number in 0..3_u64 {
        let words: Vec<String> = (0..30_000).map(|word| format!("{number}.{word}")).collect();
        partitions.add(number, &batch("word", &words.join(" | "))).unwrap();
        expected.extend(words);
    }
    let histories = partitions.into_histories().unwrap();
    let units: Vec<RecordBatch> = (0..histories.units()).map(|unit| histories.get(unit).unwrap()).collect();
    assert!(units.len() > 1 && units.iter().all(|unit| unit.column(0).as_string_opt::<i32>().is_some()));
    let found: Vec<String> = units.iter().map(rows).collect();
    assert!(found.join(" | ") == expected.join(" | "));
}

#[test]
fn stretches_are_in_the_order_of_the_files() {
    let run = |stream| Run { stream, unlinked: Vec::new(), extents: Vec::new() };
    let cases: [(&[usize], &[usize], &str); 5] = [
        (&[], &[0, 0], "held 0..2"),
        (&[0, 0], &[0], "run 0, run 1, held 0..1"),
        (&[0, 2], &[0, 0, 1, 2], "run 0, held 0..3, run 1, held 3..4"),
        (&[1, 3], &[0], "held 0..1, run 0, run 1"),
        (&[0, 1], &[], "run 0, run 1"),
    ];
    for (runs, held, expected) in cases {
        let runs: Vec<Run> = runs.iter().map(|stream| run(*stream)).collect();
        let found = stretches(&runs, held).into_iter().map(|stretch| match stretch {
            Stretch::Run(run) => format!("run {run}"),
            Stretch::Held(held) => format!("held {held:?}"),
        });
        assert_eq!(found.collect::<Vec<_>>().join(", "), expected);
    }
}
