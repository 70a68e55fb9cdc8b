//! Persons are what an obvious slow way makes of the same rows, however these came.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch};
use denizen_spec::{Code, Diagnostic, OnConflict, Path, StepReport, columns};
use proptest::prelude::*;

use super::{Link, Pairs};
use crate::batch::{pseudonyms, with_column};
use crate::histories::UnitRows;
use crate::operation::Limits;
use crate::test_batch::batch;
use crate::{Histories, Partitions, Scratch};

/// A document, a name, an identifier, a year of birth and a name of the row itself, each of which may not be stated.
type Row = [Option<u8>; 5];
const DOCUMENT: usize = 0;
const NAME: usize = 1;
const ID: usize = 2;
const BORN: usize = 3;
const LABEL: usize = 4;

fn written(row: &Row) -> String {
    row.map(|field| field.map_or("-".to_owned(), |value| value.to_string())).join(" ")
}

fn chunk(rows: &[Row]) -> RecordBatch {
    let rows: Vec<String> = rows.iter().map(written).collect();
    batch("document:person name id:person born:integer label:person", &rows.join(" | "))
}

fn waiting(chunks: &[Vec<Row>], memory: u64) -> Histories {
    let folder = tempfile::tempdir().unwrap();
    let partitions = Partitions::new(None, memory, Scratch::new(folder.path(), false));
    for (number, rows) in (0..).zip(chunks.iter().filter(|rows| !rows.is_empty())) {
        partitions.add(number, &chunk(rows)).unwrap();
    }
    partitions.into_histories().unwrap()
}

fn step(on_conflict: OnConflict) -> Link {
    let keys = [("document", vec!["document"]), ("name", vec!["name"])];
    let keys =
        keys.map(|(name, columns)| (name.to_owned(), columns.into_iter().map(str::to_owned).collect()));
    let declared = denizen_spec::Link {
        keys: keys.into(),
        id: Some("id".to_owned()),
        same: vec!["born".to_owned()],
        on_conflict,
        pairs: Some(denizen_spec::Pairs {
            file: "pairs.csv".to_owned(),
            row: "label".to_owned(),
            columns: ["a".to_owned(), "b".to_owned()],
            probability: Some(("p".to_owned(), 0.5)),
        }),
        column: "person".to_owned(),
    };
    Link { declared, path: Path::root() }
}

type Person = Option<Vec<u8>>;

/// The person of each row, and what was counted.
fn linked(
    chunks: &[Vec<Row>],
    pairs: &[[u8; 2]],
    on_conflict: OnConflict,
    most: u64,
    memory: u64,
) -> Result<(Vec<Person>, StepReport), Diagnostic> {
    let (folder, link, rows) = (tempfile::tempdir().unwrap(), step(on_conflict), waiting(chunks, memory));
    let mut report = StepReport::new("link");
    let scratch = Scratch::new(folder.path(), false);
    let pairs = read(&link, pairs);
    // Pairs are in memory, however little there is of it.
    let limits = Limits::new(memory.max(1 << 20), scratch, most, Some(&pairs), &|| Ok(()));
    let links = link.links(&rows, &limits, &mut report)?;
    let found = std::sync::Mutex::new(vec![Vec::new(); rows.units()]);
    rows.for_each(&|| Ok(()), &|UnitRows { unit, first_row, batch }| {
        let batch = links.apply(&link, batch, first_row).unwrap();
        let persons = pseudonyms(&batch, "person").unwrap();
        let of_row = |row: usize| persons.is_valid(row).then(|| persons.value(row).to_vec());
        found.lock().unwrap()[unit] = (0..persons.len()).map(of_row).collect();
        Ok(())
    })?;
    Ok((found.into_inner().unwrap().concat(), report))
}

