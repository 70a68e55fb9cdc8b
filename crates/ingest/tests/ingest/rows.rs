//! What becomes of a row.

use denizen_spec::Code;

use crate::project::{LENIENT, Outcome, Project, gzip, records, said};

const COLUMNS: &str = r#"
id   = {}
day  = { type = "date", format = "%d/%m/%Y" }
size = { type = "integer", missing = [".."] }
sex  = { codes = { H = "M", M = "F" }, missing = "N" }
"#;

fn outcome(encoding: &str, columns: &str, bytes: &[u8]) -> Outcome {
    let source = records(&format!("{LENIENT}\nencoding = \"{encoding}\""), columns);
    Project::new().with("in.csv", bytes).read(&source, None).unwrap()
}

/// Name, rows below the header `id;day;size;sex`, rows that get in, rejects.
type Case = (&'static str, &'static [u8], &'static [&'static str], &'static [&'static str]);

const CASES: &[Case] = &[
    ("nothing", b"", &[], &[]),
    ("a whole row", b"a;31/05/2007;12;H\n", &["a|2007-05-31|12|M"], &[]),
    ("no line feed at the end", b"a;31/05/2007;12;H", &["a|2007-05-31|12|M"], &[]),
    ("blanks and empty fields", b" a ;; ..;N\n", &["a|-|-|-"], &[]),
    ("empty lines are no rows", b"\na;;;\n\n\nb;;;x\n", &["a|-|-|-"], &["6+1 @24 sex ingest::unmapped-code"]),
    ("a short row", b"a;31/05/2007;12\nb;;;\n", &["b|-|-|-"], &["2+1 @16 row ingest::unequal-lengths"]),
    ("a long row", b"a;;;\nb;;;;\nc;;;", &["a|-|-|-", "c|-|-|-"], &["3+1 @21 row ingest::unequal-lengths"]),
    ("another layout", b"a;2007-05-31;;\n", &[], &["2+1 @16 day ingest::date"]),
    (
        "no such day",
        b"a;30/02/2007;;\nb;29/02/2000;;\n",
        &["b|2000-02-29|-|-"],
        &["2+1 @16 day ingest::date"],
    ),
    ("one digit", b"a;1/5/2007;;\n", &[], &["2+1 @16 day ingest::date"]),
    ("a number with a point", b"a;;1.234;\n", &[], &["2+1 @16 size ingest::integer"]),
    ("a number with decimals", b"a;;12,0;\n", &[], &["2+1 @16 size ingest::integer"]),
    ("a number too large", b"a;;9223372036854775808;\n", &[], &["2+1 @16 size ingest::integer"]),
    ("signs and zeros", b"a;;-0012;\nb;;+7;\n", &["a|-|-12|-", "b|-|7|-"], &[]),
    ("a code without a meaning", b"a;;;F\n", &[], &["2+1 @16 sex ingest::unmapped-code"]),
    (
        "codes are words, not prefixes",
        b"a;;;h\nb;;;HM\n",
        &[],
        &["2+1 @16 sex ingest::unmapped-code", "3+1 @22 sex ingest::unmapped-code"],
    ),
    ("the first fault counts", b"a;x;y;z\n", &[], &["2+1 @16 day ingest::date"]),
    ("quotes", b"\"a;\"\"b\"\"\";\"31/05/2007\";;\n", &["a;\"b\"|2007-05-31|-|-"], &[]),
    (
        "a quoted line feed",
        b"\"a\nb\";;;x\nc;;;x\n",
        &[],
        &["2+2 @16 sex ingest::unmapped-code", "4+1 @26 sex ingest::unmapped-code"],
    ),
    (
        "a quote that is never closed",
        b"a;;;\"M\nb;;;\nc;;;\n",
        &["b|-|-|-", "c|-|-|-"],
        &["2+1 @16 row ingest::unclosed-quote"],
    ),
    (
        "and no line feed after it",
        b"a;;;\nb;;;\"M\nc;;;",
        &["a|-|-|-", "c|-|-|-"],
        &["3+1 @21 row ingest::unclosed-quote"],
    ),
    ("and nothing after it", b"a;;;\nb;;;\"M", &["a|-|-|-"], &["3+1 @21 row ingest::unclosed-quote"]),
    (
        "a quote that is closed by another",
        b"a;;;\"M\nb;;;\"M\nc;;;\n",
        &["c|-|-|-"],
        &["2+1 @16 row ingest::unclosed-quote", "3+1 @23 row ingest::unclosed-quote"],
    ),
    (
        "a quote that makes one row of two",
        b"\"a;;;H\nb\";;;H\nc;;;\n",
        &["c|-|-|-"],
        &["2+1 @16 row ingest::unclosed-quote", "3+1 @23 row ingest::stray-quote"],
    ),
    (
        "a quote that takes in a part of the next row",
        b"a;;\";H\nb\";;;\nc;;;\n",
        &["c|-|-|-"],
        &["2+1 @16 row ingest::unclosed-quote", "3+1 @23 row ingest::stray-quote"],
    ),
    (
        "a quote within a quoted field",
        b"\"a \"b\" c\";;;\n\"d\" ;;;\n",
        &["d|-|-|-"],
        &["2+1 @16 row ingest::stray-quote"],
    ),
    ("a quote within a field is a character", b"a\"b;;;\n", &["a\"b|-|-|-"], &[]),
    ("not utf-8", b"Per\xfa;;;\nPer\xc3\xba;;;\n", &["Per\u{fa}|-|-|-"], &["2+1 @16 id ingest::encoding"]),
    ("zero bytes are text", b"\0;;;\n", &["\0|-|-|-"], &[]),
    (
        "a sign at the end of a DOS file",
        b"a;;;\n\x1a",
        &["a|-|-|-"],
        &["3+1 @21 row ingest::unequal-lengths"],
    ),
];

