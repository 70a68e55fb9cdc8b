//! Texts in all the forms in which statistical offices publish them.

use denizen_spec::Source;

use crate::project::{LENIENT, Project, cells, gzip, records, said};

/// The rows that are read, and what is rejected or left out: `rows · rejects · what is said`.
fn read(source: &Source, bytes: &[u8]) -> String {
    read_file(source, "in.csv", bytes)
}

fn read_file(source: &Source, name: &str, bytes: &[u8]) -> String {
    match Project::new().with(name, bytes).read(source, None) {
        Ok(outcome) => {
            let rejects =
                outcome.rejects.iter().map(|reject| format!("{} {}", reject.place.line(), reject.reason));
            let rejects: Vec<String> = rejects.collect();
            let warnings =
                outcome.warnings.iter().filter(|warning| warning.code.id() != "ingest::rejected-rows");
            let warnings: Vec<String> = warnings.map(|warning| said(warning).replace("\n  ", " ")).collect();
            let parts = [outcome.rows().join(" "), rejects.join(", "), warnings.join("; ")];
            parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" · ")
        }
        Err(faults) => faults.iter().map(said).collect::<Vec<_>>().join("; ").replace("\n  ", " "),
    }
}

#[track_caller]
fn assert_reads(fields: &str, columns: &str, text: &str, expected: &str) {
    let source = records(&format!("{LENIENT}\n{fields}"), columns);
    assert_eq!(read(&source, text.as_bytes()), expected, "{fields} {text:?}");
}

const TWO: &str = "a = {}\nb = { type = \"integer\" }";

#[test]
fn lines_above_the_header() {
    let passed =
        |lines| format!("x|1 y|2 · ingest::title-lines {lines} above the rows of `in.csv` were passed over");
    let text = "Register\n\nyear 2020; all\na;b\nx;1\ny;2\n";
    assert_reads("skip = 3", TWO, text, &passed("3 lines"));
    assert_reads("skip = 3", TWO, &text.replace('\n', "\r\n"), &passed("3 lines"));
    assert_reads("skip = 3", TWO, &text.replace('\n', "\r"), &passed("3 lines"));
    assert_reads("find_header = true", TWO, text, &passed("3 lines"));
    assert_reads("find_header = true", TWO, "a;b\nx;1\ny;2\n", "x|1 y|2");
    assert_reads("find_header = true", TWO, "\u{feff}Register\na;b\nx;1\ny;2\n", &passed("1 lines"));
    let error = read(&records(&format!("{LENIENT}\nskip = 1"), TWO), text.as_bytes());
    assert!(error.contains("line 4 has all declared columns") && error.contains("find_header"), "{error}");
    // A text in quotes may go on in another line; `skip` counts lines.
    assert_reads("skip = 2", TWO, "\"Register\n2020\"\na;b\nx;1\ny;2\n", &passed("2 lines"));
}

#[test]
fn headers_of_several_rows() {
    let columns = "age = { from = \"Age\" }\nm = { from = \"Men 2020\" }\nw = { from = \"Women 2020\" }";
    let text = ";Men;;Women;;\nAge;2019;2020;2019;2020;\n0;1;2;3;4;\n1;5;6;7;8;\n";
    assert_reads("header_rows = 2", columns, text, "0|2|4 1|6|8");
    let columns = columns.replace("n 2", "n / 2");
    assert_reads("header_rows = 2\nheader_join = \" / \"", &columns, text, "0|2|4 1|6|8");
    let again = format!("{text};Men;;Women;;\nAge;2019;2020;2019;2020;\n2;9;10;11;12;\n");
    assert_reads(
        "header_rows = 2\nheader_join = \" / \"\nheader_returns = true",
        &columns,
        &again,
        "0|2|4 1|6|8 2|10|12 · ingest::blank-row 2 rows of `s` say nothing, and are none \
         note: 2 × ingest::returning-header, first at in.csv:5",
    );
    assert_reads(
        "header_rows = 2\nheader_join = \" / \"",
        &columns,
        &again,
        "0|2|4 1|6|8 2|10|12 · 5 ingest::repeated-header, 6 ingest::repeated-header",
    );
}

