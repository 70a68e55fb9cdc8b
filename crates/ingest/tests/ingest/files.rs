//! Files, headers, sidecars.

use std::fs;

use denizen_ingest::{codelist, open, published};
use denizen_spec::{Code, Path as Setting, Place, Source};

use crate::project::{LENIENT, Project, cells, records, said};

fn faults(project: &Project, source: &Source) -> Vec<String> {
    project.read(source, None).unwrap_err().iter().map(said).collect()
}

/// Bytes of `in.csv`, and what is said of a source with the columns `sex` and `person`.
#[test]
fn headers_that_do_not_fit() {
    let table: [(&[u8], &str); 8] = [
        (
            b"",
            "ingest::missing-column `in.csv` has no column `sex`\n  note: the file is empty\n  help: fetch it again, or leave it out of `files`",
        ),
        (
            b"\xef\xbb\xbf",
            "ingest::missing-column `in.csv` has no column `sex`\n  note: the file is empty\n  help: fetch it again, or leave it out of `files`",
        ),
        (
            b"person,sex\n1,2\n",
            "ingest::missing-column `in.csv` has no column `sex`\
             \n  note: cut at `,`, its first line has all declared columns\
             \n  help: write `delimiter = \",\"`",
        ),
        (
            b"person;seks;day\n",
            "ingest::missing-column `in.csv` has no column `sex`\
             \n  note: its first line has 3 fields, `person` among them\n  help: name a column that it has: `from = \"…\"`; or say how the file is laid out",
        ),
        // No header: nothing of the first line is shown, which may be about a person.
        (
            b"Rossi Mario;M;Bologna\n",
            "ingest::missing-column `in.csv` has no column `sex`\n  note: its first line has 3 fields\n  help: name a column that it has: `from = \"…\"`; or say how the file is laid out",
        ),
        (
            b"AB123456;sax;Bologna\n",
            "ingest::missing-column `in.csv` has no column `sex`\n  note: its first line has 3 fields\n  help: name a column that it has: `from = \"…\"`; or say how the file is laid out",
        ),
        (
            b"sex;day;sex;person\n",
            "ingest::ambiguous-column `in.csv` has more than one column `sex`\
             \n  help: say which one: `from = \"sex (1)\"` is the first, `(2)` the second, and so on",
        ),
        (
            b"sex;Pa\xeds;person\n",
            "ingest::encoding the header is not text in the declared encoding\
             \n  note: its byte 7 is 0xED\n  note: read as windows-1252 it has all declared columns\
             \n  help: write `encoding = \"windows-1252\"`",
        ),
    ];
    let source = records(LENIENT, "sex = {}\nperson = { personal = true }");
    for (bytes, expected) in table {
        let text = String::from_utf8_lossy(bytes);
        assert_eq!(faults(&Project::new().with("in.csv", bytes), &source), [expected], "{text}");
    }
    const OTHERWISE: &str =
        "help: name a column that it has: `from = \"…\"`; or say how the file is laid out";
    // Where there are no persons the names are shown, and which of them may be meant.
    let source = records(LENIENT, "sex = {}");
    for (bytes, expected) in [
        ("seks;day\n", "its columns are seks, day\n  help: did you mean `seks`?"),
        ("PERSON;SEX\n", &format!("its columns are PERSON, SEX\n  {OTHERWISE}")),
        ("1;2\n", &format!("its first line has 2 fields\n  {OTHERWISE}")),
    ] {
        let expected = format!("ingest::missing-column `in.csv` has no column `sex`\n  note: {expected}");
        assert_eq!(faults(&Project::new().with("in.csv", bytes), &source), [expected], "{bytes}");
    }
}

#[test]
fn a_header_that_is_no_header() {
    let source = records(LENIENT, "sex = {}");
    for (bytes, code) in [
        (b"\"sex;day\n1;2\n".to_vec(), "ingest::unclosed-quote"),
        (b"x".repeat(2 << 20), "ingest::record-too-long"),
        (b";".repeat(5000), "ingest::record-too-long"),
    ] {
        let help = "open the file: correct `quote`, `delimiter`, `encoding`, `skip` or `header`";
        let expected = format!("{code} the first line is no header of a table\n  help: {help}");
        assert_eq!(faults(&Project::new().with("in.csv", bytes), &source), [expected]);
    }
}