#[test]
fn rows_get_in_or_are_rejected() {
    for (name, rows, expected, rejects) in CASES {
        let found = outcome("utf-8", COLUMNS, &[b"id;day;size;sex\n", *rows].concat());
        assert_eq!(found.rows(), *expected, "{name}");
        assert_eq!(found.rejects(), *rejects, "{name}");
    }
}

/// Line ends and a byte order mark change nothing but the bytes at which rows begin.
#[test]
fn line_ends_and_byte_order_mark() {
    for (end, mark) in [("\n", ""), ("\r\n", ""), ("\r", ""), ("\n", "\u{feff}"), ("\r\n", "\u{feff}")] {
        let lines = ["id;day;size;sex", "a;;;H", "", "b;x;;", "\"c\n\";;;x", "d;;;x", "e;;;"];
        let text = format!("{mark}{}", lines.join(end));
        let found = outcome("utf-8", COLUMNS, text.as_bytes());
        assert_eq!(found.rows(), ["a|-|-|M", "e|-|-|-"], "{end:?} {mark:?}");
        for (reject, (line, lines, start)) in
            found.rejects.iter().zip([(4, 1, "b;x;;"), (5, 2, "\"c\n"), (7, 1, "d;;;x")])
        {
            assert_eq!(
                (reject.place.line(), reject.place.lines()),
                (line, lines),
                "{end:?} {mark:?} {start:?}"
            );
            assert!(
                text[reject.place.byte().unwrap() as usize..].starts_with(start),
                "{end:?} {mark:?} {start:?}"
            );
        }
        assert_eq!(found.rejects.len(), 3);
    }
}

#[test]
fn encodings() {
    let table: [(&str, &[u8], Option<&str>); 7] = [
        ("windows-1252", b"Ch\xe1vez", Some("Ch\u{e1}vez")),
        ("windows-1252", b"\x80", Some("\u{20ac}")),
        ("windows-1252", b"\x81", None),
        ("iso-8859-15", b"\xa4", Some("\u{20ac}")),
        ("utf-8", b"\xc3\xa1", Some("\u{e1}")),
        ("utf-8", b"\xed\xa0\x80", None),
        ("utf-8", b"\xc3", None),
    ];
    for (encoding, bytes, expected) in table {
        let found = outcome(encoding, "id = {}", &[b"id\n", bytes, b"\n"].concat());
        assert_eq!(found.rows(), expected.into_iter().collect::<Vec<_>>(), "{encoding} {bytes:x?}");
        assert_eq!(found.rejects.len(), usize::from(expected.is_none()));
    }
}

/// Bytes of columns that nobody reads do no harm.
#[test]
fn only_declared_columns_are_judged() {
    let found = outcome("utf-8", "id = {}", b"id;note\na;Per\xfa\n");
    assert_eq!(found.rows(), ["a"]);
}

#[test]
fn columns_of_one_field_and_in_another_order() {
    let columns = "b = {}\na = {}\nagain = { from = \"a\" }";
    assert_eq!(outcome("utf-8", columns, b"a;x; b \n1;2;3\n").rows(), ["3|1|1"]);
}