/// A row below the header that looks like a part of it is told, and may be declared to be one or none.
#[test]
fn rows_below_the_header() {
    let columns = "a = {}\nb = {}";
    let text = "a;b\ncode;persons\nx;1\ny;2\n";
    assert_reads("", columns, text, "x|1 y|2 · 2 ingest::header-line");
    assert_reads("header_rows = 1", columns, text, "code|persons x|1 y|2");
    let columns = "a = { from = \"a code\" }\nb = { from = \"b persons\" }";
    assert_reads("header_rows = 2", columns, text, "x|1 y|2");
}

#[test]
fn headers_that_return() {
    let text = "a;b\nx;1\na;b\ny;2\n";
    assert_reads("", TWO, text, "x|1 y|2 · 3 ingest::repeated-header");
    assert_reads(
        "header_returns = true",
        TWO,
        text,
        "x|1 y|2 · ingest::blank-row 1 rows of `s` say nothing, and are none \
         note: 1 × ingest::returning-header, first at in.csv:3",
    );
    assert_reads(
        "header_returns = true",
        TWO,
        "a;b\nx;1\n\"a\";b\ny;\"2\"\n",
        "x|1 y|2 · ingest::blank-row 1 rows of `s` say nothing, and are none note: 1 × ingest::returning-header, first at in.csv:3",
    );
}

#[test]
fn files_without_a_header() {
    let columns = "a = { from = \"1\" }\nb = { from = \"2\", type = \"integer\" }";
    assert_reads("header = false", columns, "x;1\ny;2\n", "x|1 y|2");
    assert_reads("header = false", columns, "\u{feff}x;1\ny;2\n", "x|1 y|2");
    assert_reads("header = false", columns, "1;2\n1;2\n", "1|2 1|2");
    assert_reads("header = false\nquote = \"none\"", columns, "x;1\ny\";2\n", "x|1 y\"|2");
    assert_reads("header = [\"a\", \"b\"]", TWO, "x;1\ny;2\nz\n", "x|1 y|2 · 3 ingest::unequal-lengths");
    assert_reads(
        "header = [\"a\", \"b\"]",
        TWO,
        "x;1;2\n",
        "ingest::missing-column `in.csv` has 3 fields on its first row, and `header` names 2 \
         help: name all columns of the file, in their order; or correct `delimiter`",
    );
    let error = read(&records(&format!("{LENIENT}\nheader = false"), TWO), b"x;1\n");
    assert!(error.starts_with("ingest::missing-column `in.csv` has no column `a`"), "{error}");
    let error = read(&records(&format!("{LENIENT}\nheader = false"), columns), b"%PDF-1.7\n");
    assert!(error.starts_with("ingest::other-format"), "{error}");
}

#[test]
fn comments_and_what_stands_below() {
    let said = |count: u64, parts: &str| {
        format!("x|1 y|2 · ingest::blank-row {count} rows of `s` say nothing, and are none {parts}")
    };
    assert_reads(
        "comment = \"#\"",
        TWO,
        "# made\n# by hand\na;b\nx;1\n# more; 5\ny;2\n #\n",
        "x|1 y|2 · ingest::title-lines 2 comments above the rows of `in.csv` were passed over; \
         ingest::blank-row 2 rows of `s` say nothing, and are none note: 2 × ingest::comment-line, first at in.csv:5",
    );
    assert_reads(
        "comment = \"#\"",
        TWO,
        "a;b\n\"x\";1\n\"# more\"\ny;2\n",
        &said(1, "note: 1 × ingest::comment-line, first at in.csv:3"),
    );
    let footer = "a;b\nx;1\ny;2\n\nFonte: Istat; 2020\n(*) note\nz;3\n";
    for text in [
        footer.to_owned(),
        footer.replace('\n', "\r\n"),
        footer.replace("x;1", "\"x\";1"),
        footer.replace("Fonte", "\"Fonte"),
    ] {
        assert_reads(
            "footer = [\"Fonte\", \"Fuente\"]",
            TWO,
            &text,
            &said(3, "note: 3 × ingest::footer-line, first at in.csv:5"),
        );
    }
    let all = "a;b\nFonte\nx;1\n";
    assert!(
        read(&records(&format!("{LENIENT}\nfooter = \"Fonte\""), TWO), all.as_bytes())
            .contains("2 × ingest::footer-line")
    );
}