#[test]
fn names_that_nobody_declares_may_be_twice() {
    let source = records(LENIENT, "sex = {}");
    let found = Project::new().with("in.csv", "sex;note;note;;\nM;1;2;3;4\n").read(&source, None).unwrap();
    assert_eq!(found.rows(), ["M"]);
}

#[test]
fn header_only() {
    let found = Project::new().with("in.csv", "sex;day").read(&records(LENIENT, "sex = {}"), None).unwrap();
    assert_eq!((found.rows().len(), found.files[0].read), (0, 0));
    assert_eq!(found.warnings.iter().map(said).collect::<Vec<_>>(), ["ingest::nothing-left `s` has no row"]);
}

#[test]
fn all_faults_of_all_files_are_reported() {
    let source = records(
        "files = [\"a.csv\", \"b.csv\", \"c*.csv\"]\nformat = \"csv\"\nencoding = \"klingon\"",
        "sex = { list = \"sex\" }\nother = { list = \"sex\" }",
    );
    let said = faults(&Project::new().with("b.csv", "day\n"), &source);
    let codes: Vec<_> = said.iter().map(|said| said.split(' ').next().unwrap()).collect();
    assert_eq!(
        codes,
        ["ingest::unknown-encoding", "ingest::codelist", "ingest::missing-file", "ingest::missing-file"]
    );
    assert_eq!(
        said[2],
        "ingest::missing-file there is no file `a.csv`\
         \n  help: put the file there, correct `files`, or use --source NAME=PATH"
    );
}

fn names(project: &Project, source: &Source) -> Vec<String> {
    let found = project.read(source, None).unwrap();
    found.files.iter().map(|file| file.name.to_string()).collect()
}

#[test]
fn files_come_in_the_order_of_their_names_and_once() {
    let source = records(
        "files = [\"data/b*.csv*\", \"data/a.csv\", \"data/../data/a.csv\", \"data/?1.csv\"]\nformat = \"csv\"",
        "n = {}",
    );
    let project = ["data/b10.csv", "data/b1.csv", "data/a.csv", "data/b2.csv.gz", "data/c.csv"]
        .iter()
        .fold(Project::new(), |project, name| project.with(name, format!("n\n{name}\n")));
    let project = project.with("data/b1.csv.toml", SIDECAR);
    assert_eq!(
        names(&project, &source),
        ["data/../data/a.csv", "data/b1.csv", "data/b10.csv", "data/b2.csv.gz"]
    );
}

#[test]
fn a_copy_beside_the_original_is_refused() {
    let source = records("files = \"*.csv\"\nformat = \"csv\"", "n = {}");
    let project = Project::new().with("a.csv", "n\n1\n").with("b.csv", "n\n1\n");
    assert_eq!(
        faults(&project, &source),
        ["ingest::same-file-twice `b.csv` has the same bytes as another file of the source\
          \n  help: remove the copy, or name one file in `files`"]
    );
    // Files without rows may well be alike.
    let empty = Project::new().with("a.csv", "n\n").with("b.csv", "n\n");
    assert_eq!(names(&empty, &source), ["a.csv", "b.csv"]);
}

#[test]
fn samples_of_different_sizes_are_refused() {
    let source = records("files = \"*.csv\"\nformat = \"csv\"", "n = {}");
    let sidecar = format!("{SIDECAR}sampling_fraction = 0.5\n");
    let project = Project::new().with("a.csv", "n\n1\n").with("b.csv", "n\n2\n").with("b.csv.toml", sidecar);
    assert!(faults(&project, &source)[0].starts_with("ingest::sampling-fraction"));
}

#[test]
fn a_folder_with_brackets_is_no_pattern() {
    let outer = Project::new().with("[old]/in1.csv", "n\n1\n").with("[old]/in[2].csv", "n\n2\n");
    let project = outer.path().join("[old]");
    for (files, expected) in [("in*.csv", 2), ("in1.csv", 1), ("in[2].csv", 1)] {
        let source = records(&format!("files = \"{files}\"\nformat = \"csv\""), "n = {}");
        let found = crate::project::read(&source, &project, None, 2).unwrap();
        assert_eq!(found.files.len(), expected, "{files}");
    }
}

