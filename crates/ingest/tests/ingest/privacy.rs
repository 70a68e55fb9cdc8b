//! Values of personal columns leave as pseudonyms or not at all.

use denizen_ingest::{Key, open};
use denizen_spec::{Code, PSEUDONYM_LENGTH, Source};

use crate::project::{Project, key, records, said};

const FIELDS: &str = "files = \"*.csv\"\nformat = \"csv\"\ndelimiter = \";\"\nmax_rejected = 1.0";
const COLUMNS: &str = r#"
person   = { personal = true, missing = "0" }
document = { personal = true }
born     = { type = "date", personal = true }
weight   = { type = "integer", personal = true }
country  = { codes = { PE = "PE" }, personal = true }
sex      = { codes = { F = "F" } }
"#;

fn source() -> Source {
    records(FIELDS, COLUMNS)
}

const HEADER: &str = "person;document;born;weight;country;sex\n";

fn sidecar(synthetic: bool, key: &str) -> String {
    format!(
        "title = \"T\"\nproducer = \"P\"\norigin = \"O\"\nlicence = \"L\"\nretrieved = 2026-11-01\n\
         synthetic = {synthetic}\nkey = \"{key}\"\n"
    )
}

#[test]
fn pseudonyms_are_equal_for_equal_persons_of_all_files() {
    let project = Project::new()
        .with("a.csv", format!("{HEADER}Anna;X1;;;;\n0;X2;;;;\n Anna ;Anna;;;;\n"))
        .with("b.csv", format!("{HEADER}Berta;X1;;;;\nAnna;X1;;;;\n"));
    let found = project.read(&source(), Some(&key())).unwrap();
    let rows: Vec<Vec<&str>> = found.rows().iter().map(|row| row.split('|').collect()).collect();
    let (anna, berta) = (rows[0][0], rows[3][0]);
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), [anna, "-", anna, berta, anna]);
    assert_eq!((anna.len(), berta.len()), (PSEUDONYM_LENGTH, PSEUDONYM_LENGTH));
    // Equal texts of unlike columns have unlike pseudonyms, and so have equal texts under unlike keys.
    assert!(rows[2][1] != anna && anna != berta && rows[0][1] == rows[3][1]);
    let other = Key::from_hex(&"5f".repeat(32)).unwrap();
    assert_ne!(project.read(&source(), Some(&other)).unwrap().rows()[0], found.rows()[0]);
}

/// Names as they are written and as a card had room for them are one, and what may have lost a letter is nobody's name.
#[test]
fn names_are_folded_and_truncated_before_they_are_pseudonyms() {
    let columns = "given = { personal = true, fold = true, truncate = 13, missing = \"---\" }\n\
                   whole = { from = [\"family\", \"given\"], personal = true, fold = true }\n";
    let text = "given;family\nMaría del Carmen;Muñoz-Díaz\nMARIA DEL CARLA;MUNOZ DIAZ\nMaria del Carmen;munoz  diaz\n\
                Mar?a;Díaz\n---;Díaz\n";
    let project = Project::new().with("a.csv", text);
    let found = project.read(&records(FIELDS, columns), Some(&key())).unwrap();
    let rows: Vec<Vec<&str>> = found.rows().iter().map(|row| row.split('|').collect()).collect();
    let of = |column: usize| rows.iter().map(|row| row[column]).collect::<Vec<_>>();
    let (given, whole) = (of(0), of(1));
    assert_eq!(given, [given[0], given[0], given[0], "-"]);
    assert_eq!((whole[0], whole[3]), (whole[2], "-"));
    assert_ne!(whole[0], whole[1]);
    let reasons: Vec<_> = found.rejects.iter().map(|reject| (reject.place.line(), reject.reason)).collect();
    assert_eq!(reasons, [(5, Code::UnclearName)]);
}

/// A shape says how a number is written, and not which one it is.
#[test]
fn shapes_of_numbers() {
    let columns =
        "number = { personal = true }\nform = { from = \"number\", shape = true, missing = \"-\" }\n";
    let text = "number;other\nYA0000002;\n116000001;\nX 12-3/45 a;\n-;\n;1\n";
    let found = Project::new().with("a.csv", text).read(&records(FIELDS, columns), Some(&key())).unwrap();
    let shapes: Vec<String> =
        found.rows().iter().map(|row| row.split('|').nth(1).unwrap().to_owned()).collect();
    assert_eq!(shapes, ["A9", "9", "A 9-9/9 A", "-", "-"]);
}