/// A line that holds nothing but a note has fewer fields than the header.
#[test]
fn notes_of_another_width() {
    let text = "a;b\nx;1\nFonte: Istat\n;\n";
    assert_reads(
        "",
        TWO,
        text,
        "x|1 · 3 ingest::note-row · ingest::blank-row 1 rows of `s` say nothing, and are none note: 1 × ingest::blank-row, first at in.csv:4",
    );
    let cells = cells(
        "files = \"in.csv\"\nformat = \"csv\"\ndelimiter = \";\"\nconcept = \"c\"",
        "a = { codes = { x = \"X\" } }\nvalue = { from = \"b\", type = \"integer\" }",
        "\"a\"",
    );
    let found = read(&cells, text.as_bytes());
    assert_eq!(
        found,
        "X|1|c · ingest::blank-row 2 rows of `s` say nothing, and are none note: 1 × ingest::blank-row, first at in.csv:4 note: 1 × ingest::note-row, first at in.csv:3"
    );
}

#[test]
fn other_quotes() {
    assert_reads("quote = \"'\"", TWO, "a;b\n'x;\"y';1\n'it''s';2\n", "x;\"y|1 it's|2");
    assert_reads("quote = \"'\"", TWO, "a;b\n'x'y;1\nz;2\n", "z|2 · 2 ingest::stray-quote");
    assert_reads("quote = \"none\"", TWO, "a;b\n\"x;1\ny\"z;2\n", "\"x|1 y\"z|2");
}

#[test]
fn columns_of_one_name() {
    let columns = "a = { from = \"n (1)\" }\nb = { from = \"n (3)\" }";
    assert_reads("", columns, "n;n;n\n1;2;3\n", "1|3");
    let error = read(&records(LENIENT, "n = {}"), b"n;n\n1;2\n");
    assert!(error.contains("ambiguous-column") && error.contains("from = \"n (1)\""), "{error}");
    assert_reads("", "a = { from = \"n (1)\" }", "n (1);n\n1;2\n", "1");
    let error = read(&records(LENIENT, "a = { from = \"n (1)\" }"), b"n;m\n1;2\n");
    assert!(error.contains("missing-column"), "{error}");
}

#[test]
fn values_in_the_names_of_files() {
    let source = |pattern: &str| {
        let fields = LENIENT.replace("in.csv", "*.csv*");
        let year = format!("year = {{ from = \"file\", pattern = \"{pattern}\", type = \"integer\" }}");
        records(&fields, &format!("a = {{}}\n{year}\nb = {{}}"))
    };
    let bytes = b"a;b\nx;1\ny;2\n";
    assert_eq!(read_file(&source("permits_{year}.csv"), "permits_2019.csv", bytes), "x|2019|1 y|2019|2");
    assert_eq!(
        read_file(&source("permits_{year}.csv"), "permits_2019.csv.gz", &gzip(bytes)),
        "x|2019|1 y|2019|2"
    );
    let quoted = b"a;b\n\"x\";1\n";
    assert_eq!(read_file(&source("permits_{year}.csv"), "permits_2019.csv", quoted), "x|2019|1");
    let error = read_file(&source("permits_{year}.csv"), "balance_2019.csv", bytes);
    assert!(
        error.starts_with("ingest::file-name the name of `balance_2019.csv` does not say `year`"),
        "{error}"
    );
    assert_eq!(
        read_file(&source("permits_{year}.csv"), "permits_x.csv", bytes),
        "· 2 ingest::integer, 3 ingest::integer".trim_start_matches("· ").to_owned()
            + " · ingest::nothing-left every row of `s` was rejected or excluded"
    );
}