#[test]
fn globs() {
    let names_of_files = ["b/1/x.csv", "b/2/x.csv", "b/2/y.csv", "b/x.csv", "c.csv"];
    let project = names_of_files
        .iter()
        .fold(Project::new(), |project, name| project.with(name, format!("n\n{name}\n")))
        .with("b/2/x.csv.toml", SIDECAR)
        .with("b/z.csv/x", "");
    for (glob, expected) in [
        ("b/*/x.csv", "b/1/x.csv b/2/x.csv"),
        ("b/*/y.csv", "b/2/y.csv"),
        ("b/[12]/*", "b/1/x.csv b/2/x.csv b/2/y.csv"),
        ("b/[!12z]*", "b/x.csv"),
        ("*/x.csv", "b/x.csv"),
        ("**/**/y.csv", "b/2/y.csv"),
        ("**/*/**/y.csv", "b/2/y.csv"),
        ("**/x.csv", "b/1/x.csv b/2/x.csv b/x.csv"),
        ("./*.csv", "c.csv"),
        ("b/../?.csv", "b/../c.csv"),
        ("d/*.csv", ""),
        ("c.csv/*", ""),
        ("b/[", ""),
    ] {
        let source = records(&format!("files = \"{glob}\"\nformat = \"csv\""), "n = {}");
        if expected.is_empty() {
            assert!(faults(&project, &source)[0].starts_with("ingest::missing-file"), "{glob}");
        } else {
            assert_eq!(names(&project, &source).join(" "), expected, "{glob}");
        }
    }
}

#[test]
fn a_folder_where_a_file_is_wanted_is_an_error() {
    let project = Project::new().with("b/x.csv", "n\n1\n").with("b/2004.csv/x", "").with("b/old/y.csv", "");
    for (path, folder) in [("b/*.csv", "b/2004.csv"), ("b/*", "b/2004.csv"), ("**/o*", "b/old"), ("b", "b")] {
        let source = records(&format!("files = \"{path}\"\nformat = \"csv\""), "n = {}");
        let faults = faults(&project, &source);
        let expected = format!("ingest::unreadable `{folder}` cannot be read");
        assert!(faults.len() == 1 && faults[0].starts_with(&expected), "{path}: {faults:?}");
    }
}

/// Whoever reads a pipe waits for somebody who writes to it.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_at_once() {
    use std::os::unix::fs::symlink;

    let source = records("files = \"in.csv\"\nformat = \"csv\"", "n = { list = \"l\" }");
    for name in ["in.csv", "in.csv.toml", "data/codelists/l.csv"] {
        let project = Project::new()
            .with("in.csv", "n\n1\n")
            .with("in.csv.toml", SIDECAR)
            .with("data/codelists/l.csv", "code,label_en,label_it,label_es,kind\n1,,,,\n");
        assert_eq!(names(&project, &source), ["in.csv"]);
        std::fs::remove_file(project.path().join(name)).unwrap();
        symlink("/dev/zero", project.path().join(name)).unwrap();
        let faults = project.read(&source, None).unwrap_err();
        assert!(faults.len() == 1, "{name}: {faults:?}");
        let is_refused = |note: &String| note.contains("it is neither a file nor a folder");
        assert!(faults[0].notes.iter().any(is_refused), "{name}: {faults:?}");
    }
    // A sidecar that cannot be reached is not absent.
    let project = Project::new().with("in.csv", "n\n1\n");
    symlink("nowhere", project.path().join("in.csv.toml")).unwrap();
    let source = records("files = \"in.csv\"\nformat = \"csv\"", "n = {}");
    assert!(faults(&project, &source)[0].starts_with("ingest::unreadable `in.csv.toml`"));
}

/// What a glob matches is read or is an error: a year that is skipped is missed by nobody.
#[cfg(unix)]
#[test]
fn a_match_that_cannot_be_read_is_an_error() {
    use std::os::unix::fs::symlink;

    let project = Project::new().with("data/2000/rows.csv", "n\n1\n").with("rows-2000.csv", "n\n1\n");
    symlink("nowhere", project.path().join("rows-2001.csv")).unwrap();
    symlink("2001", project.path().join("data/2001")).unwrap();
    for (glob, file) in [
        ("rows-*.csv", "rows-2001.csv"),
        ("data/*/rows.csv", "data/2001/rows.csv"),
        ("data/*/*.csv", "data/2001"),
    ] {
        let source = records(&format!("files = \"{glob}\"\nformat = \"csv\""), "n = {}");
        let faults = faults(&project, &source);
        let expected = format!("ingest::unreadable `{file}` cannot be read");
        assert!(faults.len() == 1 && faults[0].starts_with(&expected), "{glob}: {faults:?}");
    }
}

