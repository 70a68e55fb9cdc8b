//! Files that are packed.

use denizen_spec::Diagnostic;

use crate::project::{Outcome, Project, gzip, records, said};
use crate::workbooks::archive;

fn read(bytes: Vec<u8>, fields: &str) -> Result<Outcome, Vec<Diagnostic>> {
    let fields = format!("files = \"in\"\nformat = \"csv\"\n{fields}");
    Project::new().with("in", bytes).read(&records(&fields, "id = {}"), None)
}

/// The name of a file tells nothing, its first bytes do.
#[test]
fn packed_files_are_told_by_their_bytes() {
    let text: &[u8] = b"id\na\nb\n";
    let zstd = zstd::encode_all(text, 1).unwrap();
    let table: [(&str, Vec<u8>, Option<&str>); 4] = [
        ("plain", text.to_vec(), None),
        ("gzip", gzip(text), Some("gzip")),
        ("zstd", zstd, Some("zstd")),
        ("zip", archive(&[("data/", b""), ("data/a.csv", text), ("__MACOSX/a.csv", b"x")]), Some("zip")),
    ];
    for (name, bytes, packed) in table {
        let size = bytes.len() as u64;
        let outcome = read(bytes, "").unwrap();
        assert_eq!(outcome.rows(), ["a", "b"], "{name}");
        assert_eq!((outcome.files[0].packed.as_deref(), outcome.files[0].bytes), (packed, size), "{name}");
    }
}

#[test]
fn members_of_archives() {
    let (one, two): (&[u8], &[u8]) = (b"id\na\n", b"id\nb\n");
    let several = || archive(&[("b.csv", two), ("a.csv", one), ("readme.txt", b"?")]);
    let table = [
        (
            several(),
            "",
            "ingest::archive-member `in` has 3 files: which are to be read?\
             \n  note: it has `a.csv`, `b.csv`, `readme.txt`",
        ),
        (several(), "member = \"b.csv\"", "b"),
        (several(), "member = \"*.csv\"", "a b"),
        (several(), "member = \"c.csv\"", "ingest::archive-member `in` has no member `c.csv`"),
        (archive(&[("../a.csv", one)]), "", "ingest::archive-member `in` has a member `../a.csv`"),
        (archive(&[]), "", "ingest::other-format `in` is an empty ZIP archive"),
        (
            archive(&[("a.csv.gz", &gzip(one))]),
            "",
            "ingest::other-format `in/a.csv.gz` is compressed with gzip",
        ),
    ];
    for (bytes, fields, expected) in table {
        match read(bytes, fields) {
            Ok(outcome) => {
                assert_eq!(outcome.rows().join(" "), expected, "{fields}");
                let names: Vec<String> = outcome.files.iter().map(|file| file.name.to_string()).collect();
                assert!(names.iter().all(|name| name.starts_with("in/")), "{names:?}");
            }
            Err(faults) => assert!(said(&faults[0]).starts_with(expected), "{fields}: {}", said(&faults[0])),
        }
    }
}

/// Members of the same bytes are the same rows, and one archive is no file that is there twice.
#[test]
fn damaged_archives_are_refused() {
    let mut bytes = archive(&[("a.csv", b"id\nabcdef\n")]);
    let place = bytes.windows(6).position(|text| text == b"abcdef").unwrap();
    bytes[place] = b'x';
    let faults = read(bytes, "").unwrap_err();
    let expected = "its checksum is another: the archive is damaged";
    assert!(said(&faults[0]).contains(expected), "{}", said(&faults[0]));
    let mut cut = zstd::encode_all(&b"id\nabcdef\n"[..], 1).unwrap();
    cut.truncate(cut.len() - 3);
    assert!(said(&read(cut, "").unwrap_err()[0]).starts_with("ingest::unreadable"));
}