#[test]
fn wide_tables() {
    let wide = |unpivot: &str, columns: &str, text: &str| {
        let fields = format!(
            "files = \"in.csv\"\nformat = \"csv\"\ndelimiter = \";\"\nconcept = \"c\"\nunpivot = {unpivot}"
        );
        read(&cells(&fields, columns, "\"place\", \"year\""), text.as_bytes())
    };
    let columns = "place = { codes = { L = \"LI\", C = \"CA\" } }\nyear = { type = \"integer\" }\nvalue = { type = \"integer\" }";
    let text = "place;2019;2020;note\nL;1;2;n\nC;3;;n\n\n;;;\nFonte: Istat;;;\n";
    let years = "{ into = \"year\", years = [2000, 2030], ignore = \"note\" }";
    let rows = "LI|2019|1|c LI|2020|2|c CA|2019|3|c CA|2020|-|c";
    let blank = "· ingest::blank-row 2 rows of `s` say nothing, and are none note: 1 × ingest::blank-row, first at in.csv:5 \
                 note: 1 × ingest::note-row, first at in.csv:6";
    assert_eq!(wide(years, columns, text), format!("{rows} {blank}"));
    let text = "place;2019;2020\nL;1;2\nC;3;\n";
    for unpivot in [
        "{ into = \"year\", columns = [\"2019\", \"2020\"] }",
        "{ into = \"year\", years = [2000, 2030] }",
        "{ into = \"year\", others = true }",
    ] {
        assert_eq!(wide(unpivot, columns, text), rows, "{unpivot}");
    }
    let prefixed = text.replace(";20", ";pop 20");
    assert_eq!(wide("{ into = \"year\", prefix = \"pop \" }", columns, &prefixed), rows);
    // What is neither declared nor selected.
    let error = wide("{ into = \"year\", years = [2000, 2019] }", columns, text);
    assert!(
        error.starts_with("ingest::wide-table column 3 of `in.csv` (`2020`) is neither declared"),
        "{error}"
    );
    let error = wide("{ into = \"year\", prefix = \"pop \" }", columns, text);
    assert!(error.starts_with("ingest::wide-table no column of `in.csv` becomes a row"), "{error}");
    let error = wide("{ into = \"year\", years = [2000, 2030] }", columns, "place;2019;2019\nL;1;2\n");
    assert!(error.starts_with("ingest::wide-table `in.csv` has two columns `2019`"), "{error}");
    let error = wide("{ into = \"year\", columns = [\"2019\", \"2021\"] }", columns, text);
    assert!(error.starts_with("ingest::missing-column `in.csv` has no column `2021`"), "{error}");
}

#[test]
fn wide_tables_of_two_dimensions_and_flags() {
    let columns = "place = { codes = { L = \"LI\" } }\nsex = { codes = { M = \"M\", F = \"F\", T = \"_T\" }, total = \"T\" }";
    let columns = columns.replace(", T = \"_T\"", "");
    let fields = "files = \"in.csv\"\nformat = \"csv\"\ndelimiter = \";\"\nconcept = \"c\"\nheader_rows = 2\nheader_join = \"/\"\n\
                  unpivot = { into = [\"year\", \"sex\"], separator = \"/\", others = true, ignore = \"\" }";
    let source = cells(
        fields,
        &format!("{columns}\nyear = {{ type = \"integer\" }}\nvalue = {{ type = \"integer\" }}"),
        "\"place\", \"year\", \"sex\"",
    );
    let text = ";2019;;;2020;;;\nplace;M;F;T;M;F;T;\nL;1;2;3;4;5;9;\n";
    assert_eq!(
        read(&source, text.as_bytes()),
        "LI|M|2019|1|c LI|F|2019|2|c LI|_T|2019|3|c LI|M|2020|4|c LI|F|2020|5|c LI|_T|2020|9|c"
    );
    let fields = "files = \"in.csv\"\nformat = \"csv\"\ndelimiter = \";\"\nconcept = \"c\"\nunpivot = { into = \"year\", years = [2000, 2030], flag_suffix = \"_flag\" }";
    let source = cells(
        fields,
        "place = { codes = { L = \"LI\" } }\nyear = { type = \"integer\" }\nvalue = { type = \"integer\" }",
        "\"place\", \"year\"",
    );
    assert_eq!(read(&source, b"place;2019;2019_flag;2020\nL;1;b;2\n"), "LI|2019|1|c|b LI|2020|2|c|-");
}