#[test]
fn files_can_be_named_by_the_caller() {
    let project = Project::new().with("x/here.csv", "n\n1\n");
    let source = records("files = \"not-there.csv\"\nformat = \"csv\"", "n = {}");
    let path = project.path().join("x/here.csv").to_string_lossy().into_owned();
    let input = open(&source, project.path(), Some(&[path])).unwrap_or_else(|faults| panic!("{faults:?}"));
    assert_eq!(input.bytes(), 4);
}

const SIDECAR: &str = r#"
title     = "T"
producer  = "P"
origin    = "O"
licence   = "L"
retrieved = 2026-11-01
"#;

#[test]
fn sidecars() {
    let hash = "3ee8e7ac5bd92ee0cff5a9ca5a9d0b2d8e9aee6fb1a4bd8ee1a1fbcd4ad3a6fd";
    let source = records(LENIENT, "n = {}");
    let place = |sidecar: &str| {
        let project = Project::new().with("in.csv", "n\n1\n").with("in.csv.toml", sidecar);
        let faults = project.read(&source, None).unwrap_err();
        let place = |place: &Place| match place {
            Place::File { path, line } => format!("{}:{}", path.display(), line.map_or(0, u64::from)),
            place => format!("{place:?}"),
        };
        faults.iter().map(|fault| format!("{} {}", place(&fault.place), said(fault))).collect::<Vec<_>>()
    };
    assert_eq!(
        place(&format!("{SIDECAR}orgin = \"O\"\nsynthetic = 1\n")),
        [
            "in.csv.toml:8 ingest::sidecar expected `true` or `false`, found integer",
            "in.csv.toml:7 ingest::sidecar unknown field `orgin`\n  help: did you mean `origin`?",
        ]
    );
    for field in ["title", "producer", "origin", "licence", "retrieved"] {
        let lines: Vec<_> = SIDECAR.lines().filter(|line| !line.starts_with(field)).collect();
        let expected = format!("in.csv.toml:1 ingest::sidecar the field `{field}` is missing");
        assert_eq!(place(&lines.join("\n")), [expected]);
    }
    assert_eq!(place("title = \n").len(), 5);
    let changed = place(&format!("{SIDECAR}sha256 = \"{hash}\"\n"));
    assert!(
        changed[0].starts_with("in.csv:0 ingest::changed-snapshot `in.csv` is not the file"),
        "{changed:?}"
    );
    assert!(changed[0].contains(hash));
}

#[test]
fn a_sidecar_with_the_right_hash_is_kept_with_its_file() {
    let source = records(LENIENT, "n = {}");
    let project = Project::new().with("in.csv", "n\n1\n");
    let hash = project.read(&source, None).unwrap().files[0].sha256.clone();
    let upper = hash.to_uppercase();
    let project = project.with("in.csv.toml", format!("{SIDECAR}sha256 = \"{upper}\""));
    let found = project.read(&source, None).unwrap();
    assert_eq!(found.files[0].snapshot.as_ref().unwrap().sha256, Some(hash));
}

#[test]
fn code_lists() {
    const HEADER: &str = "code,label_en,label_it,label_es,kind";
    let table = [
        (format!("{HEADER},country\nPER,Peru,Per\u{f9},Per\u{fa},detail,PE\nW,World,,,total,\n"), None),
        (format!("\u{feff}{HEADER}\nPER,Peru,,,\n"), None),
        ("code,label\nPER,Peru\n".to_owned(), Some("the columns of a code list are not as expected")),
        (String::new(), Some("the columns of a code list are not as expected")),
        (format!("{HEADER}\nPER,Peru\n"), Some("a row of the code list cannot be read")),
        (format!("{HEADER}\nPER,,,,part\n"), Some("unknown kind `part`")),
        (format!("{HEADER}\nPER,,,,\nPER,,,,\n"), Some("the code `PER` is there twice")),
    ];
    for (text, expected) in table {
        let project = Project::new().with("data/codelists/l.csv", &text);
        let found =
            codelist(project.path(), "l", Setting::root()).map_err(|fault| (fault.code, fault.message));
        let expected = expected.map(|message| (Code::Codelist, message.to_owned()));
        assert_eq!(found.err(), expected, "{text}");
    }
}

