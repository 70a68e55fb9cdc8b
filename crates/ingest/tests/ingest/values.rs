//! Values that are not plainly what is written: times with their zone, dates said in part, financial years, numbers that a sum proves.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, Time64MicrosecondArray, TimestampMicrosecondArray};
use denizen_spec::{Diagnostic, Source};
use parquet::arrow::ArrowWriter;

use crate::project::{LENIENT, Outcome, Project, cells, records};

fn read(source: &Source, bytes: impl AsRef<[u8]>) -> Outcome {
    Project::new().with("in.csv", bytes).read(source, None).unwrap()
}

/// What is read of each text; `!` where the row is rejected.
fn values(column: &str, texts: &[&str]) -> (String, Vec<Diagnostic>) {
    let source = records(LENIENT, &format!("d = {{ type = \"date\", {column} }}\nrow = {{}}"));
    let lines: String = texts.iter().map(|text| format!("{text};x\n")).collect();
    let read = read(&source, format!("d;row\n{lines}"));
    let mut rows = read.rows().into_iter().map(|row| row.replace("|x", ""));
    let rejected: Vec<u64> = read.rejects.iter().map(|reject| reject.place.line()).collect();
    let value = |line: u64| if rejected.contains(&line) { "!".to_owned() } else { rows.next().unwrap() };
    let found: Vec<String> = (2..2 + texts.len() as u64).map(value).collect();
    (found.join(" "), read.warnings)
}

