//! Tables of what changes and what is told of it.

use std::collections::BTreeMap;

use denizen_spec::{ColumnProfile, FileProfile, Source};

use super::change::{Change, Level};
use super::pairs::{Pairs, Seen, merged};
use super::{columns, header, periods};

/// What is expected of a change: level, column, and a part of the message.
type Expected<'a> = (&'a str, &'a str, &'a str);

fn assert_told(changes: &[Change], expected: &[Expected<'_>]) {
    assert_eq!(changes.len(), expected.len(), "{changes:#?}");
    for (change, (level, column, part)) in changes.iter().zip(expected) {
        let found = (change.level.name(), change.column.as_deref().unwrap_or_default());
        assert_eq!(found, (*level, *column), "{changes:#?}");
        assert!(change.message.contains(part), "{} has no {part}", change.message);
    }
}

fn source(kind: &str) -> Source {
    let cells = if kind == "cells" { "kind = \"cells\"\nconcept = \"c\"" } else { "" };
    let text = format!(
        "spec = 1\ntitle = \"t\"\nvintage = \"1\"\n[source.s]\nfiles = \"f\"\nformat = \"csv\"\n{cells}\n\
         [source.s.columns]\nsex = {{ from = \"SEXO\", codes = {{ F = \"F\" }} }}\n\
         year = {{ type = \"integer\" }}\nvalue = {{ type = \"integer\" }}\n\
         [[table]]\nname = \"t\"\nmeasure = \"count\"\nconcept = \"c\"\ndimensions = [\"sex\", \"year\"]\n"
    );
    let text = if kind == "cells" {
        text.replace("measure = \"count\"\nconcept = \"c\"", "measure = \"flow\"")
    } else {
        text
    };
    denizen_spec::parse(&text).unwrap_or_else(|faults| panic!("{faults:?}")).sources.remove(0)
}

#[test]
fn headers() {
    let table: [(&str, &str, &str, bool, &[Expected<'_>]); 8] = [
        ("SEXO,year,value", "SEXO,year,value", "records", true, &[]),
        (
            "SEXO,year,value",
            "year,SEXO,value",
            "records",
            true,
            &[("note", "", "another order: `year` where `SEXO`")],
        ),
        ("SEXO,year", "SEXO,year,office", "records", true, &[("note", "office", "not read")]),
        ("SEXO,year", "SEXO,year,office", "cells", true, &[("warning", "office", "may tell cells apart")]),
        (
            "SEXO,year",
            "sexo,year",
            "records",
            false,
            &[("error", "SEXO", "`sex` is read from it; `sexo` may be it")],
        ),
        // Nothing is like it, but it stands in its place.
        ("SEXO,year", "genero,year", "records", false, &[("error", "SEXO", "`genero` may be it")]),
        (
            "SEXO,year,x",
            "year,SEXO",
            "cells",
            true,
            &[("note", "x", "it was not read"), ("note", "", "another order")],
        ),
        // Another form of the source reads it.
        ("SEXO,year", "year", "records", true, &[("warning", "SEXO", "is gone from the header, and `sex`")]),
    ];
    let names = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
    for (before, now, kind, is_read, expected) in table {
        assert_told(&header::compare(&names(before), &names(now), &source(kind), is_read), expected);
    }
}

fn counts(text: &str) -> BTreeMap<String, u64> {
    let pairs = text.split(' ').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once(':').unwrap());
    pairs.map(|(name, rows)| (name.to_owned(), rows.parse().unwrap())).collect()
}

/// A column of codes with its rows, and rows that do not state it.
fn codes(text: &str, not_stated: u64) -> ColumnProfile {
    let values = counts(text);
    let stated = values.values().sum();
    let name = "c".to_owned();
    ColumnProfile {
        name,
        field_type: "code".to_owned(),
        stated,
        not_stated,
        values: Some(values),
        ..ColumnProfile::default()
    }
}

fn numbers(least: &str, greatest: &str) -> ColumnProfile {
    let (least, greatest) = (Some(least.to_owned()), Some(greatest.to_owned()));
    let name = "c".to_owned();
    ColumnProfile {
        name,
        field_type: "decimal".to_owned(),
        stated: 10,
        least,
        greatest,
        ..ColumnProfile::default()
    }
}

fn file(columns: Vec<ColumnProfile>) -> FileProfile {
    let accepted = columns.first().map_or(0, |column| column.stated + column.not_stated);
    FileProfile { rows: accepted, accepted, columns, ..FileProfile::default() }
}

#[test]
fn codes_and_blanks() {
    /// Codes with their rows, and rows without; before and now.
    type Case<'a> = ((&'a str, u64), (&'a str, u64), &'a [Expected<'a>]);
    let table: [Case<'_>; 12] = [
        (("F:50 M:50", 0), ("F:52 M:48", 0), &[]),
        // The month of a file, and what it is about.
        (("permits:100", 0), ("residents:90", 0), &[("warning", "c", "is `residents` on all rows")]),
        (("5:100", 0), ("6:90", 0), &[("note", "c", "is `6` on all rows that state it, before `5`")]),
        (("F:50 M:50", 0), ("F:60 M:40", 0), &[("warning", "c", "`F` 60.0 % (before 50.0 %), `M` 40.0 %")]),
        // Of few rows shares say nothing.
        (("F:5 M:5", 0), ("F:6 M:4", 0), &[]),
        (("F:500 M:500", 0), ("F:500 M:499 X:1", 0), &[("note", "c", "1 code new, on 1 rows (0.1 %): `X`")]),
        (("F:50 M:50", 0), ("F:50 M:49 X:1", 0), &[("warning", "c", "1 code new")]),
        (("F:500 M:499 X:1", 0), ("F:500 M:500", 0), &[("note", "c", "1 code gone, before on 1 rows")]),
        (
            ("F:50 M:45 A:3 B:2", 0),
            ("F:50 M:50", 0),
            &[("warning", "c", "2 codes gone, before on 5 rows (5.0 %): `A`, `B`")],
        ),
        (("F:50 M:50", 0), ("F:50 M:47", 3), &[("note", "c", "not stated on 3 rows, before on 0")]),
        (
            ("F:50 M:50", 0),
            ("F:47 M:47", 6),
            &[("warning", "c", "not stated on 6.0 % of the rows, before on 0.0 %")],
        ),
        (("F:50 M:50", 0), ("", 100), &[("warning", "c", "no row states it; before 100 did")]),
    ];
    for ((before, blank_before), (now, blank_now), expected) in table {
        let (before, now) = (file(vec![codes(before, blank_before)]), file(vec![codes(now, blank_now)]));
        assert_told(&columns::compare(&before, &now, false), expected);
    }
}

#[test]
fn ranges() {
    type Case<'a> = ((&'a str, &'a str), (&'a str, &'a str), &'a [Expected<'a>]);
    let table: [Case<'_>; 6] = [
        (("0", "99"), ("0", "99"), &[]),
        (("0", "99"), ("0", "117"), &[("note", "c", "other numbers: 0 to 117, before 0 to 99")]),
        (("0", "99"), ("0", "990"), &[("warning", "c", "10 times as large")]),
        (("0.5", "4200.0"), ("0.0", "4.2"), &[("warning", "c", "1000 times as small")]),
        (("0", "9"), ("-1", "9"), &[("warning", "c", "below zero for the first time")]),
        (("-8", "9"), ("-3", "9"), &[("note", "c", "other numbers")]),
    ];
    for (before, now, expected) in table {
        let (before, now) = (file(vec![numbers(before.0, before.1)]), file(vec![numbers(now.0, now.1)]));
        assert_told(&columns::compare(&before, &now, false), expected);
        // Of a source with persons no number is told.
        let of_persons = columns::compare(&before, &now, true);
        assert!(of_persons.iter().all(|change| !change.message.contains(" to ")));
        assert_eq!(of_persons.len(), expected.len());
    }
}

/// A file with a column of dates, and the rows of each month.
fn dated(text: &str) -> FileProfile {
    let periods = counts(text);
    let stated = periods.values().sum();
    let name = "day".to_owned();
    file(vec![ColumnProfile {
        name,
        field_type: "date".to_owned(),
        stated,
        periods,
        ..ColumnProfile::default()
    }])
}

#[test]
fn months_and_years() {
    let year = "2006-01:90 2006-02:100 2006-03:110 2006-04:100";
    let table: [(&str, &str, &[Expected<'_>]); 9] = [
        (year, year, &[]),
        (
            year,
            "2006-01:90 2006-02:100 2006-03:110 2006-04:100 2006-05:95",
            &[("note", "day", "2006-01 to 2006-05; before it was 2006-01 to 2006-04")],
        ),
        (
            year,
            "2006-01:90 2006-02:100 2006-04:100",
            &[("warning", "day", "no rows in `2006-03`; before there were 110")],
        ),
        (
            year,
            "2006-02:100 2006-03:110 2006-04:100",
            &[("warning", "day", "2006-02 to 2006-04; before it was 2006-01")],
        ),
        (
            year,
            "2006-01:90 2006-02:40 2006-03:110 2006-04:100",
            &[("warning", "day", "2006-02 has 40 rows (before 100)")],
        ),
        // The last month is not complete.
        (
            year,
            "2006-01:90 2006-02:100 2006-03:110 2006-04:100 2006-05:12",
            &[
                ("note", "day", "2006-01 to 2006-05"),
                ("warning", "day", "2006-05 has 12 rows (usual were 100)"),
            ],
        ),
        (
            year,
            "2006-01:60 2006-02:70 2006-03:80 2006-04:70",
            &[("warning", "day", "280 rows of the times that both have, before 400 (-30.0 %)")],
        ),
        // The next year, in a file of its own.
        (
            year,
            "2007-01:90 2007-02:100 2007-04:100",
            &[
                (
                    "warning",
                    "day",
                    "2007-01 to 2007-04; before it was 2006-01 to 2006-04 (3 of them, before 4)",
                ),
                ("warning", "day", "no rows in `2007-03`"),
            ],
        ),
        // Every other year; nothing is missing.
        (
            "2001-01:30 2003-01:30 2005-01:30",
            "2001-01:30 2003-01:30 2005-01:30 2007-01:30",
            &[("note", "day", "2001-01 to 2007-01")],
        ),
    ];
    for (before, now, expected) in table {
        assert_told(&periods::compare(&dated(before), &dated(now)), expected);
    }
}

/// A date that stands for none hides no gap, and codes of four digits are no years.
#[test]
fn what_is_no_time() {
    let with_sentinel = |text: &str| dated(&format!("{text} 9999-12:500"));
    let (before, now) =
        (with_sentinel("2006-01:90 2006-02:90 2006-03:90"), with_sentinel("2006-01:90 2006-03:90"));
    assert_told(&periods::compare(&before, &now), &[("warning", "day", "no rows in `2006-02`")]);
    for codes_of in ["1111:30 1112:30 9629:30", "1001:30 1002:30 1003:30", "2019:30 total:30 2020:30"] {
        let (before, now) = (file(vec![codes(codes_of, 0)]), file(vec![codes("1111:30 2019:60", 0)]));
        assert_told(&periods::compare(&before, &now), &[]);
    }
}

/// Rows that stand for many.
#[test]
fn weights_of_rows() {
    let weighted = |rows: u64, weight: u64| FileProfile {
        weight: Some(weight),
        ..file(vec![codes(&format!("F:{rows}"), 0)])
    };
    let table: [(u64, &[Expected<'_>]); 3] = [
        (1_000, &[]),
        (1_200, &[]),
        (400, &[("warning", "", "a row stands for 4.0 on average, before for 10.0 (-60.0 %)")]),
    ];
    for (weight, expected) in table {
        assert_told(&periods::compare(&weighted(100, 1_000), &weighted(100, weight)), expected);
    }
}

/// Codes that are times, and a source without any.
#[test]
fn times_and_volumes() {
    let table: [(&str, &str, &[Expected<'_>]); 4] = [
        (
            "2019-Q1:30 2019-Q2:30 2019-Q3:30",
            "2019-Q1:30 2019-Q3:30",
            &[("warning", "c", "no rows in `2019-04`; before there were 30")],
        ),
        ("F:50 M:50", "F:50 M:49", &[]),
        ("F:50 M:50", "F:30 M:30", &[("warning", "", "60 rows, before 100 (-40.0 %)")]),
        ("F:5 M:5", "F:3 M:3", &[]),
    ];
    for (before, now, expected) in table {
        let (before, now) = (file(vec![codes(before, 0)]), file(vec![codes(now, 0)]));
        assert_told(&periods::compare(&before, &now), expected);
    }
}

#[test]
fn files_are_paired() {
    // Before, now: pairs, same, added, gone, divided anew. The number behind the name is the hash.
    let table: [(&str, &str, &str, usize, &str, &str, bool); 7] = [
        ("a:1", "a:1", "", 1, "", "", false),
        ("a:1", "a:2", "a>a", 0, "", "", false),
        ("p23:1", "p24:2", "p23>p24", 0, "", "", false),
        ("p22:1 p23:2", "p22:1 p23:2 p24:3", "p23>p24", 2, "p24", "", false),
        ("p22:1 p23:2", "p23:2", "", 1, "", "p22", false),
        ("all:1", "p22:2 p23:3", "", 0, "p22 p23", "all", true),
        ("p22:1 p23:2", "p23:3 p22:4", "p22>p22 p23>p23", 0, "", "", false),
    ];
    let profile = FileProfile::default();
    let seen = |text: &'static str| -> Vec<Seen<'_>> {
        let files = text.split(' ').map(|file| file.split_once(':').unwrap());
        files
            .map(|(name, sha256)| Seen { name, sha256, variant: None, packed: None, profile: &profile })
            .collect()
    };
    for (before, now, pairs, same, added, gone, are_divided_anew) in table {
        let found = Pairs::of(&seen(before), &seen(now));
        let names = |files: &[Seen<'_>]| files.iter().map(|file| file.name).collect::<Vec<_>>().join(" ");
        let of_pairs: Vec<String> =
            found.pairs.iter().map(|(was, is)| format!("{}>{}", was.name, is.name)).collect();
        assert_eq!((of_pairs.join(" ").as_str(), found.same), (pairs, same), "{before} {now}");
        assert_eq!(
            (names(&found.added).as_str(), names(&found.gone).as_str()),
            (added, gone),
            "{before} {now}"
        );
        assert_eq!(found.are_divided_anew, are_divided_anew, "{before} {now}");
    }
}

#[test]
fn files_together() {
    let (one, other) = (file(vec![numbers("-5", "9")]), file(vec![numbers("3", "10.5")]));
    let seen = |profile| Seen { name: "", sha256: "", variant: None, packed: None, profile };
    let sum = merged(&[seen(&one), seen(&other)]);
    let column = &sum.columns[0];
    assert_eq!((sum.rows, column.stated), (20, 20));
    assert_eq!((column.least.as_deref(), column.greatest.as_deref()), (Some("-5"), Some("10.5")));
    assert!(Level::Note < Level::Warning && Level::Warning < Level::Error);
}