#[test]
fn compressed() {
    let (first, second) = (b"id;day;size;sex\na;;;H\n".as_slice(), b"b;;;M\n".as_slice());
    let rows = ["a|-|-|M", "b|-|-|F"];
    let whole = [first, second].concat();
    assert_eq!(outcome("utf-8", COLUMNS, &gzip(&whole)).rows(), rows);
    assert_eq!(outcome("utf-8", COLUMNS, &[gzip(first), gzip(second)].concat()).rows(), rows);
    // Members may end anywhere.
    assert_eq!(outcome("utf-8", COLUMNS, &[gzip(&whole[..20]), gzip(&whole[20..])].concat()).rows(), rows);
}

#[test]
fn damaged_compression_is_an_error() {
    let text: String = (0..20_000).map(|row| format!("{row};;;\n")).collect();
    let whole = gzip(format!("id;day;size;sex\n{text}").as_bytes());
    let mut corrupt = whole.clone();
    let middle = corrupt.len() / 2;
    corrupt[middle..middle + 64].fill(0);
    let mut wrong_sum = whole.clone();
    let sum = wrong_sum.len() - 8;
    wrong_sum[sum] ^= 1;
    let source = records(LENIENT, COLUMNS);
    for bytes in [&whole[..whole.len() - 9], &whole[..whole.len() / 2], &whole[..12], &corrupt, &wrong_sum] {
        let faults = Project::new().with("in.csv", bytes).read(&source, None).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(
            (faults[0].code, faults[0].message.as_str()),
            (Code::Unreadable, "`in.csv` cannot be read")
        );
    }
}

/// More rows than a chunk holds: chunks are bounded, in order, and the same with any number of threads.
#[test]
fn many_rows() {
    let count = 150_001;
    let text: String = (0..count).map(|row| format!("{row};;{row};{}\n", ["H", "x"][row % 2])).collect();
    let found = outcome("utf-8", COLUMNS, format!("id;day;size;sex\n{text}").as_bytes());
    assert_eq!(found.chunks.len(), text.len() / (1 << 20) + 1);
    let expected: Vec<_> = (0..count).step_by(2).map(|row| format!("{row}|-|{row}|M")).collect();
    assert_eq!(found.rows(), expected);
    assert!(found.rejects.iter().map(|reject| reject.place.line()).eq((3..=count as u64 + 1).step_by(2)));
}

#[test]
fn long_rows() {
    let length = 1 << 20;
    let rows = [&b"a".repeat(length), &b"b".repeat(length + 1), &b";".repeat(5000), &b"c".repeat(9 * length)];
    let file = rows.iter().fold(b"id\n".to_vec(), |file, row| [&file, row.as_slice(), b"\n"].concat());
    let found = outcome("utf-8", "id = {}", &[&file, b"d\n".as_slice()].concat());
    assert_eq!(found.rows().iter().map(|row| row.len()).collect::<Vec<_>>(), [length, 1]);
    let places = found.rejects.iter().map(|reject| (reject.place.line(), reject.reason)).collect::<Vec<_>>();
    assert_eq!(places, [3, 4, 5].map(|line| (line, Code::RecordTooLong)));
}

/// A small file that unpacks to one endless row is read in the memory of one row.
#[test]
fn an_endless_row() {
    let bomb = gzip(&[b"id\n\"".as_slice(), &b"x".repeat(64 << 20), b"\ny"].concat());
    assert!(bomb.len() < 1 << 20);
    let found = outcome("utf-8", "id = {}", &bomb);
    assert_eq!(found.rejects(), ["2+1 @3 row ingest::record-too-long"]);
    assert_eq!(found.rows(), ["y"]);
    let source = records(LENIENT, "id = {}");
    let header = gzip(&b"x".repeat(32 << 20));
    let faults = Project::new().with("in.csv", header).read(&source, None).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), [Code::RecordTooLong]);
}

