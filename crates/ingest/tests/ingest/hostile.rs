//! Files made or found to break readers: rows are accounted for or there is an error.

use std::path::{Path, PathBuf};

use denizen_spec::{Delimited, Format, Source, SourceKind};

use crate::project::{LENIENT, cells, read, records, test_data};

const LARGEST: u64 = 20 << 20;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        match path.metadata() {
            Ok(data) if data.is_dir() => files(&path, found),
            Ok(data) if data.len() <= LARGEST => found.push(path),
            _ => {}
        }
    }
}

/// A source of texts: the columns that a file has, as far as they can be declared.
fn texts(path: &Path, header: &[String], delimiter: u8, encoding: &str) -> Source {
    let mut source = records(LENIENT, "c = {}");
    let column = source.columns.remove(0);
    source.files = vec![path.to_string_lossy().into_owned()];
    source.format =
        Format::Csv(Delimited { delimiter, encoding: encoding.to_owned(), ..Delimited::default() });
    for (index, name) in header.iter().enumerate() {
        let mut column = column.clone();
        column.name = format!("c{index}");
        column.from = name.clone();
        source.columns.push(column);
    }
    source
}

/// The names of the first line, as an unsuspecting reader would guess them.
fn guessed_header(bytes: &[u8], delimiter: u8) -> Vec<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(bytes);
    let record = reader.byte_records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(|field| String::from_utf8_lossy(field).trim().to_owned()).collect()
}

/// The rows that a file has; none when it is refused, which must be for what is in it.
fn rows_read(path: &Path, source: &Source) -> Option<u64> {
    match read(source, Path::new("/"), None, 1) {
        Ok(outcome) => Some(outcome.files.iter().map(|file| file.read).sum()),
        Err(faults) => {
            let codes: Vec<String> = faults.iter().map(|fault| fault.code.to_string()).collect();
            assert!(codes.iter().all(|code| code.starts_with("ingest::")), "{}: {codes:?}", path.display());
            None
        }
    }
}

/// The rows of a file in which each line is one: neither quotes nor compression, and no end of a line but the usual ones.
fn obvious_rows(bytes: &[u8]) -> Option<u64> {
    let is_compressed = bytes.starts_with(b"\x1f\x8b");
    let mut ends = bytes.split(|byte| *byte == b'\r').skip(1);
    let is_obvious = !is_compressed && !bytes.contains(&b'"') && ends.all(|after| after.starts_with(b"\n"));
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| ![&b""[..], b"\r"].contains(line));
    is_obvious.then(|| lines.skip(1).count() as u64)
}

/// Whatever delimiter and encoding are declared, each row is accounted for ([`read`] checks that) or the file is refused.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn hostile_files_break_nothing() {
    let mut paths = Vec::new();
    files(&test_data().join("badinput"), &mut paths);
    let (mut readings, mut whole, mut obvious) = (0, 0, 0);
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let variants = [(b',', "utf-8"), (b';', "windows-1252"), (b'\t', "utf-8"), (b'|', "gb18030")];
        for (delimiter, encoding) in variants {
            let header = guessed_header(&bytes, delimiter);
            let first = header.get(..1).unwrap_or_default();
            for declared in [first, &header] {
                readings += 1;
                let Some(rows) = rows_read(path, &texts(path, declared, delimiter, encoding)) else {
                    continue;
                };
                whole += 1;
                if let Some(expected) = obvious_rows(&bytes) {
                    assert_eq!(rows, expected, "{}, delimiter {delimiter}, {encoding}", path.display());
                    obvious += 1;
                }
            }
        }
    }
    // The test must have met files, and files of which it knows the rows.
    assert!(obvious > 0 && whole > readings / 2, "{obvious} and {whole} of {readings} readings");
}

/// Every other form of text, with columns that any file has and some that few have.
fn other_forms() -> Vec<Source> {
    let first = "c = { from = \"1\" }";
    let header = |more: &str| format!("{LENIENT}\nheader = false\n{more}");
    let mut forms: Vec<Source> = [
        header("encoding = \"auto\""),
        header("encoding = \"auto\"\nquote = \"none\""),
        header("encoding = \"cp850\"\nquote = \"'\"\nheader_returns = true"),
        header("encoding = \"utf-16\""),
        header("encoding = \"utf-16le\""),
        header("encoding = \"utf-16be\""),
        header("comment = \"#\"\nfooter = [\"a\", \"<\", \"1\"]\nskip = 3"),
    ]
    .iter()
    .map(|fields| records(fields, first))
    .collect();
    forms.push(records(&format!("{LENIENT}\nfind_header = true\nheader_rows = 3"), "c = { from = \"a\" }"));
    let fixed = "files = \"in.csv\"\nformat = \"fixed-width\"\nmax_rejected = 1.0";
    for more in
        ["", "pad_short_lines = true\ncut_long_lines = true", "encoding = \"shift_jis\"\nrecord_length = 80"]
    {
        let columns = "a = { start = 1, width = 3 }\nb = { start = 3, width = 20, type = \"integer\" }";
        forms.push(records(&format!("{fixed}\n{more}"), columns));
    }
    let columns = "geo = { codes = { IT = \"IT\" } }\nyear = { from = \"TIME_PERIOD\", type = \"integer\" }\n\
                   value = { from = \"OBS_VALUE\", type = \"integer\" }";
    for format in ["eurostat-tsv", "sdmx-csv"] {
        let fields =
            format!("files = \"in.csv\"\nformat = \"{format}\"\nconcept = \"c\"\nmax_rejected = 1.0");
        forms.push(cells(&fields, columns, "\"geo\", \"year\""));
    }
    let wide = "files = \"in.csv\"\nformat = \"csv\"\nheader = false\nencoding = \"auto\"\nconcept = \"c\"\nmax_rejected = 1.0\n\
                unpivot = { into = \"column\", others = true }";
    let columns = "key = { from = \"1\" }\ncolumn = { codes = { 2 = \"B\", 3 = \"C\" } }\nvalue = { type = \"integer\" }";
    forms.push(cells(wide, columns, "\"column\""));
    forms
}