/// The pairs as they are read from their file, beside one that is not likely enough and one that lacks a name.
fn read(link: &Link, pairs: &[[u8; 2]]) -> Pairs {
    let rows = pairs.iter().map(|[left, right]| format!("{left} {right} 0.5"));
    let rows: Vec<String> = rows.chain(["0 1 4.9e-1".to_owned(), "- 1 0.9".to_owned()]).collect();
    let mut read = Pairs::default();
    let declared = link.declared.pairs.as_ref().unwrap();
    read.add(declared, &batch("left:person right:person probability:text", &rows.join(" | "))).unwrap();
    read
}

/// Persons as the number of their first row.
fn numbered(persons: &[Person]) -> Vec<Option<usize>> {
    let first = |person: &Vec<u8>| persons.iter().position(|other| other.as_ref() == Some(person));
    persons.iter().map(|person| person.as_ref().and_then(first)).collect()
}

/// The same with every rule spelt out, row beside row; and whether any would-be person conflicts.
fn obvious(
    rows: &[Row],
    pairs: &[[u8; 2]],
    on_conflict: OnConflict,
    most: u64,
) -> (Vec<Option<usize>>, bool) {
    let of_value = |key: usize, value: Option<u8>| rows.iter().filter(move |row| row[key] == value);
    let is_few = |row: &Row, key: usize| row[key].is_some() && of_value(key, row[key]).count() as u64 <= most;
    let differ = |rows: &[&Row]| {
        let unlike = |values: Vec<u8>| values.iter().any(|value| *value != values[0]);
        let ids = rows.iter().filter(|row| is_few(row, ID)).filter_map(|row| row[ID]);
        unlike(rows.iter().filter_map(|row| row[BORN]).collect()) || unlike(ids.collect())
    };
    let is_usable = |row: &Row, key: usize| {
        let withheld = || differ(&of_value(key, row[key]).collect::<Vec<_>>());
        is_few(row, key) && (key == ID || on_conflict != OnConflict::HoldBack || !withheld())
    };
    // A pair links two rows each of which is the only one of its name.
    let row_of = |label: u8| {
        let mut named = (0..rows.len()).filter(|row| rows[*row][LABEL] == Some(label));
        named.next().filter(|_| named.next().is_none())
    };
    let is_paired = |one: usize, other: usize| {
        let is_it = |pair: &[u8; 2]| {
            let found = pair.map(row_of);
            found == [Some(one), Some(other)] || found == [Some(other), Some(one)]
        };
        let withheld = || on_conflict == OnConflict::HoldBack && differ(&[&rows[one], &rows[other]]);
        one != other && pairs.iter().any(is_it) && !withheld()
    };
    let mut group: Vec<usize> = (0..rows.len()).collect();
    let mut changed = true;
    while changed {
        changed = false;
        for one in 0..rows.len() {
            for other in 0..one {
                let share = |key: usize| rows[one][key] == rows[other][key] && is_usable(&rows[one], key);
                let share = [DOCUMENT, NAME, ID].into_iter().any(share) || is_paired(one, other);
                if group[one] != group[other] && share {
                    let least = group[one].min(group[other]);
                    (group[one], group[other], changed) = (least, least, true);
                }
            }
        }
    }
    let members = |of: usize| (0..rows.len()).filter(|row| group[*row] == group[of]).collect::<Vec<_>>();
    let conflicts = |of: usize| differ(&members(of).into_iter().map(|row| &rows[row]).collect::<Vec<_>>());
    let person = |row: usize| {
        if conflicts(row) && on_conflict == OnConflict::HoldBack {
            let id = is_usable(&rows[row], ID).then_some(rows[row][ID]);
            return id.and_then(|id| rows.iter().position(|other| other[ID] == id));
        }
        let has_pair = (0..rows.len()).any(|other| is_paired(row, other));
        let has_key = [DOCUMENT, NAME, ID].into_iter().any(|key| is_usable(&rows[row], key));
        (has_key || has_pair).then_some(group[row])
    };
    ((0..rows.len()).map(person).collect(), (0..rows.len()).any(conflicts))
}