#[test]
fn without_a_key_the_run_refuses() {
    let project = || Project::new().with("a.csv", HEADER).with("b.csv", HEADER);
    let key = "ab".repeat(32);
    let refused = [
        project(),
        // Only one of two files is synthetic, one says only that it is, and two do not agree.
        project().with("a.csv.toml", sidecar(true, &key)),
        project().with("a.csv.toml", sidecar(true, &key)).with("b.csv.toml", sidecar(false, &key)),
        project().with("a.csv.toml", sidecar(true, &key)).with("b.csv.toml", sidecar(true, &"ac".repeat(32))),
    ];
    for project in refused {
        let faults = project.read(&source(), None).unwrap_err();
        assert!(faults.iter().all(|fault| fault.code == Code::NoKey), "{faults:?}");
        // Of `person`, `document` and `weight`.
        assert_eq!(faults.len(), 3);
        assert!(said(&faults[0]).contains("the personal column `person`"));
    }
    let agreed = project().with("a.csv.toml", sidecar(true, &key)).with("b.csv.toml", sidecar(true, &key));
    assert!(agreed.read(&source(), None).is_ok());
    let broken = project().with("a.csv.toml", sidecar(true, "x")).with("b.csv.toml", sidecar(true, "x"));
    assert_eq!(broken.read(&source(), None).unwrap_err()[0].code, Code::NoKey);
}

/// A key is asked for where a pseudonym is made: a date of birth alone does not tell persons apart.
#[test]
fn texts_and_numbers_need_a_key() {
    for (column, value, needs_key) in [
        ("n = { type = \"date\", personal = true }", "2000-01-01", false),
        ("n = { codes = { PE = \"PE\" }, personal = true }", "PE", false),
        ("n = { type = \"integer\" }", "12345678", false),
        ("n = { personal = true }", "12345678", true),
        ("n = { type = \"integer\", personal = true }", "12345678", true),
        ("n = { type = \"decimal\", scale = 1, personal = true }", "1234567.8", true),
    ] {
        let source = records(FIELDS, column);
        let project = Project::new().with("a.csv", format!("n\n{value}\n"));
        match project.read(&source, None) {
            Ok(_) => assert!(!needs_key, "{column}"),
            Err(faults) => assert!(needs_key && faults[0].code == Code::NoKey, "{column}"),
        }
        let found = project.read(&source, Some(&key())).unwrap();
        let rows = found.rows();
        assert_eq!(rows[0].contains("34567"), value.contains("34567") && !needs_key, "{column}: {rows:?}");
    }
}

/// Equal numbers have one pseudonym, however they are written; what is no number has none.
#[test]
fn personal_numbers_are_pseudonyms() {
    let columns = "n = { type = \"integer\", personal = true, missing = \"0\" }\n\
        d = { type = \"decimal\", scale = 2, personal = true }";
    let text = "n;d\n0123;1.5\n123;1.50\n+123;01.5\n124;2\n0;\nx;1\n1;1.234\n-5;-0\n5;0\n";
    let found = Project::new().with("a.csv", text).read(&records(FIELDS, columns), Some(&key())).unwrap();
    let rows: Vec<Vec<&str>> = found.rows().iter().map(|row| row.split('|').collect()).collect();
    let (number, decimal) = (rows[0][0], rows[0][1]);
    assert_eq!((number.len(), decimal.len()), (PSEUDONYM_LENGTH, PSEUDONYM_LENGTH));
    assert_eq!(rows[1], [number, decimal]);
    assert_eq!(rows[2], [number, decimal]);
    assert!(rows[3][0] != number && rows[3][1] != decimal && rows[4] == ["-", "-"]);
    assert!(rows[5][0] != rows[6][0] && rows[5][1] == rows[6][1]);
    let reasons: Vec<_> = found.rejects.iter().map(|reject| (reject.place.line(), reject.reason)).collect();
    assert_eq!(reasons, [(7, Code::BadInteger), (8, Code::BadDecimal)]);
}

/// Words that stand in personal columns, and in rows and headers that are at fault.
const CANARIES: [&str; 9] = [
    "canary-person",
    "canary-document",
    "canary-born",
    "canary-weight",
    "canary-country",
    "canary-short",
    "canary-quote",
    "canary-twin",
    "canary-long",
];

fn assert_silent(text: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary) && !text.contains(&canary.to_uppercase()), "{canary} in {text}");
    }
}

