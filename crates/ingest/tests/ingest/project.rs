//! A small project on disk, a source in it, and what is read of it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int64Type, UInt16Type};
use denizen_ingest::{Chunk, Chunks, IngestStats, Key, open};
use denizen_spec::{Date, Diagnostic, FileReport, Reject, Severity, Source, parse, pseudonym_text};
use flate2::Compression;
use flate2::write::GzEncoder;

/// The folder of real files, which are no part of the repository: `DENIZEN_TEST_DATA`, or else `../shared/data` beside it.
#[track_caller]
pub(crate) fn test_data() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var_os("DENIZEN_TEST_DATA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| root.join("../shared/data"));
    assert!(folder.is_dir(), "no real files at {}: set DENIZEN_TEST_DATA", folder.display());
    folder
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn key() -> Key {
    Key::from_hex(&"5e".repeat(32)).unwrap()
}

pub(crate) struct Project(tempfile::TempDir);

/// Everything that comes out of a source.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    /// Rows, with `|` between values and `-` for none, chunk by chunk.
    pub(crate) chunks: Vec<Vec<String>>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) files: Vec<FileReport>,
    pub(crate) warnings: Vec<Diagnostic>,
    /// Texts without a meaning: column, text, rows.
    pub(crate) unmapped: Vec<(String, String, u64)>,
}

pub(crate) type Read = Result<Outcome, Vec<Diagnostic>>;

impl Project {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The project with one more file.
    pub(crate) fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// Reads a source with one thread and with four: what comes out is the same.
    pub(crate) fn read(&self, source: &Source, key: Option<&Key>) -> Read {
        let [one, four] = [1, 4].map(|threads| read(source, self.path(), key, threads));
        assert_eq!(one, four);
        one
    }
}

/// Reads a source with some threads, and checks that every row is accounted for.
pub(crate) fn read(source: &Source, project: &Path, key: Option<&Key>, threads: usize) -> Read {
    let input = open(source, project, None).inspect_err(|faults| assert!(!faults.is_empty()))?;
    let chunks = input.chunks(key)?;
    let (mut rows, mut rejects) = (Vec::new(), Vec::new());
    let mut stats = IngestStats::default();
    for chunk in all(&chunks, threads)? {
        let Chunk { batch, rejects: rejected, read, excluded, stats: of_chunk, .. } = chunk;
        stats.merge(of_chunk);
        assert_eq!(read, batch.num_rows() as u64 + rejected.len() as u64 + excluded);
        rows.push(texts(&batch));
        rejects.extend(rejected);
    }
    let (files, warnings) = chunks.finish(&stats).map_err(|fault| vec![fault])?;
    for file in &files {
        assert_eq!(file.read, file.accepted + file.rejected + file.excluded, "{file:?}");
        assert_eq!(file.sha256.len(), 64);
    }
    let sum = |count: fn(&FileReport) -> u64| files.iter().map(count).sum::<u64>();
    assert_eq!(sum(|file| file.accepted), rows.iter().map(|rows| rows.len() as u64).sum::<u64>());
    assert_eq!(sum(|file| file.rejected), rejects.len() as u64);
    assert!(warnings.iter().all(|warning| warning.severity == Severity::Warning));
    Ok(Outcome { chunks: rows, rejects, files, warnings, unmapped: unmapped(&stats) })
}

/// Texts without a meaning: column, text, rows.
pub(crate) fn unmapped(stats: &IngestStats) -> Vec<(String, String, u64)> {
    let texts = stats.unmapped();
    texts.map(|(column, text, rows)| (column.to_owned(), text.to_owned(), rows)).collect()
}

/// All chunks in their order, read by some threads.
pub(crate) fn all(chunks: &Chunks, threads: usize) -> Result<Vec<Chunk>, Vec<Diagnostic>> {
    let thread = || -> Result<Vec<Chunk>, Diagnostic> {
        let mut read = Vec::new();
        while let Some(rows) = chunks.read()? {
            read.push(chunks.parse(rows)?);
        }
        Ok(read)
    };
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(thread)).collect();
        for thread in threads {
            match thread.join().unwrap() {
                Ok(chunks) => read.extend(chunks),
                Err(fault) => faults.push(fault),
            }
        }
    });
    read.sort_by_key(|chunk| chunk.number);
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