/// Whatever a quote seems to hold, in a file of any length: only its line is lost.
#[test]
fn a_stray_quote_costs_one_row() {
    let rows = |count: usize| (0..count).map(|row| format!("{row};;;\n")).collect::<String>();
    let (before, after) = (rows(1000), rows(400_000));
    for stray in ["\"x;;;H\n", "x;\";;H\n", "x;;;\"\n", "x;;;\"\"\"\n"] {
        for end in ["", "y;;;\"\n"] {
            let text = format!("id;day;size;sex\n{before}{stray}{after}{end}");
            let found = outcome("utf-8", COLUMNS, text.as_bytes());
            let places: Vec<_> =
                found.rejects.iter().map(|reject| (reject.place.line(), reject.place.lines())).collect();
            let last = (!end.is_empty()).then_some((401_003, 1));
            assert_eq!(
                places,
                std::iter::once((1002, 1)).chain(last).collect::<Vec<_>>(),
                "{stray:?} {end:?}"
            );
            assert!(found.rejects.iter().all(|reject| reject.reason == Code::UnclosedQuote));
            assert_eq!(found.rows().len(), 401_000);
        }
    }
}

/// Quotes that are open at the end of each line, however it begins: the work is that of a few lines for each,
/// where it once was that of four thousand fields, which took minutes.
#[test]
fn quotes_that_never_come_to_an_end() {
    let line = format!("a\";\"{};01/01/2000;S\n", "x".repeat(220));
    let text = format!("id;day;size;sex\n{}b;;;\n", line.repeat(100_000));
    let found = outcome("utf-8", COLUMNS, text.as_bytes());
    assert_eq!((found.rows(), found.rejects.len()), (vec!["b|-|-|-"], 100_000));
}

/// Long rows make smaller chunks.
#[test]
fn chunks_are_bounded_in_bytes() {
    let row = [&b"x".repeat(1 << 19), b"\n".as_slice()].concat();
    let found = outcome("utf-8", "id = {}", &[b"id\n".as_slice(), &row.repeat(200)].concat());
    assert_eq!(found.rows().len(), 200);
    assert!(found.chunks.iter().all(|chunk| chunk.len() <= 2), "a chunk is about a megabyte");
}

#[test]
fn too_many_rejects_are_an_error_that_names_the_causes() {
    let fields = "files = \"in.csv\"\nformat = \"csv\"\ndelimiter = \";\"\nmax_rejected = 0.5";
    let text = "id;day;size;sex\na;;;x\nb;;;y\nc;;..x;\nd;;\ne;;;\n";
    let faults = Project::new().with("in.csv", text).read(&records(fields, COLUMNS), None).unwrap_err();
    assert_eq!(
        faults.iter().map(said).collect::<Vec<_>>(),
        ["ingest::too-many-rejects 4 of 5 rows of `s` were rejected\
          \n  note: 1 × ingest::unequal-lengths, first at in.csv:5\
          \n  note: 1 × ingest::integer in `size` (found `..x`), first at in.csv:4\
          \n  note: 2 × ingest::unmapped-code in `sex` (`x`, `y`), first at in.csv:2\
          \n  help: the limit is 50 % (`max_rejected`); fix the causes above, or raise it"]
    );
    let source = records(&fields.replace("0.5", "0.8"), COLUMNS);
    let found = Project::new().with("in.csv", text).read(&source, None).unwrap();
    let warning = found.warnings.iter().find(|warning| warning.code == Code::RejectedRows).unwrap();
    assert_eq!((warning.message.as_str(), warning.notes.len()), ("4 of 5 rows of `s` were rejected", 3));
}

/// However many rows are rejected, the share alone decides.
#[test]
fn a_source_may_reject_all_its_rows() {
    let text = format!("id;day;size;sex\n{}", ";;;x\n".repeat(2_100_000));
    let project = Project::new().with("in.csv", text);
    let input =
        denizen_ingest::open(&records(LENIENT, COLUMNS), project.path(), None).unwrap_or_else(|_| panic!());
    let chunks = input.chunks(None).unwrap_or_else(|_| panic!());
    let mut stats = denizen_ingest::IngestStats::default();
    while let Some(raw) = chunks.read().unwrap() {
        stats.merge(chunks.parse(raw).unwrap().stats);
    }
    let (files, warnings) = chunks.finish(&stats).unwrap();
    assert_eq!((files[0].read, files[0].rejected), (2_100_000, 2_100_000));
    assert!(warnings.iter().any(|warning| warning.code == Code::NothingLeft));
}

/// A source of records allows one reject in a hundred, a source of cells none.
#[test]
fn the_share_of_rejects_that_is_allowed() {
    let fields = "files = \"in.csv\"\nformat = \"csv\"";
    for (rows, is_allowed) in [(99, true), (98, false)] {
        let text = format!("n\n{}x\n", "1\n".repeat(rows));
        let read =
            Project::new().with("in.csv", text).read(&records(fields, "n = { type = \"integer\" }"), None);
        assert_eq!(read.is_ok(), is_allowed);
    }
}

