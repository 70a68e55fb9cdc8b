//! Files made or found to break readers: rows are accounted for or there is an error, in bounded time.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use denizen_spec::{Delimited, Format, Source};

use crate::project::{LENIENT, read, records, test_data};

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

fn outcome(path: &Path, source: &Source, slowest: &mut (Duration, PathBuf)) -> bool {
    let start = Instant::now();
    let is_read = read(source, Path::new("/"), None, 1).is_ok();
    if start.elapsed() > slowest.0 {
        *slowest = (start.elapsed(), path.to_owned());
    }
    is_read
}

#[test]
fn hostile_files_break_nothing() {
    let Some(data) = test_data() else { return };
    let mut paths = Vec::new();
    files(&data.join("badinput"), &mut paths);
    let (mut readings, mut read) = (0, 0);
    let mut slowest = (Duration::ZERO, PathBuf::new());
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let variants = [(b',', "utf-8"), (b';', "windows-1252"), (b'\t', "utf-8"), (b'|', "gb18030")];
        for (delimiter, encoding) in variants {
            let header = guessed_header(&bytes, delimiter);
            let first = header.get(..1).unwrap_or_default();
            for declared in [&[], first] {
                readings += 1;
                read += usize::from(outcome(path, &texts(path, declared, delimiter, encoding), &mut slowest));
            }
        }
    }
    println!("{read} of {readings} readings of {} files went to the end; slowest {slowest:?}", paths.len());
    assert!(slowest.0 < Duration::from_secs(10), "{slowest:?}");
}

/// All columns of every table of two countries, as texts.
#[test]
fn real_files_are_read_or_refused() {
    let Some(data) = test_data() else { return };
    let mut paths = Vec::new();
    ["italy", "world"].iter().for_each(|folder| files(&data.join(folder), &mut paths));
    paths.retain(|path| path.to_string_lossy().contains(".csv"));
    let mut slowest = (Duration::ZERO, PathBuf::new());
    let mut read = 0;
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |delimiter: u8| first.iter().filter(|byte| **byte == delimiter).count();
        let delimiter = [b',', b';', b'\t', b'|'].into_iter().max_by_key(|delimiter| count(*delimiter));
        let delimiter = delimiter.unwrap_or(b',');
        let encoding = if std::str::from_utf8(&bytes).is_ok() { "utf-8" } else { "windows-1252" };
        let header = guessed_header(&bytes, delimiter);
        let source = texts(path, &header, delimiter, encoding);
        let is_read = outcome(path, &source, &mut slowest);
        let is_unique = header.iter().all(|name| header.iter().filter(|other| *other == name).count() == 1);
        let is_ascii = header.iter().all(|name| name.is_ascii());
        assert!(is_read || !is_unique || !is_ascii, "{}", path.display());
        read += usize::from(is_read);
    }
    println!("{read} of {} files went to the end; slowest {slowest:?}", paths.len());
}