/// The rows of a batch, with `|` between values and `-` for none.
pub(crate) fn texts(batch: &RecordBatch) -> Vec<String> {
    let text = |column: &dyn Array, row: usize| match column.data_type() {
        _ if column.is_null(row) => "-".to_owned(),
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Decimal128(18, _) => column.as_primitive::<Decimal128Type>().value_as_string(row),
        DataType::Date32 => {
            Date::from_days(column.as_primitive::<Date32Type>().value(row)).unwrap().to_string()
        }
        DataType::FixedSizeBinary(9) => {
            let bits = column.as_fixed_size_binary().value(row);
            String::from_utf8(pseudonym_text(bits.first_chunk().unwrap()).to_vec()).unwrap()
        }
        DataType::Dictionary(_, _) => {
            let words =
                column.as_dictionary::<UInt16Type>().downcast_dict::<arrow::array::StringArray>().unwrap();
            arrow::array::ArrayAccessor::value(&words, row).to_owned()
        }
        other => panic!("{other:?}"),
    };
    let row = |row: usize| {
        let schema = batch.schema();
        let shown = schema.fields().iter().zip(batch.columns());
        let shown = shown.filter(|(field, _)| !denizen_spec::columns::is_internal(field.name()));
        let values = shown.map(|(_, column)| text(column, row));
        values.collect::<Vec<_>>().join("|")
    };
    (0..batch.num_rows()).map(row).collect()
}

impl Outcome {
    pub(crate) fn rows(&self) -> Vec<&str> {
        self.chunks.iter().flatten().map(String::as_str).collect()
    }

    /// Rejects as `line+lines @byte column reason`.
    pub(crate) fn rejects(&self) -> Vec<String> {
        let text = |reject: &Reject| {
            let column = reject.column.as_deref().unwrap_or("row");
            format!(
                "{}+{} @{} {column} {}",
                reject.place.line(),
                reject.place.lines(),
                reject.place.byte().unwrap(),
                reject.reason
            )
        };
        self.rejects.iter().map(text).collect()
    }
}

/// A fault as the code, the message and all else that is said.
pub(crate) fn said(fault: &Diagnostic) -> String {
    let more = fault.notes.iter().map(|note| format!("\n  note: {note}"));
    let help = fault.help.iter().map(|help| format!("\n  help: {help}"));
    format!("{} {}{}", fault.code, fault.message, more.chain(help).collect::<String>())
}

/// The source `s` of records: its fields and columns as TOML.
pub(crate) fn records(fields: &str, columns: &str) -> Source {
    let table = "measure = \"count\"\nconcept = \"c\"";
    source(fields, columns, table)
}

/// The source `s` of cells, of whose columns the table shows `dimensions`.
pub(crate) fn cells(fields: &str, columns: &str, dimensions: &str) -> Source {
    let table = format!("measure = \"stock\"\ndimensions = [{dimensions}]");
    source(&format!("kind = \"cells\"\n{fields}"), columns, &table)
}

fn source(fields: &str, columns: &str, table: &str) -> Source {
    let text = format!(
        "spec = 1\ntitle = \"T\"\nvintage = \"1\"\n[source.s]\n{fields}\n[source.s.columns]\n{columns}\n\
         [[table]]\nname = \"t\"\n{table}\n"
    );
    let mut pipeline = parse(&text).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(|fault| fault.render("", &text, false)).collect::<String>())
    });
    pipeline.sources.remove(0)
}

/// Fields of a source that takes any share of rejects from `in.csv`, with `;` as delimiter.
pub(crate) const LENIENT: &str =
    "files = \"in.csv\"\nformat = \"csv\"\ndelimiter = \";\"\nmax_rejected = 1.0";