/// Each row is accounted for in every other form of text too, or the file is refused.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn hostile_files_break_no_other_form() {
    let mut paths = Vec::new();
    files(&test_data().join("badinput"), &mut paths);
    let forms = other_forms();
    let mut whole = vec![0; forms.len()];
    for path in &paths {
        for (index, form) in forms.iter().enumerate() {
            let mut source = form.clone();
            source.files = vec![path.to_string_lossy().into_owned()];
            whole[index] += u64::from(rows_read(path, &source).is_some());
        }
    }
    // Few files of this folder are in these formats; most can be read as lines of text.
    assert!(whole[0] > paths.len() as u64 / 2, "{whole:?} of {}", paths.len());
}

/// Whatever a file is, as a workbook or as Parquet its rows are accounted for or it is refused, within seconds.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn hostile_files_of_other_formats_break_nothing() {
    let mut paths = Vec::new();
    files(&test_data().join("badinput"), &mut paths);
    // Of files that begin as neither a workbook nor Parquet, which are refused at once, a few.
    let begins = |path: &PathBuf, start: &[u8]| std::fs::read(path).unwrap().starts_with(start);
    let starts: [&[u8]; 3] = [b"PK", b"\xD0\xCF", b"PAR1"];
    let mut number = 0;
    paths.retain(|path| {
        number += 1;
        number % 50 == 0 || starts.iter().any(|start| begins(path, start))
    });
    let (mut workbooks, mut parquet) = (0, 0);
    for path in &paths {
        let begun = std::time::Instant::now();
        // The name of the sheet is a column that every sheet has; of cells, all columns are read.
        let options = "files = \"in\"\nformat = \"xlsx\"\nsheet_column = \"sheet\"\nmax_rejected = 1.0\n";
        let mut sheets = vec![String::new()];
        sheets.extend((1..=2).map(|number| format!("sheet = {number}")));
        for fields in sheets {
            for kind in [SourceKind::Records, SourceKind::Cells] {
                let mut source = records(&format!("{options}{fields}"), "c = { from = \"sheet\" }");
                source.files = vec![path.to_string_lossy().into_owned()];
                source.kind = kind;
                workbooks += usize::from(rows_read(path, &source).is_some());
            }
        }
        for column in parquet_columns(path) {
            let mut source = records("files = \"in\"\nformat = \"parquet\"\nmax_rejected = 1.0", "c = {}");
            source.files = vec![path.to_string_lossy().into_owned()];
            source.columns[0].from = column;
            parquet += usize::from(rows_read(path, &source).is_some());
        }
        assert!(begun.elapsed().as_secs() < 60, "{} takes too long", path.display());
    }
    assert!(workbooks > 100 && parquet > 100, "{workbooks} sheets and {parquet} columns were read");
}

/// What the columns of a Parquet file are called; a name that none has, where it cannot be told.
fn parquet_columns(path: &Path) -> Vec<String> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let names = || -> Option<Vec<String>> {
        let file = SerializedFileReader::new(std::fs::File::open(path).ok()?).ok()?;
        let fields = file.metadata().file_metadata().schema().get_fields();
        Some(fields.iter().map(|field| field.name().to_owned()).collect())
    };
    std::panic::catch_unwind(names).ok().flatten().unwrap_or_else(|| vec!["absent".to_owned()])
}

/// All columns of every table of two countries, as texts.
#[test]
#[ignore = "needs real files: DENIZEN_TEST_DATA"]
fn real_files_are_read_or_refused() {
    let data = test_data();
    let mut paths = Vec::new();
    ["italy", "world"].iter().for_each(|folder| files(&data.join(folder), &mut paths));
    paths.retain(|path| path.to_string_lossy().contains(".csv"));
    let mut whole = 0;
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |delimiter: u8| first.iter().filter(|byte| **byte == delimiter).count();
        let delimiter = [b',', b';', b'\t', b'|'].into_iter().max_by_key(|delimiter| count(*delimiter));
        let delimiter = delimiter.unwrap_or(b',');
        let encoding = if std::str::from_utf8(&bytes).is_ok() { "utf-8" } else { "windows-1252" };
        let header = guessed_header(&bytes, delimiter);
        let rows = rows_read(path, &texts(path, &header, delimiter, encoding));
        let is_unique = header.iter().all(|name| header.iter().filter(|other| *other == name).count() == 1);
        let is_ascii = header.iter().all(|name| name.is_ascii());
        assert!(rows.is_some() || !is_unique || !is_ascii, "{}", path.display());
        if let (Some(rows), Some(expected)) = (rows, obvious_rows(&bytes)) {
            assert_eq!(rows, expected, "{}", path.display());
        }
        whole += usize::from(rows.is_some());
    }
    assert!(whole > paths.len() / 2, "{whole} of {} files went to the end", paths.len());
}