fn row() -> impl Strategy<Value = Row> {
    let field = |values: u8, stated: f64| proptest::option::weighted(stated, 0..values);
    (field(9, 0.7), field(9, 0.7), field(6, 0.3), field(3, 0.6), field(30, 0.8)).prop_map(<[_; 5]>::from)
}

fn pairs() -> impl Strategy<Value = Vec<[u8; 2]>> {
    proptest::collection::vec((0..30_u8, 0..30_u8).prop_map(<[_; 2]>::from), 0..12)
}

fn policy() -> impl Strategy<Value = OnConflict> {
    prop_oneof![Just(OnConflict::HoldBack), Just(OnConflict::Link), Just(OnConflict::Fail)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn persons_are_those_of_the_obvious_way(
        chunks in proptest::collection::vec(proptest::collection::vec(row(), 0..9), 1..6),
        pairs in pairs(),
        on_conflict in policy(),
        most in prop_oneof![Just(u64::MAX), 2..6_u64],
        memory in prop_oneof![Just(0_u64), Just(u64::MAX)],
    ) {
        let rows = chunks.concat();
        let (expected, conflicts) = obvious(&rows, &pairs, on_conflict, most);
        match linked(&chunks, &pairs, on_conflict, most, memory) {
            Err(fault) => {
                prop_assert_eq!(fault.code, Code::LinkConflict);
                prop_assert!(conflicts && on_conflict == OnConflict::Fail);
            }
            Ok((persons, report)) => {
                prop_assert!(!conflicts || on_conflict != OnConflict::Fail);
                prop_assert_eq!(numbered(&persons), expected);
                let count = |name: &str| report.counts.iter().filter(|(known, _)| known.starts_with(name))
                    .map(|(_, count)| *count).sum::<u64>();
                let nobody = persons.iter().zip(&rows).filter(|(person, _)| person.is_none()).count() as u64;
                prop_assert!(count("rows_of_nobody") <= nobody);
                prop_assert!(nobody <= count("rows_of_nobody") + count("held_back_rows"));
            }
        }
    }

    /// Persons, and what they are called, do not depend on the order of the rows.
    #[test]
    fn the_order_of_rows_means_nothing(
        rows in proptest::collection::vec(row(), 1..30),
        pairs in pairs(),
        turn in any::<prop::sample::Index>(),
        on_conflict in prop_oneof![Just(OnConflict::HoldBack), Just(OnConflict::Link)],
    ) {
        let (persons, report) = linked(std::slice::from_ref(&rows), &pairs, on_conflict, u64::MAX, u64::MAX).unwrap();
        let turn = turn.index(rows.len());
        let mut turned: Vec<(Row, Person)> = rows.into_iter().zip(persons).collect();
        turned.rotate_left(turn);
        turned.reverse();
        let (rows, expected): (Vec<Row>, Vec<_>) = turned.into_iter().unzip();
        let chunks: Vec<Vec<Row>> = rows.chunks(4).map(<[Row]>::to_vec).collect();
        let (found, other) = linked(&chunks, &pairs, on_conflict, u64::MAX, 0).unwrap();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(other.counts, report.counts);
    }
}

/// Five rows of which the fourth brings two groups together: the order in which a register was written does not decide.
#[test]
fn groups_that_were_formed_are_joined_later() {
    let row = |document: u8, name: u8| [Some(document), Some(name), None, None, None];
    for rows in [
        [row(1, 1), row(2, 2), row(3, 3), row(1, 2), row(2, 3)],
        [row(1, 1), row(2, 2), row(3, 3), row(2, 3), row(1, 2)],
    ] {
        let (persons, report) = linked(&[rows.to_vec()], &[], OnConflict::HoldBack, 9, 99).unwrap();
        assert_eq!(numbered(&persons), [Some(0); 5]);
        let told = report.counts.iter().filter(|(_, count)| *count > 0);
        let told: Vec<(&str, u64)> = told.map(|(name, count)| (name.as_str(), *count)).collect();
        let expected = [
            ("rows_with_document", 5),
            ("links_by_document", 2),
            ("rows_with_name", 5),
            ("links_by_name", 2),
            ("pairs", 2),
            ("unlikely_pairs", 1),
            ("pairs_without_a_name", 1),
            ("persons_of_2_to_5_rows", 1),
        ];
        assert_eq!(told, expected);
    }
}

/// An identifier keeps its pseudonym, and a key joins no two of them.
#[test]
fn identifiers_are_honoured() {
    let rows = [
        [Some(1), None, Some(5), None, None],
        [Some(1), None, Some(6), None, None],
        [Some(1), Some(2), None, None, None],
        [None, Some(2), Some(6), None, None],
        [Some(4), None, None, None, None],
    ];
    let (persons, report) = linked(&[rows.to_vec()], &[], OnConflict::HoldBack, 9, 99).unwrap();
    // The document is that of two identifiers and links nobody; the name says who the third row is.
    assert_eq!(numbered(&persons), [Some(0), Some(1), Some(1), Some(1), Some(4)]);
    assert_eq!(persons[0].as_ref().unwrap()[0], b'5');
    assert!(report.counts.contains(&("withheld_rows_of_document".to_owned(), 3)));
    let (persons, _) = linked(&[rows.to_vec()], &[], OnConflict::Link, 9, 99).unwrap();
    assert_eq!(numbered(&persons), [Some(0), Some(0), Some(0), Some(0), Some(4)]);
}

/// By hand: rows 0 and 1 share nothing and are a pair; 2 has no key, and is known by its pair with 1 only; the name of 3 and 4 is the
/// same, 9 is no row, and 5 was born in another year than 0.
#[test]
fn pairs_link_rows() {
    let row = |born: Option<u8>, label: u8| [None, None, None, born, Some(label)];
    let rows = [row(Some(1), 1), row(None, 2), row(None, 3), row(None, 4), row(None, 4), row(Some(2), 5)];
    let pairs = [[1, 2], [3, 2], [4, 1], [1, 9], [2, 2], [5, 1]];
    let (persons, report) = linked(&[rows.to_vec()], &pairs, OnConflict::HoldBack, 9, 99).unwrap();
    assert_eq!(numbered(&persons), [Some(0), Some(0), Some(0), None, None, None]);
    let counts = report.counts.iter().filter(|(name, count)| name.contains("pairs") && *count > 0);
    let counts: Vec<(&str, u64)> = counts.map(|(name, count)| (name.as_str(), *count)).collect();
    let expected = [
        ("pairs", 8),
        ("unlikely_pairs", 1),
        ("pairs_without_a_name", 1),
        ("pairs_of_no_row", 1),
        ("pairs_of_several_rows", 1),
        ("pairs_of_one_row", 1),
        ("withheld_pairs", 1),
        ("links_by_pairs", 2),
    ];
    assert_eq!(counts, expected);
}

/// A match weight is no probability, nor is a number with a comma.
#[test]
fn probabilities_are_numbers_from_0_to_1() {
    let link = step(OnConflict::Link);
    let declared = link.declared.pairs.as_ref().unwrap();
    for (text, is_one) in
        [("0", true), ("1.0", true), ("9.9e-1", true), ("12.3", false), ("0,9", false), ("-", false)]
    {
        let rows = batch("left:person right:person probability:text", &format!("1 2 0.5 | 1 2 {text}"));
        let lines: ArrayRef = Arc::new(Int64Array::from(vec![2, 3]));
        let rows = with_column(rows, columns::PLACE, lines).unwrap();
        let added = Pairs::default().add(declared, &rows);
        assert_eq!(added.is_ok(), is_one, "{text}");
        if let Err(fault) = added {
            assert_eq!(fault.place, Diagnostic::error(Code::Pairs, "").in_file("pairs.csv", Some(3)).place);
        }
    }
}
