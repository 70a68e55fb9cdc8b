//! What is asked of each reader, whatever the bytes are: rows that are all accounted for, or a fault that says why not.
//!
//! `cargo fuzz run TARGET` (nightly) looks for inputs by the branches that they take; `cargo run --no-default-features --bin replay
//! -- TARGET FILE…` (stable) replays inputs and changes them at random, from a seed. Both call the functions here.

#![allow(clippy::disallowed_methods, reason = "inputs are written to a folder of the fuzzer's own")]

mod forms;
mod texts;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use denizen_ingest::{IngestStats, Key, apart, open};
use denizen_spec::{Diagnostic, Source};

pub use texts::{dates, numbers, pipeline};

/// A target: what its program is called, and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 15] = [
    ("delimited", delimited),
    ("fixed_width", fixed_width),
    ("eurostat_tsv", eurostat_tsv),
    ("sdmx_csv", sdmx_csv),
    ("workbook", workbook),
    ("parquet", parquet),
    ("json", json),
    ("json_stat", json_stat),
    ("repaired", repaired),
    ("packed", packed),
    ("pipeline", pipeline),
    ("codes", codes),
    ("sidecar", sidecar),
    ("dates", dates),
    ("numbers", numbers),
];

/// The argument with which a program of this crate calls itself, to read a workbook as `denizen` does: within limits of memory and
/// time.
const READ_WORKBOOK: &str = "read-workbook-apart";

/// To be called at the beginning of a program. Ends the process where a thread panics, unless it reads a file with somebody else's
/// reader: that is expected there, and told as a damaged file.
pub fn begin() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(READ_WORKBOOK) {
        std::panic::set_hook(Box::new(|_| {}));
        let is_read = apart::main(&arguments.next().unwrap_or_default()).is_ok();
        std::process::exit(i32::from(!is_read));
    }
    if let Ok(program) = std::env::current_exe() {
        apart::set_command(vec![program.into(), READ_WORKBOOK.into()]);
    }
    let _ = std::panic::take_hook();
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !denizen_ingest::is_reading_foreign_file() {
            default(panic);
            std::process::abort();
        }
    }));
}

/// A folder of this process, in memory where the system has one there. Its files are overwritten.
fn project() -> &'static Path {
    static PROJECT: OnceLock<PathBuf> = OnceLock::new();
    PROJECT.get_or_init(|| {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = folder.join(format!("denizen-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for inputs");
        folder
    })
}

fn write(name: &str, bytes: &[u8]) {
    let path = project().join(name);
    let folder = path.parent().expect("a file stands in a folder");
    std::fs::create_dir_all(folder).expect("a folder for inputs");
    std::fs::write(path, bytes).expect("room for an input");
}

/// Reads a source to its end. Each row is accounted for.
fn read(source: &Source) -> Result<(), Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    let key = Key::from_hex(&"5e".repeat(32)).map_err(one)?;
    let input = open(source, project(), None)?;
    let chunks = input.chunks(Some(&key))?;
    let mut stats = IngestStats::default();
    while let Some(raw) = chunks.read().map_err(one)? {
        let chunk = chunks.parse(raw).map_err(one)?;
        let (accepted, rejected) = (chunk.batch.num_rows() as u64, chunk.rejects.len() as u64);
        assert_eq!(chunk.read, accepted + rejected + chunk.excluded, "rows are conserved");
        stats.merge(chunk.stats);
    }
    let (files, warnings) = chunks.finish(&stats).map_err(one)?;
    assert!(files.iter().all(|file| file.read == file.accepted + file.rejected + file.excluded));
    warnings.iter().for_each(told);
    Ok(())
}

/// What is said can be shown, and no fault of the program is among it.
fn told(fault: &Diagnostic) {
    assert_ne!(fault.code, denizen_spec::Code::Internal, "{fault}");
    let shown = fault.render("p.toml", "", false);
    assert!(!shown.contains('\u{1b}'), "a control character is shown");
}

fn read_forms(forms: &[Source]) {
    for form in forms {
        if let Err(faults) = read(form) {
            assert!(!faults.is_empty());
            faults.iter().for_each(told);
        }
    }
}

/// Text with delimiters.
pub fn delimited(bytes: &[u8]) {
    write("in", bytes);
    read_forms(forms::DELIMITED.get());
}

/// Lines whose fields have places.
pub fn fixed_width(bytes: &[u8]) {
    write("in", bytes);
    // The layout may be what is strange.
    write("layout.csv", bytes);
    read_forms(forms::FIXED_WIDTH.get());
}

/// Bulk downloads of Eurostat.
pub fn eurostat_tsv(bytes: &[u8]) {
    write("in", bytes);
    read_forms(forms::EUROSTAT.get());
}

/// SDMX-CSV.
pub fn sdmx_csv(bytes: &[u8]) {
    write("in", bytes);
    read_forms(forms::SDMX.get());
}

/// XLSX, XLSB, XLS and ODS, which their first bytes tell.
pub fn workbook(bytes: &[u8]) {
    write("in", bytes);
    read_forms(forms::WORKBOOK.get());
}

/// Parquet files of others.
pub fn parquet(bytes: &[u8]) {
    write("in", bytes);
    read_forms(forms::PARQUET.get());
}

/// JSON: a list of rows in a document, and a row after another.
pub fn json(bytes: &[u8]) {
    write("in", bytes);
    read_forms(forms::JSON.get());
}

/// JSON-stat.
pub fn json_stat(bytes: &[u8]) {
    write("in", bytes);
    read_forms(forms::JSON_STAT.get());
}

/// Numbers that sums of columns, and of rows, repair.
pub fn repaired(bytes: &[u8]) {
    write("in", bytes);
    read_forms(forms::REPAIRED.get());
}

/// gzip, zstd and ZIP, by their first bytes, and damaged ones.
pub fn packed(bytes: &[u8]) {
    for start in [&b""[..], b"\x1f\x8b\x08\0\0\0\0\0\0\0", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"] {
        write("in", &[start, bytes].concat());
        read_forms(forms::PACKED.get());
    }
}

/// A code list with its sidecar, a file of codes, a table of weights, and a file of published figures.
pub fn codes(bytes: &[u8]) {
    let project = project();
    let (table, sidecar) = divided(bytes);
    write("data/codelists/list.csv", table);
    write("data/codelists/list.csv.toml", sidecar);
    write("codes.csv", table);
    write("weights.csv", table);
    write("in", b"c,d,value\na,b,1\n");
    let setting = || denizen_spec::Path::source("s");
    let list = denizen_ingest::codelist(project, "list", setting());
    let faults = match list {
        Ok(list) => denizen_ingest::with_reference(list, project).err().unwrap_or_default(),
        Err(fault) => vec![fault],
    };
    faults.iter().for_each(told);
    denizen_ingest::published(project, project, "codes.csv", setting()).err().iter().flatten().for_each(told);
    read_forms(forms::CODES.get());
}

/// What stands beside a file.
pub fn sidecar(bytes: &[u8]) {
    write("in", b"a,b\n1,2\n");
    write("in.toml", bytes);
    read_forms(forms::SIDECAR.get());
}

/// The part before the first zero byte, and the one behind it.
fn divided(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}