/// The code, message and notes of all warnings but those of rejected rows.
fn said(warnings: &[Diagnostic]) -> String {
    let told = warnings
        .iter()
        .filter(|warning| !["-rows", "unused-code"].iter().any(|end| warning.code.id().ends_with(end)));
    let told =
        told.map(|warning| format!("{} {}: {}", warning.code, warning.message, warning.notes.join("; ")));
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn times_with_a_zone_are_of_the_day_that_is_written() {
    let iso = "format = \"%Y-%m-%dT%H:%M:%S%z\"";
    let lima = "format = \"%Y-%m-%dT%H:%M:%S%z\", zone = \"-05:00\"";
    let evening = ["2019-03-01T23:30:00-05:00", "2019-03-01T23:30:00.123456-0500", "2019-03-01T23:30:00"];
    let several = ["2019-03-31T00:30:00+01:00", "2019-03-31T23:30:00+02:00", "2019-03-31T23:30:00Z"];
    let written = "each date is the day that is written, in the time of its own place";
    let table = [
        (iso, &evening[..], "2019-03-01 2019-03-01 !", String::new()),
        (
            iso,
            &several,
            "2019-03-31 2019-03-31 2019-03-31",
            format!("ingest::zones the times of `d` are of several zones: +00:00 (1), +01:00 (1), +02:00 (1); {written}"),
        ),
        (
            iso,
            &["2019-03-02T04:30:00Z", "2019-03-02T04:30:00+00:00"],
            "2019-03-02 2019-03-02",
            "ingest::zones the times of `d` are in UTC: +00:00 (2); each date is the day in UTC, which is not always the one of the \
             place"
                .to_owned(),
        ),
        (lima, &["2019-03-02T04:30:00Z", "2019-03-02T05:00:00Z"], "2019-03-01 2019-03-02", String::new()),
        (lima, &several, "2019-03-30 2019-03-31 2019-03-31", String::new()),
        (
            "format = \"%d/%m/%Y %H:%M %Z\"",
            &["01/03/2019 23:30 CET", "01/07/2019 23:30 CEST"],
            "2019-03-01 2019-07-01",
            format!("ingest::zones the times of `d` are of several zones: CEST (1), CET (1); {written}"),
        ),
    ];
    for (column, texts, expected, told) in table {
        let (found, warnings) = values(column, texts);
        assert_eq!((found.as_str(), said(&warnings)), (expected, told), "{column} {texts:?}");
    }
}

#[test]
fn dates_in_part_are_no_days() {
    let texts = ["1980-05-17", "1980-05-00", "1980-05", "1980-00-00", "1980", "1980-13-00", "1980-00-17", ""];
    let (found, warnings) = values("partial = true", &texts);
    let may = "-|1980-05-01|1980-05-31";
    let year = "-|1980-01-01|1980-12-31";
    let expected = format!("1980-05-17|1980-05-17|1980-05-17 {may} {may} {year} {year} ! ! -|-|-");
    assert_eq!(found, expected);
    let told = "ingest::partial-dates some dates of `s` say no day: `d`: 2 say their year only, 2 their year and month";
    assert_eq!(said(&warnings), told);
    let (found, warnings) = values("format = \"%d/%m/%Y\", partial = true", &["00/05/1980", "17/05/1980"]);
    assert_eq!(found, format!("{may} 1980-05-17|1980-05-17|1980-05-17"));
    assert_eq!(said(&warnings), told.replace("2 say their year only, 2", "0 say their year only, 1"));
    // Unless it is declared, such a date is none.
    assert_eq!(values("format = \"%Y-%m-%d\"", &texts[..4]).0, "1980-05-17 ! ! !");
    let source = records(LENIENT, "d = { type = \"date\", partial = true }\nrow = {}");
    let outcome = read(&source, "d;row\n1980;x\n1980-05-17;x\n");
    assert_eq!(outcome.files[0].in_part, 1);
}

#[test]
fn financial_years_are_their_first_days() {
    let years = "format = \"financial-year\", first_month = 4";
    let table = [
        (
            years,
            &["2018/19", "2018-19", "2018/2019", "FY2018/19"][..],
            "2018-04-01 2018-04-01 2018-04-01 2018-04-01",
        ),
        (years, &["2018/20", "2018", "FY2019", "2018/19 Q1", "2018-12"], "! ! ! ! !"),
        (
            "format = \"financial-year\", first_month = 10, named_by = \"last\"",
            &["FY2019", "2018/19"],
            "2018-10-01 2018-10-01",
        ),
        (
            "format = \"financial-quarter\", first_month = 7",
            &["2018/19 Q1", "2018-19 Q4", "2018/19"],
            "2018-07-01 2019-04-01 !",
        ),
    ];
    for (column, texts, expected) in table {
        assert_eq!(values(column, texts).0, expected, "{column} {texts:?}");
    }
}

fn parquet(column: &str, values: ArrayRef) -> String {
    let batch = RecordBatch::try_from_iter([("d", values)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let fields = "files = \"in.csv\"\nformat = \"parquet\"\nmax_rejected = 1.0";
    read(&records(fields, &format!("d = {{ {column} }}")), bytes).rows().join(" ")
}

/// A half of a second after 23:30 on 1 March 2019, midnight, and the first microsecond of a day.
#[test]
fn moments_of_parquet() {
    let moments = TimestampMicrosecondArray::from(vec![
        1_551_483_000_500_000,
        1_551_398_400_000_000,
        1_551_398_400_000_001,
    ]);
    let local: ArrayRef = Arc::new(moments.clone());
    let utc: ArrayRef = Arc::new(moments.with_timezone("UTC"));
    let times: ArrayRef = Arc::new(Time64MicrosecondArray::from(vec![84_600_500_000, 0]));
    let day = "type = \"date\"";
    let table = [
        (day, &local, "2019-03-01 2019-03-01 2019-03-01"),
        ("", &local, "2019-03-01 23:30:00.5 2019-03-01 2019-03-01 00:00:00.000001"),
        // Only midnight is a day without the zone.
        (day, &utc, "2019-03-01"),
        ("", &utc, "2019-03-01T23:30:00.5Z 2019-03-01 2019-03-01T00:00:00.000001Z"),
        ("type = \"date\", zone = \"+01:00\"", &utc, "2019-03-02 2019-03-01 2019-03-01"),
        ("type = \"date\", zone = \"-05:00\"", &utc, "2019-03-01 2019-02-28 2019-02-28"),
        // What is of its own place is of no other zone.
        ("type = \"date\", zone = \"-05:00\"", &local, "2019-03-01 2019-03-01 2019-03-01"),
        ("", &times, "23:30:00.5 00:00:00"),
        ("type = \"time\"", &times, "84600 0"),
    ];
    for (column, values, expected) in table {
        assert_eq!(parquet(column, Arc::clone(values)), expected, "{column} {:?}", values.data_type());
    }
}

/// `44.510` men and `43.100` women, as a program wrote them that took the points for the beginning of decimals.
const DAMAGED: &str =
    "place;M;F;T\na;44.51;43.1;87.61\nb;973.0;1.0;1.973\nc;2;3;5\nd;2;1.5;3.6\ne;;;\nf;-;1;1\n";

#[test]
fn numbers_are_what_their_sum_proves() {
    let fields = "files = \"in.csv\"\nformat = \"csv\"\ndelimiter = \";\"\nmax_rejected = 1.0\nconcept = \"c\"\n\
                  unpivot = { into = \"sex\", columns = [\"M\", \"F\", \"T\"] }\n";
    let repair = "repair = { thousands = \".\", total = \"T\", parts = [\"M\", \"F\"]";
    let columns = "place = { codes = { a = \"a\", b = \"b\", c = \"c\", d = \"d\", e = \"e\", f = \"f\" } }\n\
                   sex = { codes = { M = \"M\", F = \"F\" }, total = \"T\" }\nvalue = { type = \"integer\" }";
    let source = |more: &str| cells(&format!("{fields}{repair}{more} }}"), columns, "\"place\", \"sex\"");
    let outcome = read(&source(""), DAMAGED);
    let decided = [
        "a|M|44510|c|I",
        "a|F|43100|c|I",
        "a|_T|87610|c|I",
        "b|M|973|c|-",
        "b|F|1000|c|I",
        "b|_T|1973|c|-",
        "e|M|-|c|-",
        "e|F|-|c|-",
        "e|_T|-|c|-",
    ];
    assert_eq!(outcome.rows(), decided);
    assert_eq!(
        outcome.rejects(),
        [
            "4+1 @49 row ingest::undecided-numbers",
            "5+1 @57 row ingest::undecided-numbers",
            "7+1 @74 row ingest::undecided-numbers"
        ]
    );
    assert_eq!(outcome.files[0].repaired, 4);
    let told = "ingest::repaired-numbers 4 numbers in 2 rows of `s` were read as their sum proves them: thousands had been taken for \
                decimals: cells with such a number are flagged `I`";
    assert_eq!(said(&outcome.warnings), told);
    let outcome = read(&source(", whole_rows = \"as_written\""), DAMAGED);
    assert!(outcome.rows().contains(&"c|M|2|c|-") && outcome.rows().contains(&"c|_T|5|c|-"));
}

/// Numbers of other columns than the declared ones stay, and records have no flags.
#[test]
fn numbers_of_records_are_repaired_too() {
    let fields =
        format!("{LENIENT}\nrepair = {{ thousands = \".\", total = \"T\", parts = [\"M\", \"F\"] }}");
    let columns = "place = {}\nM = { type = \"integer\" }\nT = { type = \"integer\" }";
    let outcome = read(&records(&fields, columns), DAMAGED);
    assert_eq!(outcome.rows(), ["a|44510|87610", "b|973|1973", "e|-|-"]);
    let absent = records(&fields.replace("\"F\"", "\"W\""), columns);
    let faults = Project::new().with("in.csv", DAMAGED).read(&absent, None).unwrap_err();
    assert_eq!(faults[0].message, "`in.csv` has no column `W`, which `repair` names");
}

/// What one sum decides the other knows; the last row has a total that cannot be both.
#[test]
fn several_sums_of_one_row_agree() {
    let sums = "repair = [{ thousands = \".\", total = \"T\", parts = [\"M\", \"F\"] }, { thousands = \".\", total = \"T\", parts = [\"A\", \"B\"] }]";
    let columns = "M = { type = \"integer\" }\nB = { type = \"integer\" }";
    let source = records(&format!("{LENIENT}\n{sums}"), columns);
    let outcome = read(&source, "M;F;T;A;B\n1.5;1.5;3;2;1\n1;1;2;1.5;500\n1.5;500;2;1;1\n2;1;3;1.5;500\n");
    assert_eq!(outcome.rows(), ["1500|1000", "1000|500", "1500|1000"]);
    assert_eq!(outcome.rejects().len(), 1);
}
