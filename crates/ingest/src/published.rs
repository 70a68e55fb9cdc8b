//! Files of published figures: `[[published]] file = "…"`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use denizen_spec::{Code, Diagnostic, Figure, Tolerance};

use crate::input::{PROJECT_FILE_LIMIT, read_file};
use crate::small_table::{WITH_COMMAS, other_delimiter};

const COLUMNS: [&str; 10] =
    ["id", "statement", "table", "indicator", "where", "value", "unit", "tolerance", "concept", "source"];

/// The figures of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// The file, as the pipeline names it.
    pub file: String,
    /// The file, as messages call it: from the folder of the project.
    pub shown: String,
    /// Where it lies.
    pub path: PathBuf,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its figures.
    pub figures: Vec<Figure>,
}

/// Reads a file of published figures. As all files of a pipeline its path begins at the folder `root` of the project; where
/// there is one in the folder `folder` of the pipeline file, at which such paths began once, that is it.
///
/// ```
/// use std::path::Path;
///
/// # let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
/// let setting = denizen_spec::Path::root();
/// let found = denizen_ingest::published(&root, &root.join("pipelines"), "midla/published.csv", setting).unwrap();
/// assert!(found.figures.len() > 10);
/// ```
///
/// # Errors
///
/// Every line that cannot be read; a file that is missing or has other columns.
pub fn published(
    root: &Path,
    folder: &Path,
    file: &str,
    setting: denizen_spec::Path,
) -> Result<Figures, Vec<Diagnostic>> {
    let [beside, of_project] = [folder, root].map(|folder| folder.join(file));
    let path = if beside.exists() { beside } else { of_project };
    let shown = std::path::absolute(&path).ok();
    let shown = shown.as_deref().and_then(|path| path.strip_prefix(root).ok()).unwrap_or(Path::new(file));
    let shown = shown.to_string_lossy().into_owned();
    let fault = |message: String, line| Diagnostic::error(Code::PublishedFile, message).in_file(&shown, line);
    let bytes = read_file(&path, PROJECT_FILE_LIMIT).map_err(|error| {
        vec![
            Diagnostic::error(Code::PublishedFile, format!("`{file}` cannot be read"))
                .at(setting, "looked for in the folder of the project, and beside the pipeline file")
                .note(error.to_string()),
        ]
    })?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().map_err(|error| vec![fault(error.to_string(), Some(1))])?;
    let names: Vec<String> = header.iter().map(str::to_owned).collect();
    if let Some(message) = other_delimiter(&names) {
        return Err(vec![fault(message, Some(1)).help(WITH_COMMAS)]);
    }
    if !header.iter().eq(COLUMNS) {
        let fault = fault("the columns are not those of published figures".to_owned(), Some(1));
        return Err(vec![fault.help(format!("write {}", COLUMNS.join(",")))]);
    }
    let figures = figures(reader, fault)?;
    let sha256 = crate::sha256(&bytes);
    Ok(Figures { file: file.to_owned(), shown, path, sha256, figures })
}

/// The figures below the header, or every line of them that cannot be read.
fn figures(
    mut reader: csv::Reader<&[u8]>,
    fault: impl Fn(String, Option<u64>) -> Diagnostic,
) -> Result<Vec<Figure>, Vec<Diagnostic>> {
    let mut figures = Vec::new();
    let mut faults = Vec::new();
    let mut ids = HashSet::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.push(fault(error.to_string(), error.position().map(csv::Position::line)));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        match figure(&record, line) {
            Ok(figure) if !ids.insert(figure.id.clone()) => {
                faults.push(fault(format!("the id `{}` is there twice", figure.id), Some(line)));
            }
            Ok(figure) => figures.push(figure),
            Err(message) => faults.push(fault(message, Some(line))),
        }
    }
    if faults.is_empty() { Ok(figures) } else { Err(faults) }
}

fn figure(record: &csv::StringRecord, line: u64) -> Result<Figure, String> {
    let text = |index: usize| record[index].trim().to_owned();
    let value = record[5].trim().parse().ok().filter(|value: &f64| value.is_finite());
    let value = value.ok_or_else(|| {
        let hint = if record[5].contains(',') { ": decimals stand behind a point" } else { "" };
        format!("the value `{}` is not a number{hint}", &record[5])
    })?;
    let tolerance = Tolerance::parse(&record[7]);
    let condition = |pair: &str| {
        let (dimension, code) =
            pair.split_once('=').ok_or_else(|| format!("`{pair}` is not `dimension=code`"))?;
        // One text for several conditions would be a code that no row has.
        if code.is_empty() || code.contains(['=', ';', '&', '|', '"']) || code.ends_with(',') {
            return Err(format!("`{pair}` is not `dimension=code`: blanks stand between conditions"));
        }
        Ok((dimension.to_owned(), code.to_owned()))
    };
    let conditions = record[4].split_whitespace().map(condition).collect::<Result<Vec<_>, String>>()?;
    let twice = |(index, (name, _)): &(usize, &(String, String))| {
        conditions[..*index].iter().any(|(before, _)| before == name)
    };
    if let Some((_, (name, _))) = conditions.iter().enumerate().find(twice) {
        return Err(format!("`where` names `{name}` twice"));
    }
    Ok(Figure {
        id: text(0),
        statement: text(1),
        table: Some(text(2)).filter(|table| !table.is_empty()),
        indicator: text(3),
        conditions,
        value,
        unit: text(6),
        tolerance: tolerance
            .ok_or_else(|| format!("the tolerance `{}` is neither a number nor a percentage", &record[7]))?,
        concept: text(8),
        source: text(9),
        line,
    })
}