/// The first column has no name, and neither has the empty one behind the last delimiter.
#[test]
fn wide_tables_whose_first_column_has_no_name() {
    let fields = "files = \"in.csv\"\nformat = \"csv\"\ndelimiter = \";\"\nconcept = \"c\"\n\
                  unpivot = { into = \"year\", years = [2000, 2030], ignore = \"\" }";
    let columns = "place = { from = \" (1)\", codes = { L = \"LI\" } }\nyear = { type = \"integer\" }\nvalue = { type = \"integer\" }";
    let source = cells(fields, columns, "\"place\", \"year\"");
    assert_eq!(read(&source, b";2019;2020;\nL;1;2;\n"), "LI|2019|1|c LI|2020|2|c");
}

#[test]
fn tables_of_eurostat() {
    let columns = "geo = { codes = { IT = \"IT\", EL = \"GR\" } }\nsex = { codes = { F = \"F\" }, total = \"T\" }\n\
                   year = { from = \"TIME_PERIOD\", type = \"integer\" }\nvalue = { from = \"OBS_VALUE\", type = \"integer\" }";
    let fields = "files = \"in.csv\"\nformat = \"eurostat-tsv\"\nconcept = \"c\"";
    let source = cells(fields, columns, "\"geo\", \"sex\", \"year\"");
    let old = "sex,geo\\time\t2020 \t2019 \nF,IT\t12 b\t: \nT,EL\t: c\t0 n\n";
    let rows = "IT|F|2020|12|c|b IT|F|2019|-|c|- GR|_T|2020|-|c|c GR|_T|2019|0|c|n";
    assert_eq!(read(&source, old.as_bytes()), rows);
    let new = "freq,sex,geo\\TIME_PERIOD\t2020 \t2019 \nA,F,IT\t12 b\t: \nA,T,EL\t:c\t0 n\n";
    assert_eq!(read(&source, new.as_bytes()), rows);
    assert_eq!(read(&source, &gzip(new.as_bytes())), rows);
    // An undeclared dimension must have one code.
    let mixed = new.replace("A,T", "M,T");
    assert!(read(&source, mixed.as_bytes()).starts_with("ingest::undeclared-dimension the dimension `freq`"));
    let error = read(&source, b"sex,geo,time\t2020\nF,IT,1\t2\n");
    assert!(
        error.starts_with("ingest::other-format `in.csv` is no table of Eurostat's bulk download"),
        "{error}"
    );
    let error = read(&source, b"%PDF-1.7\n");
    assert!(error.contains("is a PDF"), "{error}");
    let error = read(&source, b"geo,sex\\time\t2020\nIT\t1\n");
    assert!(error.contains("1 × ingest::unequal-lengths, first at in.csv:2"), "{error}");
}

