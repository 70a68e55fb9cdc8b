//! Releases as text, so that they can be compared and read.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};

use arrow::util::display::{ArrayFormatter, FormatOptions};
use calamine::{Data, Reader, Xlsx};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Every file under a folder: its path, and its bytes.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The releases in a folder, without what stands beside them to spare the next run: that depends on when and where.
pub(crate) fn released(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = files(folder);
    files.retain(|name, _| !name.ends_with(".state.json"));
    files
}

/// Every file under a folder as text: Parquet files and workbooks as tables, the others as they are.
pub(crate) fn texts(folder: &Path) -> BTreeMap<String, String> {
    let text = |(name, bytes): (String, Vec<u8>)| match name.rsplit('.').next() {
        Some("parquet") => (format!("{name}.txt"), table(&folder.join(&name))),
        Some("xlsx") => (format!("{name}.txt"), workbook(bytes)),
        _ => (name, String::from_utf8(bytes).unwrap()),
    };
    files(folder).into_iter().map(text).collect()
}

/// A workbook as text: each sheet with its rows, numbers apart from texts.
pub(crate) fn workbook(bytes: Vec<u8>) -> String {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for name in workbook.sheet_names() {
        let formulas = workbook.worksheet_formula(&name).unwrap();
        writeln!(text, "# {name}, {} formulas", formulas.used_cells().count()).unwrap();
        for row in workbook.worksheet_range(&name).unwrap().rows() {
            let cells = row.iter().map(|cell| match cell {
                Data::Empty => "∅".to_owned(),
                Data::String(text) => format!("{text:?}"),
                other => other.to_string(),
            });
            writeln!(text, "{}", cells.collect::<Vec<_>>().join(" | ")).unwrap();
        }
    }
    text
}

/// A Parquet file as text: its metadata, its columns with their types, its rows.
pub(crate) fn table(path: &Path) -> String {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    for pair in reader.metadata().file_metadata().key_value_metadata().into_iter().flatten() {
        writeln!(text, "# {} = {}", pair.key, pair.value.as_deref().unwrap_or_default()).unwrap();
    }
    let fields =
        reader.schema().fields().iter().map(|field| format!("{} {}", field.name(), field.data_type()));
    writeln!(text, "{}", fields.collect::<Vec<_>>().join(" | ")).unwrap();
    let options = FormatOptions::default().with_null("∅");
    for batch in reader.build().unwrap() {
        let batch = batch.unwrap();
        let columns: Vec<_> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).unwrap()).collect();
        for row in 0..batch.num_rows() {
            let values: Vec<_> = columns.iter().map(|column| column.value(row).to_string()).collect();
            writeln!(text, "{}", values.join(" | ")).unwrap();
        }
    }
    text
}

/// The rows of a Parquet file as maps from column to text.
pub(crate) fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = table(path);
    let mut lines = text.lines().filter(|line| !line.starts_with("# "));
    let names = lines.next().unwrap().split(" | ").map(|field| field.rsplit_once(' ').unwrap().0.to_owned());
    let names: Vec<String> = names.collect();
    lines.map(|line| names.iter().cloned().zip(line.split(" | ").map(str::to_owned)).collect()).collect()
}
