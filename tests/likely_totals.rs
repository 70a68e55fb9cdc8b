//! Totals that nobody has declared: said with the evidence, and nothing is done about them.

use std::fs;

use crate::program::{denizen, run};

/// What a source says of itself, its file, what its tables are, and what is told: part of the message, and of the note.
struct Case {
    source: &'static str,
    file: String,
    table: &'static str,
    status: i32,
    told: &'static [&'static str],
}

const RECORDS: &str = "measure = \"count\"\nconcept = \"c\"\ndimensions = [\"nat\", \"sex\"]";
const CELLS: &str = "measure = \"flow\"\ndimensions = [\"year\", \"nat\", \"sex\"]";
const CODES: &str = "nat = { codes = { PE = \"PE\", EC = \"EC\", CO = \"CO\", ALL = \"ALL\" } }\n\
    year = { type = \"integer\" }\n";
const SEXES: &str = "sex = { codes = { F = \"F\", M = \"M\", X = \"X\", T = \"T\" } }\n";
const FLOWS: &str =
    "flow = { codes = { Immigrants = \"Immigrants\", Emigrants = \"Emigrants\", Net = \"Net\" } }\n";

const PERSONS: [(&str, &str, i64); 6] =
    [("PE", "F", 31), ("PE", "M", 17), ("EC", "F", 5), ("EC", "M", 8), ("CO", "F", 2), ("CO", "M", 71)];

/// A row for each cell of two years, and lines that are made from all of a year.
fn rows(lines: impl Fn(&[(&str, &str, i64)]) -> Vec<(String, String, i64)>) -> String {
    let mut text = "year,nat,sex,n\n".to_owned();
    for year in [2020, 2021] {
        let cells: Vec<_> = PERSONS.iter().map(|(nat, sex, n)| (*nat, *sex, n + (year - 2020) * 3)).collect();
        let own = cells.iter().map(|(nat, sex, n)| ((*nat).to_owned(), (*sex).to_owned(), *n));
        for (nat, sex, n) in own.chain(lines(&cells)) {
            text += &format!("{year},{nat},{sex},{n}\n");
        }
    }
    text
}

fn sum(cells: &[(&str, &str, i64)], is_part: impl Fn(&str, &str) -> bool) -> i64 {
    cells.iter().filter(|(nat, sex, _)| is_part(nat, sex)).map(|(.., n)| n).sum()
}

/// Of both sexes together, by nationality.
fn of_sexes(cells: &[(&str, &str, i64)]) -> Vec<(String, String, i64)> {
    ["PE", "EC", "CO"].map(|nat| (nat.to_owned(), "T".to_owned(), sum(cells, |other, _| other == nat))).into()
}

/// One line for all of a year.
fn of_all(cells: &[(&str, &str, i64)]) -> Vec<(String, String, i64)> {
    vec![("ALL".to_owned(), "T".to_owned(), sum(cells, |_, _| true))]
}

const WIDE: &str = "year,nat,F,M,X,T\n2020,PE,3,4,1,8\n2020,EC,13,4,2,19\n2021,PE,5,5,0,10\n";

/// Who comes is the sum of those who go and the balance, and no total.
const NET: &str = "year,nat,Immigrants,Emigrants,Net\n2020,PE,30,12,18\n2020,EC,45,20,25\n2021,PE,33,35,-2\n";

const NOTE_OF_SEXES: &str = "it is the sum of all others in 6 of 6 places in which there are several";
const OF_TWO: &str =
    "warning[clean::likely-total]: `ALL` of `nat` with `T` of `sex` seems to be the total of the others";