#[test]
fn codes_with_labels() {
    let columns = "sex = { from = \"SEX\", codes = { F = \"F\", M = \"M\" } }\n\
                   year = { from = \"TIME_PERIOD\", type = \"integer\" }\nvalue = { from = \"OBS_VALUE\", type = \"integer\" }";
    let fields = "files = \"in.csv\"\nformat = \"sdmx-csv\"\nconcept = \"c\"";
    let source = cells(fields, columns, "\"sex\", \"year\"");
    let text = "STRUCTURE[;],STRUCTURE_ID,ACTION,FREQ: Frequency,SEX: Sex,TIME_PERIOD: Time,OBS_VALUE: Value,OBS_STATUS: Status\n\
                dataflow,A:B(1.0): Title,I,A: Annual,F: Women: all,2020,5,\n\
                dataflow,A:B(1.0): Title,I,A: Annual,M: Men,2020,NaN,M: Missing\n";
    assert_eq!(read(&source, text.as_bytes()), "F|2020|5|c|- M|2020|-|c|M");
    // Declared as they stand.
    let columns = "sex = { from = \"SEX: Sex\", codes = { \"F: Women\" = \"F\" } }\n\
                   year = { from = \"TIME_PERIOD\", type = \"integer\" }\nvalue = { from = \"OBS_VALUE\", type = \"integer\" }";
    let source = cells(fields, columns, "\"sex\", \"year\"");
    assert_eq!(read(&source, b"DATAFLOW,SEX: Sex,TIME_PERIOD,OBS_VALUE\nX,F: Women,2020,5\n"), "F|2020|5|c");
}

const FIXED: &str = "files = \"in.csv\"\nformat = \"fixed-width\"\nmax_rejected = 1.0";
const FIELDS: &str = "name = { start = 1, width = 5 }\nyear = { start = 7, width = 4, type = \"integer\" }";

#[test]
fn fields_that_have_places() {
    let fixed = |more: &str, text: &[u8]| read(&records(&format!("{FIXED}\n{more}"), FIELDS), text);
    assert_eq!(fixed("", b"Lima  2019\nIca   2020\n"), "Lima|2019 Ica|2020");
    assert_eq!(fixed("", b"Lima  2019\r\nIca   2020"), "Lima|2019 Ica|2020");
    assert_eq!(fixed("", b"\xEF\xBB\xBFLima  2019\nIca   2020\n\x1A"), "Lima|2019 Ica|2020");
    // Places are bytes of the file, whatever they mean.
    assert_eq!(
        fixed("encoding = \"windows-1252\"", b"Per\xfa  2019\n\xd1a\xf1ez 2020\n"),
        "Perú|2019 Ñañez|2020"
    );
    assert_eq!(fixed("encoding = \"cp850\"", b"Per\xa3  2019\n"), "Perú|2019");
    assert_eq!(fixed("encoding = \"utf-8\"", "Perú 2019\n".as_bytes()), "Perú|2019");
    assert_eq!(
        fixed("", b"Lima  2019\nIca  2020\nTacna 2021 \n          \nPuno  2022\n"),
        "Lima|2019 Puno|2022 · 2 ingest::unequal-lengths, 3 ingest::unequal-lengths · \
         ingest::blank-row 1 rows of `s` say nothing, and are none note: 1 × ingest::blank-row, first at in.csv:4"
    );
    assert_eq!(fixed("pad_short_lines = true", b"Lima  2019\nIca\n"), "Lima|2019 Ica|-");
    assert_eq!(fixed("cut_long_lines = true", b"Lima  2019\nIca   2020 and more\n"), "Lima|2019 Ica|2020");
    assert_eq!(
        fixed("record_length = 12", b"Lima  2019ab\nIca   2020\n"),
        "Lima|2019 · 2 ingest::unequal-lengths"
    );
    // Titles and names stand above the rows, in lines of any length.
    let told = "ingest::title-lines";
    for (skip, text) in [(1, "NAME  YEAR and more\nLima  2019\n"), (2, "Crossings\n\nLima  2019\n")] {
        let found = fixed(&format!("skip = {skip}"), text.as_bytes());
        assert!(found.starts_with(&format!("Lima|2019 · {told}")), "{found}");
    }
    assert!(fixed("skip = 3", b"Lima  2019\n").contains(told));
    let error = fixed("", b"Lima\n");
    assert!(
        error.starts_with(
            "ingest::unequal-lengths the first row of `in.csv` has 4 bytes, and its fields take 10"
        ),
        "{error}"
    );
    assert!(fixed("", b"PAR1\x15\x04").starts_with("ingest::other-format"));
    assert_eq!(fixed("", b"Per\xfa  2019\nLima  2019\n").split(" · ").next(), Some("Lima|2019"));
}

