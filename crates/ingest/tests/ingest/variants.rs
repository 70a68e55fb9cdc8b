//! Files of one source that are laid out in several ways.

use denizen_spec::Source;

use crate::project::{Outcome, Project, records, said};

const FIELDS: &str = "files = \"*.csv\"\nformat = \"csv\"\nmax_rejected = 1.0";
const COLUMNS: &str =
    "id = { from = \"secuencial\" }\nsex = { codes = { H = \"M\", M = \"F\" } }\nday = { type = \"date\" }";
const HERE: &str = "secuencial,sex,day\n1,H,2020-01-02\n";

/// The source with the variants `a`, `b` and so on, each of which is written in lines.
fn source(variants: &[&str]) -> Source {
    let written = variants
        .iter()
        .zip('a'..)
        .map(|(text, name)| format!("\n[[source.s.variant]]\nname = \"{name}\"\n{text}"));
    records(FIELDS, &(COLUMNS.to_owned() + &written.collect::<String>()))
}

/// What comes out of `1.csv`, which the source reads as it stands, and `2.csv`.
fn read(variants: &[&str], second: &[u8]) -> Result<Outcome, Vec<String>> {
    let project = Project::new().with("1.csv", HERE).with("2.csv", second);
    project.read(&source(variants), None).map_err(|faults| faults.iter().map(said).collect())
}

/// Variants, the second file, its rows, and the variant that read it.
#[test]
fn a_file_is_read_by_the_variant_that_it_fits() {
    type Case<'a> = (&'a [&'a str], &'a [u8], &'a [&'a str], Option<&'a str>);
    let table: [Case; 10] = [
        (&[], b"day,secuencial,sex\n2021-01-02,2,M\n", &["2|F|2021-01-02"], None),
        (&["columns.id.from = \"ID\""], b"ID,sex,day\n2,M,2021-01-02\n", &["2|F|2021-01-02"], Some("a")),
        (&["columns.sex.absent = true"], b"secuencial,day\n2,2021-01-02\n", &["2|-|2021-01-02"], Some("a")),
        // A column that is there is read, though a variant lacks it.
        (&["columns.sex.absent = true"], b"secuencial,day,sex\n2,2021-01-02,M\n", &["2|F|2021-01-02"], None),
        (&["delimiter = \";\""], b"secuencial;sex;day\n2;M;2021-01-02\n", &["2|F|2021-01-02"], Some("a")),
        (
            &[
                "columns.id.from = \"ID\"",
                "columns.id.from = \"N\"\ncolumns.day.format = \"%d/%m/%y\"\ncolumns.day.first_year = 1990",
            ],
            b"N,sex,day\n2,M,02/01/21\n",
            &["2|F|2021-01-02"],
            Some("b"),
        ),
        // What no name of a column tells is told by the file.
        (
            &["files = \"2.*\"\ncolumns.day.format = \"%Y%m%d\""],
            b"secuencial,sex,day\n2,M,20210102\n",
            &["2|F|2021-01-02"],
            Some("a"),
        ),
        (
            &["files = \"2.csv\"\nencoding = \"windows-1252\"\ncolumns.sex.codes = { \"\u{d1}\" = \"F\" }"],
            b"secuencial,sex,day\n\xe9,\xd1,2021-01-02\n",
            &["\u{e9}|F|2021-01-02"],
            Some("a"),
        ),
        // Codes that only a variant has, in another order.
        (
            &["columns.id.from = \"ID\"\ncolumns.sex.codes = { X = \"U\", W = \"F\", Y = \"M\" }"],
            b"ID,sex,day\n2,X,2021-01-02\n3,Y,2021-01-02\n4,H,2021-01-02\n",
            &["2|U|2021-01-02", "3|M|2021-01-02"],
            Some("a"),
        ),
        (
            &[
                "files = \"2.csv\"\nformat = \"fixed-width\"\ncolumns.id = { start = 1, width = 2 }\ncolumns.sex = { start = 3, width = 1 }\ncolumns.day = { start = 4, width = 8, format = \"%Y%m%d\" }",
            ],
            b" 2M20210102\n",
            &["2|F|2021-01-02"],
            Some("a"),
        ),
    ];
    for (variants, second, expected, variant) in table {
        let found = read(variants, second).unwrap();
        assert_eq!(found.rows()[0], "1|M|2020-01-02");
        assert_eq!(found.rows()[1..], *expected, "{variants:?}");
        let by: Vec<Option<&str>> = found.files.iter().map(|file| file.variant.as_deref()).collect();
        assert_eq!(by, [None, variant], "{variants:?}");
    }
}

