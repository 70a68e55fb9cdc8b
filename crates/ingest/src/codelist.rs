//! Code lists: `data/codelists/NAME.csv`.

use std::path::{Path, PathBuf};

use denizen_spec::{Code, CodeKind, Codelist, Diagnostic, Entry};

use crate::input::{PROJECT_FILE_LIMIT, read_file};

/// The columns that every list begins with; any further column is named after another list and translates to it.
const COLUMNS: [&str; 5] = ["code", "label_en", "label_it", "label_es", "kind"];

/// Reads the code list `name` of a project.
///
/// ```
/// use std::path::Path;
///
/// # let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
/// let list = denizen_ingest::codelist(&root, "sex", denizen_spec::Path::root()).unwrap();
/// assert!(list.entries.contains_key("F") && !list.entries.contains_key("X"));
/// ```
///
/// # Errors
///
/// When the file is missing, has other columns, or names a code twice.
pub fn codelist(project: &Path, name: &str, setting: denizen_spec::Path) -> Result<Codelist, Diagnostic> {
    let shown = PathBuf::from(format!("data/codelists/{name}.csv"));
    let path = project.join(&shown);
    let fault = |message: String, line| Diagnostic::error(Code::Codelist, message).in_file(&shown, line);
    let bytes = read_file(&path, PROJECT_FILE_LIMIT).map_err(|error| {
        Diagnostic::error(Code::Codelist, format!("the code list `{name}` cannot be read"))
            .at(setting, format!("there is no readable file `{}`", shown.display()))
            .note(error.to_string())
    })?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().map_err(|error| fault(error.to_string(), Some(1)))?.clone();
    if !header.iter().zip(COLUMNS).all(|(found, wanted)| found == wanted) || header.len() < COLUMNS.len() {
        return Err(fault("the columns of a code list are not as expected".to_owned(), Some(1))
            .help(format!("begin with {}", COLUMNS.join(","))));
    }
    let mut list = Codelist {
        name: name.to_owned(),
        translates_to: header.iter().skip(COLUMNS.len()).map(str::to_owned).collect(),
        sha256: crate::sha256(&bytes),
        file: format!("data/codelists/{name}.csv"),
        entries: Default::default(),
        view: None,
    };
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map(csv::Position::line);
            fault("a row of the code list cannot be read".to_owned(), line).note(error.to_string())
        })?;
        let line = record.position().map(csv::Position::line);
        let Some(kind) = CodeKind::from_name(&record[4]) else {
            return Err(fault(format!("unknown kind `{}`", &record[4]), line)
                .help("write `detail`, `residual`, `aggregate` or `total`"));
        };
        let entry = Entry {
            labels: [&record[1], &record[2], &record[3]].map(str::to_owned),
            kind,
            translations: record.iter().skip(COLUMNS.len()).map(str::to_owned).collect(),
        };
        if list.entries.insert(record[0].to_owned(), entry).is_some() {
            return Err(fault(format!("the code `{}` is there twice", &record[0]), line));
        }
    }
    Ok(list)
}