#[test]
fn fields_of_a_layout() {
    let source = records(
        &format!("{FIXED}\nlayout = \"layout.csv\""),
        "sex = { from = \"SEXO\" }\nplace = { from = \"PROV\" }",
    );
    let project = |layout: &str| Project::new().with("in.csv", "1 28\n6 66\n").with("layout.csv", layout);
    let outcome = project("Variable;Longitud;Posición\nSEXO;1;1\nPROV;2;3\n").read(&source, None).unwrap();
    assert_eq!(outcome.rows(), ["1|28", "6|66"]);
    let faults = project("Variable;Longitud;Posición\nSEXO;1;1\n").read(&source, None).unwrap_err();
    assert!(said(&faults[0]).contains("`in.csv` has no column `PROV`"), "{}", said(&faults[0]));
    let faults = project("Variable\nSEXO\n").read(&source, None).unwrap_err();
    assert!(said(&faults[0]).starts_with("ingest::layout-file"), "{}", said(&faults[0]));
}

/// Many chunks, and lines that begin at the border of two.
#[test]
fn long_files_of_lines() {
    let rows = 200_000;
    let text: String = (0..rows).map(|row| format!("n{:<5}{:04}\n", row % 10_000, row % 10_000)).collect();
    let source = records(
        &format!("{FIXED}\nrecord_length = 10"),
        "n = { start = 2, width = 5, type = \"integer\" }\nm = { start = 7, width = 4, type = \"integer\" }",
    );
    let outcome = Project::new().with("in.csv", &text).read(&source, None).unwrap();
    assert_eq!(outcome.rows().len(), rows);
    let is_whole = |(index, row): (usize, &&str)| **row == format!("{0}|{0}", index % 10_000);
    assert!(outcome.rows().iter().enumerate().all(is_whole));
}

#[test]
fn encodings_that_are_decoded_first() {
    let source = |encoding: &str| {
        records(&format!("{LENIENT}\nencoding = \"{encoding}\""), "a = { from = \"año\" }\nb = {}")
    };
    let text = "año;b\nPerú;\"x\ny\"\nÑañez;z\n";
    let rows = "Perú|x\ny Ñañez|z";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(read(&source("utf-16le"), &little), rows);
    assert_eq!(read(&source("utf-16"), &big), rows);
    assert_eq!(read(&source("utf-16be"), &gzip(&big)), rows);
    assert_eq!(
        read(&source("utf-16le"), &big),
        "ingest::encoding `in.csv` is not text in its encoding note: byte 0, on line 1: found 0xFE 0xFF, expected the order \
         of bytes that is declared, and not the mark of the other one \
         help: declare another encoding, or ask its publisher for the file"
    );
    assert!(
        read(&source("utf-16le"), &little[..little.len() - 1]).contains("found 0x0A, expected two bytes")
    );
    let page: Vec<u8> = text
        .replace('ñ', "\u{1}")
        .replace('Ñ', "\u{2}")
        .replace('ú', "\u{3}")
        .bytes()
        .map(|byte| match byte {
            1 => 0xA4,
            2 => 0xA5,
            3 => 0xA3,
            byte => byte,
        })
        .collect();
    assert_eq!(read(&source("cp850"), &page), rows);
    assert_eq!(read(&source("cp437"), &page), rows);
}