fn cases() -> Vec<Case> {
    let weighted = "weight = \"n\"";
    let cells = "kind = \"cells\"\nconcept = \"c\"";
    let unpivot_cells = "kind = \"cells\"\nconcept = \"c\"\nunpivot = { columns = [\"F\", \"M\", \"X\", \"T\"], into = [\"sex\"], value = \"n\" }";
    let unpivot_weighted = "weight = \"n\"\nunpivot = { columns = [\"F\", \"M\", \"X\", \"T\"], into = [\"sex\"], value = \"n\" }";
    let case = |source, file, table, status, told| Case { source, file, table, status, told };
    vec![
        case(weighted, rows(|_| Vec::new()), RECORDS, 0, &[]),
        case(
            weighted,
            rows(of_sexes),
            RECORDS,
            0,
            &[
                "warning[clean::likely-total]: `T` of `sex` seems to be the total of the others",
                // The year is no dimension of the table.
                "it is the sum of all others in 3 of 3 places",
                "it is counted beside its parts: leave it out with a step `filter` on `sex`",
            ],
        ),
        case(weighted, rows(of_all), RECORDS, 0, &[OF_TWO, "in 1 of 1 places"]),
        case(unpivot_weighted, WIDE.to_owned(), RECORDS, 0, &["`T` of `sex` seems", "in 2 of 2 places"]),
        case(cells, rows(|_| Vec::new()), CELLS, 0, &[]),
        case(
            cells,
            rows(of_sexes),
            CELLS,
            0,
            &["`T` of `sex` seems", NOTE_OF_SEXES, "declare its text as the `total` of `sex`"],
        ),
        case(cells, rows(of_all), CELLS, 0, &[OF_TWO, "declare the texts as the `total` of `nat` and `sex`"]),
        case(unpivot_cells, WIDE.to_owned(), CELLS, 0, &["`T` of `sex` seems", "in 3 of 3 places"]),
        case(
            "kind = \"cells\"\nconcept = \"c\"\nunpivot = { columns = [\"Immigrants\", \"Emigrants\", \"Net\"], into = [\"flow\"], value = \"n\" }",
            NET.to_owned(),
            "measure = \"flow\"\ndimensions = [\"year\", \"nat\", \"flow\"]",
            0,
            &["`Net` of `flow` seems to be a balance", "`Immigrants` of `flow` is no total"],
        ),
        // Where cells are added up, a certain one would be added to its parts.
        case(
            "kind = \"cells\"\nconcept = \"c\"\nadditive = [\"sex\"]",
            rows(of_sexes),
            CELLS,
            12,
            &["error[clean::likely-total]: `T` of `sex`", NOTE_OF_SEXES],
        ),
        case(
            "kind = \"cells\"\nconcept = \"c\"\nadditive = true",
            rows(of_all),
            CELLS,
            12,
            &["error[clean::likely-total]: `ALL` of `nat` with `T` of `sex`"],
        ),
    ]
}

#[test]
fn totals_are_said_wherever_they_stand() {
    for (index, Case { source, file, table, status, told }) in cases().into_iter().enumerate() {
        let project = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| fs::write(project.path().join(name), text).unwrap();
        let is_cells = source.contains("cells");
        let value = if is_cells {
            "value = { from = \"n\", type = \"integer\" }\n"
        } else {
            "n = { type = \"integer\" }\n"
        };
        let last = if source.contains("Net") { FLOWS } else { SEXES };
        put("in.csv", &file);
        put(
            "p.toml",
            &format!(
                "spec = 1\ntitle = \"t\"\nvintage = \"1\"\n[source.s]\nfiles = \"in.csv\"\nformat = \"csv\"\n{source}\n\
             [source.s.columns]\n{CODES}{last}{value}[[table]]\nname = \"t\"\n{table}\n"
            ),
        );
        let outcome = run(denizen(project.path()).args(["run", "p.toml"])).exits_with(status);
        for part in told {
            assert!(outcome.stderr.contains(part), "{index}: {part}\n{}", outcome.stderr);
        }
        assert_eq!(outcome.stderr.contains("likely-total"), !told.is_empty(), "{index}: {}", outcome.stderr);
    }
}

/// Nothing is said of what a step has left out.
#[test]
fn what_is_left_out_is_no_total() {
    let project = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(project.path().join(name), text).unwrap();
    put("in.csv", &rows(of_sexes));
    put(
        "p.toml",
        &format!(
            "spec = 1\ntitle = \"t\"\nvintage = \"1\"\n[source.s]\nfiles = \"in.csv\"\nformat = \"csv\"\nweight = \"n\"\n\
         [source.s.columns]\n{CODES}{SEXES}n = {{ type = \"integer\" }}\n[[clean]]\nop = \"filter\"\nkeep = {{ sex = [\"F\", \"M\"] }}\n\
         [[table]]\nname = \"t\"\n{RECORDS}\n"
        ),
    );
    let outcome = run(denizen(project.path()).args(["run", "p.toml"])).exits_with(0);
    assert!(!outcome.stderr.contains("likely-total"), "{}", outcome.stderr);
}