#[test]
fn published_figures() {
    const HEADER: &str = "id,statement,table,indicator,where,value,unit,tolerance,concept,source";
    let table = [
        ("a,S,t,stock,year=2007 sex=F,70755,persons,0.5%,c,p. 1", Ok(1)),
        ("a,S,,,,1,,,c,\nb,S,,,,2,,,c,", Ok(2)),
        ("a,S,,,,1,,,c,\na,S,,,,2,,,c,", Err("the id `a` is there twice")),
        ("a,S,t,stock,year=1 sex=F year=2,1,,,c,", Err("`where` names `year` twice")),
        ("a,S,t,stock,year,1,,,c,", Err("`year` is not `dimension=code`")),
        ("a,S,t,stock,,many,,,c,", Err("the value `many` is not a number")),
        ("a,S,t,stock,,\"1,5\",,,c,", Err("the value `1,5` is not a number: decimals stand behind a point")),
        ("a,S,t,stock,,NaN,,,c,", Err("the value `NaN` is not a number")),
        ("a,S,t,stock,,inf,,,c,", Err("the value `inf` is not a number")),
        ("a,S,t,stock,,1,,some,c,", Err("the tolerance `some` is neither a number nor a percentage")),
    ];
    for (rows, expected) in table {
        let project = Project::new().with("p.csv", format!("{HEADER}\n{rows}\n"));
        let found = published(project.path(), project.path(), "p.csv", Setting::root())
            .map(|read| read.figures.len());
        let found = found.map_err(|faults| faults[0].message.clone());
        assert_eq!(found, expected.map_err(str::to_owned), "{rows}");
    }
    let empty = Project::new();
    assert_eq!(
        published(empty.path(), empty.path(), "p.csv", Setting::root()).unwrap_err()[0].code,
        Code::PublishedFile
    );
}

/// A hidden folder or a folder with the name of a file does no harm.
#[test]
fn a_file_that_is_gone_since() {
    let project = Project::new().with("in.csv", "n\n1\n");
    let input = open(&records(LENIENT, "n = {}"), project.path(), None).unwrap_or_else(|_| panic!());
    fs::remove_file(project.path().join("in.csv")).unwrap();
    let chunks = input.chunks(None).unwrap_or_else(|_| panic!());
    let fault = chunks.read().err().unwrap();
    assert_eq!(fault.code, Code::Unreadable);
    assert!(chunks.read().unwrap().is_none());
}

const SDMX: &str = "files = \"*.csv\"\nformat = \"sdmx-csv\"\nconcept = \"c\"";
const SDMX_COLUMNS: &str = "citizenship = { from = \"CITIZENSHIP\", codes = { PE = \"PE\", EC = \"EC\" } }\nvalue = { from = \"OBS_VALUE\", type = \"integer\" }";

#[test]
fn an_undeclared_dimension_has_one_code() {
    let source = cells(SDMX, SDMX_COLUMNS, "\"citizenship\"");
    let header = "DATAFLOW,FREQ,CITIZENSHIP,OBS_VALUE,OBS_STATUS\n";
    let same = format!("{header}X(1.0),A,PE,1,e\nX(1.1),A,EC,2,\n");
    assert_eq!(
        Project::new().with("a.csv", &same).read(&source, None).unwrap().rows(),
        ["PE|1|c|e", "EC|2|c|-"]
    );
    let monthly = same.replace(",A,", ",M,");
    let varies = format!("{header}X,A,PE,1,\nX,M,EC,2,\n");
    assert_eq!(
        faults(&Project::new().with("a.csv", varies), &source),
        ["ingest::undeclared-dimension the dimension `FREQ` has several codes and is not declared\
          \n  help: declare a column with `from = \"FREQ\"`"]
    );
    // One code in each file is not enough: the cells of all files are one table.
    let two = Project::new().with("a.csv", &same).with("b.csv", monthly);
    assert!(faults(&two, &source)[0].starts_with("ingest::undeclared-dimension"));
}
