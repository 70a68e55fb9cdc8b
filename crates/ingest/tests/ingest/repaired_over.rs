//! Damaged numbers below each other: rows that belong together prove what they were, wherever they stand.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use denizen_spec::Source;
use proptest::prelude::*;

use crate::project::{Outcome, Project, cells};

fn read(source: &Source, bytes: impl AsRef<[u8]>) -> Outcome {
    Project::new().with("in.csv", bytes).read(source, None).unwrap()
}

const FIELDS: &str =
    "files = \"in.csv\"\nformat = \"csv\"\ndelimiter = \";\"\nmax_rejected = 1.0\nconcept = \"c\"\n";
const SEX: &str = "sex = { codes = { M = \"M\", F = \"F\" }, total = \"T\" }";

fn by_sex(more: &str) -> Source {
    let repair = format!(
        "repair = {{ thousands = \".\", over = \"sex\", total = \"T\", parts = [\"M\", \"F\"]{more} }}"
    );
    let columns = format!(
        "place = {{ codes = {{ a = \"a\", b = \"b\", c = \"c\", d = \"d\", e = \"e\", f = \"f\", g = \"g\" }} }}\n{SEX}\n\
         note = {{ from = \"remark\" }}\nvalue = {{ type = \"integer\", missing = [\"..\"], marks = {{ c = \"suppressed\" }} }}"
    );
    cells(&format!("{FIELDS}{repair}"), &columns, "\"place\", \"sex\"")
}

/// `44.510` men and `43.100` women of `a`, far from each other; remarks tell no rows apart.
const DAMAGED: &str = "place;sex;value;remark\n\
    a;M;44.51;as printed\n\
    b;T;1.973;\n\
    c;M;2;\nc;F;3;\nc;T;5;\n\
    d;M;2;\nd;F;1.5;\nd;T;3.6;\n\
    e;M;..;\ne;F;;\ne;T;c;\n\
    f;M;1.5;\nf;T;1.5;\n\
    g;M;1.5;\ng;M;1.5;\ng;F;1.5;\ng;T;3;\n\
    a;U;12.5;\n\
    b;M;973.0;\n\
    a;T;87.61;\n\
    b;F;1.0;\n\
    Source: the office of statistics of the place, 2011;;;\n\
    a;F;43.1;see the note\n";

#[test]
fn rows_far_from_each_other_prove_their_numbers() {
    let outcome = read(&by_sex(""), DAMAGED);
    let decided = [
        "a|M|as printed|44510|c|I",
        "b|_T|-|1973|c|-",
        "e|M|-|-|c|-",
        "e|F|-|-|c|-",
        "e|_T|-|-|c|-",
        "b|M|-|973|c|-",
        "a|_T|-|87610|c|I",
        "b|F|-|1000|c|I",
        "a|F|see the note|43100|c|I",
    ];
    assert_eq!(outcome.rows(), decided);
    let lines: Vec<u64> = outcome.rejects.iter().map(|reject| reject.place.line()).collect();
    // Several ways add up (c), none does (d), a part is missing (f) or twice (g), and a row is of no sum (a, U).
    assert_eq!(lines, [4, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 18, 19]);
    assert!(outcome.rejects.iter().all(|reject| reject.reason == denizen_spec::Code::UndecidedNumbers));
    assert_eq!(outcome.files[0].repaired, 4);
    let outcome = read(&by_sex(", whole_rows = \"as_written\""), DAMAGED);
    assert!(
        ["c|M|-|2|c|-", "c|_T|-|5|c|-"].iter().all(|row| outcome.rows().iter().any(|other| other == row))
    );
}

/// Years are columns, and sexes rows: each year of a place is a sum of its own.
#[test]
fn columns_that_become_rows_are_repaired_as_such() {
    let fields = format!(
        "{FIELDS}unpivot = {{ into = \"year\", years = [2001, 2002], flag_suffix = \"_f\" }}\n\
         repair = {{ thousands = \".\", over = \"sex\", total = \"T\", parts = [\"M\", \"F\"] }}"
    );
    let columns = format!("{SEX}\nyear = {{ type = \"integer\" }}\nvalue = {{ type = \"integer\" }}");
    let source = cells(&fields, &columns, "\"sex\", \"year\"");
    let outcome = read(&source, "sex;2001;2001_f;2002\nM;1.5;p;2\nF;500;;3\nT;2;;5\n");
    assert_eq!(outcome.rows(), ["M|2001|1500|c|pI", "F|2001|500|c|-", "_T|2001|2000|c|I"]);
    assert_eq!(outcome.rejects.len(), 3);
}