#[test]
fn encodings_that_are_told_by_the_bytes() {
    let source = records(&format!("{LENIENT}\nencoding = \"auto\""), "a = { from = \"año\" }\nb = {}");
    let text = "año;b\nPerú;x\nÑañez;z\n";
    let rows = "Perú|x Ñañez|z";
    assert_eq!(read(&source, text.as_bytes()), rows);
    assert_eq!(read(&source, format!("\u{feff}{text}").as_bytes()), rows);
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let found = read(&source, &latin);
    assert!(
        found.starts_with(&format!(
            "{rows} · ingest::guessed-encoding `in.csv` is read as windows-1252 note: "
        )),
        "{found}"
    );
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = read(&source, &wide);
    assert!(
        found.starts_with(&format!("{rows} · ingest::guessed-encoding `in.csv` is read as utf-16le")),
        "{found}"
    );
    let mixed = [text.as_bytes(), &latin[6..]].concat();
    let found = read(&source, &mixed);
    assert!(found.starts_with("ingest::encoding `in.csv` is in two encodings"), "{found}");
}

#[test]
fn bytes_that_are_no_text_are_told() {
    let source = |encoding: &str| records(&format!("{LENIENT}\nencoding = \"{encoding}\""), "a = {}\nb = {}");
    let said = |encoding: &str, bytes: &[u8]| {
        let outcome = Project::new().with("in.csv", bytes).read(&source(encoding), None).unwrap();
        outcome.warnings.iter().map(said).collect::<String>()
    };
    let found = said("utf-8", b"a;b\nx;1\nI\xf1a;2\n");
    assert!(found.contains("first at in.csv:3, byte 9: 0xF1, expected UTF-8"), "{found}");
    let found = said("windows-1252", b"a;b\nx;1\n\"x\";\"\x81\"\n");
    assert!(found.contains("first at in.csv:3, byte 13: 0x81, expected windows-1252"), "{found}");
    let found = said("windows-1252", b"a;b\nI\xf1a;1\nI\xc3\xb1apari;2\n");
    assert!(found.contains("0xC3 0xB1"), "{found}");
}

#[test]
fn characters_that_were_lost_before() {
    let found =
        read(&records(LENIENT, "a = {}\nb = {}"), "a;b\nx;1\nI\u{fffd}a;2\n\u{fffd}\u{fffd};3\n".as_bytes());
    assert!(found.contains("ingest::replacement-character U+FFFD stands 3 times in `in.csv`"), "{found}");
    let found = read(&records(LENIENT, "a = {}\nb = {}"), "a;b\n\"x\";1\n\"I\u{fffd}a\";2\n".as_bytes());
    assert!(found.contains("U+FFFD stands 1 times"), "{found}");
    let found = read(&records(LENIENT, "a = {}"), "a;n\u{fffd}\nx;1\n".as_bytes());
    assert!(found.contains("ingest::replacement-character"), "{found}");
}

/// Where all rows are at fault, no first one says what an undeclared dimension holds.
#[test]
fn tables_all_of_whose_rows_are_at_fault() {
    let columns = "geo = { codes = { IT = \"IT\" } }\nyear = { from = \"TIME_PERIOD\", type = \"integer\" }\n\
                   value = { from = \"OBS_VALUE\", type = \"integer\" }";
    for (format, text) in [
        ("eurostat-tsv", "geo,unit\\TIME_PERIOD\t2019\nIT 5\n"),
        ("sdmx-csv", "DATAFLOW,geo,unit,TIME_PERIOD,OBS_VALUE\nX:Y(1.0),IT,PC\n"),
    ] {
        let fields =
            format!("files = \"in.csv\"\nformat = \"{format}\"\nconcept = \"c\"\nmax_rejected = 1.0");
        let source = cells(&fields, columns, "\"geo\", \"year\"");
        let outcome = Project::new().with("in.csv", text).read(&source, None).unwrap();
        assert_eq!((outcome.rows().len(), outcome.rejects.len()), (0, 1), "{format}");
    }
}