/// Variants, the second file, and what is said of it.
#[test]
fn a_file_that_fits_none_or_several() {
    let table: [(&[&str], &[u8], &str); 9] = [
        (
            &[],
            b"id_secuencial,sex,edad\n",
            "ingest::missing-column `2.csv` has no column `secuencial`\
             \n  note: compared with the source as it stands\
             \n  note: missing: `secuencial`, `day`\
             \n  note: new: `edad`\
             \n  note: perhaps renamed: `secuencial` is `id_secuencial`\
             \n  help: if the layout of this file is another one, add what is so and correct the rest:\
             \n[[source.s.variant]]\
             \nname = \"2\"\
             \nfiles = \"2.csv\"\
             \ncolumns.id.from = \"id_secuencial\" # was \"secuencial\"\
             \ncolumns.day.absent = true # no column \"day\", unless it is one of the new ones: `columns.day.from = \"…\"`",
        ),
        (
            &["columns.id.from = \"ID\""],
            b"ID,SEX,day\n",
            "ingest::missing-column `2.csv` has no column `sex`\
             \n  note: compared with the variant `a`\
             \n  note: missing: `sex`\
             \n  note: perhaps renamed: `sex` is `SEX`\
             \n  help: if the layout of this file is another one, add what is so and correct the rest:\
             \n[[source.s.variant]]\
             \nname = \"2\"\
             \nfiles = \"2.csv\"\
             \ncolumns.sex.from = \"SEX\" # was \"sex\"",
        ),
        (
            &[],
            b"secuencial;sex;day\n",
            "ingest::missing-column `2.csv` has no column `secuencial`\
             \n  note: cut at `;`, its first line has all declared columns\
             \n  help: if the layout of this file is another one, add what is so and correct the rest:\
             \n[[source.s.variant]]\
             \nname = \"2\"\
             \nfiles = \"2.csv\"\
             \ndelimiter = \";\"",
        ),
        (
            &["columns.day.format = \"%Y%m%d\""],
            b"secuencial,sex,day\n",
            "ingest::several-variants the header of `1.csv` fits the source as it stands and variant `a`\
             \n  help: say which files it holds for: `files` or `years`",
        ),
        (
            &["files = \"2.csv\"", "files = \"*\""],
            b"secuencial,sex,day\n",
            "ingest::several-variants `2.csv` is of two variants: `a` and `b`\
             \n  help: correct `files` or `years`, so that each file is of one variant",
        ),
        (
            &["files = \"2.csv\"\ncolumns.sex.absent = true"],
            b"secuencial,sex,day\n",
            "ingest::surplus-column `2.csv` has the column `sex`\
             \n  note: by its variant no file has `sex`\
             \n  help: leave out `absent` or `value` in the variant, or read the file by another one",
        ),
        // Whose column may hold names shows none.
        (
            &["columns.id.from = \"ID\""],
            b"",
            "ingest::missing-column `2.csv` has no column `secuencial`\n  note: the file is empty\n  help: fetch it again, or leave it out of `files`",
        ),
        (
            &[],
            b"AB123456,Rossi Mario,1970-01-01\n",
            "ingest::missing-column `2.csv` has no column `secuencial`\n  note: its first line has 3 fields\
             \n  help: name a column that it has: `from = \"…\"`; or say how the file is laid out",
        ),
        (
            &["columns.id.from = \"ID\""],
            b"secuencial,secuencial,sex,day\n",
            "ingest::ambiguous-column `2.csv` has more than one column `secuencial`\n  help: say which one: `from = \"secuencial (1)\"` is the first, `(2)` the second, and so on",
        ),
    ];
    for (variants, second, expected) in table {
        assert_eq!(read(variants, second).unwrap_err()[0], expected, "{variants:?}");
    }
}