/// What one sum proves, the others know; of two that contradict each other nobody knows which is wrong.
#[test]
fn sums_that_share_numbers_agree() {
    let sums = "repair = [{ thousands = \".\", over = \"sex\", total = \"T\", parts = [\"M\", \"F\"] }, \
                { thousands = \".\", over = \"age\", total = \"all\", parts = [\"young\", \"old\"] }]";
    let columns = format!(
        "{SEX}\nage = {{ codes = {{ young = \"Y\", old = \"O\" }}, total = \"all\" }}\nvalue = {{ type = \"integer\" }}"
    );
    let source = cells(&format!("{FIELDS}{sums}"), &columns, "\"sex\", \"age\"");
    let table = |values: [&str; 9]| {
        let keys = ["M;young", "M;old", "M;all", "F;young", "F;old", "F;all", "T;young", "T;old", "T;all"];
        let rows = keys.iter().zip(values).map(|(key, value)| format!("{key};{value}\n"));
        format!("sex;age;value\n{}", rows.collect::<String>())
    };
    // By itself 1 + 1 = 2 says nothing; what is beside and below says that these were thousands.
    let outcome = read(&source, table(["1", "1", "2", "1.5", "1.5", "3", "2.5", "2.5", "5"]));
    let values: Vec<String> =
        outcome.rows().iter().map(|row| row.split('|').nth(2).unwrap().to_owned()).collect();
    assert_eq!(values, ["1000", "1000", "2000", "1500", "1500", "3000", "2500", "2500", "5000"]);
    // The old ones do not add up, and all others hang together with them.
    let outcome = read(&source, table(["1", "1", "2", "1.5", "1.6", "3", "2.5", "2.5", "5"]));
    assert_eq!((outcome.rows().len(), outcome.rejects.len()), (0, 9));
}

/// As a program writes a number with points between thousands that it has read as a decimal one.
fn damaged(number: i64, as_floats: bool) -> String {
    let read = if number < 1000 {
        number as f64
    } else {
        format!("{}.{:03}", number / 1000, number % 1000).parse().unwrap()
    };
    if as_floats { format!("{read:?}") } else { format!("{read}") }
}

/// All that a text may have been: whatever is written as the same number.
fn readings(text: &str) -> &'static [i64] {
    static READINGS: OnceLock<HashMap<u64, Vec<i64>>> = OnceLock::new();
    let all = || {
        let mut all: HashMap<u64, Vec<i64>> = HashMap::new();
        for number in 0..800_000 {
            let shown: f64 = damaged(number, false).parse().unwrap();
            all.entry(shown.to_bits()).or_default().push(number);
        }
        all
    };
    let written: f64 = text.parse().unwrap();
    &READINGS.get_or_init(all)[&written.to_bits()]
}

/// What the rows of each place were, where exactly one way adds up: by loops over all rows and all ways.
fn oracle(rows: &[(usize, char, String)]) -> BTreeMap<(usize, char), i64> {
    let mut found = BTreeMap::new();
    for place in 0..4 {
        let texts = |sex: char| -> Vec<&String> {
            rows.iter().filter(|row| (row.0, row.1) == (place, sex)).map(|row| &row.2).collect()
        };
        let (all, men, women) = (texts('T'), texts('M'), texts('F'));
        let ([all], [men], [women]) = (&all[..], &men[..], &women[..]) else { continue };
        let mut ways = Vec::new();
        for men in readings(men) {
            for women in readings(women) {
                ways.extend(
                    readings(all).iter().filter(|all| **all == men + women).map(|all| [*all, *men, *women]),
                );
            }
        }
        if let [[all, men, women]] = ways[..] {
            found.extend([((place, 'T'), all), ((place, 'M'), men), ((place, 'F'), women)]);
        }
    }
    found
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        0..30_i64,
        (0..400_i64).prop_map(|n| n * 1000),
        0..400_000_i64,
        (0..4000_i64).prop_map(|n| n * 100)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() })]

    /// In whatever order rows stand, missing and doubled ones included, they are what the loops say.
    #[test]
    fn rows_are_what_all_ways_say(
        places in prop::collection::vec((number(), number(), any::<bool>()), 1..4),
        order in prop::collection::vec(any::<u32>(), 16),
        lost in prop::option::weighted(0.2, 0..12_usize),
        doubled in prop::option::weighted(0.2, 0..12_usize),
    ) {
        let mut rows = Vec::new();
        for (place, (men, women, as_floats)) in places.into_iter().enumerate() {
            let row = |(sex, number)| (place, sex, damaged(number, as_floats));
            rows.extend([('T', men + women), ('M', men), ('F', women)].map(row));
        }
        let truth = rows.len();
        if let Some(row) = doubled.filter(|row| *row < truth) { rows.push(rows[row].clone()); }
        if let Some(row) = lost.filter(|row| *row < truth) { rows.remove(row); }
        let mut keyed: Vec<_> = order.into_iter().zip(rows).collect();
        keyed.sort();
        let rows: Vec<_> = keyed.into_iter().map(|(_, row)| row).collect();
        let place = |number: usize| char::from(b'a' + number as u8);
        let text: String = rows.iter().map(|(at, sex, text)| format!("{};{sex};{text};\n", place(*at))).collect();
        let outcome = read(&by_sex(""), format!("place;sex;value;remark\n{text}"));
        let expected = oracle(&rows);
        let expected: Vec<String> = rows.iter().filter_map(|(at, sex, _)| {
            let number = expected.get(&(*at, *sex))?;
            Some(format!("{}|{}|{number}", place(*at), if *sex == 'T' { "_T".to_owned() } else { sex.to_string() }))
        }).collect();
        let found = outcome.rows();
        let found: Vec<String> = found.iter().map(|row| {
            let fields: Vec<&str> = row.split('|').collect();
            [fields[0], fields[1], fields[3]].join("|")
        }).collect();
        prop_assert_eq!(found, expected, "{}", text);
        prop_assert_eq!(outcome.rows().len() + outcome.rejects.len(), rows.len());
    }
}