/// A text that means *not stated* may look like a value.
#[test]
fn a_missing_value_that_looks_like_one() {
    let columns = "day = { type = \"date\", format = \"%d/%m/%Y\", missing = \"01/01/1900\" }\n\
                   size = { type = \"integer\", missing = [\"9999\", \"-1\"] }";
    let text = b"day;size\n01/01/1900;9999\n02/01/1900;-1\n01/01/1901;9998\nx;\n";
    let found = outcome("utf-8", columns, text);
    assert_eq!(found.rows(), ["-|-", "1900-01-02|-", "1901-01-01|9998"]);
    assert_eq!(found.rejects(), ["5+1 @55 day ingest::date"]);
}

/// Decimal numbers are exact: none is rounded.
#[test]
fn decimals() {
    let columns = "rate = { type = \"decimal\", scale = 1, missing = \"..\" }\nmean = { type = \"decimal\" }";
    let table = [
        ("", "rate;mean\n12.5;-0.05\n..;3\n;.5\n7;0\n", "12.5|-0.05 -|3.00 -|0.50 7.0|0.00", ""),
        ("", "rate;mean\n12.55;1\n1,5;1\n1;1.000\n", "", "rate rate mean"),
        ("decimal_mark = \",\"", "rate;mean\n12,5;1,25\n1.5;1\n", "12.5|1.25", "rate"),
    ];
    for (fields, text, rows, rejected) in table {
        let source = records(&format!("{LENIENT}\n{fields}"), columns);
        let found = Project::new().with("in.csv", text).read(&source, None).unwrap();
        assert_eq!(found.rows().join(" "), rows, "{text}");
        assert!(found.rejects.iter().all(|reject| reject.reason == Code::BadDecimal));
        let columns: Vec<_> = found.rejects.iter().map(|reject| reject.column.as_deref().unwrap()).collect();
        assert_eq!(columns.join(" "), rejected, "{text}");
    }
}

/// Rows that are handed out uncut and rows that the tokeniser cuts are the same rows, wherever a stretch ends.
#[test]
fn a_file_with_quotes_is_read_as_one_without() {
    let row = |row: usize| format!("{row};31/05/2007;{};{}\n", row * 7, ["H", "M", "x", "H;"][row % 4]);
    let rows: String = (0..150_000).map(row).collect();
    let plain = outcome("utf-8", COLUMNS, format!("id;day;size;sex\n\n{rows}").as_bytes());
    assert_eq!(plain.rows().len() + plain.rejects.len(), 150_000);
    for (what, first, rows) in [
        ("a quoted first row", "\"0\";31/05/2007;0;H\n", rows.split_once('\n').unwrap().1.to_owned()),
        ("quotes throughout", "", rows.replace(";31/05/2007;", ";\"31/05/2007\";")),
        ("carriage returns", "", rows.replace('\n', "\r\n")),
        ("carriage returns alone", "", rows.replace('\n', "\r")),
        ("a quote at the end", "", rows.replace("149999;", "\"149999\";")),
    ] {
        let found = outcome("utf-8", COLUMNS, format!("id;day;size;sex\n\n{first}{rows}").as_bytes());
        assert!(found.rows() == plain.rows(), "{what}");
        let places = |outcome: &Outcome| {
            let places = outcome.rejects.iter().map(|reject| (reject.place.line(), reject.reason));
            places.collect::<Vec<_>>()
        };
        assert!(places(&found) == places(&plain), "{what}");
    }
}

/// Blanks around a field never mean anything, not even those of a declared text or layout.
#[test]
fn blanks_around_fields() {
    let columns = "word = {}\n\
                   code = { codes = { \" \" = \"B\", \"1\" = \"M\", \" 1\" = \"F\" }, missing = [\"x \"] }\n\
                   day  = { type = \"date\", format = \"%Y-%m-%d \" }";
    let rows = b"word;code;day\r\nES ;1;\r\nES  ; 1; \r\nES;\t1 ;\r\n; ;\r\nES;x ;\r\nES;1;2001-02-03 \r\n";
    let found = outcome("utf-8", columns, rows);
    assert_eq!(found.rows(), ["ES|M|-", "ES|M|-", "ES|M|-"]);
    assert_eq!(found.files[0].blank, 1);
    assert_eq!(found.rejects(), ["6+1 @48 code ingest::unmapped-code", "7+1 @56 day ingest::date"]);
}