#[test]
fn a_canary_is_in_nothing_that_comes_out() {
    let rows = "canary-person;canary-document;2000-01-01;1;PE;F\n\
        canary-twin;x;canary-born;1;PE;F\n\
        canary-twin;x;;canary-weight;PE;F\n\
        canary-twin;x;;;canary-country;F\n\
        canary-twin;x;;;canary-country;G\n\
        canary-short;x\n\
        canary-person;canary-?;;;;F\n\
        canary-long;x;;;;F;x\n\
        canary-person;x;;;;\"canary-quote\n";
    let bytes: Vec<u8> = format!("{HEADER}{rows}").into_bytes();
    // No text in this encoding.
    let bytes: Vec<u8> = bytes.into_iter().map(|byte| if byte == b'?' { 0xff } else { byte }).collect();
    let project = Project::new().with("a.csv", &bytes);
    let found = project.read(&source(), Some(&key())).unwrap();
    assert_eq!((found.files[0].accepted, found.files[0].rejected), (1, 8));
    assert_silent(&format!("{found:?} {:?} {:?}", found.rejects(), key()));
    assert_silent(&found.warnings.iter().map(|warning| warning.render("", "", true)).collect::<String>());

    let strict = records(&FIELDS.replace("1.0", "0.1"), COLUMNS);
    let faults = project.read(&strict, Some(&key())).unwrap_err();
    assert_eq!(faults[0].code, Code::TooManyRejects);
    assert_silent(&format!("{faults:?}"));
    let faults = project.read(&source(), None).unwrap_err();
    assert_silent(&format!("{faults:?}"));
}

#[test]
fn a_canary_in_the_first_line_is_not_shown() {
    for first in [
        "canary-person;canary-document;2000-01-01;1;PE;F",
        "canary-person;canary-document;PE;F",
        "canary-person",
        "canary-person,canary-document,2000-01-01,1,PE,F",
        "CANARY-PERSON;sax;CANARY-SHORT",
        "\"canary-quote;canary-person",
        // An undeclared column beside declared ones.
        "person;document;born;canary-weight;country",
    ] {
        let project = Project::new().with("a.csv", format!("{first}\n{first}\n"));
        let faults = open(&source(), project.path(), None).err().unwrap();
        assert_silent(&format!("{faults:?}"));
    }
}

#[test]
fn a_key_is_not_shown() {
    assert_eq!(format!("{:?}", key()), "Key(..)");
    let fault = Key::from_hex("canary-person").unwrap_err();
    assert_silent(&format!("{fault:?}"));
}

/// The fields of a shifted row are not what their column says: only the first fault of a row is spoken of.
#[test]
fn a_shifted_row_gives_nothing_away() {
    let columns = "person = { personal = true }\nborn = { type = \"date\", personal = true }\nsex = { codes = { F = \"F\" } }";
    let text = "person;born;sex\n1;Canary;Canary\n2;2000-01-01;q\n3;2000-01-01;F\n";
    let found = Project::new().with("a.csv", text).read(&records(FIELDS, columns), Some(&key())).unwrap();
    let said: String = found.warnings.iter().map(said).collect();
    assert!(said.contains("(1 text, not shown as the source has personal columns)"), "{said}");
    assert!(!said.contains("Canary"), "{said}");
}

/// A row with one delimiter too many here and one too few there has the right number of fields, and a person may have any
/// number of such rows.
#[test]
fn no_text_of_a_source_with_persons_is_told() {
    let columns = "person = { personal = true }\nsex = { codes = { F = \"F\" } }";
    let often = "9;E;MARIA QUISPE\n".repeat(5);
    let text = format!("person;document;sex\n1;AB 12;3456789\n2;AB;male?\n3;C;q\n4;D;F\n{often}");
    let found = Project::new().with("a.csv", &text).read(&records(FIELDS, columns), Some(&key())).unwrap();
    let reported: String = found.warnings.iter().map(said).collect();
    assert!(reported.contains("(4 texts, not shown as the source has personal columns)"), "{reported}");
    for text in ["3456789", "male?", "`q`", "MARIA"] {
        assert!(!reported.contains(text), "{reported}");
    }
    // Their owner can look them up.
    let texts = [("sex", "3456789", 1), ("sex", "MARIA QUISPE", 5), ("sex", "male?", 1), ("sex", "q", 1)];
    assert_eq!(found.unmapped, texts.map(|(column, text, rows)| (column.to_owned(), text.to_owned(), rows)));
    // Where there are no persons, everything is shown.
    let columns = "sex = { codes = { F = \"F\" } }";
    let found =
        Project::new().with("a.csv", "sex\nfemale\nF\n").read(&records(FIELDS, columns), None).unwrap();
    assert!(found.warnings.iter().map(self::said).any(|said| said.contains("(`female`)")));
}
